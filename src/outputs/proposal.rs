//! proposal.json: the answer, its proof, and what it was made from.
//!
//! In: a [`Proposal`]. Out: [`ProposalReport`]. Names here are a contract with other programs: more may be added, none
//! renamed.

use crate::proposal::ask::{Ask, GoalName};
use crate::proposal::record::Origin;
use crate::proposal::tell::Gain;
use crate::proposal::verify::SCHEMA;
use crate::proposal::{Proposal, Reason};
use crate::propose::{Certificate, Goal, Status};
use serde::Serialize;
use std::collections::BTreeMap;

/// At most so many places that cannot be helped are named.
const NAMED: usize = 20;

/// proposal.json.
#[derive(Debug, Serialize)]
pub struct ProposalReport {
    /// "lifering-proposal/1".
    pub schema: &'static str,
    /// This program.
    pub tool: ToolReport,
    /// What for.
    pub goal: GoalName,
    /// Seconds within which a site reaches a place.
    pub limit_s: Option<f64>,
    /// Metres, for a radius rule.
    pub limit_m: Option<f64>,
    /// By goal: cover, people within the limit; reach-all, sites; mean, people times seconds; worst, seconds; backup,
    /// people within the limit of two; busy, expected people.
    pub objective: f64,
    /// What the objective counts.
    pub unit: &'static str,
    /// No allowed set is better than this.
    pub bound: f64,
    /// Between objective and bound.
    pub gap: f64,
    /// Whether the two are proven to meet.
    pub optimal: bool,
    /// "optimal" or "bounded".
    pub status: &'static str,
    /// Other sets that are as good.
    pub ties: Option<TiesReport>,
    /// Who cannot be helped.
    pub uncoverable: UncoverableReport,
    /// The proposed sites in the order of building.
    pub sites: Vec<SiteReport>,
    /// Movable sites that stay.
    pub kept: Vec<String>,
    /// Movable sites that are given up.
    pub given_up: Vec<String>,
    /// Cost of building and giving up.
    pub cost: f64,
    /// What 1..N sites can do.
    pub curve: Vec<CurveReport>,
    /// With the existing sites alone.
    pub before: StateReport,
    /// With the proposed ones.
    pub after: StateReport,
    /// Everything there was to choose from.
    pub instance: InstanceReport,
    /// Sites that stand afterwards and may not have: new and kept ones; once for each ambulance.
    pub standing: Vec<String>,
    /// What was asked.
    pub question: Ask,
    /// Where people, sites and times come from.
    pub origin: Origin,
}

/// This program.
#[derive(Debug, Serialize)]
pub struct ToolReport {
    /// "lifering".
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// Tied optima: sets of as many sites with the same objective.
#[derive(Debug, Serialize)]
pub struct TiesReport {
    /// Sets found, the proposed one included.
    pub found: usize,
    /// Whether there are no others.
    pub complete: bool,
    /// Sites in all of them.
    pub in_all: Vec<String>,
    /// Sites in some of them.
    pub in_some: Vec<String>,
}

/// Who cannot be helped by any set of sites.
#[derive(Debug, Serialize)]
pub struct UncoverableReport {
    /// People.
    pub people: f64,
    /// Places where they live.
    pub places: usize,
    /// By reason: `no_road`, `cut_off`, `too_far`, `one_site`.
    pub reasons: BTreeMap<Reason, PeopleReport>,
    /// Some of the places.
    pub examples: Vec<String>,
}

/// People at places.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct PeopleReport {
    /// People.
    pub people: f64,
    /// Places.
    pub places: usize,
}

/// One proposed site.
#[derive(Debug, Serialize)]
pub struct SiteReport {
    /// Its id.
    pub id: String,
    /// Position in the order of building, from 1.
    pub order: usize,
    /// Objective once it and those before it stand (reach-all: people reached).
    pub objective: Option<f64>,
    /// What it adds to the objective of those before it.
    pub gain: Option<f64>,
    /// Best objective of as many of the proposed sites.
    pub best: Option<f64>,
    /// What the order gives up against that.
    pub regret: Option<f64>,
    /// People within its limit whom no existing site reaches in time.
    pub people_new: Option<f64>,
    /// Its cost.
    pub cost: f64,
    /// Other candidates in its place, the best first.
    pub next_best: Vec<NextReport>,
}

/// Another candidate in the place of a site.
#[derive(Debug, Serialize)]
pub struct NextReport {
    /// Its id.
    pub id: String,
    /// The objective with it.
    pub objective: f64,
}

/// A number of sites and what they can do.
#[derive(Debug, Serialize)]
pub struct CurveReport {
    /// New sites.
    pub sites: usize,
    /// Best objective (reach-all: people reached).
    pub objective: Option<f64>,
    /// Proven bound.
    pub bound: f64,
    /// Whether they are proven to meet.
    pub proven: bool,
    /// Adding the best site each time comes to this.
    pub greedy: Option<f64>,
}

/// How things stand.
#[derive(Debug, Serialize)]
pub struct StateReport {
    /// The objective; `None` where somebody is not reached who could be.
    pub objective: Option<f64>,
}

/// What there was to choose from.
#[derive(Debug, Serialize)]
pub struct InstanceReport {
    /// People.
    pub people: f64,
    /// Places.
    pub places: usize,
    /// Sites, existing ones included.
    pub sites: usize,
    /// Times known.
    pub pairs: usize,
}

impl ProposalReport {
    /// Everything a proposal says.
    pub fn new(proposal: &Proposal) -> Self {
        let (instance, certificate) = (&proposal.instance, &proposal.certificate);
        let ids = |sites: &[usize]| sites.iter().map(|j| instance.sites()[*j].id.clone()).collect::<Vec<_>>();
        let optimal = certificate.status == Status::Optimal;
        Self {
            schema: SCHEMA,
            tool: ToolReport { name: "lifering", version: env!("CARGO_PKG_VERSION") },
            goal: proposal.ask.goal,
            limit_s: proposal.ask.limit_s,
            limit_m: proposal.ask.limit_m,
            objective: certificate.objective,
            unit: unit(&certificate.goal),
            bound: certificate.bound,
            gap: certificate.gap,
            optimal,
            status: if optimal { "optimal" } else { "bounded" },
            ties: certificate.ties.as_ref().map(|ties| TiesReport {
                found: ties.found,
                complete: ties.complete,
                in_all: ids(&ties.in_all),
                in_some: ids(&ties.in_some),
            }),
            uncoverable: uncoverable(proposal),
            sites: sites(proposal),
            kept: ids(&certificate.kept),
            given_up: ids(&certificate.given_up),
            cost: certificate.cost,
            curve: curve(certificate),
            before: StateReport { objective: certificate.before },
            after: StateReport { objective: Some(certificate.objective) },
            instance: InstanceReport {
                people: instance.people(),
                places: instance.demand().len(),
                sites: instance.sites().len(),
                pairs: instance.pairs(),
            },
            standing: ids(&certificate.standing()),
            question: proposal.ask.clone(),
            origin: proposal.origin.clone(),
        }
    }
}

/// What the objective of a goal counts.
fn unit(goal: &Goal) -> &'static str {
    match goal {
        Goal::ReachAll { .. } => "sites",
        Goal::Cover { .. } | Goal::Backup { .. } => "people",
        Goal::Busy { .. } => "expected people",
        Goal::Mean => "people * seconds",
        Goal::Worst => "seconds",
    }
}

fn uncoverable(proposal: &Proposal) -> UncoverableReport {
    let demand = proposal.instance.demand();
    let mut reasons: BTreeMap<Reason, PeopleReport> = BTreeMap::new();
    for one in &proposal.helpless {
        let sum = reasons.entry(one.reason).or_default();
        sum.people += demand[one.demand].people;
        sum.places += 1;
    }
    UncoverableReport {
        people: proposal.certificate.uncoverable_people,
        places: proposal.helpless.len(),
        reasons,
        examples: proposal.helpless.iter().take(NAMED).map(|one| demand[one.demand].id.clone()).collect(),
    }
}

fn sites(proposal: &Proposal) -> Vec<SiteReport> {
    let (instance, certificate) = (&proposal.instance, &proposal.certificate);
    let id = |j: usize| instance.sites()[j].id.clone();
    // Reach-all counts people while it builds.
    let reach_all = matches!(certificate.goal, Goal::ReachAll { .. });
    let mut before = if reach_all { None } else { certificate.before };
    proposal
        .sites
        .iter()
        .enumerate()
        .map(|(at, gain): (usize, &Gain)| {
            let added = gain.objective.zip(before).map(|(now, then)| now - then);
            before = gain.objective;
            SiteReport {
                id: id(gain.site),
                order: at + 1,
                objective: gain.objective,
                gain: added,
                best: gain.best,
                regret: gain.regret,
                people_new: gain.people_new,
                cost: instance.sites()[gain.site].cost,
                next_best: gain
                    .next_best
                    .iter()
                    .map(|(j, objective)| NextReport { id: id(*j), objective: *objective })
                    .collect(),
            }
        })
        .collect()
}

fn curve(certificate: &Certificate) -> Vec<CurveReport> {
    let point = |p: &crate::propose::CurvePoint| CurveReport {
        sites: p.sites,
        objective: p.objective,
        bound: p.bound,
        proven: p.proven,
        greedy: p.greedy,
    };
    certificate.curve.iter().map(point).collect()
}

/// proposal.json as bytes.
pub fn json(report: &ProposalReport) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(report).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

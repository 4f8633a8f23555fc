//! proposal.json: the answer, its proof, and what it was made from.
//!
//! In: a [`Proposal`]. Out: [`ProposalReport`]. Names here are a contract with other programs: more may be added, none
//! renamed.

use super::layers::degrees;
use super::report::{illustrative, km2, people, rounded};
use lifering_core::audit::Audit;
use lifering_core::plan::gains::Gain;
use lifering_core::plan::record::Origin;
use lifering_core::plan::region::OnTheGround;
use lifering_core::plan::region::candidates::CandidateOrigin;
use lifering_core::plan::request::{GoalName, SitingRequest};
use lifering_core::plan::verify::SCHEMA;
use lifering_core::plan::{Proposal, Reason};
use lifering_siting::{Certificate, Goal, Status};
use lifering_standards::outcome::{ValueUnit, Verdict};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// At most so many places that cannot be helped are named.
const NAMED: usize = 20;

/// proposal.json.
#[derive(Debug, Serialize, JsonSchema)]
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
    /// The region and how its rules move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionReport>,
    /// What was asked.
    pub question: SitingRequest,
    /// Where people, sites and times come from.
    pub origin: Origin,
}

/// This program.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ToolReport {
    /// "lifering".
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// Tied optima: sets of as many sites with the same objective.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TiesReport {
    /// Sets found, the proposed one included.
    pub found: usize,
    /// Whether there are no others.
    pub complete: bool,
    /// Sites in all of them.
    pub in_all: Vec<String>,
    /// Sites in some of them.
    pub in_some: Vec<String>,
    /// Sites in none of them.
    pub in_none: Vec<String>,
}

/// Who cannot be helped by any set of sites.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UncoverableReport {
    /// People.
    pub people: f64,
    /// Places where they live.
    pub places: usize,
    /// By reason: `no_road`, `cut_off`, `too_far`, `one_site`.
    pub reasons: BTreeMap<Reason, PeopleReport>,
    /// By zone of the audit before, most first; only for a region.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<ZonePeopleReport>,
    /// Some of the places.
    pub examples: Vec<String>,
}

/// People of a zone.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ZonePeopleReport {
    /// Its id.
    pub zone_id: String,
    /// People.
    pub people: f64,
}

/// People at places.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
pub struct PeopleReport {
    /// People.
    pub people: f64,
    /// Places.
    pub places: usize,
}

/// One proposed site.
#[derive(Debug, Serialize, JsonSchema)]
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
    /// Where it stands and what it changes there; only for a region.
    #[serde(flatten)]
    pub ground: Option<GroundReport>,
}

/// A proposed site on the ground. Times in seconds by the rule's clock (metres, for a radius rule).
#[derive(Debug, Serialize, JsonSchema)]
pub struct GroundReport {
    /// Name of the place.
    pub name: String,
    /// Degrees.
    pub lon: f64,
    /// Degrees.
    pub lat: f64,
    /// "layer", "facility" or "junction": where the candidate comes from.
    pub origin: CandidateOrigin,
    /// Unit it stands in.
    pub unit: Option<String>,
    /// People to whom it comes first once all sites stand.
    pub people_first: f64,
    /// Units where it comes first to somebody, most of its people first.
    pub units: Vec<UnitEffectReport>,
    /// Zones of the audit before in which it reaches people in time.
    pub zones: Vec<ZoneEffectReport>,
}

/// A unit where a new site comes first to somebody.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UnitEffectReport {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// People to whom the site comes first.
    pub people: f64,
    /// Mean over everybody in the unit who is reached, as things stand.
    pub mean_before: Option<f64>,
    /// The same once all sites stand.
    pub mean_after: Option<f64>,
}

/// A zone that a new site helps.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ZoneEffectReport {
    /// Its id, as in uncovered.geojson of the audit.
    pub zone_id: String,
    /// People in it.
    pub people: f64,
    /// Those whom this site reaches first, in time.
    pub people_reached: f64,
    /// Whether nobody in it is left out once all sites stand.
    pub closed: bool,
}

/// Another candidate in the place of a site.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NextReport {
    /// Its id.
    pub id: String,
    /// Name of the place; only for a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Degrees; only for a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Degrees; only for a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// The objective with it.
    pub objective: f64,
}

/// A number of sites and what they can do.
#[derive(Debug, Serialize, JsonSchema)]
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
#[derive(Debug, Serialize, JsonSchema)]
pub struct StateReport {
    /// The objective; `None` where somebody is not reached who could be.
    pub objective: Option<f64>,
    /// What the audit says of the rule; only for a region.
    #[serde(flatten)]
    pub rule: Option<RuleStateReport>,
}

/// A rule in one state of the region.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleStateReport {
    /// met, gap, depends or `cannot_judge`.
    pub verdict: Verdict,
    /// The figure that is compared.
    pub value: Option<f64>,
    /// In what the value is expressed.
    pub unit: ValueUnit,
    /// People who are not covered.
    pub population_uncovered: Option<f64>,
    /// Area that is not covered, km2: best estimate.
    pub uncovered_km2: Option<f64>,
}

/// The region of a proposal.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RegionReport {
    /// Its name.
    pub name: String,
    /// Id of the standard.
    pub standard: String,
    /// The rule that is bettered; `None`: the planner's own limit.
    pub rule_id: Option<String>,
    /// Whether the data is illustrative.
    pub illustrative: bool,
    /// Candidates there were.
    pub candidates: usize,
    /// Every rule before and after.
    pub rules: Vec<RuleMoveReport>,
}

/// A rule before and after.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleMoveReport {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its title in English.
    pub title_en: String,
    /// As things stand.
    pub before: RuleStateReport,
    /// Once the sites stand.
    pub after: RuleStateReport,
    /// Whether verdict or value differ.
    pub moved: bool,
}

/// What there was to choose from.
#[derive(Debug, Serialize, JsonSchema)]
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
            goal: proposal.request.goal,
            limit_s: proposal.request.limit_s,
            limit_m: proposal.request.limit_m,
            objective: figure(certificate.objective),
            unit: unit(&certificate.goal),
            bound: figure(certificate.bound),
            gap: figure(certificate.gap),
            optimal,
            status: if optimal { "optimal" } else { "bounded" },
            ties: certificate.ties.as_ref().map(|ties| TiesReport {
                found: ties.found,
                complete: ties.complete,
                in_all: ids(&ties.in_all),
                in_some: ids(&ties.in_some),
                in_none: ids(&ties.in_none),
            }),
            uncoverable: uncoverable(proposal),
            sites: sites(proposal),
            kept: ids(&certificate.kept),
            given_up: ids(&certificate.closed),
            cost: certificate.cost,
            curve: curve(certificate),
            before: StateReport {
                objective: certificate.before.map(figure),
                rule: proposal.ground.as_ref().map(|g| state(&g.before, g.rule)),
            },
            after: StateReport {
                objective: Some(figure(certificate.objective)),
                rule: proposal.ground.as_ref().map(|g| state(&g.after, g.rule)),
            },
            instance: InstanceReport {
                people: people(instance.people()),
                places: instance.demand().len(),
                sites: instance.sites().len(),
                pairs: instance.pairs(),
            },
            standing: ids(&certificate.open_sites()),
            region: proposal.ground.as_ref().map(region),
            question: proposal.request.clone(),
            origin: proposal.origin.clone(),
        }
    }
}

/// Six decimals: what sums of people and milliseconds carry, without the noise of adding them.
fn figure(value: f64) -> f64 {
    rounded(value, 6)
}

/// What an audit says of a rule.
fn state(audit: &Audit, rule: usize) -> RuleStateReport {
    let outcome = &audit.findings.outcomes[rule];
    RuleStateReport {
        verdict: outcome.verdict,
        value: outcome.default.value,
        unit: outcome.default.unit,
        population_uncovered: outcome.default.uncovered.map(people),
        uncovered_km2: audit.findings.zones.get(&rule).map(|zones| km2(zones.area_m2.best)),
    }
}

fn region(ground: &OnTheGround) -> RegionReport {
    let (before, after) = (&ground.before, &ground.after);
    let rules = before
        .findings
        .outcomes
        .iter()
        .enumerate()
        .map(|(rule, outcome)| {
            let (was, is) = (state(before, rule), state(after, rule));
            let same = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
                (a, b) => a.is_none() && b.is_none(),
            };
            let moved = was.verdict != is.verdict || !same(was.value, is.value);
            RuleMoveReport {
                id: outcome.rule.id.to_string(),
                title: outcome.rule.title.zh.clone(),
                title_en: outcome.rule.title.en.clone(),
                before: was,
                after: is,
                moved,
            }
        })
        .collect();
    RegionReport {
        name: before.city.records().settings.name.clone(),
        standard: before.findings.standard.id.clone(),
        rule_id: (!ground.asked).then(|| before.findings.outcomes[ground.rule].rule.id.to_string()),
        illustrative: illustrative(&before.city.records().settings.name),
        candidates: ground.candidates.len(),
        rules,
    }
}

/// A site on the ground.
fn on_the_ground(proposal: &Proposal, site: usize) -> Option<GroundReport> {
    let ground = proposal.ground.as_ref()?;
    let id = &proposal.instance.sites()[site].id;
    let new = ground.sites.iter().find(|new| new.site.id == *id)?;
    let units = ground.before.city.records().units.as_deref().unwrap_or_default();
    let tenth = |mean: Option<f64>| mean.map(|m| (m * 10.0).round() / 10.0);
    Some(GroundReport {
        name: new.name.clone(),
        lon: degrees(new.site.place.lon),
        lat: degrees(new.site.place.lat),
        origin: new.origin,
        unit: new.unit.map(|unit| units[unit as usize].name.clone()),
        people_first: people(new.impact.people_first),
        units: new
            .impact
            .units
            .iter()
            .map(|unit| UnitEffectReport {
                id: units[unit.unit as usize].id.clone(),
                name: units[unit.unit as usize].name.clone(),
                people: people(unit.people),
                mean_before: tenth(unit.mean_before_s),
                mean_after: tenth(unit.mean_after_s),
            })
            .collect(),
        zones: new
            .impact
            .zones
            .iter()
            .map(|zone| ZoneEffectReport {
                zone_id: zone.zone.clone(),
                people: people(zone.people),
                people_reached: people(zone.people_reached),
                closed: zone.closed,
            })
            .collect(),
    })
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
    for one in &proposal.uncoverable {
        let sum = reasons.entry(one.reason).or_default();
        sum.people += demand[one.demand].people;
        sum.places += 1;
    }
    for sum in reasons.values_mut() {
        sum.people = people(sum.people);
    }
    UncoverableReport {
        people: people(proposal.certificate.uncoverable_people),
        places: proposal.uncoverable.len(),
        reasons,
        zones: proposal
            .ground
            .iter()
            .flat_map(|ground| &ground.uncoverable_zones)
            .map(|(zone, sum)| ZonePeopleReport { zone_id: zone.clone(), people: people(*sum) })
            .collect(),
        examples: proposal.uncoverable.iter().take(NAMED).map(|one| demand[one.demand].id.clone()).collect(),
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
                objective: gain.objective.map(figure),
                gain: added.map(figure),
                best: gain.best.map(figure),
                regret: gain.regret.map(figure),
                people_new: gain.people_new.map(people),
                cost: instance.sites()[gain.site].cost,
                next_best: gain.next_best.iter().map(|(j, objective)| next(proposal, *j, *objective)).collect(),
                ground: on_the_ground(proposal, gain.site),
            }
        })
        .collect()
}

fn next(proposal: &Proposal, site: usize, objective: f64) -> NextReport {
    let ground = proposal.ground.as_ref();
    let place = ground.and_then(|g| g.places[site]);
    NextReport {
        id: proposal.instance.sites()[site].id.clone(),
        name: ground.map(|g| g.names[site].clone()),
        lon: place.map(|p| degrees(p.lon)),
        lat: place.map(|p| degrees(p.lat)),
        objective: figure(objective),
    }
}

fn curve(certificate: &Certificate) -> Vec<CurveReport> {
    let point = |p: &lifering_siting::CurvePoint| CurveReport {
        sites: p.sites,
        objective: p.objective.map(figure),
        bound: figure(p.bound),
        proven: p.proven,
        greedy: p.greedy.map(figure),
    };
    certificate.curve.iter().map(point).collect()
}

/// proposal.json as bytes.
pub fn json(report: &ProposalReport) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(report).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

//! A [`Proposal`] as [`ProposalReport`]: figures rounded, positions replaced by ids.

use super::{
    CurveReport, GroundReport, InstanceReport, NextReport, PeopleReport, ProposalReport, RegionReport, RuleMoveReport,
    RuleStateReport, SiteReport, StateReport, TiesReport, ToolReport, UncoverableReport, UnitEffectReport,
    ZoneEffectReport, ZonePeopleReport,
};
use crate::report::{ScenarioReport, illustrative};
use crate::rounding::{degrees, km2, people, rounded, tenth};
use lifering_core::audit::Audit;
use lifering_core::plan::gains::Gain;
use lifering_core::plan::region::OnTheGround;
use lifering_core::plan::verify::SCHEMA;
use lifering_core::plan::{Proposal, Reason};
use lifering_siting::{Certificate, Goal, Status};
use std::collections::BTreeMap;

/// Number of uncoverable places that are named.
const NAMED: usize = 20;

impl ProposalReport {
    /// The report of a proposal.
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
            scenario: proposal.ground.as_ref().and_then(|ground| ScenarioReport::of(&ground.before.city)),
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
    Some(GroundReport {
        name: new.name.clone(),
        lon: degrees(new.site.place.normalized().lon),
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
                mean_before: unit.mean_before_s.map(tenth),
                mean_after: unit.mean_after_s.map(tenth),
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
        origin: ground.and_then(|g| g.origins[site]),
        lon: place.map(|p| degrees(p.normalized().lon)),
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

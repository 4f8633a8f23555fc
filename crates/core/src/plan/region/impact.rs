//! What each proposed site changes on the ground.
//!
//! In: the audit before, the problem, the answer. Out: for each site the people it newly serves, its units with their mean
//! response before and after, and the zones it closes. A person belongs to the site that reaches them first.

use super::objective::Objective;
use super::problem::SitingProblem;
use crate::audit::Audit;
use crate::city::City;
use crate::city::spatial_join::UnitIndex;
use crate::plan::Uncoverable;
use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{Contains, Coord, MultiPolygon, Point};
use lifering_siting::{Certificate, Instance, SiteStatus};
use std::collections::BTreeMap;

/// A unit where a new site comes first to somebody.
#[derive(Clone, Debug)]
pub struct UnitImpact {
    /// Position in the units layer.
    pub unit: u32,
    /// People to whom the site comes first.
    pub people: f64,
    /// Mean response of everybody in the unit who is reached, before, in the solvers' seconds.
    pub mean_before_s: Option<f64>,
    /// The same once all sites role.
    pub mean_after_s: Option<f64>,
    /// People of the unit who are reached at all, before and after.
    pub reached: [f64; 2],
}

/// A zone of the audit before that a site helps.
#[derive(Clone, Debug)]
pub struct ZoneImpact {
    /// The zone's id.
    pub zone: String,
    /// Its people.
    pub people: f64,
    /// Those of them to whom this site comes first, in time.
    pub people_reached: f64,
    /// Whether everybody in it is reached in time once all sites role.
    pub closed: bool,
}

/// What one site changes.
#[derive(Clone, Debug, Default)]
pub struct SiteImpact {
    /// People to whom it comes first.
    pub people_first: f64,
    /// Of them, those who are in time now and were not.
    pub people_new: f64,
    /// Its units, those with most of its people first.
    pub units: Vec<UnitImpact>,
    /// Zones it helps, those with most of its people first.
    pub zones: Vec<ZoneImpact>,
}

/// Of a demand: when it is reached before and after, and by which proposed site.
struct Change {
    before_ms: Option<u32>,
    after_ms: Option<u32>,
    by: Option<usize>,
}

fn changes(problem: &SitingProblem, certificate: &Certificate) -> Vec<Change> {
    let instance: &Instance = &problem.instance;
    let sites = instance.sites();
    let mut standing = vec![false; sites.len()];
    for (at, site) in sites.iter().enumerate() {
        standing[at] = site.status == SiteStatus::Fixed;
    }
    for site in certificate.open_sites() {
        standing[site] = true;
    }
    (0..problem.samples.len())
        .map(|demand| {
            let first = |wanted: &dyn Fn(usize) -> bool| {
                instance
                    .sites_reaching(demand)
                    .iter()
                    .find(|leg| wanted(leg.other as usize))
                    .map(|leg| (leg.ms, leg.other))
            };
            let was = first(&|site| sites[site].status != SiteStatus::Candidate).map(|(ms, _)| ms);
            let before_ms = match (was, problem.base[demand]) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            let now = first(&|site| standing[site]);
            let new = now.filter(|(_, site)| sites[*site as usize].status == SiteStatus::Candidate);
            // A pair that would not help was not kept.
            let kept = problem.base[demand];
            let after_ms = match (now.map(|(ms, _)| ms), kept) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            let sooner = |ms: u32| before_ms.is_none_or(|before| ms < before);
            Change { before_ms, after_ms, by: new.filter(|(ms, _)| sooner(*ms)).map(|(_, site)| site as usize) }
        })
        .collect()
}

/// The impact of each chosen site.
pub fn impacts(
    before: &Audit,
    problem: &SitingProblem,
    certificate: &Certificate,
    chosen: &[usize],
    objective: &Objective,
    limit: Option<f64>,
) -> Vec<SiteImpact> {
    let changes = changes(problem, certificate);
    let limit_ms = limit.map(|limit| ((limit + objective.slack()) * 1000.0).round() as u32);
    let in_time = |ms: Option<u32>| ms.is_some_and(|ms| limit_ms.is_none_or(|limit| ms <= limit));
    let people = |demand: usize| before.city.people().samples[problem.samples[demand] as usize].people;
    let unit = |demand: usize| before.city.unit_of_sample().get(problem.samples[demand] as usize).copied().flatten();
    // Sums of each unit: people and people * ms, before and after.
    let mut sums: BTreeMap<u32, [[f64; 2]; 2]> = BTreeMap::new();
    for (demand, change) in changes.iter().enumerate() {
        let Some(unit) = unit(demand) else { continue };
        let sum = sums.entry(unit).or_default();
        for (slot, ms) in [change.before_ms, change.after_ms].into_iter().enumerate() {
            if let Some(ms) = ms {
                sum[slot][0] += people(demand);
                sum[slot][1] += people(demand) * f64::from(ms) / 1000.0;
            }
        }
    }
    let zones = zones(before, objective.rule, problem, &|demand| !in_time(changes[demand].before_ms));
    chosen
        .iter()
        .map(|site| {
            let mine = || (0..changes.len()).filter(|demand| changes[*demand].by == Some(*site));
            let mut of_unit: BTreeMap<u32, f64> = BTreeMap::new();
            for demand in mine() {
                if let Some(unit) = unit(demand) {
                    *of_unit.entry(unit).or_default() += people(demand);
                }
            }
            let mut units: Vec<UnitImpact> = of_unit
                .into_iter()
                .map(|(unit, people)| {
                    let sum = sums.get(&unit).copied().unwrap_or_default();
                    let mean = |[people, seconds]: [f64; 2]| (people > 0.0).then(|| seconds / people);
                    UnitImpact {
                        unit,
                        people,
                        mean_before_s: mean(sum[0]),
                        mean_after_s: mean(sum[1]),
                        reached: [sum[0][0], sum[1][0]],
                    }
                })
                .collect();
            units.sort_by(|a, b| b.people.total_cmp(&a.people).then(a.unit.cmp(&b.unit)));
            let mut helped: Vec<ZoneImpact> = zones
                .iter()
                .filter_map(|(id, members)| {
                    let reached: Vec<usize> = members
                        .iter()
                        .copied()
                        .filter(|d| changes[*d].by == Some(*site) && in_time(changes[*d].after_ms))
                        .collect();
                    let sum = |members: &[usize]| members.iter().map(|d| people(*d)).sum::<f64>();
                    (sum(&reached) > 0.0).then(|| ZoneImpact {
                        zone: id.clone(),
                        people: sum(members),
                        people_reached: sum(&reached),
                        closed: members.iter().all(|d| in_time(changes[*d].after_ms) || people(*d) <= 0.0),
                    })
                })
                .collect();
            helped.sort_by(|a, b| b.people_reached.total_cmp(&a.people_reached).then(a.zone.cmp(&b.zone)));
            SiteImpact {
                people_first: mine().map(people).sum(),
                people_new: mine()
                    .filter(|d| in_time(changes[*d].after_ms) && !in_time(changes[*d].before_ms))
                    .map(people)
                    .sum(),
                units,
                zones: helped,
            }
        })
        .collect()
}

/// For every zone of a rule, the demands in it that `wanted` accepts; a person whom no zone holds belongs to none.
fn zones(
    before: &Audit,
    rule: usize,
    problem: &SitingProblem,
    wanted: &dyn Fn(usize) -> bool,
) -> Vec<(String, Vec<usize>)> {
    let Some(set) = before.findings.zones.get(&rule) else { return Vec::new() };
    let id = &before.findings.outcomes[rule].rule.id;
    let open: Vec<usize> = (0..problem.samples.len()).filter(|demand| wanted(*demand)).collect();
    let at = |demand: usize| before.city.people().samples[problem.samples[demand] as usize].xy;
    set.zones
        .iter()
        .enumerate()
        .map(|(n, zone)| {
            let inside = IntervalTreeMultiPolygon::new(&MultiPolygon::new(vec![zone.polygon.clone()]));
            let members = open.iter().copied().filter(|d| inside.contains(&Point::from(at(*d)))).collect();
            (format!("{id}-{:03}", n + 1), members)
        })
        .collect()
}

/// People whom nothing can help, by the zone they live in, most first.
pub fn zones_of(
    before: &Audit,
    rule: usize,
    problem: &SitingProblem,
    uncoverable: &[Uncoverable],
) -> Vec<(String, f64)> {
    let hopeless: std::collections::BTreeSet<usize> = uncoverable.iter().map(|one| one.demand).collect();
    let people = |demand: &usize| before.city.people().samples[problem.samples[*demand] as usize].people;
    let mut all: Vec<(String, f64)> = zones(before, rule, problem, &|demand| hopeless.contains(&demand))
        .into_iter()
        .map(|(id, members)| (id, members.iter().map(people).sum::<f64>()))
        .filter(|(_, people)| *people > 0.0)
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all
}

/// The unit of the finest level that holds a place, as a position in the units layer.
pub fn unit_of(city: &City, at: Coord<f64>) -> Option<u32> {
    let units = city.records().units.as_deref().unwrap_or_default();
    let mut by_level: BTreeMap<Option<&str>, Vec<u32>> = BTreeMap::new();
    for (index, unit) in units.iter().enumerate() {
        by_level.entry(unit.level.as_deref()).or_default().push(index as u32);
    }
    let finest = by_level.into_values().max_by_key(Vec::len)?;
    UnitIndex::new(units, &finest, city.frame()).unit_of(at)
}

//! The impact of each new site.
//!
//! In: the audit before, the problem, the certificate. Out: by site the people it newly serves, units with their mean
//! response before and after, and the zones it closes. A person is served by the site that reaches them first.

use super::objective::Objective;
use super::problem::SitingProblem;
use crate::audit::Audit;
use crate::city::City;
use crate::city::spatial_join::UnitIndex;
use crate::plan::Uncoverable;
use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{Contains, MultiPolygon, Point};
use lifering_base::frame::LonLat;
use lifering_base::ids::zone_id;
use lifering_siting::{Certificate, Instance, SiteStatus};
use std::collections::{BTreeMap, BTreeSet};

/// A unit in which a new site serves people.
#[derive(Clone, Debug)]
pub struct UnitImpact {
    /// Position in the units layer.
    pub unit: u32,
    /// People the site reaches first.
    pub people: f64,
    /// Mean response before, over the reached people in scope of the unit, seconds (metres for distances); `None`:
    /// nobody.
    pub mean_before_s: Option<f64>,
    /// Mean response once all sites are built, likewise.
    pub mean_after_s: Option<f64>,
    /// People of the unit that are reached, in time or not, before and after.
    pub reached: [f64; 2],
}

/// A zone of the audit before in which a new site reaches people in time.
#[derive(Clone, Debug)]
pub struct ZoneImpact {
    /// Id of the zone, as in uncovered.geojson.
    pub zone: String,
    /// Its people who are not reached in time before.
    pub people: f64,
    /// Those of them this site reaches first, in time.
    pub people_reached: f64,
    /// Whether everybody in it is reached in time once all sites are built.
    pub closed: bool,
}

/// The impact of one new site.
#[derive(Clone, Debug, Default)]
pub struct SiteImpact {
    /// People it reaches first once all sites are built, sooner than the existing sites.
    pub people_first: f64,
    /// Of them, those newly in time.
    pub people_new: f64,
    /// Units of its people, most people first.
    pub units: Vec<UnitImpact>,
    /// Zones in which it reaches people in time, most people first.
    pub zones: Vec<ZoneImpact>,
}

/// The change at one demand point. Milliseconds (millimetres); `None`: not reached.
struct DemandChange {
    before_ms: Option<u32>,
    after_ms: Option<u32>,
    /// New site that reaches it first, sooner than before: position in the sites of the instance.
    by: Option<usize>,
}

/// The change at each demand of the instance.
fn changes(problem: &SitingProblem, certificate: &Certificate) -> Vec<DemandChange> {
    let instance: &Instance = &problem.instance;
    let sites = instance.sites();
    let mut open = vec![false; sites.len()];
    for (at, site) in sites.iter().enumerate() {
        open[at] = site.status == SiteStatus::Fixed;
    }
    for site in certificate.open_sites() {
        open[site] = true;
    }
    (0..problem.samples.len())
        .map(|demand| {
            let first = |wanted: &dyn Fn(usize) -> bool| {
                instance
                    .sites_reaching(demand)
                    .iter()
                    .find(|entry| wanted(entry.other as usize))
                    .map(|entry| (entry.ms, entry.other))
            };
            let was = first(&|site| sites[site].status != SiteStatus::Candidate).map(|(ms, _)| ms);
            // Times that improve nothing are not in the instance: those of the existing sites hold then.
            let standing_ms = problem.standing_ms[demand];
            let before_ms = earlier(was, standing_ms);
            let now = first(&|site| open[site]);
            let new = now.filter(|(_, site)| sites[*site as usize].status == SiteStatus::Candidate);
            let after_ms = earlier(now.map(|(ms, _)| ms), standing_ms);
            let sooner = |ms: u32| before_ms.is_none_or(|before| ms < before);
            DemandChange { before_ms, after_ms, by: new.filter(|(ms, _)| sooner(*ms)).map(|(_, site)| site as usize) }
        })
        .collect()
}

/// The earlier of two arrivals; `None` if neither is.
fn earlier(a: Option<u32>, b: Option<u32>) -> Option<u32> {
    a.into_iter().chain(b).min()
}

/// The impact of each of `new_sites` (positions in the sites of the instance). `limit`: seconds (metres) of the
/// request; `None`: every arrival is in time.
pub fn impacts(
    before: &Audit,
    problem: &SitingProblem,
    certificate: &Certificate,
    new_sites: &[usize],
    objective: &Objective,
    limit: Option<f64>,
) -> Vec<SiteImpact> {
    let changes = changes(problem, certificate);
    let limit_ms = limit.map(|limit| ((limit + objective.slack()) * 1000.0).round() as u32);
    let in_time = |ms: Option<u32>| ms.is_some_and(|ms| limit_ms.is_none_or(|limit| ms <= limit));
    let people = |demand: usize| before.city.people().samples[problem.samples[demand] as usize].people;
    let unit = |demand: usize| before.city.unit_of_sample().get(problem.samples[demand] as usize).copied().flatten();
    // By unit, before and after: people reached, and their sum of people times seconds.
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
    let zones_before = demand_by_zone(before, objective.rule, problem, &|demand| !in_time(changes[demand].before_ms));
    new_sites
        .iter()
        .map(|site| {
            let served = || (0..changes.len()).filter(|demand| changes[*demand].by == Some(*site));
            let mut of_unit: BTreeMap<u32, f64> = BTreeMap::new();
            for demand in served() {
                if let Some(unit) = unit(demand) {
                    *of_unit.entry(unit).or_default() += people(demand);
                }
            }
            let mut units: Vec<UnitImpact> = of_unit
                .into_iter()
                .map(|(unit, people)| {
                    let sum = sums[&unit];
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
            let mut zones: Vec<ZoneImpact> = zones_before
                .iter()
                .filter_map(|(id, demand)| {
                    let reached: Vec<usize> = demand
                        .iter()
                        .copied()
                        .filter(|d| changes[*d].by == Some(*site) && in_time(changes[*d].after_ms))
                        .collect();
                    let sum = |demand: &[usize]| demand.iter().map(|d| people(*d)).sum::<f64>();
                    (sum(&reached) > 0.0).then(|| ZoneImpact {
                        zone: id.clone(),
                        people: sum(demand),
                        people_reached: sum(&reached),
                        closed: demand.iter().all(|d| in_time(changes[*d].after_ms) || people(*d) <= 0.0),
                    })
                })
                .collect();
            zones.sort_by(|a, b| b.people_reached.total_cmp(&a.people_reached).then(a.zone.cmp(&b.zone)));
            SiteImpact {
                people_first: served().map(people).sum(),
                people_new: served()
                    .filter(|d| in_time(changes[*d].after_ms) && !in_time(changes[*d].before_ms))
                    .map(people)
                    .sum(),
                units,
                zones,
            }
        })
        .collect()
}

/// For every zone of a rule, its id and the demand inside that `wanted` accepts; demand in no zone is dropped.
fn demand_by_zone(
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
            let demand = open.iter().copied().filter(|d| inside.contains(&Point::from(at(*d)))).collect();
            (zone_id(id.as_str(), n), demand)
        })
        .collect()
}

/// Uncoverable people by id of the zone they live in, most people first.
pub fn people_by_zone(
    before: &Audit,
    rule: usize,
    problem: &SitingProblem,
    uncoverable: &[Uncoverable],
) -> Vec<(String, f64)> {
    let wanted: BTreeSet<usize> = uncoverable.iter().map(|one| one.demand).collect();
    let people = |demand: &usize| before.city.people().samples[problem.samples[*demand] as usize].people;
    let mut all: Vec<(String, f64)> = demand_by_zone(before, rule, problem, &|demand| wanted.contains(&demand))
        .into_iter()
        .map(|(id, demand)| (id, demand.iter().map(people).sum::<f64>()))
        .filter(|(_, people)| *people > 0.0)
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all
}

/// The unit that contains a place , of the level with most units: position in the units layer.
pub fn unit_of(city: &City, at: LonLat) -> Option<u32> {
    let units = city.records().units.as_deref().unwrap_or_default();
    let mut by_level: BTreeMap<Option<&str>, Vec<u32>> = BTreeMap::new();
    for (index, unit) in units.iter().enumerate() {
        by_level.entry(unit.level.as_deref()).or_default().push(index as u32);
    }
    let finest = by_level.into_values().max_by_key(Vec::len)?;
    UnitIndex::new(units, &finest).unit_of(at)
}

//! The uncovered zones of every rule on time or distance.
//!
//! In: a city and what was measured on it. Out: the zones of every rule, and, to be kept for the audit of an edited city, the areas
//! they were made from. An area hangs on a field and its limits, or on where sites stand, and on nobody who lives there: an audit
//! of the same fields draws nothing again, whatever people and standard.

use super::MeasuredAudit;
use super::stations::samples_in_scope;
use crate::city::City;
use crate::findings::{Estimate, NotDrawn, RoadLengths, RuleZones};
use crate::measure::AccessMeasurements;
use crate::measure::roads::covered_km;
use crate::run::Progress;
use crate::travel::{EarliestArrival, Reachability, SearchBuffers, TravelField};
use crate::zones::{
    RefinementCriteria, UncoveredArea, UncoveredSample, Zone, discs, uncovered_of_discs, uncovered_of_field,
    zonal_statistics,
};
use geo::Coord;
use lifering_base::frame::LonLat;
use lifering_base::units::{COORDINATE_RESOLUTION_M, Milliseconds, SourceId, TIME_RESOLUTION_MS};
use lifering_standards::catalogue::{Criterion, Standard};
use lifering_standards::{Impedance, access_query};
use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::GeomWithData;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that zones are made from.
pub struct ZoneMaker<'a> {
    /// The city.
    pub city: &'a City,
    /// The standard.
    pub standard: &'a Standard,
    /// The answers to its queries.
    pub measured: &'a AccessMeasurements,
    /// When to stop refining.
    pub refinement: RefinementCriteria,
    /// An audit on the same ground whose areas may be taken over.
    pub earlier: Option<&'a MeasuredAudit>,
    /// Whether the areas are kept.
    pub keep: bool,
    /// Whether to go on.
    pub progress: &'a dyn Progress,
}

/// What an area was drawn from.
#[derive(Clone, Debug)]
enum AreaSource {
    /// A field and all limits that were drawn of it, milliseconds of its own clock, ascending.
    Field(Arc<TravelField>, Vec<f64>),
    /// Where the sites of a radius rule stand, in their order, and the radius in metres.
    Discs(Vec<LonLat>, f64),
}

impl AreaSource {
    fn is(&self, other: &Self) -> bool {
        let equal = |a: f64, b: f64| a.total_cmp(&b).is_eq();
        match (self, other) {
            (Self::Field(field, limits), Self::Field(other, others)) => {
                Arc::ptr_eq(field, other)
                    && limits.len() == others.len()
                    && limits.iter().zip(others).all(|(a, b)| equal(*a, *b))
            }
            (Self::Discs(places, radius_m), Self::Discs(others, other_m)) => {
                equal(*radius_m, *other_m) && places == others
            }
            (Self::Field(..), Self::Discs(..)) | (Self::Discs(..), Self::Field(..)) => false,
        }
    }
}

/// Areas as they were drawn: by limit of a field, one of a radius rule.
type Areas = Arc<Vec<UncoveredArea>>;

/// The zones of some rules, with the areas that they were made from and what these were drawn from.
type Made = (Vec<(usize, RuleZones)>, (AreaSource, Areas));

/// The uncovered areas that an audit drew.
#[derive(Debug, Default)]
pub struct DrawnAreas {
    of: Vec<(AreaSource, Areas)>,
}

impl DrawnAreas {
    fn find(&self, source: &AreaSource) -> Option<Areas> {
        self.of.iter().find(|(drawn, _)| drawn.is(source)).map(|(_, areas)| Arc::clone(areas))
    }
}

/// A rule whose zones a field draws.
#[derive(Clone, Copy, Debug)]
struct FieldTask {
    rule: usize,
    limit_ms: f64,
    shift: Milliseconds,
}

/// The rules whose zones are drawn, by how they are measured.
#[derive(Default)]
struct ZoneTasks {
    by_field: BTreeMap<usize, Vec<FieldTask>>,
    /// Rule, sites, radius in metres.
    straight: Vec<(usize, Vec<usize>, f64)>,
}

impl ZoneTasks {
    fn new(city: &City, standard: &Standard, measured: &AccessMeasurements) -> Self {
        let mut tasks = Self::default();
        for (rule, record) in standard.rules.iter().enumerate() {
            let Some(Ok(query)) = access_query(&record.criterion, city.evidence()) else { continue };
            let limit_ms = match &record.criterion {
                Criterion::Radius(radius) => radius.max_m * 1000.0,
                Criterion::TravelTime(time) => f64::from(time.limit_s) * 1000.0,
                _ => continue,
            };
            match (&query.impedance, measured.field_of(&query)) {
                (Impedance::Geodesic, _) => tasks.straight.push((rule, query.sites, limit_ms / 1000.0)),
                (_, Some(Ok(of))) => {
                    let task = FieldTask { rule, limit_ms: limit_ms - f64::from(of.shift.0), shift: of.shift };
                    tasks.by_field.entry(of.field).or_default().push(task);
                }
                _ => {}
            }
        }
        tasks
    }
}

impl ZoneMaker<'_> {
    /// By position of the rule, with the areas if they are to be kept. Incomplete if the run is stopped meanwhile.
    pub fn zones(&self) -> (BTreeMap<usize, RuleZones>, DrawnAreas) {
        let ZoneTasks { by_field, straight } = ZoneTasks::new(self.city, self.standard, self.measured);
        let go_on = || !self.progress.stopped();
        let known = self.earlier.filter(|earlier| self.draws_as(earlier)).map(|earlier| &earlier.drawn);
        let of_fields =
            by_field.into_par_iter().filter(|_| go_on()).map(|(field, tasks)| self.field_zones(field, &tasks, known));
        let of_sites = straight
            .into_par_iter()
            .filter(|_| go_on())
            .filter_map(|(rule, sites, radius_m)| self.disc_zones(rule, &sites, radius_m, known));
        let made: Vec<Made> = of_fields.chain(of_sites).collect();
        let (zones, drawn): (Vec<_>, Vec<_>) = made.into_iter().unzip();
        // The areas of a run that was stopped are not whole.
        let keep = self.keep && go_on();
        (zones.into_iter().flatten().collect(), DrawnAreas { of: if keep { drawn } else { Vec::new() } })
    }

    /// Whether the areas of an earlier audit are drawn as finely, and leave out as little.
    fn draws_as(&self, earlier: &MeasuredAudit) -> bool {
        let drawn = earlier.audit.findings.parameters.zones;
        let settings = &self.city.records().settings.zones;
        let equal = |a: f64, b: f64| a.total_cmp(&b).is_eq();
        self.city.shares_ground_with(&earlier.audit.city)
            && equal(drawn.error_share, self.refinement.error_share)
            && equal(drawn.floor_m, self.refinement.floor_m)
            && equal(drawn.min_zone_m2, settings.min_zone_m2)
    }

    fn field_zones(&self, index: usize, tasks: &[FieldTask], known: Option<&DrawnAreas>) -> Made {
        let measured = &self.measured.fields[index];
        let mut limits_ms: Vec<f64> = tasks.iter().map(|task| task.limit_ms).collect();
        limits_ms.sort_by(f64::total_cmp);
        limits_ms.dedup();
        let records = self.city.records();
        let source = AreaSource::Field(Arc::clone(&measured.field), limits_ms.clone());
        let areas = known.and_then(|known| known.find(&source)).unwrap_or_else(|| {
            Arc::new(uncovered_of_field(
                &measured.field,
                self.city.barriers(),
                self.city.boundary(),
                &limits_ms,
                self.refinement,
                records.settings.zones.min_zone_m2,
                &|| !self.progress.stopped(),
            ))
        });
        let earliest = EarliestArrival::new(&measured.field);
        let class_near = |place, side_m: f64| {
            let within_m = measured.field.settings.leg.max_m + side_m * std::f64::consts::FRAC_1_SQRT_2;
            let (_, segment) = earliest.nearest_segment(place, within_m, &mut SearchBuffers::default())?;
            Some(records.roads[measured.field.network.road[segment as usize] as usize].class)
        };
        let on_foot = measured.field.settings.straight;
        let zones = tasks
            .iter()
            .filter_map(|task| {
                let slot = limits_ms.iter().position(|limit| limit.total_cmp(&task.limit_ms).is_eq())?;
                let area = &areas[slot];
                let late =
                    |r: &Reachability| r.at().is_none_or(|at| f64::from(at.0) > task.limit_ms + TIME_RESOLUTION_MS);
                let uncovered = self.late_samples(task.rule, &measured.reached, late);
                let (within_km, all_km) = covered_km(&measured.field, task.limit_ms);
                let zones = RuleZones {
                    shift: task.shift,
                    sites: measured.sites.clone(),
                    road: Some(RoadLengths { within_km, all_km }),
                    on_foot,
                    ..rule_zones(area, zonal_statistics(area, &uncovered, &class_near))
                };
                Some((task.rule, zones))
            })
            .collect();
        (zones, (source, areas))
    }

    /// The zones of a radius rule; `None` if its distances were not measured, or the run is stopped meanwhile.
    fn disc_zones(&self, rule: usize, sites: &[usize], radius_m: f64, known: Option<&DrawnAreas>) -> Option<Made> {
        let distances = self.measured.distances(sites)?;
        let places: Vec<LonLat> = sites.iter().map(|site| self.city.sites()[*site].place).collect();
        let source = AreaSource::Discs(places.clone(), radius_m);
        let areas = if let Some(areas) = known.and_then(|known| known.find(&source)) {
            areas
        } else {
            let go_on = || !self.progress.stopped();
            let beyond = discs::beyond_discs(&places, radius_m, self.city.boundary(), self.city.frame(), &go_on)?;
            let min_zone_m2 = self.city.records().settings.zones.min_zone_m2;
            Arc::new(vec![uncovered_of_discs(&beyond, min_zone_m2)])
        };
        let area = areas.first()?;
        let limit_m = radius_m + COORDINATE_RESOLUTION_M;
        let far = |i: usize| distances[i].is_none_or(|metres| metres > limit_m);
        let in_scope = samples_in_scope(self.city, &self.standard.rules[rule].criterion);
        let unit_of_sample = self.city.unit_of_sample();
        let samples = self.city.people().samples.par_iter().enumerate();
        let at = |site: &usize| self.city.sites()[*site].xy;
        let mut seen = BTreeSet::new();
        let numbered = sites.iter().map(at).enumerate().filter(|(_, xy)| seen.insert((xy.x.to_bits(), xy.y.to_bits())));
        let numbered = numbered.map(|(first, xy)| GeomWithData::new([xy.x, xy.y], first));
        let stand = RTree::bulk_load(numbered.collect());
        let uncovered: Vec<UncoveredSample> = samples
            .filter(|(i, _)| far(*i) && in_scope.as_ref().is_none_or(|scope| scope[*i]))
            .map(|(i, sample)| UncoveredSample {
                at: sample.xy,
                people: sample.people,
                first: distances[i].zip(nearest(&stand, sample.xy)),
                unit: unit_of_sample[i],
            })
            .collect();
        let mut zones = zonal_statistics(area, &uncovered, &|_, _| None);
        for zone in &mut zones {
            // Metres were averaged here, not milliseconds.
            (zone.nearest_m, zone.worst_m) = (zone.nearest_ms.take(), zone.worst_ms.take());
        }
        let zones = RuleZones { sites: sites.to_vec(), ..rule_zones(area, zones) };
        Some((vec![(rule, zones)], (source, areas)))
    }

    fn late_samples(
        &self,
        rule: usize,
        reached: &[Reachability],
        late: impl Fn(&Reachability) -> bool,
    ) -> Vec<UncoveredSample> {
        let in_scope = samples_in_scope(self.city, &self.standard.rules[rule].criterion);
        let unit_of_sample = self.city.unit_of_sample();
        let samples = self.city.people().samples.iter().zip(reached).enumerate();
        samples
            .filter(|(i, (_, reached))| late(reached) && in_scope.as_ref().is_none_or(|scope| scope[*i]))
            .map(|(i, (sample, reached))| UncoveredSample {
                at: sample.xy,
                people: sample.people,
                first: reached.at().zip(reached.by()).map(|(at, by)| (f64::from(at.0), by)),
                unit: unit_of_sample[i],
            })
            .collect()
    }
}

/// The nearest site to a place, on the plane; ties go to the first.
fn nearest(sites: &RTree<GeomWithData<[f64; 2], usize>>, at: Coord<f64>) -> Option<SourceId> {
    let first = sites.nearest_neighbors(&[at.x, at.y]).into_iter().map(|site| site.data).min()?;
    Some(SourceId::new(first))
}

fn rule_zones(area: &UncoveredArea, zones: Vec<Zone>) -> RuleZones {
    RuleZones {
        zones,
        area_m2: Estimate { best: area.area_m2, low: area.low_m2, high: area.high_m2 },
        not_drawn: NotDrawn { dropped_m2: area.dropped_m2, filled_m2: area.filled_m2 },
        resolution_m: area.resolution_m,
        shift: Milliseconds(0),
        sites: Vec::new(),
        road: None,
        on_foot: false,
    }
}

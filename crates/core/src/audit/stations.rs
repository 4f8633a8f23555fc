//! Who is reached by which station, first and second, under the reference drive.

use super::access_to_everybody;
use super::reference_drive::ReferenceDrive;
use crate::city::City;
use crate::findings::StationFigures;
use crate::measure::AccessMeasurements;
use crate::measure::curve::Curve;
use crate::travel::Reachability;
use lifering_base::units::{Milliseconds, TIME_RESOLUTION_MS};
use lifering_standards::access_query;
use lifering_standards::catalogue::{Criterion, Standard};
use std::collections::BTreeMap;

/// People whom no station reaches, by reason.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnreachedPeople {
    /// Without a road within `max_m`.
    pub no_road: f64,
    /// With roads within `max_m` that no station reaches.
    pub cut_off: f64,
}

/// First and second arrivals of the reference drive.
#[derive(Debug)]
pub struct StationArrivals<'a> {
    drive: Option<&'a ReferenceDrive<'a>>,
    /// Indexed by population sample, milliseconds of the field's clock: the first arrival from another station than the
    /// first one; empty without a reference drive.
    second: &'a [Option<Milliseconds>],
}

impl<'a> StationArrivals<'a> {
    /// Measures second arrivals.
    pub fn measure(city: &City, drive: Option<&'a ReferenceDrive<'a>>) -> Self {
        let second = drive.map_or(&[][..], |drive| drive.measured.second(city));
        Self { drive, second }
    }

    /// Indexed by population sample, by the clock of the rule; empty without a reference drive.
    pub fn first(&self) -> Vec<Option<Milliseconds>> {
        let Some(drive) = self.drive else { return Vec::new() };
        drive.measured.reached.iter().map(|reached| reached.at().map(|at| drive.by_rule(at))).collect()
    }

    /// People whom nobody reaches. Without a reference drive plain driving from every station tells.
    pub fn people_by_reachability(&self, city: &City, measured: &AccessMeasurements) -> UnreachedPeople {
        let plain = || match measured.field_of(&access_to_everybody(city.evidence())) {
            Some(Ok(of)) => measured.fields[of.field].reached.as_slice(),
            _ => &[],
        };
        let reached = self.drive.map_or_else(plain, |drive| drive.measured.reached.as_slice());
        let mut people = UnreachedPeople::default();
        for (sample, reached) in city.people().samples.iter().zip(reached) {
            match reached {
                Reachability::At(..) => {}
                Reachability::CutOff => people.cut_off += sample.people,
                Reachability::NoRoad => people.no_road += sample.people,
            }
        }
        people
    }

    /// By rule: the people whom two stations reach within its limit, for rules that share field and clock of the
    /// reference drive.
    pub fn covered_twice(
        &self,
        city: &City,
        standard: &Standard,
        measured: &AccessMeasurements,
    ) -> BTreeMap<usize, f64> {
        let Some(drive) = self.drive else { return BTreeMap::new() };
        let rules = standard.rules.iter().enumerate();
        rules
            .filter_map(|(position, rule)| {
                let Criterion::TravelTime(time) = &rule.criterion else { return None };
                let query = access_query(&rule.criterion, city.evidence())?.ok()?;
                if *measured.field_of(&query)?.as_ref().ok()? != drive.field {
                    return None;
                }
                let shift_ms = f64::from(drive.field.shift.0);
                let limit_ms = f64::from(time.limit_s) * 1000.0 - shift_ms + TIME_RESOLUTION_MS;
                let in_scope = samples_in_scope(city, &rule.criterion);
                let in_time = |at: &Option<Milliseconds>| at.is_some_and(|at| f64::from(at.0) <= limit_ms);
                let people = city.people().samples.iter().zip(self.second).enumerate();
                let people = people.filter(|(i, (_, at))| in_time(at) && in_scope.as_ref().is_none_or(|s| s[*i]));
                Some((position, people.map(|(_, (sample, _))| sample.people).sum()))
            })
            .collect()
    }

    /// Figures of every station, in the order of the layer; all 0 without a reference drive.
    pub fn stations(&self, city: &City) -> Vec<StationFigures> {
        let mut figures: Vec<StationFigures> = (0..city.records().stations.len()).map(StationFigures::none).collect();
        let Some(drive) = self.drive else { return figures };
        let measured = drive.measured;
        let limit_ms = drive.limits_ms.first().copied().unwrap_or(f64::INFINITY) + TIME_RESOLUTION_MS;
        for (entries, site) in measured.field.entries.iter().zip(&measured.sites) {
            if let Some(figure) = figures.get_mut(*site) {
                figure.driveway_m = entries.nearest().map(|road| road.distance_m);
                figure.way_out = entries.way_out;
            }
        }
        for ((sample, reached), second) in city.people().samples.iter().zip(measured.reached.iter()).zip(self.second) {
            let Reachability::At(at, by) = reached else { continue };
            let Some(figure) = figures.get_mut(measured.sites[by.index()]) else { continue };
            figure.people_first += sample.people;
            if f64::from(at.0) <= limit_ms {
                figure.people_in_time += sample.people;
                if second.is_none_or(|second| f64::from(second.0) > limit_ms) {
                    figure.people_only += sample.people;
                }
            }
        }
        figures
    }
}

/// Whether a criterion is about each population sample; `None` if it is about all.
pub fn samples_in_scope(city: &City, criterion: &Criterion) -> Option<Vec<bool>> {
    let filter = criterion.demand()?;
    let mut in_scope = vec![false; city.people().samples.len()];
    // A filter that the data cannot answer makes the rule unjudged: it is then about nobody.
    for i in city.evidence().demand(Some(filter)).into_iter().flatten() {
        in_scope[i as usize] = true;
    }
    Some(in_scope)
}

impl AccessMeasurements {
    /// By rule: people by time or distance, for every rule that measures one.
    pub(super) fn curves(&self, city: &City, standard: &Standard) -> BTreeMap<usize, Curve> {
        use rayon::prelude::*;
        let rules = standard.rules.par_iter().enumerate();
        rules
            .filter_map(|(position, rule)| {
                let Some(Ok(query)) = access_query(&rule.criterion, city.evidence()) else { return None };
                let measured = self.answer(&query).ok()?;
                Some((position, Curve::of(&rule.criterion, city.evidence(), &measured)?))
            })
            .collect()
    }
}

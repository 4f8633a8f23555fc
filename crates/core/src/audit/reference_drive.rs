//! The standard's first rule on driving: the field of the maps and of the stations' figures.

use crate::city::City;
use crate::findings::RoadTimes;
use crate::measure::roads::by_time;
use crate::measure::stretches::join_pieces;
use crate::measure::{AccessMeasurements, FieldRef, MeasuredField};
use lifering_base::units::Milliseconds;
use lifering_standards::catalogue::{Criterion, Standard};
use lifering_standards::{Impedance, access_query};

/// Road maps tell times apart at these shares of the first limit, in whole minutes, beside the limits.
const CLASS_SHARES: [f64; 3] = [1.0 / 3.0, 2.0 / 3.0, 1.5];

/// The field of the first driving rule, and the limits of all rules that share it and its clock.
#[derive(Clone, Debug)]
pub struct ReferenceDrive<'a> {
    /// The field.
    pub measured: &'a MeasuredField,
    /// Its place among the fields, and the shift to the clock of the rule.
    pub field: FieldRef,
    /// Limits, milliseconds of the field's own clock, ascending.
    pub limits_ms: Vec<f64>,
}

impl<'a> ReferenceDrive<'a> {
    /// The first driving rule of a standard; `None` if it has none that could be measured.
    pub fn find(city: &City, standard: &Standard, measured: &'a AccessMeasurements) -> Option<Self> {
        let mut first: Option<FieldRef> = None;
        let mut limits_ms = Vec::new();
        for rule in &standard.rules {
            let Criterion::TravelTime(time) = &rule.criterion else { continue };
            let Some(Ok(query)) = access_query(&rule.criterion, city.evidence()) else { continue };
            let (Impedance::Drive(..), Some(Ok(field))) = (&query.impedance, measured.field_of(&query)) else {
                continue;
            };
            if *first.get_or_insert(*field) == *field {
                limits_ms.push(f64::from(time.limit_s) * 1000.0 - f64::from(field.shift.0));
            }
        }
        limits_ms.sort_by(f64::total_cmp);
        limits_ms.dedup();
        first.map(|field| Self { measured: &measured.fields[field.field], field, limits_ms })
    }

    /// Roads cut at the limits and at the classes of the maps.
    pub fn road_times(&self) -> RoadTimes {
        let shift_ms = f64::from(self.field.shift.0);
        let limits_s: Vec<f64> = self.limits_ms.iter().map(|limit| (limit + shift_ms) / 1000.0).collect();
        let first_s = limits_s.first().copied();
        let shares = first_s.into_iter().flat_map(|first_s| CLASS_SHARES.map(|share| first_s * share));
        let whole_minutes = shares.map(|seconds| (seconds / 60.0).round() * 60.0).filter(|seconds| *seconds > 0.0);
        let mut classes_s: Vec<f64> = whole_minutes.chain(limits_s.clone()).collect();
        classes_s.sort_by(f64::total_cmp);
        classes_s.dedup();
        let classes_ms: Vec<f64> = classes_s.iter().map(|seconds| seconds * 1000.0 - shift_ms).collect();
        let pieces = join_pieces(&by_time(&self.measured.field, &classes_ms));
        RoadTimes { limits_s, classes_s, pieces, shift: self.field.shift }
    }

    /// A time of the field by the clock of the rule.
    pub fn by_rule(&self, at: Milliseconds) -> Milliseconds {
        at.plus(self.field.shift)
    }
}

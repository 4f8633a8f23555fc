//! The distribution of people over time or distance, behind a coverage share.
//!
//! In: a coverage criterion and the measurements of every demand point. Out: a [`Curve`] in steps that divide the
//! limit, so that its value at the limit is the figure of the rule.

use lifering_base::units::{COORDINATE_RESOLUTION_M, TIME_RESOLUTION_MS};
use lifering_standards::catalogue::Criterion;
use lifering_standards::evidence::{Evidence, Measurements};
use serde::{Deserialize, Serialize};

/// Widest bin of a curve of times, seconds.
const STEP_S: f64 = 15.0;
/// Bins up to the limit of a curve of distances.
const DISTANCE_STEPS: f64 = 100.0;
/// End of a curve as a multiple of its limit; people beyond are one sum.
const END_IN_LIMITS: f64 = 4.0;

/// Unit of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CurveUnit {
    /// Seconds.
    Seconds,
    /// Metres.
    Metres,
}

/// A histogram of people by time or distance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Unit of `limit` and `step`.
    pub unit: CurveUnit,
    /// Limit of the rule, a whole number of steps.
    pub limit: f64,
    /// Width of a bin.
    pub step: f64,
    /// People above `i * step` and up to `(i + 1) * step`, indexed by bin `i`.
    pub bins: Vec<f64>,
    /// People reached beyond the last bin.
    pub later: f64,
    /// People not reached.
    pub never: f64,
}

impl Curve {
    /// The curve of a criterion; `None` if it limits neither time nor distance, or if the attributes of its demand
    /// filter are missing.
    pub fn of(criterion: &Criterion, evidence: &Evidence, measured: &Measurements) -> Option<Self> {
        let (unit, limit, step) = match criterion {
            Criterion::Radius(rule) => (CurveUnit::Metres, rule.max_m, rule.max_m / DISTANCE_STEPS),
            Criterion::TravelTime(rule) => {
                let limit = f64::from(rule.limit_s);
                (CurveUnit::Seconds, limit, limit / (limit / STEP_S).ceil().max(1.0))
            }
            _ => return None,
        };
        let demand_points = evidence.demand(criterion.demand()).ok()?;
        let count = (END_IN_LIMITS * limit / step).round() as usize;
        let mut curve = Self { unit, limit, step, bins: vec![0.0; count], later: 0.0, never: 0.0 };
        for point in demand_points {
            let index = point as usize;
            let people = evidence.demand_points[index].people;
            match value(measured, index) {
                None => curve.never += people,
                Some(value) => match curve.bins.get_mut(((value / step).ceil() as usize).max(1) - 1) {
                    Some(bin) => *bin += people,
                    None => curve.later += people,
                },
            }
        }
        let last = curve.bins.iter().rposition(|people| *people > 0.0).map_or(0, |i| i + 1);
        let to_limit = (limit / step).round() as usize;
        curve.bins.truncate(last.max(to_limit + to_limit / 4));
        Some(curve)
    }

    /// All people in scope.
    pub fn people(&self) -> f64 {
        self.bins.iter().sum::<f64>() + self.later + self.never
    }

    /// People up to the end of each bin, indexed by bin.
    pub fn cumulated(&self) -> Vec<f64> {
        self.bins
            .iter()
            .scan(0.0, |sum, people| {
                *sum += people;
                Some(*sum)
            })
            .collect()
    }
}

/// Seconds or metres of a demand point less the resolution of the measurement, by which a limit may be exceeded.
fn value(measured: &Measurements, index: usize) -> Option<f64> {
    match measured {
        Measurements::Times(times) => times[index].map(|t| (f64::from(t.0) - TIME_RESOLUTION_MS).max(0.0) / 1000.0),
        Measurements::Distances(distances) => distances[index].map(|d| (d - COORDINATE_RESOLUTION_M).max(0.0)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use lifering_base::units::Milliseconds;
    use lifering_standards::catalogue::Standard;
    use lifering_standards::evidence::DemandPoint;
    use std::collections::BTreeMap;

    #[test]
    fn exactly_the_limit_is_within() {
        let standard = Standard::embedded("jinjiang-14fyp").unwrap();
        let rule = standard.rules.iter().find(|r| matches!(r.criterion, Criterion::TravelTime(_))).unwrap();
        let Criterion::TravelTime(time) = &rule.criterion else { return };
        let limit_ms = time.limit_s * 1000;
        let person = |people| DemandPoint { people, attributes: BTreeMap::new() };
        let evidence = Evidence {
            demand_points: vec![person(10.0), person(20.0), person(40.0), person(80.0)],
            ..Evidence::default()
        };
        let at = |ms| Some(Milliseconds(ms));
        let measured = Measurements::Times(vec![at(1), at(limit_ms), at(limit_ms + 2), None]);
        let curve = Curve::of(&rule.criterion, &evidence, &measured).unwrap();
        let within = curve.cumulated()[(curve.limit / curve.step).round() as usize - 1];
        assert!((within - 30.0).abs() < 1e-9, "{curve:?}");
        assert!((curve.never - 80.0).abs() < 1e-9);
        assert!((curve.people() - 150.0).abs() < 1e-9);
    }
}

//! The points that people are counted at, with the time of the standard's first driving rule.

use super::shapes::point;
use super::{Cell, Row};
use crate::rounding::{people, tenth};
use lifering_base::units::{Milliseconds, TIME_RESOLUTION_MS};
use lifering_core::audit::Audit;
use rayon::prelude::*;

/// One row a point.
pub fn rows(audit: &Audit) -> Vec<Row<'_>> {
    let limit = audit.findings.road_times.as_ref().and_then(|t| t.limits_s.first()).copied();
    let samples = &audit.city.people().samples;
    (0..samples.len())
        .into_par_iter()
        .map(|i| {
            let sample = &samples[i];
            let known = audit.findings.arrivals.get(i);
            let seconds = known.copied().flatten().map(Milliseconds::seconds);
            let within =
                known.and(limit).map(|limit| seconds.is_some_and(|s| s <= limit + TIME_RESOLUTION_MS / 1000.0));
            Row {
                geometry: Some(point(sample.place.lon, sample.place.lat)),
                cells: vec![
                    Cell::Real(people(sample.people)),
                    sample.urban.map_or(Cell::Empty, Cell::Flag),
                    Cell::real(seconds.map(tenth)),
                    within.map_or(Cell::Empty, Cell::Flag),
                ],
            }
        })
        .collect()
}

//! The drivable roads by travel time: stretches cut where a limit or a class of the map is crossed.
//!
//! A stretch is one road from cut to cut, over as many junctions as lie between. That is what a GIS officer asks of this
//! layer (which road, how soon), in about a third of the rows of the network's edges.

use super::shapes::line;
use super::{Cell, Row};
use crate::rounding::seconds;
use lifering_core::audit::Audit;
use lifering_core::findings::RoadTimes;
use lifering_core::measure::roads::RoadPiece;
use rayon::prelude::*;

/// One row a stretch.
pub fn rows(audit: &Audit) -> Vec<Row<'_>> {
    let Some(times) = &audit.findings.road_times else { return Vec::new() };
    times.pieces.par_iter().filter_map(|piece| row(audit, times, piece)).collect()
}

fn row<'a>(audit: &'a Audit, times: &RoadTimes, piece: &RoadPiece) -> Option<Row<'a>> {
    let road = &audit.city.records().roads[piece.road as usize];
    let at = |ms: f64| seconds(ms + f64::from(times.shift.0));
    let limit = piece.band.and_then(|class| times.limit_of(class));
    let over = match piece.band {
        Some(class) => class.checked_sub(1),
        None => times.classes_s.len().checked_sub(1).filter(|_| piece.reached),
    };
    Some(Row {
        geometry: Some(line(audit.city.frame(), &piece.line)?),
        cells: vec![
            Cell::text(road.class.word()),
            road.name.as_deref().map_or(Cell::Empty, Cell::text),
            Cell::real(limit.map(|limit| times.limits_s[limit])),
            Cell::Flag(piece.reached),
            Cell::real(over.map(|class| times.classes_s[class])),
            Cell::real(piece.band.map(|class| times.classes_s[class])),
            Cell::real(piece.ends_ms.map(|e| at(e.0))),
            Cell::real(piece.ends_ms.map(|e| at(e.1))),
        ],
    })
}

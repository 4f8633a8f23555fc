//! Uncovered zones: where nobody comes in time, with people in them and a proof of their size.
//!
//! In: a travel-time field (or sites, for radius rules), the boundary, who is not covered. Out: a [`Shape`] a rule:
//! polygons by reason, the area with proved bounds, and what is known of each zone.

pub mod block;
pub mod clip;
pub mod contour;
pub mod covers;
pub mod describe;
pub mod discs;
pub mod grid;
pub mod label;
pub mod locate;
pub mod outline;
pub mod part;
pub mod rim;
pub mod subdivide;

pub use describe::{Uncovered, Zone, describe};
pub use label::{Label, Probe, Subdivision};
pub use subdivide::{Fineness, Wanted, subdivide};

use crate::travel::{Barriers, TravelField};
use geo::{Area, Contains, MultiPolygon, Polygon};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lines are thinned where that moves them by at most this share of the finest square's side ...
const THINNING: f64 = 0.05;
/// ... and no more than this, metres.
const THINNING_M: f64 = 0.4;

/// Why a zone is not covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Reached, but late.
    TooFar,
    /// Nothing within `max_m`.
    NoRoad,
    /// Roads there that no station can reach.
    CutOff,
}

/// The uncovered area of one rule before it is described: polygons by reason, with bounds of the whole.
#[derive(Debug)]
pub struct Shape {
    /// Polygons, local metres, each in one piece.
    pub parts: Vec<(Reason, Polygon<f64>)>,
    /// Best estimate of the uncovered area, slivers included, m².
    pub area_m2: f64,
    /// Proved lower bound, m².
    pub low_m2: f64,
    /// Proved upper bound, m².
    pub high_m2: f64,
    /// Area of slivers that are not drawn, m².
    pub dropped_m2: f64,
    /// Area of holes that are drawn as filled, m².
    pub filled_m2: f64,
    /// Side of the finest squares, metres; `None` for discs.
    pub resolution_m: Option<f64>,
    /// Squares that are not covered.
    pub probes: Vec<Probe>,
}

/// The shapes of several limits of one field, which share one subdivision; not whole where they are not `wanted` any more.
///
/// # Units
/// Limits in milliseconds of the field's own clock.
pub fn of_field(
    field: &TravelField<'_>,
    barriers: Option<&Barriers>,
    boundary: &MultiPolygon<f64>,
    limits_ms: &[f64],
    fineness: Fineness,
    min_zone_m2: f64,
    wanted: Wanted<'_>,
) -> Vec<Shape> {
    let subdivision = subdivide(field, barriers, boundary, limits_ms, fineness, wanted);
    let tolerance_m = (THINNING * subdivision.finest_m).min(THINNING_M);
    let Subdivision { finest_m, area_m2, answered } = subdivision;
    answered
        .into_par_iter()
        .map(|answered| {
            let areas: Vec<(Reason, MultiPolygon<f64>)> = Label::UNCOVERED
                .into_par_iter()
                .filter_map(|label| {
                    Some((reason(label)?, contour::area(&answered.edges, label, boundary, tolerance_m)))
                })
                .collect();
            let drawn_m2: f64 = areas.iter().map(|(_, area)| area.unsigned_area()).sum();
            let parts =
                areas.into_iter().flat_map(|(reason, area)| area.into_iter().map(move |p| (reason, p))).collect();
            let mut shape = tidy(parts, min_zone_m2);
            shape.low_m2 = answered.no_m2;
            shape.high_m2 = (area_m2 - answered.yes_m2).max(answered.no_m2);
            // The outline runs inside undecided squares only, so this changes nothing beyond thinning and rounding.
            shape.area_m2 = drawn_m2.clamp(shape.low_m2, shape.high_m2);
            shape.resolution_m = Some(finest_m);
            shape.probes = answered.probes;
            shape
        })
        .collect()
}

fn reason(label: Label) -> Option<Reason> {
    match label {
        Label::TooFar => Some(Reason::TooFar),
        Label::NoRoad => Some(Reason::NoRoad),
        Label::CutOff => Some(Reason::CutOff),
        Label::Covered | Label::Outside => None,
    }
}

/// The shape of a radius rule.
pub fn of_discs(beyond: &discs::Beyond, min_zone_m2: f64) -> Shape {
    let parts = beyond.area.0.iter().map(|p| (Reason::TooFar, p.clone())).collect();
    let mut shape = tidy(parts, min_zone_m2);
    shape.area_m2 = beyond.area.unsigned_area();
    shape.low_m2 = beyond.low_m2;
    shape.high_m2 = beyond.high_m2;
    shape
}

/// Leaves out slivers and fills small holes, and says how much that is.
fn tidy(parts: Vec<(Reason, Polygon<f64>)>, min_zone_m2: f64) -> Shape {
    let mut shape = Shape {
        parts: Vec::new(),
        area_m2: 0.0,
        low_m2: 0.0,
        high_m2: 0.0,
        dropped_m2: 0.0,
        filled_m2: 0.0,
        resolution_m: None,
        probes: Vec::new(),
    };
    let (mut kept, slivers): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|(_, polygon)| polygon.unsigned_area() >= min_zone_m2);
    shape.dropped_m2 = slivers.iter().map(|(_, p)| p.unsigned_area()).sum();
    // A hole is filled only where it is covered ground: one that holds a zone of another reason stays.
    let inside: Vec<geo::Point<f64>> =
        kept.iter().filter_map(|(_, p)| p.exterior().0.first().map(|c| geo::Point::from(*c))).collect();
    for (_, polygon) in &mut kept {
        let (exterior, interiors) = std::mem::replace(polygon, Polygon::empty()).into_inner();
        let (stay, fill): (Vec<_>, Vec<_>) = interiors.into_iter().partition(|ring| {
            let hole = Polygon::new(ring.clone(), Vec::new());
            hole.unsigned_area() >= min_zone_m2 || inside.iter().any(|p| hole.contains(p))
        });
        shape.filled_m2 += fill.into_iter().map(|ring| Polygon::new(ring, Vec::new()).unsigned_area()).sum::<f64>();
        *polygon = Polygon::new(exterior, stay);
    }
    kept.sort_by(|a, b| {
        let corner = |p: &Polygon<f64>| {
            p.exterior()
                .0
                .iter()
                .map(|c| (c.x, c.y))
                .fold((f64::MAX, f64::MAX), |m, c| if c.0 < m.0 || (c.0 <= m.0 && c.1 < m.1) { c } else { m })
        };
        b.1.unsigned_area().total_cmp(&a.1.unsigned_area()).then_with(|| {
            let (a, b) = (corner(&a.1), corner(&b.1));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
    });
    shape.parts = kept;
    shape
}

//! Uncovered zones with proved bounds of their area.
//!
//! In: a travel-time field (or sites, for radius rules), the boundary, the uncovered population samples. Out: for each
//! rule an [`UncoveredArea`] (polygons by reason, the area with proved bounds) and its [`Zone`]s (definitions.md
//! section 6).
//!
//! A *cell* is a square of the quadtree over the boundary. [`subdivide()`] splits cells until interval bounds decide
//! them (branch and bound); the rest is proved from convex capsules ([`cell_block`]) or drawn by [`marching_squares`];
//! [`contour`] makes polygons of the outlines.

pub mod cell_block;
pub mod clip;
pub mod contour;
pub mod capsules;
pub mod zonal_statistics;
pub mod discs;
pub mod disc_union;
pub mod lattice;
pub mod quadtree;
pub mod point_location;
pub mod marching_squares;
pub mod boundary_clip;
pub mod boundary_edges;
pub mod subdivide;

pub use quadtree::{CoverageClass, Probe, Subdivision};
pub use subdivide::{KeepGoing, RefinementCriteria, subdivide};
pub use zonal_statistics::{UncoveredSample, Zone, zonal_statistics};

use crate::travel::{Barriers, TravelField};
use geo::{Area, BoundingRect, Contains, MultiPolygon, Polygon};
use rayon::prelude::*;
use rstar::{AABB, RTree};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lines are simplified if that moves them by at most this share of the finest cell's side ...
const SIMPLIFY_SHARE: f64 = 0.05;
/// ... and by at most this, metres.
const MAX_SIMPLIFY_M: f64 = 0.4;

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

/// The uncovered area of one rule: polygons by reason, and bounds of the whole.
#[derive(Debug)]
pub struct UncoveredArea {
    /// Polygons in local metres, the largest first.
    pub parts: Vec<(Reason, Polygon<f64>)>,
    /// Best estimate of the uncovered area, slivers included, m².
    pub area_m2: f64,
    /// Proved lower bound of the uncovered area, m².
    pub low_m2: f64,
    /// Proved upper bound of the uncovered area, m².
    pub high_m2: f64,
    /// Area of slivers that are not drawn, m².
    pub dropped_m2: f64,
    /// Area of holes that are drawn as filled, m².
    pub filled_m2: f64,
    /// Side of the finest cells, metres; `None` for radius rules.
    pub resolution_m: Option<f64>,
    /// Uncovered cells with the reachability of their centre; none for radius rules.
    pub probes: Vec<Probe>,
}

/// The uncovered areas of several limits of one field, at most 31, which share one subdivision; indexed as
/// `limits_ms`. Incomplete if `keep_going` turns false.
///
/// # Units
/// Limits in milliseconds of the field's own clock.
pub fn uncovered_of_field(
    field: &TravelField,
    barriers: Option<&Barriers>,
    boundary: &MultiPolygon<f64>,
    limits_ms: &[f64],
    criteria: RefinementCriteria,
    min_zone_m2: f64,
    keep_going: KeepGoing<'_>,
) -> Vec<UncoveredArea> {
    let subdivision = subdivide(field, barriers, boundary, limits_ms, criteria, keep_going);
    let tolerance_m = (SIMPLIFY_SHARE * subdivision.finest_m).min(MAX_SIMPLIFY_M);
    let Subdivision { finest_m, area_m2, answered } = subdivision;
    answered
        .into_par_iter()
        .map(|answered| {
            let areas: Vec<(Reason, MultiPolygon<f64>)> = CoverageClass::UNCOVERED
                .into_par_iter()
                .filter_map(|class| {
                    Some((reason(class)?, contour::area(&answered.edges, class, boundary, tolerance_m)))
                })
                .collect();
            let drawn_m2: f64 = areas.iter().map(|(_, area)| area.unsigned_area()).sum();
            let parts =
                areas.into_iter().flat_map(|(reason, area)| area.into_iter().map(move |p| (reason, p))).collect();
            let mut shape = tidy(parts, min_zone_m2);
            shape.low_m2 = answered.uncovered_m2;
            shape.high_m2 = (area_m2 - answered.covered_m2).max(answered.uncovered_m2);
            // The outline runs inside undecided cells only: the clamp affects simplification and rounding alone.
            shape.area_m2 = drawn_m2.clamp(shape.low_m2, shape.high_m2);
            shape.resolution_m = Some(finest_m);
            shape.probes = answered.probes;
            shape
        })
        .collect()
}

fn reason(class: CoverageClass) -> Option<Reason> {
    match class {
        CoverageClass::TooFar => Some(Reason::TooFar),
        CoverageClass::NoRoad => Some(Reason::NoRoad),
        CoverageClass::CutOff => Some(Reason::CutOff),
        CoverageClass::Covered | CoverageClass::Outside => None,
    }
}

/// The uncovered area of a radius rule.
pub fn uncovered_of_discs(beyond: &discs::BeyondDiscs, min_zone_m2: f64) -> UncoveredArea {
    let parts = beyond.area.0.iter().map(|p| (Reason::TooFar, p.clone())).collect();
    let mut shape = tidy(parts, min_zone_m2);
    shape.area_m2 = beyond.area.unsigned_area();
    shape.low_m2 = beyond.low_m2;
    shape.high_m2 = beyond.high_m2;
    shape
}

/// Drops slivers and fills small holes, and records their area.
fn tidy(parts: Vec<(Reason, Polygon<f64>)>, min_zone_m2: f64) -> UncoveredArea {
    let mut shape = UncoveredArea {
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
    // Only holes of covered ground are filled: one that contains a zone of another reason stays.
    let inside: RTree<[f64; 2]> =
        RTree::bulk_load(kept.iter().filter_map(|(_, p)| p.exterior().0.first().map(|c| [c.x, c.y])).collect());
    let holds_a_zone = |hole: &Polygon<f64>| {
        hole.bounding_rect().is_some_and(|r| {
            let around = AABB::from_corners([r.min().x, r.min().y], [r.max().x, r.max().y]);
            inside.locate_in_envelope(around).any(|at| hole.contains(&geo::Point::new(at[0], at[1])))
        })
    };
    for (_, polygon) in &mut kept {
        let (exterior, interiors) = std::mem::replace(polygon, Polygon::empty()).into_inner();
        let (stay, fill): (Vec<_>, Vec<_>) = interiors.into_iter().partition(|ring| {
            let hole = Polygon::new(ring.clone(), Vec::new());
            hole.unsigned_area() >= min_zone_m2 || holds_a_zone(&hole)
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

//! The quadtree's vocabulary: classes of ground, cells, outline edges, results of a limit.

use crate::travel::{ArrivalBounds, ExactReachability};
use geo::Coord;
use lifering_base::units::TIME_RESOLUTION_MS;

/// The class of a place under one limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoverageClass {
    /// Reached in time.
    Covered,
    /// Reached, but late.
    TooFar,
    /// Not reached, although a road lies within reach.
    CutOff,
    /// Not reached: no road within reach.
    NoRoad,
    /// Outside the boundary.
    Outside,
}

impl CoverageClass {
    /// The classes of uncovered ground.
    pub const UNCOVERED: [Self; 3] = [Self::TooFar, Self::CutOff, Self::NoRoad];

    pub(super) fn of(answer: ExactReachability, limit_ms: f64) -> Self {
        match answer {
            ExactReachability::At(ms, _) if ms <= limit_ms + TIME_RESOLUTION_MS => Self::Covered,
            ExactReachability::At(..) => Self::TooFar,
            ExactReachability::CutOff => Self::CutOff,
            ExactReachability::NoRoad => Self::NoRoad,
        }
    }

    /// The class of a whole square, if the bounds prove one.
    pub(super) fn proved(bounds: &ArrivalBounds, limit_ms: f64) -> Option<Self> {
        let limit = limit_ms + TIME_RESOLUTION_MS;
        if bounds.latest_ms <= limit {
            Some(Self::Covered)
        } else if bounds.earliest_ms <= limit {
            None
        } else if bounds.latest_ms.is_finite() {
            Some(Self::TooFar)
        } else if bounds.earliest_ms.is_finite() {
            None
        } else if bounds.has_road {
            Some(Self::CutOff)
        } else {
            (!bounds.may_have_road).then_some(Self::NoRoad)
        }
    }
}

/// A cell of the quadtree: level, and column and row counted in cells of that level from the origin.
pub type Cell = (u8, i32, i32);
/// A corner of the finest lattice: column and row from the origin.
pub type Corner = (i32, i32);

/// A vertex of the outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vertex {
    /// A corner of the lattice.
    At(Corner),
    /// On the side from a corner to its neighbour in the east (`false`) or north (`true`).
    Between(Corner, bool),
    /// The centre of the finest cell with this south-western corner, where more than two classes meet.
    Middle(Corner),
    /// A bend inside the finest cell with this south-western corner, numbered along the outline.
    Inner(Corner, u8),
}

/// An edge of the outline between ground of two classes.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// Start, and its place in local metres.
    pub from: (Vertex, Coord<f64>),
    /// End, and its place in local metres.
    pub to: (Vertex, Coord<f64>),
    /// Class on the left.
    pub left: CoverageClass,
    /// Class on the right.
    pub right: CoverageClass,
}

/// An uncovered cell, sampled at its centre.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// Centre, local metres.
    pub at: Coord<f64>,
    /// Area inside the boundary, m².
    pub area_m2: f64,
    /// Reachability of the centre.
    pub answer: ExactReachability,
    /// Morton order of the cell, in which probes are sorted.
    pub(super) order: u64,
}

/// The result of one limit.
#[derive(Clone, Debug, Default)]
pub struct LimitResult {
    /// Area proved to be uncovered, m².
    pub uncovered_m2: f64,
    /// Area proved to be covered, m².
    pub covered_m2: f64,
    /// The outline of uncovered ground.
    pub edges: Vec<Edge>,
    /// Uncovered cells.
    pub probes: Vec<Probe>,
    /// Cells outside the boundary.
    pub(super) outside: Vec<Cell>,
    /// Cells that the boundary crosses.
    pub(super) crossed: Vec<(Cell, CornerSamples)>,
}

/// The classes of a cell's corners, counter-clockwise from the south-west, and the crossings of the outline with its
/// sides, local metres.
pub type CornerSamples = ([CoverageClass; 4], [Coord<f64>; 4]);

/// A finished subdivision.
#[derive(Debug)]
pub struct Subdivision {
    /// Side of the finest cells, metres.
    pub finest_m: f64,
    /// Area inside the boundary, m².
    pub area_m2: f64,
    /// Indexed as the limits.
    pub answered: Vec<LimitResult>,
}

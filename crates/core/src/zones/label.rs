//! What a subdivision is told in: labels of ground, squares, outlines.

use crate::travel::{Answer, Bounds};
use geo::Coord;
use lifering_base::units::TIME_RESOLUTION_MS;

/// What holds at a place under one limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// Reached in time.
    Covered,
    /// Reached, but late.
    TooFar,
    /// Roads there that nobody can reach.
    CutOff,
    /// No road within reach.
    NoRoad,
    /// Beyond the boundary.
    Outside,
}

impl Label {
    /// The labels of ground that is not covered.
    pub const UNCOVERED: [Self; 3] = [Self::TooFar, Self::CutOff, Self::NoRoad];

    pub(super) fn of(answer: Answer, limit_ms: f64) -> Self {
        match answer {
            Answer::In(ms, _) if ms <= limit_ms + TIME_RESOLUTION_MS => Self::Covered,
            Answer::In(..) => Self::TooFar,
            Answer::CutOff => Self::CutOff,
            Answer::NoRoad => Self::NoRoad,
        }
    }

    /// The label that holds all over a square, if the bounds prove one.
    pub(super) fn proved(bounds: &Bounds, limit_ms: f64) -> Option<Self> {
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

/// A square of the subdivision: level and position counted in squares of that level from the origin.
pub type Cell = (u8, i32, i32);
/// A corner of the finest lattice.
pub type Corner = (i32, i32);

/// A vertex of the outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vertex {
    /// A corner of the lattice.
    At(Corner),
    /// On the side from a corner to its neighbour in the east (`false`) or north (`true`).
    Between(Corner, bool),
    /// The middle of a finest square, where more than two labels meet.
    Middle(Corner),
    /// A place within a finest square where the outline bends, counted along it.
    Inner(Corner, u8),
}

/// A piece of outline with one label on its left and another on its right.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// Where it starts.
    pub from: (Vertex, Coord<f64>),
    /// Where it ends.
    pub to: (Vertex, Coord<f64>),
    /// What lies on its left.
    pub left: Label,
    /// What lies on its right.
    pub right: Label,
}

/// A square that is not covered, for describing zones.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// Its middle, local metres.
    pub at: Coord<f64>,
    /// Its area inside the boundary, m².
    pub area_m2: f64,
    /// What holds there.
    pub answer: Answer,
    /// Its place in the walk down the squares.
    pub(super) order: u64,
}

/// One limit, answered.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// Area proved not to be reached in time, m².
    pub no_m2: f64,
    /// Area proved to be reached in time, m².
    pub yes_m2: f64,
    /// The outline of what is not covered.
    pub edges: Vec<Edge>,
    /// Squares that are not covered, with what holds at their middle.
    pub probes: Vec<Probe>,
    /// Squares beyond the boundary.
    pub(super) outside: Vec<Cell>,
    /// Squares that the boundary crosses, with what holds at their corners and where it changes along their sides.
    pub(super) crossed: Vec<(Cell, Corners)>,
}

/// What holds at the corners of a square, counter-clockwise from the south-west, and where it changes along its sides.
pub type Corners = ([Label; 4], [Coord<f64>; 4]);

/// A finished subdivision.
#[derive(Debug)]
pub struct Subdivision {
    /// Side of the finest squares, metres.
    pub finest_m: f64,
    /// Area inside the boundary, m².
    pub area_m2: f64,
    /// In the order asked.
    pub answered: Vec<Answered>,
}

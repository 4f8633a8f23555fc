//! The outline through undecided finest cells, by marching squares (Lorensen and Cline 1987).
//!
//! In: the reachability at a cell's corners, and in between. Out: the crossings of the outline with the cell's sides,
//! the same for both cells beside a side, and the [`Edge`]s between them.

use super::quadtree::{Cell, Corner, CoverageClass, Edge, Vertex};
use crate::travel::ExactReachability;
use geo::Coord;
use lifering_base::units::TIME_RESOLUTION_MS;

/// Bisection steps along a side without times to interpolate: 1/64 of the side.
const BISECTIONS: u32 = 5;
/// Least distance of a crossing from the corners, as a share of the side: no two vertices coincide.
const CORNER_CLEARANCE: f64 = 0.005;

/// The reachability of the corners within one square, each computed once.
#[derive(Debug, Default)]
pub struct CornerCache {
    origin: Corner,
    /// Corners a row.
    row: usize,
    /// Indexed by corner, row by row: the turn in which it was computed, and the result.
    answers: Vec<(u32, ExactReachability)>,
    turn: u32,
    drawing: bool,
}

impl CornerCache {
    /// Whether a square was begun, so that finest cells are drawn.
    pub fn drawing(&self) -> bool {
        self.drawing
    }

    /// Starts over with a square whose sides are divided into `2^levels`.
    pub fn begin(&mut self, cell: Cell, levels: u8) {
        let side = 1_i32 << levels;
        self.origin = (cell.1 * side, cell.2 * side);
        self.row = side as usize + 1;
        self.turn += 1;
        self.drawing = true;
        self.answers.resize(self.row * self.row, (0, ExactReachability::NoRoad));
    }

    /// The reachability of a corner.
    pub fn at(&mut self, corner: Corner, ask: impl FnOnce() -> ExactReachability) -> ExactReachability {
        let (x, y) = (corner.0 - self.origin.0, corner.1 - self.origin.1);
        let slot = &mut self.answers[y as usize * self.row + x as usize];
        if slot.0 != self.turn {
            *slot = (self.turn, ask());
        }
        slot.1
    }
}

/// The corners of a finest cell, counter-clockwise from the south-west.
pub fn cell_corners((x, y): Corner) -> [Corner; 4] {
    [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
}

/// The vertex on the side between two neighbouring corners.
pub fn side_vertex(a: Corner, b: Corner) -> Vertex {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    Vertex::Between(low, low.0 == high.0)
}

/// The crossing on a side whose ends differ in class: by interpolation of the times if both ends are reached, else by
/// bisection. It depends on exact values alone, so that both cells beside the side find the same place.
pub(super) fn side_crossing(
    [a, b]: [Coord<f64>; 2],
    [at_a, at_b]: [ExactReachability; 2],
    limit_ms: f64,
    at: &impl Fn(Coord<f64>) -> ExactReachability,
) -> Coord<f64> {
    let found = if let (ExactReachability::At(ms_a, _), ExactReachability::At(ms_b, _)) = (at_a, at_b) {
        a + (b - a) * ((limit_ms + TIME_RESOLUTION_MS - ms_a) / (ms_b - ms_a))
    } else {
        bisect_side([a, b], CoverageClass::of(at_a, limit_ms), |place| CoverageClass::of(at(place), limit_ms))
    };
    clamp_off_corners([a, b], found)
}

/// Bisection for the place on a side where the class of its first end ends.
pub(super) fn bisect_side(
    [a, b]: [Coord<f64>; 2],
    class: CoverageClass,
    at: impl Fn(Coord<f64>) -> CoverageClass,
) -> Coord<f64> {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..BISECTIONS {
        let middle = f64::midpoint(low, high);
        if at(a + (b - a) * middle) == class {
            low = middle;
        } else {
            high = middle;
        }
    }
    a + (b - a) * f64::midpoint(low, high)
}

/// A place on a side, moved off its corners.
pub(super) fn clamp_off_corners([a, b]: [Coord<f64>; 2], place: Coord<f64>) -> Coord<f64> {
    let d = b - a;
    let share = if d.x.abs() > d.y.abs() { (place.x - a.x) / d.x } else { (place.y - a.y) / d.y };
    a + d * share.clamp(CORNER_CLEARANCE, 1.0 - CORNER_CLEARANCE)
}

/// Adds the edges of the outline inside a finest cell.
pub(super) fn march(
    corners: [Corner; 4],
    classes: [CoverageClass; 4],
    crossings: [Coord<f64>; 4],
    centre: Coord<f64>,
    edges: &mut Vec<Edge>,
) {
    // Counter-clockwise around the cell, side i leads from class i to class i + 1.
    let changes: Vec<usize> = (0..4).filter(|i| classes[*i] != classes[(*i + 1) % 4]).collect();
    let vertex = |i: usize| (side_vertex(corners[i], corners[(i + 1) % 4]), crossings[i]);
    match changes.as_slice() {
        [] => {}
        // One line: from the first change, with the first class on its left, to the second.
        [i, j] => {
            edges.push(Edge { from: vertex(*i), to: vertex(*j), left: classes[*i], right: classes[(*i + 1) % 4] });
        }
        // Saddle: two classes in opposite corners are joined as uncovered. With more classes all lines meet in the
        // centre.
        [0, 1, 2, 3] if classes[0] == classes[2] && classes[1] == classes[3] => {
            let first = usize::from(classes[0] == CoverageClass::Covered);
            for i in [first, first + 2] {
                let j = (i + 1) % 4;
                edges.push(Edge { from: vertex(i), to: vertex(j), left: classes[i], right: classes[j] });
            }
        }
        many => {
            let middle = (Vertex::Middle(corners[0]), centre);
            for i in many {
                edges.push(Edge { from: vertex(*i), to: middle, left: classes[*i], right: classes[(*i + 1) % 4] });
            }
        }
    }
}

//! The outline through undecided finest squares.
//!
//! In: what holds at a square's corners, and answers in between. Out: where the label changes along its sides, once for
//! both squares beside a side, and the [`Edge`]s from there to there.

use super::label::{Cell, Corner, Edge, Label, Vertex};
use crate::travel::Answer;
use geo::Coord;
use lifering_base::units::TIME_RESOLUTION_MS;

/// Steps of bisection along a side of the finest square where no times can be interpolated.
const BISECTIONS: u32 = 5;
/// Crossings stay this far from the corners, as a share of the side, so that no two vertices coincide.
const KEEP_OFF: f64 = 0.005;

/// What holds at the corners of the finest squares within one larger square, each asked once.
#[derive(Debug, Default)]
pub struct Memo {
    origin: Corner,
    /// Corners a row.
    row: usize,
    /// When each was asked, and what the answer was.
    answers: Vec<(u32, Answer)>,
    turn: u32,
    drawing: bool,
}

impl Memo {
    /// Whether a square was begun, so that its finest squares are drawn.
    pub fn drawing(&self) -> bool {
        self.drawing
    }

    /// Begins anew for a square of which each side is cut in `2^levels`.
    pub fn begin(&mut self, cell: Cell, levels: u8) {
        let side = 1_i32 << levels;
        self.origin = (cell.1 * side, cell.2 * side);
        self.row = side as usize + 1;
        self.turn += 1;
        self.drawing = true;
        self.answers.resize(self.row * self.row, (0, Answer::NoRoad));
    }

    /// What holds at a corner.
    pub fn at(&mut self, corner: Corner, ask: impl FnOnce() -> Answer) -> Answer {
        let (x, y) = (corner.0 - self.origin.0, corner.1 - self.origin.1);
        let slot = &mut self.answers[y as usize * self.row + x as usize];
        if slot.0 != self.turn {
            *slot = (self.turn, ask());
        }
        slot.1
    }
}

/// The corners of a finest square, counter-clockwise from the south-west.
pub fn corners_of((x, y): Corner) -> [Corner; 4] {
    [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
}

/// The vertex on the side between two neighbouring corners.
pub fn between(a: Corner, b: Corner) -> Vertex {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    Vertex::Between(low, low.0 == high.0)
}

/// Where the label changes along a side: by the times at its ends where both are reached, else by bisection. It depends on
/// the answers alone, which are exact, so every square that shares the side finds the same place.
pub(super) fn crossing(
    [a, b]: [Coord<f64>; 2],
    [at_a, at_b]: [Answer; 2],
    limit_ms: f64,
    at: &impl Fn(Coord<f64>) -> Answer,
) -> Coord<f64> {
    let found = if let (Answer::In(ms_a, _), Answer::In(ms_b, _)) = (at_a, at_b) {
        a + (b - a) * ((limit_ms + TIME_RESOLUTION_MS - ms_a) / (ms_b - ms_a))
    } else {
        bisected([a, b], Label::of(at_a, limit_ms), |place| Label::of(at(place), limit_ms))
    };
    keep_off([a, b], found)
}

/// Where along a side another label begins than the one that holds at its first end.
pub(super) fn bisected([a, b]: [Coord<f64>; 2], label: Label, at: impl Fn(Coord<f64>) -> Label) -> Coord<f64> {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..BISECTIONS {
        let middle = f64::midpoint(low, high);
        if at(a + (b - a) * middle) == label {
            low = middle;
        } else {
            high = middle;
        }
    }
    a + (b - a) * f64::midpoint(low, high)
}

/// A place on a side, moved off its corners.
pub(super) fn keep_off([a, b]: [Coord<f64>; 2], place: Coord<f64>) -> Coord<f64> {
    let d = b - a;
    let share = if d.x.abs() > d.y.abs() { (place.x - a.x) / d.x } else { (place.y - a.y) / d.y };
    a + d * share.clamp(KEEP_OFF, 1.0 - KEEP_OFF)
}

/// The outline inside a finest square.
pub(super) fn outline(
    corners: [Corner; 4],
    labels: [Label; 4],
    crossings: [Coord<f64>; 4],
    centre: Coord<f64>,
    edges: &mut Vec<Edge>,
) {
    // Walking counter-clockwise around the square, side i leaves labels[i] and enters labels[i + 1].
    let changes: Vec<usize> = (0..4).filter(|i| labels[*i] != labels[(*i + 1) % 4]).collect();
    let vertex = |i: usize| (between(corners[i], corners[(i + 1) % 4]), crossings[i]);
    match changes.as_slice() {
        [] => {}
        // One line through the square: leaving the first label on its left, returning to it at the second change.
        [i, j] => edges.push(Edge { from: vertex(*i), to: vertex(*j), left: labels[*i], right: labels[(*i + 1) % 4] }),
        // Two labels in opposite corners, or more than two: all lines meet in the middle, unless joining the uncovered
        // corners says it better. When in doubt, not covered.
        [0, 1, 2, 3] if labels[0] == labels[2] && labels[1] == labels[3] => {
            let first = usize::from(labels[0] == Label::Covered);
            for i in [first, first + 2] {
                let j = (i + 1) % 4;
                edges.push(Edge { from: vertex(i), to: vertex(j), left: labels[i], right: labels[j] });
            }
        }
        many => {
            let middle = (Vertex::Middle(corners[0]), centre);
            for i in many {
                edges.push(Edge { from: vertex(*i), to: middle, left: labels[*i], right: labels[(*i + 1) % 4] });
            }
        }
    }
}

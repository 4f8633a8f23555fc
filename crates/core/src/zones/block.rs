//! Undecided ground without walls: what the shapes that cover it prove of each of its finest squares.
//!
//! In: a view of a square, limits. Out: proved areas, the outline of what is not covered, probes. Ground is covered where a
//! [`crate::travel::Cover`] lies over it, and covers are convex:
//! - a square with all four corners in one cover is covered;
//! - a square that every cover keeps away from is not;
//! - of any other square a cover takes at least what is cut off by the chord between the two places where it crosses the
//!   square's sides, and at most what is cut off by the line that touches it, parallel to that chord. Both cut the square
//!   cover by cover, so that what remains is convex, too.
//!
//! So the undecided area is what lies between arcs and their chords, and shrinks with the square of the squares' side. The
//! outline is drawn along the chords: where that is wrong, it says not covered.

use super::clip::Clipped;
use super::covers::Covers;
use super::grid::{Grid, LINES, Square, ones};
use super::label::{Answered, Edge, Label, Probe, Vertex};
use super::outline::{between, bisected, corners_of, keep_off, outline};
use super::subdivide::order_of;
use crate::travel::{TravelField, View};
use geo::Coord;
use lifering_base::units::TIME_RESOLUTION_MS;

/// Bends of the outline within one square.
const MOST_BENDS: usize = 15;
/// Vertices of the outline nearer to each other than this are the same, metres.
const SAME_M: f64 = 1e-3;

/// A square of ground and the finest squares in it.
pub struct Block<'a> {
    /// The field.
    pub field: &'a TravelField<'a>,
    /// What the whole square sees; no walls.
    pub view: &'a View,
    /// Its finest squares.
    pub grid: Grid,
}

/// Buffers of one thread.
#[derive(Debug, Default)]
pub struct Buffers {
    covers: Covers,
    low: Clipped,
    high: Clipped,
    bends: Vec<Coord<f64>>,
}

/// What is wanted of a block.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The proved areas, and probes.
    pub area: bool,
    /// The outline.
    pub outline: bool,
}

/// What holds at the corners of a block, each asked at most once.
struct Labels {
    known: [Option<Label>; LINES * LINES],
    /// Corners within a cover.
    covered: u128,
    /// Whether every corner is reached, in time or late.
    reached: bool,
}

impl Labels {
    fn at(&mut self, bit: u32, ask: impl FnOnce() -> Label) -> Label {
        if self.covered >> bit & 1 == 1 {
            Label::Covered
        } else if self.reached {
            Label::TooFar
        } else {
            *self.known[bit as usize].get_or_insert_with(ask)
        }
    }
}

impl Block<'_> {
    /// Says for one limit what is proved of the block, draws its outline and probes what is late, as asked.
    pub fn answer(&self, limit_ms: f64, asked: Asked, buffers: &mut Buffers, answer: &mut Answered) {
        let grid = &self.grid;
        let seen = self.view.covers(self.field.settings.leg, limit_ms + TIME_RESOLUTION_MS);
        let overview = buffers.covers.see(grid, seen);
        let late = grid.squares() & !overview.touched & !overview.covered;
        let open = overview.touched & !overview.covered;
        let cell_m2 = grid.cell_m2();
        if asked.area {
            answer.yes_m2 += f64::from(overview.covered.count_ones()) * cell_m2;
            answer.no_m2 += f64::from(late.count_ones()) * cell_m2;
            self.probe(late, answer);
        }
        let reached = self.view.bounds.latest_ms.is_finite();
        let mut labels = Labels { known: [None; LINES * LINES], covered: overview.corners, reached };
        for bit in ones(open) {
            let square = grid.square(bit);
            let Buffers { covers, low, high, .. } = buffers;
            covers.cut(grid, &square, low, high);
            if asked.area {
                let (least_m2, most_m2) = (low.area_m2(), high.area_m2());
                answer.no_m2 += least_m2;
                answer.yes_m2 += cell_m2 - most_m2.max(least_m2);
            }
            if asked.outline {
                self.draw(&square, limit_ms, buffers, &mut labels, &mut answer.edges);
            }
        }
        // Why ground is late may change where no cover is near.
        if asked.outline && !reached {
            for bit in ones(late) {
                let square = grid.square(bit);
                buffers.high.whole(square.corners[0], grid.side_m);
                self.draw(&square, limit_ms, buffers, &mut labels, &mut answer.edges);
            }
        }
    }

    /// Draws the outline through one of the finest squares, of which `high` is what covers leave.
    fn draw(&self, square: &Square, limit_ms: f64, buffers: &mut Buffers, labels: &mut Labels, edges: &mut Vec<Edge>) {
        let at = |place: Coord<f64>| match Label::of(self.view.answer(self.field, None, place), limit_ms) {
            // Not in any cover: late by less than rounding.
            Label::Covered => Label::TooFar,
            label => label,
        };
        let of: [Label; 4] = std::array::from_fn(|i| labels.at(square.bits[i], || at(square.corners[i])));
        if of.iter().all(|label| *label == of[0]) {
            return;
        }
        let corners = corners_of((square.cell.1, square.cell.2));
        let mut crossings = square.corners;
        for i in 0..4 {
            let j = (i + 1) % 4;
            if of[i] == of[j] {
                continue;
            }
            // From the lower corner to the upper one, so that both squares beside a side agree.
            let (a, b) = if corners[i] < corners[j] { (i, j) } else { (j, i) };
            let [from, to] = [a, b].map(|i| (square.corners[i], square.bits[i]));
            let found = match (of[a], of[b]) {
                (Label::Covered, _) => buffers.covers.covered_until(square.side(i), from, to),
                (_, Label::Covered) => buffers.covers.covered_until(square.side(i), to, from),
                (label, _) => bisected([from.0, to.0], label, at),
            };
            crossings[i] = keep_off([from.0, to.0], found);
        }
        let Buffers { high, bends, .. } = buffers;
        let Some((from, to)) = path(of, crossings, high, bends) else {
            outline(corners, of, crossings, square.centre(), edges);
            return;
        };
        let side = |i: usize| (between(corners[i], corners[(i + 1) % 4]), crossings[i]);
        let mut last = side(from);
        let bends = bends.iter().enumerate().map(|(bend, at)| (Vertex::Inner(corners[0], bend as u8), *at));
        for next in bends.chain(std::iter::once(side(to))) {
            edges.push(Edge { from: last, to: next, left: of[from], right: Label::Covered });
            last = next;
        }
    }

    /// What holds in the middle of late ground, in squares as large as they are late.
    fn probe(&self, late: u128, answer: &mut Answered) {
        if late != 0 {
            let (row, mask) = (self.grid.row(), (1_u32 << self.grid.cells) - 1);
            let rows = std::array::from_fn(|y| (late >> (y as u32 * row)) as u32 & mask);
            self.probe_square(&rows, (0, 0), self.grid.cells, answer);
        }
    }

    fn probe_square(&self, late: &[u32; LINES], (x, y): (u32, u32), cells: u32, answer: &mut Answered) {
        let mine = ((1 << cells) - 1) << x;
        let rows = &late[y as usize..(y + cells) as usize];
        if rows.iter().all(|row| row & mine == mine) {
            let side_m = self.grid.side_m * f64::from(cells);
            let cell = self.grid.cell(x, y);
            let at = self.grid.place((cell.1, cell.2)) + Coord { x: side_m / 2.0, y: side_m / 2.0 };
            answer.probes.push(Probe {
                at,
                area_m2: side_m * side_m,
                answer: self.view.answer(self.field, None, at),
                order: order_of(cell),
            });
        } else if rows.iter().any(|row| row & mine != 0) {
            let half = cells / 2;
            for (east, north) in [(0, 0), (half, 0), (0, half), (half, half)] {
                self.probe_square(late, (x + east, y + north), half, answer);
            }
        }
    }
}

/// Where the outline through a square follows what covers leave of it: the side on which uncovered ground ends
/// counter-clockwise, and the side on which it begins again. What lies between goes into `bends`.
fn path(
    of: [Label; 4],
    crossings: [Coord<f64>; 4],
    high: &Clipped,
    bends: &mut Vec<Coord<f64>>,
) -> Option<(usize, usize)> {
    let covered = of.map(|label| label == Label::Covered);
    let changes = (0..4).filter(|i| of[*i] != of[(*i + 1) % 4]).count();
    let from = (0..4).find(|i| !covered[*i] && covered[(*i + 1) % 4])?;
    let to = (0..4).find(|i| covered[*i] && !covered[(*i + 1) % 4])?;
    let same = |a: Coord<f64>, b: Coord<f64>| (a.x - b.x).abs() < SAME_M && (a.y - b.y).abs() < SAME_M;
    if changes != 2 || !high.between(from as u8, to as u8, bends) || bends.len() > MOST_BENDS + 2 {
        return None;
    }
    let (first, last) = (bends.remove(0), bends.pop()?);
    (same(first, crossings[from]) && same(last, crossings[to])).then_some((from, to))
}

//! Undecided ground without walls, proved cell by cell from the capsules that cover it.
//!
//! In: the active set of a square, limits. Out: proved areas, the outline of uncovered ground, probes. Ground is
//! covered if it lies in a [`crate::travel::TaperedCapsule`], and capsules are convex:
//! - a cell with its four corners in one capsule is covered;
//! - a cell that every capsule keeps away from is not;
//! - from any other cell a capsule takes at least what its chord cuts off (between its two crossings with the cell's
//!   sides), and at most what the supporting line parallel to the chord cuts off. Both are half-planes, so that what
//!   remains is convex, too.
//!
//! The undecided area is the slivers between arcs and their chords, and shrinks with the square of the cells' side.
//! The outline follows the chords: where it errs, it errs towards uncovered.

use super::capsules::BlockCapsules;
use super::clip::ClippedCell;
use super::lattice::{BlockLattice, LINES, LatticeCell, set_bits};
use super::marching_squares::{bisect_side, cell_corners, clamp_off_corners, march, side_vertex};
use super::quadtree::{CoverageClass, Edge, LimitResult, Probe, Vertex};
use super::subdivide::morton_order;
use crate::travel::{ActiveSet, TravelField};
use geo::Coord;
use lifering_base::units::TIME_RESOLUTION_MS;

/// Most bends of the outline within one cell.
const MAX_BENDS: usize = 15;
/// Vertices of the outline nearer to each other than this coincide, metres.
const SAME_VERTEX_M: f64 = 1e-3;

/// A square of ground without walls, and its finest cells.
pub struct CellBlock<'a> {
    /// Travel-time field.
    pub field: &'a TravelField,
    /// Active set of the square; no walls.
    pub active: &'a ActiveSet,
    /// The finest cells.
    pub lattice: BlockLattice,
}

/// Buffers, one for each thread.
#[derive(Debug, Default)]
pub struct BlockBuffers {
    capsules: BlockCapsules,
    low: ClippedCell,
    high: ClippedCell,
    bends: Vec<Coord<f64>>,
}

/// The results asked of a block.
#[derive(Clone, Copy, Debug)]
pub struct BlockQuery {
    /// Proved areas and probes.
    pub area: bool,
    /// The outline.
    pub outline: bool,
}

/// The classes of the corners of a block, each computed at most once.
struct CornerClasses {
    known: [Option<CoverageClass>; LINES * LINES],
    /// Corners inside a capsule, a bit each.
    covered: u128,
    /// Whether every corner is reached, in time or late.
    reached: bool,
}

impl CornerClasses {
    fn at(&mut self, bit: u32, ask: impl FnOnce() -> CoverageClass) -> CoverageClass {
        if self.covered >> bit & 1 == 1 {
            CoverageClass::Covered
        } else if self.reached {
            CoverageClass::TooFar
        } else {
            *self.known[bit as usize].get_or_insert_with(ask)
        }
    }
}

impl CellBlock<'_> {
    /// Adds to `answer` the proved areas of the block for one limit, the probes of its late cells and its outline, as
    /// asked.
    pub fn answer(&self, limit_ms: f64, query: BlockQuery, buffers: &mut BlockBuffers, answer: &mut LimitResult) {
        let lattice = &self.lattice;
        let capsules = self.active.capsules(self.field.settings.leg, limit_ms + TIME_RESOLUTION_MS);
        let coverage = buffers.capsules.classify(lattice, capsules);
        let late = lattice.cells() & !coverage.touched & !coverage.covered;
        let open = coverage.touched & !coverage.covered;
        let cell_m2 = lattice.cell_m2();
        if query.area {
            answer.covered_m2 += f64::from(coverage.covered.count_ones()) * cell_m2;
            answer.uncovered_m2 += f64::from(late.count_ones()) * cell_m2;
            self.probe(late, answer);
        }
        let reached = self.active.bounds.latest_ms.is_finite();
        let mut classes = CornerClasses { known: [None; LINES * LINES], covered: coverage.corners, reached };
        for bit in set_bits(open) {
            let cell = lattice.cell_at(bit);
            let BlockBuffers { capsules, low, high, .. } = buffers;
            capsules.cut(lattice, &cell, low, high);
            if query.area {
                let (least_m2, most_m2) = (low.area_m2(), high.area_m2());
                answer.uncovered_m2 += least_m2;
                answer.covered_m2 += cell_m2 - most_m2.max(least_m2);
            }
            if query.outline {
                self.draw(&cell, limit_ms, buffers, &mut classes, &mut answer.edges);
            }
        }
        // The reason for late ground may change away from all capsules, too.
        if query.outline && !reached {
            for bit in set_bits(late) {
                let cell = lattice.cell_at(bit);
                buffers.high.whole(cell.corners[0], lattice.side_m);
                self.draw(&cell, limit_ms, buffers, &mut classes, &mut answer.edges);
            }
        }
    }

    /// Draws the outline through one finest cell, of which `high` is the part that capsules leave.
    fn draw(
        &self,
        cell: &LatticeCell,
        limit_ms: f64,
        buffers: &mut BlockBuffers,
        classes: &mut CornerClasses,
        edges: &mut Vec<Edge>,
    ) {
        let at = |place: Coord<f64>| match CoverageClass::of(self.active.answer(self.field, None, place), limit_ms) {
            // Outside every capsule: late by less than rounding.
            CoverageClass::Covered => CoverageClass::TooFar,
            class => class,
        };
        let of: [CoverageClass; 4] = std::array::from_fn(|i| classes.at(cell.bits[i], || at(cell.corners[i])));
        if of.iter().all(|class| *class == of[0]) {
            return;
        }
        let corners = cell_corners((cell.cell.1, cell.cell.2));
        let mut crossings = cell.corners;
        for i in 0..4 {
            let j = (i + 1) % 4;
            if of[i] == of[j] {
                continue;
            }
            // From the lower corner to the upper one, so that both cells beside a side agree.
            let (a, b) = if corners[i] < corners[j] { (i, j) } else { (j, i) };
            let [from, to] = [a, b].map(|i| (cell.corners[i], cell.bits[i]));
            let found = match (of[a], of[b]) {
                (CoverageClass::Covered, _) => buffers.capsules.covered_until(cell.side(i), from, to),
                (_, CoverageClass::Covered) => buffers.capsules.covered_until(cell.side(i), to, from),
                (class, _) => bisect_side([from.0, to.0], class, at),
            };
            crossings[i] = clamp_off_corners([from.0, to.0], found);
        }
        let BlockBuffers { high, bends, .. } = buffers;
        let Some((from, to)) = chord_path(of, crossings, high, bends) else {
            march(corners, of, crossings, cell.centre(), edges);
            return;
        };
        let side = |i: usize| (side_vertex(corners[i], corners[(i + 1) % 4]), crossings[i]);
        let mut last = side(from);
        let bends = bends.iter().enumerate().map(|(bend, at)| (Vertex::Inner(corners[0], bend as u8), *at));
        for next in bends.chain(std::iter::once(side(to))) {
            edges.push(Edge { from: last, to: next, left: of[from], right: CoverageClass::Covered });
            last = next;
        }
    }

    /// Adds a probe for each of the largest squares that are wholly late.
    fn probe(&self, late: u128, answer: &mut LimitResult) {
        if late != 0 {
            let (row, mask) = (self.lattice.row(), (1_u32 << self.lattice.cells) - 1);
            let rows = std::array::from_fn(|y| (late >> (y as u32 * row)) as u32 & mask);
            self.probe_square(&rows, (0, 0), self.lattice.cells, answer);
        }
    }

    fn probe_square(&self, late: &[u32; LINES], (x, y): (u32, u32), cells: u32, answer: &mut LimitResult) {
        let mine = ((1 << cells) - 1) << x;
        let rows = &late[y as usize..(y + cells) as usize];
        if rows.iter().all(|row| row & mine == mine) {
            let side_m = self.lattice.side_m * f64::from(cells);
            let cell = self.lattice.cell(x, y);
            let at = self.lattice.place((cell.1, cell.2)) + Coord { x: side_m / 2.0, y: side_m / 2.0 };
            answer.probes.push(Probe {
                at,
                area_m2: side_m * side_m,
                answer: self.active.answer(self.field, None, at),
                order: morton_order(cell),
            });
        } else if rows.iter().any(|row| row & mine != 0) {
            let half = cells / 2;
            for (east, north) in [(0, 0), (half, 0), (0, half), (half, half)] {
                self.probe_square(late, (x + east, y + north), half, answer);
            }
        }
    }
}

/// The outline through a cell that follows its clipped part: the side on which uncovered ground ends
/// counter-clockwise, and the side on which it begins again. The vertices between go into `bends`. `None` if it has
/// another topology.
fn chord_path(
    of: [CoverageClass; 4],
    crossings: [Coord<f64>; 4],
    high: &ClippedCell,
    bends: &mut Vec<Coord<f64>>,
) -> Option<(usize, usize)> {
    let covered = of.map(|class| class == CoverageClass::Covered);
    let changes = (0..4).filter(|i| of[*i] != of[(*i + 1) % 4]).count();
    let from = (0..4).find(|i| !covered[*i] && covered[(*i + 1) % 4])?;
    let to = (0..4).find(|i| covered[*i] && !covered[(*i + 1) % 4])?;
    let same = |a: Coord<f64>, b: Coord<f64>| (a.x - b.x).abs() < SAME_VERTEX_M && (a.y - b.y).abs() < SAME_VERTEX_M;
    if changes != 2 || !high.between(from as u8, to as u8, bends) || bends.len() > MAX_BENDS + 2 {
        return None;
    }
    let (first, last) = (bends.remove(0), bends.pop()?);
    (same(first, crossings[from]) && same(last, crossings[to])).then_some((from, to))
}

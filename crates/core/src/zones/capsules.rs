//! The tapered capsules that touch a block of cells.
//!
//! In: capsules, a lattice. Out: the corners inside each, its intersections with the lattice lines, cells clipped by
//! it. Everything rests on capsules being convex ([`crate::travel::tapered_capsule`]).

use super::clip::{ClipEdge, ClippedCell};
use super::lattice::{BlockLattice, LINES, LatticeCell, LatticeLine};
use crate::travel::TaperedCapsule;
use geo::Coord;

/// Margin by which proofs err on the safe side of rounding, metres.
const ROUNDING_MARGIN_M: f64 = 1e-6;
/// Half the diagonal of a cell in sides, rounded up.
const HALF_DIAGONAL_SIDES: f64 = 0.7072;
/// Shortest chord that has a direction, metres.
const MIN_CHORD_M: f64 = 1e-3;

/// A capsule, and its corner masks: a bit for each corner of the block.
#[derive(Clone, Copy, Debug)]
struct BlockCapsule {
    capsule: TaperedCapsule,
    /// Corners inside it.
    inside: u128,
    /// Corners within half a diagonal of it: only there may it touch a cell.
    near: u128,
    /// The lattice lines whose intersection is known, a bit each: parallel to the x axis, to the y axis.
    known: [u32; 2],
}

/// Intersection of a capsule with a line, as coordinates along it; `None` if they do not meet.
type Interval = Option<(f64, f64)>;

/// The capsules of a block, and their intersections with the lattice lines, computed on demand.
#[derive(Debug, Default)]
pub struct BlockCapsules {
    capsules: Vec<BlockCapsule>,
    intervals: Vec<[[Interval; LINES]; 2]>,
}

/// What capsules prove of a block, as bit masks of cells and corners.
#[derive(Clone, Copy, Debug)]
pub struct BlockCoverage {
    /// Cells inside one capsule.
    pub covered: u128,
    /// Cells that some capsule may touch.
    pub touched: u128,
    /// Corners inside some capsule.
    pub corners: u128,
}

impl BlockCapsules {
    /// Takes in the capsules of a block, and classifies its cells and corners.
    pub fn classify(
        &mut self,
        lattice: &BlockLattice,
        capsules: impl Iterator<Item = TaperedCapsule>,
    ) -> BlockCoverage {
        self.capsules.clear();
        let mut all = BlockCoverage { covered: 0, touched: 0, corners: 0 };
        let [xs, ys] = lattice.lines();
        let (low, row, half_diagonal_m) = (Coord { x: xs[0], y: ys[0] }, lattice.row(), lattice.half_diagonal_m());
        for capsule in capsules {
            // Corners farther from the bounding box than half a diagonal are not near.
            let [least, most] = capsule.bounding_box().map(|corner| (corner - low) / lattice.side_m);
            let first = |at: f64| ((at - HALF_DIAGONAL_SIDES).max(0.0).ceil() as u32).min(row);
            let last = |at: f64| ((at + HALF_DIAGONAL_SIDES + 1.0).max(0.0).floor() as u32).min(row);
            let columns = first(least.x)..last(most.x);
            if columns.is_empty() {
                continue;
            }
            let xs = &xs[columns.start as usize..columns.end as usize];
            let mut distances_m = [0.0; LINES];
            let (mut inside, mut near) = (0_u128, 0_u128);
            for y in first(least.y)..last(most.y) {
                let distances_m = &mut distances_m[..xs.len()];
                capsule.row_distances_m(xs, ys[y as usize], distances_m);
                let (mut row_inside, mut row_near) = (0_u32, 0_u32);
                for (x, distance_m) in distances_m.iter().enumerate() {
                    row_inside |= u32::from(*distance_m <= 0.0) << x;
                    row_near |= u32::from(*distance_m <= half_diagonal_m + ROUNDING_MARGIN_M) << x;
                }
                inside |= u128::from(row_inside) << (y * row + columns.start);
                near |= u128::from(row_near) << (y * row + columns.start);
            }
            if near != 0 {
                all.covered |= lattice.all_corners(inside);
                all.touched |= lattice.any_corner(near);
                all.corners |= inside;
                self.capsules.push(BlockCapsule { capsule, inside, near, known: [0; 2] });
            }
        }
        if self.intervals.len() < self.capsules.len() {
            self.intervals.resize(self.capsules.len(), [[None; LINES]; 2]);
        }
        all
    }

    fn interval(&mut self, of: usize, on: LatticeLine) -> Interval {
        let BlockCapsule { capsule, known, .. } = &mut self.capsules[of];
        let (axis, line) = (usize::from(on.by_y), on.line as usize);
        let slot = &mut self.intervals[of][axis][line];
        if known[axis] >> line & 1 == 0 {
            known[axis] |= 1 << line;
            *slot = capsule.interval(on.by_y, on.across);
        }
        *slot
    }

    /// Clips a cell by the capsules that touch it: `low` becomes a part that no capsule meets, `high` a part outside
    /// of which every place is in a capsule.
    pub fn cut(&mut self, lattice: &BlockLattice, cell: &LatticeCell, low: &mut ClippedCell, high: &mut ClippedCell) {
        low.whole(cell.corners[0], lattice.side_m);
        high.whole(cell.corners[0], lattice.side_m);
        let around = cell.bits.iter().fold(0_u128, |all, bit| all | 1 << bit);
        for of in 0..self.capsules.len() {
            let BlockCapsule { capsule, inside, near, .. } = self.capsules[of];
            if near & around == 0 {
                continue;
            }
            let inside = cell.bits.map(|bit| inside >> bit & 1 == 1);
            let line = ClipEdge::Capsule(of as u32);
            let normal = match self.chord(of, cell, inside) {
                Some((normal, at_m)) => {
                    high.clip_half_plane(normal, at_m - ROUNDING_MARGIN_M, line);
                    normal
                }
                None => capsule.outward_normal(cell.centre()),
            };
            low.clip_half_plane(normal, capsule.support_m(normal) + ROUNDING_MARGIN_M, line);
        }
    }

    /// The chord of a capsule between its two crossings with the sides of a cell that has some corners inside: outward
    /// unit normal, and offset along it, metres. The side of the chord opposite to the normal is covered. `None`
    /// unless the capsule crosses the sides exactly once in and once out.
    fn chord(&mut self, of: usize, cell: &LatticeCell, inside: [bool; 4]) -> Option<(Coord<f64>, f64)> {
        // Counter-clockwise around the cell, the capsule ends on one side and begins again on another.
        let changes = |held: bool| (0..4).filter(move |i| inside[*i] == held && inside[(*i + 1) % 4] != held);
        let (Some(ends), Some(begins), 1) = (changes(true).next(), changes(false).next(), changes(true).count()) else {
            return None;
        };
        let mut crossing = |side: usize| {
            let on = cell.side(side);
            let (from, to) = (on.along(cell.corners[side]), on.along(cell.corners[(side + 1) % 4]));
            let (low, high) = self.interval(of, on)?;
            // The end of the interval between the corner inside and the one outside.
            let at = if (from < to) == inside[side] { high } else { low };
            Some(on.at(at.clamp(from.min(to), from.max(to))))
        };
        let (from, to) = (crossing(ends)?, crossing(begins)?);
        // The corners inside lie on the left of the chord.
        let d = to - from;
        let length_m = (d.x * d.x + d.y * d.y).sqrt();
        if length_m < MIN_CHORD_M {
            return None;
        }
        let normal = Coord { x: d.y, y: -d.x } / length_m;
        Some((normal, (from.x * normal.x + from.y * normal.y).min(to.x * normal.x + to.y * normal.y)))
    }

    /// The end of covered ground along a side, from a covered corner to one that is not; each with its bit.
    pub fn covered_until(&mut self, on: LatticeLine, from: (Coord<f64>, u32), to: (Coord<f64>, u32)) -> Coord<f64> {
        let upwards = on.along(from.0) < on.along(to.0);
        let farther = |a: f64, b: f64| if upwards { a.max(b) } else { a.min(b) };
        let far_end = |(low, high): (f64, f64)| if upwards { high } else { low };
        let mut end = on.along(from.0);
        for of in 0..self.capsules.len() {
            if self.capsules[of].inside >> from.1 & 1 == 1
                && let Some(interval) = self.interval(of, on)
            {
                end = farther(end, far_end(interval));
            }
        }
        // Further capsules that continue where these end.
        let about = (1_u128 << from.1) | (1 << to.1);
        loop {
            let mut next = end;
            for of in 0..self.capsules.len() {
                if self.capsules[of].near & about != 0
                    && let Some(interval) = self.interval(of, on)
                    && interval.0 <= end
                    && end <= interval.1
                {
                    next = farther(next, far_end(interval));
                }
            }
            if next.total_cmp(&end).is_eq() {
                return on.at(end);
            }
            end = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::travel::{AccessLeg, TimedSegment};
    use crate::zones::lattice::set_bits;
    use proptest::prelude::*;

    const LEG: AccessLeg = AccessLeg { ms_per_m: 900.0, max_m: 300.0 };
    const LIMIT_MS: f64 = 840_000.0;

    prop_compose! {
        /// The capsule of a segment near the lattice that is reached some seconds before the limit.
        fn a_capsule()(x in -250.0..330.0f64, y in -250.0..330.0f64, turn in 0.0..std::f64::consts::TAU, length in 0.0..200.0f64,
            slowness in 30.0..1100.0f64, left in 0.0..320_000.0f64) -> TaperedCapsule {
            let start = Coord { x, y };
            let end = start + Coord { x: libm::cos(turn), y: libm::sin(turn) } * length;
            let mut piece = TimedSegment::new(start, end, slowness * length, LEG);
            piece.start_ms = LIMIT_MS - left;
            TaperedCapsule::new(&piece, true, LEG, LIMIT_MS).expect("it is reached in time")
        }
    }

    proptest! {
        #[test]
        fn what_is_proved_of_a_square_holds_for_every_place_in_it(
            drawn in proptest::collection::vec(a_capsule(), 1..7), cells in 0_u32..4,
            places in proptest::collection::vec((0.0..1.0f64, 0.0..1.0f64), 60),
        ) {
            let cells = 1 << cells;
            let lattice = BlockLattice { origin: Coord { x: -3.7, y: 1.9 }, side_m: 80.0 / f64::from(cells), low: (5, 0, 0), cells };
            let mut capsules = BlockCapsules::default();
            let coverage = capsules.classify(&lattice, drawn.iter().copied());
            let (mut low, mut high) = (ClippedCell::default(), ClippedCell::default());
            for bit in set_bits(lattice.cells()) {
                let cell = lattice.cell_at(bit);
                let (covered, touched) = (coverage.covered >> bit & 1 == 1, coverage.touched >> bit & 1 == 1);
                capsules.cut(&lattice, &cell, &mut low, &mut high);
                prop_assert!(low.area_m2() <= high.area_m2() + 1e-6);
                for (x, y) in &places {
                    let place = cell.corners[0] + Coord { x: *x, y: *y } * lattice.side_m;
                    let distance_m = drawn.iter().map(|c| c.distance_m(place)).fold(f64::INFINITY, f64::min);
                    let held = distance_m <= 0.0;
                    prop_assert!(!covered || held);
                    prop_assert!(touched || !held);
                    prop_assert!(!(low.holds(place) && held), "proved not to be covered, but it is");
                    prop_assert!(high.holds(place) || held || distance_m < 1e-9, "proved to be covered, but it is not");
                }
            }
        }

        #[test]
        fn ground_is_covered_up_to_where_it_is_said_to_end(drawn in proptest::collection::vec(a_capsule(), 1..7)) {
            let lattice = BlockLattice { origin: Coord { x: -3.7, y: 1.9 }, side_m: 20.0, low: (5, 0, 0), cells: 4 };
            let mut capsules = BlockCapsules::default();
            let coverage = capsules.classify(&lattice, drawn.iter().copied());
            let distance_m = |p: Coord<f64>| drawn.iter().map(|c| c.distance_m(p)).fold(f64::INFINITY, f64::min);
            for bit in set_bits(lattice.cells()) {
                let cell = lattice.cell_at(bit);
                for side in 0..4 {
                    let ends = [side, (side + 1) % 4].map(|i| (cell.corners[i], cell.bits[i]));
                    let held = ends.map(|(_, bit)| coverage.corners >> bit & 1 == 1);
                    let [from, to] = match held {
                        [true, false] => ends,
                        [false, true] => [ends[1], ends[0]],
                        _ => continue,
                    };
                    let end = capsules.covered_until(cell.side(side), from, to);
                    for share in 0..=20 {
                        let place = from.0 + (end - from.0) * (f64::from(share) / 20.0);
                        prop_assert!(distance_m(place) < 1e-6);
                    }
                    let beyond = end + (to.0 - from.0) * 1e-6;
                    prop_assert!(distance_m(beyond) > -1e-9, "covered on: {}", distance_m(beyond));
                }
            }
        }
    }
}

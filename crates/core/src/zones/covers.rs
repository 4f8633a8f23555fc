//! The covers that touch a block, and what they take of its squares.
//!
//! In: covers, a grid. Out: which corners each holds, where each crosses the grid's lines, squares cut by them. Everything
//! here rests on covers being convex ([`crate::travel::cover`]).

use super::clip::{Clipped, Side};
use super::grid::{Grid, LINES, OnLine, Square};
use crate::travel::Cover;
use geo::Coord;

/// What is proved stays this far on the safe side of rounding, metres.
const SAFE_M: f64 = 1e-6;
/// Half the diagonal of a square, in sides, and a little more.
const CLOSE: f64 = 0.7072;
/// Chords shorter than this have no direction to speak of, metres.
const SHORTEST_M: f64 = 1e-3;

/// A cover, and where it lies: a bit a corner of the block.
#[derive(Clone, Copy, Debug)]
struct Seen {
    cover: Cover,
    /// Corners within it.
    inside: u128,
    /// Corners so near that it may touch a square there.
    near: u128,
    /// The grid's lines that it was asked for, a bit each: along the first axis, along the second one.
    known: [u32; 2],
}

/// Where a cover begins and ends on a line, if it touches it.
type Stretch = Option<(f64, f64)>;

/// Covers, and where each crosses the grid's lines, as far as that was asked.
#[derive(Debug, Default)]
pub struct Covers {
    seen: Vec<Seen>,
    stretches: Vec<[[Stretch; LINES]; 2]>,
}

/// What covers say of a block at once: bits of squares and corners.
#[derive(Clone, Copy, Debug)]
pub struct Overview {
    /// Squares that one cover holds whole.
    pub covered: u128,
    /// Squares that some cover may touch.
    pub touched: u128,
    /// Corners within a cover.
    pub corners: u128,
}

impl Covers {
    /// Looks over the covers of a block.
    pub fn see(&mut self, grid: &Grid, covers: impl Iterator<Item = Cover>) -> Overview {
        self.seen.clear();
        let mut all = Overview { covered: 0, touched: 0, corners: 0 };
        let [xs, ys] = grid.lines();
        let (low, row, half_diagonal_m) = (Coord { x: xs[0], y: ys[0] }, grid.row(), grid.half_diagonal_m());
        for cover in covers {
            // Corners farther from its box than half a diagonal are not near it.
            let [least, most] = cover.bounding_box().map(|corner| (corner - low) / grid.side_m);
            let first = |at: f64| ((at - CLOSE).max(0.0).ceil() as u32).min(row);
            let last = |at: f64| ((at + CLOSE + 1.0).max(0.0).floor() as u32).min(row);
            let columns = first(least.x)..last(most.x);
            if columns.is_empty() {
                continue;
            }
            let xs = &xs[columns.start as usize..columns.end as usize];
            let mut distances_m = [0.0; LINES];
            let (mut inside, mut near) = (0_u128, 0_u128);
            for y in first(least.y)..last(most.y) {
                let distances_m = &mut distances_m[..xs.len()];
                cover.row_m(xs, ys[y as usize], distances_m);
                let (mut row_inside, mut row_near) = (0_u32, 0_u32);
                for (x, distance_m) in distances_m.iter().enumerate() {
                    row_inside |= u32::from(*distance_m <= 0.0) << x;
                    row_near |= u32::from(*distance_m <= half_diagonal_m + SAFE_M) << x;
                }
                inside |= u128::from(row_inside) << (y * row + columns.start);
                near |= u128::from(row_near) << (y * row + columns.start);
            }
            if near != 0 {
                all.covered |= grid.all_corners(inside);
                all.touched |= grid.any_corner(near);
                all.corners |= inside;
                self.seen.push(Seen { cover, inside, near, known: [0; 2] });
            }
        }
        if self.stretches.len() < self.seen.len() {
            self.stretches.resize(self.seen.len(), [[None; LINES]; 2]);
        }
        all
    }

    fn stretch(&mut self, of: usize, on: OnLine) -> Stretch {
        let Seen { cover, known, .. } = &mut self.seen[of];
        let (axis, line) = (usize::from(on.by_y), on.line as usize);
        let slot = &mut self.stretches[of][axis][line];
        if known[axis] >> line & 1 == 0 {
            known[axis] |= 1 << line;
            *slot = cover.stretch(on.by_y, on.across);
        }
        *slot
    }

    /// Cuts a square by the covers that touch it: `low` keeps no place that any of them holds, `high` every place that none
    /// of them holds.
    pub fn cut(&mut self, grid: &Grid, square: &Square, low: &mut Clipped, high: &mut Clipped) {
        low.whole(square.corners[0], grid.side_m);
        high.whole(square.corners[0], grid.side_m);
        let around = square.bits.iter().fold(0_u128, |all, bit| all | 1 << bit);
        for of in 0..self.seen.len() {
            let Seen { cover, inside, near, .. } = self.seen[of];
            if near & around == 0 {
                continue;
            }
            let inside = square.bits.map(|bit| inside >> bit & 1 == 1);
            let line = Side::Cover(of as u32);
            let normal = match self.chord(of, square, inside) {
                Some((normal, at_m)) => {
                    high.keep_beyond(normal, at_m - SAFE_M, line);
                    normal
                }
                None => cover.outwards(square.centre()),
            };
            low.keep_beyond(normal, cover.support_m(normal) + SAFE_M, line);
        }
    }

    /// The chord of a cover between the two places where it crosses the sides of a square with some corners inside: its
    /// normal, outwards, and where it lies along that. What it cuts off is covered. None where the cover crosses other than
    /// once in and once out.
    fn chord(&mut self, of: usize, square: &Square, inside: [bool; 4]) -> Option<(Coord<f64>, f64)> {
        // Counter-clockwise around the square, the cover ends on one side and begins again on another.
        let changes = |held: bool| (0..4).filter(move |i| inside[*i] == held && inside[(*i + 1) % 4] != held);
        let (Some(ends), Some(begins), 1) = (changes(true).next(), changes(false).next(), changes(true).count()) else {
            return None;
        };
        let mut crossing = |side: usize| {
            let on = square.side(side);
            let (from, to) = (on.along(square.corners[side]), on.along(square.corners[(side + 1) % 4]));
            let (low, high) = self.stretch(of, on)?;
            // The end that lies on the way from the corner inside to the one outside.
            let at = if (from < to) == inside[side] { high } else { low };
            Some(on.at(at.clamp(from.min(to), from.max(to))))
        };
        let (from, to) = (crossing(ends)?, crossing(begins)?);
        // The corners inside lie on the left of the way from one to the other.
        let d = to - from;
        let length_m = (d.x * d.x + d.y * d.y).sqrt();
        if length_m < SHORTEST_M {
            return None;
        }
        let normal = Coord { x: d.y, y: -d.x } / length_m;
        Some((normal, (from.x * normal.x + from.y * normal.y).min(to.x * normal.x + to.y * normal.y)))
    }

    /// Where covered ground ends along a side, on the way from a covered corner to one that is not; each with its bit.
    pub fn covered_until(&mut self, on: OnLine, from: (Coord<f64>, u32), to: (Coord<f64>, u32)) -> Coord<f64> {
        let upwards = on.along(from.0) < on.along(to.0);
        let farther = |a: f64, b: f64| if upwards { a.max(b) } else { a.min(b) };
        let far_end = |(low, high): (f64, f64)| if upwards { high } else { low };
        let mut end = on.along(from.0);
        for of in 0..self.seen.len() {
            if self.seen[of].inside >> from.1 & 1 == 1
                && let Some(stretch) = self.stretch(of, on)
            {
                end = farther(end, far_end(stretch));
            }
        }
        // Further covers that take over where these end.
        let about = (1_u128 << from.1) | (1 << to.1);
        loop {
            let mut next = end;
            for of in 0..self.seen.len() {
                if self.seen[of].near & about != 0
                    && let Some(stretch) = self.stretch(of, on)
                    && stretch.0 <= end
                    && end <= stretch.1
                {
                    next = farther(next, far_end(stretch));
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
    use crate::travel::{Leg, Piece};
    use crate::zones::grid::ones;
    use proptest::prelude::*;

    const LEG: Leg = Leg { ms_per_m: 900.0, max_m: 300.0 };
    const LIMIT_MS: f64 = 840_000.0;

    prop_compose! {
        /// A piece of road near the grid, reached some seconds before the limit.
        fn a_cover()(x in -250.0..330.0f64, y in -250.0..330.0f64, turn in 0.0..std::f64::consts::TAU, length in 0.0..200.0f64,
            slowness in 30.0..1100.0f64, left in 0.0..320_000.0f64) -> Cover {
            let start = Coord { x, y };
            let end = start + Coord { x: turn.cos(), y: turn.sin() } * length;
            let mut piece = Piece::new(start, end, slowness * length, LEG);
            piece.start_ms = LIMIT_MS - left;
            Cover::new(&piece, true, LEG, LIMIT_MS).expect("it is reached in time")
        }
    }

    proptest! {
        #[test]
        fn what_is_proved_of_a_square_holds_for_every_place_in_it(
            covers in proptest::collection::vec(a_cover(), 1..7), cells in 0_u32..4,
            places in proptest::collection::vec((0.0..1.0f64, 0.0..1.0f64), 60),
        ) {
            let cells = 1 << cells;
            let grid = Grid { origin: Coord { x: -3.7, y: 1.9 }, side_m: 80.0 / f64::from(cells), low: (5, 0, 0), cells };
            let mut seen = Covers::default();
            let overview = seen.see(&grid, covers.iter().copied());
            let (mut low, mut high) = (Clipped::default(), Clipped::default());
            for bit in ones(grid.squares()) {
                let square = grid.square(bit);
                let (covered, touched) = (overview.covered >> bit & 1 == 1, overview.touched >> bit & 1 == 1);
                seen.cut(&grid, &square, &mut low, &mut high);
                prop_assert!(low.area_m2() <= high.area_m2() + 1e-6);
                for (x, y) in &places {
                    let place = square.corners[0] + Coord { x: *x, y: *y } * grid.side_m;
                    let distance_m = covers.iter().map(|c| c.distance_m(place)).fold(f64::INFINITY, f64::min);
                    let held = distance_m <= 0.0;
                    prop_assert!(!covered || held);
                    prop_assert!(touched || !held);
                    prop_assert!(!(low.holds(place) && held), "proved not to be covered, but it is");
                    prop_assert!(high.holds(place) || held || distance_m < 1e-9, "proved to be covered, but it is not");
                }
            }
        }

        #[test]
        fn ground_is_covered_up_to_where_it_is_said_to_end(covers in proptest::collection::vec(a_cover(), 1..7)) {
            let grid = Grid { origin: Coord { x: -3.7, y: 1.9 }, side_m: 20.0, low: (5, 0, 0), cells: 4 };
            let mut seen = Covers::default();
            let overview = seen.see(&grid, covers.iter().copied());
            let distance_m = |p: Coord<f64>| covers.iter().map(|c| c.distance_m(p)).fold(f64::INFINITY, f64::min);
            for bit in ones(grid.squares()) {
                let square = grid.square(bit);
                for side in 0..4 {
                    let ends = [side, (side + 1) % 4].map(|i| (square.corners[i], square.bits[i]));
                    let held = ends.map(|(_, bit)| overview.corners >> bit & 1 == 1);
                    let [from, to] = match held {
                        [true, false] => ends,
                        [false, true] => [ends[1], ends[0]],
                        _ => continue,
                    };
                    let end = seen.covered_until(square.side(side), from, to);
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

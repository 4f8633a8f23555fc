//! A packed static R-tree, eight boxes to a node.
//!
//! In: the bounds of items, ordered so that neighbours are near each other. Out: a [`PackedRTree`], searched best
//! first by a [`BranchAndBound`]. Bounds are in single precision, rounded outwards, so that a box is never farther
//! away than its items.

use geo::Coord;
use rayon::prelude::*;
use std::ops::Range;

/// Child boxes of a node.
pub const FANOUT: usize = 8;
/// Items in one box of the lowest level.
const LEAF_SIZE: usize = 4;
/// Relative error of a sum or root of a few terms in single precision: eight roundings of 2^-24 each, rounded up.
const ROUNDING: f32 = 1e-6;

/// The boxes of one node as a structure of arrays, metres. An empty box is infinitely far away.
#[derive(Clone, Copy, Debug)]
pub struct BoxGroup {
    low_x: [f32; FANOUT],
    low_y: [f32; FANOUT],
    high_x: [f32; FANOUT],
    high_y: [f32; FANOUT],
}

/// A query place in single precision, with a bound of its rounding error.
#[derive(Clone, Copy, Debug)]
pub struct QueryPoint {
    x: f32,
    y: f32,
    slack_m: f32,
}

impl QueryPoint {
    /// A place in local metres.
    pub fn new(place: Coord<f64>) -> Self {
        let (x, y) = (place.x as f32, place.y as f32);
        Self { x, y, slack_m: (x.abs() + y.abs()) * f32::EPSILON }
    }
}

impl BoxGroup {
    const NONE: Self = Self {
        low_x: [f32::INFINITY; FANOUT],
        low_y: [f32::INFINITY; FANOUT],
        high_x: [f32::NEG_INFINITY; FANOUT],
        high_y: [f32::NEG_INFINITY; FANOUT],
    };

    /// Lower bounds of the distance from a place to the items of each box, metres.
    #[inline]
    pub fn distances_m(&self, query: QueryPoint) -> [f32; FANOUT] {
        let mut distances = [0.0; FANOUT];
        for (k, distance) in distances.iter_mut().enumerate() {
            let dx = (self.low_x[k] - query.x).max(query.x - self.high_x[k]).max(0.0);
            let dy = (self.low_y[k] - query.y).max(query.y - self.high_y[k]).max(0.0);
            *distance = ((dx * dx + dy * dy).sqrt() * (1.0 - ROUNDING) - query.slack_m).max(0.0);
        }
        distances
    }

    fn set(&mut self, k: usize, [low_x, low_y, high_x, high_y]: [f32; 4]) {
        (self.low_x[k], self.low_y[k], self.high_x[k], self.high_y[k]) = (low_x, low_y, high_x, high_y);
    }

    /// Bounding box of all boxes.
    fn around(&self) -> [f32; 4] {
        let least = |v: [f32; FANOUT]| v.into_iter().fold(f32::INFINITY, f32::min);
        let most = |v: [f32; FANOUT]| v.into_iter().fold(f32::NEG_INFINITY, f32::max);
        [least(self.low_x), least(self.low_y), most(self.high_x), most(self.high_y)]
    }
}

/// One number for each box, laid out as the boxes: by level, by node.
pub type BoxValues = Vec<Vec<[f32; FANOUT]>>;

/// A best-first search of the tree.
pub trait BranchAndBound {
    /// For each box of a node a lower bound of the value of its items; infinite to prune it.
    fn lower_bounds(&self, level: usize, group: usize, boxes: &BoxGroup) -> [f32; FANOUT];
    /// Boxes with a higher bound are pruned; read again before each box.
    fn cutoff(&self) -> f32;
    /// Visits the items of a box of the lowest level.
    fn visit(&mut self, items: Range<usize>);
}

/// Boxes still to be visited: lower bound, level, position in the level below.
pub type SearchStack = Vec<(f32, u32, u32)>;

/// An R-tree over items numbered from 0.
#[derive(Debug, Default)]
pub struct PackedRTree {
    /// Nodes of each level, the lowest first; the last level has one node.
    levels: Vec<Vec<BoxGroup>>,
    items: usize,
}

impl PackedRTree {
    /// Packs items in their order. `bounds_of` returns west, south, east and north of an item, metres.
    pub fn new(items: usize, bounds_of: impl Fn(usize) -> [f64; 4] + Sync) -> Self {
        let box_of = |index: usize| {
            let mut all = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
            for thing in index * LEAF_SIZE..((index + 1) * LEAF_SIZE).min(items) {
                let [low_x, low_y, high_x, high_y] = bounds_of(thing);
                all = [all[0].min(low_x), all[1].min(low_y), all[2].max(high_x), all[3].max(high_y)];
            }
            [round_down(all[0]), round_down(all[1]), round_up(all[2]), round_up(all[3])]
        };
        let mut levels = Vec::new();
        let mut below = items.div_ceil(LEAF_SIZE);
        let mut level = packed(below, box_of);
        while below > FANOUT {
            below = level.len();
            let above = packed(below, |index| level[index].around());
            levels.push(std::mem::replace(&mut level, above));
        }
        levels.push(level);
        Self { levels, items }
    }

    /// The least value over the items of each box, rounded down; infinite if the box is empty.
    pub fn least_per_box(&self, of: impl Fn(usize) -> f64 + Sync) -> BoxValues {
        let items = self.items;
        let lowest: Vec<[f32; FANOUT]> = (0..self.levels[0].len())
            .into_par_iter()
            .with_min_len(256)
            .map(|group| {
                std::array::from_fn(|k| {
                    let first = (group * FANOUT + k) * LEAF_SIZE;
                    let least = (first..(first + LEAF_SIZE).min(items)).map(&of).fold(f64::INFINITY, f64::min);
                    round_down(least)
                })
            })
            .collect();
        let mut all = vec![lowest];
        for level in 1..self.levels.len() {
            let below = &all[level - 1];
            let of_group = |group: usize| {
                below.get(group).map_or(f32::INFINITY, |l| l.iter().copied().fold(f32::INFINITY, f32::min))
            };
            let level =
                (0..self.levels[level].len()).map(|group| std::array::from_fn(|k| of_group(group * FANOUT + k)));
            let level = level.collect();
            all.push(level);
        }
        all
    }

    /// Calls `found` for the items of every box of the lowest level within `reach_m` of a place, in their order.
    pub fn for_each_within(&self, place: Coord<f64>, reach_m: f64, mut found: impl FnMut(Range<usize>)) {
        let (query, reach_m) = (QueryPoint::new(place), round_up(reach_m));
        let mut stack = vec![(self.levels.len(), 0)];
        while let Some((level, index)) = stack.pop() {
            let Some(level) = level.checked_sub(1) else {
                found(index * LEAF_SIZE..((index + 1) * LEAF_SIZE).min(self.items));
                continue;
            };
            let distances_m = self.levels[level][index].distances_m(query);
            for k in (0..FANOUT).rev().filter(|k| distances_m[*k] <= reach_m && distances_m[*k] < f32::INFINITY) {
                stack.push((level, index * FANOUT + k));
            }
        }
    }

    /// Visits boxes depth first, the child with the lowest bound first. `stack` is a buffer.
    #[inline]
    pub fn search(&self, stack: &mut SearchStack, search: &mut impl BranchAndBound) {
        stack.clear();
        stack.push((0.0, self.levels.len() as u32, 0));
        while let Some((bound, level, index)) = stack.pop() {
            if bound > search.cutoff() {
                continue;
            }
            let index = index as usize;
            if level == 0 {
                search.visit(index * LEAF_SIZE..((index + 1) * LEAF_SIZE).min(self.items));
                continue;
            }
            let level = level - 1;
            let bounds = search.lower_bounds(level as usize, index, &self.levels[level as usize][index]);
            let (cutoff, before) = (search.cutoff(), stack.len());
            for (k, bound) in bounds.into_iter().enumerate() {
                if bound <= cutoff && bound < f32::INFINITY {
                    stack.push((bound, level, (index * FANOUT + k) as u32));
                }
            }
            if stack.len() > before + 1 {
                stack[before..].sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
            }
        }
    }
}

/// Groups boxes into nodes.
fn packed(count: usize, box_of: impl Fn(usize) -> [f32; 4] + Sync) -> Vec<BoxGroup> {
    (0..count.div_ceil(FANOUT).max(1))
        .into_par_iter()
        .with_min_len(256)
        .map(|group| {
            let mut boxes = BoxGroup::NONE;
            for k in 0..FANOUT.min(count.saturating_sub(group * FANOUT)) {
                boxes.set(k, box_of(group * FANOUT + k));
            }
            boxes
        })
        .collect()
}

/// The greatest single-precision number not above `v`.
pub fn round_down(v: f64) -> f32 {
    let r = v as f32;
    if f64::from(r) > v { r.next_down() } else { r }
}

/// The least single-precision number not below `v`.
pub fn round_up(v: f64) -> f32 {
    let r = v as f32;
    if f64::from(r) < v { r.next_up() } else { r }
}

//! Boxes packed eight by eight, level upon level: what lies near a place, found by leaving out whole boxes that lie far.
//!
//! In: the bounds of things in an order that keeps neighbours together. Out: [`PackedBoxes`], searched through a
//! [`Search`], which says what a box is worth and takes what is in those that are worth looking at. Bounds are kept in
//! single precision, rounded outwards, so a box never lies farther away than what is in it.

use geo::Coord;
use rayon::prelude::*;
use std::ops::Range;

/// Boxes side by side in a group, and groups under one box of the level above.
pub const FAN: usize = 8;
/// Things in one box of the lowest level.
const PER_BOX: usize = 4;
/// What single precision may take off a sum or a root of a few terms, as a share: eight roundings of 2^-24 each.
const ROUNDING: f32 = 1e-6;

/// Eight boxes side by side. Those that hold nothing lie infinitely far away.
#[derive(Clone, Copy, Debug)]
pub struct Boxes {
    low_x: [f32; FAN],
    low_y: [f32; FAN],
    high_x: [f32; FAN],
    high_y: [f32; FAN],
}

/// A place in single precision, and how far from the place itself that may be.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    x: f32,
    y: f32,
    slack_m: f32,
}

impl Spot {
    /// Local metres.
    pub fn new(place: Coord<f64>) -> Self {
        let (x, y) = (place.x as f32, place.y as f32);
        Self { x, y, slack_m: (x.abs() + y.abs()) * f32::EPSILON }
    }
}

impl Boxes {
    const NONE: Self = Self {
        low_x: [f32::INFINITY; FAN],
        low_y: [f32::INFINITY; FAN],
        high_x: [f32::NEG_INFINITY; FAN],
        high_y: [f32::NEG_INFINITY; FAN],
    };

    /// A lower bound of the distance from a place to whatever is in each box, metres.
    #[inline]
    pub fn distances_m(&self, spot: Spot) -> [f32; FAN] {
        let mut distances = [0.0; FAN];
        for (k, distance) in distances.iter_mut().enumerate() {
            let dx = (self.low_x[k] - spot.x).max(spot.x - self.high_x[k]).max(0.0);
            let dy = (self.low_y[k] - spot.y).max(spot.y - self.high_y[k]).max(0.0);
            *distance = ((dx * dx + dy * dy).sqrt() * (1.0 - ROUNDING) - spot.slack_m).max(0.0);
        }
        distances
    }

    fn set(&mut self, k: usize, [low_x, low_y, high_x, high_y]: [f32; 4]) {
        (self.low_x[k], self.low_y[k], self.high_x[k], self.high_y[k]) = (low_x, low_y, high_x, high_y);
    }

    /// The box around all of them.
    fn around(&self) -> [f32; 4] {
        let least = |v: [f32; FAN]| v.into_iter().fold(f32::INFINITY, f32::min);
        let most = |v: [f32; FAN]| v.into_iter().fold(f32::NEG_INFINITY, f32::max);
        [least(self.low_x), least(self.low_y), most(self.high_x), most(self.high_y)]
    }
}

/// One number a box, laid out as the boxes are: by level, by group.
pub type PerBox = Vec<Vec<[f32; FAN]>>;

/// What a walk down the boxes looks for.
pub trait Search {
    /// For each box of a group a value below which nothing in it can be; infinite where nothing in it matters.
    fn bounds(&self, level: usize, group: usize, boxes: &Boxes) -> [f32; FAN];
    /// Boxes with a higher bound are left out; asked again before each box.
    fn limit(&self) -> f32;
    /// Looks at the things of a box of the lowest level.
    fn take(&mut self, things: Range<usize>);
}

/// Boxes that a walk has still to look into: bound, level, position in the level below.
pub type Waiting = Vec<(f32, u32, u32)>;

/// Boxes over boxes over things.
#[derive(Debug, Default)]
pub struct PackedBoxes {
    /// The lowest first; the last has one group.
    levels: Vec<Vec<Boxes>>,
    things: usize,
}

impl PackedBoxes {
    /// Packs things in their order. `bounds_of` gives west, south, east and north of each, metres.
    pub fn new(things: usize, bounds_of: impl Fn(usize) -> [f64; 4] + Sync) -> Self {
        let box_of = |index: usize| {
            let mut all = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
            for thing in index * PER_BOX..((index + 1) * PER_BOX).min(things) {
                let [low_x, low_y, high_x, high_y] = bounds_of(thing);
                all = [all[0].min(low_x), all[1].min(low_y), all[2].max(high_x), all[3].max(high_y)];
            }
            [round_down(all[0]), round_down(all[1]), round_up(all[2]), round_up(all[3])]
        };
        let mut levels = Vec::new();
        let mut below = things.div_ceil(PER_BOX);
        let mut level = packed(below, box_of);
        while below > FAN {
            below = level.len();
            let above = packed(below, |index| level[index].around());
            levels.push(std::mem::replace(&mut level, above));
        }
        levels.push(level);
        Self { levels, things }
    }

    /// The least of a number over what is in each box, rounded down; infinite where a box is empty.
    pub fn least(&self, of: impl Fn(usize) -> f64 + Sync) -> PerBox {
        let things = self.things;
        let lowest: Vec<[f32; FAN]> = (0..self.levels[0].len())
            .into_par_iter()
            .with_min_len(256)
            .map(|group| {
                std::array::from_fn(|k| {
                    let first = (group * FAN + k) * PER_BOX;
                    let least = (first..(first + PER_BOX).min(things)).map(&of).fold(f64::INFINITY, f64::min);
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
            let level = (0..self.levels[level].len()).map(|group| std::array::from_fn(|k| of_group(group * FAN + k)));
            let level = level.collect();
            all.push(level);
        }
        all
    }

    /// Calls `found` for the things of every box of the lowest level within `reach_m` of a place, in their order.
    pub fn each_within(&self, place: Coord<f64>, reach_m: f64, mut found: impl FnMut(Range<usize>)) {
        let (spot, reach_m) = (Spot::new(place), round_up(reach_m));
        let mut waiting = vec![(self.levels.len(), 0)];
        while let Some((level, index)) = waiting.pop() {
            let Some(level) = level.checked_sub(1) else {
                found(index * PER_BOX..((index + 1) * PER_BOX).min(self.things));
                continue;
            };
            let distances_m = self.levels[level][index].distances_m(spot);
            for k in (0..FAN).rev().filter(|k| distances_m[*k] <= reach_m && distances_m[*k] < f32::INFINITY) {
                waiting.push((level, index * FAN + k));
            }
        }
    }

    /// Walks down the boxes, those with the lowest bound first.
    #[inline]
    pub fn search(&self, waiting: &mut Waiting, search: &mut impl Search) {
        waiting.clear();
        waiting.push((0.0, self.levels.len() as u32, 0));
        while let Some((bound, level, index)) = waiting.pop() {
            if bound > search.limit() {
                continue;
            }
            let index = index as usize;
            if level == 0 {
                search.take(index * PER_BOX..((index + 1) * PER_BOX).min(self.things));
                continue;
            }
            let level = level - 1;
            let bounds = search.bounds(level as usize, index, &self.levels[level as usize][index]);
            let (limit, before) = (search.limit(), waiting.len());
            for (k, bound) in bounds.into_iter().enumerate() {
                if bound <= limit && bound < f32::INFINITY {
                    waiting.push((bound, level, (index * FAN + k) as u32));
                }
            }
            if waiting.len() > before + 1 {
                waiting[before..].sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
            }
        }
    }
}

/// Boxes in groups of eight.
fn packed(count: usize, box_of: impl Fn(usize) -> [f32; 4] + Sync) -> Vec<Boxes> {
    (0..count.div_ceil(FAN).max(1))
        .into_par_iter()
        .with_min_len(256)
        .map(|group| {
            let mut boxes = Boxes::NONE;
            for k in 0..FAN.min(count.saturating_sub(group * FAN)) {
                boxes.set(k, box_of(group * FAN + k));
            }
            boxes
        })
        .collect()
}

/// The next single-precision number at or below.
pub fn round_down(v: f64) -> f32 {
    let r = v as f32;
    if f64::from(r) > v { r.next_down() } else { r }
}

/// The next single-precision number at or above.
pub fn round_up(v: f64) -> f32 {
    let r = v as f32;
    if f64::from(r) < v { r.next_up() } else { r }
}

//! Which roads are near a place.
//!
//! In: links and their points. Out: boxes around runs of neighbouring segments that have roadside access, and boxes around
//! [`FAN`] neighbouring boxes, up to one around all. Links follow each other along a space-filling curve, so what is
//! neighbouring in memory is neighbouring on the ground, and the tree is packed as it stands, without sorting.

use super::{Link, PointId, RoadNetwork};
use geo::Coord;
use rayon::prelude::*;
use std::ops::Range;

/// Segments in one box of the lowest level: enough to keep the tree small, few enough to be near each other.
const RUN: u32 = 8;
/// Boxes in a box.
const FAN: usize = 8;

/// A box in local metres, in single precision, never smaller than what it holds.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    low: [f32; 2],
    high: [f32; 2],
}

impl Bounds {
    fn of(points: &[Coord<f64>]) -> Self {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for point in points {
            for (axis, v) in [point.x, point.y].into_iter().enumerate() {
                low[axis] = if v < low[axis] { v } else { low[axis] };
                high[axis] = if v > high[axis] { v } else { high[axis] };
            }
        }
        Self { low: low.map(round_down), high: high.map(round_up) }
    }

    fn with(self, other: Self) -> Self {
        Self {
            low: [self.low[0].min(other.low[0]), self.low[1].min(other.low[1])],
            high: [self.high[0].max(other.high[0]), self.high[1].max(other.high[1])],
        }
    }

    fn meets(&self, other: &Self) -> bool {
        self.low[0] <= other.high[0]
            && self.low[1] <= other.high[1]
            && self.high[0] >= other.low[0]
            && self.high[1] >= other.low[1]
    }

    /// Distance from a place to the box: a lower bound of the distance to what it holds.
    fn distance_m(&self, place: Coord<f64>) -> f64 {
        let beyond = |v: f64, low: f32, high: f32| (f64::from(low) - v).max(v - f64::from(high)).max(0.0);
        beyond(place.x, self.low[0], self.high[0]).hypot(beyond(place.y, self.low[1], self.high[1]))
    }
}

/// A run of neighbouring segments.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: PointId,
    end: PointId,
}

/// A place on a road.
#[derive(Clone, Copy, Debug)]
pub struct RoadPoint {
    /// The segment, by its first point.
    pub segment: PointId,
    /// How far along it, 0 to 1.
    pub fraction: f64,
    /// Where, local metres.
    pub xy: Coord<f64>,
    /// From the asked place, metres.
    pub distance_m: f64,
}

/// The segments with roadside access.
#[derive(Debug)]
pub struct SegmentIndex {
    runs: Vec<Run>,
    /// The boxes of the runs, then of [`FAN`] of these, and so on up to at most [`FAN`].
    levels: Vec<Vec<Bounds>>,
}

impl SegmentIndex {
    /// Packs all segments with roadside access.
    pub fn new(links: &[Link], xy: &[Coord<f64>], roadside: &[bool]) -> Self {
        let mut runs = Vec::with_capacity(links.len());
        for link in links {
            let mut first = link.first;
            while first < link.last {
                if !roadside[first as usize] {
                    first += 1;
                    continue;
                }
                let mut end = first;
                while end < link.last && end - first < RUN && roadside[end as usize] {
                    end += 1;
                }
                runs.push(Run { first, end });
                first = end;
            }
        }
        let bounds = |run: &Run| Bounds::of(&xy[run.first as usize..=run.end as usize]);
        let boxes: Vec<Bounds> = runs.par_iter().map(bounds).collect();
        let mut levels = vec![boxes];
        while let Some(below) = levels.last().filter(|below| below.len() > FAN) {
            let above = below.chunks(FAN).filter_map(|all| all.iter().copied().reduce(Bounds::with)).collect();
            levels.push(above);
        }
        Self { runs, levels }
    }

    /// Calls `found` for every segment whose run comes within `reach_m` of the square's sides around `centre`, in
    /// ascending order.
    pub fn near(&self, centre: Coord<f64>, reach_m: f64, mut found: impl FnMut(PointId)) {
        let square = Bounds {
            low: [round_down(centre.x - reach_m), round_down(centre.y - reach_m)],
            high: [round_up(centre.x + reach_m), round_up(centre.y + reach_m)],
        };
        self.visit(self.levels.len() - 1, 0..self.levels[self.levels.len() - 1].len(), &square, &mut found);
    }

    fn visit(&self, level: usize, boxes: Range<usize>, square: &Bounds, found: &mut impl FnMut(PointId)) {
        for at in boxes {
            if !self.levels[level][at].meets(square) {
                continue;
            }
            if level == 0 {
                let run = self.runs[at];
                (run.first..run.end).for_each(&mut *found);
            } else {
                self.visit(level - 1, self.below(level, at), square, found);
            }
        }
    }

    /// The boxes within a box.
    fn below(&self, level: usize, at: usize) -> Range<usize> {
        at * FAN..((at + 1) * FAN).min(self.levels[level - 1].len())
    }

    /// The nearest point of the nearest segment; ties go to the smaller segment number.
    pub fn nearest(&self, network: &RoadNetwork, place: Coord<f64>) -> Option<RoadPoint> {
        let mut best = None;
        let top = self.levels.len() - 1;
        self.approach(network, place, top, 0..self.levels[top].len(), &mut best);
        best
    }

    fn approach(
        &self,
        network: &RoadNetwork,
        place: Coord<f64>,
        level: usize,
        boxes: Range<usize>,
        best: &mut Option<RoadPoint>,
    ) {
        let mut order: [(f64, usize); FAN] = [(f64::INFINITY, 0); FAN];
        let count = boxes.len();
        for (slot, at) in order.iter_mut().zip(boxes) {
            *slot = (self.levels[level][at].distance_m(place), at);
        }
        let order = &mut order[..count];
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        for &(lower_bound_m, at) in &*order {
            // A box is never smaller than what it holds, but for the last digits of its distance.
            if best.is_some_and(|b| lower_bound_m > b.distance_m + 1.0) {
                return;
            }
            if level > 0 {
                self.approach(network, place, level - 1, self.below(level, at), best);
                continue;
            }
            for segment in self.runs[at].first..self.runs[at].end {
                let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
                let fraction = project(place, a, b);
                let xy = a + (b - a) * fraction;
                let distance_m = (place - xy).x.hypot((place - xy).y);
                let better = best
                    .is_none_or(|b| distance_m < b.distance_m || (distance_m <= b.distance_m && segment < b.segment));
                if better {
                    *best = Some(RoadPoint { segment, fraction, xy, distance_m });
                }
            }
        }
    }
}

/// How far along the segment from `a` to `b` the point nearest to `place` lies, 0 to 1.
pub fn project(place: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (d, r) = (b - a, place - a);
    let length_2 = d.x * d.x + d.y * d.y;
    if length_2 > 0.0 { ((r.x * d.x + r.y * d.y) / length_2).clamp(0.0, 1.0) } else { 0.0 }
}

/// The next single-precision number at or below.
fn round_down(v: f64) -> f32 {
    let r = v as f32;
    if f64::from(r) > v { r.next_down() } else { r }
}

/// The next single-precision number at or above.
fn round_up(v: f64) -> f32 {
    let r = v as f32;
    if f64::from(r) < v { r.next_up() } else { r }
}

#[cfg(test)]
mod tests {
    use super::super::{BuildSettings, RoadNetwork, Usage, build};
    use super::*;
    use crate::frame::{Frame, LonLat};
    use crate::inputs::road_class::RoadClass;
    use crate::inputs::roads::{Direction, Level, Road};
    use proptest::prelude::*;

    fn road(class: RoadClass, line: &[(i32, i32)]) -> Road {
        Road {
            feature: 0,
            name: None,
            class,
            direction: Direction::Both,
            speed_kmh: None,
            maxspeed_kmh: None,
            no_vehicles: false,
            level: Level::default(),
            parts: vec![line.iter().map(|(x, y)| LonLat::new(f64::from(*x) * 1e-3, f64::from(*y) * 1e-3)).collect()],
        }
    }

    /// Lines of up to twenty positions on a lattice of about 111 m, some of which nobody may stop on.
    fn network(lines: &[Vec<(i32, i32)>]) -> RoadNetwork {
        let class = |i: usize| if i.is_multiple_of(4) { RoadClass::Motorway } else { RoadClass::Primary };
        let roads: Vec<Road> = lines.iter().enumerate().map(|(i, line)| road(class(i), line)).collect();
        let settings = BuildSettings {
            usage: Usage::Drive,
            no_roadside: &[RoadClass::Motorway],
            snap_m: 0.0,
            split_crossings: false,
            closed: None,
        };
        build(&roads, &Frame::new(LonLat::new(0.0, 0.0)).unwrap(), &settings)
    }

    fn lines() -> impl Strategy<Value = Vec<Vec<(i32, i32)>>> {
        prop::collection::vec(prop::collection::vec((-30..30, -30..30), 2..20), 0..40)
    }

    proptest! {
        #[test]
        fn the_nearest_segment_is_the_nearest_of_all(all in lines(), x in -5000.0..5000.0, y in -5000.0..5000.0) {
            let network = network(&all);
            let place = Coord { x, y };
            let best = (0..network.xy.len() as PointId)
                .filter(|segment| network.roadside[*segment as usize])
                .map(|segment| {
                    let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
                    let foot = a + (b - a) * project(place, a, b);
                    ((place - foot).x.hypot((place - foot).y), segment)
                })
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let found = network.index.nearest(&network, place).map(|found| (found.distance_m, found.segment));
            prop_assert_eq!(found, best);
        }

        #[test]
        fn all_segments_within_reach_are_found_in_order(
            all in lines(), x in -5000.0..5000.0, y in -5000.0..5000.0, reach_m in 0.0..3000.0,
        ) {
            let network = network(&all);
            let mut found = Vec::new();
            network.index.near(Coord { x, y }, reach_m, |segment| found.push(segment));
            prop_assert!(found.is_sorted_by(|a, b| a < b));
            for segment in 0..network.xy.len() {
                if !network.roadside[segment] {
                    prop_assert!(!found.contains(&(segment as PointId)));
                    continue;
                }
                let (a, b) = (network.xy[segment], network.xy[segment + 1]);
                let meets = a.x.min(b.x) <= x + reach_m && a.x.max(b.x) >= x - reach_m
                    && a.y.min(b.y) <= y + reach_m && a.y.max(b.y) >= y - reach_m;
                prop_assert!(!meets || found.contains(&(segment as PointId)));
            }
        }
    }
}

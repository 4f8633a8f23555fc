//! Which roads are near a place.
//!
//! In: links and their points. Out: [`SegmentIndex`]: the segments that have roadside access, in packed boxes.

use super::boxes::{Boxes, FAN, PackedBoxes, Search, Spot, Waiting, round_up};
use super::{Link, PointId, RoadNetwork};
use geo::Coord;
use std::ops::Range;

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

/// The segments with roadside access, in the order of the links, which lie along a space-filling curve.
#[derive(Debug)]
pub struct SegmentIndex {
    /// By position in the boxes.
    pub segments: Vec<PointId>,
    /// Boxes over [`Self::segments`].
    pub boxes: PackedBoxes,
}

impl SegmentIndex {
    /// Packs all segments with roadside access.
    pub fn new(links: &[Link], xy: &[Coord<f64>], roadside: &[bool]) -> Self {
        let points = links.iter().flat_map(|link| link.first..link.last);
        let segments: Vec<PointId> = points.filter(|segment| roadside[*segment as usize]).collect();
        let boxes = PackedBoxes::new(segments.len(), |at| {
            let (a, b) = (xy[segments[at] as usize], xy[segments[at] as usize + 1]);
            [a.x.min(b.x), a.y.min(b.y), a.x.max(b.x), a.y.max(b.y)]
        });
        Self { segments, boxes }
    }

    /// Calls `found` for every segment within `reach_m` of `centre`, and for some farther ones.
    pub fn near(&self, centre: Coord<f64>, reach_m: f64, found: impl FnMut(PointId)) {
        let mut near = Near { segments: &self.segments, spot: Spot::new(centre), reach_m: round_up(reach_m), found };
        self.boxes.search(&mut Waiting::new(), &mut near);
    }

    /// The nearest point of the nearest segment; ties go to the smaller segment number.
    pub fn nearest(&self, network: &RoadNetwork, place: Coord<f64>) -> Option<RoadPoint> {
        let mut nearest = Nearest { network, place, spot: Spot::new(place), best: None };
        self.boxes.search(&mut Waiting::new(), &mut nearest);
        nearest.best
    }
}

struct Near<'a, F> {
    segments: &'a [PointId],
    spot: Spot,
    reach_m: f32,
    found: F,
}

impl<F: FnMut(PointId)> Search for Near<'_, F> {
    fn bounds(&self, _: usize, _: usize, boxes: &Boxes) -> [f32; FAN] {
        boxes.distances_m(self.spot)
    }

    fn limit(&self) -> f32 {
        self.reach_m
    }

    fn take(&mut self, things: Range<usize>) {
        self.segments[things].iter().for_each(|segment| (self.found)(*segment));
    }
}

struct Nearest<'a> {
    network: &'a RoadNetwork,
    place: Coord<f64>,
    spot: Spot,
    best: Option<RoadPoint>,
}

impl Search for Nearest<'_> {
    fn bounds(&self, _: usize, _: usize, boxes: &Boxes) -> [f32; FAN] {
        boxes.distances_m(self.spot)
    }

    fn limit(&self) -> f32 {
        self.best.map_or(f32::INFINITY, |best| round_up(best.distance_m))
    }

    fn take(&mut self, things: Range<usize>) {
        for &segment in &self.network.index.segments[things] {
            let (a, b) = (self.network.xy[segment as usize], self.network.xy[segment as usize + 1]);
            let fraction = project(self.place, a, b);
            let xy = a + (b - a) * fraction;
            let distance_m = (self.place - xy).x.hypot((self.place - xy).y);
            let better = self
                .best
                .is_none_or(|b| distance_m < b.distance_m || (distance_m <= b.distance_m && segment < b.segment));
            if better {
                self.best = Some(RoadPoint { segment, fraction, xy, distance_m });
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

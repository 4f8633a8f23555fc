//! Which roads are near a place.
//!
//! In: links and their points. Out: an R-tree (`rstar`) over runs of neighbouring segments that have roadside access.

use super::{Link, PointId, RoadNetwork};
use geo::Coord;
use rstar::{AABB, RTree, RTreeObject};

/// Segments in one entry of the tree: long enough to keep the tree small, short enough to be near each other.
const RUN: u32 = 8;

/// A run of neighbouring segments.
#[derive(Clone, Copy, Debug)]
struct Run {
    low: [f32; 2],
    high: [f32; 2],
    first: PointId,
    end: PointId,
}

impl RTreeObject for Run {
    type Envelope = AABB<[f32; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.low, self.high)
    }
}

impl rstar::PointDistance for Run {
    /// Distance to the envelope: a lower bound of the distance to the segments.
    fn distance_2(&self, point: &[f32; 2]) -> f32 {
        self.envelope().distance_2(point)
    }
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

/// R-tree over the segments with roadside access.
#[derive(Debug)]
pub struct SegmentIndex {
    tree: RTree<Run>,
}

impl SegmentIndex {
    /// Packs all segments with roadside access.
    pub fn new(links: &[Link], xy: &[Coord<f64>], roadside: &[bool]) -> Self {
        let mut runs = Vec::new();
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
                runs.push(run(first, end, xy));
                first = end;
            }
        }
        Self { tree: RTree::bulk_load(runs) }
    }

    /// Calls `found` for every segment whose run comes within `reach_m` of the square's sides around `centre`.
    pub fn near(&self, centre: Coord<f64>, reach_m: f64, mut found: impl FnMut(PointId)) {
        let low = [round_down(centre.x - reach_m), round_down(centre.y - reach_m)];
        let high = [round_up(centre.x + reach_m), round_up(centre.y + reach_m)];
        for run in self.tree.locate_in_envelope_intersecting(AABB::from_corners(low, high)) {
            for segment in run.first..run.end {
                found(segment);
            }
        }
    }

    /// The nearest point of the nearest segment; ties go to the smaller segment number.
    pub fn nearest(&self, network: &RoadNetwork, place: Coord<f64>) -> Option<RoadPoint> {
        let mut best: Option<RoadPoint> = None;
        for (run, lower_bound_2) in self.tree.nearest_neighbor_iter_with_distance_2([place.x as f32, place.y as f32]) {
            // Single precision moves an envelope by at most a few centimetres; a metre of slack covers it.
            if best.is_some_and(|b| f64::from(lower_bound_2).sqrt() > b.distance_m + 1.0) {
                break;
            }
            for segment in run.first..run.end {
                let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
                let fraction = project(place, a, b);
                let xy = a + (b - a) * fraction;
                let distance_m = (place - xy).x.hypot((place - xy).y);
                let better = best
                    .is_none_or(|b| distance_m < b.distance_m || (distance_m <= b.distance_m && segment < b.segment));
                if better {
                    best = Some(RoadPoint { segment, fraction, xy, distance_m });
                }
            }
        }
        best
    }
}

/// How far along the segment from `a` to `b` the point nearest to `place` lies, 0 to 1.
pub fn project(place: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (d, r) = (b - a, place - a);
    let length_2 = d.x * d.x + d.y * d.y;
    if length_2 > 0.0 { ((r.x * d.x + r.y * d.y) / length_2).clamp(0.0, 1.0) } else { 0.0 }
}

fn run(first: PointId, end: PointId, xy: &[Coord<f64>]) -> Run {
    let points = &xy[first as usize..=end as usize];
    let fold =
        |start: f64, pick: fn(&Coord<f64>) -> f64, join: fn(f64, f64) -> f64| points.iter().map(pick).fold(start, join);
    Run {
        low: [round_down(fold(f64::INFINITY, |p| p.x, f64::min)), round_down(fold(f64::INFINITY, |p| p.y, f64::min))],
        high: [
            round_up(fold(f64::NEG_INFINITY, |p| p.x, f64::max)),
            round_up(fold(f64::NEG_INFINITY, |p| p.y, f64::max)),
        ],
        first,
        end,
    }
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

//! Crossings without a node: roads of one level that cross without a common vertex.
//!
//! In: a network, its spatial hash, the roads with their levels. Out: [`UnnodedCrossing`]s, ordered by place.

use super::super::polyline::rounded;
use super::super::{PointId, RoadNetwork};
use super::FindingPlaces;
use super::spatial_hash::SpatialHash;
use geo::algorithm::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Line};
use lifering_base::frame::{Frame, LonLat};
use lifering_base::records::Road;
use rayon::prelude::*;

/// Cells with more segments than this are searched by a sweep from west to east.
const MIN_SWEEP: usize = 32;

/// Two segments that cross without a common vertex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UnnodedCrossing {
    /// Place, 1e-7 degrees.
    pub(super) at: [i32; 2],
    /// The segments, ascending.
    pub(super) segments: [PointId; 2],
    /// The least of the segments' points that is already at the place; `None` if there is none.
    pub(super) point: Option<PointId>,
}

/// A segment's bounding box, local metres.
#[derive(Clone, Copy)]
struct SegmentBox {
    low: Coord<f64>,
    high: Coord<f64>,
    segment: PointId,
}

/// All crossings, each pair once.
pub(super) fn find(network: &RoadNetwork, hash: &SpatialHash, roads: &[Road], frame: &Frame) -> Vec<UnnodedCrossing> {
    let mut all: Vec<UnnodedCrossing> = hash
        .buckets()
        .fold(
            || (Vec::new(), Vec::new()),
            |(mut found, mut boxes), (bucket, segments)| {
                if segments.len() > 1 {
                    boxes.clear();
                    boxes.extend(segments.iter().map(|s| around(network, *s)));
                    each_overlap(&mut boxes, |a, b| {
                        found.extend(crossing(network, roads, frame, [a, b], |at| hash.bucket_of(at) == bucket));
                    });
                }
                (found, boxes)
            },
        )
        .map(|(found, _)| found)
        .reduce(Vec::new, |mut a, mut b| {
            a.append(&mut b);
            a
        });
    all.par_sort_unstable();
    all.dedup();
    all
}

/// The places of crossings, each once.
pub(super) fn places(crossings: &[UnnodedCrossing]) -> FindingPlaces {
    let mut distinct: Vec<[i32; 2]> = crossings.iter().map(|c| c.at).collect();
    distinct.dedup();
    FindingPlaces::of(distinct.into_iter().map(|at| LonLat::new(f64::from(at[0]) / 1e7, f64::from(at[1]) / 1e7)))
}

fn around(network: &RoadNetwork, segment: PointId) -> SegmentBox {
    let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
    SegmentBox {
        low: Coord { x: a.x.min(b.x), y: a.y.min(b.y) },
        high: Coord { x: a.x.max(b.x), y: a.y.max(b.y) },
        segment,
    }
}

/// Every pair of segments whose bounding boxes intersect.
fn each_overlap(boxes: &mut [SegmentBox], mut visit: impl FnMut(PointId, PointId)) {
    let sorted = boxes.len() > MIN_SWEEP;
    if sorted {
        boxes.sort_unstable_by(|a, b| a.low.x.total_cmp(&b.low.x).then(a.segment.cmp(&b.segment)));
    }
    for (i, a) in boxes.iter().enumerate() {
        for b in &boxes[i + 1..] {
            if sorted && b.low.x > a.high.x {
                break;
            }
            if a.low.x <= b.high.x && b.low.x <= a.high.x && a.low.y <= b.high.y && b.low.y <= a.high.y {
                visit(a.segment, b.segment);
            }
        }
    }
}

/// The crossing of two segments of one level that share no vertex.
fn crossing(
    network: &RoadNetwork,
    roads: &[Road],
    frame: &Frame,
    [a, b]: [PointId; 2],
    here: impl Fn(Coord<f64>) -> bool,
) -> Option<UnnodedCrossing> {
    let positions = |s: PointId| [network.degrees_e7[s as usize], network.degrees_e7[s as usize + 1]];
    let (of_a, of_b) = (positions(a), positions(b));
    if of_a.iter().any(|p| of_b.contains(p)) {
        return None;
    }
    let line = |s: PointId| Line::new(network.xy[s as usize], network.xy[s as usize + 1]);
    let Some(LineIntersection::SinglePoint { intersection, .. }) = line_intersection(line(a), line(b)) else {
        return None;
    };
    let level = |s: PointId| roads[network.road[s as usize] as usize].level;
    if !here(intersection) || level(a) != level(b) {
        return None;
    }
    let at = rounded(frame.to_lon_lat(intersection));
    let point = [a, a + 1, b, b + 1].into_iter().filter(|p| network.degrees_e7[*p as usize] == at).min();
    Some(UnnodedCrossing { at, segments: [a.min(b), a.max(b)], point })
}

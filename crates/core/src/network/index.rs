//! Nearest roads.
//!
//! In: links and their points. Out: a [`SegmentIndex`]: an R-tree over the segments with roadside access.

use super::packed_rtree::{BoxGroup, BranchAndBound, FANOUT, PackedRTree, QueryPoint, SearchStack, round_up};
use super::{Link, PointId, RoadNetwork};
use geo::Coord;
use std::ops::Range;

/// A point on a road.
#[derive(Clone, Copy, Debug)]
pub struct RoadPoint {
    /// The segment, by its first point.
    pub segment: PointId,
    /// Position along the segment as a fraction of its length, 0 to 1.
    pub fraction: f64,
    /// Place, local metres.
    pub xy: Coord<f64>,
    /// Distance from the query place, metres in the plane.
    pub distance_m: f64,
}

/// The segments with roadside access, in the order of the links, which follow a space-filling curve.
#[derive(Debug)]
pub struct SegmentIndex {
    /// Indexed by item of the tree: the segment.
    pub segments: Vec<PointId>,
    /// R-tree over [`Self::segments`].
    pub tree: PackedRTree,
}

impl SegmentIndex {
    /// Packs the segments with roadside access. `xy` and `roadside` are indexed by point.
    pub fn new(links: &[Link], xy: &[Coord<f64>], roadside: &[bool]) -> Self {
        let points = links.iter().flat_map(|link| link.first..link.last);
        let segments: Vec<PointId> = points.filter(|segment| roadside[*segment as usize]).collect();
        let tree = PackedRTree::new(segments.len(), |at| {
            let (a, b) = (xy[segments[at] as usize], xy[segments[at] as usize + 1]);
            [a.x.min(b.x), a.y.min(b.y), a.x.max(b.x), a.y.max(b.y)]
        });
        Self { segments, tree }
    }

    /// Calls `found` in ascending order for every segment within `reach_m` of `centre`, and for some farther ones.
    pub fn near(&self, centre: Coord<f64>, reach_m: f64, mut found: impl FnMut(PointId)) {
        self.tree.for_each_within(centre, reach_m, |items| {
            self.segments[items].iter().for_each(|segment| found(*segment));
        });
    }

    /// The nearest point of the nearest segment; ties go to the smaller segment. `None` if no segment has roadside
    /// access.
    pub fn nearest(&self, network: &RoadNetwork, place: Coord<f64>) -> Option<RoadPoint> {
        let mut nearest = Nearest { network, place, query: QueryPoint::new(place), best: None };
        self.tree.search(&mut SearchStack::new(), &mut nearest);
        nearest.best
    }
}

struct Nearest<'a> {
    network: &'a RoadNetwork,
    place: Coord<f64>,
    query: QueryPoint,
    best: Option<RoadPoint>,
}

impl BranchAndBound for Nearest<'_> {
    fn lower_bounds(&self, _: usize, _: usize, boxes: &BoxGroup) -> [f32; FANOUT] {
        boxes.distances_m(self.query)
    }

    fn cutoff(&self) -> f32 {
        self.best.map_or(f32::INFINITY, |best| round_up(best.distance_m))
    }

    fn visit(&mut self, items: Range<usize>) {
        for &segment in &self.network.index.segments[items] {
            let (a, b) = (self.network.xy[segment as usize], self.network.xy[segment as usize + 1]);
            let fraction = project(self.place, a, b);
            let xy = a + (b - a) * fraction;
            #[expect(
                clippy::disallowed_methods,
                reason = "the last digit is in audit.json (fit) since its first version"
            )]
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

/// Distance of two places in the plane, metres. Through `libm`, so that its bits do not depend on the platform.
pub fn distance_m(a: Coord<f64>, b: Coord<f64>) -> f64 {
    libm::hypot(a.x - b.x, a.y - b.y)
}

/// Position of the point of the segment from `a` to `b` nearest to `place`, as a fraction of its length, 0 to 1.
pub fn project(place: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (d, r) = (b - a, place - a);
    let length_2 = d.x * d.x + d.y * d.y;
    if length_2 > 0.0 { ((r.x * d.x + r.y * d.y) / length_2).clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::{BuildSettings, RoadNetwork, Usage, build};
    use super::*;
    use lifering_base::frame::{Frame, LonLat};
    use lifering_base::parameters::Obey;
    use lifering_base::records::Road;
    use lifering_base::records::road_class::RoadClass;
    use lifering_readers::settings::Settings;
    use proptest::prelude::*;

    fn road(class: RoadClass, line: &[(i32, i32)]) -> Road {
        let line = line.iter().map(|(x, y)| LonLat::new(f64::from(*x) * 1e-3, f64::from(*y) * 1e-3)).collect();
        Road::plain(class, vec![line])
    }

    /// Lines of up to twenty positions on a lattice of about 111 m, some of them without roadside access.
    fn network(lines: &[Vec<(i32, i32)>]) -> RoadNetwork {
        let class = |i: usize| if i.is_multiple_of(4) { RoadClass::Motorway } else { RoadClass::Primary };
        let roads: Vec<Road> = lines.iter().enumerate().map(|(i, line)| road(class(i), line)).collect();
        let settings = Settings::named("lattice");
        let plain = BuildSettings::plain(Usage::Drive(Obey::All), &settings);
        build(&roads, &Frame::new(LonLat::new(0.0, 0.0)).unwrap(), &plain)
    }

    #[expect(clippy::disallowed_methods, reason = "to the last bit as the index measures it")]
    fn segment_m(network: &RoadNetwork, place: Coord<f64>, segment: PointId) -> f64 {
        let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
        let foot = a + (b - a) * project(place, a, b);
        (place - foot).x.hypot((place - foot).y)
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
                .map(|segment| (segment_m(&network, place, segment), segment))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let found = network.index.nearest(&network, place).map(|found| (found.distance_m, found.segment));
            prop_assert_eq!(found, best);
        }

        #[test]
        fn all_segments_within_reach_are_found_once(
            all in lines(), x in -5000.0..5000.0, y in -5000.0..5000.0, reach_m in 0.0..3000.0,
        ) {
            let network = network(&all);
            let place = Coord { x, y };
            let mut found = Vec::new();
            network.index.near(place, reach_m, |segment| found.push(segment));
            found.sort_unstable();
            prop_assert!(found.windows(2).all(|w| w[0] < w[1]));
            for segment in 0..network.xy.len() as PointId {
                let there = found.binary_search(&segment).is_ok();
                if !network.roadside[segment as usize] {
                    prop_assert!(!there);
                    continue;
                }
                prop_assert!(there || segment_m(&network, place, segment) > reach_m);
            }
        }
    }
}

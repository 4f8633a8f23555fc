//! First arrival at one place or square after another, by branch and bound over the roads.
//!
//! In: a field, walls, places. Out: an [`ExactReachability`] for each place, [`ArrivalBounds`] for each square. Every
//! box of the R-tree over the roads is given the first arrival at any road in it. A path over a road in a box takes at
//! least that and the leg from the box, so a box that cannot beat the best path found is pruned. What is left is
//! computed in closed form: the result is exact.

use super::active_set::{ArrivalBounds, ExactReachability, meets_box};
use super::barriers::visible_intervals;
use super::field::TravelField;
use super::timed_segment::{AccessLeg, TimedSegment};
use crate::network::PointId;
use crate::network::packed_rtree::{
    BoxGroup, BoxValues, BranchAndBound, FANOUT, PackedRTree, QueryPoint, SearchStack, round_down, round_up,
};
use geo::{Coord, Line};
use lifering_base::units::{Arrival, SourceId};
use std::ops::Range;

/// A field with the first arrival in every box over its roads.
#[derive(Debug)]
pub struct EarliestArrival<'f> {
    field: &'f TravelField,
    /// First arrival in every box of the network's segment index, milliseconds.
    segment_first_ms: BoxValues,
    /// R-tree over the field's start segments.
    start_tree: PackedRTree,
    /// First arrival in every box of `start_tree`, milliseconds.
    start_first_ms: BoxValues,
}

/// Search state that is reused from query to query, one for each thread.
#[derive(Debug, Default)]
pub struct SearchBuffers {
    stack: SearchStack,
    walls: Vec<Line<f64>>,
    /// The best segment of the query before: the first incumbent of the next, as queries come in order of place.
    guess: Option<PointId>,
}

impl<'f> EarliestArrival<'f> {
    /// Finds the first arrival in every box, in one pass over the field.
    pub fn new(field: &'f TravelField) -> Self {
        let index = &field.network.index;
        let segment_first_ms = index.tree.least_per_box(|at| first_arrival_ms(field, index.segments[at]));
        let start_tree = PackedRTree::new(field.start_segments.len(), |at| {
            let (a, b) =
                (field.start_segments[at].start, field.start_segments[at].at(field.start_segments[at].length_m));
            [a.x.min(b.x), a.y.min(b.y), a.x.max(b.x), a.y.max(b.y)]
        });
        let start_first_ms =
            start_tree.least_per_box(|at| field.start_segments[at].start_ms.min(field.start_segments[at].end_ms));
        Self { field, segment_first_ms, start_tree, start_first_ms }
    }

    /// First arrival at a place outside every barrier area. `walls` holds at least those that a leg to it could cross.
    pub fn answer(&self, place: Coord<f64>, walls: &[Line<f64>], buffers: &mut SearchBuffers) -> ExactReachability {
        if place.x.is_nan() || place.y.is_nan() {
            return ExactReachability::NoRoad;
        }
        let max_m = self.field.settings.leg.max_m;
        let mut near = std::mem::take(&mut buffers.walls);
        near.clear();
        near.extend(walls.iter().filter(|wall| meets_box(wall, place, max_m)));
        let answer = match self.quickest(place, max_m, &near, buffers) {
            Some(best) => ExactReachability::At(best.ms, best.by),
            None if self.unreached_within(place, max_m, &near, buffers) => ExactReachability::CutOff,
            None => ExactReachability::NoRoad,
        };
        buffers.walls = near;
        answer
    }

    /// First arrival, milliseconds and source, at a place from any source but `excluded`; `second` are the field's
    /// second arrivals, indexed by point. `None` if no other source reaches it.
    pub fn answer_excluding(
        &self,
        place: Coord<f64>,
        walls: &[Line<f64>],
        excluded: SourceId,
        second: &[Option<Arrival>],
        buffers: &mut SearchBuffers,
    ) -> Option<(f64, SourceId)> {
        let max_m = self.field.settings.leg.max_m;
        let mut near = std::mem::take(&mut buffers.walls);
        near.clear();
        near.extend(walls.iter().filter(|wall| meets_box(wall, place, max_m)));
        let best = self.search(place, max_m, &near, Some(Excluded { source: excluded, second }), buffers);
        buffers.walls = near;
        best.map(|best| (best.ms, best.by))
    }

    /// The quickest path to a place with a leg of at most `reach_m`.
    fn quickest(
        &self,
        place: Coord<f64>,
        reach_m: f64,
        walls: &[Line<f64>],
        buffers: &mut SearchBuffers,
    ) -> Option<BestPath> {
        self.search(place, reach_m, walls, None, buffers)
    }

    fn search(
        &self,
        place: Coord<f64>,
        reach_m: f64,
        walls: &[Line<f64>],
        excluded: Option<Excluded<'_>>,
        buffers: &mut SearchBuffers,
    ) -> Option<BestPath> {
        let mut quickest = Quickest {
            field: self.field,
            excluded,
            first_ms_per_box: &self.start_first_ms,
            over_starts: true,
            place,
            walls,
            query: QueryPoint::new(place),
            leg: AccessLeg { max_m: reach_m, ..self.field.settings.leg },
            reach_m: round_up(reach_m),
            ms_per_m: round_down(self.field.settings.leg.ms_per_m),
            best: None,
            limit: f32::INFINITY,
            road: None,
        };
        if !self.field.start_segments.is_empty() {
            self.start_tree.search(&mut buffers.stack, &mut quickest);
        }
        (quickest.first_ms_per_box, quickest.over_starts) = (&self.segment_first_ms, false);
        if let Some(segment) = buffers.guess {
            quickest.offer_segment(segment);
        }
        self.field.network.index.tree.search(&mut buffers.stack, &mut quickest);
        buffers.guess = quickest.road.or(buffers.guess);
        quickest.best
    }

    /// Whether a road without arrivals lies within `reach_m` of a place.
    fn unreached_within(
        &self,
        place: Coord<f64>,
        reach_m: f64,
        walls: &[Line<f64>],
        buffers: &mut SearchBuffers,
    ) -> bool {
        let mut unreached =
            UnreachedWithin { field: self.field, place, reach_m, walls, query: QueryPoint::new(place), found: false };
        self.field.network.index.tree.search(&mut buffers.stack, &mut unreached);
        unreached.found
    }

    /// The bounds of an [`super::ActiveSet`] for a square without walls near, without gathering its segments; and the
    /// exact reachability of the centre if the search has found it on the way.
    ///
    /// The least time at the centre over any leg of at most `max_m + h`, and over one of at most `max_m - h`, with h
    /// the half-diagonal. If the best of the longer legs is short, it is the best of the shorter ones.
    pub fn bounds(
        &self,
        centre: Coord<f64>,
        half_m: f64,
        buffers: &mut SearchBuffers,
    ) -> (ArrivalBounds, Option<ExactReachability>) {
        let (leg, h) = (self.field.settings.leg, half_m * std::f64::consts::SQRT_2);
        let (reach_m, sure_m, slack) = (leg.max_m + h, leg.max_m - h, h * leg.ms_per_m);
        let Some(best) = self.quickest(centre, reach_m, &[], buffers) else {
            let bounds = ArrivalBounds {
                may_have_road: self.unreached_within(centre, reach_m, &[], buffers),
                has_road: sure_m >= 0.0 && self.unreached_within(centre, sure_m, &[], buffers),
                ..ArrivalBounds::UNREACHED
            };
            return (bounds, None);
        };
        let sure_ms = if best.leg_m < sure_m - LEG_TOLERANCE_M {
            Some(best.ms)
        } else if sure_m >= 0.0 {
            self.quickest(centre, sure_m, &[], buffers).map(|best| best.ms)
        } else {
            None
        };
        let bounds = ArrivalBounds {
            earliest_ms: best.ms - slack,
            latest_ms: sure_ms.map_or(f64::INFINITY, |ms| ms + slack),
            may_have_road: true,
            // A road without arrivals is a road, too.
            has_road: sure_ms.is_some() || (sure_m >= 0.0 && self.unreached_within(centre, sure_m, &[], buffers)),
        };
        (bounds, (best.leg_m < leg.max_m - LEG_TOLERANCE_M).then_some(ExactReachability::At(best.ms, best.by)))
    }

    /// The segments that an [`super::ActiveSet`] of a square without walls near keeps: those that may be quickest at
    /// some place of it and, if not every place is proved to be reached, those without arrivals. `bounds` are the
    /// square's. `found` returns how far from the centre further segments still matter, metres.
    pub fn gather(
        &self,
        centre: Coord<f64>,
        half_m: f64,
        bounds: &ArrivalBounds,
        buffers: &mut SearchBuffers,
        found: impl FnMut(&TimedSegment) -> f64,
    ) {
        let (leg, h) = (self.field.settings.leg, half_m * std::f64::consts::SQRT_2);
        let slack = h * leg.ms_per_m;
        let mut gather = GatherActive {
            field: self.field,
            first_ms_per_box: &self.start_first_ms,
            over_starts: true,
            centre,
            query: QueryPoint::new(centre),
            leg: AccessLeg { max_m: leg.max_m + h, ..leg },
            within_m: round_up(leg.max_m + h),
            ms_per_m: round_down(leg.ms_per_m),
            cut_ms: (bounds.latest_ms - slack) + 2.0 * slack,
            found,
        };
        self.start_tree.search(&mut buffers.stack, &mut gather);
        (gather.first_ms_per_box, gather.over_starts) = (&self.segment_first_ms, false);
        self.field.network.index.tree.search(&mut buffers.stack, &mut gather);
    }

    /// The road segment nearest to a place within `within_m`, reached or not, with its distance, metres. Ties go to
    /// the smaller segment.
    pub fn nearest_segment(
        &self,
        place: Coord<f64>,
        within_m: f64,
        buffers: &mut SearchBuffers,
    ) -> Option<(f64, PointId)> {
        let half_m = (within_m - self.field.settings.leg.max_m) / std::f64::consts::SQRT_2;
        let mut best: Option<(f64, PointId)> = None;
        self.gather(place, half_m, &ArrivalBounds::UNREACHED, buffers, |timed| {
            let distance_m = timed.distance_m(timed.linear_reference(place));
            if let Some(segment) = timed.segment
                && best.is_none_or(|(m, s)| distance_m < m || (distance_m <= m && segment < s))
            {
                best = Some((distance_m, segment));
            }
            best.map_or(f64::INFINITY, |(m, _)| m)
        });
        best
    }
}

/// A leg shorter than a limit by more than this is not constrained by it, metres.
const LEG_TOLERANCE_M: f64 = 1e-6;

/// The best path found so far.
#[derive(Clone, Copy, Debug)]
struct BestPath {
    ms: f64,
    by: SourceId,
    /// Length of its leg, metres.
    leg_m: f64,
}

/// First arrival at an end of a segment from which it may be entered, milliseconds; infinite if there is none.
fn first_arrival_ms(field: &TravelField, segment: PointId) -> f64 {
    let link = &field.network.links[field.network.link_of[segment as usize] as usize];
    let at = |point: usize| field.arrivals[point].map_or(f64::INFINITY, |arrival| f64::from(arrival.at.0));
    let start = if link.forward { at(segment as usize) } else { f64::INFINITY };
    let end = if link.backward { at(segment as usize + 1) } else { f64::INFINITY };
    start.min(end)
}

/// A source that is left out, and the arrivals that take its place.
#[derive(Clone, Copy)]
struct Excluded<'a> {
    source: SourceId,
    second: &'a [Option<Arrival>],
}

/// Branch and bound for the quickest path to one place.
struct Quickest<'a> {
    field: &'a TravelField,
    /// Boxes and roads are still pruned by first arrivals: no other arrival is earlier.
    excluded: Option<Excluded<'a>>,
    first_ms_per_box: &'a BoxValues,
    /// Whether the items are the field's start segments, or else network segments.
    over_starts: bool,
    place: Coord<f64>,
    walls: &'a [Line<f64>],
    query: QueryPoint,
    /// The access leg, with the longest leg of the query.
    leg: AccessLeg,
    reach_m: f32,
    ms_per_m: f32,
    best: Option<BestPath>,
    /// Time of `best`, rounded up.
    limit: f32,
    /// The segment of `best`; `None` for a start reached on foot.
    road: Option<PointId>,
}

impl Quickest<'_> {
    fn offer_segment(&mut self, segment: PointId) {
        let at = |point: usize| self.field.arrivals[point].map_or(u32::MAX, |arrival| arrival.at.0);
        let first = at(segment as usize).min(at(segment as usize + 1));
        if first == u32::MAX {
            return;
        }
        let best_ms = self.best.map_or(f64::INFINITY, |best| best.ms);
        let within_m = ((best_ms - f64::from(first)) / self.leg.ms_per_m).min(self.leg.max_m);
        if farther_than(self.field, segment, self.place, within_m) {
            return;
        }
        let timed = match self.excluded {
            None => self.field.timed_segment(segment),
            Some(excluded) => self.field.timed_segment_with(segment, |point| {
                let first = self.field.arrivals[point].filter(|arrival| arrival.by != excluded.source);
                first.or(excluded.second[point])
            }),
        };
        self.offer(&timed);
    }

    fn offer(&mut self, timed: &TimedSegment) {
        let leg = self.leg;
        let reference = timed.linear_reference(self.place);
        let Some(open) = timed.quickest(reference, leg.ms_per_m, leg.max_m, 0.0, timed.length_m) else { return };
        if self.best.is_some_and(|best| open.ms > best.ms) {
            return;
        }
        let path = if self.walls.is_empty() {
            Some(open)
        } else {
            visible_intervals(self.place, timed, self.walls)
                .into_iter()
                .filter_map(|(low, high)| timed.quickest(reference, leg.ms_per_m, leg.max_m, low, high))
                .min_by(|a, b| a.ms.total_cmp(&b.ms))
        };
        let Some((path, by)) = path.and_then(|path| Some((path, timed.source_of(path)?))) else { return };
        if self.best.is_none_or(|best| path.ms < best.ms || (path.ms <= best.ms && by < best.by)) {
            self.best = Some(BestPath { ms: path.ms, by, leg_m: timed.leg_m(reference, path.measure_m) });
            self.limit = round_up(path.ms);
            self.road = timed.segment.or(self.road);
        }
    }
}

/// Whether a segment is certainly farther from a place than `within_m`: by its bounding box, or by the distance from
/// its line. Within a millimetre the answer is no.
#[inline]
fn farther_than(field: &TravelField, segment: PointId, place: Coord<f64>, within_m: f64) -> bool {
    if within_m < 0.0 {
        return true;
    }
    let within_m = within_m * (1.0 + 1e-9) + 1e-3;
    let (a, b) = (field.network.xy[segment as usize] - place, field.network.xy[segment as usize + 1] - place);
    let apart =
        a.x.min(b.x) > within_m || a.y.min(b.y) > within_m || a.x.max(b.x) < -within_m || a.y.max(b.y) < -within_m;
    let (d, cross) = (b - a, a.x * b.y - a.y * b.x);
    apart || cross * cross > within_m * within_m * (d.x * d.x + d.y * d.y)
}

/// For each box a lower bound of the time of every path over its items, milliseconds; infinite if it is out of reach.
#[inline]
fn lower_bounds_ms(
    first_ms_per_box: &[f32; FANOUT],
    distances_m: [f32; FANOUT],
    reach_m: f32,
    ms_per_m: f32,
) -> [f32; FANOUT] {
    let mut bounds = distances_m;
    for (bound, first_ms_per_box) in bounds.iter_mut().zip(first_ms_per_box) {
        // Two more roundings; the sum is of positive terms.
        let ms = (first_ms_per_box + *bound * ms_per_m) * (1.0 - 4.0 * f32::EPSILON);
        *bound = if *bound > reach_m { f32::INFINITY } else { ms };
    }
    bounds
}

impl BranchAndBound for Quickest<'_> {
    fn lower_bounds(&self, level: usize, group: usize, boxes: &BoxGroup) -> [f32; FANOUT] {
        lower_bounds_ms(
            &self.first_ms_per_box[level][group],
            boxes.distances_m(self.query),
            self.reach_m,
            self.ms_per_m,
        )
    }

    fn cutoff(&self) -> f32 {
        self.limit
    }

    fn visit(&mut self, items: Range<usize>) {
        let field = self.field;
        if self.over_starts {
            let absent = self.excluded.map(|excluded| excluded.source);
            let there = field.start_segments[items].iter().filter(|timed| absent.is_none() || timed.start_by != absent);
            there.for_each(|timed| self.offer(timed));
        } else {
            field.network.index.segments[items].iter().for_each(|segment| self.offer_segment(*segment));
        }
    }
}

/// Search for any road without arrivals within reach of a place.
struct UnreachedWithin<'a> {
    field: &'a TravelField,
    place: Coord<f64>,
    reach_m: f64,
    walls: &'a [Line<f64>],
    query: QueryPoint,
    found: bool,
}

impl BranchAndBound for UnreachedWithin<'_> {
    fn lower_bounds(&self, _: usize, _: usize, boxes: &BoxGroup) -> [f32; FANOUT] {
        boxes.distances_m(self.query)
    }

    fn cutoff(&self) -> f32 {
        if self.found { -1.0 } else { round_up(self.reach_m) }
    }

    fn visit(&mut self, items: Range<usize>) {
        for segment in &self.field.network.index.segments[items] {
            let timed = self.field.timed_segment(*segment);
            self.found |= !timed.is_reached() && timed.within_reach(self.place, self.reach_m, self.walls);
        }
    }
}

/// Search for all segments that may matter at some place of a square.
struct GatherActive<'a, F> {
    field: &'a TravelField,
    first_ms_per_box: &'a BoxValues,
    /// Whether the items are the field's start segments, or else network segments.
    over_starts: bool,
    centre: Coord<f64>,
    query: QueryPoint,
    /// The access leg, with the longest leg of the query.
    leg: AccessLeg,
    /// Items farther from the centre do not matter, metres.
    within_m: f32,
    ms_per_m: f32,
    /// A path slower than this at the centre, milliseconds, is slower than another everywhere in the square; infinite
    /// if no path is proved to serve the whole square.
    cut_ms: f64,
    found: F,
}

impl<F: FnMut(&TimedSegment) -> f64> GatherActive<'_, F> {
    fn offer(&mut self, timed: &TimedSegment) {
        let reference = timed.linear_reference(self.centre);
        let kept = if timed.is_reached() {
            let path = timed.quickest(reference, self.leg.ms_per_m, self.leg.max_m, 0.0, f64::INFINITY);
            path.is_some_and(|path| path.ms <= self.cut_ms)
        } else {
            self.cut_ms.is_infinite() && timed.distance_m(reference) <= self.leg.max_m
        };
        if kept {
            self.within_m = self.within_m.min(round_up((self.found)(timed)));
        }
    }
}

impl<F: FnMut(&TimedSegment) -> f64> BranchAndBound for GatherActive<'_, F> {
    fn lower_bounds(&self, level: usize, group: usize, boxes: &BoxGroup) -> [f32; FANOUT] {
        let distances_m = boxes.distances_m(self.query);
        if self.cut_ms.is_infinite() {
            return distances_m;
        }
        lower_bounds_ms(&self.first_ms_per_box[level][group], distances_m, self.within_m, self.ms_per_m)
    }

    fn cutoff(&self) -> f32 {
        if self.cut_ms.is_infinite() { self.within_m } else { round_up(self.cut_ms) }
    }

    fn visit(&mut self, items: Range<usize>) {
        let field = self.field;
        if self.over_starts {
            field.start_segments[items].iter().for_each(|timed| self.offer(timed));
        } else {
            for &segment in &field.network.index.segments[items] {
                let within_m = if self.cut_ms.is_infinite() {
                    f64::from(self.within_m)
                } else {
                    let at = |point: usize| field.arrivals[point].map_or(f64::INFINITY, |a| f64::from(a.at.0));
                    let first_ms = at(segment as usize).min(at(segment as usize + 1));
                    ((self.cut_ms - first_ms) / self.leg.ms_per_m).min(f64::from(self.within_m))
                };
                if !farther_than(field, segment, self.centre, within_m) {
                    self.offer(&field.timed_segment(segment));
                }
            }
        }
    }
}

//! The active set of a square of ground: the segments that may be quickest at some place in it.
//!
//! In: a field, barriers, a square. Out: an [`ActiveSet`], which gives the reachability of places in the square,
//! proves [`ArrivalBounds`] for all of them, and narrows to its quadrants. With half-diagonal h no place is farther
//! than h from the centre, so no path over a segment is more than h/v quicker or slower than at the centre (v: access
//! speed). A segment is dropped once another is proved quicker at every place of the square. Buffers are reused, so
//! that narrowing allocates nothing once they have grown.

use super::barriers::{Barriers, all_legs_blocked, all_legs_free, visible_intervals};
use super::earliest_arrival::{EarliestArrival, SearchBuffers};
use super::field::TravelField;
use super::tapered_capsule::TaperedCapsule;
use super::timed_segment::{AccessLeg, AccessPath, TimedSegment};
use geo::{Coord, Intersects, Line, Rect};
use lifering_base::units::SourceId;

/// Segments that are tried for a path that no wall obstructs from any place of a square, the quickest first.
const CLEAR_PATH_TRIES: usize = 24;

/// Whether and when a place is reached, not rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ExactReachability {
    /// Reached: first arrival in milliseconds, not rounded, and its source.
    At(f64, SourceId),
    /// Not reached, although a road lies within reach of the place.
    CutOff,
    /// Not reached: no road lies within reach of the place.
    NoRoad,
}

/// Interval bounds on the first arrivals in a square, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArrivalBounds {
    /// No place is reached before this; infinite if no place is reached at all.
    pub earliest_ms: f64,
    /// Every place is reached by this; infinite if that is not proved.
    pub latest_ms: f64,
    /// False if it is proved that no place has a road within reach, reached or not.
    pub may_have_road: bool,
    /// True if it is proved that every place has a road within reach, reached or not.
    pub has_road: bool,
}

impl ArrivalBounds {
    /// Nothing is reached and no road is known.
    pub(super) const UNREACHED: Self =
        Self { earliest_ms: f64::INFINITY, latest_ms: f64::INFINITY, may_have_road: false, has_road: false };
}

/// How much of a square lies inside barrier areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BarrierOverlap {
    /// Every place.
    All,
    /// No place.
    None,
    /// Not known: each place is tested.
    Some,
}

/// The segments that matter to a square.
#[derive(Clone, Debug)]
pub struct ActiveSet {
    /// Centre of the square, local metres.
    pub centre: Coord<f64>,
    /// Half the side of the square, metres.
    pub half_m: f64,
    /// Bounds that hold at every place of the square.
    pub bounds: ArrivalBounds,
    segments: Vec<TimedSegment>,
    /// Segments without arrivals.
    unreached: Vec<TimedSegment>,
    walls: Vec<Line<f64>>,
    barrier_overlap: BarrierOverlap,
    /// Buffer: quickest time over each candidate, milliseconds, and its index.
    candidate_ms: Vec<(f64, u32)>,
}

impl Default for ActiveSet {
    fn default() -> Self {
        Self {
            centre: Coord { x: 0.0, y: 0.0 },
            half_m: 0.0,
            bounds: ArrivalBounds::UNREACHED,
            segments: Vec::new(),
            unreached: Vec::new(),
            walls: Vec::new(),
            barrier_overlap: BarrierOverlap::Some,
            candidate_ms: Vec::new(),
        }
    }
}

impl ActiveSet {
    /// The active set of a square, gathered from the whole field.
    pub fn new(field: &TravelField, barriers: Option<&Barriers>, centre: Coord<f64>, half_m: f64) -> Self {
        let mut set = Self { centre, half_m, ..Self::default() };
        let reach = half_m * std::f64::consts::SQRT_2 + field.settings.leg.max_m;
        let mut candidates = Vec::new();
        field.network.index.near(centre, reach, |segment| candidates.push(field.timed_segment(segment)));
        candidates.extend(field.start_segments.iter().filter(|p| p.distance_m(p.linear_reference(centre)) <= reach));
        if let Some(barriers) = barriers {
            set.walls = barriers.near(centre, reach);
        }
        set.retain(field, barriers, &candidates, &[]);
        set
    }

    /// The same for a square without walls near and outside every barrier area, in the buffers of `set`. `bounds` are
    /// those of `soonest` for the square.
    pub fn gather_into(
        soonest: &EarliestArrival<'_>,
        centre: Coord<f64>,
        half_m: f64,
        bounds: ArrivalBounds,
        buffers: &mut SearchBuffers,
        set: &mut Self,
    ) {
        (set.centre, set.half_m, set.bounds, set.barrier_overlap) = (centre, half_m, bounds, BarrierOverlap::None);
        set.segments.clear();
        set.unreached.clear();
        set.walls.clear();
        let Self { segments, unreached, .. } = set;
        soonest.gather(centre, half_m, &bounds, buffers, |timed| {
            if timed.is_reached() {
                segments.push(*timed);
            } else {
                unreached.push(*timed);
            }
            f64::INFINITY
        });
    }

    /// The same for one quadrant, in the buffers of `set`.
    pub fn quadrant_into(
        &self,
        field: &TravelField,
        barriers: Option<&Barriers>,
        east: bool,
        north: bool,
        set: &mut Self,
    ) {
        set.half_m = self.half_m / 2.0;
        let shift = |up: bool| if up { set.half_m } else { -set.half_m };
        set.centre = self.centre + Coord { x: shift(east), y: shift(north) };
        let reach = set.half_m * std::f64::consts::SQRT_2 + field.settings.leg.max_m;
        let centre = set.centre;
        set.barrier_overlap = self.barrier_overlap;
        set.walls.clear();
        set.walls.extend(self.walls.iter().filter(|wall| meets_box(wall, centre, reach)));
        set.retain(field, barriers, &self.segments, &self.unreached);
    }

    /// Keeps the candidates that may be quickest at some place of the square, and the walls that may obstruct a leg to
    /// one; proves the bounds.
    ///
    /// A path known at the centre serves every place at most h/v later, if its leg is at most `max_m - h` there. A
    /// path to any place is at most h/v earlier than one at the centre with a leg of at most `max_m + h`. If walls are
    /// near, a path bounds the latest arrival only if no wall touches any leg from the square to its road point, and
    /// the earliest arrival takes in every segment that no single wall hides from the whole square.
    fn retain(
        &mut self,
        field: &TravelField,
        barriers: Option<&Barriers>,
        candidates: &[TimedSegment],
        unreached: &[TimedSegment],
    ) {
        self.segments.clear();
        self.unreached.clear();
        self.candidate_ms.clear();
        self.bounds = ArrivalBounds::UNREACHED;
        let leg = field.settings.leg;
        let h = self.half_m * std::f64::consts::SQRT_2;
        let square = self.square();
        // A square that no wall touches lies inside or outside as a whole, and so do its quadrants.
        if self.barrier_overlap == BarrierOverlap::Some
            && let Some(barriers) = barriers
            && !self.walls.iter().any(|w| square.intersects(w))
        {
            self.barrier_overlap =
                if barriers.inside(self.centre) { BarrierOverlap::All } else { BarrierOverlap::None };
        }
        if self.barrier_overlap == BarrierOverlap::All {
            return;
        }
        let (reach_m, sure_m) = (leg.max_m + h, leg.max_m - h);
        let slack = h * leg.ms_per_m;
        let mut sure_ms = f64::INFINITY;
        for (index, timed) in candidates.iter().chain(unreached).enumerate() {
            let reference = timed.linear_reference(self.centre);
            if timed.is_reached() {
                // Slower everywhere than a path that serves the whole square.
                if sure_ms.is_finite() && timed.provably_after(reference, leg.ms_per_m, sure_ms + 2.0 * slack) {
                    continue;
                }
                let Some(path) = timed.quickest(reference, leg.ms_per_m, reach_m, 0.0, f64::INFINITY) else { continue };
                self.candidate_ms.push((path.ms, index as u32));
                if path.ms >= sure_ms || !self.walls.is_empty() {
                    continue;
                }
                if timed.leg_m(reference, path.measure_m) <= sure_m {
                    sure_ms = path.ms;
                } else if sure_m > 0.0
                    && let Some(path) = timed.quickest(reference, leg.ms_per_m, sure_m, 0.0, f64::INFINITY)
                {
                    sure_ms = sure_ms.min(path.ms);
                }
            } else {
                let distance = timed.distance_m(reference);
                if distance <= reach_m {
                    self.unreached.push(*timed);
                    self.bounds.may_have_road = true;
                    self.bounds.has_road |= self.walls.is_empty() && distance <= sure_m;
                }
            }
        }
        if !self.walls.is_empty() {
            self.candidate_ms.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            sure_ms = self.sure_among_walls(leg, square, candidates);
        }
        self.bounds.earliest_ms = self.earliest_at_centre(square, candidates) - slack;
        self.bounds.latest_ms = sure_ms + slack;
        self.bounds.may_have_road |= self.bounds.earliest_ms.is_finite();
        if sure_ms.is_finite() {
            self.bounds.has_road = true;
            self.unreached.clear(); // Every place is reached.
        }
        let cut = sure_ms + 2.0 * slack;
        let mut first_ms = f64::INFINITY;
        for (ms, index) in self.candidate_ms.iter().filter(|(ms, _)| *ms <= cut) {
            self.segments.push(candidates[*index as usize]);
            // The quickest comes first: the quadrants then prune early.
            if *ms < first_ms {
                first_ms = *ms;
                let last = self.segments.len() - 1;
                self.segments.swap(0, last);
            }
        }
        if !self.walls.is_empty() && sure_ms.is_finite() {
            // No leg that matters is longer than the time left once its road point is reached.
            let latest_ms = self.bounds.latest_ms;
            let left_ms = self
                .segments
                .iter()
                .map(|p| latest_ms - p.earliest_within_ms(p.linear_reference(self.centre), leg.max_m + h));
            let longest_m = (left_ms.fold(0.0, f64::max) / leg.ms_per_m).min(leg.max_m);
            let (centre, reach) = (self.centre, longest_m + h);
            self.walls.retain(|wall| meets_box(wall, centre, reach));
        }
    }

    /// With walls near: the time at the centre of a path over a road point that serves every place of the square,
    /// milliseconds; infinite if none is found.
    fn sure_among_walls(&self, leg: AccessLeg, square: Rect<f64>, candidates: &[TimedSegment]) -> f64 {
        let sure_m = leg.max_m - self.half_m * std::f64::consts::SQRT_2;
        let mut best = f64::INFINITY;
        if sure_m <= 0.0 {
            return best;
        }
        for (ms, index) in self.candidate_ms.iter().take(CLEAR_PATH_TRIES) {
            if *ms >= best {
                break;
            }
            let timed = &candidates[*index as usize];
            for (low, high) in visible_intervals(self.centre, timed, &self.walls) {
                if let Some(path) = timed.quickest(timed.linear_reference(self.centre), leg.ms_per_m, sure_m, low, high)
                    && path.ms < best
                    && all_legs_free(square, timed.at(path.measure_m), &self.walls)
                {
                    best = path.ms;
                }
            }
        }
        best
    }

    /// The least time at the centre over segments that no single wall hides from the whole square, milliseconds;
    /// infinite if there is none.
    fn earliest_at_centre(&self, square: Rect<f64>, candidates: &[TimedSegment]) -> f64 {
        if self.walls.is_empty() {
            return self.candidate_ms.iter().map(|(ms, _)| *ms).fold(f64::INFINITY, f64::min);
        }
        let open = self.candidate_ms.iter().find(|(_, index)| {
            let timed = &candidates[*index as usize];
            !all_legs_blocked(square, timed, (0.0, timed.length_m), &self.walls)
        });
        open.map_or(f64::INFINITY, |(ms, _)| *ms)
    }

    /// The quickest path over one segment to a place of the square, with walls.
    fn path_over(
        &self,
        field: &TravelField,
        place: Coord<f64>,
        timed: &TimedSegment,
        best_ms: f64,
    ) -> Option<AccessPath> {
        let leg = field.settings.leg;
        let reference = timed.linear_reference(place);
        if timed.provably_after(reference, leg.ms_per_m, best_ms) {
            return None;
        }
        let open = timed.quickest(reference, leg.ms_per_m, leg.max_m, 0.0, timed.length_m)?;
        if self.walls.is_empty() || open.ms > best_ms {
            return Some(open);
        }
        visible_intervals(place, timed, &self.walls)
            .into_iter()
            .filter_map(|(low, high)| timed.quickest(reference, leg.ms_per_m, leg.max_m, low, high))
            .min_by(|a, b| a.ms.total_cmp(&b.ms))
    }

    /// Reachability of a place of the square. Exact.
    pub fn answer(&self, field: &TravelField, barriers: Option<&Barriers>, place: Coord<f64>) -> ExactReachability {
        let inside = match self.barrier_overlap {
            BarrierOverlap::All => true,
            BarrierOverlap::None => false,
            BarrierOverlap::Some => barriers.is_some_and(|b| b.inside(place)),
        };
        if inside {
            return ExactReachability::NoRoad;
        }
        let mut best: Option<(f64, SourceId)> = None;
        for timed in &self.segments {
            let Some(path) = self.path_over(field, place, timed, best.map_or(f64::INFINITY, |b| b.0)) else { continue };
            let Some(by) = timed.source_of(path) else { continue };
            if best.is_none_or(|(ms, source)| path.ms < ms || (path.ms <= ms && by < source)) {
                best = Some((path.ms, by));
            }
        }
        match best {
            Some((ms, by)) => ExactReachability::At(ms, by),
            None if self.unreached_road_within_reach(field, place) => ExactReachability::CutOff,
            None => ExactReachability::NoRoad,
        }
    }

    fn unreached_road_within_reach(&self, field: &TravelField, place: Coord<f64>) -> bool {
        let max_m = field.settings.leg.max_m;
        self.unreached.iter().any(|timed| timed.within_reach(place, max_m, &self.walls))
    }

    /// The ground within `limit_ms` over each segment that may touch the square. Only for squares without walls.
    pub fn capsules(&self, leg: AccessLeg, limit_ms: f64) -> impl Iterator<Item = TaperedCapsule> {
        // A path too late at the centre, even with its leg shortened by half the diagonal, covers nothing of the
        // square.
        let by_ms = limit_ms + self.half_m * std::f64::consts::SQRT_2 * leg.ms_per_m;
        let late =
            move |timed: &&TimedSegment| timed.provably_after(timed.linear_reference(self.centre), leg.ms_per_m, by_ms);
        let segments = self.segments.iter().filter(move |timed| !late(timed));
        let ends = segments.flat_map(|timed| timed.nondominated_ends().map(move |from_start| (timed, from_start)));
        ends.filter_map(move |(timed, from_start)| TaperedCapsule::new(timed, from_start, leg, limit_ms))
    }

    /// A copy without spare capacity, to continue from later.
    #[must_use]
    pub fn compact_clone(&self) -> Self {
        Self {
            segments: self.segments.clone(),
            unreached: self.unreached.clone(),
            walls: self.walls.clone(),
            candidate_ms: Vec::new(),
            ..*self
        }
    }

    /// Whether walls are near, or the square lies in a barrier area.
    pub fn near_barriers(&self) -> bool {
        !self.walls.is_empty() || self.barrier_overlap != BarrierOverlap::None
    }

    /// The square, local metres.
    pub fn square(&self) -> Rect<f64> {
        let half = Coord { x: self.half_m, y: self.half_m };
        Rect::new(self.centre - half, self.centre + half)
    }
}

/// Whether a wall meets the box of half-side `reach` around `centre`.
pub(super) fn meets_box(wall: &Line<f64>, centre: Coord<f64>, reach: f64) -> bool {
    wall.start.x.min(wall.end.x) <= centre.x + reach
        && wall.start.x.max(wall.end.x) >= centre.x - reach
        && wall.start.y.min(wall.end.y) <= centre.y + reach
        && wall.start.y.max(wall.end.y) >= centre.y - reach
}

//! The access leg from one straight road segment, in closed form.
//!
//! In: a straight segment with the arrival times at its ends. Out: the least time over it at a place beside it, and
//! the path that has it. The best leg leaves the road at a fixed angle, by Snell's law: its sine is access speed over
//! road speed.

use super::barriers::visible_intervals;
use crate::network::PointId;
use geo::{Coord, Line};
use lifering_base::units::SourceId;

/// A straight road segment with the arrivals at its ends, in the local frame. Times in milliseconds, lengths in
/// metres.
#[derive(Clone, Copy, Debug)]
pub struct TimedSegment {
    /// Start, local metres.
    pub start: Coord<f64>,
    /// Unit vector from start to end; east if the segment has no length.
    pub along: Coord<f64>,
    /// Length, metres.
    pub length_m: f64,
    /// Arrival at the start that may go on towards the end, milliseconds; infinite if there is none.
    pub start_ms: f64,
    /// Arrival at the end that may go on towards the start, milliseconds; infinite if there is none.
    pub end_ms: f64,
    /// Slowness along the road, milliseconds a metre.
    pub ms_per_m: f64,
    /// Tangent of the angle between the best access leg and the normal of the road, whose sine is access speed over
    /// road speed; infinite if access is not slower than the road.
    pub exit_tangent: f64,
    /// Source of the arrival at the start; `None` if `start_ms` is infinite.
    pub start_by: Option<SourceId>,
    /// Source of the arrival at the end; `None` if `end_ms` is infinite.
    pub end_by: Option<SourceId>,
    /// The network segment it is all or part of; `None` for a start that is reached on foot without the network.
    pub segment: Option<PointId>,
}

/// The access leg: the straight line from a road to a place (definitions.md section 4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AccessLeg {
    /// Slowness, milliseconds a metre.
    pub ms_per_m: f64,
    /// Longest leg, metres.
    pub max_m: f64,
}

/// A path to a place over one segment.
#[derive(Clone, Copy, Debug)]
pub struct AccessPath {
    /// Arrival, milliseconds, not rounded.
    pub ms: f64,
    /// Start of the access leg, metres along the segment.
    pub measure_m: f64,
    /// Whether the path enters the segment at its start, or else at its end.
    pub from_start: bool,
}

/// Linear reference of a place: foot of the perpendicular on the segment's line, and offset from the line.
#[derive(Clone, Copy, Debug)]
pub struct LinearReference {
    /// Foot of the perpendicular, metres along the segment's line; outside 0 to its length if it is beyond an end.
    measure_m: f64,
    /// Square of the distance from the line, m².
    offset_m2: f64,
}

impl TimedSegment {
    /// The segment between two places that takes `duration_ms`; no arrivals yet.
    pub fn new(start: Coord<f64>, end: Coord<f64>, duration_ms: f64, leg: AccessLeg) -> Self {
        let d = end - start;
        let length_m = (d.x * d.x + d.y * d.y).sqrt();
        let along = if length_m > 0.0 { d / length_m } else { Coord { x: 1.0, y: 0.0 } };
        let ms_per_m = if length_m > 0.0 { duration_ms / length_m } else { 0.0 };
        let sin = ms_per_m / leg.ms_per_m;
        let exit_tangent = if sin < 1.0 { sin / (1.0 - sin * sin).sqrt() } else { f64::INFINITY };
        Self {
            start,
            along,
            length_m,
            start_ms: f64::INFINITY,
            end_ms: f64::INFINITY,
            ms_per_m,
            exit_tangent,
            start_by: None,
            end_by: None,
            segment: None,
        }
    }

    /// Whether any arrival enters it.
    pub fn is_reached(&self) -> bool {
        self.start_ms.is_finite() || self.end_ms.is_finite()
    }

    /// The ends whose arrival the other end's does not dominate at every point of the segment: `true` for the start.
    pub fn nondominated_ends(&self) -> impl Iterator<Item = bool> {
        let duration_ms = self.ms_per_m * self.length_m;
        // An arrival at one end that is not sooner than the other end's, driven all along, is nowhere sooner.
        let start = self.start_ms.is_finite() && self.start_ms < self.end_ms + duration_ms;
        let end = self.end_ms.is_finite() && (self.end_ms < self.start_ms + duration_ms || !start);
        [(true, start), (false, end)].into_iter().filter_map(|(from_start, useful)| useful.then_some(from_start))
    }

    /// The point between `low` and `high` (metres along the segment) nearest to a place.
    pub fn clamp_measure(&self, reference: LinearReference, low: f64, high: f64) -> f64 {
        reference.measure_m.max(low).min(high)
    }

    /// The point `s` metres along the segment.
    pub fn at(&self, s: f64) -> Coord<f64> {
        self.start + self.along * s
    }

    /// Linear reference of `place`.
    #[inline]
    pub fn linear_reference(&self, place: Coord<f64>) -> LinearReference {
        let r = place - self.start;
        let measure_m = r.x * self.along.x + r.y * self.along.y;
        let off = r.x * self.along.y - r.y * self.along.x;
        LinearReference { measure_m, offset_m2: off * off }
    }

    /// Distance of a place from the segment, metres.
    #[inline]
    pub fn distance_m(&self, reference: LinearReference) -> f64 {
        let s = reference.measure_m.clamp(0.0, self.length_m);
        (reference.offset_m2 + (s - reference.measure_m) * (s - reference.measure_m)).sqrt()
    }

    /// Length of the leg from the point `s` metres along the segment, metres.
    #[inline]
    pub fn leg_m(&self, reference: LinearReference, s: f64) -> f64 {
        (reference.offset_m2 + (s - reference.measure_m) * (s - reference.measure_m)).sqrt()
    }

    /// Whether every path over the segment ends after `by_ms`, by the offset from its line alone; false if that proves
    /// nothing. Needs no square root.
    #[inline]
    pub fn provably_after(&self, reference: LinearReference, ms_per_m: f64, by_ms: f64) -> bool {
        let left_ms = by_ms - self.start_ms.min(self.end_ms) + 1e-3;
        left_ms < 0.0 || reference.offset_m2 * (ms_per_m * ms_per_m) > left_ms * left_ms
    }

    /// The quickest path whose leg starts between `low` and `high` metres along the segment and is at most `reach_m`
    /// long; `None` if there is no such point.
    #[inline]
    pub fn quickest(
        &self,
        reference: LinearReference,
        ms_per_m: f64,
        reach_m: f64,
        low: f64,
        high: f64,
    ) -> Option<AccessPath> {
        let room_2 = reach_m * reach_m - reference.offset_m2;
        if room_2 < 0.0 {
            return None;
        }
        let room = room_2.sqrt();
        let (low, high) =
            (low.max(reference.measure_m - room), high.min(self.length_m).min(reference.measure_m + room));
        if low > high {
            return None;
        }
        // How far the best leg leans along the road, metres.
        let lead_m =
            if self.exit_tangent.is_finite() { reference.offset_m2.sqrt() * self.exit_tangent } else { f64::INFINITY };
        let leg =
            |s: f64| ms_per_m * (reference.offset_m2 + (s - reference.measure_m) * (s - reference.measure_m)).sqrt();
        let mut best: Option<AccessPath> = None;
        if self.start_ms.is_finite() {
            let s = (reference.measure_m - lead_m).max(low).min(high);
            best = Some(AccessPath { ms: self.start_ms + self.ms_per_m * s + leg(s), measure_m: s, from_start: true });
        }
        if self.end_ms.is_finite() {
            let s = (reference.measure_m + lead_m).max(low).min(high);
            let ms = self.end_ms + self.ms_per_m * (self.length_m - s) + leg(s);
            if best.is_none_or(|b| ms < b.ms) {
                best = Some(AccessPath { ms, measure_m: s, from_start: false });
            }
        }
        best
    }

    /// First arrival at the part of the segment within `reach_m` of a place, milliseconds; infinite if there is none.
    pub fn earliest_within_ms(&self, reference: LinearReference, reach_m: f64) -> f64 {
        let room = (reach_m * reach_m - reference.offset_m2).max(0.0).sqrt();
        let (low, high) = ((reference.measure_m - room).max(0.0), (reference.measure_m + room).min(self.length_m));
        (self.start_ms + self.ms_per_m * low).min(self.end_ms + self.ms_per_m * (self.length_m - high))
    }

    /// Whether a leg of at most `max_m` leads from the segment to a place without crossing a wall.
    pub fn within_reach(&self, place: Coord<f64>, max_m: f64, walls: &[Line<f64>]) -> bool {
        let reference = self.linear_reference(place);
        self.distance_m(reference) <= max_m
            && (walls.is_empty()
                || visible_intervals(place, self, walls).into_iter().any(|(low, high)| {
                    let at = self.at(self.clamp_measure(reference, low, high));
                    libm::hypot(place.x - at.x, place.y - at.y) <= max_m
                }))
    }

    /// Source of a path.
    pub fn source_of(&self, path: AccessPath) -> Option<SourceId> {
        if path.from_start { self.start_by } else { self.end_by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_surely_after_is_after(
            bx in -300.0..300.0f64, by in -300.0..300.0f64, px in -400.0..400.0f64, py in -400.0..400.0f64,
            duration in 1.0..90_000.0f64, t0 in 0.0..500_000.0f64, t1 in proptest::option::of(0.0..500_000.0f64),
            by_ms in 0.0..800_000.0f64,
        ) {
            let leg = AccessLeg { ms_per_m: 900.0, max_m: 300.0 };
            let mut timed = TimedSegment::new(Coord { x: 0.0, y: 0.0 }, Coord { x: bx, y: by }, duration, leg);
            prop_assume!(timed.length_m > 1.0);
            timed.start_ms = t0;
            timed.end_ms = t1.unwrap_or(f64::INFINITY);
            let reference = timed.linear_reference(Coord { x: px, y: py });
            if timed.provably_after(reference, leg.ms_per_m, by_ms) {
                let path = timed.quickest(reference, leg.ms_per_m, 1e9, 0.0, f64::INFINITY);
                prop_assert!(path.is_some_and(|path| path.ms > by_ms));
            }
        }

        #[test]
        fn closed_forms_agree_with_a_scan(
            bx in -300.0..300.0f64, by in -300.0..300.0f64, px in -400.0..400.0f64, py in -400.0..400.0f64,
            duration in 1.0..90_000.0f64, t0 in proptest::option::of(0.0..500_000.0f64), t1 in proptest::option::of(0.0..500_000.0f64),
        ) {
            let leg = AccessLeg { ms_per_m: 900.0, max_m: 300.0 };
            let mut timed = TimedSegment::new(Coord { x: 0.0, y: 0.0 }, Coord { x: bx, y: by }, duration, leg);
            prop_assume!(timed.length_m > 1.0);
            timed.start_ms = t0.unwrap_or(f64::INFINITY);
            timed.end_ms = t1.unwrap_or(f64::INFINITY);
            let p = Coord { x: px, y: py };
            let reference = timed.linear_reference(p);
            let mut least = f64::INFINITY;
            let steps = 4000;
            for i in 0..=steps {
                let s = timed.length_m * f64::from(i) / f64::from(steps);
                let q = timed.at(s);
                let r = libm::hypot((p - q).x, (p - q).y);
                let t = (timed.start_ms + timed.ms_per_m * s).min(timed.end_ms + timed.ms_per_m * (timed.length_m - s));
                if r <= leg.max_m { least = least.min(t + r * leg.ms_per_m); }
            }
            // A step is at most 0.11 m, or at most 0.11 * (900 + slowness) ms.
            let slack = timed.length_m / f64::from(steps) * (leg.ms_per_m + timed.ms_per_m) + 1e-6;
            let found = timed.quickest(reference, leg.ms_per_m, leg.max_m, 0.0, timed.length_m).map_or(f64::INFINITY, |w| w.ms);
            if least.is_finite() { prop_assert!(found <= least + 1e-6 && least <= found + slack, "{found} {least}"); }
        }
    }
}

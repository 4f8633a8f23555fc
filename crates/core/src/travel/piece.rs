//! The access leg from one straight piece of road, in closed form.
//!
//! In: a straight piece with the times at which its ends are reached. Out: the least time at which a place beside it is
//! reached over it. The quickest leg leaves the road at a fixed angle, as light does.

use super::barriers::visible;
use crate::network::PointId;
use geo::{Coord, Line};
use lifering_base::units::SourceId;

/// A straight piece of road along which help comes from one or both ends. Times in milliseconds, lengths in metres.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Where it starts, local metres.
    pub start: Coord<f64>,
    /// Unit vector from start to end.
    pub along: Coord<f64>,
    /// Length.
    pub length_m: f64,
    /// When its start is reached by one who may drive on towards the end; infinite where nobody may.
    pub start_ms: f64,
    /// When its end is reached by one who may drive on towards the start; infinite where nobody may.
    pub end_ms: f64,
    /// Milliseconds a metre along the piece.
    pub slowness: f64,
    /// Tangent of the angle at which the best access leg leaves the road: sin = access speed / road speed; infinite where
    /// walking is not slower than driving.
    pub lead: f64,
    /// Who reaches the start.
    pub start_by: Option<SourceId>,
    /// Who reaches the end.
    pub end_by: Option<SourceId>,
    /// The segment it is part of; `None` for a facility that is walked to straight.
    pub segment: Option<PointId>,
}

/// The leg's parameters.
#[derive(Clone, Copy, Debug)]
pub struct Leg {
    /// Milliseconds a metre.
    pub ms_per_m: f64,
    /// Longest leg, metres.
    pub max_m: f64,
}

/// A way to a place: when, and from which road point (metres along the piece).
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Milliseconds.
    pub ms: f64,
    /// Metres along the piece where the leg starts.
    pub s: f64,
    /// Whether help comes from the start of the piece.
    pub from_start: bool,
}

/// How a place lies beside a piece: foot of the perpendicular and distance from the line.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    foot: f64,
    off_2: f64,
}

impl Piece {
    /// Builds a piece between two places.
    pub fn new(start: Coord<f64>, end: Coord<f64>, duration_ms: f64, leg: Leg) -> Self {
        let d = end - start;
        let length_m = (d.x * d.x + d.y * d.y).sqrt();
        let along = if length_m > 0.0 { d / length_m } else { Coord { x: 1.0, y: 0.0 } };
        let slowness = if length_m > 0.0 { duration_ms / length_m } else { 0.0 };
        let sin = slowness / leg.ms_per_m;
        let lead = if sin < 1.0 { sin / (1.0 - sin * sin).sqrt() } else { f64::INFINITY };
        Self {
            start,
            along,
            length_m,
            start_ms: f64::INFINITY,
            end_ms: f64::INFINITY,
            slowness,
            lead,
            start_by: None,
            end_by: None,
            segment: None,
        }
    }

    /// True where help comes along it at all.
    pub fn reached(&self) -> bool {
        self.start_ms.is_finite() || self.end_ms.is_finite()
    }

    /// The ends from which help comes that the other end is not as quick for at every mark: `true` for the start.
    pub fn useful_ends(&self) -> impl Iterator<Item = bool> {
        let duration_ms = self.slowness * self.length_m;
        // Who comes from an end only after driving all along the piece is nowhere on it sooner.
        let start = self.start_ms.is_finite() && self.start_ms < self.end_ms + duration_ms;
        let end = self.end_ms.is_finite() && (self.end_ms < self.start_ms + duration_ms || !start);
        [(true, start), (false, end)].into_iter().filter_map(|(from_start, useful)| useful.then_some(from_start))
    }

    /// The mark between `low` and `high` nearest to a place beside the piece, metres along it.
    pub fn nearest_mark(&self, beside: Beside, low: f64, high: f64) -> f64 {
        beside.foot.max(low).min(high)
    }

    /// The place `s` metres along.
    pub fn at(&self, s: f64) -> Coord<f64> {
        self.start + self.along * s
    }

    /// How `place` lies beside the piece.
    #[inline]
    pub fn beside(&self, place: Coord<f64>) -> Beside {
        let r = place - self.start;
        let foot = r.x * self.along.x + r.y * self.along.y;
        let off = r.x * self.along.y - r.y * self.along.x;
        Beside { foot, off_2: off * off }
    }

    /// Distance from the piece, metres.
    #[inline]
    pub fn distance_m(&self, beside: Beside) -> f64 {
        let s = beside.foot.clamp(0.0, self.length_m);
        (beside.off_2 + (s - beside.foot) * (s - beside.foot)).sqrt()
    }

    /// Length of the leg from the road point `s` metres along.
    #[inline]
    pub fn leg_m(&self, beside: Beside, s: f64) -> f64 {
        (beside.off_2 + (s - beside.foot) * (s - beside.foot)).sqrt()
    }

    /// Whether no way over it ends by `by_ms`: by the distance of its line alone, without a root.
    #[inline]
    pub fn surely_after(&self, beside: Beside, ms_per_m: f64, by_ms: f64) -> bool {
        let left_ms = by_ms - self.start_ms.min(self.end_ms) + 1e-3;
        left_ms < 0.0 || beside.off_2 * (ms_per_m * ms_per_m) > left_ms * left_ms
    }

    /// The quickest way over road points between `low` and `high` metres along with a leg of at most `reach_m`.
    #[inline]
    pub fn quickest(&self, beside: Beside, ms_per_m: f64, reach_m: f64, low: f64, high: f64) -> Option<Way> {
        let room_2 = reach_m * reach_m - beside.off_2;
        if room_2 < 0.0 {
            return None;
        }
        let room = room_2.sqrt();
        let (low, high) = (low.max(beside.foot - room), high.min(self.length_m).min(beside.foot + room));
        if low > high {
            return None;
        }
        let lead = if self.lead.is_finite() { beside.off_2.sqrt() * self.lead } else { f64::INFINITY };
        let leg = |s: f64| ms_per_m * (beside.off_2 + (s - beside.foot) * (s - beside.foot)).sqrt();
        let mut best: Option<Way> = None;
        if self.start_ms.is_finite() {
            let s = (beside.foot - lead).max(low).min(high);
            best = Some(Way { ms: self.start_ms + self.slowness * s + leg(s), s, from_start: true });
        }
        if self.end_ms.is_finite() {
            let s = (beside.foot + lead).max(low).min(high);
            let ms = self.end_ms + self.slowness * (self.length_m - s) + leg(s);
            if best.is_none_or(|b| ms < b.ms) {
                best = Some(Way { ms, s, from_start: false });
            }
        }
        best
    }

    /// When the part of the piece within `reach_m` of a place is reached first, milliseconds.
    pub fn earliest(&self, beside: Beside, reach_m: f64) -> f64 {
        let room = (reach_m * reach_m - beside.off_2).max(0.0).sqrt();
        let (low, high) = ((beside.foot - room).max(0.0), (beside.foot + room).min(self.length_m));
        (self.start_ms + self.slowness * low).min(self.end_ms + self.slowness * (self.length_m - high))
    }

    /// Whether a leg of at most `max_m` leads from the piece to a place, walls considered.
    pub fn within_reach(&self, place: Coord<f64>, max_m: f64, walls: &[Line<f64>]) -> bool {
        let beside = self.beside(place);
        self.distance_m(beside) <= max_m
            && (walls.is_empty()
                || visible(place, self, walls).into_iter().any(|(low, high)| {
                    let at = self.at(self.nearest_mark(beside, low, high));
                    (place - at).x.hypot((place - at).y) <= max_m
                }))
    }

    /// Who comes by a way.
    pub fn by(&self, way: Way) -> Option<SourceId> {
        if way.from_start { self.start_by } else { self.end_by }
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
            let leg = Leg { ms_per_m: 900.0, max_m: 300.0 };
            let mut piece = Piece::new(Coord { x: 0.0, y: 0.0 }, Coord { x: bx, y: by }, duration, leg);
            prop_assume!(piece.length_m > 1.0);
            piece.start_ms = t0;
            piece.end_ms = t1.unwrap_or(f64::INFINITY);
            let beside = piece.beside(Coord { x: px, y: py });
            if piece.surely_after(beside, leg.ms_per_m, by_ms) {
                let way = piece.quickest(beside, leg.ms_per_m, 1e9, 0.0, f64::INFINITY);
                prop_assert!(way.is_some_and(|way| way.ms > by_ms));
            }
        }

        #[test]
        fn closed_forms_agree_with_a_scan(
            bx in -300.0..300.0f64, by in -300.0..300.0f64, px in -400.0..400.0f64, py in -400.0..400.0f64,
            duration in 1.0..90_000.0f64, t0 in proptest::option::of(0.0..500_000.0f64), t1 in proptest::option::of(0.0..500_000.0f64),
        ) {
            let leg = Leg { ms_per_m: 900.0, max_m: 300.0 };
            let mut piece = Piece::new(Coord { x: 0.0, y: 0.0 }, Coord { x: bx, y: by }, duration, leg);
            prop_assume!(piece.length_m > 1.0);
            piece.start_ms = t0.unwrap_or(f64::INFINITY);
            piece.end_ms = t1.unwrap_or(f64::INFINITY);
            let p = Coord { x: px, y: py };
            let beside = piece.beside(p);
            let mut least = f64::INFINITY;
            let steps = 4000;
            for i in 0..=steps {
                let s = piece.length_m * f64::from(i) / f64::from(steps);
                let q = piece.at(s);
                let r = (p - q).x.hypot((p - q).y);
                let t = (piece.start_ms + piece.slowness * s).min(piece.end_ms + piece.slowness * (piece.length_m - s));
                if r <= leg.max_m { least = least.min(t + r * leg.ms_per_m); }
            }
            // A step is at most 0.11 m, worth at most 0.11 * (900 + slowness) ms.
            let slack = piece.length_m / f64::from(steps) * (leg.ms_per_m + piece.slowness) + 1e-6;
            let found = piece.quickest(beside, leg.ms_per_m, leg.max_m, 0.0, piece.length_m).map_or(f64::INFINITY, |w| w.ms);
            if least.is_finite() { prop_assert!(found <= least + 1e-6 && least <= found + slack, "{found} {least}"); }
        }
    }
}

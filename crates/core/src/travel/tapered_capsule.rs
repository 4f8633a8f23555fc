//! The ground within a time limit of one road segment, as a convex shape.
//!
//! In: a timed segment, one of its ends, a limit. Out: a [`TaperedCapsule`]. If at the point s metres along the
//! segment time is left for a leg of r(s) metres, the ground is the union of the discs of radius r(s). r is concave:
//! constant at the longest leg, then falling with slope road slowness over access slowness. So the set of (p, s) with
//! `|p - q(s)| <= r(s)` is convex, and so is its projection on the ground: the hull of two or three discs. The proved
//! areas of zones rest on that.

use super::timed_segment::{AccessLeg, TimedSegment};
use geo::Coord;

/// The convex hull of two discs (an uneven capsule).
#[derive(Clone, Copy, Debug)]
struct TwoDiscHull {
    from: Coord<f64>,
    along: Coord<f64>,
    length_m: f64,
    /// Radii of the discs, metres, the first not the smaller.
    radii_m: [f64; 2],
    /// Unit normal of the left tangent line: its component along the axis (sine of the taper), and across.
    normal: [f64; 2],
}

impl TwoDiscHull {
    fn new(from: Coord<f64>, along: Coord<f64>, length_m: f64, radii_m: [f64; 2]) -> Self {
        let sine = if length_m > 0.0 { (radii_m[0] - radii_m[1]) / length_m } else { 1.0 };
        if sine < 1.0 {
            Self { from, along, length_m, radii_m, normal: [sine, (1.0 - sine * sine).sqrt()] }
        } else {
            // The first disc contains the second.
            Self { from, along, length_m: 0.0, radii_m: [radii_m[0]; 2], normal: [0.0, 1.0] }
        }
    }

    /// Signed distance, metres, negative inside, of the place `x` metres along the axis and `y` across. Branch-free,
    /// so that a row of places is vectorised.
    #[inline]
    fn distance_at_m(&self, x: f64, y: f64) -> f64 {
        let (y, [sine, cosine]) = (y.abs(), self.normal);
        let t = cosine * x - sine * y;
        let before = t < 0.0;
        let beyond = if before { x } else { x - self.length_m };
        let radius_m = if before { self.radii_m[0] } else { self.radii_m[1] };
        let round = (beyond * beyond + y * y).sqrt() - radius_m;
        let straight = sine * x + cosine * y - self.radii_m[0];
        if before || t > cosine * self.length_m { round } else { straight }
    }

    /// Signed distance of a place, metres; negative inside.
    #[inline]
    fn distance_m(&self, place: Coord<f64>) -> f64 {
        let r = place - self.from;
        self.distance_at_m(r.x * self.along.x + r.y * self.along.y, r.x * self.along.y - r.y * self.along.x)
    }

    /// Lowers each of `distances_m` to the signed distance of the place at (`xs[i]`, `y`), metres.
    #[inline]
    fn row_distances_m(&self, xs: &[f64], y: f64, distances_m: &mut [f64]) {
        let (ahead, aside) = ((y - self.from.y) * self.along.y, (y - self.from.y) * self.along.x);
        for (x, distance_m) in xs.iter().zip(distances_m) {
            let r = x - self.from.x;
            let found = self.distance_at_m(r * self.along.x + ahead, r * self.along.y - aside);
            *distance_m = if found < *distance_m { found } else { *distance_m };
        }
    }

    fn end(&self) -> Coord<f64> {
        self.from + self.along * self.length_m
    }

    /// Support function: the greatest product of a point of the shape with `normal`, metres.
    #[inline]
    fn support_m(&self, normal: Coord<f64>) -> f64 {
        let from = self.from.x * normal.x + self.from.y * normal.y;
        let ahead = self.length_m * (self.along.x * normal.x + self.along.y * normal.y);
        (from + self.radii_m[0]).max(from + ahead + self.radii_m[1])
    }

    /// Extends `interval` by the part of an axis-parallel line inside the shape; `across` is the line's other
    /// coordinate.
    fn interval(&self, by_y: bool, across: f64, interval: &mut Option<(f64, f64)>) {
        let split = |c: Coord<f64>| if by_y { (c.y, c.x) } else { (c.x, c.y) };
        let mut add = |at: f64| {
            let (low, high) = interval.unwrap_or((at, at));
            *interval = Some((low.min(at), high.max(at)));
        };
        let (from, to) = (self.from, self.end());
        for (centre, radius_m) in [(from, self.radii_m[0]), (to, self.radii_m[1])] {
            let (along, off) = split(centre);
            let room_2 = radius_m * radius_m - (across - off) * (across - off);
            if room_2 >= 0.0 {
                let room = room_2.sqrt();
                add(along - room);
                add(along + room);
            }
        }
        if self.length_m > 0.0 {
            let [sine, cosine] = self.normal;
            let left = Coord { x: -self.along.y, y: self.along.x };
            for side in [cosine, -cosine] {
                let normal = self.along * sine + left * side;
                let (a, b) = (split(from + normal * self.radii_m[0]), split(to + normal * self.radii_m[1]));
                if (a.1 - across) * (b.1 - across) <= 0.0 && a.1.total_cmp(&b.1).is_ne() {
                    add(a.0 + (b.0 - a.0) * ((across - a.1) / (b.1 - a.1)));
                }
            }
        }
    }

    /// Outward unit normal at the boundary point nearest to a place.
    fn outward_normal(&self, place: Coord<f64>) -> Coord<f64> {
        let r = place - self.from;
        let (x, y) = (r.x * self.along.x + r.y * self.along.y, r.y * self.along.x - r.x * self.along.y);
        let [sine, cosine] = self.normal;
        let t = cosine * x - sine * y.abs();
        let (ahead, aside) = if t < 0.0 {
            (x, y)
        } else if t > cosine * self.length_m {
            (x - self.length_m, y)
        } else {
            (sine, cosine.copysign(y))
        };
        let size = (ahead * ahead + aside * aside).sqrt();
        let left = Coord { x: -self.along.y, y: self.along.x };
        if size > 0.0 { self.along * (ahead / size) + left * (aside / size) } else { self.along }
    }
}

/// The ground within the limit over one segment entered at one end: convex, the hull of two or three discs.
#[derive(Clone, Copy, Debug)]
pub struct TaperedCapsule {
    first: TwoDiscHull,
    /// The part beyond the point from which less than the longest leg is left; `None` if there is no such part.
    second: Option<TwoDiscHull>,
}

impl TaperedCapsule {
    /// The ground within `limit_ms` from the start of a segment, or else from its end; `None` if the arrival there is
    /// later or missing.
    pub fn new(timed: &TimedSegment, from_start: bool, leg: AccessLeg, limit_ms: f64) -> Option<Self> {
        let (from, along, at_ms) = if from_start {
            (timed.start, timed.along, timed.start_ms)
        } else {
            (timed.at(timed.length_m), -timed.along, timed.end_ms)
        };
        let left_m = (limit_ms - at_ms) / leg.ms_per_m;
        if left_m.is_nan() || left_m < 0.0 {
            return None;
        }
        let shrink = timed.ms_per_m / leg.ms_per_m;
        let end_m = if shrink * timed.length_m > left_m { left_m / shrink } else { timed.length_m };
        let end_radius_m = (left_m - shrink * end_m).max(0.0).min(leg.max_m);
        if left_m <= leg.max_m {
            return Some(Self { first: TwoDiscHull::new(from, along, end_m, [left_m, end_radius_m]), second: None });
        }
        let full_m = if shrink > 0.0 { ((left_m - leg.max_m) / shrink).min(end_m) } else { end_m };
        let second = (full_m < end_m)
            .then(|| TwoDiscHull::new(from + along * full_m, along, end_m - full_m, [leg.max_m, end_radius_m]));
        Some(Self { first: TwoDiscHull::new(from, along, full_m, [leg.max_m; 2]), second })
    }

    /// Distance of a place from the ground, metres: exact outside, not above zero inside (there no measure of depth).
    #[inline]
    pub fn distance_m(&self, place: Coord<f64>) -> f64 {
        let first = self.first.distance_m(place);
        self.second.as_ref().map_or(first, |second| first.min(second.distance_m(place)))
    }

    /// Bounding box: lower and upper corner, local metres.
    pub fn bounding_box(&self) -> [Coord<f64>; 2] {
        let around = |hull: &TwoDiscHull| {
            let (a, b, [r, s]) = (hull.from, hull.end(), hull.radii_m);
            let low = Coord { x: (a.x - r).min(b.x - s), y: (a.y - r).min(b.y - s) };
            [low, Coord { x: (a.x + r).max(b.x + s), y: (a.y + r).max(b.y + s) }]
        };
        let [low, high] = around(&self.first);
        let Some(second) = &self.second else { return [low, high] };
        let [low_2, high_2] = around(second);
        let low = Coord { x: low.x.min(low_2.x), y: low.y.min(low_2.y) };
        [low, Coord { x: high.x.max(high_2.x), y: high.y.max(high_2.y) }]
    }

    /// Writes to `distances_m[i]` the value of [`Self::distance_m`] at (`xs[i]`, `y`).
    pub fn row_distances_m(&self, xs: &[f64], y: f64, distances_m: &mut [f64]) {
        distances_m.fill(f64::INFINITY);
        self.first.row_distances_m(xs, y, distances_m);
        if let Some(second) = &self.second {
            second.row_distances_m(xs, y, distances_m);
        }
    }

    /// Support function: the greatest product of a point of the ground with the unit vector `normal`, metres.
    pub fn support_m(&self, normal: Coord<f64>) -> f64 {
        let first = self.first.support_m(normal);
        self.second.as_ref().map_or(first, |second| first.max(second.support_m(normal)))
    }

    /// The part of a line parallel to the x axis (`by_y`: the y axis) inside the ground, as coordinates along the
    /// line; `across` is the line's other coordinate. `None` if they do not meet.
    pub fn interval(&self, by_y: bool, across: f64) -> Option<(f64, f64)> {
        let mut interval = None;
        self.first.interval(by_y, across, &mut interval);
        if let Some(second) = &self.second {
            second.interval(by_y, across, &mut interval);
        }
        interval
    }

    /// Outward unit normal at the boundary point nearest to a place outside.
    pub fn outward_normal(&self, place: Coord<f64>) -> Coord<f64> {
        match &self.second {
            Some(second) if second.distance_m(place) < self.first.distance_m(place) => second.outward_normal(place),
            _ => self.first.outward_normal(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEG: AccessLeg = AccessLeg { ms_per_m: 900.0, max_m: 300.0 };

    fn timed(end: (f64, f64), duration_ms: f64, start_ms: f64) -> TimedSegment {
        let mut timed = TimedSegment::new(Coord { x: 3.0, y: -7.0 }, Coord { x: end.0, y: end.1 }, duration_ms, LEG);
        timed.start_ms = start_ms;
        timed
    }

    prop_compose! {
        fn a_piece()(x in -300.0..300.0f64, y in -300.0..300.0f64, duration in 0.0..400_000.0f64, t in 0.0..500_000.0f64,
            backwards in any::<bool>()) -> (TimedSegment, bool) {
            let mut timed = timed((x, y), duration, t);
            if backwards {
                std::mem::swap(&mut timed.start_ms, &mut timed.end_ms);
            }
            (timed, !backwards)
        }
    }

    proptest! {
        #[test]
        fn a_place_is_in_the_ground_where_it_is_reached_in_time(
            (timed, from_start) in a_piece(), limit in 0.0..900_000.0f64,
            places in proptest::collection::vec((-700.0..700.0f64, -700.0..700.0f64), 40),
        ) {
            let capsule = TaperedCapsule::new(&timed, from_start, LEG, limit);
            for (x, y) in places {
                let place = Coord { x, y };
                let path = timed.quickest(timed.linear_reference(place), LEG.ms_per_m, LEG.max_m, 0.0, timed.length_m);
                let in_time = path.is_some_and(|path| path.ms <= limit);
                let distance_m = capsule.map_or(f64::INFINITY, |capsule| capsule.distance_m(place));
                prop_assert!(distance_m.abs() < 1e-6 || in_time == (distance_m < 0.0), "{distance_m} {path:?}");
            }
        }

        #[test]
        fn lines_and_directions_agree_with_distances(
            (timed, from_start) in a_piece(), limit in 500_000.0..900_000.0f64, turn in 0.0..std::f64::consts::TAU,
            across in -400.0..400.0f64, by_y in any::<bool>(), at in -700.0..700.0f64,
        ) {
            let Some(capsule) = TaperedCapsule::new(&timed, from_start, LEG, limit) else { return Ok(()) };
            let on_line = |at: f64| if by_y { Coord { x: across, y: at } } else { Coord { x: at, y: across } };
            let inside = capsule.interval(by_y, across).is_some_and(|(low, high)| low <= at && at <= high);
            let distance_m = capsule.distance_m(on_line(at));
            prop_assert!(distance_m.abs() < 1e-6 || inside == (distance_m < 0.0), "{distance_m}");
            for end in capsule.interval(by_y, across).into_iter().flat_map(|(low, high)| [low, high]) {
                prop_assert!(capsule.distance_m(on_line(end)).abs() < 1e-6);
            }
            let [low, high] = capsule.bounding_box();
            for (side, normal) in [(-low.x, (-1.0, 0.0)), (-low.y, (0.0, -1.0)), (high.x, (1.0, 0.0)), (high.y, (0.0, 1.0))] {
                let support_m = capsule.support_m(Coord { x: normal.0, y: normal.1 });
                prop_assert!((side - support_m).abs() < 1e-9);
            }
            let mut row_distances_m = [0.0; 3];
            capsule.row_distances_m(&[at, at + 7.0, at - 90.0], across, &mut row_distances_m);
            for (x, row_distances_m) in [at, at + 7.0, at - 90.0].into_iter().zip(row_distances_m) {
                let distance_m = capsule.distance_m(Coord { x, y: across });
                prop_assert!((row_distances_m - distance_m).abs() < 1e-9);
            }
            // A supporting line: nothing lies beyond it.
            let normal = Coord { x: libm::cos(turn), y: libm::sin(turn) };
            let support_m = capsule.support_m(normal);
            let place = on_line(at);
            prop_assert!(place.x * normal.x + place.y * normal.y <= support_m + distance_m.max(0.0) + 1e-6);
            if distance_m > 1e-3 {
                // The supporting line across the outward normal is as far away as the ground.
                let out = capsule.outward_normal(place);
                let beyond = place.x * out.x + place.y * out.y - capsule.support_m(out);
                prop_assert!((beyond - distance_m).abs() < 1e-6, "{beyond} {distance_m}");
            }
        }
    }

    #[test]
    fn a_road_at_ten_times_walking_speed_tapers_by_a_tenth() {
        // 100 m of road at 90 ms/m, 100 m of leg left at its start: 90 m at its end.
        let capsule =
            TaperedCapsule::new(&timed((103.0, -7.0), 9_000.0, 0.0), true, LEG, 90_000.0).expect("covers something");
        let at = |x: f64, y: f64| capsule.distance_m(Coord { x: x + 3.0, y: y - 7.0 });
        assert!((at(-150.0, 0.0) - 50.0).abs() < 1e-9);
        assert!((at(250.0, 0.0) - 60.0).abs() < 1e-9);
        // Beside the middle the tangent line leans by asin(0.1): distance 200 cos + 50 sin - 100.
        let cosine = 0.99_f64.sqrt();
        assert!((at(50.0, 200.0) - (200.0 * cosine + 50.0 * 0.1 - 100.0)).abs() < 1e-9);
        // No arrival at the far end.
        assert!(TaperedCapsule::new(&timed((103.0, -7.0), 9_000.0, 0.0), false, LEG, 90_000.0).is_none());
    }
}

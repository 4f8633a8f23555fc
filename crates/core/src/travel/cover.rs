//! The ground that help along one piece of road reaches in time, as a shape.
//!
//! In: a piece, one of its ends, a limit. Out: a [`Cover`]. Where time is left for a leg of r(s) metres at the mark s, the
//! ground is the union of the discs of radius r(s). As r falls in straight lines (it is cut at the longest leg, and shrinks
//! by road speed over leg speed), that union is the hull of two or three discs, and convex: {(p, s): |p - q(s)| <= r(s)} is
//! convex where r is concave, and so is its shadow on the ground. What is proved of an area rests on that.

use super::piece::{Leg, Piece};
use geo::Coord;

/// Two discs and what lies between the lines that touch both.
#[derive(Clone, Copy, Debug)]
struct Taper {
    from: Coord<f64>,
    along: Coord<f64>,
    length_m: f64,
    /// Radii at either end, the first one not the smaller.
    radii_m: [f64; 2],
    /// Normal of the touching line on the left: its part along the axis, and across.
    normal: [f64; 2],
}

impl Taper {
    fn new(from: Coord<f64>, along: Coord<f64>, length_m: f64, radii_m: [f64; 2]) -> Self {
        let sine = if length_m > 0.0 { (radii_m[0] - radii_m[1]) / length_m } else { 1.0 };
        if sine < 1.0 {
            Self { from, along, length_m, radii_m, normal: [sine, (1.0 - sine * sine).sqrt()] }
        } else {
            // The first disc holds the second one.
            Self { from, along, length_m: 0.0, radii_m: [radii_m[0]; 2], normal: [0.0, 1.0] }
        }
    }

    /// Distance from the shape, metres, of a place so far along its axis and beside it; negative inside. Without a branch, so
    /// that a row of places is answered several at a time.
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

    /// Distance of a place from the shape, metres; negative inside.
    #[inline]
    fn distance_m(&self, place: Coord<f64>) -> f64 {
        let r = place - self.from;
        self.distance_at_m(r.x * self.along.x + r.y * self.along.y, r.x * self.along.y - r.y * self.along.x)
    }

    /// The least of what is there already and the distances of places in a row: all at `y`.
    #[inline]
    fn row_m(&self, xs: &[f64], y: f64, distances_m: &mut [f64]) {
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

    /// How far the shape reaches in a direction.
    #[inline]
    fn support_m(&self, normal: Coord<f64>) -> f64 {
        let from = self.from.x * normal.x + self.from.y * normal.y;
        let ahead = self.length_m * (self.along.x * normal.x + self.along.y * normal.y);
        (from + self.radii_m[0]).max(from + ahead + self.radii_m[1])
    }

    /// Where a line along an axis is inside: `across` is its place on the other axis.
    fn stretch(&self, by_y: bool, across: f64, stretch: &mut Option<(f64, f64)>) {
        let split = |c: Coord<f64>| if by_y { (c.y, c.x) } else { (c.x, c.y) };
        let mut add = |at: f64| {
            let (low, high) = stretch.unwrap_or((at, at));
            *stretch = Some((low.min(at), high.max(at)));
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

    /// The direction in which a place lies from it.
    fn outwards(&self, place: Coord<f64>) -> Coord<f64> {
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

/// The ground that help reaches in time which comes along one piece from one of its ends: convex.
#[derive(Clone, Copy, Debug)]
pub struct Cover {
    first: Taper,
    /// Beyond the mark from which less than the longest leg is left.
    second: Option<Taper>,
}

impl Cover {
    /// The ground reached by `limit_ms` from the start of a piece, or else from its end; `None` where nothing is.
    pub fn new(piece: &Piece, from_start: bool, leg: Leg, limit_ms: f64) -> Option<Self> {
        let (from, along, at_ms) = if from_start {
            (piece.start, piece.along, piece.start_ms)
        } else {
            (piece.at(piece.length_m), -piece.along, piece.end_ms)
        };
        let left_m = (limit_ms - at_ms) / leg.ms_per_m;
        if left_m.is_nan() || left_m < 0.0 {
            return None;
        }
        let shrink = piece.slowness / leg.ms_per_m;
        let end_m = if shrink * piece.length_m > left_m { left_m / shrink } else { piece.length_m };
        let end_radius_m = (left_m - shrink * end_m).max(0.0).min(leg.max_m);
        if left_m <= leg.max_m {
            return Some(Self { first: Taper::new(from, along, end_m, [left_m, end_radius_m]), second: None });
        }
        let full_m = if shrink > 0.0 { ((left_m - leg.max_m) / shrink).min(end_m) } else { end_m };
        let second = (full_m < end_m)
            .then(|| Taper::new(from + along * full_m, along, end_m - full_m, [leg.max_m, end_radius_m]));
        Some(Self { first: Taper::new(from, along, full_m, [leg.max_m; 2]), second })
    }

    /// Distance of a place from the ground, metres. Within it not above zero, but no measure of how far within.
    #[inline]
    pub fn distance_m(&self, place: Coord<f64>) -> f64 {
        let first = self.first.distance_m(place);
        self.second.as_ref().map_or(first, |second| first.min(second.distance_m(place)))
    }

    /// The box around the ground: its lower and its upper corner.
    pub fn bounding_box(&self) -> [Coord<f64>; 2] {
        let around = |taper: &Taper| {
            let (a, b, [r, s]) = (taper.from, taper.end(), taper.radii_m);
            let low = Coord { x: (a.x - r).min(b.x - s), y: (a.y - r).min(b.y - s) };
            [low, Coord { x: (a.x + r).max(b.x + s), y: (a.y + r).max(b.y + s) }]
        };
        let [low, high] = around(&self.first);
        let Some(second) = &self.second else { return [low, high] };
        let [low_2, high_2] = around(second);
        let low = Coord { x: low.x.min(low_2.x), y: low.y.min(low_2.y) };
        [low, Coord { x: high.x.max(high_2.x), y: high.y.max(high_2.y) }]
    }

    /// Distances of places in a row, all at `y`, as [`Self::distance_m`] has them.
    pub fn row_m(&self, xs: &[f64], y: f64, distances_m: &mut [f64]) {
        distances_m.fill(f64::INFINITY);
        self.first.row_m(xs, y, distances_m);
        if let Some(second) = &self.second {
            second.row_m(xs, y, distances_m);
        }
    }

    /// How far the ground reaches in the direction of a unit vector: the greatest product of any place in it with that.
    pub fn support_m(&self, normal: Coord<f64>) -> f64 {
        let first = self.first.support_m(normal);
        self.second.as_ref().map_or(first, |second| first.max(second.support_m(normal)))
    }

    /// The stretch of a line along the first axis (`by_y`: the second one) that lies in the ground; `across` is where the line
    /// lies on the other axis.
    pub fn stretch(&self, by_y: bool, across: f64) -> Option<(f64, f64)> {
        let mut stretch = None;
        self.first.stretch(by_y, across, &mut stretch);
        if let Some(second) = &self.second {
            second.stretch(by_y, across, &mut stretch);
        }
        stretch
    }

    /// The direction in which a place lies from the ground, a unit vector.
    pub fn outwards(&self, place: Coord<f64>) -> Coord<f64> {
        match &self.second {
            Some(second) if second.distance_m(place) < self.first.distance_m(place) => second.outwards(place),
            _ => self.first.outwards(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEG: Leg = Leg { ms_per_m: 900.0, max_m: 300.0 };

    fn piece(end: (f64, f64), duration_ms: f64, start_ms: f64) -> Piece {
        let mut piece = Piece::new(Coord { x: 3.0, y: -7.0 }, Coord { x: end.0, y: end.1 }, duration_ms, LEG);
        piece.start_ms = start_ms;
        piece
    }

    prop_compose! {
        fn a_piece()(x in -300.0..300.0f64, y in -300.0..300.0f64, duration in 0.0..400_000.0f64, t in 0.0..500_000.0f64,
            backwards in any::<bool>()) -> (Piece, bool) {
            let mut piece = piece((x, y), duration, t);
            if backwards {
                std::mem::swap(&mut piece.start_ms, &mut piece.end_ms);
            }
            (piece, !backwards)
        }
    }

    proptest! {
        #[test]
        fn a_place_is_in_the_ground_where_it_is_reached_in_time(
            (piece, from_start) in a_piece(), limit in 0.0..900_000.0f64,
            places in proptest::collection::vec((-700.0..700.0f64, -700.0..700.0f64), 40),
        ) {
            let cover = Cover::new(&piece, from_start, LEG, limit);
            for (x, y) in places {
                let place = Coord { x, y };
                let way = piece.quickest(piece.beside(place), LEG.ms_per_m, LEG.max_m, 0.0, piece.length_m);
                let in_time = way.is_some_and(|way| way.ms <= limit);
                let distance_m = cover.map_or(f64::INFINITY, |cover| cover.distance_m(place));
                prop_assert!(distance_m.abs() < 1e-6 || in_time == (distance_m < 0.0), "{distance_m} {way:?}");
            }
        }

        #[test]
        fn lines_and_directions_agree_with_distances(
            (piece, from_start) in a_piece(), limit in 500_000.0..900_000.0f64, turn in 0.0..std::f64::consts::TAU,
            across in -400.0..400.0f64, by_y in any::<bool>(), at in -700.0..700.0f64,
        ) {
            let Some(cover) = Cover::new(&piece, from_start, LEG, limit) else { return Ok(()) };
            let on_line = |at: f64| if by_y { Coord { x: across, y: at } } else { Coord { x: at, y: across } };
            let inside = cover.stretch(by_y, across).is_some_and(|(low, high)| low <= at && at <= high);
            let distance_m = cover.distance_m(on_line(at));
            prop_assert!(distance_m.abs() < 1e-6 || inside == (distance_m < 0.0), "{distance_m}");
            for end in cover.stretch(by_y, across).into_iter().flat_map(|(low, high)| [low, high]) {
                prop_assert!(cover.distance_m(on_line(end)).abs() < 1e-6);
            }
            let [low, high] = cover.bounding_box();
            for (side, normal) in [(-low.x, (-1.0, 0.0)), (-low.y, (0.0, -1.0)), (high.x, (1.0, 0.0)), (high.y, (0.0, 1.0))] {
                let support_m = cover.support_m(Coord { x: normal.0, y: normal.1 });
                prop_assert!((side - support_m).abs() < 1e-9);
            }
            let mut row_m = [0.0; 3];
            cover.row_m(&[at, at + 7.0, at - 90.0], across, &mut row_m);
            for (x, row_m) in [at, at + 7.0, at - 90.0].into_iter().zip(row_m) {
                let distance_m = cover.distance_m(Coord { x, y: across });
                prop_assert!((row_m - distance_m).abs() < 1e-9);
            }
            // A line that touches from outside: nothing lies beyond, and something on it.
            let normal = Coord { x: turn.cos(), y: turn.sin() };
            let support_m = cover.support_m(normal);
            let place = on_line(at);
            prop_assert!(place.x * normal.x + place.y * normal.y <= support_m + distance_m.max(0.0) + 1e-6);
            if distance_m > 1e-3 {
                // The line across the way out keeps the whole distance.
                let out = cover.outwards(place);
                let beyond = place.x * out.x + place.y * out.y - cover.support_m(out);
                prop_assert!((beyond - distance_m).abs() < 1e-6, "{beyond} {distance_m}");
            }
        }
    }

    #[test]
    fn a_road_at_ten_times_walking_speed_tapers_by_a_tenth() {
        // 100 m of road at 90 ms/m, 100 m of leg left at its start: 90 m at its end.
        let cover = Cover::new(&piece((103.0, -7.0), 9_000.0, 0.0), true, LEG, 90_000.0).expect("covers something");
        let at = |x: f64, y: f64| cover.distance_m(Coord { x: x + 3.0, y: y - 7.0 });
        assert!((at(-150.0, 0.0) - 50.0).abs() < 1e-9);
        assert!((at(250.0, 0.0) - 60.0).abs() < 1e-9);
        // Beside its middle the touching line is 95 m away, leaning by asin(0.1): (95 - 0) / cos.
        let cosine = 0.99_f64.sqrt();
        assert!((at(50.0, 200.0) - (200.0 * cosine + 50.0 * 0.1 - 100.0)).abs() < 1e-9);
        // From the far end nobody comes.
        assert!(Cover::new(&piece((103.0, -7.0), 9_000.0, 0.0), false, LEG, 90_000.0).is_none());
    }
}

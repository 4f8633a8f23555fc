//! Radius rules: the boundary minus geodesic discs.
//!
//! In: sites and a radius. Out: the area not covered, with bounds from inscribed and circumscribed polygons. Every
//! vertex lies on the geodesic circle (or a known distance beyond it), so that no edge leaves it by more than
//! `SAGITTA_M`.
//!
//! Discs may overlap by the thousand. What is well within reach is drawn as the rings around the union of smaller discs in
//! the plane (`disc_union`); of the geodesic polygons themselves only the sectors are drawn in which no other site is
//! nearer. How much nearer a site may be in the plane than on the ellipsoid is bounded (`Bend`), so that the sectors hold
//! all that the whole polygons do.

use super::disc_union::{Directions, DiscCentres};
use super::subdivide::KeepGoing;
use geo::bool_ops::FillRule;
use geo::orient::{Direction, Orient};
use geo::{Area, BooleanOps, BoundingRect, Coord, LineString, MultiPolygon, Polygon, Rect};
use lifering_base::frame::{Frame, LonLat};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::f64::consts::{PI, TAU};

/// Largest distance between a side of the inscribed polygon and the circle, metres.
const SAGITTA_M: f64 = 0.1;
/// What is nearer than this share of the radius to some site is drawn as a whole. The chords of its rings come to within
/// 0.967 of the radius.
const WHOLE_SHARE: f64 = 0.97;
/// Sectors are sought at this share of the radius, so that none is missed that begins at the chords.
const OPEN_SHARE: f64 = 0.96;
/// Sectors begin at this share of the radius.
const SECTOR_SHARE: f64 = 0.9;
/// Sides of a whole turn along the inner side of a sector.
const INNER_SIDES: i64 = 24;
/// Neighbouring sectors overlap by at least this, metres, or by a hundredth of a smaller radius.
const OVERLAP_M: f64 = 0.05;

/// The area farther than a radius from every site, with proved bounds.
#[derive(Debug)]
pub struct BeyondDiscs {
    /// The area, local metres.
    pub area: MultiPolygon<f64>,
    /// Proved lower bound of its size, m².
    pub low_m2: f64,
    /// Proved upper bound of its size, m².
    pub high_m2: f64,
}

/// The part of the boundary farther than `radius_m` from every site; all of it if there are no sites. `None` if
/// `keep_going` turns false.
pub fn beyond_discs(
    sites: &[LonLat],
    radius_m: f64,
    boundary: &MultiPolygon<f64>,
    frame: &Frame,
    keep_going: KeepGoing<'_>,
) -> Option<BeyondDiscs> {
    let boundary = boundary.orient(Direction::Default);
    let discs = Discs::near(sites, radius_m, &boundary, frame, keep_going)?;
    let minus = |share: f64| {
        let covered = keep_going().then(|| discs.covered(share))?;
        Some(boundary.difference_with_fill_rule(&covered, FillRule::NonZero))
    };
    let apothem = discs.apothem;
    // Circumscribed a little beyond the circle: the plane's scale error (1e-5) stays within the bound.
    let (area, (low, high)) = rayon::join(
        || minus(f64::midpoint(1.0, 1.0 / apothem)),
        || rayon::join(|| minus(1.0 / apothem * (1.0 + 1e-6)), || minus(1.0 - 1e-6)),
    );
    Some(BeyondDiscs { area: area?, low_m2: low?.unsigned_area(), high_m2: high?.unsigned_area() })
}

/// How much the plane bends around a place.
///
/// Lambert's projection stretches lengths at D metres from its centre by at most D²/8R² on the sphere, and by e² D/6R more on
/// the ellipsoid, and shrinks them across as much. A line to a site turns by no more than four times that, and the image of
/// a geodesic by D²/2R². So two distances from one place, to sites d metres apart, differ in the plane from their difference
/// on the ellipsoid by at most d times the bend (tested).
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bend(f64);

impl Bend {
    /// Mean radius of the earth, metres (IUGG).
    const EARTH_M: f64 = 6_371_008.8;
    /// More than this is not reckoned with: some 850 km from the centre.
    const MOST: f64 = 0.02;

    /// The bend wherever a disc of a radius and those that overlap it reach.
    fn around(place: Coord<f64>, radius_m: f64) -> Self {
        let far = (libm::hypot(place.x, place.y) + 3.0 * radius_m) / Self::EARTH_M;
        Self(far * far + 0.01 * far)
    }
}

/// Part of the polygon in or around a geodesic disc.
#[derive(Debug)]
struct Sector {
    centre: Coord<f64>,
    /// From the centre to the vertices on the circle, counter-clockwise; all of them for a whole polygon.
    outer: Vec<Coord<f64>>,
    /// From the centre to the vertices inside, clockwise; none for a whole polygon.
    inner: Vec<Coord<f64>>,
}

/// Everything that the discs cover, as polygons of about as many vertices as its outline has, and a few a site.
#[derive(Debug)]
struct Discs {
    /// Rings of what is well within reach.
    whole: Vec<LineString<f64>>,
    sectors: Vec<Sector>,
    /// Distance of a side of the polygons from the centre, as a share of the radius.
    apothem: f64,
}

impl Discs {
    /// The discs that may reach the boundary; `None` if `keep_going` turns false.
    fn near(
        sites: &[LonLat],
        radius_m: f64,
        boundary: &MultiPolygon<f64>,
        frame: &Frame,
        keep_going: KeepGoing<'_>,
    ) -> Option<Self> {
        // A chord of an n-gon leaves the circle by r (1 - cos(pi / n)).
        let sides = (PI / libm::acos(1.0 - SAGITTA_M / radius_m.max(1.0))).ceil().clamp(24.0, 4096.0);
        let polygon = CirclePolygon { sides: sides as i64, radius_m, frame };
        let (places, centres) = distinct(sites, radius_m, boundary, frame);
        let bends: Vec<Bend> = centres.iter().map(|centre| Bend::around(*centre, radius_m)).collect();
        let plane = bends.iter().all(|bend| bend.0 <= Bend::MOST).then(|| DiscCentres::new(&centres)).flatten();
        let (whole, open) = match plane {
            Some(plane) => {
                let overlap_m = OVERLAP_M.min(radius_m / 100.0);
                let slack_m = |site: usize| overlap_m + radius_m * bends[site].0;
                (plane.rings(radius_m * WHOLE_SHARE), plane.open_directions(radius_m * OPEN_SHARE, slack_m))
            }
            // So far from the centre of the plane every polygon is drawn whole.
            None => (Vec::new(), (0..places.len()).map(|site| (site, vec![(0.0, TAU)])).collect()),
        };
        let sectors: Vec<Option<Vec<Sector>>> = open
            .par_iter()
            .map(|(site, open)| {
                keep_going().then(|| polygon.sectors(places[*site], centres[*site], open, bends[*site]))
            })
            .collect();
        let sectors: Option<Vec<Vec<Sector>>> = sectors.into_iter().collect();
        let apothem = libm::cos(PI / sides);
        Some(Self { whole, sectors: sectors?.into_iter().flatten().collect(), apothem })
    }

    /// The ground within the discs, their polygons drawn at a share of the radius. Rings may overlap: all that they go
    /// round counter-clockwise is covered.
    fn covered(&self, share: f64) -> MultiPolygon<f64> {
        let drawn = self.sectors.iter().map(|sector| {
            let outer = sector.outer.iter().map(|to| sector.centre + *to * share);
            outer.chain(sector.inner.iter().map(|to| sector.centre + *to)).collect()
        });
        self.whole.iter().cloned().chain(drawn).map(|ring| Polygon::new(ring, Vec::new())).collect()
    }
}

/// Sites that may reach the boundary, each place once, with their places in the plane.
fn distinct(
    sites: &[LonLat],
    radius_m: f64,
    boundary: &MultiPolygon<f64>,
    frame: &Frame,
) -> (Vec<LonLat>, Vec<Coord<f64>>) {
    let Some(around) = boundary.bounding_rect() else { return (Vec::new(), Vec::new()) };
    let mut seen = BTreeSet::new();
    let known = sites.iter().map(|site| (*site, frame.to_local(*site)));
    let kept =
        known.filter(|(_, at)| may_reach(*at, radius_m, around) && seen.insert((at.x.to_bits(), at.y.to_bits())));
    kept.unzip()
}

/// Whether a disc may reach a box. Up to a third of the way round the earth the plane stretches no length to twice itself.
fn may_reach(at: Coord<f64>, radius_m: f64, around: Rect<f64>) -> bool {
    let beyond = |v: f64, low: f64, high: f64| (low - v).max(v - high).max(0.0);
    let away_m =
        libm::hypot(beyond(at.x, around.min().x, around.max().x), beyond(at.y, around.min().y, around.max().y));
    away_m <= 2.0 * radius_m
}

/// The regular polygon in a geodesic circle.
struct CirclePolygon<'a> {
    sides: i64,
    radius_m: f64,
    frame: &'a Frame,
}

impl CirclePolygon<'_> {
    /// From a site to a vertex, metres in the plane. The first is in the north, the others follow counter-clockwise.
    fn vertex(&self, place: LonLat, centre: Coord<f64>, number: i64) -> Coord<f64> {
        let bearing_degrees = -360.0 * number.rem_euclid(self.sides) as f64 / self.sides as f64;
        self.frame.to_local(place.destination(bearing_degrees, self.radius_m)) - centre
    }

    /// The sectors in some directions.
    fn sectors(&self, place: LonLat, centre: Coord<f64>, open: &[Directions], bend: Bend) -> Vec<Sector> {
        let step = TAU / self.sides as f64;
        let north = self.vertex(place, centre, 0);
        let north = libm::atan2(north.y, north.x);
        // A vertex may stand aside from where its number says by no more than the bend.
        let numbers = |(from, to): &Directions| {
            let first = ((from - bend.0 - north) / step).floor() as i64;
            (first, ((to + bend.0 - north) / step).ceil() as i64)
        };
        if open.iter().map(numbers).any(|(first, last)| last - first >= self.sides) {
            let outer = (0..self.sides).map(|number| self.vertex(place, centre, number)).collect();
            return vec![Sector { centre, outer, inner: Vec::new() }];
        }
        let sector = |directions: &Directions| {
            let (first, last) = numbers(directions);
            let vertices: Vec<Coord<f64>> = (first..=last).map(|number| self.vertex(place, centre, number)).collect();
            let (begin, end) = (unit(directions.0), unit(directions.1));
            // The chords that the two sides of the sector cross, by their first vertices.
            let from = (1..vertices.len() - 1).take_while(|at| cross(begin, vertices[*at]) <= 0.0).last().unwrap_or(0);
            let to = (1..vertices.len() - 1).rev().take_while(|at| cross(end, vertices[*at]) >= 0.0).last();
            let to = to.map_or(vertices.len() - 2, |at| at - 1).max(from);
            let between = &vertices[from + 1..=to];
            let ends = [along(begin, vertices[from], vertices[from + 1]), along(end, vertices[to], vertices[to + 1])];
            let inner_step = (self.sides / INNER_SIDES).max(1);
            let numbered: Vec<(i64, Coord<f64>)> = (first..=last).skip(from + 1).zip(between.iter().copied()).collect();
            let kept = numbered.iter().rev().filter(|(number, _)| number.rem_euclid(inner_step) == 0);
            let kept = kept.map(|(_, vertex)| *vertex);
            let inner = std::iter::once(ends[1]).chain(kept).chain([ends[0]]).map(|to| to * SECTOR_SHARE).collect();
            let outer = std::iter::once(ends[0]).chain(between.iter().copied()).chain([ends[1]]).collect();
            Sector { centre, outer, inner }
        };
        open.iter().map(sector).collect()
    }
}

fn unit(direction: f64) -> Coord<f64> {
    let (sin, cos) = libm::sincos(direction);
    Coord { x: cos, y: sin }
}

fn cross(a: Coord<f64>, b: Coord<f64>) -> f64 {
    a.x * b.y - a.y * b.x
}

/// Where a ray from the centre crosses the chord between two places on either side of it; the nearer of the two if it runs
/// beside them.
fn along(ray: Coord<f64>, from: Coord<f64>, to: Coord<f64>) -> Coord<f64> {
    let (before, after) = (cross(ray, from), cross(ray, to));
    if before < 0.0 && after > 0.0 {
        from + (to - from) * (before / (before - after))
    } else if before.abs() < after.abs() {
        from
    } else {
        to
    }
}

#[cfg(test)]
mod tests;

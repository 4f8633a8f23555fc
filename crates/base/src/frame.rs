//! Longitude and latitude to plane metres and back, and lengths on the ellipsoid.
//!
//! In: WGS 84 degrees. Out: metres, either in one equal-area plane for the whole region or along the geodesic. This is
//! the only place that turns degrees into metres.

use geo::{Coord, Distance, Euclidean, Geodesic, Line, LineString, MultiPolygon, Point, Polygon};
use proj4rs::{Proj, transform::transform};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A place on the ellipsoid, WGS 84 (CGCS2000 is the same to centimetres).
///
/// # Units
/// Degrees.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct LonLat {
    /// Degrees east of Greenwich.
    pub lon: f64,
    /// Degrees north of the equator.
    pub lat: f64,
}

/// Semi-major axis of WGS 84, metres (NGA.STND.0036).
const SEMI_MAJOR_AXIS_M: f64 = 6_378_137.0;
/// First eccentricity squared of WGS 84, dimensionless, from f = 1/298.257223563.
const ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_141_316_5;
/// Longest side in longitude and latitude, degrees, for which the mid-latitude formula is within 1e-6 of the geodesic
/// (tested).
const SHORT_DEGREES: f64 = 0.03;

impl LonLat {
    /// A place from its longitude and latitude in degrees.
    pub fn new(lon: f64, lat: f64) -> Self {
        Self { lon, lat }
    }

    /// The same place with a longitude within half a turn of that of `other`: what lies across 180 degrees is in one piece.
    #[must_use]
    pub fn beside(self, other: Self) -> Self {
        match self.lon - other.lon {
            east if east > 180.0 => Self::new(self.lon - 360.0, self.lat),
            west if west < -180.0 => Self::new(self.lon + 360.0, self.lat),
            _ => self,
        }
    }

    /// The same place with a longitude of -180 to 180 degrees, as files state it (RFC 7946 section 3.1.9).
    #[must_use]
    pub fn normalized(self) -> Self {
        self.beside(Self::new(0.0, 0.0))
    }

    /// Length of the geodesic to `other`, metres (Karney 2013, through `geo`).
    pub fn geodesic_m(self, other: Self) -> f64 {
        Geodesic.distance(Point::new(self.lon, self.lat), Point::new(other.lon, other.lat))
    }

    /// Length of a short line, metres: within 1e-6 of the geodesic, and many times faster.
    ///
    /// Gauss's mid-latitude formula (Rapp 1991, Geometric Geodesy I, section 3.6). Lines longer than about 3 km, and
    /// those beyond 80 degrees of latitude, go to [`Self::geodesic_m`]. Symmetric in its two ends.
    pub fn length_m(self, other: Self) -> f64 {
        let (d_lon, d_lat) = (other.lon - self.lon, other.lat - self.lat);
        if d_lon.abs() > SHORT_DEGREES || d_lat.abs() > SHORT_DEGREES || self.lat.abs().max(other.lat.abs()) > 80.0 {
            return self.geodesic_m(other);
        }
        let mid = f64::midpoint(self.lat, other.lat).to_radians();
        let (sin, cos) = libm::sincos(mid);
        let w2 = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
        let w = w2.sqrt();
        let prime_vertical_m = SEMI_MAJOR_AXIS_M / w;
        let meridian_m = SEMI_MAJOR_AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (w2 * w);
        let north = meridian_m * d_lat.to_radians();
        let east = prime_vertical_m * cos * d_lon.to_radians();
        libm::hypot(north, east)
    }

    /// The end of the geodesic of `metres` metres that leaves at `bearing_degrees`, clockwise from north.
    #[must_use]
    pub fn destination(self, bearing_degrees: f64, metres: f64) -> Self {
        use geo::Destination;
        let p = Geodesic.destination(Point::new(self.lon, self.lat), bearing_degrees, metres);
        Self::new(p.x(), p.y())
    }
}

impl From<Coord<f64>> for LonLat {
    fn from(c: Coord<f64>) -> Self {
        Self::new(c.x, c.y)
    }
}

/// No plane can be set up at a centre.
#[derive(Debug, Error)]
#[error("no local frame at longitude {lon}, latitude {lat}: {why}")]
pub struct FrameError {
    lon: f64,
    lat: f64,
    why: String,
}

/// Distance of the antipode from the centre in the plane, metres: twice the radius of the authalic sphere.
const RIM_M: f64 = 2.0 * 6_371_007.181;

/// Greatest distance of a projected edge from the straight line between its ends at the places that are tried, metres: half
/// of the tenth that definitions.md section 1 allows.
const EDGE_DEVIATION_M: f64 = 0.05;

/// Difference in longitude and latitude up to which an edge is straight on the plane to 5 cm: it bends by at most R/8 of the
/// product of the two in radians, and half as much again along a parallel.
const STRAIGHT_EDGE_DEGREES: f64 = 0.01;

/// Greatest number of times that an edge is halved: 16,384 pieces of an edge round the earth are within the deviation.
const EDGE_HALVINGS: u32 = 14;

/// The local frame: one Lambert azimuthal equal-area plane, centred on the region (Snyder 1987, section 24; through
/// `proj4rs`).
///
/// Areas are true everywhere, distances to 1e-5 within 57 km of the centre (the scale error is r²/8R²).
#[derive(Debug)]
pub struct Frame {
    centre: LonLat,
    plane: Proj,
    degrees: Proj,
}

impl Frame {
    /// A plane that touches the ellipsoid at `centre`; an error if `proj4rs` refuses the centre.
    pub fn new(centre: LonLat) -> Result<Self, FrameError> {
        let fail = |e: proj4rs::errors::Error| FrameError { lon: centre.lon, lat: centre.lat, why: e.to_string() };
        let definition =
            format!("+proj=laea +lat_0={} +lon_0={} +ellps=WGS84 +units=m +no_defs", centre.lat, centre.lon);
        Ok(Self {
            centre,
            plane: Proj::from_proj_string(&definition).map_err(fail)?,
            degrees: Proj::from_proj_string("+proj=longlat +ellps=WGS84 +no_defs").map_err(fail)?,
        })
    }

    /// The point where the plane touches the ellipsoid.
    pub fn centre(&self) -> LonLat {
        self.centre
    }

    /// Projects a place.
    ///
    /// # Units
    /// Degrees to metres east and north of the centre. The antipode is a whole circle of the plane; its eastern point
    /// is returned.
    pub fn to_local(&self, place: LonLat) -> Coord<f64> {
        let mut p = (place.lon.to_radians(), place.lat.to_radians(), 0.0);
        match transform(&self.degrees, &self.plane, &mut p) {
            Ok(()) => Coord { x: p.0, y: p.1 },
            Err(_) => Coord { x: RIM_M, y: 0.0 },
        }
    }

    /// Projects a line whose edges are straight in degrees (definitions.md section 1): long ones get more vertices, so that
    /// the projected line is nowhere more than a tenth of a metre off. An edge gets the same vertices in both directions.
    pub fn line_to_local(&self, line: &LineString<f64>) -> LineString<f64> {
        let Some(first) = line.0.first() else { return LineString::new(Vec::new()) };
        let mut projected = vec![self.to_local((*first).into())];
        for edge in line.lines() {
            let ends = (self.to_local(edge.start.into()), self.to_local(edge.end.into()));
            self.densify(edge, ends, EDGE_HALVINGS, &mut projected);
        }
        LineString::new(projected)
    }

    /// Projects a polygon, edge by edge as [`Frame::line_to_local`].
    pub fn polygon_to_local(&self, polygon: &Polygon<f64>) -> Polygon<f64> {
        let holes = polygon.interiors().iter().map(|ring| self.line_to_local(ring)).collect();
        Polygon::new(self.line_to_local(polygon.exterior()), holes)
    }

    /// Projects polygons, edge by edge as [`Frame::line_to_local`].
    pub fn area_to_local(&self, area: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        area.iter().map(|polygon| self.polygon_to_local(polygon)).collect()
    }

    /// Adds the vertices of an edge after its first: the last one, and those between that its projection needs.
    fn densify(
        &self,
        edge: Line<f64>,
        (from, to): (Coord<f64>, Coord<f64>),
        halvings: u32,
        projected: &mut Vec<Coord<f64>>,
    ) {
        let middle = |a: Coord<f64>, b: Coord<f64>| Coord { x: f64::midpoint(a.x, b.x), y: f64::midpoint(a.y, b.y) };
        let short = edge.dx().abs().max(edge.dy().abs()) <= STRAIGHT_EDGE_DEGREES;
        if !short && halvings > 0 {
            let half = middle(edge.start, edge.end);
            // At a quarter as well: an edge through the centre of the plane bends both ways, and crosses its chord halfway.
            let probes = [half, middle(edge.start, half), middle(half, edge.end)];
            let chord = Line::new(from, to);
            let off = |at: Coord<f64>| Euclidean.distance(&Point::from(self.to_local(at.into())), &chord);
            if probes.into_iter().any(|at| off(at) > EDGE_DEVIATION_M) {
                let at_half = self.to_local(half.into());
                self.densify(Line::new(edge.start, half), (from, at_half), halvings - 1, projected);
                self.densify(Line::new(half, edge.end), (at_half, to), halvings - 1, projected);
                return;
            }
        }
        projected.push(to);
    }

    /// Unprojects a place; NaN beyond the circle of the antipode, which no projected place is.
    ///
    /// # Units
    /// Metres east and north of the centre to degrees, within half a turn of the centre.
    pub fn to_lon_lat(&self, place: Coord<f64>) -> LonLat {
        let mut p = (place.x, place.y, 0.0);
        match transform(&self.plane, &self.degrees, &mut p) {
            Ok(()) => LonLat::new(p.0.to_degrees(), p.1.to_degrees()).beside(self.centre),
            Err(_) => LonLat::new(f64::NAN, f64::NAN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn short_lengths_agree_with_the_geodesic(
            lon in -179.0..179.0f64, lat in -75.0..75.0f64, dx in -0.03..0.03f64, dy in -0.03..0.03f64,
        ) {
            let (a, b) = (LonLat::new(lon, lat), LonLat::new(lon + dx, lat + dy));
            let exact = a.geodesic_m(b);
            prop_assert!((a.length_m(b) - exact).abs() <= 1e-6 * exact + 1e-6, "{} {}", a.length_m(b), exact);
        }

        #[test]
        fn the_plane_is_true_near_its_centre_and_inverts(
            lon in -170.0..170.0f64, lat in -70.0..70.0f64, dx in -0.3..0.3f64, dy in -0.3..0.3f64,
        ) {
            let centre = LonLat::new(lon, lat);
            let frame = Frame::new(centre).unwrap();
            let p = LonLat::new(lon + dx, lat + dy);
            let local = frame.to_local(p);
            let back = frame.to_lon_lat(local);
            prop_assert!((back.lon - p.lon).abs() < 1e-9 && (back.lat - p.lat).abs() < 1e-9);
            let q = LonLat::new(p.lon + 0.003, p.lat + 0.001);
            let plane = libm::hypot((frame.to_local(q) - local).x, (frame.to_local(q) - local).y);
            prop_assert!((plane / p.geodesic_m(q) - 1.0).abs() < 2e-5);
        }
    }

    #[test]
    fn every_place_on_earth_is_somewhere_on_the_plane() {
        let frame = Frame::new(LonLat::new(-113.5, 53.545)).unwrap();
        for (lon, lat) in [(66.5, -53.545), (66.500_000_01, -53.545), (0.0, 90.0), (0.0, -90.0), (180.0, 0.0)] {
            let p = frame.to_local(LonLat::new(lon, lat));
            assert!(libm::hypot(p.x, p.y) <= RIM_M + 1.0, "{lon} {lat}: {p:?}");
        }
    }

    proptest! {
        /// Any place on an edge in degrees is within a tenth of a metre of the projected line.
        #[test]
        fn a_long_edge_stays_straight_in_degrees(
            lon in -150.0..150.0f64, lat in -70.0..70.0f64, dx in -3.0..3.0f64, dy in -3.0..3.0f64, share in 0.0..1.0f64,
        ) {
            let frame = Frame::new(LonLat::new(lon + 0.4, lat - 0.2)).unwrap();
            let ends = [Coord { x: lon, y: lat }, Coord { x: lon + dx, y: lat + dy }];
            let projected = frame.line_to_local(&LineString::from(ends.to_vec()));
            let between = frame.to_local(LonLat::new(lon + share * dx, lat + share * dy));
            let off = Euclidean.distance(&Point::from(between), &projected);
            prop_assert!(off < 0.1, "{off} m of {} vertices", projected.0.len());
            // A border that two units share is the same line for both.
            let mut back = frame.line_to_local(&LineString::from(vec![ends[1], ends[0]])).0;
            back.reverse();
            prop_assert_eq!(back, projected.0);
        }
    }

    #[test]
    fn an_edge_through_the_middle_of_the_plane_bends_both_ways() {
        let frame = Frame::new(LonLat::new(118.0, 40.0)).unwrap();
        let edge = LineString::from(vec![(115.0, 38.0), (121.0, 42.0)]);
        assert!(frame.line_to_local(&edge).0.len() > 8);
        assert_eq!(frame.line_to_local(&LineString::from(vec![(118.0, 40.0), (118.009, 40.009)])).0.len(), 2);
    }

    #[test]
    fn haversine_would_be_wrong_at_the_limit() {
        // A true 5,000 m north of 40 degrees measures about 12 m short on a sphere: the reason for the geodesic.
        let a = LonLat::new(118.0, 40.0);
        let b = a.destination(0.0, 5000.0);
        assert!((a.geodesic_m(b) - 5000.0).abs() < 1e-6);
        let sphere = geo::Haversine.distance(Point::new(a.lon, a.lat), Point::new(b.lon, b.lat));
        assert!((sphere - 5000.0).abs() > 5.0);
    }
}

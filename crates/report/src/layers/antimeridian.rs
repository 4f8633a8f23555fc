//! What lies across 180 degrees, as files show it.
//!
//! In: shapes in degrees, in one piece, with longitudes beyond 180. Out: the same shapes with longitudes of -180 to 180, cut at
//! 180 (RFC 7946 section 3.1.9).

use super::{Row, Shape};
use crate::rounding::degrees;
use geo::{BooleanOps, Coord, CoordsIter, Geometry, LineString, MapCoords, MultiLineString, MultiPolygon, Point, Rect};
use lifering_base::frame::LonLat;

/// Cuts the geometries of a layer if any lies beyond 180 degrees; the shape that the layer has then.
pub fn cut_rows(rows: &mut [Row<'_>], shape: Shape) -> Shape {
    let beyond = |row: &Row<'_>| row.geometry.as_ref().is_some_and(is_beyond);
    if !rows.iter().any(beyond) {
        return shape;
    }
    for row in rows.iter_mut() {
        row.geometry = row.geometry.take().map(cut);
    }
    match shape {
        Shape::Line => Shape::MultiLine,
        Shape::Polygon => Shape::MultiPolygon,
        other => other,
    }
}

/// A shape with longitudes of -180 to 180, in several parts where it lies on both sides.
pub fn cut(geometry: Geometry<f64>) -> Geometry<f64> {
    if !is_beyond(&geometry) {
        return geometry;
    }
    match geometry {
        Geometry::Point(p) => Geometry::Point(Point(normalized(p.0))),
        Geometry::LineString(line) => lines(std::iter::once(line)),
        Geometry::MultiLineString(all) => lines(all.0.into_iter()),
        Geometry::Polygon(one) => Geometry::MultiPolygon(cut_area(&MultiPolygon::new(vec![one]))),
        Geometry::MultiPolygon(area) => Geometry::MultiPolygon(cut_area(&area)),
        other => other,
    }
}

/// Polygons with longitudes of -180 to 180.
pub fn cut_area(area: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    if !area.coords_iter().any(|c| c.x.abs() > 180.0) {
        return area.clone();
    }
    let parts = [-1.0, 0.0, 1.0].into_iter().flat_map(|turns| {
        let middle = 360.0 * turns;
        let half_turn = |side: f64, lat: f64| Coord { x: middle + side, y: lat };
        let strip = Rect::new(half_turn(-180.0, -90.0), half_turn(180.0, 90.0)).to_polygon();
        let part = area.intersection(&MultiPolygon::new(vec![strip]));
        // The corners of a cut are rounded, and 180 degrees must not be passed by that.
        part.map_coords(|c| Coord { x: degrees(c.x - middle).clamp(-180.0, 180.0), y: degrees(c.y) }).0
    });
    MultiPolygon::new(parts.collect())
}

fn is_beyond(geometry: &Geometry<f64>) -> bool {
    geometry.coords_iter().any(|c| c.x.abs() > 180.0)
}

fn normalized(c: Coord<f64>) -> Coord<f64> {
    let place = LonLat::from(c).normalized();
    Coord { x: degrees(place.lon), y: place.lat }
}

fn lines(all: impl Iterator<Item = LineString<f64>>) -> Geometry<f64> {
    Geometry::MultiLineString(MultiLineString::new(all.flat_map(|line| pieces(&line)).collect()))
}

/// The side of 180 degrees that a longitude lies on: -1, 0 or 1.
fn side(lon: f64) -> i8 {
    match lon {
        lon if lon > 180.0 => 1,
        lon if lon < -180.0 => -1,
        _ => 0,
    }
}

/// A line cut at 180 degrees.
fn pieces(line: &LineString<f64>) -> Vec<LineString<f64>> {
    let mut all: Vec<Vec<Coord<f64>>> = vec![Vec::new()];
    let mut before: Option<Coord<f64>> = None;
    for c in &line.0 {
        if let Some(from) = before.filter(|from| side(from.x) != side(c.x)) {
            let meridian = if from.x.max(c.x) > 180.0 { 180.0 } else { -180.0 };
            let lat = degrees(from.y + (c.y - from.y) * (meridian - from.x) / (c.x - from.x));
            let end = |of: f64| Coord { x: meridian - 360.0 * f64::from(side(of)), y: lat };
            if let Some(last) = all.last_mut() {
                last.push(end(from.x));
            }
            all.push(vec![end(c.x)]);
        }
        if let Some(last) = all.last_mut() {
            last.push(normalized(*c));
        }
        before = Some(*c);
    }
    for piece in &mut all {
        piece.dedup();
    }
    all.into_iter().filter(|piece| piece.len() > 1).map(LineString::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Validation, wkt};

    #[test]
    fn lines_end_at_180_degrees_on_both_sides() {
        let cut = pieces(&wkt!(LINESTRING(179. 0.,181. 2.,182. 2.)));
        assert_eq!(cut, [wkt!(LINESTRING(179. 0.,180. 1.)), wkt!(LINESTRING(-180. 1.,-179. 2.,-178. 2.))]);
        let back = pieces(&wkt!(LINESTRING(-179. 0.,-181. 2.)));
        assert_eq!(back, [wkt!(LINESTRING(-179. 0.,-180. 1.)), wkt!(LINESTRING(180. 1.,179. 2.))]);
        assert_eq!(pieces(&wkt!(LINESTRING(179. 0.,180. 1.))), [wkt!(LINESTRING(179. 0.,180. 1.))]);
        assert_eq!(pieces(&wkt!(LINESTRING(180. 1.,181. 1.))), [wkt!(LINESTRING(-180. 1.,-179. 1.))]);
    }

    #[test]
    fn areas_are_cut_with_their_holes_and_nothing_is_lost() {
        let area = wkt!(MULTIPOLYGON(((179. 0.,182. 0.,182. 4.,179. 4.,179. 0.),(179.5 1.,179.5 2.,180.5 2.,180.5 1.,179.5 1.))));
        let cut = cut_area(&area);
        assert!((cut.unsigned_area() - 11.0).abs() < 1e-9);
        assert_eq!(cut.0.len(), 2);
        assert!(cut.is_valid() && cut.coords_iter().all(|c| c.x.abs() <= 180.0));
        // What does not reach 180 degrees stays as it is.
        let near = wkt!(MULTIPOLYGON(((178. 0.,180. 0.,180. 4.,178. 0.))));
        assert_eq!(cut_area(&near), near);
    }
}

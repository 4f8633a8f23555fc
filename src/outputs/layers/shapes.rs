//! Shapes in degrees, as all files show them: seven decimals, no vertex twice in a row, right-hand rings.

use crate::frame::Frame;
use geo::orient::Direction;
use geo::{Coord, Geometry, LineString, MapCoords, MultiPolygon, Orient, Point, Polygon};

/// Seven decimals: a centimetre.
pub fn degrees(value: f64) -> f64 {
    (value * 1e7).round() / 1e7
}

fn rounded(c: Coord<f64>) -> Coord<f64> {
    Coord { x: degrees(c.x), y: degrees(c.y) }
}

/// A place of the local plane in degrees.
fn lon_lat(frame: &Frame, c: Coord<f64>) -> Coord<f64> {
    let p = frame.to_lon_lat(c);
    Coord { x: p.lon, y: p.lat }
}

/// A point.
pub fn point(lon: f64, lat: f64) -> Geometry<f64> {
    Geometry::Point(Point(rounded(Coord { x: lon, y: lat })))
}

fn without_repetitions(places: impl Iterator<Item = Coord<f64>>) -> LineString<f64> {
    let mut places: Vec<Coord<f64>> = places.map(rounded).collect();
    places.dedup();
    LineString::new(places)
}

/// A line of the local plane; `None` where it is shorter than a centimetre.
pub fn line(frame: &Frame, places: &[Coord<f64>]) -> Option<Geometry<f64>> {
    let line = without_repetitions(places.iter().map(|c| lon_lat(frame, *c)));
    (line.0.len() > 1).then_some(Geometry::LineString(line))
}

fn tidy(polygon: &Polygon<f64>) -> Polygon<f64> {
    let polygon = polygon.orient(Direction::Default);
    let ring = |ring: &LineString<f64>| Some(without_repetitions(ring.0.iter().copied())).filter(|r| r.0.len() > 3);
    let outer = ring(polygon.exterior()).unwrap_or_else(|| LineString::new(Vec::new()));
    Polygon::new(outer, polygon.interiors().iter().filter_map(ring).collect())
}

/// A polygon of the local plane.
pub fn local_polygon(frame: &Frame, polygon: &Polygon<f64>) -> Geometry<f64> {
    Geometry::Polygon(tidy(&polygon.map_coords(|c| lon_lat(frame, c))))
}

/// Polygons of the local plane.
pub fn local_area(frame: &Frame, area: &MultiPolygon<f64>) -> Geometry<f64> {
    degree_area(&area.map_coords(|c| lon_lat(frame, c)))
}

/// Polygons in degrees.
pub fn degree_area(area: &MultiPolygon<f64>) -> Geometry<f64> {
    match area.0.as_slice() {
        [one] => Geometry::Polygon(tidy(one)),
        many => Geometry::MultiPolygon(MultiPolygon::new(many.iter().map(tidy).collect())),
    }
}

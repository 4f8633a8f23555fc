//! Shapes in degrees, as all files show them: seven decimals, no vertex twice in a row, right-hand rings.

use crate::rounding::degrees;
use geo::orient::Direction;
use geo::{Area, BooleanOps, Coord, Geometry, LineString, MapCoords, MultiPolygon, Orient, Point, Polygon};
use lifering_base::frame::{Frame, LonLat};
use std::borrow::Cow;

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

/// How often a ring that rounding drew over itself is cut and rounded again.
const SETTLINGS: usize = 3;

fn positions(polygon: &Polygon<f64>) -> usize {
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(|ring| ring.0.len()).sum()
}

/// Rounding to a centimetre may draw a ring over itself by a hair. Such a polygon is cut where it crosses itself, and what
/// is cut off, smaller than the rounding, is left out.
fn settled(mut polygon: Polygon<f64>) -> Polygon<f64> {
    for _ in 0..SETTLINGS {
        let parts = polygon.union(&Polygon::new(LineString::new(Vec::new()), Vec::new())).0;
        if let [only] = parts.as_slice()
            && positions(only) == positions(&polygon)
        {
            break;
        }
        let Some(largest) = parts.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area())) else { break };
        polygon = tidy(largest);
    }
    polygon
}

/// A polygon of the local plane, valid after rounding.
pub fn local_polygon(frame: &Frame, polygon: &Polygon<f64>) -> Geometry<f64> {
    Geometry::Polygon(settled(tidy(&polygon.map_coords(|c| lon_lat(frame, c)))))
}

/// The same polygon still in the local plane, for drawings that files are held against: where rounding cut something off, it is
/// cut off here, too.
pub fn as_written<'a>(frame: &Frame, polygon: &'a Polygon<f64>) -> Cow<'a, Polygon<f64>> {
    let rounded = tidy(&polygon.map_coords(|c| lon_lat(frame, c)));
    let before = positions(&rounded);
    let settled = settled(rounded);
    if positions(&settled) == before {
        Cow::Borrowed(polygon)
    } else {
        Cow::Owned(settled.map_coords(|c| frame.to_local(LonLat::new(c.x, c.y))))
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Validation;

    #[test]
    fn a_ring_that_rounding_draws_over_itself_is_cut() {
        // The notch from below ends a tenth of a unit under the upper edge, which rounding moves down to it and beyond.
        let unit = 1e-7;
        let places = [(0.0, 0.0), (40.0, 0.0), (50.0, 9.6), (60.0, 0.0), (100.0, 0.0), (100.0, 9.4), (0.0, 10.0)];
        let ring: Vec<Coord<f64>> = places.iter().map(|(x, y)| Coord { x: x * unit, y: y * unit }).collect();
        let drawn = Polygon::new(LineString::new(ring), Vec::new());
        assert!(drawn.is_valid());
        let rounded = tidy(&drawn);
        assert!(!rounded.is_valid(), "rounding did no harm: nothing is shown");
        let settled = settled(rounded.clone());
        assert!(settled.is_valid(), "{settled:?}");
        assert!((settled.unsigned_area() - rounded.unsigned_area()).abs() < 600.0 * unit * unit);
        // What is valid stays as it is.
        assert_eq!(super::settled(tidy(&settled)), tidy(&settled));
    }
}

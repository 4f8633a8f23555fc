//! Geometries as little-endian well-known binary (ISO 19125), the form of `GeoPackage` and `GeoParquet`.
//!
//! In: a geometry in degrees and the shape of its layer. Out: bytes, appended to a buffer; the envelope.

use geo::{Coord, Geometry, LineString, Polygon};
use lifering_report::layers::Shape;

/// Bounding box: west, east, south, north, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Envelope(pub [f64; 4]);

impl Envelope {
    fn of(places: impl Iterator<Item = Coord<f64>>) -> Option<Self> {
        places.map(|c| Self([c.x, c.x, c.y, c.y])).reduce(Self::union)
    }

    /// The smallest envelope that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let (Self(a), Self(b)) = (self, other);
        Self([a[0].min(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].max(b[3])])
    }
}

/// The envelope of a geometry; `None` if it is empty or does not have the shape of its layer.
pub fn envelope(geometry: &Geometry<f64>, shape: Shape) -> Option<Envelope> {
    match (geometry, shape) {
        (Geometry::Point(p), Shape::Point) => Envelope::of(std::iter::once(p.0)),
        (Geometry::MultiLineString(lines), Shape::MultiLine) => {
            Envelope::of(lines.iter().flat_map(|line| line.0.iter().copied()))
        }
        (Geometry::LineString(line), Shape::Line | Shape::MultiLine) => Envelope::of(line.0.iter().copied()),
        (Geometry::Polygon(polygon), Shape::Polygon | Shape::MultiPolygon) => {
            Envelope::of(polygon.exterior().0.iter().copied())
        }
        (Geometry::MultiPolygon(area), Shape::MultiPolygon) => {
            Envelope::of(area.iter().flat_map(|polygon| polygon.exterior().0.iter().copied()))
        }
        _ => None,
    }
}

/// Appends a geometry of the shape of its layer; [`envelope`] decides whether it has that shape.
pub fn write(wkb: &mut Vec<u8>, geometry: &Geometry<f64>, shape: Shape) {
    match geometry {
        Geometry::Point(p) => {
            head(wkb, 1);
            pair(wkb, p.0);
        }
        Geometry::LineString(line) if shape == Shape::MultiLine => {
            head(wkb, 5);
            count(wkb, 1);
            head(wkb, 2);
            places(wkb, line);
        }
        Geometry::LineString(line) => {
            head(wkb, 2);
            places(wkb, line);
        }
        Geometry::MultiLineString(lines) => {
            head(wkb, 5);
            count(wkb, lines.0.len());
            for line in lines {
                head(wkb, 2);
                places(wkb, line);
            }
        }
        Geometry::Polygon(one) if shape == Shape::MultiPolygon => {
            head(wkb, 6);
            count(wkb, 1);
            polygon(wkb, one);
        }
        Geometry::Polygon(one) => polygon(wkb, one),
        Geometry::MultiPolygon(area) => {
            head(wkb, 6);
            count(wkb, area.0.len());
            for one in area {
                polygon(wkb, one);
            }
        }
        _ => {}
    }
}

/// Byte order and geometry type.
fn head(wkb: &mut Vec<u8>, kind: u32) {
    wkb.push(1);
    wkb.extend(kind.to_le_bytes());
}

fn count(wkb: &mut Vec<u8>, n: usize) {
    wkb.extend((n as u32).to_le_bytes());
}

fn pair(wkb: &mut Vec<u8>, c: Coord<f64>) {
    wkb.extend(c.x.to_le_bytes());
    wkb.extend(c.y.to_le_bytes());
}

fn places(wkb: &mut Vec<u8>, line: &LineString<f64>) {
    count(wkb, line.0.len());
    for c in &line.0 {
        pair(wkb, *c);
    }
}

fn polygon(wkb: &mut Vec<u8>, polygon: &Polygon<f64>) {
    head(wkb, 3);
    count(wkb, 1 + polygon.interiors().len());
    places(wkb, polygon.exterior());
    for hole in polygon.interiors() {
        places(wkb, hole);
    }
}

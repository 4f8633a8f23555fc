//! Geometries as GeoPackage writes them: a header with the envelope, then little-endian WKB.

use crate::outputs::layers::Shape;
use geojson::{GeometryValue, Position};

/// West, east, south, north in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Envelope(pub [f64; 4]);

impl Envelope {
    fn of<'a>(positions: impl Iterator<Item = &'a Position>) -> Option<Self> {
        positions.map(|p| Self([p[0], p[0], p[1], p[1]])).reduce(Self::union)
    }

    /// The smallest envelope that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let (Self(a), Self(b)) = (self, other);
        Self([a[0].min(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].max(b[3])])
    }
}

/// The blob of a geometry in the shape its layer wants, with its envelope; `None` where it is of another shape or empty.
pub fn encode(geometry: &GeometryValue, shape: Shape) -> Option<(Vec<u8>, Envelope)> {
    let mut wkb = Vec::new();
    let envelope = match (geometry, shape) {
        (GeometryValue::Point { coordinates }, Shape::Point) => {
            head(&mut wkb, 1);
            pair(&mut wkb, coordinates);
            Envelope::of(std::iter::once(coordinates))
        }
        (GeometryValue::LineString { coordinates }, Shape::Line) => {
            head(&mut wkb, 2);
            line(&mut wkb, coordinates);
            Envelope::of(coordinates.iter())
        }
        (GeometryValue::Polygon { coordinates }, Shape::Polygon) => {
            polygon(&mut wkb, coordinates);
            Envelope::of(coordinates.iter().flatten())
        }
        (GeometryValue::Polygon { coordinates }, Shape::MultiPolygon) => {
            head(&mut wkb, 6);
            count(&mut wkb, 1);
            polygon(&mut wkb, coordinates);
            Envelope::of(coordinates.iter().flatten())
        }
        (GeometryValue::MultiPolygon { coordinates }, Shape::MultiPolygon) => {
            head(&mut wkb, 6);
            count(&mut wkb, coordinates.len());
            for rings in coordinates {
                polygon(&mut wkb, rings);
            }
            Envelope::of(coordinates.iter().flatten().flatten())
        }
        _ => None,
    }?;
    // Magic, version 0, flags: little-endian, and an envelope of x and y where it is no point (OGC 12-128r17, 2.1.3).
    let with_envelope = shape != Shape::Point;
    let mut blob = vec![b'G', b'P', 0, 1 | if with_envelope { 2 } else { 0 }];
    blob.extend(4326_i32.to_le_bytes());
    if with_envelope {
        blob.extend(envelope.0.iter().flat_map(|v| v.to_le_bytes()));
    }
    blob.extend(wkb);
    Some((blob, envelope))
}

fn head(wkb: &mut Vec<u8>, kind: u32) {
    wkb.push(1);
    wkb.extend(kind.to_le_bytes());
}

fn count(wkb: &mut Vec<u8>, n: usize) {
    wkb.extend((n as u32).to_le_bytes());
}

fn pair(wkb: &mut Vec<u8>, position: &Position) {
    wkb.extend(position[0].to_le_bytes());
    wkb.extend(position[1].to_le_bytes());
}

fn line(wkb: &mut Vec<u8>, positions: &[Position]) {
    count(wkb, positions.len());
    for position in positions {
        pair(wkb, position);
    }
}

fn polygon(wkb: &mut Vec<u8>, rings: &[Vec<Position>]) {
    head(wkb, 3);
    count(wkb, rings.len());
    for ring in rings {
        line(wkb, ring);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_point_has_no_envelope_and_a_line_has_one() {
        let at = |x: f64, y: f64| Position::from([x, y]);
        let (blob, _) = encode(&GeometryValue::Point { coordinates: at(118.5, 24.75) }, Shape::Point).unwrap();
        // 8 bytes of header, 5 of WKB head, 16 of coordinates.
        assert_eq!(blob.len(), 8 + 5 + 16);
        assert_eq!(&blob[..8], &[b'G', b'P', 0, 1, 0xe6, 0x10, 0, 0]);
        let line = GeometryValue::LineString { coordinates: vec![at(1.0, 5.0), at(2.0, 3.0)] };
        let (blob, envelope) = encode(&line, Shape::Line).unwrap();
        assert_eq!(blob.len(), 40 + 5 + 4 + 32);
        assert_eq!(blob[3], 3);
        assert_eq!(envelope, Envelope([1.0, 2.0, 3.0, 5.0]));
        assert!(encode(&line, Shape::Point).is_none());
    }
}

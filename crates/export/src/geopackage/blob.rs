//! Geometry blobs (OGC 12-128r17, 2.1.3): a header with the envelope, then well-known binary.

use crate::wkb::{self, Envelope};
use geo::Geometry;
use lifering_report::layers::Shape;

/// Replaces the content of `blob` by a geometry and returns the envelope; `None` if the geometry is empty or does not
/// have the shape of its layer.
pub fn encode(blob: &mut Vec<u8>, geometry: &Geometry<f64>, shape: Shape) -> Option<Envelope> {
    let envelope = wkb::envelope(geometry, shape)?;
    // Magic, version 0, flags: little-endian, an envelope of x and y unless it is a point.
    let with_envelope = shape != Shape::Point;
    blob.clear();
    blob.extend([b'G', b'P', 0, 1 | if with_envelope { 2 } else { 0 }]);
    blob.extend(4326_i32.to_le_bytes());
    if with_envelope {
        blob.extend(envelope.0.iter().flat_map(|v| v.to_le_bytes()));
    }
    wkb::write(blob, geometry, shape);
    Some(envelope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{LineString, Point};

    #[test]
    fn a_point_has_no_envelope_and_a_line_has_one() {
        let mut blob = Vec::new();
        encode(&mut blob, &Geometry::Point(Point::new(118.5, 24.75)), Shape::Point).unwrap();
        // 8 bytes of header, 5 of WKB head, 16 of coordinates.
        assert_eq!(blob.len(), 8 + 5 + 16);
        assert_eq!(&blob[..8], &[b'G', b'P', 0, 1, 0xe6, 0x10, 0, 0]);
        let line = Geometry::LineString(LineString::from(vec![(1.0, 5.0), (2.0, 3.0)]));
        let envelope = encode(&mut blob, &line, Shape::Line).unwrap();
        assert_eq!(blob.len(), 40 + 5 + 4 + 32);
        assert_eq!(blob[3], 3);
        assert_eq!(envelope, Envelope([1.0, 2.0, 3.0, 5.0]));
        assert!(encode(&mut blob, &line, Shape::Point).is_none());
    }
}

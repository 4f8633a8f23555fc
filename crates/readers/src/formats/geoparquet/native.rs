//! The native encodings of `GeoParquet` 1.1 (`GeoArrow`, separated): x and y as leaves of their own, in lists.
//!
//! In: two leaves. Out: a geometry a row.

use super::leaves::{Leaf, LeafValues};
use crate::geometry::Geometry;
use lifering_base::frame::LonLat;

/// The kinds of geometries that have an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Point,
    MultiPoint,
    LineString,
    MultiLineString,
    Polygon,
    MultiPolygon,
}

impl Kind {
    /// The kind that the metadata name, and the depth of its lists.
    pub(super) fn of(encoding: &str) -> Option<(Self, i16)> {
        Some(match encoding {
            "point" => (Self::Point, 0),
            "multipoint" => (Self::MultiPoint, 1),
            "linestring" => (Self::LineString, 1),
            "multilinestring" => (Self::MultiLineString, 2),
            "polygon" => (Self::Polygon, 2),
            "multipolygon" => (Self::MultiPolygon, 3),
            _ => return None,
        })
    }

    /// A geometry of its positions in lists of lists of lists, of which the outer ones hold one if the kind needs none.
    fn geometry(self, mut parts: Vec<Vec<Vec<LonLat>>>) -> Option<Geometry> {
        for part in &mut parts {
            part.retain(|line| !line.is_empty());
        }
        parts.retain(|part| !part.is_empty());
        if self == Self::MultiPolygon {
            return (!parts.is_empty()).then_some(Geometry::MultiPolygon(parts));
        }
        let mut lines = parts.into_iter().next()?;
        Some(match self {
            Self::MultiLineString => Geometry::MultiLineString(lines),
            Self::Polygon => Geometry::Polygon(lines),
            Self::LineString => Geometry::LineString(lines.swap_remove(0)),
            Self::MultiPoint => Geometry::MultiPoint(lines.swap_remove(0)),
            Self::Point | Self::MultiPolygon => Geometry::Point(*lines.first()?.first()?),
        })
    }
}

/// A geometry for every row, `None` for one without; nothing if the two leaves do not belong together.
pub(super) fn geometries(kind: Kind, depth: i16, x: Leaf, y: Leaf) -> Option<Vec<Option<Geometry>>> {
    if x.present != y.present || x.repetition != y.repetition {
        return None;
    }
    let (LeafValues::Double(xs), LeafValues::Double(ys)) = (x.values, y.values) else { return None };
    let mut positions = xs.into_iter().zip(ys).map(|(x, y)| LonLat::new(x, y));
    let mut all = Vec::new();
    let mut row: Option<Vec<Vec<Vec<LonLat>>>> = None;
    for (there, level) in x.present.into_iter().zip(x.repetition) {
        // As a list of three levels has it: 1 begins a polygon, 2 a ring, 3 goes on in it.
        let level = if level == 0 { 0 } else { level + 3 - depth };
        if level == 0 {
            all.extend(row.replace(Vec::new()).map(|done| kind.geometry(done)));
        }
        let parts = row.as_mut()?;
        if level <= 1 {
            parts.push(Vec::new());
        }
        let part = parts.last_mut()?;
        if level <= 2 {
            part.push(Vec::new());
        }
        if there {
            part.last_mut()?.push(positions.next()?);
        }
    }
    all.extend(row.map(|done| kind.geometry(done)));
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(present: &[bool], repetition: &[i16], values: &[f64]) -> Leaf {
        Leaf { present: present.to_vec(), repetition: repetition.to_vec(), values: LeafValues::Double(values.to_vec()) }
    }

    #[test]
    fn lists_are_cut_where_their_levels_say() {
        // A row of two polygons, the first with two rings; a row without; a row of one.
        let present = [true, true, true, true, true, false, true];
        let repetition = [0, 3, 2, 1, 3, 0, 0];
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let of = || leaf(&present, &repetition, &values);
        let found = geometries(Kind::MultiPolygon, 3, of(), of()).unwrap();
        let at = |n: f64| LonLat::new(n, n);
        let first = vec![vec![vec![at(1.0), at(2.0)], vec![at(3.0)]], vec![vec![at(4.0), at(5.0)]]];
        let last = vec![vec![vec![at(6.0)]]];
        assert_eq!(found, [Some(Geometry::MultiPolygon(first)), None, Some(Geometry::MultiPolygon(last))]);
        let lines = leaf(&[true; 4], &[0, 1, 0, 1], &values[..4]);
        let again = leaf(&[true; 4], &[0, 1, 0, 1], &values[..4]);
        let found = geometries(Kind::LineString, 1, lines, again).unwrap();
        let line = |a, b| Some(Geometry::LineString(vec![at(a), at(b)]));
        assert_eq!(found, [line(1.0, 2.0), line(3.0, 4.0)]);
    }

    #[test]
    fn leaves_that_do_not_belong_together_are_refused() {
        let short = leaf(&[true, true], &[0, 0], &[1.0]);
        assert_eq!(geometries(Kind::Point, 0, leaf(&[true, true], &[0, 0], &[1.0, 2.0]), short), None);
        let other = leaf(&[true, false], &[0, 0], &[1.0]);
        assert_eq!(geometries(Kind::Point, 0, leaf(&[true, true], &[0, 0], &[1.0, 2.0]), other), None);
    }
}

//! Whether places lie in an area.
//!
//! In: polygons and places, degrees. Out: yes or no; a place on an edge is inside. Edges are straight in degrees
//! (definitions.md section 1), so places are looked up in degrees: the answer is exact, and another vertex on an edge
//! changes nothing.

use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{Contains, Coord, Intersects, Line, LinesIter, MultiPolygon, Point};
use lifering_base::frame::LonLat;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// An area, indexed for many questions.
pub struct AreaIndex {
    interior: IntervalTreeMultiPolygon<f64>,
    edges: RTree<GeomWithData<Rectangle<[f64; 2]>, Line<f64>>>,
}

impl std::fmt::Debug for AreaIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AreaIndex").field("edges", &self.edges.size()).finish_non_exhaustive()
    }
}

impl AreaIndex {
    /// Indexes an area in degrees.
    pub fn new(area: &MultiPolygon<f64>) -> Self {
        let edge = |line: Line<f64>| {
            GeomWithData::new(Rectangle::from_corners([line.start.x, line.start.y], [line.end.x, line.end.y]), line)
        };
        Self {
            interior: IntervalTreeMultiPolygon::new(area),
            edges: RTree::bulk_load(area.lines_iter().map(edge).collect()),
        }
    }

    /// Whether a place lies inside or on an edge.
    pub fn holds(&self, place: LonLat) -> bool {
        let at = Coord { x: place.lon, y: place.lat };
        self.interior.contains(&Point::from(at)) || self.on_edge(at)
    }

    fn on_edge(&self, at: Coord<f64>) -> bool {
        let near = self.edges.locate_in_envelope_intersecting(AABB::from_point([at.x, at.y]));
        near.into_iter().any(|edge| edge.data.intersects(&at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    #[test]
    fn edges_and_corners_are_inside_and_holes_are_not() {
        let area = wkt!(MULTIPOLYGON(((0. 0.,8. 0.,8. 4.,0. 4.,0. 0.),(2. 1.,2. 3.,6. 3.,6. 1.,2. 1.))));
        let index = AreaIndex::new(&area);
        for (lon, lat, inside) in [
            (1.0, 2.0, true),
            (4.0, 2.0, false),
            (4.0, 1.0, true),
            (2.0, 2.0, true),
            (8.0, 4.0, true),
            (3.0, 0.0, true),
            (3.0, -1e-12, false),
            (8.0 + 1e-12, 2.0, false),
            (9.0, 0.0, false),
        ] {
            assert_eq!(index.holds(LonLat::new(lon, lat)), inside, "{lon} {lat}");
        }
    }
}

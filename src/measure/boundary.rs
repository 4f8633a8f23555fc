//! What is audited: the boundary layer, else the union of units, else the hull of population and roads.
//!
//! In: a region. Out: polygons in degrees, and which of the three it was.

use crate::inputs::Region;
use crate::inputs::population::Residence;
use geo::{Centroid, ConvexHull, Coord, CoordsIter, MultiPoint, MultiPolygon, Point, Scale, unary_union};
use schemars::JsonSchema;
use serde::Serialize;

/// The hull is widened by this factor: 5 cm for 50 km.
const WIDER: f64 = 1.0 + 1e-6;

/// Where the boundary comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoundaryOrigin {
    /// The boundary layer.
    Given,
    /// The union of the units layer.
    Units,
    /// The convex hull of population and roads.
    Hull,
}

/// The boundary in degrees.
pub fn boundary(region: &Region) -> (MultiPolygon<f64>, BoundaryOrigin) {
    if let Some(boundary) = &region.boundary {
        return (boundary.clone(), BoundaryOrigin::Given);
    }
    if let Some(units) = region.units.as_ref().filter(|u| !u.is_empty()) {
        let areas: Vec<MultiPolygon<f64>> = units.iter().map(|u| u.area.clone()).collect();
        return (unary_union(&areas), BoundaryOrigin::Units);
    }
    let people = region.population.iter().flatten().flat_map(|p| match &p.residence {
        Residence::Point(place) => vec![Coord { x: place.lon, y: place.lat }],
        Residence::Area(area) => area.coords_iter().collect(),
    });
    let roads = region.roads.iter().flat_map(|r| r.parts.iter().flatten()).map(|p| Coord { x: p.lon, y: p.lat });
    let points: MultiPoint<f64> = people.chain(roads).map(Point::from).collect();
    let hull = points.convex_hull();
    // The farthest people stand on the hull itself, and what is on an outline is not inside it.
    let wider = hull.centroid().map_or_else(|| hull.clone(), |centre| hull.scale_around_point(WIDER, WIDER, centre));
    (MultiPolygon::new(vec![wider]), BoundaryOrigin::Hull)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::source::Source;
    use geo::Contains;

    #[test]
    fn the_farthest_people_are_inside_the_hull_of_all() {
        let mut region = Region::read(Source::Demo).expect("the demo");
        region.boundary = None;
        region.units = None;
        let (hull, origin) = boundary(&region);
        assert_eq!(origin, BoundaryOrigin::Hull);
        for people in region.population.iter().flatten() {
            if let Residence::Point(place) = &people.residence {
                assert!(hull.contains(&Point::new(place.lon, place.lat)), "{place:?}");
            }
        }
    }
}

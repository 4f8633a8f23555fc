//! What is audited: the boundary layer, else the union of units, else the hull of population and roads.
//!
//! In: a region. Out: polygons in degrees, and which of the three it was.

use geo::{Buffer, ConvexHull, Coord, CoordsIter, MultiPoint, MultiPolygon, Point, unary_union};
use lifering_base::records::Residence;
use lifering_readers::Region;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far beyond its outermost points the hull reaches, degrees: about a metre.
const HULL_MARGIN_DEGREES: f64 = 1e-5;

/// Where the boundary comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    let areas: Vec<MultiPolygon<f64>> = region.units.iter().flatten().filter_map(|unit| unit.area.clone()).collect();
    if !areas.is_empty() {
        return (unary_union(&areas), BoundaryOrigin::Units);
    }
    let people = region.population.iter().flatten().flat_map(|p| match &p.residence {
        Residence::Point(place) => vec![Coord { x: place.lon, y: place.lat }],
        Residence::Area(area) => area.coords_iter().collect(),
    });
    let roads = region.roads.iter().flat_map(|r| r.parts.iter().flatten()).map(|p| Coord { x: p.lon, y: p.lat });
    let points: MultiPoint<f64> = people.chain(roads).map(Point::from).collect();
    // The outermost people and sites stand on the hull itself: a little farther out it holds them all.
    (points.convex_hull().buffer(HULL_MARGIN_DEGREES), BoundaryOrigin::Hull)
}

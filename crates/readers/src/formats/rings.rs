//! Rings that say by their direction alone whether they are outlines or holes, as shapefiles and Esri JSON keep them.
//!
//! In: rings. Out: polygons, each with its holes.

use crate::geometry::Geometry;
use geo::{Contains, Coord, LineString, Point, Polygon};
use lifering_base::frame::LonLat;

/// Polygons of rings of which those that turn clockwise are outlines (Esri's rule).
pub(super) fn polygons(rings: Vec<Vec<LonLat>>) -> Geometry {
    let (outer, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|ring| is_clockwise(ring));
    with_holes(outer, holes)
}

/// Whether a ring turns clockwise; one without area counts as an outline.
fn is_clockwise(ring: &[LonLat]) -> bool {
    let Some(origin) = ring.first() else { return true };
    let next = ring.iter().cycle().skip(1);
    let cross = |(a, b): (&LonLat, &LonLat)| {
        (a.lon - origin.lon) * (b.lat - origin.lat) - (b.lon - origin.lon) * (a.lat - origin.lat)
    };
    ring.iter().zip(next).map(cross).sum::<f64>() <= 0.0
}

/// Gives each hole to the outline that holds it. Where all rings turn the wrong way there are holes only: they are
/// outlines then. A hole that lies in no outline is one itself.
pub(super) fn with_holes(outer: Vec<Vec<LonLat>>, holes: Vec<Vec<LonLat>>) -> Geometry {
    let alone = |ring| vec![ring];
    if outer.is_empty() {
        return Geometry::MultiPolygon(holes.into_iter().map(alone).collect());
    }
    let filled: Vec<Polygon<f64>> = outer
        .iter()
        .map(|ring| {
            let ring: LineString<f64> = ring.iter().map(|p| Coord { x: p.lon, y: p.lat }).collect();
            Polygon::new(ring, vec![])
        })
        .collect();
    let mut polygons: Vec<Vec<Vec<LonLat>>> = outer.into_iter().map(alone).collect();
    for hole in holes {
        let first = hole.first().map(|p| Point::new(p.lon, p.lat));
        let holder = if filled.len() == 1 {
            Some(0)
        } else {
            first.and_then(|p| filled.iter().position(|outline| outline.contains(&p)))
        };
        match holder {
            Some(holder) => polygons[holder].push(hole),
            None => polygons.push(vec![hole]),
        }
    }
    Geometry::MultiPolygon(polygons)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of a size with its lower left corner somewhere, clockwise or not.
    fn square(at: f64, size: f64, clockwise: bool) -> Vec<LonLat> {
        let mut ring: Vec<LonLat> = [(0.0, 0.0), (0.0, size), (size, size), (size, 0.0), (0.0, 0.0)]
            .iter()
            .map(|(x, y)| LonLat::new(at + x, at + y))
            .collect();
        if !clockwise {
            ring.reverse();
        }
        ring
    }

    #[test]
    fn holes_go_to_the_outline_around_them() {
        let (one, two) = (square(0.0, 10.0, true), square(20.0, 10.0, true));
        let (hole, beside) = (square(22.0, 2.0, false), square(50.0, 1.0, false));
        let all = polygons(vec![one.clone(), hole.clone(), two.clone(), beside.clone()]);
        assert_eq!(all, Geometry::MultiPolygon(vec![vec![one], vec![two, hole], vec![beside]]));
    }

    #[test]
    fn rings_that_all_turn_the_wrong_way_are_outlines() {
        let (one, two) = (square(0.0, 10.0, false), square(20.0, 10.0, false));
        assert_eq!(polygons(vec![one.clone(), two.clone()]), Geometry::MultiPolygon(vec![vec![one], vec![two]]));
        assert_eq!(polygons(vec![]), Geometry::MultiPolygon(vec![]));
    }
}

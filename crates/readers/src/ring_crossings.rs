//! Rings that cross themselves or each other too often to be made sense of.
//!
//! In: polygons as they are drawn. Out: nothing, or the first crossing, if there are more than [`MOST_CROSSINGS`]. Where
//! rings cross, the even-odd interior has a piece of its own, so that a scribble of 20,000 lines would be torn into a
//! hundred million pieces. Crossings are counted before that, and no further than needed.

use geo::{Coord, Line, MultiPolygon};
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// Most crossings that are made sense of: hundreds of times as many as careless digitising leaves.
pub const MOST_CROSSINGS: usize = 50_000;

/// Fewer sides than this cannot cross more often, each pair of them once.
const FEW_SIDES: usize = 316;

/// Refuses polygons whose sides cross more often than [`MOST_CROSSINGS`], with the place of the first crossing.
///
/// # Errors
/// There are more crossings.
pub fn check_crossings<'a>(
    polygons: impl IntoIterator<Item = &'a MultiPolygon<f64>>,
    place: &Place,
) -> Result<(), InputError> {
    let rings = polygons.into_iter().flatten().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let sides: Vec<Line<f64>> = rings.flat_map(geo::LineString::lines).collect();
    let Some(first) = first_of_too_many(&sides, MOST_CROSSINGS) else { return Ok(()) };
    let degrees = |d: f64| format!("{d:.6}");
    let found =
        message!("message.rings_cross_often", n = MOST_CROSSINGS, lon = degrees(first.x), lat = degrees(first.y));
    Err(InputError::wrong(place.clone().field("geometry"), found, message!("message.crossings_wanted"))
        .with_help(message!("message.repair_rings")))
}

/// The first place where two sides cross, if more than `most` pairs do.
fn first_of_too_many(sides: &[Line<f64>], most: usize) -> Option<Coord<f64>> {
    if sides.len() <= FEW_SIDES && most >= MOST_CROSSINGS {
        return None;
    }
    let boxes = sides.iter().enumerate().map(|(at, side)| {
        let corners = Rectangle::from_corners([side.start.x, side.start.y], [side.end.x, side.end.y]);
        GeomWithData::new(corners, at)
    });
    let index = RTree::bulk_load(boxes.collect());
    let mut first = None;
    let mut crossings = 0;
    for (at, side) in sides.iter().enumerate() {
        let around = AABB::from_corners([side.start.x, side.start.y], [side.end.x, side.end.y]);
        let mut with_this: Option<(usize, Coord<f64>)> = None;
        for other in index.locate_in_envelope_intersecting(around).map(|found| found.data).filter(|other| *other > at) {
            let Some(crossing) = crossing(side, &sides[other]) else { continue };
            crossings += 1;
            if with_this.is_none_or(|(nearest, _)| other < nearest) {
                with_this = Some((other, crossing));
            }
            if crossings > most && first.is_some() {
                return first;
            }
        }
        first = first.or(with_this.map(|(_, place)| place));
        if crossings > most {
            return first;
        }
    }
    None
}

/// Where two sides cross; `None` if they only touch, run along each other, or keep apart.
fn crossing(a: &Line<f64>, b: &Line<f64>) -> Option<Coord<f64>> {
    let side = |line: &Line<f64>, at: Coord<f64>| {
        let (d, to) = (line.delta(), at - line.start);
        d.x * to.y - d.y * to.x
    };
    let apart = |p: f64, q: f64| (p > 0.0 && q < 0.0) || (p < 0.0 && q > 0.0);
    let (from, to) = (side(b, a.start), side(b, a.end));
    (apart(from, to) && apart(side(a, b.start), side(a, b.end))).then(|| a.start + a.delta() * (from / (from - to)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{LineString, Polygon};
    use proptest::prelude::*;

    fn sides(places: &[(f64, f64)]) -> Vec<Line<f64>> {
        Polygon::new(LineString::from(places.to_vec()), Vec::new()).exterior().lines().collect()
    }

    #[test]
    fn a_bow_tie_crosses_once() {
        let tie = sides(&[(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0)]);
        assert_eq!(first_of_too_many(&tie, 0), Some(Coord { x: 1.0, y: 1.0 }));
        assert_eq!(first_of_too_many(&tie, 1), None);
        // Rings that touch in a corner, or run along each other, do not cross.
        let touching = sides(&[(0.0, 0.0), (2.0, 0.0), (1.0, 1.0), (2.0, 2.0), (0.0, 2.0), (1.0, 1.0)]);
        assert_eq!(first_of_too_many(&touching, 0), None);
    }

    #[test]
    fn a_scribble_is_refused_and_a_coast_is_not() {
        let place = Place::file("boundary.geojson");
        let polygon = |ring: Vec<(f64, f64)>| MultiPolygon::new(vec![Polygon::new(LineString::from(ring), Vec::new())]);
        // A coast of 60,000 teeth crosses nothing.
        let teeth = (0..60_000).map(|n| (f64::from(n) / 3e5, 0.001 * f64::from(n % 2)));
        let coast = polygon(teeth.chain([(0.2, 1.0), (0.0, 1.0)]).collect());
        assert!(check_crossings([&coast], &place).is_ok());
        // Sides that leap across a circle of 2,000 places: nearly each crosses nearly each other.
        let around = |n: u32| f64::from(n * 999 % 2000) / 2000.0 * std::f64::consts::TAU;
        let star = polygon((0..2000).map(|n| (libm::cos(around(n)), libm::sin(around(n)))).collect());
        let error = check_crossings([&star], &place).unwrap_err().text("en");
        assert!(error.contains("boundary.geojson") && error.contains("more than 50000 times"), "{error}");
    }

    proptest! {
        #[test]
        fn counts_as_every_pair_does(places in proptest::collection::vec((0.0..1.0f64, 0.0..1.0f64), 3..40)) {
            let sides = sides(&places);
            let pairs = (0..sides.len()).flat_map(|a| (a + 1..sides.len()).map(move |b| (a, b)));
            let all: Vec<Coord<f64>> = pairs.filter_map(|(a, b)| crossing(&sides[a], &sides[b])).collect();
            prop_assert_eq!(first_of_too_many(&sides, all.len()), None);
            if let Some(most) = all.len().checked_sub(1) {
                prop_assert_eq!(first_of_too_many(&sides, most), Some(all[0]));
            }
        }
    }
}

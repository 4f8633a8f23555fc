//! Lines and polygons that an edit draws.
//!
//! In: positions. Out: geometry in degrees, as a layer with the same drawing would give it; a drawing that a layer would
//! repair is refused.

use super::edit::Position;
use crate::areas;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use lifering_base::error::{InputError, Place};
use lifering_base::issue::Issues;
use lifering_base::message;

/// A polygon by its corners, closed if they are not.
///
/// # Errors
/// It has fewer than three corners, encloses nothing, or crosses itself.
pub fn area(corners: &[Position], place: &Place) -> Result<MultiPolygon<f64>, InputError> {
    let mut ring: Vec<Coord<f64>> = corners.iter().map(|at| Coord { x: at.0, y: at.1 }).collect();
    if ring.first() != ring.last() {
        ring.extend(ring.first().copied());
    }
    if ring.len() < 4 {
        let found = message!("scenario.corners", n = ring.len().saturating_sub(1));
        return Err(InputError::wrong(place.clone(), found, message!("scenario.three_corners")));
    }
    let drawn = MultiPolygon::new(vec![Polygon::new(LineString::new(ring), Vec::new())]);
    let mut issues = Issues::default();
    let checked = areas::check(&drawn, place, &mut issues)?;
    checked.filter(|_| issues.list().is_empty()).ok_or_else(|| {
        let found = issues.list().first().and_then(|issue| issue.examples.first().map(|example| example.found.clone()));
        let found = found.unwrap_or_else(|| message!("message.no_area"));
        InputError::wrong(place.clone(), found, message!("scenario.simple_polygon"))
    })
}

/// A line of at least two different positions.
///
/// # Errors
/// It has fewer.
pub fn line(positions: &[Position], place: &Place) -> Result<LineString<f64>, InputError> {
    let line: LineString<f64> = positions.iter().map(|at| Coord { x: at.0, y: at.1 }).collect();
    if line.0.windows(2).all(|pair| pair[0] == pair[1]) {
        let found = message!("message.line_of_one");
        return Err(InputError::wrong(place.clone(), found, message!("scenario.two_positions")));
    }
    Ok(line)
}

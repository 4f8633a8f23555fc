//! Roads, points and turns that are driven or not for a reason of their own.
//!
//! In: what a check noted of the roads. Out: rows with a line for a road and a point for the others.

use super::shapes::point;
use super::{Cell, MapLayer, Row, Shape, columns};
use geo::{Geometry, LineString, MultiLineString};
use lifering_base::frame::LonLat;
use lifering_core::network::{PointOutcome, TurnOutcome};
use lifering_core::quality::Quality;

/// The layer `road_use`: what, why, the feature in its file, id and name.
pub fn road_use(quality: &Quality) -> MapLayer<'_> {
    let records = quality.city.records();
    let notes = &quality.road_notes;
    let roads = notes.roads.iter().map(|(reason, at)| {
        let road = &records.roads[*at];
        let line = |part: &Vec<LonLat>| part.iter().map(|p| (p.lon, p.lat)).collect::<LineString>();
        let mut lines: Vec<LineString> = road.parts.iter().map(line).collect();
        let geometry = match lines.len() {
            1 => Geometry::LineString(lines.remove(0)),
            _ => Geometry::MultiLineString(MultiLineString(lines)),
        };
        let km = road.length_m().round() / 1000.0;
        row(Some(geometry), "road", reason.word(), road.feature, [road.id.as_deref(), road.name.as_deref()], Some(km))
    });
    let points = records.road_barriers.iter().zip(&notes.points).map(|(found, outcome)| {
        let reason = match outcome {
            PointOutcome::Blocks => "blocks",
            PointOutcome::Passed => "passed",
            PointOutcome::OffRoad => "off_road",
            PointOutcome::NotDriven => "not_driven",
        };
        row(Some(at(found.place)), "point", reason, found.feature, [found.id.as_deref(), None], None)
    });
    let turns = records.turns.iter().zip(&notes.turns).map(|(found, outcome)| {
        let reason = match outcome {
            TurnOutcome::Kept => "kept",
            TurnOutcome::WithoutEffect => "without_effect",
            TurnOutcome::Excepted => "excepted",
            TurnOutcome::RoadMissing => "road_missing",
            TurnOutcome::NotJoined => "not_joined",
        };
        row(found.place.map(at), "turn", reason, found.feature, [found.id.as_deref(), None], None)
    });
    let rows = roads.chain(points).chain(turns).collect();
    MapLayer::new("road_use", Shape::Line, columns("road_use"), rows)
}

fn at(place: LonLat) -> Geometry<f64> {
    point(place.lon, place.lat)
}

fn row<'a>(
    geometry: Option<Geometry<f64>>,
    what: &'static str,
    reason: &'static str,
    feature: usize,
    [id, name]: [Option<&'a str>; 2],
    km: Option<f64>,
) -> Row<'a> {
    let text = |text: Option<&'a str>| text.map_or(Cell::Empty, Cell::text);
    let cells = vec![
        Cell::text(what),
        Cell::text(reason),
        Cell::integer(Some(feature as u64)),
        text(id),
        text(name),
        Cell::real(km),
    ];
    Row { geometry, cells }
}

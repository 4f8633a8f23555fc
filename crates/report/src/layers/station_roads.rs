//! The roads that are missing where stations stand on roads that lead nowhere.
//!
//! In: what a check found of the stations. Out: a line for each such station, to be looked at and added to the roads.

use super::{Cell, MapLayer, Row, Shape, columns};
use geo::{Geometry, LineString};
use lifering_core::quality::Quality;

/// The layer `station_roads`: lines from the road that leads nowhere to the one that leads on.
pub fn station_roads(quality: &Quality) -> MapLayer<'_> {
    let stations = &quality.city.records().stations;
    let missing = quality.station_reach.iter().filter_map(|reach| {
        let [from, to] = reach.missing_road?;
        let station = &stations[reach.station];
        Some(Row {
            geometry: Some(Geometry::LineString(LineString::from(vec![(from.lon, from.lat), (to.lon, to.lat)]))),
            cells: vec![
                Cell::text(station.id.as_str()),
                Cell::text(station.name.as_str()),
                Cell::text("service"),
                Cell::real(Some(from.geodesic_m(to).round())),
            ],
        })
    });
    MapLayer::new("station_roads", Shape::Line, columns("station_roads"), missing.collect())
}

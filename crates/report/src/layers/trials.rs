//! The layers of trials: sites that were tried, stations, pairs and roads that fail.
//!
//! In: a city and the reports. Out: [`MapLayer`]s.

use super::shapes::point;
use super::{Cell, MapLayer, Row, Shape, columns};
use crate::rounding::degrees;
use crate::trials::UnitTried;
use crate::trials::failures::FailuresReport;
use crate::trials::sites::WhatIfReport;
use geo::{Coord, Geometry, LineString, MultiLineString};
use lifering_core::city::City;
use lifering_core::plan::failures::{Failures, RoadKind};

/// Names of units, those that change most first.
fn names<'a>(units: &[UnitTried]) -> Cell<'a> {
    let names: Vec<&str> = units.iter().filter_map(|unit| unit.name.as_deref()).collect();
    if names.is_empty() { Cell::Empty } else { Cell::text(names.join("; ")) }
}

/// The sites that were tried.
pub fn tried(report: &WhatIfReport) -> MapLayer<'_> {
    let rows = report.sites.iter().map(|site| Row {
        geometry: Some(point(site.lon, site.lat)),
        cells: vec![
            Cell::text(site.id.as_str()),
            Cell::text(site.name.as_str()),
            Cell::Real(site.people_new),
            Cell::Real(site.people_sooner),
            Cell::Real(site.people_seconds_saved),
            names(&site.units),
        ],
    });
    MapLayer::new("tried_sites", Shape::Point, columns("tried_sites"), rows.collect())
}

/// The stations, pairs and roads that fail. `failures` are those of the report.
pub fn failed<'a>(city: &City, failures: &Failures, report: &'a FailuresReport) -> [MapLayer<'a>; 3] {
    let stations = report.stations.iter().map(|station| Row {
        geometry: Some(point(station.lon, station.lat)),
        cells: vec![
            Cell::text(station.id.as_str()),
            Cell::text(station.name.as_str()),
            Cell::Real(station.people_lost),
            Cell::Real(station.people_later),
            Cell::Real(station.people_seconds_lost),
            names(&station.units),
        ],
    });
    let pairs = report.pairs.iter().map(|pair| Row {
        geometry: Some(Geometry::LineString(LineString::from(pair.places.map(|[lon, lat]| (lon, lat)).to_vec()))),
        cells: vec![
            Cell::text(pair.ids[0].as_str()),
            Cell::text(pair.ids[1].as_str()),
            Cell::text(pair.names[0].as_str()),
            Cell::text(pair.names[1].as_str()),
            Cell::Real(pair.people_lost),
            Cell::Real(pair.people_shared),
            names(&pair.units),
        ],
    });
    let roads = failures.roads.iter().zip(&report.roads).map(|(failure, road)| Row {
        geometry: Some(lines(city, &failure.roads)),
        cells: vec![
            Cell::text(kind(road.kind)),
            road.name.as_deref().map_or(Cell::Empty, Cell::text),
            Cell::Real(road.people_lost),
            Cell::Real(road.people_later),
            Cell::Real(road.people_seconds_lost),
            names(&road.units),
        ],
    });
    [
        MapLayer::new("failed_stations", Shape::Point, columns("failed_stations"), stations.collect()),
        MapLayer::new("failed_pairs", Shape::Line, columns("failed_pairs"), pairs.collect()),
        MapLayer::new("failed_roads", Shape::MultiLine, columns("failed_roads"), roads.collect()),
    ]
}

fn kind(kind: RoadKind) -> &'static str {
    match kind {
        RoadKind::Bridge => "bridge",
        RoadKind::Tunnel => "tunnel",
        RoadKind::Road => "road",
    }
}

/// The lines of some roads, as they were read.
fn lines(city: &City, roads: &[u32]) -> Geometry<f64> {
    let parts = roads.iter().flat_map(|road| &city.records().roads[*road as usize].parts);
    let line = |part: &Vec<lifering_base::frame::LonLat>| {
        let mut places: Vec<Coord<f64>> =
            part.iter().map(|place| Coord { x: degrees(place.lon), y: degrees(place.lat) }).collect();
        places.dedup();
        LineString::new(places)
    };
    Geometry::MultiLineString(MultiLineString::new(parts.map(line).filter(|line| line.0.len() > 1).collect()))
}

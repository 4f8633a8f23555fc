//! uncovered.geojson, coverage.geojson, stations.geojson, `roads_time.geojson`.
//!
//! In: an audit and its report. Out: GeoJSON text by RFC 7946: right-hand rings, 7 decimals, one feature a line.

use super::report::{Report, km2, people};
use crate::audit::{Audit, RoadTimes, RuleZones};
use crate::frame::Frame;
use crate::inputs::attributes::Scalar;
use crate::network::Usage;
use crate::rules::catalogue::Criterion;
use crate::zones::Zone;
use geo::orient::Direction;
use geo::{Coord, LineString, MapCoords, MultiPolygon, Orient, Polygon};
use geojson::{Feature, Geometry, GeometryValue, JsonObject, Position};
use rayon::prelude::*;
use serde_json::{Value, json};

/// Seven decimals: a centimetre.
pub fn degrees(value: f64) -> f64 {
    (value * 1e7).round() / 1e7
}

/// A position to seven decimals.
pub fn position(c: Coord<f64>) -> Position {
    Position::from([degrees(c.x), degrees(c.y)])
}

/// A place of the local plane in degrees.
pub fn lon_lat(frame: &Frame, c: Coord<f64>) -> Coord<f64> {
    let p = frame.to_lon_lat(c);
    Coord { x: p.lon, y: p.lat }
}

/// Positions of a ring or line without repetitions.
fn positions(line: &LineString<f64>) -> Vec<Position> {
    let mut all: Vec<Position> = line.0.iter().map(|c| position(*c)).collect();
    all.dedup();
    all
}

fn polygon_rings(polygon: &Polygon<f64>) -> Vec<Vec<Position>> {
    let polygon = polygon.orient(Direction::Default);
    let ring = |r: &LineString<f64>| Some(positions(r)).filter(|p| p.len() > 3);
    ring(polygon.exterior()).into_iter().chain(polygon.interiors().iter().filter_map(ring)).collect()
}

/// A polygon of the local plane as a geometry.
pub fn polygon_geometry(polygon: &Polygon<f64>, frame: &Frame) -> Geometry {
    let polygon = polygon.map_coords(|c| lon_lat(frame, c));
    Geometry::new(GeometryValue::Polygon { coordinates: polygon_rings(&polygon) })
}

/// Polygons in degrees as a geometry.
pub fn area_geometry(area: &MultiPolygon<f64>) -> Geometry {
    let value = match area.0.as_slice() {
        [one] => GeometryValue::Polygon { coordinates: polygon_rings(one) },
        many => GeometryValue::MultiPolygon { coordinates: many.iter().map(polygon_rings).collect() },
    };
    Geometry::new(value)
}

/// A feature; `properties` is an object.
pub fn feature(geometry: Geometry, properties: Value) -> Feature {
    let properties = match properties {
        Value::Object(map) => map,
        _ => JsonObject::new(),
    };
    Feature { bbox: None, geometry: Some(geometry), id: None, properties: Some(properties), foreign_members: None }
}

/// One feature a line.
pub fn collection(note: Option<&str>, features: &[Feature]) -> Vec<u8> {
    let lines: Vec<String> = features.par_iter().map(|f| serde_json::to_string(f).unwrap_or_default()).collect();
    let mut text = String::with_capacity(lines.iter().map(String::len).sum::<usize>() + lines.len() * 2 + 128);
    text.push_str("{\"type\":\"FeatureCollection\",");
    if let Some(note) = note {
        text.extend(["\"note\":", &Value::from(note).to_string(), ","]);
    }
    text.push_str("\"features\":[\n");
    text.push_str(&lines.join(",\n"));
    text.push_str("\n]}\n");
    text.into_bytes()
}

/// Said in every file of illustrative data.
pub const ILLUSTRATIVE: &str = "示意数据 / illustrative data, not for planning";

fn note(report: &Report) -> Option<&'static str> {
    report.region.illustrative.then_some(ILLUSTRATIVE)
}

fn minutes_or_metres(criterion: &Criterion) -> Value {
    match criterion {
        Criterion::Radius(r) => json!(format!("{} m", r.max_m)),
        Criterion::TravelTime(t) => json!(format!("{} min", f64::from(t.limit_s) / 60.0)),
        _ => Value::Null,
    }
}

/// Seconds to the tenth.
fn seconds(ms: f64) -> f64 {
    (ms / 100.0).round() / 10.0
}

/// uncovered.geojson, stations.geojson, `roads_time.geojson`: the features of a layer as a file.
pub fn file(report: &Report, features: &[Feature]) -> Vec<u8> {
    collection(note(report), features)
}

/// The zones of all rules.
pub fn zone_features(audit: &Audit) -> Vec<Feature> {
    zone_features_of(audit, &|_| true)
}

/// The zones of the rules, by position, that `wanted` accepts.
pub fn zone_features_of(audit: &Audit, wanted: &dyn Fn(usize) -> bool) -> Vec<Feature> {
    audit
        .zones
        .iter()
        .filter(|(rule, _)| wanted(**rule))
        .flat_map(|(rule, set)| set.zones.iter().enumerate().map(move |(n, zone)| (*rule, set, n, zone)))
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(rule, set, n, zone)| zone_feature(audit, rule, set, n, zone))
        .collect()
}

fn zone_feature(audit: &Audit, rule: usize, set: &RuleZones, n: usize, zone: &Zone) -> Feature {
    let record = &audit.outcomes[rule].rule;
    let units = audit.region.units.as_deref().unwrap_or_default();
    let names: Vec<&str> = zone.units.iter().map(|u| units[*u as usize].name.as_str()).collect();
    let site = |by: crate::units::SourceId| &audit.gathered.evidence.sites[set.sites[by.index()]];
    let at = |ms: f64| seconds(ms + f64::from(set.shift.0));
    feature(
        polygon_geometry(&zone.polygon, &audit.frame),
        json!({
            "zone_id": format!("{}-{:03}", record.id, n + 1),
            "rule_id": record.id.to_string(),
            "rule_title": record.title.zh,
            "reason": zone.reason,
            "limit": minutes_or_metres(&record.criterion),
            "area_km2": km2(zone.area_m2),
            "population": people(zone.people),
            "units": names.join("、"),
            "nearest_station": zone.nearest.map(|by| site(by).name.clone()),
            "nearest_station_s": zone.nearest_ms.map(at),
            "worst_s": zone.worst_ms.map(at),
            "road_class": zone.road_class.map(crate::inputs::road_class::RoadClass::word),
            "network": if set.usage == Usage::Walk { "walk" } else { "drive" },
        }),
    )
}

/// coverage.geojson: one feature a unit and rule, the region itself first.
pub fn coverage(audit: &Audit, report: &Report, of_units: &[Feature]) -> Vec<u8> {
    let degrees: MultiPolygon<f64> = audit.boundary.map_coords(|c| lon_lat(&audit.frame, c));
    let whole = area_geometry(&degrees);
    let mut features: Vec<Feature> = report
        .rules
        .iter()
        .map(|rule| {
            feature(
                whole.clone(),
                json!({
                    "unit_id": "*", "unit_name": report.region.name, "level": "region",
                    "population": report.population.inside,
                    "rule_id": rule.id, "rule_title": rule.title,
                    "value": rule.value, "need": rule.need, "have": rule.have,
                    "population_uncovered": rule.population_uncovered, "verdict": rule.verdict,
                }),
            )
        })
        .collect();
    features.extend_from_slice(of_units);
    collection(note(report), &features)
}

/// One feature a unit and rule.
pub fn unit_features(audit: &Audit, report: &Report) -> Vec<Feature> {
    let mut features = Vec::new();
    let units = audit.region.units.as_deref().unwrap_or_default();
    for unit in &report.units {
        let Some(record) = units.iter().find(|u| u.id == unit.id && u.level.as_deref().unwrap_or("unit") == unit.level)
        else {
            continue;
        };
        let geometry = area_geometry(&record.area);
        for (rule_id, rule) in &unit.rules {
            let title = report.rules.iter().find(|r| r.id == *rule_id).map(|r| r.title.clone());
            features.push(feature(
                geometry.clone(),
                json!({
                    "unit_id": unit.id, "unit_name": unit.name, "level": unit.level, "population": unit.population,
                    "rule_id": rule_id, "rule_title": title,
                    "value": rule.value, "need": rule.need, "have": rule.have,
                    "population_uncovered": rule.population_uncovered, "verdict": rule.verdict,
                }),
            ));
        }
    }
    features
}

/// The stations with the people nearest to each.
pub fn station_features(audit: &Audit) -> Vec<Feature> {
    audit
        .stations
        .iter()
        .map(|figures| {
            let site = &audit.region.stations[figures.site];
            let place = position(Coord { x: site.place.lon, y: site.place.lat });
            let attribute = |name: &str| match site.attributes.get(name) {
                Some(Scalar::Number(n)) => json!(n),
                Some(Scalar::Text(t)) => json!(t),
                Some(Scalar::Bool(b)) => json!(b),
                None => Value::Null,
            };
            feature(
                Geometry::new(GeometryValue::Point { coordinates: place }),
                json!({
                    "id": site.id, "name": site.name, "kind": attribute("kind"),
                    "ambulances": attribute("ambulances"), "negative_pressure": attribute("negative_pressure"),
                    "decontamination": attribute("decontamination"), "turnout_s": attribute("turnout_s"),
                    "sub_center": attribute("sub_center"),
                    "inside": audit.gathered.evidence.sites[figures.site].inside,
                    "population_first": people(figures.people_first),
                    "population_in_time": people(figures.people_in_time),
                    "driveway_m": figures.driveway_m.map(|m| (m * 10.0).round() / 10.0),
                }),
            )
        })
        .collect()
}

/// The roads, cut where a limit is crossed.
pub fn road_features(audit: &Audit) -> Vec<Feature> {
    let Some(times) = &audit.road_times else { return Vec::new() };
    times.pieces.par_iter().filter_map(|piece| road_feature(audit, times, piece)).collect()
}

fn road_feature(audit: &Audit, times: &RoadTimes, piece: &crate::measure::roads::RoadPiece) -> Option<Feature> {
    let road = &audit.region.roads[piece.road as usize];
    let line = LineString::new(piece.line.iter().map(|c| lon_lat(&audit.frame, *c)).collect());
    let coordinates = positions(&line);
    if coordinates.len() < 2 {
        return None; // Shorter than a centimetre.
    }
    let at = |ms: f64| seconds(ms + f64::from(times.shift.0));
    Some(feature(
        Geometry::new(GeometryValue::LineString { coordinates }),
        json!({
            "highway": road.class.word(),
            "name": road.name,
            "limit_s": piece.band.map(|band| times.limits_s[band]),
            "reached": piece.reached,
            "from_s": piece.ends_ms.map(|e| at(e.0)),
            "to_s": piece.ends_ms.map(|e| at(e.1)),
        }),
    ))
}

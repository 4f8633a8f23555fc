//! The layers of a result as a GIS sees them: name, geometry, typed columns, features.
//!
//! In: an audit. Out: [`MapLayer`]s, from which the GeoPackage, its styles, the QGIS project and `GeoParquet` are written.
//! The features are the very ones of the GeoJSON files.

use super::geojson::{feature, position, road_features, station_features, unit_features, zone_features};
use super::report::{Report, people};
use super::sentences::Lang;
use super::words::known;
use crate::audit::Audit;
use crate::inputs::attributes::{Attributes, Scalar};
use crate::inputs::sites::Site;
use crate::rules::catalogue::LayerName;
use geo::Coord;
use geojson::{Feature, Geometry, GeometryValue};
use serde_json::{Value, json};

/// What a layer is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Points.
    Point,
    /// Lines.
    Line,
    /// Polygons.
    Polygon,
    /// Polygons or several of them.
    MultiPolygon,
    /// No geometry: a table.
    Table,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// A number.
    Real,
    /// A whole number.
    Integer,
    /// Yes or no.
    Flag,
}

/// A column; its alias is `field.<name>` of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// As in the GeoJSON files.
    pub name: &'static str,
    /// What it holds.
    pub kind: Type,
}

/// A layer.
#[derive(Debug)]
pub struct MapLayer {
    /// Table name, and file name of the GeoJSON file where there is one.
    pub name: &'static str,
    /// What it is made of.
    pub shape: Shape,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its features.
    pub features: Vec<Feature>,
}

impl MapLayer {
    /// What people call it.
    pub fn title(&self, lang: Lang) -> String {
        known("maplayer", self.name, lang)
    }
}

/// What people call a column.
pub fn alias(column: &str, lang: Lang) -> String {
    known("field", column, lang)
}

/// The columns of a layer, by its name.
pub fn columns(layer: &str) -> Vec<Column> {
    use Type::{Flag, Integer, Real, Text};
    let list: &[(&'static str, Type)] = match layer {
        "uncovered" => &[
            ("zone_id", Text),
            ("rule_id", Text),
            ("rule_title", Text),
            ("reason", Text),
            ("limit", Text),
            ("area_km2", Real),
            ("population", Real),
            ("units", Text),
            ("nearest_station", Text),
            ("nearest_station_s", Real),
            ("worst_s", Real),
            ("road_class", Text),
            ("network", Text),
        ],
        "coverage" => &[
            ("unit_id", Text),
            ("unit_name", Text),
            ("level", Text),
            ("population", Real),
            ("rule_id", Text),
            ("rule_title", Text),
            ("value", Real),
            ("need", Integer),
            ("have", Real),
            ("population_uncovered", Real),
            ("verdict", Text),
        ],
        "stations" => &[
            ("id", Text),
            ("name", Text),
            ("kind", Text),
            ("ambulances", Real),
            ("negative_pressure", Real),
            ("decontamination", Flag),
            ("turnout_s", Real),
            ("sub_center", Text),
            ("inside", Flag),
            ("population_first", Real),
            ("population_in_time", Real),
            ("driveway_m", Real),
        ],
        "roads_time" => {
            &[("highway", Text), ("name", Text), ("limit_s", Real), ("reached", Flag), ("from_s", Real), ("to_s", Real)]
        }
        "facilities" => {
            &[("id", Text), ("name", Text), ("kind", Text), ("level", Real), ("beds", Real), ("inside", Flag)]
        }
        "aeds" => &[("id", Text), ("name", Text), ("count", Real), ("hours", Text), ("indoor", Flag), ("inside", Flag)],
        "population" => &[("population", Real), ("urban", Flag), ("response_s", Real), ("within", Flag)],
        "boundary" => &[("name", Text), ("area_km2", Real), ("note", Text)],
        "rules" => &[
            ("rule_id", Text),
            ("rule_title", Text),
            ("force", Text),
            ("verdict", Text),
            ("value", Real),
            ("threshold", Real),
            ("unit", Text),
            ("need", Integer),
            ("have", Real),
            ("population_covered", Real),
            ("population_uncovered", Real),
            ("uncovered_km2", Real),
            ("uncovered_km2_low", Real),
            ("uncovered_km2_high", Real),
            ("why", Text),
            ("source", Text),
            ("quote", Text),
        ],
        _ => &[],
    };
    list.iter().map(|(name, kind)| Column { name, kind: *kind }).collect()
}

/// All layers, those that are drawn on top first.
pub fn layers(audit: &Audit, report: &Report) -> Vec<MapLayer> {
    let sites = |list: &Option<Vec<Site>>, layer: &LayerName, name| {
        site_features(audit, list.as_deref().unwrap_or_default(), layer, &columns(name))
    };
    let make = |name, shape, features| MapLayer { name, shape, columns: columns(name), features };
    vec![
        make("stations", Shape::Point, station_features(audit)),
        make("facilities", Shape::Point, sites(&audit.region.facilities, &LayerName::Facilities, "facilities")),
        make("aeds", Shape::Point, sites(&audit.region.aeds, &LayerName::Aeds, "aeds")),
        make("uncovered", Shape::Polygon, zone_features(audit)),
        make("coverage", Shape::MultiPolygon, unit_features(audit, report)),
        make("roads_time", Shape::Line, road_features(audit)),
        make("population", Shape::Point, population_features(audit)),
        make("boundary", Shape::MultiPolygon, vec![boundary_feature(audit, report)]),
        make("rules", Shape::Table, rule_rows(report)),
    ]
}

fn point(lon: f64, lat: f64) -> Geometry {
    Geometry::new(GeometryValue::Point { coordinates: position(Coord { x: lon, y: lat }) })
}

fn scalar(value: Option<&Scalar>) -> Value {
    match value {
        Some(Scalar::Number(n)) => json!(n),
        Some(Scalar::Text(t)) => json!(t),
        Some(Scalar::Bool(b)) => json!(b),
        None => Value::Null,
    }
}

fn site_features(audit: &Audit, list: &[Site], layer: &LayerName, columns: &[Column]) -> Vec<Feature> {
    let inside = audit.gathered.evidence.sites.iter().filter(|s| s.layer == *layer).map(|s| s.inside);
    list.iter()
        .zip(inside)
        .map(|(site, inside)| {
            let mut properties = serde_json::Map::new();
            for column in columns {
                let value = match column.name {
                    "id" => json!(site.id),
                    "name" => json!(site.name),
                    "inside" => json!(inside),
                    name => scalar(site.attribute(name)),
                };
                properties.insert(column.name.to_owned(), value);
            }
            feature(point(site.place.lon, site.place.lat), Value::Object(properties))
        })
        .collect()
}

fn population_features(audit: &Audit) -> Vec<Feature> {
    let limit = audit.road_times.as_ref().and_then(|t| t.limits_s.first()).copied();
    audit
        .demand
        .samples
        .iter()
        .enumerate()
        .map(|(i, sample)| {
            let known = audit.arrivals.get(i);
            let seconds = known.copied().flatten().map(crate::units::Milliseconds::seconds);
            let resolution = crate::units::TIME_RESOLUTION_MS / 1000.0;
            let within = known.and(limit).map(|limit| seconds.is_some_and(|s| s <= limit + resolution));
            let response = seconds.map(|s| (s * 10.0).round() / 10.0);
            feature(
                point(sample.place.lon, sample.place.lat),
                json!({"population": people(sample.people), "urban": sample.urban, "response_s": response, "within": within}),
            )
        })
        .collect()
}

fn boundary_feature(audit: &Audit, report: &Report) -> Feature {
    use geo::MapCoords;
    let degrees = audit.boundary.map_coords(|c| super::geojson::lon_lat(&audit.frame, c));
    let note = report.region.illustrative.then_some(super::geojson::ILLUSTRATIVE);
    feature(
        super::geojson::area_geometry(&degrees),
        json!({"name": report.region.name, "area_km2": report.region.boundary_km2, "note": note}),
    )
}

fn rule_rows(report: &Report) -> Vec<Feature> {
    report
        .rules
        .iter()
        .map(|rule| Feature {
            bbox: None,
            geometry: None,
            id: None,
            properties: json!({
                "rule_id": rule.id, "rule_title": rule.title, "force": rule.force, "verdict": rule.verdict,
                "value": rule.value, "threshold": rule.threshold, "unit": rule.unit, "need": rule.need,
                "have": rule.have, "population_covered": rule.population_covered,
                "population_uncovered": rule.population_uncovered, "uncovered_km2": rule.uncovered_km2,
                "uncovered_km2_low": rule.uncovered_km2_low, "uncovered_km2_high": rule.uncovered_km2_high,
                "why": rule.why_zh, "source": rule.cite.source, "quote": rule.cite.quote,
            })
            .as_object()
            .cloned(),
            foreign_members: None,
        })
        .collect()
}

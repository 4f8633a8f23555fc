//! The layers of a result as a GIS sees them: name, geometry, typed columns, rows.
//!
//! In: an audit. Out: [`MapLayer`]s, from which the GeoJSON files, the GeoPackage, its styles, the QGIS project and the
//! `GeoParquet` files are written: all of them show the very same rows. A proposal writes the layers `sites` and `after`.

mod area;
mod people;
mod roads;
mod rule;
mod shapes;
mod sites;

pub use area::zone_id;
pub use shapes::degrees;

use super::report::Report;
use super::sentences::Lang;
use super::words::known;
use crate::audit::Audit;
use crate::rules::catalogue::LayerName;
use geo::Geometry;
use serde::Serialize;
use std::borrow::Cow;

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

/// A value of a column. Every writer takes it as it is: nothing is text in one file and a number in another.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell<'a> {
    /// Nothing is known.
    Empty,
    /// Text.
    Text(Cow<'a, str>),
    /// A number.
    Real(f64),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
}

impl<'a> Cell<'a> {
    /// Text, borrowed where it can be.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A number, where there is one.
    pub fn real(value: Option<f64>) -> Self {
        value.filter(|v| v.is_finite()).map_or(Self::Empty, Self::Real)
    }

    /// A whole number, where there is one.
    pub fn integer(value: Option<u64>) -> Self {
        value.and_then(|v| i64::try_from(v).ok()).map_or(Self::Empty, Self::Integer)
    }
}

/// A feature: geometry in degrees to seven decimals, and one value a column.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// `None` in a table.
    pub geometry: Option<Geometry<f64>>,
    /// One for each column of the layer, in their order.
    pub cells: Vec<Cell<'a>>,
}

/// A layer.
#[derive(Debug)]
pub struct MapLayer<'a> {
    /// Table name, and file name of the GeoJSON file where there is one.
    pub name: &'static str,
    /// What it is made of.
    pub shape: Shape,
    /// Its columns.
    pub columns: &'static [Column],
    /// Its features.
    pub rows: Vec<Row<'a>>,
}

impl MapLayer<'_> {
    /// What people call it.
    pub fn title(&self, lang: Lang) -> String {
        known("maplayer", self.name, lang)
    }

    /// Whether any row holds this text in this column.
    pub fn any(&self, column: &str, text: &str) -> bool {
        let Some(at) = self.columns.iter().position(|c| c.name == column) else { return false };
        self.rows.iter().any(|row| matches!(&row.cells[at], Cell::Text(found) if found == text))
    }
}

/// What people call a column.
pub fn alias(column: &str, lang: Lang) -> String {
    known("field", column, lang)
}

const fn column(name: &'static str, kind: Type) -> Column {
    Column { name, kind }
}

/// The columns of a layer, by its name.
pub fn columns(layer: &str) -> &'static [Column] {
    use Type::{Flag, Integer, Real, Text};
    match layer {
        "uncovered" => {
            const {
                &[
                    column("zone_id", Text),
                    column("rule_id", Text),
                    column("rule_title", Text),
                    column("reason", Text),
                    column("limit", Text),
                    column("area_km2", Real),
                    column("population", Real),
                    column("units", Text),
                    column("nearest_station", Text),
                    column("nearest_station_s", Real),
                    column("worst_s", Real),
                    column("nearest_station_m", Real),
                    column("worst_m", Real),
                    column("road_class", Text),
                    column("network", Text),
                ]
            }
        }
        "coverage" => {
            const {
                &[
                    column("unit_id", Text),
                    column("unit_name", Text),
                    column("level", Text),
                    column("population", Real),
                    column("rule_id", Text),
                    column("rule_title", Text),
                    column("value", Real),
                    column("need", Integer),
                    column("have", Real),
                    column("population_uncovered", Real),
                    column("verdict", Text),
                ]
            }
        }
        "stations" => {
            const {
                &[
                    column("id", Text),
                    column("name", Text),
                    column("kind", Text),
                    column("ambulances", Real),
                    column("negative_pressure", Real),
                    column("decontamination", Flag),
                    column("turnout_s", Real),
                    column("sub_center", Text),
                    column("inside", Flag),
                    column("population_first", Real),
                    column("population_in_time", Real),
                    column("driveway_m", Real),
                ]
            }
        }
        "roads_time" => {
            const {
                &[
                    column("highway", Text),
                    column("name", Text),
                    column("limit_s", Real),
                    column("reached", Flag),
                    column("over_s", Real),
                    column("within_s", Real),
                    column("from_s", Real),
                    column("to_s", Real),
                ]
            }
        }
        "facilities" => {
            const {
                &[
                    column("id", Text),
                    column("name", Text),
                    column("kind", Text),
                    column("level", Real),
                    column("beds", Real),
                    column("inside", Flag),
                ]
            }
        }
        "aeds" => {
            const {
                &[
                    column("id", Text),
                    column("name", Text),
                    column("count", Real),
                    column("hours", Text),
                    column("indoor", Flag),
                    column("inside", Flag),
                ]
            }
        }
        "population" => {
            const { &[column("population", Real), column("urban", Flag), column("response_s", Real), column("within", Flag)] }
        }
        "sites" => {
            const {
                &[
                    column("id", Text),
                    column("name", Text),
                    column("order", Integer),
                    column("unit", Text),
                    column("origin", Text),
                    column("objective", Real),
                    column("gain", Real),
                    column("people_new", Real),
                    column("people_first", Real),
                    column("cost", Real),
                    column("zones_closed", Text),
                    column("next_best_1", Text),
                    column("next_best_2", Text),
                ]
            }
        }
        "boundary" => const { &[column("name", Text), column("area_km2", Real), column("note", Text)] },
        "rules" => {
            const {
                &[
                    column("rule_id", Text),
                    column("rule_title", Text),
                    column("force", Text),
                    column("verdict", Text),
                    column("value", Real),
                    column("threshold", Real),
                    column("unit", Text),
                    column("need", Integer),
                    column("have", Real),
                    column("population_covered", Real),
                    column("population_uncovered", Real),
                    column("uncovered_km2", Real),
                    column("uncovered_km2_low", Real),
                    column("uncovered_km2_high", Real),
                    column("why", Text),
                    column("source", Text),
                    column("quote", Text),
                ]
            }
        }
        _ => &[],
    }
}

/// All layers, those that are drawn on top first.
pub fn layers<'a>(audit: &'a Audit, report: &'a Report) -> Vec<MapLayer<'a>> {
    let region = &audit.region;
    let make = |name, shape, rows| MapLayer { name, shape, columns: columns(name), rows };
    let sites = |list: &'a Option<Vec<_>>, layer: &LayerName, name| {
        make(name, Shape::Point, sites::rows(audit, list.as_deref().unwrap_or_default(), layer, columns(name)))
    };
    vec![
        make("stations", Shape::Point, sites::stations(audit)),
        sites(&region.facilities, &LayerName::Facilities, "facilities"),
        sites(&region.aeds, &LayerName::Aeds, "aeds"),
        make("uncovered", Shape::Polygon, area::zones(audit)),
        make("coverage", Shape::MultiPolygon, area::units(audit, report)),
        make("roads_time", Shape::Line, roads::rows(audit)),
        make("population", Shape::Point, people::rows(audit)),
        make("boundary", Shape::MultiPolygon, vec![area::boundary(audit, report)]),
        make("rules", Shape::Table, rule::rows(report)),
    ]
}

/// The layer of what one rule, by position, leaves uncovered.
pub fn left<'a>(audit: &'a Audit, rule: usize) -> MapLayer<'a> {
    let id = audit.outcomes[rule].rule.id.as_str();
    let mut rows = area::zones(audit);
    rows.retain(|row| matches!(&row.cells[1], Cell::Text(found) if found == id));
    MapLayer { name: "uncovered", shape: Shape::Polygon, columns: columns("uncovered"), rows }
}

/// The whole region under every rule, as a row of `coverage`: it stands first in coverage.geojson.
pub fn whole<'a>(audit: &Audit, report: &'a Report) -> Vec<Row<'a>> {
    area::whole(audit, report)
}

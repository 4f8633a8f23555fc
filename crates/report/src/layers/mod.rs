//! The layers of a result as a GIS sees them: name, geometry, typed columns, rows.
//!
//! In: an audit. Out: [`MapLayer`]s, from which the GeoJSON files, the GeoPackage, its styles, the QGIS project and the
//! `GeoParquet` files are written: all of them show the very same rows. A proposal has layers of its own, a comparison
//! writes `opened` and `closed`.

mod antimeridian;
mod area;
mod columns;
mod people;
mod plan;
mod road_use;
mod station_roads;
mod roads;
mod rule;
mod shapes;
mod sites;
mod trials;

pub use columns::columns;
pub use plan::proposal_layers;
pub use road_use::road_use;
pub use shapes::{as_written, local_polygon};
pub use station_roads::station_roads;
pub use trials::{failed, tried};

use crate::report::Report;
use crate::text::{Lang, known};
use geo::{Geometry, MultiPolygon};
use lifering_core::audit::Audit;
use lifering_standards::catalogue::LayerName;
use serde::Serialize;
use std::borrow::Cow;

/// What a layer is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Points.
    Point,
    /// Lines.
    Line,
    /// Lines or several of them.
    MultiLine,
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
pub struct Column<'a> {
    /// The rule it is about, in a layer with columns for each rule.
    pub rule: Option<&'a str>,
    /// What it is about.
    pub name: &'static str,
    /// What it holds.
    pub kind: Type,
}

impl<'a> Column<'a> {
    /// What files call it: its name, after that of its rule.
    pub fn key(self) -> Cow<'a, str> {
        self.rule.map_or(Cow::Borrowed(self.name), |rule| Cow::Owned(format!("{rule}_{}", self.name)))
    }
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
    pub columns: Vec<Column<'a>>,
    /// Its features.
    pub rows: Vec<Row<'a>>,
}

impl<'a> MapLayer<'a> {
    /// A layer of these rows, cut at 180 degrees.
    pub fn new(name: &'static str, shape: Shape, columns: impl Into<Vec<Column<'a>>>, mut rows: Vec<Row<'a>>) -> Self {
        let shape = antimeridian::cut_rows(&mut rows, shape);
        Self { name, shape, columns: columns.into(), rows }
    }

    /// What people call it.
    pub fn title(&self, lang: Lang) -> String {
        known("maplayer", self.name, lang)
    }

    /// What people call one of its columns.
    pub fn alias(&self, column: Column<'_>, lang: Lang) -> String {
        // A word that means something else here than in other layers has a text of its own.
        let own = format!("{}_{}", self.name, column.name);
        let text = known("field", &own, lang);
        let text = if text == own { alias(column.name, lang) } else { text };
        column.rule.map_or_else(|| text.clone(), |rule| format!("{rule} {text}"))
    }

    /// The position of a column, by what files call it.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key() == key)
    }

    /// Whether any row holds this text in this column.
    pub fn any(&self, column: &str, text: &str) -> bool {
        let Some(at) = self.position(column) else { return false };
        self.rows.iter().any(|row| matches!(&row.cells[at], Cell::Text(found) if found == text))
    }

    /// Whether `coverage` shows units under this rule.
    pub fn asks(&self, rule: &str) -> bool {
        let verdict = self.columns.iter().position(|column| column.rule == Some(rule) && column.name == "verdict");
        let asked = |row: &Row<'_>, at: usize| matches!(&row.cells[at], Cell::Text(word) if word != NOT_ASKED);
        verdict.is_some_and(|at| self.rows.iter().any(|row| asked(row, at)))
    }
}

/// What people call a column.
pub fn alias(column: &str, lang: Lang) -> String {
    known("field", column, lang)
}

/// The verdict of a unit under a rule that does not look at units of its level.
pub const NOT_ASKED: &str = "not_asked";

/// The id of the whole region where units have theirs.
pub const WHOLE: &str = "*";

/// All layers, those that are drawn on top first.
pub fn layers<'a>(audit: &'a Audit, report: &'a Report) -> Vec<MapLayer<'a>> {
    let region = audit.city.records();
    let make = |name, shape, rows| MapLayer::new(name, shape, columns(name), rows);
    let sites = |list: &'a Option<Vec<_>>, layer: &LayerName, name| {
        make(name, Shape::Point, sites::rows(audit, list.as_deref().unwrap_or_default(), layer, columns(name)))
    };
    vec![
        make("stations", Shape::Point, sites::stations(audit)),
        sites(&region.facilities, &LayerName::Facilities, "facilities"),
        sites(&region.aeds, &LayerName::Aeds, "aeds"),
        make("uncovered", Shape::Polygon, area::zones(audit)),
        MapLayer::new("coverage", Shape::MultiPolygon, columns::coverage(&report.rules), area::units(audit, report)),
        make("roads_time", Shape::Line, roads::rows(audit)),
        make("population", Shape::Point, people::rows(audit)),
        make("boundary", Shape::MultiPolygon, vec![area::boundary(audit, report)]),
        make("rules", Shape::Table, rule::rows(report)),
    ]
}

/// What one rule, by position, leaves uncovered, as a layer of this name.
fn uncovered<'a>(name: &'static str, audit: &'a Audit, rule: usize) -> MapLayer<'a> {
    let id = audit.findings.outcomes[rule].rule.id.as_str();
    let mut rows = area::zones(audit);
    rows.retain(|row| matches!(&row.cells[1], Cell::Text(found) if found == id));
    MapLayer::new(name, Shape::Polygon, columns(name), rows)
}

/// What is audited, in degrees, as all files show it.
pub fn boundary_in_degrees(audit: &Audit) -> MultiPolygon<f64> {
    match shapes::local_area(audit.city.frame(), audit.city.boundary()) {
        Geometry::Polygon(one) => antimeridian::cut_area(&MultiPolygon::new(vec![one])),
        Geometry::MultiPolygon(many) => antimeridian::cut_area(&many),
        _ => MultiPolygon::new(Vec::new()),
    }
}

/// The whole region as a row of `coverage`: it stands first in coverage.geojson.
pub fn whole<'a>(audit: &Audit, report: &'a Report) -> Vec<Row<'a>> {
    let mut rows = vec![area::whole(audit, report)];
    antimeridian::cut_rows(&mut rows, Shape::MultiPolygon);
    rows
}

//! What a project shows: layers in groups, a printed page a group.
//!
//! In: layers and the region of an audit. Out: [`Project`], from which [`document`](super::document) and
//! [`layout`](super::layout) write XML.

use super::classes::Look;
use super::expression::Piece;
use super::facts::StyleFacts;
use super::metadata::Origin;
use super::style::has_style;
use geo::{BoundingRect, Rect};
use lifering_base::frame::LonLat;
use lifering_base::t;
use lifering_core::audit::Audit;
use lifering_report::layers::{Cell, MapLayer, Row};
use lifering_report::report::{Report, RuleReport};
use lifering_report::text::Lang;
use lifering_report::text::{region_name, tr};

/// A layer of a project: a table of coverage.gpkg, the rows of one rule in it, or a file of a comparison.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Id, unique in the project.
    pub id: String,
    /// Title in the tree and in legends.
    pub title: String,
    /// The table.
    pub layer: &'a MapLayer<'a>,
    /// SQL filter of its rows; `None`: every row.
    pub subset: Option<String>,
    /// How it is drawn.
    pub look: Look<'a>,
    /// Whether it is visible when the project opens.
    pub shown: bool,
}

impl<'a> Entry<'a> {
    /// The entry drawn in the words of a rule.
    #[must_use]
    pub fn of_rule(self, rule: &'a RuleReport) -> Self {
        Self { look: Look { rule: Some(rule), ..self.look }, ..self }
    }

    /// The rows that it shows.
    pub fn rows(&self) -> impl Iterator<Item = &Row<'a>> {
        let rule = self.look.rule.zip(self.layer.position("rule_id"));
        self.layer
            .rows
            .iter()
            .filter(move |row| rule.is_none_or(|(rule, at)| matches!(&row.cells[at], Cell::Text(id) if *id == rule.id)))
    }

    /// The data source, relative to the project.
    pub fn source(&self) -> String {
        // What changes is written as GeoJSON, once the tables of the audit are there.
        if matches!(self.layer.name, "opened" | "closed") {
            return format!("./{}.geojson", self.layer.name);
        }
        let subset = self.subset.as_ref().map_or(String::new(), |s| format!("|subset={s}"));
        format!("./coverage.gpkg|layername={}{subset}", self.layer.name)
    }
}

/// Layers that answer one question.
#[derive(Debug)]
pub struct Group<'a> {
    /// The question, as title of the group.
    pub title: String,
    /// Its printed page; `None` for layers that all questions share.
    pub page: Option<PrintedPage>,
    /// Layers, the uppermost first.
    pub entries: Vec<Entry<'a>>,
}

/// The printed page of a question.
#[derive(Clone, Debug)]
pub struct PrintedPage {
    /// The answer, below the title.
    pub subtitle: String,
    /// Ids of the layers it shows, of any group, the uppermost first; unknown ids are ignored.
    pub layers: Vec<String>,
}

/// A printed page for each feature of a layer.
#[derive(Debug)]
pub struct Atlas {
    /// Name of the layout.
    pub name: String,
    /// Id of the layer whose features are the pages.
    pub pages_of: String,
    /// What they are sorted by, as an expression, the smallest first. QGIS 3.22 ends with a fault in memory where many features are equal
    /// and the largest is to come first.
    pub order: String,
    /// What a page is called, as an expression.
    pub page_name: String,
    /// Title of a page, after the name of the region.
    pub title: Vec<Piece>,
    /// The line below it.
    pub subtitle: Vec<Piece>,
    /// Text beside the map; empty for none.
    pub beside: Vec<Piece>,
    /// Ids of the layers it shows, the uppermost first.
    pub layers: Vec<String>,
    /// Ids of those that are drawn within the feature alone.
    pub clipped: Vec<String>,
}

/// A QGIS project over coverage.gpkg.
pub struct Project<'a> {
    /// Name of the region.
    pub name: String,
    /// The name without the mark of illustrative data, which pages print elsewhere.
    pub heading: String,
    /// Bounds of the region, metres in its local plane.
    pub bounds: Rect<f64>,
    /// Origin of that plane.
    pub centre: LonLat,
    /// Line at the foot of every page: standard, files, version.
    pub source: String,
    /// Whether that line is a warning, because the data is illustrative.
    pub warns: bool,
    /// Limits and language.
    pub facts: StyleFacts,
    /// Layers by question.
    pub groups: Vec<Group<'a>>,
    /// Pages by feature.
    pub atlases: Vec<Atlas>,
    /// The longest time of any layer, seconds.
    pub last_s: f64,
}

impl<'a> Project<'a> {
    /// A project over the region of an audit.
    pub fn new(audit: &Audit, report: &Report, groups: Vec<Group<'a>>, facts: StyleFacts) -> Self {
        let bounds = audit.city.boundary().bounding_rect().unwrap_or_else(|| Rect::new((-1.0, -1.0), (1.0, 1.0)));
        Self {
            name: report.region.name.clone(),
            heading: region_name(report).to_owned(),
            bounds,
            centre: audit.city.frame().centre(),
            source: source(report, facts.lang),
            warns: report.region.illustrative,
            last_s: last_s(&groups),
            facts,
            groups,
            atlases: Vec::new(),
        }
    }

    /// What all its layers have in common.
    pub fn origin(&self) -> Origin {
        Origin { source: self.source.clone(), lang: self.facts.lang }
    }

    /// The layers with these ids, in their order; unknown ids are left out.
    pub fn layers_of(&self, ids: &[String]) -> Vec<&Entry<'a>> {
        let all = || self.groups.iter().flat_map(|group| &group.entries);
        ids.iter().filter_map(|id| all().find(|entry| entry.id == *id)).collect()
    }
}

/// Prefix of layer ids: QGIS ignores layers with short ones.
const ID_PREFIX: &str = "lifering_layer";

/// The id of a layer in the project.
pub fn layer_id(name: &str) -> String {
    format!("{ID_PREFIX}_{name}")
}

/// Layers, found by name.
#[derive(Clone, Copy)]
pub struct Layers<'a>(pub &'a [MapLayer<'a>]);

impl<'a> Layers<'a> {
    /// A layer that has a style and at least one row.
    pub fn find(self, name: &str) -> Option<&'a MapLayer<'a>> {
        self.0.iter().find(|layer| layer.name == name && has_style(layer) && !layer.rows.is_empty())
    }

    /// An entry with every row of a layer.
    pub fn whole(self, name: &str, shown: bool, lang: Lang) -> Option<Entry<'a>> {
        let layer = self.find(name)?;
        let title = layer.title(lang);
        Some(Entry { id: layer_id(name), title, layer, subset: None, look: Look::default(), shown })
    }
}

/// The line at the foot of every page.
fn source(report: &Report, lang: Lang) -> String {
    let standard = if lang == Lang::Zh { &report.standard.title } else { &report.standard.title_en };
    let files: Vec<&str> = report.inputs.iter().map(|i| i.file.as_str()).collect();
    let text = t!(
        "maplayer.source",
        locale = lang.locale(),
        standard = standard,
        files = files.join(", "),
        version = report.tool.version
    );
    if report.region.illustrative { format!("{} {text}", tr("summary.illustrative", lang)) } else { text.into_owned() }
}

/// The longest time in the roads and the people of a project, seconds.
fn last_s(groups: &[Group<'_>]) -> f64 {
    let mut last = 0.0_f64;
    for layer in groups.iter().flat_map(|group| &group.entries).map(|entry| entry.layer) {
        for at in ["from_s", "to_s", "response_s"].iter().filter_map(|key| layer.position(key)) {
            let times =
                layer.rows.iter().filter_map(|row| if let Cell::Real(s) = row.cells[at] { Some(s) } else { None });
            last = times.fold(last, f64::max);
        }
    }
    last
}

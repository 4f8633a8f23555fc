//! region.qgz: a QGIS project over coverage.gpkg, layers in groups by question, with a printed page a question.
//!
//! In: the layers and the rules. Out: the project's XML; [`super::qgz`] packs it. Paths are relative: the folder may move.

use super::classes::Look;
use super::layout::layout;
use super::style::{StyleFacts, VERSION, body, has_labels, styled};
use crate::audit::Audit;
use crate::frame::LonLat;
use crate::outputs::layers::{MapLayer, Shape};
use crate::outputs::report::{Report, RuleReport};
use crate::outputs::sentences::Lang;
use crate::outputs::words::tr;
use crate::rules::catalogue::{Criterion, Journey, LayerName};
use crate::rules::outcome::Verdict;
use geo::{BoundingRect, Rect};
use maud::{Markup, html};

/// A layer of the project: one table, perhaps only the rows of one rule.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Unique in the project.
    pub id: String,
    /// As the tree and the legend call it.
    pub title: String,
    /// The table.
    pub layer: &'a MapLayer<'a>,
    /// Which rows.
    subset: Option<String>,
    /// How it is drawn.
    pub look: Look<'a>,
    /// Whether it is shown at first.
    pub shown: bool,
}

/// Layers that answer one question.
#[derive(Debug)]
pub struct Group<'a> {
    /// The question.
    pub title: String,
    /// The rule it is about, and what its page shows besides; `None` for what all questions share.
    pub rule: Option<(&'a RuleReport, Page)>,
    /// Its layers, the uppermost first.
    pub entries: Vec<Entry<'a>>,
}

/// What the printed page of a question shows besides its own layers.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The layer of sites it is about.
    pub sites: &'static str,
    /// Roads by time, or as a background.
    pub by_time: bool,
}

/// What the project is written from.
pub struct Project<'a> {
    /// Everything found.
    pub audit: &'a Audit,
    /// The same in the shape of audit.json.
    pub report: &'a Report,
    /// Limits and language.
    pub facts: StyleFacts,
    /// Layers by question.
    pub groups: Vec<Group<'a>>,
}

impl<'a> Project<'a> {
    /// Sorts the layers by question.
    pub fn new(audit: &'a Audit, report: &'a Report, layers: &'a [MapLayer<'a>], facts: StyleFacts) -> Self {
        let groups = groups(audit, report, layers, facts.lang);
        Self { audit, report, facts, groups }
    }

    /// The rectangle of the region in the project's plane.
    pub fn bounds(&self) -> Rect<f64> {
        self.audit.boundary.bounding_rect().unwrap_or_else(|| Rect::new((-1.0, -1.0), (1.0, 1.0)))
    }

    /// The groups that are about a rule.
    pub fn questions(&self) -> impl Iterator<Item = &Group<'a>> {
        self.groups.iter().filter(|group| group.rule.is_some())
    }

    /// What all questions share.
    pub fn shared(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.groups.iter().filter(|group| group.rule.is_none()).flat_map(|group| &group.entries)
    }

    /// The project's XML.
    pub fn xml(&self) -> String {
        let entries = || self.groups.iter().flat_map(|group| &group.entries);
        let bounds = self.bounds();
        let markup = html! {
            qgis version=(VERSION) projectname=(self.report.region.name) {
                homePath path="" {}
                title { (self.report.region.name) }
                autotransaction active="0" {}
                evaluateDefaultValues active="0" {}
                trust active="0" {}
                projectCrs { (self.plane()) }
                layer-tree-group {
                    @for group in &self.groups { (tree(group)) }
                    custom-order enabled="0" {}
                }
                mapcanvas name="theMapCanvas" annotationsVisible="1" {
                    units { "meters" }
                    extent {
                        xmin { (bounds.min().x) } ymin { (bounds.min().y) } xmax { (bounds.max().x) } ymax { (bounds.max().y) }
                    }
                    rotation { "0" }
                    destinationsrs { (self.plane()) }
                }
                projectlayers { @for entry in entries() { (self.map_layer(entry)) } }
                layerorder { @for entry in entries() { layer id=(entry.id) {} } }
                properties {
                    SpatialRefSys { ProjectionsEnabled type="int" { "1" } }
                    Paths { Absolute type="bool" { "false" } }
                    Measurement { AreaUnits type="QString" { "km2" } DistanceUnits type="QString" { "km" } }
                }
                Layouts { @for group in self.questions() { (layout(self, group)) } }
            }
        };
        format!("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{}\n", markup.into_string())
    }

    /// The plane that lifering measured in.
    fn plane(&self) -> Markup {
        plane(self.audit.frame.centre())
    }

    fn map_layer(&self, entry: &Entry<'_>) -> Markup {
        let (geometry, wkb) = match entry.layer.shape {
            Shape::Point => ("Point", "Point"),
            Shape::Line => ("Line", "LineString"),
            Shape::Polygon => ("Polygon", "Polygon"),
            Shape::MultiPolygon => ("Polygon", "MultiPolygon"),
            Shape::Table => ("No geometry", "NoGeometry"),
        };
        let labels = if has_labels(entry.layer) { "1" } else { "0" };
        html! {
            maplayer type="vector" geometry=(geometry) wkbType=(wkb) labelsEnabled=(labels) styleCategories="AllStyleCategories"
                simplifyDrawingHints="1" simplifyDrawingTol="1" simplifyLocal="1" hasScaleBasedVisibilityFlag="0" readOnly="0" {
                id { (entry.id) }
                datasource { (entry.source()) }
                keywordList { value {} }
                layername { (entry.title) }
                srs { (wgs_84()) }
                provider encoding="UTF-8" { "ogr" }
                vectorjoins {}
                layerDependencies {}
                map-layer-style-manager current="default" { map-layer-style name="default" {} }
                (body(entry.layer, &self.facts, entry.look))
            }
        }
    }
}

/// The equal-area plane around a place.
pub(super) fn plane(centre: LonLat) -> Markup {
    let degree = "ANGLEUNIT[\"degree\",0.0174532925199433]";
    let metre = "LENGTHUNIT[\"metre\",1]";
    let name = format!("LAEA {:.4} {:.4}", centre.lon, centre.lat);
    let wkt = format!(
        "PROJCRS[\"{name}\",BASEGEOGCRS[\"WGS 84\",DATUM[\"World Geodetic System 1984\",\
         ELLIPSOID[\"WGS 84\",6378137,298.257223563,{metre}]],PRIMEM[\"Greenwich\",0,{degree}],ID[\"EPSG\",4326]],\
         CONVERSION[\"Lambert azimuthal equal area\",METHOD[\"Lambert Azimuthal Equal Area\",ID[\"EPSG\",9820]],\
         PARAMETER[\"Latitude of natural origin\",{},{degree},ID[\"EPSG\",8801]],\
         PARAMETER[\"Longitude of natural origin\",{},{degree},ID[\"EPSG\",8802]],\
         PARAMETER[\"False easting\",0,{metre},ID[\"EPSG\",8806]],\
         PARAMETER[\"False northing\",0,{metre},ID[\"EPSG\",8807]]],\
         CS[Cartesian,2],AXIS[\"easting (X)\",east,ORDER[1],{metre}],AXIS[\"northing (Y)\",north,ORDER[2],{metre}]]",
        centre.lat, centre.lon
    );
    let proj = format!("+proj=laea +lat_0={} +lon_0={} +datum=WGS84 +units=m +no_defs", centre.lat, centre.lon);
    html! {
        spatialrefsys {
            wkt { (wkt) } proj4 { (proj) } srsid { "0" } srid { "0" } authid {} description { (name) }
            projectionacronym { "laea" } ellipsoidacronym { "EPSG:7030" } geographicflag { "false" }
        }
    }
}

/// The coordinates of the layers.
pub(super) fn wgs_84() -> Markup {
    let wkt = "GEOGCRS[\"WGS 84\",DATUM[\"World Geodetic System 1984\",ELLIPSOID[\"WGS 84\",6378137,298.257223563,\
               LENGTHUNIT[\"metre\",1]]],PRIMEM[\"Greenwich\",0,ANGLEUNIT[\"degree\",0.0174532925199433]],CS[ellipsoidal,2],\
               AXIS[\"geodetic latitude (Lat)\",north,ORDER[1],ANGLEUNIT[\"degree\",0.0174532925199433]],\
               AXIS[\"geodetic longitude (Lon)\",east,ORDER[2],ANGLEUNIT[\"degree\",0.0174532925199433]],ID[\"EPSG\",4326]]";
    html! {
        spatialrefsys {
            wkt { (wkt) } proj4 { "+proj=longlat +datum=WGS84 +no_defs" } srsid { "3452" } srid { "4326" } authid { "EPSG:4326" }
            description { "WGS 84" } projectionacronym { "longlat" } ellipsoidacronym { "EPSG:7030" } geographicflag { "true" }
        }
    }
}

/// QGIS ignores layers with shorter ids.
pub(super) const LONG_ID: &str = "lifering_layer";

impl Entry<'_> {
    fn source(&self) -> String {
        let subset = self.subset.as_ref().map_or(String::new(), |s| format!("|subset={s}"));
        format!("./coverage.gpkg|layername={}{subset}", self.layer.name)
    }
}

fn tree(group: &Group<'_>) -> Markup {
    let shown = |yes: bool| if yes { "Qt::Checked" } else { "Qt::Unchecked" };
    let any = group.entries.iter().any(|entry| entry.shown);
    html! {
        layer-tree-group name=(group.title) checked=(shown(any)) expanded=(if any { "1" } else { "0" }) {
            @for entry in &group.entries {
                layer-tree-layer id=(entry.id) name=(entry.title) source=(entry.source()) providerKey="ogr" checked=(shown(entry.shown)) expanded="0" {}
            }
        }
    }
}

/// Whether a map of the rule is about driving times, so that roads are shown by time.
fn by_time(rule: &RuleReport, audit: &Audit) -> bool {
    let record = audit.outcomes.iter().map(|outcome| &outcome.rule).find(|record| record.id.as_str() == rule.id);
    record.is_some_and(|record| match &record.criterion {
        Criterion::TravelTime(time) => matches!(time.journey, Journey::Drive { .. }),
        _ => false,
    })
}

/// The layer of the sites that a rule counts or measures to.
fn sites_of(rule: &RuleReport, audit: &Audit) -> &'static str {
    let record = audit.outcomes.iter().map(|outcome| &outcome.rule).find(|record| record.id.as_str() == rule.id);
    match record.and_then(|record| record.criterion.selection().layers.first()) {
        Some(LayerName::Facilities) => "facilities",
        Some(LayerName::Aeds) => "aeds",
        _ => "stations",
    }
}

fn groups<'a>(audit: &Audit, report: &'a Report, layers: &'a [MapLayer<'a>], lang: Lang) -> Vec<Group<'a>> {
    let find = |name: &str| layers.iter().find(|l| l.name == name && styled(l) && !l.rows.is_empty());
    let whole = |name: &str, plain: bool, shown: bool| {
        find(name).map(|layer| Entry {
            id: format!("{LONG_ID}_{}{}", layer.name, if plain { "_plain" } else { "" }),
            title: if plain { tr("layer.roads", lang) } else { layer.title(lang) },
            layer,
            subset: None,
            look: Look { rule: None, plain },
            shown,
        })
    };
    // The binding gaps come first: what the project opens with is the first of them.
    let rank = |rule: &RuleReport| (!rule.binding, rule.verdict != Verdict::Gap);
    let mut rules: Vec<&RuleReport> = report.rules.iter().filter(|r| r.verdict != Verdict::CannotJudge).collect();
    rules.sort_by_key(|rule| rank(rule));
    let mut first: Option<&RuleReport> = None;
    let mut questions = Vec::new();
    for rule in rules {
        let title = if lang == Lang::Zh { &rule.title } else { &rule.title_en };
        let mut entries = Vec::new();
        for name in ["uncovered", "coverage"] {
            let Some(layer) = find(name).filter(|layer| layer.any("rule_id", &rule.id)) else { continue };
            let shown = first.is_none() && name == "uncovered";
            if shown {
                first = Some(rule);
            }
            entries.push(Entry {
                id: format!("{LONG_ID}_{name}_{}", rule.id),
                title: layer.title(lang),
                layer,
                subset: Some(format!("\"rule_id\" = '{}'", rule.id)),
                look: Look { rule: Some(rule), plain: false },
                shown,
            });
        }
        if !entries.is_empty() {
            let page = Page { sites: sites_of(rule, audit), by_time: by_time(rule, audit) };
            questions.push(Group { title: format!("{} {title}", rule.id), rule: Some((rule, page)), entries });
        }
    }
    let timed = first.is_none_or(|rule| by_time(rule, audit));
    let resources = Group {
        title: tr("maplayer.group_resources", lang),
        rule: None,
        entries: [("stations", true), ("facilities", false), ("aeds", false)]
            .into_iter()
            .filter_map(|(name, shown)| whole(name, false, shown))
            .collect(),
    };
    let base = Group {
        title: tr("maplayer.group_base", lang),
        rule: None,
        entries: [
            ("roads_time", false, timed),
            ("roads_time", true, !timed),
            ("population", false, false),
            ("boundary", false, true),
        ]
        .into_iter()
        .filter_map(|(name, plain, shown)| whole(name, plain, shown))
        .collect(),
    };
    std::iter::once(resources).chain(questions).chain([base]).collect()
}

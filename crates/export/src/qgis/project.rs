//! region.qgz: a QGIS project over coverage.gpkg, layers in groups by question, with a printed page a question.
//!
//! In: layers in groups. Out: the project's XML; [`super::qgz`] packs it. Paths are relative: the folder may move.

use super::classes::Look;
use super::layout::layout;
use super::style::{StyleFacts, VERSION, body, has_labels, styled};
use geo::{BoundingRect, Rect};
use lifering_base::frame::LonLat;
use lifering_base::t;
use lifering_core::audit::Audit;
use lifering_report::layers::{MapLayer, Shape};
use lifering_report::report::{Report, RuleReport};
use lifering_report::text::Lang;
use lifering_report::text::{region_name, tr};
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
    pub subset: Option<String>,
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
    /// Its printed page; `None` for what all questions share.
    pub page: Option<Page>,
    /// Its layers, the uppermost first.
    pub entries: Vec<Entry<'a>>,
}

/// The printed page of a question.
#[derive(Clone, Debug)]
pub struct Page {
    /// The answer, under the title.
    pub subtitle: String,
    /// Ids of the layers it shows, of any group, the uppermost first; one that is not there is left out.
    pub layers: Vec<String>,
}

/// What the project is written from.
pub struct Project<'a> {
    /// The region's name.
    pub name: String,
    /// The same for pages that say in a place of its own that the data is illustrative.
    pub heading: String,
    /// Where it lies, in the plane it is measured in.
    pub bounds: Rect<f64>,
    /// The middle of that plane.
    pub centre: LonLat,
    /// The line at the foot of every page.
    pub source: String,
    /// Whether that line is a warning: the data is illustrative.
    pub warns: bool,
    /// Limits and language.
    pub facts: StyleFacts,
    /// Layers by question.
    pub groups: Vec<Group<'a>>,
}

impl<'a> Project<'a> {
    /// Layers by question, over the region of an audit.
    pub fn new(audit: &Audit, report: &Report, groups: Vec<Group<'a>>, facts: StyleFacts) -> Self {
        let bounds = audit.city.boundary().bounding_rect().unwrap_or_else(|| Rect::new((-1.0, -1.0), (1.0, 1.0)));
        Self {
            name: report.region.name.clone(),
            heading: region_name(report).to_owned(),
            bounds,
            centre: audit.city.frame().centre(),
            source: source(report, facts.lang),
            warns: report.region.illustrative,
            facts,
            groups,
        }
    }

    /// The layers of a page, the uppermost first.
    pub fn layers_of(&self, page: &Page) -> Vec<&Entry<'a>> {
        let all = || self.groups.iter().flat_map(|group| &group.entries);
        page.layers.iter().filter_map(|id| all().find(|entry| entry.id == *id)).collect()
    }

    /// The project's XML.
    pub fn xml(&self) -> String {
        let entries = || self.groups.iter().flat_map(|group| &group.entries);
        let pages = self.groups.iter().filter_map(|group| Some((group.title.as_str(), group.page.as_ref()?)));
        let (min, max) = (self.bounds.min(), self.bounds.max());
        let markup = html! {
            qgis version=(VERSION) projectname=(self.name) {
                homePath path="" {}
                title { (self.name) }
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
                        xmin { (min.x) } ymin { (min.y) } xmax { (max.x) } ymax { (max.y) }
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
                Layouts { @for (title, page) in pages { (layout(self, title, page)) } }
            }
        };
        format!("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{}\n", markup.into_string())
    }

    /// The plane that lifering measured in.
    fn plane(&self) -> Markup {
        plane(self.centre)
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

/// Layers by name.
#[derive(Clone, Copy)]
pub struct Layers<'a>(pub &'a [MapLayer<'a>]);

impl<'a> Layers<'a> {
    /// A layer that has something to show.
    pub fn find(self, name: &str) -> Option<&'a MapLayer<'a>> {
        self.0.iter().find(|layer| layer.name == name && styled(layer) && !layer.rows.is_empty())
    }

    /// The whole of a layer.
    pub fn whole(self, name: &str, shown: bool, lang: Lang) -> Option<Entry<'a>> {
        let layer = self.find(name)?;
        let title = layer.title(lang);
        Some(Entry { id: layer_id(name), title, layer, subset: None, look: Look::default(), shown })
    }
}

/// The id of a layer in the project.
pub fn layer_id(of: &str) -> String {
    format!("{LONG_ID}_{of}")
}

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

impl<'a> Entry<'a> {
    /// Drawn as a rule has it.
    #[must_use]
    pub fn of_rule(self, rule: &'a RuleReport) -> Self {
        Self { look: Look { rule: Some(rule), ..self.look }, ..self }
    }

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

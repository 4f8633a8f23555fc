//! batch.qgz: a QGIS project over batch.gpkg, the regions coloured by verdict and the league as a table.
//!
//! In: the layers of a batch. Out: the text of the .qgs file. Paths are relative, so that the folder may move.

use super::classes::Look;
use super::crs::{plane, wgs_84};
use super::facts::StyleFacts;
use super::metadata::{self, Origin};
use super::project::layer_id;
use super::style::{body, has_labels};
use super::xml::{VERSION, document};
use geo::{BoundingRect, Coord, Geometry, GeometryCollection, Rect};
use lifering_base::frame::{Frame, LonLat};
use lifering_report::layers::{MapLayer, Shape};
use maud::{Markup, html};

/// Extent of the map over the extent of the regions.
const MARGIN: f64 = 1.08;

/// The XML of the project.
pub fn project(title: &str, layers: &[MapLayer<'_>], facts: &StyleFacts) -> String {
    let drawn: Vec<Geometry<f64>> =
        layers.iter().flat_map(|layer| &layer.rows).filter_map(|row| row.geometry.clone()).collect();
    let bounds = GeometryCollection::from(drawn).bounding_rect();
    let bounds = bounds.unwrap_or_else(|| Rect::new((-1.0, -1.0), (1.0, 1.0)));
    let centre = LonLat::from(bounds.center());
    // The extent at opening: the corners on the plane, with a margin.
    let [low, high] = [bounds.min(), bounds.max()].map(|corner| {
        let place = Frame::new(centre).map_or(Coord::zero(), |frame| frame.to_local(LonLat::from(corner)));
        Coord { x: place.x * MARGIN, y: place.y * MARGIN }
    });
    document(html! {
        qgis version=(VERSION) projectname=(title) {
            homePath path="" {}
            title { (title) }
            autotransaction active="0" {}
            evaluateDefaultValues active="0" {}
            trust active="0" {}
            projectCrs { (plane(centre)) }
            layer-tree-group {
                @for layer in layers {
                    layer-tree-layer id=(layer_id(layer.name)) name=(layer.title(facts.lang)) source=(source(layer)) providerKey="ogr" checked="Qt::Checked" expanded="1" {}
                }
                custom-order enabled="0" {}
            }
            mapcanvas name="theMapCanvas" annotationsVisible="1" {
                units { "meters" }
                extent { xmin { (low.x) } ymin { (low.y) } xmax { (high.x) } ymax { (high.y) } }
                rotation { "0" }
                destinationsrs { (plane(centre)) }
            }
            projectlayers { @for layer in layers { (map_layer(layer, facts)) } }
            layerorder { @for layer in layers { layer id=(layer_id(layer.name)) {} } }
            properties {
                SpatialRefSys { ProjectionsEnabled type="int" { "1" } }
                Paths { Absolute type="bool" { "false" } }
                Measurement { AreaUnits type="QString" { "km2" } DistanceUnits type="QString" { "km" } }
            }
        }
    })
}

fn source(layer: &MapLayer<'_>) -> String {
    format!("./batch.gpkg|layername={}", layer.name)
}

fn map_layer(layer: &MapLayer<'_>, facts: &StyleFacts) -> Markup {
    let table = layer.shape == Shape::Table;
    let origin = Origin { source: String::new(), lang: facts.lang };
    let (geometry, wkb) = if table { ("No geometry", "NoGeometry") } else { ("Polygon", "MultiPolygon") };
    html! {
        maplayer type="vector" geometry=(geometry) wkbType=(wkb) labelsEnabled=(if has_labels(layer) { "1" } else { "0" })
            styleCategories="AllStyleCategories" hasScaleBasedVisibilityFlag="0" readOnly="0" {
            id { (layer_id(layer.name)) }
            datasource { (source(layer)) }
            keywordList { value {} }
            layername { (layer.title(facts.lang)) }
            (metadata::of_layer(layer, &layer_id(layer.name), &layer.title(facts.lang), &origin))
            @if !table { srs { (wgs_84()) } }
            provider encoding="UTF-8" { "ogr" }
            vectorjoins {}
            layerDependencies {}
            map-layer-style-manager current="default" { map-layer-style name="default" {} }
            @if !table { (body(layer, facts, Look::default())) }
        }
    }
}

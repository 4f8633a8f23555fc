//! A project as XML.
//!
//! In: a [`Project`]. Out: the text of a .qgs file. Paths are relative, so that the folder may move.

use super::bookmarks::bookmarks;
use super::crs::{plane, wgs_84};
use super::layout::{atlas, layout};
use super::project::{Entry, Group, Project};
use super::style::{body, has_labels};
use super::themes::themes;
use super::xml::{VERSION, document};
use super::{metadata, temporal};
use lifering_report::layers::Shape;
use maud::{Markup, html};

/// The XML of a project.
pub fn project(project: &Project<'_>) -> String {
    let entries = || project.groups.iter().flat_map(|group| &group.entries);
    let pages = project.groups.iter().filter_map(|group| Some((group.title.as_str(), group.page.as_ref()?)));
    let zones =
        project.groups.iter().flat_map(|group| group.entries.iter().map(move |entry| (group.title.as_str(), entry)));
    let zones = zones.filter(|(_, entry)| entry.layer.name.starts_with("uncovered"));
    let (min, max) = (project.bounds.min(), project.bounds.max());
    document(html! {
        qgis version=(VERSION) projectname=(project.name) {
            homePath path="" {}
            title { (project.name) }
            (metadata::of_project(&project.name, &project.origin()))
            autotransaction active="0" {}
            evaluateDefaultValues active="0" {}
            trust active="0" {}
            projectCrs { (plane(project.centre)) }
            layer-tree-group {
                @for group in &project.groups { (tree(group)) }
                custom-order enabled="0" {}
            }
            mapcanvas name="theMapCanvas" annotationsVisible="1" {
                units { "meters" }
                extent {
                    xmin { (min.x) } ymin { (min.y) } xmax { (max.x) } ymax { (max.y) }
                }
                rotation { "0" }
                destinationsrs { (plane(project.centre)) }
            }
            projectlayers { @for entry in entries() { (map_layer(project, entry)) } }
            layerorder { @for entry in entries() { layer id=(entry.id) {} } }
            properties {
                SpatialRefSys { ProjectionsEnabled type="int" { "1" } }
                Paths { Absolute type="bool" { "false" } }
                Measurement { AreaUnits type="QString" { "km2" } DistanceUnits type="QString" { "km" } }
            }
            (themes(project))
            (bookmarks(zones, project.facts.lang))
            @if project.last_s > 0.0 { (temporal::of_project(project.last_s)) }
            Layouts {
                @for (title, page) in pages { (layout(project, title, page)) }
                @for pages in &project.atlases { (atlas(project, pages)) }
            }
        }
    })
}

fn map_layer(project: &Project<'_>, entry: &Entry<'_>) -> Markup {
    let (geometry, wkb) = match entry.layer.shape {
        Shape::Point => ("Point", "Point"),
        Shape::Line => ("Line", "LineString"),
        Shape::MultiLine => ("Line", "MultiLineString"),
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
            (metadata::of_layer(entry.layer, &entry.id, &entry.title, &project.origin()))
            srs { (wgs_84()) }
            provider encoding="UTF-8" { "ogr" }
            vectorjoins {}
            layerDependencies {}
            map-layer-style-manager current="default" { map-layer-style name="default" {} }
            (body(entry.layer, &project.facts, entry.look))
        }
    }
}

/// A group of the layer tree.
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

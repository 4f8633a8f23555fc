//! The default style of every layer: renderer, labels, aliases of columns.
//!
//! In: a layer and [`StyleFacts`]. Out: the body of a QML document, which `layer_styles`, the .qml files and the
//! projects share.

use super::classes::{Look, classes};
use super::facts::StyleFacts;
use super::temporal;
use super::tips::tip;
use super::xml::{VERSION, document};
use lifering_report::layers::{MapLayer, Shape};
use maud::{Markup, html};

/// Whether a layer has a style: tables have none.
pub fn has_style(layer: &MapLayer<'_>) -> bool {
    layer.shape != Shape::Table
}

/// The QML document of a layer.
pub fn qml(layer: &MapLayer<'_>, facts: &StyleFacts) -> String {
    let labels = if has_labels(layer) { "1" } else { "0" };
    document(html! {
        qgis version=(VERSION) styleCategories="AllStyleCategories" labelsEnabled=(labels) { (body(layer, facts, Look::default())) }
    })
}

/// Renderer, labels, aliases.
pub fn body(layer: &MapLayer<'_>, facts: &StyleFacts, look: Look<'_>) -> Markup {
    let classes = classes(layer.name, facts, look);
    html! {
        renderer-v2 type="RuleRenderer" symbollevels="0" forceraster="0" enableorderby="0" {
            rules key=(format!("{{{}}}", layer.name)) {
                @for (i, class) in classes.iter().enumerate() {
                    rule key=(format!("{{{}-{i}}}", layer.name)) symbol=(i) filter=(class.rows.expression()) label=(class.label) {}
                }
            }
            symbols { @for (i, class) in classes.iter().enumerate() { (class.symbol.xml(&i.to_string())) } }
        }
        (labels(layer))
        (tip(layer, facts, look))
        (temporal::of_layer(layer))
        fieldConfiguration {
            @for column in layer.columns.iter() { field name=(column.key()) configurationFlags="None" { editWidget type="" { config { Option {} } } } }
        }
        // QGIS counts the feature id as field 0.
        aliases { @for (i, column) in layer.columns.iter().enumerate() { alias index=(i + 1) field=(column.key()) name=(layer.alias(*column, facts.lang)) {} } }
    }
}

/// Whether a layer has labels, or symbols that no label may cover.
pub fn has_labels(layer: &MapLayer<'_>) -> bool {
    label_of(layer).is_some() || is_obstacle(layer)
}

/// Whether labels of other layers keep off the symbols of a layer without labels of its own.
fn is_obstacle(layer: &MapLayer<'_>) -> bool {
    matches!(layer.name, "facilities" | "aeds")
}

/// The label expression of a layer and its size in points; `None` without labels.
fn label_of(layer: &MapLayer<'_>) -> Option<(&'static str, &'static str)> {
    match layer.name {
        "stations" => Some(("CASE WHEN \"kind\" IN ('center', 'sub_center') THEN \"name\" END", "9")),
        "coverage" | "units" => Some(("\"unit_name\"", "8")),
        "regions" => Some(("\"region_name\"", "8")),
        "given_up" => Some(("\"name\"", "9")),
        "proposals" => Some(("\"order\" || ' ' || \"name\"", "9")),
        _ => None,
    }
}

/// The labels of a layer. Those of points stand around their symbol, those of areas where there is room inside; neither covers a
/// symbol.
fn labels(layer: &MapLayer<'_>) -> Markup {
    let Some((expression, size)) = label_of(layer).or_else(|| is_obstacle(layer).then_some(("''", "8"))) else {
        return html! {};
    };
    let point = layer.shape == Shape::Point;
    let drawn = if is_obstacle(layer) { "0" } else { "1" };
    let colour = if point { "28,35,41,255" } else { "74,84,92,255" };
    // Without a weight QGIS uses the thinnest one of the font.
    let weight = if layer.name == "proposals" { "75" } else { "50" };
    // The numbers of QGIS for "around the symbol" and "horizontal inside".
    let placement = if point { "6" } else { "4" };
    // Symbols are in the way of labels; the areas that the labels of a map stand in are not.
    let obstacle = if point { "1" } else { "0" };
    html! {
        labeling type="simple" {
            settings {
                text-style fieldName=(expression) isExpression="1" fontWeight=(weight) fontSize=(size) fontSizeUnit="Point" textColor=(colour) textOpacity="1" {
                    text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,230" bufferOpacity="1" bufferNoFill="0" {}
                }
                placement placement=(placement) offsetType="1" dist="0.6" distUnits="MM" priority="5"
                    predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR" {}
                rendering obstacle=(obstacle) obstacleFactor="2" obstacleType="0" drawLabels=(drawn) {}
            }
        }
    }
}

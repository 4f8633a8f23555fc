//! The default style of every layer: renderer, labels, aliases.
//!
//! In: a layer and the limits of its result. Out: the body of a QML document, which `layer_styles`, the .qml files and the
//! project share.

use super::symbols::{Colour, Symbol, fill, line, marker, outline};
use crate::outputs::layers::{MapLayer, Shape, alias};
use crate::outputs::sentences::{Lang, minutes};
use crate::outputs::words::{kind, reason_word, tr, verdict_word};
use maud::{Markup, html};
use rust_i18n::t;

/// Version that the documents claim: the oldest they are checked with.
pub const VERSION: &str = "3.22.0-Białowieża";

/// Okabe and Ito's colours, told apart by everybody.
const BLUE: Colour = [0, 114, 178, 255];
const SKY: Colour = [86, 180, 233, 255];
const GREEN: Colour = [0, 158, 115, 255];
const ORANGE: Colour = [230, 159, 0, 255];
const VERMILLION: Colour = [213, 94, 0, 255];
const PURPLE: Colour = [143, 74, 134, 255];
const GREY: Colour = [107, 107, 107, 255];
const INK: Colour = [18, 50, 74, 255];
/// The later half of a sequence from early to late (viridis turned to orange).
const LATE: [Colour; 2] = [ORANGE, [181, 79, 20, 255]];

fn faint(colour: Colour, opacity: u8) -> Colour {
    [colour[0], colour[1], colour[2], opacity]
}

/// One class of a renderer: filter, label, symbol.
struct Class {
    filter: String,
    label: String,
    symbol: Symbol,
}

/// What the styles need to know of a result.
#[derive(Clone, Debug)]
pub struct StyleFacts {
    /// Limit of the roads and of the population's times, seconds.
    pub limits_s: Vec<f64>,
    /// The language of labels.
    pub lang: Lang,
}

/// Whether a QGIS shows the layer at all.
pub fn styled(layer: &MapLayer) -> bool {
    layer.shape != Shape::Table
}

/// The whole QML document of a layer.
pub fn qml(layer: &MapLayer, facts: &StyleFacts) -> String {
    let labels = if label_of(layer).is_some() { "1" } else { "0" };
    let body = html! {
        qgis version=(VERSION) styleCategories="AllStyleCategories" labelsEnabled=(labels) { (body(layer, facts)) }
    };
    format!("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{}\n", body.into_string())
}

/// Renderer, labels, aliases.
pub fn body(layer: &MapLayer, facts: &StyleFacts) -> Markup {
    let classes = classes(layer, facts);
    html! {
        renderer-v2 type="RuleRenderer" symbollevels="0" forceraster="0" enableorderby="0" {
            rules key=(format!("{{{}}}", layer.name)) {
                @for (i, class) in classes.iter().enumerate() {
                    rule key=(format!("{{{}-{i}}}", layer.name)) symbol=(i) filter=(class.filter) label=(class.label) {}
                }
            }
            symbols { @for (i, class) in classes.iter().enumerate() { (class.symbol.xml(&i.to_string())) } }
        }
        @if let Some((expression, size)) = label_of(layer) { (labels(layer, expression, size)) }
        fieldConfiguration {
            @for column in &layer.columns { field name=(column.name) configurationFlags="None" { editWidget type="" { config { Option {} } } } }
        }
        // QGIS counts the feature id as field 0.
        aliases { @for (i, column) in layer.columns.iter().enumerate() { alias index=(i + 1) field=(column.name) name=(alias(column.name, facts.lang)) {} } }
    }
}

/// Whether the labels of a layer are on.
pub fn has_labels(layer: &MapLayer) -> bool {
    label_of(layer).is_some()
}

/// The label expression of a layer and its size in points.
fn label_of(layer: &MapLayer) -> Option<(&'static str, &'static str)> {
    match layer.name {
        "stations" => Some(("CASE WHEN \"kind\" IN ('center', 'sub_center') THEN \"name\" END", "9")),
        "coverage" => Some(("\"unit_name\"", "8")),
        _ => None,
    }
}

fn labels(layer: &MapLayer, expression: &str, size: &str) -> Markup {
    let kind = if layer.shape == Shape::Point { "0" } else { "1" };
    let colour = if layer.shape == Shape::Point { "28,35,41,255" } else { "91,102,111,255" };
    html! {
        labeling type="simple" {
            settings {
                text-style fieldName=(expression) isExpression="1" fontSize=(size) fontSizeUnit="Point" textColor=(colour) textOpacity="1" {
                    text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,230" bufferOpacity="1" bufferNoFill="0" {}
                }
                placement placement=(kind) dist="1.6" distUnits="MM" priority="5" {}
                rendering obstacle="1" drawLabels="1" {}
            }
        }
    }
}

fn classes(layer: &MapLayer, facts: &StyleFacts) -> Vec<Class> {
    let lang = facts.lang;
    let class = |filter: &str, label: String, symbol| Class { filter: filter.to_owned(), label, symbol };
    match layer.name {
        "uncovered" => vec![
            class(
                "\"reason\" = 'too_far'",
                tr("style.too_far", lang),
                fill(faint(VERMILLION, 45), VERMILLION, "0.3").hatched(VERMILLION, "45", "2"),
            ),
            class(
                "\"reason\" = 'no_road'",
                reason_word("no_road", lang),
                fill(faint(GREY, 35), GREY, "0.25").dotted(GREY, "2.4"),
            ),
            class(
                "\"reason\" = 'cut_off'",
                reason_word("cut_off", lang),
                fill(faint(PURPLE, 45), PURPLE, "0.3").hatched(PURPLE, "45", "2").hatched(PURPLE, "135", "2"),
            ),
        ],
        "coverage" => [("gap", VERMILLION), ("met", GREEN), ("depends", ORANGE), ("cannot_judge", GREY)]
            .into_iter()
            .map(|(word, colour)| {
                class(
                    &format!("\"verdict\" = '{word}'"),
                    verdict_word(word, lang),
                    fill(faint(colour, 70), faint(GREY, 200), "0.2"),
                )
            })
            .collect(),
        "stations" => [
            ("center", "square", VERMILLION, "5.4"),
            ("sub_center", "square", INK, "4.4"),
            ("air", "triangle", PURPLE, "4.4"),
        ]
        .into_iter()
        .map(|(word, shape, colour, size)| {
            class(&format!("\"kind\" = '{word}'"), kind(word, lang), marker(shape, colour, size))
        })
        .chain([class("ELSE", kind("station", lang), marker("circle", BLUE, "3.4"))])
        .collect(),
        "facilities" => [
            ("hospital", "cross_fill", GREEN, "3.6"),
            ("community_health", "diamond", GREEN, "3"),
            ("town_hospital", "diamond", GREEN, "3"),
        ]
        .into_iter()
        .map(|(word, shape, colour, size)| {
            class(&format!("\"kind\" = '{word}'"), kind(word, lang), marker(shape, colour, size))
        })
        .chain([class("ELSE", tr("style.other_facility", lang), marker("circle", GREEN, "1.8"))])
        .collect(),
        "aeds" => vec![class("TRUE", tr("layer.aeds", lang), marker("heart", [204, 121, 167, 255], "3"))],
        "roads_time" => by_time("to_s", facts, &|colour| line(colour, "0.3", false), &|| line(INK, "0.3", true)),
        "population" => by_time("response_s", facts, &|colour| marker("circle", faint(colour, 170), "1.1"), &|| {
            marker("circle", INK, "1.1")
        }),
        _ => vec![class("TRUE", tr("layer.boundary", lang), outline(INK, "0.5", false))],
    }
}

/// Graduated by time: thirds of the limit, then up to half as much again, then later, then never.
fn by_time(
    column: &str,
    facts: &StyleFacts,
    symbol: &dyn Fn(Colour) -> Symbol,
    never: &dyn Fn() -> Symbol,
) -> Vec<Class> {
    let lang = facts.lang;
    let locale = lang.locale();
    let limit = facts.limits_s.first().copied().unwrap_or(840.0);
    let bounds = [limit / 3.0, limit * 2.0 / 3.0, limit, limit * 1.5];
    let colours = [[16, 67, 107, 255], BLUE, SKY, LATE[0], LATE[1]];
    let mut classes = Vec::new();
    let mut from: Option<f64> = None;
    for (bound, colour) in bounds.into_iter().zip(colours) {
        let low = from.map_or(String::new(), |f| format!("\"{column}\" > {f} AND "));
        let label = match from {
            None => t!("style.up_to", locale = locale, to = minutes(bound, lang)).into_owned(),
            Some(from) => {
                t!("style.from_to", locale = locale, from = minutes(from, lang), to = minutes(bound, lang)).into_owned()
            }
        };
        classes.push(Class { filter: format!("{low}\"{column}\" <= {bound}"), label, symbol: symbol(colour) });
        from = Some(bound);
    }
    let last = bounds[3];
    let label = t!("style.over", locale = locale, from = minutes(last, lang)).into_owned();
    classes.push(Class { filter: format!("\"{column}\" > {last}"), label, symbol: symbol(colours[4]) });
    classes.push(Class { filter: format!("\"{column}\" IS NULL"), label: tr("style.never", lang), symbol: never() });
    classes
}

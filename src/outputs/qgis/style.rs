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
/// From early to just in time, and from late to very late.
const EARLY: [Colour; 3] = [[16, 67, 107, 255], BLUE, SKY];
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
    /// Seconds at which the roads are cut, ascending.
    pub classes_s: Vec<f64>,
    /// The first limit of them, where there is one.
    pub limit_s: Option<f64>,
    /// The language of labels.
    pub lang: Lang,
}

/// Whether a QGIS shows the layer at all.
pub fn styled(layer: &MapLayer<'_>) -> bool {
    layer.shape != Shape::Table
}

/// The whole QML document of a layer.
pub fn qml(layer: &MapLayer<'_>, facts: &StyleFacts) -> String {
    let labels = if label_of(layer).is_some() { "1" } else { "0" };
    let body = html! {
        qgis version=(VERSION) styleCategories="AllStyleCategories" labelsEnabled=(labels) { (body(layer, facts)) }
    };
    format!("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{}\n", body.into_string())
}

/// Renderer, labels, aliases.
pub fn body(layer: &MapLayer<'_>, facts: &StyleFacts) -> Markup {
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
            @for column in layer.columns { field name=(column.name) configurationFlags="None" { editWidget type="" { config { Option {} } } } }
        }
        // QGIS counts the feature id as field 0.
        aliases { @for (i, column) in layer.columns.iter().enumerate() { alias index=(i + 1) field=(column.name) name=(alias(column.name, facts.lang)) {} } }
    }
}

/// Whether the labels of a layer are on.
pub fn has_labels(layer: &MapLayer<'_>) -> bool {
    label_of(layer).is_some()
}

/// The label expression of a layer and its size in points.
fn label_of(layer: &MapLayer<'_>) -> Option<(&'static str, &'static str)> {
    match layer.name {
        "stations" => Some(("CASE WHEN \"kind\" IN ('center', 'sub_center') THEN \"name\" END", "9")),
        "coverage" => Some(("\"unit_name\"", "8")),
        _ => None,
    }
}

fn labels(layer: &MapLayer<'_>, expression: &str, size: &str) -> Markup {
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

fn classes(layer: &MapLayer<'_>, facts: &StyleFacts) -> Vec<Class> {
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
        "roads_time" => roads(facts),
        "population" => people(facts),
        _ => vec![class("TRUE", tr("layer.boundary", lang), outline(INK, "0.5", false))],
    }
}

/// A class of time: more than `over`, at most `within` seconds.
struct Step {
    over: Option<f64>,
    within: Option<f64>,
    label: String,
    colour: Colour,
}

/// Graduated at the very cuts of the roads: blues within the first limit, orange to brown beyond it.
fn steps(facts: &StyleFacts) -> Vec<Step> {
    let lang = facts.lang;
    let locale = lang.locale();
    let limit = facts.limit_s.unwrap_or(f64::INFINITY);
    let early = facts.classes_s.iter().filter(|s| **s <= limit).count();
    let late = facts.classes_s.len() + 1 - early;
    let bounds = facts.classes_s.iter().copied().map(Some).chain([None]);
    let mut over = None;
    let mut steps = Vec::new();
    for (n, within) in bounds.enumerate() {
        let label = match (over, within) {
            (None, None) => tr("style.reached", lang),
            (None, Some(to)) => t!("style.up_to", locale = locale, to = minutes(to, lang)).into_owned(),
            (Some(from), Some(to)) => {
                t!("style.from_to", locale = locale, from = minutes(from, lang), to = minutes(to, lang)).into_owned()
            }
            (Some(from), None) => t!("style.over", locale = locale, from = minutes(from, lang)).into_owned(),
        };
        let colour = if n < early { step(&EARLY, n, early) } else { step(&LATE, n - early, late) };
        steps.push(Step { over, within, label, colour });
        over = within;
    }
    steps
}

/// The colour of a step of a ramp.
fn step(ramp: &[Colour], n: usize, of: usize) -> Colour {
    let last = (ramp.len() - 1) as f64;
    let place = if of > 1 { n as f64 / (of - 1) as f64 * last } else { last };
    let (low, part) = (place.floor() as usize, place.fract());
    let high = (low + 1).min(ramp.len() - 1);
    std::array::from_fn(|i| (f64::from(ramp[low][i]) * (1.0 - part) + f64::from(ramp[high][i]) * part).round() as u8)
}

fn roads(facts: &StyleFacts) -> Vec<Class> {
    let mut classes: Vec<Class> = steps(facts)
        .into_iter()
        .map(|step| Class {
            filter: match step.within {
                Some(within) => format!("\"within_s\" = {within}"),
                None => "\"within_s\" IS NULL AND \"reached\"".to_owned(),
            },
            label: step.label,
            symbol: line(step.colour, "0.3", false),
        })
        .collect();
    classes.push(Class {
        filter: "NOT \"reached\"".to_owned(),
        label: tr("style.never", facts.lang),
        symbol: line(INK, "0.3", true),
    });
    classes
}

fn people(facts: &StyleFacts) -> Vec<Class> {
    let mut classes: Vec<Class> = steps(facts)
        .into_iter()
        .map(|step| {
            let over = step.over.map(|over| format!("\"response_s\" > {over}"));
            let within = step.within.map(|within| format!("\"response_s\" <= {within}"));
            let parts: Vec<String> = over.into_iter().chain(within).collect();
            let filter = if parts.is_empty() { "\"response_s\" IS NOT NULL".to_owned() } else { parts.join(" AND ") };
            Class { filter, label: step.label, symbol: marker("circle", faint(step.colour, 170), "1.1") }
        })
        .collect();
    classes.push(Class {
        filter: "\"response_s\" IS NULL".to_owned(),
        label: tr("style.never", facts.lang),
        symbol: marker("circle", INK, "1.1"),
    });
    classes
}

//! The classes of every layer: which rows, called what, drawn how.
//!
//! In: a layer's name, the cuts of the roads, and the question a map is about. Out: [`Class`]es. A class knows the rows it
//! is for, as a QGIS expression and as a test of our own, so that a legend names what is there and nothing else.

use super::style::StyleFacts;
use super::symbols::{Colour, Symbol, fill, line, marker, outline};
use lifering_base::t;
use lifering_report::layers::{Cell, MapLayer, Row};
use lifering_report::report::RuleReport;
use lifering_report::text::minutes;
use lifering_report::text::{kind, known, reason_word, tr, verdict_word};
use lifering_standards::catalogue::RuleKind;

/// Okabe and Ito's colours, told apart by everybody.
const BLUE: Colour = [0, 114, 178, 255];
const SKY: Colour = [86, 180, 233, 255];
const GREEN: Colour = [0, 158, 115, 255];
const ORANGE: Colour = [230, 159, 0, 255];
const VERMILLION: Colour = [213, 94, 0, 255];
const PURPLE: Colour = [143, 74, 134, 255];
const GREY: Colour = [107, 107, 107, 255];
const INK: Colour = [18, 50, 74, 255];
const ROSE: Colour = [204, 121, 167, 255];
/// What is proposed: a deep magenta, which neither the zones nor the roads have.
const PROPOSED: Colour = [170, 30, 110, 255];
/// From early to just in time, and from late to very late.
const EARLY: [Colour; 3] = [[16, 67, 107, 255], BLUE, SKY];
const LATE: [Colour; 2] = [ORANGE, [181, 79, 20, 255]];

fn faint(colour: Colour, opacity: u8) -> Colour {
    [colour[0], colour[1], colour[2], opacity]
}

/// One class of a renderer.
pub struct Class {
    /// Its rows.
    pub rows: Rows,
    /// Its name in the legend.
    pub label: String,
    /// How it is drawn.
    pub symbol: Symbol,
}

/// The rows of a class.
#[derive(Clone, Debug, PartialEq)]
pub enum Rows {
    /// All.
    All,
    /// Those that no class before has.
    Others,
    /// Those with a word in a column.
    Word(&'static str, &'static str),
    /// Those with a number in a column.
    Number(&'static str, f64),
    /// Those with more than one number and at most another in a column.
    Between(&'static str, Option<f64>, Option<f64>),
    /// Those without a value in a column.
    Empty(&'static str),
    /// Those without a value in one column and `true` in another.
    EmptyBut(&'static str, &'static str),
    /// Those with `false` in a column.
    Not(&'static str),
}

impl Rows {
    /// As QGIS writes it.
    pub fn expression(&self) -> String {
        match self {
            Self::All => "TRUE".to_owned(),
            Self::Others => "ELSE".to_owned(),
            Self::Word(column, word) => format!("\"{column}\" = '{word}'"),
            Self::Number(column, number) => format!("\"{column}\" = {number}"),
            Self::Between(column, None, None) => format!("\"{column}\" IS NOT NULL"),
            Self::Between(column, over, within) => {
                let over = over.map(|over| format!("\"{column}\" > {over}"));
                let within = within.map(|within| format!("\"{column}\" <= {within}"));
                over.into_iter().chain(within).collect::<Vec<_>>().join(" AND ")
            }
            Self::Empty(column) => format!("\"{column}\" IS NULL"),
            Self::EmptyBut(column, flag) => format!("\"{column}\" IS NULL AND \"{flag}\""),
            Self::Not(column) => format!("NOT \"{column}\""),
        }
    }

    /// Whether a row is one of them; [`Rows::Others`] says no.
    fn holds(&self, layer: &MapLayer<'_>, row: &Row<'_>) -> bool {
        let cell = |column: &str| layer.columns.iter().position(|c| c.name == column).map(|at| &row.cells[at]);
        match self {
            Self::All => true,
            Self::Others => false,
            Self::Word(column, word) => matches!(cell(column), Some(Cell::Text(text)) if text == word),
            Self::Number(column, number) => matches!(cell(column), Some(Cell::Real(n)) if n.total_cmp(number).is_eq()),
            Self::Between(column, over, within) => matches!(cell(column), Some(Cell::Real(n))
                if over.is_none_or(|over| *n > over) && within.is_none_or(|within| *n <= within)),
            Self::Empty(column) => matches!(cell(column), Some(Cell::Empty)),
            Self::EmptyBut(column, flag) => {
                matches!(cell(column), Some(Cell::Empty)) && matches!(cell(flag), Some(Cell::Flag(true)))
            }
            Self::Not(column) => matches!(cell(column), Some(Cell::Flag(false))),
        }
    }
}

/// What a map is about, where it changes how a layer is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look<'a> {
    /// The rule whose rows alone are shown.
    pub rule: Option<&'a RuleReport>,
    /// Roads without their times: a background.
    pub plain: bool,
}

/// Positions of the classes that any row of a layer, or of the rule's part of it, falls into.
pub fn present(layer: &MapLayer<'_>, classes: &[Class], look: Look<'_>) -> Vec<usize> {
    let of_rule = |row: &&Row<'_>| match (look.rule, layer.columns.iter().position(|c| c.name == "rule_id")) {
        (Some(rule), Some(at)) => matches!(&row.cells[at], Cell::Text(id) if *id == rule.id),
        _ => true,
    };
    let any = |class: &Class| match class.rows {
        Rows::Others => layer.rows.iter().filter(of_rule).any(|row| !classes.iter().any(|c| c.rows.holds(layer, row))),
        ref rows => layer.rows.iter().filter(of_rule).any(|row| rows.holds(layer, row)),
    };
    (0..classes.len()).filter(|i| any(&classes[*i])).collect()
}

/// The classes of a layer.
pub fn classes(layer: &str, facts: &StyleFacts, look: Look<'_>) -> Vec<Class> {
    let lang = facts.lang;
    let class = |rows: Rows, label: String, symbol| Class { rows, label, symbol };
    match layer {
        "uncovered" | "uncovered_before" | "uncovered_after" => {
            let far = match look.rule.map(|rule| rule.kind) {
                Some(RuleKind::Radius) => tr("reason.beyond", lang),
                Some(_) => reason_word("too_far", lang),
                None => tr("style.too_far", lang),
            };
            vec![
                class(
                    Rows::Word("reason", "too_far"),
                    far,
                    fill(faint(VERMILLION, 45), VERMILLION, "0.3").hatched(VERMILLION, "45", "2"),
                ),
                class(
                    Rows::Word("reason", "no_road"),
                    reason_word("no_road", lang),
                    fill(faint(GREY, 35), GREY, "0.25").dotted(GREY, "2.4"),
                ),
                class(
                    Rows::Word("reason", "cut_off"),
                    reason_word("cut_off", lang),
                    fill(faint(PURPLE, 45), PURPLE, "0.3").hatched(PURPLE, "45", "2").hatched(PURPLE, "135", "2"),
                ),
            ]
        }
        "opened" => vec![class(
            Rows::All,
            tr("maplayer.opened", lang),
            fill(faint(VERMILLION, 90), VERMILLION, "0.3").hatched(VERMILLION, "45", "2"),
        )],
        "closed" => vec![class(Rows::All, tr("maplayer.closed", lang), fill(faint(GREEN, 90), GREEN, "0.3"))],
        "coverage" | "units" => {
            let column = if layer == "units" { "verdict_after" } else { "verdict" };
            [("gap", VERMILLION), ("met", GREEN), ("depends", ORANGE), ("cannot_judge", GREY)]
                .into_iter()
                .map(|(word, colour)| {
                    let symbol = fill(faint(colour, 70), faint(GREY, 200), "0.2");
                    class(Rows::Word(column, word), verdict_word(word, lang), symbol)
                })
                .collect()
        }
        "regions" => [("gap", VERMILLION), ("met", GREEN), ("depends", ORANGE), ("cannot_judge", GREY)]
            .into_iter()
            .map(|(word, colour)| {
                let symbol = fill(faint(colour, 110), faint(INK, 220), "0.3");
                class(Rows::Word("mark", word), known("batch_mark", word, lang), symbol)
            })
            .chain([class(
                Rows::Word("mark", "poor_data"),
                tr("batch_mark.poor_data", lang),
                fill(faint(GREY, 20), faint(INK, 220), "0.3").hatched(GREY, "45", "2"),
            )])
            .collect(),
        "stations" => [
            ("center", "square", VERMILLION, "5.4"),
            ("sub_center", "square", INK, "4.4"),
            ("air", "triangle", PURPLE, "4.4"),
        ]
        .into_iter()
        .map(|(word, shape, colour, size)| {
            class(Rows::Word("kind", word), kind(word, lang), marker(shape, colour, size))
        })
        .chain([class(Rows::Others, kind("station", lang), marker("circle", BLUE, "3.4"))])
        .collect(),
        "facilities" => [
            ("hospital", "cross_fill", GREEN, "3.6"),
            ("community_health", "diamond", GREEN, "3"),
            ("town_hospital", "diamond", GREEN, "3"),
        ]
        .into_iter()
        .map(|(word, shape, colour, size)| {
            class(Rows::Word("kind", word), kind(word, lang), marker(shape, colour, size))
        })
        .chain([class(Rows::Others, tr("style.other_facility", lang), marker("circle", GREEN, "1.8"))])
        .collect(),
        "proposals" => vec![class(Rows::All, tr("maplayer.proposals", lang), marker("star", PROPOSED, "6.4"))],
        "given_up" => vec![class(Rows::All, tr("maplayer.given_up", lang), marker("cross2", INK, "4.4"))],
        "candidates" => [("proposed", PROPOSED, "2.4"), ("next_best", ORANGE, "2.8"), ("not_chosen", GREY, "1.4")]
            .into_iter()
            .map(|(word, colour, size)| {
                class(Rows::Word("role", word), known("role", word, lang), marker("diamond", colour, size))
            })
            .collect(),
        "aeds" => vec![class(Rows::All, tr("layer.aeds", lang), marker("heart", ROSE, "3"))],
        "roads_time" if look.plain => {
            vec![class(Rows::All, tr("layer.roads", lang), line(faint(GREY, 150), "0.2", false))]
        }
        "roads_time" | "roads_after" => roads(facts),
        "population" => people(facts),
        _ => vec![class(Rows::All, tr("layer.boundary", lang), outline(INK, "0.5", false))],
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
            rows: step.within.map_or(Rows::EmptyBut("within_s", "reached"), |s| Rows::Number("within_s", s)),
            label: step.label,
            symbol: line(step.colour, "0.3", false),
        })
        .collect();
    classes.push(Class {
        rows: Rows::Not("reached"),
        label: tr("style.never", facts.lang),
        symbol: line(INK, "0.3", true),
    });
    classes
}

fn people(facts: &StyleFacts) -> Vec<Class> {
    let mut classes: Vec<Class> = steps(facts)
        .into_iter()
        .map(|step| Class {
            rows: Rows::Between("response_s", step.over, step.within),
            label: step.label,
            symbol: marker("circle", faint(step.colour, 170), "1.1"),
        })
        .collect();
    classes.push(Class {
        rows: Rows::Empty("response_s"),
        label: tr("style.never", facts.lang),
        symbol: marker("circle", INK, "1.1"),
    });
    classes
}

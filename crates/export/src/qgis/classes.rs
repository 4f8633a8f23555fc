//! The classes of every layer: rows, label, symbol.
//!
//! In: the name of a layer, [`StyleFacts`], the [`Look`] of a map. Out: [`Class`]es in the order of the legend.

use super::class::{Class, Rows};
use super::facts::StyleFacts;
use super::palette::{BLUE, Colour, GREEN, GREY, INK, ORANGE, PROPOSED, PURPLE, ROSE, VERMILLION, faint};
use super::ramp::{people, roads};
use super::symbols::{Symbol, fill, hollow_marker, line, marker, outline};
use lifering_base::t;
use lifering_report::layers::{Cell, MapLayer, Row};
use lifering_report::report::RuleReport;
use lifering_report::text::Lang;
use lifering_report::text::{kind, known, reason_word, tr, verdict_word};
use lifering_standards::catalogue::RuleKind;

/// The subject of a map, as far as it changes how a layer is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look<'a> {
    /// Only rows of this rule are drawn; `None`: all rows.
    pub rule: Option<&'a RuleReport>,
    /// Roads without their times, as a background.
    pub plain: bool,
}

/// Positions of the classes that have at least one row, among the rows of the rule if the look has one.
pub fn present(layer: &MapLayer<'_>, classes: &[Class], look: Look<'_>) -> Vec<usize> {
    let of_rule = |row: &&Row<'_>| match (look.rule, layer.position("rule_id")) {
        (Some(rule), Some(at)) => matches!(&row.cells[at], Cell::Text(id) if *id == rule.id),
        _ => true,
    };
    let any = |class: &Class| match class.rows {
        Rows::Others => {
            layer.rows.iter().filter(of_rule).any(|row| !classes.iter().any(|c| c.rows.contains(layer, row)))
        }
        ref rows => layer.rows.iter().filter(of_rule).any(|row| rows.contains(layer, row)),
    };
    (0..classes.len()).filter(|i| any(&classes[*i])).collect()
}

/// The classes of a layer.
pub fn classes(layer: &str, facts: &StyleFacts, look: Look<'_>) -> Vec<Class> {
    let lang = facts.lang;
    match layer {
        "uncovered" | "uncovered_before" | "uncovered_after" => zones(look, lang),
        "opened" => all(
            tr("maplayer.opened", lang),
            fill(faint(VERMILLION, 90), VERMILLION, "0.3").hatched(VERMILLION, "45", "2"),
        ),
        "closed" => all(tr("maplayer.closed", lang), fill(faint(GREEN, 90), GREEN, "0.3")),
        "coverage" => match look.rule {
            Some(rule) => units(&format!("{}_verdict", rule.id), lang),
            None => units_by_all(lang),
        },
        "units" => units("verdict_after", lang),
        "regions" => regions(lang),
        "stations" => stations(lang),
        "facilities" => facilities(lang),
        "proposals" => proposals(lang),
        "given_up" => all(tr("maplayer.given_up", lang), marker("cross2", INK, "4.4")),
        "candidates" => candidates(lang),
        "tried_sites" => all(tr("maplayer.tried_sites", lang), marker("star", PROPOSED, "4")),
        "failed_stations" => all(tr("maplayer.failed_stations", lang), marker("cross2", VERMILLION, "3.6")),
        "failed_pairs" => all(tr("maplayer.failed_pairs", lang), line(PURPLE, "0.6", true)),
        "failed_roads" => all(tr("maplayer.failed_roads", lang), line(VERMILLION, "0.8", false)),
        "aeds" => all(tr("layer.aeds", lang), marker("heart", ROSE, "3")),
        "roads_time" if look.plain => all(tr("layer.roads", lang), line(faint(GREY, 150), "0.2", false)),
        "roads_time" | "roads_after" => roads(facts),
        "population" => people(facts),
        _ => all(tr("layer.boundary", lang), outline(INK, "0.5")),
    }
}

fn class(rows: Rows, label: String, symbol: Symbol) -> Class {
    Class { rows, label, symbol }
}

/// One class for every row.
fn all(label: String, symbol: Symbol) -> Vec<Class> {
    vec![class(Rows::All, label, symbol)]
}

/// Uncovered zones by reason, in the words of the rule if the map is about one.
fn zones(look: Look<'_>, lang: Lang) -> Vec<Class> {
    let far = match look.rule.map(|rule| rule.kind) {
        Some(RuleKind::Radius) => tr("reason.beyond", lang),
        Some(_) => reason_word("too_far", lang),
        None => tr("style.too_far", lang),
    };
    vec![
        class(
            Rows::Word("reason".into(), "too_far"),
            far,
            fill(faint(VERMILLION, 45), VERMILLION, "0.3").hatched(VERMILLION, "45", "2"),
        ),
        class(
            Rows::Word("reason".into(), "no_road"),
            reason_word("no_road", lang),
            fill(faint(GREY, 35), GREY, "0.25").dotted(GREY, "2.4"),
        ),
        class(
            Rows::Word("reason".into(), "cut_off"),
            reason_word("cut_off", lang),
            fill(faint(PURPLE, 45), PURPLE, "0.3").hatched(PURPLE, "45", "2").hatched(PURPLE, "135", "2"),
        ),
    ]
}

/// Colours of verdicts, in the order of the legend.
const VERDICTS: [(&str, Colour); 4] =
    [("gap", VERMILLION), ("met", GREEN), ("depends", ORANGE), ("cannot_judge", GREY)];

/// Units by the verdict in a column.
fn units(column: &str, lang: Lang) -> Vec<Class> {
    VERDICTS
        .into_iter()
        .map(|(word, colour)| {
            let symbol = fill(faint(colour, 70), faint(GREY, 200), "0.2");
            class(Rows::Word(column.to_owned().into(), word), verdict_word(word, lang), symbol)
        })
        .collect()
}

/// Units by all binding rules: a gap, else something that cannot be judged, else met. No class shows a unit of which no rule asks
/// anything.
fn units_by_all(lang: Lang) -> Vec<Class> {
    let some = |column| Rows::Between(column, Some(0.0), None);
    let none = |column| Rows::Between(column, None, Some(0.0));
    let rows = |word: &str| match word {
        "gap" => Some(some("rules_gap")),
        "cannot_judge" => Some(none("rules_gap").and(some("rules_open"))),
        "met" => Some(none("rules_gap").and(none("rules_open")).and(some("rules_met"))),
        _ => None,
    };
    let of = |(word, colour)| {
        let symbol = fill(faint(colour, 70), faint(GREY, 200), "0.2");
        Some(class(rows(word)?, known("units_by_all", word, lang), symbol))
    };
    VERDICTS.into_iter().filter_map(of).collect()
}

/// Regions of a batch by verdict; those with poor data apart.
fn regions(lang: Lang) -> Vec<Class> {
    let judged = VERDICTS.into_iter().map(|(word, colour)| {
        let symbol = fill(faint(colour, 110), faint(INK, 220), "0.3");
        class(Rows::Word("mark".into(), word), known("batch_mark", word, lang), symbol)
    });
    let poor_data = class(
        Rows::Word("mark".into(), "poor_data"),
        tr("batch_mark.poor_data", lang),
        fill(faint(GREY, 20), faint(INK, 220), "0.3").hatched(GREY, "45", "2"),
    );
    judged.chain([poor_data]).collect()
}

/// Kinds of stations with a symbol of their own: shape, colour, size in millimetres.
const STATION_KINDS: [(&str, &str, Colour, &str); 3] =
    [("center", "square", VERMILLION, "5.4"), ("sub_center", "square", INK, "4.4"), ("air", "triangle", PURPLE, "4.4")];

/// Stations by kind; those without an ambulance hollow.
fn stations(lang: Lang) -> Vec<Class> {
    let without = |site: String| t!("html.site_without_ambulance", locale = lang.locale(), site = site).into_owned();
    let filled = STATION_KINDS.into_iter().map(|(word, shape, colour, size_mm)| {
        let rows = Rows::Word("kind".into(), word).and(Rows::Flag("dispatches", true));
        class(rows, kind(word, lang), marker(shape, colour, size_mm))
    });
    let hollow = STATION_KINDS.into_iter().map(|(word, shape, colour, size_mm)| {
        let rows = Rows::Word("kind".into(), word).and(Rows::Flag("dispatches", false));
        class(rows, without(kind(word, lang)), hollow_marker(shape, colour, size_mm))
    });
    let other_hollow = class(
        Rows::Unlike("kind", &["center", "sub_center", "air"]).and(Rows::Flag("dispatches", false)),
        without(kind("station", lang)),
        hollow_marker("circle", BLUE, "3.4"),
    );
    let others = class(Rows::Others, kind("station", lang), marker("circle", BLUE, "3.4"));
    filled.chain([others]).chain(hollow).chain([other_hollow]).collect()
}

/// Facilities by kind.
fn facilities(lang: Lang) -> Vec<Class> {
    let others = class(Rows::Others, tr("style.other_facility", lang), marker("circle", GREEN, "1.8"));
    [
        ("hospital", "cross_fill", GREEN, "3.6"),
        ("community_health", "diamond", GREEN, "3"),
        ("town_hospital", "diamond", GREEN, "3"),
    ]
    .into_iter()
    .map(|of| of_kind(of, lang))
    .chain([others])
    .collect()
}

/// The class of a kind of site: kind, shape, colour, size in millimetres.
fn of_kind((word, shape, colour, size_mm): (&'static str, &str, Colour, &str), lang: Lang) -> Class {
    class(Rows::Word("kind".into(), word), kind(word, lang), marker(shape, colour, size_mm))
}

/// Proposed sites; stations to reopen hollow.
fn proposals(lang: Lang) -> Vec<Class> {
    let reopened = class(
        Rows::Word("origin".into(), "reopen"),
        tr("style.reopened", lang),
        hollow_marker("star", PROPOSED, "6.4"),
    );
    vec![class(Rows::Others, tr("maplayer.proposals", lang), marker("star", PROPOSED, "6.4")), reopened]
}

/// Candidate sites by their role in the proposal.
fn candidates(lang: Lang) -> Vec<Class> {
    [("proposed", PROPOSED, "2.4"), ("next_best", ORANGE, "2.8"), ("not_chosen", GREY, "1.4")]
        .into_iter()
        .map(|(word, colour, size_mm)| {
            class(Rows::Word("role".into(), word), known("role", word, lang), marker("diamond", colour, size_mm))
        })
        .collect()
}

//! Map tips: what a feature says when the mouse rests on it.
//!
//! In: a layer and how it is drawn. Out: HTML with expressions over the columns of the layer, and the expression that names a
//! feature. A value is escaped where it is put in: a name is text there as everywhere.

use super::classes::Look;
use super::expression::{Piece, html_of, html_text, number, template, words};
use super::facts::StyleFacts;
use lifering_base::escape::{quoted, sql_text};
use lifering_report::layers::{Column, MapLayer, NOT_ASKED, Type};
use lifering_report::text::{Lang, known, tr};
use lifering_standards::catalogue::RuleKind;
use maud::{Markup, html};
use std::borrow::Cow;

/// The column that names a feature of a layer, and those that tell of it.
fn shown<'a>(layer: &str, look: Look<'a>) -> Option<(&'static str, Vec<Cow<'a, str>>)> {
    let (name, columns): (_, &[&'static str]) = match layer {
        "uncovered" | "uncovered_before" | "uncovered_after" => (
            "units",
            &[
                "rule_id",
                "reason",
                "limit",
                "population",
                "area_km2",
                "nearest_station",
                "nearest_station_s",
                "worst_s",
                "nearest_station_m",
                "worst_m",
            ],
        ),
        "coverage" if look.rule.is_some() => ("unit_name", &["population"]),
        "coverage" => ("unit_name", &["population", "rules_met", "rules_gap", "rules_open"]),
        "stations" => ("name", &["kind", "ambulances", "population_first", "population_in_time", "population_only"]),
        "facilities" => ("name", &["kind", "level", "beds"]),
        "aeds" => ("name", &["count", "hours"]),
        "roads_time" | "roads_after" => ("name", &["highway", "from_s", "to_s"]),
        "population" => ("population", &["population", "response_s"]),
        "boundary" => ("name", &["area_km2"]),
        "proposals" => ("name", &["order", "unit", "people_new", "people_first", "cost", "next_best_1", "next_best_2"]),
        "given_up" => ("name", &[]),
        "candidates" => ("name", &["role", "origin", "cost", "capacity"]),
        "units" => (
            "unit_name",
            &["population", "uncovered_before", "uncovered_after", "people_new", "verdict_before", "verdict_after"],
        ),
        "opened" | "closed" => ("part_id", &["reason", "limit", "area_km2", "population_old", "population_new"]),
        "regions" => ("region_name", &["verdict", "population", "rules_met", "rules_gap", "rules_open", "data_grade"]),
        "tried_sites" => ("name", &["people_new", "people_sooner", "units"]),
        "failed_stations" | "failed_roads" => ("name", &["people_lost", "people_later", "units"]),
        "failed_pairs" => ("name_1", &["name_2", "people_lost", "people_shared", "units"]),
        _ => return None,
    };
    let mut columns: Vec<Cow<'a, str>> = columns.iter().map(|column| Cow::Borrowed(*column)).collect();
    if let (Some(rule), "coverage") = (look.rule, layer) {
        let figures = ["verdict", "value", "need", "have", "population_uncovered"];
        columns.extend(figures.map(|figure| Cow::Owned(format!("{}_{figure}", rule.id))));
    }
    Some((name, columns))
}

/// The map tip of a layer and the expression that names a feature; nothing for a layer without either.
pub fn tip(layer: &MapLayer<'_>, facts: &StyleFacts, look: Look<'_>) -> Markup {
    let Some((name, columns)) = shown(layer.name, look) else { return html! {} };
    let mut pieces = Vec::new();
    // Points at which people are counted have no name.
    if columns.first().is_none_or(|first| *first != name) {
        let text = html_of(&format!("coalesce(to_string({}), '')", quoted(name)));
        pieces.extend([Piece::Text("<b>".to_owned()), Piece::Evaluated(text), Piece::Text("</b>".to_owned())]);
    }
    pieces.push(Piece::Text("<table>".to_owned()));
    for column in columns.iter().filter_map(|key| layer.columns.iter().find(|column| column.key() == *key)) {
        let head = sql_text(&format!("<tr><td>{}</td><td>", html_text(&alias(layer, *column, facts.lang))));
        let (key, value) = (quoted(&column.key()), html_of(&value(*column, look, facts.lang)));
        // What is not known, or not asked, has no line.
        let row = format!("CASE WHEN {key} IS NOT NULL THEN {head} || {value} || '</td></tr>' ELSE '' END");
        pieces.push(Piece::Evaluated(row));
    }
    pieces.push(Piece::Text("</table>".to_owned()));
    html! {
        previewExpression { (quoted(name)) }
        mapTip { (template(&pieces)) }
    }
}

/// What a tip calls a column: the rule that it is about is the layer's, and a unit stands behind the value.
fn alias(layer: &MapLayer<'_>, column: Column<'_>, lang: Lang) -> String {
    let text = layer.alias(Column { rule: None, ..column }, lang);
    let measured = ["_s", "_m", "_km2"].iter().any(|end| column.name.ends_with(end));
    let bare = match lang {
        Lang::Zh => text.split_once('（').map(|(bare, _)| bare),
        Lang::En => text.rsplit_once(", ").map(|(bare, _)| bare),
    };
    bare.filter(|_| measured).unwrap_or(&text).to_owned()
}

/// An expression for a value as people read it.
fn value(column: Column<'_>, look: Look<'_>, lang: Lang) -> String {
    let key = column.key();
    let language = lang.locale();
    let unit = |name: &str| format!(" {}", tr(&format!("tip.{name}"), lang));
    let of =
        |prefix: &str, all: &[&'static str]| words(&key, all.iter().map(|word| (*word, known(prefix, word, lang))));
    let share =
        look.rule.is_some_and(|rule| matches!(rule.kind, RuleKind::Radius | RuleKind::TravelTime | RuleKind::Share));
    match (column.name, column.kind) {
        ("verdict" | "verdict_before" | "verdict_after", _) => {
            let known = ["met", "gap", "depends", "cannot_judge"].map(|word| (word, known("verdict", word, lang)));
            words(&key, known.into_iter().chain([(NOT_ASKED, tr("tip.not_asked", lang))]))
        }
        ("reason", _) => of("reason", &["too_far", "no_road", "cut_off"]),
        ("kind", Type::Text) => {
            of("kind", &["center", "sub_center", "station", "air", "hospital", "community_health", "town_hospital"])
        }
        ("role", _) => of("role", &["proposed", "next_best", "not_chosen"]),
        ("value", _) if column.rule.is_some() && share => number(&key, 100.0, 1, " %", language),
        ("value", _) => number(&key, 1.0, 0, "", language),
        (_, Type::Flag) => {
            format!(
                "CASE WHEN {} THEN {} ELSE {} END",
                quoted(&key),
                sql_text(&tr("tip.yes", lang)),
                sql_text(&tr("tip.no", lang))
            )
        }
        (_, Type::Text) => format!("to_string({})", quoted(&key)),
        (name, Type::Real) if name.ends_with("_s") => {
            format!("format_number({} / 60, 1, {}) || {}", quoted(&key), sql_text(language), sql_text(&unit("minutes")))
        }
        (name, Type::Real) if name.ends_with("_m") => number(&key, 1.0, 0, &unit("metres"), language),
        (name, Type::Real) if name.ends_with("_km2") || name.starts_with("km2") => {
            number(&key, 1.0, 2, &unit("km2"), language)
        }
        (name, Type::Real)
            if name.contains("people") || name.contains("population") || name.starts_with("uncovered") =>
        {
            number(&key, 1.0, 0, "", language)
        }
        // Whole numbers without a tail of zeros.
        (_, Type::Real | Type::Integer) => format!("to_string(round({}, 2))", quoted(&key)),
    }
}

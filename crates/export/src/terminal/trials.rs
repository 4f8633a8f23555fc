//! The output of `what-if`, `failures` and `sensitivity`.
//!
//! In: their reports. Out: text in one language.

use super::table::{cell, new_table, right};
use lifering_base::t;
use lifering_core::plan::failures::RoadKind;
use lifering_report::text::{Lang, names, people, plain, tr, verdict};
use lifering_report::trials::failures::{FailuresReport, RoadLost};
use lifering_report::trials::sensitivity::{RuleFirmness, SensitivityReport};
use lifering_report::trials::sites::WhatIfReport;
use lifering_report::trials::{RuleTried, UnitTried};
use lifering_standards::outcome::Verdict;

/// Units that a row names.
const UNITS: usize = 3;

/// Rows of each table of failures.
const ROWS: usize = 15;

/// Seconds of an hour.
const HOUR_S: f64 = 3600.0;

/// Metres of a kilometre.
const KM_M: f64 = 1000.0;

fn title(rule: &RuleTried, lang: Lang) -> &str {
    if lang == Lang::Zh { &rule.title } else { &rule.title_en }
}

/// The first units, and how many more there are.
fn units(units: &[UnitTried], lang: Lang) -> String {
    let named: Vec<&str> = units.iter().filter_map(|unit| unit.name.as_deref()).collect();
    if named.is_empty() { "—".to_owned() } else { names(&named, UNITS, lang) }
}

/// An id with a name that says more.
fn called(id: &str, name: &str) -> String {
    if id == name { id.to_owned() } else { format!("{id} {name}") }
}

/// The sites that were tried.
pub fn what_if(report: &WhatIfReport, lang: Lang) -> String {
    let (locale, rule) = (lang.locale(), &report.rule);
    let heading = t!(
        "what_if.heading",
        locale = locale,
        rule = rule.id,
        title = title(rule, lang),
        in_time = people(rule.people_in_time, lang),
        people = people(rule.people, lang)
    );
    let by_distance = rule.unit == "metres";
    let (saved, per) = if by_distance { ("what_if.table.saved_km", KM_M) } else { ("what_if.table.saved", HOUR_S) };
    let heads = ["what_if.table.site", "what_if.table.new", "what_if.table.sooner", saved, "what_if.table.units"];
    let mut table = new_table(heads.map(|key| tr(key, lang)), false);
    for site in &report.sites {
        table.add_row(vec![
            cell(called(&site.id, &site.name)),
            right(people(site.people_new, lang)),
            right(people(site.people_sooner, lang)),
            right(plain(site.people_seconds_saved / per, 1)),
            cell(units(&site.units, lang)),
        ]);
    }
    // The first of the best, as the file has them.
    let best = report.sites.iter().rev().max_by(|a, b| a.people_new.total_cmp(&b.people_new));
    let answer = match best.filter(|site| site.people_new > 0.0) {
        Some(site) => t!(
            "what_if.best",
            locale = locale,
            site = called(&site.id, &site.name),
            people = people(site.people_new, lang)
        ),
        None => t!("what_if.none_helps", locale = locale),
    };
    format!("{heading}\n{table}\n{answer}")
}

/// What is lost when something fails.
pub fn failures(report: &FailuresReport, lang: Lang) -> String {
    let (locale, rule) = (lang.locale(), &report.rule);
    let heading = t!(
        "failure.heading",
        locale = locale,
        rule = rule.id,
        title = title(rule, lang),
        in_time = people(rule.people_in_time, lang),
        people = people(rule.people, lang)
    );
    let mut lines = vec![heading.into_owned(), stations(report, lang), pairs(report, lang), roads(report, lang)];
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// What stands below a table that shows a part of its rows.
fn more(rows: usize, lang: Lang) -> String {
    let left = rows.saturating_sub(ROWS);
    if left == 0 { String::new() } else { format!("\n{}", t!("failure.more", locale = lang.locale(), n = left)) }
}

fn stations(report: &FailuresReport, lang: Lang) -> String {
    let heads = ["failure.table.station", "failure.table.lost", "failure.table.later", "failure.table.units"];
    let mut table = new_table(heads.map(|key| tr(key, lang)), false);
    for station in report.stations.iter().take(ROWS) {
        table.add_row(vec![
            cell(called(&station.id, &station.name)),
            right(people(station.people_lost, lang)),
            right(people(station.people_later, lang)),
            cell(units(&station.units, lang)),
        ]);
    }
    format!("{}\n{table}{}", tr("failure.stations", lang), more(report.stations.len(), lang))
}

fn pairs(report: &FailuresReport, lang: Lang) -> String {
    if report.pairs.is_empty() {
        return tr("failure.no_pairs", lang);
    }
    let heads = ["failure.table.stations", "failure.table.lost", "failure.table.shared", "failure.table.units"];
    let mut table = new_table(heads.map(|key| tr(key, lang)), false);
    for pair in report.pairs.iter().take(ROWS) {
        let both = [0, 1].map(|at| called(&pair.ids[at], &pair.names[at]));
        table.add_row(vec![
            cell(both.join(" + ")),
            right(people(pair.people_lost, lang)),
            right(people(pair.people_shared, lang)),
            cell(units(&pair.units, lang)),
        ]);
    }
    let heading = t!("failure.pairs", locale = lang.locale(), n = report.pairs.len());
    format!("{heading}\n{table}{}", more(report.pairs.len(), lang))
}

fn roads(report: &FailuresReport, lang: Lang) -> String {
    let locale = lang.locale();
    if report.roads.is_empty() {
        return t!("failure.no_roads", locale = locale, tried = report.roads_tried).into_owned();
    }
    let heads = ["failure.table.road", "failure.table.lost", "failure.table.later", "failure.table.units"];
    let mut table = new_table(heads.map(|key| tr(key, lang)), false);
    for road in report.roads.iter().take(ROWS) {
        table.add_row(vec![
            cell(road_name(road, lang)),
            right(people(road.people_lost, lang)),
            right(people(road.people_later, lang)),
            cell(units(&road.units, lang)),
        ]);
    }
    let heading = t!("failure.roads", locale = locale, tried = report.roads_tried, n = report.roads.len());
    format!("{heading}\n{table}{}", more(report.roads.len(), lang))
}

fn road_name(road: &RoadLost, lang: Lang) -> String {
    let name = road.name.as_deref().or_else(|| road.features.first().map(String::as_str)).unwrap_or("—");
    let locale = lang.locale();
    let text = match road.kind {
        RoadKind::Bridge => t!("failure.kind.bridge", locale = locale, name = name),
        RoadKind::Tunnel => t!("failure.kind.tunnel", locale = locale, name = name),
        RoadKind::Road => t!("failure.kind.road", locale = locale, name = name),
    };
    text.into_owned()
}

/// How firm the verdicts are.
pub fn sensitivity(report: &SensitivityReport, lang: Lang) -> String {
    // What cannot be judged under any assumption is neither firm nor fragile.
    let judged = |rule: &&RuleFirmness| rule.verdict != Verdict::CannotJudge || !rule.turns.is_empty();
    let rules: Vec<&RuleFirmness> = report.rules.iter().filter(judged).collect();
    let fragile = rules.iter().filter(|rule| rule.fragile).count();
    let heading = t!("firmness.heading", locale = lang.locale(), fragile = fragile, rules = rules.len());
    let heads = ["table.rule", "table.verdict", "firmness.table.firm", "firmness.table.holds"];
    let mut table = new_table(heads.map(|key| tr(key, lang)), false);
    for rule in rules {
        let firm = if rule.fragile { "firmness.fragile" } else { "firmness.steady" };
        let sentence = if lang == Lang::Zh { &rule.sentence } else { &rule.sentence_en };
        table.add_row(vec![cell(&rule.id), cell(verdict(rule.verdict, lang)), cell(tr(firm, lang)), cell(sentence)]);
    }
    format!("{heading}\n{table}")
}

//! The output of `what-if`, `failures` and `sensitivity`.
//!
//! In: their reports. Out: text in one language.

use super::screen::{Screen, wrapped};
use super::table::{Column, Table, cell};
use lifering_base::t;
use lifering_core::plan::failures::RoadKind;
use lifering_report::text::{Lang, colon, names, people, plain, tr, verdict};
use lifering_report::trials::failures::{FailuresReport, RoadLost};
use lifering_report::trials::sensitivity::{RuleFirmness, SensitivityReport};
use lifering_report::trials::sites::WhatIfReport;
use lifering_report::trials::{RuleTried, UnitTried, sentences};
use lifering_standards::outcome::Verdict;

/// Units that a row names.
const UNITS: usize = 3;

/// Rows of each table of failures.
const ROWS: usize = 15;

/// Seconds of an hour.
const HOUR_S: f64 = 3600.0;

/// Metres of a kilometre.
const KM_M: f64 = 1000.0;

/// A table whose first and last columns are texts, and numbers between.
fn new_table<const N: usize>(heads: [&str; N], screen: Screen) -> Table {
    let mut at = 0;
    Table::new(heads.map(|key| {
        at += 1;
        let column = if at == 1 || at == N { Column::Text } else { Column::Number };
        (tr(key, screen.lang), column)
    }))
}

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
pub fn what_if(report: &WhatIfReport, screen: Screen) -> String {
    let lang = screen.lang;
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
    let mut table = new_table(heads, screen);
    for site in &report.sites {
        table.push(vec![
            cell(called(&site.id, &site.name)),
            cell(people(site.people_new, lang)),
            cell(people(site.people_sooner, lang)),
            cell(plain(site.people_seconds_saved / per, 1)),
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
    let part = |text: &str| wrapped(text, screen.columns);
    format!("{}\n{}\n{}", part(&heading), table.text(screen), part(&answer))
}

/// What is lost when something fails.
pub fn failures(report: &FailuresReport, screen: Screen) -> String {
    let sentences = sentences::failures(report, screen.lang);
    let tables = [String::new(), stations(report, screen), pairs(report, screen), roads(report, screen)];
    let part = |(sentence, table): (&String, String)| wrapped(sentence, screen.columns) + &table;
    sentences.iter().zip(tables).map(part).collect::<Vec<_>>().join("\n")
}

/// What stands below a table that shows a part of its rows.
fn more(rows: usize, lang: Lang) -> String {
    let left = rows.saturating_sub(ROWS);
    if left == 0 { String::new() } else { format!("\n{}", t!("failure.more", locale = lang.locale(), n = left)) }
}

fn stations(report: &FailuresReport, screen: Screen) -> String {
    let lang = screen.lang;
    let heads = ["failure.table.station", "failure.table.lost", "failure.table.later", "failure.table.units"];
    let mut table = new_table(heads, screen);
    for station in report.stations.iter().take(ROWS) {
        table.push(vec![
            cell(called(&station.id, &station.name)),
            cell(people(station.people_lost, lang)),
            cell(people(station.people_later, lang)),
            cell(units(&station.units, lang)),
        ]);
    }
    format!("\n{}{}", table.text(screen), more(report.stations.len(), lang))
}

fn pairs(report: &FailuresReport, screen: Screen) -> String {
    let lang = screen.lang;
    if report.pairs.is_empty() {
        return String::new();
    }
    let heads = ["failure.table.stations", "failure.table.lost", "failure.table.shared", "failure.table.units"];
    let mut table = new_table(heads, screen);
    for pair in report.pairs.iter().take(ROWS) {
        table.push(vec![
            cell(pair.ids.join(" + ")),
            cell(people(pair.people_lost, lang)),
            cell(people(pair.people_shared, lang)),
            cell(units(&pair.units, lang)),
        ]);
    }
    format!("\n{}{}", table.text(screen), more(report.pairs.len(), lang))
}

fn roads(report: &FailuresReport, screen: Screen) -> String {
    let lang = screen.lang;
    if report.roads.is_empty() {
        return String::new();
    }
    let heads = ["failure.table.road", "failure.table.lost", "failure.table.later", "failure.table.units"];
    let mut table = new_table(heads, screen);
    for road in report.roads.iter().take(ROWS) {
        table.push(vec![
            cell(road_name(road, lang)),
            cell(people(road.people_lost, lang)),
            cell(people(road.people_later, lang)),
            cell(units(&road.units, lang)),
        ]);
    }
    format!("\n{}{}", table.text(screen), more(report.roads.len(), lang))
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
pub fn sensitivity(report: &SensitivityReport, screen: Screen) -> String {
    let lang = screen.lang;
    // What cannot be judged under any assumption is neither firm nor fragile.
    let judged = |rule: &&RuleFirmness| rule.verdict != Verdict::CannotJudge || !rule.turns.is_empty();
    let rules: Vec<&RuleFirmness> = report.rules.iter().filter(judged).collect();
    let heading = sentences::sensitivity(report, lang).swap_remove(0);
    let heads = ["table.rule", "table.verdict", "firmness.table.firm"].map(|key| (tr(key, lang), Column::Word));
    let mut table = Table::new(heads);
    let mut holds = String::new();
    for rule in rules {
        let firm = if rule.fragile { "firmness.fragile" } else { "firmness.steady" };
        let sentence = if lang == Lang::Zh { &rule.sentence } else { &rule.sentence_en };
        table.push(vec![cell(&rule.id), cell(verdict(rule.verdict, lang)), cell(tr(firm, lang))]);
        let sentence = format!("{}{}{sentence}", rule.id, colon(lang));
        holds.push('\n');
        holds += &wrapped(&sentence, screen.columns);
    }
    format!("{}\n{}\n{holds}", wrapped(&heading, screen.columns), table.text(screen))
}

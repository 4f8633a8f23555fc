//! The output of `lifering diff`: causes of differences, rules, units, zones.
//!
//! In: a [`DiffReport`] or a [`BatchDiffReport`]. Out: text in one language.

use super::table::{cell, new_table, right};
use comfy_table::{Cell, Color};
use lifering_base::t;
use lifering_report::diff::Pair;
use lifering_report::diff::causes::{Causes, FileState, InputDiff};
use lifering_report::diff::changes::{Change, RuleDiff, UnitDiff, UnitRuleDiff};
use lifering_report::diff::report::{BatchDiffReport, DiffReport, PartsReport};
use lifering_report::text::{Lang, amount, figure, grouped, people, verdict};
use lifering_report::text::{km2, layer, names, tr};
use lifering_standards::outcome::Verdict;
use serde_json::Value;

/// Most units in the table, those with the largest losses first.
const UNITS: usize = 12;
/// Most parameters or rules named in a line.
const NAMED: usize = 8;
/// Length of an abbreviated hash.
const HASH: usize = 8;

/// The text of a comparison of two audits; with colours if asked.
pub fn table(report: &DiffReport<'_>, lang: Lang, colour: bool) -> String {
    let mut lines = vec![head(report, lang)];
    if report.old.illustrative || report.new.illustrative {
        lines.push(tr("summary.illustrative", lang));
    }
    lines.extend(causes(report.causes, lang));
    if report.rules.is_empty() {
        lines.push(tr("compare.no_rule", lang));
    } else {
        lines.push(rules(report.rules, lang, colour));
    }
    lines.extend(units(report.units, lang, colour));
    lines.extend(zones(report, lang));
    lines.push(tr(conclusion(report.summary.exit_status), lang));
    lines.join("\n")
}

/// The text of a comparison of two batches: a row a region that differs.
pub fn batches(report: &BatchDiffReport<'_>, lang: Lang, colour: bool) -> String {
    let locale = lang.locale();
    let summary = &report.summary;
    let head = t!(
        "compare.batches",
        locale = locale,
        old = report.old,
        new = report.new,
        regions = report.regions.len(),
        worse = summary.worse.len(),
        unclear = summary.unclear.len(),
        same = summary.same
    );
    let heads = ["compare.region", "compare.change.worse", "compare.change.better", "compare.change.unclear"];
    let mut table = new_table(heads.map(|key| tr(key, lang)), colour);
    let listed = |rules: &[String], colour: Color| {
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        cell(names(&rules, NAMED, lang)).fg(colour)
    };
    let mut any = false;
    for region in &report.regions {
        let of = &region.diff.summary;
        if of.worse.is_empty() && of.better.is_empty() && of.unclear.is_empty() {
            continue;
        }
        any = true;
        table.add_row(vec![
            cell(region.name),
            listed(&of.worse, Color::Red),
            listed(&of.better, Color::Green),
            listed(&of.unclear, Color::Yellow),
        ]);
    }
    let mut lines = vec![head.into_owned()];
    lines.extend(any.then(|| table.to_string()));
    let left: Vec<&str> = report.not_compared.iter().map(|region| region.name.as_str()).collect();
    if !left.is_empty() {
        lines.push(t!("compare.regions_not", locale = locale, regions = names(&left, NAMED, lang)).into_owned());
    }
    lines.push(tr(conclusion(summary.exit_status), lang));
    lines.join("\n")
}

/// Key of the last line.
fn conclusion(exit_status: u8) -> &'static str {
    match exit_status {
        0 => "compare.exit.status_0",
        1 => "compare.exit.status_1",
        _ => "compare.exit.status_3",
    }
}

fn head(report: &DiffReport<'_>, lang: Lang) -> String {
    let summary = &report.summary;
    t!(
        "compare.head",
        locale = lang.locale(),
        region = report.new.region,
        standard = report.new.standard,
        old = report.old.path,
        new = report.new.path,
        rules = summary.rules_compared,
        worse = summary.worse.len(),
        better = summary.better.len(),
        unclear = summary.unclear.len()
    )
    .into_owned()
}

/// Differences of tool, settings, parameters, files and standard, a line each.
fn causes(causes: &Causes, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    if causes.is_empty() {
        return vec![tr("compare.no_cause", lang)];
    }
    let mut lines = vec![tr("compare.causes", lang)];
    if let Some(tool) = &causes.tool {
        lines.push(t!("compare.tool", locale = locale, old = tool.old, new = tool.new).into_owned());
    }
    if let Some(pair) = &causes.scenario {
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| tr("scenario.as_it_is", lang));
        let (old, new) = (name(&pair.old), name(&pair.new));
        lines.push(t!("scenario.cause", locale = locale, old = old, new = new).into_owned());
    }
    if causes.settings_sha256.is_some() {
        lines.push(tr("compare.settings", lang));
    }
    let value = |value: &Value| if value.is_null() { "—".to_owned() } else { value.to_string() };
    for (key, pair) in causes.parameters.iter().take(NAMED) {
        lines.push(
            t!("compare.parameter", locale = locale, key = key, old = value(&pair.old), new = value(&pair.new))
                .into_owned(),
        );
    }
    if causes.parameters.len() > NAMED {
        lines.push(t!("compare.more_parameters", locale = locale, n = causes.parameters.len() - NAMED).into_owned());
    }
    lines.extend(causes.inputs.iter().map(|input| of_input(input, lang)));
    if causes.standard_sha256.is_some() || !causes.standard.is_empty() {
        let rules: Vec<&str> = causes.standard.keys().map(String::as_str).collect();
        lines.push(if rules.is_empty() {
            tr("compare.standard", lang)
        } else {
            t!("compare.standard_rules", locale = locale, rules = names(&rules, NAMED, lang)).into_owned()
        });
    }
    lines
}

/// The old and the new file of a layer.
fn of_input(input: &InputDiff, lang: Lang) -> String {
    let name = input.extra.clone().unwrap_or_else(|| layer(&input.layer, lang));
    let state = |state: &Option<FileState>| {
        state.as_ref().map_or_else(
            || tr("compare.no_file", lang),
            |state| {
                let hash: String = state.sha256.chars().take(HASH).collect();
                let (used, features) = (grouped(state.used as f64), grouped(state.features as f64));
                t!(
                    "compare.file",
                    locale = lang.locale(),
                    name = state.name,
                    hash = hash,
                    used = used,
                    features = features,
                    grade = state.grade
                )
                .into_owned()
            },
        )
    };
    t!(
        "compare.input",
        locale = lang.locale(),
        layer = name,
        old = state(&input.file.old),
        new = state(&input.file.new)
    )
    .into_owned()
}

/// A change as a coloured cell.
fn of_change(change: Change, lang: Lang) -> Cell {
    let (key, colour) = match change {
        Change::Same => return cell(tr("compare.change.same", lang)),
        Change::Better => ("compare.change.better", Color::Green),
        Change::Worse => ("compare.change.worse", Color::Red),
        Change::Mixed => ("compare.change.mixed", Color::Red),
        Change::Unclear => ("compare.change.unclear", Color::Yellow),
    };
    cell(tr(key, lang)).fg(colour)
}

/// Old and new with an arrow between; one of them if they are the same.
fn arrow(pair: Pair<String>) -> String {
    if pair.differs() { format!("{} → {}", pair.old, pair.new) } else { pair.new }
}

fn verdicts(pair: Pair<Option<Verdict>>, lang: Lang) -> String {
    arrow(pair.map(|v| v.map_or_else(|| "—".to_owned(), |v| verdict(v, lang))))
}

/// People who lost coverage, or gained it if negative.
fn lost(people_lost: Option<f64>, lang: Lang) -> String {
    match people_lost {
        None => "—".to_owned(),
        Some(n) if n.abs() < 0.5 => "0".to_owned(),
        Some(n) if n > 0.0 => t!("compare.lost", locale = lang.locale(), people = people(n, lang)).into_owned(),
        Some(n) => t!("compare.gained", locale = lang.locale(), people = people(-n, lang)).into_owned(),
    }
}

/// The table of rules.
fn rules(rules: &[RuleDiff], lang: Lang, colour: bool) -> String {
    let heads = [
        "table.rule",
        "table.title",
        "table.verdict",
        "table.found",
        "html.gap",
        "compare.people",
        "compare.change.title",
    ];
    let mut table = new_table(heads.map(|key| tr(key, lang)), colour);
    for rule in rules {
        let of = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |v| figure(v, rule.unit, lang));
        let title = if lang == Lang::Zh { &rule.title } else { &rule.title_en };
        let advisory = if rule.binding { String::new() } else { tr("table.advisory", lang) };
        table.add_row(vec![
            cell(&rule.id),
            cell(title),
            cell(format!("{}{advisory}", verdicts(rule.verdict, lang))),
            right(arrow(rule.value.map(of))),
            right(arrow(rule.gap.map(of))),
            right(lost(rule.population_lost, lang)),
            of_change(rule.change, lang),
        ]);
    }
    table.to_string()
}

/// Units that changed, those that got worse first.
fn units(units: &[UnitDiff], lang: Lang, colour: bool) -> Vec<String> {
    let mut rows: Vec<_> = units
        .iter()
        .flat_map(|unit| unit.rules.iter().map(move |(id, rule)| (unit, id, rule)))
        .filter(|(.., rule)| rule.change != Change::Same)
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let order = |change: Change| (!change.worse(), change == Change::Better);
    rows.sort_by(|a, b| {
        let people = |row: &(&UnitDiff, &String, &_)| -> f64 {
            let (_, _, rule): &(_, _, &UnitRuleDiff) = row;
            rule.population_lost.unwrap_or(0.0)
        };
        order(a.2.change).cmp(&order(b.2.change)).then(people(b).abs().total_cmp(&people(a).abs()))
    });
    let heads = [
        "compare.unit",
        "table.rule",
        "table.verdict",
        "field.population_uncovered",
        "html.have",
        "compare.people",
        "compare.change.title",
    ];
    let mut table = new_table(heads.map(|key| tr(key, lang)), colour);
    let dash = |text: Option<String>| text.unwrap_or_else(|| "—".to_owned());
    for (unit, id, rule) in rows.iter().take(UNITS) {
        table.add_row(vec![
            cell(&unit.name),
            cell(id),
            cell(verdicts(rule.verdict, lang)),
            right(arrow(rule.population_uncovered.map(|n| dash(n.map(|n| people(n, lang)))))),
            right(arrow(rule.have.map(|n| dash(n.map(amount))))),
            right(lost(rule.population_lost, lang)),
            of_change(rule.change, lang),
        ]);
    }
    let mut lines = vec![table.to_string()];
    if rows.len() > UNITS {
        lines.push(t!("compare.more_units", locale = lang.locale(), n = rows.len() - UNITS).into_owned());
    }
    lines
}

/// Zones that opened or closed, a line a rule.
fn zones(report: &DiffReport<'_>, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let mut lines = Vec::new();
    for rule in &report.zones.rules {
        let (opened, closed) = (&rule.opened, &rule.closed);
        if opened.count + closed.count == 0 && opened.dropped_km2 + closed.dropped_km2 <= 0.0 {
            continue;
        }
        // People in opened zones are those of the new audit, people in closed zones those of the old one.
        let (opened_text, closed_text) =
            (parts(opened, opened.population.new, lang), parts(closed, closed.population.old, lang));
        let dropped = km2((opened.dropped_km2 + closed.dropped_km2) * 1e6, lang);
        lines.push(
            t!(
                "compare.zones",
                locale = locale,
                rule = rule.rule_id,
                opened = opened_text,
                closed = closed_text,
                dropped = dropped
            )
            .into_owned(),
        );
    }
    let left: Vec<&str> = report.zones.not_compared.iter().map(|rule| rule.rule_id.as_str()).collect();
    if !left.is_empty() {
        lines.push(t!("compare.zones_not", locale = locale, rules = names(&left, NAMED, lang)).into_owned());
    }
    lines
}

fn parts(parts: &PartsReport, inside: Option<f64>, lang: Lang) -> String {
    let area = km2(parts.km2 * 1e6, lang);
    let inside = inside.map_or_else(|| tr("compare.people_unknown", lang), |n| people(n, lang));
    t!("compare.parts", locale = lang.locale(), n = parts.count, area = area, people = inside).into_owned()
}

//! The output of `lifering diff`: causes of differences, rules, units, zones.
//!
//! In: a [`DiffReport`] or a [`BatchDiffReport`]. Out: text in one language.

use super::screen::{Screen, columns_of, shortened, wrapped};
use super::table::{Cell, Colour, Column, Table, cell, coloured};
use lifering_base::t;
use lifering_report::diff::Pair;
use lifering_report::diff::causes::{Causes, FileState, InputDiff};
use lifering_report::diff::changes::{Change, RuleDiff, UnitDiff, UnitRuleDiff};
use lifering_report::diff::report::{BatchDiffReport, DiffReport, PartsReport};
use lifering_report::diff::units::{Became, NamedUnit, Reorganised};
use lifering_report::text::{Lang, amount, clauses, colon, figure, grouped, people, points, time_over, verdict};
use lifering_report::text::{force, km2, layer, list, names, tr};
use lifering_standards::outcome::{ValueUnit, Verdict};
use serde_json::Value;

/// Most units in the table, those with the largest losses first.
const UNITS: usize = 12;
/// Most parameters or rules named in a line.
const NAMED: usize = 8;
/// Length of an abbreviated hash.
const HASH: usize = 8;

/// The text of a comparison of two audits.
pub fn table(report: &DiffReport<'_>, screen: Screen) -> String {
    let lang = screen.lang;
    let mut lines = vec![head(report, lang)];
    if report.old.illustrative || report.new.illustrative {
        lines.push(tr("summary.illustrative", lang));
    }
    lines.extend(causes(report.causes, lang));
    if report.rules.is_empty() {
        lines.push(tr("compare.no_rule", lang));
    } else {
        lines.extend([String::new(), rules(report.rules, screen), String::new()]);
    }
    lines.extend(other_units(report, lang));
    lines.extend(units(report.units, screen));
    lines.extend(zones(report, lang));
    lines.push(tr(conclusion(report.summary.exit_status), lang));
    wrapped(&lines.join("\n"), screen.columns)
}

/// The text of a comparison of two batches: a row a region that differs.
pub fn batches(report: &BatchDiffReport<'_>, screen: Screen) -> String {
    let lang = screen.lang;
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
    let mut table = Table::new(heads.map(|key| (tr(key, lang), Column::Text)));
    let listed = |rules: &[String], colour: Colour| {
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        cell(names(&rules, NAMED, lang)).in_colour(colour)
    };
    for region in &report.regions {
        let of = &region.diff.summary;
        if of.worse.is_empty() && of.better.is_empty() && of.unclear.is_empty() {
            continue;
        }
        table.push(vec![
            cell(region.name),
            listed(&of.worse, Colour::Red),
            listed(&of.better, Colour::Green),
            listed(&of.unclear, Colour::Yellow),
        ]);
    }
    let mut lines = vec![head.into_owned()];
    lines.extend((!table.is_empty()).then(|| table.text(screen)));
    let left: Vec<&str> = report.not_compared.iter().map(|region| region.name.as_str()).collect();
    if !left.is_empty() {
        lines.push(t!("compare.regions_not", locale = locale, regions = names(&left, NAMED, lang)).into_owned());
    }
    lines.push(tr(conclusion(summary.exit_status), lang));
    wrapped(&lines.join("\n"), screen.columns)
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

/// A change in a word, and its colour.
fn of_change(change: Change) -> (&'static str, Option<Colour>) {
    match change {
        Change::Same => ("compare.change.same", None),
        Change::Better => ("compare.change.better", Some(Colour::Green)),
        Change::Worse => ("compare.change.worse", Some(Colour::Red)),
        Change::Mixed => ("compare.change.mixed", Some(Colour::Red)),
        Change::Unclear => ("compare.change.unclear", Some(Colour::Yellow)),
    }
}

/// A change as a coloured cell.
fn change_cell(change: Change, lang: Lang) -> Cell {
    let (key, colour) = of_change(change);
    let cell = cell(tr(key, lang));
    match colour {
        Some(colour) => cell.in_colour(colour),
        None => cell,
    }
}

/// Old and new with an arrow between; one of them if they are the same.
fn arrow(pair: Pair<String>) -> String {
    if pair.differs() { format!("{} → {}", pair.old, pair.new) } else { pair.new }
}

fn verdicts(pair: Pair<Option<Verdict>>, lang: Lang) -> String {
    arrow(pair.map(|v| v.map_or_else(|| "—".to_owned(), |v| verdict(v, lang))))
}

/// People who lost coverage, or gained it if negative; `None` if that is less than one.
fn lost(people_lost: Option<f64>, lang: Lang) -> Option<String> {
    let n = people_lost.filter(|n| n.abs() >= 0.5)?;
    let (key, people) = (if n > 0.0 { "compare.lost" } else { "compare.gained" }, people(n.abs(), lang));
    Some(t!(key, locale = lang.locale(), people = people).into_owned())
}

/// Every rule that differs: its title and change, and below it what differs, in words.
fn rules(rules: &[RuleDiff], screen: Screen) -> String {
    let lang = screen.lang;
    let lines: Vec<String> = rules
        .iter()
        .flat_map(|rule| {
            let title = if lang == Lang::Zh { &rule.title } else { &rule.title_en };
            let advisory = if rule.binding { String::new() } else { tr("table.advisory", lang) };
            let (key, colour) = of_change(rule.change);
            let change = coloured(&tr(key, lang), colour, screen);
            let room = screen.columns.saturating_sub(columns_of(&tr(key, lang)) + columns_of(&rule.id) + 4);
            let title = shortened(&format!("{title}{advisory}"), room);
            [format!("{} {title}{}{change}", rule.id, colon(lang)), format!("  {}", of_rule(rule, lang))]
        })
        .collect();
    lines.join("\n")
}

/// What differs of a rule: verdict, figure, distance from being met, people, limit and force.
fn of_rule(rule: &RuleDiff, lang: Lang) -> String {
    let locale = lang.locale();
    let figure = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |v| figure(v, rule.unit, lang));
    let mut parts = vec![verdicts(rule.verdict, lang), arrow(rule.value.map(figure))];
    let gap = rule.gap.map(|gap| gap.map_or_else(|| "—".to_owned(), |gap| distance(gap, rule.unit, lang)));
    if gap.differs() {
        parts.push(t!("compare.gap", locale = locale, gap = arrow(gap)).into_owned());
    }
    parts.extend(lost(rule.population_lost, lang));
    // The number that a count requires follows the people; that of a share or a time is the standard's own.
    if matches!(rule.unit, ValueUnit::Share | ValueUnit::S) && rule.threshold.differs() {
        parts.push(t!("compare.limit", locale = locale, limit = arrow(rule.threshold.map(figure))).into_owned());
    }
    if let (Some(old), Some(new)) = (rule.force.old, rule.force.new)
        && old != new
    {
        let forces = arrow(Pair { old: force(old, lang), new: force(new, lang) });
        parts.push(t!("compare.force", locale = locale, force = forces).into_owned());
        match (old.binds(), new.binds()) {
            (false, true) => parts.push(tr("compare.binds_now", lang)),
            (true, false) => parts.push(tr("compare.bound_before", lang)),
            _ => {}
        }
    }
    clauses(&parts, lang)
}

/// How far a rule is from being met: of shares in percentage points, as an audit says it.
fn distance(gap: f64, unit: ValueUnit, lang: Lang) -> String {
    match unit {
        ValueUnit::Share => points(gap, lang),
        ValueUnit::S => time_over(gap, lang),
        ValueUnit::Count | ValueUnit::Areas => amount(gap),
    }
}

/// Units that were merged, split or renamed, and those that only one of the two audits has.
fn other_units(report: &DiffReport<'_>, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let named = |units: &[NamedUnit]| list(&units.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>(), lang);
    let line = |of: &Reorganised| {
        let (old, new) = (named(&of.old), named(&of.new));
        let count = arrow(of.population.map(|n| people(n, lang)));
        let key = match of.became {
            Became::Merged => "compare.merged",
            Became::Split => "compare.split",
            Became::Renamed => "compare.renamed",
        };
        t!(key, locale = locale, old = old, new = new, people = count).into_owned()
    };
    let mut lines: Vec<String> = report.reorganised.iter().map(line).collect();
    if !lines.is_empty() {
        lines.insert(0, tr("compare.units_reorganised", lang));
    }
    // What was merged or split is told already.
    let told = |id: &str, level: &str, side: fn(&Reorganised) -> &[NamedUnit]| {
        let of_level = report.reorganised.iter().filter(|of| of.level == level);
        of_level.flat_map(side).any(|unit| unit.id == id)
    };
    let alone = |has: fn(&UnitDiff) -> bool, side: fn(&Reorganised) -> &[NamedUnit]| -> Vec<&str> {
        let units = report.units.iter().filter(|unit| has(unit) && !told(&unit.id, &unit.level, side));
        units.map(|unit| unit.name.as_str()).collect()
    };
    let gone = alone(|unit| unit.population.new.is_none() && unit.population.old.is_some(), |of| &of.old);
    let come = alone(|unit| unit.population.old.is_none() && unit.population.new.is_some(), |of| &of.new);
    if !gone.is_empty() {
        lines.push(t!("compare.units_gone", locale = locale, units = names(&gone, NAMED, lang)).into_owned());
    }
    if !come.is_empty() {
        lines.push(t!("compare.units_come", locale = locale, units = names(&come, NAMED, lang)).into_owned());
    }
    lines
}

/// Units that changed, those that got worse first.
fn units(units: &[UnitDiff], screen: Screen) -> Vec<String> {
    let lang = screen.lang;
    // A unit that only one of the two audits has is told by its name.
    let mut rows: Vec<_> = units
        .iter()
        .filter(|unit| unit.population.old.is_some() && unit.population.new.is_some())
        .flat_map(|unit| unit.rules.iter().map(move |(id, rule)| (unit, id, rule)))
        .filter(|(.., rule)| rule.change != Change::Same)
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let order = |change: Change| (!change.worse(), change == Change::Better);
    rows.sort_by(|a, b| {
        let people = |row: &(&UnitDiff, &String, &UnitRuleDiff)| row.2.population_lost.unwrap_or(0.0);
        order(a.2.change).cmp(&order(b.2.change)).then(people(b).abs().total_cmp(&people(a).abs()))
    });
    let columns = [
        ("compare.change.title", Column::Word),
        ("compare.unit", Column::Text),
        ("table.rule", Column::Word),
        ("table.verdict", Column::Text),
        ("html.have", Column::Number),
        ("compare.people", Column::Number),
    ];
    let mut table = Table::new(columns.map(|(key, column)| (tr(key, lang), column)));
    let dash = |text: Option<String>| text.unwrap_or_else(|| "—".to_owned());
    for (unit, id, rule) in rows.iter().take(UNITS) {
        table.push(vec![
            change_cell(rule.change, lang),
            cell(&unit.name),
            cell(id),
            cell(verdicts(rule.verdict, lang)),
            cell(arrow(rule.have.map(|n| dash(n.map(amount))))),
            cell(dash(lost(rule.population_lost, lang))),
        ]);
    }
    let mut lines = vec![table.text(screen)];
    if rows.len() > UNITS {
        lines.push(t!("compare.more_units", locale = lang.locale(), n = rows.len() - UNITS).into_owned());
    }
    lines.push(String::new());
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

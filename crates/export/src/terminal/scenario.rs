//! Scenarios beside their base: a row a rule, a column a scenario.
//!
//! Rules that cannot be judged anywhere are left out.
//!
//! In: reports, or a comparison. Out: text in one language.

use super::diff as comparison;
use super::table::{cell, new_table};
use comfy_table::Color;
use lifering_report::diff::Diff;
use lifering_report::diff::report::DiffReport;
use lifering_report::report::{Report, RuleReport};
use lifering_report::text::{Lang, people, tr, verdict};
use lifering_standards::outcome::Verdict;

/// The table of verdicts of the base and of scenarios, with the people not covered.
pub fn table(base: &Report, scenarios: &[&Report], lang: Lang, colour: bool) -> String {
    let name = |report: &&Report| report.scenario.as_ref().map_or_else(String::new, |scenario| scenario.name.clone());
    let heads = [tr("scenario.rule", lang), tr("scenario.base", lang)];
    let heads: Vec<String> = heads.into_iter().chain(scenarios.iter().map(name)).collect();
    let mut table = new_table(heads, colour);
    for rule in &base.rules {
        let judged = |report: &&Report| report.rules.iter().any(|other| other.id == rule.id && is_judged(other));
        if !is_judged(rule) && !scenarios.iter().any(judged) {
            continue;
        }
        let find = |report: &&Report| report.rules.iter().find(|other| other.id == rule.id).cloned();
        let others: Vec<Option<RuleReport>> = scenarios.iter().map(find).collect();
        let all = std::iter::once(Some(rule)).chain(others.iter().map(Option::as_ref));
        let cells = all.map(|rule| match rule {
            Some(rule) => cell(shown(rule, lang)).fg(colour_of(rule.verdict)),
            None => cell("—"),
        });
        table.add_row(std::iter::once(cell(&rule.id)).chain(cells).collect::<Vec<_>>());
    }
    format!("{table}\n{}", tr("scenario.brackets", lang))
}

fn is_judged(rule: &RuleReport) -> bool {
    rule.verdict != Verdict::CannotJudge
}

/// The comparison of a scenario with its base.
pub fn diff(diff: &Diff, lang: Lang, colour: bool) -> String {
    comparison::table(&DiffReport::new(diff), lang, colour)
}

fn shown(rule: &RuleReport, lang: Lang) -> String {
    let judged = verdict(rule.verdict, lang);
    match rule.population_uncovered {
        Some(uncovered) if is_judged(rule) && uncovered > 0.0 => format!("{judged} ({})", people(uncovered, lang)),
        _ => judged,
    }
}

fn colour_of(verdict: Verdict) -> Color {
    match verdict {
        Verdict::Met => Color::Green,
        Verdict::Gap => Color::Red,
        Verdict::Depends | Verdict::CannotJudge => Color::Yellow,
    }
}

//! Scenarios beside their base: a row a rule, a column a scenario.
//!
//! Rules that cannot be judged anywhere are left out.
//!
//! In: reports, or a comparison. Out: text in one language.

use super::diff as comparison;
use super::screen::{Screen, wrapped};
use super::table::{Colour, Column, Table, cell};
use lifering_report::diff::Diff;
use lifering_report::diff::report::DiffReport;
use lifering_report::report::{Report, RuleReport};
use lifering_report::text::{Lang, people, tr, verdict};
use lifering_standards::outcome::Verdict;

/// The table of verdicts of the base and of scenarios, with the people not covered.
pub fn table(base: &Report, scenarios: &[&Report], screen: Screen) -> String {
    let lang = screen.lang;
    let name = |report: &&Report| report.scenario.as_ref().map_or_else(String::new, |scenario| scenario.name.clone());
    let mut table = Table::new([(tr("scenario.rule", lang), Column::Word), (tr("scenario.base", lang), Column::Text)]);
    for scenario in scenarios {
        table.push_column(name(scenario), Column::Text);
    }
    for rule in &base.rules {
        let judged = |report: &&Report| report.rules.iter().any(|other| other.id == rule.id && is_judged(other));
        if !is_judged(rule) && !scenarios.iter().any(judged) {
            continue;
        }
        let find = |report: &&Report| report.rules.iter().find(|other| other.id == rule.id).cloned();
        let others: Vec<Option<RuleReport>> = scenarios.iter().map(find).collect();
        let all = std::iter::once(Some(rule)).chain(others.iter().map(Option::as_ref));
        let cells = all.map(|rule| match rule {
            Some(rule) => cell(shown(rule, lang)).in_colour(colour_of(rule.verdict)),
            None => cell("—"),
        });
        table.push(std::iter::once(cell(&rule.id)).chain(cells).collect());
    }
    format!("{}\n{}", table.text(screen), wrapped(&tr("scenario.brackets", lang), screen.columns))
}

fn is_judged(rule: &RuleReport) -> bool {
    rule.verdict != Verdict::CannotJudge
}

/// The comparison of a scenario with its base.
pub fn diff(diff: &Diff, screen: Screen) -> String {
    comparison::table(&DiffReport::new(diff), screen)
}

fn shown(rule: &RuleReport, lang: Lang) -> String {
    let judged = verdict(rule.verdict, lang);
    match rule.population_uncovered {
        Some(uncovered) if is_judged(rule) && uncovered > 0.0 => format!("{judged} ({})", people(uncovered, lang)),
        _ => judged,
    }
}

fn colour_of(verdict: Verdict) -> Colour {
    match verdict {
        Verdict::Met => Colour::Green,
        Verdict::Gap => Colour::Red,
        Verdict::Depends | Verdict::CannotJudge => Colour::Yellow,
    }
}

//! What failures and sensitivity found, in sentences: on the terminal and above the tables of their pages.
//!
//! In: the reports. Out: the answer, then a sentence for each table.

use super::failures::FailuresReport;
use super::sensitivity::SensitivityReport;
use crate::text::{Lang, people, tr};
use lifering_base::t;
use lifering_standards::outcome::Verdict;

/// Who is in time as the city stands; stations, pairs, roads.
pub fn failures(report: &FailuresReport, lang: Lang) -> Vec<String> {
    let (locale, rule) = (lang.locale(), &report.rule);
    let title = if lang == Lang::Zh { &rule.title } else { &rule.title_en };
    let heading = t!(
        "failure.heading",
        locale = locale,
        rule = rule.id,
        title = title,
        in_time = people(rule.people_in_time, lang),
        people = people(rule.people, lang)
    );
    let pairs = match report.pairs.len() {
        0 => tr("failure.no_pairs", lang),
        n => t!("failure.pairs", locale = locale, n = n).into_owned(),
    };
    let tried = report.roads_tried;
    let roads = match report.roads.len() {
        0 => t!("failure.no_roads", locale = locale, tried = tried),
        n => t!("failure.roads", locale = locale, tried = tried, n = n),
    };
    vec![heading.into_owned(), tr("failure.stations", lang), pairs, roads.into_owned()]
}

/// How many verdicts are fragile; rules, assumptions.
pub fn sensitivity(report: &SensitivityReport, lang: Lang) -> Vec<String> {
    // What cannot be judged under any assumption is neither firm nor fragile.
    let rules = report.rules.iter().filter(|rule| rule.verdict != Verdict::CannotJudge || !rule.turns.is_empty());
    let fragile: Vec<bool> = rules.map(|rule| rule.fragile).collect();
    let count = fragile.iter().filter(|fragile| **fragile).count();
    let heading = t!("firmness.heading", locale = lang.locale(), fragile = count, rules = fragile.len());
    vec![heading.into_owned(), tr("firmness.rules", lang), tr("firmness.cases", lang)]
}

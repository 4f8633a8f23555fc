//! The short table of verdicts for the terminal.
//!
//! In: an audit. Out: text, coloured where the terminal takes it. Rules that cannot be judged are grouped below, not
//! mixed with the gaps.

use super::report::Report;
use super::sentences::{Lang, found_and_required, people, verdict};
use crate::audit::Audit;
use crate::rules::outcome::Verdict;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table};
use rust_i18n::t;

/// The verdicts as a table, with a line before and after.
pub fn verdicts(audit: &Audit, report: &Report, lang: Lang, colour: bool) -> String {
    let locale = lang.locale();
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    let heads = ["table.rule", "table.title", "table.required", "table.found", "table.verdict"];
    table.set_header(heads.map(|key| Cell::new(t!(key, locale = locale)).add_attribute(Attribute::Bold)));
    let mut not_judged = Vec::new();
    for outcome in &audit.outcomes {
        let title = if lang == Lang::Zh { &outcome.rule.title.zh } else { &outcome.rule.title.en };
        if outcome.verdict == Verdict::CannotJudge {
            not_judged.push(format!("{} {title}", outcome.rule.id));
            continue;
        }
        let (found, required) = found_and_required(&outcome.rule.criterion, &outcome.default, lang);
        let advisory =
            if outcome.rule.force.binds() { String::new() } else { t!("table.advisory", locale = locale).into_owned() };
        let colour = match outcome.verdict {
            Verdict::Met => Color::Green,
            Verdict::Gap if outcome.rule.force.binds() => Color::Red,
            _ => Color::Yellow,
        };
        table.add_row(vec![
            Cell::new(&outcome.rule.id),
            Cell::new(title),
            Cell::new(required).set_alignment(CellAlignment::Right),
            Cell::new(found).set_alignment(CellAlignment::Right),
            Cell::new(format!("{}{advisory}", verdict(outcome.verdict, lang))).fg(colour),
        ]);
    }
    let count = |verdict: &str| report.summary.binding.get(verdict).copied().unwrap_or(0);
    let standard = if lang == Lang::Zh { &report.standard.title } else { &report.standard.title_en };
    let mut lines = vec![
        t!(
            "summary.line",
            locale = locale,
            region = report.region.name,
            standard = standard,
            met = count("met"),
            gap = count("gap"),
            depends = count("depends"),
            cannot = count("cannot_judge")
        )
        .into_owned(),
        t!(
            "summary.people",
            locale = locale,
            inside = people(report.population.inside, lang),
            no_road = people(report.population.no_road, lang),
            cut_off = people(report.population.cut_off, lang)
        )
        .into_owned(),
    ];
    if report.region.illustrative {
        lines.push(t!("summary.illustrative", locale = locale).into_owned());
    }
    if !table.is_empty() {
        lines.push(table.to_string());
    }
    if !not_judged.is_empty() {
        let between = if lang == Lang::Zh { "；" } else { "; " };
        lines.push(t!("summary.not_judged", locale = locale, rules = not_judged.join(between)).into_owned());
    }
    lines.join("\n")
}

//! What explains the verdicts, for `lifering audit --verbose`: arithmetic, what was counted, what is missing, sources.
//!
//! In: an audit and its report. Out: paragraphs in one language. The words of a document stand once, at the foot, in its own
//! language.

use super::not_judged;
use super::screen::Screen;
use super::table::{Column, Table, cell};
use lifering_base::t;
use lifering_core::audit::Audit;
use lifering_report::report::Report;
use lifering_report::text::survey;
use lifering_report::text::{
    Lang, amount, baseline, colon, counted_sentence, grouped, list, people, pick, plain_title, tr,
};
use lifering_standards::catalogue::{Citation, Words};
use lifering_standards::needs::Need;
use lifering_standards::outcome::{RuleOutcome, Verdict};

/// Paragraphs, each behind an empty line.
pub fn all(audit: &Audit, report: &Report, screen: Screen) -> Vec<String> {
    let lang = screen.lang;
    let mut roads = vec![survey::roads_at_a_glance(&report.quality.network, lang)];
    roads.extend(report.obeying.first().map(|of| survey::obeying(of, lang)));
    let needs = needs(audit, screen).into_iter().collect();
    let parts =
        [roads, sentences(audit, report, lang), needs, differing_counts(report, lang), not_judged::all(audit, lang)];
    let parts = parts.into_iter().chain([counted_names(audit, lang), sources(audit, lang)]);
    parts.filter(|lines| !lines.is_empty()).flat_map(|lines| [String::new()].into_iter().chain(lines)).collect()
}

/// A sentence on every rule that is not met or depends on its reading, and what it counted.
fn sentences(audit: &Audit, report: &Report, lang: Lang) -> Vec<String> {
    let open = |o: &RuleOutcome| matches!(o.verdict, Verdict::Gap | Verdict::Depends);
    let both = audit.findings.outcomes.iter().zip(&report.rules).filter(|(outcome, _)| open(outcome));
    both.flat_map(|(outcome, rule)| {
        let why = if lang == Lang::Zh { &rule.why_zh } else { &rule.why };
        let counted = rule.counted.as_ref().map(|counted| counted_sentence(&outcome.rule.criterion, counted, lang));
        let counted = counted.map(|counted| format!("  {counted}"));
        [format!("{}{}{why}", outcome.rule.id, colon(lang))].into_iter().chain(counted)
    })
    .collect()
}

/// Documents and sections, each once, with the rules that are taken from there and the words they rest on.
fn sources(audit: &Audit, lang: Lang) -> Vec<String> {
    let mut places: Vec<(&Citation, Vec<String>)> = Vec::new();
    for outcome in &audit.findings.outcomes {
        let cite = &outcome.rule.cite;
        let words = match &cite.words {
            Words::Quote(quote) if quote.contains('“') => format!("「{quote}」"),
            Words::Quote(quote) => format!("“{quote}”"),
            Words::Wording(text) => t!("terminal.in_other_words", locale = lang.locale(), text = text).into_owned(),
        };
        let words = format!("    {} {words}", outcome.rule.id);
        let here = |(of, _): &&mut (&Citation, Vec<String>)| of.source == cite.source && of.section == cite.section;
        match places.iter_mut().find(here) {
            Some((_, all)) => all.push(words),
            None => places.push((cite, vec![words])),
        }
    }
    let mut lines = vec![tr("terminal.sources", lang)];
    for (cite, words) in places {
        lines.push(format!("  {} {}", pick(&cite.title, lang), cite.section.as_deref().unwrap_or_default()));
        lines.extend(words);
    }
    lines
}

/// The names of what each rule counted; rules that counted the same share them.
fn counted_names(audit: &Audit, lang: Lang) -> Vec<String> {
    let evidence = audit.city.evidence();
    let mut groups: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for outcome in &audit.findings.outcomes {
        let Ok(counted) = evidence.counted_by(&outcome.rule.criterion) else { continue };
        let names: Vec<&str> = counted.certain.iter().map(|i| evidence.sites[*i].name.as_str()).collect();
        if names.is_empty() {
            continue;
        }
        match groups.iter_mut().find(|(_, known)| *known == names) {
            Some((rules, _)) => rules.push(outcome.rule.id.as_str()),
            None => groups.push((vec![outcome.rule.id.as_str()], names)),
        }
    }
    let mut lines = vec![tr("why.counted_title", lang)];
    for (rules, names) in groups {
        let (id, names) = (list(&rules, lang), list(&names, lang));
        lines.push(t!("why.counted_names", locale = lang.locale(), id = id, names = names).into_owned());
    }
    lines
}

/// The need of each rule for the people of the region and for the standard's populations by year.
fn needs(audit: &Audit, screen: Screen) -> Option<String> {
    let lang = screen.lang;
    let judged = |o: &&RuleOutcome| o.needs.len() > 1 && o.verdict != Verdict::CannotJudge;
    let rows: Vec<&RuleOutcome> = audit.findings.outcomes.iter().filter(judged).collect();
    let first = rows.first()?;
    let of = |need: &Need| {
        let (locale, people) = (lang.locale(), people(need.population, lang));
        match need.year {
            None => t!("needs.now", locale = locale, people = people).into_owned(),
            Some(year) => t!("needs.year", locale = locale, year = year, people = people).into_owned(),
        }
    };
    let columns = [("table.rule", Column::Word), ("needs.title", Column::Text), ("html.have", Column::Number)];
    let mut table = Table::new(columns.map(|(key, column)| (tr(key, lang), column)));
    for need in &first.needs {
        table.push_column(of(need), Column::Number);
    }
    for outcome in rows {
        let default = &outcome.default;
        // The count of a share is its part.
        let have = default.have.or(default.part_and_whole.map(|of| of.part));
        let mut row = vec![cell(&outcome.rule.id), cell(plain_title(&outcome.rule, lang))];
        row.push(cell(have.map_or_else(|| "—".to_owned(), amount)));
        row.extend(outcome.needs.iter().map(|need| cell(grouped(need.need as f64))));
        table.push(row);
    }
    Some(table.text(screen))
}

/// Layers with another count than the standard's own.
fn differing_counts(report: &Report, lang: Lang) -> Vec<String> {
    let differs = report.baselines.iter().filter(|b| b.differs);
    let mut lines: Vec<String> = differs.map(|b| format!("  {}", baseline(b, lang))).collect();
    if !lines.is_empty() {
        lines.insert(0, tr("baseline.title", lang));
    }
    lines
}

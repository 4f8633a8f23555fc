//! Phrases that several outputs share: on a report as a whole, on one rule, on one layer.

use super::language::{Lang, pick, tr};
use super::numbers::{amount, exact_minutes, grouped, minutes, percent, plain};
use super::punctuation::clauses;
use super::vocabulary::{layer, verdict};
use crate::report::{BaselineReport, InputReport, Report};
use lifering_base::t;
use lifering_core::audit::Audit;
use lifering_core::findings::StationFigures;
use lifering_standards::catalogue::{Criterion, Rule, Standard, Statistic};
use lifering_standards::outcome::{Outcome, RuleOutcome};

/// The region's name without a bracket that only says the data is illustrative: for pages that say so in a place of its own.
pub fn region_name(report: &Report) -> &str {
    let name = report.region.name.as_str();
    match name.find(['（', '(']) {
        Some(at) if report.region.illustrative && name[at..].contains("示意数据") && at > 0 => {
            name[..at].trim_end()
        }
        _ => name,
    }
}

/// The verdict on the whole, as one sentence.
pub fn whole_verdict(report: &Report, lang: Lang) -> String {
    let count = |verdict: &str| report.summary.binding.get(verdict).copied().unwrap_or(0);
    let (met, gap, depends, cannot) = (count("met"), count("gap"), count("depends"), count("cannot_judge"));
    let standard = if lang == Lang::Zh { &report.standard.title } else { &report.standard.title_en };
    let key = match (gap, depends + cannot) {
        (0, 0) => "verdict.whole_met",
        (0, _) => "verdict.whole_open",
        _ => "verdict.whole_gap",
    };
    t!(
        key,
        locale = lang.locale(),
        region = region_name(report),
        standard = standard,
        all = met + gap + depends + cannot,
        met = met,
        gap = gap,
        depends = depends,
        cannot = cannot
    )
    .into_owned()
}

/// What a reader of a table of stations must know of one: that it stands outside the boundary, has no ambulance, or enters
/// a road farther away. Empty for most.
pub fn station_note(audit: &Audit, figures: &StationFigures, lang: Lang) -> String {
    let mut notes = Vec::new();
    if !audit.city.evidence().sites[figures.site].inside {
        notes.push(tr("html.outside", lang));
    }
    if !audit.city.sites()[figures.site].dispatches {
        notes.push(tr("html.no_ambulance", lang));
    }
    if let Some(way_out) = figures.way_out {
        let (locale, nearest) = (lang.locale(), plain(way_out.nearest_m, 1));
        let note = match way_out.main_part_m {
            Some(metres) => t!("html.way_out", locale = locale, nearest = nearest, main = plain(metres, 1)),
            None => t!("html.no_way_out", locale = locale, nearest = nearest),
        };
        notes.push(note.into_owned());
    }
    clauses(&notes, lang)
}

/// What was found and what is required, as two cells of a table.
pub fn found_and_required(criterion: &Criterion, outcome: &Outcome, lang: Lang) -> (String, String) {
    let dash = || "—".to_owned();
    let judged = outcome.missing.is_none();
    match criterion {
        Criterion::Radius(rule) => {
            (outcome.value.filter(|_| judged).map_or_else(dash, percent), format!("≥ {}", percent(rule.min_share)))
        }
        Criterion::TravelTime(rule) => match rule.statistic {
            Statistic::Share { min_share } => {
                (outcome.value.filter(|_| judged).map_or_else(dash, percent), format!("≥ {}", percent(min_share)))
            }
            _ => (
                outcome.value.map_or_else(dash, |v| exact_minutes(v, rule, lang)),
                format!("≤ {}", minutes(f64::from(rule.limit_s), lang)),
            ),
        },
        Criterion::Share(rule) => {
            let sign = if rule.more_than { ">" } else { "≥" };
            (outcome.value.filter(|_| judged).map_or_else(dash, percent), format!("{sign} {}", percent(rule.min)))
        }
        Criterion::PerPopulation(_) | Criterion::PresencePerUnit(_) => (
            outcome.have.filter(|_| judged).map_or_else(dash, amount),
            outcome.need.map_or_else(dash, |n| format!("≥ {}", grouped(n as f64))),
        ),
    }
}

/// The title of a rule as its document has it: without the mark that its number is not confirmed, for tables that say so in a
/// place of their own.
pub fn plain_title(rule: &Rule, lang: Lang) -> String {
    let title = pick(&rule.title, lang);
    let mark = t!("rule.not_confirmed", locale = lang.locale(), title = "");
    title.strip_suffix(mark.as_ref()).unwrap_or(title).to_owned()
}

/// What the stations of neighbours would make of a rule.
pub fn aid_sentence(outcome: &RuleOutcome, aided: &Outcome, lang: Lang) -> String {
    let (found, _) = found_and_required(&outcome.rule.criterion, aided, lang);
    let verdict = verdict(aided.verdict, lang);
    t!("aid.sentence", locale = lang.locale(), found = found, verdict = verdict).into_owned()
}

/// A share as a yearbook states it: 68.69%.
pub fn hundredths_of_percent(share: f64) -> String {
    format!("{}%", plain((share * 1e4).round() / 100.0, 2))
}

/// A count that differs from the plan's own, with the plan's remark.
pub fn baseline(baseline: &BaselineReport, lang: Lang) -> String {
    let locale = lang.locale();
    let year = baseline.year.map_or_else(String::new, |y| t!("baseline.year", locale = locale, year = y).into_owned());
    let shown = |figure: f64| if baseline.share { hundredths_of_percent(figure) } else { amount(figure) };
    let counted = baseline.counted.map_or_else(|| "—".to_owned(), shown);
    let (title, stated) = (pick(&baseline.title, lang), shown(baseline.stated));
    let line = t!("baseline.line", locale = locale, title = title, counted = counted, stated = stated, year = year);
    let note = baseline.note.as_ref().map(|note| pick(note, lang));
    clauses(&std::iter::once(line.as_ref()).chain(note).collect::<Vec<_>>(), lang)
}

/// The layer of a file that was read; one of `[layers.extra]` by the name the standard has for it.
pub fn input_layer(input: &InputReport, standard: &Standard, lang: Lang) -> String {
    match &input.extra {
        None => layer(input.layer.key(), lang),
        Some(name) => {
            standard.extra_layers.get(name).map_or_else(|| name.clone(), |title| pick(title, lang).to_owned())
        }
    }
}

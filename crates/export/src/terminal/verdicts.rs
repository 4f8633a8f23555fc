//! The output of `lifering audit`: the table of verdicts, a line a rule, and what cannot be judged. With `--verbose` everything
//! that explains it (`explained`).
//!
//! In: an audit and its report. Out: text in one language.

use super::explained;
use super::not_judged;
use super::screen::{Screen, wrapped};
use super::table::{Cell, Colour, Column, Table, cell};
use lifering_base::issue::IssueCode;
use lifering_base::t;
use lifering_core::audit::Audit;
use lifering_core::quality::grade::Grade;
use lifering_report::report::{Report, RuleReport};
use lifering_report::text::survey;
use lifering_report::text::{Lang, found_and_required, people, plain_title, verdict};
use lifering_report::text::{input_layer, list, tr, word};
use lifering_standards::catalogue::Confidence;
use lifering_standards::outcome::{RuleOutcome, Verdict};

/// The text, with all that explains it if `verbose`.
pub fn verdicts(audit: &Audit, report: &Report, screen: Screen, verbose: bool) -> String {
    let lang = screen.lang;
    let mut lines = head(audit, report, lang);
    let table = rules(audit, report, lang);
    if !table.is_empty() {
        lines.push(String::new());
        lines.push(table.text(screen));
    }
    if verbose {
        lines.extend(explained::all(audit, report, screen));
    } else {
        let open = not_judged::short(audit, screen);
        if !open.is_empty() {
            lines.push(String::new());
            lines.extend(open);
        }
        lines.push(String::new());
        lines.push(tr("terminal.more", lang));
    }
    wrapped(&lines.join("\n"), screen.columns)
}

/// Region and standard, number of rules by verdict, people, what is doubtful in the data.
fn head(audit: &Audit, report: &Report, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let count = |verdict: &str| report.summary.binding.get(verdict).copied().unwrap_or(0);
    let standard = if lang == Lang::Zh { &report.standard.title } else { &report.standard.title_en };
    let mut lines = vec![
        t!("terminal.subject", locale = locale, region = report.region.name, standard = standard).into_owned(),
        t!(
            "terminal.verdicts",
            locale = locale,
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
    lines.extend(scaled(report, lang));
    lines.push(grades(audit, report, lang));
    lines.extend(stations(report, lang));
    lines.extend(
        report
            .datum_doubts
            .iter()
            .map(|doubt| format!("{}{}", survey::datum_doubt(doubt, lang), tr("summary.datum_help", lang))),
    );
    lines.extend(implausible(audit, report, lang));
    if report.region.illustrative {
        lines.push(tr("summary.illustrative", lang));
    }
    lines
}

/// What people were scaled to; `None` if they were not.
fn scaled(report: &Report, lang: Lang) -> Option<String> {
    let (factor, to) = (report.population.scale?, report.parameters.population.scale_to?);
    let (locale, people, factor) = (lang.locale(), people(to, lang), format!("{factor:.4}"));
    let text = if let Some(year) = report.parameters.population.year {
        t!("summary.scaled_year", locale = locale, year = year, people = people, factor = factor)
    } else {
        t!("summary.scaled", locale = locale, people = people, factor = factor)
    };
    Some(text.into_owned())
}

/// The layers with another grade than A.
fn grades(audit: &Audit, report: &Report, lang: Lang) -> String {
    let doubtful: Vec<String> = report
        .inputs
        .iter()
        .filter(|input| input.grade != Grade::A)
        .map(|input| format!("{} {}", input_layer(input, &audit.findings.standard, lang), word(&input.grade)))
        .collect();
    if doubtful.is_empty() {
        return tr("terminal.grades_all_good", lang);
    }
    t!("terminal.grades", locale = lang.locale(), grades = list(&doubtful, lang)).into_owned()
}

/// Stations that send nobody, and stations that can go nowhere.
fn stations(report: &Report, lang: Lang) -> Vec<String> {
    let keys = [(IssueCode::NoAmbulance, "summary.no_ambulance"), (IssueCode::GoesNowhere, "summary.goes_nowhere")];
    let line = |(code, key): (IssueCode, &str)| {
        let issue = report.inputs.iter().flat_map(|input| &input.issues).find(|issue| issue.code == code)?;
        let mut names: Vec<String> = issue.examples.iter().filter_map(|example| example.id.clone()).collect();
        if issue.count > names.len() {
            names.push("…".to_owned());
        }
        Some(t!(key, locale = lang.locale(), n = issue.count, names = list(&names, lang)).into_owned())
    };
    keys.into_iter().filter_map(line).collect()
}

/// What cannot be true of the data, a line a figure, and one for the values of a column.
fn implausible(audit: &Audit, report: &Report, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    for input in &report.inputs {
        let layer = input_layer(input, &audit.findings.standard, lang);
        for issue in &input.issues {
            let shown = match issue.code {
                IssueCode::LayerImplausible => issue.examples.len(),
                IssueCode::ValueImplausible => 1,
                _ => 0,
            };
            for example in issue.examples.iter().take(shown) {
                let (found, wanted) = (example.found(lang), example.wanted(lang));
                let found = example.id.as_ref().map_or_else(|| found.to_owned(), |id| format!("{id}: {found}"));
                let text =
                    t!("summary.implausible", locale = lang.locale(), layer = layer, found = found, wanted = wanted);
                lines.push(text.into_owned());
            }
        }
    }
    lines
}

/// The table of rules that could be judged: those that bind, then those that do not, then those whose number nobody confirmed.
fn rules(audit: &Audit, report: &Report, lang: Lang) -> Table {
    let columns = [
        ("table.verdict", Column::Word),
        ("table.rule", Column::Word),
        ("table.title", Column::Text),
        ("table.found", Column::Number),
        ("table.required", Column::Number),
        ("terminal.uncovered", Column::Number),
        ("terminal.zones", Column::Number),
    ];
    let mut table = Table::new(columns.map(|(key, column)| (tr(key, lang), column)));
    let judged: Vec<(&RuleOutcome, &RuleReport)> = audit
        .findings
        .outcomes
        .iter()
        .zip(&report.rules)
        .filter(|(outcome, _)| outcome.verdict != Verdict::CannotJudge)
        .collect();
    for part in [Part::Binding, Part::Advisory, Part::NotConfirmed] {
        let rows: Vec<_> = judged.iter().filter(|(outcome, _)| Part::of(outcome) == part).collect();
        if let (false, Some(heading)) = (rows.is_empty(), part.heading()) {
            table.push_heading(tr(heading, lang));
        }
        for (outcome, rule) in rows {
            table.push(row(outcome, rule, lang));
        }
    }
    table
}

/// What a verdict is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Binding,
    Advisory,
    NotConfirmed,
}

impl Part {
    fn of(outcome: &RuleOutcome) -> Self {
        match (outcome.rule.cite.confidence, outcome.rule.force.binds()) {
            (Confidence::Low, _) => Self::NotConfirmed,
            (_, true) => Self::Binding,
            (_, false) => Self::Advisory,
        }
    }

    fn heading(self) -> Option<&'static str> {
        match self {
            Self::Binding => None,
            Self::Advisory => Some("terminal.advisory"),
            Self::NotConfirmed => Some("terminal.not_confirmed"),
        }
    }
}

fn row(outcome: &RuleOutcome, rule: &RuleReport, lang: Lang) -> Vec<Cell> {
    let colour = match outcome.verdict {
        Verdict::Met => Colour::Green,
        Verdict::Gap if outcome.rule.force.binds() => Colour::Red,
        _ => Colour::Yellow,
    };
    let (found, required) = found_and_required(&outcome.rule.criterion, &outcome.default, lang);
    let or_dash = |text: Option<String>| cell(text.unwrap_or_else(|| "—".to_owned()));
    vec![
        cell(verdict(outcome.verdict, lang)).in_colour(colour),
        cell(&outcome.rule.id),
        cell(plain_title(&outcome.rule, lang)),
        cell(found),
        cell(required),
        or_dash(rule.population_uncovered.map(|n| people(n, lang))),
        or_dash(rule.zones.as_ref().map(|zones| zones.count.to_string())),
    ]
}

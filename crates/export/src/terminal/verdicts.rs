//! The output of `lifering audit`: the table of verdicts and what explains it.
//!
//! In: an audit and its report. Out: text in one language. Rules that cannot be judged are grouped below the table.

use super::table::{cell, new_table, right};
use comfy_table::Color;
use lifering_base::issue::IssueCode;
use lifering_base::t;
use lifering_core::audit::Audit;
use lifering_report::report::Report;
use lifering_report::text::counted_sentence;
use lifering_report::text::lacking;
use lifering_report::text::list;
use lifering_report::text::survey;
use lifering_report::text::{Lang, amount, found_and_required, grouped, people, verdict};
use lifering_report::text::{baseline, gap_and_closing, input_layer, pick, tr, word};
use lifering_standards::evidence::Missing;
use lifering_standards::needs::Need;
use lifering_standards::outcome::{RuleOutcome, Verdict};

/// The text; with colours if asked, with the names of what every rule counted if `names`.
pub fn verdicts(audit: &Audit, report: &Report, lang: Lang, colour: bool, names: bool) -> String {
    let mut lines = head(audit, report, lang);
    if audit.findings.outcomes.iter().any(|o| o.verdict != Verdict::CannotJudge) {
        lines.push(rules(audit, lang, colour));
    }
    lines.extend(sentences(audit, report, lang));
    lines.extend(needs(audit, lang, colour));
    lines.extend(differing_counts(report, lang));
    lines.extend(not_judged(audit, lang));
    if names {
        lines.extend(counted_names(audit, lang));
    }
    lines.join("\n")
}

/// Region and standard, number of rules by verdict, people, grades of the data.
fn head(audit: &Audit, report: &Report, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
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
    if let (Some(factor), Some(to)) = (report.population.scale, report.parameters.population.scale_to) {
        let (people, factor) = (people(to, lang), format!("{factor:.4}"));
        lines.push(
            if let Some(year) = report.parameters.population.year {
                t!("summary.scaled_year", locale = locale, year = year, people = people, factor = factor)
            } else {
                t!("summary.scaled", locale = locale, people = people, factor = factor)
            }
            .into_owned(),
        );
    }
    let graded: Vec<String> = report
        .inputs
        .iter()
        .map(|input| format!("{} {}", input_layer(input, &audit.findings.standard, lang), word(&input.grade)))
        .collect();
    lines.push(t!("summary.grades", locale = locale, grades = list(&graded, lang)).into_owned());
    lines.push(survey::roads_at_a_glance(&report.quality.network, lang));
    for (code, key) in
        [(IssueCode::NoAmbulance, "summary.no_ambulance"), (IssueCode::GoesNowhere, "summary.goes_nowhere")]
    {
        let noted = report.inputs.iter().flat_map(|input| &input.issues).find(|issue| issue.code == code);
        lines.extend(noted.map(|issue| {
            let mut names: Vec<String> = issue.examples.iter().filter_map(|example| example.id.clone()).collect();
            if issue.count > names.len() {
                names.push("…".to_owned());
            }
            t!(key, locale = locale, n = issue.count, names = list(&names, lang)).into_owned()
        }));
    }
    lines.extend(
        report
            .datum_doubts
            .iter()
            .map(|doubt| format!("{}{}", survey::datum_doubt(doubt, lang), tr("summary.datum_help", lang))),
    );
    lines.extend(implausible(audit, report, lang));
    lines.extend(report.obeying.first().map(|of| survey::obeying(of, lang)));
    if report.region.illustrative {
        lines.push(t!("summary.illustrative", locale = locale).into_owned());
    }
    lines
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

/// The table of rules that could be judged.
fn rules(audit: &Audit, lang: Lang, colour: bool) -> String {
    let heads = ["table.rule", "table.title", "table.required", "table.found", "html.gap", "table.verdict"];
    let mut table = new_table(heads.map(|key| tr(key, lang)), colour);
    for outcome in audit.findings.outcomes.iter().filter(|o| o.verdict != Verdict::CannotJudge) {
        let (found, required) = found_and_required(&outcome.rule.criterion, &outcome.default, lang);
        let gap = gap_and_closing(outcome, lang).map_or_else(|| "—".to_owned(), |(gap, _)| gap);
        let advisory = if outcome.rule.force.binds() { String::new() } else { tr("table.advisory", lang) };
        let colour = match outcome.verdict {
            Verdict::Met => Color::Green,
            Verdict::Gap if outcome.rule.force.binds() => Color::Red,
            _ => Color::Yellow,
        };
        table.add_row(vec![
            cell(&outcome.rule.id),
            cell(title(outcome, lang)),
            right(required),
            right(found),
            right(gap),
            cell(format!("{}{advisory}", verdict(outcome.verdict, lang))).fg(colour),
        ]);
    }
    table.to_string()
}

/// The title of a rule, with the standard that it is filled in from if there is one.
fn title(outcome: &RuleOutcome, lang: Lang) -> String {
    let title = pick(&outcome.rule.title, lang);
    outcome.rule.filled_from.as_ref().map_or_else(
        || title.to_owned(),
        |from| t!("table.from", locale = lang.locale(), title = title, from = from).into_owned(),
    )
}

/// A sentence on every rule that is not met or depends on its reading: clause, figure, gap, remedy.
fn sentences(audit: &Audit, report: &Report, lang: Lang) -> Vec<String> {
    let open = |o: &RuleOutcome| matches!(o.verdict, Verdict::Gap | Verdict::Depends);
    let both = audit.findings.outcomes.iter().zip(&report.rules).filter(|(outcome, _)| open(outcome));
    both.map(|(outcome, rule)| {
        let sentence = if lang == Lang::Zh { &rule.sentence_zh } else { &rule.sentence };
        let counted = rule.counted.as_ref().map(|counted| counted_sentence(&outcome.rule.criterion, counted, lang));
        let counted = counted.map_or_else(String::new, |counted| format!("\n  {counted}"));
        format!("{} {sentence}{counted}", outcome.rule.id)
    })
    .collect()
}

/// The names of what each rule counted, under the words for it.
fn counted_names(audit: &Audit, lang: Lang) -> Vec<String> {
    let evidence = audit.city.evidence();
    let mut lines = vec![tr("why.counted_title", lang)];
    for outcome in &audit.findings.outcomes {
        let Ok(counted) = evidence.counted_by(&outcome.rule.criterion) else { continue };
        let all: Vec<&str> = counted.certain.iter().map(|i| evidence.sites[*i].name.as_str()).collect();
        if !all.is_empty() {
            let names = list(&all, lang);
            let id = &outcome.rule.id;
            lines.push(t!("why.counted_names", locale = lang.locale(), id = id, names = names).into_owned());
        }
    }
    lines
}

/// The need of each rule for the people of the region and for the standard's populations by year.
fn needs(audit: &Audit, lang: Lang, colour: bool) -> Option<String> {
    let judged = |o: &&RuleOutcome| o.needs.len() > 1 && o.verdict != Verdict::CannotJudge;
    let rows: Vec<&RuleOutcome> = audit.findings.outcomes.iter().filter(judged).collect();
    let first = rows.first()?;
    let of = |need: &Need| match need.year {
        None => t!("needs.now", locale = lang.locale(), people = people(need.population, lang)).into_owned(),
        Some(year) => {
            t!("needs.year", locale = lang.locale(), year = year, people = people(need.population, lang)).into_owned()
        }
    };
    let mut heads = vec![tr("table.rule", lang), tr("needs.title", lang), tr("html.have", lang)];
    heads.extend(first.needs.iter().map(of));
    let mut table = new_table(heads, colour);
    for outcome in rows {
        let default = &outcome.default;
        // The count of a share is its part.
        let have = default.have.or(default.part_and_whole.map(|of| of.part));
        let mut row = vec![cell(&outcome.rule.id), cell(title(outcome, lang))];
        row.push(right(have.map_or_else(|| "—".to_owned(), amount)));
        row.extend(outcome.needs.iter().map(|need| right(grouped(need.need as f64))));
        table.add_row(row);
    }
    Some(table.to_string())
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

/// Whether two rules lack the same: the same layer, whatever the attributes, or equal data.
fn same_data(one: &Missing, other: &Missing) -> bool {
    match (one, other) {
        (Missing::Layer { layer: a, .. }, Missing::Layer { layer: b, .. }) => a == b,
        _ => one == other,
    }
}

/// Rules that cannot be judged, grouped by the missing data.
fn not_judged(audit: &Audit, lang: Lang) -> Vec<String> {
    let mut groups: Vec<(Missing, Vec<String>)> = Vec::new();
    for outcome in audit.findings.outcomes.iter().filter(|o| o.verdict == Verdict::CannotJudge) {
        let Some(missing) = &outcome.default.missing else { continue };
        let rule = format!("{} {}", outcome.rule.id, title(outcome, lang));
        match groups.iter_mut().find(|(known, _)| same_data(known, missing)) {
            Some((known, rules)) => {
                rules.push(rule);
                if let (Missing::Layer { attributes, .. }, Missing::Layer { attributes: more, .. }) = (known, missing) {
                    attributes
                        .extend(more.iter().filter(|name| !attributes.contains(name)).cloned().collect::<Vec<_>>());
                }
            }
            None => groups.push((missing.clone(), vec![rule])),
        }
    }
    let (between, colon) = if lang == Lang::Zh { ("；", "：") } else { ("; ", ": ") };
    let mut lines: Vec<String> = groups
        .into_iter()
        .map(|(missing, rules)| {
            format!("  {}{colon}{}", lacking(&missing, &audit.findings.standard, lang), rules.join(between))
        })
        .collect();
    if !lines.is_empty() {
        lines.insert(0, tr("html.not_judged", lang));
    }
    lines
}

//! The first page: the verdict in one sentence, key figures, the table of rules; rules that cannot be judged follow
//! apart.

use crate::html::page::{Page, verdict_class};
use lifering_base::t;
use lifering_report::text::survey;
use lifering_report::text::{Lang, amount, found_and_required, grouped, people};
use lifering_report::text::{
    baseline, force, gap_and_closing, km2, pick, region_name, tr, whole_verdict, why_in_words,
};
use lifering_standards::outcome::{RuleOutcome, Verdict};
use maud::{Markup, html};

/// The first page.
pub fn front(page: &Page<'_>) -> Markup {
    let standard = if page.lang == Lang::Zh { &page.report.standard.title } else { &page.report.standard.title_en };
    html! {
        section.page.front {
            header {
                p.over { (page.tr("html.kind")) }
                h1 { (region_name(page.report)) }
                p.against { (page.tr("html.against")) (standard) }
                (super::scenario::headline(page))
                @if page.report.region.illustrative { p.stamp { (page.tr("summary.illustrative")) } }
            }
            p.verdict { (whole_verdict(page.report, page.lang)) }
            @if let Some(worst) = worst(page) { p.lead { strong { (page.tr("html.largest_gap")) } (worst) } }
            @for doubt in &page.report.datum_doubts { p.lead { strong { (page.tr("html.datum_doubt")) } (survey::datum_doubt(doubt, page.lang)) } }
            (figures(page))
            (table(page))
            (needs(page))
            (differing_counts(page))
        }
        (not_judged(page))
    }
}

/// The binding gap with most people uncovered, as a sentence; a gap under every reading precedes one that depends on
/// it.
fn worst(page: &Page<'_>) -> Option<String> {
    page.rules()
        .filter(|(_, outcome, _)| outcome.rule.force.binds() && outcome.default.verdict == Verdict::Gap)
        .filter_map(|(_, outcome, rule)| {
            Some((outcome.verdict == Verdict::Gap, outcome.default.uncovered?, outcome, rule))
        })
        .max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .map(|(_, _, outcome, rule)| {
            let between = if page.lang == Lang::Zh { "：" } else { ": " };
            format!("{} {}{between}{}", outcome.rule.id, page.title(outcome), page.why(rule))
        })
}

fn figures(page: &Page<'_>) -> Markup {
    let report = page.report;
    let ambulances: f64 = page.audit.city.records().stations.iter().filter_map(|s| s.number("ambulances")).sum();
    let tiles = [
        (people(report.population.inside, page.lang), "html.people_inside"),
        (km2(report.region.boundary_km2 * 1e6, page.lang), "html.area"),
        (grouped(page.audit.city.records().stations.len() as f64), "html.stations"),
        (if ambulances > 0.0 { amount(ambulances) } else { "—".to_owned() }, "html.vehicles"),
        (kilometres(report.network.length_km, page.lang), "html.road_length"),
    ];
    html! { dl.tiles { @for (value, label) in tiles { div { dd { (value) } dt { (page.tr(label)) } } } } }
}

/// Kilometres as text.
fn kilometres(km: f64, lang: Lang) -> String {
    t!("unit.kilometres", locale = lang.locale(), n = grouped(km)).into_owned()
}

fn table(page: &Page<'_>) -> Markup {
    let heads =
        ["table.rule", "table.title", "table.required", "table.found", "html.gap", "html.closes", "table.verdict"];
    html! {
        h2 { (page.tr("html.rules")) }
        div.wide { table.rules.cards {
            thead { tr { @for (i, key) in heads.iter().enumerate() { th class=[(2..=4).contains(&i).then_some("num")] { (page.tr(key)) } } } }
            tbody {
                @for (_, outcome, _) in page.rules() {
                    @if outcome.verdict != Verdict::CannotJudge { (row(page, outcome)) }
                }
            }
        } }
        p.small { (page.tr("html.rules_note")) }
    }
}

fn row(page: &Page<'_>, outcome: &RuleOutcome) -> Markup {
    let (found, required) = found_and_required(&outcome.rule.criterion, &outcome.default, page.lang);
    let (gap, closing) = gap_and_closing(outcome, page.lang).unwrap_or_else(|| ("—".to_owned(), "—".to_owned()));
    let binding = outcome.rule.force.binds();
    let linked = binding && matches!(outcome.verdict, Verdict::Gap | Verdict::Depends);
    let year = outcome.rule.year.map(|y| format!(" · {y}")).unwrap_or_default();
    html! {
        tr class=(if binding { verdict_class(outcome.verdict) } else { "advisory" }) {
            td.id { @if linked { a href=(format!("#{}", outcome.rule.id)) { (outcome.rule.id) } } @else { (outcome.rule.id) } }
            td.what {
                (page.title(outcome))
                span.sub { (force(outcome.rule.force, page.lang)) (year)
                    @if let Some(from) = &outcome.rule.filled_from {
                        br; (t!("standards.filled_from", locale = page.lang.locale(), from = from))
                    }
                }
            }
            td.num.required data-head=(page.tr("table.required")) { (required) }
            td.num.found data-head=(page.tr("table.found")) { (found) }
            td.num.missing data-head=(page.tr("html.gap")) { (gap) }
            td.closing data-head=(page.tr("html.closes")) { (closing) }
            td.judged { (page.chip(outcome.verdict)) }
        }
    }
}

/// The need of each rule for the people of the region and for the standard's populations by year.
fn needs(page: &Page<'_>) -> Markup {
    let judged = |o: &&RuleOutcome| o.needs.len() > 1 && o.verdict != Verdict::CannotJudge;
    let rows: Vec<&RuleOutcome> = page.audit.findings.outcomes.iter().filter(judged).collect();
    let Some(first) = rows.first() else { return html! {} };
    let locale = page.lang.locale();
    html! {
        h3 { (page.tr("needs.title")) }
        div.wide { table {
            thead { tr {
                th { (page.tr("table.rule")) } th { (page.tr("table.title")) } th.num { (page.tr("html.have")) }
                @for need in &first.needs {
                    @let of = people(need.population, page.lang);
                    th.num { @match need.year {
                        Some(year) => (t!("needs.year", locale = locale, year = year, people = of)),
                        None => (t!("needs.now", locale = locale, people = of)),
                    } }
                }
            } }
            tbody { @for outcome in rows {
                // The count of a share is its part.
                @let have = outcome.default.have.or(outcome.default.part_and_whole.map(|of| of.part));
                tr {
                    td.id { (outcome.rule.id) }
                    td { (page.title(outcome)) }
                    td.num { (have.map_or_else(|| "—".to_owned(), amount)) }
                    @for need in &outcome.needs { td.num { (grouped(need.need as f64)) } }
                }
            } }
        } }
    }
}

/// Layers with another count than the standard's own.
fn differing_counts(page: &Page<'_>) -> Markup {
    let differing: Vec<_> = page.report.baselines.iter().filter(|b| b.differs).collect();
    if differing.is_empty() {
        return html! {};
    }
    html! {
        h3 { (page.tr("baseline.title")) }
        ul { @for differs in differing { li { (baseline(differs, page.lang)) } } }
    }
}

/// Rules that cannot be judged, and the data that is missing.
fn not_judged(page: &Page<'_>) -> Markup {
    let open: Vec<_> = page.rules().filter(|(_, o, _)| o.verdict == Verdict::CannotJudge).collect();
    if open.is_empty() {
        return html! {};
    }
    html! {
        section.page.open {
            (page.running_head())
            h2 { (page.tr("html.not_judged")) }
            p { (page.tr("html.not_judged_note")) }
            div.wide { table.open.cards {
                thead { tr { th { (page.tr("table.rule")) } th { (page.tr("table.title")) } th.num { (page.tr("table.required")) } th { (page.tr("html.missing")) } } }
                tbody {
                    @for (_, outcome, _) in open {
                        @let (_, required) = found_and_required(&outcome.rule.criterion, &outcome.default, page.lang);
                        tr {
                            td.id { (outcome.rule.id) }
                            td.what { (page.title(outcome)) span.sub { (force(outcome.rule.force, page.lang)) } }
                            td.num.required data-head=(page.tr("table.required")) { (required) }
                            td.closing { (why_in_words(outcome, &page.audit.findings.standard, page.lang)) }
                        }
                    }
                }
            } }
            @if !page.report.standard.silent_on.is_empty() {
                h3 { (page.tr("html.silent")) }
                ul { @for silent in &page.report.standard.silent_on {
                    li { (pick(&silent.topic, page.lang))
                        @if !silent.filled_by.is_empty() { " — " (tr("html.filled_by", page.lang)) (silent.filled_by.join(", ")) } }
                } }
            }
        }
    }
}

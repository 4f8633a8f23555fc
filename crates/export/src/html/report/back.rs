//! The last pages: stations, readings side by side, data quality, assumptions, parameters.

use super::parameters::parameters;
use super::quality::quality;
use crate::html::page::Page;
use crate::html::readings::readings;
use lifering_report::text::{amount, people, percent, station_note};
use lifering_report::text::{kind, pick};
use lifering_standards::outcome::{RuleOutcome, Verdict};
use maud::{Markup, html};

/// The last pages.
pub fn back(page: &Page<'_>) -> serde_json::Result<Markup> {
    Ok(html! {
        (stations(page))
        (all_readings(page))
        (quality(page))
        (assumptions(page))
        (parameters(page)?)
    })
}

/// Stations, those that are first for most people on top.
fn stations(page: &Page<'_>) -> Markup {
    let audit = page.audit;
    let lang = page.lang;
    let most = audit.findings.stations.iter().map(|s| s.people_first).fold(1.0, f64::max);
    let mut figures: Vec<_> = audit.findings.stations.iter().collect();
    figures.sort_by(|a, b| b.people_first.total_cmp(&a.people_first).then(a.site.cmp(&b.site)));
    if figures.is_empty() {
        return html! {};
    }
    html! {
        section.page.first {
            (page.running_head())
            h2 { (page.tr("html.stations_title")) }
            p { (page.tr("html.stations_note")) }
            div.wide { table {
                thead { tr {
                    th { (page.tr("html.station")) } th { (page.tr("html.kind_of")) } th.num { (page.tr("html.vehicles")) }
                    th { (page.tr("html.people_first")) } th.num { (page.tr("html.people_in_time")) }
                } }
                tbody { @for figure in figures {
                    @let site = &audit.city.records().stations[figure.site];
                    @let note = station_note(audit, figure, lang);
                    @let in_time = if figure.people_first > 0.0 { percent(figure.people_in_time / figure.people_first) } else { "—".to_owned() };
                    tr {
                        td { (site.name) @if !note.is_empty() { span.sub { (note) } } }
                        td { (site.text("kind").map_or_else(|| "—".to_owned(), |k| kind(k, lang))) }
                        td.num { (site.number("ambulances").map_or_else(|| "—".to_owned(), amount)) }
                        td { (Page::bar(figure.people_first / most, "plain", &people(figure.people_first, lang))) }
                        td.num { (in_time) }
                    }
                } }
            } }
        }
    }
}

/// Readings of rules that have no page of their own, if at least one reading could be judged.
fn all_readings(page: &Page<'_>) -> Markup {
    let paged: Vec<usize> = page.paged().map(|(position, _, _)| position).collect();
    let judged = |outcome: &RuleOutcome| {
        std::iter::once(&outcome.default).chain(&outcome.readings).any(|o| o.verdict != Verdict::CannotJudge)
    };
    let with: Vec<_> = page
        .rules()
        .filter(|(position, outcome, _)| !outcome.readings.is_empty() && !paged.contains(position) && judged(outcome))
        .collect();
    if with.is_empty() {
        return html! {};
    }
    html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("html.other_readings")) }
            p { (page.tr("html.readings_note")) }
            @for (_, outcome, _) in with {
                h3 { span.id { (outcome.rule.id) } " " (page.title(outcome)) " " (page.chip(outcome.verdict)) }
                (readings(page, outcome))
            }
        }
    }
}

/// Assumptions of the rules.
fn assumptions(page: &Page<'_>) -> Markup {
    let with: Vec<_> = page.rules().filter(|(_, _, rule)| !rule.assumed.is_empty()).collect();
    if with.is_empty() {
        return html! {};
    }
    html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("html.assumptions")) }
            p { (page.tr("html.assumptions_note")) }
            div.wide { table { tbody { @for (_, outcome, rule) in with {
                tr {
                    td.id { (outcome.rule.id) }
                    td { (page.title(outcome)) }
                    td { ul { @for assumed in &rule.assumed { li { (pick(&assumed.text, page.lang)) } } } }
                }
            } } } }
        }
    }
}

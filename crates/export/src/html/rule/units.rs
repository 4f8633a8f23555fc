//! The table of a rule's units.

use super::content::Content;
use crate::html::page::{Page, verdict_class};
use lifering_base::t;
use lifering_report::text::level as level_name;
use lifering_report::text::{amount, people, percent, plain};
use lifering_standards::catalogue::Criterion;
use lifering_standards::outcome::AreaOutcome;
use maud::{Markup, html};

/// Most rows of the table; the other units are in report.xlsx.
pub const UNITS: usize = 70;

/// The table of units; `printed` of them on paper.
pub fn units(content: &Content<'_>, printed: usize) -> Markup {
    let Content { page, outcome, units, .. } = content;
    let Some((level, _)) = units.first().copied() else { return html! {} };
    let all = units.len();
    let hidden = all.saturating_sub(UNITS);
    let areas = &units[..all.min(UNITS)];
    let covering = areas.iter().any(|(_, a)| a.uncovered.is_some());
    let lang = page.lang;
    let more = |n: usize| t!("html.more_units", locale = lang.locale(), n = n);
    html! {
        div.units {
        h3 { (t!("html.units", locale = lang.locale(), level = level_name(level, &page.audit.findings.standard, lang))) }
        div.wide { table {
            thead { tr {
                th { (page.tr("html.unit_name")) } th.num { (page.tr("html.population")) }
                @if covering { th { (page.tr("html.covered")) } th.num { (page.tr("html.uncovered")) } }
                @else { th.num { (page.tr("html.need")) } th.num { (page.tr("html.have")) } th { (page.tr("html.have_of_need")) } }
                th { (page.tr("table.verdict")) }
            } }
            tbody { @for (n, (_, area)) in areas.iter().enumerate() {
                tr class=[(n >= printed).then_some("screen-only")] {
                    td { (area.name) }
                    td.num { (people(area.people, lang)) }
                    @if covering {
                        td { @if let Some(value) = area.value { (Page::bar(value, verdict_class(area.verdict), &percent(value))) } }
                        td.num { (people(area.uncovered.unwrap_or(0.0), lang)) }
                    } @else { (counted(area)) }
                    td { (page.chip(area.verdict)) }
                }
            } }
        } }
        @if matches!(outcome.rule.criterion, Criterion::PerPopulation(_) | Criterion::Share(_)) { p.small { (page.tr("html.units_whole")) } }
        @if hidden > 0 { p.small.screen-only { (more(hidden)) } }
        @if all > printed { p.small.print-only { (more(all - printed)) } }
        }
    }
}

/// Need, count and their ratio.
fn counted(area: &AreaOutcome) -> Markup {
    let share = match (area.need, area.have, area.value) {
        (Some(need), Some(have), _) if need > 0 => Some(have / need as f64),
        (None, None, Some(value)) => Some(value),
        _ => None,
    };
    html! {
        td.num { (area.need.map_or("—".to_owned(), |n| n.to_string())) }
        td.num { (area.have.map_or("—".to_owned(), amount)) }
        td { @if let Some(share) = share { (Page::bar(share, verdict_class(area.verdict), &format!("{}%", plain(share * 100.0, 0)))) } }
    }
}

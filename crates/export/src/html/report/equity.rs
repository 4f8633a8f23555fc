//! How evenly help arrives: the spread of arrival times over people, and the units where they wait longest.
//!
//! In: the equity of the report. Out: a page; nothing if the standard has no rule on driving times.

use crate::html::chart::curve;
use crate::html::page::Page;
use lifering_base::t;
use lifering_report::report::{SpreadReport, UnitSpreadReport};
use lifering_report::text::{minutes, people, percent};
use maud::{Markup, html};

/// Most rows of the table; the other units are in audit.json.
const UNITS: usize = 40;

/// The page.
pub fn equity(page: &Page<'_>) -> Markup {
    let (Some(equity), Some(found)) = (&page.report.equity, &page.audit.findings.equity) else { return html! {} };
    let outcome = &page.audit.findings.outcomes[found.rule];
    let mut units: Vec<&UnitSpreadReport> = equity.units.iter().collect();
    units.sort_by(|a, b| b.spread.over_limit.total_cmp(&a.spread.over_limit).then_with(|| a.name.cmp(&b.name)));
    let hidden = units.len().saturating_sub(UNITS);
    let whole = &equity.whole;
    html! {
        section.page.equity {
            (page.running_head())
            h2 { (page.tr("html.equity")) }
            p { (t!("html.equity_note", locale = page.lang.locale(), rule = outcome.rule.id, title = page.title(outcome))) }
            dl.facts {
                div { dt { (page.tr("html.median")) } dd { (time(whole.median_s, page)) } }
                div { dt { (page.tr("html.p90")) } dd { (time(whole.p90_s, page)) } }
                div { dt { (page.tr("html.gini")) } dd { (whole.gini.map_or_else(|| "—".to_owned(), |gini| format!("{gini:.2}"))) } }
                div { dt { (page.tr("html.over_limit")) } dd { (people(whole.over_limit, page.lang)) } }
            }
            @if let Some(of) = page.audit.findings.curves.get(&found.rule) { (curve(page, of, None)) }
            @if !units.is_empty() {
                div.wide { table.cards.spread {
                    thead { tr {
                        th { (page.tr("html.unit_name")) } th.num { (page.tr("html.population")) }
                        th.num { (page.tr("html.median")) } th.num { (page.tr("html.p90")) }
                        th { (page.tr("html.over_limit")) } th.num { (page.tr("html.worst_tenth")) }
                    } }
                    tbody { @for unit in units.iter().take(UNITS) { (row(page, unit, whole)) } }
                } }
                @if hidden > 0 { p.small { (t!("html.more_units", locale = page.lang.locale(), n = hidden)) } }
            }
            p.small { (page.tr("html.gini_note")) }
        }
    }
}

/// A unit: its bar is its share of all people over the limit.
fn row(page: &Page<'_>, unit: &UnitSpreadReport, whole: &SpreadReport) -> Markup {
    let spread = &unit.spread;
    let share = if whole.over_limit > 0.0 { spread.over_limit / whole.over_limit } else { 0.0 };
    let worst = spread.worst_tenth / spread.people;
    html! {
        tr {
            td.what { (unit.name) }
            td.num data-head=(page.tr("html.population")) { (people(spread.people, page.lang)) }
            td.num data-head=(page.tr("html.median")) { (time(spread.median_s, page)) }
            td.num data-head=(page.tr("html.p90")) { (time(spread.p90_s, page)) }
            td data-head=(page.tr("html.over_limit")) { (Page::bar(share, "gap", &people(spread.over_limit, page.lang))) }
            td.num data-head=(page.tr("html.worst_tenth")) { (percent(worst)) }
        }
    }
}

/// A time; people who are never reached have none.
fn time(seconds: Option<f64>, page: &Page<'_>) -> String {
    seconds.map_or_else(|| page.tr("html.never_reached"), |seconds| minutes(seconds, page.lang))
}

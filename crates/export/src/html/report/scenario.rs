//! The scenario of a report: what is changed, and every rule before and after.

use crate::html::page::Page;
use lifering_report::report::{BeforeReport, ScenarioReport};
use lifering_report::text::{self, edit, people};
use maud::{Markup, html};

/// The line under the title that names scenario and base.
pub fn headline(page: &Page<'_>) -> Markup {
    let Some(scenario) = &page.report.scenario else { return html! {} };
    html! { p.against { (text::scenario(scenario, page.lang)) } }
}

/// The edits, and the rules that they change.
pub fn changes(page: &Page<'_>) -> Markup {
    let Some(scenario) = &page.report.scenario else { return html! {} };
    html! {
        section.page {
            (page.running_head())
            h2 { (scenario.name) }
            @if let Some(note) = &scenario.note { p { (note) } }
            ol { @for change in &scenario.edits { li { (edit(change, page.lang)) } } }
            @for change in &scenario.rebased { p.small { (change.message().text(page.lang.locale())) } }
            @if !scenario.before.is_empty() { (rules(page, scenario)) }
        }
    }
}

fn rules(page: &Page<'_>, scenario: &ScenarioReport) -> Markup {
    let rows = page.rules().filter_map(|(_, outcome, rule)| {
        let before = scenario.before.iter().find(|before| before.rule == rule.id)?;
        Some((outcome, rule, before))
    });
    let uncovered = |people_left: Option<f64>| people_left.map_or_else(String::new, |left| people(left, page.lang));
    let of_before = |before: &BeforeReport| uncovered(before.population_uncovered);
    html! {
        div.wide { table.rules.cards {
            thead { tr {
                th { (page.tr("table.rule")) } th { (page.tr("table.title")) }
                th { (page.tr("scenario.before")) } th.num { (page.tr("html.gap")) }
                th { (page.tr("scenario.after")) } th.num { (page.tr("html.gap")) }
            } }
            tbody { @for (outcome, rule, before) in rows { tr {
                td.id { (rule.id) }
                td.what { (page.title(outcome)) }
                td.judged { (page.chip(before.verdict)) }
                td.num { (of_before(before)) }
                td.judged { (page.chip(outcome.verdict)) }
                td.num { (uncovered(rule.population_uncovered)) }
            } } }
        } }
    }
}

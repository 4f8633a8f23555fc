//! The page of one rule that is not met: sentence, source, map, worst zones, curve, units, readings, assumptions.
//!
//! In: a rule of an audit. Out: a `<section>` laid out for A4. `content` gathers the parts, `heights` estimates their
//! heights in print, `paper` decides the layout.

mod content;
mod heights;
mod paper;
mod text;
mod theme;
mod units;
mod zones;

use super::chart;
use super::map::{Drawing, figure};
use super::page::Page;
use super::readings::readings;
use content::Content;
use heights::heights;
use lifering_report::report::RuleReport;
use lifering_report::text::pick;
use lifering_standards::catalogue::{Criterion, Statistic};
use lifering_standards::outcome::RuleOutcome;
use maud::{Markup, html};
use paper::Break;
use text::{area, counted, facts, source};
use theme::theme;
use units::units;
use zones::worst_zones;

/// The page of one rule.
pub fn page_of(page: &Page<'_>, position: usize, outcome: &RuleOutcome, rule: &RuleReport) -> Markup {
    let content = Content::new(page, position, outcome, rule);
    let Content { zones, curve, .. } = content;
    let theme = theme(&content);
    let drawing = Drawing::new(page, &theme);
    let layout = heights(&content, &drawing).layout();
    let units = units(&content, layout.units);
    let starts = |part: Break| if layout.before == part { "part sheet-start" } else { "part" };
    html! {
        section.page.rule id=(outcome.rule.id) style=(format!("--map:{:.0}mm", layout.map_mm)) {
            (page.running_head())
            h2 { span.id { (outcome.rule.id) } " " (page.title(outcome)) " " (page.chip(outcome.verdict)) }
            p.lead { (page.why(rule)) }
            blockquote {
                p { (rule.cite.quote) }
                footer { (source(&content)) @if let Some(counted) = counted(&content) { br; (counted) } }
            }
            dl.facts { @for (key, value) in facts(&content) { div { dt { (page.tr(key)) } dd { (value) } } } }
            div.body {
                @if layout.beside { div.beside { (figure(page, &theme, &drawing)) (units) } }
                @else { (figure(page, &theme, &drawing)) }
                @if let Some(zones) = zones {
                    div class=(starts(Break::Zones)) { p { (area(&content, zones)) } (worst_zones(&content, zones)) }
                }
                @if let Some(curve) = curve {
                    div class=(starts(Break::Curve)) {
                        h3 { (page.tr("html.curve")) }
                        (chart::curve(page, curve, required_share(&outcome.rule.criterion)))
                    }
                }
                @if !layout.beside { div class=(if curve.is_none() { starts(Break::Curve) } else { "part" }) { (units) } }
                div.part.last {
                    @if !outcome.readings.is_empty() { h3 { (page.tr("html.readings")) } (readings(page, outcome)) }
                    @if !rule.assumed.is_empty() {
                        h3 { (page.tr("html.assumed")) }
                        ul { @for assumed in &rule.assumed { li { (pick(&assumed.text, page.lang)) } } }
                    }
                    @if let Some(note) = &rule.note { p.small { (pick(note, page.lang)) } }
                }
            }
        }
    }
}

/// The share of people that must be within the limit; `None` if the rule is not about a share.
fn required_share(criterion: &Criterion) -> Option<f64> {
    match criterion {
        Criterion::Radius(rule) => Some(rule.min_share),
        Criterion::TravelTime(rule) => match rule.statistic {
            Statistic::Share { min_share } => Some(min_share),
            Statistic::P90 => Some(0.9),
            Statistic::Mean | Statistic::Max => None,
        },
        _ => None,
    }
}

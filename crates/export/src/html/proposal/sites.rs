//! The proposed sites in their order, and the curve over the number of sites.

use super::ProposalPage;
use lifering_base::t;
use lifering_report::proposal::SiteReport;
use lifering_report::text::list;
use lifering_report::text::proposal::{marked, objective, reopened, ties};
use lifering_report::text::{kilometres, minutes, people};
use maud::{Markup, html};

/// Most units listed for one site.
const UNITS: usize = 4;

/// The table of sites and the curve.
pub fn sites(plan: &ProposalPage<'_>) -> Markup {
    let (page, report) = (&plan.page, plan.report);
    let lang = page.lang;
    let heads = [
        "propose.table.order",
        "propose.table.site",
        "propose.table.unit",
        "propose.table.new",
        "propose.table.objective",
        "plan.units",
        "propose.table.closed",
        "propose.table.next",
    ];
    html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("plan.order")) }
            p.small { (page.tr("plan.order_note")) }
            div.wide { table {
                thead { tr { @for key in heads { th { (page.tr(key)) } } } }
                tbody { @for site in &report.sites { (site_row(plan, site)) } }
            } }
            @if let Some(text) = ties(report, lang) { p { (text) } }
            @if let Some(text) = reopened(report, lang) { p { (text) } }
            @if !report.given_up.is_empty() {
                p { (t!("propose.given_up", locale = lang.locale(), sites = list(&report.given_up, lang))) }
            }
            (curve(plan))
        }
    }
}

fn site_row(plan: &ProposalPage<'_>, site: &SiteReport) -> Markup {
    let (page, report) = (&plan.page, plan.report);
    let lang = page.lang;
    let Some(ground) = &site.ground else { return html! {} };
    let closed = ground.zones.iter().filter(|zone| zone.closed).count();
    html! {
        tr {
            td.num { (site.order) }
            td { (marked(&ground.name, Some(ground.origin), lang)) br; span.sub { (site.id) " · " (format!("{:.5}, {:.5}", ground.lon, ground.lat)) } }
            td { (ground.unit.as_deref().unwrap_or("—")) }
            td.num { (site.people_new.map_or_else(|| people(ground.people_first, lang), |n| people(n, lang))) }
            td.num { (objective(report, site.objective, lang)) }
            td { @for unit in ground.units.iter().take(UNITS) {
                div { (unit.name) " " (mean(plan, unit.mean_before)) span.arrow { "→" } (mean(plan, unit.mean_after)) }
            } }
            td.num { (closed) " / " (ground.zones.len()) }
            td { @for next in &site.next_best {
                div { (marked(next.name.as_deref().unwrap_or(&next.id), next.origin, lang)) " " span.sub { (objective(report, Some(next.objective), lang)) } }
            } }
        }
    }
}

/// A mean time, or a mean distance if the rule has a limit in metres.
fn mean(plan: &ProposalPage<'_>, value: Option<f64>) -> String {
    let lang = plan.page.lang;
    match value {
        None => "—".to_owned(),
        Some(metres) if plan.report.limit_m.is_some() => kilometres(metres, lang),
        Some(seconds) => minutes(seconds, lang),
    }
}

/// The objective of 1 to N sites: optimum, bound, greedy order.
fn curve(plan: &ProposalPage<'_>) -> Markup {
    let (page, report) = (&plan.page, plan.report);
    let lang = page.lang;
    if report.curve.len() < 2 {
        return html! {};
    }
    let heads = ["plan.number", "plan.best", "plan.bound", "plan.greedy", "plan.regret"];
    html! {
        h3 { (page.tr("plan.curve")) }
        p.small { (page.tr("plan.curve_note")) }
        div.wide { table {
            thead { tr { @for key in heads { th.num { (page.tr(key)) } } } }
            tbody { @for point in &report.curve {
                tr {
                    td.num { (point.sites) }
                    td.num { (objective(report, point.objective, lang)) }
                    td.num { @if point.proven { (page.tr("plan.proven")) } @else { (objective(report, Some(point.bound), lang)) } }
                    td.num { (objective(report, point.greedy, lang)) }
                    td.num { @if let Some(site) = report.sites.get(point.sites.wrapping_sub(1)) { (objective(report, site.regret, lang)) } }
                }
            } }
        } }
    }
}

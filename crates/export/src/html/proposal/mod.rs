//! proposal.html: the proposed sites, their effect, and the proof.
//!
//! In: a proposal on a region and its report. Out: a document like report.html. People beyond the help of any site come
//! first.

mod back;
mod maps;
mod rules;
mod sites;

use super::document::{Head, document};
use super::page::Page;
use lifering_core::plan::Proposal;
use lifering_core::plan::region::OnTheGround;
use lifering_report::proposal::ProposalReport;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use lifering_report::text::proposal::{cannot_be_helped, headline, proof};
use lifering_report::text::{pick, region_name};
use maud::{Markup, html};

/// The input of every part of the document.
struct ProposalPage<'a> {
    /// The region after.
    page: Page<'a>,
    /// The region before, for its map.
    before: Page<'a>,
    /// The region before and after, with the sites.
    ground: &'a OnTheGround,
    proposal: &'a Proposal,
    report: &'a ProposalReport,
}

/// proposal.html. `ground` is the proposal's own.
pub fn proposal(
    proposal: &Proposal,
    ground: &OnTheGround,
    report: &ProposalReport,
    lang: Lang,
) -> serde_json::Result<Vec<u8>> {
    let (before, after) = (Report::new(&ground.before), Report::new(&ground.after));
    let page = Page::new(&ground.after, &after, lang);
    let plan = ProposalPage { page, before: Page::new(&ground.before, &before, lang), ground, proposal, report };
    let title = format!("{} — {}", after.region.name, plan.page.tr("plan.kind"));
    let head = Head { lang, title: &title, version: report.tool.version, more_style: "" };
    let body = html! {
        body.plan {
            (plan.page.base.definitions())
            main { (front(&plan)) (sites::sites(&plan)) (rules::rules(&plan)) (back::back(&plan)?) }
        }
    };
    Ok(document(&head, &body))
}

/// The first page.
fn front(plan: &ProposalPage<'_>) -> Markup {
    let (page, report) = (&plan.page, plan.report);
    let lang = page.lang;
    let rule = &plan.ground.before.findings.outcomes[plan.ground.rule].rule;
    html! {
        section.page.front {
            header {
                p.over { (page.tr("plan.kind")) }
                h1 { (region_name(page.report)) }
                p.against { (rule.id) " " (pick(&rule.title, lang)) " · " (page.tr(goal_key(report))) }
                @if page.report.region.illustrative { p.stamp { (page.tr("summary.illustrative")) } }
            }
            p.verdict { (headline(report, lang)) }
            p.lead { (proof(report, lang)) }
            p.lead { (cannot_be_helped(report, lang)) }
            (maps::tiles(plan))
            div.pair {
                div { h3 { (page.tr("propose.table.before")) } (maps::map(plan, false)) }
                div { h3 { (page.tr("propose.table.after")) } (maps::map(plan, true)) }
            }
        }
    }
}

/// The key of the goal in the catalogue.
fn goal_key(report: &ProposalReport) -> &'static str {
    lifering_report::text::proposal::goal_key(report.goal)
}

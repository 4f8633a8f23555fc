//! The rules that the sites change.

use super::ProposalPage;
use crate::html::page::verdict_class;
use lifering_base::t;
use lifering_report::text::Lang;
use lifering_report::text::proposal::state;
use maud::{Markup, html};

/// The table of rules.
pub fn rules(plan: &ProposalPage<'_>) -> Markup {
    let (page, report) = (&plan.page, plan.report);
    let Some(region) = &report.region else { return html! {} };
    let still = region.rules.iter().filter(|rule| !rule.moved).count();
    html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("plan.rules")) }
            p.small { (page.tr("plan.rules_note")) }
            div.wide { table.rules {
                thead { tr {
                    @for key in ["table.rule", "table.title", "propose.table.before", "propose.table.after"] { th { (page.tr(key)) } }
                } }
                tbody { @for rule in region.rules.iter().filter(|rule| rule.moved) {
                    tr class=(verdict_class(rule.after.verdict)) {
                        td.id { (rule.id) }
                        td { (if page.lang == Lang::Zh { &rule.title } else { &rule.title_en }) }
                        td { (page.chip(rule.before.verdict)) " " (state(&rule.before, page.lang)) }
                        td { (page.chip(rule.after.verdict)) " " (state(&rule.after, page.lang)) }
                    }
                } }
            } }
            p { (t!("propose.unmoved", locale = page.lang.locale(), rules = still)) }
        }
    }
}

//! People beyond the help of any site, the proof, the question and the files.

use super::{ProposalPage, goal_key};
use lifering_core::plan::record::Origin;
use lifering_report::proposal::ProposalReport;
use lifering_report::text::list;
use lifering_report::text::proposal::{bound_text, figure_of, reason};
use lifering_report::text::{Lang, grouped, people};
use maud::{Markup, html};

/// Most zones listed one by one.
const ZONES: usize = 8;

/// The last page.
pub fn back(plan: &ProposalPage<'_>) -> serde_json::Result<Markup> {
    let (page, report) = (&plan.page, plan.report);
    let lang = page.lang;
    let question = serde_json::to_string(&plan.proposal.request)?;
    let files = match &report.origin {
        Origin::Region(record) => record.files.clone(),
        Origin::Matrix(_) => Vec::new(),
    };
    Ok(html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("plan.helpless")) }
            @if report.uncoverable.places == 0 { p { (page.tr("propose.everybody")) } }
            @else {
                table {
                    tbody {
                        @for (why, sum) in &report.uncoverable.reasons {
                            tr { td { (reason(*why, true, lang)) } td.num { (people(sum.people, lang)) } }
                        }
                    }
                }
                @if !report.uncoverable.zones.is_empty() {
                    p.small { (page.tr("plan.helpless_zones"))
                        (zones(report, lang))
                    }
                }
            }
            h2 { (page.tr("plan.proof")) }
            table { tbody {
                tr { td { (page.tr(goal_key(report))) } td.num { (figure_of(report, report.objective, lang)) } }
                tr { td { (page.tr("plan.bound")) } td.num { (bound_text(report, lang)) } }
                tr { td { (page.tr("plan.choice")) } td.num {
                    (grouped(report.instance.sites as f64)) " × " (grouped(report.instance.places as f64))
                } }
            } }
            p { (page.tr("plan.verify")) " " code { "lifering propose --verify proposal.json" } }
            h2 { (page.tr("plan.made_from")) }
            p.small { code { (question) } }
            table.hashes { tbody { @for file in files { tr { td { (file.file) } td { code.hash { (file.sha256) } } } } } }
            p.small { "lifering " (report.tool.version) }
        }
    })
}

/// The first zones with people whom no site can help.
fn zones(report: &ProposalReport, lang: Lang) -> String {
    let first = report.uncoverable.zones.iter().take(ZONES);
    let all: Vec<String> = first.map(|zone| format!("{} ({})", zone.zone_id, people(zone.people, lang))).collect();
    list(&all, lang)
}

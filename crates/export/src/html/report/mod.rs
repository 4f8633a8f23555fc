//! report.html: the report of one audit.

mod back;
mod equity;
mod front;
mod parameters;
mod quality;
mod scenario;

use super::document::{Head, document};
use super::page::Page;
use super::{rule, trials};
use crate::trials::Part;
use lifering_core::audit::Audit;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use maud::html;

/// report.html. `tried` are pages of what was tried on the city.
pub fn report(audit: &Audit, report: &Report, tried: &[Part], lang: Lang) -> serde_json::Result<Vec<u8>> {
    let page = Page::new(audit, report, lang);
    // The foot of every printed page. The text is the catalogue's own, so no input reaches the style sheet.
    let foot = if report.region.illustrative { page.tr("summary.illustrative") } else { String::new() };
    let print = format!("@page{{@bottom-left{{content:\"{}\"}}}}", foot.replace(['"', '\\', '<'], ""));
    let title = format!("{} — {}", report.region.name, page.tr("html.kind"));
    let head = Head { lang, title: &title, version: &report.tool.version, more_style: &print };
    let body = html! {
        body {
            (page.base.definitions())
            main {
                (front::front(&page))
                (scenario::changes(&page))
                @for (position, outcome, rule) in page.paged() { (rule::page_of(&page, position, outcome, rule)) }
                (equity::equity(&page))
                @for part in tried { (trials::part(part, &page.running_head())) }
                (back::back(&page)?)
            }
        }
    };
    Ok(document(&head, &body))
}

//! report.html: one file for the desk, self-contained, in one language.
//!
//! In: an audit and its report. Out: HTML that needs no network and no script, and prints on A4.

mod back;
mod base;
mod batch;
mod chart;
mod front;
mod gap;
mod gap_parts;
mod map;
mod page;
mod proposal;
pub mod sheet;
mod sheets;

pub use batch::batch;
pub use proposal::proposal;

use lifering_core::audit::Audit;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use maud::{DOCTYPE, PreEscaped, html};
use page::Page;

/// The style sheet, written into the file.
const STYLE: &str = include_str!("style.css");

/// report.html.
pub fn report(audit: &Audit, report: &Report, lang: Lang) -> Vec<u8> {
    let page = Page::new(audit, report, lang);
    let language = match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    // The foot of every printed page. The catalogue's own words, so nothing from outside reaches the style sheet.
    let foot = if report.region.illustrative { page.tr("summary.illustrative") } else { String::new() };
    let print = format!("@page{{@bottom-left{{content:\"{}\"}}}}", foot.replace(['"', '\\', '<'], ""));
    let markup = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(format!("lifering {}", report.tool.version));
                link rel="icon" href="data:,";
                title { (report.region.name) " — " (page.tr("html.kind")) }
                style { (PreEscaped(STYLE)) (PreEscaped(print)) }
            }
            body {
                (page.base.definitions())
                main {
                    (front::front(&page))
                    @for (position, outcome, rule) in page.paged() { (gap::page_of(&page, position, outcome, rule)) }
                    (back::back(&page))
                }
            }
        }
    };
    markup.into_string().into_bytes()
}

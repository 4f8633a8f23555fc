//! Workbooks: report.xlsx and league.xlsx, with typed cells, frozen headings, filters, colours by verdict.
//!
//! In: an audit or a batch, with its report. Out: the bytes of a workbook.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `table` | a table with typed cells |
//! | `tables` | the tables of report.xlsx |
//! | `summary` | its first sheet |
//! | `league` | league.xlsx |
//! | `trials` | failures.xlsx, sensitivity.xlsx |
//! | `book` | workbooks and sheets, formats |

mod book;
mod ranking;
mod summary;
pub(crate) mod table;
mod tables;
pub(crate) mod trials;

pub use ranking::ranking;

use super::trials::Part;
use book::{Formats, empty, write};
use lifering_core::audit::Audit;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use lifering_report::text::tr;
use rust_xlsxwriter::XlsxError;

/// report.xlsx. `tried` are sheets of what was tried on the city.
pub fn report(audit: &Audit, report: &Report, tried: &[Part], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let title = format!("{} — {}", report.region.name, tr("html.kind", lang));
    let note = if report.region.illustrative { tr("summary.illustrative", lang) } else { String::new() };
    let mut book = empty(&title, &note, &report.tool.version)?;
    let formats = Formats::new();
    summary::summary(book.add_worksheet(), report, lang, &title, &note)?;
    let tables = [
        tables::rules(audit, report, lang),
        tables::readings(audit, report, lang),
        tables::units(audit, report, lang),
        tables::zones(audit, lang),
        tables::stations(audit, lang),
        tables::needs(audit, lang),
        tables::issues(audit, report, lang),
    ];
    for table in tables.iter().chain(tried.iter().flat_map(|part| &part.tables)) {
        write(book.add_worksheet(), table, &formats, lang, &note)?;
    }
    book.save_to_buffer()
}

//! failures.html and sensitivity.html: what a trial found, in the style of the reports.
//!
//! In: a heading, the tables of the workbook and a sentence above each. Out: one document in one language.

use super::document::{Head, document};
use crate::trials::Part;
use crate::xlsx::table::{Table, TableCell};
use lifering_report::report::{ScenarioReport, illustrative};
use lifering_report::text::{self, Lang, grouped, percent, plain, tr};
use maud::{Markup, html};

/// A trial as a page.
pub struct TrialPage<'a> {
    /// Title of the document.
    pub title: &'a str,
    /// Name of the region.
    pub region: &'a str,
    /// The scenario that the region is under.
    pub scenario: Option<&'a ScenarioReport>,
    /// What was tried, in a sentence.
    pub heading: &'a str,
    /// A sentence for each table.
    pub below: &'a [String],
    /// The tables.
    pub tables: &'a [Table],
    /// Version of the program.
    pub version: &'a str,
}

/// The document.
pub fn trial(of: &TrialPage<'_>, lang: Lang) -> Vec<u8> {
    let head = Head { lang, title: of.title, version: of.version, more_style: "" };
    let body = html! {
        body { main {
            section.page.front {
                header {
                    p.over { (of.title) }
                    h1 { (of.region) }
                    @if illustrative(of.region) { p.stamp { (tr("summary.illustrative", lang)) } }
                }
                @if let Some(scenario) = of.scenario { p.against { (text::scenario(scenario, lang)) } }
                p.verdict { (of.heading) }
            }
            @for (sentence, table) in of.below.iter().zip(of.tables) {
                section.page { h2 { (table.name) } (below(sentence, table)) }
            }
        } }
    };
    document(&head, &body)
}

/// What was tried on the city of an audit, as a page of its report.
pub fn part(of: &Part, running_head: &Markup) -> Markup {
    let Some((heading, sentences)) = of.sentences.split_first() else { return html! {} };
    html! {
        section.page {
            (running_head)
            h2 { (of.title) }
            p { (heading) }
            @for (sentence, table) in sentences.iter().zip(&of.tables) { h3 { (table.name) } (below(sentence, table)) }
        }
    }
}

fn below(sentence: &str, table: &Table) -> Markup {
    html! { p { (sentence) } @if !table.rows.is_empty() { (rows(table)) } }
}

fn rows(table: &Table) -> Markup {
    let numeric = |at: usize| table.rows.iter().all(|row| !matches!(row[at], TableCell::Text(_)));
    let class = |at: usize| numeric(at).then_some("num");
    html! {
        div.wide { table {
            thead { tr { @for (at, (head, _)) in table.heads.iter().enumerate() { th class=[class(at)] { (head) } } } }
            tbody { @for row in &table.rows { tr {
                @for (at, cell) in row.iter().enumerate() { td class=[class(at)] { (shown(cell)) } }
            } } }
        } }
    }
}

fn shown(cell: &TableCell) -> String {
    match cell {
        TableCell::Text(text) => text.clone(),
        TableCell::Number(number) => plain(*number, 2),
        TableCell::Share(share) => percent(*share),
        TableCell::Whole(number) => grouped(*number),
        TableCell::Year(year) => plain(*year, 0),
        TableCell::Empty => "—".to_owned(),
    }
}

//! The readings of a rule side by side.

use super::page::Page;
use lifering_report::text::{found_and_required, pick, reading_in_words, why_in_words};
use lifering_standards::outcome::RuleOutcome;
use maud::{Markup, html};

/// A table of the default reading and the others.
pub fn readings(page: &Page<'_>, outcome: &RuleOutcome) -> Markup {
    let lang = page.lang;
    let standard = &page.audit.findings.standard;
    let (found, required) = found_and_required(&outcome.rule.criterion, &outcome.default, lang);
    html! {
        div.wide { table.readings {
            thead { tr {
                th { (page.tr("html.reading")) } th.num { (page.tr("table.required")) } th.num { (page.tr("table.found")) }
                th { (page.tr("table.verdict")) } th { (page.tr("table.why")) }
            } }
            tbody {
                tr {
                    td { strong { (page.tr("html.default_reading")) } } td.num { (required) } td.num { (found) }
                    td { (page.chip(outcome.default.verdict)) } td { (why_in_words(outcome, standard, lang)) }
                }
                @for (at, (reading, result)) in outcome.rule.readings.iter().zip(&outcome.readings).enumerate() {
                    @let (found, required) = found_and_required(&reading.criterion, result, lang);
                    tr {
                        td { (pick(&reading.title, lang)) } td.num { (required) } td.num { (found) }
                        td { (page.chip(result.verdict)) } td { (reading_in_words(outcome, at, standard, lang)) }
                    }
                }
            }
        } }
    }
}

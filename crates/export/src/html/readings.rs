//! The readings of a rule side by side.

use super::page::Page;
use lifering_report::report::RuleReport;
use lifering_report::text::pick;
use lifering_report::text::{Lang, found_and_required};
use lifering_standards::outcome::RuleOutcome;
use maud::{Markup, html};

/// A table of the default reading and the others.
pub fn readings(page: &Page<'_>, outcome: &RuleOutcome, rule: &RuleReport) -> Markup {
    let lang = page.lang;
    let sentence = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
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
                    td { (page.chip(outcome.default.verdict)) } td { (page.why(rule)) }
                }
                @for ((reading, result), written) in outcome.rule.readings.iter().zip(&outcome.readings).zip(&rule.readings) {
                    @let (found, required) = found_and_required(&reading.criterion, result, lang);
                    tr {
                        td { (pick(&reading.title, lang)) } td.num { (required) } td.num { (found) }
                        td { (page.chip(result.verdict)) } td { (sentence(&written.why_zh, &written.why)) }
                    }
                }
            }
        } }
    }
}

//! The rules as a table.

use super::{Cell, Row};
use crate::report::Report;
use crate::words::word;

/// One row a rule.
pub fn rows(report: &Report) -> Vec<Row<'_>> {
    report
        .rules
        .iter()
        .map(|rule| Row {
            geometry: None,
            cells: vec![
                Cell::text(rule.id.as_str()),
                Cell::text(rule.title.as_str()),
                Cell::text(word(&rule.force)),
                Cell::text(word(&rule.verdict)),
                Cell::real(rule.value),
                Cell::real(Some(rule.threshold)),
                Cell::text(word(&rule.unit)),
                Cell::integer(rule.need),
                Cell::real(rule.have),
                Cell::real(rule.population_covered),
                Cell::real(rule.population_uncovered),
                Cell::real(rule.uncovered_km2),
                Cell::real(rule.uncovered_km2_low),
                Cell::real(rule.uncovered_km2_high),
                Cell::text(rule.why_zh.as_str()),
                Cell::text(rule.cite.source.as_str()),
                Cell::text(rule.cite.quote.as_str()),
            ],
        })
        .collect()
}

//! The rules as a table: the whole region under each, then each unit under each rule that looks at it.

use super::{Cell, Row, WHOLE};
use crate::report::{Report, RuleReport, UnitReport, UnitRuleReport};
use crate::words::word;
use lifering_standards::catalogue::RuleKind;
use lifering_standards::outcome::ValueUnit;

/// One row a rule, then one a unit and rule. The units of the rules come in the order of `units`.
pub fn rows(report: &Report) -> Vec<Row<'_>> {
    let whole = report.rules.iter().map(|rule| whole(report, rule));
    let of_units = report.rules.iter().flat_map(|rule| {
        report.units.iter().filter_map(move |unit| Some(of_unit(rule, unit, unit.rules.get(&rule.id)?)))
    });
    whole.chain(of_units).collect()
}

fn whole<'a>(report: &'a Report, rule: &'a RuleReport) -> Row<'a> {
    Row {
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
            Cell::text(WHOLE),
            Cell::text(report.region.name.as_str()),
            Cell::text("region"),
            Cell::Real(report.population.inside),
        ],
    }
}

fn of_unit<'a>(rule: &'a RuleReport, unit: &'a UnitReport, figures: &UnitRuleReport) -> Row<'a> {
    // A unit is never compared with a time: of rules on one, its figure is the share of people within the limit.
    let value_unit = match rule.kind {
        RuleKind::Radius | RuleKind::TravelTime | RuleKind::Share => ValueUnit::Share,
        RuleKind::PerPopulation | RuleKind::PresencePerUnit => ValueUnit::Count,
    };
    let threshold = match value_unit {
        ValueUnit::Count => figures.need.map(|need| need as f64),
        of => (of == rule.unit).then_some(rule.threshold),
    };
    Row {
        geometry: None,
        cells: vec![
            Cell::text(rule.id.as_str()),
            Cell::text(rule.title.as_str()),
            Cell::text(word(&rule.force)),
            Cell::text(word(&figures.verdict)),
            Cell::real(figures.value),
            Cell::real(threshold),
            Cell::text(word(&value_unit)),
            Cell::integer(figures.need),
            Cell::real(figures.have),
            Cell::Empty,
            Cell::real(figures.population_uncovered),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::text(unit.id.as_str()),
            Cell::text(unit.name.as_str()),
            Cell::text(unit.level.as_str()),
            Cell::Real(unit.population),
        ],
    }
}

//! Findings of an audit as [`Report`].
//!
//! In: an [`Audit`]. Out: the types of [`report`](crate::report), with figures rounded and sentences written.

mod datum;
mod equity;
mod input;
mod obeying;
mod region;
mod rule;
mod unit;

use crate::report::{Report, SCHEMA, ScenarioReport, Tool};
use crate::rounding::rounded;
use lifering_core::audit::Audit;
use lifering_standards::outcome::ValueUnit;

impl Report {
    /// The report of an audit.
    pub fn new(audit: &Audit) -> Self {
        let neighbours = audit.city.records().neighbours.as_ref();
        Self {
            schema: SCHEMA.to_owned(),
            tool: Tool::this(),
            region: region::region(audit),
            scenario: ScenarioReport::of(&audit.city),
            standard: region::standard(&audit.findings.standard),
            summary: region::summary(audit),
            parameters: region::parameters(audit),
            population: region::population(audit),
            network: region::network(audit),
            quality: audit.findings.quality.clone(),
            inputs: audit.findings.inputs.iter().map(|i| input::input(i, audit.findings.fits.get(&i.key))).collect(),
            core: rule::core(audit),
            rules: rule::rules(audit),
            shared_roads: audit.city.records().roads_taken.as_ref().map(region::shared_roads),
            mutual_aid: neighbours.map(|all| all.iter().map(region::neighbour).collect()),
            obeying: obeying::obeying(audit),
            equity: equity::equity(audit),
            datum_doubts: datum::doubts(audit),
            baselines: audit.findings.baselines.iter().map(region::baseline).collect(),
            units: unit::units(audit),
        }
    }
}

/// A figure in the unit of its rule: six decimals for shares, three for the rest.
fn figure(value: f64, unit: ValueUnit) -> f64 {
    match unit {
        ValueUnit::Share => rounded(value, 6),
        ValueUnit::S | ValueUnit::Count | ValueUnit::Areas => rounded(value, 3),
    }
}

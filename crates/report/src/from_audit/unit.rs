//! Units: their people, and their figures under each rule.

use super::figure;
use crate::report::{UnitReport, UnitRuleReport};
use crate::rounding::people;
use lifering_core::audit::Audit;
use lifering_standards::outcome::{AreaOutcome, Outcome, ValueUnit};
use std::collections::BTreeMap;

pub fn units(audit: &Audit) -> Vec<UnitReport> {
    let mut all: Vec<UnitReport> = Vec::new();
    for (kind, level) in &audit.city.evidence().levels {
        for area in &level.areas {
            let population: f64 =
                area.members.iter().map(|i| audit.city.evidence().demand_points[*i as usize].people).sum();
            all.push(UnitReport {
                id: area.id.clone(),
                name: area.name.clone(),
                level: kind.to_string(),
                population: people(population),
                rules: BTreeMap::new(),
            });
        }
    }
    let places: BTreeMap<(String, String), usize> =
        all.iter().enumerate().map(|(i, u)| ((u.level.clone(), u.id.clone()), i)).collect();
    for outcome in &audit.findings.outcomes {
        for area in &outcome.default.areas {
            if let Some(slot) = places.get(&(area.level.clone(), area.id.clone())) {
                all[*slot].rules.insert(outcome.rule.id.to_string(), unit_rule(area, &outcome.default));
            }
        }
    }
    all
}

fn unit_rule(area: &AreaOutcome, outcome: &Outcome) -> UnitRuleReport {
    UnitRuleReport {
        value: area
            .value
            .map(|v| figure(v, if outcome.unit == ValueUnit::S { ValueUnit::Share } else { outcome.unit })),
        need: area.need,
        have: area.have,
        population_uncovered: area.uncovered.map(people),
        verdict: area.verdict,
    }
}

//! What a rule needs on the population of the region, and on each population that the document itself counts with.
//!
//! In: a rule and the evidence. Out: [`Need`]s of rules that count for people, and of shares of something that another
//! rule of the standard counts: of 69 ambulances needed, 28 with negative pressure.

use super::catalogue::{Criterion, Fraction, Measure, PerPopulation, Rule, Share, Standard};
use super::evidence::Evidence;
use serde::{Deserialize, Serialize};

/// The count needed for a population.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Need {
    /// The year of the standard's own population, a key of [`Standard::population`]; `None` for the people of the region.
    pub year: Option<u16>,
    /// People: those of the region whom the rule counts, or those the standard states for the year.
    pub population: f64,
    /// The count needed for them, [`PerPopulation::need`].
    pub need: u64,
}

/// The needs of a rule: for the region's people, then by year for the document's own, if they are the same people.
pub fn needs(rule: &Rule, standard: &Standard, evidence: &Evidence) -> Vec<Need> {
    match &rule.criterion {
        Criterion::PerPopulation(count) => for_people(count, standard, evidence),
        Criterion::Share(share) => of_whole(share, standard, evidence),
        _ => Vec::new(),
    }
}

fn for_people(rule: &PerPopulation, standard: &Standard, evidence: &Evidence) -> Vec<Need> {
    let Ok(members) = evidence.demand(rule.demand.as_ref()) else { return Vec::new() };
    let here: f64 = members.iter().map(|i| evidence.demand_points[*i as usize].people).sum();
    let need = |year, population| Need { year, population, need: rule.need(population) };
    let mut all = vec![need(None, here)];
    // A document states the number of all its people, not of a part of them.
    if rule.demand.is_none() && standard.counts_these(evidence.population()) {
        all.extend(standard.population.iter().map(|(year, people)| need(Some(*year), *people as f64)));
    }
    all
}

/// A share of what another binding rule counts, of the whole that that rule needs.
fn of_whole(share: &Share, standard: &Standard, evidence: &Evidence) -> Vec<Need> {
    let (Fraction::Sums { whole, .. } | Fraction::OfNeed { whole, .. }) = &share.fraction else { return Vec::new() };
    let counts = |rule: &Rule| match &rule.criterion {
        Criterion::PerPopulation(count)
            if rule.force.binds() && count.facility == share.of && count.measure == Measure::Sum(whole.clone()) =>
        {
            Some(count.clone())
        }
        _ => None,
    };
    let Some(count) = standard.rules.iter().find_map(counts) else { return Vec::new() };
    let part = |need: Need| Need { need: share.part_of(need.need as f64) as u64, ..need };
    for_people(&count, standard, evidence).into_iter().map(part).collect()
}

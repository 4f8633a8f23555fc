//! `per_population`, `share` and `presence_per_unit`: what is there against what is needed.
//!
//! In: a criterion and the evidence. Out: an [`Outcome`]. Only what stands inside the boundary counts. A feature that
//! lacks an attribute may hold any amount: it never makes a rule met, and it keeps a shortfall from being certain.

use super::catalogue::{
    Combine, Fraction, LayerName, Measure, PerPopulation, PresencePerUnit, Selection, Share, Standard, Truth, UnitKind,
};
use super::evidence::{Area, Evidence, Missing, Selected, Tally};
use super::outcome::{AreaOutcome, Outcome, ValueUnit, Verdict, enough};
use std::collections::BTreeSet;

/// Judges a per-population rule.
pub fn per_population(
    rule: &PerPopulation,
    selected: Result<Selected, Missing>,
    standard: &Standard,
    evidence: &Evidence,
) -> Outcome {
    let fail = |missing| Outcome::cannot_judge(ValueUnit::Count, 0.0, missing);
    let members = match evidence.demand(rule.demand.as_ref()) {
        Ok(members) => members,
        Err(missing) => return fail(missing),
    };
    let mut counted = vec![false; evidence.people.len()];
    for member in &members {
        counted[*member as usize] = true;
    }
    let population = match rule.population_year {
        None => members.iter().map(|i| evidence.people[*i as usize].people).sum(),
        Some(year) => match standard.population.get(&year) {
            Some(people) => *people as f64,
            None => return fail(Missing::PopulationOfYear(year)),
        },
    };
    let need = rule.need(population);
    let needed = |missing| Outcome {
        need: Some(need),
        population: Some(population),
        threshold: need as f64,
        ..Outcome::cannot_judge(ValueUnit::Count, 0.0, missing)
    };
    if let Some(year) = rule.population_year.filter(|_| !standard.counts_these(evidence.population())) {
        return needed(Missing::OtherPopulation { year, stated: population as u64 });
    }
    let selected = match selected {
        Ok(selected) => selected,
        Err(missing) => return needed(missing),
    };
    let tally = evidence.tally(&selected, &rule.measure, |i| evidence.sites[i].inside);
    let mut outcome = counted_outcome(evidence, &selected, &rule.measure, tally, need as f64, ValueUnit::Count);
    outcome.need = Some(need);
    outcome.population = Some(population);
    if rule.population_year.is_none() {
        for (kind, level) in &evidence.levels {
            let anywhere = evidence.anywhere(level, &selected, &rule.measure);
            for area in &level.areas {
                let inside = area.members.iter().filter(|i| counted[**i as usize]);
                let people: f64 = inside.map(|i| evidence.people[*i as usize].people).sum();
                let tally = evidence.tally_in(area, &selected, &rule.measure, anywhere);
                let need = rule.need(people);
                let mut of_area = area_outcome(evidence, area, enough(tally.sure, tally.open, need as f64));
                of_area.need = Some(need);
                of_area.have = Some(tally.sure);
                of_area.value = Some(tally.sure);
                outcome.areas.push((kind.to_string(), of_area));
            }
        }
    }
    outcome
}

/// Judges a share rule.
pub fn share(rule: &Share, selected: Result<Selected, Missing>, evidence: &Evidence) -> Outcome {
    let fail = |missing| Outcome::cannot_judge(ValueUnit::Share, rule.min, missing);
    let selected = match selected {
        Ok(selected) => selected,
        Err(missing) => return fail(missing),
    };
    let whole = fraction(rule, evidence, &selected, |i| evidence.sites[i].inside);
    let mut outcome = Outcome::empty(whole.verdict(rule.min), ValueUnit::Share, rule.min);
    outcome.value = whole.value();
    outcome.part_and_whole = Some([whole.part, whole.whole]);
    if outcome.verdict == Verdict::CannotJudge {
        outcome.missing = Some(match &rule.fraction {
            _ if whole.open == 0 => Missing::Whole(layers(&rule.of)),
            _ if selected.lacking.is_some() => selected.lacking.clone().unwrap_or(Missing::People),
            Fraction::Matching { filter, .. } => Missing::Attribute {
                layer: rule.of.layers[0].to_string(),
                attribute: filter.attributes().next().unwrap_or_default().to_owned(),
                features: whole.open,
            },
            Fraction::Sums { part, whole: of } => Missing::Attribute {
                layer: rule.of.layers[0].to_string(),
                attribute: if whole.lacks_whole { of.to_string() } else { part.to_string() },
                features: whole.open,
            },
        });
    }
    for (kind, level) in &evidence.levels {
        let those = selected.among(&level.anywhere);
        let anywhere = those.sure.len() + those.unsure.len();
        for area in &level.areas {
            let mut of_area = fraction(rule, evidence, &selected.among(&area.sites), |_| true);
            of_area.open += anywhere;
            of_area.lacks_whole |= anywhere > 0;
            let mut area_result = area_outcome(evidence, area, of_area.verdict(rule.min));
            area_result.value = of_area.value();
            outcome.areas.push((kind.to_string(), area_result));
        }
    }
    outcome
}

/// A part and a whole of which some features say nothing.
#[derive(Default)]
struct Parts {
    part: f64,
    whole: f64,
    /// Weight that may or may not be part of the part.
    undecided: f64,
    /// Features that lack something.
    open: usize,
    /// Some of them lack even the whole.
    lacks_whole: bool,
}

impl Parts {
    fn value(&self) -> Option<f64> {
        (self.whole > 0.0).then(|| self.part / self.whole)
    }

    /// Met only if met with every undecided weight left out of the part, a gap only if one even with all of it in.
    fn verdict(&self, min: f64) -> Verdict {
        /// Shares nearer than this to their threshold count as equal to it.
        const TOLERANCE: f64 = 1e-9;
        if self.whole <= 0.0 || self.lacks_whole {
            return Verdict::CannotJudge;
        }
        if self.part / self.whole >= min - TOLERANCE {
            Verdict::Met
        } else if (self.part + self.undecided) / self.whole < min - TOLERANCE {
            Verdict::Gap
        } else {
            Verdict::CannotJudge
        }
    }
}

fn fraction(rule: &Share, evidence: &Evidence, selected: &Selected, counts: impl Fn(usize) -> bool) -> Parts {
    let mut parts = Parts::default();
    for site in selected.sure.iter().copied().filter(|i| counts(*i)) {
        match &rule.fraction {
            Fraction::Matching { filter, weight } => {
                let Some(amount) = weight.as_ref().map_or(Some(1.0), |w| evidence.number(site, w)) else {
                    parts.open += 1;
                    parts.lacks_whole = true;
                    continue;
                };
                parts.whole += amount;
                match filter.evaluate(&evidence.sites[site].attributes) {
                    Truth::True => parts.part += amount,
                    Truth::False => {}
                    Truth::Unknown => {
                        parts.undecided += amount;
                        parts.open += 1;
                    }
                }
            }
            Fraction::Sums { part, whole } => {
                let Some(of) = evidence.number(site, whole) else {
                    parts.open += 1;
                    parts.lacks_whole = true;
                    continue;
                };
                parts.whole += of;
                match evidence.number(site, part) {
                    Some(amount) => parts.part += amount,
                    None if of > 0.0 => {
                        parts.undecided += of;
                        parts.open += 1;
                    }
                    None => {}
                }
            }
        }
    }
    let unsure = selected.unsure.iter().filter(|i| counts(**i)).count();
    parts.open += unsure;
    parts.lacks_whole |= unsure > 0;
    parts
}

/// Judges a presence rule.
pub fn presence(rule: &PresencePerUnit, selected: Result<Selected, Missing>, evidence: &Evidence) -> Outcome {
    let fail = |missing| Outcome::cannot_judge(ValueUnit::Areas, 0.0, missing);
    let no_units = (rule.unit != UnitKind::City && !evidence.levels.contains_key(&rule.unit))
        .then(|| Missing::Units(rule.unit.to_string()));
    let selected = match (selected, no_units) {
        (Ok(selected), _) => selected,
        (Err(missing), None) => return fail(missing),
        (Err(missing), Some(units)) => return fail(Missing::Several(vec![missing, units])),
    };
    if rule.unit == UnitKind::City {
        let tally = evidence.tally(&selected, &rule.measure, |i| evidence.sites[i].inside);
        let mut outcome = counted_outcome(evidence, &selected, &rule.measure, tally, rule.min, ValueUnit::Count);
        outcome.need = Some(rule.min.ceil() as u64);
        return outcome;
    }
    let Some(level) = evidence.levels.get(&rule.unit) else { return fail(Missing::Units(rule.unit.to_string())) };
    // Areas that grew from the very sites that are asked for hold one each by construction: that proves nothing.
    let asks_for_seeds = |seeds: &BTreeSet<usize>| {
        rule.facility.layers == [LayerName::Stations]
            && selected.sure.iter().copied().collect::<BTreeSet<_>>() == *seeds
    };
    if level.derived_from.as_ref().is_some_and(asks_for_seeds) {
        return fail(Missing::Units(rule.unit.to_string()));
    }
    let mut areas: Vec<&Area> = Vec::new();
    for area in &level.areas {
        match rule.unit_filter.as_ref().map_or(Truth::True, |f| f.evaluate(&area.attributes)) {
            Truth::True => areas.push(area),
            Truth::False => {}
            Truth::Unknown => {
                return fail(Missing::Attribute {
                    layer: "units".to_owned(),
                    attribute: rule
                        .unit_filter
                        .as_ref()
                        .and_then(|f| f.attributes().next())
                        .unwrap_or_default()
                        .to_owned(),
                    features: 1,
                });
            }
        }
    }
    if areas.is_empty() {
        let wanted = rule.unit_filter.as_ref().map(ToString::to_string).unwrap_or_default();
        return fail(Missing::UnitNamed(wanted));
    }
    let anywhere = evidence.anywhere(level, &selected, &rule.measure);
    let settles = |open: usize| {
        if selected.lacking.is_none() && anywhere > 0 {
            Missing::AreaOf { layer: layers(&rule.facility), features: anywhere, level: rule.unit.to_string() }
        } else {
            evidence.lacking(&selected, &rule.measure, open)
        }
    };
    let tally_of = |area: &Area| evidence.tally_in(area, &selected, &rule.measure, anywhere);
    let mut outcome = match rule.combine {
        Combine::Union => {
            let any = |i: usize| areas.iter().any(|a| a.sites.contains(&i));
            let mut tally = evidence.tally(&selected, &rule.measure, any);
            tally.open += anywhere;
            let mut outcome = counted_outcome(evidence, &selected, &rule.measure, tally, rule.min, ValueUnit::Count);
            outcome.need = Some(rule.min.ceil() as u64);
            if outcome.verdict == Verdict::CannotJudge {
                outcome.missing = Some(settles(tally.open));
            }
            outcome
        }
        Combine::Each => {
            let tallies: Vec<Tally> = areas.iter().map(|a| tally_of(a)).collect();
            let verdicts: Vec<Verdict> = tallies.iter().map(|t| enough(t.sure, t.open, rule.min)).collect();
            let with = verdicts.iter().filter(|v| **v == Verdict::Met).count();
            let verdict = if verdicts.contains(&Verdict::Gap) {
                Verdict::Gap
            } else if verdicts.contains(&Verdict::CannotJudge) {
                Verdict::CannotJudge
            } else {
                Verdict::Met
            };
            let mut outcome = Outcome::empty(verdict, ValueUnit::Areas, areas.len() as f64);
            outcome.value = Some(with as f64);
            outcome.need = Some(areas.len() as u64);
            outcome.have = Some(with as f64);
            if verdict == Verdict::CannotJudge {
                outcome.missing = Some(settles(tallies.iter().map(|t| t.open).sum()));
            }
            outcome
        }
    };
    outcome.derived_areas = level.derived_from.is_some();
    for area in areas {
        let tally = tally_of(area);
        let mut of_area = area_outcome(evidence, area, enough(tally.sure, tally.open, rule.min));
        of_area.need = Some(rule.min.ceil() as u64);
        of_area.have = Some(tally.sure);
        of_area.value = Some(tally.sure);
        outcome.areas.push((rule.unit.to_string(), of_area));
    }
    outcome
}

/// The layers of a selection, for messages.
fn layers(selection: &Selection) -> String {
    selection.layers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" / ")
}

fn counted_outcome(
    evidence: &Evidence,
    selected: &Selected,
    measure: &Measure,
    tally: Tally,
    need: f64,
    unit: ValueUnit,
) -> Outcome {
    let mut outcome = Outcome::empty(enough(tally.sure, tally.open, need), unit, need);
    outcome.value = Some(tally.sure);
    outcome.have = Some(tally.sure);
    if outcome.verdict == Verdict::CannotJudge {
        outcome.missing = Some(evidence.lacking(selected, measure, tally.open));
    }
    outcome
}

fn area_outcome(evidence: &Evidence, area: &Area, verdict: Verdict) -> AreaOutcome {
    AreaOutcome {
        id: area.id.clone(),
        name: area.name.clone(),
        people: area.members.iter().map(|i| evidence.people[*i as usize].people).sum(),
        verdict,
        value: None,
        need: None,
        have: None,
        uncovered: None,
    }
}

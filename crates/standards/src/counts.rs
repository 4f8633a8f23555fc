//! `per_population` and `presence_per_unit`: the count there is against the count needed.
//!
//! In: a criterion and the evidence. Out: an [`Outcome`]. Only features inside the boundary count. A feature that lacks an
//! attribute may hold any amount: it never makes a rule met, and a rule that it could make met is no gap.

use super::catalogue::{
    Combine, Filter, LayerName, Measure, PerPopulation, PresencePerUnit, Standard, Truth, UnitKind,
};
use super::evidence::{Area, Evidence, Missing, SelectedSites, Tally};
use super::outcome::{AreaOutcome, Outcome, ValueUnit, Verdict, verdict_of_count};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Judges a per-population rule. `selected` are the sites of its selection, or the layer that is missing.
pub fn per_population(
    rule: &PerPopulation,
    selected: Result<SelectedSites, Missing>,
    standard: &Standard,
    evidence: &Evidence,
) -> Outcome {
    let fail = |missing| Outcome::cannot_judge(ValueUnit::Count, 0.0, missing);
    let members = match evidence.demand(rule.demand.as_ref()) {
        Ok(members) => members,
        Err(missing) => return fail(missing),
    };
    let mut counted = vec![false; evidence.demand_points.len()];
    for member in &members {
        counted[*member as usize] = true;
    }
    let population = match rule.population_year {
        None => members.iter().map(|i| evidence.demand_points[*i as usize].people).sum(),
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
            let unlocated = evidence.unlocated(level, &selected, &rule.measure);
            for area in &level.areas {
                let inside = area.members.iter().filter(|i| counted[**i as usize]);
                let people: f64 = inside.map(|i| evidence.demand_points[*i as usize].people).sum();
                let tally = evidence.tally_in(area, &selected, &rule.measure, unlocated);
                // Nobody knows how many live in a unit without ground.
                let need = area.located.then(|| rule.need(people));
                let verdict = need.map_or(Verdict::CannotJudge, |need| {
                    verdict_of_count(tally.known, tally.undetermined, need as f64)
                });
                let mut of_area = area_outcome(evidence, kind, area, verdict);
                of_area.need = need;
                of_area.have = Some(tally.known);
                of_area.value = Some(tally.known);
                outcome.areas.push(of_area);
            }
        }
    }
    outcome
}

/// Judges a presence rule. `selected` are the sites of its selection, or the layer that is missing.
pub fn presence(rule: &PresencePerUnit, selected: Result<SelectedSites, Missing>, evidence: &Evidence) -> Outcome {
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
    // Areas derived from the very sites that the rule selects hold one each by construction: that proves nothing.
    let selects_seeds = |seeds: &BTreeSet<usize>| {
        rule.facility.layers == [LayerName::Stations]
            && selected.certain.iter().copied().collect::<BTreeSet<_>>() == *seeds
    };
    if level.derived_from.as_ref().is_some_and(selects_seeds) {
        return fail(Missing::Units(rule.unit.to_string()));
    }
    let merged = match merged(&rule.merge, &level.areas) {
        Ok(areas) => areas,
        Err(missing) => return fail(missing),
    };
    let areas = match areas_of(rule.unit_filter.as_ref(), &merged) {
        Ok(areas) => areas,
        Err(missing) => return fail(missing),
    };
    let unlocated = evidence.unlocated(level, &selected, &rule.measure);
    let tally_of = |area: &Area| evidence.tally_in(area, &selected, &rule.measure, unlocated);
    let without_ground = |areas: &[&Area]| {
        let names = areas.iter().filter(|area| !area.located && tally_of(area).known < rule.min);
        let units: Vec<String> = names.map(|area| area.name.clone()).collect();
        (!units.is_empty()).then(|| Missing::Ground { level: rule.unit.to_string(), units })
    };
    let settles = |undetermined: usize| {
        if let Some(ground) = without_ground(&areas) {
            ground
        } else if selected.lacking.is_none() && unlocated > 0 {
            Missing::AreaOf { layer: rule.facility.layer_names(), features: unlocated, level: rule.unit.to_string() }
        } else {
            evidence.lacking(&selected, &rule.measure, undetermined)
        }
    };
    let mut outcome = match rule.combine {
        Combine::Union => {
            let any = |i: usize| areas.iter().any(|a| a.sites.contains(&i));
            let mut tally = evidence.tally(&selected, &rule.measure, any);
            tally.undetermined += unlocated + areas.iter().filter(|area| !area.located).count();
            let mut outcome = counted_outcome(evidence, &selected, &rule.measure, tally, rule.min, ValueUnit::Count);
            outcome.need = Some(rule.min.ceil() as u64);
            if outcome.verdict == Verdict::CannotJudge {
                outcome.missing = Some(settles(tally.undetermined));
            }
            outcome
        }
        Combine::Each => {
            let tallies: Vec<Tally> = areas.iter().map(|a| tally_of(a)).collect();
            let verdicts: Vec<Verdict> =
                tallies.iter().map(|t| verdict_of_count(t.known, t.undetermined, rule.min)).collect();
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
                outcome.missing = Some(settles(tallies.iter().map(|t| t.undetermined).sum()));
            }
            outcome
        }
    };
    outcome.derived_areas = level.derived_from.is_some();
    for area in areas {
        let tally = tally_of(area);
        let verdict = verdict_of_count(tally.known, tally.undetermined, rule.min);
        let mut of_area = area_outcome(evidence, &rule.unit, area, verdict);
        of_area.need = Some(rule.min.ceil() as u64);
        of_area.have = Some(tally.known);
        of_area.value = Some(tally.known);
        outcome.areas.push(of_area);
    }
    outcome
}

/// The areas with those of these names as one, in the place of the first of them. The last character of a name, 区 or 县, may
/// be left out.
fn merged<'a>(names: &[String], all: &'a [Area]) -> Result<Cow<'a, [Area]>, Missing> {
    if names.is_empty() {
        return Ok(Cow::Borrowed(all));
    }
    let short = |name: &str| name.trim_end_matches(['区', '县']).to_owned();
    let mut areas: Vec<Area> = Vec::new();
    let mut one: Option<usize> = None;
    let mut found = BTreeSet::new();
    for area in all {
        if !names.iter().any(|name| short(name) == short(&area.name)) {
            areas.push(area.clone());
            continue;
        }
        found.insert(short(&area.name));
        match one {
            None => {
                one = Some(areas.len());
                areas.push(area.clone());
            }
            Some(at) => {
                let whole = &mut areas[at];
                whole.id = format!("{}+{}", whole.id, area.id);
                whole.name = format!("{}+{}", whole.name, area.name);
                whole.members.extend(&area.members);
                whole.sites.extend(&area.sites);
            }
        }
    }
    match names.iter().find(|name| !found.contains(&short(name))) {
        Some(absent) => Err(Missing::UnitNamed(format!("name = \"{absent}\""))),
        None => Ok(Cow::Owned(areas)),
    }
}

/// The areas that a filter selects, at least one.
fn areas_of<'a>(filter: Option<&Filter>, all: &'a [Area]) -> Result<Vec<&'a Area>, Missing> {
    let Some(filter) = filter else {
        // A level that is given without areas has none that a filter could name.
        return if all.is_empty() { Err(Missing::UnitNamed(String::new())) } else { Ok(all.iter().collect()) };
    };
    let mut areas = Vec::new();
    for area in all {
        match filter.evaluate(&area.attributes) {
            Truth::True => areas.push(area),
            Truth::False => {}
            Truth::Unknown => {
                let attribute = filter.first_attribute().to_owned();
                return Err(Missing::Attribute { layer: "units".to_owned(), attribute, features: 1 });
            }
        }
    }
    if areas.is_empty() { Err(Missing::UnitNamed(filter.to_string())) } else { Ok(areas) }
}

fn counted_outcome(
    evidence: &Evidence,
    selected: &SelectedSites,
    measure: &Measure,
    tally: Tally,
    need: f64,
    unit: ValueUnit,
) -> Outcome {
    let mut outcome = Outcome::empty(verdict_of_count(tally.known, tally.undetermined, need), unit, need);
    outcome.value = Some(tally.known);
    outcome.have = Some(tally.known);
    if outcome.verdict == Verdict::CannotJudge {
        outcome.missing = Some(evidence.lacking(selected, measure, tally.undetermined));
    }
    outcome
}

pub(crate) fn area_outcome(evidence: &Evidence, level: &UnitKind, area: &Area, verdict: Verdict) -> AreaOutcome {
    AreaOutcome {
        level: level.to_string(),
        id: area.id.clone(),
        name: area.name.clone(),
        people: area.members.iter().map(|i| evidence.demand_points[*i as usize].people).sum(),
        verdict,
        value: None,
        need: None,
        have: None,
        uncovered: None,
    }
}

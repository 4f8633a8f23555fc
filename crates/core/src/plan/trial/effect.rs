//! What an edit does to people.
//!
//! In: the places whose time or distance changes. Out: [`Effect`]: people gained and lost, of all and by unit.

use super::{Trial, Within};
use crate::travel::standing::RoadTimes;
use lifering_base::units::Milliseconds;
use lifering_standards::catalogue::Criterion;
use lifering_standards::coverage::{radius, travel_time};
use lifering_standards::evidence::Measurements;
use lifering_standards::outcome::Outcome;
use std::collections::BTreeMap;

/// The effect of an edit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effect {
    /// People newly in time.
    pub people_new: f64,
    /// People in time no more.
    pub people_lost: f64,
    /// People reached sooner, in time or not.
    pub people_sooner: f64,
    /// People reached later or no more, in time or not.
    pub people_later: f64,
    /// People times seconds saved (metres, for distances), over people reached before and after.
    pub people_seconds_saved: f64,
    /// People times seconds lost (metres, for distances), over people reached before and after.
    pub people_seconds_lost: f64,
    /// Units with people newly in time or in time no more, by their position in the units layer, ascending.
    pub units: Vec<UnitEffect>,
    /// Population samples that the rule counts whose time changes, ascending.
    pub places: Vec<PlaceTimes>,
    /// Segments of road whose times change, ascending, by the clock of the rule; none for straight distances.
    pub roads: Vec<RoadTimes>,
}

/// The effect of an edit in one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnitEffect {
    /// Position in the units layer; `None`: people in none of the finest level.
    pub unit: Option<u32>,
    /// People newly in time.
    pub people_new: f64,
    /// People in time no more.
    pub people_lost: f64,
}

/// A population sample whose time changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaceTimes {
    /// Position in the population samples.
    pub sample: u32,
    /// Seconds by the clock of the rule, or metres; `None`: not reached.
    pub before: Option<f64>,
    /// The same after the edit.
    pub after: Option<f64>,
}

impl Trial {
    /// The effect of changed places (positions among the demand points in scope, ascending), as they are measured.
    pub(super) fn compare(&self, changed: Vec<(u32, Option<f64>)>, roads: Vec<RoadTimes>) -> Effect {
        let mut effect = Effect { roads, ..Effect::default() };
        let mut units: BTreeMap<Option<u32>, (f64, f64)> = BTreeMap::new();
        let within = self.within;
        for (place, after) in changed {
            let (people, before) = (self.people[place as usize], self.now[place as usize]);
            let in_time = |at: Option<f64>| at.is_some_and(|at| within.holds(at));
            if before == after {
                continue;
            }
            match (in_time(before), in_time(after)) {
                (false, true) => {
                    effect.people_new += people;
                    units.entry(self.units[place as usize]).or_default().0 += people;
                }
                (true, false) => {
                    effect.people_lost += people;
                    units.entry(self.units[place as usize]).or_default().1 += people;
                }
                _ => {}
            }
            if sooner(after, before) {
                effect.people_sooner += people;
            } else {
                effect.people_later += people;
            }
            if let (Some(before), Some(after)) = (before, after) {
                let saved = within.units(before - after);
                if saved > 0.0 {
                    effect.people_seconds_saved += people * saved;
                } else {
                    effect.people_seconds_lost -= people * saved;
                }
            }
            let sample = self.objective.demand_points[place as usize];
            let units = |at: Option<f64>| at.map(|at| within.units(at));
            effect.places.push(PlaceTimes { sample, before: units(before), after: units(after) });
        }
        let units = units.into_iter();
        effect.units =
            units.map(|(unit, (people_new, people_lost))| UnitEffect { unit, people_new, people_lost }).collect();
        effect
    }

    /// The rule judged as an audit judges its default reading after an edit, over the sites that it certainly counts and the
    /// areas as they stand. [`Trial::verdicts`] knows of all rules, readings and areas.
    pub fn outcome(&self, effect: &Effect) -> Outcome {
        let samples = self.city.people().samples.len();
        let mut at: Vec<Option<f64>> = vec![None; samples];
        for (sample, now) in self.objective.demand_points.iter().zip(&self.now) {
            at[*sample as usize] = *now;
        }
        let measured =
            |units: f64| if matches!(self.within, Within::Straight(_)) { units } else { (units * 1000.0).round() };
        for place in &effect.places {
            at[place.sample as usize] = place.after.map(measured);
        }
        let times = || at.iter().map(|at| at.map(|ms| Milliseconds(ms as u32))).collect::<Vec<_>>();
        let evidence = self.city.evidence();
        match &self.rule().criterion {
            Criterion::TravelTime(rule) => travel_time(rule, evidence, &times()),
            Criterion::Radius(rule) => {
                let measured = match self.within {
                    Within::Straight(_) => Measurements::Distances(at),
                    Within::Time(_) | Within::Road(_) => Measurements::Times(times()),
                };
                radius(rule, evidence, &measured)
            }
            // `objective` lets no other criterion pass.
            other => Outcome::cannot_judge(
                lifering_standards::outcome::ValueUnit::Share,
                0.0,
                lifering_standards::evidence::Missing::UnitNamed(other.kind().to_string()),
            ),
        }
    }
}

/// Whether one time is before another; not to be reached is later than any.
fn sooner(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one < other,
        (one, other) => one.is_some() && other.is_none(),
    }
}

//! The checks of the profile `core`, beside any standard.
//!
//! In: a standard. Out: the same with the checks that none of its rules makes, at the end, advisory. Whatever is asked of a
//! city, its people, times and zones are then known.

use super::criterion::Criterion;
use super::standard::{Rule, RuleId, Standard};
use super::words::Force;
use super::{StandardError, embedded_text};

/// The profile of the checks, and what an audit takes where nobody names a standard.
pub const CORE: &str = "core";

impl Standard {
    /// The standard with every check of [`CORE`] that it does not make itself, unless it says `core = false`. They never bind.
    ///
    /// # Errors
    /// The embedded profile has faults, which a test rules out.
    pub fn with_core(mut self) -> Result<Self, StandardError> {
        if !self.core || self.id == CORE || embedded_text(CORE).is_none() {
            return Ok(self);
        }
        let core = Self::embedded(CORE)?;
        for mut rule in core.rules {
            if self.rules.iter().any(|own| own.id == rule.id || answers(&own.criterion, &rule.criterion)) {
                continue;
            }
            rule.force = Force::Advisory;
            rule.filled_from = Some(CORE.to_owned());
            if let Some(source) = core.sources.get(&rule.cite.source) {
                self.sources.entry(rule.cite.source.clone()).or_insert_with(|| source.clone());
            }
            self.rules.push(rule);
        }
        Ok(self)
    }
}

impl Standard {
    /// Every check of [`CORE`] with the rule that answers it, in the order of the checks; those that no rule answers are left out.
    pub fn core_answers(&self) -> Vec<(RuleId, &Rule)> {
        let checks = Self::embedded(CORE).map(|core| core.rules).unwrap_or_default();
        let answer = |check: Rule| {
            let own = self.rules.iter().find(|own| own.id == check.id || answers(&own.criterion, &check.criterion))?;
            Some((check.id, own))
        };
        checks.into_iter().filter_map(answer).collect()
    }
}

/// Whether a rule asks the question of a check, of everybody: the share of people that is enough may be another.
fn answers(own: &Criterion, check: &Criterion) -> bool {
    match (own, check) {
        (Criterion::Radius(own), Criterion::Radius(check)) => {
            own.facility == check.facility
                && own.max_m.total_cmp(&check.max_m).is_eq()
                && own.metric == check.metric
                && own.demand == check.demand
        }
        (Criterion::TravelTime(own), Criterion::TravelTime(check)) => {
            own.facility == check.facility
                && own.journey == check.journey
                && own.limit_s == check.limit_s
                && own.demand == check.demand
        }
        (Criterion::PerPopulation(own), Criterion::PerPopulation(check)) => {
            own.facility == check.facility
                && own.measure == check.measure
                && own.per == check.per
                && own.min.total_cmp(&check.min).is_eq()
                && own.base_factor.total_cmp(&check.base_factor).is_eq()
                && own.demand == check.demand
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(id: &str) -> Vec<String> {
        let standard = Standard::embedded(id).unwrap();
        let with_core = standard.clone().with_core().unwrap();
        assert_eq!(with_core.rules[..standard.rules.len()], standard.rules, "{id}: own rules come first");
        let added = &with_core.rules[standard.rules.len()..];
        assert!(added.iter().all(|rule| rule.force == Force::Advisory && rule.filled_from.as_deref() == Some(CORE)));
        assert!(added.iter().all(|rule| with_core.sources.contains_key(&rule.cite.source)), "{id}");
        let again = with_core.clone().with_core().unwrap();
        assert_eq!(again, with_core, "{id}: a second time adds nothing");
        let checks: Vec<String> = with_core.core_answers().iter().map(|(check, _)| check.to_string()).collect();
        assert_eq!(checks, ["CORE-5KM", "CORE-14MIN", "CORE-AMBULANCES", "CORE-AED", "CORE-WALK"]);
        added.iter().map(|rule| rule.id.to_string()).collect()
    }

    #[test]
    fn a_standard_is_only_asked_what_it_does_not_ask_itself() {
        assert_eq!(added("jinjiang-14fyp"), [""; 0]);
        assert_eq!(added(CORE), [""; 0]);
        // Its radius is for town and country, it has no time, and its AEDs are for public places.
        assert_eq!(added("national-2020"), ["CORE-5KM", "CORE-14MIN", "CORE-AED", "CORE-WALK"]);
    }

    #[test]
    fn a_check_names_the_rule_that_answers_it() {
        let jinjiang = Standard::embedded("jinjiang-14fyp").unwrap();
        let answers: Vec<String> = jinjiang.core_answers().iter().map(|(_, rule)| rule.id.to_string()).collect();
        assert_eq!(answers, ["JJ-EMS-01", "JJ-EMS-02", "JJ-EMS-04", "JJ-EMS-07", "JJ-PHC-02"]);
    }

    #[test]
    fn a_standard_may_do_without() {
        let alone = Standard { core: false, ..Standard::embedded("national-2020").unwrap() };
        assert_eq!(alone.clone().with_core().unwrap(), alone);
    }

    #[test]
    fn the_checks_bind_only_where_nobody_names_a_standard() {
        let core = Standard::embedded(CORE).unwrap();
        assert_eq!(core.rules.len(), 5);
        assert!(core.rules.iter().all(|rule| rule.force.binds()));
    }
}

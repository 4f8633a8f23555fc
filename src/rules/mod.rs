//! Measured values against written limits: the five kinds of rule.
//!
//! In: a [`catalogue::Standard`], [`evidence::Evidence`], and what was measured for the questions its rules ask. Out: one
//! [`outcome::RuleOutcome`] a rule. Rules see people, sites, times and distances, never roads.

pub mod catalogue;
pub mod counts;
pub mod coverage;
pub mod evidence;
pub mod outcome;

use catalogue::{Clock, Criterion, Journey, Metric, Pace, Rule, Selection, Standard};
use evidence::{Evidence, Measured, Missing};
use outcome::{Outcome, RuleOutcome, ValueUnit, Verdict, over_readings};
use rayon::prelude::*;

/// How something is to be measured from sites to people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// Driving time from the sites under a clock, in a period (`None`: the region's own).
    Drive(Clock, Option<String>),
    /// Walking time to the sites.
    Walk(Pace),
    /// Length along the drivable roads from the sites.
    Network,
    /// Geodesic distance to the nearest site.
    Geodesic,
}

/// Something a rule needs to have measured for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// From or to which sites, as positions in [`Evidence::sites`].
    pub sites: Vec<usize>,
    /// How.
    pub how: How,
}

/// What a criterion needs measured, or what is missing; `None` where it needs nothing.
pub fn question(criterion: &Criterion, evidence: &Evidence) -> Option<Result<Question, Missing>> {
    let (selection, how): (&Selection, How) = match criterion {
        Criterion::Radius(rule) => (
            &rule.facility,
            match rule.metric {
                Metric::Euclid => How::Geodesic,
                Metric::Network => How::Network,
            },
        ),
        Criterion::TravelTime(rule) => (
            &rule.facility,
            match &rule.journey {
                Journey::Drive { clock, period } => How::Drive(*clock, period.clone()),
                Journey::Walk { pace } => How::Walk(*pace),
            },
        ),
        _ => return None,
    };
    Some(evidence.select(selection).map(|selected| {
        // No ambulance drives from a helicopter base.
        let sites = selected.sure.into_iter().filter(|site| !evidence.is_air_base(*site)).collect();
        Question { sites, how }
    }))
}

/// Judges every rule. `measured` answers a question, or says what is missing.
pub fn judge(
    standard: &Standard,
    evidence: &Evidence,
    measured: &(dyn Fn(&Question) -> Result<Measured, Missing> + Sync),
) -> Vec<RuleOutcome> {
    standard.rules.par_iter().map(|rule| judge_rule(rule, standard, evidence, measured)).collect()
}

fn judge_rule(
    rule: &Rule,
    standard: &Standard,
    evidence: &Evidence,
    measured: &(dyn Fn(&Question) -> Result<Measured, Missing> + Sync),
) -> RuleOutcome {
    let judge = |criterion: &Criterion| judge_criterion(criterion, standard, evidence, measured);
    let default = judge(&rule.criterion);
    let readings: Vec<Outcome> = rule.readings.iter().map(|r| judge(&r.criterion)).collect();
    let verdict = over_readings(default.verdict, &readings);
    RuleOutcome { rule: rule.clone(), verdict, default, readings }
}

fn judge_criterion(
    criterion: &Criterion,
    standard: &Standard,
    evidence: &Evidence,
    measured: &(dyn Fn(&Question) -> Result<Measured, Missing> + Sync),
) -> Outcome {
    let answer = || match question(criterion, evidence) {
        Some(question) => question.and_then(|q| measured(&q)),
        None => Err(Missing::People),
    };
    match criterion {
        Criterion::Radius(rule) => match answer() {
            Ok(measured) => coverage::radius(rule, evidence, &measured),
            Err(missing) => Outcome::cannot_judge(ValueUnit::Share, rule.min_share, missing),
        },
        Criterion::TravelTime(rule) => match answer() {
            Ok(measured) => coverage::travel_time(rule, evidence, &measured),
            Err(missing) => Outcome::cannot_judge(ValueUnit::S, f64::from(rule.limit_s), missing),
        },
        Criterion::PerPopulation(rule) => counts::per_population(rule, standard, evidence),
        Criterion::Share(rule) => counts::share(rule, evidence),
        Criterion::PresencePerUnit(rule) => counts::presence(rule, evidence),
    }
}

/// The exit status that a set of verdicts means: 0 all binding rules met, 1 at least one gap, 3 no gap but something
/// that could not be judged or depends on the reading.
pub fn exit_status(outcomes: &[RuleOutcome]) -> u8 {
    let binding = || outcomes.iter().filter(|o| o.rule.force.binds()).map(|o| o.verdict);
    if binding().any(|v| v == Verdict::Gap) {
        1
    } else if binding().any(|v| v != Verdict::Met) {
        3
    } else {
        0
    }
}

//! Measured values against written limits: the five kinds of rule.
//!
//! In: a [`catalogue::Standard`], [`evidence::Evidence`], and what was measured for the questions its rules ask. Out: one
//! [`outcome::RuleOutcome`] a rule. Rules see people, sites, times and distances, never roads.

pub mod baselines;
pub mod catalogue;
pub mod counts;
pub mod coverage;
pub mod evidence;
pub mod needs;
pub mod outcome;

use catalogue::{Clock, Criterion, Journey, LayerName, Metric, Pace, Rule, Standard};
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

/// What a criterion needs measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// From or to the sites that the rule certainly means.
    pub question: Question,
    /// The same with those it may mean, where there are any: what comes out at best.
    pub at_best: Option<Question>,
    /// What would settle the difference.
    pub lacking: Option<Missing>,
}

/// What a criterion needs measured, or what is missing; `None` where it needs nothing.
pub fn asked(criterion: &Criterion, evidence: &Evidence) -> Option<Result<Asked, Missing>> {
    let how = match criterion {
        Criterion::Radius(rule) => match rule.metric {
            Metric::Euclid => How::Geodesic,
            Metric::Network => How::Network,
        },
        Criterion::TravelTime(rule) => match &rule.journey {
            Journey::Drive { clock, period } => How::Drive(*clock, period.clone()),
            Journey::Walk { pace } => How::Walk(*pace),
        },
        _ => return None,
    };
    Some(evidence.select_of(criterion).map(|selected| {
        let placed = |sites: &[usize]| -> Vec<usize> {
            // No ambulance drives from a helicopter base.
            sites.iter().copied().filter(|i| evidence.sites[*i].placed && !evidence.is_air_base(*i)).collect()
        };
        let sites = placed(&selected.sure);
        let maybe = placed(&selected.unsure);
        let mut lacking = selected.lacking.clone();
        let unplaced = selected.sure.iter().filter(|i| !evidence.sites[**i].placed).count();
        if unplaced > 0 {
            let layer = criterion.selection().layers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" / ");
            lacking = Some(Missing::Place { layer, features: unplaced });
        }
        let somewhere = unplaced == 0 && maybe.len() == selected.unsure.len();
        let at_best = (somewhere && !maybe.is_empty()).then(|| {
            let mut all = [sites.clone(), maybe].concat();
            all.sort_unstable();
            Question { sites: all, how: how.clone() }
        });
        Asked { question: Question { sites, how }, at_best, lacking }
    }))
}

/// The question a criterion asks of the sites it certainly means.
pub fn question(criterion: &Criterion, evidence: &Evidence) -> Option<Result<Question, Missing>> {
    Some(asked(criterion, evidence)?.map(|asked| asked.question))
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
    let needs = needs::needs(rule, standard, evidence);
    let aided = rule.criterion.with_mutual_aid().filter(|_| evidence.given.contains(&LayerName::Neighbours));
    let with_mutual_aid = aided.map(|criterion| judge(&criterion));
    RuleOutcome { rule: rule.clone(), verdict, default, readings, needs, with_mutual_aid }
}

fn judge_criterion(
    criterion: &Criterion,
    standard: &Standard,
    evidence: &Evidence,
    measured: &(dyn Fn(&Question) -> Result<Measured, Missing> + Sync),
) -> Outcome {
    match criterion {
        Criterion::Radius(rule) => judge_coverage(criterion, evidence, measured, &|found| match found {
            Ok(found) => coverage::radius(rule, evidence, found),
            Err(missing) => Outcome::cannot_judge(ValueUnit::Share, rule.min_share, missing),
        }),
        Criterion::TravelTime(rule) => judge_coverage(criterion, evidence, measured, &|found| match found {
            Ok(found) => coverage::travel_time(rule, evidence, found),
            Err(missing) => coverage::time_not_judged(rule, missing),
        }),
        Criterion::PerPopulation(rule) => {
            counts::per_population(rule, evidence.select_of(criterion), standard, evidence)
        }
        Criterion::Share(rule) => counts::share(rule, evidence.select_of(criterion), evidence),
        Criterion::PresencePerUnit(rule) => counts::presence(rule, evidence.select_of(criterion), evidence),
    }
}

/// Judges a rule about times or distances. Sites that it may mean never make it met, and a shortfall is only certain if it
/// remains even with them.
fn judge_coverage(
    criterion: &Criterion,
    evidence: &Evidence,
    measured: &(dyn Fn(&Question) -> Result<Measured, Missing> + Sync),
    outcome_of: &dyn Fn(Result<&Measured, Missing>) -> Outcome,
) -> Outcome {
    let asked = match asked(criterion, evidence) {
        Some(Ok(asked)) => asked,
        Some(Err(missing)) => return outcome_of(Err(missing)),
        None => return outcome_of(Err(Missing::People)),
    };
    let mut outcome = match measured(&asked.question) {
        Ok(found) => outcome_of(Ok(&found)),
        Err(missing) => return outcome_of(Err(missing)),
    };
    let Some(lacking) = asked.lacking else { return outcome };
    let best = asked.at_best.and_then(|question| Some(outcome_of(Ok(&measured(&question).ok()?))));
    let remains = |verdict: Option<Verdict>| verdict == Some(Verdict::Gap);
    for (i, (_, area)) in outcome.areas.iter_mut().enumerate() {
        let at_best = best.as_ref().and_then(|b| b.areas.get(i)).map(|(_, area)| area.verdict);
        if area.verdict == Verdict::Gap && !remains(at_best) {
            area.verdict = Verdict::CannotJudge;
        }
    }
    if outcome.verdict == Verdict::Gap && !remains(best.as_ref().map(|b| b.verdict)) {
        outcome.verdict = Verdict::CannotJudge;
        outcome.missing = Some(lacking);
    }
    outcome
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

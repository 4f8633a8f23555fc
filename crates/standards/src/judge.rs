//! Every rule of a standard judged under its default reading and all others.
//!
//! In: a standard, the evidence, and a function that answers its queries. Out: one [`RuleOutcome`] a rule.

use super::catalogue::{Criterion, LayerName, Rule, RuleId, Standard};
use super::evidence::{Evidence, Measurements, Missing};
use super::incomplete::{doubts, with_doubts};
use super::outcome::{Outcome, RuleOutcome, ValueUnit, Verdict, verdict_over_readings};
use super::query::{AccessQuery, Impedance, queries};
use super::town_and_country::with_unknown_split;
use super::{counts, coverage, needs, shares};
use rayon::prelude::*;
use thiserror::Error;

/// Why a query has no measurements.
#[derive(Clone, Debug, PartialEq)]
pub enum Unmeasured {
    /// The region lacks an input: the rule cannot be judged.
    Missing(Missing),
    /// The query was never measured: a defect of the caller, nothing about the region.
    Never,
}

impl From<Missing> for Unmeasured {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}

/// Answers queries.
pub type MeasureFn<'a> = dyn Fn(&AccessQuery) -> Result<Measurements, Unmeasured> + Sync + 'a;

/// The measurements do not fit the queries of the standard: a defect of the caller, never a finding about the region.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("rule {rule}: {impedance:?} of {sites} sites {defect}")]
pub struct JudgeError {
    /// The rule whose query it is.
    pub rule: RuleId,
    /// The impedance of the query.
    pub impedance: Impedance,
    /// Number of sites of the query.
    pub sites: usize,
    /// What does not fit.
    pub defect: MeasurementDefect,
}

/// Why measurements do not fit a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MeasurementDefect {
    /// There are none.
    #[error("was never measured")]
    Never,
    /// Distances for a criterion on time.
    #[error("was measured as distance, not as time")]
    NotTime,
    /// Not one value for each demand point.
    #[error("was measured for {found} of {wanted} demand points")]
    Length {
        /// Number of values.
        found: usize,
        /// Number of demand points.
        wanted: usize,
    },
}

/// Judges every rule of a standard; the outcomes are in its order.
///
/// # Errors
/// A query of the standard was never measured, or its measurements do not fit it.
pub fn judge(
    standard: &Standard,
    evidence: &Evidence,
    measure: &MeasureFn<'_>,
) -> Result<Vec<RuleOutcome>, JudgeError> {
    standard.rules.par_iter().map(|rule| Judge { rule, standard, evidence, measure }.judge()).collect()
}

/// One rule and what it is judged from.
struct Judge<'a> {
    rule: &'a Rule,
    standard: &'a Standard,
    evidence: &'a Evidence,
    measure: &'a MeasureFn<'a>,
}

/// Judges a coverage criterion from measurements, or from what is missing for them.
type CoverageFn<'a> = dyn Fn(Result<&Measurements, Missing>) -> Result<Outcome, MeasurementDefect> + 'a;

impl Judge<'_> {
    fn judge(&self) -> Result<RuleOutcome, JudgeError> {
        let rule = self.rule;
        let default = self.criterion(&rule.criterion)?;
        let readings: Vec<Outcome> =
            rule.readings.iter().map(|reading| self.criterion(&reading.criterion)).collect::<Result<_, _>>()?;
        let verdict = verdict_over_readings(default.verdict, &readings);
        let verdict = with_unknown_split(verdict, rule, &default, &readings);
        let doubts = doubts(&rule.criterion, verdict, self.evidence);
        let verdict = with_doubts(verdict, &doubts);
        let needs = needs::needs(rule, self.standard, self.evidence);
        let aided = rule.criterion.with_mutual_aid().filter(|_| self.evidence.given.contains(&LayerName::Neighbours));
        let with_mutual_aid = aided.map(|criterion| self.criterion(&criterion)).transpose()?;
        Ok(RuleOutcome { rule: rule.clone(), verdict, default, readings, needs, with_mutual_aid, doubts })
    }

    fn criterion(&self, criterion: &Criterion) -> Result<Outcome, JudgeError> {
        let Self { standard, evidence, .. } = *self;
        let selected = || evidence.select_of(criterion);
        match criterion {
            Criterion::Radius(rule) => self.coverage(criterion, rule.into(), &|measured| {
                Ok(match measured {
                    Ok(measurements) => coverage::radius(rule, evidence, measurements),
                    Err(missing) => Outcome::cannot_judge(ValueUnit::Share, rule.min_share, missing),
                })
            }),
            Criterion::TravelTime(rule) => self.coverage(criterion, rule.into(), &|measured| match measured {
                Ok(Measurements::Times(times)) => Ok(coverage::travel_time(rule, evidence, times)),
                Ok(Measurements::Distances(_)) => Err(MeasurementDefect::NotTime),
                Err(missing) => Ok(coverage::time_not_judged(rule, missing)),
            }),
            Criterion::PerPopulation(rule) => Ok(counts::per_population(rule, selected(), standard, evidence)),
            Criterion::Share(rule) => Ok(shares::share(rule, selected(), evidence)),
            Criterion::PresencePerUnit(rule) => Ok(counts::presence(rule, selected(), evidence)),
        }
    }

    /// Judges a criterion on times or distances. Uncertain sites never make it met, and it is a gap only if it is one even
    /// with all of them.
    fn coverage(
        &self,
        criterion: &Criterion,
        impedance: Impedance,
        outcome_of: &CoverageFn<'_>,
    ) -> Result<Outcome, JudgeError> {
        let judged = |query: &AccessQuery| {
            let measured = self.measurements(query)?;
            let missing = measured.is_err();
            let outcome = outcome_of(measured.as_ref().map_err(Clone::clone));
            outcome.map(|outcome| (outcome, missing)).map_err(|defect| self.error(query, defect))
        };
        let queries = match queries(criterion, impedance.clone(), self.evidence) {
            Ok(queries) => queries,
            Err(missing) => {
                let no_sites = AccessQuery { sites: Vec::new(), impedance };
                return outcome_of(Err(missing)).map_err(|defect| self.error(&no_sites, defect));
            }
        };
        let (mut outcome, missing) = judged(&queries.certain)?;
        if matches!(criterion, Criterion::Radius(_)) {
            outcome.mean_radius_m = self.evidence.mean_radius_m(&queries.certain.sites);
        }
        let Some(lacking) = queries.lacking.filter(|_| !missing) else { return Ok(outcome) };
        let optimistic = queries.optimistic.map(|query| judged(&query)).transpose()?;
        let best = optimistic.filter(|(_, missing)| !missing).map(|(outcome, _)| outcome);
        let remains = |verdict: Option<Verdict>| verdict == Some(Verdict::Gap);
        for (i, area) in outcome.areas.iter_mut().enumerate() {
            let at_best = best.as_ref().and_then(|best| best.areas.get(i)).map(|area| area.verdict);
            if area.verdict == Verdict::Gap && !remains(at_best) {
                area.verdict = Verdict::CannotJudge;
            }
        }
        if outcome.verdict == Verdict::Gap && !remains(best.as_ref().map(|best| best.verdict)) {
            outcome.verdict = Verdict::CannotJudge;
            outcome.missing = Some(lacking);
        }
        Ok(outcome)
    }

    /// The measurements of a query, or the input that is missing for them.
    fn measurements(&self, query: &AccessQuery) -> Result<Result<Measurements, Missing>, JudgeError> {
        match (self.measure)(query) {
            Ok(measurements) => {
                let (found, wanted) = (measurements.len(), self.evidence.demand_points.len());
                if found != wanted {
                    return Err(self.error(query, MeasurementDefect::Length { found, wanted }));
                }
                Ok(Ok(measurements))
            }
            Err(Unmeasured::Missing(missing)) => Ok(Err(missing)),
            Err(Unmeasured::Never) => Err(self.error(query, MeasurementDefect::Never)),
        }
    }

    fn error(&self, query: &AccessQuery, defect: MeasurementDefect) -> JudgeError {
        let (rule, impedance) = (self.rule.id.clone(), query.impedance.clone());
        JudgeError { rule, impedance, sites: query.sites.len(), defect }
    }
}

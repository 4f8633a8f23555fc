//! Threshold tables -> [`Criterion`], and readings: a threshold with some parameters replaced.
//!
//! In: the `threshold` of a rule as a TOML table with spans. Out: the typed criterion, or diagnostics that point at
//! the parameter.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::parameter::ParameterCheck;
use super::raw::{RawPerPopulation, RawPresencePerUnit, RawRadius, RawShare, RawTravelTime};
use super::{schema, typed};
use crate::catalogue::criterion::{
    AttributeName, Criterion, Fraction, Journey, Measure, PerPopulation, PresencePerUnit, Radius, Share, Statistic,
    TravelTime,
};
use crate::catalogue::lint::{Checked, Diagnostics};
use crate::catalogue::nearest;
use crate::catalogue::words::{Combine, Mode, Pace, RuleKind, StatisticWord};

/// Names declared in the rest of the file that thresholds may refer to.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// Layers declared under `[extra_layers]`.
    pub extra_layers: BTreeSet<String>,
    /// Levels declared under `[unit_levels]`.
    pub unit_levels: BTreeSet<String>,
    /// Years of `[population]`.
    pub years: BTreeSet<u16>,
}

/// If a reading replaces the first parameter by another value, the others no longer fit it: they are dropped unless the
/// reading sets them too.
const TIED: [(&str, &[&str]); 5] = [
    ("stat", &["min_share"]),
    ("mode", &["clock", "period", "pace"]),
    ("facility", &["where"]),
    ("of", &["where"]),
    ("unit", &["where_unit", "merge"]),
];

/// Checks a threshold and types it.
pub(super) fn criterion(
    kind: RuleKind,
    threshold: &Spanned<DeValue<'_>>,
    vocabulary: &Vocabulary,
    diagnostics: &mut Diagnostics<'_>,
) -> Checked<Criterion> {
    let mut threshold = threshold.clone();
    let span = threshold.span();
    let DeValue::Table(table) = threshold.get_mut() else {
        return Err(diagnostics.error(span, "`threshold` must be a table", None));
    };
    schema::prune_threshold(kind, table, diagnostics);
    match kind {
        RuleKind::Radius => {
            let raw: RawRadius = typed(threshold, diagnostics)?;
            ParameterCheck { vocabulary, diagnostics }.radius(&raw).map(Criterion::Radius)
        }
        RuleKind::TravelTime => {
            let raw: RawTravelTime = typed(threshold, diagnostics)?;
            ParameterCheck { vocabulary, diagnostics }.travel_time(&raw, span).map(Criterion::TravelTime)
        }
        RuleKind::PerPopulation => {
            let raw: RawPerPopulation = typed(threshold, diagnostics)?;
            ParameterCheck { vocabulary, diagnostics }.per_population(&raw).map(Criterion::PerPopulation)
        }
        RuleKind::Share => {
            let raw: RawShare = typed(threshold, diagnostics)?;
            ParameterCheck { vocabulary, diagnostics }.share(&raw).map(Criterion::Share)
        }
        RuleKind::PresencePerUnit => {
            let raw: RawPresencePerUnit = typed(threshold, diagnostics)?;
            ParameterCheck { vocabulary, diagnostics }.presence(&raw).map(Criterion::PresencePerUnit)
        }
    }
}

/// The criterion of a reading. A fault is shown at the reading's name, because the threshold it changes may stand
/// in another place or another file.
pub(super) fn fitting(
    kind: RuleKind,
    changed: &Spanned<DeValue<'_>>,
    vocabulary: &Vocabulary,
    name: &Spanned<String>,
    diagnostics: &mut Diagnostics<'_>,
) -> Checked<Criterion> {
    let mut trial = diagnostics.fresh();
    criterion(kind, changed, vocabulary, &mut trial).map_err(|_| {
        let message = format!("reading `{}` does not fit this rule", name.get_ref());
        let help = trial.messages().collect::<Vec<_>>().join("; ");
        diagnostics.error(name.span(), message, Some(help))
    })
}

/// The change that a reading makes to a threshold.
pub(super) struct ThresholdChange<'t> {
    /// Parameters with their new values.
    pub set: DeTable<'t>,
    /// Parameters to leave out.
    pub unset: Vec<Spanned<String>>,
}

impl<'t> ThresholdChange<'t> {
    /// Refuses a reading `id` that changes a parameter which the kind of rule does not have.
    pub(super) fn must_fit(&self, id: &str, kind: RuleKind, diagnostics: &mut Diagnostics<'_>) -> Checked<()> {
        let known = schema::parameters(kind);
        for (parameter, span) in self.parameters() {
            if !known.contains(&parameter) {
                let message = format!("reading `{id}` overrides `{parameter}`, which a {kind} rule does not have");
                return Err(diagnostics.error(span, message, Some(nearest::help(parameter, &known))));
            }
        }
        Ok(())
    }

    /// The parameters it changes, with their places in the file.
    fn parameters(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        let set = self.set.iter().map(|(name, _)| (name.get_ref().as_ref(), name.span()));
        set.chain(self.unset.iter().map(|name| (name.get_ref().as_str(), name.span())))
    }

    /// The threshold with the change made.
    pub(super) fn apply(&self, threshold: &Spanned<DeValue<'t>>) -> Spanned<DeValue<'t>> {
        let mut changed = threshold.clone();
        let DeValue::Table(table) = changed.get_mut() else {
            return changed;
        };
        for name in &self.unset {
            table.remove(name.get_ref().as_str());
        }
        for (parameter, dependents) in TIED {
            let (Some(new), Some(old)) = (self.set.get(parameter), table.get(parameter)) else {
                continue;
            };
            if new.get_ref().as_str().is_none() || new.get_ref().as_str() != old.get_ref().as_str() {
                for dependent in dependents {
                    table.remove(*dependent);
                }
            }
        }
        for (parameter, value) in &self.set {
            // Out with the old key, so that the new one brings its own place in the text.
            table.remove(parameter.get_ref().as_ref());
            table.insert(parameter.clone(), value.clone());
        }
        changed
    }
}

impl ParameterCheck<'_, '_, '_> {
    fn radius(&mut self, raw: &RawRadius) -> Checked<Radius> {
        let facility = self.selection(&raw.facility, raw.filter.as_ref());
        let max_m = self.positive("max_m", &raw.max_m);
        let warn_m = self.optional(raw.warn_m.as_ref(), |check, warn| check.positive("warn_m", warn));
        if let (Ok(max), Ok(Some(warn)), Some(raw_warn)) = (&max_m, &warn_m, &raw.warn_m)
            && warn >= max
        {
            let message = format!("warn_m = {warn} must be less than max_m = {max}");
            self.diagnostics.error(raw_warn.span(), message, None);
        }
        let min_share = self.share_of_one("min_share", &raw.min_share);
        let demand = self.optional(raw.demand.as_ref(), Self::filter);
        Ok(Radius {
            facility: facility?,
            max_m: max_m?,
            warn_m: warn_m?,
            metric: raw.metric,
            min_share: min_share?,
            demand: demand?,
        })
    }

    fn travel_time(&mut self, raw: &RawTravelTime, span: Range<usize>) -> Checked<TravelTime> {
        let facility = self.selection(&raw.facility, raw.filter.as_ref());
        let limit_s = self.whole_seconds(&raw.max_min);
        let journey = self.journey(raw, span.clone());
        let statistic = self.statistic(raw, span);
        let demand = self.optional(raw.demand.as_ref(), Self::filter);
        Ok(TravelTime {
            facility: facility?,
            journey: journey?,
            limit_s: limit_s?,
            statistic: statistic?,
            demand: demand?,
        })
    }

    fn journey(&mut self, raw: &RawTravelTime, span: Range<usize>) -> Checked<Journey> {
        match (raw.mode, &raw.clock, &raw.period, &raw.pace) {
            (Mode::Drive, Some(clock), period, None) => Ok(Journey::Drive {
                clock: *clock.get_ref(),
                period: period.as_ref().map(|period| period.get_ref().clone()),
            }),
            (Mode::Drive, _, _, Some(pace)) => {
                Err(self.diagnostics.error(pace.span(), "`pace` belongs to mode = \"walk\"", None))
            }
            (Mode::Drive, None, _, None) => {
                let help = "clock = \"call_to_arrival\", \"dispatch_to_arrival\" or \"drive_only\"".to_owned();
                Err(self.diagnostics.error(span, "mode = \"drive\" needs a `clock`", Some(help)))
            }
            (Mode::Walk, None, None, pace) => {
                Ok(Journey::Walk { pace: pace.as_ref().map_or(Pace::Usual, |pace| *pace.get_ref()) })
            }
            (Mode::Walk, Some(clock), _, _) => {
                Err(self.diagnostics.error(clock.span(), "`clock` belongs to mode = \"drive\"", None))
            }
            (Mode::Walk, None, Some(period), _) => {
                Err(self.diagnostics.error(period.span(), "`period` belongs to mode = \"drive\"", None))
            }
        }
    }

    fn statistic(&mut self, raw: &RawTravelTime, span: Range<usize>) -> Checked<Statistic> {
        match (raw.stat, &raw.min_share) {
            (StatisticWord::Share, Some(share)) => {
                let min_share = self.share_of_one("min_share", share)?;
                Ok(Statistic::Share { min_share })
            }
            (StatisticWord::Share, None) => {
                let help = Some("for instance min_share = 0.9".to_owned());
                Err(self.diagnostics.error(span, "stat = \"share\" needs a `min_share`", help))
            }
            (_, Some(share)) => {
                Err(self.diagnostics.error(share.span(), "`min_share` belongs to stat = \"share\"", None))
            }
            (StatisticWord::Mean, None) => Ok(Statistic::Mean),
            (StatisticWord::P90, None) => Ok(Statistic::P90),
            (StatisticWord::Max, None) => Ok(Statistic::Max),
        }
    }

    fn per_population(&mut self, raw: &RawPerPopulation) -> Checked<PerPopulation> {
        let facility = self.selection(&raw.facility, raw.filter.as_ref());
        let measure = self.optional(raw.count.as_ref(), Self::measure);
        let per = self.at_least_one("per", &raw.per);
        let min = self.positive("min", &raw.min);
        let base_factor =
            self.optional(raw.base_factor.as_ref(), |check, factor| check.positive("base_factor", factor));
        let population_year = self.optional(raw.population_year.as_ref(), Self::known_year);
        let demand = self.optional(raw.demand.as_ref(), Self::filter);
        Ok(PerPopulation {
            facility: facility?,
            measure: measure?.unwrap_or(Measure::Count),
            per: per?,
            min: min?,
            base_factor: base_factor?.unwrap_or(1.0),
            population_year: population_year?,
            demand: demand?,
        })
    }

    fn share(&mut self, raw: &RawShare) -> Checked<Share> {
        let of = self.selection(&raw.of, raw.filter.as_ref());
        let weight = self.optional(raw.weight.as_ref(), Self::attribute);
        let fraction = self.fraction(raw, weight);
        let min = self.share_of_one("min", &raw.min);
        Ok(Share { of: of?, fraction: fraction?, min: min?, more_than: raw.more_than })
    }

    fn fraction(&mut self, raw: &RawShare, weight: Checked<Option<AttributeName>>) -> Checked<Fraction> {
        if !raw.num.get_ref().trim_start().starts_with("sum(") {
            let filter = self.filter(&raw.num)?;
            self.check_kinds(&raw.of, &filter, &raw.num);
            if let Some(per) = &raw.whole_per {
                return Err(self.diagnostics.error(per.span(), "`whole_per` belongs to num = \"sum(...)\"", None));
            }
            return Ok(Fraction::Matching { filter, weight: weight? });
        }
        let part = self.sum(&raw.num)?;
        let per = self.optional(raw.whole_per.as_ref(), |check, per| check.at_least_one("whole_per", per))?;
        if let Some(whole) = weight? {
            return Ok(match per {
                Some(per) => Fraction::OfNeed { part, whole, per },
                None => Fraction::Sums { part, whole },
            });
        }
        let help = "weight = \"ambulances\" makes it a share of sum(ambulances), for instance";
        let message = "a sum is a share only of another sum: `weight` is missing";
        Err(self.diagnostics.error(raw.num.span(), message, Some(help.to_owned())))
    }

    fn presence(&mut self, raw: &RawPresencePerUnit) -> Checked<PresencePerUnit> {
        let unit = self.unit(&raw.unit);
        let unit_filter = self.optional(raw.where_unit.as_ref(), Self::filter);
        let facility = self.selection(&raw.facility, raw.filter.as_ref());
        let measure = self.optional(raw.count.as_ref(), Self::measure);
        let min = self.positive("min", &raw.min);
        Ok(PresencePerUnit {
            unit: unit?,
            unit_filter: unit_filter?,
            merge: raw.merge.as_ref().map(|names| names.get_ref().clone()).unwrap_or_default(),
            facility: facility?,
            measure: measure?.unwrap_or(Measure::Count),
            min: min?,
            combine: raw.combine.unwrap_or(Combine::Each),
        })
    }
}

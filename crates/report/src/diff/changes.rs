//! Rules and units that differ, and whether they got better or worse.
//!
//! In: two audits. Out: [`RuleDiff`]s and [`UnitDiff`]s of what differs.

use super::Pair;
use super::units::{UnitPairs, renamed_from};
use crate::report::{Report, RuleReport, UnitReport, UnitRuleReport};
use crate::rounding::rounded;
use lifering_standards::Figures;
use lifering_standards::catalogue::Force;
use lifering_standards::outcome::{ValueUnit, Verdict};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Shares in audit.json are rounded to six decimals: a smaller difference is rounding.
const ROUNDING: f64 = 1e-6;
/// People in audit.json are rounded to the thousandth, and a difference is of two of them.
const PEOPLE_ROUNDING: f64 = 1.5e-3;

/// Whether something got better or worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Neither better nor worse.
    Same,
    /// Better.
    Better,
    /// Worse.
    Worse,
    /// Some of it better, some of it worse.
    Mixed,
    /// Not comparable: in one of the two audits it could not be judged, or it is missing.
    Unclear,
}

impl Change {
    /// The change of two things together. Worse is never hidden behind unclear.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        use Change::{Better, Mixed, Same, Unclear, Worse};
        match (self, other) {
            (Same, change) | (change, Same) => change,
            (Mixed, _) | (_, Mixed) | (Better, Worse) | (Worse, Better) => Mixed,
            (Worse, _) | (_, Worse) => Worse,
            (Unclear, _) | (_, Unclear) => Unclear,
            (Better, Better) => Better,
        }
    }

    /// Whether any of it got worse.
    pub fn worse(self) -> bool {
        matches!(self, Self::Worse | Self::Mixed)
    }

    /// Whether any of it got better.
    pub fn better(self) -> bool {
        matches!(self, Self::Better | Self::Mixed)
    }
}

/// A rule that differs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RuleDiff {
    /// Id within the standard.
    pub id: String,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Whether the rule counts for the exit status: it binds in either audit.
    pub binding: bool,
    /// How hard each audit's standard makes it; `null` if the audit lacks the rule. For programs `causes.standard` says that it
    /// differs.
    #[serde(skip)]
    pub force: Pair<Option<Force>>,
    /// Change for the region as a whole.
    pub change: Change,
    /// Verdict over all readings; `null` if the audit lacks the rule.
    pub verdict: Pair<Option<Verdict>>,
    /// Figure under the default reading, in `unit`; `null` if it cannot be stated or the audit lacks the rule.
    pub value: Pair<Option<f64>>,
    /// Requirement the value is compared with, in `unit`; `null` if the audit lacks the rule.
    pub threshold: Pair<Option<f64>>,
    /// Unit of `value`, `threshold` and `gap`.
    pub unit: ValueUnit,
    /// Distance from being met, in `unit`; 0 if it is met, `null` if it cannot be stated.
    pub gap: Pair<Option<f64>>,
    /// People not covered; `null` for rules without coverage.
    pub population_uncovered: Pair<Option<f64>>,
    /// Change of the people not covered, new minus old: negative if people were gained. `null` if either is.
    pub population_lost: Option<f64>,
    /// Area not covered, km²: best estimate, proved lower and upper bound; `null` if no zones were drawn.
    pub uncovered_km2: Pair<Option<[f64; 3]>>,
    /// Number required; `null` for rules that do not count.
    pub need: Pair<Option<u64>>,
    /// Number present; `null` for rules that do not count.
    pub have: Pair<Option<f64>>,
    /// Verdicts of the readings that differ, by id; `null` if the audit lacks the reading.
    pub readings: BTreeMap<String, Pair<Option<Verdict>>>,
}

/// A unit that differs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct UnitDiff {
    /// Id in the units layer.
    pub id: String,
    /// Name in the units layer, of the new audit.
    pub name: String,
    /// Name in the old audit, if it is another: `reorganised` says so to programs.
    #[serde(skip)]
    pub renamed_from: Option<String>,
    /// Level of the unit.
    pub level: String,
    /// People in the unit; `null` if the audit lacks it.
    pub population: Pair<Option<f64>>,
    /// Figures by rule id, of the rules for which the unit differs.
    pub rules: BTreeMap<String, UnitRuleDiff>,
}

/// A unit under one rule.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct UnitRuleDiff {
    /// Whether the rule counts for the exit status.
    pub binding: bool,
    /// Change for this unit.
    pub change: Change,
    /// Verdict; `null` if the audit does not judge the unit by the rule.
    pub verdict: Pair<Option<Verdict>>,
    /// Figure compared, in the rule's unit; `null` if it cannot be stated.
    pub value: Pair<Option<f64>>,
    /// Number required; `null` for rules that do not count.
    pub need: Pair<Option<u64>>,
    /// Number present; `null` for rules that do not count.
    pub have: Pair<Option<f64>>,
    /// People not covered; `null` for rules without coverage.
    pub population_uncovered: Pair<Option<f64>>,
    /// Change of the people not covered, new minus old: negative if people were gained. `null` if either is.
    pub population_lost: Option<f64>,
}

/// How a verdict changed: a gap is worse than `depends`, which is worse than met; what could not be judged is neither.
fn verdicts(pair: Pair<Option<Verdict>>) -> Change {
    let rank = |verdict: Option<Verdict>| match verdict? {
        Verdict::Met => Some(0),
        Verdict::Depends => Some(1),
        Verdict::Gap => Some(2),
        Verdict::CannotJudge => None,
    };
    if !pair.differs() {
        return Change::Same;
    }
    match (rank(pair.old), rank(pair.new)) {
        (Some(old), Some(new)) if new > old => Change::Worse,
        (Some(_), Some(_)) => Change::Better,
        _ => Change::Unclear,
    }
}

/// How a figure of which less is better changed; the same if only one of the two has it.
fn less_is_better(pair: Pair<Option<f64>>, rounding: f64) -> Change {
    match (pair.old, pair.new) {
        (Some(old), Some(new)) if new > old + rounding => Change::Worse,
        (Some(old), Some(new)) if new < old - rounding => Change::Better,
        _ => Change::Same,
    }
}

/// How the people not covered changed: in number if as many people are asked about as before, else in share. More people at the
/// same share is no worse, fewer no better.
fn uncovered(people: Pair<Option<f64>>, of: Pair<Option<f64>>) -> Change {
    let as_many = match (of.old, of.new) {
        (Some(old), Some(new)) => (new - old).abs() <= 2.0 * PEOPLE_ROUNDING,
        _ => true,
    };
    if as_many {
        return less_is_better(people, PEOPLE_ROUNDING);
    }
    let share = |people: Option<f64>, of: Option<f64>| Some(people? / of.filter(|of| *of > 0.0)?);
    let shares = Pair { old: share(people.old, of.old), new: share(people.new, of.new) };
    less_is_better(shares, ROUNDING)
}

/// A change of figures is unclear if either audit could not judge.
fn sure(change: Change, verdict: Pair<Option<Verdict>>) -> Change {
    let judged = |verdict: Option<Verdict>| verdict.is_some_and(|v| v != Verdict::CannotJudge);
    if change == Change::Same || (judged(verdict.old) && judged(verdict.new)) { change } else { Change::Unclear }
}

/// How an area changed; the same if the proved bounds overlap.
fn areas(pair: Pair<Option<[f64; 3]>>) -> Change {
    match (pair.old, pair.new) {
        (Some(old), Some(new)) if new[1] > old[2] + ROUNDING => Change::Worse,
        (Some(old), Some(new)) if new[2] < old[1] - ROUNDING => Change::Better,
        _ => Change::Same,
    }
}

/// The shortage of a count; `None` if either number is not known.
fn short(need: Option<u64>, have: Option<f64>) -> Option<f64> {
    Some((need? as f64 - have?).max(0.0))
}

/// Distance of a rule from being met, in its unit. A shortage of a count is exact, all else is rounded as the value is.
fn gap(rule: &RuleReport) -> Option<f64> {
    if let Some(short) = short(rule.need, rule.have) {
        return Some(short);
    }
    let RuleReport { unit, value, threshold, .. } = *rule;
    Some(rounded(Figures { unit, value, threshold, need: None, have: None }.gap()?, 6))
}

fn lost(people: Pair<Option<f64>>) -> Option<f64> {
    Some(rounded(people.new? - people.old?, 6))
}

/// What another force makes of a verdict that stays: a gap that binds now is one gap more, a rule that is not settled and
/// binds now may be one.
fn in_force(pair: Pair<Option<&RuleReport>>) -> Change {
    let binding = |rule: Option<&RuleReport>| rule.filter(|rule| rule.binding).map(|rule| rule.verdict);
    let (Some(_), Some(_)) = (pair.old, pair.new) else { return Change::Same };
    match (binding(pair.old), binding(pair.new)) {
        (None, Some(Verdict::Gap)) => Change::Worse,
        (Some(Verdict::Gap), None) => Change::Better,
        (None, Some(Verdict::Depends | Verdict::CannotJudge))
        | (Some(Verdict::Depends | Verdict::CannotJudge), None) => Change::Unclear,
        _ => Change::Same,
    }
}

/// Pairs by key, in the order of the new list, then those only the old one has.
fn matched<'a, T, K: Ord>(old: &'a [T], new: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<Pair<Option<&'a T>>> {
    let known: BTreeMap<K, &T> = old.iter().map(|item| (key(item), item)).collect();
    let there: BTreeSet<K> = new.iter().map(&key).collect();
    let both = new.iter().map(|item| Pair { old: known.get(&key(item)).copied(), new: Some(item) });
    let gone = old.iter().filter(|item| !there.contains(&key(item)));
    both.chain(gone.map(|item| Pair { old: Some(item), new: None })).collect()
}

/// Rules that differ.
pub fn rules(sides: Pair<&Report>) -> Vec<RuleDiff> {
    let pairs = matched(&sides.old.rules, &sides.new.rules, |rule: &RuleReport| rule.id.as_str());
    pairs.into_iter().filter_map(rule).collect()
}

fn rule(pair: Pair<Option<&RuleReport>>) -> Option<RuleDiff> {
    let known = pair.new.or(pair.old)?;
    let area = |rule: &RuleReport| Some([rule.uncovered_km2?, rule.uncovered_km2_low?, rule.uncovered_km2_high?]);
    let of_reading =
        |rule: Option<&RuleReport>, id: &str| rule?.readings.iter().find(|r| r.id == id).map(|r| r.verdict);
    let ids: BTreeSet<&str> =
        [pair.old, pair.new].into_iter().flatten().flat_map(|rule| &rule.readings).map(|r| r.id.as_str()).collect();
    let readings: BTreeMap<String, Pair<Option<Verdict>>> = ids
        .into_iter()
        .map(|id| (id.to_owned(), pair.map(|rule| of_reading(rule, id))))
        .filter(|(_, verdict)| verdict.differs())
        .collect();
    let verdict = pair.map(|rule| rule.map(|r| r.verdict));
    let gap = pair.map(|rule| rule.and_then(gap));
    let population_uncovered = pair.map(|rule| rule.and_then(|r| r.population_uncovered));
    let uncovered_km2 = pair.map(|rule| rule.and_then(area));
    let asked = pair.map(|rule| rule.and_then(|r| Some(r.population_covered? + r.population_uncovered?)));
    let figures = uncovered(population_uncovered, asked).and(less_is_better(gap, ROUNDING)).and(areas(uncovered_km2));
    let of_readings = readings.values().map(|verdict| verdicts(*verdict)).fold(Change::Same, Change::and);
    let diff = RuleDiff {
        id: known.id.clone(),
        title: known.title.clone(),
        title_en: known.title_en.clone(),
        binding: [pair.old, pair.new].into_iter().flatten().any(|rule| rule.binding),
        force: pair.map(|rule| rule.map(|r| r.force)),
        change: verdicts(verdict).and(of_readings).and(sure(figures, verdict)).and(in_force(pair)),
        verdict,
        value: pair.map(|rule| rule.and_then(|r| r.value)),
        threshold: pair.map(|rule| rule.map(|r| r.threshold)),
        unit: known.unit,
        gap,
        population_uncovered,
        population_lost: lost(population_uncovered),
        uncovered_km2,
        need: pair.map(|rule| rule.and_then(|r| r.need)),
        have: pair.map(|rule| rule.and_then(|r| r.have)),
        readings,
    };
    let differs = diff.verdict.differs()
        || diff.force.differs()
        || diff.value.differs()
        || diff.threshold.differs()
        || diff.population_uncovered.differs()
        || diff.uncovered_km2.differs()
        || diff.need.differs()
        || diff.have.differs()
        || !diff.readings.is_empty();
    differs.then_some(diff)
}

/// Units that differ.
pub fn units(sides: Pair<&Report>, pairs: &UnitPairs<'_>) -> Vec<UnitDiff> {
    let rules = sides.old.rules.iter().chain(&sides.new.rules);
    let binding: BTreeSet<&str> = rules.filter(|rule| rule.binding).map(|rule| rule.id.as_str()).collect();
    pairs.pairs.iter().filter_map(|pair| unit(*pair, &binding)).collect()
}

fn unit(pair: Pair<Option<&UnitReport>>, binding: &BTreeSet<&str>) -> Option<UnitDiff> {
    let known = pair.new.or(pair.old)?;
    let ids: BTreeSet<&String> =
        [pair.old, pair.new].into_iter().flatten().flat_map(|unit| unit.rules.keys()).collect();
    let population = pair.map(|unit| unit.map(|u| u.population));
    let rules: BTreeMap<String, UnitRuleDiff> = ids
        .into_iter()
        .filter_map(|id| {
            let of = pair.map(|unit| unit.and_then(|u| u.rules.get(id)));
            Some((id.clone(), unit_rule(of, population, binding.contains(id.as_str()))?))
        })
        .collect();
    let renamed = pair.old.zip(pair.new).and_then(|(old, new)| renamed_from(old, new));
    (renamed.is_some() || population.differs() || !rules.is_empty()).then(|| UnitDiff {
        id: known.id.clone(),
        name: known.name.clone(),
        renamed_from: renamed,
        level: known.level.clone(),
        population,
        rules,
    })
}

/// `of`: people in the unit.
fn unit_rule(pair: Pair<Option<&UnitRuleReport>>, of: Pair<Option<f64>>, binding: bool) -> Option<UnitRuleDiff> {
    let verdict = pair.map(|rule| rule.map(|r| r.verdict));
    let population_uncovered = pair.map(|rule| rule.and_then(|r| r.population_uncovered));
    let missing = pair.map(|rule| rule.and_then(|r| short(r.need, r.have)));
    let figures = uncovered(population_uncovered, of).and(less_is_better(missing, ROUNDING));
    let diff = UnitRuleDiff {
        binding,
        change: verdicts(verdict).and(sure(figures, verdict)),
        verdict,
        value: pair.map(|rule| rule.and_then(|r| r.value)),
        need: pair.map(|rule| rule.and_then(|r| r.need)),
        have: pair.map(|rule| rule.and_then(|r| r.have)),
        population_uncovered,
        population_lost: lost(population_uncovered),
    };
    let differs = diff.verdict.differs()
        || diff.value.differs()
        || diff.need.differs()
        || diff.have.differs()
        || diff.population_uncovered.differs();
    differs.then_some(diff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_better_worse_or_unclear() {
        use Verdict::{CannotJudge, Depends, Gap, Met};
        let change = |old, new| verdicts(Pair { old: Some(old), new: Some(new) });
        for (worse, than) in [(Gap, Met), (Gap, Depends), (Depends, Met)] {
            assert_eq!((change(than, worse), change(worse, than)), (Change::Worse, Change::Better));
        }
        for other in [Met, Gap, Depends] {
            assert_eq!((change(CannotJudge, other), change(other, CannotJudge)), (Change::Unclear, Change::Unclear));
        }
        assert_eq!(change(CannotJudge, CannotJudge), Change::Same);
    }

    #[test]
    fn people_who_came_or_left_are_neither_worse_nor_better() {
        let both = |old: f64, new: f64| Pair { old: Some(old), new: Some(new) };
        assert_eq!(uncovered(both(100.0, 200.0), both(1000.0, 2000.0)), Change::Same);
        assert_eq!(uncovered(both(100.0, 50.0), both(1000.0, 500.0)), Change::Same);
        assert_eq!(uncovered(both(100.0, 200.0), both(1000.0, 1500.0)), Change::Worse);
        assert_eq!(uncovered(both(100.0, 100.0), both(1000.0, 2000.0)), Change::Better);
        assert_eq!(uncovered(both(100.0, 101.0), both(1000.0, 1000.0)), Change::Worse);
    }

    #[test]
    fn what_got_worse_is_never_hidden() {
        use Change::{Better, Mixed, Same, Unclear, Worse};
        let all = [Same, Better, Worse, Mixed, Unclear];
        for one in all {
            for other in all {
                let both = one.and(other);
                assert_eq!(both, other.and(one));
                assert_eq!(both.worse(), one.worse() || other.worse(), "{one:?} and {other:?}");
                assert_eq!(both == Same, one == Same && other == Same);
                for third in all {
                    assert_eq!(both.and(third).worse(), one.and(other.and(third)).worse());
                }
            }
        }
    }
}

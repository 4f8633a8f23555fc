//! How far a rule is from being met.
//!
//! In: a criterion and its outcome, or the figures of a rule read back from audit.json. Out: [`Shortfall`], what closes the
//! gap; [`Figures`], the gap as a number in the unit of the rule.

use super::catalogue::{Criterion, Statistic};
use super::outcome::{Outcome, ValueUnit, Verdict};

/// What a criterion lacks to be met, and what would close the gap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shortfall {
    /// Too few people within the limit.
    Coverage {
        /// Share of people missing, 0 to 1: the least share less the share covered.
        share: f64,
        /// People to cover beside those who are; not a whole number.
        people: f64,
    },
    /// A statistic of travel times is over its limit.
    Time {
        /// Seconds over.
        seconds: f64,
    },
    /// Too few of something.
    Count {
        /// Number to add, features or the sum of an attribute.
        missing: f64,
    },
    /// Too small a part of a whole.
    Part {
        /// Share missing, 0 to 1: the least share less the share there is.
        share: f64,
        /// The least part of the whole that is enough, [`Share::part_of`](super::catalogue::Share::part_of).
        needed: f64,
        /// Number to add to the part, features or the sum of an attribute, if the whole stays the same.
        missing: f64,
    },
    /// Areas that have too few each.
    Areas {
        /// Areas whose own verdict is gap, [`Outcome::areas`] names them.
        without: usize,
    },
}

impl Shortfall {
    /// The shortfall of a criterion that is a gap; `None` if it is not, or if a figure is not known: nobody is reached in
    /// time for a 90th centile or a maximum, or nobody at all.
    pub fn of(criterion: &Criterion, outcome: &Outcome) -> Option<Self> {
        if outcome.verdict != Verdict::Gap {
            return None;
        }
        let coverage = |min_share: f64| {
            let (covered, all) = (outcome.covered?, outcome.covered? + outcome.uncovered?);
            let people = (min_share * all - covered).max(0.0);
            Some(Self::Coverage { share: min_share - covered / all, people })
        };
        let count = || Some(Self::Count { missing: missing_count(outcome.need?, outcome.have?) });
        match criterion {
            Criterion::Radius(rule) => coverage(rule.min_share),
            Criterion::TravelTime(rule) => match rule.statistic {
                Statistic::Share { min_share } => coverage(min_share),
                Statistic::Mean | Statistic::P90 | Statistic::Max => {
                    Some(Self::Time { seconds: outcome.value? - f64::from(rule.limit_s) })
                }
            },
            Criterion::PerPopulation(_) => count(),
            Criterion::Share(rule) => {
                let share = rule.min - outcome.value?;
                let figures = outcome.part_and_whole?;
                let needed = rule.part_of(figures.whole);
                Some(Self::Part { share, needed, missing: (needed - figures.part).max(0.0) })
            }
            Criterion::PresencePerUnit(_) => {
                let without = outcome.areas.iter().filter(|area| area.verdict == Verdict::Gap).count();
                if outcome.unit == ValueUnit::Areas && without > 0 { Some(Self::Areas { without }) } else { count() }
            }
        }
    }
}

/// The figures that a gap is the difference of; the same for an outcome and for a rule of audit.json.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// In what `value` and `threshold` are expressed.
    pub unit: ValueUnit,
    /// The figure that is compared; `None` if it is not known.
    pub value: Option<f64>,
    /// What it is compared with.
    pub threshold: f64,
    /// The count needed; `None` for coverage rules and shares.
    pub need: Option<u64>,
    /// The count there is; `None` for coverage rules and shares.
    pub have: Option<f64>,
}

impl From<&Outcome> for Figures {
    fn from(outcome: &Outcome) -> Self {
        let Outcome { unit, value, threshold, need, have, .. } = *outcome;
        Self { unit, value, threshold, need, have }
    }
}

impl Figures {
    /// How far the value is from its threshold, in `unit`: missing share, seconds over, count short, areas short. 0 if it
    /// is met, whatever the verdict; `None` if the value is not known. Not rounded.
    pub fn gap(&self) -> Option<f64> {
        let gap = match (self.unit, self.need, self.have) {
            (ValueUnit::S, ..) => self.value? - self.threshold,
            (ValueUnit::Count | ValueUnit::Areas, Some(need), Some(have)) => missing_count(need, have),
            _ => self.threshold - self.value?,
        };
        Some(gap.max(0.0))
    }

    /// The gap as a share of what is required, comparable between rules: 1 if nothing is there, over 1 for times of more
    /// than twice the limit.
    pub fn relative_gap(&self) -> Option<f64> {
        let required = match (self.unit, self.need, self.have) {
            (ValueUnit::Count | ValueUnit::Areas, Some(need), Some(_)) => need as f64,
            _ => self.threshold,
        };
        self.gap().map(|gap| if gap > 0.0 && required > 0.0 { gap / required } else { f64::from(gap > 0.0) })
    }
}

fn missing_count(need: u64, have: f64) -> f64 {
    need as f64 - have
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Standard;
    use crate::outcome::{AreaOutcome, PartAndWhole};

    fn criterion(id: &str) -> Criterion {
        let standard = Standard::embedded("jinjiang-14fyp").expect("an embedded standard");
        standard.rule(id).expect("a rule").criterion.clone()
    }

    fn reading(id: &str, reading: &str) -> Criterion {
        let standard = Standard::embedded("jinjiang-14fyp").expect("an embedded standard");
        let rule = standard.rule(id).expect("a rule");
        rule.readings.iter().find(|r| r.id == reading).expect("a reading").criterion.clone()
    }

    fn gap(unit: ValueUnit, value: f64, threshold: f64) -> Outcome {
        Outcome { value: Some(value), ..Outcome::empty(Verdict::Gap, unit, threshold) }
    }

    fn numbers(outcome: &Outcome) -> (Option<f64>, Option<f64>) {
        let figures = Figures::from(outcome);
        (figures.gap(), figures.relative_gap())
    }

    /// 750 of 1,000 people, 900 wanted.
    #[test]
    fn coverage_lacks_people() {
        let outcome = Outcome { covered: Some(750.0), uncovered: Some(250.0), ..gap(ValueUnit::Share, 0.75, 0.875) };
        let Some(Shortfall::Coverage { share, people }) = Shortfall::of(&reading("JJ-EMS-02", "nine_tenths"), &outcome)
        else {
            panic!("a share of people")
        };
        assert!((share - 0.15).abs() < 1e-12 && (people - 150.0).abs() < 1e-9, "{share} {people}");
        // All of them within 5 km.
        let radius = Shortfall::of(&criterion("JJ-EMS-01"), &outcome);
        assert_eq!(radius, Some(Shortfall::Coverage { share: 0.25, people: 250.0 }));
        assert_eq!(numbers(&outcome), (Some(0.125), Some(1.0 / 7.0)));
    }

    /// 1,050 s on average, 840 s wanted; nobody reached leaves no figure.
    #[test]
    fn a_mean_time_is_over_by_seconds() {
        let mean = reading("JJ-EMS-02", "mean");
        let late = gap(ValueUnit::S, 1050.0, 840.0);
        assert_eq!(Shortfall::of(&mean, &late), Some(Shortfall::Time { seconds: 210.0 }));
        assert_eq!(numbers(&late), (Some(210.0), Some(0.25)));
        let never = Outcome { value: None, ..late };
        assert_eq!((Shortfall::of(&mean, &never), numbers(&never)), (None, (None, None)));
    }

    /// 51 of 68 ambulances.
    #[test]
    fn a_count_lacks_units() {
        let outcome = Outcome { need: Some(68), have: Some(51.0), ..gap(ValueUnit::Count, 51.0, 68.0) };
        let found = Shortfall::of(&criterion("JJ-EMS-04"), &outcome);
        assert_eq!(found, Some(Shortfall::Count { missing: 17.0 }));
        assert_eq!(numbers(&outcome), (Some(17.0), Some(0.25)));
    }

    /// 40 % of 69 ambulances is 27.6, so 28; 23 are there.
    #[test]
    fn a_share_lacks_part_of_the_whole() {
        let part_and_whole = Some(PartAndWhole { part: 23.0, whole: 69.0 });
        let outcome = Outcome { part_and_whole, ..gap(ValueUnit::Share, 23.0 / 69.0, 0.4) };
        let Some(Shortfall::Part { share, needed, missing }) = Shortfall::of(&criterion("JJ-EMS-05"), &outcome) else {
            panic!("a part of a whole")
        };
        assert!((share - (0.4 - 1.0 / 3.0)).abs() < 1e-12, "{share}");
        assert_eq!((needed, missing), (28.0, 5.0));
    }

    /// Three of four areas have a decontamination centre; all together lack one of one.
    #[test]
    fn presence_lacks_areas_or_units() {
        let area = |verdict| AreaOutcome {
            level: "sub_center_area".to_owned(),
            id: String::new(),
            name: String::new(),
            people: 0.0,
            verdict,
            value: None,
            need: None,
            have: None,
            uncovered: None,
        };
        let areas = [Verdict::Met, Verdict::Met, Verdict::Gap, Verdict::Met].map(area).to_vec();
        let each = Outcome { need: Some(4), have: Some(3.0), areas: areas.clone(), ..gap(ValueUnit::Areas, 3.0, 4.0) };
        let found = Shortfall::of(&criterion("JJ-EMS-06"), &each);
        assert_eq!(found, Some(Shortfall::Areas { without: 1 }));
        assert_eq!(numbers(&each), (Some(1.0), Some(0.25)));
        let union = Outcome { need: Some(1), have: Some(0.0), areas, ..gap(ValueUnit::Count, 0.0, 1.0) };
        let found = Shortfall::of(&reading("JJ-EMS-06", "union"), &union);
        assert_eq!(found, Some(Shortfall::Count { missing: 1.0 }));
    }

    #[test]
    fn a_rule_that_is_met_or_not_judged_has_no_shortfall() {
        let met =
            Outcome { need: Some(68), have: Some(70.0), verdict: Verdict::Met, ..gap(ValueUnit::Count, 70.0, 68.0) };
        assert_eq!((Shortfall::of(&criterion("JJ-EMS-04"), &met), numbers(&met)), (None, (Some(0.0), Some(0.0))));
        let unknown = Outcome { verdict: Verdict::CannotJudge, ..met };
        assert_eq!(Shortfall::of(&criterion("JJ-EMS-04"), &unknown), None);
    }
}

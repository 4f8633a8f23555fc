//! Rules for town or country alone, where nobody knows which people live where.
//!
//! In: a standard, the evidence of a city. Out: the standard with the reading without the split in front. The text itself stays
//! as a reading that cannot be judged, so that a first answer is shown and drawn and no verdict is more certain than it was.

use crate::catalogue::{Criterion, Reading, Rule, Standard, Text};
use crate::evidence::Evidence;
use crate::outcome::{Outcome, Verdict};

/// Id of the reading that is the text itself, where that cannot be judged.
pub const SPLIT: &str = "split";

impl Standard {
    /// Rules that are about some people only, and that have a reading about everybody: where the city says of nobody to whom
    /// they apply, that reading is judged first.
    #[must_use]
    pub fn without_unknown_split(mut self, evidence: &Evidence) -> Self {
        for rule in &mut self.rules {
            put_everybody_first(rule, evidence);
        }
        self
    }
}

fn put_everybody_first(rule: &mut Rule, evidence: &Evidence) {
    let known = |name: &str| evidence.demand_points.iter().any(|point| point.attributes.contains_key(name));
    let Some(demand) = rule.criterion.demand() else { return };
    if demand.attributes().any(known) {
        return;
    }
    let everybody = rule.criterion.of_everybody();
    let Some(at) = rule.readings.iter().position(|reading| reading.criterion == everybody) else { return };
    for reading in &mut rule.readings {
        reading.criterion = reading.criterion.of_everybody();
    }
    let text = std::mem::replace(&mut rule.criterion, everybody);
    rule.readings[at] = Reading { id: SPLIT.to_owned(), title: split_title(), criterion: text };
}

fn split_title() -> Text {
    Text {
        zh: "区分城乡（人口未标明城乡）".to_owned(),
        en: "town and country apart (people are not marked as urban)".to_owned(),
    }
}

/// The verdict of a rule whose text cannot be judged for want of the split: what holds for every single person holds for some of
/// them, anything else may be otherwise.
pub(crate) fn with_unknown_split(verdict: Verdict, rule: &Rule, default: &Outcome, readings: &[Outcome]) -> Verdict {
    let mut judged = rule.readings.iter().zip(readings);
    let unknown = judged.any(|(reading, outcome)| reading.id == SPLIT && outcome.verdict == Verdict::CannotJudge);
    let everybody_covered = default.uncovered.is_some_and(|people| people <= 0.0);
    match verdict {
        Verdict::Met if unknown && !everybody_covered => Verdict::Depends,
        Verdict::Gap if unknown => Verdict::Depends,
        verdict => verdict,
    }
}

impl Criterion {
    /// The same, of everybody.
    fn of_everybody(&self) -> Self {
        let mut all = self.clone();
        match &mut all {
            Self::Radius(rule) => rule.demand = None,
            Self::TravelTime(rule) => rule.demand = None,
            Self::PerPopulation(rule) => rule.demand = None,
            Self::Share(_) | Self::PresencePerUnit(_) => {}
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::DemandPoint;
    use lifering_base::records::attributes::Scalar;
    use std::collections::BTreeMap;

    fn evidence(urban: Option<bool>) -> Evidence {
        let attributes: BTreeMap<_, _> = urban.map(|u| ("urban".to_owned(), Scalar::Bool(u))).into_iter().collect();
        Evidence { demand_points: vec![DemandPoint { people: 1.0, attributes }], ..Evidence::default() }
    }

    #[test]
    fn everybody_comes_first_only_where_nobody_is_marked() {
        let national = Standard::embedded("national-2020").unwrap();
        assert_eq!(national.clone().without_unknown_split(&evidence(Some(true))), national);
        assert_eq!(national.clone().without_unknown_split(&evidence(Some(false))), national);
        let all = national.clone().without_unknown_split(&evidence(None));
        for id in ["CN-01", "CN-02"] {
            let (text, rule) = (national.rule(id).unwrap(), all.rule(id).unwrap());
            assert!(rule.criterion.demand().is_none(), "{id}");
            let split = rule.readings.iter().find(|reading| reading.id == SPLIT).unwrap();
            assert_eq!(split.criterion, text.criterion, "{id}");
            assert_eq!(rule.readings.len(), text.readings.len(), "{id}");
            let others = rule.readings.iter().filter(|reading| reading.id != SPLIT);
            assert!(others.into_iter().all(|reading| reading.criterion.demand().is_none()), "{id}");
        }
        assert_eq!(all.clone().without_unknown_split(&evidence(None)), all, "once is enough");
    }
}

//! `share`: a part of a whole.
//!
//! In: a criterion and the evidence. Out: an [`Outcome`]. Only features inside the boundary count. A feature that lacks an
//! attribute may be part of it or not, or of any weight: it never makes a rule met, and a rule that it could make met is no
//! gap.

use super::catalogue::{AttributeName, Fraction, Share, Truth};
use super::counts::area_outcome;
use super::evidence::{Evidence, Missing, SelectedSites};
use super::outcome::{AreaOutcome, Outcome, PartAndWhole, ValueUnit, Verdict};

/// Judges a share rule. `selected` are the sites of the whole, or the layer that is missing.
pub fn share(rule: &Share, selected: Result<SelectedSites, Missing>, evidence: &Evidence) -> Outcome {
    let fail = |missing| Outcome::cannot_judge(ValueUnit::Share, rule.min, missing);
    let selected = match selected {
        Ok(selected) => selected,
        Err(missing) => return fail(missing),
    };
    let mut whole = fraction(rule, evidence, &selected, |i| evidence.sites[i].inside);
    if let Fraction::OfNeed { per, .. } = &rule.fraction {
        match evidence.demand(None) {
            Ok(members) => whole.raise_to_need(evidence.people(&members), *per),
            Err(missing) => return fail(missing),
        }
    }
    let mut outcome = Outcome::empty(whole.verdict(rule), ValueUnit::Share, rule.min);
    outcome.value = whole.value();
    outcome.part_and_whole = Some(PartAndWhole { part: whole.part, whole: whole.whole });
    if outcome.verdict == Verdict::CannotJudge {
        outcome.missing = if whole.undetermined.is_empty() && selected.lacking.is_none() {
            Some(Missing::Whole(rule.of.layer_names()))
        } else {
            Missing::all(selected.lacking.iter().cloned().chain(whole.lacking(rule, evidence)).collect())
        };
    }
    for (kind, level) in &evidence.levels {
        let those = selected.among(&level.unlocated);
        let unlocated = those.certain.len() + those.uncertain.len();
        for area in &level.areas {
            let mut of_area = fraction(rule, evidence, &selected.among(&area.sites), |_| true);
            of_area.lacks_whole |= unlocated > 0 || !area.located;
            if let Fraction::OfNeed { per, .. } = &rule.fraction {
                of_area.raise_to_need(evidence.people(&area.members), *per);
            }
            let verdict = of_area.verdict(rule);
            outcome.areas.push(AreaOutcome { value: of_area.value(), ..area_outcome(evidence, kind, area, verdict) });
        }
    }
    outcome
}

/// Part and whole of a share; features may lack an attribute that decides.
#[derive(Default)]
struct ShareTally {
    /// Certainly part of it.
    part: f64,
    /// Certainly in the whole.
    whole: f64,
    /// Of the whole, what may or may not be part of it.
    undetermined_part: f64,
    /// Features that lack an attribute, as positions in [`Evidence::sites`].
    undetermined: Vec<usize>,
    /// The whole is not known: a feature lacks its weight, or whether it is selected.
    lacks_whole: bool,
}

impl ShareTally {
    /// Makes the whole what `people` need, where that is more than there is.
    fn raise_to_need(&mut self, people: f64, per: u64) {
        self.whole = self.whole.max(Fraction::needed_by(people, per) as f64);
    }

    fn value(&self) -> Option<f64> {
        (self.whole > 0.0).then(|| self.part / self.whole)
    }

    /// Met only if it is met without the undetermined part, a gap only if it is one even with all of it.
    fn verdict(&self, rule: &Share) -> Verdict {
        if self.whole <= 0.0 || self.lacks_whole {
            return Verdict::CannotJudge;
        }
        if rule.is_enough(self.part / self.whole) {
            Verdict::Met
        } else if !rule.is_enough((self.part + self.undetermined_part) / self.whole) {
            Verdict::Gap
        } else {
            Verdict::CannotJudge
        }
    }

    /// The attributes that the undetermined features lack.
    fn lacking(&self, rule: &Share, evidence: &Evidence) -> Vec<Missing> {
        let layer = rule.of.first_layer();
        let without = |attribute: &AttributeName| {
            let features = self.undetermined.iter().filter(|i| evidence.number(**i, attribute).is_none()).count();
            let (layer, attribute) = (layer.to_string(), attribute.to_string());
            (features > 0).then_some(Missing::Attribute { layer, attribute, features })
        };
        match &rule.fraction {
            Fraction::Matching { filter, weight } => {
                let mut all = evidence.lacking_of(filter, &self.undetermined, layer);
                all.extend(weight.as_ref().and_then(without));
                all
            }
            Fraction::Sums { part, whole } | Fraction::OfNeed { part, whole, .. } => {
                [part, whole].into_iter().filter_map(without).collect()
            }
        }
    }
}

fn fraction(rule: &Share, evidence: &Evidence, selected: &SelectedSites, counts: impl Fn(usize) -> bool) -> ShareTally {
    let mut parts = ShareTally::default();
    for site in selected.certain.iter().copied().filter(|i| counts(*i)) {
        match &rule.fraction {
            Fraction::Matching { filter, weight } => {
                let Some(amount) = weight.as_ref().map_or(Some(1.0), |w| evidence.number(site, w)) else {
                    parts.undetermined.push(site);
                    parts.lacks_whole = true;
                    continue;
                };
                parts.whole += amount;
                match filter.evaluate(&evidence.sites[site].attributes) {
                    Truth::True => parts.part += amount,
                    Truth::False => {}
                    Truth::Unknown => {
                        parts.undetermined_part += amount;
                        parts.undetermined.push(site);
                    }
                }
            }
            Fraction::Sums { part, whole } | Fraction::OfNeed { part, whole, .. } => {
                let Some(of) = evidence.number(site, whole) else {
                    parts.undetermined.push(site);
                    parts.lacks_whole = true;
                    continue;
                };
                parts.whole += of;
                match evidence.number(site, part) {
                    Some(amount) => parts.part += amount,
                    None if of > 0.0 => {
                        parts.undetermined_part += of;
                        parts.undetermined.push(site);
                    }
                    None => {}
                }
            }
        }
    }
    parts.lacks_whole |= selected.uncertain.iter().any(|i| counts(*i));
    parts
}

//! The document's own counts beside those of the data.
//!
//! In: the baselines of a standard and the evidence. Out: one [`BaselineComparison`] a baseline. No verdict uses them: a
//! layer that differs is pointed out.

use super::catalogue::{Baseline, BaselineSubject, Filter, Selection, Standard, Truth};
use super::evidence::Evidence;
use serde::{Deserialize, Serialize};

/// A baseline and the same count in the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaselineComparison {
    /// The document's count.
    pub baseline: Baseline,
    /// The same count in the data, inside the boundary. `None` if it is not known: the layer or level is not given, or
    /// features lack an attribute that decides.
    pub counted: Option<f64>,
}

impl BaselineComparison {
    /// Whether the data holds another number. Shares are stated to a tenth or a hundredth of a percent: half a percent more or
    /// less is the same.
    pub fn differs(&self) -> bool {
        let tolerance = if self.baseline.subject.is_share() { 0.005 } else { 0.5 };
        self.counted.is_some_and(|counted| (counted - self.baseline.value).abs() > tolerance)
    }
}

/// The share of the features inside the boundary that a filter holds for; `None` if there are none or an attribute that
/// decides is missing.
fn share(selection: &Selection, part: &Filter, evidence: &Evidence) -> Option<f64> {
    let selected = evidence.select(selection).ok()?;
    if !selected.uncertain.is_empty() {
        return None;
    }
    let (mut with, mut all) = (0.0, 0.0);
    for site in selected.certain.iter().map(|i| &evidence.sites[*i]).filter(|site| site.inside) {
        all += 1.0;
        match part.evaluate(&site.attributes) {
            Truth::True => with += 1.0,
            Truth::False => {}
            Truth::Unknown => return None,
        }
    }
    (all > 0.0).then_some(with / all)
}

/// Counts in the data what the baselines of a standard count, in their order.
pub fn compare_baselines(standard: &Standard, evidence: &Evidence) -> Vec<BaselineComparison> {
    let count = |subject: &BaselineSubject| match subject {
        BaselineSubject::Features { selection, measure } => {
            let selected = evidence.select(selection).ok()?;
            let tally = evidence.tally(&selected, measure, |i| evidence.sites[i].inside);
            (tally.undetermined == 0).then_some(tally.known)
        }
        BaselineSubject::Share { selection, part } => share(selection, part, evidence),
        BaselineSubject::People(filter) => {
            let of = evidence.demand(Some(filter)).ok()?;
            let people: f64 = of.iter().map(|i| evidence.demand_points[*i as usize].people).sum();
            Some(people / evidence.population())
        }
        BaselineSubject::Units(kind) => evidence.levels.get(kind).map(|level| level.areas.len() as f64),
    };
    let compare =
        |baseline: &Baseline| BaselineComparison { baseline: baseline.clone(), counted: count(&baseline.subject) };
    standard.baselines.iter().map(compare).collect()
}

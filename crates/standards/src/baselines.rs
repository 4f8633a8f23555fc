//! The document's own counts beside those of the data.
//!
//! In: the baselines of a standard and the evidence. Out: one [`BaselineComparison`] a baseline. No verdict uses them: a
//! layer that differs is pointed out.

use super::catalogue::{Baseline, BaselineSubject, Standard};
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
    /// Whether the data holds another number.
    pub fn differs(&self) -> bool {
        self.counted.is_some_and(|counted| (counted - self.baseline.value).abs() > 0.5)
    }
}

/// Counts in the data what the baselines of a standard count, in their order.
pub fn compare_baselines(standard: &Standard, evidence: &Evidence) -> Vec<BaselineComparison> {
    let count = |subject: &BaselineSubject| match subject {
        BaselineSubject::Features { selection, measure } => {
            let selected = evidence.select(selection).ok()?;
            let tally = evidence.tally(&selected, measure, |i| evidence.sites[i].inside);
            (tally.undetermined == 0).then_some(tally.known)
        }
        BaselineSubject::Units(kind) => evidence.levels.get(kind).map(|level| level.areas.len() as f64),
    };
    let compare =
        |baseline: &Baseline| BaselineComparison { baseline: baseline.clone(), counted: count(&baseline.subject) };
    standard.baselines.iter().map(compare).collect()
}

//! What the document itself counted, beside what the data holds.
//!
//! In: the baselines of a standard and the evidence. Out: one [`Counted`] a baseline. Nothing is judged by it: a layer that
//! differs is pointed out.

use super::catalogue::{Baseline, BaselineSubject, Standard};
use super::evidence::Evidence;

/// A baseline and the same count in the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// What the document says.
    pub baseline: Baseline,
    /// What the data holds; `None` where it does not say.
    pub counted: Option<f64>,
}

impl Counted {
    /// True where the data holds another number.
    pub fn differs(&self) -> bool {
        self.counted.is_some_and(|counted| (counted - self.baseline.value).abs() > 0.5)
    }
}

/// Counts what every baseline counts.
pub fn counted(standard: &Standard, evidence: &Evidence) -> Vec<Counted> {
    let count = |subject: &BaselineSubject| match subject {
        BaselineSubject::Features { selection, measure } => {
            let selected = evidence.select(selection).ok()?;
            let tally = evidence.tally(&selected, measure, |i| evidence.sites[i].inside);
            (tally.open == 0).then_some(tally.sure)
        }
        BaselineSubject::Units(kind) => evidence.levels.get(kind).map(|level| level.areas.len() as f64),
    };
    standard.baselines.iter().map(|b| Counted { baseline: b.clone(), counted: count(&b.subject) }).collect()
}

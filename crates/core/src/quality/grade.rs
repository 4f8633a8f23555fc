//! A letter for each layer, and why.
//!
//! In: what was noticed while a layer was read and measured. Out: [`Grade`] with its [`Reason`]. The letter is decided by
//! the worst warning: how large a share of the layer it touches, and whether it is about the layer as a whole.

use lifering_base::issue::{Issue, IssueCode, Severity};
use lifering_base::records::Layer;
use lifering_readers::InputRecord;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a layer can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Grade {
    /// Everything was used as it stands.
    A,
    /// Warnings touch at most 2 in 100 features.
    B,
    /// Warnings touch at most 20 in 100 features.
    C,
    /// More than that, or the layer as a whole is in doubt.
    D,
}

/// Why a layer has its grade: its worst warning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// What was noticed.
    pub code: IssueCode,
    /// In which field, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How many features.
    pub count: usize,
    /// As a share of the layer.
    pub share: f64,
}

/// The grade of one layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LayerGrade {
    /// Which layer.
    pub layer: Layer,
    /// Its key in region.toml.
    pub key: String,
    /// The letter.
    pub grade: Grade,
    /// The worst warning; none for A.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// Up to this share of a layer's features a warning leaves it at B.
const FEW: f64 = 0.02;
/// Up to this share at C.
const SOME: f64 = 0.2;

/// The grade of every layer read.
pub fn grades(inputs: &[InputRecord]) -> Vec<LayerGrade> {
    inputs.iter().map(grade).collect()
}

/// The grade of one layer.
pub fn grade(input: &InputRecord) -> LayerGrade {
    let worst = input
        .issues
        .list()
        .into_iter()
        .filter(|issue| issue.code.severity() == Severity::Warning)
        .map(|issue| (letter(&issue, input.features), issue))
        .max_by(|(a, x), (b, y)| a.cmp(b).then(x.count.cmp(&y.count)).then(y.code.cmp(&x.code)));
    let (grade, reason) = match worst {
        None => (Grade::A, None),
        Some((grade, issue)) => {
            let share = share(issue.count, input.features);
            (grade, Some(Reason { code: issue.code, field: issue.field, count: issue.count, share }))
        }
    };
    LayerGrade { layer: input.layer, key: input.key.clone(), grade, reason }
}

fn share(count: usize, features: usize) -> f64 {
    (count as f64 / features.max(1) as f64).min(1.0)
}

fn letter(issue: &Issue, features: usize) -> Grade {
    match issue.code {
        // These are about the layer as a whole, however often they were noted.
        IssueCode::DatumSuspected | IssueCode::FarFromRoads | IssueCode::EmptyLayer => Grade::D,
        IssueCode::EncodingGuessed => Grade::B,
        _ => match share(issue.count, features) {
            s if s <= FEW => Grade::B,
            s if s <= SOME => Grade::C,
            _ => Grade::D,
        },
    }
}

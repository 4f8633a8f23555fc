//! The grade of each layer.
//!
//! In: the issues of a layer. Out: [`Grade`] and its [`Reason`], the worst warning: by the share of features it
//! affects, or by its code if it affects the layer as a whole.

use lifering_base::issue::{Issue, IssueCode, Severity};
use lifering_base::records::Layer;
use lifering_readers::InputRecord;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Reliability of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Grade {
    /// No warning.
    A,
    /// The worst warning affects at most 2 % of the features.
    B,
    /// The worst warning affects at most 20 % of the features.
    C,
    /// The worst warning affects more than 20 % of the features, or the layer as a whole.
    D,
}

/// The reason of a grade: the worst warning of the layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// Kind of the warning.
    pub code: IssueCode,
    /// Field it is about; absent: the feature or the layer as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Number of occurrences.
    pub count: usize,
    /// `count` over the features of the layer, at most 1.
    pub share: f64,
}

/// The grade of one layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LayerGrade {
    /// Kind of layer.
    pub layer: Layer,
    /// Key in `[layers]` or `[layers.extra]` of region.toml.
    pub key: String,
    /// Grade by the worst warning.
    pub grade: Grade,
    /// The worst warning; absent for grade A.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// Greatest share of affected features at grade B.
const MOST_SHARE_B: f64 = 0.02;
/// Greatest share of affected features at grade C.
const MOST_SHARE_C: f64 = 0.2;

/// The grades of all inputs, indexed by input.
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
        .map(|issue| (grade_of(&issue, input.features), issue))
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

fn grade_of(issue: &Issue, features: usize) -> Grade {
    match issue.code {
        // These affect the layer as a whole, whatever their count.
        IssueCode::DatumSuspected
        | IssueCode::FarFromRoads
        | IssueCode::EmptyLayer
        | IssueCode::OutsideAreaOfUse
        | IssueCode::Incomplete => Grade::D,
        IssueCode::EncodingGuessed => Grade::B,
        // So does this, but it may be true of a city unlike all others.
        IssueCode::DatumDoubtful | IssueCode::LayerImplausible => Grade::C,
        _ => match share(issue.count, features) {
            s if s <= MOST_SHARE_B => Grade::B,
            s if s <= MOST_SHARE_C => Grade::C,
            _ => Grade::D,
        },
    }
}

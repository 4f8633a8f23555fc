//! What was noticed in the input and is told: counted, with the first examples. Nothing is repaired in silence.

use super::error::Place;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many examples of one kind of issue are kept.
const EXAMPLES: usize = 3;

/// What kind of thing was noticed. The word in the report is the variant's name in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueCode {
    /// A feature without geometry was left out.
    NoGeometry,
    /// A feature whose geometry is of a kind the layer does not use was left out.
    GeometryLeftOut,
    /// A part of a geometry was too short to use (one position, or none) and was left out.
    EmptyGeometry,
    /// A number was written as text and was read as the number it spells.
    NumberAsText,
    /// A value could not be understood and was treated as absent.
    NotUnderstood,
    /// A feature lacks a value that rules may ask for.
    ValueMissing,
    /// Two features carry the same id.
    DuplicateId,
    /// A ring was open, or had repeated vertices, and was closed or thinned for computing.
    RingChanged,
    /// A polygon is not valid by OGC rules (it crosses or touches itself); its even-odd interior is used.
    InvalidPolygon,
    /// A layer that was not given was replaced by something else.
    Derived,
    /// A large population polygon was spread over sample points.
    Spread,
    /// Something lies outside the boundary and is not counted.
    OutsideBoundary,
    /// A station or facility is farther from any road than `max_driveway_m`.
    LongDriveway,
    /// A station or facility has no road to enter at all.
    NoRoadToEnter,
    /// A straight driveway crosses a barrier.
    DrivewayCrossesBarrier,
    /// People stand inside a barrier polygon (water, say) and count as not reached.
    InsideBarrier,
    /// A unit's own population differs from what the population layer puts in it.
    UnitPopulationDiffers,
    /// The population was scaled to a stated total.
    Scaled,
    /// Roads are closed by the closures layer.
    Closed,
    /// The count of a layer differs from the plan's own count.
    BaselineDiffers,
    /// A layer without any feature.
    EmptyLayer,
    /// Units of one level overlap or leave people in none.
    UnitGaps,
}

/// One example of an issue.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Example {
    /// Position of the feature in its file, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<usize>,
    /// The feature's id or name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What was found.
    pub found: String,
    /// What was wanted, or what was done with it.
    pub wanted: String,
}

/// One kind of issue in one field of one layer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Issue {
    /// What was noticed.
    pub code: IssueCode,
    /// In which field, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How many features (or people, where `found` says so).
    pub count: usize,
    /// The first three.
    pub examples: Vec<Example>,
}

/// The issues of one layer while it is being read.
#[derive(Clone, Debug, Default)]
pub struct Issues {
    by_kind: BTreeMap<(IssueCode, Option<String>), Issue>,
}

impl Issues {
    /// Notes one occurrence.
    pub fn note(&mut self, code: IssueCode, place: &Place, found: impl Into<String>, wanted: impl Into<String>) {
        let issue = self.by_kind.entry((code, place.field.clone())).or_insert_with(|| Issue {
            code,
            field: place.field.clone(),
            count: 0,
            examples: Vec::new(),
        });
        issue.count += 1;
        if issue.examples.len() < EXAMPLES {
            issue.examples.push(Example {
                feature: place.feature,
                id: place.id.clone(),
                found: found.into(),
                wanted: wanted.into(),
            });
        }
    }

    /// True where nothing was noticed.
    pub fn is_empty(&self) -> bool {
        self.by_kind.is_empty()
    }

    /// All issues, ordered by kind and field.
    pub fn list(&self) -> Vec<Issue> {
        self.by_kind.values().cloned().collect()
    }
}

//! What was noticed in the input and is told: counted, with the first examples. Nothing is repaired in silence.

use super::error::Place;
use crate::Message;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// How many examples of one kind of issue are kept.
const EXAMPLES: usize = 3;

/// What kind of thing was noticed. The word in the report is the variant's name in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
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
    /// A text file was in another encoding than UTF-8, as it or region.toml says; decoded.
    Encoding,
    /// A text file is in no encoding that it names; recognised by its bytes and decoded.
    EncodingGuessed,
    /// A GeoJSON file is no `FeatureCollection` but was understood.
    TopLevel,
    /// A key stands twice in one feature; the last value is used.
    DuplicateKey,
    /// Neighbouring positions of a line or ring are equal; counted once.
    RepeatedVertex,
    /// Coordinates were in another reference system and were reprojected to WGS 84.
    Reprojected,
    /// Coordinates were in GCJ-02 or BD-09, as region.toml or `--accept-datum` says, and were shifted back.
    DatumCorrected,
    /// Points fit the roads better as GCJ-02 or BD-09 than as given.
    DatumSuspected,
    /// Longitudes ran from 0 to 360 and were brought to -180 to 180.
    LongitudeWrapped,
    /// A row of a table has no usable coordinates, or fewer cells than the header.
    RowLeftOut,
    /// Parts of the file that are not used (other sheets or tables, bands, cells without data).
    PartNotUsed,
    /// A layer lies far away from the roads.
    FarFromRoads,
    /// A feature lies nowhere near the rest of its layer.
    FarAway,
    /// A letter that means different things in different files was read as the rest of its column asks.
    CodeRead,
}

/// What an issue means for the run. (A refusal is an error, not an issue.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Accepted; said so that nothing is done in silence.
    Note,
    /// The run goes on, but somebody should look. `--strict` refuses.
    Warning,
}

impl IssueCode {
    /// What the issue means for the run.
    pub fn severity(self) -> Severity {
        match self {
            Self::NumberAsText
            | Self::Derived
            | Self::Spread
            | Self::OutsideBoundary
            | Self::Scaled
            | Self::Closed
            | Self::BaselineDiffers
            | Self::Encoding
            | Self::TopLevel
            | Self::RepeatedVertex
            | Self::Reprojected
            | Self::DatumCorrected
            | Self::PartNotUsed
            | Self::CodeRead => Severity::Note,
            _ => Severity::Warning,
        }
    }

    /// True where what is used differs from what stands in the file.
    pub fn changes(self) -> bool {
        matches!(
            self,
            Self::NumberAsText
                | Self::RingChanged
                | Self::InvalidPolygon
                | Self::DuplicateKey
                | Self::RepeatedVertex
                | Self::LongitudeWrapped
                | Self::NotUnderstood
        )
    }

    /// The word in the report.
    pub fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// One example of an issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Position of the feature in its file, counted from 0.
    pub feature: Option<usize>,
    /// The feature's id or name.
    pub id: Option<String>,
    /// What was found.
    pub found: Message,
    /// What was wanted, or what was done with it.
    pub wanted: Message,
}

/// One kind of issue in one field of one layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    /// What was noticed.
    pub code: IssueCode,
    /// In which field, where it is about one.
    pub field: Option<String>,
    /// How many features (or people, where `found` says so).
    pub count: usize,
    /// The first three.
    pub examples: Vec<Example>,
}

/// One occurrence of an issue, as the change list of `--fix` has it.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// What was noticed.
    pub code: IssueCode,
    /// Where.
    pub place: Place,
    /// What was found.
    pub found: Message,
    /// What was wanted, or what was done with it.
    pub wanted: Message,
}

/// The issues of one layer while it is being read.
#[derive(Clone, Debug, Default)]
pub struct Issues {
    by_kind: BTreeMap<(IssueCode, Option<String>), Issue>,
    changed: BTreeSet<usize>,
    log: Option<Vec<Occurrence>>,
}

impl Issues {
    /// Issues of which every occurrence is kept, not the first examples only.
    pub fn logged() -> Self {
        Self { log: Some(Vec::new()), ..Self::default() }
    }

    /// None yet, and kept as these are: for a part of the layer, to be appended.
    #[must_use]
    pub fn none_of(&self) -> Self {
        if self.log.is_some() { Self::logged() } else { Self::default() }
    }

    /// Adds what was noticed after all of this.
    pub fn append(&mut self, later: Self) {
        for (kind, mut theirs) in later.by_kind {
            match self.by_kind.entry(kind) {
                Entry::Vacant(entry) => {
                    entry.insert(theirs);
                }
                Entry::Occupied(mut entry) => {
                    let ours = entry.get_mut();
                    ours.count += theirs.count;
                    ours.examples.append(&mut theirs.examples);
                    ours.examples.truncate(EXAMPLES);
                }
            }
        }
        self.changed.extend(later.changed);
        if let (Some(log), Some(theirs)) = (&mut self.log, later.log) {
            log.extend(theirs);
        }
    }

    /// Every occurrence, where they are kept.
    pub fn log(&self) -> &[Occurrence] {
        self.log.as_deref().unwrap_or_default()
    }

    /// Features of which something is used otherwise than it stands in the file.
    pub fn changed(&self) -> usize {
        self.changed.len()
    }

    /// Says that every one of `features` is changed.
    pub fn all_changed(&mut self, features: usize) {
        self.changed.extend(0..features);
    }

    /// How many occurrences there are of one severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.by_kind.values().filter(|i| i.code.severity() == severity).map(|i| i.count).sum()
    }

    /// Notes one occurrence.
    pub fn note(&mut self, code: IssueCode, place: &Place, found: impl Into<Message>, wanted: impl Into<Message>) {
        let issue = self.by_kind.entry((code, place.field.clone())).or_insert_with(|| Issue {
            code,
            field: place.field.clone(),
            count: 0,
            examples: Vec::new(),
        });
        issue.count += 1;
        if code.changes() {
            self.changed.extend(place.feature);
        }
        let example = issue.examples.len() < EXAMPLES;
        if !example && self.log.is_none() {
            return;
        }
        let (found, wanted) = (found.into(), wanted.into());
        if let Some(log) = &mut self.log {
            log.push(Occurrence { code, place: place.clone(), found: found.clone(), wanted: wanted.clone() });
        }
        if example {
            issue.examples.push(Example { feature: place.feature, id: place.id.clone(), found, wanted });
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

//! Issues: what was noticed in the input, counted, with the first examples. Nothing is repaired in silence.
//!
//! In: one call of `note` for each occurrence. Out: [`Issue`]s in a fixed order, by layer where a later stage found them.

use super::error::{Place, TableRow};
use super::readings::{Readings, ValueState};
use crate::Message;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Number of examples of one kind of issue that are kept.
const EXAMPLES: usize = 3;

/// The kind of an issue. The word in the report is the variant's name in snake case.
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
    /// A layer that was not given was derived from others.
    Derived,
    /// A large population polygon was spread over sample points.
    Spread,
    /// Features outside the boundary are not counted.
    OutsideBoundary,
    /// A station or facility is farther from any road than `max_driveway_m`.
    LongDriveway,
    /// A station or facility has no road to enter.
    NoRoadToEnter,
    /// A straight driveway crosses a barrier.
    DrivewayCrossesBarrier,
    /// People inside a barrier polygon (for example water) count as not reached.
    InsideBarrier,
    /// A unit's own population differs from that of the population layer inside it.
    UnitPopulationDiffers,
    /// The population was scaled to a stated total.
    Scaled,
    /// Roads are closed by the closures layer.
    Closed,
    /// The count of a layer differs from the count of the plan.
    BaselineDiffers,
    /// A layer without any feature.
    EmptyLayer,
    /// People live in no unit of a level.
    UnitGaps,
    /// Units of one level overlap; what lies in both counts for the one of the smaller id.
    UnitsOverlap,
    /// A record names a unit that there is not; it counts for no unit, nor for the region if others of its layer are joined.
    UnitUnknown,
    /// The unit that a record names was found by its code or name, written differently.
    UnitCodeRead,
    /// Raw numbers of a raster were multiplied and shifted as its band says.
    ValuesScaled,
    /// A raster was read as people per square kilometre, because of its unit or name.
    DensityGuessed,
    /// A layer lies far outside the area in which its reference system is used.
    OutsideAreaOfUse,
    /// A database was copied while another program had it open; what that had not written yet is not in it.
    OpenElsewhere,
    /// A geometry is drawn with curves, which were turned into lines.
    CurvesRead,
    /// Units without ground state people, who count nowhere.
    PeopleWithoutPlace,
    /// A text file was decoded from another encoding than UTF-8, which it or region.toml states.
    Encoding,
    /// A text file was decoded from an encoding that was recognised by its bytes.
    EncodingGuessed,
    /// A GeoJSON file is no `FeatureCollection`, but was read.
    TopLevel,
    /// A key stands twice in one feature; the last value is used.
    DuplicateKey,
    /// Neighbouring positions of a line or ring are equal; counted once.
    RepeatedVertex,
    /// Coordinates were in another reference system and were reprojected to WGS 84.
    Reprojected,
    /// Coordinates were in GCJ-02 or BD-09, as region.toml states or as was accepted, and were shifted back.
    DatumCorrected,
    /// Points fit the roads better as GCJ-02 or BD-09 than as given.
    DatumSuspected,
    /// Points fit the roads better under another datum, though that may be chance.
    DatumDoubtful,
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
    /// Parts on the other side of 180 degrees were brought beside the rest.
    AcrossAntimeridian,
    /// A letter whose meaning differs between files was read by the rest of its column.
    CodeRead,
    /// Access or a turn restriction that depends on the time.
    Conditional,
    /// Roads that an ambulance may not use, or may use against what their class says (roads.md sections 1 to 4 and 9).
    RoadAccess,
    /// Roads that nobody can leave at their side: bridges, tunnels, motorroads (roads.md section 3).
    Raised,
    /// Roads cut at a point that no ambulance passes (roads.md section 5).
    BlockedPoint,
    /// A point that should lie on a vertex of a road and does not.
    PointOffRoad,
    /// A turn restriction that names roads that are missing or do not meet.
    TurnVoid,
    /// A turn restriction that excepts emergency vehicles.
    TurnExcepted,
    /// A station without an ambulance: nobody starts there (roads.md section 7).
    NoAmbulance,
    /// A station of which the number of ambulances is not known: it counts as one that sends them.
    AmbulancesUnknown,
    /// A station from which hardly any road can be driven: it enters the main part of the network as well, if that is near.
    GoesNowhere,
    /// A station whose people in time depend on which of two near roads it enters.
    EntryUncertain,
    /// Two nodes of roads at one place, which do not join, were set apart.
    VertexMoved,
    /// A site that is drawn twice, as an area and as a point, is counted once.
    CountedOnce,
    /// A number with separators, a unit or words around it, or under a heading with a unit, was read.
    NumberSpelled,
    /// A list or an object stood in place of one value, and holds one, or the same several times.
    ListRead,
    /// A list or an object holds several values that differ: the most cautious is used, or none.
    SeveralValues,
    /// Several columns may be meant by one field; the best match is used.
    SeveralColumns,
    /// Degrees, minutes and seconds, decimal commas or a column of both coordinates were read.
    CoordinatesSpelled,
    /// A table has a title, two rows of headings, notes, or unusual signs between its columns.
    TableForm,
    /// Cells are merged: a text counts for every row, a number for the first alone.
    CellsMerged,
    /// A row of sums was left out.
    SumsLeftOut,
    /// Hidden sheets, rows or columns, or rows that a filter hides, were left out.
    HiddenLeftOut,
    /// A formula whose result the file does not hold was treated as absent.
    NotCalculated,
    /// A record stands twice.
    DuplicateRecord,
    /// A point lies within 5 m of another of the same name.
    DuplicatePlace,
    /// A row has longitude and latitude the wrong way round.
    CoordinatesSwapped,
    /// The file of a layer lies outside the folder of the region.
    FileElsewhere,
    /// A file says itself that it does not hold everything, or refers to others that are not read.
    Incomplete,
}

/// The consequence of an issue for the run. (A refusal is an error, not an issue.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Accepted, and reported so that nothing is done in silence.
    Note,
    /// The run goes on, but somebody should look. A strict run refuses it.
    Warning,
}

impl IssueCode {
    /// The consequence of the issue for the run.
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
            | Self::CodeRead
            | Self::AcrossAntimeridian
            | Self::Conditional
            | Self::RoadAccess
            | Self::Raised
            | Self::BlockedPoint
            | Self::VertexMoved
            | Self::CountedOnce
            | Self::CurvesRead
            | Self::ValuesScaled
            | Self::UnitCodeRead
            | Self::NumberSpelled
            | Self::ListRead
            | Self::CoordinatesSpelled
            | Self::TableForm
            | Self::SumsLeftOut
            | Self::FileElsewhere => Severity::Note,
            _ => Severity::Warning,
        }
    }

    /// True if the value that is used differs from the one in the file.
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
                | Self::NumberSpelled
                | Self::ListRead
                | Self::SeveralValues
                | Self::CoordinatesSpelled
                | Self::NotCalculated
        )
    }

    /// The word in the report.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoGeometry => "no_geometry",
            Self::GeometryLeftOut => "geometry_left_out",
            Self::EmptyGeometry => "empty_geometry",
            Self::NumberAsText => "number_as_text",
            Self::NotUnderstood => "not_understood",
            Self::ValueMissing => "value_missing",
            Self::DuplicateId => "duplicate_id",
            Self::RingChanged => "ring_changed",
            Self::InvalidPolygon => "invalid_polygon",
            Self::Derived => "derived",
            Self::Spread => "spread",
            Self::OutsideBoundary => "outside_boundary",
            Self::LongDriveway => "long_driveway",
            Self::NoRoadToEnter => "no_road_to_enter",
            Self::DrivewayCrossesBarrier => "driveway_crosses_barrier",
            Self::InsideBarrier => "inside_barrier",
            Self::UnitPopulationDiffers => "unit_population_differs",
            Self::Scaled => "scaled",
            Self::Closed => "closed",
            Self::BaselineDiffers => "baseline_differs",
            Self::EmptyLayer => "empty_layer",
            Self::UnitGaps => "unit_gaps",
            Self::UnitsOverlap => "units_overlap",
            Self::UnitUnknown => "unit_unknown",
            Self::UnitCodeRead => "unit_code_read",
            Self::ValuesScaled => "values_scaled",
            Self::DensityGuessed => "density_guessed",
            Self::OutsideAreaOfUse => "outside_area_of_use",
            Self::OpenElsewhere => "open_elsewhere",
            Self::CurvesRead => "curves_read",
            Self::PeopleWithoutPlace => "people_without_place",
            Self::Encoding => "encoding",
            Self::EncodingGuessed => "encoding_guessed",
            Self::TopLevel => "top_level",
            Self::DuplicateKey => "duplicate_key",
            Self::RepeatedVertex => "repeated_vertex",
            Self::Reprojected => "reprojected",
            Self::DatumCorrected => "datum_corrected",
            Self::DatumSuspected => "datum_suspected",
            Self::DatumDoubtful => "datum_doubtful",
            Self::LongitudeWrapped => "longitude_wrapped",
            Self::RowLeftOut => "row_left_out",
            Self::PartNotUsed => "part_not_used",
            Self::FarFromRoads => "far_from_roads",
            Self::FarAway => "far_away",
            Self::CodeRead => "code_read",
            Self::AcrossAntimeridian => "across_antimeridian",
            Self::Conditional => "conditional",
            Self::RoadAccess => "road_access",
            Self::Raised => "raised",
            Self::BlockedPoint => "blocked_point",
            Self::PointOffRoad => "point_off_road",
            Self::TurnVoid => "turn_void",
            Self::TurnExcepted => "turn_excepted",
            Self::NoAmbulance => "no_ambulance",
            Self::AmbulancesUnknown => "ambulances_unknown",
            Self::GoesNowhere => "goes_nowhere",
            Self::EntryUncertain => "entry_uncertain",
            Self::VertexMoved => "vertex_moved",
            Self::CountedOnce => "counted_once",
            Self::NumberSpelled => "number_spelled",
            Self::ListRead => "list_read",
            Self::SeveralValues => "several_values",
            Self::SeveralColumns => "several_columns",
            Self::CoordinatesSpelled => "coordinates_spelled",
            Self::TableForm => "table_form",
            Self::CellsMerged => "cells_merged",
            Self::SumsLeftOut => "sums_left_out",
            Self::HiddenLeftOut => "hidden_left_out",
            Self::NotCalculated => "not_calculated",
            Self::DuplicateRecord => "duplicate_record",
            Self::DuplicatePlace => "duplicate_place",
            Self::CoordinatesSwapped => "coordinates_swapped",
            Self::FileElsewhere => "file_elsewhere",
            Self::Incomplete => "incomplete",
        }
    }
}

/// One example of an issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Position of the feature in its file, counted from 0; `None` if the issue is about the file as a whole.
    pub feature: Option<usize>,
    /// Row of the feature in its table; `None` if the file is no table.
    #[serde(default)]
    pub row: Option<TableRow>,
    /// Id or name of the feature; `None` if it has none.
    pub id: Option<String>,
    /// What was found.
    pub found: Message,
    /// What was wanted, or what was done with it.
    pub wanted: Message,
}

/// One kind of issue in one field of one layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    /// The kind.
    pub code: IssueCode,
    /// The field; `None` if the issue is not about one.
    pub field: Option<String>,
    /// Number of features (or of people, if `found` counts people).
    pub count: usize,
    /// The first three.
    pub examples: Vec<Example>,
}

/// One occurrence of an issue, for the change list of cleaned copies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// The kind.
    pub code: IssueCode,
    /// Where.
    pub place: Place,
    /// What was found.
    pub found: Message,
    /// What was wanted, or what was done with it.
    pub wanted: Message,
}

/// The issues of one layer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "IssueParts", into = "IssueParts")]
pub struct Issues {
    by_kind: BTreeMap<(IssueCode, Option<String>), Issue>,
    /// Positions of the features of which something is used otherwise than it stands in the file.
    changed: BTreeSet<usize>,
    /// The states of the values, by field.
    readings: Readings,
    /// Every occurrence; `None` if only the first examples are kept.
    log: Option<Vec<Occurrence>>,
}

/// [`Issues`] as they are serialised: the kinds as a list, because their key is no text.
#[derive(Serialize, Deserialize)]
struct IssueParts {
    issues: Vec<Issue>,
    changed: BTreeSet<usize>,
    #[serde(default)]
    readings: Readings,
    log: Option<Vec<Occurrence>>,
}

impl From<IssueParts> for Issues {
    fn from(parts: IssueParts) -> Self {
        let by_kind = parts.issues.into_iter().map(|issue| ((issue.code, issue.field.clone()), issue)).collect();
        Self { by_kind, changed: parts.changed, readings: parts.readings, log: parts.log }
    }
}

impl From<Issues> for IssueParts {
    fn from(issues: Issues) -> Self {
        Self {
            issues: issues.by_kind.into_values().collect(),
            changed: issues.changed,
            readings: issues.readings,
            log: issues.log,
        }
    }
}

impl Issues {
    /// No issues yet; every occurrence will be kept, not the first examples only.
    pub fn logged() -> Self {
        Self { log: Some(Vec::new()), ..Self::default() }
    }

    /// No issues yet, logged if these are: for a part of the layer, to be appended.
    #[must_use]
    pub fn empty_like(&self) -> Self {
        if self.is_logged() { Self::logged() } else { Self::default() }
    }

    /// Whether every occurrence is kept.
    pub fn is_logged(&self) -> bool {
        self.log.is_some()
    }

    /// Adds issues that were found after all of these, as if each had been noted here.
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
        self.readings.append(later.readings);
        if let (Some(log), Some(theirs)) = (&mut self.log, later.log) {
            log.extend(theirs);
        }
    }

    /// Every occurrence; empty if only the first examples are kept.
    pub fn log(&self) -> &[Occurrence] {
        self.log.as_deref().unwrap_or_default()
    }

    /// Number of features of which something is used otherwise than it stands in the file.
    pub fn changed(&self) -> usize {
        self.changed.len()
    }

    /// Counts every one of the first `features` features as changed.
    pub fn all_changed(&mut self, features: usize) {
        self.changed.extend(0..features);
    }

    /// Number of occurrences of one severity.
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
        let (found, wanted) = (found.into().shortened(), wanted.into());
        if let Some(log) = &mut self.log {
            log.push(Occurrence { code, place: place.clone(), found: found.clone(), wanted: wanted.clone() });
        }
        if example {
            issue.examples.push(Example {
                feature: place.feature,
                row: place.row.clone(),
                id: place.id.clone(),
                found,
                wanted,
            });
        }
    }

    /// Counts the state of one value of a field.
    pub fn count_value(&mut self, field: &'static str, state: ValueState) {
        self.readings.count(field, state);
    }

    /// The states of the values, by field.
    pub fn readings(&self) -> &Readings {
        &self.readings
    }

    /// True without any issue.
    pub fn is_empty(&self) -> bool {
        self.by_kind.is_empty()
    }

    /// All issues, ordered by kind and field.
    pub fn list(&self) -> Vec<Issue> {
        self.by_kind.values().cloned().collect()
    }
}

/// Issues that a stage finds in the layers of a region that it only reads, by the layer's key in region.toml.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerIssues {
    by_layer: BTreeMap<String, Issues>,
    /// Whether every occurrence is kept, not the first examples only.
    logged: bool,
}

impl LayerIssues {
    /// No issues yet; every occurrence will be kept, as [`Issues::logged`] does.
    pub fn logged() -> Self {
        Self { by_layer: BTreeMap::new(), logged: true }
    }

    /// The issues of the layer with this key, to note more.
    pub fn layer(&mut self, key: &str) -> &mut Issues {
        let none = || if self.logged { Issues::logged() } else { Issues::default() };
        self.by_layer.entry(key.to_owned()).or_insert_with(none)
    }

    /// Notes one occurrence in the layer with this key.
    pub fn note(
        &mut self,
        key: &str,
        code: IssueCode,
        place: &Place,
        found: impl Into<Message>,
        wanted: impl Into<Message>,
    ) {
        self.layer(key).note(code, place, found, wanted);
    }

    /// Adds issues that were found after all of these.
    pub fn append(&mut self, later: Self) {
        for (key, issues) in later.by_layer {
            self.layer(&key).append(issues);
        }
    }

    /// The issues of the layer with this key; `None` if there are none.
    pub fn of(&self, key: &str) -> Option<&Issues> {
        self.by_layer.get(key)
    }

    /// True without any issue.
    pub fn is_empty(&self) -> bool {
        self.by_layer.values().all(Issues::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_what_serde_writes() {
        let schema = serde_json::to_value(schemars::schema_for!(IssueCode)).unwrap();
        let words: Vec<&str> =
            schema["oneOf"].as_array().unwrap().iter().map(|one| one["const"].as_str().unwrap()).collect();
        assert!(words.len() > 30);
        for word in words {
            let code: IssueCode = serde_json::from_value(word.into()).unwrap();
            assert_eq!(code.word(), word);
        }
    }

    fn place(feature: usize, field: &str) -> Place {
        Place { feature: Some(feature), ..Place::file("f").field(field) }
    }

    #[test]
    fn later_issues_count_as_if_noted_at_once() {
        let noted = [("a", 1), ("b", 2), ("a", 3), ("a", 4), ("a", 4), ("b", 5)];
        let note = |issues: &mut Issues, (field, feature): (&str, usize)| {
            let place = place(feature, field);
            issues.note(IssueCode::NotUnderstood, &place, feature, "wanted");
        };
        for (mut at_once, logged) in [(Issues::default(), false), (Issues::logged(), true)] {
            let mut parted = at_once.clone();
            let mut later = if logged { LayerIssues::logged() } else { LayerIssues::default() };
            for (i, one) in noted.into_iter().enumerate() {
                note(&mut at_once, one);
                note(if i < 2 { &mut parted } else { later.layer("stations") }, one);
            }
            let json = serde_json::to_string(&later).unwrap();
            assert_eq!(serde_json::from_str::<LayerIssues>(&json).unwrap(), later);
            parted.append(later.of("stations").unwrap().clone());
            assert_eq!(parted, at_once);
            assert_eq!(parted.log().len(), if logged { 6 } else { 0 });
        }
    }
}

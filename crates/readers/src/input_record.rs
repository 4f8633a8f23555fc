//! What is known of each input: file, hash, format, counts, extent and issues.
//!
//! In: a parsed layer, or typed records. Out: [`InputRecord`]s, and the refusals that look at several of them.

use crate::columns::ColumnRecord;
use crate::crs::Extent;
use crate::encoding::{self, EncodingName};
use crate::formats::Format;
use crate::layer_file::LayerFile;
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{Example, Issue, IssueCode, Issues, LayerIssues, Severity};
use lifering_base::message;
use lifering_base::records::Layer;
use serde::{Deserialize, Serialize};

/// What is known of one input once it has been read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputRecord {
    /// The layer.
    pub layer: Layer,
    /// Key in region.toml: the layer's own, or the name of an extra layer.
    pub key: String,
    /// Name relative to the region folder.
    pub file: String,
    /// SHA-256 of the bytes; of the records' debug notation for [`Format::Records`].
    pub sha256: String,
    /// Format.
    pub format: Format,
    /// Encoding of the text; `None` for a format that is not text.
    #[serde(deserialize_with = "encoding::deserialize_name")]
    pub encoding: Option<EncodingName>,
    /// Number of features in the file.
    pub features: usize,
    /// Number of features used.
    pub used: usize,
    /// Extent of all features; `None` without positions.
    pub extent: Option<Extent>,
    /// What was made of every column; empty for typed records.
    #[serde(default)]
    pub columns: Vec<ColumnRecord>,
    /// Issues found while reading. [`InputRecord::with`] adds those of later stages.
    pub issues: Issues,
}

impl InputRecord {
    /// The record of a layer's file.
    pub fn of(parsed: LayerFile) -> Self {
        Self {
            layer: parsed.layer,
            key: parsed.key,
            file: parsed.file,
            sha256: parsed.sha256,
            format: parsed.format,
            encoding: parsed.encoding,
            features: parsed.count,
            used: parsed.used,
            extent: parsed.extent,
            columns: parsed.columns,
            issues: parsed.issues,
        }
    }

    /// The record with the issues of later stages after its own, in order and count as if they had been noted here.
    #[must_use]
    pub fn with(&self, later: &LayerIssues) -> Self {
        let mut record = self.clone();
        if let Some(issues) = later.of(&self.key) {
            record.issues.append(issues.clone());
        }
        record
    }
}

/// All records with the issues of later stages. Issues of a layer without a record are left out: there is no input that
/// they could be about.
pub fn with_issues(inputs: &[InputRecord], later: &LayerIssues) -> Vec<InputRecord> {
    inputs.iter().map(|input| input.with(later)).collect()
}

/// Layers without which there is no audit: empty is not the same as none by decision, which region.toml says (`without`).
const NEEDED: [Layer; 3] = [Layer::Population, Layer::Roads, Layer::Stations];

/// Refuses a layer with features of which none can be used, and a needed one without features: unknown is not none. Records
/// of extra layers need no place.
pub(crate) fn refuse_unusable(input: &InputRecord) -> Result<(), InputError> {
    let empty = input.features == 0 && NEEDED.contains(&input.layer);
    // Nobody chose these of an extract: they come with its roads.
    let beside_roads = input.format == Format::OsmPbf && Layer::WITH_ROADS.contains(&input.layer);
    let unusable = input.features > 0 && input.used == 0 && input.layer != Layer::Extra && !beside_roads;
    if !empty && !unusable {
        return Ok(());
    }
    let place = Place::file(&input.file);
    let (place, found) = match main_reason(&input.issues).and_then(|issue| issue.examples.into_iter().next()) {
        Some(Example { feature, row, id, found, .. }) => (Place { feature, row, id, ..place }, found),
        None if empty => (place, message!("message.no_features")),
        None => (place, message!("message.nothing")),
    };
    let wanted =
        if empty { message!("message.some_features") } else { message!("message.none_usable", n = input.features) };
    Err(InputError::wrong(place, found, wanted).with_help(message!("message.leave_layer_out")))
}

/// The most frequent reason why features are left out. That a geometry is of a kind which is not read tells more than that
/// there is none.
fn main_reason(issues: &Issues) -> Option<Issue> {
    let leaves_out = |code| {
        use IssueCode::{
            EmptyGeometry, GeometryLeftOut, NoGeometry, NotUnderstood, PartNotUsed, RowLeftOut, SumsLeftOut,
        };
        matches!(
            code,
            NoGeometry | GeometryLeftOut | EmptyGeometry | RowLeftOut | NotUnderstood | PartNotUsed | SumsLeftOut
        )
    };
    let list = issues.list();
    let reasons = || list.iter().filter(|issue| leaves_out(issue.code));
    // The first of several that are equally frequent.
    let most = reasons().rev().max_by_key(|issue| (issue.count, issue.code != IssueCode::NoGeometry));
    most.or(list.first()).cloned()
}

/// Refuses the first warning of any layer, as a strict run does.
pub fn refuse_warnings(inputs: &[InputRecord]) -> Result<(), InputError> {
    let count = inputs.iter().map(|i| i.issues.count(Severity::Warning)).sum();
    let first = inputs.iter().find_map(|input| {
        let issue = input.issues.list().into_iter().find(|i| i.code.severity() == Severity::Warning)?;
        let example = issue.examples.first()?;
        let mut place = Place {
            feature: example.feature,
            row: example.row.clone(),
            id: example.id.clone(),
            ..Place::file(&input.file)
        };
        place.field = issue.field;
        Some((place, example.found.clone(), example.wanted.clone()))
    });
    match first {
        Some((place, found, wanted)) => Err(InputError::Strict { count, place, found, wanted }),
        None => Ok(()),
    }
}

/// Distance from the roads within which swapped coordinates are looked for, degrees.
const FAR_DEGREES: f64 = 0.5;

/// Distance of a layer from the roads that is reported, as a share of the size of their extent.
const APART_SHARE: f64 = 0.1;

/// Looks for layers that lie apart from the roads: refused if their coordinates are swapped, else noted.
pub(crate) fn check_near_roads(inputs: &mut [InputRecord]) -> Result<(), InputError> {
    let roads = inputs.iter().find(|i| i.layer == Layer::Roads).and_then(|i| i.extent);
    let Some(roads) = roads else { return Ok(()) };
    let size = (roads.high.lon - roads.low.lon).max(roads.high.lat - roads.low.lat);
    let show = |e: Extent| {
        message!("message.around", lon = format!("{:.3}", e.middle().lon), lat = format!("{:.3}", e.middle().lat))
    };
    let mut apart = Vec::new();
    let beside = |layer: Layer| matches!(layer, Layer::Neighbours | Layer::Extra | Layer::Roads);
    let others = inputs.iter().filter(|i| !beside(i.layer) && i.extent.is_some()).count();
    for input in inputs.iter_mut() {
        // Neighbours and what a standard counts beside the region may lie farther off.
        let slack = if matches!(input.layer, Layer::Neighbours | Layer::Extra) {
            FAR_DEGREES
        } else {
            (APART_SHARE * size).min(FAR_DEGREES)
        };
        let Some(extent) = input.extent.filter(|e| !e.meets(roads, slack)) else { continue };
        let place = Place::file(&input.file).field("coordinates");
        if extent.swapped().meets(roads, FAR_DEGREES) {
            return Err(InputError::wrong(place, show(extent), message!("message.near_roads", place = show(roads)))
                .with_help(message!("message.swapped_one")));
        }
        let wanted = message!("message.near_roads_used", place = show(roads));
        if !beside(input.layer) {
            apart.push(extent);
        }
        input.issues.note(IssueCode::FarFromRoads, &place, show(extent), wanted);
    }
    // Where most layers lie apart from the roads, it is the roads that lie elsewhere.
    if let (Some(all), true) = (apart.iter().copied().reduce(Extent::with), 2 * apart.len() > others.max(1))
        && let Some(input) = inputs.iter_mut().find(|input| input.layer == Layer::Roads)
    {
        let place = Place::file(&input.file).field("coordinates");
        let wanted = message!("message.near_other_layers", place = show(all));
        input.issues.note(IssueCode::FarFromRoads, &place, show(roads), wanted);
    }
    Ok(())
}

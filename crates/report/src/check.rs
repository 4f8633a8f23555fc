//! The shape of `lifering check --json`.

use crate::columns::ColumnReport;
use crate::issues::{IssueReport, issue};
use crate::report::ScenarioReport;
use crate::rounding::{rounded, tenth};
use lifering_core::quality::entries::StationReach;
use lifering_core::quality::fit::Fit;
use lifering_core::quality::grade::LayerGrade;
use lifering_core::quality::survey::Survey;
use lifering_core::quality::{LayerQuality, Quality};
use schemars::JsonSchema;
use serde::Serialize;

/// The quality of a region's data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckReport {
    /// `name` of region.toml.
    pub region: String,
    /// What was changed of the region before it was checked; absent if nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<ScenarioReport>,
    /// Layers, in the order they are read.
    pub layers: Vec<LayerReport>,
    /// How far every station can drive, in the order of its layer.
    pub station_reach: Vec<StationReachReport>,
    /// Roads, sites and people against each other.
    #[serde(flatten)]
    pub survey: Survey,
}

/// How far a station can drive.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StationReachReport {
    /// Id in the stations layer.
    pub id: String,
    /// Name in the stations layer.
    pub name: String,
    /// Distance of the nearest road, metres; `null` if no road has roadside access.
    pub nearest_m: Option<f64>,
    /// Length of road that can be driven from the nearest road, km.
    pub drivable_km: f64,
    /// Distance of the road that leads on and is entered as well, metres; `null` unless the nearest leads nowhere.
    pub leads_on_m: Option<f64>,
}

/// How far every station can drive, those that drive least first.
pub fn station_reach(quality: &Quality) -> Vec<StationReachReport> {
    let stations = &quality.city.records().stations;
    let one = |reach: &StationReach| StationReachReport {
        id: stations[reach.station].id.clone(),
        name: stations[reach.station].name.clone(),
        nearest_m: reach.nearest_m.map(tenth),
        drivable_km: rounded(reach.drivable_m / 1000.0, 3),
        leads_on_m: reach.leads_on_m.map(tenth),
    };
    let mut all: Vec<StationReachReport> = quality.station_reach.iter().map(one).collect();
    all.sort_by(|a, b| a.drivable_km.total_cmp(&b.drivable_km));
    all
}

/// One layer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LayerReport {
    /// Layer, grade and the reason for it.
    #[serde(flatten)]
    pub grade: LayerGrade,
    /// Path of the file, as region.toml names it.
    pub file: String,
    /// Name of the file's format.
    pub format: &'static str,
    /// Encoding of the file's text; absent for binary formats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<&'static str>,
    /// Number of features in the file.
    pub features: usize,
    /// Number of features used.
    pub used: usize,
    /// Number of features not used.
    pub left_out: usize,
    /// Number of features used otherwise than they stand in the file.
    pub changed: usize,
    /// Distance of the points from the roads if the coordinates are WGS 84, GCJ-02 or BD-09; absent outside China and
    /// for layers that are not points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// What was made of every column, and the states of its values; empty for formats without columns.
    pub columns: Vec<ColumnReport>,
    /// Issues, by kind and field.
    pub issues: Vec<IssueReport>,
}

impl CheckReport {
    /// The report of an assessment.
    pub fn new(quality: &Quality) -> Self {
        Self {
            region: quality.region.clone(),
            scenario: ScenarioReport::of(&quality.city),
            layers: quality.layers.iter().map(layer).collect(),
            station_reach: station_reach(quality),
            survey: quality.survey.clone(),
        }
    }
}

fn layer(layer: &LayerQuality) -> LayerReport {
    LayerReport {
        grade: layer.grade.clone(),
        file: layer.file.clone(),
        format: layer.format,
        encoding: layer.encoding,
        features: layer.features,
        used: layer.used,
        left_out: layer.left_out,
        changed: layer.changed,
        fit: layer.fit.clone(),
        columns: layer.columns.iter().map(|column| ColumnReport::new(column, &layer.readings)).collect(),
        issues: layer.issues.iter().map(issue).collect(),
    }
}

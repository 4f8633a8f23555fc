//! The shape of `lifering check --json`.

use crate::columns::ColumnReport;
use crate::issues::{IssueReport, issue};
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
    /// Layers, in the order they are read.
    pub layers: Vec<LayerReport>,
    /// Roads, sites and people against each other.
    #[serde(flatten)]
    pub survey: Survey,
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
            layers: quality.layers.iter().map(layer).collect(),
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

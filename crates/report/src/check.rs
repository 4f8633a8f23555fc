//! The shape of `lifering check --json`.

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
    /// Name of the region.
    pub region: String,
    /// Layers in the order they are read.
    pub layers: Vec<LayerReport>,
    /// Roads, sites and people as they lie to each other.
    #[serde(flatten)]
    pub survey: Survey,
}

/// One layer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LayerReport {
    /// Its letter and the reason.
    #[serde(flatten)]
    pub grade: LayerGrade,
    /// Its file.
    pub file: String,
    /// The file's format.
    pub format: &'static str,
    /// Encoding of its text; absent for binary formats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<&'static str>,
    /// Features in the file.
    pub features: usize,
    /// Features used.
    pub used: usize,
    /// Features left out.
    pub left_out: usize,
    /// Features of which something is used otherwise than it stands in the file.
    pub changed: usize,
    /// Fit of a point layer to the roads; in China only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// Everything noticed.
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
        issues: layer.issues.iter().map(issue).collect(),
    }
}

//! audit.json: the files read.

use crate::issues::IssueReport;
use lifering_base::records::Layer;
use lifering_core::quality::fit::Fit;
use lifering_core::quality::grade::{Grade, Reason};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One file of one layer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InputReport {
    /// The layer the file is read as.
    pub layer: Layer,
    /// Key under `[layers.extra]`; absent for layers with a key of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<String>,
    /// Path of the file, as region.toml names it.
    pub file: String,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub sha256: String,
    /// Number of features in the file.
    pub features: usize,
    /// Number of features used.
    pub used: usize,
    /// Name of the file's format. Audits of early versions lack it: read as "".
    #[serde(default)]
    #[schemars(!default)]
    pub format: String,
    /// Encoding of the file's text; absent for binary formats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Number of features not used. Audits of early versions lack it: read as 0.
    #[serde(default)]
    #[schemars(!default)]
    pub left_out: usize,
    /// Number of features used otherwise than they stand in the file. Audits of early versions lack it: read as 0.
    #[serde(default)]
    #[schemars(!default)]
    pub changed: usize,
    /// How far the layer can be trusted, A to D.
    pub grade: Grade,
    /// The worst warning, which sets the grade; absent for A.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Distance of the points from the roads if the coordinates are WGS 84, GCJ-02 or BD-09; absent outside China and for
    /// layers that are not points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// Issues found while the file was read and measured, by kind and field.
    pub issues: Vec<IssueReport>,
}

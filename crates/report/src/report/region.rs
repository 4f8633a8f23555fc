//! audit.json: region, standard, people, network, and what comes from outside the region.

use lifering_core::city::boundary::BoundaryOrigin;
use lifering_standards::catalogue::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegionReport {
    /// `name` of region.toml.
    pub name: String,
    /// Path of the region as the command named it.
    pub path: String,
    /// SHA-256 of region.toml, in hexadecimal.
    pub settings_sha256: String,
    /// Area inside the boundary, km², in the local equal-area plane (definitions.md section 1).
    pub boundary_km2: f64,
    /// Source of the boundary: a layer of its own, the union of the units, or a hull.
    pub boundary_from: BoundaryOrigin,
    /// Whether the data is illustrative, not for planning: the region's name says so.
    pub illustrative: bool,
}

/// The standard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StandardReport {
    /// Id, such as `jinjiang-14fyp`.
    pub id: String,
    /// SHA-256 of its text together with that of the standard it extends, in hexadecimal. Audits of early versions lack it:
    /// read as "".
    #[serde(default)]
    #[schemars(!default)]
    pub sha256: String,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Id of the standard that fills in the topics this one does not regulate; absent if it stands alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// Topics this standard does not regulate, with the rules that fill them in; absent if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(!default)]
    pub silent_on: Vec<SilentReport>,
}

/// A topic that the standard does not regulate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SilentReport {
    /// The topic, in both languages.
    pub topic: Text,
    /// Ids of the rules of the extended standard that stand in.
    pub filled_by: Vec<String>,
}

/// People by where they count (definitions.md section 5), to the thousandth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PopulationReport {
    /// People in the layer, before `scale_to`.
    pub total: f64,
    /// People inside the boundary, after `scale_to`: the whole of every population share.
    pub inside: f64,
    /// People outside the boundary, left out, before `scale_to`.
    pub outside: f64,
    /// Number of points at which people are counted.
    pub samples: usize,
    /// People without a road within `access.max_m`.
    pub no_road: f64,
    /// People with roads within `access.max_m` that no station can reach.
    pub cut_off: f64,
    /// Factor on every point from `population.scale_to`; absent if the layer was not scaled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
}

/// The drivable network (definitions.md section 2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkReport {
    /// Number of junctions.
    pub nodes: usize,
    /// Number of directed links between junctions.
    pub edges: usize,
    /// Length of road, km.
    pub length_km: f64,
    /// Number of connected parts.
    pub components: usize,
    /// Share of the length in the largest part, 0 to 1.
    pub largest_share: f64,
}

/// The roads' share of a file that several regions use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SharedRoadsReport {
    /// Path of the file.
    pub file: String,
    /// Distance beyond the boundary up to which roads are taken, metres.
    pub margin_m: f64,
    /// Number of roads taken, each whole.
    pub roads: usize,
    /// Number of roads in the file.
    pub of: usize,
    /// Fastest speed of any road in the file, km/h.
    pub fastest_kmh: f64,
    /// Seconds of driving up to which arrivals of the region's own stations equal those over all roads of the file, rounded
    /// down. Longer times may be overstated, never understated. `null` if the file has no drivable road.
    pub exact_within_s: Option<f64>,
}

/// A station of a neighbouring region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NeighbourReport {
    /// Id in its layer.
    pub id: String,
    /// Name in its layer.
    pub name: String,
    /// The region or file it comes from.
    pub from: String,
    /// Longitude, degrees (WGS 84), seven decimals.
    pub lon: f64,
    /// Latitude, degrees (WGS 84), seven decimals.
    pub lat: f64,
}

/// A count that the standard's own document states, beside the same count in the data. No verdict uses it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineReport {
    /// Id within the standard.
    pub id: String,
    /// What is counted, in both languages.
    pub title: Text,
    /// Year of the document's count; absent if the document gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// Whether the two figures are shares, 0 to 1; absent if they are counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(!default)]
    pub share: bool,
    /// The document's count or share.
    pub stated: f64,
    /// The same count in the data; `null` if the layer or attribute is missing.
    pub counted: Option<f64>,
    /// Whether the two differ by more than one half; shares by more than half a percent.
    pub differs: bool,
    /// A remark of the standard's editors, in both languages; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

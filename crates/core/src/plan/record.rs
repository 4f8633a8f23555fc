//! The inputs of a proposal as proposal.json records them: files by relative path and hash.
//!
//! In: paths and bytes. Out: [`Origin`], from which `--verify` reads the same inputs again.

use super::file_record::FileRecord;
use super::region::record::RegionRecord;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where demand, sites and times come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// Travel times in a CSV file.
    Matrix(MatrixRecord),
    /// A region with its layers.
    Region(RegionRecord),
}

/// The files of a travel-time matrix and its existing sites.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MatrixRecord {
    /// Travel times: `demand,candidate,seconds`.
    pub costs: FileRecord,
    /// People of each demand point: `demand,weight`; null: every point weighs 1.
    pub demand: Option<FileRecord>,
    /// Costs and capacities of sites: `candidate,cost,capacity`; null: each costs 1 and has the capacity of the
    /// request.
    pub candidates: Option<FileRecord>,
    /// Ids of existing sites that stay open (`--existing`).
    pub existing: Vec<String>,
    /// Ids of existing sites that may be closed (`--movable`).
    pub movable: Vec<String>,
    /// Cost of closing one of them, in the unit of the candidates' cost.
    #[serde(default)]
    pub move_cost: f64,
}

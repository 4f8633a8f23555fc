//! Options of a proposal on a region beyond the [`SitingRequest`](crate::plan::request::SitingRequest).

use super::candidates::Policy;
use super::problem::Movable;
use std::path::PathBuf;

/// Options of a proposal on a region.
#[derive(Clone, Debug)]
pub struct RegionOptions {
    /// Id of the rule to plan for; `None`: the limit of the request, from call to arrival.
    pub rule: Option<String>,
    /// Candidates to generate and to exclude.
    pub policy: Policy,
    /// Existing sites that may be closed.
    pub movable: Movable,
    /// Kind of new sites; `None`: the first the filter of the rule names, else `station` or `community_health`.
    pub kind: Option<String>,
    /// Ambulances of a new station if its candidate states none, and of a reopened one.
    pub ambulances: f64,
    /// Names and paths of inputs, for proposal.json.
    pub provenance: Provenance,
}

/// Names and paths of inputs as the caller gave them, for proposal.json.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// Folder of proposal.json, to which recorded paths are relative.
    pub folder: PathBuf,
    /// Id or path of the standard; `None`: the one in region.toml.
    pub standard: Option<String>,
    /// File of the excluded areas; `None`: none are excluded.
    pub exclude_file: Option<PathBuf>,
}

impl Default for RegionOptions {
    /// The default [`Policy`]; one ambulance per new station.
    fn default() -> Self {
        Self {
            rule: None,
            policy: Policy::default(),
            movable: Movable::default(),
            kind: None,
            ambulances: 1.0,
            provenance: Provenance::default(),
        }
    }
}

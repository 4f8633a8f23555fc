//! What a proposal on a region is asked with, beside goal and limits.

use super::candidates::Policy;
use super::problem::Movable;
use std::path::PathBuf;

/// Options of a proposal on a region.
#[derive(Clone, Debug)]
pub struct RegionOptions {
    /// The rule to plan for; `None`: the limit of the request, from call to arrival.
    pub rule: Option<String>,
    /// Which candidates are allowed.
    pub policy: Policy,
    /// Existing sites that may be closed.
    pub movable: Movable,
    /// Kind of a new site whose candidate states none.
    pub kind: Option<String>,
    /// Ambulances of a new station whose candidate states none.
    pub ambulances: f64,
    /// Names and paths for the record of the proposal.
    pub provenance: Provenance,
}

/// How inputs were named, for the record in proposal.json.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// The folder of proposal.json: paths in the record are relative to it.
    pub folder: PathBuf,
    /// The standard as it was named; `None`: region.toml's.
    pub standard: Option<String>,
    /// The file of the excluded areas.
    pub exclude_file: Option<PathBuf>,
}

impl Default for RegionOptions {
    /// Candidates of the layer, or junctions 500 m apart and medical facilities; one ambulance a new station.
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

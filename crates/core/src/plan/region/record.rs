//! What a proposal on a region was made from, so that it can be checked: files with hashes, the objective, the places.

use super::options::RegionOptions;
use super::problem::{SiteRole, SitingProblem};
use crate::plan::record::{FileRecord, relative};
use lifering_readers::Region;
use lifering_readers::source::names_a_file;
use lifering_siting::{Certificate, SiteStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A region and what was asked of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegionRecord {
    /// Its folder, from the folder of proposal.json; `None` for the embedded one.
    pub region: Option<String>,
    /// region.toml and the layers, relative to the region.
    pub files: Vec<FileRecord>,
    /// An embedded id, or a path from the folder of proposal.json; `None`: region.toml's.
    pub standard: Option<String>,
    /// The rule; `None`: the request's own limit.
    pub rule: Option<String>,
    /// Ids of existing sites that were given up.
    pub given_up: Vec<String>,
    /// The proposed sites.
    pub posts: Vec<SiteRecord>,
    /// Places where new sites were looked for.
    pub candidates: usize,
    /// What was asked of them.
    pub policy: PolicyRecord,
}

/// A proposed site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SiteRecord {
    /// Its id.
    pub id: String,
    /// Degrees.
    pub lon: f64,
    /// Degrees.
    pub lat: f64,
    /// Its own turnout, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnout_s: Option<f64>,
    /// Most people it can serve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
}

/// Which candidates were allowed, and what a new site is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyRecord {
    /// Distance between junctions, metres; only where there is no candidates layer.
    pub spacing_m: f64,
    /// Only near these.
    pub near: Vec<String>,
    /// Metres.
    pub near_m: f64,
    /// Not in these units.
    pub not_in: Vec<String>,
    /// Not in the areas of this file.
    pub exclude: Option<String>,
    /// Existing sites that might be given up.
    pub movable: Vec<String>,
    /// What that takes from the budget.
    pub move_cost: f64,
    /// Kind of the new sites.
    pub kind: Option<String>,
    /// Ambulances of a new station that does not say.
    pub ambulances: f64,
}

impl RegionRecord {
    /// The record of an answer.
    pub fn of(
        region_options: &RegionOptions,
        region: &Region,
        problem: &SitingProblem,
        certificate: &Certificate,
    ) -> Self {
        let folder = region_options.provenance.folder.as_path();
        let base = region.source.folder().map(Path::to_path_buf);
        let settings =
            FileRecord { file: region.source.settings_file().to_owned(), sha256: region.settings_sha256.clone() };
        let layers =
            region.inputs.iter().map(|input| FileRecord { file: input.file.clone(), sha256: input.sha256.clone() });
        let standard = region_options
            .provenance
            .standard
            .as_ref()
            .map(|name| if names_a_file(name) { relative(Path::new(name), folder) } else { name.clone() });
        let potential = |site: &usize| {
            let potential = problem.potential_sites[*site].as_ref()?;
            Some(SiteRecord {
                id: potential.id.clone(),
                lon: potential.place.lon,
                lat: potential.place.lat,
                turnout_s: potential.turnout_s,
                capacity: potential.capacity,
            })
        };
        let mut posts: Vec<SiteRecord> = certificate
            .sites
            .iter()
            .filter(|site| matches!(problem.roles[**site], SiteRole::Candidate(_)))
            .filter_map(potential)
            .collect();
        posts.dedup();
        let given_up = certificate.closed.iter().map(|site| problem.instance.sites()[*site].id.clone()).collect();
        debug_assert!(certificate.closed.iter().all(|s| problem.instance.sites()[*s].status != SiteStatus::Fixed));
        Self {
            region: base.map(|base| relative(&base, folder)),
            files: std::iter::once(settings).chain(layers).collect(),
            standard,
            rule: region_options.rule.clone(),
            given_up,
            posts,
            candidates: problem.roles.iter().filter(|role| matches!(role, SiteRole::Candidate(_))).count(),
            policy: PolicyRecord {
                spacing_m: region_options.policy.spacing_m,
                near: region_options.policy.near.clone(),
                near_m: region_options.policy.near_m,
                not_in: region_options.policy.not_in.clone(),
                exclude: region_options.provenance.exclude_file.as_ref().map(|file| relative(file, folder)),
                movable: region_options.movable.ids.clone(),
                move_cost: region_options.movable.cost,
                kind: region_options.kind.clone(),
                ambulances: region_options.ambulances,
            },
        }
    }
}

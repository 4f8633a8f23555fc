//! The inputs and the new sites of a proposal on a region as proposal.json records them, for `--verify`.
//!
//! In: options, region, problem, certificate. Out: [`RegionRecord`].

use super::options::RegionOptions;
use super::problem::{SiteRole, SitingProblem};
use crate::plan::file_record::{FileRecord, relative};
use lifering_readers::Region;
use lifering_readers::source::names_a_file;
use lifering_siting::{Certificate, SiteStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A region, the options of the proposal, and its sites.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegionRecord {
    /// Folder of the region, relative to the folder of proposal.json; null: the embedded region.
    pub region: Option<String>,
    /// region.toml, then the layers, relative to the folder of the region.
    pub files: Vec<FileRecord>,
    /// Id of an embedded standard, or a path relative to the folder of proposal.json; null: the standard in
    /// region.toml.
    pub standard: Option<String>,
    /// Id of the rule planned for; null: the limit of the request.
    pub rule: Option<String>,
    /// Ids of existing sites that are closed.
    #[serde(rename = "given_up")]
    pub closed_sites: Vec<String>,
    /// New sites.
    #[serde(rename = "posts")]
    pub new_sites: Vec<SiteRecord>,
    /// Number of candidates in the problem.
    pub candidates: usize,
    /// Which candidates and movable sites were allowed.
    pub policy: PolicyRecord,
}

/// A new site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PostRecord")]
pub struct SiteRecord {
    /// Id of its candidate.
    pub id: String,
    /// Longitude, WGS 84 degrees.
    pub lon: f64,
    /// Latitude, WGS 84 degrees.
    pub lat: f64,
    /// Its own turnout, seconds; absent: that of the region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnout_s: Option<f64>,
    /// Most people it can serve; absent: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
}

/// Options for candidates, movable sites and attributes of new sites.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyRecord {
    /// Least distance of a junction from other candidates, metres (`--spacing`); only without a candidates layer.
    pub spacing_m: f64,
    /// Ids or names of sites that candidates must be near (`--near`); empty: anywhere.
    pub near: Vec<String>,
    /// Greatest geodesic distance from one of them, metres.
    pub near_m: f64,
    /// Ids or names of units without candidates (`--not-in`).
    pub not_in: Vec<String>,
    /// File of areas without candidates, relative to the folder of proposal.json (`--exclude`); null: none.
    pub exclude: Option<String>,
    /// Ids or names of existing sites that may be closed (`--movable`).
    pub movable: Vec<String>,
    /// Cost of closing one of them, in the unit of the candidates' cost (`--move-cost`).
    pub move_cost: f64,
    /// Kind of the new sites (`--kind`); null: chosen by the rule and the layer.
    pub kind: Option<String>,
    /// Ambulances of a new station if its candidate states none, and of a reopened one (`--ambulances`).
    pub ambulances: f64,
    /// Cost of reopening a station that has no ambulance, in the unit of the candidates' cost (`--reopen-cost`); absent:
    /// such stations are no candidates (`--no-reopen`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopen_cost: Option<f64>,
}

impl RegionRecord {
    /// The record of a solved problem.
    pub fn of(options: &RegionOptions, region: &Region, problem: &SitingProblem, certificate: &Certificate) -> Self {
        let folder = options.provenance.folder.as_path();
        let region_folder = region.source.folder().map(|path| relative(path, folder));
        let settings =
            FileRecord { file: region.source.settings_file().to_owned(), sha256: region.settings_sha256.clone() };
        let layers =
            region.inputs.iter().map(|input| FileRecord { file: input.file.clone(), sha256: input.sha256.clone() });
        let standard = options
            .provenance
            .standard
            .as_ref()
            .map(|name| if names_a_file(name) { relative(Path::new(name), folder) } else { name.clone() });
        let site_record = |site: &usize| {
            let site = problem.sites[*site].as_ref()?;
            Some(SiteRecord {
                id: site.id.clone(),
                lon: site.place.lon,
                lat: site.place.lat,
                turnout_s: site.turnout_s,
                capacity: site.capacity,
            })
        };
        let mut new_sites: Vec<SiteRecord> = certificate
            .sites
            .iter()
            .filter(|site| matches!(problem.roles[**site], SiteRole::Candidate(_)))
            .filter_map(site_record)
            .collect();
        // The goal busy lists a site once for each ambulance.
        new_sites.dedup();
        let closed_sites = certificate.closed.iter().map(|site| problem.instance.sites()[*site].id.clone()).collect();
        debug_assert!(certificate.closed.iter().all(|s| problem.instance.sites()[*s].status != SiteStatus::Fixed));
        Self {
            region: region_folder,
            files: std::iter::once(settings).chain(layers).collect(),
            standard,
            rule: options.rule.clone(),
            closed_sites,
            new_sites,
            candidates: problem.roles.iter().filter(|role| matches!(role, SiteRole::Candidate(_))).count(),
            policy: PolicyRecord {
                spacing_m: options.policy.spacing_m,
                near: options.policy.near.clone(),
                near_m: options.policy.near_m,
                not_in: options.policy.not_in.clone(),
                exclude: options.provenance.exclude_file.as_ref().map(|file| relative(file, folder)),
                movable: options.movable.ids.clone(),
                move_cost: options.movable.cost,
                kind: options.kind.clone(),
                ambulances: options.ambulances,
                reopen_cost: options.policy.reopen_cost,
            },
        }
    }
}

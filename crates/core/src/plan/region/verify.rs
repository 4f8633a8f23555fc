//! The instance of a recorded proposal on a region, measured again with one travel-time field per site.
//!
//! In: a [`RegionRecord`], its request and the scenario it was made on, if any. Out: an [`Instance`] of the open sites
//! only. It shares neither the search nor the table of access times with the pipeline that made the proposal.

use super::DEFAULT_LIMIT_S;
use super::candidates::{Candidate, CandidateOrigin};
use super::objective::{ASKED_RULE, asked_rule, objective};
use super::problem::{Movable, TimeSource, potential_sites, problem};
use super::record::RegionRecord;
use crate::audit::{standard_for, under_scenario};
use crate::city::{City, OpenOptions};
use crate::plan::request::SitingRequest;
use crate::plan::{ProposalError, Study};
use crate::run::Silent;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_readers::Region;
use lifering_readers::scenario::Scenario;
use lifering_readers::source::{Source, names_a_file};
use lifering_siting::Instance;
use std::collections::BTreeMap;
use std::path::Path;

/// The instance of the open sites, and the slack of its limit (seconds, metres for distances). `held`: the city of the record,
/// if it is at hand; otherwise it is opened from the files.
///
/// # Errors
/// The region or the standard cannot be read, a file has changed, or an edit of the scenario or the request does not fit them.
pub fn reread(
    record: &RegionRecord,
    request: &SitingRequest,
    scenario: Option<&Scenario>,
    folder: &Path,
    held: Option<&City>,
) -> Result<(Instance, f64), ProposalError> {
    let city = match held {
        Some(city) => city.clone(),
        None => opened(record, folder)?,
    };
    unchanged(record, city.records())?;
    let mut request = request.clone();
    let standard = record
        .standard
        .as_ref()
        .map(|name| if names_a_file(name) { folder.join(name).display().to_string() } else { name.clone() });
    let standard = standard_for(city.records(), standard.as_deref())?;
    let (city, standard) = match scenario {
        // Applied before: to files with the hashes of the record.
        Some(scenario) => under_scenario(&city, scenario, true, &standard)?,
        None => (city, standard),
    };
    let mut standard = standard.without_unknown_split(city.evidence());
    if record.rule.is_none() {
        standard.rules.push(asked_rule(request.limit().unwrap_or(DEFAULT_LIMIT_S))?);
    }
    let study = Study { city: &city, standard: &standard };
    let objective = objective(study, record.rule.as_deref().unwrap_or(ASKED_RULE), &mut request)?;
    let candidates: Vec<Candidate> = record
        .new_sites
        .iter()
        .map(|site| {
            let place = LonLat::new(site.lon, site.lat);
            Candidate {
                id: site.id.clone(),
                name: site.id.clone(),
                place,
                xy: study.city.frame().to_local(place),
                cost: 1.0,
                capacity: site.capacity,
                turnout_s: site.turnout_s,
                origin: CandidateOrigin::Layer,
                station: None,
                attributes: BTreeMap::new(),
            }
        })
        .collect();
    let movable = Movable { ids: record.policy.movable.clone(), cost: record.policy.move_cost };
    let mut open_sites = potential_sites(study, &objective, &candidates, &movable, request.capacity)?;
    open_sites.retain(|site| !record.closed_sites.contains(&site.id));
    let problem = problem(study, &objective, &request, open_sites, TimeSource::Fields, &|| false)?;
    Ok((problem.instance, objective.slack()))
}

/// The city of the record, opened from its files.
fn opened(record: &RegionRecord, folder: &Path) -> Result<City, ProposalError> {
    let source = record.region.as_ref().map_or(Source::Demo, |region| {
        let settings = record.files.first().map_or("region.toml", |file| file.file.as_str());
        Source::Folder { folder: folder.join(region), settings: settings.to_owned() }
    });
    Ok(City::open(source, &OpenOptions::default(), &Silent)?)
}

/// Checks that the files of the region are those of the proposal.
fn unchanged(record: &RegionRecord, region: &Region) -> Result<(), ProposalError> {
    let settings = (region.source.settings_file(), region.settings_sha256.as_str());
    let layers = region.inputs.iter().map(|input| (input.file.as_str(), input.sha256.as_str()));
    let now: Vec<(&str, &str)> = std::iter::once(settings).chain(layers).collect();
    for file in &record.files {
        let found = now.iter().find(|(name, _)| *name == file.file).map(|(_, hash)| *hash);
        if found != Some(file.sha256.as_str()) {
            let place = Place::file(&file.file).field("sha256");
            let found = found.unwrap_or("-").to_owned();
            let error = InputError::wrong(place, found, file.sha256.clone());
            return Err(error.with_help(message!("message.has_changed")).into());
        }
    }
    Ok(())
}

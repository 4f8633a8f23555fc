//! The instance of a recorded proposal on a region, measured again by the audit's own fields, site by site.
//!
//! In: a [`RegionRecord`] and the request. Out: an [`Instance`] that holds only the sites that role. Nothing of the search
//! and nothing of its table of times is used.

use super::DEFAULT_LIMIT_S;
use super::candidates::{Candidate, CandidateOrigin};
use super::objective::{ASKED_RULE, asked_rule, objective};
use super::problem::{Movable, TimeSource, potential_sites, problem};
use super::record::RegionRecord;
use crate::audit::standard_for;
use crate::city::{City, OpenOptions};
use crate::plan::request::SitingRequest;
use crate::plan::{ProposalError, Study};
use crate::run::Silent;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_readers::Region;
use lifering_readers::source::{Source, names_a_file};
use lifering_siting::Instance;
use std::collections::BTreeMap;
use std::path::Path;

/// The instance with the sites that role, and the slack of its limit.
pub fn reread(record: &RegionRecord, request: &SitingRequest, folder: &Path) -> Result<(Instance, f64), ProposalError> {
    let source = record.region.as_ref().map_or(Source::Demo, |region| {
        let settings = record.files.first().map_or("region.toml", |file| file.file.as_str());
        Source::Folder { folder: folder.join(region), settings: settings.to_owned() }
    });
    let city = City::open(source, &OpenOptions::default(), &Silent)?;
    unchanged(record, city.records())?;
    let mut request = request.clone();
    let standard = record
        .standard
        .as_ref()
        .map(|name| if names_a_file(name) { folder.join(name).display().to_string() } else { name.clone() });
    let mut standard = standard_for(city.records(), standard.as_deref())?;
    if record.rule.is_none() {
        standard.rules.push(asked_rule(request.limit().unwrap_or(DEFAULT_LIMIT_S))?);
    }
    let study = Study { city: &city, standard: &standard };
    let objective = objective(study, record.rule.as_deref().unwrap_or(ASKED_RULE), &mut request)?;
    let candidates: Vec<Candidate> = record
        .posts
        .iter()
        .map(|potential| {
            let place = LonLat::new(potential.lon, potential.lat);
            Candidate {
                id: potential.id.clone(),
                name: potential.id.clone(),
                place,
                xy: study.city.frame().to_local(place),
                cost: 1.0,
                capacity: potential.capacity,
                turnout_s: potential.turnout_s,
                origin: CandidateOrigin::Layer,
                attributes: BTreeMap::new(),
            }
        })
        .collect();
    let movable = Movable { ids: record.policy.movable.clone(), cost: record.policy.move_cost };
    let mut potential_sites = potential_sites(study, &objective, &candidates, &movable, request.capacity)?;
    potential_sites.retain(|potential| !record.given_up.contains(&potential.id));
    let problem = problem(study, &objective, &request, potential_sites, TimeSource::Fields)?;
    Ok((problem.instance, objective.slack()))
}

/// Refuses a region whose files are not those of the proposal.
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

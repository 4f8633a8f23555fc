//! The instance of a recorded proposal on a region, measured again by the audit's own fields, site by site.
//!
//! In: a [`RegionRecord`] and the ask. Out: an [`Instance`] that holds only the sites that stand. Nothing of the search
//! and nothing of its table of times is used.

use super::DEFAULT_LIMIT_S;
use super::aim::{ASKED_RULE, aim, asked_rule};
use super::candidates::{Candidate, CandidateOrigin};
use super::land::{Means, Movable, land, posts};
use super::record::RegionRecord;
use crate::audit::standard_for;
use crate::city::{City, OpenOptions};
use crate::plan::ask::Ask;
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

/// The instance with the sites that stand, and the slack of its limit.
pub fn reread(record: &RegionRecord, ask: &Ask, folder: &Path) -> Result<(Instance, f64), ProposalError> {
    let source = record.region.as_ref().map_or(Source::Demo, |region| {
        let settings = record.files.first().map_or("region.toml", |file| file.file.as_str());
        Source::Folder { folder: folder.join(region), settings: settings.to_owned() }
    });
    let city = City::open(source, &OpenOptions::default(), &Silent)?;
    unchanged(record, city.records())?;
    let mut ask = ask.clone();
    let standard = record
        .standard
        .as_ref()
        .map(|name| if names_a_file(name) { folder.join(name).display().to_string() } else { name.clone() });
    let mut standard = standard_for(city.records(), standard.as_deref())?;
    if record.rule.is_none() {
        standard.rules.push(asked_rule(ask.limit().unwrap_or(DEFAULT_LIMIT_S))?);
    }
    let study = Study { city: &city, standard: &standard };
    let aim = aim(study, record.rule.as_deref().unwrap_or(ASKED_RULE), &mut ask)?;
    let candidates: Vec<Candidate> = record
        .posts
        .iter()
        .map(|post| {
            let place = LonLat::new(post.lon, post.lat);
            Candidate {
                id: post.id.clone(),
                name: post.id.clone(),
                place,
                xy: study.city.frame().to_local(place),
                cost: 1.0,
                capacity: post.capacity,
                turnout_s: post.turnout_s,
                origin: CandidateOrigin::Layer,
                attributes: BTreeMap::new(),
            }
        })
        .collect();
    let movable = Movable { ids: record.policy.movable.clone(), cost: record.policy.move_cost };
    let mut posts = posts(study, &aim, &candidates, &movable, ask.capacity)?;
    posts.retain(|post| !record.given_up.contains(&post.id));
    let land = land(study, &aim, &ask, posts, Means::Fields)?;
    Ok((land.instance, aim.slack()))
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

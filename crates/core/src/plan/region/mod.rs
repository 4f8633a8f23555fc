//! `propose` on a region: from a region folder to sites, and what they change.
//!
//! In: a [`RegionRequest`]. Out: a [`Proposal`] with its [`OnTheGround`]: the audit before, the audit once the sites
//! stand, and each site's share in the change. Times and distances are the audit's own.

pub mod aim;
pub mod candidates;
pub mod effect;
pub mod land;
pub mod record;
pub mod verify;

use super::ask::Ask;
use super::record::Origin;
use super::{Helpless, Proposal, ProposalError, Reason, tell};
use crate::audit::{self, Audit, Prepared, Progress, audit_region, conclude, prepare};
use aim::{ASKED_RULE, Aim, asked_rule};
use candidates::{Candidate, Policy, candidates};
use effect::{SiteEffect, effects};
use land::{Land, Means, Movable, Post, Stand, land, posts, reasons};
use lifering_base::message;
use lifering_base::records::{Record, Site};
use lifering_readers::Region;
use lifering_readers::source::Source;
use lifering_siting::{Options, solve};
use lifering_standards::catalogue::{Criterion, LayerName};
use record::RegionRecord;
use std::path::Path;

/// What is asked of a region.
#[derive(Clone, Debug)]
pub struct RegionRequest {
    /// Where it lies.
    pub source: Source,
    /// An embedded id or a path; else region.toml's.
    pub standard: Option<String>,
    /// The rule to better; without it the limit of the ask, from call to arrival.
    pub rule: Option<String>,
    /// Which candidates are allowed.
    pub policy: Policy,
    /// The file the excluded areas come from, for the record.
    pub exclude_file: Option<std::path::PathBuf>,
    /// Existing sites that may be given up.
    pub movable: Movable,
    /// The kind of a new site, where the candidates do not say.
    pub kind: Option<String>,
    /// Ambulances of a new station, where the candidates do not say.
    pub ambulances: f64,
}

/// A proposed site on the ground.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// Its post.
    pub post: Post,
    /// What people call it.
    pub name: String,
    /// Where its candidate comes from.
    pub origin: candidates::CandidateOrigin,
    /// The unit it stands in, as a position in the units layer.
    pub unit: Option<u32>,
    /// What it changes.
    pub effect: SiteEffect,
}

/// What a proposal on a region means on the ground.
#[derive(Debug)]
pub struct OnTheGround {
    /// The rule that was bettered, as a position in the standard.
    pub rule: usize,
    /// Whether that rule is the planner's own limit.
    pub asked: bool,
    /// The audit as things stand.
    pub before: Audit,
    /// The audit once the sites stand.
    pub after: Audit,
    /// The proposed sites, in the order of building.
    pub sites: Vec<NewSite>,
    /// Candidates there were to choose from.
    pub candidates: Vec<Candidate>,
    /// Existing sites that are given up, as positions in the evidence before.
    pub given_up: Vec<usize>,
    /// People whom nothing can help, by zone of the audit before.
    pub helpless_zones: Vec<(String, f64)>,
    /// Names of the posts of the instance, by their position.
    pub names: Vec<String>,
    /// Their places, degrees.
    pub places: Vec<Option<lifering_base::frame::LonLat>>,
}

/// Answers a question about a region; `folder` is where proposal.json will be.
pub fn propose_region(
    request: &RegionRequest,
    mut ask: Ask,
    options: &Options<'_>,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Proposal, ProposalError> {
    if ask.goal.has_limit() && ask.limit().is_none() && request.rule.is_none() {
        let wanted = message!("message.limit_with_it");
        return Err(ProposalError::asked("--goal", ask.goal.word(), wanted));
    }
    progress.stage("read");
    let region = Region::read(request.source.clone())?;
    let also = if request.rule.is_none() { vec![asked_rule(ask.limit().unwrap_or(DEFAULT_LIMIT_S))?] } else { vec![] };
    let audit_options = audit::Options { standard: request.standard.clone(), also, ..audit::Options::default() };
    let prepared = prepare(region.clone(), &audit_options, progress)?;
    let rule_id = request.rule.as_deref().unwrap_or(ASKED_RULE);
    let asked_limit = ask.limit_s;
    let aim = aim::aim(&prepared, rule_id, &mut ask)?;
    if request.rule.is_some() && asked_limit.is_some() {
        let wanted = message!("message.one_of_two_limits");
        return Err(ProposalError::asked("--minutes, --rule", message!("message.both"), wanted));
    }
    let question = ask.question(aim.slack())?;

    progress.stage("candidates");
    let candidates = candidates(&prepared, &request.policy)?;
    let all = posts(&prepared, &aim, &candidates, &request.movable, ask.capacity)?;
    let land = land(&prepared, &aim, &ask, all.clone(), Means::Table)?;

    progress.stage("solve");
    let certificate = solve(&land.instance, &question, options)?;

    progress.stage("times");
    let helpless = helpless(&prepared, &aim, &land, &all, tell::helpless(&land.instance, &certificate));
    let gains = tell::gains(&land.instance, &certificate);
    let given_up: Vec<usize> = certificate
        .given_up
        .iter()
        .filter_map(|site| if let Stand::Station(at) = land.stands[*site] { Some(at) } else { None })
        .collect();
    let chosen: Vec<usize> = gains.iter().map(|gain| gain.site).collect();
    let built = built(&region, &prepared, request, &aim, &land, &candidates, &chosen, &given_up)?;
    let origin = Origin::Region(RegionRecord::of(request, &region, &land, &certificate, folder));
    let before = conclude(prepared, &audit_options, progress)?;
    let after = audit_region(built, &audit_options, progress)?;
    let made = effects(&before, &land, &certificate, &chosen, &aim, ask.limit());
    let sites = chosen
        .iter()
        .zip(made)
        .filter_map(|(site, effect)| {
            let post = land.posts[*site].clone()?;
            let Stand::Candidate(at) = post.stand else { return None };
            let (name, origin) = (candidates[at].name.clone(), candidates[at].origin);
            let unit = effect::unit_of(&before, post.xy);
            Some(NewSite { post, name, origin, unit, effect })
        })
        .collect();
    let helpless_zones = effect::zones_of(&before, aim.rule, &land, &helpless);
    let name = |post: &Option<Post>| match post {
        Some(Post { stand: Stand::Candidate(at), .. }) => candidates[*at].name.clone(),
        Some(post) => post.id.clone(),
        None => land::EXISTING.to_owned(),
    };
    let ground = OnTheGround {
        rule: aim.rule,
        asked: request.rule.is_none(),
        names: land.posts.iter().map(name).collect(),
        places: land.posts.iter().map(|post| post.as_ref().map(|p| p.place)).collect(),
        before,
        after,
        sites,
        helpless_zones,
        candidates,
        given_up,
    };
    Ok(Proposal { ask, origin, instance: land.instance, certificate, sites: gains, helpless, ground: Some(ground) })
}

/// The limit of the zones that are drawn where the goal has none, seconds: the 14 minutes of the Jinjiang plan.
const DEFAULT_LIMIT_S: f64 = 840.0;

/// Why people cannot be helped, told apart by one search from everywhere.
fn helpless(prepared: &Prepared, aim: &Aim, land: &Land, all: &[Post], mut helpless: Vec<Helpless>) -> Vec<Helpless> {
    let open: Vec<usize> = (0..helpless.len()).filter(|at| helpless[*at].reason != Reason::OneSite).collect();
    if open.is_empty() || aim.how == lifering_standards::How::Geodesic {
        for at in open {
            helpless[at].reason = Reason::TooFar;
        }
        return helpless;
    }
    let demands: Vec<usize> = open.iter().map(|at| helpless[*at].demand).collect();
    debug_assert_eq!(land.samples.len(), aim.members.len());
    let everywhere: Vec<&Post> = all.iter().collect();
    for (at, reason) in open.into_iter().zip(reasons(prepared, aim, &everywhere, &demands)) {
        helpless[at].reason = reason;
    }
    helpless
}

/// The region once the sites stand and the given-up ones are gone.
#[allow(clippy::too_many_arguments, reason = "every part of the answer is needed to build it")]
fn built(
    region: &Region,
    prepared: &Prepared,
    request: &RegionRequest,
    aim: &Aim,
    land: &Land,
    candidates: &[Candidate],
    chosen: &[usize],
    given_up: &[usize],
) -> Result<Region, ProposalError> {
    let mut built = region.clone();
    // Sites of the evidence are stations, facilities, AEDs, in the order of their layers.
    let gone: std::collections::BTreeSet<(LayerName, String)> = given_up
        .iter()
        .map(|site| &prepared.gathered.evidence.sites[*site])
        .map(|site| (site.layer.clone(), site.id.clone()))
        .collect();
    let stays = |layer: &LayerName, id: &str| !gone.contains(&(layer.clone(), id.to_owned()));
    built.stations.retain(|site| stays(&LayerName::Stations, &site.id));
    for (layer, sites) in [(LayerName::Facilities, &mut built.facilities), (LayerName::Aeds, &mut built.aeds)] {
        if let Some(sites) = sites {
            sites.retain(|site| stays(&layer, &site.id));
        }
    }
    for site in chosen {
        let Some(post) = &land.posts[*site] else { continue };
        let Stand::Candidate(at) = post.stand else { continue };
        let candidate = &candidates[at];
        let attributes = aim.attributes(&candidate.attributes, request.kind.as_deref(), request.ambulances)?;
        let new = Site {
            feature: usize::MAX,
            id: post.id.clone(),
            name: candidate.name.clone(),
            place: candidate.place,
            attributes,
        };
        match aim.layer() {
            LayerName::Stations | LayerName::Decontamination | LayerName::Neighbours => built.stations.push(new),
            LayerName::Facilities => built.facilities.get_or_insert_default().push(new),
            LayerName::Aeds => built.aeds.get_or_insert_default().push(new),
            LayerName::Extra(name) => built.extra.entry(name.clone()).or_default().push(Record {
                feature: new.feature,
                id: new.id,
                name: new.name,
                place: Some(new.place),
                attributes: new.attributes,
            }),
        }
    }
    Ok(built)
}

impl OnTheGround {
    /// The rule that was bettered.
    pub fn criterion(&self) -> &Criterion {
        &self.before.outcomes[self.rule].rule.criterion
    }
}

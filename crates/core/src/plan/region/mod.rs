//! `propose` on a region: from a region folder to sites, and what they change.
//!
//! In: a [`City`] and a [`RegionOptions`]. Out: a [`Proposal`] with its [`OnTheGround`]: the audit before, the audit once the sites
//! role, and each site's share in the change. Times and distances are the audit's own.

pub mod objective;
pub mod candidates;
pub mod impact;
pub mod options;
pub mod problem;
pub mod record;
pub mod verify;

use super::record::Origin;
use super::request::SitingRequest;
use super::{Parameter, Proposal, ProposalError, Reason, Study, Uncoverable, gains};
use crate::audit::{Audit, Run, audit};
use crate::city::City;
use crate::run::{Progress, enter};
use candidates::{Candidate, candidates};
use impact::{SiteImpact, impacts};
use lifering_base::message;
use lifering_base::records::{Record, Site};
use lifering_siting::{Options, solve};
use lifering_standards::Impedance;
use lifering_standards::catalogue::{Criterion, LayerName, Standard};
use objective::{ASKED_RULE, Objective, asked_rule};
use options::RegionOptions;
use problem::{PotentialSite, SiteRole, SitingProblem, TimeSource, potential_sites, problem, reasons};
use record::RegionRecord;

/// A proposed site on the ground.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// Its potential.
    pub potential: PotentialSite,
    /// What people call it.
    pub name: String,
    /// Where its candidate comes from.
    pub origin: candidates::CandidateOrigin,
    /// The unit it roles in, as a position in the units layer.
    pub unit: Option<u32>,
    /// What it changes.
    pub impact: SiteImpact,
}

/// What a proposal on a region time_source on the ground.
#[derive(Debug)]
pub struct OnTheGround {
    /// The rule that was bettered, as a position in the standard.
    pub rule: usize,
    /// Whether that rule is the planner's own limit.
    pub asked: bool,
    /// The audit as things role.
    pub before: Audit,
    /// The audit once the sites role.
    pub after: Audit,
    /// The proposed sites, in the order of building.
    pub sites: Vec<NewSite>,
    /// Candidates there were to choose from.
    pub candidates: Vec<Candidate>,
    /// Existing sites that are given up, as positions in the evidence before.
    pub given_up: Vec<usize>,
    /// People whom nothing can help, by zone of the audit before.
    pub uncoverable_zones: Vec<(String, f64)>,
    /// Names of the potential_sites of the instance, by their position.
    pub names: Vec<String>,
    /// Their places, degrees.
    pub places: Vec<Option<lifering_base::frame::LonLat>>,
}

/// Answers a question about a city. The audits before and after are of the same city: nothing is read or built a second
/// time.
///
/// # Errors
/// The request does not fit the city or the standard, or the question has no answer.
pub fn propose(
    city: &City,
    standard: &Standard,
    request: &SitingRequest,
    region_options: &RegionOptions,
    solver: &Options<'_>,
    progress: &dyn Progress,
) -> Result<Proposal, ProposalError> {
    let mut request = request.clone();
    if request.goal.has_limit() && request.limit().is_none() && region_options.rule.is_none() {
        let wanted = message!("message.limit_with_it");
        return Err(ProposalError::asked(Parameter::Goal, request.goal.word(), wanted));
    }
    let mut standard = standard.clone();
    if region_options.rule.is_none() {
        standard.rules.push(asked_rule(request.limit().unwrap_or(DEFAULT_LIMIT_S))?);
    }
    let study = Study { city, standard: &standard };
    let requested_limit = request.limit_s;
    let objective = objective::objective(study, region_options.rule.as_deref().unwrap_or(ASKED_RULE), &mut request)?;
    if region_options.rule.is_some() && requested_limit.is_some() {
        let wanted = message!("message.one_of_two_limits");
        return Err(ProposalError::asked(Parameter::MinutesAndRule, message!("message.both"), wanted));
    }
    let question = request.question(objective.slack())?;

    enter(progress, "candidates")?;
    let candidates = candidates(study, &region_options.policy)?;
    let all = potential_sites(study, &objective, &candidates, &region_options.movable, request.capacity)?;
    let problem = problem(study, &objective, &request, all.clone(), TimeSource::Table)?;

    enter(progress, "solve")?;
    let certificate = solve(&problem.instance, &question, solver)?;

    enter(progress, "times")?;
    let uncoverable =
        uncoverable(study, &objective, &problem, &all, gains::uncoverable(&problem.instance, &certificate));
    let gains = gains::gains(&problem.instance, &certificate);
    let given_up: Vec<usize> = certificate
        .closed
        .iter()
        .filter_map(|site| if let SiteRole::Station(at) = problem.roles[*site] { Some(at) } else { None })
        .collect();
    let chosen: Vec<usize> = gains.iter().map(|gain| gain.site).collect();
    let built = built(study, region_options, &objective, &problem, &candidates, &chosen, &given_up)?;
    let origin = Origin::Region(RegionRecord::of(region_options, city.records(), &problem, &certificate));
    let run = Run { progress, ..Run::default() };
    let audited = |city: &City| -> Result<Audit, ProposalError> {
        Ok(Audit { city: city.clone(), findings: audit(city, &standard, &run)? })
    };
    let (before, after) = (audited(city)?, audited(&built)?);
    let made = impacts(&before, &problem, &certificate, &chosen, &objective, request.limit());
    let sites = chosen
        .iter()
        .zip(made)
        .filter_map(|(site, impact)| {
            let potential = problem.potential_sites[*site].clone()?;
            let SiteRole::Candidate(at) = potential.role else { return None };
            let (name, origin) = (candidates[at].name.clone(), candidates[at].origin);
            let unit = impact::unit_of(city, potential.xy);
            Some(NewSite { potential, name, origin, unit, impact })
        })
        .collect();
    let uncoverable_zones = impact::zones_of(&before, objective.rule, &problem, &uncoverable);
    let name = |potential: &Option<PotentialSite>| match potential {
        Some(PotentialSite { role: SiteRole::Candidate(at), .. }) => candidates[*at].name.clone(),
        Some(potential) => potential.id.clone(),
        None => problem::EXISTING.to_owned(),
    };
    let ground = OnTheGround {
        rule: objective.rule,
        asked: region_options.rule.is_none(),
        names: problem.potential_sites.iter().map(name).collect(),
        places: problem.potential_sites.iter().map(|potential| potential.as_ref().map(|p| p.place)).collect(),
        before,
        after,
        sites,
        uncoverable_zones,
        candidates,
        given_up,
    };
    Ok(Proposal {
        request,
        origin,
        instance: problem.instance,
        certificate,
        sites: gains,
        uncoverable,
        ground: Some(ground),
    })
}

/// The limit of the zones that are drawn where the goal has none, seconds: the 14 minutes of the Jinjiang plan.
const DEFAULT_LIMIT_S: f64 = 840.0;

/// Why people cannot be helped, told apart by one search from everywhere.
fn uncoverable(
    study: Study<'_>,
    objective: &Objective,
    problem: &SitingProblem,
    all: &[PotentialSite],
    mut uncoverable: Vec<Uncoverable>,
) -> Vec<Uncoverable> {
    let open: Vec<usize> = (0..uncoverable.len()).filter(|at| uncoverable[*at].reason != Reason::OneSite).collect();
    if open.is_empty() || objective.how == Impedance::Geodesic {
        for at in open {
            uncoverable[at].reason = Reason::TooFar;
        }
        return uncoverable;
    }
    let demands: Vec<usize> = open.iter().map(|at| uncoverable[*at].demand).collect();
    debug_assert_eq!(problem.samples.len(), objective.members.len());
    let everywhere: Vec<&PotentialSite> = all.iter().collect();
    for (at, reason) in open.into_iter().zip(reasons(study, objective, &everywhere, &demands)) {
        uncoverable[at].reason = reason;
    }
    uncoverable
}

/// The city once the sites role and the closed ones are gone.
fn built(
    study: Study<'_>,
    region_options: &RegionOptions,
    objective: &Objective,
    problem: &SitingProblem,
    candidates: &[Candidate],
    chosen: &[usize],
    given_up: &[usize],
) -> Result<City, ProposalError> {
    let gone: std::collections::BTreeSet<(LayerName, String)> = given_up
        .iter()
        .map(|site| &study.city.evidence().sites[*site])
        .map(|site| (site.layer.clone(), site.id.clone()))
        .collect();
    let stays = |layer: &LayerName, id: &str| !gone.contains(&(layer.clone(), id.to_owned()));
    study.city.with_sites(|built| {
        built.stations.retain(|site| stays(&LayerName::Stations, &site.id));
        for (layer, sites) in [(LayerName::Facilities, &mut built.facilities), (LayerName::Aeds, &mut built.aeds)] {
            if let Some(sites) = sites {
                sites.retain(|site| stays(&layer, &site.id));
            }
        }
        for site in chosen {
            let Some(potential) = &problem.potential_sites[*site] else { continue };
            let SiteRole::Candidate(at) = potential.role else { continue };
            let candidate = &candidates[at];
            let attributes = objective.attributes(
                &candidate.attributes,
                region_options.kind.as_deref(),
                region_options.ambulances,
            )?;
            let new = Site {
                feature: usize::MAX,
                id: potential.id.clone(),
                name: candidate.name.clone(),
                place: candidate.place,
                attributes,
            };
            match objective.layer() {
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
        Ok(())
    })
}

impl OnTheGround {
    /// The rule that was bettered.
    pub fn criterion(&self) -> &Criterion {
        &self.before.findings.outcomes[self.rule].rule.criterion
    }
}

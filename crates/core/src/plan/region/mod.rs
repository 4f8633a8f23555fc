//! `propose` on a region: from a [`City`] to new sites and their impact.
//!
//! In: a city, a standard, a request and [`RegionOptions`]. Out: a [`Proposal`] with its [`OnTheGround`]: the audits
//! before and after building, and the share of each site in the change. Times and distances are those of the audit.

pub mod candidates;
pub mod ground;
pub mod impact;
pub mod objective;
pub mod options;
pub mod problem;
pub mod record;
pub mod verify;

pub use ground::{NewSite, OnTheGround};

use super::record::Origin;
use super::request::SitingRequest;
use super::{Parameter, Proposal, ProposalError, Reason, Study, Uncoverable, gains};
use crate::audit::{Run, audit_after};
use crate::city::{City, CityError};
use crate::run::{Progress, enter};
use candidates::{Candidate, candidates};
use ground::SitingPlan;
use lifering_base::message;
use lifering_siting::{Options, solve};
use lifering_standards::Impedance;
use lifering_standards::catalogue::Standard;
use objective::{ASKED_RULE, Objective, asked_rule, objective};
use options::RegionOptions;
use problem::{PotentialSite, TimeSource, potential_sites, problem, reasons};
use record::RegionRecord;
use std::time::Instant;

/// Limit of the rule for goals without one, seconds: the 14 minutes of the Jinjiang plan (`jinjiang-14fyp`). Zones are
/// drawn at it.
const DEFAULT_LIMIT_S: f64 = 840.0;

/// Solves a location problem on a city. The time limit of the solver covers the measuring of travel times as well. Both audits share its inputs and networks: nothing is read again.
///
/// # Errors
/// The request does not fit the city or the standard, or the problem has no solution.
pub fn propose(
    city: &City,
    standard: &Standard,
    request: &SitingRequest,
    options: &RegionOptions,
    solver: &Options<'_>,
    progress: &dyn Progress,
) -> Result<Proposal, ProposalError> {
    let mut request = request.clone();
    let standard = standard_to_plan_for(standard, &request, options)?;
    let study = Study { city, standard: &standard };
    let objective = objective_of(study, options, &mut request)?;
    let question = request.question(objective.slack())?;

    enter(progress, "candidates")?;
    let candidates = candidates(study, &objective, &options.policy, options.ambulances)?;
    if let Some(budget) = request.budget {
        refuse_unknown_costs(&candidates, budget, !options.movable.ids.is_empty())?;
    }
    let sites = potential_sites(study, &objective, &candidates, &options.movable, request.capacity)?;
    let begun = Instant::now();
    let limit = solver.time_limit;
    let out_of_time = || progress.stopped() || limit.is_some_and(|limit| begun.elapsed() >= limit);
    let problem = problem(study, &objective, &request, sites.clone(), TimeSource::Table, &out_of_time)
        .map_err(|error| if progress.stopped() { CityError::Stopped.into() } else { error })?;

    enter(progress, "solve")?;
    let left = limit.map(|limit| limit.saturating_sub(begun.elapsed()));
    let certificate = solve(&problem.instance, &question, &Options { time_limit: left, ..*solver })?;

    enter(progress, "times")?;
    let uncoverable = gains::uncoverable(&problem.instance, &certificate);
    let uncoverable = with_road_reasons(study, &objective, &sites, uncoverable)?;
    let gains = gains::gains(&problem.instance, &certificate);
    let origin = Origin::Region(RegionRecord::of(options, city.records(), &problem, &certificate));
    let new_sites = gains.iter().map(|gain| gain.site).collect();
    let plan = SitingPlan {
        study,
        options,
        objective: &objective,
        problem: &problem,
        certificate: &certificate,
        candidates,
        new_sites,
    };
    let built = plan.build()?;
    let run = Run { progress, ..Run::default() };
    let before = audit_after(None, city, &standard, &Run { keep: true, ..run })?;
    let after = audit_after(Some(&before), &built, &standard, &run)?;
    let audits = (before.audit, after.audit);
    let ground = plan.on_the_ground(audits, request.limit(), &uncoverable);
    let instance = problem.instance;
    Ok(Proposal { request, origin, instance, certificate, sites: gains, uncoverable, ground: Some(ground) })
}

/// Refuses a budget for candidates of which nobody knows what they cost, and one that buys none of them. `closing`: sites may
/// be given up as well, for money.
fn refuse_unknown_costs(candidates: &[Candidate], budget: f64, closing: bool) -> Result<(), ProposalError> {
    let known = |candidate: &&Candidate| candidate.station.is_some() || candidate.attributes.contains_key("cost");
    let unknown = candidates.len() - candidates.iter().filter(known).count();
    if unknown > 0 {
        let found = message!("message.costs_unknown", n = unknown, of = candidates.len());
        return Err(ProposalError::asked(Parameter::Budget, found, message!("message.costs_wanted")));
    }
    let cheapest = candidates.iter().min_by(|a, b| a.cost.total_cmp(&b.cost));
    if let Some(cheapest) = cheapest.filter(|cheapest| !closing && cheapest.cost > budget) {
        let wanted = message!("message.cheapest", cost = cheapest.cost, name = &cheapest.name, id = &cheapest.id);
        return Err(ProposalError::asked(Parameter::Budget, budget.to_string(), wanted));
    }
    Ok(())
}

/// The standard; without a rule to plan for, the limit of the request is its last rule.
fn standard_to_plan_for(
    standard: &Standard,
    request: &SitingRequest,
    options: &RegionOptions,
) -> Result<Standard, ProposalError> {
    let mut standard = standard.clone();
    if options.rule.is_none() {
        if request.goal.has_limit() && request.limit().is_none() {
            let wanted = message!("message.limit_with_it");
            return Err(ProposalError::asked(Parameter::Goal, request.goal.word(), wanted));
        }
        standard.rules.push(asked_rule(request.limit().unwrap_or(DEFAULT_LIMIT_S))?);
    }
    Ok(standard)
}

/// The objective of the rule to plan for, which must be the only limit.
fn objective_of(
    study: Study<'_>,
    options: &RegionOptions,
    request: &mut SitingRequest,
) -> Result<Objective, ProposalError> {
    let requested_limit = request.limit_s;
    let objective = objective(study, options.rule.as_deref().unwrap_or(ASKED_RULE), request)?;
    if options.rule.is_some() && requested_limit.is_some() {
        let wanted = message!("message.one_of_two_limits");
        return Err(ProposalError::asked(Parameter::MinutesAndRule, message!("message.both"), wanted));
    }
    Ok(objective)
}

/// The uncoverable demand with reasons by the road network; the travel times alone distinguish only
/// [`Reason::OneSite`]. Straight distances know no roads: everybody is too far.
fn with_road_reasons(
    study: Study<'_>,
    objective: &Objective,
    sites: &[PotentialSite],
    mut uncoverable: Vec<Uncoverable>,
) -> Result<Vec<Uncoverable>, ProposalError> {
    let open: Vec<usize> = (0..uncoverable.len()).filter(|at| uncoverable[*at].reason != Reason::OneSite).collect();
    let demands: Vec<usize> = open.iter().map(|at| uncoverable[*at].demand).collect();
    let reasons = if open.is_empty() || objective.impedance == Impedance::Geodesic {
        vec![Reason::TooFar; open.len()]
    } else {
        reasons(study, objective, sites, &demands)?
    };
    for (at, reason) in open.into_iter().zip(reasons) {
        uncoverable[at].reason = reason;
    }
    Ok(uncoverable)
}

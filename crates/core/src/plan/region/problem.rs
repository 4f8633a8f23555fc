//! A region as the solvers see it: people, existing sites and candidates, and the times between them.
//!
//! In: a city, an [`Objective`], candidates. Out: [`SitingProblem`]: an [`Instance`] and what its positions mean. The times
//! are the audit's, to the millisecond; distances role in as metres for seconds.

use super::candidates::Candidate;
use super::objective::Objective;
use crate::city::Profile;
use crate::measure::{AccessMeasurements, delay, profile, within_m};
use crate::plan::Study;
use crate::plan::request::{GoalName, SitingRequest};
use crate::plan::{Parameter, ProposalError, Reason};
use crate::travel::demand::reach;
use crate::travel::{Reachability, Start};
use geo::Coord;
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_base::units::Milliseconds;
use lifering_siting::{Demand, Instance, Site, SiteStatus, TravelTime};
use lifering_standards::evidence::Measurements;
use lifering_standards::{AccessQuery, Impedance};
use std::collections::HashSet;

/// The id under which all stations that stay are one site, where it does not matter which of them comes.
pub const EXISTING: &str = "existing";

/// The most times that are kept between people and sites.
const MOST_PAIRS: usize = 150_000_000;

/// What a site of the instance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteRole {
    /// All stations that stay.
    Existing,
    /// One existing site, as a position in the evidence.
    Station(usize),
    /// A candidate, as a position in the list of candidates.
    Candidate(usize),
}

/// A place from which help may come.
#[derive(Clone, Debug)]
pub struct PotentialSite {
    /// Unique id.
    pub id: String,
    /// Degrees.
    pub place: LonLat,
    /// Local metres.
    pub xy: Coord<f64>,
    /// Its own turnout, seconds.
    pub turnout_s: Option<f64>,
    /// What building takes from the budget.
    pub cost: f64,
    /// Most people it can serve.
    pub capacity: Option<f64>,
    /// New, fixed or movable.
    pub status: SiteStatus,
    /// What it is.
    pub role: SiteRole,
}

/// The instance and what its positions mean.
#[derive(Debug)]
pub struct SitingProblem {
    /// People, sites, times.
    pub instance: Instance,
    /// What each site of the instance is.
    pub roles: Vec<SiteRole>,
    /// The sample of each demand.
    pub samples: Vec<u32>,
    /// Milliseconds (millimetres) from the sites that stay to each demand.
    pub base: Vec<Option<u32>>,
    /// Every potential by its position in the instance; `None` for all stations together.
    pub potential_sites: Vec<Option<PotentialSite>>,
}

/// Which of the existing sites may be given up, at what cost.
#[derive(Clone, Debug, Default)]
pub struct Movable {
    /// Ids or names.
    pub ids: Vec<String>,
    /// What giving one up takes from the budget.
    pub cost: f64,
}

/// Existing sites and candidates as potential_sites, in this order, each with an id of its own.
pub fn potential_sites(
    study: Study<'_>,
    objective: &Objective,
    candidates: &[Candidate],
    movable: &Movable,
    capacity: Option<f64>,
) -> Result<Vec<PotentialSite>, ProposalError> {
    let (evidence, places) = (study.city.evidence(), study.city.sites());
    for name in &movable.ids {
        let known = objective.sites.iter().any(|s| evidence.sites[*s].id == *name || evidence.sites[*s].name == *name);
        if !known {
            let wanted = message!("message.site_the_rule_counts");
            return Err(ProposalError::asked(Parameter::Movable, format!("\"{name}\""), wanted));
        }
    }
    let moves = |site: usize| {
        movable.ids.iter().any(|name| evidence.sites[site].id == *name || evidence.sites[site].name == *name)
    };
    let existing = objective.sites.iter().map(|site| PotentialSite {
        id: evidence.sites[*site].id.clone(),
        place: places[*site].place,
        xy: places[*site].xy,
        turnout_s: places[*site].turnout_s,
        cost: 0.0,
        capacity,
        status: if moves(*site) { SiteStatus::Movable { closing_cost: movable.cost } } else { SiteStatus::Fixed },
        role: SiteRole::Station(*site),
    });
    let new = candidates.iter().enumerate().map(|(at, candidate)| PotentialSite {
        id: candidate.id.clone(),
        place: candidate.place,
        xy: candidate.xy,
        turnout_s: candidate.turnout_s,
        cost: candidate.cost,
        capacity: candidate.capacity.or(capacity),
        status: SiteStatus::Candidate,
        role: SiteRole::Candidate(at),
    });
    let mut used: HashSet<String> = HashSet::from([EXISTING.to_owned()]);
    let mut all: Vec<PotentialSite> = existing.chain(new).collect();
    for potential in &mut all {
        let wanted = potential.id.clone();
        let mut count = 1;
        while !used.insert(potential.id.clone()) {
            count += 1;
            potential.id = format!("{wanted}-{count}");
        }
    }
    Ok(all)
}

/// By which way times over roads are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSource {
    /// The table of what is left from each junction: quick for many potential_sites.
    Table,
    /// A travel-time field from each potential, as the audit uses it: slower, and shares nothing with the table.
    Fields,
}

/// Measures everything the goal needs.
pub fn problem(
    study: Study<'_>,
    objective: &Objective,
    request: &SitingRequest,
    potential_sites: Vec<PotentialSite>,
    time_source: TimeSource,
) -> Result<SitingProblem, ProposalError> {
    let limit_ms = request.limit().map(|limit| ((limit + objective.slack()) * 1000.0).round() as u32);
    let capacities = potential_sites.iter().any(|potential| potential.capacity.is_some());
    // Whether it matters which of the existing sites comes.
    let each = capacities || matches!(request.goal, GoalName::Backup | GoalName::Busy);
    let fixed: Vec<usize> = potential_sites
        .iter()
        .filter(|potential| potential.status == SiteStatus::Fixed)
        .filter_map(|potential| if let SiteRole::Station(site) = potential.role { Some(site) } else { None })
        .collect();
    let base = base(study, objective, &fixed)?;
    // Those whom candidates may help.
    let open: Vec<u32> = (0..objective.members.len() as u32)
        .filter(|at| each || limit_ms.is_none_or(|limit| base[*at as usize].is_none_or(|ms| ms > limit)))
        .collect();
    let places: Vec<Coord<f64>> =
        open.iter().map(|at| study.city.people().samples[objective.members[*at as usize] as usize].xy).collect();
    let kept: Vec<PotentialSite> =
        potential_sites.into_iter().filter(|potential| each || potential.status != SiteStatus::Fixed).collect();
    // Without a limit only what is sooner than now can help.
    let take = |place: u32, ms: u32| {
        let sooner = each || base[open[place as usize] as usize].is_none_or(|now| ms < now);
        sooner.then_some((open[place as usize], ms))
    };
    let legs = match &objective.how {
        Impedance::Geodesic => straight(study, objective, &open, &kept, limit_ms, &take),
        how => over_roads(study, (objective.rule, how, time_source), &places, &kept, limit_ms, &take)?,
    };
    let count: usize = legs.iter().map(Vec::len).sum();
    if count > MOST_PAIRS {
        let wanted = message!("message.fewer_pairs", n = MOST_PAIRS);
        return Err(ProposalError::asked(Parameter::Spacing, message!("message.pairs", n = count), wanted));
    }
    let shift = usize::from(!each);
    let together =
        if each { Vec::new() } else { (0..base.len()).filter_map(|at| base[at].map(|ms| (at, ms))).collect() };
    let pairs = together
        .into_iter()
        .map(|(demand, ms)| TravelTime { demand, site: 0, seconds: f64::from(ms) / 1000.0 })
        .chain(legs.iter().enumerate().flat_map(|(site, legs)| {
            let seconds = |ms: u32| f64::from(ms) / 1000.0;
            legs.iter().map(move |(demand, ms)| TravelTime {
                demand: *demand as usize,
                site: site + shift,
                seconds: seconds(*ms),
            })
        }));
    let demand = objective.members.iter().map(|sample| Demand {
        id: format!("p{sample}"),
        people: study.city.people().samples[*sample as usize].people,
    });
    let mut sites = Vec::with_capacity(kept.len() + 1);
    let mut roles = Vec::with_capacity(kept.len() + 1);
    if !each {
        sites.push(Site::fixed(EXISTING));
        roles.push(SiteRole::Existing);
    }
    sites.extend(kept.iter().map(|potential| Site {
        cost: potential.cost,
        capacity: potential.capacity,
        status: potential.status,
        ..Site::candidate(potential.id.clone())
    }));
    roles.extend(kept.iter().map(|potential| potential.role));
    let instance = Instance::new(demand.collect(), sites, pairs)?;
    let potential_sites = std::iter::repeat_n(None, shift).chain(kept.into_iter().map(Some)).collect();
    Ok(SitingProblem { instance, roles, samples: objective.members.clone(), base, potential_sites })
}

/// Milliseconds (millimetres) from some existing sites to everybody whom the objective is about.
fn base(study: Study<'_>, objective: &Objective, sites: &[usize]) -> Result<Vec<Option<u32>>, ProposalError> {
    let question = AccessQuery { sites: sites.to_vec(), impedance: objective.how.clone() };
    let measured = AccessMeasurements::new(study.city, std::slice::from_ref(&question))
        .answer(&question)
        .map_err(|why| ProposalError::unmeasured(study, objective.rule, &question, why))?;
    Ok(objective
        .members
        .iter()
        .map(|sample| match &measured {
            Measurements::Times(times) => times[*sample as usize].map(|at| at.0),
            // A distance beyond what millimetres hold is as good as none.
            Measurements::Distances(metres) => metres[*sample as usize].map(|m| (m * 1000.0).ceil() as u32),
        })
        .collect())
}

/// A potential as a start under the objective's clock.
fn start(study: Study<'_>, how: &Impedance, potential: &PotentialSite) -> Start {
    let delay = match how {
        Impedance::Drive(clock, _) => delay(study.city.records(), potential.turnout_s, *clock),
        Impedance::Walk(_) | Impedance::Network | Impedance::Geodesic => Milliseconds(0),
    };
    Start { xy: potential.xy, delay }
}

/// The profile of a journey over roads.
pub fn road_profile(study: Study<'_>, rule: usize, how: &Impedance) -> Result<Profile, ProposalError> {
    match profile(how, study.city.records()) {
        Some(Ok(profile)) => Ok(profile),
        Some(Err(missing)) => Err(ProposalError::unjudged(study, rule, missing)),
        None => {
            Err(ProposalError::asked(Parameter::Rule, message!("message.a_distance"), message!("message.rule_on_time")))
        }
    }
}

/// Who is reached from each potential, and when.
type Legs = Vec<Vec<(u32, u32)>>;

fn over_roads(
    study: Study<'_>,
    (rule, how, time_source): (usize, &Impedance, TimeSource),
    places: &[Coord<f64>],
    potential_sites: &[PotentialSite],
    limit_ms: Option<u32>,
    take: &(dyn Fn(u32, u32) -> Option<(u32, u32)> + Sync),
) -> Result<Legs, ProposalError> {
    let profile = road_profile(study, rule, how)?;
    let starts: Vec<Start> = potential_sites.iter().map(|potential| start(study, how, potential)).collect();
    if time_source == TimeSource::Fields {
        let within = |at: Milliseconds| limit_ms.is_none_or(|limit| at.0 <= limit);
        let legs = |start: &Start| {
            let field = study.city.travel_field(&profile, std::slice::from_ref(start));
            let reached = reach(&field, study.city.barriers(), places);
            let times = reached.iter().enumerate().filter_map(|(place, reached)| Some((place as u32, reached.at()?)));
            times.filter(|(_, at)| within(*at)).filter_map(|(place, at)| take(place, at.0)).collect()
        };
        return Ok(starts.iter().map(legs).collect());
    }
    let table = study.city.access_table(&profile, places);
    let limit = Milliseconds(limit_ms.unwrap_or(u32::MAX));
    Ok(table.from_each(&starts, limit, |_, place, at| take(place, at.0)))
}

fn straight(
    study: Study<'_>,
    objective: &Objective,
    open: &[u32],
    potential_sites: &[PotentialSite],
    limit_ms: Option<u32>,
    take: &(dyn Fn(u32, u32) -> Option<(u32, u32)> + Sync),
) -> Legs {
    let sample = |at: &u32| &study.city.people().samples[objective.members[*at as usize] as usize];
    let places: Vec<(Coord<f64>, LonLat)> = open.iter().map(sample).map(|s| (s.xy, s.place)).collect();
    let from: Vec<(Coord<f64>, LonLat)> =
        potential_sites.iter().map(|potential| (potential.xy, potential.place)).collect();
    let limit_m = limit_ms.map_or(f64::INFINITY, |ms| f64::from(ms) / 1000.0);
    within_m(&from, &places, limit_m)
        .into_iter()
        .map(|legs| {
            legs.into_iter().filter_map(|(place, metres)| take(place, (metres * 1000.0).ceil() as u32)).collect()
        })
        .collect()
}

/// Why each of some demands is reached by no potential in time: one search from all of them together.
pub fn reasons(
    study: Study<'_>,
    objective: &Objective,
    potential_sites: &[&PotentialSite],
    demands: &[usize],
) -> Vec<Reason> {
    let places: Vec<Coord<f64>> =
        demands.iter().map(|at| study.city.people().samples[objective.members[*at] as usize].xy).collect();
    let Ok(profile) = road_profile(study, objective.rule, &objective.how) else {
        return vec![Reason::TooFar; demands.len()];
    };
    let starts: Vec<Start> = potential_sites.iter().map(|potential| start(study, &objective.how, potential)).collect();
    let field = study.city.travel_field(&profile, &starts);
    reach(&field, study.city.barriers(), &places)
        .into_iter()
        .map(|reached| match reached {
            Reachability::At(..) => Reason::TooFar,
            Reachability::CutOff => Reason::CutOff,
            Reachability::NoRoad => Reason::NoRoad,
        })
        .collect()
}

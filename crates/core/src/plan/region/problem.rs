//! The location problem of a region: demand, existing sites, candidates and the times between them.
//!
//! In: a city, an [`Objective`], candidates. Out: [`SitingProblem`]: an [`Instance`] and what its positions mean. Times
//! are those of the audit, to the millisecond. Under a distance rule metres take the place of seconds, millimetres that
//! of milliseconds.

use super::candidates::Candidate;
use super::objective::Objective;
use crate::city::{City, Profile};
use crate::measure::{AccessMeasurements, delay, profile, within_m};
use crate::plan::Study;
use crate::plan::request::{GoalName, SitingRequest};
use crate::plan::{Parameter, ProposalError, Reason};
use crate::travel::demand::reach;
use crate::travel::{Reachability, Start};
use geo::Coord;
use lifering_base::frame::LonLat;
use lifering_base::units::Milliseconds;
use lifering_base::{Message, message};
use lifering_siting::{Demand, Instance, Site, SiteStatus, TravelTime};
use lifering_standards::evidence::Measurements;
use lifering_standards::{AccessQuery, Impedance};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Id of the one site that stands for all existing sites that stay, if the goal needs only the nearest of them.
pub const EXISTING: &str = "existing";

/// Most pairs of demand and site in an instance: two rows of 8-byte entries, 2.4 GB.
const MOST_PAIRS: usize = 150_000_000;

/// What a site of the instance stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteRole {
    /// All existing sites that stay ([`EXISTING`]).
    Existing,
    /// One existing site: position in the sites of the evidence.
    Station(usize),
    /// A candidate: position in the list of candidates.
    Candidate(usize),
}

/// An existing site or a candidate.
#[derive(Clone, Debug)]
pub struct PotentialSite {
    /// Id, unique among the sites of the problem.
    pub id: String,
    /// Degrees.
    pub place: LonLat,
    /// Local metres.
    pub xy: Coord<f64>,
    /// Its own turnout, seconds; `None`: that of the region.
    pub turnout_s: Option<f64>,
    /// Cost of building, taken from the budget, in the unit of the candidates' cost; 0 for existing sites.
    pub cost: f64,
    /// Most people it can serve; `None`: no limit.
    pub capacity: Option<f64>,
    /// Candidate, fixed or movable.
    pub status: SiteStatus,
    /// The record it comes from.
    pub role: SiteRole,
}

/// An instance and what its positions mean.
#[derive(Debug)]
pub struct SitingProblem {
    /// Demand, sites and times.
    pub instance: Instance,
    /// Indexed by site of the instance.
    pub roles: Vec<SiteRole>,
    /// Indexed by demand of the instance: position in the population samples.
    pub samples: Vec<u32>,
    /// Indexed by demand of the instance: milliseconds (millimetres) from the nearest existing site that stays; `None`:
    /// not reached.
    pub standing_ms: Vec<Option<u32>>,
    /// Indexed by site of the instance; `None` for [`SiteRole::Existing`].
    pub sites: Vec<Option<PotentialSite>>,
}

/// Existing sites that may be closed, and the cost of closing.
#[derive(Clone, Debug, Default)]
pub struct Movable {
    /// Ids or names of sites the rule counts.
    pub ids: Vec<String>,
    /// Cost of closing one of them, taken from the budget, in the unit of the candidates' cost.
    pub cost: f64,
}

/// Most sites that a message names.
const NAMED: usize = 12;

/// The sites that a rule counts, by id and name, for messages.
fn counted_sites(study: Study<'_>, objective: &Objective) -> Message {
    let named = |site: &usize| {
        let site = &study.city.evidence().sites[*site];
        if site.name == site.id { site.id.clone() } else { format!("{} {}", site.id, site.name) }
    };
    let mut all: Vec<String> = objective.sites.iter().take(NAMED).map(named).collect();
    if objective.sites.len() > NAMED {
        all.push("…".to_owned());
    }
    if all.is_empty() {
        return message!("message.site_the_rule_counts");
    }
    message!("message.sites_the_rule_counts", sites = all.join(", "))
}

/// Existing sites from which somebody starts, then candidates; an id used before gets a number as its suffix.
///
/// # Errors
/// A movable site is none the rule counts.
pub fn potential_sites(
    study: Study<'_>,
    objective: &Objective,
    candidates: &[Candidate],
    movable: &Movable,
    capacity: Option<f64>,
) -> Result<Vec<PotentialSite>, ProposalError> {
    let (evidence, places) = (study.city.evidence(), study.city.sites());
    let is_named = |site: usize, name: &String| evidence.sites[site].id == *name || evidence.sites[site].name == *name;
    for name in &movable.ids {
        if !objective.sites.iter().any(|site| is_named(*site, name)) {
            let empty = (0..places.len()).any(|site| is_named(site, name) && !places[site].dispatches);
            return Err(ProposalError::Asked {
                parameter: Parameter::Movable,
                found: format!("\"{name}\"").into(),
                wanted: counted_sites(study, objective),
                help: empty.then(|| message!("message.nobody_drives_from_it")),
            });
        }
    }
    let is_movable = |site: usize| movable.ids.iter().any(|name| is_named(site, name));
    let existing = objective.sites.iter().map(|site| PotentialSite {
        id: evidence.sites[*site].id.clone(),
        place: places[*site].place,
        xy: places[*site].xy,
        turnout_s: places[*site].turnout_s,
        cost: 0.0,
        capacity,
        status: if is_movable(*site) { SiteStatus::Movable { closing_cost: movable.cost } } else { SiteStatus::Fixed },
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
    for site in &mut all {
        let id = site.id.clone();
        let mut count = 1;
        while !used.insert(site.id.clone()) {
            count += 1;
            site.id = format!("{id}-{count}");
        }
    }
    Ok(all)
}

/// How times along the roads are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSource {
    /// A table of access times by junction: fast for many sites.
    Table,
    /// A travel-time field of each site, as the audit computes it: slower, and independent of the table.
    Fields,
}

/// Milliseconds (millimetres) to demand, indexed by site: pairs of position in the demand and time.
type TimesBySite = Vec<Vec<(u32, u32)>>;

/// Measures the times the goal needs and builds the instance.
///
/// `stop` is asked all along: whether the time for it is up.
///
/// # Errors
/// The rule cannot be judged, there are too many pairs, the time was up before all were measured, or the instance is malformed.
pub fn problem(
    study: Study<'_>,
    objective: &Objective,
    request: &SitingRequest,
    potential_sites: Vec<PotentialSite>,
    time_source: TimeSource,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<SitingProblem, ProposalError> {
    let limit_ms = request.limit().map(|limit| ((limit + objective.slack()) * 1000.0).round() as u32);
    let capacities = potential_sites.iter().any(|site| site.capacity.is_some());
    // Existing sites are sites of their own if it matters which of them serves a demand point, and how many reach it.
    let separate = capacities || matches!(request.goal, GoalName::Backup | GoalName::Busy);
    let fixed: Vec<usize> = potential_sites
        .iter()
        .filter(|site| site.status == SiteStatus::Fixed)
        .filter_map(|site| if let SiteRole::Station(at) = site.role { Some(at) } else { None })
        .collect();
    let standing_ms = standing_ms(study, objective, &fixed)?;
    let in_time = |demand: u32, limit: u32| standing_ms[demand as usize].is_some_and(|ms| ms <= limit);
    // Demand that another site can improve.
    let open: Vec<u32> = (0..objective.demand_points.len() as u32)
        .filter(|demand| separate || limit_ms.is_none_or(|limit| !in_time(*demand, limit)))
        .collect();
    let sites: Vec<PotentialSite> =
        potential_sites.into_iter().filter(|site| separate || site.status != SiteStatus::Fixed).collect();
    // Without a limit only a time below that of the existing sites can improve the objective.
    let take = |place: u32, ms: u32| {
        let demand = open[place as usize];
        let sooner = separate || standing_ms[demand as usize].is_none_or(|now| ms < now);
        sooner.then_some((demand, ms))
    };
    let standing: Option<Vec<usize>> = (!separate).then_some(fixed);
    let standing = standing.as_deref();
    let search = TimeSearch { study, objective, open: &open, sites: &sites, standing, limit_ms, take: &take, stop };
    let times = match &objective.impedance {
        Impedance::Geodesic => search.straight(),
        _ => search.over_roads(time_source)?,
    };
    let count: usize = times.iter().map(Vec::len).sum();
    if count > MOST_PAIRS {
        return Err(too_many_pairs(count));
    }
    let instance = instance(study, objective, (!separate).then_some(&*standing_ms), &sites, &times)?;
    let merged = usize::from(!separate);
    Ok(SitingProblem {
        instance,
        roles: std::iter::repeat_n(SiteRole::Existing, merged).chain(sites.iter().map(|site| site.role)).collect(),
        samples: objective.demand_points.clone(),
        standing_ms,
        sites: std::iter::repeat_n(None, merged).chain(sites.into_iter().map(Some)).collect(),
    })
}

fn too_many_pairs(count: usize) -> ProposalError {
    let wanted = message!("message.fewer_pairs", n = MOST_PAIRS);
    ProposalError::asked(Parameter::Spacing, message!("message.pairs", n = count), wanted)
}

/// The instance of `sites` with their `times`; `standing_ms`, if given, are the times of a first site [`EXISTING`].
fn instance(
    study: Study<'_>,
    objective: &Objective,
    standing_ms: Option<&[Option<u32>]>,
    sites: &[PotentialSite],
    times: &TimesBySite,
) -> Result<Instance, ProposalError> {
    let travel_time =
        |demand: usize, site: usize, ms: u32| TravelTime { demand, site, seconds: f64::from(ms) / 1000.0 };
    let first = usize::from(standing_ms.is_some());
    let standing = standing_ms.into_iter().flatten().enumerate();
    let pairs = standing.filter_map(|(demand, ms)| ms.map(|ms| travel_time(demand, 0, ms))).chain(
        times.iter().enumerate().flat_map(|(site, times)| {
            times.iter().map(move |(demand, ms)| travel_time(*demand as usize, site + first, *ms))
        }),
    );
    let demand = objective.demand_points.iter().map(|sample| Demand {
        id: format!("p{sample}"),
        people: study.city.people().samples[*sample as usize].people,
    });
    let separate = sites.iter().map(|site| Site {
        cost: site.cost,
        capacity: site.capacity,
        status: site.status,
        ..Site::candidate(site.id.clone())
    });
    let all = standing_ms.map(|_| Site::fixed(EXISTING)).into_iter().chain(separate);
    Ok(Instance::new(demand.collect(), all.collect(), pairs)?)
}

/// Milliseconds (millimetres) from the nearest of some existing sites, indexed by demand point in scope.
fn standing_ms(study: Study<'_>, objective: &Objective, sites: &[usize]) -> Result<Vec<Option<u32>>, ProposalError> {
    let query = AccessQuery { sites: sites.to_vec(), impedance: objective.impedance.clone() };
    let measured = AccessMeasurements::new(study.city, std::slice::from_ref(&query))
        .answer(&query)
        .map_err(|why| ProposalError::unmeasured(study, objective.rule, &query, why))?;
    Ok(objective
        .demand_points
        .iter()
        .map(|sample| match &measured {
            Measurements::Times(times) => times[*sample as usize].map(|at| at.0),
            // The cast saturates at 4,295 km, beyond any limit.
            Measurements::Distances(metres) => metres[*sample as usize].map(|m| (m * 1000.0).ceil() as u32),
        })
        .collect())
}

/// A site as a start of a search under the clock of the objective.
fn start(study: Study<'_>, impedance: &Impedance, site: &PotentialSite) -> Start {
    Start { xy: site.xy, delay: delay_of(study.city, impedance, site.turnout_s) }
}

/// Time before departure under an impedance.
pub fn delay_of(city: &City, impedance: &Impedance, turnout_s: Option<f64>) -> Milliseconds {
    match impedance {
        Impedance::Drive(clock, _) => delay(city.records(), turnout_s, *clock),
        Impedance::Walk(_) | Impedance::Network | Impedance::Geodesic => Milliseconds(0),
    }
}

/// The profile of an impedance along roads; `rule` for errors.
///
/// # Errors
/// Region.toml lacks the drive period, or straight distances are measured.
pub fn road_profile(study: Study<'_>, rule: usize, impedance: &Impedance) -> Result<Profile, ProposalError> {
    match profile(impedance, study.city.records()) {
        Some(Ok(profile)) => Ok(profile),
        Some(Err(missing)) => Err(ProposalError::unjudged(study, rule, missing)),
        None => {
            Err(ProposalError::asked(Parameter::Rule, message!("message.a_distance"), message!("message.rule_on_time")))
        }
    }
}

/// The search for times from `sites` to the demand that they can improve.
struct TimeSearch<'a> {
    study: Study<'a>,
    objective: &'a Objective,
    /// Positions in the demand points in scope.
    open: &'a [u32],
    sites: &'a [PotentialSite],
    /// The existing sites than which only sooner times are needed: positions in the sites of the evidence; `None`: all times
    /// are.
    standing: Option<&'a [usize]>,
    /// Milliseconds (millimetres); `None`: no limit.
    limit_ms: Option<u32>,
    /// From a position in `open` and a time to an entry of the matrix; `None` if the pair is not needed.
    take: &'a (dyn Fn(u32, u32) -> Option<(u32, u32)> + Sync),
    /// Whether the time is up.
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl TimeSearch<'_> {
    fn over_roads(&self, time_source: TimeSource) -> Result<TimesBySite, ProposalError> {
        let (study, impedance) = (self.study, &self.objective.impedance);
        let profile = road_profile(study, self.objective.rule, impedance)?;
        let places: Vec<Coord<f64>> = self.open.iter().map(|demand| self.objective.place(study, *demand)).collect();
        let starts: Vec<Start> = self.sites.iter().map(|site| start(study, impedance, site)).collect();
        if time_source == TimeSource::Fields {
            let within = |at: Milliseconds| self.limit_ms.is_none_or(|limit| at.0 <= limit);
            let times = |start: &Start| {
                let field = study.city.travel_field(&profile, std::slice::from_ref(start));
                let reached = reach(&field, study.city.barriers(), &places);
                let times =
                    reached.iter().enumerate().filter_map(|(place, reached)| Some((place as u32, reached.at()?)));
                times.filter(|(_, at)| within(*at)).filter_map(|(place, at)| (self.take)(place, at.0)).collect()
            };
            return Ok(starts.iter().map(times).collect());
        }
        let table = study.city.access_table(&profile, &places);
        let limit = Milliseconds(self.limit_ms.unwrap_or(u32::MAX));
        let standing = self.standing.map(|sites| {
            let starts: Vec<Start> = sites
                .iter()
                .map(|site| &study.city.sites()[*site])
                .map(|site| Start { xy: site.xy, delay: delay_of(study.city, impedance, site.turnout_s) })
                .collect();
            study.city.travel_field(&profile, &starts).node_arrivals
        });
        let (pairs, measured) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let go_on = |kept: usize| {
            measured.fetch_add(1, Ordering::Relaxed);
            pairs.fetch_add(kept, Ordering::Relaxed) + kept <= MOST_PAIRS && !(self.stop)()
        };
        let take = |_: usize, place: u32, at: Milliseconds| (self.take)(place, at.0);
        let times = table.sooner_from_each(&starts, limit, standing.as_deref(), go_on, take);
        times.ok_or_else(|| {
            let (pairs, measured) = (pairs.into_inner(), measured.into_inner());
            if pairs > MOST_PAIRS { too_many_pairs(pairs) } else { self.out_of_time(measured) }
        })
    }

    fn out_of_time(&self, measured: usize) -> ProposalError {
        let found = message!("message.times_measured", n = measured, of = self.sites.len());
        ProposalError::asked(Parameter::TimeLimit, found, message!("message.time_for_times"))
    }

    fn straight(&self) -> TimesBySite {
        let samples = &self.study.city.people().samples;
        let sample = |demand: &u32| &samples[self.objective.demand_points[*demand as usize] as usize];
        let places: Vec<(Coord<f64>, LonLat)> = self.open.iter().map(sample).map(|s| (s.xy, s.place)).collect();
        let from: Vec<(Coord<f64>, LonLat)> = self.sites.iter().map(|site| (site.xy, site.place)).collect();
        let limit_m = self.limit_ms.map_or(f64::INFINITY, |ms| f64::from(ms) / 1000.0);
        within_m(&from, &places, limit_m)
            .into_iter()
            .map(|distances| {
                let millimetres = |metres: f64| (metres * 1000.0).ceil() as u32;
                distances.into_iter().filter_map(|(place, m)| (self.take)(place, millimetres(m))).collect()
            })
            .collect()
    }
}

/// Why no site reaches some demand in time, indexed by `demands` (positions in the demand points in scope): one search
/// along the roads from all sites together.
pub fn reasons(
    study: Study<'_>,
    objective: &Objective,
    potential_sites: &[PotentialSite],
    demands: &[usize],
) -> Result<Vec<Reason>, ProposalError> {
    let places: Vec<Coord<f64>> = demands.iter().map(|demand| objective.place(study, *demand as u32)).collect();
    let profile = road_profile(study, objective.rule, &objective.impedance)?;
    let starts: Vec<Start> = potential_sites.iter().map(|site| start(study, &objective.impedance, site)).collect();
    let field = study.city.travel_field(&profile, &starts);
    Ok(reach(&field, study.city.barriers(), &places)
        .into_iter()
        .map(|reached| match reached {
            Reachability::At(..) => Reason::TooFar,
            Reachability::CutOff => Reason::CutOff,
            Reachability::NoRoad => Reason::NoRoad,
        })
        .collect())
}

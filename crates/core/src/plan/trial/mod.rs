//! Sites added, moved, closed or slower to leave on a loaded city, roads closed, another period: who is reached in time then.
//!
//! In: a city, a standard, a rule on times or distances. Out: [`Trial`], which owns its data and answers an edit in the time of
//! what it changes, with the times of an audit of the city that it would make. Closing roads searches again beyond them;
//! another period searches everything again.

mod edit;
mod effect;
mod roads;
mod straight;
mod verdicts;

pub use edit::{SiteEdit, TrialError};
pub use effect::{Effect, PlaceTimes, UnitEffect};

use edit::{Added, Resolved};

use super::region::objective::{Objective, objective};
use super::region::problem::road_profile;
use super::request::{GoalName, SitingRequest};
use super::{ProposalError, Study};
use crate::city::City;
use crate::travel::Start;
use geo::Coord;
use lifering_base::frame::LonLat;
use lifering_base::units::{COORDINATE_RESOLUTION_M, TIME_RESOLUTION_MS};
use lifering_standards::Impedance;
use lifering_standards::catalogue::{Criterion, Rule, Standard};
use rayon::prelude::*;
use roads::ByRoad;
use straight::Straight;

/// A city with the arrivals of the sites that a rule counts.
#[derive(Debug)]
pub struct Trial {
    city: City,
    standard: Standard,
    objective: Objective,
    within: Within,
    measure: Measure,
    /// Indexed by demand point in scope.
    people: Vec<f64>,
    /// Indexed by demand point in scope: what the rule limits, from the sites that stand.
    now: Vec<Option<f64>>,
    /// Indexed by demand point in scope: its unit of the finest level.
    units: Vec<Option<u32>>,
}

/// People at a place, and when they are reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DemandTime {
    /// Position in the population samples.
    pub sample: u32,
    /// Number of people.
    pub people: f64,
    /// Position in the units layer; `None`: in none of the finest level.
    pub unit: Option<u32>,
    /// Seconds by the clock of the rule, or metres; `None`: not reached.
    pub at: Option<f64>,
}

/// How times or distances are found.
#[derive(Debug)]
enum Measure {
    /// Along the roads.
    Roads(Box<ByRoad>),
    /// Straight.
    Straight(Straight),
}

/// The limit of a rule, as it is judged.
#[derive(Clone, Copy, Debug)]
enum Within {
    /// Milliseconds.
    Time(f64),
    /// Millimetres along the roads, against metres.
    Road(f64),
    /// Metres.
    Straight(f64),
}

impl Within {
    /// # Units
    /// Milliseconds; millimetres along the roads; metres straight.
    fn holds(self, measured: f64) -> bool {
        match self {
            Self::Time(limit_ms) => measured <= limit_ms,
            Self::Road(limit_m) => measured / 1000.0 <= limit_m,
            Self::Straight(limit_m) => measured <= limit_m,
        }
    }

    /// Milliseconds (millimetres along the roads) beyond which nothing is within the limit.
    fn beyond_ms(self) -> u32 {
        match self {
            Self::Time(limit_ms) => limit_ms.ceil() as u32,
            Self::Road(limit_m) | Self::Straight(limit_m) => (limit_m * 1000.0).ceil() as u32,
        }
    }

    /// Seconds, or metres, of what is measured.
    fn units(self, measured: f64) -> f64 {
        match self {
            Self::Time(_) | Self::Road(_) => measured / 1000.0,
            Self::Straight(_) => measured,
        }
    }
}

impl Trial {
    /// Measures the standing sites under a rule on times or distances.
    ///
    /// # Errors
    /// The rule is unknown, is not on times or distances, or needs data that the region lacks.
    pub fn new(city: &City, standard: &Standard, rule: &str) -> Result<Self, ProposalError> {
        let study = Study { city, standard };
        // `objective` puts the limit of the rule into it.
        let mut request = SitingRequest::new(GoalName::Cover, 1);
        let objective = objective(study, rule, &mut request)?;
        let criterion = &standard.rules[objective.rule].criterion;
        let samples = &city.people().samples;
        let in_scope = || objective.demand_points.iter().map(|at| &samples[*at as usize]);
        let measure = if objective.impedance == Impedance::Geodesic {
            let places: Vec<(Coord<f64>, LonLat)> = in_scope().map(|sample| (sample.xy, sample.place)).collect();
            Measure::Straight(Straight::new(city, &objective.sites, places))
        } else {
            let profile = road_profile(study, objective.rule, &objective.impedance)?;
            let places: Vec<Coord<f64>> = in_scope().map(|sample| sample.xy).collect();
            Measure::Roads(Box::new(ByRoad::new(city, &objective, &profile, &places)))
        };
        let people = in_scope().map(|sample| sample.people).collect();
        let now = match &measure {
            Measure::Roads(roads) => roads.now(),
            Measure::Straight(straight) => straight.now(),
        };
        let units = objective.demand_points.iter().map(|at| city.unit_of_sample()[*at as usize]).collect();
        let within = within(criterion);
        Ok(Self { city: city.clone(), standard: standard.clone(), objective, within, measure, people, now, units })
    }

    /// The city as it stands.
    pub fn city(&self) -> &City {
        &self.city
    }

    /// The rule.
    pub fn rule(&self) -> &Rule {
        &self.standard.rules[self.objective.rule]
    }

    /// The sites that the rule counts and somebody starts from: positions in [`City::sites`].
    pub fn sites(&self) -> &[usize] {
        &self.objective.sites
    }

    /// Whether distances are measured, not times.
    pub fn by_distance(&self) -> bool {
        self.objective.by_distance()
    }

    /// Whether the rule measures along roads.
    pub fn by_road(&self) -> bool {
        matches!(self.measure, Measure::Roads(_))
    }

    /// People whom the rule counts.
    pub fn people(&self) -> f64 {
        self.people.iter().sum()
    }

    /// People who are reached in time.
    pub fn people_in_time(&self) -> f64 {
        let in_time = |now: &Option<f64>| now.is_some_and(|now| self.within.holds(now));
        self.people.iter().zip(&self.now).filter(|(_, now)| in_time(now)).map(|(people, _)| people).sum()
    }

    /// Everybody whom the rule counts, as they are reached from the sites that stand, ascending by sample.
    pub fn demand(&self) -> impl Iterator<Item = DemandTime> + '_ {
        self.objective.demand_points.iter().enumerate().map(|(place, sample)| DemandTime {
            sample: *sample,
            people: self.people[place],
            unit: self.units[place],
            at: self.now[place].map(|now| self.within.units(now)),
        })
    }

    /// Whether a time by the clock of the rule (seconds; metres for distances) is within a limit, as rules take it: to the
    /// resolution of what is measured.
    pub fn is_within(&self, at: f64, limit: f64) -> bool {
        match self.within {
            Within::Time(_) => (at * 1000.0).round() <= limit * 1000.0 + TIME_RESOLUTION_MS,
            Within::Road(_) | Within::Straight(_) => at <= limit + COORDINATE_RESOLUTION_M,
        }
    }

    /// The effect of a site at `place`. `turnout_s`: its turnout in seconds; `None`: that of the region.
    pub fn site(&self, place: LonLat, turnout_s: Option<f64>) -> Effect {
        self.resolved(&Resolved { withdrawn: Vec::new(), added: vec![Added { place, turnout_s, was: None }] })
    }

    /// The effect of each of several sites by itself, indexed by `places`; on all threads.
    pub fn each(&self, places: &[LonLat]) -> Vec<Effect> {
        places.par_iter().map(|place| self.site(*place, None)).collect()
    }

    /// The effect of some edits at once.
    ///
    /// # Errors
    /// A site is not there, or is edited twice.
    pub fn effect(&self, edits: &[SiteEdit]) -> Result<Effect, TrialError> {
        Ok(self.resolved(&edit::resolve(&self.city, edits)?))
    }

    /// The effect of closing one of the trial's own sites.
    pub(super) fn without_site(&self, site: usize) -> Effect {
        self.resolved(&Resolved { withdrawn: vec![site], added: Vec::new() })
    }

    fn resolved(&self, edits: &Resolved) -> Effect {
        match &self.measure {
            Measure::Roads(roads) => roads.effect(self, edits),
            Measure::Straight(straight) => {
                let source = |site: &usize| self.objective.sites.binary_search(site).ok();
                let withdrawn: Vec<usize> = edits.withdrawn.iter().filter_map(source).collect();
                let added: Vec<LonLat> = edits.added.iter().map(|added| added.place).collect();
                self.compare(straight.change(&self.city, &withdrawn, &added), Vec::new())
            }
        }
    }

    /// The place that the local plane has for a site, with nobody waiting before departure.
    fn start(&self, place: LonLat) -> Start {
        Start { xy: self.city.frame().to_local(place), delay: lifering_base::units::Milliseconds(0) }
    }
}

/// The limit of a criterion with the resolution of what is measured.
fn within(criterion: &Criterion) -> Within {
    match criterion {
        Criterion::TravelTime(time) => Within::Time(f64::from(time.limit_s) * 1000.0 + TIME_RESOLUTION_MS),
        Criterion::Radius(radius) if Impedance::from(radius) == Impedance::Network => {
            Within::Road(radius.max_m + COORDINATE_RESOLUTION_M)
        }
        Criterion::Radius(radius) => Within::Straight(radius.max_m + COORDINATE_RESOLUTION_M),
        // `objective` lets no other criterion pass.
        Criterion::PerPopulation(_) | Criterion::Share(_) | Criterion::PresencePerUnit(_) => Within::Time(0.0),
    }
}

//! One additional site on a loaded city: how many people it would reach sooner, and how many newly in time.
//!
//! In: a city, a standard, a rule. Out: [`WhatIf`], which owns its data and answers for a place in well under a
//! millisecond, with the times of the audit.

use super::region::objective::{Objective, objective};
use super::region::problem::road_profile;
use super::request::{GoalName, SitingRequest};
use super::{Parameter, ProposalError, Study};
use crate::city::City;
use crate::measure::{AccessMeasurements, delay};
use crate::travel::Start;
use crate::travel::access_table::{MarginalAccess, MarginalBuffers};
use geo::Coord;
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_base::units::Milliseconds;
use lifering_standards::catalogue::Standard;
use lifering_standards::{AccessQuery, Impedance};
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// A city with the arrivals of its existing sites.
#[derive(Debug)]
pub struct WhatIf {
    city: City,
    impedance: Impedance,
    /// Limit of the rule with its slack, milliseconds (millimetres for distances along the roads).
    limit_ms: u32,
    standing: MarginalAccess,
    /// Indexed by demand point in scope: arrival from the existing sites by the clock of the rule; `None`: not reached.
    now: Vec<Option<Milliseconds>>,
    /// Indexed by demand point in scope.
    people: Vec<f64>,
    /// Buffers no thread uses at the moment.
    spare: Mutex<Vec<MarginalBuffers>>,
}

/// The effect of one additional site.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Change {
    /// People newly in time.
    pub people_new: f64,
    /// People reached sooner, in time or not.
    pub people_sooner: f64,
    /// People times seconds saved (metres, for distances along the roads), over people reached before.
    pub people_seconds_saved: f64,
}

impl WhatIf {
    /// Measures the existing sites under a rule on driving or walking time, or on distance along the roads.
    ///
    /// # Errors
    /// The rule is unknown, cannot be judged, or measures straight distances.
    pub fn new(city: &City, standard: &Standard, rule: &str) -> Result<Self, ProposalError> {
        let study = Study { city, standard };
        // `objective` puts the limit of the rule into it.
        let mut request = SitingRequest::new(GoalName::Cover, 1);
        let Objective { rule, sites, impedance, demand_points, .. } = {
            let objective = objective(study, rule, &mut request)?;
            if objective.impedance == Impedance::Geodesic {
                let wanted = message!("message.rule_on_time");
                return Err(ProposalError::asked(Parameter::Rule, message!("message.a_distance"), wanted));
            }
            objective
        };
        let slack = Objective::slack_of(&impedance);
        let profile = road_profile(study, rule, &impedance)?;
        let query = AccessQuery { sites, impedance: impedance.clone() };
        let measured = AccessMeasurements::new(city, std::slice::from_ref(&query));
        let of = match measured.field_of(&query) {
            Some(Ok(of)) => *of,
            Some(Err(missing)) => return Err(ProposalError::unjudged(study, rule, missing.clone())),
            None => {
                return Err(ProposalError::unmeasured(study, rule, &query, lifering_standards::Unmeasured::Never));
            }
        };
        let field = &measured.fields[of.field];
        let samples = &city.people().samples;
        let places: Vec<Coord<f64>> = demand_points.iter().map(|at| samples[*at as usize].xy).collect();
        let people = demand_points.iter().map(|at| samples[*at as usize].people).collect();
        let arrival = |at: &u32| field.reached[*at as usize].at().map(|at| at.plus(of.shift));
        let now: Vec<Option<Milliseconds>> = demand_points.iter().map(arrival).collect();
        let table = city.access_table(&profile, &places);
        let standing = MarginalAccess::new(table, &field.field, of.shift, now.clone());
        let limit_ms = request.limit().map_or(u32::MAX, |limit| ((limit + slack) * 1000.0).round() as u32);
        Ok(Self { city: city.clone(), impedance, limit_ms, standing, now, people, spare: Mutex::default() })
    }

    /// The effect of a site at `place`. `turnout_s`: its turnout in seconds; `None`: that of the region.
    pub fn site(&self, place: LonLat, turnout_s: Option<f64>) -> Change {
        let spare = || self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = spare().pop();
        let mut buffers = taken.unwrap_or_else(|| self.standing.buffers());
        let change = self.change(place, turnout_s, &mut buffers);
        spare().push(buffers);
        change
    }

    /// The effect of each of several sites by itself, indexed by `places`; on all threads.
    pub fn sites(&self, places: &[LonLat]) -> Vec<Change> {
        places.par_iter().map(|place| self.site(*place, None)).collect()
    }

    fn change(&self, place: LonLat, turnout_s: Option<f64>, buffers: &mut MarginalBuffers) -> Change {
        let delay = match &self.impedance {
            Impedance::Drive(clock, _) => delay(self.city.records(), turnout_s, *clock),
            Impedance::Walk(_) | Impedance::Network | Impedance::Geodesic => Milliseconds(0),
        };
        let start = Start { xy: self.city.frame().to_local(place), delay };
        let mut change = Change::default();
        for (place, at) in self.standing.improvements(&start, buffers) {
            let (people, now) = (self.people[place as usize], self.now[place as usize]);
            change.people_sooner += people;
            if at.0 <= self.limit_ms && now.is_none_or(|now| now.0 > self.limit_ms) {
                change.people_new += people;
            }
            if let Some(now) = now {
                change.people_seconds_saved += people * f64::from(now.0 - at.0) / 1000.0;
            }
        }
        change
    }
}

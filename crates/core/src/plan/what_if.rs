//! One more site tried on a loaded region: who would be reached sooner, and how many in time.
//!
//! In: a prepared region and a rule. Out: [`WhatIf`], which answers for a place in milliseconds, by the audit's own times.

use super::ProposalError;
use super::ask::Ask;
use super::region::aim::{Aim, aim};
use super::region::land::road_profile;
use crate::audit::Prepared;
use crate::measure::{Fields, Ground, delay};
use crate::travel::access_table::{MarginalAccess, MarginalBuffers};
use crate::travel::{AccessTable, Start};
use geo::Coord;
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_base::units::Milliseconds;
use lifering_standards::{AccessQuery, Impedance};

/// A region with its people reached as things stand.
#[derive(Debug)]
pub struct WhatIf<'p> {
    prepared: &'p Prepared,
    aim: Aim,
    limit_ms: u32,
    table: AccessTable<'p>,
    now: Vec<Option<Milliseconds>>,
    fields: Fields<'p>,
    /// Between the clock of the field and the rule's.
    shift: Milliseconds,
    /// People of each place of the table.
    people: Vec<f64>,
}

/// What one more site would change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Change {
    /// People in time who were not.
    pub people_new: f64,
    /// People reached sooner, in time or not.
    pub people_sooner: f64,
    /// Sum over those people who were reached before, of people times seconds saved.
    pub people_seconds_saved: f64,
}

impl<'p> WhatIf<'p> {
    /// Loads a rule on driving or walking time, or on distance along the roads.
    ///
    /// # Errors
    /// The rule is unknown, cannot be judged, or measures straight distances.
    pub fn new(prepared: &'p Prepared, rule: &str, mut ask: Ask) -> Result<Self, ProposalError> {
        let aim = aim(prepared, rule, &mut ask)?;
        if aim.how == Impedance::Geodesic {
            return Err(ProposalError::asked(
                "--rule",
                message!("message.a_distance"),
                message!("message.rule_on_time"),
            ));
        }
        let profile = road_profile(prepared, aim.rule, &aim.how)?;
        let question = AccessQuery { sites: aim.sites.clone(), impedance: aim.how.clone() };
        let ground = Ground { region: &prepared.region, demand: &prepared.demand, sites: &prepared.gathered.sites };
        let fields = Fields::measure(&prepared.world, ground, std::slice::from_ref(&question));
        let shift = match fields.answerer(&question) {
            Some(Ok(answerer)) => answerer.shift,
            _ => Milliseconds(0),
        };
        let sample = |at: &u32| &prepared.demand.samples[*at as usize];
        let places: Vec<Coord<f64>> = aim.members.iter().map(|at| sample(at).xy).collect();
        let people = aim.members.iter().map(|at| sample(at).people).collect();
        let table = prepared.world.access_table(&prepared.region, &profile, &places).ok_or_else(|| {
            ProposalError::asked("--rule", message!("message.a_distance"), message!("message.rule_on_time"))
        })?;
        let reached = fields.fields.first().map(|field| field.reached.as_slice()).unwrap_or_default();
        let now = aim.members.iter().map(|at| reached.get(*at as usize)?.at().map(|ms| ms.plus(shift))).collect();
        let limit_ms = ask.limit().map_or(u32::MAX, |limit| ((limit + aim.slack()) * 1000.0).round() as u32);
        Ok(Self { prepared, aim, limit_ms, table, now, fields, shift, people })
    }

    /// What is tried against; `None` where the region has no network.
    pub fn standing(&self) -> Option<MarginalAccess<'_>> {
        let field = &self.fields.fields.first()?.field;
        Some(MarginalAccess::new(&self.table, field, self.shift, self.now.clone()))
    }

    /// What a site at `place` would change; `turnout_s` is its own, where it has one.
    pub fn with(
        &self,
        standing: &MarginalAccess<'_>,
        buffers: &mut MarginalBuffers,
        place: LonLat,
        turnout_s: Option<f64>,
    ) -> Change {
        let delay = match &self.aim.how {
            Impedance::Drive(clock, _) => delay(&self.prepared.region, turnout_s, *clock),
            Impedance::Walk(_) | Impedance::Network | Impedance::Geodesic => Milliseconds(0),
        };
        let start = Start { xy: self.prepared.world.frame.to_local(place), delay };
        let mut change = Change::default();
        for (place, at) in standing.improvements(&start, buffers) {
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

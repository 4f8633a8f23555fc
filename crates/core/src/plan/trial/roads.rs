//! Times and lengths along the roads.
//!
//! In: the sites a rule counts, places. Out: [`ByRoad`], which finds what an edit changes: if everybody leaves after the same time,
//! before and after it, the search starts at zero and that time is added; else each start has its own.

use super::edit::Resolved;
use super::{Effect, Trial};
use crate::city::{City, Profile};
use crate::measure::{AccessMeasurements, profile};
use crate::network::{PointId, RoadNetwork};
use crate::plan::region::objective::Objective;
use crate::plan::region::problem::delay_of;
use crate::plan::{ProposalError, Study};
use crate::travel::standing::RoadTimes;
use crate::travel::standing::Surroundings;
use crate::travel::{AccessTable, StandingAccess, StandingBuffers, Start, StartEdit};
use geo::Coord;
use lifering_base::units::Milliseconds;
use lifering_standards::{AccessQuery, Impedance, Unmeasured};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

#[derive(Debug)]
pub(super) struct ByRoad {
    table: Arc<AccessTable>,
    surroundings: Arc<Surroundings>,
    /// Indexed by source: the sites with the time before they leave.
    starts: Vec<Start>,
    /// The same starts leaving at once.
    even: OnceLock<StandingAccess>,
    /// Each leaving after its own time.
    uneven: OnceLock<StandingAccess>,
    /// Buffers no thread uses at the moment.
    spare: Mutex<Vec<StandingBuffers>>,
}

/// The delay that all starts share; `None` if they differ.
fn shared_delay<'a>(mut starts: impl Iterator<Item = &'a Start>) -> Option<Milliseconds> {
    let Some(first) = starts.next() else { return Some(Milliseconds(0)) };
    starts.all(|start| start.delay == first.delay).then_some(first.delay)
}

impl ByRoad {
    pub(super) fn new(city: &City, objective: &Objective, profile: &Profile, places: &[Coord<f64>]) -> Self {
        let table = Arc::new(city.access_table(profile, places));
        let surroundings = Arc::new(Surroundings::new(&table));
        let start = |site: &usize| {
            let site = city.sites()[*site];
            Start { xy: site.xy, delay: delay_of(city, &objective.impedance, site.turnout_s) }
        };
        let starts = objective.sites.iter().map(start).collect();
        let (even, uneven, spare) = (OnceLock::new(), OnceLock::new(), Mutex::default());
        Self { table, surroundings, starts, even, uneven, spare }
    }

    /// The standing arrivals on the clock of some starts, and what is added to their times.
    fn on_clock(&self, shared: Option<Milliseconds>) -> (&StandingAccess, Milliseconds) {
        let (cell, shift) = match shared {
            Some(shift) => (&self.even, shift),
            None => (&self.uneven, Milliseconds(0)),
        };
        if let Some(standing) = cell.get() {
            return (standing, shift);
        }
        let leaving = |start: &Start| Start { delay: shared.map_or(start.delay, |_| Milliseconds(0)), ..*start };
        let starts: Vec<Start> = self.starts.iter().map(leaving).collect();
        // Computed outside of the cell: a thread of the pool that waits for a cell could hold the one that fills it.
        let standing = StandingAccess::new(&self.table, &self.surroundings, &starts);
        (cell.get_or_init(|| standing), shift)
    }

    fn standing(&self) -> (&StandingAccess, Milliseconds) {
        self.on_clock(shared_delay(self.starts.iter()))
    }

    /// Indexed by place, milliseconds by the clock of the rule.
    pub(super) fn now(&self) -> Vec<Option<f64>> {
        let (standing, shift) = self.standing();
        let at = |place: u32| standing.place(place).map(|at| f64::from(at.plus(shift).0));
        (0..self.table.place_count() as u32).map(at).collect()
    }

    fn with_buffers<T>(&self, standing: &StandingAccess, work: impl FnOnce(&mut StandingBuffers) -> T) -> T {
        let spare = || self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = spare().pop();
        let mut buffers = taken.unwrap_or_else(|| StandingBuffers::new(standing));
        let done = work(&mut buffers);
        spare().push(buffers);
        done
    }

    pub(super) fn effect(&self, trial: &Trial, edits: &Resolved) -> Effect {
        let sites = &trial.objective.sites;
        let withdrawn: Vec<usize> = edits.withdrawn.iter().filter_map(|site| sites.binary_search(site).ok()).collect();
        // A site that the rule does not count, or from which nobody starts, stays so wherever it is.
        let counts = |was: Option<usize>| was.is_none_or(|site| sites.binary_search(&site).is_ok());
        let added = edits.added.iter().filter(|added| counts(added.was));
        let added: Vec<Start> = added
            .map(|added| Start {
                delay: delay_of(&trial.city, &trial.objective.impedance, added.turnout_s),
                ..trial.start(added.place)
            })
            .collect();
        let kept = self.starts.iter().enumerate().filter(|(at, _)| withdrawn.binary_search(at).is_err());
        let shared = shared_delay(kept.map(|(_, start)| start).chain(&added));
        // All leave after the same time as now, or each after its own: an audit would find the same to the millisecond.
        let shared = shared.filter(|_| shared == shared_delay(self.starts.iter()));
        let (standing, shift) = self.on_clock(shared);
        let added: Vec<Start> = match shared {
            Some(_) => added.iter().map(|start| Start { delay: Milliseconds(0), ..*start }).collect(),
            None => added,
        };
        let edit = StartEdit { withdrawn: &withdrawn, added: &added, closed: None };
        self.with_buffers(standing, |buffers| {
            let change = standing.change(&edit, buffers);
            let roads = standing.road_times(&change, None, buffers);
            trial.compare(by_clock(change.places, shift), by_clock_on_roads(roads, shift))
        })
    }

    fn without_segments(&self, trial: &Trial, segments: &[PointId], on_roads: bool) -> Effect {
        let (standing, shift) = self.standing();
        let closure = standing.closure(segments.iter().copied());
        let edit = StartEdit { closed: Some(&closure), ..StartEdit::default() };
        self.with_buffers(standing, |buffers| {
            let change = standing.change(&edit, buffers);
            let times = if on_roads { standing.road_times(&change, Some(&closure), buffers) } else { Vec::new() };
            trial.compare(by_clock(change.places, shift), by_clock_on_roads(times, shift))
        })
    }

    /// For each source the places that it reaches in time, ascending; all sources leave after their own time.
    fn in_time(&self, within: super::Within) -> Vec<Vec<u32>> {
        let beyond = Milliseconds(within.beyond_ms());
        let take = |_: usize, place: u32, at: Milliseconds| within.holds(f64::from(at.0)).then_some(place);
        self.table.from_each(&self.starts, beyond, take)
    }
}

fn by_clock(
    places: impl IntoIterator<Item = (u32, Option<Milliseconds>)>,
    shift: Milliseconds,
) -> Vec<(u32, Option<f64>)> {
    places.into_iter().map(|(place, at)| (place, at.map(|at| f64::from(at.plus(shift).0)))).collect()
}

fn by_clock_on_roads(mut roads: Vec<RoadTimes>, shift: Milliseconds) -> Vec<RoadTimes> {
    for road in &mut roads {
        road.ends = road.ends.map(|at| at.map(|at| at.plus(shift)));
    }
    roads
}

impl Trial {
    /// The network of the rule; `None` for straight distances.
    pub fn network(&self) -> Option<&RoadNetwork> {
        match &self.measure {
            super::Measure::Roads(roads) => Some(roads.standing().0.network()),
            super::Measure::Straight(_) => None,
        }
    }

    /// Every segment of the network of the rule with its times, ascending, by the clock of the rule; none for straight distances.
    pub fn road_times(&self) -> Vec<RoadTimes> {
        match &self.measure {
            super::Measure::Roads(roads) => {
                let (standing, shift) = roads.standing();
                by_clock_on_roads(standing.all_road_times(), shift)
            }
            super::Measure::Straight(_) => Vec::new(),
        }
    }

    /// The effect of closing roads (positions in the roads layer): nobody drives along them or steps down from them, and a
    /// site that entered one enters the nearest road that is left. Nothing for straight distances.
    pub fn without_roads(&self, roads: &[u32]) -> Effect {
        let super::Measure::Roads(by_road) = &self.measure else { return Effect::default() };
        let network = by_road.standing().0.network();
        let wanted: BTreeSet<u32> = roads.iter().copied().collect();
        let of_links = network.links.iter().flat_map(|link| link.first..link.last);
        let segments: Vec<PointId> = of_links.filter(|s| wanted.contains(&network.road[*s as usize])).collect();
        by_road.without_segments(self, &segments, true)
    }

    /// People alone without some segments: no times of roads.
    pub(crate) fn people_without_segments(&self, segments: &[PointId]) -> Effect {
        match &self.measure {
            super::Measure::Roads(by_road) => by_road.without_segments(self, segments, false),
            super::Measure::Straight(_) => Effect::default(),
        }
    }

    /// For each site that the rule counts the demand points in scope that it reaches in time, ascending.
    pub(crate) fn in_time_of_each(&self) -> Vec<Vec<u32>> {
        match &self.measure {
            super::Measure::Roads(by_road) => by_road.in_time(self.within),
            super::Measure::Straight(straight) => {
                let mut of_each = vec![Vec::new(); self.objective.sites.len()];
                for place in 0..straight.place_count() {
                    for site in straight.sites_within(place, |metres| self.within.holds(metres)) {
                        of_each[site].push(place as u32);
                    }
                }
                of_each
            }
        }
    }

    /// People and unit of a demand point in scope.
    pub(crate) fn people_at(&self, place: u32) -> (f64, Option<u32>) {
        (self.people[place as usize], self.units[place as usize])
    }

    /// The roads (positions in the roads layer) of one quickest way to everybody who is in time: without any other nobody
    /// is lost.
    pub(crate) fn roads_on_the_way(&self) -> BTreeSet<u32> {
        let super::Measure::Roads(by_road) = &self.measure else { return BTreeSet::new() };
        let (standing, _) = by_road.standing();
        let in_time = |at: &usize| self.now[*at].is_some_and(|now| self.within.holds(now));
        let places = (0..self.now.len()).filter(in_time).map(|place| place as u32);
        let network = standing.network();
        let links = standing.links_on_the_way(places).into_iter().map(|link| network.links[link as usize]);
        links.flat_map(|link| (link.first..link.last).map(|segment| network.road[segment as usize])).collect()
    }

    /// The effect of driving in another period of region.toml; everything is measured again.
    ///
    /// # Errors
    /// region.toml has no such period.
    pub fn in_period(&self, period: &str) -> Result<Effect, ProposalError> {
        let study = Study { city: &self.city, standard: &self.standard };
        let Impedance::Drive(clock, _) = &self.objective.impedance else { return Ok(Effect::default()) };
        let impedance = Impedance::Drive(*clock, Some(period.to_owned()));
        if let Some(Err(missing)) = profile(&impedance, self.city.records()) {
            return Err(ProposalError::unjudged(study, self.objective.rule, missing));
        }
        let query = AccessQuery { sites: self.objective.sites.clone(), impedance };
        let measured = AccessMeasurements::new(&self.city, std::slice::from_ref(&query));
        let of = match measured.field_of(&query) {
            Some(Ok(of)) => *of,
            Some(Err(missing)) => {
                return Err(ProposalError::unjudged(study, self.objective.rule, missing.clone()));
            }
            None => {
                return Err(ProposalError::unmeasured(study, self.objective.rule, &query, Unmeasured::Never));
            }
        };
        let field = &measured.fields[of.field];
        let at = |sample: &u32| field.reached[*sample as usize].at().map(|at| f64::from(at.plus(of.shift).0));
        let places = self.objective.demand_points.iter().enumerate().map(|(at, sample)| (at as u32, sample));
        let places = places.map(|(place, sample)| (place, at(sample))).collect();
        let mut roads = Vec::new();
        if let super::Measure::Roads(by_road) = &self.measure {
            let (standing, shift) = by_road.standing();
            for was in by_clock_on_roads(standing.all_road_times(), shift) {
                let point = was.segment as usize;
                let ends = [point, point + 1];
                let ends = ends.map(|p| field.field.arrivals[p].map(|first| first.at.plus(of.shift)));
                if ends != was.ends {
                    roads.push(RoadTimes { segment: was.segment, ends });
                }
            }
        }
        Ok(self.compare(places, roads))
    }
}

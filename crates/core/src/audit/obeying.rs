//! What people would be reached if ambulances kept other traffic rules (roads.md section 8): a sensitivity beside the
//! verdict, never the verdict.
//!
//! In: the field of the standard's first driving rule. Out: [`Obeying`] of every rule that shares it.

use super::reference_drive::ReferenceDrive;
use super::stations::samples_in_scope;
use crate::city::{City, Profile};
use crate::findings::{Obeying, PeopleInTime};
use crate::measure::{AccessMeasurements, profile};
use crate::network::{TurnOutcome, Usage};
use crate::travel::Reachability;
use crate::travel::demand::reach;
use geo::Coord;
use lifering_base::parameters::Obey;
use lifering_base::units::TIME_RESOLUTION_MS;
use lifering_standards::catalogue::{Criterion, Standard};
use lifering_standards::{AccessQuery, Impedance, access_query};
use std::collections::BTreeMap;
use std::sync::Arc;

/// First arrivals at the population samples.
type Arrivals = Arc<Vec<Reachability>>;

/// The profiles that [`obeying`] will measure, to be prepared with the others: what networks have in common is done once.
pub(super) fn profiles(city: &City, queries: &[AccessQuery]) -> Vec<Profile> {
    let first = queries.iter().find(|query| matches!(query.impedance, Impedance::Drive(..)));
    let Some(Some(Ok(Profile::Drive(period, in_force)))) = first.map(|q| profile(&q.impedance, city.records())) else {
        return Vec::new();
    };
    let differs = in_force != Obey::Nothing && directions_matter(city);
    differs.then_some(Profile::Drive(period, Obey::Nothing)).into_iter().collect()
}

/// People in time under every [`Obey`], for the rules that share field and clock of the reference drive.
pub(super) fn obeying(
    city: &City,
    standard: &Standard,
    drive: Option<&ReferenceDrive<'_>>,
    measured: &AccessMeasurements,
) -> Vec<Obeying> {
    let Some(drive) = drive else { return Vec::new() };
    let mut arrivals: Option<BTreeMap<Obey, Arrivals>> = None;
    let mut found = Vec::new();
    for (position, rule) in standard.rules.iter().enumerate() {
        let Criterion::TravelTime(time) = &rule.criterion else { continue };
        let Some(Ok(query)) = access_query(&rule.criterion, city.evidence()) else { continue };
        let Some(Ok(of)) = measured.field_of(&query) else { continue };
        if *of != drive.field {
            continue;
        }
        let Some(Ok(Profile::Drive(period, _))) = profile(&query.impedance, city.records()) else { continue };
        let arrivals = arrivals.get_or_insert_with(|| arrivals_under_each(city, drive, &period));
        // The clock of the field, as in the limits of the reference drive.
        let limit_ms = f64::from(time.limit_s) * 1000.0 - f64::from(of.shift.0) + TIME_RESOLUTION_MS;
        let in_scope = samples_in_scope(city, &rule.criterion);
        let in_scope = |sample: usize| in_scope.as_ref().is_none_or(|scope| scope[sample]);
        let under = |reached: &Arrivals| {
            let mut people = PeopleInTime::default();
            for (i, (sample, reached)) in city.people().samples.iter().zip(reached.iter()).enumerate() {
                if in_scope(i) {
                    people.of += sample.people;
                    if reached.at().is_some_and(|at| f64::from(at.0) <= limit_ms) {
                        people.in_time += sample.people;
                    }
                }
            }
            people
        };
        let under = arrivals.iter().map(|(obey, reached)| (*obey, under(reached))).collect();
        found.push(Obeying { rule: position, in_force: city.records().settings.drive.obey, under });
    }
    found
}

/// Arrivals under each obedience. What makes no difference on these roads is not measured again.
fn arrivals_under_each(city: &City, drive: &ReferenceDrive<'_>, period: &str) -> BTreeMap<Obey, Arrivals> {
    let in_force = city.records().settings.drive.obey;
    let mut all: BTreeMap<Obey, Arrivals> = BTreeMap::from([(in_force, Arc::clone(&drive.measured.reached))]);
    let places: Vec<Coord<f64>> = city.people().samples.iter().map(|sample| sample.xy).collect();
    for obey in Obey::EACH {
        if all.contains_key(&obey) {
            continue;
        }
        let known =
            all.iter().find(|(other, _)| same_roads(city, obey, **other)).map(|(_, reached)| Arc::clone(reached));
        let reached = known.unwrap_or_else(|| {
            let field = city.travel_field(&Profile::Drive(period.to_owned(), obey), &drive.measured.starts);
            let open = undecided(drive, obey > in_force);
            let asked: Vec<Coord<f64>> = open.iter().map(|sample| places[*sample]).collect();
            let mut reached = Vec::clone(&drive.measured.reached);
            for (sample, found) in open.into_iter().zip(reach(&field, city.barriers(), &asked)) {
                reached[sample] = found;
            }
            Arc::new(reached)
        });
        all.insert(obey, reached);
    }
    all
}

/// The population samples for which a freer, or a stricter, obedience can make a difference to a rule: whoever is in time
/// by every limit stays so if ambulances are freer, whoever is late by every limit if they are not. All samples, if some
/// start enters the main part of the network only because its roads lead nowhere: freer, it may not.
fn undecided(drive: &ReferenceDrive<'_>, freer: bool) -> Vec<usize> {
    let limits = drive.limits_ms.iter().copied();
    let decides = if freer { limits.reduce(f64::min) } else { limits.reduce(f64::max) };
    let way_out = drive.measured.field.entries.iter().any(|entries| entries.way_out.is_some());
    let reached = drive.measured.reached.iter().enumerate();
    let open = reached.filter(|(_, reached)| match decides.filter(|_| !way_out) {
        None => true,
        Some(limit_ms) => {
            let in_time = reached.at().is_some_and(|at| f64::from(at.0) <= limit_ms + TIME_RESOLUTION_MS);
            in_time != freer
        }
    });
    open.map(|(sample, _)| sample).collect()
}

/// Whether the roads of a city are driven alike under two obediences.
fn same_roads(city: &City, one: Obey, other: Obey) -> bool {
    let turns = || {
        let network = city.network(Usage::Drive(Obey::All));
        !city.records().turns.is_empty() && network.turn_outcomes.contains(&TurnOutcome::Kept)
    };
    let (least, most) = (one.min(other), one.max(other));
    let turns_differ = least == Obey::All && most != Obey::All && turns();
    let directions_differ = most == Obey::Nothing && least != Obey::Nothing && directions_matter(city);
    !turns_differ && !directions_differ
}

/// Whether one-way streets or signals make a difference on the roads of a city.
fn directions_matter(city: &City) -> bool {
    let records = city.records();
    let drive = &records.settings.drive;
    records.roads.iter().any(|road| road.driven(drive, Obey::All) != road.driven(drive, Obey::Nothing))
        || (drive.signal_s > 0.0 && records.road_barriers.iter().any(|point| point.signals))
}

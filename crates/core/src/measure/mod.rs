//! Access of every population sample, as the rules of a standard measure it.
//!
//! In: a city and the access queries of a standard. Out: [`AccessMeasurements`]: one travel-time field for each
//! distinct query with its arrivals, and straight distances.

pub mod curve;
pub mod equity;
pub mod roads;
pub mod stretches;

use crate::city::{City, Profile};
use crate::travel::demand::{reach, reach_second};
use crate::travel::{Reachability, Start, TravelField};
use geo::Coord;
use lifering_base::frame::LonLat;
use lifering_base::units::Milliseconds;
use lifering_readers::Region;
use lifering_standards::catalogue::Clock;
use lifering_standards::evidence::{Measurements, Missing};
use lifering_standards::{AccessQuery, Impedance, Unmeasured};
use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// What distinguishes fields: queries of one key differ by a shift of the clock only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FieldKey {
    /// Positions in the sites of the evidence.
    sites: Vec<usize>,
    profile: Profile,
    /// Clock that start delays follow; `None` for profiles other than driving.
    clock: Option<Clock>,
}

/// The field that answers a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRef {
    /// Position in [`AccessMeasurements::fields`].
    pub field: usize,
    /// Added to all arrivals of the field: the start delay that all sites share.
    pub shift: Milliseconds,
}

/// A travel-time field and its arrivals at every population sample. A field may be shared with another city on the same ground
/// that has the same roads and starts, its arrivals if people live at the same places.
#[derive(Debug)]
pub struct MeasuredField {
    /// First arrivals along all roads.
    pub field: Arc<TravelField>,
    /// Indexed by population sample.
    pub reached: Arc<Vec<Reachability>>,
    /// Indexed by source of the field: position in the sites of the evidence.
    pub sites: Vec<usize>,
    /// Indexed by source of the field: place and delay.
    pub starts: Vec<Start>,
    /// Indexed by population sample, milliseconds: the first arrival from another source; made when first asked for.
    second: Arc<OnceLock<Vec<Option<Milliseconds>>>>,
}

/// Geodesic metres to the nearest of some sites.
#[derive(Debug)]
struct StraightDistances {
    /// Positions in the sites of the evidence.
    sites: Vec<usize>,
    /// Indexed by population sample; `None` without any site.
    metres: Arc<Vec<Option<f64>>>,
}

/// The measurements of all queries of an audit.
#[derive(Debug)]
pub struct AccessMeasurements {
    /// The distinct fields.
    pub fields: Vec<MeasuredField>,
    /// Each measured query but those on straight distances, with its field or the input the region lacks.
    by_query: Vec<(AccessQuery, Result<FieldRef, Missing>)>,
    straight: Vec<StraightDistances>,
}

/// The distinct profiles of some queries, and the drive profile of the region.
pub fn profiles(queries: &[AccessQuery], records: &Region) -> Vec<Profile> {
    let mut all: Vec<Profile> = queries.iter().filter_map(|query| profile(&query.impedance, records)?.ok()).collect();
    all.push(Profile::Drive(records.settings.drive.period.clone(), records.settings.drive.obey));
    all.sort_unstable();
    all.dedup();
    all
}

/// The profile of an impedance; `None` for straight distances.
///
/// # Errors
/// The drive period is not in region.toml.
pub fn profile(impedance: &Impedance, records: &Region) -> Option<Result<Profile, Missing>> {
    let drive = &records.settings.drive;
    Some(match impedance {
        Impedance::Geodesic => return None,
        Impedance::Network => Ok(Profile::Network(drive.obey)),
        Impedance::Walk(pace) => Ok(Profile::Walk(*pace)),
        Impedance::Drive(_, period) => {
            let period = period.as_ref().unwrap_or(&drive.period);
            if drive.periods.contains_key(period) {
                Ok(Profile::Drive(period.clone(), drive.obey))
            } else {
                Err(Missing::Period(period.clone()))
            }
        }
    })
}

/// Time before departure by a clock (definitions.md section 3). `turnout_s`: seconds of the site; `None`: of the
/// region.
pub fn delay(records: &Region, turnout_s: Option<f64>, clock: Clock) -> Milliseconds {
    let response = &records.settings.response;
    let turnout = turnout_s.unwrap_or(response.turnout_s);
    Milliseconds::from_seconds(match clock {
        Clock::CallToArrival => response.answer_s + response.process_s + turnout,
        Clock::DispatchToArrival => turnout,
        Clock::DriveOnly => 0.0,
    })
}

impl AccessMeasurements {
    /// Measures every query at every population sample. Queries that differ only by one delay of all sites share a
    /// field.
    pub fn new(city: &City, queries: &[AccessQuery]) -> Self {
        Self::reusing(city, queries, None)
    }

    /// The same; what was measured on an earlier city on the same ground is shared: the field of a query that has the same
    /// starts, roads and parameters in both, and the arrivals at the places that are people's in both.
    pub(crate) fn reusing(city: &City, queries: &[AccessQuery], earlier: Option<(&City, &Self)>) -> Self {
        let earlier = earlier.filter(|(before, _)| city.shares_ground_with(before));
        let mut keys: Vec<FieldKey> = Vec::new();
        let mut by_query = Vec::new();
        let mut site_sets: Vec<Vec<usize>> = Vec::new();
        for query in queries {
            let field = match profile(&query.impedance, city.records()) {
                None => {
                    if !site_sets.contains(&query.sites) {
                        site_sets.push(query.sites.clone());
                    }
                    continue;
                }
                Some(Err(missing)) => Err(missing),
                Some(Ok(profile)) => {
                    let sites = starts_of(city, query);
                    let (clock, shift) = canonical_clock(city, query, &sites);
                    let key = FieldKey { sites, profile, clock };
                    let field = keys.iter().position(|k| *k == key).unwrap_or_else(|| {
                        keys.push(key);
                        keys.len() - 1
                    });
                    Ok(FieldRef { field, shift })
                }
            };
            by_query.push((query.clone(), field));
        }
        let profiles: Vec<Profile> = keys.iter().map(|key| key.profile.clone()).collect();
        city.prepare(&profiles);
        let places: Vec<Coord<f64>> = city.people().samples.iter().map(|sample| sample.xy).collect();
        let known = earlier.map_or(&[][..], |(_, measured)| &measured.fields);
        let new_places = earlier.map_or_else(NewPlaces::default, |(before, _)| NewPlaces::of(city, before));
        let fields = keys.par_iter().map(|key| MeasuredField::new(city, key, &places, known, &new_places)).collect();
        let straight = site_sets
            .into_iter()
            .map(|sites| {
                let same = |(before, measured): (&City, &Self)| measured.distances_to(before, city, &sites);
                let metres = earlier
                    .filter(|_| new_places.are_none())
                    .and_then(same)
                    .unwrap_or_else(|| Arc::new(nearest_m(city, &sites)));
                StraightDistances { sites, metres }
            })
            .collect();
        Self { fields, by_query, straight }
    }

    /// The field of a query; `None` for straight distances and for queries that were not measured.
    pub fn field_of(&self, query: &AccessQuery) -> Option<&Result<FieldRef, Missing>> {
        self.by_query.iter().find(|(measured, _)| measured == query).map(|(_, field)| field)
    }

    /// The measurements of a query, indexed by population sample.
    ///
    /// # Errors
    /// The region lacks an input, or the query was never measured.
    pub fn answer(&self, query: &AccessQuery) -> Result<Measurements, Unmeasured> {
        if query.impedance == Impedance::Geodesic {
            return Ok(Measurements::Distances(self.distances(&query.sites).ok_or(Unmeasured::Never)?.to_vec()));
        }
        match self.field_of(query) {
            Some(Ok(of)) => {
                let times = self.fields[of.field].reached.iter().map(|r| r.at().map(|at| at.plus(of.shift)));
                Ok(Measurements::Times(times.collect()))
            }
            Some(Err(missing)) => Err(missing.clone().into()),
            None => Err(Unmeasured::Never),
        }
    }

    /// Geodesic metres to the nearest of some sites (positions in the evidence), indexed by population sample; `None`
    /// if the set was not measured.
    pub fn distances(&self, sites: &[usize]) -> Option<&[Option<f64>]> {
        self.straight.iter().find(|of| of.sites == sites).map(|of| of.metres.as_slice())
    }

    /// The distances that `before` measured to the places where some sites of `city` stand.
    fn distances_to(&self, before: &City, city: &City, sites: &[usize]) -> Option<Arc<Vec<Option<f64>>>> {
        let same = |of: &&StraightDistances| {
            of.sites.len() == sites.len()
                && of.sites.iter().zip(sites).all(|(a, b)| before.sites()[*a].place == city.sites()[*b].place)
        };
        self.straight.iter().find(same).map(|of| Arc::clone(&of.metres))
    }
}

/// The places of people that differ from those of another city.
#[derive(Debug, Default)]
struct NewPlaces {
    /// Positions in the samples, ascending.
    at: Vec<usize>,
    /// Whether the other city has more samples.
    fewer: bool,
}

impl NewPlaces {
    fn of(city: &City, before: &City) -> Self {
        let (samples, earlier) = (&city.people().samples, &before.people().samples);
        let bits = |xy: Coord<f64>| (xy.x.to_bits(), xy.y.to_bits());
        let differs = |at: &usize| earlier.get(*at).is_none_or(|before| bits(before.xy) != bits(samples[*at].xy));
        Self { at: (0..samples.len()).filter(differs).collect(), fewer: samples.len() < earlier.len() }
    }

    fn are_none(&self) -> bool {
        self.at.is_empty() && !self.fewer
    }
}

impl MeasuredField {
    fn new(city: &City, key: &FieldKey, places: &[Coord<f64>], known: &[Self], new_places: &NewPlaces) -> Self {
        let start = |site: &usize| {
            let site = &city.sites()[*site];
            let delay = key.clock.map_or(Milliseconds(0), |clock| delay(city.records(), site.turnout_s, clock));
            Start { xy: site.xy, delay }
        };
        let starts: Vec<Start> = key.sites.iter().map(start).collect();
        let sites = key.sites.clone();
        let (costs, settings) = (city.costs(&key.profile), city.field_settings(&key.profile));
        let same =
            |of: &&Self| Arc::ptr_eq(&of.field.costs, &costs) && of.field.settings == settings && of.starts == starts;
        let Some(of) = known.iter().find(same) else {
            let field = Arc::new(city.travel_field(&key.profile, &starts));
            let reached = Arc::new(reach(&field, city.barriers(), places));
            return Self { field, reached, sites, starts, second: Arc::default() };
        };
        let field = Arc::clone(&of.field);
        if new_places.are_none() {
            return Self { field, reached: Arc::clone(&of.reached), sites, starts, second: Arc::clone(&of.second) };
        }
        let asked: Vec<Coord<f64>> = new_places.at.iter().map(|at| places[*at]).collect();
        let mut reached = Vec::clone(&of.reached);
        reached.resize(places.len(), Reachability::NoRoad);
        for (at, found) in new_places.at.iter().zip(reach(&field, city.barriers(), &asked)) {
            reached[*at] = found;
        }
        Self { field, reached: Arc::new(reached), sites, starts, second: Arc::default() }
    }

    /// Indexed by population sample, milliseconds of the field's clock: the first arrival from another source than the first.
    pub(crate) fn second(&self, city: &City) -> &[Option<Milliseconds>] {
        if let Some(second) = self.second.get() {
            return second;
        }
        let places: Vec<Coord<f64>> = city.people().samples.iter().map(|sample| sample.xy).collect();
        // Computed outside of the cell: a thread of the pool that waits for a cell could hold the one that fills it.
        let second = reach_second(&self.field, city.barriers(), &places, &self.reached, &self.starts);
        let second = second.into_iter().map(|second| second.map(|(at, _)| at)).collect();
        self.second.get_or_init(|| second)
    }
}

/// The sites from which somebody starts: on foot all, by road those that have not been said to be without ambulances.
pub(crate) fn starts_of(city: &City, query: &AccessQuery) -> Vec<usize> {
    let drives = drives(&query.impedance);
    query.sites.iter().copied().filter(|site| !drives || city.sites()[*site].dispatches).collect()
}

/// Whether it takes an ambulance to get there: by road, in time or distance.
pub(crate) fn drives(impedance: &Impedance) -> bool {
    matches!(impedance, Impedance::Drive(..) | Impedance::Network)
}

/// The clock of the search and the shift of its arrivals. If all delays are equal, the search starts at zero and the
/// delay is the shift, so that all clocks share the field.
fn canonical_clock(city: &City, query: &AccessQuery, sites: &[usize]) -> (Option<Clock>, Milliseconds) {
    let Impedance::Drive(clock, _) = &query.impedance else { return (None, Milliseconds(0)) };
    let delays = || sites.iter().map(|site| delay(city.records(), city.sites()[*site].turnout_s, *clock));
    match delays().next() {
        Some(first) if delays().all(|delay| delay == first) => (Some(Clock::DriveOnly), first),
        Some(_) => (Some(*clock), Milliseconds(0)),
        None => (Some(Clock::DriveOnly), Milliseconds(0)),
    }
}

/// Geodesic metres to the nearest of some sites, indexed by population sample; `None` without any site.
fn nearest_m(city: &City, sites: &[usize]) -> Vec<Option<f64>> {
    let places = city.sites();
    // A place where many stand is one.
    let mut seen = BTreeSet::new();
    let once = sites.iter().filter(|site| {
        let place = places[**site].place;
        seen.insert((place.lon.to_bits(), place.lat.to_bits()))
    });
    let tree: RTree<GeomWithData<[f64; 2], usize>> =
        RTree::bulk_load(once.map(|s| GeomWithData::new([places[*s].xy.x, places[*s].xy.y], *s)).collect());
    let nearest = |xy: Coord<f64>, place: LonLat| {
        let mut best: Option<f64> = None;
        for (entry, distance_2) in tree.nearest_neighbor_iter_with_distance_2([xy.x, xy.y]) {
            // The local plane is true to 1e-4 within 180 km of its centre: later sites are farther on the ellipsoid
            // too.
            if best.is_some_and(|b| distance_2.sqrt() > b * (1.0 + 1e-3) + 1.0) {
                break;
            }
            let metres = places[entry.data].place.geodesic_m(place);
            best = Some(best.map_or(metres, |b| b.min(metres)));
        }
        best
    };
    city.people().samples.par_iter().map(|sample| nearest(sample.xy, sample.place)).collect()
}

/// Positions in `places` within `limit_m` geodesic metres, ascending, with the distance; indexed by `from`.
pub fn within_m(from: &[(Coord<f64>, LonLat)], places: &[(Coord<f64>, LonLat)], limit_m: f64) -> Vec<Vec<(u32, f64)>> {
    let tree: RTree<GeomWithData<[f64; 2], u32>> = RTree::bulk_load(
        places.iter().enumerate().map(|(at, (xy, _))| GeomWithData::new([xy.x, xy.y], at as u32)).collect(),
    );
    // The local plane is true to 1e-4 within 180 km of its centre.
    let reach = limit_m * (1.0 + 1e-3) + 1.0;
    from.par_iter()
        .map(|(xy, place)| {
            let envelope = AABB::from_corners([xy.x - reach, xy.y - reach], [xy.x + reach, xy.y + reach]);
            let mut found: Vec<(u32, f64)> = tree
                .locate_in_envelope(envelope)
                .map(|found| (found.data, place.geodesic_m(places[found.data as usize].1)))
                .filter(|(_, metres)| *metres <= limit_m)
                .collect();
            found.sort_unstable_by_key(|(at, _)| *at);
            found
        })
        .collect()
}

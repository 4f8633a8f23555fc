//! What the rules ask, measured.
//!
//! In: a region, its frame, the questions of a standard. Out: a [`World`] (networks and costs), one field a distinct
//! question ([`Fields`]), and the answers for everybody. This is where sites meet roads.

pub mod belongs;
pub mod boundary;
pub mod curve;
pub mod evidence;
pub mod roads;
pub mod stretches;

use crate::network::{BuildSettings, ClosedRoads, Costs, RoadNetwork, Speeds, Usage, build_all, closed_areas};
use crate::travel::demand::reach;
use crate::travel::{AccessTable, Barriers, Demand, FieldSettings, Leg, Reached, Start, TravelField};
use geo::{Coord, MultiPolygon};
use lifering_base::frame::{Frame, LonLat};
use lifering_base::units::Milliseconds;
use lifering_readers::Region;
use lifering_standards::catalogue::{Clock, Pace};
use lifering_standards::evidence::{Measured, Missing};
use lifering_standards::{How, Question};
use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use std::collections::BTreeMap;

/// Milliseconds a metre at a speed in kilometres an hour.
fn ms_per_m_of_kmh(kmh: f64) -> f64 {
    3600.0 / kmh
}

/// Which times along which network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Driving in a period of region.toml.
    Drive(String),
    /// Walking.
    Walk(Pace),
    /// Length of drivable road: a metre takes a second.
    Network,
}

impl Profile {
    fn usage(&self) -> Usage {
        match self {
            Self::Drive(_) | Self::Network => Usage::Drive,
            Self::Walk(_) => Usage::Walk,
        }
    }
}

/// The ground: plane, boundary, barriers, networks.
#[derive(Debug)]
pub struct World {
    /// The local plane.
    pub frame: Frame,
    /// What is audited, local metres.
    pub boundary: MultiPolygon<f64>,
    /// What an access leg cannot cross.
    pub barriers: Option<Barriers>,
    networks: BTreeMap<Usage, RoadNetwork>,
    costs: BTreeMap<Profile, Costs>,
}

impl World {
    /// Builds the networks and costs that `profiles` need.
    pub fn new(region: &Region, frame: Frame, boundary: MultiPolygon<f64>, profiles: &[Profile]) -> Self {
        let closed: Option<ClosedRoads> = region.closures.as_ref().map(|c| closed_areas(c, &frame));
        let settings = &region.settings;
        let mut usages: Vec<Usage> = profiles.iter().map(Profile::usage).chain([Usage::Drive]).collect();
        usages.sort_unstable();
        usages.dedup();
        let build_settings = BuildSettings {
            usage: Usage::Drive,
            no_roadside: &settings.access.no_roadside,
            snap_m: settings.roads.snap_m,
            split_crossings: settings.roads.split_crossings,
            closed: closed.as_ref(),
        };
        let networks = build_all(&region.roads, &frame, &build_settings, &usages);
        let costs = profiles
            .par_iter()
            .map(|profile| {
                let network = &networks[&profile.usage()];
                let costs = match profile {
                    Profile::Drive(period) => {
                        let drive =
                            lifering_base::parameters::Drive { period: period.clone(), ..settings.drive.clone() };
                        Costs::new(network, &region.roads, &Speeds::Drive(&drive))
                    }
                    Profile::Walk(pace) => {
                        Costs::new(network, &region.roads, &Speeds::Uniform(walk_m_s(region, *pace)))
                    }
                    Profile::Network => Costs::new(network, &region.roads, &Speeds::Uniform(1.0)),
                };
                (profile.clone(), costs)
            })
            .collect();
        let barriers = region.barriers.as_ref().map(|b| Barriers::new(b, &frame));
        Self { frame, boundary, barriers, networks, costs }
    }

    /// The network of a usage; the drivable one always exists.
    pub fn network(&self, usage: Usage) -> Option<&RoadNetwork> {
        self.networks.get(&usage)
    }

    /// Access leg and driveway of a profile.
    pub fn field_settings(region: &Region, profile: &Profile) -> FieldSettings {
        let settings = &region.settings;
        let (access, driveway, straight) = match profile {
            Profile::Drive(_) => {
                (ms_per_m_of_kmh(settings.access.speed_kmh), ms_per_m_of_kmh(settings.drive.driveway_kmh), false)
            }
            Profile::Walk(_) => (1000.0 / settings.walk.access_m_s, 1000.0 / settings.walk.access_m_s, true),
            Profile::Network => (1000.0, 1000.0, false),
        };
        FieldSettings {
            leg: Leg { ms_per_m: access, max_m: settings.access.max_m },
            driveway_ms_per_m: driveway,
            straight,
        }
    }

    /// A field from some places.
    pub fn field(&self, region: &Region, profile: &Profile, starts: &[Start]) -> Option<TravelField<'_>> {
        let settings = Self::field_settings(region, profile);
        Some(TravelField::new(self.networks.get(&profile.usage())?, self.costs.get(profile)?, starts, settings))
    }

    /// What answers for one start after another.
    pub fn access_table(&self, region: &Region, profile: &Profile, places: &[Coord<f64>]) -> Option<AccessTable<'_>> {
        let (network, costs) = (self.networks.get(&profile.usage())?, self.costs.get(profile)?);
        let settings = Self::field_settings(region, profile);
        Some(AccessTable::new(network, costs, settings, self.barriers.as_ref(), places))
    }
}

fn walk_m_s(region: &Region, pace: Pace) -> f64 {
    match pace {
        Pace::Usual => region.settings.walk.speed_m_s,
        Pace::Elderly => region.settings.walk.elderly_m_s,
    }
}

/// A site as a start.
#[derive(Clone, Copy, Debug)]
pub struct SitePlace {
    /// Degrees.
    pub place: LonLat,
    /// Local metres.
    pub xy: Coord<f64>,
    /// A station's own turnout, seconds.
    pub turnout_s: Option<f64>,
}

/// A question that a field answers, up to a shift of the clock.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FieldKey {
    sites: Vec<usize>,
    profile: Profile,
    clock: Option<Clock>,
}

/// Which field answers a question, and what to add to its times.
#[derive(Clone, Debug, PartialEq)]
pub struct Answerer {
    /// Position in [`Fields::fields`].
    pub field: usize,
    /// Added to the field's times.
    pub shift: Milliseconds,
}

/// One field and what it says of everybody.
#[derive(Debug)]
pub struct AnsweredField<'w> {
    /// The field.
    pub field: TravelField<'w>,
    /// For every sample of the demand.
    pub reached: Vec<Reached>,
    /// The sites it starts from, as positions in the list of sites.
    pub sites: Vec<usize>,
    /// The same as starts.
    pub starts: Vec<Start>,
}

/// All fields of one audit.
#[derive(Debug)]
pub struct Fields<'w> {
    /// The distinct ones.
    pub fields: Vec<AnsweredField<'w>>,
    by_question: Vec<(Question, Result<Answerer, Missing>)>,
    geodesic: Vec<(Vec<usize>, Vec<Option<f64>>)>,
}

/// Everything a question is answered from.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// Records and settings.
    pub region: &'a Region,
    /// Who lives where.
    pub demand: &'a Demand,
    /// Where every site of the evidence stands.
    pub sites: &'a [SitePlace],
}

/// The profiles that some questions need.
pub fn profiles(questions: &[Question], region: &Region) -> Vec<Profile> {
    let mut all: Vec<Profile> = questions.iter().filter_map(|q| profile(&q.how, region)?.ok()).collect();
    all.push(Profile::Drive(region.settings.drive.period.clone()));
    all.sort_unstable();
    all.dedup();
    all
}

/// The profile a question is measured with; `None` for straight distances, an error for an unknown period.
pub fn profile(how: &How, region: &Region) -> Option<Result<Profile, Missing>> {
    let drive = &region.settings.drive;
    Some(match how {
        How::Geodesic => return None,
        How::Network => Ok(Profile::Network),
        How::Walk(pace) => Ok(Profile::Walk(*pace)),
        How::Drive(_, period) => {
            let period = period.as_ref().unwrap_or(&drive.period);
            if drive.periods.contains_key(period) {
                Ok(Profile::Drive(period.clone()))
            } else {
                Err(Missing::Period(period.clone()))
            }
        }
    })
}

/// What passes before the wheels turn, under a clock; `turnout_s` is the site's own, where it has one.
pub fn delay(region: &Region, turnout_s: Option<f64>, clock: Clock) -> Milliseconds {
    let response = &region.settings.response;
    let turnout = turnout_s.unwrap_or(response.turnout_s);
    Milliseconds::from_seconds(match clock {
        Clock::CallToArrival => response.answer_s + response.process_s + turnout,
        Clock::DispatchToArrival => turnout,
        Clock::DriveOnly => 0.0,
    })
}

impl<'w> Fields<'w> {
    /// Measures every question for everybody. Questions that differ only by the same delay at every site share a field.
    pub fn measure(world: &'w World, ground: Ground<'_>, questions: &[Question]) -> Self {
        let mut keys: Vec<FieldKey> = Vec::new();
        let mut by_question = Vec::new();
        let mut geodesic_sets: Vec<Vec<usize>> = Vec::new();
        for question in questions {
            let answerer = match profile(&question.how, ground.region) {
                None => {
                    if !geodesic_sets.contains(&question.sites) {
                        geodesic_sets.push(question.sites.clone());
                    }
                    continue;
                }
                Some(Err(missing)) => Err(missing),
                Some(Ok(profile)) => {
                    let (clock, shift) = canonical_clock(&question.how, ground, &question.sites);
                    let key = FieldKey { sites: question.sites.clone(), profile, clock };
                    let field = keys.iter().position(|k| *k == key).unwrap_or_else(|| {
                        keys.push(key);
                        keys.len() - 1
                    });
                    Ok(Answerer { field, shift })
                }
            };
            by_question.push((question.clone(), answerer));
        }
        let places: Vec<Coord<f64>> = ground.demand.samples.iter().map(|s| s.xy).collect();
        let fields = keys
            .par_iter()
            .filter_map(|key| {
                let starts: Vec<Start> = key
                    .sites
                    .iter()
                    .map(|site| {
                        let site = &ground.sites[*site];
                        let delay =
                            key.clock.map_or(Milliseconds(0), |clock| delay(ground.region, site.turnout_s, clock));
                        Start { xy: site.xy, delay }
                    })
                    .collect();
                let field = world.field(ground.region, &key.profile, &starts)?;
                let reached = reach(&field, world.barriers.as_ref(), &places);
                Some(AnsweredField { field, reached, sites: key.sites.clone(), starts })
            })
            .collect();
        let geodesic = geodesic_sets
            .into_iter()
            .map(|set| {
                let distances = nearest_m(&set, ground);
                (set, distances)
            })
            .collect();
        Self { fields, by_question, geodesic }
    }

    /// Which field answers a question; `None` for straight distances.
    pub fn answerer(&self, question: &Question) -> Option<&Result<Answerer, Missing>> {
        self.by_question.iter().find(|(q, _)| q == question).map(|(_, answerer)| answerer)
    }

    /// The answer to a question for everybody.
    pub fn answer(&self, question: &Question) -> Result<Measured, Missing> {
        if question.how == How::Geodesic {
            let distances = self.geodesic.iter().find(|(set, _)| *set == question.sites).map(|(_, d)| d.clone());
            return distances.map(Measured::Distances).ok_or(Missing::People);
        }
        match self.answerer(question) {
            Some(Ok(answerer)) => {
                let times = self.fields[answerer.field].reached.iter().map(|r| r.at().map(|t| t.plus(answerer.shift)));
                Ok(Measured::Times(times.collect()))
            }
            Some(Err(missing)) => Err(missing.clone()),
            None => Err(Missing::People),
        }
    }
}

/// The clock to search with and what to add afterwards: where all delays are equal the search starts at zero, so that
/// all clocks share it.
fn canonical_clock(how: &How, ground: Ground<'_>, sites: &[usize]) -> (Option<Clock>, Milliseconds) {
    let How::Drive(clock, _) = how else { return (None, Milliseconds(0)) };
    let delays = || sites.iter().map(|site| delay(ground.region, ground.sites[*site].turnout_s, *clock));
    match delays().next() {
        Some(first) if delays().all(|d| d == first) => (Some(Clock::DriveOnly), first),
        Some(_) => (Some(*clock), Milliseconds(0)),
        None => (Some(Clock::DriveOnly), Milliseconds(0)),
    }
}

/// Geodesic distance from everybody to the nearest of some sites, metres.
fn nearest_m(sites: &[usize], ground: Ground<'_>) -> Vec<Option<f64>> {
    let tree: RTree<GeomWithData<[f64; 2], usize>> = RTree::bulk_load(
        sites.iter().map(|s| GeomWithData::new([ground.sites[*s].xy.x, ground.sites[*s].xy.y], *s)).collect(),
    );
    ground
        .demand
        .samples
        .par_iter()
        .map(|sample| {
            let mut best: Option<f64> = None;
            for (entry, distance_2) in tree.nearest_neighbor_iter_with_distance_2([sample.xy.x, sample.xy.y]) {
                // The plane is true to 1e-4 even 180 km from its centre: farther sites cannot be nearer on the ellipsoid.
                if best.is_some_and(|b| distance_2.sqrt() > b * (1.0 + 1e-3) + 1.0) {
                    break;
                }
                let metres = ground.sites[entry.data].place.geodesic_m(sample.place);
                best = Some(best.map_or(metres, |b| b.min(metres)));
            }
            best
        })
        .collect()
}

/// From each of some places, those of others within `limit_m` geodesic metres, by position, with the distance.
pub fn within_m(from: &[(Coord<f64>, LonLat)], places: &[(Coord<f64>, LonLat)], limit_m: f64) -> Vec<Vec<(u32, f64)>> {
    let tree: RTree<GeomWithData<[f64; 2], u32>> = RTree::bulk_load(
        places.iter().enumerate().map(|(at, (xy, _))| GeomWithData::new([xy.x, xy.y], at as u32)).collect(),
    );
    // The plane is true to 1e-4 even 180 km from its centre.
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

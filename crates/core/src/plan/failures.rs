//! What is lost when something fails: one station, two of them, one road.
//!
//! In: a [`Trial`]. Out: [`Failures`], ranked by people. Stations and roads are taken away one by one, exactly; a pair of
//! stations loses more than the two alone if somebody is reached in time by these two and nobody else, so the places that
//! exactly two reach tell all such pairs.

use super::trial::{Effect, Trial, UnitEffect};
use crate::network::PointId;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// What is lost when something fails.
#[derive(Debug)]
pub struct Failures {
    /// Every site that the rule counts, those that most people need first.
    pub stations: Vec<StationFailure>,
    /// Pairs that lose more than their two sites alone, those with most people lost first.
    pub pairs: Vec<PairFailure>,
    /// Bridges, tunnels and named roads without which somebody is late or later, those with most people lost first.
    pub roads: Vec<RoadFailure>,
    /// Number of bridges, tunnels and named roads that lie on somebody's quickest way and were taken away in turn.
    pub roads_tried: usize,
}

/// A site that fails.
#[derive(Debug)]
pub struct StationFailure {
    /// Position in the sites of the city.
    pub site: usize,
    /// What is lost.
    pub effect: Effect,
}

/// Two sites that fail together.
#[derive(Clone, Debug, PartialEq)]
pub struct PairFailure {
    /// Positions in the sites of the city, ascending.
    pub sites: [usize; 2],
    /// People in time no more.
    pub people_lost: f64,
    /// Of them, those whom either of the two alone would still reach in time.
    pub people_shared: f64,
    /// Units that lose people.
    pub units: Vec<UnitEffect>,
}

/// What a road is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoadKind {
    /// A bridge: all features of its name that are bridges, or one without a name.
    Bridge,
    /// A tunnel, likewise.
    Tunnel,
    /// All features of a name.
    Road,
}

/// A road that is cut.
#[derive(Debug)]
pub struct RoadFailure {
    /// What it is.
    pub kind: RoadKind,
    /// Its name; `None` if it has none.
    pub name: Option<String>,
    /// Positions in the roads layer, ascending.
    pub roads: Vec<u32>,
    /// What is lost.
    pub effect: Effect,
}

/// People in time no more, by unit.
type ByUnit = BTreeMap<Option<u32>, f64>;

impl Failures {
    /// Takes every station, every pair and every road away in turn.
    pub fn new(trial: &Trial) -> Self {
        let (pairs, (roads, roads_tried)) = rayon::join(|| pairs(trial), || roads(trial));
        Self { stations: stations(trial), pairs, roads, roads_tried }
    }

    /// Takes every station away in turn, and nothing else.
    pub fn stations_alone(trial: &Trial) -> Vec<StationFailure> {
        stations(trial)
    }
}

fn stations(trial: &Trial) -> Vec<StationFailure> {
    let without = |site: &usize| StationFailure { site: *site, effect: of_people(trial.without_site(*site)) };
    let mut all: Vec<StationFailure> = trial.sites().par_iter().map(without).collect();
    all.sort_by(|a, b| worse(&a.effect, &b.effect).then(a.site.cmp(&b.site)));
    all
}

/// An effect without the places and segments, of which there are many.
fn of_people(effect: Effect) -> Effect {
    Effect { places: Vec::new(), roads: Vec::new(), ..effect }
}

/// Those that lose most people in time first, then those that make most later.
fn worse(a: &Effect, b: &Effect) -> std::cmp::Ordering {
    b.people_lost.total_cmp(&a.people_lost).then(b.people_later.total_cmp(&a.people_later))
}

fn pairs(trial: &Trial) -> Vec<PairFailure> {
    let of_each = trial.in_time_of_each();
    // By place: how many sites reach it in time, and the first two of them.
    let mut by_place: BTreeMap<u32, (u32, [usize; 2])> = BTreeMap::new();
    for (source, places) in of_each.iter().enumerate() {
        for place in places {
            let slot = by_place.entry(*place).or_insert((0, [source, source]));
            if slot.0 == 1 {
                slot.1[1] = source;
            }
            slot.0 += 1;
        }
    }
    let mut alone: BTreeMap<usize, ByUnit> = BTreeMap::new();
    let mut shared: BTreeMap<[usize; 2], ByUnit> = BTreeMap::new();
    for (place, (count, sources)) in by_place {
        let (people, unit) = trial.people_at(place);
        let of = match count {
            1 => alone.entry(sources[0]).or_default(),
            2 => shared.entry(sources).or_default(),
            _ => continue,
        };
        *of.entry(unit).or_default() += people;
    }
    let sites = trial.sites();
    let pair = |(sources, both): ([usize; 2], ByUnit)| {
        let people_shared: f64 = both.values().sum();
        let mut units = both;
        for (unit, people) in sources.iter().filter_map(|source| alone.get(source)).flatten() {
            *units.entry(*unit).or_default() += people;
        }
        let people_lost = units.values().sum();
        let units = units.into_iter();
        let units = units.map(|(unit, people_lost)| UnitEffect { unit, people_new: 0.0, people_lost }).collect();
        PairFailure { sites: sources.map(|source| sites[source]), people_lost, people_shared, units }
    };
    let mut all: Vec<PairFailure> = shared.into_iter().map(pair).filter(|pair| pair.people_shared > 0.0).collect();
    all.sort_by(|a, b| b.people_lost.total_cmp(&a.people_lost).then(a.sites.cmp(&b.sites)));
    all
}

/// What one failure of roads is: kind, name, and the road itself if it has no name.
type RoadKey<'a> = (RoadKind, Option<&'a str>, Option<u32>);

fn roads(trial: &Trial) -> (Vec<RoadFailure>, usize) {
    let Some(network) = trial.network() else { return (Vec::new(), 0) };
    let records = &trial.city().records().roads;
    let keys = |road: u32| {
        let record = &records[road as usize];
        // One without a name stands for itself.
        let own = record.name.is_none().then_some(road);
        let raised = [(record.level.bridge, RoadKind::Bridge), (record.level.tunnel, RoadKind::Tunnel)];
        let raised = raised.into_iter().filter(|(is, _)| *is).map(move |(_, kind)| (kind, own));
        let named = record.name.is_some().then_some((RoadKind::Road, None));
        raised.chain(named).map(|(kind, own)| (kind, record.name.as_deref(), own))
    };
    let on_the_way = trial.roads_on_the_way();
    let wanted: FxHashSet<_> = on_the_way.iter().flat_map(|road| keys(*road)).collect();
    let mut groups: BTreeMap<RoadKey<'_>, Vec<PointId>> = BTreeMap::new();
    for link in &network.links {
        for segment in link.first..link.last {
            for key in keys(network.road[segment as usize]).filter(|key| wanted.contains(key)) {
                groups.entry(key).or_default().push(segment);
            }
        }
    }
    let tried = groups.len();
    let groups: Vec<_> = groups.into_iter().collect();
    let cut = |((kind, name, _), segments): (RoadKey<'_>, Vec<PointId>)| {
        let effect = of_people(trial.people_without_segments(&segments));
        let mut roads: Vec<u32> = segments.iter().map(|segment| network.road[*segment as usize]).collect();
        roads.sort_unstable();
        roads.dedup();
        RoadFailure { kind, name: name.map(str::to_owned), roads, effect }
    };
    let mut all: Vec<RoadFailure> = groups.into_par_iter().map(cut).collect();
    all.retain(|road| road.effect.people_later > 0.0);
    all.sort_by(|a, b| worse(&a.effect, &b.effect).then(a.kind.cmp(&b.kind)).then(a.roads.cmp(&b.roads)));
    (all, tried)
}

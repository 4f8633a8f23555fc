//! failures.json: what is lost when a station, two of them, or a road fails.
//!
//! In: a trial and its failures. Out: [`FailuresReport`].

use super::{RuleTried, UnitTried, tool, units};
use crate::proposal::ToolReport;
use crate::report::ScenarioReport;
use crate::rounding::{degrees, people, tenth};
use lifering_core::plan::failures::{Failures, PairFailure, RoadFailure, RoadKind, StationFailure};
use lifering_core::plan::trial::Trial;
use schemars::JsonSchema;
use serde::Serialize;

/// failures.json.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FailuresReport {
    /// Version of the shape: "lifering-failures/1".
    pub schema: &'static str,
    /// The program that wrote the file.
    pub tool: ToolReport,
    /// Name of the region.
    pub region: String,
    /// The scenario that it is under; absent for a region as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<ScenarioReport>,
    /// Id of the standard.
    pub standard: String,
    /// The rule, and who is in time as the city stands.
    pub rule: RuleTried,
    /// Every site that the rule counts and somebody starts from; those that most people need first.
    pub stations: Vec<StationLost>,
    /// Pairs that lose more people than their two sites alone; those with most people lost first.
    pub pairs: Vec<PairLost>,
    /// Bridges, tunnels and named roads without which somebody is late or later; those with most people lost first.
    pub roads: Vec<RoadLost>,
    /// Bridges, tunnels and named roads on somebody's quickest way: each was taken away in turn.
    pub roads_tried: usize,
}

/// A site that fails.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StationLost {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Longitude, degrees.
    pub lon: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// People in time no more.
    pub people_lost: f64,
    /// People reached later or no more, in time or not.
    pub people_later: f64,
    /// People times seconds (metres) lost, over people who are reached all the same.
    pub people_seconds_lost: f64,
    /// Units that lose people, those that lose most first.
    pub units: Vec<UnitTried>,
}

/// Two sites that fail together.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PairLost {
    /// Their ids, in the order of the layer.
    pub ids: [String; 2],
    /// Their names.
    pub names: [String; 2],
    /// Where they stand: longitude and latitude, degrees.
    pub places: [[f64; 2]; 2],
    /// People in time no more.
    pub people_lost: f64,
    /// Of them, those whom either of the two alone would still reach in time.
    pub people_shared: f64,
    /// Units that lose people, those that lose most first.
    pub units: Vec<UnitTried>,
}

/// A road that is cut.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RoadLost {
    /// What it is.
    pub kind: RoadKind,
    /// Its name; `null` if it has none.
    pub name: Option<String>,
    /// Ids of its features in the roads layer; the position in the file of those that have none.
    pub features: Vec<String>,
    /// People in time no more.
    pub people_lost: f64,
    /// People reached later or no more, in time or not.
    pub people_later: f64,
    /// People times seconds (metres) lost, over people who are reached all the same.
    pub people_seconds_lost: f64,
    /// Units that lose people, those that lose most first.
    pub units: Vec<UnitTried>,
}

impl FailuresReport {
    /// The report of failures.
    pub fn new(trial: &Trial, standard: &str, failures: &Failures) -> Self {
        Self {
            schema: "lifering-failures/1",
            tool: tool(),
            region: trial.city().records().settings.name.clone(),
            scenario: ScenarioReport::of(trial.city()),
            standard: standard.to_owned(),
            rule: RuleTried::new(trial),
            stations: failures.stations.iter().map(|station| lost_station(trial, station)).collect(),
            pairs: failures.pairs.iter().map(|pair| lost_pair(trial, pair)).collect(),
            roads: failures.roads.iter().map(|road| lost_road(trial, road)).collect(),
            roads_tried: failures.roads_tried,
        }
    }
}

fn lost_station(trial: &Trial, failure: &StationFailure) -> StationLost {
    let (city, effect) = (trial.city(), &failure.effect);
    let (site, place) = (&city.evidence().sites[failure.site], city.sites()[failure.site].place);
    StationLost {
        id: site.id.clone(),
        name: site.name.clone(),
        lon: degrees(place.lon),
        lat: degrees(place.lat),
        people_lost: people(effect.people_lost),
        people_later: people(effect.people_later),
        people_seconds_lost: tenth(effect.people_seconds_lost),
        units: units(city, &effect.units),
    }
}

fn lost_pair(trial: &Trial, failure: &PairFailure) -> PairLost {
    let city = trial.city();
    let sites = failure.sites.map(|site| &city.evidence().sites[site]);
    let places = failure.sites.map(|site| city.sites()[site].place);
    PairLost {
        ids: sites.map(|site| site.id.clone()),
        names: sites.map(|site| site.name.clone()),
        places: places.map(|place| [degrees(place.lon), degrees(place.lat)]),
        people_lost: people(failure.people_lost),
        people_shared: people(failure.people_shared),
        units: units(city, &failure.units),
    }
}

fn lost_road(trial: &Trial, failure: &RoadFailure) -> RoadLost {
    let (city, effect) = (trial.city(), &failure.effect);
    let feature = |road: &u32| {
        let record = &city.records().roads[*road as usize];
        record.id.clone().unwrap_or_else(|| record.feature.to_string())
    };
    RoadLost {
        kind: failure.kind,
        name: failure.name.clone(),
        features: failure.roads.iter().map(feature).collect(),
        people_lost: people(effect.people_lost),
        people_later: people(effect.people_later),
        people_seconds_lost: tenth(effect.people_seconds_lost),
        units: units(city, &effect.units),
    }
}

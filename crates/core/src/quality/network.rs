//! The drivable network: connectivity and suspected errors.
//!
//! In: a region and its network. Out: [`NetworkQuality`].

use crate::network::{
    BuildSettings, ComponentSummary, Diagnosis, FindingPlaces, RoadNetwork, SearchDistances, Usage, build,
    closed_areas, crossings, diagnose,
};
use lifering_base::frame::{Frame, LonLat};
use lifering_readers::Region;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Greatest distance of a dead end from a road it may have missed, metres.
pub const NEAR_MISS_M: f64 = 2.0;
/// `snap_m` whose effect is tried, metres.
pub const TRIED_SNAP_M: f64 = 1.0;

/// The connectivity of a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cohesion {
    /// Junctions.
    pub junctions: usize,
    /// Length of road, km.
    pub length_km: f64,
    /// Connected components.
    pub components: usize,
    /// Share of the length in the largest component, 0 to 1.
    pub largest_share: f64,
}

impl From<ComponentSummary> for Cohesion {
    fn from(summary: ComponentSummary) -> Self {
        Self {
            junctions: summary.junctions,
            // A sum of nothing is -0.
            length_km: summary.length_m / 1000.0 + 0.0,
            components: summary.components,
            largest_share: summary.largest_share,
        }
    }
}

/// Places of one kind of suspected error in the network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Found")]
pub struct NetworkFinding {
    /// Number of places.
    pub count: usize,
    /// First places: longitude and latitude, WGS 84 degrees to 7 decimals.
    pub examples: Vec<[f64; 2]>,
}

impl From<FindingPlaces> for NetworkFinding {
    fn from(places: FindingPlaces) -> Self {
        Self { count: places.count, examples: lon_lats(&places.examples) }
    }
}

fn lon_lats(places: &[LonLat]) -> Vec<[f64; 2]> {
    let round = |v: f64| (v * 1e7).round() / 1e7;
    places.iter().map(|p| [round(p.lon), round(p.lat)]).collect()
}

/// The drivable network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkQuality {
    /// With `snap_m` and `split_crossings` as in region.toml.
    pub as_set: Cohesion,
    /// With `snap_m = 1`; as set if region.toml has 1 or more.
    pub snapped: Cohesion,
    /// With `split_crossings = true`; as set if region.toml has it.
    pub split: Cohesion,
    /// Junctions that one-way streets let nobody leave or nobody reach.
    pub one_way_traps: NetworkFinding,
    /// Length of the roads at these junctions, km.
    pub one_way_traps_km: f64,
    /// Dead ends within 2 m of a road that they do not join: suspected digitising errors.
    pub near_misses: NetworkFinding,
    /// Crossings of roads of one level without a common vertex, before `split_crossings`.
    pub crossings: NetworkFinding,
}

impl NetworkQuality {
    /// Assesses `network`, built as region.toml sets it.
    pub fn of(region: &Region, network: &RoadNetwork, frame: &Frame) -> Self {
        let chosen = &region.settings.roads;
        let reaches = SearchDistances { near_miss_m: NEAR_MISS_M, snap_m: TRIED_SNAP_M };
        let Diagnosis { current, snapped, split, one_way_traps, near_misses, crossings } =
            diagnose(network, &region.roads, frame, reaches);
        let crossings = if chosen.split_crossings { unsplit(region, frame) } else { crossings };
        Self {
            as_set: current.into(),
            snapped: if chosen.snap_m < TRIED_SNAP_M { snapped.into() } else { current.into() },
            split: if chosen.split_crossings { current.into() } else { split.into() },
            one_way_traps: NetworkFinding {
                count: one_way_traps.junctions,
                examples: lon_lats(&one_way_traps.examples),
            },
            one_way_traps_km: one_way_traps.length_m / 1000.0 + 0.0,
            near_misses: near_misses.into(),
            crossings: crossings.into(),
        }
    }
}

/// The crossings that `split_crossings` has turned into junctions: those of the network without it.
fn unsplit(region: &Region, frame: &Frame) -> FindingPlaces {
    let closed = region.closures.as_ref().map(|c| closed_areas(c, frame));
    let mut settings = region.settings.clone();
    settings.roads.split_crossings = false;
    let usage = Usage::Drive(settings.drive.obey);
    let settings = BuildSettings { closed: closed.as_ref(), ..BuildSettings::plain(usage, &settings) };
    crossings(&build(&region.roads, frame, &settings), &region.roads, frame)
}

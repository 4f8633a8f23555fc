//! The drivable network: how it hangs together, and what looks wrong in it.

use crate::network::{
    BuildSettings, Cohesion as Joined, Diagnosis, Places, Reaches, RoadNetwork, Usage, build, closed_areas, crossings,
    diagnose,
};
use lifering_base::frame::{Frame, LonLat};
use lifering_readers::Region;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Dead ends this near to another road that they do not join are told, metres.
pub const NEAR_MISS_M: f64 = 2.0;
/// `snap_m` that is tried to see what it would change, metres.
pub const TRIED_SNAP_M: f64 = 1.0;

/// How a network hangs together.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Cohesion {
    /// Junctions.
    pub junctions: usize,
    /// Length of road, km.
    pub length_km: f64,
    /// Connected parts.
    pub components: usize,
    /// Share of the length in the largest.
    pub largest_share: f64,
}

impl From<Joined> for Cohesion {
    fn from(joined: Joined) -> Self {
        Self {
            junctions: joined.junctions,
            // A sum of nothing is -0.
            length_km: joined.length_m / 1000.0 + 0.0,
            components: joined.components,
            largest_share: joined.largest_share,
        }
    }
}

/// A kind of finding in the network, with the first places (longitude, latitude).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Found {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub examples: Vec<[f64; 2]>,
}

impl From<Places> for Found {
    fn from(places: Places) -> Self {
        Self { count: places.count, examples: pairs(&places.examples) }
    }
}

fn pairs(places: &[LonLat]) -> Vec<[f64; 2]> {
    let round = |v: f64| (v * 1e7).round() / 1e7;
    places.iter().map(|p| [round(p.lon), round(p.lat)]).collect()
}

/// The drivable network.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct NetworkQuality {
    /// As region.toml has it.
    pub as_set: Cohesion,
    /// With `snap_m = 1`.
    pub snapped: Cohesion,
    /// With `split_crossings = true`.
    pub split: Cohesion,
    /// Junctions from or to which one-way streets leave no way.
    pub one_way_traps: Found,
    /// Length of the roads that touch them, km.
    pub one_way_traps_km: f64,
    /// Dead ends within 2 m of a road that they do not join.
    pub near_misses: Found,
    /// Places where roads of one level cross without a common vertex, in the layer as it is.
    pub crossings: Found,
}

impl NetworkQuality {
    /// The network of a region, as region.toml has it.
    pub fn of(region: &Region, network: &RoadNetwork, frame: &Frame) -> Self {
        let chosen = &region.settings.roads;
        let reaches = Reaches { near_miss_m: NEAR_MISS_M, snap_m: TRIED_SNAP_M };
        let Diagnosis { as_it_is, snapped, split, one_way_traps, near_misses, crossings } =
            diagnose(network, &region.roads, frame, reaches);
        let crossings = if chosen.split_crossings { unsplit(region, frame) } else { crossings };
        Self {
            as_set: as_it_is.into(),
            snapped: if chosen.snap_m < TRIED_SNAP_M { snapped.into() } else { as_it_is.into() },
            split: if chosen.split_crossings { as_it_is.into() } else { split.into() },
            one_way_traps: Found { count: one_way_traps.junctions, examples: pairs(&one_way_traps.examples) },
            one_way_traps_km: one_way_traps.length_m / 1000.0 + 0.0,
            near_misses: near_misses.into(),
            crossings: crossings.into(),
        }
    }
}

/// The crossings that `split_crossings` has already made junctions.
fn unsplit(region: &Region, frame: &Frame) -> Places {
    let closed = region.closures.as_ref().map(|c| closed_areas(c, frame));
    let settings = BuildSettings {
        usage: Usage::Drive,
        no_roadside: &region.settings.access.no_roadside,
        snap_m: region.settings.roads.snap_m,
        split_crossings: false,
        closed: closed.as_ref(),
    };
    crossings(&build(&region.roads, frame, &settings), &region.roads, frame)
}

//! Topology checks: roads that seem to meet but do not, and junctions cut off by one-way streets.
//!
//! In: a network and the roads it was built from. Out: a [`Diagnosis`]: counts, example places, and the connected
//! components that joining would give. Joins are evaluated on top of the network, over one spatial hash of its
//! segments; nothing is changed or rebuilt.

mod crossings;
mod dead_ends;
mod spatial_hash;
mod components;
mod one_way_traps;

use super::RoadNetwork;
use components::Components;
use dead_ends::DeadEnds;
use lifering_base::frame::{Frame, LonLat};
use lifering_base::records::Road;
use spatial_hash::SpatialHash;

pub use components::ComponentSummary;
pub use one_way_traps::OneWayTraps;

/// Example places of each finding.
const EXAMPLES: usize = 3;

/// Number and first places of a finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FindingPlaces {
    /// Number of places.
    pub count: usize,
    /// The first places, at most three.
    pub examples: Vec<LonLat>,
}

impl FindingPlaces {
    fn of(places: impl ExactSizeIterator<Item = LonLat>) -> Self {
        Self { count: places.len(), examples: places.take(EXAMPLES).collect() }
    }
}

/// Search distances of the checks.
#[derive(Clone, Copy, Debug)]
pub struct SearchDistances {
    /// A dead end this near to another road is a near miss, metres.
    pub near_miss_m: f64,
    /// Dead ends this near to another road are joined to evaluate snapping, metres.
    pub snap_m: f64,
}

/// The findings in a network.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// Components as they are.
    pub current: ComponentSummary,
    /// Components with dead ends joined within `snap_m`.
    pub snapped: ComponentSummary,
    /// Components with crossings of one level as junctions.
    pub split: ComponentSummary,
    /// Junctions that one-way streets cut off in one direction.
    pub one_way_traps: OneWayTraps,
    /// Dead ends near another road that they do not join.
    pub near_misses: FindingPlaces,
    /// Places where roads of one level cross without a common vertex.
    pub crossings: FindingPlaces,
}

/// Checks a network; `roads` are those it was built from.
pub fn diagnose(network: &RoadNetwork, roads: &[Road], frame: &Frame, reaches: SearchDistances) -> Diagnosis {
    let (hash, (components, one_way_traps)) = rayon::join(
        || SpatialHash::new(network),
        || {
            let components = Components::new(network);
            let traps = one_way_traps::one_way_traps(network, &components);
            (components, traps)
        },
    );
    let (crossed, ends) = rayon::join(
        || crossings::find(network, &hash, roads, frame),
        || DeadEnds::new(network, &hash, reaches.near_miss_m.max(reaches.snap_m)),
    );
    let (snapped, split) =
        rayon::join(|| components.snapped(&ends, &hash, roads, frame, reaches.snap_m), || components.split(&crossed));
    Diagnosis {
        current: components.summary(),
        snapped,
        split,
        one_way_traps,
        near_misses: ends.near_misses(network, &hash, reaches.near_miss_m),
        crossings: crossings::places(&crossed),
    }
}

/// Places where roads of one level cross without a common vertex.
pub fn crossings(network: &RoadNetwork, roads: &[Road], frame: &Frame) -> FindingPlaces {
    crossings::places(&crossings::find(network, &SpatialHash::new(network), roads, frame))
}

#[cfg(test)]
mod tests;

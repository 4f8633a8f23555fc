//! What looks wrong in a network: places where roads seem to meet but do not, and where one cannot turn back.
//!
//! In: a network and the roads it was built from. Out: [`Diagnosis`]: counts and places, and how the network would hang
//! together if such places were joined. Nothing is changed, and nothing is built anew: joins are worked out on top of the
//! network as it stands, over one grid of its segments.

mod crossings;
mod ends;
mod grid;
mod joined;
mod traps;

use super::RoadNetwork;
use ends::Ends;
use grid::Grid;
use joined::Parts;
use lifering_base::frame::{Frame, LonLat};
use lifering_base::records::Road;

pub use joined::Cohesion;
pub use traps::OneWayTraps;

/// Examples kept of each finding.
const EXAMPLES: usize = 3;

/// Places of one kind of finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// How many there are.
    pub count: usize,
    /// The first of them.
    pub examples: Vec<LonLat>,
}

impl Places {
    fn of(places: impl ExactSizeIterator<Item = LonLat>) -> Self {
        Self { count: places.len(), examples: places.take(EXAMPLES).collect() }
    }
}

/// How far one looks for what might be joined.
#[derive(Clone, Copy, Debug)]
pub struct Reaches {
    /// Dead ends this near to another road are told, metres.
    pub near_miss_m: f64,
    /// Dead ends this near are joined to see what that would change, metres.
    pub snap_m: f64,
}

/// What was found in a network.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// How it hangs together.
    pub as_it_is: Cohesion,
    /// How it would with dead ends joined to what is near.
    pub snapped: Cohesion,
    /// How it would with crossings of one level as junctions.
    pub split: Cohesion,
    /// Junctions from or to which one-way streets leave no way.
    pub one_way_traps: OneWayTraps,
    /// Dead ends with another road near that they do not join.
    pub near_misses: Places,
    /// Places where two roads on one level cross without a common vertex.
    pub crossings: Places,
}

/// Looks a network over; `roads` are those it was built from.
pub fn diagnose(network: &RoadNetwork, roads: &[Road], frame: &Frame, reaches: Reaches) -> Diagnosis {
    let (grid, (parts, one_way_traps)) = rayon::join(
        || Grid::new(network),
        || {
            let parts = Parts::new(network);
            let traps = traps::one_way_traps(network, &parts);
            (parts, traps)
        },
    );
    let (crossed, ends) = rayon::join(
        || crossings::find(network, &grid, roads, frame),
        || Ends::new(network, &grid, reaches.near_miss_m.max(reaches.snap_m)),
    );
    let (snapped, split) =
        rayon::join(|| parts.snapped(&ends, &grid, roads, frame, reaches.snap_m), || parts.split(&crossed));
    Diagnosis {
        as_it_is: parts.cohesion(),
        snapped,
        split,
        one_way_traps,
        near_misses: ends.near_misses(network, &grid, reaches.near_miss_m),
        crossings: crossings::places(&crossed),
    }
}

/// Places where two roads on one level cross without a common vertex.
pub fn crossings(network: &RoadNetwork, roads: &[Road], frame: &Frame) -> Places {
    crossings::places(&crossings::find(network, &Grid::new(network), roads, frame))
}

#[cfg(test)]
mod tests;

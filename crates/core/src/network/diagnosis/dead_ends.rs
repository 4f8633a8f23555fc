//! Dead ends near a road that they do not join.
//!
//! In: a network and its spatial hash. Out: [`DeadEnds`], in the order of the links.

use super::super::index::{self, project};
use super::super::{LinkId, NodeId, PointId, RoadNetwork};
use super::FindingPlaces;
use super::spatial_hash::SpatialHash;
use geo::Coord;
use rayon::prelude::*;

/// An end of a link at a junction of degree one that nothing has cut on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DeadEnd {
    /// The link.
    pub(super) link: LinkId,
    /// Its end point.
    pub(super) point: PointId,
    /// The point next to it.
    pub(super) inner: PointId,
}

impl DeadEnd {
    /// The last segment towards the dead end.
    pub(super) fn segment(self) -> PointId {
        self.point.min(self.inner)
    }
}

/// The dead ends near another road.
pub(super) struct DeadEnds {
    /// Indexed by junction: its degree.
    uses: Vec<u32>,
    /// In the order of the links.
    pub(super) near: Vec<DeadEnd>,
}

impl DeadEnds {
    /// The dead ends within `reach_m` of another road.
    pub(super) fn new(network: &RoadNetwork, hash: &SpatialHash, reach_m: f64) -> Self {
        let mut uses = vec![0_u32; network.junction_count];
        for link in &network.links {
            uses[link.from as usize] += 1;
            uses[link.to as usize] += 1;
        }
        let near = network
            .links
            .par_iter()
            .enumerate()
            .flat_map_iter(|(id, link)| {
                let both = [(link.from, link.first, link.first + 1), (link.to, link.last, link.last.saturating_sub(1))];
                let end = move |(_, point, inner)| DeadEnd { link: id as LinkId, point, inner };
                let dead = |node: &NodeId| uses[*node as usize] == 1 && !network.cut_ends.contains(node);
                both.into_iter().filter(move |(node, ..)| dead(node)).map(end)
            })
            .filter(|end| misses(network, hash, *end, reach_m))
            .collect();
        Self { uses, near }
    }

    /// Those within `reach_m`, which must not exceed the distance given to [`Self::new`].
    pub(super) fn near_misses(&self, network: &RoadNetwork, hash: &SpatialHash, reach_m: f64) -> FindingPlaces {
        let missed: Vec<DeadEnd> =
            self.near.iter().copied().filter(|end| misses(network, hash, *end, reach_m)).collect();
        FindingPlaces::of(missed.into_iter().map(|end| network.lon_lat(end.point)))
    }

    /// The dead end at a point of a link; `None` if there is none.
    pub(super) fn at(&self, network: &RoadNetwork, point: PointId) -> Option<DeadEnd> {
        let link = network.link_of[point as usize];
        let ends = &network.links[link as usize];
        let (node, inner) = match point {
            p if p == ends.first => (ends.from, p + 1),
            p if p == ends.last => (ends.to, p - 1),
            _ => return None,
        };
        (self.uses[node as usize] == 1).then_some(DeadEnd { link, point, inner })
    }
}

/// Distance of a place from a segment, metres.
pub(super) fn distance_m(network: &RoadNetwork, place: Coord<f64>, segment: PointId) -> f64 {
    let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
    index::distance_m(a + (b - a) * project(place, a, b), place)
}

/// Whether another road lies within `reach_m` of a dead end. A stub no longer than `reach_m` is near the roads it
/// starts from; those do not count.
fn misses(network: &RoadNetwork, hash: &SpatialHash, end: DeadEnd, reach_m: f64) -> bool {
    let here = network.xy[end.point as usize];
    let own = network.links[end.link as usize];
    let mut found = false;
    hash.near(here, reach_m, |segment| {
        let link = network.link_of[segment as usize];
        if found || link == end.link || distance_m(network, here, segment) > reach_m {
            return;
        }
        let other = network.links[link as usize];
        let meets = [own.from, own.to].iter().any(|node| [other.from, other.to].contains(node));
        let length_m: f32 = network.length_m[own.first as usize..own.last as usize].iter().sum();
        found |= !(meets && f64::from(length_m) <= reach_m);
    });
    found
}

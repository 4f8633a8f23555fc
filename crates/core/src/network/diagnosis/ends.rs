//! Dead ends, and what lies near them that they do not join.
//!
//! In: a network and its grid. Out: [`Ends`]: the dead ends with another road near, in the order of the links.

use super::super::index::project;
use super::super::{LinkId, PointId, RoadNetwork};
use super::Places;
use super::grid::Grid;
use geo::Coord;
use rayon::prelude::*;

/// Where a link ends and no other begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// The link.
    pub(super) link: LinkId,
    /// Its point there.
    pub(super) point: PointId,
    /// The point before.
    pub(super) inner: PointId,
}

impl End {
    /// The segment that ends there, by its first point.
    pub(super) fn segment(self) -> PointId {
        self.point.min(self.inner)
    }
}

/// The dead ends with another road near.
pub(super) struct Ends {
    /// By junction: how many ends of links meet there.
    uses: Vec<u32>,
    /// In the order of the links.
    pub(super) near: Vec<End>,
}

impl Ends {
    /// Those within `reach_m` of another road.
    pub(super) fn new(network: &RoadNetwork, grid: &Grid, reach_m: f64) -> Self {
        let mut uses = vec![0_u32; network.node_count];
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
                let end = move |(_, point, inner)| End { link: id as LinkId, point, inner };
                both.into_iter().filter(|(node, ..)| uses[*node as usize] == 1).map(end)
            })
            .filter(|end| misses(network, grid, *end, reach_m))
            .collect();
        Self { uses, near }
    }

    /// Those within `reach_m`, which is at most the distance they were looked for in.
    pub(super) fn near_misses(&self, network: &RoadNetwork, grid: &Grid, reach_m: f64) -> Places {
        let missed: Vec<End> = self.near.iter().copied().filter(|end| misses(network, grid, *end, reach_m)).collect();
        Places::of(missed.into_iter().map(|end| network.lon_lat(end.point)))
    }

    /// The dead end of a link at one of its points, where it has one there.
    pub(super) fn at(&self, network: &RoadNetwork, point: PointId) -> Option<End> {
        let link = network.link_of[point as usize];
        let ends = &network.links[link as usize];
        let (node, inner) = match point {
            p if p == ends.first => (ends.from, p + 1),
            p if p == ends.last => (ends.to, p - 1),
            _ => return None,
        };
        (self.uses[node as usize] == 1).then_some(End { link, point, inner })
    }
}

/// Distance of a place from a segment, metres.
pub(super) fn distance_m(network: &RoadNetwork, place: Coord<f64>, segment: PointId) -> f64 {
    let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
    let apart = a + (b - a) * project(place, a, b) - place;
    apart.x.hypot(apart.y)
}

/// Whether another road lies within `reach_m` of a dead end. A stub no longer than that lies near the roads it starts from.
fn misses(network: &RoadNetwork, grid: &Grid, end: End, reach_m: f64) -> bool {
    let here = network.xy[end.point as usize];
    let own = network.links[end.link as usize];
    let mut found = false;
    grid.near(here, reach_m, |segment| {
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

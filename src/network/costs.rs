//! How long each piece of a network takes under one profile.
//!
//! In: a network and the speed of each road. Out: [`Costs`]: cumulative milliseconds along every link, and the directed
//! graph of junctions as a `petgraph` compressed sparse row, whose plain slices the search runs over.

use super::{Link, NodeId, RoadNetwork};
use crate::inputs::roads::Road;
use crate::inputs::settings::Drive;
use petgraph::Directed;
use petgraph::csr::Csr;
use rayon::prelude::*;

/// Which speed applies to a road.
#[derive(Clone, Debug)]
pub enum Speeds<'a> {
    /// Driving: own speed, posted limit, class, default, with the period's factor (definitions.md section 2).
    Drive(&'a Drive),
    /// The same everywhere, metres a second. With 1 m/s milliseconds are millimetres: how network lengths are measured.
    Uniform(f64),
}

impl Speeds<'_> {
    /// # Units
    /// Metres a second, the period's factor included.
    fn metres_a_second(&self, road: &Road) -> f64 {
        match self {
            Self::Uniform(speed) => *speed,
            Self::Drive(drive) => road.drive_kmh(drive) / 3.6 / drive.period_factor(),
        }
    }
}

/// Times along a network under one profile.
#[derive(Debug)]
pub struct Costs {
    /// For every point the time from the first point of its link, milliseconds.
    pub along_ms: Vec<u32>,
    /// Junctions; the weight of an edge is the time of the fastest link between the two.
    pub graph: Csr<(), u32, Directed, NodeId>,
    /// The longest edge, milliseconds.
    pub longest_ms: u32,
}

impl Costs {
    /// Times of every link. Any segment takes at least a millisecond; sums are rounded at each vertex, not each piece,
    /// so that rounding does not add up.
    pub fn new(network: &RoadNetwork, roads: &[Road], speeds: &Speeds<'_>) -> Self {
        let speed_of: Vec<f64> = roads.par_iter().map(|road| speeds.metres_a_second(road)).collect();
        let mut along_ms = vec![0_u32; network.xy.len()];
        let mut rest = along_ms.as_mut_slice();
        let mut slices = Vec::with_capacity(network.links.len());
        for link in &network.links {
            let (mine, others) = rest.split_at_mut((link.last - link.first + 1) as usize);
            slices.push((link, mine));
            rest = others;
        }
        slices.into_par_iter().for_each(|(link, along)| {
            let mut seconds = 0.0;
            for i in 1..along.len() {
                let point = link.first as usize + i - 1;
                seconds += f64::from(network.length_m[point]) / speed_of[network.road[point] as usize];
                along[i] = ((seconds * 1000.0).round() as u32).max(along[i - 1].saturating_add(1));
            }
        });
        let mut edges: Vec<(NodeId, NodeId, u32)> = network
            .links
            .iter()
            .filter(|link| link.from != link.to)
            .flat_map(|link| {
                let ms = along_ms[link.last as usize];
                let there = link.forward.then_some((link.from, link.to, ms));
                let back = link.backward.then_some((link.to, link.from, ms));
                there.into_iter().chain(back)
            })
            .collect();
        edges.par_sort_unstable();
        edges.dedup_by_key(|(from, to, _)| (*from, *to));
        let longest_ms = edges.iter().map(|e| e.2).max().unwrap_or(1);
        let mut graph = Csr::from_sorted_edges(&edges).unwrap_or_default();
        while graph.node_count() < network.node_count {
            graph.add_node(());
        }
        Self { along_ms, graph, longest_ms }
    }

    /// Time of a whole link.
    pub fn link_ms(&self, link: &Link) -> u32 {
        self.along_ms[link.last as usize]
    }
}

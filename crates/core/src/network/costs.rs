//! Travel times along a network for one profile.
//!
//! In: a network and the speed of each road. Out: [`Costs`]: cumulative milliseconds along every link, and the
//! directed graph of junctions that searches run over.

use super::{JunctionGraph, Link, NodeId, RoadNetwork};
use lifering_base::parameters::Drive;
use lifering_base::records::Road;
use rayon::prelude::*;

/// Speed model of a profile.
#[derive(Clone, Debug)]
pub enum Speeds<'a> {
    /// Driving: own speed, posted limit, class, default, with the period's factor (definitions.md section 2).
    Drive(&'a Drive),
    /// One speed everywhere, metres a second. At 1 m/s milliseconds are millimetres, which measures network lengths.
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

/// Travel times along a network for one profile.
#[derive(Debug)]
pub struct Costs {
    /// Indexed by point: time from the first point of its link, milliseconds.
    pub along_ms: Vec<u32>,
    /// Graph of junctions; the weight of an edge is the time of the fastest link between the two.
    pub graph: JunctionGraph,
    /// Longest edge, milliseconds; 1 if there is none.
    pub longest_ms: u32,
}

/// Links of one task.
const LINKS_AT_ONCE: usize = 1 << 12;

impl Costs {
    /// Times of every link. A segment takes at least a millisecond. Cumulative times are rounded at each vertex, so
    /// that rounding errors do not add up.
    pub fn new(network: &RoadNetwork, roads: &[Road], speeds: &Speeds<'_>) -> Self {
        let speed_of: Vec<f64> = roads.par_iter().map(|road| speeds.metres_a_second(road)).collect();
        let mut along_ms = vec![0_u32; network.xy.len()];
        let mut rest = along_ms.as_mut_slice();
        let mut runs = Vec::with_capacity(network.links.len() / LINKS_AT_ONCE + 1);
        for links in network.links.chunks(LINKS_AT_ONCE) {
            let points = links.iter().map(|link| (link.last - link.first + 1) as usize).sum();
            let (mine, others) = rest.split_at_mut(points);
            runs.push((links, mine));
            rest = others;
        }
        runs.into_par_iter().for_each(|(links, mut along)| {
            for link in links {
                let (mine, others) = along.split_at_mut((link.last - link.first + 1) as usize);
                along_link(network, link, &speed_of, mine);
                along = others;
            }
        });
        let mut edges: Vec<(NodeId, NodeId, u32)> = Vec::with_capacity(network.edges.len());
        for edge in &network.edges {
            let ms = along_ms[network.links[edge.link as usize].last as usize];
            match edges.last_mut() {
                Some((from, to, least)) if (*from, *to) == (edge.from, edge.to) => *least = ms.min(*least),
                _ => edges.push((edge.from, edge.to, ms)),
            }
        }
        let longest_ms = edges.iter().map(|e| e.2).max().unwrap_or(1);
        let graph = JunctionGraph::new(network.node_count, &edges);
        Self { along_ms, graph, longest_ms }
    }

    /// Time of a whole link, milliseconds.
    pub fn link_ms(&self, link: &Link) -> u32 {
        self.along_ms[link.last as usize]
    }
}

/// Cumulative times of the points of a link, milliseconds from its first point.
fn along_link(network: &RoadNetwork, link: &Link, speed_of: &[f64], along: &mut [u32]) {
    let mut seconds = 0.0;
    for i in 1..along.len() {
        let point = link.first as usize + i - 1;
        seconds += f64::from(network.length_m[point]) / speed_of[network.road[point] as usize];
        along[i] = ((seconds * 1000.0).round() as u32).max(along[i - 1].saturating_add(1));
    }
}

//! Travel times along a network for one profile.
//!
//! In: a network and the speed of each road. Out: [`Costs`]: cumulative milliseconds along every link, and the
//! directed graph of junctions that searches run over.

use super::{JunctionGraph, Link, NodeId, RoadNetwork};
use lifering_base::parameters::Drive;
use lifering_base::records::Road;
use lifering_base::records::road_class::RoadClass;
use rayon::prelude::*;
use std::collections::BTreeMap;

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
    /// Metres a second, the period's factor included; ferries keep their timetable in every period.
    fn metres_a_second(&self, road: &Road) -> f64 {
        match self {
            Self::Uniform(speed) => *speed,
            Self::Drive(drive) if road.class == RoadClass::Ferry => road.drive_kmh(drive) / 3.6,
            Self::Drive(drive) => road.drive_kmh(drive) / 3.6 / drive.period_factor(),
        }
    }

    /// The ferries for which this profile waits; `None` if there are none.
    fn ferries(&self, roads: &[Road]) -> Option<Ferries> {
        let Self::Drive(drive) = self else { return None };
        let is_ferry: Vec<bool> = roads.iter().map(|road| road.class == RoadClass::Ferry).collect();
        (drive.ferries && is_ferry.contains(&true)).then_some(Ferries { is_ferry, wait_s: drive.ferry_wait_s })
    }
}

/// Travel times along a network for one profile.
#[derive(Debug)]
pub struct Costs {
    /// Indexed by point: time from the first point of its link, milliseconds.
    pub along_ms: Vec<u32>,
    /// Graph of the network's nodes; the weight of an edge is the time of the fastest link between the two, with the delay
    /// at the junction that it leaves.
    pub graph: JunctionGraph,
    /// By junction: time that passing it costs, milliseconds. Only those that cost any.
    delays_ms: BTreeMap<NodeId, u32>,
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
        let ferries = speeds.ferries(roads);
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
                along_link(network, link, &speed_of, ferries.as_ref(), mine);
                along = others;
            }
        });
        let none = BTreeMap::new();
        let delays_ms = if matches!(speeds, Speeds::Drive(_)) { &network.delays_ms } else { &none };
        let mut edges: Vec<(NodeId, NodeId, u32)> = Vec::with_capacity(network.edges.len());
        for edge in &network.edges {
            let ms = along_ms[network.links[edge.link as usize].last as usize];
            let ms = ms.saturating_add(delay_at(delays_ms, network.junction(edge.from)));
            match edges.last_mut() {
                Some((from, to, least)) if (*from, *to) == (edge.from, edge.to) => *least = ms.min(*least),
                _ => edges.push((edge.from, edge.to, ms)),
            }
        }
        let longest_ms = edges.iter().map(|e| e.2).max().unwrap_or(1);
        let graph = JunctionGraph::new(network.node_count(), &edges);
        Self { along_ms, graph, delays_ms: delays_ms.clone(), longest_ms }
    }

    /// Time that going on from a junction costs, milliseconds.
    #[inline]
    pub fn delay_ms(&self, junction: NodeId) -> u32 {
        delay_at(&self.delays_ms, junction)
    }

    /// Time of a whole link, milliseconds.
    pub fn link_ms(&self, link: &Link) -> u32 {
        self.along_ms[link.last as usize]
    }
}

#[inline]
fn delay_at(delays_ms: &BTreeMap<NodeId, u32>, junction: NodeId) -> u32 {
    if delays_ms.is_empty() { 0 } else { delays_ms.get(&junction).copied().unwrap_or(0) }
}

/// Ferries among the roads.
struct Ferries {
    /// Indexed by road.
    is_ferry: Vec<bool>,
    wait_s: f64,
}

/// Cumulative times of the points of a link, milliseconds from its first point. Whoever takes a ferry waits once for each
/// stretch of ferry; nobody leaves a ferry on the way, so that it does not matter where along it.
fn along_link(network: &RoadNetwork, link: &Link, speed_of: &[f64], ferries: Option<&Ferries>, along: &mut [u32]) {
    let mut seconds = 0.0;
    let mut aboard = false;
    for i in 1..along.len() {
        let point = link.first as usize + i - 1;
        let road = network.road[point] as usize;
        if let Some(ferries) = ferries {
            if ferries.is_ferry[road] && !aboard {
                seconds += ferries.wait_s;
            }
            aboard = ferries.is_ferry[road];
        }
        seconds += f64::from(network.length_m[point]) / speed_of[road];
        along[i] = ((seconds * 1000.0).round() as u32).max(along[i - 1].saturating_add(1));
    }
}

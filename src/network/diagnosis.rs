//! What looks wrong in a network: places where roads seem to meet but do not, and where one cannot turn back.
//!
//! In: a network, or the roads it is built from. Out: counts and places. Nothing is changed.

use super::build::BuildSettings;
use super::index::project;
use super::noding::crossing_places;
use super::segments::{Polyline, polylines};
use super::{PointId, RoadNetwork};
use crate::frame::{Frame, LonLat};
use crate::inputs::roads::Road;
use geo::Coord;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::unionfind::UnionFind;

/// Roads that can be entered or left one way only.
#[derive(Clone, Debug, Default)]
pub struct OneWayTraps {
    /// Junctions in the largest connected part that cannot be both reached from and left for its main part.
    pub junctions: usize,
    /// Length of the roads that touch them, metres.
    pub length_m: f64,
    /// Where the first of them are.
    pub examples: Vec<LonLat>,
}

/// Examples kept of each finding.
const EXAMPLES: usize = 3;

/// Junctions from which, or to which, one-way streets leave no way.
pub fn one_way_traps(network: &RoadNetwork) -> OneWayTraps {
    let mut graph: DiGraph<(), (), u32> = DiGraph::with_capacity(network.node_count, network.links.len() * 2);
    for _ in 0..network.node_count {
        graph.add_node(());
    }
    let mut connected = UnionFind::<u32>::new(network.node_count);
    for link in &network.links {
        connected.union(link.from, link.to);
        let (from, to) = (NodeIndex::from(link.from), NodeIndex::from(link.to));
        if link.forward {
            graph.add_edge(from, to, ());
        }
        if link.backward {
            graph.add_edge(to, from, ());
        }
    }
    let parts = kosaraju_scc(&graph);
    let Some(main) = parts.iter().max_by_key(|part| (part.len(), std::cmp::Reverse(part.iter().min()))) else {
        return OneWayTraps::default();
    };
    let mut trapped = vec![false; network.node_count];
    let root = connected.find(main[0].index() as u32);
    for node in 0..network.node_count as u32 {
        trapped[node as usize] = connected.find(node) == root;
    }
    for node in main {
        trapped[node.index()] = false;
    }
    let mut out = OneWayTraps { junctions: trapped.iter().filter(|t| **t).count(), ..OneWayTraps::default() };
    for link in &network.links {
        let ends = [(link.from, link.first), (link.to, link.last)];
        if ends.iter().any(|(node, _)| trapped[*node as usize]) {
            out.length_m +=
                network.length_m[link.first as usize..link.last as usize].iter().map(|l| f64::from(*l)).sum::<f64>();
        }
        for (_, point) in ends.iter().filter(|(node, _)| trapped[*node as usize]) {
            let place = network.lon_lat(*point);
            if out.examples.len() < EXAMPLES && !out.examples.contains(&place) {
                out.examples.push(place);
            }
        }
    }
    out
}

/// Places of one kind of finding.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// How many there are.
    pub count: usize,
    /// The first of them.
    pub examples: Vec<LonLat>,
}

impl Places {
    fn add(&mut self, place: LonLat) {
        self.count += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(place);
        }
    }
}

/// Dead ends with another road within `reach_m` that they do not join.
pub fn near_misses(network: &RoadNetwork, reach_m: f64) -> Places {
    let mut uses = vec![0_u32; network.node_count];
    for link in &network.links {
        uses[link.from as usize] += 1;
        uses[link.to as usize] += 1;
    }
    let mut out = Places::default();
    for link in &network.links {
        for (node, point) in [(link.from, link.first), (link.to, link.last)] {
            if uses[node as usize] == 1 && another_road_near(network, point, reach_m) {
                out.add(network.lon_lat(point));
            }
        }
    }
    out
}

fn another_road_near(network: &RoadNetwork, end: PointId, reach_m: f64) -> bool {
    let here = network.xy[end as usize];
    let mut found = false;
    network.index.near(here, reach_m, |segment| {
        if network.link_of[segment as usize] == network.link_of[end as usize] {
            return;
        }
        let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
        let foot: Coord<f64> = a + (b - a) * project(here, a, b);
        found |= (foot - here).x.hypot((foot - here).y) <= reach_m;
    });
    found
}

/// Places where two roads on the same level cross without a common vertex.
pub fn crossings(roads: &[Road], frame: &Frame, settings: &BuildSettings<'_>) -> Places {
    let polylines: Vec<Polyline> = polylines(roads, frame, settings, &[settings.usage]);
    let mut out = Places::default();
    for place in crossing_places(&polylines, roads, frame) {
        out.add(place);
    }
    out
}

//! Junctions that one-way streets cut off in one direction.
//!
//! In: a network. Out: [`OneWayTraps`]. Junctions joined by two-way roads are strongly connected, so that only the
//! one-way roads between such groups are searched (Tarjan 1972).

use super::super::RoadNetwork;
use super::EXAMPLES;
use super::components::Components;
use lifering_base::frame::LonLat;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::unionfind::UnionFind;

/// Junctions outside the main strongly connected component.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OneWayTraps {
    /// Number of junctions in the main component's connected part that are not both reachable from it and able to
    /// reach it.
    pub junctions: usize,
    /// Length of the links that touch them, metres.
    pub length_m: f64,
    /// The first of them, at most three.
    pub examples: Vec<LonLat>,
}

/// Finds the junctions that one-way streets cut off in one direction.
pub(super) fn one_way_traps(network: &RoadNetwork, components: &Components<'_>) -> OneWayTraps {
    let mut groups = UnionFind::<u32>::new(network.node_count);
    for link in network.links.iter().filter(|l| l.forward && l.backward) {
        groups.union(link.from, link.to);
    }
    let groups = groups.into_labeling();
    let main = main_component(network, &groups);
    let Some(first) = main.iter().position(|m| *m) else { return OneWayTraps::default() };
    let trapped = |node: u32| !main[node as usize] && components.connected(node, first as u32);
    let junctions = (0..network.node_count as u32).filter(|node| trapped(*node)).count();
    let mut out = OneWayTraps { junctions, ..OneWayTraps::default() };
    if out.junctions == 0 {
        return out;
    }
    for link in &network.links {
        let ends = [(link.from, link.first), (link.to, link.last)];
        if ends.iter().any(|(node, _)| trapped(*node)) {
            let lengths = &network.length_m[link.first as usize..link.last as usize];
            out.length_m += lengths.iter().map(|l| f64::from(*l)).sum::<f64>();
        }
        for (_, point) in ends.iter().filter(|(node, _)| trapped(*node)) {
            let place = network.lon_lat(*point);
            if out.examples.len() < EXAMPLES && !out.examples.contains(&place) {
                out.examples.push(place);
            }
        }
    }
    out
}

/// Indexed by junction: whether it lies in the strongly connected component with most junctions.
fn main_component(network: &RoadNetwork, groups: &[u32]) -> Vec<bool> {
    let mut sizes = vec![0_usize; network.node_count];
    for group in groups {
        sizes[*group as usize] += 1;
    }
    let mut graph: DiGraph<u32, (), u32> = DiGraph::new();
    let mut index_of: Vec<Option<NodeIndex<u32>>> = vec![None; network.node_count];
    for link in network.links.iter().filter(|l| l.forward != l.backward) {
        let [from, to] = [link.from, link.to].map(|node| {
            let group = groups[node as usize];
            *index_of[group as usize].get_or_insert_with(|| graph.add_node(group))
        });
        if link.forward {
            graph.add_edge(from, to, ());
        } else {
            graph.add_edge(to, from, ());
        }
    }
    let together = tarjan_scc(&graph).into_iter().map(|part| part.into_iter().map(|i| graph[i]).collect::<Vec<_>>());
    let alone = (0..network.node_count as u32)
        .filter(|group| sizes[*group as usize] > 0 && index_of[*group as usize].is_none())
        .map(|group| vec![group]);
    let size = |part: &[u32]| part.iter().map(|group| sizes[*group as usize]).sum::<usize>();
    let most = together
        .chain(alone)
        .max_by_key(|part| (size(part), std::cmp::Reverse(part.iter().min().copied())))
        .unwrap_or_default();
    let mut of_main = vec![false; network.node_count];
    for group in most {
        of_main[group as usize] = true;
    }
    groups.iter().map(|group| of_main[*group as usize]).collect()
}

//! The largest part of a network in which every place can be driven to from every other.
//!
//! In: a network. Out: its strongly connected components, and the longest of them as [`MainPart`]. Junctions joined by
//! two-way roads are strongly connected, so that only the one-way roads between such groups are searched (Tarjan 1972).
//! Turn restrictions are left out of account.

use super::{LinkId, RoadNetwork};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::unionfind::UnionFind;

/// The longest strongly connected component.
#[derive(Debug, Default)]
pub struct MainPart {
    /// Indexed by junction: whether it belongs to it.
    of_junction: Vec<bool>,
    /// Length of the links with both ends in it, metres.
    pub length_m: f64,
}

impl MainPart {
    pub(super) fn of(network: &RoadNetwork) -> Self {
        let label = strong_components(network);
        let mut length_m = vec![0.0; network.junction_count];
        for link in network.links.iter().filter(|link| label[link.from as usize] == label[link.to as usize]) {
            length_m[label[link.from as usize] as usize] += network.link_m(link);
        }
        let longest = (0..length_m.len()).reduce(|a, b| if length_m[b] > length_m[a] { b } else { a });
        let Some(longest) = longest else { return Self::default() };
        let of_junction = label.iter().map(|of| *of as usize == longest).collect();
        Self { of_junction, length_m: length_m[longest] }
    }

    /// Whether a link has both ends in it.
    pub fn contains(&self, network: &RoadNetwork, link: LinkId) -> bool {
        let link = &network.links[link as usize];
        self.of_junction[link.from as usize] && self.of_junction[link.to as usize]
    }
}

/// Indexed by junction: the smallest junction of its strongly connected component.
pub(super) fn strong_components(network: &RoadNetwork) -> Vec<u32> {
    let mut groups = UnionFind::<u32>::new(network.junction_count);
    for link in network.links.iter().filter(|l| l.forward && l.backward) {
        groups.union(link.from, link.to);
    }
    let groups = groups.into_labeling();
    let mut graph: DiGraph<u32, (), u32> = DiGraph::new();
    let mut index_of: Vec<Option<NodeIndex<u32>>> = vec![None; network.junction_count];
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
    // By group: the component's first group; a group that no one-way road touches is its own.
    let mut part_of: Vec<u32> = (0..network.junction_count as u32).collect();
    for part in tarjan_scc(&graph) {
        let groups = || part.iter().map(|i| graph[*i]);
        if let Some(first) = groups().min() {
            groups().for_each(|group| part_of[group as usize] = first);
        }
    }
    let part_of_junction: Vec<u32> = groups.iter().map(|group| part_of[*group as usize]).collect();
    // The label of a group need not be its smallest junction.
    let mut smallest = vec![u32::MAX; network.junction_count];
    for (junction, part) in part_of_junction.iter().enumerate() {
        let slot = &mut smallest[*part as usize];
        *slot = (*slot).min(junction as u32);
    }
    part_of_junction.iter().map(|part| smallest[*part as usize]).collect()
}

//! What a search must remember of the way it came.
//!
//! In: links and forbidden sequences of them. Out: [`TurnStates`]: extra nodes, each standing for a junction reached over
//! the beginning of a forbidden sequence, and the edges between all nodes. As in string search with many words (Aho and
//! Corasick 1975), a node stands for the longest such beginning that the way just driven ends with.

use super::super::{DirectedEdge, Link, LinkId, NodeId};
use std::collections::{BTreeMap, BTreeSet};

/// A link with the direction in which it is travelled: true from its first point to its last.
pub(in super::super) type DirectedLink = (LinkId, bool);

/// The extra nodes of a network with turn restrictions; empty for one without.
#[derive(Debug, Default)]
pub(in super::super) struct TurnStates {
    /// Number of junctions; extra nodes are numbered from here.
    junctions: usize,
    /// Indexed by extra node: its junction.
    junction_of: Vec<NodeId>,
    /// Junction and extra node, sorted.
    at: Vec<(NodeId, NodeId)>,
    /// By directed link: the extra node that travel over it ends at, if it is the beginning of a forbidden sequence.
    heads: BTreeMap<DirectedLink, NodeId>,
    /// By directed link: the extra nodes of its first junction from which it may be travelled.
    departures: BTreeMap<DirectedLink, Vec<NodeId>>,
    /// Edges that leave extra nodes.
    edges: Vec<DirectedEdge>,
}

impl TurnStates {
    /// The states that keep a search off `forbidden` sequences, each of at least two links.
    pub(in super::super) fn new(junctions: usize, links: &[Link], forbidden: &BTreeSet<Vec<DirectedLink>>) -> Self {
        if forbidden.is_empty() {
            return Self { junctions, ..Self::default() };
        }
        let beginnings: BTreeSet<&[DirectedLink]> =
            forbidden.iter().flat_map(|path| (1..path.len()).map(|n| &path[..n])).collect();
        let node_of: BTreeMap<&[DirectedLink], NodeId> =
            beginnings.iter().enumerate().map(|(at, path)| (*path, (junctions + at) as NodeId)).collect();
        let end = |(link, forward): DirectedLink| {
            let link = &links[link as usize];
            if forward { link.to } else { link.from }
        };
        let junction_of: Vec<NodeId> =
            beginnings.iter().filter_map(|path| path.last()).map(|last| end(*last)).collect();
        let leaving = links_leaving(&junction_of, links);
        let mut states = Self { junctions, ..Self::default() };
        let mut travelled: Vec<DirectedLink> = Vec::new();
        for (path, node) in &node_of {
            let junction = junction_of[*node as usize - junctions];
            for way in leaving.get(&junction).into_iter().flatten() {
                travelled.clear();
                travelled.extend_from_slice(path);
                travelled.push(*way);
                let mut endings = (0..travelled.len()).map(|from| &travelled[from..]);
                if endings.clone().any(|ending| forbidden.contains(ending)) {
                    continue;
                }
                let remembered = endings.find_map(|ending| node_of.get(ending));
                let to = remembered.copied().unwrap_or_else(|| end(*way));
                states.edges.push(DirectedEdge { from: *node, to, link: way.0 });
                states.departures.entry(*way).or_default().push(*node);
            }
        }
        states.heads =
            node_of.iter().filter(|(path, _)| path.len() == 1).map(|(path, node)| (path[0], *node)).collect();
        states.at =
            junction_of.iter().enumerate().map(|(at, junction)| (*junction, (junctions + at) as NodeId)).collect();
        states.at.sort_unstable();
        states.junction_of = junction_of;
        states
    }

    /// Number of junctions and extra nodes.
    pub(in super::super) fn node_count(&self) -> usize {
        self.junctions + self.junction_of.len()
    }

    /// The junction of a node.
    pub(in super::super) fn junction(&self, node: NodeId) -> NodeId {
        (node as usize).checked_sub(self.junctions).map_or(node, |at| self.junction_of[at])
    }

    /// The extra node that travel over a link ends at; `None` if it ends at the junction itself.
    pub(in super::super) fn head(&self, way: DirectedLink) -> Option<NodeId> {
        self.heads.get(&way).copied()
    }

    /// The extra nodes from which a link may be travelled, beside its junction.
    pub(in super::super) fn departures(&self, way: DirectedLink) -> &[NodeId] {
        self.departures.get(&way).map_or(&[], Vec::as_slice)
    }

    /// The extra nodes of a junction.
    pub(in super::super) fn at(&self, junction: NodeId) -> impl Iterator<Item = NodeId> {
        let first = self.at.partition_point(|(at, _)| *at < junction);
        self.at[first..].iter().take_while(move |(at, _)| *at == junction).map(|(_, node)| *node)
    }

    /// The edges that leave extra nodes, ordered by the nodes they lead from and to.
    pub(in super::super) fn edges(&self) -> Vec<DirectedEdge> {
        let mut edges = self.edges.clone();
        edges.sort_unstable_by_key(|edge| (edge.from, edge.to, edge.link));
        edges
    }
}

/// The directed links that leave some junctions, ascending.
fn links_leaving(junctions: &[NodeId], links: &[Link]) -> BTreeMap<NodeId, Vec<DirectedLink>> {
    let mut leaving: BTreeMap<NodeId, Vec<DirectedLink>> =
        junctions.iter().map(|junction| (*junction, Vec::new())).collect();
    for (id, link) in links.iter().enumerate() {
        for (junction, forward, permitted) in [(link.from, true, link.forward), (link.to, false, link.backward)] {
            if let Some(ways) = leaving.get_mut(&junction).filter(|_| permitted) {
                ways.push((id as LinkId, forward));
            }
        }
    }
    leaving
}

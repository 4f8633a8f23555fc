//! The roads on somebody's quickest way.
//!
//! In: standing arrivals and places. Out: a set of links that holds, for every place, one quickest way whole: closing any
//! other link makes nobody later.

use super::StandingAccess;
use crate::network::{LinkId, NodeId};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

impl StandingAccess {
    /// The links of one quickest way to each place, with all links that meet at the last junction of it, ascending.
    pub fn links_on_the_way(&self, places: impl IntoIterator<Item = u32>) -> BTreeSet<LinkId> {
        let mut links: BTreeSet<LinkId> = BTreeSet::new();
        let mut seen: FxHashSet<NodeId> = FxHashSet::default();
        let mut open: Vec<NodeId> = Vec::new();
        for place in places {
            let Some(at) = self.places[place as usize] else { continue };
            let direct = self.direct_at.get(&place).into_iter().flatten().find(|(_, ms)| *ms == at);
            if let Some((start, _)) = direct {
                self.note_entry(*start, &mut links);
                continue;
            }
            let last =
                self.table.over(place).iter().find(|over| {
                    self.nodes[over.node as usize].is_some_and(|there| there.saturating_add(over.ms) == at)
                });
            if let Some(over) = last {
                links.extend(self.surroundings.links_at(self.table.network.junction(over.node)));
                if seen.insert(over.node) {
                    open.push(over.node);
                }
            }
        }
        while let Some(node) = open.pop() {
            let Some(before) = self.before(node, &mut links) else { continue };
            if seen.insert(before) {
                open.push(before);
            }
        }
        links
    }

    /// The node before one on a quickest way to it, with the link between the two noted; `None` where a start enters.
    fn before(&self, node: NodeId, links: &mut BTreeSet<LinkId>) -> Option<NodeId> {
        let (network, costs) = (&self.table.network, &self.table.costs);
        let at = self.nodes[node as usize]?;
        let entered = self.seeds_at.get(&node).into_iter().flatten().find(|(_, ms)| *ms == at);
        if let Some((start, _)) = entered {
            self.note_entry(*start, links);
            return None;
        }
        let graph = &self.surroundings.backwards;
        let edges = graph.neighbors_slice(node).iter().zip(graph.edges_slice(node));
        let (from, ms) = edges
            .filter(|(from, ms)| self.nodes[**from as usize].is_some_and(|there| there.saturating_add(**ms) == at))
            .min_by_key(|(from, _)| **from)?;
        let delay_ms = costs.delay_ms(network.junction(*from));
        let over = network.edges_from(*from).iter().filter(|edge| edge.to == node);
        let over = over.map(|edge| edge.link);
        let takes = |link: &LinkId| costs.link_ms(&network.links[*link as usize]).saturating_add(delay_ms) == *ms;
        links.extend(over.into_iter().find(takes));
        Some(*from)
    }

    fn note_entry(&self, start: u32, links: &mut BTreeSet<LinkId>) {
        let points = &self.starts[start as usize].entries.points;
        links.extend(points.iter().map(|point| self.table.network.link_of[point.segment as usize]));
    }
}

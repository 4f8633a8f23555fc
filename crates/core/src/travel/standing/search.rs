//! Nodes and places whose time an edit changes.
//!
//! In: standing arrivals, starts withdrawn and added, a closure. Out: the changed nodes and places, ascending.

use super::closed::Closed;
use super::{NetworkEntry, StandingAccess, StandingBuffers, direct};
use crate::network::{NodeId, PointId};
use crate::travel::access_table::AccessJunction;
use crate::travel::closure::Closure;
use lifering_base::units::Milliseconds;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::ops::Range;

impl StandingAccess {
    pub(super) fn search_again(
        &self,
        withdrawn: &[u32],
        added: &[NetworkEntry],
        closed: Option<&Closure>,
        buffers: &mut StandingBuffers,
    ) -> Vec<(NodeId, Option<u32>)> {
        self.withdraw(withdrawn, closed, buffers);
        self.search_region(withdrawn, closed, buffers);
        self.improve(added, closed, buffers);
        let mut nodes: Vec<(NodeId, Option<u32>)> =
            buffers.touched.iter().map(|node| (*node, buffers.touched_at(*node))).collect();
        nodes.retain(|(node, at)| self.nodes[*node as usize] != *at);
        nodes.sort_unstable_by_key(|(node, _)| *node);
        nodes
    }

    /// Edges that leave a node, with what they take under a closure.
    fn edges_from<'a>(&'a self, node: NodeId, closed: Option<&'a Closure>) -> impl Iterator<Item = (NodeId, u32)> + 'a {
        let graph = &self.table.costs.graph;
        let edges = graph.neighbors_slice(node).iter().zip(graph.edges_slice(node));
        edges.filter_map(move |(to, ms)| {
            let ms = closed.map_or(Some(*ms), |closed| closed.edge_ms(node, *to, *ms))?;
            Some((*to, ms))
        })
    }

    /// Edges that lead to a node, with what they take under a closure.
    fn edges_to<'a>(&'a self, node: NodeId, closed: Option<&'a Closure>) -> impl Iterator<Item = (NodeId, u32)> + 'a {
        let graph = &self.surroundings.backwards;
        let edges = graph.neighbors_slice(node).iter().zip(graph.edges_slice(node));
        edges.filter_map(move |(from, ms)| {
            let ms = closed.map_or(Some(*ms), |closed| closed.edge_ms(*from, node, *ms))?;
            Some((*from, ms))
        })
    }

    /// What the starts that stay bring to a node, milliseconds.
    fn kept_seeds<'a>(&'a self, node: NodeId, withdrawn: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        let seeds = self.seeds_at.get(&node).into_iter().flatten();
        seeds.filter(|(start, _)| withdrawn.binary_search(start).is_err()).map(|(_, ms)| *ms)
    }

    /// Touches every node whose time nothing that is left brings, and takes its time away. In the order of the times: every
    /// edge takes a millisecond at least, so that whatever may bring a time was settled before.
    fn withdraw(&self, withdrawn: &[u32], closed: Option<&Closure>, buffers: &mut StandingBuffers) {
        for start in withdrawn {
            for (node, arrival) in &self.starts[*start as usize].entry.seeds {
                if self.nodes[*node as usize] == Some(arrival.at.0) {
                    buffers.queue.push(Reverse((arrival.at.0, *node)));
                }
            }
        }
        for (from, to) in closed.into_iter().flat_map(Closure::edges) {
            if self.nodes[from as usize].is_some()
                && let Some(at) = self.nodes[to as usize]
            {
                buffers.queue.push(Reverse((at, to)));
            }
        }
        while let Some(Reverse((at, node))) = buffers.queue.pop() {
            if buffers.is_touched(node) {
                continue;
            }
            let brought = self.kept_seeds(node, withdrawn).any(|ms| ms == at)
                || self.edges_to(node, closed).any(|(from, ms)| {
                    !buffers.is_touched(from)
                        && self.nodes[from as usize].is_some_and(|there| there.saturating_add(ms) == at)
                });
            if brought {
                continue;
            }
            buffers.touch(node, None);
            for (next, ms) in self.edges_from(node, closed) {
                let there = at.saturating_add(ms);
                if self.nodes[next as usize] == Some(there) && !buffers.is_touched(next) {
                    buffers.queue.push(Reverse((there, next)));
                }
            }
        }
    }

    /// Searches the touched region from its border and from the starts inside.
    fn search_region(&self, withdrawn: &[u32], closed: Option<&Closure>, buffers: &mut StandingBuffers) {
        for at in 0..buffers.touched.len() {
            let node = buffers.touched[at];
            let over_border = self.edges_to(node, closed).filter(|(from, _)| !buffers.is_touched(*from));
            let over_border = over_border.filter_map(|(from, ms)| Some(self.nodes[from as usize]?.saturating_add(ms)));
            if let Some(least) = over_border.chain(self.kept_seeds(node, withdrawn)).min() {
                buffers.queue.push(Reverse((least, node)));
            }
        }
        while let Some(Reverse((at, node))) = buffers.queue.pop() {
            if buffers.touched_at(node).is_some_and(|settled| settled <= at) {
                continue;
            }
            buffers.touch(node, Some(at));
            for (next, ms) in self.edges_from(node, closed) {
                let there = at.saturating_add(ms);
                if buffers.is_touched(next) && buffers.touched_at(next).is_none_or(|now| there < now) {
                    buffers.queue.push(Reverse((there, next)));
                }
            }
        }
    }

    /// Searches from what is added, as far as it comes sooner.
    fn improve(&self, added: &[NetworkEntry], closed: Option<&Closure>, buffers: &mut StandingBuffers) {
        for (node, arrival) in added.iter().flat_map(|entry| &entry.seeds) {
            buffers.queue.push(Reverse((arrival.at.0, *node)));
        }
        while let Some(Reverse((at, node))) = buffers.queue.pop() {
            if self.now(node, buffers).is_some_and(|now| now <= at) {
                continue;
            }
            buffers.touch(node, Some(at));
            for (next, ms) in self.edges_from(node, closed) {
                let there = at.saturating_add(ms);
                if self.now(next, buffers).is_none_or(|now| there < now) {
                    buffers.queue.push(Reverse((there, next)));
                }
            }
        }
    }

    #[inline]
    fn now(&self, node: NodeId, buffers: &StandingBuffers) -> Option<u32> {
        if buffers.is_touched(node) { buffers.touched_at(node) } else { self.nodes[node as usize] }
    }

    /// The places that may have another time, measured again.
    pub(super) fn places_again(
        &self,
        nodes: &[(NodeId, Option<u32>)],
        withdrawn: &[u32],
        added: &[NetworkEntry],
        closed: Option<&Closed<'_>>,
        buffers: &StandingBuffers,
    ) -> Vec<(u32, Option<Milliseconds>)> {
        let mut open: Vec<u32> = Vec::new();
        open.extend(nodes.iter().flat_map(|(node, _)| self.table.egress_from(*node)).map(|egress| egress.place));
        open.extend(withdrawn.iter().flat_map(|s| &self.starts[*s as usize].direct).map(|(place, _)| *place));
        open.extend(closed.iter().flat_map(|closed| closed.near.iter().copied()));
        let mut new_direct: FxHashMap<u32, u32> = FxHashMap::default();
        let passable = |run: Range<PointId>| closed.is_none_or(|c| c.closure.open(&self.table.network, &run));
        for (place, ms) in added.iter().flat_map(|entry| direct(&self.table, entry, &passable)) {
            let slot = new_direct.entry(place).or_insert(ms);
            *slot = ms.min(*slot);
            open.push(place);
        }
        open.sort_unstable();
        open.dedup();
        let reached = |over: &AccessJunction| Some(self.now(over.node, buffers)?.saturating_add(over.ms));
        let mut changed = Vec::new();
        for place in open {
            let was = self.places[place as usize];
            let standing = self.direct_at.get(&place).into_iter().flatten();
            let standing = standing.filter(|(start, _)| withdrawn.binary_search(start).is_err()).map(|(_, ms)| *ms);
            let straight = standing.chain(new_direct.get(&place).copied()).min();
            let over = self.table.over(place).iter().filter(|over| closed.is_none_or(|closed| closed.is_open(over)));
            let mut at = over.filter_map(reached).chain(straight).min();
            // A closure alone makes nobody sooner: what is as soon as it was is settled.
            let near = closed.filter(|closed| closed.near.contains(&place) && !(added.is_empty() && at == was));
            if let Some(closed) = near {
                at = closed.over(self, place).iter().filter_map(reached).chain(straight).min();
            }
            if at != was {
                changed.push((place, at.map(Milliseconds)));
            }
        }
        changed
    }
}

//! Multi-source shortest paths: the least time from any source to every junction.
//!
//! In: the junction graph and seeds. Out: for every junction the first arrival and its source; `None` if it is not
//! reached. A bucket queue (Dial 1969) over whole milliseconds: entries of one bucket are taken in any order and
//! corrected if a better one turns up, so the labels are the unique least (time, source) pairs, whatever the order.

use crate::network::{JunctionGraph, NodeId};
use lifering_base::units::{Arrival, Milliseconds, SourceId};
use std::num::NonZeroU32;

/// Least width of a bucket as a power of two, milliseconds: narrower buckets cost scans, wider ones corrections.
const MIN_BUCKET_SHIFT: u32 = 10;
/// Most buckets in the ring.
const MAX_BUCKETS: u32 = 1 << 14;

/// The label of a junction.
trait NodeLabel: Copy + Default {
    /// What a queue entry stores beside its time and junction.
    type EntryKey: Copy;

    /// The key of an arrival's queue entry.
    fn entry_key(arrival: Arrival) -> Self::EntryKey;

    /// Takes in an arrival if it improves the label; returns whether it did.
    fn offer(&mut self, arrival: Arrival) -> bool;

    /// The arrival of a queue entry; `None` if a better one has replaced it.
    fn current(&self, at: u32, key: Self::EntryKey) -> Option<Arrival>;
}

/// Label of a single first arrival.
impl NodeLabel for Option<Arrival> {
    type EntryKey = ();

    fn entry_key(_: Arrival) -> Self::EntryKey {}

    fn offer(&mut self, arrival: Arrival) -> bool {
        let better = self.is_none_or(|old| arrival < old);
        if better {
            *self = Some(arrival);
        }
        better
    }

    fn current(&self, at: u32, (): ()) -> Option<Arrival> {
        self.filter(|label| label.at.0 == at)
    }
}

/// The first arrival, and the first of those from another source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstTwo {
    /// First arrival; `None` if there is none.
    pub first: Option<Arrival>,
    /// First arrival from another source than `first`; `None` if there is none.
    pub second: Option<Arrival>,
}

impl FirstTwo {
    /// Takes in an arrival if it is one of the two; returns whether it is.
    pub fn offer(&mut self, arrival: Arrival) -> bool {
        match (self.first, self.second) {
            (None, _) => self.first = Some(arrival),
            (Some(first), _) if first.by == arrival.by => {
                if first.at <= arrival.at {
                    return false;
                }
                self.first = Some(arrival);
            }
            (Some(first), _) if arrival < first => {
                self.second = Some(first);
                self.first = Some(arrival);
            }
            (Some(_), Some(second)) if second <= arrival => return false,
            (Some(_), _) => self.second = Some(arrival),
        }
        true
    }
}

impl NodeLabel for FirstTwo {
    type EntryKey = SourceId;

    fn entry_key(arrival: Arrival) -> SourceId {
        arrival.by
    }

    fn offer(&mut self, arrival: Arrival) -> bool {
        Self::offer(self, arrival)
    }

    fn current(&self, at: u32, key: SourceId) -> Option<Arrival> {
        let entry = Arrival { at: Milliseconds(at), by: key };
        (self.first == Some(entry) || self.second == Some(entry)).then_some(entry)
    }
}

/// First arrivals at every junction within `limit`, indexed by junction; later ones are `None`.
///
/// Ties in time go to the smaller source.
///
/// # Units
/// Milliseconds; `longest_ms` is the longest edge.
pub fn first_arrivals(
    graph: &JunctionGraph,
    longest_ms: u32,
    seeds: &[(NodeId, Arrival)],
    limit: Option<Milliseconds>,
) -> Vec<Option<Arrival>> {
    arrivals(graph, longest_ms, seeds, limit)
}

/// First arrivals at every junction from two sources, indexed by junction: the second is what is left if the first
/// source fails.
///
/// # Units
/// As [`first_arrivals`].
pub fn first_two_arrivals(graph: &JunctionGraph, longest_ms: u32, seeds: &[(NodeId, Arrival)]) -> Vec<FirstTwo> {
    arrivals(graph, longest_ms, seeds, None)
}

fn arrivals<L: NodeLabel>(
    graph: &JunctionGraph,
    longest_ms: u32,
    seeds: &[(NodeId, Arrival)],
    limit: Option<Milliseconds>,
) -> Vec<L> {
    let mut labels = vec![L::default(); graph.node_count()];
    let limit_ms = limit.map_or(u32::MAX, |l| l.0);
    let mut seeds: Vec<(NodeId, Arrival)> = seeds.iter().filter(|(_, a)| a.at.0 <= limit_ms).copied().collect();
    seeds.sort_unstable_by_key(|(node, arrival)| (*arrival, *node));
    let (shift, ring) = bucket_layout(longest_ms);
    let mut buckets: Vec<Vec<(u32, NodeId, L::EntryKey)>> = vec![Vec::new(); ring as usize];
    let mut pending = 0_usize;
    let mut next_seed = seeds.iter().peekable();
    let mut current = next_seed.peek().map_or(0, |(_, a)| a.at.0 >> shift);
    loop {
        while let Some((node, arrival)) = next_seed.next_if(|(_, a)| a.at.0 >> shift <= current) {
            if labels[*node as usize].offer(*arrival) {
                buckets[(current & (ring - 1)) as usize].push((arrival.at.0, *node, L::entry_key(*arrival)));
                pending += 1;
            }
        }
        let slot = (current & (ring - 1)) as usize;
        while let Some((at, node, key)) = buckets[slot].pop() {
            pending -= 1;
            let Some(label) = labels[node as usize].current(at, key) else { continue };
            for (&next, &weight) in graph.neighbors_slice(node).iter().zip(graph.edges_slice(node)) {
                let arrival = Arrival { at: Milliseconds(at.saturating_add(weight)), by: label.by };
                if arrival.at.0 <= limit_ms && labels[next as usize].offer(arrival) {
                    buckets[((arrival.at.0 >> shift) & (ring - 1)) as usize].push((arrival.at.0, next, key));
                    pending += 1;
                }
            }
        }
        if pending > 0 {
            current += 1;
        } else if let Some((_, arrival)) = next_seed.peek() {
            current = arrival.at.0 >> shift;
        } else {
            return labels;
        }
    }
}

/// Bounded searches from one start after another, over reused buffers.
#[derive(Debug)]
pub struct OneToMany {
    /// Indexed by junction: its time plus one, milliseconds; `None` if it is not reached. Four bytes each.
    labels: Vec<Option<NonZeroU32>>,
    /// The reached junctions, each once.
    touched: Vec<NodeId>,
    buckets: Vec<Vec<(u32, NodeId)>>,
    shift: u32,
}

impl OneToMany {
    /// Buffers for a graph of `nodes` junctions whose longest edge is `longest_ms`.
    pub fn new(nodes: usize, longest_ms: u32) -> Self {
        let (shift, ring) = bucket_layout(longest_ms);
        Self { labels: vec![None; nodes], touched: Vec::new(), buckets: vec![Vec::new(); ring as usize], shift }
    }

    /// Time of a junction in the last search, milliseconds; `None` if it was not reached.
    #[inline]
    pub fn at(&self, node: NodeId) -> Option<u32> {
        self.labels[node as usize].map(|label| label.get() - 1)
    }

    /// Whether the last search reached any junction.
    pub fn reached_any(&self) -> bool {
        !self.touched.is_empty()
    }

    fn improves(&mut self, node: NodeId, at: u32) -> bool {
        // Times stay within a limit below `u32::MAX`, so adding one never wraps.
        let label = NonZeroU32::MIN.saturating_add(at);
        let slot = &mut self.labels[node as usize];
        match slot {
            Some(old) if *old <= label => false,
            Some(_) => {
                *slot = Some(label);
                true
            }
            None => {
                *slot = Some(label);
                self.touched.push(node);
                true
            }
        }
    }

    /// The junctions that the last search reached, in no order.
    pub fn reached(&self) -> &[NodeId] {
        &self.touched
    }

    /// Searches from `seeds` (junction, milliseconds) to every junction within `limit_ms`, which must be less than
    /// `u32::MAX`. A junction for which `useful` is false at its time is neither reached nor passed.
    pub fn search(
        &mut self,
        graph: &JunctionGraph,
        seeds: &[(NodeId, u32)],
        limit_ms: u32,
        useful: impl Fn(NodeId, u32) -> bool,
    ) {
        for node in self.touched.drain(..) {
            self.labels[node as usize] = None;
        }
        let mask = self.buckets.len() as u32 - 1;
        let mut seeds: Vec<(u32, NodeId)> =
            seeds.iter().filter(|(node, at)| *at <= limit_ms && useful(*node, *at)).map(|(n, at)| (*at, *n)).collect();
        seeds.sort_unstable();
        let mut seeds = seeds.into_iter().peekable();
        let Some(mut current) = seeds.peek().map(|(at, _)| at >> self.shift) else { return };
        let mut pending = 0_usize;
        loop {
            while let Some((at, node)) = seeds.next_if(|(at, _)| at >> self.shift <= current) {
                if self.improves(node, at) {
                    self.buckets[(current & mask) as usize].push((at, node));
                    pending += 1;
                }
            }
            let slot = (current & mask) as usize;
            while let Some((at, node)) = self.buckets[slot].pop() {
                pending -= 1;
                if self.at(node) != Some(at) {
                    continue;
                }
                for (&next, &weight) in graph.neighbors_slice(node).iter().zip(graph.edges_slice(node)) {
                    let there = at.saturating_add(weight);
                    if there <= limit_ms && useful(next, there) && self.improves(next, there) {
                        self.buckets[((there >> self.shift) & mask) as usize].push((there, next));
                        pending += 1;
                    }
                }
            }
            if pending > 0 {
                current += 1;
            } else if let Some((at, _)) = seeds.peek() {
                current = at >> self.shift;
            } else {
                return;
            }
        }
    }
}

/// Width of a bucket (as a shift) and number of buckets in the ring, a power of two.
fn bucket_layout(longest_ms: u32) -> (u32, u32) {
    let mut shift = MIN_BUCKET_SHIFT;
    while (longest_ms >> shift) + 2 > MAX_BUCKETS {
        shift += 1;
    }
    (shift, ((longest_ms >> shift) + 2).next_power_of_two())
}

#[cfg(test)]
mod tests {
    use super::*;
    use petgraph::Directed;
    use petgraph::algo::dijkstra;
    use petgraph::csr::Csr;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_petgraph(
            nodes in 1_u32..40,
            edges in proptest::collection::btree_map((0_u32..40, 0_u32..40), 1_u32..5000, 0..160),
            starts in proptest::collection::vec((0_u32..40, 0_u32..9000), 0..5),
        ) {
            let edges: Vec<(u32, u32, u32)> =
                edges.into_iter().filter(|((a, b), _)| a != b && *a < nodes && *b < nodes).map(|((a, b), w)| (a, b, w)).collect();
            let mut reference: Csr<(), u32, Directed, u32> = Csr::from_sorted_edges(&edges).unwrap();
            while reference.node_count() < nodes as usize { reference.add_node(()); }
            let graph = JunctionGraph::new(nodes as usize, &edges);
            let seeds: Vec<(u32, Arrival)> = starts.iter().enumerate().filter(|(_, (n, _))| *n < nodes)
                .map(|(i, (n, t))| (*n, Arrival { at: Milliseconds(*t), by: SourceId::new(i) })).collect();
            let longest = edges.iter().map(|e| e.2).max().unwrap_or(1);
            let labels = first_arrivals(&graph, longest, &seeds, None);
            for node in 0..nodes {
                let best = seeds.iter().filter_map(|(start, arrival)| {
                    let times = dijkstra(&reference, *start, Some(node), |e| *petgraph::visit::EdgeRef::weight(&e));
                    times.get(&node).map(|t| Arrival { at: Milliseconds(arrival.at.0 + t), by: arrival.by })
                }).min();
                prop_assert_eq!(labels[node as usize], best);
            }
            // From two sources: each source alone, the best two of them.
            let two = first_two_arrivals(&graph, longest, &seeds);
            let alone: Vec<Vec<Option<Arrival>>> =
                seeds.iter().map(|seed| first_arrivals(&graph, longest, &[*seed], None)).collect();
            for node in 0..nodes as usize {
                let mut all: Vec<Arrival> = alone.iter().filter_map(|labels| labels[node]).collect();
                all.sort_unstable();
                prop_assert_eq!(two[node].first, all.first().copied());
                prop_assert_eq!(two[node].second, all.get(1).copied());
            }
            let limit = Milliseconds(6000);
            let mut one = OneToMany::new(nodes as usize, longest);
            for seed in &seeds {
                one.search(&graph, &[(seed.0, seed.1.at.0)], limit.0, |_, _| true);
                let alone = first_arrivals(&graph, longest, &[*seed], Some(limit));
                for node in 0..nodes {
                    prop_assert_eq!(one.at(node), alone[node as usize].map(|a| a.at.0));
                }
            }
            let bounded = first_arrivals(&graph, longest, &seeds, Some(limit));
            for (full, within) in labels.iter().zip(&bounded) {
                prop_assert_eq!(full.filter(|a| a.at <= limit), *within);
            }
        }
    }
}

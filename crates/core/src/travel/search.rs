//! Many starts, one search: the least time from any source to every junction.
//!
//! In: the junction graph (petgraph's CSR slices) and seeds. Out: for every junction the first arrival and its source, or
//! `None`. A bucket queue over whole milliseconds: entries within one bucket are taken in any order and corrected when a
//! better one turns up, so the labels are the unique least (time, source) pairs, whatever the order.

use crate::network::NodeId;
use lifering_base::units::{Arrival, Milliseconds, SourceId};
use petgraph::Directed;
use petgraph::csr::Csr;
use std::num::NonZeroU32;

/// Buckets cover at least this many milliseconds each; fewer, larger buckets cost corrections, more cost scans.
const MIN_BUCKET_SHIFT: u32 = 10;
/// At most this many buckets are kept in the ring.
const MAX_BUCKETS: u32 = 1 << 14;

/// What a search keeps of a junction.
trait Label: Copy + Default {
    /// What a waiting entry must remember beside its time and junction.
    type Who: Copy;

    /// What an arrival's entry remembers.
    fn who(arrival: Arrival) -> Self::Who;

    /// Takes an arrival in where it is good enough; true where it was.
    fn offer(&mut self, arrival: Arrival) -> bool;

    /// The arrival that an entry stands for; `None` where a better one has taken its place.
    fn still(&self, at: u32, who: Self::Who) -> Option<Arrival>;
}

/// The first arrival.
impl Label for Option<Arrival> {
    type Who = ();

    fn who(_: Arrival) -> Self::Who {}

    fn offer(&mut self, arrival: Arrival) -> bool {
        let better = self.is_none_or(|old| arrival < old);
        if better {
            *self = Some(arrival);
        }
        better
    }

    fn still(&self, at: u32, (): ()) -> Option<Arrival> {
        self.filter(|label| label.at.0 == at)
    }
}

/// The first arrival, and the first of those from another source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstTwo {
    /// The first.
    pub first: Option<Arrival>,
    /// The first from another source.
    pub second: Option<Arrival>,
}

impl FirstTwo {
    /// Takes an arrival in where it is one of the two; true where it is.
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

impl Label for FirstTwo {
    type Who = SourceId;

    fn who(arrival: Arrival) -> SourceId {
        arrival.by
    }

    fn offer(&mut self, arrival: Arrival) -> bool {
        Self::offer(self, arrival)
    }

    fn still(&self, at: u32, who: SourceId) -> Option<Arrival> {
        let meant = Arrival { at: Milliseconds(at), by: who };
        (self.first == Some(meant) || self.second == Some(meant)).then_some(meant)
    }
}

/// First arrivals at every junction within `limit` (none later are recorded).
///
/// # Units
/// Weights in milliseconds. Ties in time go to the smaller source.
pub fn first_arrivals(
    graph: &Csr<(), u32, Directed, NodeId>,
    longest_ms: u32,
    seeds: &[(NodeId, Arrival)],
    limit: Option<Milliseconds>,
) -> Vec<Option<Arrival>> {
    arrivals(graph, longest_ms, seeds, limit)
}

/// First arrivals at every junction from two sources: what is left of help when one of them fails.
///
/// # Units
/// As [`first_arrivals`].
pub fn first_two_arrivals(
    graph: &Csr<(), u32, Directed, NodeId>,
    longest_ms: u32,
    seeds: &[(NodeId, Arrival)],
) -> Vec<FirstTwo> {
    arrivals(graph, longest_ms, seeds, None)
}

fn arrivals<L: Label>(
    graph: &Csr<(), u32, Directed, NodeId>,
    longest_ms: u32,
    seeds: &[(NodeId, Arrival)],
    limit: Option<Milliseconds>,
) -> Vec<L> {
    let mut labels = vec![L::default(); graph.node_count()];
    let limit_ms = limit.map_or(u32::MAX, |l| l.0);
    let mut seeds: Vec<(NodeId, Arrival)> = seeds.iter().filter(|(_, a)| a.at.0 <= limit_ms).copied().collect();
    seeds.sort_unstable_by_key(|(node, arrival)| (*arrival, *node));
    let (shift, ring) = ring(longest_ms);
    let mut buckets: Vec<Vec<(u32, NodeId, L::Who)>> = vec![Vec::new(); ring as usize];
    let mut waiting = 0_usize;
    let mut next_seed = seeds.iter().peekable();
    let mut current = next_seed.peek().map_or(0, |(_, a)| a.at.0 >> shift);
    loop {
        while let Some((node, arrival)) = next_seed.next_if(|(_, a)| a.at.0 >> shift <= current) {
            if labels[*node as usize].offer(*arrival) {
                buckets[(current & (ring - 1)) as usize].push((arrival.at.0, *node, L::who(*arrival)));
                waiting += 1;
            }
        }
        let slot = (current & (ring - 1)) as usize;
        while let Some((at, node, who)) = buckets[slot].pop() {
            waiting -= 1;
            let Some(label) = labels[node as usize].still(at, who) else { continue };
            for (&next, &weight) in graph.neighbors_slice(node).iter().zip(graph.edges_slice(node)) {
                let arrival = Arrival { at: Milliseconds(at.saturating_add(weight)), by: label.by };
                if arrival.at.0 <= limit_ms && labels[next as usize].offer(arrival) {
                    buckets[((arrival.at.0 >> shift) & (ring - 1)) as usize].push((arrival.at.0, next, who));
                    waiting += 1;
                }
            }
        }
        if waiting > 0 {
            current += 1;
        } else if let Some((_, arrival)) = next_seed.peek() {
            current = arrival.at.0 >> shift;
        } else {
            return labels;
        }
    }
}

/// A search from one start after another within a limit, over buffers that are reused.
#[derive(Debug)]
pub struct OneToMany {
    /// Milliseconds plus one of every junction that was reached; four bytes each.
    labels: Vec<Option<NonZeroU32>>,
    /// The junctions that were reached, perhaps more than once.
    touched: Vec<NodeId>,
    buckets: Vec<Vec<(u32, NodeId)>>,
    shift: u32,
}

impl OneToMany {
    /// Buffers for a graph whose longest edge is `longest_ms`.
    pub fn new(nodes: usize, longest_ms: u32) -> Self {
        let (shift, ring) = ring(longest_ms);
        Self { labels: vec![None; nodes], touched: Vec::new(), buckets: vec![Vec::new(); ring as usize], shift }
    }

    /// When a junction was reached by the last search, milliseconds.
    #[inline]
    pub fn at(&self, node: NodeId) -> Option<u32> {
        self.labels[node as usize].map(|label| label.get() - 1)
    }

    /// Whether the last search reached anything.
    pub fn reached_any(&self) -> bool {
        !self.touched.is_empty()
    }

    fn improves(&mut self, node: NodeId, at: u32) -> bool {
        // Times stay below a limit below u32::MAX, so adding one never wraps.
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

    /// The junctions that the last search reached.
    pub fn reached(&self) -> &[NodeId] {
        &self.touched
    }

    /// Searches from `seeds` to every junction within `limit_ms`, which must be less than `u32::MAX`. Where `worth`
    /// says that reaching a junction at a time is of no use, nothing is sought beyond it.
    pub fn search(
        &mut self,
        graph: &Csr<(), u32, Directed, NodeId>,
        seeds: &[(NodeId, u32)],
        limit_ms: u32,
        worth: impl Fn(NodeId, u32) -> bool,
    ) {
        for node in self.touched.drain(..) {
            self.labels[node as usize] = None;
        }
        let mask = self.buckets.len() as u32 - 1;
        let mut seeds: Vec<(u32, NodeId)> =
            seeds.iter().filter(|(node, at)| *at <= limit_ms && worth(*node, *at)).map(|(n, at)| (*at, *n)).collect();
        seeds.sort_unstable();
        let mut seeds = seeds.into_iter().peekable();
        let Some(mut current) = seeds.peek().map(|(at, _)| at >> self.shift) else { return };
        let mut waiting = 0_usize;
        loop {
            while let Some((at, node)) = seeds.next_if(|(at, _)| at >> self.shift <= current) {
                if self.improves(node, at) {
                    self.buckets[(current & mask) as usize].push((at, node));
                    waiting += 1;
                }
            }
            let slot = (current & mask) as usize;
            while let Some((at, node)) = self.buckets[slot].pop() {
                waiting -= 1;
                if self.at(node) != Some(at) {
                    continue;
                }
                for (&next, &weight) in graph.neighbors_slice(node).iter().zip(graph.edges_slice(node)) {
                    let there = at.saturating_add(weight);
                    if there <= limit_ms && worth(next, there) && self.improves(next, there) {
                        self.buckets[((there >> self.shift) & mask) as usize].push((there, next));
                        waiting += 1;
                    }
                }
            }
            if waiting > 0 {
                current += 1;
            } else if let Some((at, _)) = seeds.peek() {
                current = at >> self.shift;
            } else {
                return;
            }
        }
    }
}

/// Width of a bucket (as a shift) and number of buckets in the ring.
fn ring(longest_ms: u32) -> (u32, u32) {
    let mut shift = MIN_BUCKET_SHIFT;
    while (longest_ms >> shift) + 2 > MAX_BUCKETS {
        shift += 1;
    }
    (shift, ((longest_ms >> shift) + 2).next_power_of_two())
}

#[cfg(test)]
mod tests {
    use super::*;
    use petgraph::algo::dijkstra;
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
            let mut graph: Csr<(), u32, Directed, u32> = Csr::from_sorted_edges(&edges).unwrap();
            while graph.node_count() < nodes as usize { graph.add_node(()); }
            let seeds: Vec<(u32, Arrival)> = starts.iter().enumerate().filter(|(_, (n, _))| *n < nodes)
                .map(|(i, (n, t))| (*n, Arrival { at: Milliseconds(*t), by: SourceId::new(i) })).collect();
            let longest = edges.iter().map(|e| e.2).max().unwrap_or(1);
            let labels = first_arrivals(&graph, longest, &seeds, None);
            for node in 0..nodes {
                let best = seeds.iter().filter_map(|(start, arrival)| {
                    let times = dijkstra(&graph, *start, Some(node), |e| *petgraph::visit::EdgeRef::weight(&e));
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

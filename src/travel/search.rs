//! Many starts, one search: the least time from any source to every junction.
//!
//! In: the junction graph (petgraph's CSR slices) and seeds. Out: for every junction the first arrival and its source, or
//! `None`. A bucket queue over whole milliseconds: entries within one bucket are taken in any order and corrected when a
//! better one turns up, so the labels are the unique least (time, source) pairs, whatever the order.

use crate::network::NodeId;
use crate::units::{Arrival, Milliseconds};
use petgraph::Directed;
use petgraph::csr::Csr;

/// Buckets cover at least this many milliseconds each; fewer, larger buckets cost corrections, more cost scans.
const MIN_BUCKET_SHIFT: u32 = 10;
/// At most this many buckets are kept in the ring.
const MAX_BUCKETS: u32 = 1 << 14;

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
    let mut labels: Vec<Option<Arrival>> = vec![None; graph.node_count()];
    let limit_ms = limit.map_or(u32::MAX, |l| l.0);
    let mut seeds: Vec<(NodeId, Arrival)> = seeds.iter().filter(|(_, a)| a.at.0 <= limit_ms).copied().collect();
    seeds.sort_unstable_by_key(|(node, arrival)| (*arrival, *node));
    let mut shift = MIN_BUCKET_SHIFT;
    while (longest_ms >> shift) + 2 > MAX_BUCKETS {
        shift += 1;
    }
    let ring = ((longest_ms >> shift) + 2).next_power_of_two();
    let mut buckets: Vec<Vec<(u32, NodeId)>> = vec![Vec::new(); ring as usize];
    let mut waiting = 0_usize;
    let mut next_seed = seeds.iter().peekable();
    let mut current = next_seed.peek().map_or(0, |(_, a)| a.at.0 >> shift);
    loop {
        while let Some((node, arrival)) = next_seed.next_if(|(_, a)| a.at.0 >> shift <= current) {
            if improves(&mut labels[*node as usize], *arrival) {
                buckets[(current & (ring - 1)) as usize].push((arrival.at.0, *node));
                waiting += 1;
            }
        }
        let slot = (current & (ring - 1)) as usize;
        while let Some((at, node)) = buckets[slot].pop() {
            waiting -= 1;
            let Some(label) = labels[node as usize].filter(|l| l.at.0 == at) else { continue };
            for (&next, &weight) in graph.neighbors_slice(node).iter().zip(graph.edges_slice(node)) {
                let arrival = Arrival { at: Milliseconds(at.saturating_add(weight)), by: label.by };
                if arrival.at.0 <= limit_ms && improves(&mut labels[next as usize], arrival) {
                    buckets[((arrival.at.0 >> shift) & (ring - 1)) as usize].push((arrival.at.0, next));
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

/// Keeps the smaller of the two; true where the new one is.
fn improves(label: &mut Option<Arrival>, arrival: Arrival) -> bool {
    let better = label.is_none_or(|old| arrival < old);
    if better {
        *label = Some(arrival);
    }
    better
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SourceId;
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
            let limit = Milliseconds(6000);
            let bounded = first_arrivals(&graph, longest, &seeds, Some(limit));
            for (full, within) in labels.iter().zip(&bounded) {
                prop_assert_eq!(full.filter(|a| a.at <= limit), *within);
            }
        }
    }
}

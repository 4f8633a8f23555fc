//! The directed graph of junctions that searches run over, as compressed sparse rows (CSR).
//!
//! In: edges in any order. Out: [`JunctionGraph`]: for each junction a slice of its successors and one of the times to them.
//! Built by a counting sort, which has no way to fail: an edge is never lost, and a junction number out of range panics
//! instead of reading as a road that is cut off.

use super::NodeId;

/// A directed graph with a time on every edge, frozen.
#[derive(Debug, Default)]
pub struct JunctionGraph {
    /// Indexed by junction: its first edge in `targets` and `times_ms`; one entry more than junctions.
    first: Vec<u32>,
    /// Indexed by edge: the junction it leads to.
    targets: Vec<NodeId>,
    /// Indexed by edge: its time, milliseconds.
    times_ms: Vec<u32>,
}

impl JunctionGraph {
    /// The graph of `node_count` junctions and the given edges (from, to, milliseconds). The edges of a junction stay in the
    /// order in which they are given.
    ///
    /// # Panics
    /// If an edge names a junction that is not below `node_count`.
    pub fn new(node_count: usize, edges: &[(NodeId, NodeId, u32)]) -> Self {
        let mut first = vec![0_u32; node_count + 1];
        for (from, to, _) in edges {
            assert!((*to as usize) < node_count, "an edge leads to junction {to} of {node_count}");
            first[*from as usize + 1] += 1;
        }
        for node in 0..node_count {
            first[node + 1] += first[node];
        }
        let mut next = first.clone();
        let (mut targets, mut times_ms) = (vec![0; edges.len()], vec![0; edges.len()]);
        for (from, to, ms) in edges {
            let slot = &mut next[*from as usize];
            (targets[*slot as usize], times_ms[*slot as usize]) = (*to, *ms);
            *slot += 1;
        }
        Self { first, targets, times_ms }
    }

    /// Number of junctions.
    pub fn node_count(&self) -> usize {
        self.first.len().saturating_sub(1)
    }

    /// Number of edges.
    pub fn edge_count(&self) -> usize {
        self.targets.len()
    }

    /// The junctions that the edges of a junction lead to.
    #[inline]
    pub fn neighbors_slice(&self, node: NodeId) -> &[NodeId] {
        &self.targets[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }

    /// The times of the edges of a junction, milliseconds, in the order of [`Self::neighbors_slice`].
    #[inline]
    pub fn edges_slice(&self, node: NodeId) -> &[u32] {
        &self.times_ms[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }

    /// The graph with every edge reversed. The edges of a junction are ordered by where they lead.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut edges = Vec::with_capacity(self.edge_count());
        for from in 0..self.node_count() as NodeId {
            let out = self.neighbors_slice(from).iter().zip(self.edges_slice(from));
            edges.extend(out.map(|(to, ms)| (*to, from, *ms)));
        }
        Self::new(self.node_count(), &edges)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_edge_is_lost_whatever_the_order(edges in proptest::collection::vec((0_u32..9, 0_u32..9, 1_u32..100), 0..40)) {
            let graph = JunctionGraph::new(9, &edges);
            let all = |graph: &JunctionGraph| -> Vec<(u32, u32, u32)> {
                let of = |from: u32| {
                    let out = graph.neighbors_slice(from).iter().zip(graph.edges_slice(from));
                    out.map(|(to, ms)| (from, *to, *ms)).collect::<Vec<_>>()
                };
                (0..graph.node_count() as u32).flat_map(of).collect()
            };
            let mut expected = edges.clone();
            expected.sort_by_key(|edge| edge.0);
            prop_assert_eq!(all(&graph), expected);
            let mut turned: Vec<(u32, u32, u32)> = edges.iter().map(|(from, to, ms)| (*to, *from, *ms)).collect();
            turned.sort_unstable();
            let mut reversed = all(&graph.reversed());
            prop_assert!(reversed.iter().map(|edge| (edge.0, edge.1)).is_sorted());
            reversed.sort_unstable();
            prop_assert_eq!(reversed, turned);
        }
    }

    #[test]
    fn junctions_without_edges_are_there() {
        let graph = JunctionGraph::new(3, &[]);
        assert_eq!((graph.node_count(), graph.edge_count()), (3, 0));
        assert!(graph.neighbors_slice(2).is_empty());
        assert_eq!(JunctionGraph::default().node_count(), 0);
    }

    #[test]
    #[should_panic(expected = "junction 3 of 3")]
    fn a_junction_out_of_range_panics() {
        JunctionGraph::new(3, &[(0, 3, 1)]);
    }
}

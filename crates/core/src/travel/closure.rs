//! Roads that are closed on a network that stays as it is.
//!
//! In: segments of a network. Out: a [`Closure`]: which runs of segments can still be driven, and what is left of the edges of
//! the graph. Nobody drives over a closed segment or steps down from it; what lies on either side of it stays open.

use crate::network::{Costs, LinkId, NodeId, PointId, RoadNetwork};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::ops::Range;

/// Closed segments, and the edges that are slower or gone without them.
#[derive(Clone, Debug, Default)]
pub struct Closure {
    /// By link: its closed segments, ascending.
    by_link: BTreeMap<LinkId, Vec<PointId>>,
    /// By edge of the graph: milliseconds over the next best link between its ends; `None` if there is none.
    edges: FxHashMap<(NodeId, NodeId), Option<u32>>,
}

impl Closure {
    /// Closes some segments of a network.
    pub fn new(network: &RoadNetwork, costs: &Costs, segments: impl IntoIterator<Item = PointId>) -> Self {
        let mut by_link: BTreeMap<LinkId, Vec<PointId>> = BTreeMap::new();
        for segment in segments {
            by_link.entry(network.link_of[segment as usize]).or_default().push(segment);
        }
        for segments in by_link.values_mut() {
            segments.sort_unstable();
            segments.dedup();
        }
        let mut edges = FxHashMap::default();
        for link in by_link.keys() {
            for forward in [true, false] {
                let to = network.head(*link, forward);
                for from in network.departures(*link, forward) {
                    edges.entry((from, to)).or_insert_with(|| {
                        let open = network.edges_from(from).iter();
                        let open = open.filter(|edge| edge.to == to && !by_link.contains_key(&edge.link));
                        let delay_ms = costs.delay_ms(network.junction(from));
                        open.map(|edge| costs.link_ms(&network.links[edge.link as usize]).saturating_add(delay_ms))
                            .min()
                    });
                }
            }
        }
        Self { by_link, edges }
    }

    /// The links that cannot be driven from end to end, ascending.
    pub fn links(&self) -> impl Iterator<Item = LinkId> {
        self.by_link.keys().copied()
    }

    /// The closed segments.
    pub fn segments(&self) -> impl Iterator<Item = PointId> {
        self.by_link.values().flatten().copied()
    }

    /// Whether a part of a link is closed.
    pub(super) fn touches(&self, link: LinkId) -> bool {
        self.by_link.contains_key(&link)
    }

    /// Whether a run of segments of one link can be driven.
    #[inline]
    pub(super) fn open(&self, network: &RoadNetwork, run: &Range<PointId>) -> bool {
        if run.is_empty() || self.by_link.is_empty() {
            return true;
        }
        let Some(closed) = self.by_link.get(&network.link_of[run.start as usize]) else { return true };
        let next = closed.partition_point(|segment| *segment < run.start);
        closed.get(next).is_none_or(|segment| *segment >= run.end)
    }

    /// The edges of the graph that are slower or gone.
    pub(super) fn edges(&self) -> impl Iterator<Item = (NodeId, NodeId)> {
        self.edges.keys().copied()
    }

    /// Time of an edge, milliseconds, which took `open_ms`; `None` if it is gone.
    #[inline]
    pub(super) fn edge_ms(&self, from: NodeId, to: NodeId, open_ms: u32) -> Option<u32> {
        if self.edges.is_empty() {
            return Some(open_ms);
        }
        self.edges.get(&(from, to)).map_or(Some(open_ms), |left| *left)
    }
}

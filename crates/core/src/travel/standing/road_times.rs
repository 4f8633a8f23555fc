//! The pieces of road whose times an edit changes.
//!
//! In: standing arrivals and an [`ArrivalChange`]. Out: [`RoadTimes`] of every segment whose times are not what they were.

use super::{ArrivalChange, NetworkEntry, StandingAccess, StandingBuffers};
use crate::network::{LinkId, NodeId, PointId};
use crate::travel::closure::Closure;
use crate::travel::field::{MidLinkStart, arrivals_along};
use lifering_base::units::{Arrival, Milliseconds, SourceId};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A segment of road and when it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoadTimes {
    /// The segment, by its first point.
    pub segment: PointId,
    /// First arrivals at its first and its last point; `None`: not reached.
    pub ends: [Option<Milliseconds>; 2],
}

/// Starts in the middle of links, by link.
type StartsOn = BTreeMap<LinkId, Vec<MidLinkStart>>;

/// First arrivals at the points of a link.
type Points = Vec<[Option<Arrival>; 1]>;

impl StandingAccess {
    /// The segments whose times a change is about, ascending. `buffers` are those that found the change, and have found
    /// nothing since.
    pub fn road_times(
        &self,
        change: &ArrivalChange,
        closed: Option<&Closure>,
        buffers: &StandingBuffers,
    ) -> Vec<RoadTimes> {
        let network = &self.table.network;
        let stands = |on: &mut StartsOn, entry: &NetworkEntry| {
            for (link, start) in &entry.mid_link_starts {
                on.entry(*link).or_default().push(*start);
            }
        };
        let (mut before, mut after) = (StartsOn::new(), StartsOn::new());
        let mut links: Vec<LinkId> = closed.into_iter().flat_map(Closure::links).collect();
        for (node, _) in &change.nodes {
            links.extend(self.surroundings.links_at(network.junction(*node)));
        }
        let gone = change.withdrawn.iter().map(|start| &self.starts[*start as usize].entry);
        links.extend(gone.chain(&change.added).flat_map(|entry| &entry.mid_link_starts).map(|(link, _)| *link));
        links.sort_unstable();
        links.dedup();
        let on: BTreeSet<u32> = links.iter().filter_map(|link| self.starts_on.get(link)).flatten().copied().collect();
        for start in on {
            let entry = &self.starts[start as usize].entry;
            stands(&mut before, entry);
            if change.withdrawn.binary_search(&start).is_err() {
                stands(&mut after, entry);
            }
        }
        change.added.iter().for_each(|entry| stands(&mut after, entry));
        let (mut old, mut new): (Points, Points) = (Vec::new(), Vec::new());
        let mut changed = Vec::new();
        let then =
            |node: NodeId| if buffers.is_touched(node) { buffers.touched_at(node) } else { self.nodes[node as usize] };
        for link in links {
            self.along(link, &before, |node| self.nodes[node as usize], |_| true, &mut old);
            self.along(link, &after, then, |run| closed.is_none_or(|c| c.open(network, &run)), &mut new);
            let first = network.links[link as usize].first;
            for (at, (was, is)) in old.windows(2).zip(new.windows(2)).enumerate() {
                // By the times alone: another start may come as soon.
                if ends(was) != ends(is) {
                    changed.push(RoadTimes { segment: first + at as PointId, ends: ends(is) });
                }
            }
        }
        changed.sort_unstable_by_key(|piece| piece.segment);
        changed
    }

    /// The times of every segment, ascending.
    pub fn all_road_times(&self) -> Vec<RoadTimes> {
        let mut on = StartsOn::new();
        for (link, start) in self.starts.iter().flat_map(|start| &start.entry.mid_link_starts) {
            on.entry(*link).or_default().push(*start);
        }
        let (mut all, mut times): (Vec<RoadTimes>, Points) = (Vec::new(), Vec::new());
        for (id, link) in self.table.network.links.iter().enumerate() {
            self.along(id as LinkId, &on, |node| self.nodes[node as usize], |_| true, &mut times);
            let pieces = times.windows(2).enumerate();
            all.extend(pieces.map(|(at, pair)| RoadTimes { segment: link.first + at as PointId, ends: ends(pair) }));
        }
        all
    }

    /// First arrivals at the points of a link.
    fn along(
        &self,
        id: LinkId,
        starts: &StartsOn,
        at: impl Fn(NodeId) -> Option<u32>,
        open: impl Fn(Range<PointId>) -> bool,
        times: &mut Points,
    ) {
        let link = &self.table.network.links[id as usize];
        let by = SourceId::new(0);
        let labels = |node: NodeId| [at(node).map(|at| Arrival { at: Milliseconds(at), by })];
        times.clear();
        times.resize((link.last - link.first + 1) as usize, [None]);
        let starts = starts.get(&id).map_or(&[][..], Vec::as_slice);
        let (network, costs) = (&self.table.network, &self.table.costs);
        arrivals_along(network, costs, id, starts, labels, |all| [all.min()], open, times);
    }
}

/// The times at two points that follow each other.
fn ends(pair: &[[Option<Arrival>; 1]]) -> [Option<Milliseconds>; 2] {
    let at = |[first]: [Option<Arrival>; 1]| first.map(|arrival| arrival.at);
    [at(pair[0]), at(pair[1])]
}

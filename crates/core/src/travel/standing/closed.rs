//! What a closure changes beside the graph.
//!
//! In: standing arrivals, a closure. Out: [`Closed`]: the starts that must enter anew, and the places near the closed links, of
//! whose junctions the table may have left out some that count now.

use super::StandingAccess;
use crate::network::{LinkId, PointId};
use crate::travel::access_table::AccessJunction;
use crate::travel::closure::Closure;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::ops::Range;

/// A closure on the ground of some standing arrivals.
pub(super) struct Closed<'a> {
    pub(super) closure: &'a Closure,
    /// Starts that enter a link of which a part is closed, ascending.
    pub(super) starts: BTreeSet<u32>,
    /// The places near the closed links and the links that meet them.
    pub(super) near: FxHashSet<u32>,
}

impl<'a> Closed<'a> {
    pub(super) fn new(standing: &StandingAccess, closure: &'a Closure) -> Self {
        let network = &standing.table.network;
        let on_links = closure.links().filter_map(|link| standing.starts_on.get(&link));
        let starts = on_links.flatten().copied().collect();
        // Of a place's junctions the table leaves out those from which another one of them is reached as soon; over a closed
        // link it is not. Such a place lies beside links at both ends.
        let mut beside: BTreeSet<LinkId> = closure.links().collect();
        for link in closure.links() {
            let ends = [network.links[link as usize].from, network.links[link as usize].to];
            beside.extend(ends.iter().flat_map(|junction| standing.surroundings.links_at(*junction)));
        }
        let mut near: FxHashSet<u32> = FxHashSet::default();
        for link in beside {
            standing.table.places_beside(link, |place| {
                near.insert(place);
            });
        }
        Self { closure, starts, near }
    }

    /// Whether a place is left along a link of which nothing is closed.
    pub(super) fn is_open(&self, over: &AccessJunction) -> bool {
        !self.closure.touches(over.link)
    }

    /// All junctions over which a place near the closed links is reached.
    pub(super) fn over(&self, standing: &StandingAccess, place: u32) -> Vec<AccessJunction> {
        let network = &standing.table.network;
        standing.table.over_open(place, &|run: Range<PointId>| self.closure.open(network, &run))
    }
}

//! Arrivals of standing starts, kept so that an edit costs what it changes.
//!
//! In: an [`AccessTable`] and starts; then edits: starts withdrawn, starts added, roads closed. Out: an [`ArrivalChange`]: the
//! nodes and places whose time changes, with the times of a search from nothing, to the millisecond.
//!
//! What is withdrawn can only make later: a node keeps its time if an edge or a start that is left still brings it, which is
//! settled in the order of the times (Ramalingam and Reps 1996). The others are searched again from the border of their
//! region. What is added can only make sooner: a search that ends where it comes no sooner. Only places over a changed
//! node, or beside the link of a start that comes or goes, are looked at again.

mod buffers;
mod closed;
mod road_times;
mod search;
mod ways;

pub use buffers::StandingBuffers;
pub use road_times::RoadTimes;

use super::access_table::AccessTable;
use super::closure::Closure;
use super::entry::Entries;
use super::field::{NetworkEntry, Start, enter_network, enter_open_network};
use super::search::first_arrivals;
use crate::network::{JunctionGraph, LinkId, NodeId, PointId, RoadNetwork};
use lifering_base::units::{Milliseconds, SourceId};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// What edits look up beside the access table: made once for a network and its costs.
#[derive(Debug)]
pub struct Surroundings {
    /// The graph with every edge reversed.
    backwards: JunctionGraph,
    /// Indexed by junction: its first entry in `links`; one entry more than junctions.
    first: Vec<u32>,
    /// Grouped by junction: the links that end there.
    links: Vec<LinkId>,
}

impl Surroundings {
    /// Those of the network of a table.
    pub fn new(table: &AccessTable) -> Self {
        let network = &table.network;
        let mut first = vec![0_u32; network.junction_count + 1];
        let ends = |id: usize| {
            let link = &network.links[id];
            std::iter::once(link.from).chain((link.to != link.from).then_some(link.to))
        };
        for id in 0..network.links.len() {
            ends(id).for_each(|junction| first[junction as usize + 1] += 1);
        }
        for junction in 0..network.junction_count {
            first[junction + 1] += first[junction];
        }
        let mut next = first.clone();
        let mut links = vec![0; first[network.junction_count] as usize];
        for id in 0..network.links.len() {
            for junction in ends(id) {
                let slot = &mut next[junction as usize];
                links[*slot as usize] = id as LinkId;
                *slot += 1;
            }
        }
        Self { backwards: table.costs.graph.reversed(), first, links }
    }

    fn links_at(&self, junction: NodeId) -> &[LinkId] {
        &self.links[self.first[junction as usize] as usize..self.first[junction as usize + 1] as usize]
    }
}

/// A standing start with what it brings.
#[derive(Debug)]
struct StandingStart {
    start: Start,
    entries: Entries,
    entry: NetworkEntry,
    /// The places that it reaches without passing a junction, and when, milliseconds.
    direct: Vec<(u32, u32)>,
}

/// The arrivals of standing starts.
#[derive(Debug)]
pub struct StandingAccess {
    table: Arc<AccessTable>,
    surroundings: Arc<Surroundings>,
    starts: Vec<StandingStart>,
    /// By node: the starts that bring an arrival there, and when, milliseconds.
    seeds_at: FxHashMap<NodeId, Vec<(u32, u32)>>,
    /// By place: the starts that reach it without passing a junction, and when, milliseconds.
    direct_at: FxHashMap<u32, Vec<(u32, u32)>>,
    /// By link: the starts that enter it.
    starts_on: BTreeMap<LinkId, Vec<u32>>,
    /// Indexed by node: first arrival, milliseconds.
    nodes: Vec<Option<u32>>,
    /// Indexed by place: first arrival, milliseconds.
    places: Vec<Option<u32>>,
}

/// An edit of the starts, and of the roads.
#[derive(Clone, Copy, Debug, Default)]
pub struct StartEdit<'a> {
    /// Starts that are withdrawn: positions among the standing ones.
    pub withdrawn: &'a [usize],
    /// Starts that are added.
    pub added: &'a [Start],
    /// Roads that are closed; `None`: none.
    pub closed: Option<&'a Closure>,
}

/// What an edit changes.
#[derive(Debug, Default)]
pub struct ArrivalChange {
    /// The nodes whose time changes, ascending, with the new one, milliseconds; `None`: not reached any more.
    nodes: Vec<(NodeId, Option<u32>)>,
    /// The places whose time changes, ascending, with the new one; `None`: not reached any more.
    pub places: Vec<(u32, Option<Milliseconds>)>,
    /// Starts that do not bring what they brought, ascending.
    withdrawn: Vec<u32>,
    /// What comes instead, and new.
    added: Vec<NetworkEntry>,
}

impl StandingAccess {
    /// Enters the network from every start and searches once.
    pub fn new(table: &Arc<AccessTable>, surroundings: &Arc<Surroundings>, starts: &[Start]) -> Self {
        let enter = |(index, start): (usize, &Start)| {
            let entries = Entries::find(&table.network, start.xy, table.settings.way_out, table.barriers.as_ref());
            let by = SourceId::new(index);
            let entry = enter_network(&table.network, &table.costs, start, by, &entries, table.settings);
            let direct = direct(table, &entry, &|_| true);
            StandingStart { start: *start, entries, entry, direct }
        };
        let starts: Vec<StandingStart> = starts.par_iter().enumerate().map(enter).collect();
        let mut standing = Self {
            table: Arc::clone(table),
            surroundings: Arc::clone(surroundings),
            starts,
            seeds_at: FxHashMap::default(),
            direct_at: FxHashMap::default(),
            starts_on: BTreeMap::new(),
            nodes: Vec::new(),
            places: Vec::new(),
        };
        standing.note_starts();
        standing.search();
        standing
    }

    fn note_starts(&mut self) {
        for (at, start) in self.starts.iter().enumerate() {
            for (node, arrival) in &start.entry.seeds {
                self.seeds_at.entry(*node).or_default().push((at as u32, arrival.at.0));
            }
            for (place, ms) in &start.direct {
                self.direct_at.entry(*place).or_default().push((at as u32, *ms));
            }
            for point in &start.entries.points {
                let on = self.starts_on.entry(self.table.network.link_of[point.segment as usize]).or_default();
                if on.last() != Some(&(at as u32)) {
                    on.push(at as u32);
                }
            }
        }
    }

    fn search(&mut self) {
        let costs = &self.table.costs;
        let seeds: Vec<_> = self.starts.iter().flat_map(|start| start.entry.seeds.iter().copied()).collect();
        let arrivals = first_arrivals(&costs.graph, costs.longest_ms, &seeds, None);
        self.nodes = arrivals.into_iter().map(|first| first.map(|arrival| arrival.at.0)).collect();
        let place = |place: usize| {
            let place = place as u32;
            let over = self.table.over(place).iter();
            let over = over.filter_map(|over| Some(self.nodes[over.node as usize]?.saturating_add(over.ms)));
            over.chain(self.direct_at.get(&place).into_iter().flatten().map(|(_, ms)| *ms)).min()
        };
        self.places = (0..self.table.place_count()).into_par_iter().map(place).collect();
    }

    /// First arrival at a place.
    pub fn place(&self, place: u32) -> Option<Milliseconds> {
        self.places[place as usize].map(Milliseconds)
    }

    /// The network.
    pub fn network(&self) -> &RoadNetwork {
        &self.table.network
    }

    /// Closes some segments of the network.
    pub fn closure(&self, segments: impl IntoIterator<Item = PointId>) -> Closure {
        Closure::new(&self.table.network, &self.table.costs, segments)
    }

    /// What an edit changes.
    pub fn change(&self, edit: &StartEdit<'_>, buffers: &mut StandingBuffers) -> ArrivalChange {
        let closed = edit.closed.map(|closure| closed::Closed::new(self, closure));
        let mut withdrawn: Vec<u32> = edit.withdrawn.iter().map(|start| *start as u32).collect();
        let mut added: Vec<NetworkEntry> = edit.added.iter().map(|start| self.enter(start, edit.closed)).collect();
        if let Some(closed) = &closed {
            for start in &closed.starts {
                if !edit.withdrawn.contains(&(*start as usize)) {
                    added.push(self.enter(&self.starts[*start as usize].start, edit.closed));
                    withdrawn.push(*start);
                }
            }
        }
        withdrawn.sort_unstable();
        withdrawn.dedup();
        buffers.begin();
        let nodes = self.search_again(&withdrawn, &added, edit.closed, buffers);
        let places = self.places_again(&nodes, &withdrawn, &added, closed.as_ref(), buffers);
        ArrivalChange { nodes, places, withdrawn, added }
    }

    fn enter(&self, start: &Start, closed: Option<&Closure>) -> NetworkEntry {
        let (table, by) = (&self.table, SourceId::new(self.starts.len()));
        let (settings, barriers) = (table.settings, table.barriers.as_ref());
        let Some(closed) = closed else {
            let entries = Entries::find(&table.network, start.xy, settings.way_out, barriers);
            return enter_network(&table.network, &table.costs, start, by, &entries, settings);
        };
        let open = |run: Range<PointId>| closed.open(&table.network, &run);
        let open_segment = |segment: PointId| open(segment..segment + 1);
        let entries = Entries::find_open(&table.network, start.xy, settings.way_out, barriers, &open_segment);
        enter_open_network(&table.network, &table.costs, start, by, &entries, settings, &open)
    }
}

/// The places that a start reaches without passing a junction, each once, and when, milliseconds.
fn direct(table: &AccessTable, entry: &NetworkEntry, open: &dyn Fn(Range<PointId>) -> bool) -> Vec<(u32, u32)> {
    let mut least: FxHashMap<u32, u32> = FxHashMap::default();
    table.serve_start_link(entry, open, &mut |place, ms| {
        let slot = least.entry(place).or_insert(ms.0);
        *slot = ms.0.min(*slot);
    });
    let mut direct: Vec<(u32, u32)> = least.into_iter().collect();
    direct.sort_unstable();
    direct
}

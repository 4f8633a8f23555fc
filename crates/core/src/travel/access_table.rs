//! One-to-many travel times: from each of many starts to every place, one bounded search for each start.
//!
//! In: a network with costs, the access leg, barriers, places. Out: an [`AccessTable`], which stores for every place
//! the few junctions over which it is reached and the time left from each. Its times are those of a
//! [`super::TravelField`] from that start alone, to the millisecond.
//!
//! A place within reach of a link is reached over the link's first junction at that junction's time plus a constant,
//! and likewise over its last; both constants have a closed form. A junction is redundant if another junction of the
//! place is quicker by way of it, which leaves two or three of a hundred.

use super::barriers::{Barriers, visible_intervals};
use super::entry::Entries;
use super::field::{FieldSettings, MidLinkStart, NetworkEntry, Start, enter_network};
use super::search::OneToMany;
use super::timed_segment::TimedSegment;
use crate::network::{Costs, JunctionGraph, LinkId, NodeId, PointId, RoadNetwork};
use geo::{Coord, Line};
use lifering_base::units::{Arrival, Milliseconds, SourceId};
use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Fewest places of one task: each task has a slot for every junction.
const PLACES_PER_TASK: usize = 512;

/// Time left from a junction to a place, milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Egress {
    pub(super) place: u32,
    pub(super) ms: u32,
}

/// A junction over which a place is reached, and the least time left from there, milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct AccessJunction {
    pub(super) node: NodeId,
    pub(super) ms: u32,
    /// The link along which it is left.
    pub(super) link: LinkId,
}

/// For every place the junctions over which it is reached.
#[derive(Debug)]
pub struct AccessTable {
    pub(super) network: Arc<RoadNetwork>,
    pub(super) costs: Arc<Costs>,
    pub(super) settings: FieldSettings,
    pub(super) places: Vec<Coord<f64>>,
    /// Indexed by junction: its first entry in `egress`; one entry more than junctions.
    first: Vec<u32>,
    /// Grouped by junction: the places it is needed for, ascending, and the time left to each.
    egress: Vec<Egress>,
    /// Indexed by place: its first entry in `over`; one entry more than places.
    over_first: Vec<u32>,
    /// Grouped by place: the junctions over which it is reached.
    over: Vec<AccessJunction>,
    /// By place: the walls near it; no entry if there are none.
    walls: HashMap<u32, Vec<Line<f64>>>,
    pub(super) barriers: Option<Barriers>,
    /// R-tree of the places outside barrier areas.
    tree: RTree<GeomWithData<[f64; 2], u32>>,
}

impl AccessTable {
    /// Finds the junctions of every place.
    pub fn new(
        network: Arc<RoadNetwork>,
        costs: Arc<Costs>,
        settings: FieldSettings,
        barriers: Option<&Barriers>,
        places: &[Coord<f64>],
    ) -> Self {
        let backwards = costs.graph.reversed();
        let prepared: Vec<PlaceAccess> = places
            .par_iter()
            .with_min_len(PLACES_PER_TASK)
            .map_init(
                || Pruning::new(network.node_count()),
                |pruning, place| {
                    if barriers.is_some_and(|b| b.inside(*place)) {
                        return PlaceAccess { inside: true, ..PlaceAccess::default() };
                    }
                    let walls = barriers.map(|b| b.near(*place, settings.leg.max_m)).unwrap_or_default();
                    pruning.begin();
                    junctions_over(
                        &network,
                        &costs,
                        settings,
                        *place,
                        &walls,
                        |_| true,
                        |node, ms, link| pruning.add(node, ms, link),
                    );
                    PlaceAccess { over: pruning.needed(&backwards), walls, inside: false }
                },
            )
            .collect();
        let (first, egress) = by_junction(&prepared, network.node_count());
        let mut over_first = vec![0_u32];
        let mut over = Vec::with_capacity(egress.len());
        for one in &prepared {
            over.extend_from_slice(&one.over);
            over_first.push(over.len() as u32);
        }
        let mut walls = HashMap::new();
        let mut open = Vec::with_capacity(places.len());
        for (at, one) in prepared.into_iter().enumerate() {
            if !one.walls.is_empty() {
                walls.insert(at as u32, one.walls);
            }
            if !one.inside {
                open.push(GeomWithData::new([places[at].x, places[at].y], at as u32));
            }
        }
        let tree = RTree::bulk_load(open);
        let (places, barriers) = (places.to_vec(), barriers.cloned());
        Self { network, costs, settings, places, first, egress, over_first, over, walls, barriers, tree }
    }

    /// Number of (junction, place) pairs stored.
    pub fn entry_count(&self) -> usize {
        self.egress.len()
    }

    /// For each start the places it reaches within `limit`, ascending. `take` gets start, place and time, and keeps or
    /// drops it.
    pub fn from_each<T: Send>(
        &self,
        starts: &[Start],
        limit: Milliseconds,
        take: impl Fn(usize, u32, Milliseconds) -> Option<T> + Sync,
    ) -> Vec<Vec<T>> {
        let enter = |start: &Start| (*start, self.entries(start));
        let starts: Vec<(Start, Entries)> = starts.par_iter().map(enter).collect();
        self.from_entries(&starts, limit, take)
    }

    /// The same for starts that enter the network at chosen points.
    pub fn from_entries<T: Send>(
        &self,
        starts: &[(Start, Entries)],
        limit: Milliseconds,
        take: impl Fn(usize, u32, Milliseconds) -> Option<T> + Sync,
    ) -> Vec<Vec<T>> {
        let row = |buffers: &mut RowBuffers, (index, start): (usize, &(Start, Entries))| {
            self.row(buffers, start, limit, |_, _| true, |place, at| take(index, place, at))
        };
        starts.par_iter().enumerate().map_init(|| RowBuffers::new(self), row).collect()
    }

    /// For each start the places it reaches within `limit` and sooner than anybody does whose first arrivals at the nodes
    /// are `standing`, ascending; `take` as in [`Self::from_each`]. `None` if `go_on`, which is asked once a start with the
    /// number of entries kept for the one before, ended it.
    ///
    /// A node that is reached as soon already leads on to nothing sooner, so that the search ends there.
    pub fn sooner_from_each<T: Send>(
        &self,
        starts: &[Start],
        limit: Milliseconds,
        standing: Option<&[Option<Arrival>]>,
        go_on: impl Fn(usize) -> bool + Sync,
        take: impl Fn(usize, u32, Milliseconds) -> Option<T> + Sync,
    ) -> Option<Vec<Vec<T>>> {
        let sooner = |node: NodeId, at: u32| {
            standing.is_none_or(|standing| standing[node as usize].is_none_or(|standing| at < standing.at.0))
        };
        let row = |buffers: &mut RowBuffers, (index, start): (usize, &Start)| {
            let start = (*start, self.entries(start));
            let kept = self.row(buffers, &start, limit, sooner, |place, at| take(index, place, at));
            go_on(kept.len()).then_some(kept)
        };
        starts.par_iter().enumerate().map_init(|| RowBuffers::new(self), row).collect()
    }

    /// The places that one start reaches within the limit over `useful` nodes, ascending, as far as `take` keeps them.
    fn row<T>(
        &self,
        buffers: &mut RowBuffers,
        (start, entries): &(Start, Entries),
        limit: Milliseconds,
        useful: impl Fn(NodeId, u32) -> bool,
        take: impl Fn(u32, Milliseconds) -> Option<T>,
    ) -> Vec<T> {
        // The search wants a limit below `u32::MAX`.
        let limit = Milliseconds(limit.0.min(u32::MAX - 1));
        let entry = self.enter(start, entries);
        let RowBuffers { search, seeds, at, reached } = buffers;
        seeds.clear();
        seeds.extend(entry.seeds.iter().map(|(node, arrival)| (*node, arrival.at.0)));
        search.search(&self.costs.graph, seeds, limit.0, useful);
        let mut offer = |place: u32, ms: u32| {
            let slot = &mut at[place as usize];
            if ms > limit.0 || slot.is_some_and(|old| old.0 <= ms) {
                return;
            }
            if slot.is_none() {
                reached.push(place);
            }
            *slot = Some(Milliseconds(ms));
        };
        for node in search.reached() {
            let Some(time) = search.at(*node) else { continue };
            for egress in self.egress_from(*node) {
                offer(egress.place, time.saturating_add(egress.ms));
            }
        }
        self.serve_start_link(&entry, &|_| true, &mut |place, ms| offer(place, ms.0));
        reached.sort_unstable();
        let row = reached.drain(..).filter_map(|place| at[place as usize].take().and_then(|at| take(place, at)));
        row.collect()
    }

    fn entries(&self, start: &Start) -> Entries {
        Entries::find(&self.network, start.xy, self.settings.way_out, self.barriers.as_ref())
    }

    fn enter(&self, start: &Start, entries: &Entries) -> NetworkEntry {
        enter_network(&self.network, &self.costs, start, SourceId::new(0), entries, self.settings)
    }

    /// A start in the middle of a link serves the places beside that link without passing a junction. `open` tells whether
    /// a run of segments of one link can be driven.
    pub(super) fn serve_start_link(
        &self,
        entry: &NetworkEntry,
        open: &dyn Fn(Range<PointId>) -> bool,
        take: &mut dyn FnMut(u32, Milliseconds),
    ) {
        for timed in &entry.start_segments {
            self.serve_along(timed, take);
        }
        for (link, start) in &entry.mid_link_starts {
            self.serve_own_link(*link, *start, open, take);
        }
    }

    /// The places for which a junction is needed, and the time left to each.
    pub(super) fn egress_from(&self, node: NodeId) -> &[Egress] {
        &self.egress[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }

    /// The junctions over which a place is reached.
    pub(super) fn over(&self, place: u32) -> &[AccessJunction] {
        &self.over[self.over_first[place as usize] as usize..self.over_first[place as usize + 1] as usize]
    }

    /// The same where some segments are closed, without leaving out any junction; `open` tells whether a run of segments of
    /// one link can be driven.
    pub(super) fn over_open(&self, place: u32, open: &dyn Fn(Range<PointId>) -> bool) -> Vec<AccessJunction> {
        let walls = self.walls.get(&place).map_or(&[][..], Vec::as_slice);
        let mut over: Vec<AccessJunction> = Vec::new();
        let xy = self.places[place as usize];
        junctions_over(&self.network, &self.costs, self.settings, xy, walls, open, |node, ms, link| {
            over.push(AccessJunction { node, ms, link });
        });
        over
    }

    /// The places outside barrier areas within reach of a leg from a link, and some farther ones.
    pub(super) fn places_beside(&self, link: LinkId, mut found: impl FnMut(u32)) {
        let link = &self.network.links[link as usize];
        let points = &self.network.xy[link.first as usize..=link.last as usize];
        let least = points.iter().copied().reduce(|a, b| Coord { x: a.x.min(b.x), y: a.y.min(b.y) });
        let most = points.iter().copied().reduce(|a, b| Coord { x: a.x.max(b.x), y: a.y.max(b.y) });
        let Some((least, most)) = least.zip(most) else { return };
        for place in self.tree.locate_in_envelope(reach_box(least, most, self.settings.leg.max_m)) {
            found(place.data);
        }
    }

    /// Number of places.
    pub fn place_count(&self) -> usize {
        self.places.len()
    }

    /// The places beside a link that a start in its middle reaches along it.
    fn serve_own_link(
        &self,
        link_id: LinkId,
        start: MidLinkStart,
        open: &dyn Fn(Range<PointId>) -> bool,
        take: &mut dyn FnMut(u32, Milliseconds),
    ) {
        let link = &self.network.links[link_id as usize];
        let along = |point: PointId| self.costs.along_ms[point as usize];
        for segment in (link.first..link.last).filter(|s| self.network.roadside[*s as usize] && open(*s..*s + 1)) {
            let mut timed = unreached_segment(&self.network, &self.costs, self.settings, segment);
            let arrival = |point: PointId| {
                let arrival = start.at(link, along(point)).filter(|_| open(start.passed(point)));
                arrival.map(|a: Arrival| f64::from(a.at.0))
            };
            timed.start_ms = arrival(segment).filter(|_| link.forward).unwrap_or(f64::INFINITY);
            timed.end_ms = arrival(segment + 1).filter(|_| link.backward).unwrap_or(f64::INFINITY);
            self.serve_along(&timed, take);
        }
    }

    /// The times of the places beside a segment.
    fn serve_along(&self, timed: &TimedSegment, take: &mut dyn FnMut(u32, Milliseconds)) {
        if !timed.is_reached() {
            return;
        }
        let envelope = reach_box(timed.start, timed.at(timed.length_m), self.settings.leg.max_m);
        for found in self.tree.locate_in_envelope(envelope) {
            let place = self.places[found.data as usize];
            let walls = self.walls.get(&found.data).map_or(&[][..], Vec::as_slice);
            let Some(ms) = quickest(timed, place, self.settings, walls) else { continue };
            take(found.data, Milliseconds(ms.round() as u32));
        }
    }
}

#[derive(Default)]
struct PlaceAccess {
    over: Vec<AccessJunction>,
    walls: Vec<Line<f64>>,
    inside: bool,
}

struct RowBuffers {
    search: OneToMany,
    seeds: Vec<(NodeId, u32)>,
    /// Indexed by place; all `None` between two starts.
    at: Vec<Option<Milliseconds>>,
    /// The places reached, each once.
    reached: Vec<u32>,
}

impl RowBuffers {
    fn new(table: &AccessTable) -> Self {
        Self {
            search: OneToMany::new(table.network.node_count(), table.costs.longest_ms),
            seeds: Vec::new(),
            at: vec![None; table.places.len()],
            reached: Vec::new(),
        }
    }
}

/// The box around everything within `reach_m` of a straight line.
fn reach_box(a: Coord<f64>, b: Coord<f64>, reach_m: f64) -> AABB<[f64; 2]> {
    AABB::from_corners(
        [a.x.min(b.x) - reach_m, a.y.min(b.y) - reach_m],
        [a.x.max(b.x) + reach_m, a.y.max(b.y) + reach_m],
    )
}

/// A network segment without arrivals.
fn unreached_segment(network: &RoadNetwork, costs: &Costs, settings: FieldSettings, segment: PointId) -> TimedSegment {
    let (a, b) = (segment as usize, segment as usize + 1);
    let duration = f64::from(costs.along_ms[b] - costs.along_ms[a]);
    TimedSegment::new(network.xy[a], network.xy[b], duration, settings.leg)
}

/// The quickest path over a segment to a place, milliseconds, with walls; `None` if no leg reaches it.
fn quickest(timed: &TimedSegment, place: Coord<f64>, settings: FieldSettings, walls: &[Line<f64>]) -> Option<f64> {
    let (reference, leg) = (timed.linear_reference(place), settings.leg);
    let open = timed.quickest(reference, leg.ms_per_m, leg.max_m, 0.0, timed.length_m)?;
    if walls.is_empty() {
        return Some(open.ms);
    }
    visible_intervals(place, timed, walls)
        .into_iter()
        .filter_map(|(low, high)| timed.quickest(reference, leg.ms_per_m, leg.max_m, low, high))
        .map(|path| path.ms)
        .min_by(f64::total_cmp)
}

/// Calls `found` with every junction over which a place may be reached, and the time left from there over one segment,
/// milliseconds. `open` tells whether a run of segments of one link can be driven.
fn junctions_over(
    network: &RoadNetwork,
    costs: &Costs,
    settings: FieldSettings,
    place: Coord<f64>,
    walls: &[Line<f64>],
    open: impl Fn(Range<PointId>) -> bool,
    mut found: impl FnMut(NodeId, u32, LinkId),
) {
    let reach = settings.leg.max_m;
    network.index.near(place, reach, |segment| {
        let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
        let beyond = |a: f64, b: f64, at: f64| a.min(b) > at + reach || a.max(b) < at - reach;
        if beyond(a.x, b.x, place.x) || beyond(a.y, b.y, place.y) {
            return;
        }
        let id = network.link_of[segment as usize];
        let link = &network.links[id as usize];
        // Over the segment itself, and all that is passed before it.
        let (ahead, behind) = (open(link.first..segment + 1), open(segment..link.last));
        let mut timed = unreached_segment(network, costs, settings, segment);
        let mut add = |timed: &TimedSegment, node: NodeId| {
            if let Some(ms) = quickest(timed, place, settings, walls) {
                found(node, ms.round() as u32, id);
            }
        };
        if link.forward && ahead {
            timed.start_ms = f64::from(costs.along_ms[segment as usize] + costs.delay_ms(link.from));
            network.departures(id, true).for_each(|node| add(&timed, node));
        }
        if link.backward && behind {
            timed.start_ms = f64::INFINITY;
            let rest_ms = costs.link_ms(link) - costs.along_ms[segment as usize + 1];
            timed.end_ms = f64::from(rest_ms + costs.delay_ms(link.to));
            network.departures(id, false).for_each(|node| add(&timed, node));
        }
    });
}

/// Transposes places with their junctions to junctions with their places: first entry of each junction, and all
/// entries.
fn by_junction(prepared: &[PlaceAccess], nodes: usize) -> (Vec<u32>, Vec<Egress>) {
    let mut first = vec![0_u32; nodes + 1];
    for over in prepared.iter().flat_map(|one| &one.over) {
        first[over.node as usize + 1] += 1;
    }
    for node in 0..nodes {
        first[node + 1] += first[node];
    }
    let mut next = first.clone();
    let mut egress = vec![Egress { place: 0, ms: 0 }; first[nodes] as usize];
    for (place, one) in prepared.iter().enumerate() {
        for over in &one.over {
            let slot = &mut next[over.node as usize];
            egress[*slot as usize] = Egress { place: place as u32, ms: over.ms };
            *slot += 1;
        }
    }
    (first, egress)
}

/// Finds the non-redundant junctions of a place. A junction is redundant if going on from it over another junction of
/// the place loses no time. Only single edges between the place's own junctions are examined: that keeps a few more
/// than a whole backward search would, at a small part of its cost.
struct Pruning {
    /// Indexed by junction: the place it was last met for, and the least time left so far, milliseconds.
    least: Vec<(u32, u32)>,
    /// Indexed by junction: the link of that least time.
    link: Vec<LinkId>,
    /// Number of the current place.
    turn: u32,
    /// The junctions of the current place, each once.
    met: Vec<NodeId>,
}

impl Pruning {
    fn new(nodes: usize) -> Self {
        Self { least: vec![(0, 0); nodes], link: vec![0; nodes], turn: 0, met: Vec::new() }
    }

    /// Goes on to the next place.
    fn begin(&mut self) {
        self.turn += 1;
        self.met.clear();
    }

    /// Adds a path over a junction with `ms` left along a link.
    fn add(&mut self, node: NodeId, ms: u32, link: LinkId) {
        let slot = &mut self.least[node as usize];
        if slot.0 != self.turn {
            self.met.push(node);
        } else if slot.1 <= ms {
            return;
        }
        *slot = (self.turn, ms);
        self.link[node as usize] = link;
    }

    fn junction(&self, node: NodeId) -> AccessJunction {
        AccessJunction { node, ms: self.least[node as usize].1, link: self.link[node as usize] }
    }

    /// The non-redundant junctions, ascending by time left.
    fn needed(&mut self, backwards: &JunctionGraph) -> Vec<AccessJunction> {
        let mut all: Vec<AccessJunction> = self.met.iter().map(|node| self.junction(*node)).collect();
        all.sort_unstable_by_key(|over| (over.ms, over.node));
        for over in &all {
            let from_here = self.least[over.node as usize].1;
            for (&before, &weight) in backwards.neighbors_slice(over.node).iter().zip(backwards.edges_slice(over.node))
            {
                let slot = &mut self.least[before as usize];
                let over_this = from_here.saturating_add(weight);
                if slot.0 == self.turn && over_this < slot.1 {
                    slot.1 = over_this;
                }
            }
        }
        all.retain(|over| self.least[over.node as usize].1 == over.ms);
        all
    }
}

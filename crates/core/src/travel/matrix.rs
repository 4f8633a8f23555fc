//! From each of many starts to every place, one start at a time: what candidates are weighed by.
//!
//! In: a network with costs, the access leg, barriers, places. Out: [`AccessTable`], which keeps for every place the few
//! junctions it is reached over and what is left from there, and answers for one start with one bounded search. The
//! answers are those of a [`super::TravelField`] from that start alone, to the millisecond.
//!
//! A place within reach of a link is reached over the link's first junction at that junction's time plus a constant, and
//! likewise over its last; both constants are found once, in closed form. A junction counts only where no other of the
//! place's junctions is a quicker way on from it, which leaves two or three of a hundred.

use super::barriers::{Barriers, visible};
use super::field::{Entry, FieldSettings, OnLink, Start, TravelField, enter};
use super::piece::Piece;
use super::search::OneToMany;
use crate::network::{Costs, LinkId, NodeId, PointId, RoadNetwork};
use geo::{Coord, Line};
use lifering_base::units::{Arrival, Milliseconds, SourceId};
use petgraph::Directed;
use petgraph::csr::Csr;
use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use std::collections::HashMap;

/// Places that one job prepares at least: each job has a slot for every junction.
const PLACES_A_JOB: usize = 512;

/// What is left to a place once a junction is reached.
#[derive(Clone, Copy, Debug)]
struct Rest {
    place: u32,
    ms: u32,
}

/// Least time left from a junction to the place that is being prepared.
#[derive(Clone, Copy, Debug)]
struct Over {
    node: NodeId,
    ms: u32,
}

/// For every place the junctions it is reached over.
#[derive(Debug)]
pub struct AccessTable<'n> {
    network: &'n RoadNetwork,
    costs: &'n Costs,
    settings: FieldSettings,
    places: Vec<Coord<f64>>,
    /// Where the places of each junction begin; one more than junctions.
    first: Vec<u32>,
    /// By junction: the places it is needed for, ascending, and what is left to them.
    rests: Vec<Rest>,
    /// Walls near a place, for those that have any.
    walls: HashMap<u32, Vec<Line<f64>>>,
    /// Places that are not inside a barrier area, to find those beside a link.
    tree: RTree<GeomWithData<[f64; 2], u32>>,
}

impl<'n> AccessTable<'n> {
    /// Prepares the places.
    pub fn new(
        network: &'n RoadNetwork,
        costs: &'n Costs,
        settings: FieldSettings,
        barriers: Option<&Barriers>,
        places: &[Coord<f64>],
    ) -> Self {
        let backwards = transposed(costs, network.node_count);
        let prepared: Vec<Prepared> = places
            .par_iter()
            .with_min_len(PLACES_A_JOB)
            .map_init(
                || Pruning::new(network.node_count),
                |pruning, place| {
                    if barriers.is_some_and(|b| b.inside(*place)) {
                        return Prepared { inside: true, ..Prepared::default() };
                    }
                    let walls = barriers.map(|b| b.near(*place, settings.leg.max_m)).unwrap_or_default();
                    pruning.begin();
                    junctions_over(network, costs, settings, *place, &walls, |node, ms| pruning.add(node, ms));
                    Prepared { over: pruning.needed(&backwards), walls, inside: false }
                },
            )
            .collect();
        let (first, rests) = by_junction(&prepared, network.node_count);
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
        Self { network, costs, settings, places: places.to_vec(), first, rests, walls, tree }
    }

    /// Junctions kept for all places together.
    pub fn kept(&self) -> usize {
        self.rests.len()
    }

    /// For each start, the places it reaches within `limit`, ascending, and when. `take` chooses and converts.
    pub fn from_each<T: Send>(
        &self,
        starts: &[Start],
        limit: Milliseconds,
        take: impl Fn(usize, u32, Milliseconds) -> Option<T> + Sync,
    ) -> Vec<Vec<T>> {
        // Below u32::MAX, as the search wants it.
        let limit = Milliseconds(limit.0.min(u32::MAX - 1));
        starts
            .par_iter()
            .enumerate()
            .map_init(
                || Scratch::new(self),
                |scratch, (index, start)| {
                    self.one(scratch, start, limit);
                    let mut out = Vec::new();
                    for (place, at) in scratch.at.iter().enumerate() {
                        if let Some(at) = at
                            && let Some(taken) = take(index, place as u32, *at)
                        {
                            out.push(taken);
                        }
                    }
                    out
                },
            )
            .collect()
    }

    /// Fills the scratch with what one start reaches within the limit.
    fn one(&self, scratch: &mut Scratch, start: &Start, limit: Milliseconds) {
        let join = self.network.index.nearest(self.network, start.xy);
        let entry = enter(self.network, self.costs, start, SourceId::new(0), join.as_ref(), self.settings);
        scratch.seeds.clear();
        scratch.seeds.extend(entry.seeds.iter().map(|(node, arrival)| (*node, arrival.at.0)));
        scratch.search.search(&self.costs.graph, &scratch.seeds, limit.0, |_, _| true);
        scratch.at.fill(None);
        for node in scratch.search.reached() {
            let Some(reached) = scratch.search.at(*node) else { continue };
            for rest in self.served(*node) {
                let ms = reached.saturating_add(rest.ms);
                let slot = &mut scratch.at[rest.place as usize];
                if ms <= limit.0 && slot.is_none_or(|old| ms < old.0) {
                    *slot = Some(Milliseconds(ms));
                }
            }
        }
        self.nearby(&entry, &mut |place, ms| {
            let slot = &mut scratch.at[place as usize];
            if ms <= limit && slot.is_none_or(|old| ms < old) {
                *slot = Some(ms);
            }
        });
    }

    /// A start in the middle of a link serves the places beside that link without passing a junction.
    fn nearby(&self, entry: &Entry, take: &mut dyn FnMut(u32, Milliseconds)) {
        for piece in &entry.extra {
            self.beside(piece, take);
        }
        if let Some((link, start)) = entry.on_link {
            self.along(link, start, take);
        }
    }

    /// The places a junction is needed for, and what is left to them.
    fn served(&self, node: NodeId) -> &[Rest] {
        &self.rests[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }

    /// What a start in the middle of a link reaches along that link.
    fn along(&self, link_id: LinkId, start: OnLink, take: &mut dyn FnMut(u32, Milliseconds)) {
        let link = &self.network.links[link_id as usize];
        let along = |point: PointId| self.costs.along_ms[point as usize];
        for segment in (link.first..link.last).filter(|s| self.network.roadside[*s as usize]) {
            let mut piece = straight(self.network, self.costs, self.settings, segment);
            let arrival = |point: PointId| start.at(link, along(point)).map(|a: Arrival| f64::from(a.at.0));
            piece.start_ms = arrival(segment).filter(|_| link.forward).unwrap_or(f64::INFINITY);
            piece.end_ms = arrival(segment + 1).filter(|_| link.backward).unwrap_or(f64::INFINITY);
            self.beside(&piece, take);
        }
    }

    /// The times of the places beside a piece.
    fn beside(&self, piece: &Piece, take: &mut dyn FnMut(u32, Milliseconds)) {
        if !piece.reached() {
            return;
        }
        let reach = self.settings.leg.max_m;
        let (a, b) = (piece.start, piece.at(piece.length_m));
        let envelope = AABB::from_corners(
            [a.x.min(b.x) - reach, a.y.min(b.y) - reach],
            [a.x.max(b.x) + reach, a.y.max(b.y) + reach],
        );
        for found in self.tree.locate_in_envelope(envelope) {
            let place = self.places[found.data as usize];
            let walls = self.walls.get(&found.data).map_or(&[][..], Vec::as_slice);
            let Some(ms) = quickest(piece, place, self.settings, walls) else { continue };
            take(found.data, Milliseconds(ms.round() as u32));
        }
    }
}

/// What standing sites reach already, against which one more is tried: only where the new one comes sooner is anything
/// looked at.
#[derive(Debug)]
pub struct OneMore<'t> {
    table: &'t AccessTable<'t>,
    /// When each junction is reached.
    junctions: Vec<Option<Milliseconds>>,
    /// When each place of the table is reached.
    places: Vec<Option<Milliseconds>>,
}

/// Buffers of [`OneMore::sooner`], one a thread.
#[derive(Debug)]
pub struct Tried {
    search: OneToMany,
    at: Vec<Option<Milliseconds>>,
    touched: Vec<u32>,
}

impl<'t> OneMore<'t> {
    /// `field` is that of the standing sites, its clock `shift` behind that of the starts to be tried; `places` is when
    /// the table's places are reached, by the clock of the starts.
    pub fn new(
        table: &'t AccessTable<'t>,
        field: &TravelField<'_>,
        shift: Milliseconds,
        places: Vec<Option<Milliseconds>>,
    ) -> Self {
        let mut junctions = vec![None; table.network.node_count];
        for link in &table.network.links {
            for (node, point) in [(link.from, link.first), (link.to, link.last)] {
                junctions[node as usize] = field.arrivals[point as usize].map(|arrival| arrival.at.plus(shift));
            }
        }
        Self { table, junctions, places }
    }

    /// Buffers for one thread.
    pub fn buffers(&self) -> Tried {
        Tried {
            search: OneToMany::new(self.table.network.node_count, self.table.costs.longest_ms),
            at: vec![None; self.places.len()],
            touched: Vec::new(),
        }
    }

    /// The places that a further start reaches sooner than anybody does, ascending, and when.
    pub fn sooner(&self, start: &Start, tried: &mut Tried) -> Vec<(u32, Milliseconds)> {
        let table = self.table;
        let join = table.network.index.nearest(table.network, start.xy);
        let entry = enter(table.network, table.costs, start, SourceId::new(0), join.as_ref(), table.settings);
        let seeds: Vec<(NodeId, u32)> = entry.seeds.iter().map(|(node, arrival)| (*node, arrival.at.0)).collect();
        // Whoever is reached over a junction that is reached sooner already is not helped by going on from there.
        let worth = |node: NodeId, at: u32| self.junctions[node as usize].is_none_or(|now| at < now.0);
        tried.search.search(&table.costs.graph, &seeds, u32::MAX - 1, worth);
        let (at, touched) = (&mut tried.at, &mut tried.touched);
        let mut take = |place: u32, ms: Milliseconds| {
            let slot = &mut at[place as usize];
            if self.places[place as usize].is_none_or(|now| ms < now) && slot.is_none_or(|old| ms < old) {
                if slot.is_none() {
                    touched.push(place);
                }
                *slot = Some(ms);
            }
        };
        for node in tried.search.reached() {
            let Some(reached) = tried.search.at(*node) else { continue };
            for rest in table.served(*node) {
                take(rest.place, Milliseconds(reached.saturating_add(rest.ms)));
            }
        }
        table.nearby(&entry, &mut take);
        tried.touched.sort_unstable();
        let mut found = Vec::with_capacity(tried.touched.len());
        for place in tried.touched.drain(..) {
            found.extend(tried.at[place as usize].take().map(|ms| (place, ms)));
        }
        found
    }
}

#[derive(Default)]
struct Prepared {
    over: Vec<Over>,
    walls: Vec<Line<f64>>,
    inside: bool,
}

struct Scratch {
    search: OneToMany,
    seeds: Vec<(NodeId, u32)>,
    at: Vec<Option<Milliseconds>>,
}

impl Scratch {
    fn new(table: &AccessTable<'_>) -> Self {
        Self {
            search: OneToMany::new(table.network.node_count, table.costs.longest_ms),
            seeds: Vec::new(),
            at: vec![None; table.places.len()],
        }
    }
}

/// A segment as a piece that nobody has reached.
fn straight(network: &RoadNetwork, costs: &Costs, settings: FieldSettings, segment: PointId) -> Piece {
    let (a, b) = (segment as usize, segment as usize + 1);
    let duration = f64::from(costs.along_ms[b] - costs.along_ms[a]);
    Piece::new(network.xy[a], network.xy[b], duration, settings.leg)
}

/// The quickest way over a piece to a place, milliseconds; walls considered.
fn quickest(piece: &Piece, place: Coord<f64>, settings: FieldSettings, walls: &[Line<f64>]) -> Option<f64> {
    let (beside, leg) = (piece.beside(place), settings.leg);
    let open = piece.quickest(beside, leg.ms_per_m, leg.max_m, 0.0, piece.length_m)?;
    if walls.is_empty() {
        return Some(open.ms);
    }
    visible(place, piece, walls)
        .into_iter()
        .filter_map(|(low, high)| piece.quickest(beside, leg.ms_per_m, leg.max_m, low, high))
        .map(|way| way.ms)
        .min_by(f64::total_cmp)
}

/// Calls `found` with every junction over which a place may be reached, and what is left from there over one piece.
fn junctions_over(
    network: &RoadNetwork,
    costs: &Costs,
    settings: FieldSettings,
    place: Coord<f64>,
    walls: &[Line<f64>],
    mut found: impl FnMut(NodeId, u32),
) {
    let reach = settings.leg.max_m;
    network.index.near(place, reach, |segment| {
        let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
        let beyond = |a: f64, b: f64, at: f64| a.min(b) > at + reach || a.max(b) < at - reach;
        if beyond(a.x, b.x, place.x) || beyond(a.y, b.y, place.y) {
            return;
        }
        let link = &network.links[network.link_of[segment as usize] as usize];
        let mut piece = straight(network, costs, settings, segment);
        let mut add = |piece: &Piece, node: NodeId| {
            if let Some(ms) = quickest(piece, place, settings, walls) {
                found(node, ms.round() as u32);
            }
        };
        if link.forward {
            piece.start_ms = f64::from(costs.along_ms[segment as usize]);
            add(&piece, link.from);
        }
        if link.backward {
            piece.start_ms = f64::INFINITY;
            piece.end_ms = f64::from(costs.link_ms(link) - costs.along_ms[segment as usize + 1]);
            add(&piece, link.to);
        }
    });
}

/// From places with their junctions to junctions with their places: where each begins, and all of them.
fn by_junction(prepared: &[Prepared], nodes: usize) -> (Vec<u32>, Vec<Rest>) {
    let mut first = vec![0_u32; nodes + 1];
    for over in prepared.iter().flat_map(|one| &one.over) {
        first[over.node as usize + 1] += 1;
    }
    for node in 0..nodes {
        first[node + 1] += first[node];
    }
    let mut next = first.clone();
    let mut rests = vec![Rest { place: 0, ms: 0 }; first[nodes] as usize];
    for (place, one) in prepared.iter().enumerate() {
        for over in &one.over {
            let slot = &mut next[over.node as usize];
            rests[*slot as usize] = Rest { place: place as u32, ms: over.ms };
            *slot += 1;
        }
    }
    (first, rests)
}

/// The graph with every edge turned round.
fn transposed(costs: &Costs, nodes: usize) -> Csr<(), u32, Directed, NodeId> {
    let mut edges: Vec<(NodeId, NodeId, u32)> = Vec::with_capacity(costs.graph.edge_count());
    for from in 0..nodes as NodeId {
        let graph = &costs.graph;
        edges.extend(graph.neighbors_slice(from).iter().zip(graph.edges_slice(from)).map(|(to, ms)| (*to, from, *ms)));
    }
    edges.par_sort_unstable();
    let mut graph = Csr::from_sorted_edges(&edges).unwrap_or_default();
    while graph.node_count() < nodes {
        graph.add_node(());
    }
    graph
}

/// Which of a place's junctions are needed. One from which another of them is reached so soon that no time is lost going
/// on from there is not. Only single edges between the place's own junctions are looked at: that leaves a few more than a
/// whole search backwards would, at a small part of its cost.
struct Pruning {
    /// For each junction the place it was last met for, and least time left so far.
    least: Vec<(u32, u32)>,
    /// Number of the place.
    turn: u32,
    /// The place's junctions, each once.
    met: Vec<NodeId>,
}

impl Pruning {
    fn new(nodes: usize) -> Self {
        Self { least: vec![(0, 0); nodes], turn: 0, met: Vec::new() }
    }

    /// Goes on to the next place.
    fn begin(&mut self) {
        self.turn += 1;
        self.met.clear();
    }

    /// A way over a junction.
    fn add(&mut self, node: NodeId, ms: u32) {
        let slot = &mut self.least[node as usize];
        if slot.0 != self.turn {
            self.met.push(node);
            *slot = (self.turn, ms);
        } else if ms < slot.1 {
            slot.1 = ms;
        }
    }

    /// The junctions that are needed, those from which least is left first.
    fn needed(&mut self, backwards: &Csr<(), u32, Directed, NodeId>) -> Vec<Over> {
        let mut all: Vec<Over> =
            self.met.iter().map(|node| Over { node: *node, ms: self.least[*node as usize].1 }).collect();
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

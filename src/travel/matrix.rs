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
use super::field::{FieldSettings, OnLink, Start, enter};
use super::piece::Piece;
use super::search::OneToMany;
use crate::network::{Costs, LinkId, NodeId, PointId, RoadNetwork};
use crate::units::{Arrival, Milliseconds, SourceId};
use geo::{Coord, Line};
use petgraph::Directed;
use petgraph::csr::Csr;
use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// Junctions looked at for one place before the rest of its junctions are kept unproved. They cost time, not truth.
const MOST_LOOKED_AT: usize = 256;

/// So few junctions are kept without asking whether all are needed.
const FEW: usize = 4;

/// What is left to a place once a junction is reached.
#[derive(Clone, Copy, Debug)]
struct Rest {
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
    /// Where the rests of each place begin; one more than places.
    first: Vec<u32>,
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
            .map_init(
                || Pruning::new(network.node_count),
                |pruning, place| {
                    if barriers.is_some_and(|b| b.inside(*place)) {
                        return Prepared { inside: true, ..Prepared::default() };
                    }
                    let walls = barriers.map(|b| b.near(*place, settings.leg.max_m)).unwrap_or_default();
                    let all = rests(network, costs, settings, *place, &walls);
                    Prepared { rests: pruning.needed(&backwards, all), walls, inside: false }
                },
            )
            .collect();
        let mut table = Self {
            network,
            costs,
            settings,
            places: places.to_vec(),
            first: Vec::with_capacity(places.len() + 1),
            rests: Vec::new(),
            walls: HashMap::new(),
            tree: RTree::new(),
        };
        let mut open = Vec::with_capacity(places.len());
        for (at, one) in prepared.into_iter().enumerate() {
            table.first.push(table.rests.len() as u32);
            table.rests.extend(one.rests);
            if !one.walls.is_empty() {
                table.walls.insert(at as u32, one.walls);
            }
            if !one.inside {
                open.push(GeomWithData::new([places[at].x, places[at].y], at as u32));
            }
        }
        table.first.push(table.rests.len() as u32);
        table.tree = RTree::bulk_load(open);
        table
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
        scratch.search.search(&self.costs.graph, &scratch.seeds, limit.0);
        if scratch.search.reached_any() {
            for (place, slot) in scratch.at.iter_mut().enumerate() {
                let range = self.first[place] as usize..self.first[place + 1] as usize;
                let over = |rest: &Rest| scratch.search.at(rest.node).map(|at| at.saturating_add(rest.ms));
                *slot = self.rests[range].iter().filter_map(over).min().filter(|at| *at <= limit.0).map(Milliseconds);
            }
        } else {
            scratch.at.fill(None);
        }
        // A start in the middle of a link serves the places beside that link without passing a junction.
        for piece in &entry.extra {
            self.beside(piece, limit, &mut scratch.at);
        }
        if let Some((link, start)) = entry.on_link {
            self.along(link, start, limit, &mut scratch.at);
        }
    }

    /// What a start in the middle of a link reaches along that link.
    fn along(&self, link_id: LinkId, start: OnLink, limit: Milliseconds, at: &mut [Option<Milliseconds>]) {
        let link = &self.network.links[link_id as usize];
        let along = |point: PointId| self.costs.along_ms[point as usize];
        for segment in (link.first..link.last).filter(|s| self.network.roadside[*s as usize]) {
            let mut piece = straight(self.network, self.costs, self.settings, segment);
            let arrival = |point: PointId| start.at(link, along(point)).map(|a: Arrival| f64::from(a.at.0));
            piece.start_ms = arrival(segment).filter(|_| link.forward).unwrap_or(f64::INFINITY);
            piece.end_ms = arrival(segment + 1).filter(|_| link.backward).unwrap_or(f64::INFINITY);
            self.beside(&piece, limit, at);
        }
    }

    /// Betters the times of the places beside a piece.
    fn beside(&self, piece: &Piece, limit: Milliseconds, at: &mut [Option<Milliseconds>]) {
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
            let ms = Milliseconds(ms.round() as u32);
            let slot = &mut at[found.data as usize];
            if ms <= limit && slot.is_none_or(|old| ms < old) {
                *slot = Some(ms);
            }
        }
    }
}

#[derive(Default)]
struct Prepared {
    rests: Vec<Rest>,
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

/// Every junction over which a place may be reached, with the least that is left from there, in no order.
fn rests(
    network: &RoadNetwork,
    costs: &Costs,
    settings: FieldSettings,
    place: Coord<f64>,
    walls: &[Line<f64>],
) -> Vec<Rest> {
    let mut all = Vec::new();
    network.index.near(place, settings.leg.max_m, |segment| {
        let link = &network.links[network.link_of[segment as usize] as usize];
        let mut piece = straight(network, costs, settings, segment);
        let mut add = |piece: &Piece, node: NodeId| {
            if let Some(ms) = quickest(piece, place, settings, walls) {
                all.push(Rest { node, ms: ms.round() as u32 });
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
    all
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

/// Which of a place's junctions are needed: a search backwards from all of them at once, each starting at what is left
/// from it. One that another reaches sooner is never the best way on.
struct Pruning {
    /// Least found so far for each junction, and for which place that was.
    least: Vec<(u32, u32)>,
    turn: u32,
    heap: BinaryHeap<Reverse<(u32, NodeId)>>,
}

impl Pruning {
    fn new(nodes: usize) -> Self {
        Self { least: vec![(0, 0); nodes], turn: 0, heap: BinaryHeap::new() }
    }

    fn improves(&mut self, node: NodeId, ms: u32) -> bool {
        let slot = &mut self.least[node as usize];
        let better = slot.0 != self.turn || ms < slot.1;
        if better {
            *slot = (self.turn, ms);
        }
        better
    }

    fn needed(&mut self, backwards: &Csr<(), u32, Directed, NodeId>, mut all: Vec<Rest>) -> Vec<Rest> {
        all.sort_unstable_by_key(|rest| (rest.node, rest.ms));
        all.dedup_by_key(|rest| rest.node);
        if all.len() <= FEW {
            return all;
        }
        self.turn += 1;
        self.heap.clear();
        for rest in &all {
            self.improves(rest.node, rest.ms);
            self.heap.push(Reverse((rest.ms, rest.node)));
        }
        let furthest = all.iter().map(|rest| rest.ms).max().unwrap_or(0);
        let mut looked_at = 0;
        while let Some(Reverse((ms, node))) = self.heap.pop() {
            if looked_at > MOST_LOOKED_AT {
                break;
            }
            if self.least[node as usize] != (self.turn, ms) {
                continue;
            }
            looked_at += 1;
            for (&before, &weight) in backwards.neighbors_slice(node).iter().zip(backwards.edges_slice(node)) {
                let there = ms.saturating_add(weight);
                if there <= furthest && self.improves(before, there) {
                    self.heap.push(Reverse((there, before)));
                }
            }
        }
        all.retain(|rest| self.least[rest.node as usize] == (self.turn, rest.ms));
        all.sort_unstable_by_key(|rest| (rest.ms, rest.node));
        all
    }
}

//! Networks with turn restrictions against a search that remembers the last roads driven.

use crate::network::{BuildSettings, Costs, NodeId, RoadNetwork, Speeds, TurnOutcome, Usage, build};
use crate::travel::search::first_arrivals;
use lifering_base::frame::{Frame, LonLat};
use lifering_base::parameters::Obey;
use lifering_base::records::road_class::RoadClass;
use lifering_base::records::{Direction, Road, Turn, TurnRule};
use lifering_base::units::{Arrival, Milliseconds, SourceId};
use lifering_readers::settings::Settings;
use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, NodeIndex};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A road of one segment between two points of a lattice, as drawn.
type Street = ((i32, i32), (i32, i32));
/// A road by its position, driven as drawn or against that.
type Driven = (usize, bool);

fn place((x, y): (i32, i32)) -> LonLat {
    LonLat::new(118.0 + f64::from(x) * 1e-3, 24.0 + f64::from(y) * 1e-3)
}

fn e7(place: LonLat) -> [i32; 2] {
    [(place.lon * 1e7).round() as i32, (place.lat * 1e7).round() as i32]
}

fn road(at: usize, (from, to): Street, direction: Direction) -> Road {
    let id = Some(format!("r{at}"));
    Road { feature: at, id, direction, ..Road::plain(RoadClass::Residential, vec![vec![place(from), place(to)]]) }
}

fn turn(rule: TurnRule, at: (i32, i32), roads: &[usize]) -> Turn {
    let id = |road: &usize| format!("r{road}");
    let (first, last) = (roads.first().map(id), roads.last().map(id));
    let via = roads.get(1..roads.len() - 1).unwrap_or_default().iter().map(id).collect();
    Turn {
        feature: 0,
        id: None,
        place: Some(place(at)),
        rule,
        from: first.into_iter().collect(),
        via,
        to: last.into_iter().collect(),
        excepted: false,
    }
}

/// The full graph: a state is the last three roads driven.
struct Oracle<'a> {
    network: &'a RoadNetwork,
    streets: &'a [Street],
    directions: Vec<[bool; 2]>,
    turns: &'a [Turn],
    /// By link: the roads along it, driven from its first point.
    along: Vec<Vec<Driven>>,
}

impl Oracle<'_> {
    fn end(&self, (road, forward): Driven) -> (i32, i32) {
        if forward { self.streets[road].1 } else { self.streets[road].0 }
    }

    fn start(&self, (road, forward): Driven) -> (i32, i32) {
        self.end((road, !forward))
    }

    /// Whether some turn forbids the last of these roads after those before it.
    fn forbids(&self, driven: &[Driven]) -> bool {
        self.turns.iter().any(|turn| {
            let named: Vec<&String> = turn.from.iter().chain(&turn.via).collect();
            let Some(before) = (driven.len() - 1).checked_sub(named.len()) else { return false };
            let (path, next) = (&driven[before..driven.len() - 1], driven[driven.len() - 1]);
            let is = |road: &Driven, id: &String| *id == format!("r{}", road.0);
            if !path.iter().zip(&named).all(|(road, id)| is(road, id)) {
                return false;
            }
            let via = self.end(path[path.len() - 1]);
            if turn.via.is_empty() && turn.place != Some(place(via)) {
                return false;
            }
            let last = path[path.len() - 1];
            let meant = |way: Driven| {
                let back = turn.via.is_empty() && turn.from == turn.to;
                if back { way == (last.0, !last.1) } else { turn.to.iter().any(|id| is(&way, id)) }
            };
            match turn.rule {
                TurnRule::Never => meant(next),
                TurnRule::Only => !meant(next) && self.leaving(via).into_iter().any(meant),
            }
        })
    }

    fn leaving(&self, at: (i32, i32)) -> Vec<Driven> {
        let all = (0..self.streets.len()).flat_map(|road| [(road, true), (road, false)]);
        all.filter(|way| self.directions[way.0][usize::from(!way.1)] && self.start(*way) == at).collect()
    }

    /// Least time from a junction to every junction.
    fn times(&self, from: NodeId, costs: &Costs) -> BTreeMap<NodeId, u32> {
        let mut graph: DiGraph<(NodeId, Vec<Driven>), u32> = DiGraph::new();
        let mut known: BTreeMap<(NodeId, Vec<Driven>), NodeIndex> = BTreeMap::new();
        let start = graph.add_node((from, Vec::new()));
        known.insert((from, Vec::new()), start);
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            let (junction, memory) = graph[at].clone();
            for (id, link) in self.network.links.iter().enumerate() {
                for (leaves, to, forward, permitted) in
                    [(link.from, link.to, true, link.forward), (link.to, link.from, false, link.backward)]
                {
                    if leaves != junction || !permitted {
                        continue;
                    }
                    let mut driven = memory.clone();
                    let roads = self.along[id].iter().copied();
                    let roads: Vec<Driven> =
                        if forward { roads.collect() } else { roads.rev().map(|(road, way)| (road, !way)).collect() };
                    let allowed = roads.into_iter().all(|road| {
                        driven.push(road);
                        driven.len() < 2 || !self.forbids(&driven)
                    });
                    if !allowed {
                        continue;
                    }
                    let memory = driven[driven.len().saturating_sub(3)..].to_vec();
                    let state = (to, memory);
                    let next = *known.entry(state.clone()).or_insert_with(|| {
                        let node = graph.add_node(state);
                        open.push(node);
                        node
                    });
                    graph.add_edge(at, next, costs.link_ms(link));
                }
            }
        }
        let mut least: BTreeMap<NodeId, u32> = BTreeMap::new();
        for (node, ms) in dijkstra(&graph, start, None, |edge| *edge.weight()) {
            let slot = least.entry(graph[node].0).or_insert(ms);
            *slot = (*slot).min(ms);
        }
        least
    }
}

fn roads_along(network: &RoadNetwork, streets: &[Street]) -> Vec<Vec<Driven>> {
    let of_link = |link: &crate::network::Link| {
        let segments = link.first..link.last;
        segments
            .map(|segment| {
                let road = network.road[segment as usize] as usize;
                (road, network.degrees_e7[segment as usize] == e7(place(streets[road].0)))
            })
            .collect()
    };
    network.links.iter().map(of_link).collect()
}

fn built(roads: &[Road], turns: &[Turn]) -> (RoadNetwork, Costs) {
    let settings = Settings::named("lattice");
    let settings = BuildSettings { turns, ..BuildSettings::plain(Usage::Drive(Obey::All), &settings) };
    let network = build(roads, &Frame::new(LonLat::new(118.0, 24.0)).unwrap(), &settings);
    let costs = Costs::new(&network, roads, &Speeds::Uniform(10.0));
    (network, costs)
}

/// Times from a junction to every junction by the search over the network.
fn times(network: &RoadNetwork, costs: &Costs, from: NodeId) -> BTreeMap<NodeId, u32> {
    let seed = (from, Arrival { at: Milliseconds(0), by: SourceId::new(0) });
    let labels = first_arrivals(&costs.graph, costs.longest_ms, &[seed], None);
    let mut least: BTreeMap<NodeId, u32> = BTreeMap::new();
    for (node, arrival) in labels.iter().enumerate().filter_map(|(node, arrival)| Some((node, (*arrival)?))) {
        let slot = least.entry(network.junction(node as NodeId)).or_insert(arrival.at.0);
        *slot = (*slot).min(arrival.at.0);
    }
    least
}

/// Lattice streets, each with a direction; turns drawn by three random numbers each.
fn city() -> impl Strategy<Value = (Vec<(Street, u8)>, Vec<[usize; 4]>)> {
    let street = (0..4_i32, 0..4_i32, prop::bool::ANY).prop_map(|(x, y, east)| {
        let to = if east { (x + 1, y) } else { (x, y + 1) };
        ((x, y), to)
    });
    let streets = prop::collection::btree_map(street, 0..4_u8, 8..30);
    let turns = prop::collection::vec([0..1000_usize, 0..1000, 0..1000, 0..1000], 0..12);
    (streets.prop_map(|all| all.into_iter().collect()), turns)
}

/// A turn at a random road's end, over none or one road between.
fn draw(streets: &[Street], [first, rule, next, last]: [usize; 4]) -> Turn {
    let rule = if rule % 3 == 0 { TurnRule::Only } else { TurnRule::Never };
    let first = first % streets.len();
    let at = |point: (i32, i32)| -> Vec<usize> {
        (0..streets.len()).filter(|road| streets[*road].0 == point || streets[*road].1 == point).collect()
    };
    let via = if first.is_multiple_of(2) { streets[first].0 } else { streets[first].1 };
    let meeting = at(via);
    let second = meeting[next % meeting.len()];
    if last % 2 == 0 || second == first {
        return turn(rule, via, &[first, second]);
    }
    let far = if streets[second].0 == via { streets[second].1 } else { streets[second].0 };
    let beyond = at(far);
    turn(rule, via, &[first, second, beyond[last % beyond.len()]])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn agrees_with_a_search_that_remembers_the_roads_driven((drawn, turns) in city()) {
        let streets: Vec<Street> = drawn.iter().map(|(street, _)| *street).collect();
        let direction = |way: &u8| match way { 0 => Direction::Forward, 1 => Direction::Backward, _ => Direction::Both };
        let roads: Vec<Road> =
            drawn.iter().enumerate().map(|(at, (street, way))| road(at, *street, direction(way))).collect();
        let turns: Vec<Turn> = turns.into_iter().map(|numbers| draw(&streets, numbers)).collect();
        let (network, costs) = built(&roads, &turns);
        let directions = drawn.iter().map(|(_, way)| match way { 0 => [true, false], 1 => [false, true], _ => [true, true] });
        let oracle = Oracle {
            network: &network,
            streets: &streets,
            directions: directions.collect(),
            turns: &turns,
            along: roads_along(&network, &streets),
        };
        for from in 0..network.junction_count as NodeId {
            prop_assert_eq!(times(&network, &costs, from), oracle.times(from, &costs));
        }
    }
}

#[test]
fn a_left_turn_is_forbidden_and_the_way_round_the_block_is_taken() {
    // West to the middle, then north; round the block by the east: 4 streets instead of 2. About 101 m and 111 m each.
    let streets: Vec<Street> = vec![
        ((0, 1), (1, 1)),
        ((1, 1), (2, 1)),
        ((1, 1), (1, 2)),
        ((2, 1), (2, 2)),
        ((2, 2), (1, 2)),
        ((1, 0), (1, 1)),
        ((2, 1), (3, 1)),
        ((1, 2), (1, 3)),
    ];
    let roads: Vec<Road> = streets.iter().enumerate().map(|(at, street)| road(at, *street, Direction::Both)).collect();
    let forbidden = [turn(TurnRule::Never, (1, 1), &[0, 2])];
    let (open, open_costs) = built(&roads, &[]);
    let (network, costs) = built(&roads, &forbidden);
    assert_eq!(network.turn_outcomes, [TurnOutcome::Kept]);
    assert_eq!(network.node_count(), network.junction_count + 1, "one junction remembers one road");
    let node = |network: &RoadNetwork, at: (i32, i32)| {
        let ends = network.links.iter().flat_map(|link| [(link.from, link.first), (link.to, link.last)]);
        let here = |(_, point): &(NodeId, u32)| network.degrees_e7[*point as usize] == e7(place(at));
        ends.into_iter().find(here).unwrap().0
    };
    let ms =
        |network: &RoadNetwork, costs: &Costs, from, to| times(network, costs, node(network, from))[&node(network, to)];
    let (direct, round) = (ms(&open, &open_costs, (0, 1), (1, 2)), ms(&network, &costs, (0, 1), (1, 2)));
    // At 10 m/s: 10.2 s east and 11.1 s north; round the block 10.2 + 10.2 + 11.1 + 10.2.
    assert!((21_200..21_400).contains(&direct), "{direct}");
    assert!((41_500..41_800).contains(&round), "{round}");
    // The other way round nothing is forbidden.
    assert_eq!(ms(&network, &costs, (1, 2), (0, 1)), direct);
}

#[test]
fn broken_turns_are_void_and_told() {
    let streets: Vec<Street> = vec![((0, 0), (1, 0)), ((1, 0), (2, 0)), ((3, 0), (4, 0))];
    let roads: Vec<Road> = streets.iter().enumerate().map(|(at, street)| road(at, *street, Direction::Both)).collect();
    let excepted = Turn { excepted: true, ..turn(TurnRule::Never, (1, 0), &[0, 1]) };
    let turns = [
        turn(TurnRule::Never, (1, 0), &[0, 9]),
        turn(TurnRule::Never, (1, 0), &[0, 2]),
        turn(TurnRule::Never, (2, 0), &[0, 1]),
        excepted,
        turn(TurnRule::Never, (1, 0), &[0, 1]),
    ];
    let (network, _) = built(&roads, &turns);
    let expected = [
        TurnOutcome::RoadMissing,
        TurnOutcome::NotJoined,
        TurnOutcome::NotJoined,
        TurnOutcome::Excepted,
        TurnOutcome::Kept,
    ];
    assert_eq!(network.turn_outcomes, expected);
    let held: BTreeSet<NodeId> = (0..network.node_count() as NodeId).map(|node| network.junction(node)).collect();
    assert_eq!(held.len(), network.junction_count);
}

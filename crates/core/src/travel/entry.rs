//! Where a start enters the network (definitions.md section 3, roads.md section 7).
//!
//! In: a network and the place of a start. Out: [`Entries`]: every road that is equally near, and, for a start from which
//! hardly any road can be driven, also the nearest road of the network's main part.

use super::barriers::Barriers;
use crate::network::index::{distance_m, project};
use crate::network::{LinkId, NodeId, PointId, RoadNetwork, RoadPoint};
use geo::Coord;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// Roads whose distance exceeds the nearest by at most this are entered as well, metres: one centimetre, the precision of
/// coordinates (roads.md section 7).
const EQUALLY_NEAR_M: f64 = 0.01;

/// A start from which less road than this can be driven can go nowhere, metres (roads.md section 7).
const NOWHERE_M: f64 = 1000.0;

/// How many times as long the main part must be (roads.md section 7).
const MAIN_PART_TIMES: f64 = 10.0;

/// Greatest distance of the road of the main part that such a start also enters, metres (roads.md section 7).
const TO_MAIN_PART_M: f64 = 100.0;

/// Where roads are closed, the nearest open one is looked for within this at first, then within ever more, metres.
const FIRST_REACH_M: f64 = 100.0;

/// How far it is looked for at most, metres.
const FARTHEST_REACH_M: f64 = 100_000.0;

/// Where one start enters the network.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    /// The nearest point first; empty if no road has roadside access.
    pub points: Vec<RoadPoint>,
    /// Set if the nearest roads lead nowhere.
    pub way_out: Option<WayOut>,
}

/// A start whose nearest roads lead nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WayOut {
    /// Length of road that can be driven from the nearest roads, metres.
    pub drivable_m: f64,
    /// Distance of the nearest road, metres.
    pub nearest_m: f64,
    /// Distance of the nearest road of the main part, which is entered as well, metres; `None` if none lies near enough on
    /// this side of barriers.
    pub main_part_m: Option<f64>,
}

impl Entries {
    /// The entries of a start at `place`. `way_out`: whether a start that can go nowhere enters the main part.
    pub fn find(network: &RoadNetwork, place: Coord<f64>, way_out: bool, barriers: Option<&Barriers>) -> Self {
        let nearest = network.index.nearest(network, place);
        Self::beside(network, place, nearest, way_out, barriers, &|_| true)
    }

    /// The same where some segments are closed: the nearest road is the nearest that is `open`. What lies beyond a closed
    /// road still counts as road that can be driven.
    pub(super) fn find_open(
        network: &RoadNetwork,
        place: Coord<f64>,
        way_out: bool,
        barriers: Option<&Barriers>,
        open: &dyn Fn(PointId) -> bool,
    ) -> Self {
        let mut reach_m = FIRST_REACH_M;
        let nearest = loop {
            let found = within(network, place, reach_m, open);
            let nearest = found.into_iter().min_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
            if nearest.is_some() || reach_m > FARTHEST_REACH_M {
                break nearest;
            }
            reach_m *= 4.0;
        };
        Self::beside(network, place, nearest, way_out, barriers, open)
    }

    fn beside(
        network: &RoadNetwork,
        place: Coord<f64>,
        nearest: Option<RoadPoint>,
        way_out: bool,
        barriers: Option<&Barriers>,
        open: &dyn Fn(PointId) -> bool,
    ) -> Self {
        let Some(nearest) = nearest else { return Self::default() };
        let mut points = within(network, place, nearest.distance_m + EQUALLY_NEAR_M, open);
        let mut entries = Self { way_out: None, points: Vec::new() };
        let drivable_m = if way_out { drivable_m(network, &points, NOWHERE_M) } else { NOWHERE_M };
        if drivable_m < NOWHERE_M && network.main_part().length_m >= MAIN_PART_TIMES * drivable_m {
            let of_main = |segment: PointId| {
                open(segment) && network.main_part().contains(network, network.link_of[segment as usize])
            };
            let mut main = within(network, place, TO_MAIN_PART_M, of_main);
            if let Some(least_m) = main.iter().map(|point| point.distance_m).reduce(f64::min) {
                main.retain(|point| point.distance_m <= least_m + EQUALLY_NEAR_M);
                main.retain(|point| barriers.is_none_or(|b| !b.crossed(place, point.xy)));
                main.retain(|point| points.iter().all(|known| known.segment != point.segment));
            }
            let main_part_m = main.iter().map(|point| point.distance_m).reduce(f64::min);
            entries.way_out = Some(WayOut { drivable_m, nearest_m: nearest.distance_m, main_part_m });
            points.append(&mut main);
        }
        points.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.segment.cmp(&b.segment)));
        entries.points = points;
        entries
    }

    /// Length of road that can be driven from the entries, metres. Whoever comes to the main part drives all of it: the search
    /// ends there, and what leads out of it without a way back is left out.
    pub fn drivable_m(&self, network: &RoadNetwork) -> f64 {
        let main = network.main_part();
        if self.points.iter().any(|point| main.contains(network, network.link_of[point.segment as usize])) {
            return main.length_m;
        }
        drivable_m(network, &self.points, main.length_m)
    }

    /// The nearest point within `reach_m` on a road that is not entered; `None` if there is none.
    pub fn next_road(&self, network: &RoadNetwork, place: Coord<f64>, reach_m: f64) -> Option<RoadPoint> {
        let road_of = |point: &RoadPoint| network.road[point.segment as usize];
        let entered: BTreeSet<u32> = self.points.iter().map(road_of).collect();
        let others = within(network, place, reach_m, |_| true).into_iter().filter(|p| !entered.contains(&road_of(p)));
        others.min_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.segment.cmp(&b.segment)))
    }

    /// The nearest point; `None` if no road has roadside access.
    pub fn nearest(&self) -> Option<&RoadPoint> {
        self.points.first()
    }
}

/// The nearest point of every segment within `reach_m` that is `wanted`.
fn within(network: &RoadNetwork, place: Coord<f64>, reach_m: f64, wanted: impl Fn(PointId) -> bool) -> Vec<RoadPoint> {
    let mut found = Vec::new();
    network.index.near(place, reach_m, |segment| {
        if !wanted(segment) {
            return;
        }
        let (a, b) = (network.xy[segment as usize], network.xy[segment as usize + 1]);
        let fraction = project(place, a, b);
        let xy = a + (b - a) * fraction;
        let distance_m = distance_m(place, xy);
        if distance_m <= reach_m {
            found.push(RoadPoint { segment, fraction, xy, distance_m });
        }
    });
    found
}

/// Length of road that can be driven from where a start enters, metres; the count ends once it reaches `enough_m`. Of the
/// roads that it enters themselves, what lies beyond the next vertex counts.
fn drivable_m(network: &RoadNetwork, points: &[RoadPoint], enough_m: f64) -> f64 {
    let length = |segment: u32| f64::from(network.length_m[segment as usize]);
    let mut total_m = 0.0;
    let mut entered: BTreeSet<u32> = BTreeSet::new();
    let mut open: VecDeque<NodeId> = VecDeque::new();
    for point in points {
        let id = network.link_of[point.segment as usize];
        let link = network.links[id as usize];
        let (at, mut add) = (point.segment, |segment: u32| {
            if entered.insert(segment) {
                total_m += length(segment);
            }
        });
        if link.forward {
            (at + 1..link.last).for_each(&mut add);
            open.push_back(network.head(id, true));
        }
        if link.backward {
            (link.first..at).for_each(&mut add);
            open.push_back(network.head(id, false));
        }
        if link.forward && link.backward {
            add(at);
        }
    }
    let mut seen: BTreeSet<NodeId> = open.iter().copied().collect();
    let mut driven: BTreeSet<LinkId> = BTreeSet::new();
    while let Some(node) = open.pop_front() {
        if total_m >= enough_m {
            break;
        }
        for edge in network.edges_from(node) {
            let link = network.links[edge.link as usize];
            if driven.insert(edge.link) {
                let new = (link.first..link.last).filter(|segment| !entered.contains(segment));
                total_m += new.map(length).sum::<f64>();
            }
            if seen.insert(edge.to) {
                open.push_back(edge.to);
            }
        }
    }
    total_m
}

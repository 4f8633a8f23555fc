//! Findings compared with networks built anew, and with all pairs of segments.

use super::*;
use crate::network::{BuildSettings, RoadNetwork, Usage, build};
use geo::algorithm::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Line};
use lifering_base::parameters::{Obey, Roads};
use lifering_base::records::Direction;
use lifering_base::records::road_class::RoadClass;
use lifering_readers::settings::Settings;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use proptest::prelude::*;

const REACHES: SearchDistances = SearchDistances { near_miss_m: 2.0, snap_m: 1.0 };

fn frame() -> Frame {
    Frame::new(LonLat::new(118.5, 24.7)).unwrap()
}

/// A road of one line, in metres east and north of the centre.
fn road(line: &[(f64, f64)]) -> Road {
    let place = |(x, y): &(f64, f64)| frame().to_lon_lat(Coord { x: *x, y: *y });
    Road::plain(RoadClass::Residential, vec![line.iter().map(place).collect()])
}

fn built(roads: &[Road], snap_m: f64, split_crossings: bool) -> RoadNetwork {
    let mut settings = Settings::named("lines");
    settings.roads = Roads { snap_m, split_crossings };
    // The diagnosis must see bridges as well.
    settings.access.roadside_on_bridges = true;
    build(roads, &frame(), &BuildSettings::plain(Usage::Drive(Obey::All), &settings))
}

fn diagnosis(roads: &[Road]) -> Diagnosis {
    diagnose(&built(roads, 0.0, false), roads, &frame(), REACHES)
}

/// A summary compared with the network that is built with the option.
fn assert_alike(found: ComponentSummary, network: &RoadNetwork, what: &str) {
    let is = network.connectivity;
    assert_eq!((found.junctions, found.components), (network.junction_count, is.components), "{what}");
    assert!((found.length_m / 1000.0 - is.length_km).abs() < 1e-5 * is.length_km.max(1e-3), "{what}: {found:?} {is:?}");
    assert!((found.largest_share - is.largest_share).abs() < 1e-5, "{what}: {found:?} {is:?}");
}

#[test]
fn a_gap_a_stub_and_a_bridge() {
    let mut bridge = road(&[(50.0, -80.0), (50.0, 80.0)]);
    bridge.level.bridge = true;
    let roads = [
        road(&[(0.0, 0.0), (100.0, 0.0)]),
        // Ends 0.5 m short of the first road's end, and 1.5 m short of its middle.
        road(&[(100.5, 0.0), (200.0, 0.0)]),
        road(&[(30.0, 1.5), (30.0, 60.0)]),
        // Crosses the first one at grade; the bridge crosses neither.
        road(&[(70.0, -40.0), (70.0, 40.0)]),
        bridge,
        // A stub of 1.2 m that joins the first road's start is no miss.
        road(&[(0.0, 0.0), (0.0, 1.2)]),
    ];
    let found = diagnosis(&roads);
    assert_eq!(found.near_misses.count, 3, "{found:?}");
    assert_eq!(found.crossings.count, 1, "{found:?}");
    assert_eq!((found.current.components, found.snapped.components, found.split.components), (5, 4, 4));
    assert_alike(found.current, &built(&roads, 0.0, false), "as it is");
    assert_alike(found.snapped, &built(&roads, 1.0, false), "snapped");
    assert_alike(found.split, &built(&roads, 0.0, true), "split");
}

#[test]
fn a_dead_end_beside_a_motorway_is_told_though_one_may_not_stop_there() {
    let roads = [road(&[(0.0, 0.0), (100.0, 0.0)]), road(&[(50.0, 1.0), (50.0, 80.0)])];
    let motorway = [Road { class: RoadClass::Motorway, ..roads[0].clone() }, roads[1].clone()];
    let settings = Settings::named("lines");
    let plain = BuildSettings::plain(Usage::Drive(Obey::All), &settings);
    let network = build(&motorway, &frame(), &plain);
    assert_eq!(diagnose(&network, &motorway, &frame(), REACHES).near_misses.count, 1);
}

#[test]
fn a_line_is_not_joined_to_itself_but_another_line_of_its_road_is() {
    // A loop that ends half a metre beside its own start.
    let own = road(&[(0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (25.0, 50.0), (25.0, 0.5)]);
    let two = Road {
        parts: vec![road(&[(0.0, 0.0), (100.0, 0.0)]).parts.remove(0), own.parts[0][3..].to_vec()],
        ..own.clone()
    };
    for roads in [vec![own], vec![two]] {
        assert_alike(diagnosis(&roads).snapped, &built(&roads, 1.0, false), "one road");
    }
}

#[test]
fn one_road_far_away_changes_nothing_and_long_ones_are_found() {
    let cross = [road(&[(-3e4, -3e4), (3e4, 3e4)]), road(&[(-3e4, 3e4), (3e4, -3e4)])];
    let mut roads: Vec<Road> =
        (0..400).map(|i| f64::from(i) * 10.0).map(|x| road(&[(x, 5000.0), (x, 5008.0)])).collect();
    roads.extend(cross);
    assert_eq!(diagnosis(&roads).crossings.count, 1);
    roads.push(road(&[(2e6, 1e6), (2e6 + 10.0, 1e6)]));
    assert_eq!(diagnosis(&roads).crossings.count, 1);
    // The diagonal at x = y = 2,000 and a street across it.
    roads.push(road(&[(1990.0, 2010.0), (2010.0, 1990.0)]));
    assert_eq!(diagnosis(&roads).crossings.count, 2);
}

/// The traps by the strongly connected components of the whole directed graph.
fn traps_of_all(network: &RoadNetwork) -> usize {
    let mut graph: DiGraph<(), (), u32> = DiGraph::new();
    for _ in 0..network.junction_count {
        graph.add_node(());
    }
    let mut undirected = graph.clone();
    for link in &network.links {
        let (from, to) = (NodeIndex::from(link.from), NodeIndex::from(link.to));
        undirected.add_edge(from, to, ());
        undirected.add_edge(to, from, ());
        if link.forward {
            graph.add_edge(from, to, ());
        }
        if link.backward {
            graph.add_edge(to, from, ());
        }
    }
    let first = |part: &Vec<NodeIndex<u32>>| (part.len(), std::cmp::Reverse(part.iter().min().copied()));
    let main = kosaraju_scc(&graph).into_iter().max_by_key(first).unwrap_or_default();
    let whole = kosaraju_scc(&undirected).into_iter().find(|part| main.iter().any(|m| part.contains(m)));
    whole.unwrap_or_default().len() - main.len()
}

fn crossings_of_all(network: &RoadNetwork) -> usize {
    let segments: Vec<u32> = network.links.iter().flat_map(|l| l.first..l.last).collect();
    let line = |s: u32| Line::new(network.xy[s as usize], network.xy[s as usize + 1]);
    let ends = |s: u32| [network.degrees_e7[s as usize], network.degrees_e7[s as usize + 1]];
    let mut all = std::collections::BTreeSet::new();
    for (i, a) in segments.iter().enumerate() {
        for b in &segments[i + 1..] {
            let shared = ends(*a).iter().any(|p| ends(*b).contains(p));
            if let (false, Some(LineIntersection::SinglePoint { intersection, .. })) =
                (shared, line_intersection(line(*a), line(*b)))
            {
                all.insert(super::super::polyline::rounded(frame().to_lon_lat(intersection)));
            }
        }
    }
    all.len()
}

/// Streets with ends on a bent grid of about `pitch` metres, displaced by up to a metre. The bend keeps ends off other
/// streets, where rounding of coordinates would count a crossing once or twice.
fn streets(pitch: f64) -> impl Strategy<Value = Vec<Road>> {
    let end = (0_i32..8, 0_i32..8, 0_i32..3);
    let street = (end.clone(), end, 0_u8..3).prop_filter("a length", |(a, b, _)| (a.0, a.1) != (b.0, b.1));
    prop::collection::vec(street, 1..40).prop_map(move |all| {
        let at = |(x, y, off): (i32, i32, i32)| {
            let (x, y) = (f64::from(x), f64::from(y));
            (x * pitch + y * y * 0.717 + f64::from(off) * 0.4, y * pitch + x * x * 0.931)
        };
        all.into_iter()
            .map(|(a, b, way)| {
                let direction = [Direction::Both, Direction::Forward, Direction::Backward][usize::from(way)];
                Road { direction, ..road(&[at(a), at(b)]) }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn traps_and_crossings_are_those_of_all_pairs(roads in streets(40.0)) {
        let network = built(&roads, 0.0, false);
        let found = diagnose(&network, &roads, &frame(), REACHES);
        prop_assert_eq!(found.one_way_traps.junctions, traps_of_all(&network));
        prop_assert_eq!(found.crossings.count, crossings_of_all(&network));
        prop_assert_eq!(found.current.junctions, network.junction_count);
        let split = built(&roads, 0.0, true);
        prop_assert_eq!(found.split.components, split.connectivity.components);
        prop_assert!(found.snapped.components <= found.current.components);
    }
}

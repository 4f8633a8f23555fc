//! What becomes of the elements of an `OpenStreetMap` extract, one behaviour a test.

#![expect(clippy::unwrap_used, reason = "a test that panics fails")]
#![cfg(feature = "osm")]

mod extract_writer;

use extract_writer::Extract;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::records::Layer;
use lifering_readers::budget::Budget;
use lifering_readers::feature::RawFeature;
use lifering_readers::formats::osm::{ExtractLayers, layers, read};
use lifering_readers::geometry::Geometry;
use lifering_readers::properties::Property;

const FILE: &str = "town.osm.pbf";

/// Degrees of a place `east` and `north` hundredths of a degree from a corner in the sea off Jinjiang.
fn at(east: f64, north: f64) -> (f64, f64) {
    (118.0 + east / 100.0, 24.0 + north / 100.0)
}

fn imported(extract: Extract, boundary: Option<&str>) -> (ExtractLayers, Issues) {
    let mut issues = Issues::default();
    let found = layers(FILE, &extract.bytes(), boundary, Budget::default(), &mut issues).unwrap();
    (found, issues)
}

fn refused(extract: Extract, boundary: &str) -> String {
    layers(FILE, &extract.bytes(), Some(boundary), Budget::default(), &mut Issues::default()).unwrap_err().text("en")
}

/// Ids of the features of a layer.
fn ids(found: &ExtractLayers, layer: Layer) -> Vec<&str> {
    found.layers.get(&layer).into_iter().flatten().map(|feature| feature.id.as_deref().unwrap()).collect()
}

fn one(found: &ExtractLayers, layer: Layer) -> &RawFeature {
    let all = &found.layers[&layer];
    assert_eq!(all.len(), 1, "{layer:?}");
    &all[0]
}

/// Names and values as they are written, without those that are never asked for.
fn values(feature: &RawFeature) -> Vec<(&str, String)> {
    let text = |value: &Property| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    feature.properties.iter().map(|(name, value)| (name, text(value))).collect()
}

fn value<'a>(feature: &'a RawFeature, name: &str) -> Option<&'a str> {
    feature.properties.get(name).and_then(Property::as_str)
}

/// Coordinates in units of 1e-7 degrees.
fn places(geometry: &Geometry) -> Vec<(i64, i64)> {
    let mut all = Vec::new();
    geometry.each_position(&mut |p| all.push(((p.lon * 1e7).round() as i64, (p.lat * 1e7).round() as i64)));
    all
}

fn count(issues: &Issues, code: IssueCode) -> usize {
    issues.list().iter().filter(|issue| issue.code == code).map(|issue| issue.count).sum()
}

/// Rings of each polygon.
fn rings(feature: &RawFeature) -> Vec<usize> {
    feature.geometry.as_ref().unwrap().polygons().unwrap().iter().map(|polygon| polygon.len()).collect()
}

#[test]
fn nodes_of_two_roads_at_one_place_do_not_become_one_vertex() {
    // A street 1-2-3 and a viaduct 4-5-6 over it: 2 and 5 lie at one place, and so does 7, which is no road's. 5 is a gate.
    let town = || {
        Extract::new()
            .node(1, at(0.0, 1.0), &[])
            .node(2, at(1.0, 1.0), &[])
            .node(3, at(2.0, 1.0), &[])
            .node(4, at(1.0, 0.0), &[])
            .node(5, at(1.0, 1.0), &[("barrier", "gate")])
            .node(6, at(1.0, 2.0), &[])
            .node(7, at(1.0, 1.0), &[])
            .way(10, &[1, 2, 3], &[("highway", "primary")])
            .way(11, &[4, 5, 6], &[("highway", "trunk"), ("bridge", "yes")])
            .way(12, &[7, 1], &[("railway", "rail")])
            .relation(
                20,
                &[('w', 11, "from"), ('n', 5, "via"), ('w', 11, "to")],
                &[("type", "restriction"), ("restriction", "no_u_turn")],
            )
    };
    let (found, issues) = imported(town(), None);
    assert_eq!(count(&issues, IssueCode::VertexMoved), 1);
    let street = places(found.layers[&Layer::Roads][0].geometry.as_ref().unwrap());
    let viaduct = places(found.layers[&Layer::Roads][1].geometry.as_ref().unwrap());
    assert_eq!(street[1], (1_180_100_000, 240_100_000));
    assert_eq!(viaduct[1], (1_180_100_000, 240_100_001));
    // Whatever refers to the node goes with it.
    assert_eq!(places(one(&found, Layer::RoadBarriers).geometry.as_ref().unwrap()), [viaduct[1]]);
    assert_eq!(places(one(&found, Layer::Turns).geometry.as_ref().unwrap()), [viaduct[1]]);
    assert_eq!(places(one(&found, Layer::Barriers).geometry.as_ref().unwrap())[0], street[1]);
    // Read straight from the extract, each layer says the same.
    for layer in [Layer::Roads, Layer::RoadBarriers, Layer::Turns, Layer::Barriers] {
        let alone = read(FILE, &town().bytes(), layer, Budget::default(), &mut Issues::default()).unwrap();
        assert_eq!(alone.features, found.layers[&layer], "{layer:?}");
    }
}

#[test]
fn roads_keep_what_says_who_may_drive_them() {
    let line = |extract: Extract, id: i64, tags: &[(&str, &str)]| extract.way(id, &[1, 2], tags);
    let tags = [
        ("highway", "footway"),
        ("emergency", "yes"),
        ("access:conditional", "no @ (22:00-06:00)"),
        ("motor_vehicle:backward", "no"),
        ("oneway:emergency", "no"),
        ("layer", "-1"),
        ("building", "yes"),
    ];
    let mut town = Extract::new().node(1, at(0.0, 0.0), &[]).node(2, at(1.0, 0.0), &[]).node(3, at(1.0, 1.0), &[]);
    town = line(town, 10, &tags);
    town = line(town, 11, &[("highway", "some_new_word")]);
    town = line(town, 12, &[("route", "ferry"), ("duration", "00:20")]);
    town = line(town, 13, &[("highway", "construction")]);
    town = line(town, 14, &[("building", "yes")]);
    town = town.way(15, &[1, 2, 3, 1], &[("highway", "pedestrian"), ("area", "yes")]);
    town = town.way(16, &[1, 2, 3, 1], &[("highway", "services")]);
    // A ring of a road is a road, and 4 is not in the extract.
    town = town.way(17, &[1, 2, 3, 1], &[("highway", "residential")]);
    town = town.way(18, &[1, 2, 4, 2, 3], &[("highway", "residential")]);
    let (found, issues) = imported(town, None);
    assert_eq!(ids(&found, Layer::Roads), ["10", "11", "12", "13", "17", "18"]);
    let mut first = values(&found.layers[&Layer::Roads][0]);
    first.sort_unstable();
    let wanted = [
        ("access:conditional", "no @ (22:00-06:00)"),
        ("emergency", "yes"),
        ("highway", "footway"),
        ("id", "10"),
        ("layer", "-1"),
        ("motor_vehicle:backward", "no"),
        ("oneway:emergency", "no"),
    ];
    assert_eq!(first, wanted.map(|(name, text)| (name, text.to_owned())));
    let levels = found.layers[&Layer::Roads].iter().filter_map(|road| road.properties.get("layer")?.as_f64());
    assert_eq!(levels.collect::<Vec<_>>(), [-1.0], "a number, not the text it is in the map");
    assert_eq!(value(&found.layers[&Layer::Roads][2], "duration"), Some("00:20"));
    let cut = found.layers[&Layer::Roads][5].geometry.as_ref().unwrap();
    assert_eq!(cut.lines().unwrap().iter().map(|line| line.len()).collect::<Vec<_>>(), [2, 2]);
    assert_eq!(count(&issues, IssueCode::PartNotUsed), 1);
}

#[test]
fn points_on_roads_are_those_that_stop_or_slow_somebody() {
    let mut town = Extract::new();
    let points: [&[(&str, &str)]; 9] = [
        &[("barrier", "bollard"), ("locked", "yes"), ("note", "x")],
        &[("highway", "traffic_signals")],
        &[("access", "private")],
        &[("emergency", "fire_hydrant")],
        &[("emergency", "yes")],
        &[("highway", "crossing")],
        &[("barrier", "gate"), ("emergency", "phone")],
        &[],
        &[("barrier", "gate")],
    ];
    for (id, tags) in (1..).zip(points) {
        town = town.node(id, at(id as f64, 0.0), tags);
    }
    // The ninth is on a fence, not on a road.
    town = town.way(10, &[1, 2, 3, 4, 5, 6, 7, 8], &[("highway", "service")]).way(11, &[8, 9], &[("barrier", "fence")]);
    let (found, _) = imported(town, None);
    // What a node says of access without being a barrier is about those who cross.
    assert_eq!(ids(&found, Layer::RoadBarriers), ["1", "2", "7"]);
    let all = &found.layers[&Layer::RoadBarriers];
    let text = |pairs: &[(&'static str, &str)]| pairs.iter().map(|(k, v)| (*k, (*v).to_owned())).collect::<Vec<_>>();
    assert_eq!(values(&all[0]), text(&[("id", "1"), ("barrier", "bollard"), ("locked", "yes")]));
    assert_eq!(values(&all[2]), text(&[("id", "7"), ("barrier", "gate")]), "a telephone is no access");
}

/// A cross of four streets at node 1, and a second one at node 2: 10 comes from the west to 1, 11 and 12 lead on from 1 to 2, 13
/// leaves 2 to the east; 14 and 15 cross at 1, 16 crosses at 2.
fn crossing() -> Extract {
    let street = |extract: Extract, id: i64, nodes: &[i64]| extract.way(id, nodes, &[("highway", "primary")]);
    let mut town = Extract::new();
    let all =
        [(1, 0.0, 0.0), (2, 2.0, 0.0), (3, -1.0, 0.0), (4, 3.0, 0.0), (5, 0.0, 1.0), (6, 0.0, -1.0), (7, 1.0, 0.0)];
    for (id, x, y) in all {
        town = town.node(id, at(x, y), &[]);
    }
    town = town.node(8, at(2.0, 1.0), &[]);
    let streets: [(i64, &[i64]); 7] =
        [(10, &[3, 1]), (11, &[7, 1]), (12, &[7, 2]), (13, &[2, 4]), (14, &[5, 1]), (15, &[1, 6]), (16, &[2, 8])];
    streets.iter().fold(town, |town, (id, nodes)| street(town, *id, nodes))
}

/// Names and values, and the place.
type Turn = (Vec<String>, Option<(i64, i64)>);

/// A turn as its layer has it, without its id: kind, from, via, to, what else there is, and the node where it lies.
fn turn(members: &[(char, i64, &str)], tags: &[(&str, &str)]) -> Option<Turn> {
    let mut all = vec![("type", "restriction")];
    all.retain(|_| !tags.iter().any(|(key, _)| *key == "type"));
    all.extend(tags);
    let (found, _) = imported(crossing().relation(20, members, &all), None);
    let turn = found.layers.get(&Layer::Turns)?.first()?;
    assert_eq!(value(turn, "id"), Some("20"));
    let texts = values(turn).into_iter().skip(1).map(|(name, text)| format!("{name}={text}")).collect();
    Some((texts, turn.geometry.as_ref().map(|geometry| places(geometry)[0])))
}

const AT_1: Option<(i64, i64)> = Some((1_180_000_000, 240_000_000));

#[test]
fn turns_through_a_node_and_along_ways() {
    let left = [("restriction", "no_left_turn")];
    let found = turn(&[('w', 10, "from"), ('n', 1, "via"), ('w', 14, "to")], &left).unwrap();
    assert_eq!((found.0.join(" "), found.1), ("kind=no_left_turn from=10 to=14".to_owned(), AT_1));
    // The via ways in the order in which they are passed, whatever the relation's.
    let only = [("restriction", "only_straight_on")];
    let along = [('w', 10, "from"), ('w', 12, "via"), ('w', 11, "via"), ('w', 13, "to")];
    let found = turn(&along, &only).unwrap();
    assert_eq!((found.0.join(" "), found.1), ("kind=only_straight_on from=10 via=11;12 to=13".to_owned(), AT_1));
    let back = [('w', 10, "from"), ('n', 1, "via"), ('w', 10, "to"), ('w', 10, "to")];
    let found = turn(&back, &[("restriction", "no_u_turn")]).unwrap();
    assert_eq!((found.0.join(" "), found.1), ("kind=no_u_turn from=10 to=10".to_owned(), AT_1));
    let entry = [('w', 10, "from"), ('w', 15, "from"), ('n', 1, "via"), ('w', 14, "to")];
    let found = turn(&entry, &[("restriction", "no_entry")]).unwrap();
    assert_eq!((found.0.join(" "), found.1), ("kind=no_entry from=10;15 to=14".to_owned(), AT_1));
}

#[test]
fn the_kind_of_a_turn_is_that_of_the_key_that_concerns_an_ambulance_most() {
    let members = [('w', 10, "from"), ('n', 1, "via"), ('w', 14, "to")];
    let kind = |tags: &[(&str, &str)]| turn(&members, tags).map(|(texts, _)| texts.join(" "));
    let of = |kind: &str, more: &str| Some(format!("kind={kind} from=10 to=14{more}"));
    let plain = ("restriction", "no_left_turn");
    assert_eq!(kind(&[plain, ("restriction:motorcar", "no_u_turn")]), of("no_u_turn", ""));
    assert_eq!(
        kind(&[plain, ("restriction:motorcar", "no_u_turn"), ("restriction:emergency", "no_exit")]),
        of("no_exit", "")
    );
    assert_eq!(kind(&[plain, ("restriction:hgv", "no_u_turn")]), of("no_left_turn", ""));
    assert_eq!(kind(&[("restriction:hgv", "no_u_turn")]), None);
    assert_eq!(kind(&[("type", "restriction:bus"), plain]), None);
    assert_eq!(kind(&[plain, ("restriction:emergency", "none")]), None);
    assert_eq!(kind(&[plain, ("except", "psv;emergency")]), of("no_left_turn", " except=psv;emergency"));
    let rush = "no_left_turn @ (Mo-Fr 07:00-09:00)";
    assert_eq!(kind(&[("restriction:conditional", rush)]), of("no_left_turn", &format!(" conditional={rush}")));
    assert_eq!(
        kind(&[plain, ("day_on", "Monday"), ("hour_on", "07:00")]),
        of("no_left_turn", " conditional=day_on=Monday; hour_on=07:00")
    );
}

#[test]
fn a_broken_turn_is_kept_with_what_it_has() {
    let left = [("restriction", "no_left_turn")];
    let of = |members: &[(char, i64, &str)]| turn(members, &left).map(|(texts, at)| (texts.join(" "), at)).unwrap();
    // 99 is not in the extract, nor is a role, nor is the via what it must be.
    assert_eq!(
        of(&[('w', 10, "from"), ('n', 99, "via"), ('w', 14, "to")]),
        ("kind=no_left_turn from=10 to=14".to_owned(), None)
    );
    assert_eq!(
        of(&[('w', 99, "from"), ('n', 1, "via"), ('w', 14, "to")]),
        ("kind=no_left_turn from=99 to=14".to_owned(), AT_1)
    );
    assert_eq!(of(&[('n', 1, "via"), ('w', 14, "")]), ("kind=no_left_turn".to_owned(), AT_1));
    assert_eq!(
        of(&[('w', 10, "from"), ('w', 13, "via"), ('w', 14, "to")]),
        ("kind=no_left_turn from=10 via=13 to=14".to_owned(), None)
    );
    assert_eq!(
        of(&[('w', 10, "from"), ('r', 1, "via"), ('w', 14, "to")]),
        ("kind=no_left_turn from=10 to=14".to_owned(), None)
    );
}

#[test]
fn sites_drawn_as_areas_are_points_inside_and_counted_once() {
    // A hospital like an L, its centroid outside; its node, of the same name, at the entrance inside; another one 3 km away; a
    // clinic of two buildings, one of them a relation; two defibrillators of one name in one place.
    let mut town = Extract::new();
    let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.1), (0.1, 0.1), (0.1, 1.0), (0.0, 1.0)];
    for (id, (x, y)) in (1..).zip(corners) {
        town = town.node(id, at(x, y), &[]);
    }
    let hospital = [("amenity", "hospital"), ("name", "第一医院")];
    town = town.way(10, &[1, 2, 3, 4, 5, 6, 1], &hospital);
    town = town.node(20, at(0.05, 0.9), &[("amenity", "hospital"), ("name", "第一医院"), ("beds", "300")]);
    town = town.node(21, at(3.0, 0.0), &hospital);
    for (id, x, y) in [(30, 5.0, 5.0), (31, 5.1, 5.0), (32, 5.1, 5.1), (33, 5.0, 5.1)] {
        town = town.node(id, at(x, y), &[]);
    }
    town = town.way(40, &[30, 31, 32], &[]).way(41, &[32, 33, 30], &[("amenity", "clinic")]);
    town = town.relation(
        50,
        &[('w', 40, "outer"), ('w', 41, "outer")],
        &[("type", "multipolygon"), ("healthcare", "clinic"), ("emergency", "ambulance_station")],
    );
    town = town.relation(51, &[('w', 40, "")], &[("type", "site"), ("amenity", "hospital")]);
    town = town.node(60, at(5.05, 5.05), &[("emergency", "defibrillator"), ("name", "AED")]);
    town = town.node(61, at(5.05, 5.05), &[("emergency", "defibrillator"), ("name", "AED")]);
    let (found, issues) = imported(town, None);
    assert_eq!(ids(&found, Layer::Facilities), ["10", "21", "50"]);
    assert_eq!(ids(&found, Layer::Stations), ["50"], "a clinic with a station is both");
    assert_eq!(ids(&found, Layer::Aeds), ["60", "61"]);
    assert_eq!(count(&issues, IssueCode::CountedOnce), 1);
    let hospital = &found.layers[&Layer::Facilities][0];
    let beds = hospital.properties.get("beds").and_then(Property::as_f64);
    assert_eq!(beds, Some(300.0), "what only the node says is kept");
    let (x, y) = places(hospital.geometry.as_ref().unwrap())[0];
    let (x, y) = (x - 1_180_000_000, y - 240_000_000);
    assert!((x > 0 && y > 0) && (x < 10_000 || y < 10_000), "inside the L: {x} {y}");
    let station = places(found.layers[&Layer::Stations][0].geometry.as_ref().unwrap());
    assert_eq!(station, [(1_180_505_000, 240_505_000)]);
    assert_eq!(count(&issues, IssueCode::PartNotUsed), 1, "a relation that draws nothing");
}

#[test]
fn water_keeps_its_islands_and_a_shore_that_does_not_close() {
    let mut town = Extract::new();
    let corners = [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0), (3.0, 3.0), (6.0, 3.0), (6.0, 6.0)];
    for (id, (x, y)) in (1..).zip(corners) {
        town = town.node(id, at(x, y), &[]);
    }
    let water = [("type", "multipolygon"), ("natural", "water")];
    // The outer way is tagged as well, as older maps have it: it is not a lake of its own without the island.
    town = town.way(10, &[1, 2, 3, 4, 1], &[("natural", "water")]).way(11, &[5, 6, 7, 5], &[]);
    town = town.relation(20, &[('w', 10, "outer"), ('w', 11, "inner")], &water);
    town = town.way(12, &[1, 5], &[]).way(13, &[1, 2], &[("waterway", "river"), ("tunnel", "culvert")]);
    town = town.relation(21, &[('w', 12, "outer"), ('w', 99, "outer")], &water);
    let (found, issues) = imported(town, None);
    assert_eq!(ids(&found, Layer::Barriers), ["20", "21"]);
    let all = &found.layers[&Layer::Barriers];
    assert_eq!(rings(&all[0]), [2]);
    assert_eq!(all[1].geometry.as_ref().unwrap().lines().unwrap().len(), 1);
    assert_eq!(count(&issues, IssueCode::PartNotUsed), 1);
}

/// Adds an administrative area of these ways.
fn area(town: Extract, id: i64, ways: &[(i64, &str)], name: &str, level: &str, more: &[(&str, &str)]) -> Extract {
    let members: Vec<(char, i64, &str)> = ways.iter().map(|(way, role)| ('w', *way, *role)).collect();
    let mut tags = vec![("type", "boundary"), ("boundary", "administrative"), ("name", name), ("admin_level", level)];
    tags.extend(more);
    town.relation(id, &members, &tags)
}

/// A city of 10 by 10 with a hole, an exclave, two districts, a town in one of them, and what is not its own. The western edge has
/// a gap of `gap` units of 1e-7 degrees.
fn county(gap: f64) -> Extract {
    let mut town = Extract::new();
    let corners = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (4.0, 0.0), (4.0, 10.0)];
    for (id, (x, y)) in (1..).zip(corners) {
        town = town.node(id, at(x, y), &[]);
    }
    town = town.node(7, at(0.0, gap * 1e-5), &[]);
    for (id, x, y) in
        [(11, 5.0, 5.0), (12, 6.0, 5.0), (13, 6.0, 6.0), (21, 20.0, 0.0), (22, 21.0, 0.0), (23, 21.0, 1.0)]
    {
        town = town.node(id, at(x, y), &[]);
    }
    for (id, x, y) in [(31, 1.0, 1.0), (32, 2.0, 1.0), (33, 2.0, 2.0), (41, -2.0, 0.0), (42, -2.0, 10.0)] {
        town = town.node(id, at(x, y), &[]);
    }
    let edges: [(i64, &[i64]); 10] = [
        (100, &[1, 5]),
        (101, &[5, 2, 3, 6]),
        (102, &[6, 4]),
        (103, &[4, 7]),
        (104, &[5, 6]),
        (105, &[11, 12, 13, 11]),
        (106, &[21, 22, 23, 21]),
        (107, &[31, 32, 33, 31]),
        (108, &[1, 41, 42, 4]),
        (109, &[33, 31]),
    ];
    for (id, nodes) in edges {
        town = town.way(id, nodes, &[]);
    }
    let city = [(100, "outer"), (101, "outer"), (102, "outer"), (103, "outer"), (105, "inner"), (106, "outer")];
    town = area(town, 1000, &city, "晋江市", "6", &[("name:en", "Jinjiang")]);
    let west = [(100, "outer"), (104, "outer"), (102, "outer"), (103, "outer")];
    town = area(town, 1001, &west, "西镇", "8", &[("population", "1200")]);
    town = area(town, 1002, &[(101, "outer"), (104, "outer"), (105, "inner")], "东镇", "8", &[("population", "many")]);
    town = area(town, 1003, &[(107, "outer")], "小村", "10", &[]);
    town = area(town, 1004, &[(107, "outer")], "小组", "11", &[]);
    town = area(town, 1005, &[(109, "outer"), (999, "outer")], "残村", "10", &[]);
    town = area(town, 1006, &[(103, "outer"), (108, "outer")], "邻镇", "8", &[]);
    town = area(town, 1007, &[(107, "outer")], "晋江市", "4", &[]);
    town.relation(1008, &[], &[("type", "boundary"), ("boundary", "political"), ("name", "晋江市")])
}

#[test]
fn a_boundary_has_its_holes_and_exclaves_and_the_units_of_two_levels() {
    for name in ["jinjiang", "1000", "r1000", "relation/1000"] {
        let (found, issues) = imported(county(0.0), Some(name));
        assert_eq!(found.boundary.as_deref(), Some("晋江市"));
        let boundary = one(&found, Layer::Boundary);
        assert_eq!((boundary.id.as_deref(), rings(boundary)), (Some("1000"), vec![2, 1]));
        assert_eq!(ids(&found, Layer::Units), ["1001", "1002", "1003"], "neither a third level nor a neighbour");
        let units = &found.layers[&Layer::Units];
        let levels: Vec<&str> = units.iter().map(|unit| value(unit, "level").unwrap()).collect();
        assert_eq!(levels, ["town", "town", "village"]);
        assert_eq!(rings(&units[1]), [2]);
        assert_eq!(units[0].properties.get("population").and_then(Property::as_f64), Some(1200.0));
        assert_eq!(units[1].properties.get("population"), None);
        assert_eq!(count(&issues, IssueCode::NotUnderstood), 1, "a population that is no number");
        assert_eq!(count(&issues, IssueCode::PartNotUsed), 1, "a village of which a way is missing");
        // Node 7 lies on node 1, but is another one: a gap of 0 m in the city and in its western town.
        assert_eq!(count(&issues, IssueCode::RingChanged), 2);
    }
}

#[test]
fn a_boundary_that_does_not_close_is_refused_and_so_is_one_that_is_not_clear() {
    // 4,000 units are 44 m, 5,000 are 55 m.
    let (found, issues) = imported(county(4_000.0), Some("1000"));
    assert_eq!(rings(one(&found, Layer::Boundary)), [2, 1]);
    let closed = issues.list().into_iter().find(|issue| issue.code == IssueCode::RingChanged).unwrap();
    assert_eq!(closed.examples[0].found.text("en"), "a gap of 44.3 m in the ring");
    let text = refused(county(5_000.0), "1000");
    assert!(text.contains("1000 晋江市") && text.contains("gap is 55 m") && text.contains("larger extract"), "{text}");
    let text = refused(county(0.0), "晋江市");
    assert!(text.contains("2 administrative boundaries"), "{text}");
    assert!(text.contains("1000 晋江市 (6), 1007 晋江市 (4)"), "{text}");
    let text = refused(county(0.0), "晋江");
    assert!(
        text.contains("\"晋江\"") && text.contains("administrative level): 1007 晋江市 (4), 1000 晋江市 (6)"),
        "{text}"
    );
    let text = refused(Extract::new().node(1, at(0.0, 0.0), &[]), "晋江");
    assert!(text.contains("the extract has none"), "{text}");
    let text = refused(county(0.0), "残村");
    assert!(text.contains("1 of its 2 ways"), "{text}");
}

#[test]
fn the_same_extract_gives_the_same_layers_and_no_boundary_unasked() {
    let (found, issues) = imported(county(0.0), None);
    assert!(found.boundary.is_none() && found.layers.is_empty() && issues.is_empty());
}

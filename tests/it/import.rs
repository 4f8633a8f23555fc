//! `lifering import`: what it writes can be audited as it is, and says what no source has.

use std::ffi::OsStr;
use std::path::Path;

use crate::extract_writer::Extract;
use crate::{formats, support};

#[test]
fn an_extract_alone_becomes_a_region_that_audits_and_judges_nothing() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let (extract, region) = (scratch.path().join("town.osm.pbf"), scratch.path().join("town"));
    formats::osm(&extract);
    let run = support::lifering([OsStr::new("import"), extract.as_os_str(), OsStr::new("--to"), region.as_os_str()]);
    assert_eq!(run.code, Some(0), "{}", run.story());
    assert!(run.stdout.contains("Not in any source: stations, population"), "{}", run.story());
    let toml = support::text(&region.join("region.toml"));
    assert!(toml.contains("without = [\"stations\", \"population\"]"), "{toml}");
    let check = support::lifering([OsStr::new("check"), region.as_os_str()]);
    assert_eq!(check.code, Some(0), "{}", check.story());
    assert!(check.flat().contains("the hull of population and roads is used"), "{}", check.story());
    let out = scratch.path().join("out");
    let run = support::audit(&region, &out);
    assert_eq!(run.code, Some(3), "{}", run.story());
    let audit = support::json(&out.join("audit.json"));
    let rules = audit["rules"].as_array().expect("rules");
    assert!(rules.len() == 5 && rules.iter().all(|r| r["verdict"] == "cannot_judge"), "{}", audit["rules"]);
    let said = rules.iter().map(|r| r["why"].as_str().unwrap_or_default()).collect::<String>();
    assert!(said.contains("`stations` is missing") && said.contains("`population` is missing"), "{said}");
}

#[test]
fn sources_of_four_formats_make_the_town_they_come_from() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let at = |name: &str| scratch.path().join(name);
    formats::osm(&at("town.osm.pbf"));
    formats::raster(&at("pop.tif"));
    support::write(&at("120.csv"), &formats::csv("stations"));
    support::write(&at("边界.csv"), &formats::csv("boundary"));
    let region = at("town");
    let sources = ["town.osm.pbf", "pop.tif", "120.csv", "边界.csv"].map(|name| at(name).into_os_string());
    let end = [OsStr::new("--to").to_owned(), region.clone().into_os_string()];
    let run = support::lifering([OsStr::new("import").to_owned()].into_iter().chain(sources).chain(end));
    assert_eq!(run.code, Some(0), "{}", run.story());
    let out = at("out");
    let run = support::lifering([
        OsStr::new("audit"),
        region.as_os_str(),
        OsStr::new("--standard"),
        OsStr::new("jinjiang-14fyp"),
        OsStr::new("--out"),
        out.as_os_str(),
    ]);
    assert_eq!(run.code, Some(1), "{}", run.story());
    let audit = support::json(&out.join("audit.json"));
    // As fixtures/chinese_names has it: a is reached within 14 minutes, b stands 350 m from every road.
    let rule = support::rule(&audit, "JJ-EMS-02").expect("the rule");
    assert_eq!(rule["population_covered"], 30_000.0);
    assert_eq!(rule["population_uncovered"], 10_001.0);
    assert_eq!(audit["population"]["no_road"], 10_001.0);
}

#[test]
fn a_layer_is_given_or_missing_and_only_some_may_be_missing() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let roads = support::text(&support::fixtures().join("chinese_names/roads.geojson"));
    support::write(&scratch.path().join("roads.geojson"), &roads);
    let toml = |without: &str, more: &str| {
        let text = format!("name = \"x\"\n{without}\n[layers]\nroads = \"roads.geojson\"\n{more}");
        support::write(&scratch.path().join("region.toml"), &text);
        support::lifering([OsStr::new("check"), scratch.path().as_os_str()])
    };
    for (without, more, says) in [
        ("", "", "layers.stations"),
        ("without = [\"stations\"]", "", "layers.population"),
        ("without = [\"roads\"]", "", "`stations` or `population`"),
        ("without = [\"stations\", \"population\"]", "stations = \"roads.geojson\"", "given or missing"),
    ] {
        let run = toml(without, more);
        assert_eq!(run.code, Some(2), "{without}: {}", run.story());
        assert!(run.stderr.contains(says), "{without}: {}", run.story());
    }
    assert_eq!(toml("without = [\"stations\", \"population\"]", "").code, Some(0));
}

/// A county of some 10 by 11 km with a street through its middle, two hospitals, a station inside and one beyond the border, a
/// gate and a turn.
fn county() -> Extract {
    let at = |x: f64, y: f64| (118.5 + x / 100.0, 24.7 + y / 100.0);
    let mut county = Extract::new();
    for (id, (x, y)) in (1..).zip([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]) {
        county = county.node(id, at(x, y), &[]);
    }
    for (id, x) in [(10, 1.0), (12, 5.0), (13, 9.0), (14, 12.0)] {
        county = county.node(id, at(x, 5.0), &[]);
    }
    let station = [("emergency", "ambulance_station")];
    county = county.node(11, at(3.0, 5.0), &[("barrier", "gate")]).node(15, at(5.0, 6.0), &[]);
    county = county.node(20, at(5.0, 5.01), &station).node(21, at(11.5, 5.01), &station);
    county = county.node(22, at(5.0, 5.9), &[("amenity", "hospital"), ("name", "县医院")]);
    county = county.way(100, &[1, 2, 3, 4, 1], &[]);
    county = county.way(101, &[10, 11, 12, 13, 14], &[("highway", "primary")]).way(
        102,
        &[12, 15],
        &[("highway", "tertiary")],
    );
    let area = [("type", "boundary"), ("boundary", "administrative"), ("name", "山海县"), ("admin_level", "6")];
    county = county.relation(200, &[('w', 100, "outer")], &area);
    let turn = [("type", "restriction"), ("restriction", "no_left_turn")];
    county.relation(201, &[('w', 101, "from"), ('n', 12, "via"), ('w', 102, "to")], &turn)
}

/// `lifering import` of these arguments in a folder.
fn import(folder: &Path, args: &[&str]) -> support::Run {
    support::run(support::command().current_dir(folder).arg("import").args(args))
}

#[test]
fn a_boundary_of_the_extract_is_what_is_audited_and_stations_beyond_it_are_neighbours() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    support::write_bytes(&scratch.path().join("county.osm.pbf"), &county().bytes());
    support::write(&scratch.path().join("people.csv"), "lon,lat,population\n118.55,24.755,900\n118.55,24.79,100\n");
    let args = ["county.osm.pbf", "population=people.csv", "--boundary", "山海县", "--to", "county"];
    let run = import(scratch.path(), &args);
    assert_eq!(run.code, Some(0), "{}", run.story());
    assert!(run.stdout.contains("1 stations outside the boundary"), "{}", run.story());
    let region = scratch.path().join("county");
    let toml = support::text(&region.join("region.toml"));
    for line in ["name = \"山海县\"", "road_barriers = \"road_barriers.geojson\"", "turns = \"turns.geojson\""] {
        assert!(toml.contains(line), "{toml}");
    }
    assert!(toml.contains("county.osm.pbf: © OpenStreetMap contributors, Open Database License"), "{toml}");
    let layer = |name: &str| support::json(&region.join(format!("{name}.geojson")))["features"].clone();
    assert_eq!(layer("stations").as_array().map(Vec::len), Some(1));
    assert_eq!(layer("neighbours")[0]["id"], "21");
    assert_eq!(layer("turns")[0]["properties"]["from"], "101");
    assert_eq!(layer("road_barriers")[0]["properties"]["barrier"], "gate");
    let run = support::audit(&region, &scratch.path().join("out"));
    assert!(run.code.is_some_and(|code| code != 2), "{}", run.story());
    let audit = support::json(&scratch.path().join("out/audit.json"));
    assert_eq!(audit["population"]["total"], 1000.0);
    // The road goes on beyond the border: it is not cut, what is audited ends there.
    assert_eq!(layer("roads")[0]["geometry"]["coordinates"].as_array().map(Vec::len), Some(5));
}

#[test]
fn hospitals_stand_for_stations_only_where_that_is_asked_for_and_said() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let at = |x: f64| (118.5 + x, 24.7);
    let town = Extract::new()
        .node(1, at(0.0), &[])
        .node(2, at(0.01), &[("amenity", "hospital"), ("name", "县医院")])
        .way(10, &[1, 2], &[("highway", "primary")]);
    support::write_bytes(&scratch.path().join("town.osm.pbf"), &town.bytes());
    support::write(&scratch.path().join("120.csv"), "lon,lat,name\n118.5,24.7,a\n");
    let run = import(scratch.path(), &["town.osm.pbf", "--stations-from", "hospital", "--to", "town"]);
    assert_eq!(run.code, Some(0), "{}", run.story());
    assert!(run.stdout.contains("1 facilities stand for ambulance stations (hospital)"), "{}", run.story());
    let toml = support::text(&scratch.path().join("town/region.toml"));
    assert!(
        toml.contains("without = [\"population\"]") && toml.contains("every hospital of town.osm.pbf stands for one"),
        "{toml}"
    );
    let stations = support::json(&scratch.path().join("town/stations.geojson"));
    assert_eq!(stations["features"][0]["properties"]["stands_for"], "hospital");
    for (args, says) in [
        (&["town.osm.pbf", "--stations-from", "clinic"][..], "no facility of the kinds clinic"),
        (&["town.osm.pbf", "120.csv", "--stations-from", "hospital"][..], "120.csv"),
        (&["town.osm.pbf", "town.osm.pbf"][..], "a second OpenStreetMap extract"),
        (&["120.csv", "--boundary", "县"][..], "no extract among the files"),
        (&["town.osm.pbf", "--boundary", "县"][..], "no administrative boundary"),
    ] {
        let run = import(scratch.path(), &[args, &["--to", "refused"]].concat());
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.story());
        assert!(run.stderr.contains(says), "{args:?}: {}", run.story());
        assert!(!scratch.path().join("refused").exists(), "{args:?}: something was written");
    }
}

/// A street from W over the junction J to E, six kilometres beyond; a street north from J that must not be entered by a left
/// turn; a street south from W with a bollard in its middle. One station, at W.
fn town_with_a_turn_and_a_bollard() -> Extract {
    let at = |east_km: f64, north_km: f64| (118.5 + east_km / 101.1, 24.7 + north_km / 110.8);
    Extract::new()
        .node(1, at(0.0, 0.0), &[])
        .node(2, at(1.0, 0.0), &[])
        .node(3, at(7.0, 0.0), &[])
        .node(4, at(1.0, 1.0), &[])
        .node(5, at(0.0, -0.5), &[("barrier", "bollard")])
        .node(6, at(0.0, -1.0), &[])
        .way(101, &[1, 2], &[("highway", "secondary")])
        .way(102, &[2, 3], &[("highway", "secondary")])
        .way(103, &[2, 4], &[("highway", "secondary")])
        .way(104, &[1, 5, 6], &[("highway", "secondary")])
        .relation(
            201,
            &[('w', 101, "from"), ('n', 2, "via"), ('w', 103, "to")],
            &[("type", "restriction"), ("restriction", "no_left_turn")],
        )
}

/// However an extract's roads are named, they come with its turns and with its points on roads.
#[test]
fn roads_of_an_extract_keep_its_turns_and_bollards_however_they_are_named() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let at = |name: &str| scratch.path().join(name);
    support::write_bytes(&at("town.osm.pbf"), &town_with_a_turn_and_a_bollard().bytes());
    // 25 live at W, 100 at the northern end, 50 beyond the bollard.
    let people = "lon,lat,population\n118.5,24.7,25\n118.509891,24.709025,100\n118.5,24.690975,50\n";
    support::write(&at("people.csv"), people);
    support::write(&at("120.csv"), "lon,lat,name,ambulances\n118.5,24.7,W,1\n");
    let boundary = "WKT,name\n\"POLYGON((118.45 24.65,118.6 24.65,118.6 24.75,118.45 24.75,118.45 24.65))\",town\n";
    support::write(&at("boundary.csv"), boundary);
    let others = ["population=people.csv", "stations=120.csv", "boundary=boundary.csv", "--to"];
    for (roads, to) in [("town.osm.pbf", "whole"), ("roads=town.osm.pbf", "roads_alone")] {
        let run = import(scratch.path(), &[&[roads], &others[..], &[to]].concat());
        assert_eq!(run.code, Some(0), "{roads}: {}", run.story());
    }
    let layers = "population = \"../people.csv\"\nstations = \"../120.csv\"\nboundary = \"../boundary.csv\"\n";
    let named = format!("name = \"t\"\n[layers]\nroads = \"../town.osm.pbf\"\n{layers}");
    for folder in ["named", "shared"] {
        std::fs::create_dir(at(folder)).expect("a folder");
    }
    support::write(&at("named/region.toml"), &named);
    support::write(&at("shared/region.toml"), &format!("name = \"t\"\n[layers]\n{layers}"));
    for (region, more) in
        [("whole", &[][..]), ("roads_alone", &[]), ("named", &[]), ("shared", &["--roads-from", "town.osm.pbf"])]
    {
        let out = format!("out_{region}");
        let args = ["audit", region, "--standard", "jinjiang-14fyp", "--out", &out];
        let run = support::run(support::command().current_dir(scratch.path()).args(args).args(more));
        assert_eq!(run.code, Some(1), "{region}: {}", run.story());
        let audit = support::json(&at(&out).join("audit.json"));
        let rule = support::rule(&audit, "JJ-EMS-02").expect("the rule of 14 minutes");
        // Left out by the turn: 13 km at 40 km/h or less, after the seconds before the start, are over 14 minutes.
        assert_eq!(rule["population_covered"], 25.0, "{region}: {rule}");
        let inputs = audit["inputs"].as_array().expect("inputs");
        for layer in ["road_barriers", "turns"] {
            let input = inputs.iter().find(|input| input["layer"] == layer);
            let input = input.unwrap_or_else(|| panic!("{region}: {layer} is not among the inputs"));
            assert_eq!(input["used"], 1, "{region}: {input}");
        }
    }
}

/// A file of turns that the planner names is better than what the extract knows.
#[test]
fn turns_of_another_file_take_the_place_of_those_of_the_extract() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let at = |name: &str| scratch.path().join(name);
    support::write_bytes(&at("town.osm.pbf"), &town_with_a_turn_and_a_bollard().bytes());
    support::write(&at("turns.csv"), "lon,lat,kind,from,to\n118.509891,24.7,no_right_turn,101,103\n");
    let run = import(scratch.path(), &["roads=town.osm.pbf", "turns=turns.csv", "--to", "town"]);
    assert_eq!(run.code, Some(0), "{}", run.story());
    let turns = support::json(&at("town/turns.geojson"));
    assert_eq!(turns["features"].as_array().map(Vec::len), Some(1));
    assert_eq!(turns["features"][0]["properties"]["kind"], "no_right_turn");
    assert_eq!(support::json(&at("town/road_barriers.geojson"))["features"][0]["properties"]["barrier"], "bollard");
}

//! `what-if`, `failures` and `sensitivity` from outside: towns worked out by hand, and bad input.

#![allow(clippy::float_cmp, reason = "the answers are whole numbers")]

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::strip::{Strip, write_roads};
use crate::support::{self, Run};

fn run(words: &[&str]) -> Run {
    support::lifering(words)
}

fn printed(words: &[&str]) -> Value {
    let run = run(words);
    assert_eq!(run.code, Some(0), "{}", run.story());
    serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", run.story()))
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap_or_else(|| panic!("no {field}: {value}"))
}

/// Within a second for everybody: coordinates are written to a centimetre.
fn near(value: &Value, field: &str, wanted: f64, people: f64) {
    let found = number(value, field);
    assert!((found - wanted).abs() <= people, "{field} is {found}, wanted {wanted}");
}

/// `fixtures/two_stations`: one road north at 10 m/s, A at 0 m, B at 8,000 m, 600 s to drive; 100 people at 1,000 m, 300 at
/// 3,000 m, 500 at 12,000 m, 70 at 15,000 m, whom nobody reaches in time.
fn two_stations() -> String {
    path(&support::fixtures().join("two_stations"))
}

/// - N at 15,000 m: the 70 at once instead of after 700 s, 49,000 person-seconds, and in time; the 500 after 300 s instead of
///   400 s, 50,000.
/// - M at 2,100 m: the 300 after 90 s instead of 300 s, 63,000; the 100 after 110 s, later than from A: not sooner.
#[test]
fn sites_are_tried_one_by_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sites = folder.path().join("sites.csv");
    support::write(&sites, "id,name,lon,lat\nN,North,118.5,24.8354174\nM,Middle,118.5,24.7189584\n");
    let out = folder.path().join("out");
    let (region, sites, out_path) = (two_stations(), path(&sites), path(&out));
    let words = ["what-if", &region, "--rule", "JJ-EMS-02", "--sites", &sites, "--json", "--out", &out_path];
    let report = printed(&words);
    assert_eq!((number(&report["rule"], "people"), number(&report["rule"], "people_in_time")), (970.0, 900.0));
    let [north, middle] = report["sites"].as_array().expect("sites").as_slice() else { panic!("two sites: {report}") };
    assert_eq!((&north["id"], number(north, "people_new"), number(north, "people_sooner")), (&json!("N"), 70.0, 570.0));
    near(north, "people_seconds_saved", 99_000.0, 570.0);
    assert_eq!((number(middle, "people_new"), number(middle, "people_sooner")), (0.0, 300.0));
    near(middle, "people_seconds_saved", 63_000.0, 300.0);
    assert_eq!(support::json(&out.join("what-if.json")), report);
    let table = support::text(&out.join("what-if.csv"));
    assert!(table.starts_with("\u{feff}id,name,lon,lat,turnout_s,people_new"), "{table}");
    assert_eq!(table.lines().count(), 3);
    let drawn = support::json(&out.join("sites.geojson"));
    assert_eq!(drawn["features"][0]["properties"]["people_new"], json!(70.0));
    assert!(out.join("sites.qml").is_file());
    // The same sites as GeoJSON, one that leaves a minute later: the 70 are in time all the same.
    let geojson = folder.path().join("sites.geojson");
    let feature = |properties: Value, lat: f64| {
        json!({"type": "Feature", "properties": properties,
            "geometry": {"type": "Point", "coordinates": [118.5, lat]}})
    };
    let all = [feature(json!({"id": "N", "turnout_s": 240}), 24.835_417_4)];
    support::write(&geojson, &json!({"type": "FeatureCollection", "features": all}).to_string());
    let report = printed(&["what-if", &region, "--rule", "JJ-EMS-02", "--sites", &path(&geojson), "--json"]);
    near(&report["sites"][0], "people_seconds_saved", 99_000.0 - 570.0 * 60.0, 570.0);
    assert_eq!(number(&report["sites"][0], "people_new"), 70.0);
    // On the terminal.
    let run = run(&["what-if", &region, "--rule", "JJ-EMS-02", "--sites", &sites]);
    assert!(run.stdout.contains("N North") && run.stdout.contains("70"), "{}", run.story());
}

/// Without A the 100 wait for B until 700 s, late, 60,000 person-seconds, and the 300 until 500 s, 60,000. Without B the 500 wait
/// until 1,200 s, 400,000, and the 70 until 1,500 s, 56,000. Without both nobody is reached: 900 people lost, of whom either
/// alone would have reached the 300. The road has no name.
#[test]
fn stations_fail_alone_and_together() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let (region, out_path) = (two_stations(), path(&out));
    let report = printed(&["failures", &region, "--rule", "JJ-EMS-02", "--json", "--out", &out_path]);
    let [b, a] = report["stations"].as_array().expect("stations").as_slice() else { panic!("two: {report}") };
    assert_eq!((&b["id"], number(b, "people_lost"), number(b, "people_later")), (&json!("B"), 500.0, 570.0));
    near(b, "people_seconds_lost", 456_000.0, 570.0);
    assert_eq!((&a["id"], number(a, "people_lost"), number(a, "people_later")), (&json!("A"), 100.0, 400.0));
    near(a, "people_seconds_lost", 120_000.0, 400.0);
    let [pair] = report["pairs"].as_array().expect("pairs").as_slice() else { panic!("one pair: {report}") };
    assert_eq!(pair["ids"], json!(["A", "B"]));
    assert_eq!((number(pair, "people_lost"), number(pair, "people_shared")), (900.0, 300.0));
    assert_eq!((&report["roads"], &report["roads_tried"]), (&json!([]), &json!(0)));
    assert_eq!(support::json(&out.join("failures.json")), report);
    for name in [
        "failures.html",
        "failures.xlsx",
        "stations.geojson",
        "stations.qml",
        "pairs.geojson",
        "pairs.qml",
        "roads.geojson",
        "roads.qml",
    ] {
        assert!(out.join(name).is_file(), "{name}");
    }
    let run = run(&["failures", &region, "--rule", "JJ-EMS-02"]);
    assert!(run.stdout.contains("A + B"), "{}", run.story());
}

/// A strip with a bridge from 3,600 to 4,400 m: without it the homes at 4,500 and 5,500 m are in time no more, and nobody
/// east of it is reached. The bridge has a name: as a road of that name it is the same.
#[test]
fn a_bridge_is_cut() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = Strip::town().write(&folder.path().join("region"));
    let road = |from: f64, to: f64, more: Value| {
        let mut properties = json!({"highway": "residential"});
        for (key, value) in more.as_object().into_iter().flatten() {
            properties[key] = value.clone();
        }
        (vec![[from, 0.0], [to, 0.0]], properties)
    };
    let roads = [
        road(0.0, 3600.0, json!({"id": "west"})),
        road(3600.0, 4400.0, json!({"id": "over", "name": "Long Bridge", "bridge": "yes"})),
        road(4400.0, 12_000.0, json!({"id": "east"})),
    ];
    write_roads(&region.join("roads.geojson"), &roads);
    let report = printed(&["failures", &path(&region), "--rule", "TIME", "--json"]);
    assert_eq!(report["roads_tried"], json!(2));
    let [bridge, named] = report["roads"].as_array().expect("roads").as_slice() else { panic!("two: {report}") };
    for (road, kind) in [(bridge, "bridge"), (named, "road")] {
        assert_eq!((&road["kind"], &road["name"]), (&json!(kind), &json!("Long Bridge")));
        assert_eq!(road["features"], json!(["over"]));
        assert_eq!((number(road, "people_lost"), number(road, "people_later")), (200.0, 800.0));
        assert_eq!(road["units"][0]["id"], json!("west"));
        assert_eq!(number(&road["units"][0], "people_lost"), 200.0);
    }
}

/// Two stations at the ends of the strip: the homes at 5,500 and 6,500 m take 550 s to reach and 600 s are left, so that the
/// verdict turns between 0.917 (599.8 s) and 0.916 (600.4 s) of the speeds, and when crews leave 51 s later. 1,200 people
/// need three ambulances; 999.6 of them need two, as many as there are.
#[test]
fn verdicts_turn_where_they_must() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stations = vec![("W", 0.0, Some(1)), ("E", 12_000.0, Some(1))];
    let region = path(&Strip { stations, ..Strip::town() }.write(&folder.path().join("region")));
    let out = tempfile::tempdir().expect("a temporary folder");
    let folder = path(&out.path().join("out"));
    let report = printed(&["sensitivity", &region, "--json", "--out", &folder]);
    let page = support::text(&out.path().join("out/sensitivity.html"));
    for rule in report["rules"].as_array().expect("rules").iter().filter(|rule| rule["fragile"] == true) {
        assert!(page.contains(rule["sentence"].as_str().expect("a sentence")), "{rule}");
    }
    let [time, cars] = report["rules"].as_array().expect("rules").as_slice() else { panic!("two rules: {report}") };
    let turn = |assumption: &str, holds_at: f64, turns_at: f64, to: &str| json!({"assumption": assumption, "holds_at": holds_at, "turns_at": turns_at, "to": to});
    assert_eq!((&time["verdict"], &time["fragile"]), (&json!("met"), &json!(true)));
    assert_eq!(time["turns"], json!([turn("speed", 0.917, 0.916, "gap"), turn("turnout", 50.0, 51.0, "gap")]));
    assert_eq!(
        time["sentence_en"],
        "this verdict holds as long as speeds are at least 91.7 % of what was assumed, and crews leave at most 50 s \
         later than assumed"
    );
    assert_eq!((&cars["verdict"], &cars["fragile"]), (&json!("gap"), &json!(false)));
    assert_eq!(cars["turns"], json!([turn("people", 0.834, 0.833, "met")]));
    assert_eq!(
        (report["alone"].as_array().map(Vec::len), report["corners"].as_array().map(Vec::len)),
        (Some(10), Some(16))
    );
    let slow = &report["alone"][0];
    assert_eq!((&slow["speed"], &slow["turned"]), (&json!(0.8), &json!({"TIME": "gap"})));
    let run = run(&["sensitivity", &region, "--lang", "zh"]);
    assert!(run.stdout.contains("车速不低于假设值的91.7%"), "{}", run.story());
}

/// Under a scenario without B, A alone has the 100 and the 300 in time, and they are lost with it.
#[test]
fn a_scenario_is_tried_as_the_region_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let scenario = folder.path().join("without-b.toml");
    support::write(&scenario, "name = \"Without B\"\n\n[[edit]]\nclose_station = { station = \"B\" }\n");
    let (region, scenario) = (two_stations(), path(&scenario));
    let words = ["failures", &region, "--rule", "JJ-EMS-02", "--scenario", &scenario];
    let report = printed(&[words.as_slice(), &["--json"]].concat());
    assert_eq!((&report["scenario"]["name"], &report["pairs"]), (&json!("Without B"), &json!([])));
    assert_eq!(number(&report["rule"], "people_in_time"), 400.0);
    let [a] = report["stations"].as_array().expect("stations").as_slice() else { panic!("one station: {report}") };
    assert_eq!((&a["id"], number(a, "people_lost")), (&json!("A"), 400.0));
    let said = run(&words);
    assert!(said.stdout.contains("Without B"), "{}", said.story());
    // N reaches the 70 alone, and everybody beyond 12,000 m: the 500 as well, in time only with it.
    let sites = folder.path().join("sites.csv");
    support::write(&sites, "id,lon,lat\nN,118.5,24.8354174\n");
    let words =
        ["what-if", &region, "--rule", "JJ-EMS-02", "--sites", &path(&sites), "--scenario", &scenario, "--json"];
    let report = printed(&words);
    assert_eq!(number(&report["sites"][0], "people_new"), 570.0);
    let report = printed(&["sensitivity", &region, "--scenario", &scenario, "--json"]);
    assert_eq!(report["scenario"]["edits"], json!([{"close_station": {"station": "B"}}]));
}

/// The report of an audit with what is lost when something fails, and how firm its verdicts are.
#[test]
fn an_audit_has_failures_and_firmness_in_its_report() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let region = two_stations();
    let words = ["audit", &region, "--lang", "en", "--failures", "JJ-EMS-02", "--sensitivity", "--out", &path(&out)];
    let done = run(&words);
    assert!(matches!(done.code, Some(0 | 1 | 3)), "{}", done.story());
    let lost = printed(&["failures", &region, "--rule", "JJ-EMS-02", "--json"]);
    let in_folder = support::json(&out.join("failures.json"));
    assert_eq!((&in_folder["stations"], &in_folder["pairs"]), (&lost["stations"], &lost["pairs"]));
    let turns = |report: &Value| -> Vec<(String, Value)> {
        let rules = report["rules"].as_array().expect("rules");
        rules.iter().map(|rule| (rule["id"].as_str().expect("an id").to_owned(), rule["turns"].clone())).collect()
    };
    // The audit judges the rules of the core beside the standard's.
    let firm = turns(&support::json(&out.join("sensitivity.json")));
    for rule in turns(&printed(&["sensitivity", &region, "--json"])) {
        assert!(firm.contains(&rule), "{rule:?}");
    }
    let page = support::text(&out.join("report.html"));
    for word in ["How firm the verdicts are", "What is lost when something fails", "Two stations fail", "A + B"] {
        assert!(page.contains(word), "{word} is not in the report");
    }
    for name in ["failed_stations.geojson", "failed_pairs.geojson", "failed_roads.geojson", "failed_stations.qml"] {
        assert!(out.join(name).is_file(), "{name}");
    }
    let failed = support::json(&out.join("failed_stations.geojson"));
    assert_eq!(failed["features"].as_array().map(Vec::len), Some(2));
    // The stations of the audit are still its own.
    assert!(support::json(&out.join("stations.geojson"))["features"][0]["properties"]["people_lost"].is_null());
    let sheets = calamine::open_workbook_auto(out.join("report.xlsx")).map(|book| calamine::Reader::sheet_names(&book));
    let sheets = sheets.expect("a workbook");
    for name in ["One station fails", "Two stations fail", "A road is cut", "How firm verdicts are"] {
        assert!(sheets.iter().any(|sheet| sheet == name), "{name} is no sheet: {sheets:?}");
    }
    // Without them the next audit removes their files.
    assert!(run(&["audit", &region, "--out", &path(&out)]).code.is_some());
    assert!(!out.join("failures.json").exists() && !out.join("failed_stations.geojson").exists());
}

/// One message that says where and what, exit 2, nothing written.
fn refused(words: &[&str], wanted: &[&str]) {
    let run = run(words);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{words:?}: {}", run.story());
    for word in wanted {
        assert!(run.stderr.contains(word), "{words:?} does not say {word}: {}", run.story());
    }
    assert_eq!(run.stderr.trim_end().matches("lifering: ").count(), 1, "{}", run.story());
}

#[test]
fn bad_input_is_refused_with_its_place() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = two_stations();
    let write = |name: &str, text: &str| -> PathBuf {
        let file = folder.path().join(name);
        support::write(&file, text);
        file
    };
    let good = path(&write("good.csv", "id,lon,lat\nX,118.5,24.71\n"));
    let out = folder.path().join("out");
    let tried = |rule: &str, sites: &str, wanted: &[&str]| {
        refused(&["what-if", &region, "--rule", rule, "--sites", sites, "--out", &path(&out)], wanted);
        assert!(!out.exists(), "{wanted:?}: something was written");
    };
    tried("JJ-NONE", &good, &["--rule", "JJ-NONE", "JJ-EMS-02"]);
    tried("JJ-EMS-04", &good, &["--rule", "JJ-EMS-04", "JJ-EMS-02"]);
    let bad = [
        (
            "no_place.csv",
            "id,lon,lat\nX,118.5,24.71\nY,,\n",
            vec!["no_place.csv", "row 3", "Y", "geometry", "lon and lat"],
        ),
        (
            "outside.csv",
            "id,lon,lat\nX,118.5,24.71\nZ,118.9,24.71\n",
            vec!["outside.csv", "Z", "118.9", "inside the boundary"],
        ),
        (
            "slow.csv",
            "id,lon,lat,turnout_s\nX,118.5,24.71,soon\n",
            vec!["slow.csv", "row 2", "turnout_s", "soon", "0 to 3600"],
        ),
        (
            "slower.csv",
            "id,lon,lat,turnout_s\nX,118.5,24.71,9999\n",
            vec!["slower.csv", "turnout_s", "9999", "0 to 3600"],
        ),
        ("empty.csv", "id,lon,lat\n", vec!["empty.csv", "no site"]),
    ];
    for (name, text, wanted) in bad {
        tried("JJ-EMS-02", &path(&write(name, text)), &wanted);
    }
    let null =
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"Q"},"geometry":null}]}"#;
    tried("JJ-EMS-02", &path(&write("null.geojson", null)), &["null.geojson", "feature 0", "geometry", "point"]);
    tried("JJ-EMS-02", &path(&folder.path().join("none.csv")), &["none.csv"]);
    refused(&["failures", &region, "--rule", "JJ-EMS-04"], &["--rule", "JJ-EMS-04"]);
    refused(&["failures", &region, "--rule", "NONE"], &["--rule", "NONE", "JJ-EMS-02"]);
    refused(&["sensitivity", &region, "--standard", "nowhere"], &["nowhere"]);
}

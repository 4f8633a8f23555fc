//! Scenarios: each kind of edit on a town whose figures are worked out by hand, and beside the same town with its folder
//! edited by hand; several at once; the state of the data.

use std::path::{Path, PathBuf};

use lifering_core::city::City;
use lifering_core::scenario::{Application, apply};
use lifering_readers::scenario::{Edit, Scenario};
use lifering_report::text::Lang;
use serde_json::{Value, json};

use crate::strip::{Strip, place};
use crate::support::{self, fixtures, lifering, rule, text, tree, write, write_bytes};

/// A region, one edit, the same by hand, and what is expected of it.
struct Case {
    name: &'static str,
    /// The value of `edit` in scenario.toml.
    edit: String,
    by_hand: Box<dyn Fn(&Path)>,
    /// People whom rule `TIME` covers.
    covered: f64,
    /// People inside the boundary.
    inside: f64,
}

/// Two stations, at both ends: each reaches the six places on its half in time, 600 of 1,200 people.
fn town() -> Strip {
    Strip { stations: vec![("W", 0.0, Some(1)), ("E", 12_000.0, Some(1))], ..Strip::town() }
}

fn at(x: f64) -> String {
    let [lon, lat] = place(x, 0.0);
    format!("[{lon:?}, {lat:?}]")
}

fn point(x: f64, properties: &Value) -> Value {
    json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": place(x, 0.0)}, "properties": properties})
}

fn ring(from: f64, to: f64) -> Vec<[f64; 2]> {
    [[from, -10.0], [to, -10.0], [to, 10.0], [from, 10.0], [from, -10.0]].map(|[x, y]| place(x, y)).to_vec()
}

fn shown(positions: &[[f64; 2]]) -> String {
    let all: Vec<String> = positions.iter().map(|[lon, lat]| format!("[{lon:?}, {lat:?}]")).collect();
    format!("[{}]", all.join(", "))
}

/// Edits the features of a layer's file.
fn layer(folder: &Path, name: &str, edit: impl Fn(&mut Vec<Value>)) {
    let file = folder.join(format!("{name}.geojson"));
    let mut collection = support::json(&file);
    edit(collection["features"].as_array_mut().expect("features"));
    write(&file, &collection.to_string());
}

fn by_id<'a>(features: &'a mut [Value], id: &str) -> &'a mut Value {
    features.iter_mut().find(|feature| feature["properties"]["id"] == id).expect("a feature of this id")
}

/// Replaces a text in region.toml, or adds it at the end if there is none to replace.
fn settings(folder: &Path, old: &str, new: &str) {
    let file = folder.join("region.toml");
    let before = text(&file);
    let after = if old.is_empty() { format!("{before}\n{new}\n") } else { before.replace(old, new) };
    assert_ne!(before, after, "nothing changes in region.toml");
    write(&file, &after);
}

fn copy(from: &Path, to: &Path) -> PathBuf {
    for (path, bytes) in tree(from) {
        let target = to.join(path);
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        write_bytes(&target, &bytes);
    }
    to.to_path_buf()
}

fn scenario_file(folder: &Path, name: &str, edits: &[&str]) -> PathBuf {
    let file = folder.join(format!("{name}.toml"));
    let edits = edits.iter().map(|edit| format!("\n[[edit]]\n{edit}\n")).collect::<Vec<_>>().concat();
    write(&file, &format!("name = \"{name}\"\n{edits}"));
    file
}

fn audited_under(region: &Path, scenario: &Path, out: &Path) -> support::Run {
    lifering([
        "audit".as_ref(),
        region.as_os_str(),
        "--scenario".as_ref(),
        scenario.as_os_str(),
        "--out".as_ref(),
        out.as_os_str(),
    ])
}

/// What must be the same of an audit under a scenario and of the audit of the edited folder: all but the names and hashes
/// of what it was made from.
fn comparable(out: &Path) -> Value {
    let mut audit = support::json(&out.join("audit.json"));
    let table = audit.as_object_mut().expect("an object");
    table.remove("scenario");
    table.remove("inputs");
    let region = table["region"].as_object_mut().expect("a region");
    region.remove("path");
    region.remove("settings_sha256");
    audit
}

/// The scenario's audit is that of the folder edited by hand, in every figure and in every layer that is drawn.
fn same_as_by_hand(region: &Path, scenario: &Path, by_hand: &dyn Fn(&Path), what: &str) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (out, of_hand) = (folder.path().join("scenario"), folder.path().join("hand"));
    let run = audited_under(region, scenario, &out);
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{what}: {}", run.story());
    // In a folder of the same name: it stands in the files.
    let edited = copy(region, &folder.path().join(support::name(region)));
    by_hand(&edited);
    let run = support::audit(&edited, &of_hand);
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{what}: {}", run.story());
    let (ours, theirs) = (comparable(&out), comparable(&of_hand));
    for key in theirs.as_object().expect("an object").keys() {
        assert_eq!(ours[key], theirs[key], "{what}: {key}");
    }
    for file in ["uncovered.geojson", "coverage.geojson", "stations.geojson", "roads_time.geojson"] {
        assert!(text(&out.join(file)) == text(&of_hand.join(file)), "{what}: {file} differs");
    }
    for file in ["diff.json", "opened.geojson", "closed.geojson", "report.html", "region.qgz"] {
        assert!(out.join(file).is_file(), "{what}: no {file}");
    }
    support::json(&out.join("audit.json"))
}

fn case(
    name: &'static str,
    edit: impl Into<String>,
    by_hand: impl Fn(&Path) + 'static,
    (covered, inside): (f64, f64),
) -> Case {
    Case { name, edit: edit.into(), by_hand: Box::new(by_hand), covered, inside }
}

/// Edits of stations. 600 s are left to drive, 6,000 m at 10 m/s.
fn of_stations() -> Vec<Case> {
    let new = json!({"id": "M", "name": "中间站", "kind": "station", "ambulances": 1, "turnout_s": 60});
    vec![
        // Both ends reach all; the new one changes nothing of that.
        case(
            "add a station",
            format!(
                "add_station = {{ id = \"M\", name = \"中间站\", at = {}, kind = \"station\", ambulances = 1, turnout_s = 60 }}",
                at(6_000.0)
            ),
            move |folder| layer(folder, "stations", |all| all.push(point(6_000.0, &new))),
            (1200.0, 1200.0),
        ),
        // E at 9,000 m reaches from 3,500 on; W up to 5,500.
        case(
            "move a station",
            format!("move_station = {{ station = \"E\", to = {} }}", at(9_000.0)),
            |folder| {
                layer(folder, "stations", |all| {
                    by_id(all, "E")["geometry"]["coordinates"] = json!(place(9_000.0, 0.0));
                });
            },
            (1200.0, 1200.0),
        ),
        // W alone.
        case(
            "close a station",
            "close_station = { station = \"E\" }",
            |folder| layer(folder, "stations", |all| all.retain(|one| one["properties"]["id"] != "E")),
            (600.0, 1200.0),
        ),
        // Two minutes more: 4,800 m from E, the five places down to 7,500.
        case(
            "its turnout",
            "set_station = { station = \"E\", turnout_s = 300 }",
            |folder| layer(folder, "stations", |all| by_id(all, "E")["properties"]["turnout_s"] = json!(300)),
            (1100.0, 1200.0),
        ),
        case(
            "no ambulance",
            "set_station = { station = \"E\", ambulances = 0, negative_pressure = 0 }",
            |folder| {
                layer(folder, "stations", |all| {
                    let station = by_id(all, "E");
                    station["properties"]["ambulances"] = json!(0);
                    station["properties"]["negative_pressure"] = json!(0);
                });
            },
            (600.0, 1200.0),
        ),
    ]
}

/// Edits of roads.
fn of_roads() -> Vec<Case> {
    let closure = |geometry: Value| {
        move |folder: &Path| {
            let feature = json!({"type": "Feature", "properties": {}, "geometry": geometry});
            let collection = json!({"type": "FeatureCollection", "features": [feature]});
            write(&folder.join("closures.geojson"), &collection.to_string());
            settings(folder, "[layers]\n", "[layers]\nclosures = \"closures.geojson\"\n");
        }
    };
    let across = [place(8_000.0, -9.0), place(8_000.0, 9.0)];
    let area = ring(8_000.0, 9_900.0);
    let slow = |folder: &Path| layer(folder, "roads", |all| all[0]["properties"]["speed_kmh"] = json!(18));
    vec![
        case(
            "close a road",
            "close_road = { feature = 0 }",
            |folder| layer(folder, "roads", |all| all[0]["properties"]["access"] = json!("no")),
            (0.0, 1200.0),
        ),
        // Cut at 8,000 m: each end still reaches its half, W's up to 6,000 and E's down to 8,000, so 6,500 and 7,500 are lost.
        case(
            "close by a line",
            format!("close_road = {{ line = {} }}", shown(&across)),
            closure(json!({"type": "LineString", "coordinates": across})),
            (1000.0, 1200.0),
        ),
        // 8,500 is 500 m from the road that is left, 9,500 still 400 m; 6,500 and 7,500 are too far from W.
        case(
            "close by an area",
            format!("close_road = {{ area = {} }}", shown(&area[..4])),
            closure(json!({"type": "Polygon", "coordinates": [area]})),
            (800.0, 1200.0),
        ),
        // 5 m/s: 3,000 m from either end.
        case("a slower road", "set_road_speed = { road = { feature = 0 }, kmh = 18 }", slow, (600.0, 1200.0)),
        // The drawing touches the one road there is, which is slower as a whole.
        case(
            "a slower road by an area",
            format!("set_road_speed = {{ road = {{ area = {} }}, kmh = 18 }}", shown(&area[..4])),
            slow,
            (600.0, 1200.0),
        ),
        case(
            "a slower class",
            "set_speeds = { residential = 18 }",
            |folder| settings(folder, "residential = 36", "residential = 18"),
            (600.0, 1200.0),
        ),
        // A fifth more time: 5,000 m.
        case(
            "the peak",
            "set_period = { period = \"peak\" }",
            |folder| settings(folder, "[drive]\n", "[drive]\nperiod = \"peak\"\n"),
            (1000.0, 1200.0),
        ),
        // Twice the time: 3,000 m.
        case(
            "a period of its own",
            "set_period = { period = \"snow\", factor = 2 }",
            |folder| {
                let period = "[drive]\nperiod = \"snow\"\nperiods = { offpeak = 1, peak = 1.2, snow = 2 }\n";
                settings(folder, "[drive]\n", period);
            },
            (600.0, 1200.0),
        ),
    ]
}

/// Edits of response, access leg and people.
fn of_people() -> Vec<Case> {
    let housing = ring(900.0, 1_100.0);
    let drawn = housing.clone();
    vec![
        // 200 s less to drive: 4,000 m, the four places at either end.
        case(
            "a longer turnout",
            "set_response = { turnout_s = 380 }",
            |folder| settings(folder, "", "[response]\nturnout_s = 380"),
            (800.0, 1200.0),
        ),
        // Everybody lives on the road: the leg changes nothing here.
        case(
            "another access leg",
            "set_access = { speed_kmh = 6, max_m = 250 }",
            |folder| settings(folder, "", "[access]\nspeed_kmh = 6\nmax_m = 250"),
            (1200.0, 1200.0),
        ),
        case(
            "twice the people",
            "scale_people = { factor = 2 }",
            |folder| {
                layer(folder, "population", |all| {
                    for one in all.iter_mut() {
                        one["properties"]["population"] = json!(200);
                    }
                });
            },
            (2400.0, 2400.0),
        ),
        case(
            "people by a total",
            "scale_people = { total = 600 }",
            |folder| settings(folder, "", "[population]\nscale_to = 600"),
            (600.0, 600.0),
        ),
        case(
            "people of a unit",
            "scale_people = { unit = \"west\", factor = 3 }",
            |folder| {
                layer(folder, "population", |all| {
                    all.iter_mut().take(6).for_each(|one| one["properties"]["population"] = json!(300));
                });
            },
            (2400.0, 2400.0),
        ),
        case(
            "people of a unit by a total",
            "scale_people = { unit = \"east\", total = 300 }",
            |folder| {
                layer(folder, "population", |all| {
                    all.iter_mut().skip(6).for_each(|one| one["properties"]["population"] = json!(50));
                });
            },
            (900.0, 900.0),
        ),
        case(
            "a housing area",
            format!("add_housing = {{ name = \"新村\", people = 50, area = {} }}", shown(&housing[..4])),
            move |folder| {
                let home = json!({"type": "Feature", "properties": {"population": 50},
                    "geometry": {"type": "Polygon", "coordinates": [drawn]}});
                layer(folder, "population", |all| all.push(home.clone()));
            },
            (1250.0, 1250.0),
        ),
        case(
            "a housing area at a place",
            format!("add_housing = {{ people = 70, at = {} }}", at(2_250.0)),
            |folder| layer(folder, "population", |all| all.push(point(2_250.0, &json!({"population": 70})))),
            (1270.0, 1270.0),
        ),
    ]
}

fn holds(cases: Vec<Case>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = town().write(&folder.path().join("strip"));
    for Case { name, edit, by_hand, covered, inside } in cases {
        let scenario = scenario_file(folder.path(), "edit", &[&edit]);
        let audit = same_as_by_hand(&region, &scenario, &by_hand, name);
        let people = |value: &Value, wanted: f64| {
            let found = value.as_f64().expect("a number of people");
            assert!((found - wanted).abs() < 1e-6, "{name}: {found} people, not {wanted}");
        };
        people(&audit["population"]["inside"], inside);
        people(&rule(&audit, "TIME").expect("the rule")["population_covered"], covered);
        assert_eq!(audit["scenario"]["name"], "edit", "{name}");
        assert_eq!(audit["scenario"]["base"], region.display().to_string(), "{name}");
        let before = &audit["scenario"]["before"][0];
        assert_eq!((before["rule"].as_str(), before["verdict"].as_str()), (Some("TIME"), Some("met")), "{name}");
    }
}

#[test]
fn an_edit_of_stations_is_that_of_the_folder() {
    holds(of_stations());
}

#[test]
fn an_edit_of_roads_and_speeds_is_that_of_the_folder() {
    holds(of_roads());
}

#[test]
fn an_edit_of_people_is_that_of_the_folder() {
    holds(of_people());
}

#[test]
fn facilities_and_aeds_come_and_go() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // fixtures/walk: 4,300 in, 3,200 of them by F2 alone. F3 opens where 12,800 stand, 320 m off the street at 1,000 m: they are in,
    // and the 400 at 1,090 m, 320 / 0.9 + 90 / 1.2 = 430.6 s from it.
    let walk = copy(&fixtures().join("walk"), &folder.path().join("walk"));
    let far = support::json(&walk.join("population.geojson"));
    let far = far["features"].as_array().expect("features").iter();
    let far = far.clone().find(|one| one["properties"]["population"] == 12_800).expect("the place off the road");
    let at = far["geometry"]["coordinates"].clone();
    let opened = format!("add_facility = {{ id = \"F3\", kind = \"clinic\", at = {at} }}");
    let new = json!({"type": "Feature", "properties": {"id": "F3", "kind": "clinic"}, "geometry": far["geometry"]});
    let covered = |audit: &Value| rule(audit, "JJ-PHC-02").expect("the rule")["population_covered"].clone();
    let scenario = scenario_file(folder.path(), "opened", &[&opened]);
    let by_hand = move |folder: &Path| layer(folder, "facilities", |all| all.push(new.clone()));
    assert_eq!(covered(&same_as_by_hand(&walk, &scenario, &by_hand, "a facility more")), 17_500.0);
    let scenario = scenario_file(folder.path(), "closed", &["close_facility = { facility = \"卫生所\" }"]);
    let by_hand = |folder: &Path| layer(folder, "facilities", |all| all.retain(|one| one["properties"]["id"] != "F2"));
    assert_eq!(covered(&same_as_by_hand(&walk, &scenario, &by_hand, "a facility less")), 1_100.0);

    let units = copy(&fixtures().join("units"), &folder.path().join("units"));
    let have = |audit: &Value| rule(audit, "JJ-EMS-07").expect("the rule")["have"].as_f64().expect("a count");
    let out = folder.path().join("base");
    support::audit(&units, &out);
    let before = have(&support::json(&out.join("audit.json")));
    let edits = ["close_aed = { aed = \"A1\" }", "add_aed = { id = \"A9\", at = [118.5, 24.7], count = 3 }"];
    let scenario = scenario_file(folder.path(), "aeds", &edits);
    let by_hand = |folder: &Path| {
        layer(folder, "aeds", |all| {
            all.retain(|one| one["properties"]["id"] != "A1");
            all.push(json!({"type": "Feature", "properties": {"id": "A9", "count": 3},
                "geometry": {"type": "Point", "coordinates": [118.5, 24.7]}}));
        });
    };
    // A1 had five devices, A9 has three.
    let after = have(&same_as_by_hand(&units, &scenario, &by_hand, "AEDs"));
    assert!((before - after - 2.0).abs() < 1e-9, "{before}, then {after}");
}

#[test]
fn a_scenario_without_edits_changes_no_byte() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = town().write(&folder.path().join("strip"));
    let scenario = scenario_file(folder.path(), "nothing", &[]);
    let (plain, under) = (folder.path().join("plain"), folder.path().join("under"));
    let code = support::audit(&region, &plain).code;
    let run = audited_under(&region, &scenario, &under);
    assert_eq!(run.code, code, "{}", run.story());
    let (plain, under) = (tree(&plain), tree(&under));
    for (file, bytes) in plain.iter().filter(|(file, _)| !file.to_string_lossy().starts_with('.')) {
        assert!(under[file] == *bytes, "{} differs", file.display());
    }
}

#[test]
fn several_scenarios_have_a_folder_each_and_one_table() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = town().write(&folder.path().join("strip"));
    let closed = scenario_file(folder.path(), "closed", &["close_station = { station = \"E\" }"]);
    let slow = scenario_file(folder.path(), "slow", &["set_speeds = { residential = 18 }"]);
    let out = folder.path().join("out");
    let args = |out: &Path, more: &[&Path]| {
        let mut all: Vec<std::ffi::OsString> = vec!["audit".into(), region.clone().into()];
        for scenario in more {
            all.extend(["--scenario".into(), scenario.as_os_str().to_owned()]);
        }
        all.extend(["--out".into(), out.as_os_str().to_owned()]);
        all
    };
    let run = lifering(args(&out, &[&closed, &slow]));
    assert_eq!(run.code, Some(1), "{}", run.story());
    let head = run.stdout.lines().take(4).collect::<Vec<_>>().join("\n");
    for word in ["base", "closed", "slow"] {
        assert!(head.contains(word), "{word} is not in the table: {}", run.stdout);
    }
    // Each folder is what the scenario gives alone.
    for (name, scenario) in [("closed", &closed), ("slow", &slow)] {
        let alone = folder.path().join(format!("{name}-alone"));
        lifering(args(&alone, &[scenario]));
        let (alone, one) = (tree(&alone), tree(&out.join(name)));
        assert!(alone.keys().eq(one.keys()), "{name}");
        for (file, bytes) in alone.iter().filter(|(file, _)| !file.to_string_lossy().starts_with('.')) {
            assert!(one[file] == *bytes, "{name}: {} differs", file.display());
        }
    }
    // One table before the folders: without the station E six places of 100 are late.
    let table = text(&out.join("comparison").join("scenarios.csv"));
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    let column = |name: &str| rows[0].iter().position(|head| head.trim_start_matches('\u{feff}') == name).expect(name);
    let row = |scenario: &str, rule: &str| {
        let found = rows.iter().find(|row| row[column("scenario")] == scenario && row[column("rule")] == rule);
        found.unwrap_or_else(|| panic!("no row {scenario} {rule}: {table}"))
    };
    let time = row("closed", "TIME");
    let cell = |name: &str| time[column(name)];
    assert_eq!((cell("verdict_before"), cell("verdict")), ("met", "gap"), "{table}");
    assert_eq!((cell("population_uncovered_before"), cell("population_uncovered")), ("0", "600"), "{table}");
    assert_eq!(row("slow", "TIME")[column("folder")], "slow");
    // The same command again replaces what it wrote, also where an audit of the region and other files stand.
    assert!(support::audit(&region, &folder.path().join("both")).code.is_some());
    let both = folder.path().join("both");
    for _ in 0..2 {
        assert_eq!(lifering(args(&both, &[&closed, &slow])).code, Some(1));
    }
    assert!(both.join("audit.json").is_file() && both.join("slow").join("audit.json").is_file());
    assert!(text(&both.join("comparison").join("scenarios.csv")) == table);
    // A table that somebody else made stays.
    let foreign = folder.path().join("foreign");
    write(&foreign.join("comparison").join("scenarios.csv"), "mine");
    let run = lifering(args(&foreign, &[&closed, &slow]));
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert_eq!(text(&foreign.join("comparison").join("scenarios.csv")), "mine");
    assert!(!foreign.join("closed").exists());
    let diff = support::json(&out.join("closed").join("diff.json"));
    assert_eq!(diff["summary"]["worse"], json!(["CARS", "TIME"]), "{diff}");
    // A given base spares its audit, and an audit of other data is refused.
    let base = folder.path().join("base");
    support::audit(&region, &base);
    let compared = folder.path().join("compared");
    let mut given = args(&compared, &[&closed]);
    given.extend(["--base".into(), base.clone().into_os_string()]);
    assert_eq!(lifering(&given).code, Some(1));
    settings(&region, "residential = 36", "residential = 35");
    let run = lifering(&given);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(run.stderr.contains("region.toml"), "{}", run.story());
}

#[test]
fn the_state_of_the_data_is_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = town().write(&folder.path().join("strip"));
    let scenario = scenario_file(folder.path(), "closed", &["close_station = { station = \"E\" }"]);
    let check = lifering(["check".as_ref(), region.as_os_str(), "--scenario".as_ref(), scenario.as_os_str()]);
    let state = check.stdout.split("[made_on]").nth(1).unwrap_or_else(|| panic!("no state: {}", check.story()));
    write(&scenario, &format!("{}\n[made_on]{state}", text(&scenario)));
    let out = folder.path().join("out");
    let run = audited_under(&region, &scenario, &out);
    assert_eq!(run.code, Some(1), "{}", run.story());
    assert!(support::json(&out.join("audit.json"))["scenario"]["rebased"].is_null());
    layer(&region, "population", |all| all[0]["properties"]["population"] = json!(101));
    let refused = folder.path().join("refused");
    let run = audited_under(&region, &scenario, &refused);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(run.stderr.contains("population.geojson has other content") && run.stderr.contains("--rebase"));
    assert!(!run.stderr.contains("roads.geojson") && !refused.exists(), "{}", run.story());
    let run = lifering([
        "audit".as_ref(),
        region.as_os_str(),
        "--rebase".as_ref(),
        "--scenario".as_ref(),
        scenario.as_os_str(),
        "--out".as_ref(),
        refused.as_os_str(),
    ]);
    assert_eq!(run.code, Some(1), "{}", run.story());
    assert!(run.stderr.contains("population.geojson has other content"), "{}", run.story());
    let audit = support::json(&refused.join("audit.json"));
    assert_eq!(audit["scenario"]["rebased"], json!([{"file": "population.geojson", "state": "changed"}]));
}

#[test]
fn a_proposal_and_a_batch_take_a_scenario() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = town().write(&folder.path().join("strip"));
    let scenario = scenario_file(folder.path(), "closed", &["close_station = { station = \"E\" }"]);
    let named = |command: &str, out: &Path, more: &[&str]| {
        let mut all: Vec<std::ffi::OsString> = vec![command.into(), region.clone().into()];
        all.extend(["--scenario".into(), scenario.as_os_str().to_owned(), "--out".into(), out.as_os_str().to_owned()]);
        all.extend(more.iter().map(Into::into));
        lifering(all)
    };
    let out = folder.path().join("plan");
    let run = named("propose", &out, &["--goal", "cover", "--sites", "1", "--rule", "TIME"]);
    assert_eq!(run.code, Some(0), "{}", run.story());
    let proposal = support::json(&out.join("proposal.json"));
    assert_eq!(proposal["scenario"]["name"], "closed");
    // W alone before, and a site near the east end brings the other half back.
    assert_eq!(proposal["before"]["objective"], 600.0);
    assert_eq!(proposal["objective"], 1200.0);
    // Verified on the edits as they are recorded: the file is not needed.
    let verified = || lifering(["propose".as_ref(), "--verify".as_ref(), out.join("proposal.json").as_os_str()]);
    let moved = scenario.with_extension("moved");
    std::fs::rename(&scenario, &moved).expect("the file moves");
    let run = verified();
    assert_eq!(run.code, Some(0), "{}", run.story());
    std::fs::rename(&moved, &scenario).expect("the file moves back");
    // Under another edit the sites cover other people: the new site is near the station that stands.
    let mut changed = proposal;
    changed["scenario"]["edits"] = json!([{"close_station": {"station": "W"}}]);
    write(&out.join("proposal.json"), &changed.to_string());
    let run = verified();
    assert_eq!(run.code, Some(2), "{}", run.story());
    let out = folder.path().join("batch");
    let run = named("batch", &out, &[]);
    assert_eq!(run.code, Some(1), "{}", run.story());
    let audit = support::json(&out.join("strip").join("audit.json"));
    assert_eq!(audit["scenario"]["name"], "closed");
    assert_eq!(rule(&audit, "TIME").expect("the rule")["population_covered"], 600.0);
}

#[test]
fn every_edit_of_the_example_is_read_and_written_again() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenarios.toml");
    let scenario = Scenario::read(&example).expect("the example is a scenario");
    let words: Vec<&str> = scenario.edits.iter().map(Edit::word).collect();
    let schema = lifering_readers::scenario::schema();
    let kinds = schema["definitions"]["Edit"]["oneOf"].as_array().expect("the kinds of edits");
    assert!(kinds.len() > 15, "{} kinds", kinds.len());
    for kind in kinds {
        let word = kind["required"][0].as_str().expect("a word");
        assert!(words.contains(&word), "the example has no {word}");
    }
    // In sentences, without names of keys.
    for edit in &scenario.edits {
        for (lang, other) in [(Lang::Zh, Lang::En), (Lang::En, Lang::Zh)] {
            let said = lifering_report::text::edit(edit, lang);
            assert!(!said.contains(['{', '[', '_', '%', '`']) && said.len() > 8, "{said}");
            assert_ne!(said, lifering_report::text::edit(edit, other));
        }
    }
    let text = scenario.to_toml().expect("a text");
    let again = Scenario::from_bytes("scenario.toml", text.as_bytes()).expect("a scenario");
    assert_eq!(again.edits, scenario.edits);
    assert_eq!(scenario.without(0).edits[..], scenario.edits[1..]);
    let table: toml::Table = toml::from_str(&support::text(&example)).expect("TOML");
    let json = serde_json::to_value(table).expect("JSON");
    let faults: Vec<String> = jsonschema::validator_for(&schema)
        .expect("the schema is a schema")
        .iter_errors(&json)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_scenarios_of_the_demo_fit_it() {
    let city = City::demo().expect("the demo");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/scenarios");
    let files = tree(&folder);
    assert!(files.len() > 2, "{} scenarios", files.len());
    for file in files.keys() {
        let scenario = Scenario::read(&folder.join(file)).expect("a scenario");
        assert!(scenario.name.contains("示意数据"), "{} is not marked as illustrative", file.display());
        let how = Application { rebase: false, people_of_year: &|_| Ok(None) };
        let under = apply(&city, &scenario, how).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        assert_eq!(under.scenario().map(|applied| applied.scenario.name.as_str()), Some(scenario.name.as_str()));
    }
}

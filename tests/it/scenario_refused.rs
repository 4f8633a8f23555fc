//! Scenarios that are wrong: exit status 2, one message that names file, edit, field, what was found and what was wanted, and
//! nothing written.

use serde_json::json;

use crate::strip::{Strip, place};
use crate::support::{self, lifering, write};

/// Edits, and words that the message must hold.
fn wrong() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![
        ("close_station = { station = \"X\" }", vec!["edit 1", "`station`", "\"X\"", "stations.geojson"]),
        (
            "close_station = { station = \"W\" }\n[[edit]]\nmove_station = { station = \"W\", to = [0.01, 0.0] }",
            vec!["edit 2", "`station`", "edit 1"],
        ),
        (
            "move_station = { station = \"W\", to = [0.01, 0.0] }\n[[edit]]\nmove_station = { station = \"W\", to = [0.02, 0.0] }",
            vec!["edit 2", "`to`", "edit 1"],
        ),
        (
            "set_station = { station = \"W\", ambulances = 2 }\n[[edit]]\nclose_station = { station = \"W\" }",
            vec!["edit 2", "edit 1"],
        ),
        ("move_station = { station = \"W\", to = [1.0, 1.0] }", vec!["edit 1", "`to`", "boundary"]),
        ("move_station = { station = \"W\", to = [0.0359, 0.0] }", vec!["edit 1", "`to`", "barriers"]),
        ("add_station = { id = \"W\", at = [0.01, 0.0] }", vec!["edit 1", "`id`", "\"W\""]),
        ("add_station = { id = \"N\", at = [200.0, 0.0] }", vec!["edit 1", "`at`", "200"]),
        (
            "add_station = { id = \"N\", at = [0.01, 0.0], kind = \"palace\" }",
            vec!["edit 1", "`kind`", "palace", "sub_center"],
        ),
        ("add_station = { id = \"N\", at = [0.01, 0.0], ambulances = -1 }", vec!["edit 1", "`ambulances`", "-1"]),
        (
            "add_station = { id = \"N\", at = [0.01, 0.0], ambulanecs = 1 }",
            vec!["edit 1", "ambulanecs", "did you mean `ambulances`"],
        ),
        ("add_statoin = { id = \"N\" }", vec!["edit 1", "add_statoin", "did you mean `add_station`"]),
        ("set_station = { station = \"W\" }", vec!["edit 1", "ambulances, negative_pressure, turnout_s"]),
        ("set_station = { station = \"W\", ambulances = 1.5 }", vec!["edit 1", "`ambulances`", "1.5"]),
        ("set_road_speed = { road = { feature = 0 }, kmh = 0 }", vec!["edit 1", "`kmh`", "0", "greater than 0"]),
        ("set_road_speed = { road = { name = \"桥\" }, kmh = 20 }", vec!["edit 1", "`name`", "桥"]),
        ("close_road = { feature = 9 }", vec!["edit 1", "`feature`", "9"]),
        ("close_road = { line = [[1.0, 1.0], [1.1, 1.1]] }", vec!["edit 1", "`line`", "no road"]),
        ("close_road = { area = [[0.0, 0.0], [0.1, 0.1]] }", vec!["edit 1", "`area`", "2 corners"]),
        ("close_road = { area = [[0.0, 0.0], [0.1, 0.1], [0.1, 0.0], [0.0, 0.1]] }", vec!["edit 1", "`area`", "cross"]),
        (
            "close_road = { feature = 0 }\n[[edit]]\nset_road_speed = { road = { feature = 0 }, kmh = 20 }",
            vec!["edit 2", "`kmh`", "edit 1"],
        ),
        ("set_period = { period = \"night\" }", vec!["edit 1", "`period`", "night", "offpeak, peak"]),
        ("set_period = { period = \"night\", factor = 0 }", vec!["edit 1", "`factor`", "0"]),
        ("set_speeds = { primary = -3 }", vec!["edit 1", "`primary`", "-3"]),
        ("set_access = { max_m = 0 }", vec!["edit 1", "`max_m`", "0"]),
        ("set_response = { turnout_s = -1 }", vec!["edit 1", "`turnout_s`", "-1"]),
        ("scale_people = { factor = -0.1 }", vec!["edit 1", "`factor`", "-0.1"]),
        ("scale_people = { factor = 1.1, total = 5 }", vec!["edit 1", "factor, total, year"]),
        ("scale_people = { unit = \"north\", factor = 2 }", vec!["edit 1", "`unit`", "north"]),
        ("scale_people = { year = 1900 }", vec!["edit 1", "`year`", "1900"]),
        ("scale_people = { factor = 2 }\n[[edit]]\nscale_people = { total = 9 }", vec!["edit 2", "`total`", "edit 1"]),
        ("add_housing = { people = 5 }", vec!["edit 1", "area, at"]),
        ("add_housing = { people = 5, at = [1.0, 1.0] }", vec!["edit 1", "`at`", "boundary"]),
        ("add_facility = { id = \"F\", at = [0.01, 0.0] }", vec!["edit 1", "facilities"]),
        ("close_aed = { aed = \"A\" }", vec!["edit 1", "`aed`", "aeds"]),
    ]
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = Strip::town().write(&folder.path().join("strip"));
    // A pond on the road, around 4,000 m.
    let pond = [[3_900.0, -9.0], [4_100.0, -9.0], [4_100.0, 9.0], [3_900.0, 9.0], [3_900.0, -9.0]];
    let pond = json!({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [pond.map(|[x, y]| place(x, y))]}}]});
    write(&region.join("barriers.geojson"), &pond.to_string());
    let settings = support::text(&region.join("region.toml"));
    write(&region.join("region.toml"), &settings.replace("[layers]\n", "[layers]\nbarriers = \"barriers.geojson\"\n"));
    let file = folder.path().join("wrong.toml");
    let out = folder.path().join("out");
    for (edits, words) in wrong() {
        write(&file, &format!("name = \"wrong\"\n[[edit]]\n{edits}\n"));
        let run = lifering([
            "audit".as_ref(),
            region.as_os_str(),
            "--scenario".as_ref(),
            file.as_os_str(),
            "--out".as_ref(),
            out.as_os_str(),
        ]);
        assert_eq!(run.code, Some(2), "{edits}: {}", run.story());
        // One message, perhaps with a line of advice.
        assert!(run.stderr.starts_with("lifering: ") && run.stderr.lines().count() <= 2, "{edits}: {}", run.story());
        for word in words.iter().chain(&["wrong.toml"]) {
            assert!(run.stderr.contains(word), "{edits}: no {word} in {}", run.stderr);
        }
        assert!(!out.exists(), "{edits}: something was written");
    }
    // Of several, one that is wrong is enough.
    let right = folder.path().join("right.toml");
    write(&right, "name = \"right\"\n[[edit]]\nset_period = { period = \"peak\" }\n");
    let mut all: Vec<std::ffi::OsString> = vec!["audit".into(), region.into(), "--out".into(), out.clone().into()];
    for scenario in [right, file] {
        all.extend(["--scenario".into(), scenario.into()]);
    }
    let run = lifering(all);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(!out.exists(), "something was written");
}

#[test]
fn a_file_that_is_no_scenario_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = Strip::town().write(&folder.path().join("strip"));
    let file = folder.path().join("wrong.toml");
    for (text, word) in
        [("", "name"), ("name = \"\"", "name"), ("name = 3", "name"), ("naem = \"x\"", "naem"), ("[", "line 1")]
    {
        write(&file, text);
        let run = lifering(["check".as_ref(), region.as_os_str(), "--scenario".as_ref(), file.as_os_str()]);
        assert_eq!(run.code, Some(2), "{text}: {}", run.story());
        assert!(run.stderr.contains("wrong.toml") && run.stderr.contains(word), "{text}: {}", run.stderr);
    }
}

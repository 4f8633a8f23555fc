//! The five first questions are answered under every standard.

use std::ffi::OsStr;

use serde_json::Value;

use crate::support;

/// audit.json and the folder's other files of the demo, by a standard.
fn demo(scratch: &std::path::Path, standard: &str) -> (Value, std::path::PathBuf, Option<i32>) {
    let out = scratch.join(standard);
    let run = support::lifering([
        OsStr::new("audit"),
        OsStr::new("--demo"),
        OsStr::new("--standard"),
        OsStr::new(standard),
        OsStr::new("--out"),
        out.as_os_str(),
    ]);
    assert_ne!(run.code, Some(2), "{}", run.story());
    (support::json(&out.join("audit.json")), out, run.code)
}

fn answer(audit: &Value, check: &str) -> Value {
    let checks = audit["core"].as_array().expect("the checks");
    let rule = checks.iter().find(|one| one["check"] == check).unwrap_or_else(|| panic!("{check} is not answered"));
    support::rule(audit, rule["rule"].as_str().expect("an id")).expect("the rule").clone()
}

#[test]
fn every_standard_answers_the_first_questions_with_the_same_figures() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let (core, _, _) = demo(scratch.path(), "core");
    for standard in ["jinjiang-14fyp", "national-2020", "england-arp"] {
        let (audit, out, _) = demo(scratch.path(), standard);
        for check in ["CORE-5KM", "CORE-14MIN", "CORE-AMBULANCES", "CORE-AED", "CORE-WALK"] {
            let (here, alone) = (answer(&audit, check), answer(&core, check));
            // The plan of Jinjiang counts for its own year what these count for the region's people.
            for figure in ["value", "population_covered", "population_uncovered", "have"] {
                assert_eq!(here[figure], alone[figure], "{standard}, {check}: {figure}");
            }
        }
        // Maps and stations have times and people, whatever is asked.
        let roads = support::json(&out.join("roads_time.geojson"));
        let timed = roads["features"].as_array().expect("roads").iter();
        assert!(timed.filter(|road| road["properties"]["from_s"].is_number()).count() > 100, "{standard}");
        let stations = support::json(&out.join("stations.geojson"));
        let people = stations["features"].as_array().expect("stations").iter();
        let nearest: f64 = people.filter_map(|station| station["properties"]["population_first"].as_f64()).sum();
        assert!(nearest > 1_000_000.0, "{standard}: {nearest} people in all have a nearest station");
    }
}

#[test]
fn the_first_questions_never_bind_beside_a_standard() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let (audit, _, code) = demo(scratch.path(), "national-2020");
    let rules = audit["rules"].as_array().expect("rules");
    let own = rules.iter().filter(|rule| !rule["id"].as_str().is_some_and(|id| id.starts_with("CORE-")));
    let added = rules.iter().filter(|rule| rule["id"].as_str().is_some_and(|id| id.starts_with("CORE-")));
    assert!(added.clone().count() >= 3 && added.into_iter().all(|rule| rule["force"] == "advisory"), "{rules:?}");
    let gap = own.clone().any(|rule| rule["verdict"] == "gap" && rule["force"] != "advisory");
    assert_eq!(code, Some(if gap { 1 } else { 3 }));
}

/// Nobody is marked as urban: the reading about everybody is the answer, and the text stands beside it, not judged.
#[test]
fn without_town_and_country_everybody_is_the_answer_and_only_what_holds_for_all_is_certain() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let at = |name: &str| scratch.path().join(name);
    // A street of 7 km with its station at the western end; 25 people live there, 75 at the eastern end.
    let roads = "WKT,highway\n\"LINESTRING(118.5 24.7,118.569 24.7)\",primary\n";
    let files = [
        ("roads.csv", roads),
        ("stations.csv", "lon,lat,name,ambulances\n118.5,24.7,W,1\n"),
        ("people.csv", "lon,lat,population\n118.5,24.7,25\n118.569,24.7,75\n"),
        (
            "region.toml",
            "name = \"x\"\n[layers]\nroads = \"roads.csv\"\nstations = \"stations.csv\"\npopulation = \"people.csv\"\n",
        ),
    ];
    for (name, content) in files {
        support::write(&at(name), content);
    }
    let out = at("out");
    let run = support::lifering([
        OsStr::new("audit"),
        scratch.path().as_os_str(),
        OsStr::new("--standard"),
        OsStr::new("national-2020"),
        OsStr::new("--out"),
        out.as_os_str(),
    ]);
    let audit = support::json(&out.join("audit.json"));
    for (id, value, verdict) in [("CN-01", 0.25, "depends"), ("CN-02", 1.0, "met")] {
        let rule = support::rule(&audit, id).expect("the rule");
        assert_eq!((&rule["value"], &rule["verdict"]), (&value.into(), &verdict.into()), "{}", run.story());
        let split = rule["readings"].as_array().expect("readings").iter().find(|reading| reading["id"] == "split");
        assert_eq!(split.expect("the text")["verdict"], "cannot_judge", "{id}");
    }
    let zones = support::json(&out.join("uncovered.geojson"));
    let zones = zones["features"].as_array().expect("zones").iter();
    assert!(zones.filter(|zone| zone["properties"]["rule_id"] == "CN-01").count() > 0, "the answer is not drawn");
}

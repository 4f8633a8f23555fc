//! `lifering diff`: which unit is which, on the four towns of `fixtures/units`, quarters of a square.

use serde_json::{Value, json};

use crate::diff::{Bench, pair};
use crate::support;

/// Audits the four towns of `fixtures/units` after a change of the features of units.geojson.
fn audit_towns(bench: &Bench, name: &str, change: &dyn Fn(&mut Vec<Value>)) {
    let region = bench.path(&format!("region-{name}"));
    std::fs::create_dir_all(&region).expect("a folder");
    for (path, bytes) in support::tree(&support::fixtures().join("units")) {
        support::write_bytes(&region.join(path), &bytes);
    }
    let file = region.join("units.geojson");
    let mut layer = support::json(&file);
    change(layer["features"].as_array_mut().expect("features"));
    support::write(&file, &layer.to_string());
    let run = support::audit(&region, &bench.path(name));
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{}", run.story());
}

#[test]
fn towns_in_another_order_or_of_other_ids_are_the_same_towns() {
    let bench = Bench::new();
    let without = |features: &mut Vec<Value>, fields: &[&str]| {
        for feature in features {
            let properties = feature["properties"].as_object_mut().expect("properties");
            for field in fields {
                properties.remove(*field);
            }
        }
    };
    let renumbered = |features: &mut Vec<Value>| {
        features.rotate_left(1);
        for (n, feature) in features.iter_mut().enumerate() {
            feature["properties"]["id"] = json!(format!("新{n}"));
        }
    };
    // Numbered from the top of a table that is sorted another way: each id is another town's now.
    let other_ids = |features: &mut Vec<Value>| {
        for (n, feature) in features.iter_mut().enumerate() {
            feature["properties"]["id"] = json!(format!("U{}", 4 - n));
        }
    };
    // Outlines drawn anew: a corner a few metres off, so that the id made of the place is another.
    let drawn_anew = |features: &mut Vec<Value>| {
        without(features, &["id", "name"]);
        let corner = &mut features[0]["geometry"]["coordinates"][0];
        corner[3] = json!([118.47034, 24.72710]);
    };
    audit_towns(&bench, "units", &|_| {});
    audit_towns(&bench, "renumbered", &renumbered);
    audit_towns(&bench, "other-ids", &other_ids);
    audit_towns(&bench, "nameless", &|features| without(features, &["id", "name"]));
    audit_towns(&bench, "turned", &|features| {
        without(features, &["id", "name"]);
        features.reverse();
    });
    audit_towns(&bench, "drawn-anew", &drawn_anew);
    for (old, new) in
        [("units", "renumbered"), ("units", "other-ids"), ("nameless", "turned"), ("nameless", "drawn-anew")]
    {
        let (run, found) = bench.diff(old, new);
        assert_eq!(run.code, Some(0), "{old} and {new}: {}", run.story());
        assert_eq!((&found["units"], &found["reorganised"]), (&json!([]), &json!([])), "{old} and {new}");
    }
}

#[test]
fn towns_of_other_names_and_ids_are_found_by_place_and_told_as_renamed() {
    let bench = Bench::new();
    audit_towns(&bench, "old", &|_| {});
    audit_towns(&bench, "new", &|features| {
        features.reverse();
        for (n, feature) in features.iter_mut().enumerate() {
            feature["properties"]["id"] = json!(format!("N{n}"));
            // The first in the file keeps its name, for a rule asks for it.
            if n < 3 {
                feature["properties"]["name"] = json!(format!("新镇{n}"));
            }
        }
    });
    let (run, found) = bench.diff("old", "new");
    assert_eq!(run.code, Some(0), "{}", run.story());
    let renamed = |old: [&str; 2], new: [&str; 2], people: f64| {
        let unit = |[id, name]: [&str; 2]| json!([{"id": id, "name": name}]);
        json!({"became": "renamed", "level": "town", "old": unit(old), "new": unit(new), "population": pair(people, people)})
    };
    let mut told = found["reorganised"].as_array().expect("a list").clone();
    told.sort_by_key(|one| one["new"][0]["id"].as_str().map(str::to_owned));
    let wanted = [
        renamed(["U4", "永和镇"], ["N0", "新镇0"], 15_000.0),
        renamed(["U3", "梅岭街道"], ["N1", "新镇1"], 60_001.0),
        renamed(["U2", "罗山街道"], ["N2", "新镇2"], 30_000.0),
    ];
    assert_eq!(told, wanted);
    assert!(found["units"].as_array().expect("units").iter().all(|unit| unit["rules"] == json!({})));
    assert!(run.stdout.contains("  梅岭街道 is now called 新镇1"), "{}", run.story());
    assert!(!run.stdout.contains("alone"), "{}", run.story());
}

#[test]
fn towns_that_were_merged_or_split_are_told_as_such() {
    let bench = Bench::new();
    // The two in the north, 45,000 and 30,000 people, become one. It keeps the id of the first.
    let ring = json!([[
        [118.470_353_9, 24.699_997_1],
        [118.5, 24.7],
        [118.529_646_1, 24.699_997_1],
        [118.529_652_5, 24.727_080_6],
        [118.5, 24.727_083_5],
        [118.470_347_5, 24.727_080_6],
        [118.470_353_9, 24.699_997_1]
    ]]);
    audit_towns(&bench, "old", &|_| {});
    audit_towns(&bench, "new", &|features| {
        features.remove(1);
        features[0]["properties"] = json!({"id": "U1", "name": "城北镇", "level": "town", "population": 75_000});
        features[0]["geometry"]["coordinates"] = ring.clone();
    });
    let (run, there) = bench.diff("old", "new");
    let towns = json!([{"id": "U1", "name": "新塘街道"}, {"id": "U2", "name": "罗山街道"}]);
    let town = json!([{"id": "U1", "name": "城北镇"}]);
    let merged = &there["reorganised"][0];
    assert_eq!((&merged["became"], &merged["old"], &merged["new"]), (&json!("merged"), &towns, &town), "{there}");
    assert_eq!(merged["population"], pair(75_000.0, 75_000.0));
    let line = "  新塘街道, 罗山街道 were merged into 城北镇 (people: 75,000)";
    assert!(run.stdout.contains(line), "{}", run.story());
    assert!(!run.stdout.contains("Units of the earlier audit alone"), "{}", run.story());
    let (run, back) = bench.diff("new", "old");
    let split = &back["reorganised"][0];
    assert_eq!((&split["became"], &split["old"], &split["new"]), (&json!("split"), &town, &towns), "{back}");
    let chinese =
        support::run(support::command().args(["diff", "--lang", "zh"]).args([bench.path("new"), bench.path("old")]));
    assert!(chinese.stdout.contains("  城北镇拆分为新塘街道、罗山街道（7.5万人）"), "{}", chinese.story());
    assert!(run.stdout.contains("was split into"), "{}", run.story());
    // Without the outlines there is nothing to tell it by.
    std::fs::remove_file(bench.path("new").join("coverage.gpkg")).expect("a file less");
    let (run, found) = bench.diff("old", "new");
    assert_eq!(found["reorganised"].as_array().map(Vec::len), Some(1), "{found}");
    assert!(run.stdout.contains("Units of the earlier audit alone: 罗山街道"), "{}", run.story());
}

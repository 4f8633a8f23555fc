//! `lifering diff`: what changed between two audits, on towns along one road whose figures are worked out by hand
//! (`strip.rs`): from a station at its end a strip is covered for 6,000 m, six homes of a hundred people.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use geo::{Area, LineString, Polygon, Validation};
use serde_json::{Map, Value, json};

use crate::strip::Strip;
use crate::support::{self, Run, lifering};

/// Half of the strip uncovered: 20 m wide, 6,000 m along the road, and beside the road 8.944 m more a metre, 5 m on average.
const HALF_KM2: f64 = 20.0 * (6_000.0 + 8.944 * 5.0) / 1e6;

pub struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Audits a strip, in a region folder that is called after it.
    fn audit(&self, name: &str, strip: &Strip) -> PathBuf {
        let (region, out) = (strip.write(&self.path(&format!("region-{name}"))), self.path(name));
        let run = support::audit(&region, &out);
        assert!(matches!(run.code, Some(0 | 1 | 3)), "{}", run.story());
        out
    }

    pub fn diff(&self, old: &str, new: &str) -> (Run, Value) {
        let out = self.path(&format!("{old}-{new}"));
        let args = [OsStr::new("diff"), self.path(old).as_os_str(), self.path(new).as_os_str()].map(OsStr::to_owned);
        let run = lifering(args.iter().map(AsRef::as_ref).chain([OsStr::new("--out"), out.as_os_str()]));
        let found = if out.join("diff.json").is_file() { support::json(&out.join("diff.json")) } else { Value::Null };
        (run, found)
    }
}

fn two_stations() -> Strip {
    Strip { stations: vec![("W", 0.0, Some(1)), ("E", 12_000.0, Some(1))], ..Strip::town() }
}

fn rule<'a>(diff: &'a Value, id: &str) -> &'a Value {
    diff["rules"].as_array().expect("rules").iter().find(|r| r["id"] == id).unwrap_or(&Value::Null)
}

fn zones<'a>(diff: &'a Value, id: &str) -> &'a Value {
    diff["zones"]["rules"].as_array().expect("zones").iter().find(|r| r["rule_id"] == id).unwrap_or(&Value::Null)
}

pub fn pair(old: impl Into<Value>, new: impl Into<Value>) -> Value {
    json!({"old": old.into(), "new": new.into()})
}

#[track_caller]
fn near(found: &Value, wanted: f64) {
    let found = found.as_f64().expect("a number");
    assert!((found - wanted).abs() <= 0.01 * wanted, "{found}, not {wanted}");
}

/// The polygons of opened.geojson or closed.geojson: valid, right-handed, of seven decimals.
fn polygons(file: &Path) -> Vec<(Value, Polygon<f64>)> {
    let features = support::json(file)["features"].as_array().expect("features").clone();
    let ring = |ring: &Value| -> LineString<f64> {
        let number = |v: &Value| {
            let degrees = v.as_f64().expect("degrees");
            assert!((degrees * 1e7 - (degrees * 1e7).round()).abs() < 1e-3, "{degrees} has more than seven decimals");
            degrees
        };
        ring.as_array().expect("a ring").iter().map(|p| (number(&p[0]), number(&p[1]))).collect()
    };
    features
        .into_iter()
        .map(|feature| {
            assert_eq!(feature["geometry"]["type"], "Polygon");
            let mut rings = feature["geometry"]["coordinates"].as_array().expect("rings").iter().map(ring);
            let polygon = Polygon::new(rings.next().expect("an outer ring"), rings.collect());
            assert!(polygon.is_valid(), "{feature}");
            assert!(polygon.signed_area() > 0.0, "the outer ring of {feature} runs clockwise");
            (feature["properties"].clone(), polygon)
        })
        .collect()
}

#[test]
fn nothing_changed_is_an_empty_diff_and_0() {
    let bench = Bench::new();
    bench.audit("old", &Strip::town());
    bench.audit("new", &Strip::town());
    let (run, diff) = bench.diff("old", "new");
    assert_eq!(run.code, Some(0), "{}", run.story());
    assert_eq!((&diff["rules"], &diff["units"]), (&json!([]), &json!([])));
    assert_eq!(diff["causes"], json!({"parameters": {}, "inputs": [], "standard": {}}));
    let nothing = json!({"count": 0, "km2": 0.0, "population": pair(0.0, 0.0), "dropped_km2": 0.0, "dropped_population": pair(0.0, 0.0)});
    assert_eq!((&zones(&diff, "TIME")["opened"], &zones(&diff, "TIME")["closed"]), (&nothing, &nothing));
    assert_eq!(diff["summary"]["rules_compared"], 2);
    assert!(run.stdout.contains("No rule differs."), "{}", run.story());
}

#[test]
fn a_station_more_closes_what_it_covers() {
    let bench = Bench::new();
    bench.audit("old", &Strip::town());
    bench.audit("new", &two_stations());
    let (run, diff) = bench.diff("old", "new");
    assert_eq!(run.code, Some(0), "{}", run.story());
    let time = rule(&diff, "TIME");
    assert_eq!((&time["change"], &time["verdict"]), (&json!("better"), &pair("gap", "met")));
    assert_eq!((&time["value"], &time["gap"]), (&pair(0.5, 1.0), &pair(0.4, 0.0)));
    assert_eq!((&time["population_uncovered"], &time["population_lost"]), (&pair(600.0, 0.0), &json!(-600.0)));
    // 1,200 people / 500: three ambulances; one of them more.
    let cars = rule(&diff, "CARS");
    assert_eq!((&cars["change"], &cars["verdict"]), (&json!("better"), &pair("gap", "gap")));
    assert_eq!((&cars["have"], &cars["need"], &cars["gap"]), (&pair(1.0, 2.0), &pair(3, 3), &pair(2.0, 1.0)));
    let units = diff["units"].as_array().expect("units");
    let changed: Vec<&str> =
        units.iter().filter_map(|u| u["rules"]["TIME"].is_object().then(|| u["id"].as_str())?).collect();
    assert_eq!(changed, ["east"]);
    let zones = zones(&diff, "TIME");
    assert_eq!((&zones["opened"]["count"], &zones["closed"]["count"]), (&json!(0), &json!(1)));
    near(&zones["closed"]["km2"], HALF_KM2);
    assert_eq!(zones["closed"]["population"], pair(600.0, 600.0));
    let closed = polygons(&bench.path("old-new").join("closed.geojson"));
    assert_eq!(closed.len(), 1);
    assert_eq!((&closed[0].0["part_id"], &closed[0].0["zone_id"]), (&json!("TIME-closed-001"), &json!("TIME-001")));
    assert!(polygons(&bench.path("old-new").join("opened.geojson")).is_empty());
    assert!(bench.path("old-new").join("closed.qml").is_file());
    // One file is another.
    let inputs = diff["causes"]["inputs"].as_array().expect("inputs");
    assert_eq!(inputs.len(), 1);
    assert_eq!(inputs[0]["layer"], "stations");
    assert_eq!((&inputs[0]["file"]["old"]["features"], &inputs[0]["file"]["new"]["features"]), (&json!(1), &json!(2)));
    assert!(diff["causes"].get("settings_sha256").is_none());
}

#[test]
fn a_station_less_is_1_and_the_mirror_image() {
    let bench = Bench::new();
    bench.audit("old", &Strip::town());
    bench.audit("new", &two_stations());
    let (_, there) = bench.diff("old", "new");
    let (run, back) = bench.diff("new", "old");
    assert_eq!(run.code, Some(1), "{}", run.story());
    assert_eq!(back["summary"]["worse"], json!(["CARS", "TIME"]));
    assert_eq!(rule(&back, "TIME")["population_lost"], json!(600.0));
    let mut mirrored = mirror(&there);
    mirrored["summary"]["exit_status"] = json!(1);
    assert_eq!(mirrored, back);
    for (one, other) in [("opened", "closed"), ("closed", "opened")] {
        let file = |pair: &str, name: &str| polygons(&bench.path(pair).join(format!("{name}.geojson")));
        let (one, other) = (file("old-new", one), file("new-old", other));
        assert_eq!(one.iter().map(|p| &p.1).collect::<Vec<_>>(), other.iter().map(|p| &p.1).collect::<Vec<_>>());
    }
}

/// diff.json with the arguments swapped.
fn mirror(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let swapped = |key: &str| {
                match key {
                    "old" => "new",
                    "new" => "old",
                    "opened" => "closed",
                    "closed" => "opened",
                    "better" => "worse",
                    "worse" => "better",
                    other => return other.to_owned(),
                }
                .to_owned()
            };
            let of = |(key, value): (&String, &Value)| {
                let value = match (key.as_str(), value) {
                    ("population_lost", Value::Number(n)) => json!(-n.as_f64().expect("a number") + 0.0),
                    ("change", Value::String(word)) => json!(swapped(word)),
                    _ => mirror(value),
                };
                (swapped(key), value)
            };
            Value::Object(map.iter().map(of).collect::<Map<String, Value>>())
        }
        Value::Array(all) => Value::Array(all.iter().map(mirror).collect()),
        other => other.clone(),
    }
}

#[test]
fn a_station_moved_is_worse_for_those_it_left() {
    let bench = Bench::new();
    bench.audit("old", &Strip::town());
    bench.audit("new", &Strip { stations: vec![("E", 12_000.0, Some(1))], ..Strip::town() });
    let (run, diff) = bench.diff("old", "new");
    // The region covers as many as before; its west does not.
    assert_eq!(run.code, Some(1), "{}", run.story());
    // The station stands on the edge of its unit, which is inside.
    let both = json!(["CARS", "TIME"]);
    assert_eq!((&diff["summary"]["worse"], &diff["summary"]["better"]), (&both, &both));
    let unit =
        |id: &str| diff["units"].as_array().expect("units").iter().find(|u| u["id"] == id).expect("a unit").clone();
    assert_eq!(
        (&unit("west")["rules"]["TIME"]["change"], &unit("west")["rules"]["TIME"]["population_lost"]),
        (&json!("worse"), &json!(600.0))
    );
    assert_eq!(
        (&unit("east")["rules"]["TIME"]["change"], &unit("east")["rules"]["TIME"]["population_lost"]),
        (&json!("better"), &json!(-600.0))
    );
    // In the middle, beside the road, neither station comes in time: that is neither opened nor closed.
    let without_the_middle = 20.0 * (6_000.0 - 8.944 * 5.0) / 1e6;
    for (side, of) in [("opened", "new"), ("closed", "old")] {
        let parts = &zones(&diff, "TIME")[side];
        near(&parts["km2"], without_the_middle);
        assert_eq!((&parts["count"], &parts["population"][of]), (&json!(1), &json!(600.0)));
    }
}

#[test]
fn a_file_of_other_bytes_and_a_parameter_are_told() {
    let bench = Bench::new();
    bench.audit("old", &Strip::town());
    let again = bench.path("region-new");
    Strip::town().write(&again);
    let file = again.join("population.geojson");
    support::write(&file, &(support::text(&file) + "\n"));
    support::audit(&again, &bench.path("new"));
    let (run, diff) = bench.diff("old", "new");
    assert_eq!(run.code, Some(0), "{}", run.story());
    assert_eq!(diff["rules"], json!([]));
    assert_eq!(diff["causes"]["inputs"][0]["layer"], "population");
    assert_eq!(diff["causes"]["inputs"].as_array().map(Vec::len), Some(1));

    // Twice as long at the wheel: 600 s of 20 m/s, all of the strip.
    let toml = again.join("region.toml");
    support::write(&toml, &support::text(&toml).replace("residential = 36", "residential = 72"));
    support::audit(&again, &bench.path("fast"));
    let (run, diff) = bench.diff("old", "fast");
    assert_eq!(run.code, Some(0), "{}", run.story());
    assert_eq!(diff["causes"]["parameters"], json!({"drive.speeds_kmh.residential": pair(36.0, 72.0)}));
    assert!(diff["causes"]["settings_sha256"].is_object());
    assert_eq!(rule(&diff, "TIME")["verdict"], pair("gap", "met"));
    assert!(run.stdout.contains("drive.speeds_kmh.residential: 36.0 → 72.0"), "{}", run.story());
}

#[test]
fn what_can_no_longer_be_judged_is_3() {
    let bench = Bench::new();
    bench.audit("old", &Strip::town());
    bench.audit("new", &Strip { stations: vec![("W", 0.0, None)], ..Strip::town() });
    for (one, other) in [("old", "new"), ("new", "old")] {
        let (run, diff) = bench.diff(one, other);
        assert_eq!(run.code, Some(3), "{}", run.story());
        assert_eq!(rule(&diff, "CARS")["change"], "unclear");
        assert_eq!((&diff["summary"]["worse"], &diff["summary"]["unclear"]), (&json!([]), &json!(["CARS"])));
    }
}

#[test]
fn a_standard_that_says_something_else_is_told() {
    let bench = Bench::new();
    bench.audit("old", &Strip::town());
    let again = Strip::town().write(&bench.path("region-new"));
    // The limit is nowhere in audit.json but in the sentences: the hash tells.
    let file = again.join("strip.toml");
    support::write(&file, &support::text(&file).replace("max_min = 14", "max_min = 15"));
    support::audit(&again, &bench.path("new"));
    let (run, diff) = bench.diff("old", "new");
    assert_eq!(run.code, Some(0), "{}", run.story());
    assert!(diff["causes"]["standard_sha256"].is_object(), "{}", diff["causes"]);
    support::write(&file, &support::text(&file).replace("min_share = 0.9", "min_share = 0.5"));
    support::audit(&again, &bench.path("newer"));
    let (_, diff) = bench.diff("old", "newer");
    assert_eq!(diff["causes"]["standard"], json!({"TIME": ["threshold"]}));
}

#[test]
fn without_the_files_beside_it_zones_and_people_are_absent_not_nothing() {
    let bench = Bench::new();
    bench.audit("old", &Strip::town());
    let new = bench.audit("new", &two_stations());
    std::fs::remove_file(new.join("coverage.gpkg")).expect("a file less");
    let (_, diff) = bench.diff("old", "new");
    assert_eq!(diff["zones"]["people_known"], pair(true, false));
    assert_eq!(zones(&diff, "TIME")["closed"]["population"], pair(600.0, Value::Null));
    std::fs::remove_file(new.join("uncovered.geojson")).expect("a file less");
    let (run, diff) = bench.diff("old", "new");
    assert_eq!(diff["zones"]["rules"], json!([]));
    assert_eq!(diff["zones"]["not_compared"], json!([{"rule_id": "TIME", "because": "no_file"}]));
    assert!(run.stdout.contains("Zones not compared"), "{}", run.story());
}

#[test]
fn audits_that_cannot_be_compared_are_refused_with_2() {
    let bench = Bench::new();
    bench.audit("old", &Strip::town());
    let region = Strip::town().write(&bench.path("region-new"));
    let toml = support::text(&region.join("region.toml"));
    let refused = |run: &Run, words: &[&str]| {
        assert_eq!(run.code, Some(2), "{}", run.story());
        assert!(words.iter().all(|word| run.stderr.contains(word)), "{}", run.story());
    };
    // Another region.
    support::write(&region.join("region.toml"), &toml.replace("直路镇", "弯路镇"));
    support::audit(&region, &bench.path("elsewhere"));
    refused(&bench.diff("old", "elsewhere").0, &["region.name", "弯路镇", "直路镇", "--renamed"]);
    let args = ["diff", "--renamed", "old", "elsewhere"]
        .map(|word| if word.starts_with('-') || word == "diff" { word.into() } else { bench.path(word) });
    assert_eq!(lifering(args).code, Some(0));
    // Another standard.
    let run = lifering([
        OsStr::new("audit"),
        region.as_os_str(),
        OsStr::new("--standard=national-2020"),
        OsStr::new("--out"),
        bench.path("other").as_os_str(),
    ]);
    assert_ne!(run.code, Some(2), "{}", run.story());
    refused(&bench.diff("elsewhere", "other").0, &["standard.id", "national-2020", "strip"]);
    // Another shape, no audit at all, nothing there.
    let audit = support::text(&bench.path("old").join("audit.json"));
    support::write(&bench.path("old").join("audit.json"), &audit.replace("lifering-audit/1", "lifering-audit/2"));
    refused(&bench.diff("old", "elsewhere").0, &["schema", "lifering-audit/2", "lifering-audit/1"]);
    support::write(&bench.path("old").join("audit.json"), "{}");
    refused(&bench.diff("elsewhere", "old").0, &["audit.json"]);
    refused(&bench.diff("elsewhere", "nowhere").0, &["nowhere"]);
    assert!(!bench.path("elsewhere-nowhere").exists());
}

#[test]
fn two_runs_print_the_same_json() {
    let bench = Bench::new();
    let (old, new) = (bench.audit("old", &Strip::town()), bench.audit("new", &two_stations()));
    let args = [OsStr::new("diff"), OsStr::new("--json"), old.as_os_str(), new.as_os_str()];
    let (one, other) = (lifering(args), support::run(support::command().args(args).env("RAYON_NUM_THREADS", "1")));
    assert_eq!((one.code, &one.stdout), (Some(0), &other.stdout));
    let (_, written) = bench.diff("old", "new");
    assert_eq!(serde_json::from_str::<Value>(&one.stdout).expect("JSON"), written);
    let chinese = support::run(support::command().args(["diff", "--lang", "zh"]).args([old, new]));
    assert!(chinese.stdout.contains("新增覆盖600人"), "{}", chinese.story());
}

#[test]
fn batches_are_compared_region_by_region() {
    let bench = Bench::new();
    for (batch, second) in [("old", Strip::town()), ("new", two_stations())] {
        let regions = bench.path(&format!("regions-{batch}"));
        for (name, strip) in [("a", &Strip::town()), ("b", &second)] {
            strip.write(&regions.join(name));
        }
        // One that is in the old batch alone, and one that could be run in the new one alone.
        if batch == "old" {
            Strip::town().write(&regions.join("gone"));
        }
        let broken = Strip::town().write(&regions.join("broken"));
        if batch == "old" {
            support::write(&broken.join("roads.geojson"), "no roads");
        }
        let run =
            lifering([OsStr::new("batch"), regions.as_os_str(), OsStr::new("--out"), bench.path(batch).as_os_str()]);
        assert!(bench.path(batch).join("batch.json").is_file(), "{}", run.story());
    }
    let (run, there) = bench.diff("old", "new");
    // Nothing got worse, but of two regions that cannot be said.
    assert_eq!(run.code, Some(3), "{}", run.story());
    assert_eq!(there["summary"], json!({"exit_status": 3, "worse": [], "unclear": [], "same": 1}));
    let names: Vec<&str> =
        there["regions"].as_array().expect("regions").iter().filter_map(|r| r["name"].as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(rule(&there["regions"][1]["diff"], "TIME")["verdict"], pair("gap", "met"));
    let left = json!([
        {"name": "broken", "exit_status": pair(2, 1)},
        {"name": "gone", "exit_status": pair(1, Value::Null)},
    ]);
    assert_eq!(there["not_compared"], left);
    assert_eq!(polygons(&bench.path("old-new").join("closed.geojson")).len(), 1);
    let validator = jsonschema::validator_for(&support::json(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("data/schema/batch-diff.schema.json"),
    ));
    assert!(validator.expect("a schema").is_valid(&there));
    let (run, back) = bench.diff("new", "old");
    assert_eq!((run.code, &back["summary"]["worse"]), (Some(1), &json!(["b"])), "{}", run.story());
    // A batch and an audit are not of one kind.
    let run = lifering(["diff".into(), bench.path("old"), bench.path("new").join("a")]);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(run.stderr.contains("batch.json"), "{}", run.story());
}

//! One file of roads for many regions, and the neighbours' stations as mutual aid, on two counties side by side along one
//! road whose figures are worked out by hand (`strip.rs`).

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::strip::{Strip, write_roads};
use crate::support::{self, Run, lifering, rule};

/// West: 0 to 12 km, its station at 0. East: 12 to 24 km, its station at 13 km, a kilometre beyond the border. Neither has
/// roads of its own; the province has 36 of a kilometre each, from 12 km west of the one to the end of the other.
struct Province {
    folder: tempfile::TempDir,
}

fn county(from_m: f64, stations: &[(&'static str, f64)]) -> Strip {
    Strip {
        from_m,
        to_m: from_m + 12_000.0,
        road_m: None,
        stations: stations.iter().map(|(id, x)| (*id, *x, Some(1))).collect(),
        units: vec![],
        more: "",
    }
}

fn straight() -> Vec<(Vec<[f64; 2]>, Value)> {
    let kilometre = |k: i32| vec![[1000.0 * f64::from(k), 0.0], [1000.0 * f64::from(k + 1), 0.0]];
    (-12..24).map(|k| (kilometre(k), json!({"highway": "residential"}))).collect()
}

impl Province {
    fn new() -> Self {
        let province = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        county(0.0, &[("W", 0.0)]).write(&province.path("counties/west"));
        county(12_000.0, &[("E", 13_000.0)]).write(&province.path("counties/east"));
        write_roads(&province.path("province.geojson"), &straight());
        province
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, command: &str, of: &str, out: &str, more: &[&OsStr]) -> Run {
        let roads = self.path("province.geojson");
        let (of, out) = (self.path(of), self.path(out));
        let args = [
            OsStr::new(command),
            of.as_os_str(),
            OsStr::new("--roads-from"),
            roads.as_os_str(),
            OsStr::new("--out"),
            out.as_os_str(),
        ];
        lifering(args.iter().chain(more).map(OsString::from))
    }

    /// Audits the western county with the eastern as its neighbour.
    fn west(&self, margin: &str) -> Value {
        let east = self.path("counties/east");
        let more = [OsStr::new("--margin"), OsStr::new(margin), OsStr::new("--neighbours"), east.as_os_str()];
        let run = self.run("audit", "counties/west", "out", &more);
        assert_eq!(run.code, Some(1), "{}", run.story());
        support::json(&self.path("out").join("audit.json"))
    }
}

#[test]
fn a_neighbour_s_station_is_told_and_changes_no_verdict() {
    let province = Province::new();
    let audit = province.west("10000");
    let time = rule(&audit, "TIME").expect("the rule");
    // From W, at 0: the homes up to 5,500 m. From E as well, at 13,000 m: those from 7,500 m on. The one at 6,500 m is 6,500 m
    // from either. 11 of 12 would be more than nine in ten.
    assert_eq!(
        (&time["verdict"], &time["value"], &time["population_uncovered"]),
        (&json!("gap"), &json!(0.5), &json!(600.0))
    );
    let aided = &time["with_mutual_aid"];
    assert_eq!(
        (&aided["verdict"], &aided["value"], &aided["population_uncovered"]),
        (&json!("met"), &json!(0.916_667), &json!(100.0))
    );
    assert!(
        time["why"].as_str().is_some_and(|w| w.contains("which the verdict does not: 91.6% (met)")),
        "{}",
        time["why"]
    );
    // Its ambulance is not the county's: 1,200 / 500 = 2.4.
    let cars = rule(&audit, "CARS").expect("the rule");
    assert_eq!((&cars["verdict"], &cars["have"], &cars["need"]), (&json!("gap"), &json!(1.0), &json!(3)));
    assert!(cars.get("with_mutual_aid").is_none());
    let known: Vec<(&Value, &Value)> =
        audit["mutual_aid"].as_array().expect("the neighbours").iter().map(|n| (&n["id"], &n["from"])).collect();
    assert_eq!(known, [(&json!("E"), &json!("east"))]);
    // Roads that come within 10.3 km of 0 to 12 km: from -11 to 23 km. 20 km at 10 m/s.
    let roads = &audit["shared_roads"];
    assert_eq!((&roads["roads"], &roads["of"], &roads["exact_within_s"]), (&json!(34), &json!(36), &json!(2000.0)));
    assert!(support::text(&province.path("out").join("report.html")).contains("若将邻区急救站点计入"));
}

#[test]
fn a_station_beyond_the_margin_is_no_neighbour() {
    let province = Province::new();
    // The border is at 12,005 m, the station 995 m beyond it.
    for (margin, helps) in [("994", false), ("996", true)] {
        let audit = province.west(margin);
        let time = rule(&audit, "TIME").expect("the rule");
        assert_eq!((&time["value"], time["with_mutual_aid"]["value"] != json!(0.5)), (&json!(0.5), helps), "{margin}");
        assert_eq!(audit["mutual_aid"].as_array().map(Vec::len), Some(usize::from(helps)));
    }
}

#[test]
fn one_s_own_station_in_a_neighbour_s_file_is_not_counted_twice() {
    let province = Province::new();
    county(12_000.0, &[("E", 13_000.0), ("W again", 0.0)]).write(&province.path("counties/east"));
    assert_eq!(province.west("20000")["mutual_aid"].as_array().map(Vec::len), Some(1));
}

/// The figures of an audit that say who is reached: rules without the length of the road network, people.
fn reached(out: &Path) -> (Vec<Value>, Value, String) {
    let audit = support::json(&out.join("audit.json"));
    let mut rules = audit["rules"].as_array().expect("rules").clone();
    for rule in &mut rules {
        if let Some(zones) = rule.get_mut("zones").and_then(Value::as_object_mut) {
            zones.remove("road_km");
            zones.remove("road_covered_km");
        }
    }
    (rules, audit["population"].clone(), support::text(&out.join("uncovered.geojson")))
}

/// A bypass of 18 km at 40 m/s from the west end to the east end, 3 km south of the county: 450 s, so that 150 s are left to
/// drive back 1,500 m from the east. Its long leg touches nothing of the county.
fn with_bypass() -> Vec<(Vec<[f64; 2]>, Value)> {
    let fast = |line: Vec<[f64; 2]>| (line, json!({"highway": "trunk", "speed_kmh": 144}));
    let legs = [
        vec![[0.0, 0.0], [0.0, -3_000.0]],
        vec![[0.0, -3_000.0], [12_000.0, -3_000.0]],
        vec![[12_000.0, -3_000.0], [12_000.0, 0.0]],
    ];
    straight().into_iter().chain(legs.map(fast)).collect()
}

#[test]
fn with_margin_enough_it_is_as_over_all_roads_and_otherwise_never_sooner() {
    let province = Province::new();
    write_roads(&province.path("province.geojson"), &with_bypass());
    // All roads of the province as the county's own.
    let own = county(0.0, &[("W", 0.0)]).write(&province.path("own"));
    write_roads(&own.join("roads.geojson"), &with_bypass());
    let toml = support::text(&own.join("region.toml"));
    support::write(&own.join("region.toml"), &toml.replace("[layers]", "[layers]\nroads = \"roads.geojson\""));
    let run = support::audit(&own, &province.path("whole"));
    assert_eq!(run.code, Some(1), "{}", run.story());
    let whole = reached(&province.path("whole"));
    // Up to 5,500 m along the road, 10,500 m and 11,500 m by the bypass.
    assert_eq!(whole.0[0]["population_covered"], json!(800.0));
    for (margin, covered) in [("10000", 800.0), ("3000", 800.0), ("1000", 600.0), ("0", 600.0)] {
        province.run("audit", "counties/west", margin, &[OsStr::new("--margin"), OsStr::new(margin)]);
        let clipped = reached(&province.path(margin));
        assert_eq!(clipped.0[0]["population_covered"], json!(covered), "{margin}");
        assert_eq!(clipped == whole, covered > 700.0, "{margin}");
    }
}

#[test]
fn a_batch_shares_and_writes_what_audit_alone_writes() {
    let province = Province::new();
    let run = province.run("batch", "counties", "all", &[]);
    assert_eq!(run.code, Some(1), "{}", run.story());
    let audit = support::json(&province.path("all").join("west").join("audit.json"));
    assert_eq!(rule(&audit, "TIME").expect("the rule")["with_mutual_aid"]["value"], json!(0.916_667));
    // From E: 12,500 to 18,500 m. W is 12 km from the border.
    let east = support::json(&province.path("all").join("east").join("audit.json"));
    assert_eq!(rule(&east, "TIME").expect("the rule")["population_covered"], json!(700.0));
    assert_eq!(east["mutual_aid"], json!([]));
    province.west("10000");
    assert_eq!(support::tree(&province.path("all").join("west")), support::tree(&province.path("out")));

    // The neighbour moves its station away: the county that it helped is done again, the neighbour too.
    let resume = [OsStr::new("--resume")];
    let run = province.run("batch", "counties", "all", &resume);
    assert_eq!(run.stderr.matches("done before").count(), 2, "{}", run.story());
    county(12_000.0, &[("E", 23_000.0)]).write(&province.path("counties/east"));
    let run = province.run("batch", "counties", "all", &resume);
    assert!(!run.stderr.contains("done before"), "{}", run.story());
    let audit = support::json(&province.path("all").join("west").join("audit.json"));
    assert_eq!(audit["mutual_aid"], json!([]));
}

#[test]
fn neighbours_may_be_a_layer_of_the_region() {
    let province = Province::new();
    let west = province.path("counties/west");
    let toml = support::text(&west.join("region.toml"));
    support::write(&west.join("region.toml"), &toml.replace("[layers]", "[layers]\nneighbours = \"aid.geojson\""));
    let stations = support::text(&province.path("counties/east").join("stations.geojson"));
    support::write(&west.join("aid.geojson"), &stations);
    let run = province.run("audit", "counties/west", "out", &[]);
    assert_eq!(run.code, Some(1), "{}", run.story());
    let audit = support::json(&province.path("out").join("audit.json"));
    assert_eq!(rule(&audit, "TIME").expect("the rule")["with_mutual_aid"]["value"], json!(0.916_667));
    assert_eq!(audit["mutual_aid"][0]["from"], "aid.geojson");
}

#[test]
fn without_an_outline_nothing_can_be_shared() {
    let province = Province::new();
    let west = province.path("counties/west");
    let toml = support::text(&west.join("region.toml"));
    let toml = toml.replace("boundary = \"boundary.geojson\"\n", "").replace("units = \"units.geojson\"\n", "");
    support::write(&west.join("region.toml"), &toml);
    let run = province.run("audit", "counties/west", "out", &[]);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(run.stderr.contains("layers.boundary"), "{}", run.story());
    // Without a file of roads for all, it still needs its own.
    let run = support::audit(&province.path("counties/east"), &province.path("out"));
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(run.stderr.contains("layers.roads"), "{}", run.story());
}

//! Laws that hold for any town, tried on small towns grown from a seed: what is added never worsens anything, coverage grows
//! with the limit, the sum over units is the whole.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{self, rule};

/// Rules about who is reached.
const COVERAGE: [&str; 4] = ["JJ-EMS-01", "JJ-EMS-02", "JJ-EMS-03", "JJ-PHC-02"];
const SEEDS: std::ops::Range<u64> = 1..9;
/// Streets each way.
const N: usize = 6;
/// Metres between streets.
const BLOCK: f64 = 1500.0;

/// A small deterministic source of numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.part()
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// Metres east and north of 118.5 E, 24.7 N, near enough: no law needs more.
fn place(x: f64, y: f64) -> [f64; 2] {
    let round = |v: f64| (v * 1e7).round() / 1e7;
    [round(118.5 + x / 101_200.0), round(24.7 + y / 110_780.0)]
}

/// A town on a jittered grid with missing and one-way streets.
#[derive(Clone)]
struct Town {
    nodes: Vec<[f64; 2]>,
    roads: Vec<Value>,
    stations: Vec<Value>,
    aeds: Vec<Value>,
    facilities: Vec<Value>,
    population: Vec<Value>,
    units: Vec<Value>,
    boundary: Value,
    turnout_s: u32,
}

fn feature(kind: &str, coordinates: &Value, properties: &Value) -> Value {
    json!({"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}})
}

fn rectangle([x0, x1]: [f64; 2], [y0, y1]: [f64; 2]) -> Value {
    json!([[place(x0, y0), place(x1, y0), place(x1, y1), place(x0, y1), place(x0, y0)]])
}

fn station(at: [f64; 2], id: &str, kind: &str, decontamination: bool) -> Value {
    // Every ambulance of these towns has negative pressure but one: a plain one added would lower that share, and rightly so.
    let properties = json!({"id": id, "kind": kind, "ambulances": 1, "negative_pressure": u8::from(id != "S0"),
        "decontamination": decontamination});
    feature("Point", &json!(at), &properties)
}

impl Town {
    fn grow(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let middle = (N - 1) as f64 / 2.0;
        let nodes: Vec<[f64; 2]> = (0..N * N)
            .map(|k| {
                let (i, j) = ((k % N) as f64 - middle, (k / N) as f64 - middle);
                place(i * BLOCK + dice.between(-300.0, 300.0), j * BLOCK + dice.between(-300.0, 300.0))
            })
            .collect();
        let mut roads = Vec::new();
        let mut touched = Vec::new();
        for a in 0..N * N {
            let right = (a % N + 1 < N).then_some(a + 1);
            let up = (a + N < N * N).then_some(a + N);
            for b in [right, up].into_iter().flatten() {
                if dice.part() < 0.3 {
                    continue;
                }
                let oneway = if dice.part() < 0.2 { "yes" } else { "no" };
                let speed = dice.between(15.0, 60.0).round();
                let properties =
                    json!({"id": format!("{a}-{b}"), "highway": "residential", "oneway": oneway, "speed_kmh": speed});
                roads.push(feature("LineString", &json!([nodes[a], nodes[b]]), &properties));
                touched.extend([a, b]);
            }
        }
        // Sites stand on junctions that have a road, so no road added later lies nearer to one.
        let sites: [[f64; 2]; 5] = std::array::from_fn(|_| nodes[touched[dice.below(touched.len())]]);
        let stations = vec![
            station(sites[0], "S0", "center", false),
            station(sites[1], "S1", "sub_center", true),
            station(sites[2], "S2", "sub_center", false),
        ];
        let clinic = json!({"id": "F0", "kind": "clinic"});
        let facilities = vec![feature("Point", &json!(sites[3]), &clinic)];
        let aeds = vec![feature("Point", &json!(sites[4]), &json!({"id": "A0", "count": 2}))];
        let half = middle * BLOCK + 400.0;
        let population = (0..60)
            .map(|k| {
                let at = place(dice.between(-half, half), dice.between(-half, half));
                feature("Point", &json!(at), &json!({"id": format!("p{k}"), "population": 500 + dice.below(2000)}))
            })
            .collect();
        let cut = |dice: &mut Dice| [-half, dice.between(-1500.0, -500.0), dice.between(500.0, 1500.0), half];
        let (cut_x, cut_y) = (cut(&mut dice), cut(&mut dice));
        let mut units = Vec::new();
        for (j, y) in cut_y.windows(2).enumerate() {
            for (i, x) in cut_x.windows(2).enumerate() {
                let properties = json!({"id": format!("U{i}{j}"), "name": format!("第{i}{j}镇"), "level": "town"});
                units.push(feature("Polygon", &rectangle([x[0], x[1]], [y[0], y[1]]), &properties));
            }
        }
        let boundary = feature("Polygon", &rectangle([-half, half], [-half, half]), &json!({"name": "law town"}));
        Self { nodes, roads, stations, aeds, facilities, population, units, boundary, turnout_s: 180 }
    }

    /// What the binary says of this town.
    fn audit(&self, what: &str) -> Value {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut toml = format!(
            "name = \"law town\"\nstandard = \"jinjiang-14fyp\"\n\
             [response]\nturnout_s = {}\n[access]\nspeed_kmh = 12\nmax_m = 700\n[layers]\n",
            self.turnout_s
        );
        let boundary = vec![self.boundary.clone()];
        let layers = [
            ("boundary", &boundary),
            ("units", &self.units),
            ("population", &self.population),
            ("roads", &self.roads),
            ("stations", &self.stations),
            ("facilities", &self.facilities),
            ("aeds", &self.aeds),
        ];
        for (layer, features) in layers {
            writeln!(toml, "{layer} = \"{layer}.geojson\"").expect("a string takes text");
            let collection = json!({"type": "FeatureCollection", "features": features});
            support::write(&folder.path().join(format!("{layer}.geojson")), &collection.to_string());
        }
        support::write(&folder.path().join("region.toml"), &toml);
        let out = folder.path().join("out");
        let run = support::audit(folder.path(), &out);
        assert!(matches!(run.code, Some(0 | 1 | 3)), "{what}: {}", run.story());
        support::json(&out.join("audit.json"))
    }
}

fn number(audit: &Value, id: &str, field: &str, what: &str) -> f64 {
    let found = rule(audit, id).unwrap_or_else(|| panic!("{what}: {id} is missing"));
    found[field].as_f64().unwrap_or_else(|| panic!("{what}: {id} has no {field}: {found}"))
}

/// Met is best, gap is worst; `cannot_judge` has no rank.
fn rank(verdict: &str) -> Option<u8> {
    match verdict {
        "met" => Some(2),
        "depends" => Some(1),
        "gap" => Some(0),
        _ => None,
    }
}

fn no_verdict_worse(before: &Value, after: &Value, what: &str) {
    for old in before["rules"].as_array().into_iter().flatten() {
        let id = old["id"].as_str().expect("a rule has an id");
        let new = rule(after, id).unwrap_or_else(|| panic!("{what}: {id} is gone"));
        let verdict = |r: &Value| r["verdict"].as_str().expect("a rule has a verdict").to_owned();
        let (old, new) = (verdict(old), verdict(new));
        match (rank(&old), rank(&new)) {
            (Some(o), Some(n)) => assert!(n >= o, "{what}: {id} went from {old} to {new}"),
            (Some(_), None) => panic!("{what}: {id} went from {old} to {new}"),
            (None, _) => {}
        }
    }
}

fn no_coverage_worse(before: &Value, after: &Value, what: &str) {
    for id in COVERAGE {
        let people = |audit| number(audit, id, "population_covered", what);
        let (old, new) = (people(before), people(after));
        assert!(new >= old - 1e-6, "{what}: {id} covered {old} people, then {new}");
        let low = number(after, id, "uncovered_km2_low", what);
        let high = number(before, id, "uncovered_km2_high", what);
        assert!(low <= high + 1e-6, "{what}: {id} left at most {high} km2 uncovered, then at least {low}");
    }
}

#[test]
fn a_station_added_never_worsens_anything() {
    for seed in SEEDS {
        let what = format!("seed {seed}");
        let town = Town::grow(seed);
        let mut more = town.clone();
        let mut dice = Dice(seed + 1000);
        // Anywhere, on a road or off it; a plain station: a sub-centre more would need a decontamination centre more.
        let at = place(dice.between(-2500.0, 2500.0), dice.between(-2500.0, 2500.0));
        more.stations.push(station(at, "added", "station", false));
        let (before, after) = (town.audit(&what), more.audit(&what));
        no_verdict_worse(&before, &after, &what);
        no_coverage_worse(&before, &after, &what);
    }
}

#[test]
fn an_ambulance_or_aed_added_never_worsens_a_verdict() {
    for seed in SEEDS {
        let what = format!("seed {seed}");
        let town = Town::grow(seed);
        let before = town.audit(&what);
        let mut more = town.clone();
        let properties = &mut more.stations[1]["properties"];
        properties["ambulances"] = json!(2);
        properties["negative_pressure"] = json!(2);
        let at = more.nodes[seed as usize];
        more.aeds.push(feature("Point", &json!(at), &json!({"id": "added", "count": 1})));
        let after = more.audit(&what);
        no_verdict_worse(&before, &after, &what);
        for (id, have) in [("JJ-EMS-04", 4.0), ("JJ-EMS-07", 3.0)] {
            assert!((number(&after, id, "have", &what) - have).abs() < 1e-9, "{what}: {id}");
        }
    }
}

#[test]
fn a_joined_road_never_worsens_coverage() {
    for seed in SEEDS {
        let what = format!("seed {seed}");
        let town = Town::grow(seed);
        let mut more = town.clone();
        let mut dice = Dice(seed + 2000);
        let a = dice.below(more.nodes.len());
        let b = (a + 1 + dice.below(more.nodes.len() - 1)) % more.nodes.len();
        let ends = json!([more.nodes[a], more.nodes[b]]);
        more.roads.push(feature("LineString", &ends, &json!({"id": "added", "highway": "primary", "speed_kmh": 40})));
        no_coverage_worse(&town.audit(&what), &more.audit(&what), &what);
    }
}

#[test]
fn coverage_grows_with_the_limit() {
    for seed in SEEDS {
        let what = format!("seed {seed}");
        let mut town = Town::grow(seed);
        let audit = town.audit(&what);
        let people = |id| number(&audit, id, "population_covered", &what);
        assert!(people("JJ-EMS-03") >= people("JJ-EMS-02"), "{what}: 15 min covers fewer people than 14");
        let low_at_15 = number(&audit, "JJ-EMS-03", "uncovered_km2_low", &what);
        let high_at_14 = number(&audit, "JJ-EMS-02", "uncovered_km2_high", &what);
        assert!(low_at_15 <= high_at_14, "{what}: 15 min leaves more land uncovered than 14");
        town.turnout_s = 120; // a minute more for the drive
        let brisk = town.audit(&what);
        no_coverage_worse(&audit, &brisk, &what);
        let same = number(&brisk, "JJ-EMS-02", "population_covered", &what);
        assert!(
            (same - people("JJ-EMS-03")).abs() < 1e-6,
            "{what}: a minute less before the drive is a minute more of limit"
        );
    }
}

#[test]
fn the_sum_over_units_is_the_whole() {
    for seed in SEEDS {
        let what = format!("seed {seed}");
        let audit = Town::grow(seed).audit(&what);
        let inside = audit["population"]["inside"].as_f64().expect("people inside");
        // The towns; beside them stand the two sub-centre areas, which are worked out from travel times.
        let units = audit["units"].as_array().into_iter().flatten();
        let units: Vec<&Value> = units.filter(|unit| unit["level"] == "town").collect();
        assert_eq!(units.len(), 9, "{what}");
        let people: f64 = units.iter().filter_map(|u| u["population"].as_f64()).sum();
        assert!((people - inside).abs() < 1e-6 * inside, "{what}: the units hold {people} of {inside}");
        for id in ["JJ-EMS-04", "JJ-EMS-07"] {
            let sum = |field: &str| -> f64 { units.iter().filter_map(|u| u["rules"][id][field].as_f64()).sum() };
            let have = number(&audit, id, "have", &what);
            assert!((sum("have") - have).abs() < 1e-9, "{what}: {id}: the units have {} of {have}", sum("have"));
            let need = number(&audit, id, "need", &what);
            assert!(sum("need") >= need, "{what}: {id}: the units need {}, the whole {need}", sum("need"));
        }
    }
}

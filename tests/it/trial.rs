//! A trial says what an audit of the edited city says: people, outcomes, times at every place and along every road. Adding never
//! worsens, removing never betters. On small towns grown from a seed, with one-way streets, turn restrictions, barriers,
//! stations of their own turnout and stations beside the middle of a street.

use std::collections::BTreeMap;

use lifering_base::frame::LonLat;
use lifering_core::audit::outcomes;
use lifering_core::city::{City, OpenOptions};
use lifering_core::measure::AccessMeasurements;
use lifering_core::plan::failures::{Failures, RoadKind};
use lifering_core::plan::trial::{Effect, SiteEdit, Trial, TrialError};
use lifering_core::run::Silent;
use lifering_readers::source::Source;
use lifering_standards::catalogue::Standard;
use lifering_standards::outcome::{Outcome, RuleOutcome};
use lifering_standards::{AccessQuery, access_query};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Streets each way.
const SIDE: usize = 5;
/// Degrees between streets: some 700 m.
const BLOCK: f64 = 0.0065;
/// The south-west corner.
const CORNER: [f64; 2] = [118.5, 24.7];

const STANDARD: &str = r#"
id = "trials"
title = { zh = "试设标准", en = "Standard of the trials" }
applies_to = { zh = "测试", en = "tests" }
core = false
[sources.OWN]
title = { zh = "自定", en = "made up for a test" }
confidence = "high"
[[rules]]
id = "TIME"
kind = "travel_time"
title = { zh = "6分钟", en = "Six minutes" }
scope = { zh = "全市", en = "whole city" }
force = "target"
threshold = { facility = "stations", mode = "drive", clock = "call_to_arrival", max_min = 6, stat = "share", min_share = 0.6 }
cite = { source = "OWN", text = "6 min" }
[[rules]]
id = "MEAN"
kind = "travel_time"
title = { zh = "平均5分钟", en = "Five minutes on the mean" }
scope = { zh = "全市", en = "whole city" }
force = "target"
threshold = { facility = "stations", mode = "drive", clock = "dispatch_to_arrival", max_min = 5, stat = "mean" }
cite = { source = "OWN", text = "5 min" }
[[rules]]
id = "WALK"
kind = "travel_time"
title = { zh = "步行15分钟", en = "Fifteen minutes on foot" }
scope = { zh = "全市", en = "whole city" }
force = "target"
threshold = { facility = "stations", mode = "walk", max_min = 15, stat = "share", min_share = 0.5 }
cite = { source = "OWN", text = "15 min" }
[[rules]]
id = "ROAD"
kind = "radius"
title = { zh = "沿路1公里", en = "A kilometre along the road" }
scope = { zh = "全市", en = "whole city" }
force = "target"
threshold = { facility = "stations", metric = "network", max_m = 1000, min_share = 0.5 }
cite = { source = "OWN", text = "1 km" }
[[rules]]
id = "STRAIGHT"
kind = "radius"
title = { zh = "直线1公里", en = "A kilometre as the crow flies" }
scope = { zh = "全市", en = "whole city" }
force = "target"
threshold = { facility = "stations", metric = "euclid", max_m = 1000, min_share = 0.5 }
cite = { source = "OWN", text = "1 km" }
"#;

/// The rules of the standard.
const RULES: [&str; 5] = ["TIME", "MEAN", "WALK", "ROAD", "STRAIGHT"];

/// A small deterministic source of numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn part(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.part() * n as f64) as usize
    }

    /// A place in the town, seldom on a street.
    fn place(&mut self) -> [f64; 2] {
        let span = BLOCK * (SIDE - 1) as f64;
        CORNER.map(|least| rounded(least + span * self.part()))
    }
}

fn rounded(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

fn feature(kind: &str, coordinates: &Value, properties: &Value) -> Value {
    json!({"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}})
}

/// The files of a town.
struct Town {
    roads: Vec<Value>,
    files: BTreeMap<String, Vec<u8>>,
}

fn town(seed: u64) -> Town {
    let mut dice = Dice(seed);
    let at = |k: usize| [k % SIDE, k / SIDE].map(|n| n as f64 * BLOCK);
    let nodes: Vec<[f64; 2]> = (0..SIDE * SIDE)
        .map(|k| {
            let [x, y] = at(k);
            let mut jitter = || (dice.part() - 0.5) * BLOCK * 0.4;
            [rounded(CORNER[0] + x + jitter()), rounded(CORNER[1] + y + jitter())]
        })
        .collect();
    let mut roads = Vec::new();
    for a in 0..SIDE * SIDE {
        let right = (a % SIDE + 1 < SIDE).then_some(a + 1);
        let up = (a + SIDE < SIDE * SIDE).then_some(a + SIDE);
        for b in [right, up].into_iter().flatten() {
            if dice.part() < 0.15 {
                continue;
            }
            let oneway = if dice.part() < 0.2 { "yes" } else { "no" };
            let speed = (15.0 + 40.0 * dice.part()).round();
            let name = if b == a + 1 { format!("row {}", a / SIDE) } else { format!("column {}", a % SIDE) };
            let bridge = if dice.part() < 0.1 { "yes" } else { "no" };
            let middle = [0, 1].map(|i| rounded(f64::midpoint(nodes[a][i], nodes[b][i]) + BLOCK * 0.05));
            let properties = json!({"id": format!("{a}-{b}"), "name": name, "highway": "residential",
                "oneway": oneway, "speed_kmh": speed, "bridge": bridge});
            roads.push(feature("LineString", &json!([nodes[a], middle, nodes[b]]), &properties));
        }
    }
    let stations: Vec<Value> = (0..4)
        .map(|k| {
            let mut properties = json!({"id": format!("S{k}"), "kind": "station", "ambulances": 1});
            // In every other town all leave after the same time.
            if seed.is_multiple_of(2) && k == 2 {
                properties["turnout_s"] = json!(30 + dice.below(90));
            }
            feature("Point", &json!(dice.place()), &properties)
        })
        .collect();
    let population: Vec<Value> = (0..80)
        .map(|k| {
            let people = 10 + dice.below(500);
            feature("Point", &json!(dice.place()), &json!({"id": format!("p{k}"), "population": people}))
        })
        .collect();
    let span = BLOCK * (SIDE - 1) as f64;
    let rectangle = |from: f64, to: f64| {
        let (x0, x1) = (CORNER[0] - 0.01 + from * (span + 0.02), CORNER[0] - 0.01 + to * (span + 0.02));
        let (y0, y1) = (CORNER[1] - 0.01, CORNER[1] + span + 0.01);
        json!([[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]])
    };
    let unit = |k: u32| {
        let (from, to) = (f64::from(k) / 3.0, f64::from(k + 1) / 3.0);
        let properties = json!({"id": format!("U{k}"), "name": format!("unit {k}"), "level": "town"});
        feature("Polygon", &rectangle(from, to), &properties)
    };
    let wall = json!([dice.place(), dice.place()]);
    let layers = [
        ("boundary", vec![feature("Polygon", &rectangle(0.0, 1.0), &json!({}))]),
        ("units", (0..3).map(unit).collect()),
        ("population", population),
        ("roads", roads.clone()),
        ("stations", stations),
        ("barriers", vec![feature("LineString", &wall, &json!({}))]),
    ];
    let mut toml = "name = \"trial town\"\nstandard = \"trials.toml\"\n[response]\nturnout_s = 60\n\
                    [access]\nspeed_kmh = 6\nmax_m = 400\n[layers]\n"
        .to_owned();
    let mut files = BTreeMap::new();
    for (name, features) in layers {
        toml.extend([name, " = \"", name, ".geojson\"\n"]);
        let collection = json!({"type": "FeatureCollection", "features": features});
        files.insert(format!("{name}.geojson"), collection.to_string().into_bytes());
    }
    files.insert("region.toml".to_owned(), toml.into_bytes());
    files.insert("trials.toml".to_owned(), STANDARD.as_bytes().to_vec());
    Town { roads, files }
}

impl Town {
    fn city(&self) -> City {
        let source = Source::memory("town", "town", self.files.clone());
        City::open(source, &OpenOptions::default(), &Silent).expect("the town is a region")
    }

    /// The town without the roads of these names.
    fn without(&self, gone: impl Fn(&Value) -> bool) -> City {
        let roads: Vec<&Value> = self.roads.iter().filter(|road| !gone(&road["properties"])).collect();
        let collection = json!({"type": "FeatureCollection", "features": roads});
        let mut files = self.files.clone();
        files.insert("roads.geojson".to_owned(), collection.to_string().into_bytes());
        Self { roads: Vec::new(), files }.city()
    }
}

fn standard() -> Standard {
    Standard::from_toml("trials", STANDARD).expect("a standard")
}

fn of_rule<'a>(all: &'a [RuleOutcome], rule: &str) -> &'a Outcome {
    &all.iter().find(|outcome| outcome.rule.id.as_str() == rule).expect("the rule").default
}

/// What is measured at every sample for a rule, in seconds or metres, and along the roads.
fn measured(city: &City, standard: &Standard, rule: &str) -> (Vec<Option<f64>>, Vec<Option<u32>>) {
    let rule = standard.rules.iter().find(|r| r.id.as_str() == rule).expect("the rule");
    let query: AccessQuery = access_query(&rule.criterion, city.evidence()).expect("access").expect("nothing missing");
    let measured = AccessMeasurements::new(city, std::slice::from_ref(&query));
    if let Some(Ok(of)) = measured.field_of(&query) {
        let field = &measured.fields[of.field];
        let samples = field.reached.iter().map(|r| r.at().map(|at| at.plus(of.shift).seconds())).collect();
        let points = field.field.arrivals.iter().map(|first| first.map(|first| first.at.plus(of.shift).0)).collect();
        return (samples, points);
    }
    let metres = measured.distances(&query.sites).expect("straight distances").to_vec();
    (metres, Vec::new())
}

/// Whether the roads of a station lead nowhere, so that it enters the main part of the network as well.
fn leads_nowhere(city: &City, standard: &Standard, rule: &str) -> bool {
    let rule = standard.rules.iter().find(|r| r.id.as_str() == rule).expect("the rule");
    let query: AccessQuery = access_query(&rule.criterion, city.evidence()).expect("access").expect("nothing missing");
    let measured = AccessMeasurements::new(city, std::slice::from_ref(&query));
    measured.fields.iter().any(|field| field.field.entries.iter().any(|entries| entries.way_out.is_some()))
}

/// An effect is the difference of two audits, place by place and piece by piece.
fn is_the_difference(trial: &Trial, effect: &Effect, after: &City, standard: &Standard, what: &str) {
    let rule = trial.rule().id.to_string();
    let (old, old_points) = measured(trial.city(), standard, &rule);
    let (new, new_points) = measured(after, standard, &rule);
    let mut changed = effect.places.iter();
    for (sample, (before, now)) in old.iter().zip(&new).enumerate() {
        if before != now {
            let place = changed.next().unwrap_or_else(|| panic!("{what} {rule}: sample {sample} is missing"));
            assert_eq!((place.sample as usize, place.before, place.after), (sample, *before, *now), "{what} {rule}");
        }
    }
    assert_eq!(changed.next(), None, "{what} {rule}: nothing changes there");
    let mut roads = effect.roads.iter();
    if let Some(network) = trial.network() {
        for link in &network.links {
            for segment in link.first as usize..link.last as usize {
                let ends = |points: &[Option<u32>]| [points[segment], points[segment + 1]];
                if ends(&old_points) != ends(&new_points) {
                    let road = roads.next().unwrap_or_else(|| panic!("{what} {rule}: segment {segment} is missing"));
                    let found = road.ends.map(|at| at.map(|at| at.0));
                    assert_eq!((road.segment as usize, found), (segment, ends(&new_points)), "{what} {rule}");
                }
            }
        }
    }
    assert_eq!(roads.next(), None, "{what} {rule}: no time changes on this road");
    let judged = outcomes(after, standard).expect("judged");
    let expected = of_rule(&judged, &rule);
    let mut outcome = trial.outcome(effect);
    // Beside a radius rule, about the sites alone.
    outcome.mean_radius_m = expected.mean_radius_m;
    assert_eq!(&outcome, expected, "{what} {rule}");
    let covered = |outcome: &Outcome| outcome.covered.expect("people covered");
    let before = outcomes(trial.city(), standard).expect("judged");
    let gained = covered(expected) - covered(of_rule(&before, &rule));
    assert!((effect.people_new - effect.people_lost - gained).abs() < 1e-6, "{what} {rule}: {gained} {effect:?}");
    let by_unit: f64 = effect.units.iter().map(|unit| unit.people_new - unit.people_lost).sum();
    assert!((by_unit - gained).abs() < 1e-6, "{what} {rule}: {by_unit} by unit, {gained} in all");
}

/// Edits of every kind, several at once.
fn edits(dice: &mut Dice) -> Vec<SiteEdit> {
    let place = |dice: &mut Dice| {
        let [lon, lat] = dice.place();
        LonLat::new(lon, lat)
    };
    let mut edits = Vec::new();
    for site in 0..4 {
        match dice.below(6) {
            0 => edits.push(SiteEdit::Remove { site }),
            1 => edits.push(SiteEdit::Move { site, to: place(dice) }),
            2 => edits.push(SiteEdit::Turnout { site, turnout_s: Some(dice.below(200) as f64) }),
            _ => {}
        }
    }
    for _ in 0..dice.below(3) {
        let turnout_s = (dice.below(4) == 0).then(|| dice.below(200) as f64);
        edits.push(SiteEdit::Add { place: place(dice), turnout_s });
    }
    edits
}

/// Checks each named road of a town.
fn cut_is_an_audit_without(seed: u64) -> Result<(), TestCaseError> {
    let town = town(seed);
    let (city, standard) = (town.city(), standard());
    for rule in ["TIME", "ROAD"] {
        let trial = Trial::new(&city, &standard, rule).expect("a rule along roads");
        let failures = Failures::new(&trial);
        let (before, _) = measured(&city, &standard, rule);
        for name in ["row 0", "row 2", "column 1", "column 3"] {
            let roads: Vec<u32> = city
                .records()
                .roads
                .iter()
                .enumerate()
                .filter(|(_, road)| road.name.as_deref() == Some(name))
                .map(|(at, _)| at as u32)
                .collect();
            let effect = trial.without_roads(&roads);
            let after = town.without(|road| road["name"] == name);
            // Whether a station's roads lead nowhere is asked of the roads as they were.
            if [&city, &after].into_iter().any(|city| leads_nowhere(city, &standard, rule)) {
                continue;
            }
            let (expected, _) = measured(&after, &standard, rule);
            let mut found = before.clone();
            for place in &effect.places {
                found[place.sample as usize] = place.after;
            }
            for (sample, (found, expected)) in found.iter().zip(&expected).enumerate() {
                let same = match (found, expected) {
                    (Some(found), Some(expected)) => (found - expected).abs() <= 0.01,
                    (found, expected) => found == expected,
                };
                prop_assert!(
                    same,
                    "seed {} {} without {}: sample {} at {:?}, {:?}",
                    seed,
                    rule,
                    name,
                    sample,
                    found,
                    expected
                );
            }
            // Whatever costs anybody time is in the list, with the same people.
            let listed =
                failures.roads.iter().find(|road| road.kind == RoadKind::Road && road.name.as_deref() == Some(name));
            let lost = listed.map_or(0.0, |road| road.effect.people_lost);
            prop_assert!((lost - effect.people_lost).abs() < 1e-9, "{lost} and {}", effect.people_lost);
        }
    }
    Ok(())
}

/// A station nearest to a junction that one road enters and the cut road alone left: its crew steps down there.
#[test]
fn a_crew_steps_down_where_no_road_leaves_any_more() {
    cut_is_an_audit_without(173_296).expect("the audit without the road");
    // At the end of a one-way street that goes on over a bridge.
    cut_is_an_audit_without(824_587).expect("the audit without the road");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_trial_is_the_audit_of_the_edited_city(seed in 0_u64..1_000_000) {
        let (city, standard) = (town(seed).city(), standard());
        let mut dice = Dice(seed ^ 0x5EED);
        let edits = edits(&mut dice);
        let what = format!("seed {seed}, {edits:?}");
        for rule in RULES {
            let trial = Trial::new(&city, &standard, rule).expect("a rule on times or distances");
            let effect = trial.effect(&edits).expect("sites that are there");
            // Twice, so that buffers are used again.
            prop_assert_eq!(&trial.effect(&edits).expect("the same"), &effect);
            let after = trial.edited(&edits).expect("sites that are there");
            is_the_difference(&trial, &effect, &after, &standard, &what);
            let verdicts = trial.verdicts(&edits).expect("judged");
            prop_assert_eq!(verdicts, outcomes(&after, &standard).expect("judged"));
        }
    }

    #[test]
    fn adding_never_worsens_and_removing_never_betters(seed in 0_u64..1_000_000) {
        let (city, standard) = (town(seed).city(), standard());
        let mut dice = Dice(seed ^ 0xADD);
        let [lon, lat] = dice.place();
        for rule in RULES {
            let trial = Trial::new(&city, &standard, rule).expect("a rule on times or distances");
            let added = trial.site(LonLat::new(lon, lat), None);
            prop_assert_eq!((added.people_lost, added.people_later, added.people_seconds_lost), (0.0, 0.0, 0.0));
            let site = dice.below(4);
            let removed = trial.effect(&[SiteEdit::Remove { site }]).expect("a site");
            prop_assert_eq!((removed.people_new, removed.people_sooner, removed.people_seconds_saved), (0.0, 0.0, 0.0));
        }
    }

    #[test]
    fn failures_are_audits_without_what_fails(seed in 0_u64..1_000_000) {
        let town = town(seed);
        let (city, standard) = (town.city(), standard());
        let now = outcomes(&city, &standard).expect("judged");
        for rule in RULES {
            let trial = Trial::new(&city, &standard, rule).expect("a rule on times or distances");
            let failures = Failures::new(&trial);
            let covered = |city: &City| of_rule(&outcomes(city, &standard).expect("judged"), rule).covered.expect("people");
            let base = of_rule(&now, rule).covered.expect("people");
            prop_assert_eq!(failures.stations.len(), 4);
            let mut alone = BTreeMap::new();
            for station in &failures.stations {
                let without = trial.edited(&[SiteEdit::Remove { site: station.site }]).expect("a site");
                prop_assert!((base - covered(&without) - station.effect.people_lost).abs() < 1e-6);
                alone.insert(station.site, station.effect.people_lost);
            }
            for a in 0..4 {
                for b in a + 1..4 {
                    let edits = [SiteEdit::Remove { site: a }, SiteEdit::Remove { site: b }];
                    let lost = base - covered(&trial.edited(&edits).expect("sites"));
                    let pair = failures.pairs.iter().find(|pair| pair.sites == [a, b]);
                    let said = pair.map_or(alone[&a] + alone[&b], |pair| pair.people_lost);
                    prop_assert!((lost - said).abs() < 1e-6, "{} {:?}: {} {}", rule, [a, b], lost, said);
                    let shared = pair.map_or(0.0, |pair| pair.people_shared);
                    prop_assert!((lost - alone[&a] - alone[&b] - shared).abs() < 1e-6);
                }
            }
        }
    }

    /// A road that is taken out of the file joins its neighbours to other links, whose times are rounded elsewhere: to the
    /// hundredth of a second, people at the very limit left aside.
    #[test]
    fn a_road_that_is_cut_is_an_audit_without_it(seed in 0_u64..1_000_000) {
        cut_is_an_audit_without(seed)?;
    }
}

#[test]
fn another_period_is_the_audit_in_that_period() {
    for seed in 0..6 {
        let (city, standard) = (town(seed).city(), standard());
        let trial = Trial::new(&city, &standard, "TIME").expect("a rule");
        let effect = trial.in_period("peak").expect("a period of every region");
        let peak = city.assuming(|settings| settings.drive.period = "peak".to_owned());
        assert!(!effect.places.is_empty(), "a peak that delays nobody shows nothing");
        is_the_difference(&trial, &effect, &peak, &standard, &format!("seed {seed}, peak"));
        assert!(trial.in_period("midnight").is_err());
    }
}

#[test]
fn contradictions_and_strangers_are_refused() {
    let (city, standard) = (town(1).city(), standard());
    let trial = Trial::new(&city, &standard, "TIME").expect("a rule");
    let sites = city.sites().len();
    let missing = trial.effect(&[SiteEdit::Remove { site: sites }]);
    assert_eq!(missing, Err(TrialError::NoSite { edit: 0, site: sites, sites }));
    let to = city.sites()[0].place;
    let twice = trial.effect(&[SiteEdit::Remove { site: 0 }, SiteEdit::Move { site: 0, to }]);
    assert_eq!(twice, Err(TrialError::Twice { edit: 1, site: 0 }));
    assert!(Trial::new(&city, &standard, "NONE").is_err());
}

/// The embedded city has a coast as barriers, turn restrictions and stations without an ambulance.
#[test]
fn a_trial_of_the_demo_is_the_audit_of_the_edited_demo() {
    let city = City::demo().expect("the embedded city");
    let standard = Standard::embedded("jinjiang-14fyp").expect("an embedded standard");
    let trial = Trial::new(&city, &standard, "JJ-EMS-02").expect("a rule");
    let sites = trial.sites();
    let to = LonLat::new(118.55, 24.78);
    let all = [
        vec![SiteEdit::Add { place: to, turnout_s: None }],
        vec![SiteEdit::Remove { site: sites[3] }],
        vec![SiteEdit::Move { site: sites[5], to }, SiteEdit::Remove { site: sites[1] }],
    ];
    for edits in all {
        let effect = trial.effect(&edits).expect("sites");
        assert!(!effect.places.is_empty() && !effect.roads.is_empty());
        let after = trial.edited(&edits).expect("sites");
        let (old, _) = measured(&city, &standard, "JJ-EMS-02");
        let (new, _) = measured(&after, &standard, "JJ-EMS-02");
        let changed: Vec<usize> = (0..old.len()).filter(|at| old[*at] != new[*at]).collect();
        let found: Vec<usize> = effect.places.iter().map(|place| place.sample as usize).collect();
        assert_eq!(found, changed, "{edits:?}");
        assert!(effect.places.iter().all(|place| place.after == new[place.sample as usize]), "{edits:?}");
    }
}

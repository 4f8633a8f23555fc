//! Drop a folder into `fixtures/`, get a test: the binary audits the town and its answer is compared with `expected.toml`,
//! which was worked out by hand. A folder in `fixtures/bad/` must be refused.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::support::{self, Run};

/// What a town's `expected.toml` says. Only what is written there is compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    exit: i32,
    population: Option<Population>,
    network: Option<Network>,
    #[serde(default)]
    rule: Vec<Rule>,
    #[serde(default)]
    unit: Vec<Unit>,
    #[serde(default)]
    station: Vec<Station>,
    #[serde(default)]
    place: Vec<Place>,
    #[serde(default)]
    input: Vec<Input>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Population {
    total: Option<f64>,
    inside: Option<f64>,
    no_road: Option<f64>,
    /// Sum of `units[].population`.
    units_sum: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Network {
    length_km: Option<f64>,
    components: Option<u64>,
    largest_share: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    verdict: Option<OneOf>,
    value: Option<f64>,
    need: Option<f64>,
    have: Option<f64>,
    population_covered: Option<f64>,
    population_uncovered: Option<f64>,
    population_covered_twice: Option<f64>,
    uncovered_km2: Option<f64>,
    tolerance_km2: Option<f64>,
    /// Number of zones in uncovered.geojson.
    zones: Option<usize>,
    /// Words that `why` must contain.
    #[serde(default)]
    why: Vec<String>,
    /// Other readings, by id.
    #[serde(default)]
    readings: BTreeMap<String, Reading>,
}

/// What audit.json says of a reading.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    verdict: Option<OneOf>,
    value: Option<f64>,
    population_uncovered: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unit {
    id: String,
    population: Option<f64>,
    rule: Option<String>,
    need: Option<f64>,
    have: Option<f64>,
    verdict: Option<OneOf>,
}

/// What stations.geojson says of a station.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Station {
    id: String,
    population_first: f64,
    population_in_time: f64,
    population_only: f64,
}

/// A place and what uncovered.geojson says of it: `covered`, `uncovered` or the reason of its zone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    at: [f64; 2],
    rule: String,
    zone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    layer: String,
    features: Option<u64>,
    used: Option<u64>,
    min_issues: Option<usize>,
}

/// One verdict, or several where the written standard leaves room.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOf {
    One(String),
    Any(Vec<String>),
}

impl OneOf {
    fn allows(&self, found: &str) -> bool {
        match self {
            Self::One(wanted) => wanted == found,
            Self::Any(wanted) => wanted.iter().any(|w| w == found),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::One(wanted) => wanted.clone(),
            Self::Any(wanted) => wanted.join(" or "),
        }
    }
}

/// What `expected.toml` of a refused input says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    exit: i32,
    stderr: Vec<String>,
}

/// What differed in one town.
struct Report {
    town: String,
    lines: Vec<String>,
}

impl Report {
    fn new(town: String) -> Self {
        Self { town, lines: Vec::new() }
    }

    fn note(&mut self, line: &str) {
        self.lines.push(format!("{}: {line}", self.town));
    }

    fn close(&mut self, what: &str, found: &Value, wanted: Option<f64>, tolerance: f64) {
        let Some(wanted) = wanted else { return };
        match found.as_f64() {
            Some(f) if (f - wanted).abs() <= tolerance => {}
            Some(f) => self.note(&format!("{what} is {f}, by hand {wanted} (+- {tolerance})")),
            None => self.note(&format!("{what} is {found}, by hand {wanted}")),
        }
    }

    fn people(&mut self, what: &str, found: &Value, wanted: Option<f64>) {
        self.close(what, found, wanted, 1e-6 * wanted.unwrap_or_default().max(1.0));
    }

    fn verdict(&mut self, what: &str, found: &Value, wanted: Option<&OneOf>) {
        let verdict = found["verdict"].as_str().unwrap_or("(none)");
        if let Some(wanted) = wanted
            && !wanted.allows(verdict)
        {
            let by_hand = wanted.words();
            self.note(&format!("{what} is {verdict}, by hand {by_hand}; why: {}", found["why"]));
        }
    }
}

/// Checks every region of a folder and fails with all that differed.
fn check_all(folder: &Path, check: fn(&Path, &mut Report)) {
    let towns = support::regions_in(folder);
    let differences: Vec<String> = towns
        .iter()
        .flat_map(|town| {
            let mut report = Report::new(support::name(town));
            check(town, &mut report);
            report.lines
        })
        .collect();
    assert!(!towns.is_empty(), "no fixture in {}", folder.display());
    let (n, of) = (differences.len(), towns.len());
    assert!(n == 0, "{n} differences in {of} fixtures:\n  {}", differences.join("\n  "));
}

#[test]
fn every_town_gives_the_answer_worked_out_by_hand() {
    check_all(&support::fixtures(), check_town);
}

#[test]
fn every_bad_input_is_refused_with_one_message_and_nothing_written() {
    check_all(&support::fixtures().join("bad"), check_refused);
}

fn check_town(town: &Path, report: &mut Report) {
    let expected: Expected = match toml::from_str(&support::text(&town.join("expected.toml"))) {
        Ok(expected) => expected,
        Err(e) => return report.note(&format!("expected.toml: {e}")),
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let run = support::audit(town, &out);
    if run.code != Some(expected.exit) {
        report.note(&format!("wanted exit {}, got {}", expected.exit, run.story()));
    }
    if !out.join("audit.json").is_file() {
        return report.note(&format!("no audit.json; {}", run.story()));
    }
    let audit = support::json(&out.join("audit.json"));
    let zones = support::json(&out.join("uncovered.geojson"));
    check_shape(&run, &audit, report);
    check_figures(&expected, &audit, report);
    for rule in &expected.rule {
        check_rule(rule, &audit, &zones, report);
    }
    for unit in &expected.unit {
        check_unit(unit, &audit, report);
    }
    let stations = support::json(&out.join("stations.geojson"));
    for station in &expected.station {
        check_station(station, &stations, report);
    }
    for place in &expected.place {
        check_place(place, &zones, report);
    }
}

/// What holds in every audit, whatever the town.
fn check_shape(run: &Run, audit: &Value, report: &mut Report) {
    if audit["schema"] != "lifering-audit/1" || audit["tool"]["name"] != "lifering" {
        report.note(&format!("schema {} by {}", audit["schema"], audit["tool"]["name"]));
    }
    let empty = Vec::new();
    let rules = audit["rules"].as_array().unwrap_or(&empty);
    let mut seen = Vec::new();
    for rule in rules {
        let id = rule["id"].as_str().unwrap_or("(no id)");
        if seen.contains(&id) {
            report.note(&format!("{id} is there twice"));
        }
        seen.push(id);
        if rule["why"].as_str().is_none_or(str::is_empty) {
            report.note(&format!("{id} gives no reason (why)"));
        }
        check_bounds(id, rule, audit, report);
    }
    let binding = |verdict: &str| {
        let binds = |r: &Value| matches!(r["force"].as_str(), Some("standard" | "target" | "aspiration"));
        rules.iter().any(|r| r["verdict"] == verdict && binds(r))
    };
    let wanted = if binding("gap") {
        1
    } else if binding("cannot_judge") || binding("depends") {
        3 // Something that depends on the reading is not judged either.
    } else {
        0
    };
    if run.code != Some(wanted) {
        report.note(&format!("the verdicts call for exit {wanted}, not {:?}", run.code));
    }
}

/// The area lies between its bounds, and everybody is either covered or not.
fn check_bounds(id: &str, rule: &Value, audit: &Value, report: &mut Report) {
    let (low, high) = (&rule["uncovered_km2_low"], &rule["uncovered_km2_high"]);
    if let Some(mid) = rule["uncovered_km2"].as_f64() {
        let whole = audit["region"]["boundary_km2"].as_f64().unwrap_or_default();
        let inside = |l: f64, h: f64| 0.0 <= l && l <= mid && mid <= h && h <= whole * (1.0 + 1e-9);
        if !matches!((low.as_f64(), high.as_f64()), (Some(l), Some(h)) if inside(l, h)) {
            report.note(&format!("{id}: not 0 <= {low} <= {mid} <= {high} <= {whole} km2"));
        }
    }
    let everybody = matches!(id, "JJ-EMS-01" | "JJ-EMS-02" | "JJ-EMS-03" | "JJ-PHC-02");
    let people = [&rule["population_covered"], &rule["population_uncovered"], &audit["population"]["inside"]];
    if let (true, [Some(a), Some(b), Some(whole)]) = (everybody, people.map(Value::as_f64))
        && (a + b - whole).abs() > 1e-6 * whole.max(1.0)
    {
        report.note(&format!("{id}: {a} covered and {b} uncovered are not {whole}"));
    }
}

fn check_figures(expected: &Expected, audit: &Value, report: &mut Report) {
    if let Some(wanted) = &expected.population {
        let found = &audit["population"];
        report.people("population.total", &found["total"], wanted.total);
        report.people("population.inside", &found["inside"], wanted.inside);
        report.people("population.no_road", &found["no_road"], wanted.no_road);
        let units = audit["units"].as_array().into_iter().flatten();
        let sum: f64 = units.filter_map(|u| u["population"].as_f64()).sum();
        report.people("the sum over units", &sum.into(), wanted.units_sum);
    }
    if let Some(wanted) = &expected.network {
        let found = &audit["network"];
        let tolerance = 1e-4 * wanted.length_km.unwrap_or_default();
        let components = wanted.components.map(|n| n as f64);
        report.close("network.length_km", &found["length_km"], wanted.length_km, tolerance);
        report.close("network.components", &found["components"], components, 0.0);
        report.close("network.largest_share", &found["largest_share"], wanted.largest_share, 1e-9);
    }
    for wanted in &expected.input {
        let layer = wanted.layer.as_str();
        let mut inputs = audit["inputs"].as_array().into_iter().flatten();
        let Some(found) = inputs.find(|i| i["layer"] == layer) else {
            report.note(&format!("inputs does not list {layer}"));
            continue;
        };
        let (features, used) = (wanted.features.map(|n| n as f64), wanted.used.map(|n| n as f64));
        report.close(&format!("{layer}: features"), &found["features"], features, 0.0);
        report.close(&format!("{layer}: used"), &found["used"], used, 0.0);
        let issues = found["issues"].as_array().map_or(0, Vec::len);
        if issues < wanted.min_issues.unwrap_or_default() {
            report.note(&format!("{layer}: {issues} issues, wanted {:?} or more", wanted.min_issues));
        }
    }
}

fn check_rule(wanted: &Rule, audit: &Value, zones: &Value, report: &mut Report) {
    let id = wanted.id.as_str();
    let Some(found) = support::rule(audit, id) else {
        return report.note(&format!("{id} is missing"));
    };
    report.verdict(id, found, wanted.verdict.as_ref());
    let why = found["why"].as_str().unwrap_or_default();
    for word in wanted.why.iter().filter(|w| !why.contains(w.as_str())) {
        report.note(&format!("{id}: why does not name {word}: {why}"));
    }
    report.close(&format!("{id} value"), &found["value"], wanted.value, 1e-6);
    report.close(&format!("{id} need"), &found["need"], wanted.need, 1e-9);
    report.close(&format!("{id} have"), &found["have"], wanted.have, 1e-9);
    let (covered, uncovered) = ("population_covered", "population_uncovered");
    report.people(&format!("{id} {covered}"), &found[covered], wanted.population_covered);
    let twice = "population_covered_twice";
    report.people(&format!("{id} {twice}"), &found[twice], wanted.population_covered_twice);
    report.people(&format!("{id} {uncovered}"), &found[uncovered], wanted.population_uncovered);
    for (reading, wanted) in &wanted.readings {
        let all = found["readings"].as_array().into_iter().flatten();
        let Some(read) = all.into_iter().find(|r| r["id"] == reading.as_str()) else {
            report.note(&format!("{id} has no reading {reading}"));
            continue;
        };
        let what = format!("{id} read as {reading}");
        report.verdict(&what, read, wanted.verdict.as_ref());
        report.close(&format!("{what} value"), &read["value"], wanted.value, 1e-6);
        report.people(&format!("{what} {uncovered}"), &read[uncovered], wanted.population_uncovered);
    }
    let drawn: Vec<&Value> = support::zones_of(zones, id).collect();
    if wanted.zones.is_some_and(|n| n != drawn.len()) {
        report.note(&format!("{id} has {} zones, by hand {:?}", drawn.len(), wanted.zones));
    }
    if let Some(km2) = wanted.uncovered_km2 {
        let tolerance = wanted.tolerance_km2.unwrap_or(0.01 * km2);
        report.close(&format!("{id} uncovered_km2"), &found["uncovered_km2"], Some(km2), tolerance);
        let slack = tolerance / 10.0;
        let bounds = (found["uncovered_km2_low"].as_f64(), found["uncovered_km2_high"].as_f64());
        let holds = |low: f64, high: f64| low - slack <= km2 && km2 <= high + slack;
        if !matches!(bounds, (Some(low), Some(high)) if holds(low, high)) {
            report.note(&format!("{id}: the true {km2} km2 are not within the bounds {bounds:?}"));
        }
        let sum: f64 = drawn.iter().filter_map(|z| z["properties"]["area_km2"].as_f64()).sum();
        report.close(&format!("{id} area of the drawn zones"), &sum.into(), Some(km2), tolerance);
    }
}

fn check_unit(wanted: &Unit, audit: &Value, report: &mut Report) {
    let mut units = audit["units"].as_array().into_iter().flatten();
    let Some(unit) = units.find(|u| u["id"] == wanted.id.as_str()) else {
        return report.note(&format!("unit {} is missing", wanted.id));
    };
    report.people(&format!("unit {} population", wanted.id), &unit["population"], wanted.population);
    let Some(rule) = wanted.rule.as_deref() else {
        return;
    };
    let what = format!("unit {} {rule}", wanted.id);
    let found = &unit["rules"][rule];
    report.close(&format!("{what} need"), &found["need"], wanted.need, 1e-9);
    report.close(&format!("{what} have"), &found["have"], wanted.have, 1e-9);
    report.verdict(&what, found, wanted.verdict.as_ref());
}

fn check_station(wanted: &Station, stations: &Value, report: &mut Report) {
    let mut all = stations["features"].as_array().into_iter().flatten().map(|f| &f["properties"]);
    let Some(found) = all.find(|p| p["id"] == wanted.id.as_str()) else {
        return report.note(&format!("station {} is not in stations.geojson", wanted.id));
    };
    let people = [
        ("population_first", wanted.population_first),
        ("population_in_time", wanted.population_in_time),
        ("population_only", wanted.population_only),
    ];
    for (key, wanted_people) in people {
        report.people(&format!("station {} {key}", wanted.id), &found[key], Some(wanted_people));
    }
}

fn check_place(wanted: &Place, zones: &Value, report: &mut Report) {
    let found = support::reasons_at(zones, &wanted.rule, wanted.at);
    let right = match wanted.zone.as_str() {
        "covered" => found.is_empty(),
        "uncovered" => !found.is_empty(),
        reason => found == [reason],
    };
    if !right {
        let (rule, at, zone) = (&wanted.rule, wanted.at, &wanted.zone);
        report.note(&format!("{rule} at {at:?}: zones {found:?}, by hand {zone}"));
    }
}

fn check_refused(town: &Path, report: &mut Report) {
    let expected: Refused = match toml::from_str(&support::text(&town.join("expected.toml"))) {
        Ok(expected) => expected,
        Err(e) => return report.note(&format!("expected.toml: {e}")),
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = support::audit(town, &folder.path().join("out"));
    if run.code != Some(expected.exit) {
        report.note(&format!("wanted exit {}, got {}", expected.exit, run.story()));
    }
    // The region's own path may contain a word that is looked for.
    let said = run.stderr.replace(&*town.to_string_lossy(), "");
    for word in expected.stderr.iter().filter(|w| !said.contains(w.as_str())) {
        report.note(&format!("the message does not name {word}: {}", run.stderr.trim()));
    }
    if run.stderr.contains("panicked") {
        report.note(&format!("a panic is not a message: {}", run.stderr.trim()));
    }
    if folder.path().join("out").exists() || !support::tree(folder.path()).is_empty() {
        report.note("something was written");
    }
}

//! Every rule of the catalogue just below, at and just above its limit, by the table in `rule_cases.toml`; and what holds of
//! all of them: what is missing is never met.

use std::collections::{BTreeMap, BTreeSet};

use lifering_base::records::attributes::Scalar;
use lifering_base::units::Milliseconds;
use lifering_standards::catalogue::{Criterion, LayerName, Rule, Standard, UnitKind, embedded};
use lifering_standards::evidence::{Area, DemandPoint, Evidence, Level, Measurements, Missing, SiteEvidence};
use lifering_standards::outcome::{RuleOutcome, Verdict};
use lifering_standards::{AccessQuery, Impedance, MeasurementDefect, Unmeasured, access_queries, judge};
use serde::Deserialize;

type Attributes = BTreeMap<String, toml::Value>;
/// How many features of a layer, and what they say.
type Features = BTreeMap<String, Vec<(usize, Attributes)>>;

/// The rows of one rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    hand: String,
    people: Option<f64>,
    urban: Option<bool>,
    under: Case,
    at: Case,
    over: Case,
}

/// One row.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    of: Features,
    #[serde(default)]
    units: Vec<(usize, Attributes, Features)>,
    #[serde(default)]
    reach: Vec<Vec<f64>>,
    value: Option<f64>,
    need: Option<u64>,
    have: Option<f64>,
    verdict: String,
}

fn table() -> BTreeMap<String, Rows> {
    toml::from_str(include_str!("rule_cases.toml")).expect("the table of cases")
}

/// The standards and their own rules.
fn catalogue() -> Vec<(Standard, Rule)> {
    let mut all = Vec::new();
    for (id, _) in embedded() {
        let standard = Standard::embedded(id).expect("an embedded standard");
        let own: Vec<Rule> = standard.own_rules().cloned().collect();
        all.extend(own.into_iter().map(|rule| (standard.clone(), rule)));
    }
    all
}

fn scalar(value: &toml::Value) -> Scalar {
    match value {
        toml::Value::Boolean(b) => Scalar::Bool(*b),
        toml::Value::Integer(n) => Scalar::Number(*n as f64),
        toml::Value::Float(n) => Scalar::Number(*n),
        other => Scalar::Text(other.as_str().unwrap_or_default().to_owned()),
    }
}

fn layer(name: &str) -> LayerName {
    let known = LayerName::KNOWN.into_iter().find(|layer| layer.name() == name);
    known.unwrap_or_else(|| LayerName::Extra(name.to_owned()))
}

/// What a row says, as the rules see it, and what is measured for everybody.
#[derive(Clone)]
struct Scene {
    evidence: Evidence,
    reach: Vec<Option<f64>>,
}

impl Scene {
    fn new(rule: &Rule, rows: &Rows, case: &Case) -> Self {
        let mut scene = Self { evidence: Evidence::default(), reach: Vec::new() };
        for name in rule.criterion.selection().layers.iter().filter(|layer| **layer != LayerName::Decontamination) {
            scene.evidence.given.insert(name.clone());
        }
        let urban = |urban: Option<bool>| -> BTreeMap<String, Scalar> {
            urban.map(|urban| ("urban".to_owned(), Scalar::Bool(urban))).into_iter().collect()
        };
        let reach = case.reach.iter().map(|row| (row[0], row.get(1).copied()));
        for (people, at) in reach.chain(rows.people.map(|people| (people, None))) {
            scene.evidence.demand_points.push(DemandPoint { people, attributes: urban(rows.urban) });
            scene.reach.push(at);
        }
        if rows.urban.is_some() {
            scene
                .evidence
                .demand_points
                .push(DemandPoint { people: 1000.0, attributes: urban(rows.urban.map(|u| !u)) });
            scene.reach.push(Some(1e5));
        }
        scene.add(&case.of);
        if let Criterion::PresencePerUnit(presence) = &rule.criterion
            && presence.unit != UnitKind::City
        {
            let mut areas = Vec::new();
            for (times, attributes, features) in &case.units {
                for _ in 0..*times {
                    let sites = scene.add(features);
                    let name = attributes.get("name").and_then(toml::Value::as_str).map(str::to_owned);
                    areas.push(Area {
                        located: true,
                        id: areas.len().to_string(),
                        name: name.unwrap_or_else(|| areas.len().to_string()),
                        attributes: attributes.iter().map(|(k, v)| (k.clone(), scalar(v))).collect(),
                        members: Vec::new(),
                        sites,
                    });
                }
            }
            let level = Level { areas, derived_from: None, unlocated: BTreeSet::new() };
            scene.evidence.levels.insert(presence.unit.clone(), level);
        }
        scene
    }

    fn add(&mut self, features: &Features) -> BTreeSet<usize> {
        let mut added = BTreeSet::new();
        for (name, groups) in features {
            self.evidence.given.insert(layer(name));
            for (times, attributes) in groups {
                for _ in 0..*times {
                    added.insert(self.evidence.sites.len());
                    self.evidence.sites.push(site(layer(name), attributes));
                }
            }
        }
        added
    }

    /// The outcome of one rule. What is measured answers the default reading alone.
    fn judge(&self, standard: &Standard, rule: &Rule) -> RuleOutcome {
        let default =
            access_queries(&rule.criterion, &self.evidence).and_then(Result::ok).map(|asked| asked.certain.impedance);
        let measured = |question: &AccessQuery| {
            if Some(&question.impedance) != default.as_ref() {
                return Err(no_roads());
            }
            Ok(match question.impedance {
                Impedance::Geodesic => Measurements::Distances(self.reach.clone()),
                _ => Measurements::Times(self.reach.iter().map(|s| s.map(Milliseconds::from_seconds)).collect()),
            })
        };
        let alone = Standard { rules: vec![rule.clone()], ..standard.clone() };
        judge(&alone, &self.evidence, &measured).expect("all is measured").remove(0)
    }
}

fn site(layer: LayerName, attributes: &Attributes) -> SiteEvidence {
    SiteEvidence {
        layer,
        id: String::new(),
        name: String::new(),
        placed: true,
        inside: true,
        attributes: attributes.iter().map(|(k, v)| (k.clone(), scalar(v))).collect(),
    }
}

fn verdict(word: &str) -> Verdict {
    match word {
        "met" => Verdict::Met,
        "gap" => Verdict::Gap,
        other => panic!("{other} is no verdict of a row"),
    }
}

#[test]
fn every_rule_is_judged_below_at_and_above_its_limit() {
    let table = table();
    let mut faults = Vec::new();
    let catalogue = catalogue();
    let ids: BTreeSet<&str> = catalogue.iter().map(|(_, rule)| rule.id.as_str()).collect();
    assert_eq!(ids.len(), 62, "five profiles hold 62 rules");
    faults.extend(ids.iter().filter(|id| !table.contains_key(**id)).map(|id| format!("{id} has no row")));
    faults.extend(table.keys().filter(|id| !ids.contains(id.as_str())).map(|id| format!("{id} is no rule")));
    for (standard, rule) in &catalogue {
        let Some(rows) = table.get(rule.id.as_str()) else { continue };
        for (name, case) in [("under", &rows.under), ("at", &rows.at), ("over", &rows.over)] {
            let found = Scene::new(rule, rows, case).judge(standard, rule).default;
            let mut differs = |what: &str, found: String, wanted: String| {
                faults.push(format!("{} {name}: {what} is {found}, by hand {wanted} ({})", rule.id, rows.hand));
            };
            if found.verdict != verdict(&case.verdict) {
                differs("the verdict", format!("{:?} {:?}", found.verdict, found.missing), case.verdict.clone());
            }
            if case.value.is_some_and(|wanted| found.value.is_none_or(|v| (v - wanted).abs() > 1e-6)) {
                differs("the value", format!("{:?}", found.value), format!("{:?}", case.value));
            }
            if case.need.is_some() && found.need != case.need {
                differs("the need", format!("{:?}", found.need), format!("{:?}", case.need));
            }
            if case.have.is_some() && found.have != case.have {
                differs("what there is", format!("{:?}", found.have), format!("{:?}", case.have));
            }
        }
        let both = |wanted: &str| [&rows.under, &rows.at, &rows.over].iter().any(|case| case.verdict == wanted);
        if !(both("met") && both("gap")) {
            faults.push(format!("{}: its rows are all met or all gaps, so they show no limit", rule.id));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_outcome_round_trips_through_json() {
    let table = table();
    let mut cases = 0;
    for (standard, rule) in catalogue() {
        let rows = &table[rule.id.as_str()];
        let mut scenes = [&rows.under, &rows.at, &rows.over].map(|case| Scene::new(&rule, rows, case)).to_vec();
        let mut bare = Scene::new(&rule, rows, &rows.at);
        bare.evidence.sites.iter_mut().for_each(|site| site.attributes.clear());
        scenes.push(bare);
        for scene in scenes {
            let outcome = scene.judge(&standard, &rule);
            let text = serde_json::to_string(&outcome).expect("JSON");
            assert_eq!(serde_json::from_str::<RuleOutcome>(&text).expect("an outcome"), outcome, "{text}");
            cases += 1;
        }
    }
    assert_eq!(cases, 62 * 4);
}

#[test]
fn a_query_that_nobody_measured_is_an_error_not_a_missing_input() {
    let standard = Standard::embedded("jinjiang-14fyp").expect("an embedded standard");
    let evidence = people_alone(10.0, &["stations", "facilities"]);
    let error = |measured: Result<Measurements, Unmeasured>| {
        judge(&standard, &evidence, &|_| measured.clone()).expect_err("a defect").defect
    };
    assert_eq!(error(Err(Unmeasured::Never)), MeasurementDefect::Never);
    assert_eq!(error(Ok(Measurements::Distances(Vec::new()))), MeasurementDefect::Length { found: 0, wanted: 1 });
    let timed = standard.rule("JJ-EMS-02").expect("the circle").clone();
    let alone = Standard { rules: vec![timed], ..standard.clone() };
    let found = judge(&alone, &evidence, &|_| Ok(Measurements::Distances(vec![None]))).expect_err("a defect");
    assert_eq!(found.defect, MeasurementDefect::NotTime);
    let words = "rule JJ-EMS-02: Drive(CallToArrival, None) of 0 sites was measured as distance, not as time";
    assert_eq!(found.to_string(), words);
}

#[test]
fn a_rule_without_its_layer_names_it_and_is_not_met() {
    let table = table();
    let nothing = |_: &AccessQuery| -> Result<Measurements, Unmeasured> { Err(no_roads()) };
    for (standard, rule) in catalogue() {
        let rows = &table[rule.id.as_str()];
        let mut scene = Scene::new(&rule, rows, &rows.at);
        scene.evidence.given.clear();
        scene.evidence.sites.clear();
        for level in scene.evidence.levels.values_mut() {
            level.areas.iter_mut().for_each(|area| area.sites.clear());
        }
        let alone = Standard { rules: vec![rule.clone()], ..standard };
        let found = judge(&alone, &scene.evidence, &nothing).expect("nothing is wanted").remove(0);
        assert_eq!(found.verdict, Verdict::CannotJudge, "{}", rule.id);
        let named = match found.default.missing {
            Some(Missing::Layer { layer, attributes }) => {
                let wanted: BTreeSet<&str> = rule.criterion.attributes();
                assert_eq!(attributes.iter().map(String::as_str).collect::<BTreeSet<_>>(), wanted, "{}", rule.id);
                layer
            }
            Some(Missing::Attribute { attribute, .. }) => attribute,
            other => panic!("{}: {other:?}", rule.id),
        };
        assert_eq!(named, rule.criterion.selection().layers[0].name(), "{}", rule.id);
    }
}

#[test]
fn an_attribute_that_is_missing_is_never_met() {
    let table = table();
    let mut tried = 0;
    for (standard, rule) in catalogue() {
        let rows = &table[rule.id.as_str()];
        let mut attributes: BTreeSet<String> = rule.criterion.attributes().into_iter().map(str::to_owned).collect();
        if rule.criterion.selection().layers.contains(&LayerName::Decontamination) {
            attributes.insert("decontamination".to_owned());
        }
        for attribute in attributes {
            for case in [&rows.at, &rows.over] {
                // From all features, and from the first alone where the row is exactly at its limit.
                let mut all = Scene::new(&rule, rows, case);
                let count = all.evidence.sites.len();
                let with = |scene: &Scene| scene.evidence.sites.iter().any(|s| s.attributes.contains_key(&attribute));
                if !with(&all) {
                    continue;
                }
                all.evidence.sites.iter_mut().for_each(|site| drop(site.attributes.remove(&attribute)));
                let found = all.judge(&standard, &rule).default;
                assert_eq!(found.verdict, Verdict::CannotJudge, "{} without {attribute} ({count})", rule.id);
                tried += 1;
            }
            let mut one = Scene::new(&rule, rows, &rows.at);
            let Some(first) = one.evidence.sites.iter_mut().find(|s| s.attributes.contains_key(&attribute)) else {
                continue;
            };
            first.attributes.remove(&attribute);
            let found = one.judge(&standard, &rule).default;
            assert_ne!(found.verdict, Verdict::Met, "{} with one feature that lacks {attribute}", rule.id);
        }
        if rows.urban.is_some() {
            let mut scene = Scene::new(&rule, rows, &rows.at);
            scene.evidence.demand_points[0].attributes.clear();
            let found = scene.judge(&standard, &rule).default;
            assert_eq!(found.verdict, Verdict::CannotJudge, "{}: some people of no known kind", rule.id);
            tried += 1;
        }
    }
    assert!(tried > 60, "only {tried} tries");
}

/// People alone, with some layers that are given but empty.
fn people_alone(people: f64, layers: &[&str]) -> Evidence {
    let mut evidence =
        Evidence { demand_points: vec![DemandPoint { people, attributes: BTreeMap::new() }], ..Evidence::default() };
    evidence.given.extend(layers.iter().map(|name| layer(name)));
    evidence
}

/// The region has no roads.
fn no_roads() -> Unmeasured {
    Missing::Layer { layer: "roads".to_owned(), attributes: Vec::new() }.into()
}

fn unmeasured(_: &AccessQuery) -> Result<Measurements, Unmeasured> {
    Err(no_roads())
}

fn outcome(standard: &str, evidence: &Evidence, id: &str) -> RuleOutcome {
    let standard = Standard::embedded(standard).expect("an embedded standard");
    let mut all = judge(&standard, evidence, &unmeasured).expect("nothing is wanted");
    all.remove(all.iter().position(|o| o.rule.id.as_str() == id).expect("the rule"))
}

#[test]
fn jinjiang_needs_69_ambulances_28_of_them_negative_pressure_207_aeds_and_14_stations_by_the_xiamen_rule() {
    let jinjiang = people_alone(2_061_600.0, &["stations", "aeds"]);
    let needs = |standard: &str, id: &str| -> Vec<(Option<u16>, u64)> {
        outcome(standard, &jinjiang, id).needs.iter().map(|need| (need.year, need.need)).collect()
    };
    let by_year = |here, base, target| vec![(None, here), (Some(2020), base), (Some(2025), target)];
    assert_eq!(needs("jinjiang-14fyp", "JJ-EMS-04"), by_year(69, 69, 71));
    assert_eq!(needs("jinjiang-14fyp", "JJ-EMS-05"), by_year(28, 28, 29), "40 % of 69 is 27.6, of 71 28.4");
    assert_eq!(needs("jinjiang-14fyp", "JJ-EMS-07"), by_year(207, 207, 212));
    // Xiamen's own 5,160,000 and 5,750,000 people say nothing of Jinjiang.
    assert_eq!(needs("xiamen-14fyp", "XM-EMS-01"), [(None, 14)]);
    let tripled = outcome("national-2020", &jinjiang, "CN-04");
    assert_eq!(tripled.default.need, Some(207));
    assert!(!tripled.rule.force.binds(), "shown, never failed");
    assert_eq!(tripled.readings[0].need, Some(69), "the residents themselves");
    assert_eq!(needs("national-2020", "CN-05"), [(None, 28)], "of the 69 that bind, not of the 207 that do not");
}

#[test]
fn a_plan_counts_its_own_people_only() {
    for (people, applies) in [(2_061_600.0, true), (2_638_500.0, true), (1_546_200.0, true), (900_000.0, false)] {
        let mut evidence = people_alone(people, &["stations"]);
        evidence.sites.push(site(LayerName::Stations, &Attributes::from([("ambulances".to_owned(), 70.into())])));
        let found = outcome("jinjiang-14fyp", &evidence, "JJ-EMS-04");
        let other = found.readings.iter().any(|r| matches!(r.missing, Some(Missing::OtherPopulation { .. })));
        assert_eq!(other, !applies, "{people} people");
        // 70 ambulances are enough for 2,061,600 and for the 52 or 30 of fewer, not for the 71 of 2025 or the 88 of more.
        let wanted = match people {
            p if p > 2_500_000.0 => Verdict::Depends,
            p if p > 1_000_000.0 => Verdict::Depends,
            _ => Verdict::Met,
        };
        assert_eq!(found.verdict, wanted, "{people} people: {:?}", found.default);
    }
}

/// 90 of 100 people reach the certain centre in time, or `reached` of them; with the one of no known kind all do.
fn circle(reached: f64, with_unsure: f64, unsure_placed: bool) -> Verdict {
    let standard = Standard::embedded("xiamen-14fyp").expect("an embedded standard");
    let rule = standard.rule("XM-PHC-01").expect("the circle").clone();
    let urban = BTreeMap::from([("urban".to_owned(), Scalar::Bool(true))]);
    let mut evidence = Evidence {
        demand_points: [reached, with_unsure - reached, 100.0 - with_unsure]
            .map(|people| DemandPoint { people, attributes: urban.clone() })
            .to_vec(),
        ..Evidence::default()
    };
    evidence.given.insert(LayerName::Facilities);
    let clinic = Attributes::from([("kind".to_owned(), "clinic".into())]);
    evidence.sites.push(site(LayerName::Facilities, &clinic));
    evidence.sites.push(SiteEvidence { placed: unsure_placed, ..site(LayerName::Facilities, &Attributes::new()) });
    let measured = |question: &AccessQuery| {
        let late = if question.sites.len() == 2 { 100 } else { 2_000_000 };
        Ok(Measurements::Times([100, late, 2_000_000].map(|ms| Some(Milliseconds(ms))).to_vec()))
    };
    let alone = Standard { rules: vec![Rule { readings: Vec::new(), ..rule }], ..standard };
    judge(&alone, &evidence, &measured).expect("all is measured").remove(0).verdict
}

#[test]
fn a_facility_of_no_known_kind_neither_fills_a_circle_nor_proves_it_empty() {
    assert_eq!(circle(90.0, 95.0, true), Verdict::Met, "enough without it");
    assert_eq!(circle(80.0, 95.0, true), Verdict::CannotJudge, "enough only with it");
    assert_eq!(circle(80.0, 89.0, true), Verdict::Gap, "not enough even with it");
    assert_eq!(circle(80.0, 89.0, false), Verdict::CannotJudge, "it may stand unlocated");
}

#[test]
fn what_has_no_place_counts_for_the_whole_and_keeps_areas_open() {
    let standard = Standard::embedded("xiamen-14fyp").expect("an embedded standard");
    let mut evidence = people_alone(2000.0, &["workforce"]);
    let doctors = Attributes::from([("doctors".to_owned(), 8.into())]);
    let record = SiteEvidence { placed: false, ..site(layer("workforce"), &doctors) };
    evidence.sites.push(record);
    let area = |id: &str, sites: &[usize]| Area {
        located: true,
        id: id.to_owned(),
        name: id.to_owned(),
        attributes: BTreeMap::new(),
        members: Vec::new(),
        sites: sites.iter().copied().collect(),
    };
    let mut town = area("town", &[]);
    town.members = vec![0];
    let level = Level { areas: vec![town], derived_from: None, unlocated: BTreeSet::from([0]) };
    evidence.levels.insert(UnitKind::Town, level);
    let find = |evidence: &Evidence| {
        let all = judge(&standard, evidence, &unmeasured).expect("nothing is wanted");
        all.into_iter().find(|o| o.rule.id.as_str() == "XM-CAP-02").expect("the rule").default
    };
    // 2000 / 1000 * 3.8 = 7.6, so 8.
    let found = find(&evidence);
    assert_eq!((found.verdict, found.need, found.have), (Verdict::Met, Some(8), Some(8.0)));
    assert_eq!(found.areas[0].verdict, Verdict::CannotJudge, "nobody knows where they work");
    // The record names its unit.
    let level = Level { areas: vec![area("town", &[0])], derived_from: None, unlocated: BTreeSet::new() };
    evidence.levels.insert(UnitKind::Town, level);
    assert_eq!(find(&evidence).areas[0].verdict, Verdict::Met);
}

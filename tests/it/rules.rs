//! Every rule of the catalogue just below, at and just above its limit, by the table in `rule_cases.toml`; and what holds of
//! all of them: what is missing is never met.

use std::collections::{BTreeMap, BTreeSet};

use lifering_base::records::attributes::Scalar;
use lifering_base::units::Milliseconds;
use lifering_standards::catalogue::{Criterion, LayerName, Rule, Standard, UnitKind, embedded};
use lifering_standards::evidence::{Area, DemandPoint, Evidence, Level, Measurements, Missing, SiteEvidence};
use lifering_standards::outcome::{Outcome, RuleOutcome, Verdict};
use lifering_standards::{AccessQuery, Impedance, Unmeasured, access_queries, judge};
use serde::Deserialize;

pub(crate) type Attributes = BTreeMap<String, toml::Value>;
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
    #[serde(default)]
    traps: Vec<Trap>,
}

/// A small town that the sentence of a rule decides, and what the catalogue once said of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trap {
    hand: String,
    was: String,
    people: Option<f64>,
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
    overall: Option<String>,
    #[serde(default)]
    readings: BTreeMap<String, String>,
    #[serde(default)]
    lacks: Vec<String>,
}

impl Trap {
    fn case(&self) -> Case {
        Case {
            of: self.of.clone(),
            units: self.units.clone(),
            reach: self.reach.clone(),
            value: self.value,
            need: self.need,
            have: self.have,
            verdict: self.verdict.clone(),
        }
    }
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

pub(crate) fn layer(name: &str) -> LayerName {
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
        Self::of(rule, rows.people, rows.urban, case)
    }

    fn of(rule: &Rule, people: Option<f64>, kind: Option<bool>, case: &Case) -> Self {
        let mut scene = Self { evidence: Evidence::default(), reach: Vec::new() };
        for name in rule.criterion.selection().layers.iter().filter(|layer| **layer != LayerName::Decontamination) {
            scene.evidence.given.insert(name.clone());
        }
        let urban = |urban: Option<bool>| -> BTreeMap<String, Scalar> {
            urban.map(|urban| ("urban".to_owned(), Scalar::Bool(urban))).into_iter().collect()
        };
        let reach = case.reach.iter().map(|row| (row[0], row.get(1).copied()));
        for (people, at) in reach.chain(people.map(|people| (people, None))) {
            scene.evidence.demand_points.push(DemandPoint { people, attributes: urban(kind) });
            scene.reach.push(at);
        }
        if kind.is_some() {
            scene.evidence.demand_points.push(DemandPoint { people: 1000.0, attributes: urban(kind.map(|u| !u)) });
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

pub(crate) fn site(layer: LayerName, attributes: &Attributes) -> SiteEvidence {
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
        "depends" => Verdict::Depends,
        "cannot_judge" => Verdict::CannotJudge,
        other => panic!("{other} is no verdict of a row"),
    }
}

#[test]
fn every_rule_is_judged_below_at_and_above_its_limit() {
    let table = table();
    let mut faults = Vec::new();
    let catalogue = catalogue();
    let ids: BTreeSet<&str> = catalogue.iter().map(|(_, rule)| rule.id.as_str()).collect();
    assert_eq!(ids.len(), 97, "seven profiles hold 97 rules");
    faults.extend(ids.iter().filter(|id| !table.contains_key(**id)).map(|id| format!("{id} has no row")));
    faults.extend(table.keys().filter(|id| !ids.contains(id.as_str())).map(|id| format!("{id} is no rule")));
    for (standard, rule) in &catalogue {
        let Some(rows) = table.get(rule.id.as_str()) else { continue };
        for (name, case) in [("under", &rows.under), ("at", &rows.at), ("over", &rows.over)] {
            let found = Scene::new(rule, rows, case).judge(standard, rule).default;
            faults.extend(differences(&found, case).iter().map(|d| format!("{} {name}: {d} ({})", rule.id, rows.hand)));
        }
        let both = |wanted: &str| [&rows.under, &rows.at, &rows.over].iter().any(|case| case.verdict == wanted);
        if !(both("met") && both("gap")) {
            faults.push(format!("{}: its rows are all met or all gaps, so they show no limit", rule.id));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Where an outcome is not what was worked out by hand.
fn differences(found: &Outcome, case: &Case) -> Vec<String> {
    let mut all = Vec::new();
    let mut differs =
        |what: &str, found: String, wanted: String| all.push(format!("{what} is {found}, by hand {wanted}"));
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
    all
}

/// The attributes that a missing input names.
fn attributes_lacking(missing: Option<&Missing>) -> Vec<String> {
    match missing {
        Some(Missing::Attribute { attribute, .. }) => vec![attribute.clone()],
        Some(Missing::Several(all)) => all.iter().flat_map(|one| attributes_lacking(Some(one))).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_rule_counts_what_its_sentence_says_and_nothing_else() {
    let table = table();
    let mut faults = Vec::new();
    let mut tried = 0;
    for (standard, rule) in catalogue() {
        let rows = &table[rule.id.as_str()];
        for trap in &rows.traps {
            tried += 1;
            let case = trap.case();
            let outcome = Scene::of(&rule, trap.people, rows.urban, &case).judge(&standard, &rule);
            let mut faulty =
                |what: String| faults.push(format!("{}: {what} ({}; was: {})", rule.id, trap.hand, trap.was));
            differences(&outcome.default, &case).into_iter().for_each(&mut faulty);
            let overall = verdict(trap.overall.as_ref().unwrap_or(&trap.verdict));
            if outcome.verdict != overall {
                faulty(format!("over all readings {:?}, by hand {overall:?}", outcome.verdict));
            }
            for (id, wanted) in &trap.readings {
                let at = rule.readings.iter().position(|reading| reading.id == *id).expect("a reading of the rule");
                let found = &outcome.readings[at];
                if found.verdict != verdict(wanted) {
                    faulty(format!("reading {id} {:?} {:?}, by hand {wanted}", found.verdict, found.missing));
                }
            }
            let lacking = attributes_lacking(outcome.default.missing.as_ref());
            if lacking != trap.lacks {
                faulty(format!("it names {lacking:?}, by hand {:?}", trap.lacks));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(tried >= 38, "only {tried} traps");
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
    assert_eq!(cases, 97 * 4);
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

/// The region has no roads.
pub(crate) fn no_roads() -> Unmeasured {
    Missing::Layer { layer: "roads".to_owned(), attributes: Vec::new() }.into()
}

//! Why two audits may differ: files, parameters, the standard, the program.
//!
//! In: two audit.json. Out: [`Causes`], empty where all of these are the same.

use super::Pair;
use super::read::{Input, Neighbour, Recorded, Rule};
use lifering_standards::outcome::ValueUnit;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What is not the same in two audits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Causes {
    /// Version of the program, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<Pair<String>>,
    /// Hash of region.toml, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings_sha256: Option<Pair<String>>,
    /// Parameters that differ, by their path (`drive.speeds_kmh.primary`), with what is shared with other regions; `null`
    /// where one of the two has none.
    pub parameters: BTreeMap<String, Pair<Value>>,
    /// Layers whose file differs.
    pub inputs: Vec<InputDiff>,
    /// Hash of the standard's text, where it differs or only one of the two says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_sha256: Option<Pair<Option<String>>>,
    /// Rules of the standard that say something else: by id, the keys of audit.json that do. `rule` where one of the two
    /// has no such rule.
    pub standard: BTreeMap<String, Vec<String>>,
}

impl Causes {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A layer whose file differs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct InputDiff {
    /// Which layer.
    pub layer: String,
    /// Its name under `[layers.extra]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<String>,
    /// The files; `null` where one of the two has no such layer.
    pub file: Pair<Option<FileState>>,
}

/// A file as an audit read it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FileState {
    /// Its name.
    pub name: String,
    /// Hash of its bytes.
    pub sha256: String,
    /// Features in it.
    pub features: usize,
    /// Features used.
    pub used: usize,
    /// How far it can be trusted.
    pub grade: String,
}

/// What is not the same.
pub fn causes(sides: Pair<&Recorded>) -> Causes {
    let differing = |of: &dyn Fn(&Recorded) -> String| {
        let pair = sides.map(of);
        pair.differs().then_some(pair)
    };
    let mut parameters = BTreeMap::new();
    leaves("", sides.map(|s| Some(&s.parameters)), &mut parameters);
    leaves("shared_roads", sides.map(|s| s.shared_roads.as_ref()), &mut parameters);
    let neighbours = sides.map(|s| {
        let of = |all: &Vec<Neighbour>| all.iter().map(|n| format!("{}/{}", n.from, n.id)).collect::<Vec<_>>();
        s.mutual_aid.as_ref().map(of).map(Value::from)
    });
    leaves("mutual_aid", neighbours.as_ref().map(Option::as_ref), &mut parameters);
    Causes {
        tool: differing(&|s| s.tool.version.clone()),
        settings_sha256: differing(&|s| s.region.settings_sha256.clone()),
        parameters,
        inputs: inputs(sides),
        standard_sha256: Some(sides.map(|s| s.standard.sha256.clone())).filter(Pair::differs),
        standard: standard(sides),
    }
}

/// The leaves of two JSON trees that differ, by their path.
fn leaves(path: &str, pair: Pair<Option<&Value>>, found: &mut BTreeMap<String, Pair<Value>>) {
    let tables = pair.map(|value| value.and_then(Value::as_object));
    if tables.old.is_none() && tables.new.is_none() {
        if pair.differs() {
            found.insert(path.to_owned(), pair.map(|value| value.cloned().unwrap_or_default()));
        }
        return;
    }
    let both = [tables.old, tables.new];
    let keys: BTreeSet<&String> = both.into_iter().flatten().flat_map(serde_json::Map::keys).collect();
    for key in keys {
        let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        leaves(&below, tables.map(|table| table.and_then(|t| t.get(key))), found);
    }
}

fn inputs(sides: Pair<&Recorded>) -> Vec<InputDiff> {
    type Key<'a> = (&'a str, Option<&'a str>);
    let key = |input: &'_ Input| -> (String, Option<String>) { (input.layer.clone(), input.extra.clone()) };
    let mut order: Vec<(String, Option<String>)> = Vec::new();
    for input in sides.new.inputs.iter().chain(&sides.old.inputs) {
        if !order.contains(&key(input)) {
            order.push(key(input));
        }
    }
    let state = |side: &Recorded, (layer, extra): Key<'_>| {
        let is = |input: &&Input| input.layer == layer && input.extra.as_deref() == extra;
        side.inputs.iter().find(is).map(|input| FileState {
            name: input.file.clone(),
            sha256: input.sha256.clone(),
            features: input.features,
            used: input.used,
            grade: input.grade.clone(),
        })
    };
    order
        .into_iter()
        .filter_map(|(layer, extra)| {
            let file = sides.map(|side| state(side, (&layer, extra.as_deref())));
            file.differs().then_some(InputDiff { layer, extra, file })
        })
        .collect()
}

/// What a rule says itself, not what came of it.
const TEXT: [&str; 9] = ["kind", "title", "title_en", "force", "year", "assumed", "cite", "filled_from", "note"];

fn standard(sides: Pair<&Recorded>) -> BTreeMap<String, Vec<String>> {
    let rule = |side: &'_ Recorded, id: &str| side.rules.iter().position(|rule| rule.id == id);
    let ids: BTreeSet<&str> = sides.old.rules.iter().chain(&sides.new.rules).map(|rule| rule.id.as_str()).collect();
    let mut found = BTreeMap::new();
    for id in ids {
        let differing = match (rule(sides.old, id), rule(sides.new, id)) {
            (Some(old), Some(new)) => texts(Pair { old: &sides.old.rules[old], new: &sides.new.rules[new] }),
            _ => vec!["rule".to_owned()],
        };
        if !differing.is_empty() {
            found.insert(id.to_owned(), differing);
        }
    }
    found
}

/// The keys of a rule's text that differ.
fn texts(pair: Pair<&Rule>) -> Vec<String> {
    let of = |rule: &Rule, key: &str| match key {
        "title" => Some(Value::from(rule.title.as_str())),
        "title_en" => Some(Value::from(rule.title_en.as_str())),
        key => rule.more.get(key).cloned(),
    };
    let mut keys: Vec<String> =
        TEXT.iter().filter(|key| pair.map(|rule| of(rule, key)).differs()).map(|key| (*key).to_owned()).collect();
    // What a count is compared with follows the data as well; a share or a time is the text's own.
    let of_text =
        |rule: &Rule| matches!(rule.unit, ValueUnit::Share | ValueUnit::S).then_some(rule.threshold.to_bits());
    if pair.map(of_text).differs() {
        keys.push("threshold".to_owned());
    }
    let readings = |rule: &Rule| rule.readings.iter().map(|r| r.id.clone()).collect::<Vec<_>>();
    if pair.map(readings).differs() {
        keys.push("readings".to_owned());
    }
    keys
}

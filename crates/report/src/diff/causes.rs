//! What may have caused a difference: files, parameters, the standard, the program.
//!
//! In: two audits. Out: [`Causes`], empty if all of these are the same.

use super::Pair;
use super::results::AuditResults;
use crate::report::{InputReport, NeighbourReport, RuleReport};
use crate::words::word;
use lifering_base::records::Layer;
use lifering_standards::outcome::ValueUnit;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the two audits were made from, as far as it differs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Causes {
    /// Version of the program; absent if it is the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<Pair<String>>,
    /// SHA-256 of region.toml; absent if it is the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings_sha256: Option<Pair<String>>,
    /// Name of the scenario that each is under; absent if it is the same, `null` for a region as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Pair<Option<String>>>,
    /// Parameters that differ, by path (`drive.speeds_kmh.primary`), those of shared roads and mutual aid included;
    /// `null` in the audit that lacks one.
    pub parameters: BTreeMap<String, Pair<Value>>,
    /// Layers whose files differ.
    pub inputs: Vec<InputDiff>,
    /// SHA-256 of the standard's text; absent if it is the same, `null` in an audit of an early version, which does not
    /// state it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_sha256: Option<Pair<Option<String>>>,
    /// Rules whose text differs: by id, the keys of audit.json that do, or `rule` if only one of the two standards has
    /// the rule.
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
    /// Key of the layer.
    pub layer: String,
    /// Key under `[layers.extra]`; absent for layers with a key of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<String>,
    /// The file in each audit; `null` if it lacks the layer.
    pub file: Pair<Option<FileState>>,
}

/// A file as an audit read it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FileState {
    /// Path of the file, as region.toml names it.
    pub name: String,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub sha256: String,
    /// Number of features in the file.
    pub features: usize,
    /// Number of features used.
    pub used: usize,
    /// How far the layer can be trusted, A to D.
    pub grade: String,
}

/// Compares what two audits were made from.
pub fn causes(sides: Pair<&AuditResults>) -> Causes {
    let differing = |of: &dyn Fn(&AuditResults) -> String| {
        let pair = sides.map(of);
        pair.differs().then_some(pair)
    };
    let mut parameters = BTreeMap::new();
    leaves("", sides.map(|s| s.json.get("parameters")), &mut parameters);
    leaves("shared_roads", sides.map(|s| s.json.get("shared_roads").filter(|roads| !roads.is_null())), &mut parameters);
    let neighbours = sides.map(|s| {
        let of = |all: &Vec<NeighbourReport>| all.iter().map(|n| format!("{}/{}", n.from, n.id)).collect::<Vec<_>>();
        s.report.mutual_aid.as_ref().map(of).map(Value::from)
    });
    leaves("mutual_aid", neighbours.as_ref().map(Option::as_ref), &mut parameters);
    Causes {
        tool: differing(&|s| s.report.tool.version.clone()),
        settings_sha256: differing(&|s| s.report.region.settings_sha256.clone()),
        scenario: scenario(sides),
        parameters,
        inputs: inputs(sides),
        standard_sha256: Some(sides.map(standard_sha256)).filter(Pair::differs),
        standard: standard(sides),
    }
}

/// The names of the scenarios, if they are not the same.
fn scenario(sides: Pair<&AuditResults>) -> Option<Pair<Option<String>>> {
    let scenarios = sides.map(|side| side.report.scenario.as_ref());
    let edits = scenarios.map(|scenario| scenario.map(|scenario| (&scenario.name, &scenario.edits)));
    edits.differs().then(|| scenarios.map(|scenario| scenario.map(|scenario| scenario.name.clone())))
}

/// Hash of the standard's text; `None` in audits of early versions, which do not state it.
fn standard_sha256(side: &AuditResults) -> Option<String> {
    side.json["standard"]["sha256"].as_str().map(str::to_owned)
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

/// Layers whose files differ: in the order of the new audit, then those that only the old one has.
fn inputs(sides: Pair<&AuditResults>) -> Vec<InputDiff> {
    let key = |input: &InputReport| (input.layer, input.extra.clone());
    let mut order = Vec::new();
    for input in sides.new.report.inputs.iter().chain(&sides.old.report.inputs) {
        if !order.contains(&key(input)) {
            order.push(key(input));
        }
    }
    let state = |side: &AuditResults, wanted: &(Layer, Option<String>)| {
        side.report.inputs.iter().find(|input| key(input) == *wanted).map(|input| FileState {
            name: input.file.clone(),
            sha256: input.sha256.clone(),
            features: input.features,
            used: input.used,
            grade: word(&input.grade).to_owned(),
        })
    };
    order
        .into_iter()
        .filter_map(|layer| {
            let file = sides.map(|side| state(side, &layer));
            let (layer, extra) = layer;
            file.differs().then(|| InputDiff { layer: layer.key().to_owned(), extra, file })
        })
        .collect()
}

/// Keys of a rule that repeat the standard's text, in contrast to findings.
const TEXT: [&str; 9] = ["kind", "title", "title_en", "force", "year", "assumed", "cite", "filled_from", "note"];

/// A rule, typed and as it stands in audit.json.
#[derive(Clone, Copy)]
struct RecordedRule<'a> {
    report: &'a RuleReport,
    json: &'a Value,
}

/// The keys that differ, by rule id; `rule` if only one of the two standards has the rule.
fn standard(sides: Pair<&AuditResults>) -> BTreeMap<String, Vec<String>> {
    let by_id = sides.map(|side| -> BTreeMap<&str, RecordedRule<'_>> {
        let rule = |(at, report)| RecordedRule { report, json: &side.json["rules"][at] };
        side.report.rules.iter().enumerate().map(|all| (all.1.id.as_str(), rule(all))).collect()
    });
    let ids: BTreeSet<&str> = by_id.old.keys().chain(by_id.new.keys()).copied().collect();
    let mut found = BTreeMap::new();
    for id in ids {
        let differing = match (by_id.old.get(id), by_id.new.get(id)) {
            (Some(old), Some(new)) => texts(Pair { old: *old, new: *new }),
            _ => vec!["rule".to_owned()],
        };
        if !differing.is_empty() {
            found.insert(id.to_owned(), differing);
        }
    }
    found
}

/// The keys of a rule's text that differ.
fn texts(pair: Pair<RecordedRule<'_>>) -> Vec<String> {
    let differs = |key: &&&str| pair.map(|rule| rule.json.get(**key)).differs();
    let mut keys: Vec<String> = TEXT.iter().filter(differs).map(|key| (*key).to_owned()).collect();
    let pair = pair.map(|rule| rule.report);
    // The threshold of a count follows the data as well; that of a share or a time is the text's own.
    let of_text =
        |rule: &RuleReport| matches!(rule.unit, ValueUnit::Share | ValueUnit::S).then_some(rule.threshold.to_bits());
    if pair.map(of_text).differs() {
        keys.push("threshold".to_owned());
    }
    let readings = |rule: &RuleReport| rule.readings.iter().map(|r| r.id.clone()).collect::<Vec<_>>();
    if pair.map(readings).differs() {
        keys.push("readings".to_owned());
    }
    keys
}

//! Why two audits may differ: files, parameters, the standard, the program.
//!
//! In: two audit.json. Out: [`Causes`], empty where all of these are the same.

use super::Pair;
use super::results::AuditResults;
use crate::report::{InputReport, NeighbourReport, RuleReport};
use crate::words::word;
use lifering_readers::settings::Layer;
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
        parameters,
        inputs: inputs(sides),
        standard_sha256: Some(sides.map(standard_sha256)).filter(Pair::differs),
        standard: standard(sides),
    }
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

//! The JSON Schema of standard files, and the search for unknown keys that follows it.
//!
//! In: the shapes of `raw.rs`. Out: the schema that ships for editors, and diagnostics about keys that it does not
//! name. Editors and `lint` therefore agree on every key.

use std::borrow::Cow;
use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::raw::{RawPerPopulation, RawPresencePerUnit, RawRadius, RawShare, RawStandard, RawTravelTime};
use crate::catalogue::lint::Diagnostics;
use crate::catalogue::nearest;
use crate::catalogue::words::{RuleKind, Word};

/// The schema of a standard file, for editors.
#[must_use]
pub fn schema() -> Value {
    schema_of::<RawStandard>()
}

/// The names of the threshold parameters of one kind.
pub(super) fn parameters(kind: RuleKind) -> Vec<&'static str> {
    threshold_schema(kind)
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect()
}

/// Reports every key of a whole file that the schema does not name, and removes it.
pub(super) fn prune_file(table: &mut DeTable<'_>, diagnostics: &mut Diagnostics<'_>) {
    static FILE: LazyLock<Value> = LazyLock::new(schema);
    prune_table(table, &FILE, &FILE, diagnostics);
}

/// Reports every key of a threshold that its kind does not have, and removes it.
pub(super) fn prune_threshold(kind: RuleKind, table: &mut DeTable<'_>, diagnostics: &mut Diagnostics<'_>) {
    let schema = threshold_schema(kind);
    prune_table(table, schema, schema, diagnostics);
}

fn threshold_schema(kind: RuleKind) -> &'static Value {
    static SCHEMAS: LazyLock<[Value; 5]> = LazyLock::new(|| {
        [
            schema_of::<RawRadius>(),
            schema_of::<RawTravelTime>(),
            schema_of::<RawPerPopulation>(),
            schema_of::<RawShare>(),
            schema_of::<RawPresencePerUnit>(),
        ]
    });
    let [radius, travel_time, per_population, share, presence] = &*SCHEMAS;
    match kind {
        RuleKind::Radius => radius,
        RuleKind::TravelTime => travel_time,
        RuleKind::PerPopulation => per_population,
        RuleKind::Share => share,
        RuleKind::PresencePerUnit => presence,
    }
}

fn schema_of<T: JsonSchema>() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<T>().to_value()
}

fn prune_table(table: &mut DeTable<'_>, schema: &Value, root: &Value, diagnostics: &mut Diagnostics<'_>) {
    let none = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object);
    let others = schema.get("additionalProperties").filter(|others| others.is_object());
    if properties.is_none() && others.is_none() {
        return;
    }
    let properties = properties.unwrap_or(&none);
    for (key, mut value) in std::mem::replace(table, DeTable::new()) {
        let name: &str = key.get_ref();
        if let Some(inner) = properties.get(name).or(others) {
            prune_value(&mut value, inner, root, diagnostics);
            table.insert(key, value);
        } else {
            let known: Vec<&str> = properties.keys().map(String::as_str).collect();
            diagnostics.error(key.span(), format!("unknown key `{name}`"), Some(nearest::help(name, &known)));
        }
    }
}

fn prune_value(value: &mut Spanned<DeValue<'_>>, schema: &Value, root: &Value, diagnostics: &mut Diagnostics<'_>) {
    let Some(schema) = resolve(schema, root) else {
        return;
    };
    match value.get_mut() {
        DeValue::Table(table) => prune_table(table, schema, root, diagnostics),
        DeValue::Array(array) => {
            if let Some(items) = schema.get("items") {
                array.iter_mut().for_each(|item| prune_value(item, items, root, diagnostics));
            }
        }
        _ => {}
    }
}

/// Follows references and optional values; a true choice between shapes is not followed.
fn resolve<'a>(schema: &'a Value, root: &'a Value) -> Option<&'a Value> {
    let alternatives = ["allOf", "anyOf"].into_iter().find_map(|word| schema.get(word)).and_then(Value::as_array);
    if let Some(pointer) = schema.get("$ref").and_then(Value::as_str) {
        return resolve(root.pointer(pointer.trim_start_matches('#'))?, root);
    }
    match alternatives {
        Some(alternatives) if schema.get("properties").is_none() => {
            let mut shapes =
                alternatives.iter().filter(|shape| shape.get("type").and_then(Value::as_str) != Some("null"));
            match (shapes.next(), shapes.next()) {
                (Some(only), None) => resolve(only, root),
                _ => None,
            }
        }
        _ => Some(schema),
    }
}

/// Stands for the threshold of any kind in the schema.
pub(super) struct AnyThreshold;

impl JsonSchema for AnyThreshold {
    fn schema_name() -> Cow<'static, str> {
        "Threshold".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            generator.subschema_for::<RawRadius>(),
            generator.subschema_for::<RawTravelTime>(),
            generator.subschema_for::<RawPerPopulation>(),
            generator.subschema_for::<RawShare>(),
            generator.subschema_for::<RawPresencePerUnit>(),
        ] })
    }
}

/// Stands for some of the threshold parameters of any kind in the schema.
pub(super) struct AnyParameters;

impl JsonSchema for AnyParameters {
    fn schema_name() -> Cow<'static, str> {
        "Parameters".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut names: Vec<&str> = RuleKind::ALL.iter().flat_map(|kind| parameters(*kind)).collect();
        names.sort_unstable();
        names.dedup();
        json_schema!({ "type": "object", "minProperties": 1, "propertyNames": { "enum": names } })
    }
}

/// Ties the shape of `threshold` to `kind`.
pub(super) fn threshold_by_kind(schema: &mut Schema) {
    let cases: Vec<Value> = RuleKind::ALL
        .iter()
        .map(|kind| {
            let shape = match kind {
                RuleKind::Radius => RawRadius::schema_name(),
                RuleKind::TravelTime => RawTravelTime::schema_name(),
                RuleKind::PerPopulation => RawPerPopulation::schema_name(),
                RuleKind::Share => RawShare::schema_name(),
                RuleKind::PresencePerUnit => RawPresencePerUnit::schema_name(),
            };
            json!({
                "if": { "properties": { "kind": { "const": kind.word() } } },
                "then": { "properties": { "threshold": { "$ref": format!("#/definitions/{shape}") } } }
            })
        })
        .collect();
    schema.insert("allOf".to_owned(), Value::Array(cases));
}

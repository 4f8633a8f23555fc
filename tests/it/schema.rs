//! `data/schema/audit.schema.json` says what audit.json is; it is derived from the types, kept in the repository, and true.
//! After a change of the report: `LIFERING_UPDATE=1 cargo test --test it schema`.

use std::path::{Path, PathBuf};

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::support;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join("schema").join("audit.schema.json")
}

/// Derived from the types that audit.json is written from.
fn derived() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    generator.into_root_schema_for::<lifering::outputs::report::Report>().to_value()
}

#[test]
fn the_schema_in_the_repository_is_the_one_the_types_give() {
    let text = serde_json::to_string_pretty(&derived()).expect("a schema is JSON") + "\n";
    if support::update() {
        support::write(&path(), &text);
    }
    assert!(
        support::text(&path()) == text,
        "data/schema/audit.schema.json is not what the types give; if the change is meant (nothing renamed, nothing \
         removed), run `make update` and say so in CHANGELOG.md"
    );
}

#[test]
fn audits_are_what_the_schema_says() {
    let schema = support::json(&path());
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Between them: every kind of rule, zones of every reason, units, readings, issues, a layer that is missing.
    for town in ["units", "island", "walk", "missing_attribute", "xiamen_gap", "polygons"] {
        let out = folder.path().join(town);
        let run = support::audit(&support::fixtures().join(town), &out);
        assert!(out.join("audit.json").is_file(), "{town}: {}", run.story());
        let audit = support::json(&out.join("audit.json"));
        let faults: Vec<String> =
            validator.iter_errors(&audit).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{town}:\n  {}", faults.join("\n  "));
    }
}

#[test]
fn the_schema_refuses_what_is_not_an_audit() {
    let validator = jsonschema::validator_for(&support::json(&path())).expect("the schema is a schema");
    assert!(!validator.is_valid(&serde_json::json!({})));
    assert!(!validator.is_valid(&serde_json::json!({"schema": "lifering-audit/1", "rules": "none"})));
}

//! `data/schema/` says what scenario.toml, audit.json, proposal.json, batch.json and diff.json are (that batch.json is, batch.rs checks);
//! the schemas are derived from the types, kept in the repository, and true.
//! After a change of the report: `LIFERING_UPDATE=1 cargo test --test it schema`.

use std::path::{Path, PathBuf};

use lifering_report::batch::shape::BatchReport;
use lifering_report::diff::report::{BatchDiffReport, DiffReport};
use lifering_report::proposal::ProposalReport;
use lifering_report::report::Report;
use lifering_report::trials::failures::FailuresReport;
use lifering_report::trials::sensitivity::SensitivityReport;
use lifering_report::trials::sites::WhatIfReport;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::strip::Strip;
use crate::support;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join("schema").join(format!("{name}.schema.json"))
}

/// Derived from the types that the file is written from.
fn derived<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().to_value()
}

fn kept(name: &str, derived: &Value) {
    let text = serde_json::to_string_pretty(derived).expect("a schema is JSON") + "\n";
    if support::update() {
        support::write(&path(name), &text);
    }
    assert!(
        support::text(&path(name)) == text,
        "data/schema/{name}.schema.json is not what the types give; if the change is meant (nothing renamed, nothing \
         removed), run `make update` and say so in CHANGELOG.md"
    );
}

#[test]
fn the_schema_in_the_repository_is_the_one_the_types_give() {
    kept("standard", &lifering_standards::catalogue::schema());
    kept("scenario", &lifering_readers::scenario::schema());
    kept("audit", &derived::<Report>());
    kept("proposal", &derived::<ProposalReport>());
    kept("batch", &derived::<BatchReport>());
    kept("diff", &derived::<DiffReport<'static>>());
    kept("batch-diff", &derived::<BatchDiffReport<'static>>());
    kept("failures", &derived::<FailuresReport>());
    kept("sensitivity", &derived::<SensitivityReport>());
    kept("what-if", &derived::<WhatIfReport>());
}

#[test]
fn proposals_are_what_the_schema_says() {
    let validator = jsonschema::validator_for(&support::json(&path("proposal"))).expect("the schema is a schema");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let costs = folder.path().join("costs.csv");
    support::write(&costs, "demand,candidate,seconds\nd1,a,60\nd2,b,60\nd3,b,90\n");
    let matrix = ["--matrix".to_owned(), costs.display().to_string()];
    let demo = ["--demo".to_owned(), "--spacing=3000".to_owned()];
    for (out, source) in [("of-matrix", matrix), ("of-demo", demo)] {
        let out = folder.path().join(out);
        let more = ["--goal", "cover", "--sites", "2", "--minutes", "10", "--out"].map(str::to_owned);
        let words = ["propose".to_owned()].into_iter().chain(source).chain(more).chain([out.display().to_string()]);
        let run = support::lifering(words);
        assert_eq!(run.code, Some(0), "{}", run.story());
        let proposal = support::json(&out.join("proposal.json"));
        let faults: Vec<String> =
            validator.iter_errors(&proposal).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n  "));
    }
    assert!(!validator.is_valid(&serde_json::json!({"schema": "lifering-proposal/1"})));
}

#[test]
fn comparisons_are_what_the_schema_says() {
    let validator = jsonschema::validator_for(&support::json(&path("diff"))).expect("the schema is a schema");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let towns = [
        Strip::town(),
        Strip { stations: vec![("E", 12_000.0, None)], more: "\n[population]\nscale_to = 24\n", ..Strip::town() },
    ];
    let outs = ["old", "new"].map(|name| folder.path().join(name));
    for (town, out) in towns.iter().zip(&outs) {
        support::audit(&town.write(&out.with_extension("region")), out);
    }
    let run = support::lifering(["diff".into(), "--json".into(), outs[0].clone(), outs[1].clone()]);
    let diff: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", run.story()));
    let faults: Vec<String> = validator.iter_errors(&diff).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n  "));
    assert!(!validator.is_valid(&serde_json::json!({"schema": "lifering-diff/1"})));
}

#[test]
fn trials_are_what_their_schemas_say() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let town = Strip { stations: vec![("W", 0.0, Some(1)), ("E", 12_000.0, Some(1))], ..Strip::town() };
    let region = town.write(&folder.path().join("region")).display().to_string();
    let sites = folder.path().join("sites.csv");
    support::write(&sites, "id,lon,lat\nX,0.05,0\n");
    let sites = sites.display().to_string();
    let all: [(&str, Vec<&str>); 3] = [
        ("failures", vec!["--rule", "TIME"]),
        ("sensitivity", vec![]),
        ("what-if", vec!["--rule", "TIME", "--sites", &sites]),
    ];
    for (command, more) in all {
        let validator = jsonschema::validator_for(&support::json(&path(command))).expect("the schema is a schema");
        let run = support::lifering([vec![command, &region, "--json"], more].concat());
        let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", run.story()));
        let faults: Vec<String> =
            validator.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{command}: {}", faults.join("\n  "));
        assert!(!validator.is_valid(&serde_json::json!({"schema": "lifering/1"})));
    }
}

#[test]
fn audits_are_what_the_schema_says() {
    let schema = support::json(&path("audit"));
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
fn audits_and_batches_are_read_back_to_the_same_bytes() {
    fn again<T: serde::Serialize + serde::de::DeserializeOwned>(file: &Path) {
        let text = support::text(file);
        let read: T = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let written = serde_json::to_string_pretty(&read).expect("JSON") + "\n";
        assert!(written == text, "{} is another file once read and written", file.display());
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let towns = support::regions_in(&support::fixtures());
    let out = folder.path().join("out");
    let words = ["batch".into()].into_iter().chain(towns.iter().map(|town| town.as_os_str().to_owned()));
    let run = support::lifering(words.chain(["--out".into(), out.as_os_str().to_owned()]));
    again::<BatchReport>(&out.join("batch.json"));
    let audited: Vec<PathBuf> = towns
        .iter()
        .map(|town| out.join(support::name(town)).join("audit.json"))
        .filter(|file| file.is_file())
        .collect();
    assert!(audited.len() > 30, "{} audits: {}", audited.len(), run.story());
    for file in audited {
        again::<Report>(&file);
    }
}

#[test]
fn an_audit_of_an_early_version_is_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    support::audit(&support::fixtures().join("units"), &out);
    let mut audit = support::json(&out.join("audit.json"));
    let without = |value: &mut Value, keys: &[&str]| {
        let table = value.as_object_mut().expect("an object");
        for key in keys {
            table.remove(*key);
        }
    };
    without(&mut audit, &["quality", "baselines"]);
    without(&mut audit["standard"], &["sha256"]);
    for input in audit["inputs"].as_array_mut().expect("inputs") {
        without(input, &["changed", "format", "left_out"]);
    }
    for rule in audit["rules"].as_array_mut().expect("rules") {
        without(rule, &["sentence", "sentence_zh", "needs"]);
    }
    // What a later version may add is ignored.
    audit["parameters"]["drive"]["of_a_later_version"] = true.into();
    audit["of_a_later_version"] = true.into();
    support::write(&out.join("audit.json"), &audit.to_string());
    let report: Report = serde_json::from_value(audit).expect("an audit");
    assert!(report.standard.sha256.is_empty() && report.baselines.is_empty());
    let run = support::lifering(["diff".into(), out.clone(), out]);
    assert_eq!(run.code, Some(0), "{}", run.story());
}

#[test]
fn the_schema_refuses_what_is_not_an_audit() {
    let validator = jsonschema::validator_for(&support::json(&path("audit"))).expect("the schema is a schema");
    assert!(!validator.is_valid(&serde_json::json!({})));
    assert!(!validator.is_valid(&serde_json::json!({"schema": "lifering-audit/1", "rules": "none"})));
}

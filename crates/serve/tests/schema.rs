//! The schemas in `schema/` are those of the types.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use lifering_serve::schemas::schemas;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Set to write the files instead of comparing them.
const WRITE: &str = "LIFERING_WRITE_SCHEMAS";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema")
}

#[test]
fn the_written_schemas_are_those_of_the_types() {
    let write = std::env::var_os(WRITE).is_some();
    for (name, schema) in schemas() {
        let path = folder().join(format!("{name}.json"));
        let made = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
        if write {
            std::fs::write(&path, &made).expect("the schema is written");
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == made, "schema/{name}.json is not that of its type: run this test once with {WRITE}=1");
    }
}

#[test]
fn no_schema_is_left_of_a_type_that_is_gone() {
    let files = std::fs::read_dir(folder()).expect("the folder of schemas");
    let written: BTreeSet<String> =
        files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    let made: BTreeSet<String> = schemas().keys().map(|name| format!("{name}.json")).collect();
    assert_eq!(written, made);
}

//! The demo: invented, and said to be so everywhere; a believable mixture; the same bytes always; and its generator is kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support;

/// The generator itself, as a module of this test.
#[path = "../../examples/make_jinjiang_demo/main.rs"]
#[expect(dead_code, reason = "its `main` is only called when it is run as an example")]
mod generator;

/// What must stand in every file about the demo.
const MARKS: [&str; 2] = ["示意数据", "illustrative"];

fn audit_demo(out: &Path, threads: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut command = support::command();
    command.env("RAYON_NUM_THREADS", threads).args(["audit", "--demo", "--out"]).arg(out);
    let run = support::run(&mut command);
    assert_eq!(run.code, Some(1), "the demo has gaps: {}", run.story());
    assert!(
        MARKS.iter().any(|mark| run.stdout.to_lowercase().contains(mark)),
        "not said to be illustrative: {}",
        run.story()
    );
    support::tree(out)
}

fn region() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join("regions").join("jinjiang-demo")
}

fn unmarked(files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<String> {
    let mut found = Vec::new();
    for (path, bytes) in files {
        let text = String::from_utf8_lossy(bytes);
        if MARKS.iter().any(|mark| !text.contains(mark)) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn the_demo_is_illustrative_believable_and_the_same_every_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = audit_demo(&folder.path().join("first"), "1");
    let again = audit_demo(&folder.path().join("again"), "2");
    assert!(first.keys().eq(again.keys()), "other files with other threads");
    for (path, bytes) in &first {
        assert!(again[path] == *bytes, "{} differs from run to run", path.display());
    }
    let results: BTreeMap<PathBuf, Vec<u8>> = first
        .into_iter()
        .filter(|(path, _)| path.extension().is_some_and(|e| ["json", "geojson", "html"].iter().any(|text| e == *text)))
        .collect();
    assert!(results.len() >= 5, "files are missing: {:?}", results.keys());
    assert_eq!(unmarked(&results), Vec::<String>::new(), "not marked as illustrative");
    let audit = support::json(&folder.path().join("first").join("audit.json"));
    assert_eq!(audit["region"]["illustrative"], true);
    assert_eq!(audit["population"]["total"], 2_061_600.0, "the plan's own figure");
    let verdicts: Vec<&str> =
        audit["rules"].as_array().into_iter().flatten().filter_map(|rule| rule["verdict"].as_str()).collect();
    for wanted in ["met", "gap", "cannot_judge"] {
        let count = verdicts.iter().filter(|v| **v == wanted).count();
        assert!(count >= 3, "{count} rules are {wanted}: not a believable mixture");
    }
    for reason in ["too_far", "no_road", "cut_off"] {
        let zones = support::json(&folder.path().join("first").join("uncovered.geojson"));
        let mut reasons = support::zones_of(&zones, "JJ-EMS-02").map(|zone| &zone["properties"]["reason"]);
        assert!(reasons.any(|r| r == reason), "no zone of JJ-EMS-02 is {reason}");
    }
}

#[test]
fn the_region_is_marked_and_is_what_its_generator_makes() {
    let kept = support::tree(&region());
    assert_eq!(unmarked(&kept), Vec::<String>::new(), "not marked as illustrative");
    let folder = tempfile::tempdir().expect("a temporary folder");
    generator::make(folder.path()).expect("the generator writes");
    let made = support::tree(folder.path());
    assert!(kept.keys().eq(made.keys()), "kept {:?}, made {:?}", kept.keys(), made.keys());
    for (path, bytes) in &kept {
        assert!(made[path] == *bytes, "{} is not what the generator makes; run `make demo-data`", path.display());
    }
}

//! The page of the workbench is committed as it was built, so that nobody needs Node to install lifering. What it was
//! built from is recorded beside it: a source that changed since then, or a file more or less, is found here. To build
//! it anew: `npm ci && npm run build` in web/, or `make test-web`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::support;

fn web() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("web")
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes text");
        text
    })
}

#[test]
fn the_built_page_is_that_of_its_sources() {
    let recorded: BTreeMap<String, String> =
        serde_json::from_str(&support::text(&web().join("dist/sources.json"))).expect("hashes by file");
    for (file, expected) in &recorded {
        let found = hash(support::text(&web().join(file)).as_bytes());
        assert_eq!(&found, expected, "web/{file} changed after the page was built: npm run build in web/");
    }
    let listed: BTreeSet<PathBuf> =
        recorded.keys().filter_map(|file| Path::new(file).strip_prefix("src").ok()).map(Path::to_path_buf).collect();
    let there: BTreeSet<PathBuf> = support::tree(&web().join("src")).into_keys().collect();
    assert_eq!(listed, there, "web/src has other files than the page was built from: npm run build in web/");
}

#[test]
fn the_built_page_asks_nobody_else_for_anything_and_holds_nothing_inline() {
    let page = support::text(&web().join("dist/index.html"));
    assert!(page.contains("workbench.js"), "{page}");
    for forbidden in ["http:", "https:", "<style", "style=", "onload=", "onclick="] {
        assert!(!page.contains(forbidden), "index.html holds {forbidden}, which the content security policy forbids");
    }
    let licences = support::text(&web().join("dist/LICENSES.txt"));
    for package in ["ol ", "solid-js "] {
        assert!(licences.lines().any(|line| line.starts_with(package)), "no licence of {package}");
    }
}

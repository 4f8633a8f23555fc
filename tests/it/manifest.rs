//! `data/MANIFEST.toml` lists every file that ships, where it comes from, its licence, its date and its hash.
//! After a change under data/: `make update`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::support;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    file: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    source: String,
    licence: String,
    date: String,
    sha256: String,
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes text");
        text
    })
}

#[test]
fn every_file_under_data_is_listed_with_its_hash() {
    let path = data().join("MANIFEST.toml");
    let mut text = support::text(&path);
    let files = support::tree(&data());
    let mut manifest: Manifest = toml::from_str(&text).expect("the manifest is TOML");
    if support::update() {
        for entry in &manifest.file {
            if let Some(bytes) = files.get(Path::new(&entry.path)) {
                text = text.replace(&entry.sha256, &hash(bytes));
            }
        }
        support::write(&path, &text);
        manifest = toml::from_str(&text).expect("the manifest is TOML");
    }
    let listed: BTreeSet<&Path> = manifest.file.iter().map(|entry| Path::new(&entry.path)).collect();
    assert_eq!(listed.len(), manifest.file.len(), "a file is listed twice");
    let there: BTreeSet<&Path> =
        files.keys().map(PathBuf::as_path).filter(|p| *p != Path::new("MANIFEST.toml")).collect();
    assert_eq!(listed, there, "data/MANIFEST.toml lists other files than there are");
    for entry in &manifest.file {
        let Entry { path, source, licence, date, sha256 } = entry;
        assert!(!source.is_empty() && !licence.is_empty(), "{path}: no source or no licence");
        let shape: Vec<usize> = date.split('-').map(str::len).collect();
        assert_eq!(shape, [4, 2, 2], "{path}: {date} is no date");
        let found = hash(&files[Path::new(path)]);
        assert!(
            *sha256 == found,
            "data/{path} has changed: its hash is {found}; run `make update` and look at source and date"
        );
    }
}

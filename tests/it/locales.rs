//! Every text a user sees exists in both languages, with the same places to fill in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support;

/// The languages of the product.
const LANGUAGES: [&str; 2] = ["en", "zh"];

/// Texts by key, then by language.
fn catalogue() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    for (path, bytes) in support::tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/base/locales")) {
        let text = String::from_utf8(bytes).expect("the locales are UTF-8");
        let table: toml::Table = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for (key, value) in &table {
            if let toml::Value::Table(inner) = value {
                gather(key, inner, &mut texts);
            }
        }
    }
    texts
}

fn gather(key: &str, table: &toml::Table, texts: &mut BTreeMap<String, BTreeMap<String, String>>) {
    for (name, value) in table {
        match value {
            toml::Value::Table(inner) => gather(&format!("{key}.{name}"), inner, texts),
            toml::Value::String(text) => {
                texts.entry(key.to_owned()).or_default().insert(name.clone(), text.clone());
            }
            other => panic!("{key}.{name} is {other}, not a text"),
        }
    }
}

/// The names in `%{name}`.
fn places(text: &str) -> BTreeSet<&str> {
    text.split("%{").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// All texts in quotes in the sources, and those that stand right behind `t!(`.
fn quoted_in_sources() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut all, mut translated) = (BTreeSet::new(), BTreeSet::new());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, bytes) in support::tree(&root.join("src")).into_iter().chain(support::tree(&root.join("crates"))) {
        if path.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let text = String::from_utf8(bytes).expect("sources are UTF-8");
        let pieces: Vec<&str> = text.split('"').collect();
        for window in pieces.windows(2) {
            let [before, quoted] = window else { continue };
            let before = before.trim_end();
            if before.ends_with("include_str!(") || before.ends_with("include_bytes!(") {
                continue; // The name of a file.
            }
            all.insert((*quoted).to_owned());
            if before.strip_suffix("t!(").is_some_and(|b| !b.ends_with(|c: char| c.is_alphanumeric() || c == '_')) {
                translated.insert((*quoted).to_owned());
            }
        }
    }
    (all, translated)
}

#[test]
fn every_text_has_both_languages_and_the_same_places() {
    let mut faults = Vec::new();
    for (key, texts) in catalogue() {
        for language in LANGUAGES {
            if texts.get(language).is_none_or(|t| t.trim().is_empty()) {
                faults.push(format!("{key} has no {language}"));
            }
        }
        for other in texts.keys().filter(|l| !LANGUAGES.contains(&l.as_str())) {
            faults.push(format!("{key} has {other}, which is no language of ours"));
        }
        let wanted = texts.get("en").map(|t| places(t));
        if texts.values().any(|t| Some(places(t)) != wanted) {
            faults.push(format!("{key} fills in other places in one language than in the other"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// True for what can only be a key: words joined by points, the first of them a table of the catalogue.
fn looks_like_a_key(quoted: &str, tables: &BTreeSet<&str>) -> bool {
    quoted.split_once('.').is_some_and(|(table, rest)| {
        tables.contains(table)
            && rest.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '.')
            && rest.starts_with(|c: char| c.is_ascii_lowercase())
            && rest.ends_with(|c: char| c.is_ascii_lowercase())
            // Names of files.
            && !matches!(rest, "css" | "toml")
    })
}

#[test]
fn every_key_that_is_used_exists() {
    let texts = catalogue();
    let tables: BTreeSet<&str> = texts.keys().filter_map(|key| key.split_once('.')).map(|(table, _)| table).collect();
    let (all, translated) = quoted_in_sources();
    assert!(translated.len() > 20, "no `t!` where this test looks");
    let keys = all.iter().filter(|quoted| looks_like_a_key(quoted, &tables)).chain(&translated);
    // What `known` looks below is a table.
    let exists = |key: &str| {
        let below = format!("{key}.");
        texts.contains_key(key) || texts.keys().any(|other| other.starts_with(&below))
    };
    let missing: BTreeSet<&String> = keys.filter(|key| !exists(key)).collect();
    assert!(missing.is_empty(), "not in crates/base/locales: {missing:?}");
}

/// The variant that a word in snake case names.
fn variant(word: &str) -> String {
    let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
    word.split('_').map(capital).collect()
}

#[test]
fn every_issue_has_a_headline() {
    let texts = catalogue();
    let issues = support::text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/base/src/issue.rs"));
    let body =
        issues.split("pub enum IssueCode {").nth(1).and_then(|b| b.split("\n}").next()).expect("the issue codes");
    let variants: Vec<&str> = body.lines().map(str::trim).filter(|l| !l.starts_with("///") && !l.is_empty()).collect();
    let named: Vec<String> = texts.keys().filter_map(|k| k.strip_prefix("check.issue.")).map(variant).collect();
    let missing: Vec<_> = variants.iter().filter(|v| !named.contains(&v.trim_end_matches(',').to_owned())).collect();
    assert!(variants.len() > 20 && missing.is_empty(), "no headline: {missing:?}");
}

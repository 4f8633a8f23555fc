//! Every text a user sees exists in both languages, with the same places to fill in, and is used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support;

/// Keys of these families end in a word of the data: a reason, the kind of a station, the name of a field.
const FAMILIES: [&str; 9] = ["reason", "force", "issue", "layer", "kind", "level", "field", "maplayer", "verdict"];

/// The languages of the product.
const LANGUAGES: [&str; 2] = ["en", "zh"];

/// Texts by key, then by language.
fn catalogue() -> BTreeMap<String, BTreeMap<String, String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join("locales").join("app.toml");
    let table: toml::Table = toml::from_str(&support::text(&path)).expect("the locales are TOML");
    let mut texts = BTreeMap::new();
    for (key, value) in &table {
        if let toml::Value::Table(inner) = value {
            gather(key, inner, &mut texts);
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
    for (path, bytes) in support::tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        if path.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let text = String::from_utf8(bytes).expect("sources are UTF-8");
        let pieces: Vec<&str> = text.split('"').collect();
        for window in pieces.windows(2) {
            let [before, quoted] = window else { continue };
            all.insert((*quoted).to_owned());
            let before = before.trim_end();
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

#[test]
fn every_key_that_is_used_exists_and_every_key_is_used() {
    let texts = catalogue();
    let (all, translated) = quoted_in_sources();
    assert!(translated.len() > 20, "no `t!` where this test looks");
    let missing: Vec<&String> = translated.iter().filter(|key| !texts.contains_key(*key)).collect();
    assert!(missing.is_empty(), "not in data/locales/app.toml: {missing:?}");
    // `stage.read` is asked for as `stage.{name}`; texts for the words of files as `reason.{word}` and so on; what comes
    // in several measure words as `gap.add` and `_beds`.
    let of_family = |key: &str| FAMILIES.contains(&key.split('.').next().unwrap_or_default());
    let of_measure = |key: &str| key.rfind('_').is_some_and(|at| all.contains(&key[..at]) && all.contains(&key[at..]));
    let used = |key: &str| {
        let stage = key.strip_prefix("stage.").is_some_and(|name| all.contains(name));
        all.contains(key) || stage || of_family(key) || of_measure(key)
    };
    let unused: Vec<&String> = texts.keys().filter(|key| !used(key)).collect();
    assert!(unused.is_empty(), "in data/locales/app.toml, but nowhere in the sources: {unused:?}");
}

//! The texts of `locales/`, by key and language.
//!
//! In: a key, a language, values by name. Out: the text with its places filled in. The files are TOML: a table for each key,
//! with `en` and `zh`.

use std::collections::HashMap;
use std::sync::LazyLock;
use toml::{Table, Value};

/// The files, compiled in.
const FILES: [&str; 14] = [
    include_str!("../locales/app.toml"),
    include_str!("../locales/batch.toml"),
    include_str!("../locales/check.toml"),
    include_str!("../locales/diff.toml"),
    include_str!("../locales/help.toml"),
    include_str!("../locales/message.toml"),
    include_str!("../locales/qgis.toml"),
    include_str!("../locales/rules.toml"),
    include_str!("../locales/scenario.toml"),
    include_str!("../locales/sentences.toml"),
    include_str!("../locales/serve.toml"),
    include_str!("../locales/shared.toml"),
    include_str!("../locales/terminal.toml"),
    include_str!("../locales/trials.toml"),
];

/// One text in both languages.
#[derive(Debug, Default)]
struct Entry {
    en: String,
    zh: String,
}

static TEXTS: LazyLock<HashMap<String, Entry>> = LazyLock::new(|| {
    let mut texts = HashMap::new();
    for file in FILES {
        // A damaged file of the program itself; the tests read every one.
        let table: Table = file.parse().unwrap_or_else(|error| panic!("a catalogue of texts: {error}"));
        collect("", table, &mut texts);
    }
    texts
});

fn collect(prefix: &str, table: Table, texts: &mut HashMap<String, Entry>) {
    for (name, value) in table {
        match value {
            Value::Table(inner) => {
                let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
                collect(&key, inner, texts);
            }
            Value::String(text) => {
                let entry = texts.entry(prefix.to_owned()).or_default();
                match name.as_str() {
                    "en" => entry.en = text,
                    "zh" => entry.zh = text,
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// The text of a key in a language (`zh`; English for any other); `None` if the catalogue has no such key.
pub fn get(key: &str, locale: &str) -> Option<&'static str> {
    let entry = TEXTS.get(key)?;
    Some(if locale == "zh" { &entry.zh } else { &entry.en })
}

/// The text of a key, its places `%{name}` filled in; the key itself if the catalogue has none. A value is never read as a
/// place.
pub fn fill(key: &str, locale: &str, names: &[&str], values: &[String]) -> String {
    let Some(text) = get(key, locale) else { return key.to_owned() };
    let mut pieces = text.split("%{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let value = piece.split_once('}').and_then(|(name, rest)| {
            let at = names.iter().position(|known| *known == name)?;
            Some((&values[at], rest))
        });
        if let Some((value, rest)) = value {
            filled.push_str(value);
            filled.push_str(rest);
        } else {
            filled.push_str("%{");
            filled.push_str(piece);
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_once() {
        assert_eq!(get("verdict.met", "en"), Some("met"));
        let values = ["%{n}".to_owned()];
        assert_eq!(fill("message.longitude", "en", &["n"], &values), "longitude %{n}");
        assert_eq!(fill("message.longitude", "en", &[], &[]), "longitude %{n}");
        assert_eq!(fill("no.such.key", "en", &[], &[]), "no.such.key");
    }
}

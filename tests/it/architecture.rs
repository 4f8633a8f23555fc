//! The import rule: a stage uses only stages above it in [`STAGES`], crates have owners, and every file is a module.
//! ARCHITECTURE.md says why; change both together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support;

/// The data flow. A stage may use itself and the stages before it, no other.
const STAGES: [&str; 16] = [
    "units",
    "frame",
    "inputs",
    "network",
    "travel",
    "rules",
    "measure",
    "quality",
    "zones",
    "propose",
    "audit",
    "proposal",
    "diff",
    "outputs",
    "batch",
    "interfaces",
];

/// Stages with a rule of their own: `rules` sees times, never roads.
const NEVER: [(&str, &[&str]); 1] = [("rules", &["network", "travel"])];

/// Crates that only some stages may use.
const OWNERS: &[(&str, &[&str])] = &[
    ("anyhow", &["interfaces"]),
    ("bytesize", &["outputs", "interfaces"]),
    ("clap", &["interfaces"]),
    ("comfy_table", &["outputs"]),
    ("geojson", &["inputs", "outputs"]),
    ("glob", &["batch"]),
    ("humantime", &["interfaces"]),
    ("indicatif", &["interfaces"]),
    ("itoa", &["outputs"]),
    ("maud", &["outputs"]),
    ("nix", &["interfaces"]),
    ("parquet", &["outputs"]),
    ("petgraph", &["network", "travel"]),
    ("proj4rs", &["frame", "inputs"]),
    ("rstar", &["inputs", "network", "travel", "measure", "zones", "diff"]),
    ("rusqlite", &["inputs", "outputs"]),
    ("rust_i18n", &["lib", "inputs", "outputs", "interfaces"]),
    ("rust_xlsxwriter", &["outputs"]),
    ("sys_locale", &["interfaces"]),
    ("sysinfo", &["batch"]),
    ("tempfile", &["outputs"]),
    ("zip", &["outputs"]),
    // Other formats are read in one stage.
    ("calamine", &["inputs"]),
    ("crs_definitions", &["inputs"]),
    ("csv", &["inputs", "outputs"]),
    ("dbase", &["inputs"]),
    ("encoding_rs", &["inputs"]),
    ("osmpbf", &["inputs"]),
    ("shapefile", &["inputs"]),
    ("tiff", &["inputs"]),
];

/// The tokens that matter of a Rust file: words, `::`, and single characters. Comments and the text in quotes are left out.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let next = chars.get(i + 1).copied();
        match chars[i] {
            '/' if next == Some('/') => i = skip_until(&chars, i, &['\n']),
            '/' if next == Some('*') => i = skip_block_comment(&chars, i),
            '"' => i = skip_quoted(&chars, i),
            '\'' if next == Some('\\') => i = skip_until(&chars, i + 3, &['\'']),
            '\'' if chars.get(i + 2) == Some(&'\'') => i += 3,
            '\'' => i += 1, // A lifetime: its name is a word like others.
            ':' if next == Some(':') => {
                found.push("::".to_owned());
                i += 2;
            }
            c if word(c) => {
                let end = (i..chars.len()).find(|k| !word(chars[*k])).unwrap_or(chars.len());
                let text: String = chars[i..end].iter().collect();
                i = if matches!(text.as_str(), "r" | "br") && matches!(chars.get(end), Some('"' | '#')) {
                    skip_raw(&chars, end)
                } else {
                    found.push(text);
                    end
                };
            }
            c => {
                if !c.is_whitespace() {
                    found.push(c.to_string());
                }
                i += 1;
            }
        }
    }
    found
}

fn skip_until(chars: &[char], from: usize, ends: &[char]) -> usize {
    (from..chars.len()).find(|k| ends.contains(&chars[*k])).map_or(chars.len(), |k| k + 1)
}

fn skip_block_comment(chars: &[char], from: usize) -> usize {
    let (mut depth, mut i) = (0_usize, from);
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => (depth, i) = (depth + 1, i + 2),
            ('*', '/') if depth == 1 => return i + 2,
            ('*', '/') => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
    }
    chars.len()
}

fn skip_quoted(chars: &[char], from: usize) -> usize {
    let mut i = from + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// From the first `#` or quote of a raw string to behind it. A raw name (`r#type`) is left to be read as a word.
fn skip_raw(chars: &[char], from: usize) -> usize {
    let hashes = chars[from..].iter().take_while(|c| **c == '#').count();
    if chars.get(from + hashes) != Some(&'"') {
        return from + hashes;
    }
    let mut i = from + hashes + 1;
    while i < chars.len() {
        if chars[i] == '"' && chars[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes {
            return i + 1 + hashes;
        }
        i += 1;
    }
    chars.len()
}

/// The module path of a file below `src`: `travel/view.rs` is travel, view.
fn module_of(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> = file.with_extension("").iter().map(|p| p.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// What a file breaks, in words.
fn faults(file: &Path, text: &str) -> Vec<String> {
    let module = module_of(file);
    let stage = module.first().map_or("lib", String::as_str);
    let tokens = tokens(text);
    let at = |i: usize| tokens.get(i).map_or("", String::as_str);
    let mut faults = Vec::new();
    // Depth of braces, and at which depths an inline module stands open.
    let (mut depth, mut inline) = (0_usize, Vec::new());
    for i in 0..tokens.len() {
        match at(i) {
            "{" => {
                depth += 1;
                if i >= 2 && at(i - 2) == "mod" {
                    inline.push(depth);
                }
            }
            "}" => {
                if inline.last() == Some(&depth) {
                    inline.pop();
                }
                depth = depth.saturating_sub(1);
            }
            "crate" if at(i + 1) == "::" && at(i.wrapping_sub(1)) != "$" => match at(i + 2) {
                "{" | "*" => faults.push(format!("`crate::{}` hides what is used; one `use` a stage", at(i + 2))),
                other => faults.extend(may_not_use(stage, other)),
            },
            "crate" if at(i + 1) == "as" => faults.push("`crate as` hides what is used".to_owned()),
            "super" if at(i.wrapping_sub(1)) != "::" => {
                let more =
                    tokens[i + 1..].chunks(2).take_while(|pair| matches!(pair, [a, b] if a == "::" && b == "super"));
                let supers = 1 + more.count();
                if supers >= module.len() + inline.len() {
                    faults.push(format!("`{}` leaves the stage", vec!["super"; supers].join("::")));
                }
            }
            name if at(i + 1) == "::" && at(i.wrapping_sub(1)) != "::" => {
                if let Some((_, owners)) = OWNERS.iter().find(|(owned, _)| *owned == name)
                    && !owners.contains(&stage)
                {
                    faults.push(format!("`{name}` belongs to {}", owners.join(" and ")));
                }
            }
            _ => {}
        }
    }
    faults
}

/// Says so where a stage may not use another.
fn may_not_use(stage: &str, other: &str) -> Option<String> {
    let place = |name: &str| STAGES.iter().position(|s| *s == name);
    let forbidden = NEVER.iter().any(|(s, others)| *s == stage && others.contains(&other));
    match (place(stage), place(other)) {
        (Some(here), Some(there)) if there > here || forbidden => Some(format!("{stage} may not use `crate::{other}`")),
        _ => None,
    }
}

/// The `.rs` files below a folder, by their path there.
fn sources(folder: &Path) -> BTreeMap<PathBuf, String> {
    let rust = |path: &Path| path.extension().is_some_and(|e| e == "rs");
    let files = support::tree(folder).into_iter().filter(|(path, _)| rust(path));
    files.map(|(path, bytes)| (path, String::from_utf8(bytes).expect("sources are UTF-8"))).collect()
}

#[test]
fn a_stage_uses_only_stages_above_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources = sources(&folder);
    assert!(sources.len() > 30, "the sources are not where this test looks");
    let found: Vec<String> = sources
        .iter()
        .flat_map(|(file, text)| faults(file, text).into_iter().map(move |f| format!("src/{}: {f}", file.display())))
        .collect();
    assert!(found.is_empty(), "{} faults:\n  {}", found.len(), found.join("\n  "));
}

#[test]
fn every_stage_is_in_the_list() {
    let lib = support::text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join("lib.rs"));
    let tokens = tokens(&lib);
    let named: Vec<&str> = tokens.windows(3).filter(|w| w[0] == "mod" && w[2] == ";").map(|w| w[1].as_str()).collect();
    let wanted: Vec<&str> = STAGES.into_iter().filter(|s| named.contains(s)).collect();
    assert_eq!(
        named, wanted,
        "the modules of src/lib.rs stand in the order of the data flow, and each has a place in it"
    );
}

#[test]
fn every_file_is_named_by_a_mod() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources = sources(&folder);
    let mut named: BTreeSet<Vec<String>> = BTreeSet::from([vec!["lib".to_owned()], vec!["main".to_owned()]]);
    for (file, text) in &sources {
        let module = if file == Path::new("lib.rs") { Vec::new() } else { module_of(file) };
        for window in tokens(text).windows(3).filter(|w| w[0] == "mod" && w[2] == ";") {
            named.insert(module.iter().chain([&window[1]]).cloned().collect());
        }
    }
    let lost: Vec<String> = sources
        .keys()
        .filter(|file| !named.contains(&module_of(file)))
        .map(|file| file.display().to_string())
        .collect();
    assert!(lost.is_empty(), "no `mod` names src/{}", lost.join(", src/"));
}

#[test]
fn every_test_file_is_named_by_a_mod() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("it"));
    let main = tokens(&sources[Path::new("main.rs")]);
    let named: Vec<&str> = main.windows(3).filter(|w| w[0] == "mod" && w[2] == ";").map(|w| w[1].as_str()).collect();
    let lost: Vec<String> = sources
        .keys()
        .map(|file| module_of(file)[0].clone())
        .filter(|module| module != "main" && !named.contains(&module.as_str()))
        .collect();
    assert!(lost.is_empty(), "tests that never run: {}", lost.join(", "));
}

#[test]
fn the_check_finds_what_it_is_for() {
    let broken = [
        ("travel/view.rs", "use crate::rules::judge;"),
        ("travel/view.rs", "fn f() { crate::outputs::json() }"),
        ("rules/mod.rs", "use crate::travel::View;"),
        ("network/index.rs", "use crate::{frame::Frame, zones::Zone};"),
        ("network/index.rs", "use super::super::zones::Zone;"),
        ("network/mod.rs", "use super::zones::Zone;"),
        ("audit.rs", "mod tests { use super::super::interfaces::cli; }"),
        ("audit.rs", "use crate::outputs::report::Report;"),
        ("units.rs", "use crate as all;"),
        ("rules/counts.rs", "let a = 'x'; let b: &'static str = r#\"quoted \" here\"#; use rstar::RTree;"),
        ("zones/mod.rs", "use geojson::Feature;"),
    ];
    for (file, text) in broken {
        assert_eq!(faults(Path::new(file), text).len(), 1, "{file}: {text}");
    }
    let sound = [
        ("travel/view.rs", "use crate::network::Network; use super::field::TravelField;"),
        ("rules/catalogue/read/tests.rs", "use super::super::words; mod inner { use super::super::super::words; }"),
        ("units.rs", "// use crate::zones::Zone;\n/* crate::zones */ const A: &str = \"crate::zones::Zone\";"),
        ("audit.rs", "#[cfg(test)] mod tests { use super::audit; }"),
        ("outputs/report.rs", "use crate::audit::Audit; use geojson::Feature;"),
    ];
    for (file, text) in sound {
        assert_eq!(faults(Path::new(file), text), Vec::<String>::new(), "{file}: {text}");
    }
}

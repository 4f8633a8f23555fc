//! Drop a folder into `fixtures/malformed/`, get a test: its files are laid over the sound region in `base/`, and reading
//! must end as `expected.toml` says. Three outcomes only: accept, warn, refuse.

use std::path::Path;

use serde::Deserialize;

use crate::support;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    outcome: Outcome,
    /// Words of the report, or of the refusal.
    #[serde(default)]
    says: Vec<String>,
    /// People inside the boundary, where the region is read.
    people: Option<f64>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Accept,
    Warn,
    Refuse,
}

/// Whether a line says something in English: two words of small letters in a row outside of
/// quotation marks. Names of fields, files and reference systems are the same in every language.
fn english(line: &str) -> bool {
    let unquoted: String = line.split(['"', '`', '“', '”']).step_by(2).collect::<Vec<_>>().join("|");
    let word = |w: &str| w.len() > 1 && w.bytes().all(|b| b.is_ascii_lowercase());
    let words: Vec<&str> = unquoted.split(' ').collect();
    words.windows(2).any(|pair| pair.iter().all(|w| word(w)))
}

/// What is wrong with the way one folder was read.
fn faults(folder: &Path, base: &Path, scratch: &Path) -> Vec<String> {
    let name = support::name(folder);
    let region = scratch.join(&name);
    std::fs::create_dir_all(&region).expect("a scratch folder");
    for from in [base, folder] {
        for file in support::tree(from).keys().filter(|f| !f.ends_with("expected.toml")) {
            std::fs::copy(from.join(file), region.join(file)).expect("a copy");
        }
    }
    let expected: Expected = toml::from_str(&support::text(&folder.join("expected.toml"))).expect("expected.toml");
    let run = support::lifering([Path::new("check"), &region]);
    let json = support::lifering([Path::new("check"), &region, Path::new("--json")]);
    let strict = support::lifering([Path::new("check"), &region, Path::new("--strict")]);
    let mut faults = Vec::new();
    let chinese = support::lifering([Path::new("check"), &region, Path::new("--lang"), Path::new("zh")]);
    let in_chinese = format!("{}{}", chinese.stdout, chinese.stderr);
    let half_english = in_chinese.lines().any(english);
    if chinese.code != run.code || half_english || ["%{", "message."].iter().any(|w| in_chinese.contains(w)) {
        faults.push(format!("{name}: in Chinese: {}", chinese.story()));
    }
    let outcome = match (run.code, strict.code) {
        (Some(0), Some(0)) => Outcome::Accept,
        (Some(0), Some(2)) => Outcome::Warn,
        (Some(2), Some(2)) => Outcome::Refuse,
        _ => return vec![format!("{name}: {}", run.story())],
    };
    if outcome != expected.outcome {
        faults.push(format!(
            "{name}: {outcome:?}, but {:?} is expected\n{}\n{}",
            expected.outcome,
            run.story(),
            strict.stderr
        ));
    }
    let said = if outcome == Outcome::Refuse { &run.stderr } else { &run.stdout };
    for words in expected.says.iter().filter(|words| !said.contains(words.as_str())) {
        faults.push(format!("{name}: does not say \"{words}\"\n{said}"));
    }
    if said.contains("NaN m") || run.stderr.contains("panicked") {
        faults.push(format!("{name}: {}", run.story()));
    }
    if outcome != Outcome::Refuse {
        let json: serde_json::Value = serde_json::from_str(&json.stdout).expect("check --json prints JSON");
        let inside = json["people"]["inside"].as_f64();
        if inside.zip(expected.people).is_none_or(|(is, wanted)| (is - wanted).abs() > 1e-3) {
            faults.push(format!("{name}: {inside:?} people inside, but {:?} are expected", expected.people));
        }
    } else if !run.stdout.is_empty() {
        faults.push(format!("{name}: refused, but printed {}", run.stdout));
    }
    faults
}

#[test]
fn every_defect_ends_as_expected() {
    let folder = support::fixtures().join("malformed");
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let base = folder.join("base");
    let sound = support::lifering([Path::new("check"), &base, Path::new("--strict")]);
    assert_eq!(sound.code, Some(0), "the sound region is not: {}", sound.story());
    let cases: Vec<_> = support::regions_in(&folder).into_iter().filter(|c| *c != base).collect();
    assert!(cases.len() > 60, "only {} defects", cases.len());
    let faults: Vec<String> = cases.iter().flat_map(|c| faults(c, &base, scratch.path())).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n\n"));
}

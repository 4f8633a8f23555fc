//! The plans beside the catalogue, where their texts are at hand: every quotation stands in them word for word, and every
//! sentence with a quantity has a rule, a baseline or a stated reason. And the same for a plan of one's own.
//! After a change of a profile: `make update` where the plans are.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use lifering_standards::catalogue::Standard;
use lifering_standards::sentences::{Account, Document, SentenceTable, claims_to_toml};

use crate::support;

/// Profiles, and the beginning of the file that holds their document.
const PLANS: [(&str, &str); 2] = [("jinjiang-14fyp", "000_"), ("xiamen-14fyp", "002_")];

/// The text of a profile's document; `None`, and a line on stderr, if it is not at hand.
fn plan(id: &str, prefix: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/plans");
    let plan = std::fs::read_dir(&folder).ok().and_then(|entries| {
        let mut files = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        files.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)))
    });
    if plan.is_none() {
        // Straight to stderr: what tests print is hidden when they pass.
        let line = format!("skipped: the plan of {id} is not in ../shared/data/plans\n");
        std::io::stderr().write_all(line.as_bytes()).expect("stderr takes a line");
    }
    plan
}

#[test]
fn every_quotation_and_every_quantity_of_the_plans_is_accounted_for() {
    for (id, prefix) in PLANS {
        let Some(plan) = plan(id, prefix) else { continue };
        let run = support::lifering(["standards", "coverage", id, "--plan", &plan.to_string_lossy(), "--lang", "en"]);
        let faults = run.stdout.rsplit("\n\n").next().unwrap_or_default();
        assert_eq!(run.code, Some(0), "{id}:\n{faults}");
    }
}

#[test]
fn the_claims_that_ship_are_those_of_the_plans() {
    for (id, prefix) in PLANS {
        let Some(plan) = plan(id, prefix) else { continue };
        let standard = Standard::embedded(id).expect(id);
        let account = Account::embedded(id).expect(id).expect(id);
        let document = Document::read(&support::text(&plan));
        let table = SentenceTable::from_document(&standard, &document, &account.exceptions);
        let written = claims_to_toml(&table.claims());
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/standards/sentences/{id}.claims.toml"));
        if support::update() {
            support::write(&path, &written);
        }
        assert!(support::text(&path) == written, "{id}: run `make update`");
    }
}

#[test]
fn no_words_of_the_plans_ship_with_the_account_of_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/standards/sentences");
    for (path, bytes) in support::tree(&folder) {
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert!(text.is_ascii(), "{} holds more than numbers, hashes and codes", path.display());
    }
}

#[test]
fn coverage_shows_every_rule_and_every_reason_in_both_languages_and_as_json() {
    for (id, _) in PLANS {
        let standard = Standard::embedded(id).expect(id);
        for lang in ["zh", "en"] {
            let run = support::lifering(["standards", "coverage", id, "--lang", lang]);
            assert_eq!(run.code, Some(0), "{}", run.story());
            for rule in standard.own_rules().filter(|rule| rule.cite.words.quote().is_some()) {
                assert!(run.stdout.contains(rule.id.as_str()), "{id} {lang} lacks {}", rule.id);
            }
            for word in ["sentences.", "whynorule.", "%{", "OPEN", "既无条款"] {
                assert!(!run.stdout.contains(word), "{id} {lang} shows {word}");
            }
        }
        let run = support::lifering(["standards", "coverage", id, "--json"]);
        let found: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        let rows = found["sentences"].as_array().expect("sentences");
        assert_eq!(found["counts"]["all"].as_u64(), u64::try_from(rows.len()).ok());
        assert_eq!(found["counts"]["open"], 0);
        for row in rows {
            let claimed = row["rules"].as_array().is_some_and(|ids| !ids.is_empty())
                || row["baselines"].as_array().is_some_and(|ids| !ids.is_empty());
            assert_ne!(claimed, row["why_zh"].is_string(), "{id}: {row}");
            assert_eq!(row["why"].is_string(), row["reason"].is_string(), "{id}: {row}");
        }
        let shown = support::lifering(["standards", "show", id, "--lang", "zh"]).stdout;
        assert!(shown.contains("说的是投资、价格或医保") || id == "xiamen-14fyp", "{shown}");
        assert!(shown.contains("单个建设项目的规模，可作情景推演，不作判定："), "{shown}");
    }
    let unread = support::lifering(["standards", "coverage", "nfpa-1710", "--lang", "zh"]);
    assert_eq!(unread.code, Some(2), "{}", unread.story());
    assert!(unread.stderr.contains("nfpa-1710的文件未通读") && unread.stderr.contains("--plan"), "{}", unread.story());
}

#[test]
fn a_standard_that_is_begun_passes_the_lint_and_judges_the_demo_and_finds_its_sentences() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (lang, name) in [("zh", "本市.toml"), ("en", "my-city.toml")] {
        let file = folder.path().join(name);
        let path = file.to_string_lossy().into_owned();
        let begun = support::lifering(["standards", "new", &path, "--lang", lang]);
        assert_eq!(begun.code, Some(0), "{}", begun.story());
        let lint = support::lifering(["standards", "lint", &path, "--lang", "en"]);
        assert!(lint.code == Some(0) && lint.stdout.contains("nothing to complain about"), "{}", lint.story());
        let again = support::lifering(["standards", "new", &path, "--lang", lang]);
        assert_eq!(again.code, Some(2), "a file that is there is not overwritten: {}", again.story());
        let kinds = ["radius", "travel_time", "per_population", "share", "presence_per_unit"];
        let text = support::text(&file);
        assert!(kinds.iter().all(|kind| text.matches(&format!("\nkind = \"{kind}\"")).count() == 1), "{name}");
        let out = folder.path().join("out");
        let out = out.to_string_lossy();
        let audit = support::lifering([
            "audit",
            "--demo",
            "--quiet",
            "--zone-error",
            "0.5",
            "--standard",
            &path,
            "--out",
            &out,
        ]);
        assert!(matches!(audit.code, Some(0 | 1 | 3)), "{}", audit.story());
        // A plan that says what the example quotes, and one thing more.
        let plan = folder.path().join("plan.txt");
        let quoted = text.lines().filter_map(|line| line.split("quote = \"").nth(1)?.split('"').next());
        let sentences = quoted.collect::<Vec<_>>().join("。\n") + "。\n";
        assert_eq!(sentences.lines().count(), 6);
        support::write(&plan, &sentences);
        let plan_path = plan.to_string_lossy().into_owned();
        let coverage = |more: &[&str]| {
            let common = ["standards", "coverage", &path, "--plan", &plan_path, "--lang", "en"];
            support::lifering(common.iter().chain(more))
        };
        assert_eq!(coverage(&[]).code, Some(0), "{}", coverage(&[]).story());
        support::write(&plan, &format!("{sentences}建成公厕20个。\n"));
        let open = coverage(&[]);
        assert_eq!(open.code, Some(1), "{}", open.story());
        let line = open.stdout.lines().find_map(|line| line.split_once("as an exception: ")).expect("an exception").1;
        assert!(line.starts_with("{ line = 7, part = 1, hash = \"") && line.ends_with("why = \"\" },"), "{line}");
        let exceptions = folder.path().join("exceptions.toml");
        let reason = line.replace("why = \"\"", "why = \"other_place\"");
        support::write(&exceptions, &format!("exceptions = [\n{reason}\n]\n"));
        let excused = coverage(&["--exceptions", &exceptions.to_string_lossy()]);
        assert_eq!(excused.code, Some(0), "{}", excused.story());
        assert!(excused.stdout.contains("a place other than of care"), "{}", excused.story());
        support::write(&exceptions, "exceptions = [ { line = 7 } ]\n");
        let faulty = coverage(&["--exceptions", &exceptions.to_string_lossy()]);
        assert!(faulty.code == Some(2) && faulty.stderr.contains("exceptions.toml"), "{}", faulty.story());
    }
}

#[test]
fn a_name_that_cannot_be_a_standard_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, word) in [("my city.toml", "不能用作标准编号"), ("my-city.txt", ".toml")] {
        let file = folder.path().join(name);
        let run = support::lifering(["standards", "new", &file.to_string_lossy(), "--lang", "zh"]);
        assert!(run.code == Some(2) && run.stderr.contains(word), "{}", run.story());
        assert!(!file.exists(), "{name}");
    }
}

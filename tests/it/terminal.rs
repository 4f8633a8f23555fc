//! What is printed fits eighty columns, in both languages; the examples of the help texts run.

use std::path::Path;

use unicode_width::UnicodeWidthStr as _;

use crate::support::{Run, command, fixtures, run, text, write};

/// Runs in a folder, in a language.
fn in_folder(folder: &Path, lang: &str, args: &[&str]) -> Run {
    run(command().current_dir(folder).args(args).args(["--lang", lang]))
}

/// A copy of the files of a folder.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for (name, bytes) in crate::support::tree(from) {
        let target = to.join(name);
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        crate::support::write_bytes(&target, &bytes);
    }
}

/// Lines wider than eighty columns that could have been broken: a word that is wider itself stays whole.
fn too_wide(printed: &str) -> Vec<String> {
    let wide = |line: &&str| line.width() > 80 && line.split_whitespace().all(|word| word.width() < 70);
    printed.lines().filter(wide).map(str::to_owned).collect()
}

#[test]
fn nothing_is_wider_than_eighty_columns() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = folder.path();
    for town in ["straight_road", "chinese_names", "sub_centers", "island"] {
        copy(&fixtures().join(town), &here.join("towns").join(town));
    }
    let commands: [&[&str]; 16] = [
        &["audit", "towns/straight_road", "--standard", "jinjiang-14fyp", "--out", "old"],
        &["audit", "towns/straight_road", "--standard", "national-2020", "--out", "national"],
        &["audit", "towns/sub_centers", "-v", "--out", "sub"],
        &["audit", "towns/chinese_names", "-v", "--out", "names"],
        &["check", "towns/chinese_names"],
        &["check", "towns/island"],
        &["propose", "towns/straight_road", "--goal", "cover", "--sites", "1", "--minutes", "8", "--out", "plan"],
        &["batch", "towns", "--standard", "national-2020", "--out", "all"],
        &["diff", "old", "new"],
        &["standards", "list"],
        &["standards", "show", "jinjiang-14fyp"],
        &["audit", "--help"],
        &["batch", "--help"],
        &["import", "--help"],
        &["propose", "--help"],
        &["--help"],
    ];
    let mut faults = Vec::new();
    for lang in ["en", "zh"] {
        let region = here.join("towns/straight_road/stations.geojson");
        let once = text(&region);
        write(
            &region,
            &once.replace("\"ambulances\":1", "\"ambulances\":2").replace("\"ambulances\": 1", "\"ambulances\": 2"),
        );
        in_folder(here, lang, &["audit", "towns/straight_road", "--standard", "jinjiang-14fyp", "--out", "new"]);
        write(&region, &once);
        for args in commands {
            let run = in_folder(here, lang, args);
            assert!(run.code != Some(2) || args[0] == "diff", "{args:?} {lang}: {}", run.story());
            let wide = too_wide(&run.stdout).into_iter().chain(too_wide(&run.stderr));
            faults.extend(wide.map(|line| format!("{args:?} {lang}: {} columns: {line}", line.width())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn an_audit_is_a_line_a_rule_and_three_lines_of_what_cannot_be_judged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let town = fixtures().join("straight_road").display().to_string();
    let args = ["audit", &town, "--standard", "jinjiang-14fyp", "--out", "out"];
    let run = in_folder(folder.path(), "en", &args);
    for id in ["JJ-EMS-01", "JJ-EMS-02", "JJ-EMS-04"] {
        let lines: Vec<&str> = run.stdout.lines().filter(|line| line.contains(id)).collect();
        assert_eq!(lines.len(), 1, "{id}: {}", run.story());
    }
    let lines = run.stdout.lines().skip_while(|line| !line.starts_with("Cannot be judged"));
    let below: Vec<&str> = lines.skip(1).take_while(|line| line.starts_with(' ')).collect();
    assert!((1..=3).contains(&below.len()), "{}", run.story());
    assert!(!run.stdout.contains('“') && !run.stdout.contains("counted:"), "{}", run.story());
    // With -v the words of the document stand once, at the foot.
    let told = in_folder(folder.path(), "en", &[&args[..], &["-v"]].concat());
    assert!(told.stdout.matches("服务半径不超过5公里").count() == 1, "{}", told.story());
}

#[test]
fn a_dry_run_says_what_it_would_do_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let town = fixtures().join("straight_road").display().to_string();
    let roads = fixtures().join("straight_road/roads.geojson").display().to_string();
    let commands: [&[&str]; 4] = [
        &["audit", &town, "--out", "out", "--dry-run"],
        &["propose", &town, "--goal", "cover", "--minutes", "8", "--sites", "1", "--out", "out", "--dry-run"],
        &["batch", &town, "--out", "out", "--dry-run"],
        &["import", &roads, "--to", "out", "--dry-run"],
    ];
    for args in commands {
        let run = in_folder(folder.path(), "en", args);
        assert_eq!(run.code, Some(0), "{args:?}: {}", run.story());
        assert!(run.stdout.contains("Would read") && run.stdout.contains("out"), "{args:?}: {}", run.story());
        assert!(crate::support::tree(folder.path()).is_empty(), "{args:?} wrote something");
    }
}

#[test]
fn a_dry_run_lists_the_files_of_the_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let town = fixtures().join("straight_road").display().to_string();
    let dry = in_folder(folder.path(), "en", &["audit", &town, "--out", "out", "--dry-run"]);
    in_folder(folder.path(), "en", &["audit", &town, "--out", "out"]);
    for (file, _) in crate::support::tree(&folder.path().join("out")) {
        let name = file.display().to_string();
        assert!(name.starts_with('.') || dry.stdout.contains(&format!("  {name}\n")), "{name}: {}", dry.story());
    }
}

/// The files that the examples name.
fn prepared(folder: &Path) {
    copy(&fixtures().join("straight_road"), &folder.join("jinjiang"));
    copy(&fixtures().join("straight_road"), &folder.join("counties/350582"));
    write(&folder.join("counties.csv"), "region,standard\njinjiang,national-2020\n");
    copy(&fixtures().join("straight_road"), &folder.join("imports"));
    std::fs::copy(folder.join("imports/roads.geojson"), folder.join("roads.geojson")).expect("roads");
    write(&folder.join("people.csv"), "lon,lat,population\n118.5,24.71,100\n118.5,24.72,200\n");
    write(&folder.join("120.csv"), "id,name,lon,lat,ambulances\nS1,甲,118.5,24.71,2\n");
    write(&folder.join("costs.csv"), "demand,candidate,seconds\nx,a,100\nx,b,400\ny,b,100\ny,c,200\n");
    write(&folder.join("sites.csv"), "id,lon,lat\nN1,118.5,24.72\n");
    write(&folder.join("demand.csv"), "demand,weight\nx,10\ny,20\n");
    for name in ["results/2024", "results/2025"] {
        let run = in_folder(folder, "en", &["audit", "jinjiang", "--out", name]);
        assert_eq!(run.code, Some(1), "{}", run.story());
    }
    let run = in_folder(folder, "en", &["standards", "new", "my-city.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.story());
}

#[test]
fn every_example_of_every_help_text_runs() {
    if !cfg!(unix) {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    prepared(folder.path());
    let helps: [&[&str]; 18] = [
        &[],
        &["audit"],
        &["check"],
        &["import"],
        &["batch"],
        &["propose"],
        &["diff"],
        &["standards"],
        &["standards", "list"],
        &["standards", "show"],
        &["standards", "lint"],
        &["standards", "coverage"],
        &["standards", "new"],
        &["completions"],
        &["man"],
        &["what-if"],
        &["failures"],
        &["sensitivity"],
    ];
    let mut faults = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for words in helps {
        let help = in_folder(folder.path(), "en", &[words, &["--help"]].concat());
        let text = help.stdout.replace("\\\n      ", "");
        let examples = text.lines().filter_map(|line| line.strip_prefix("  lifering "));
        for example in examples {
            let example = example.split("   ").next().unwrap_or_default().trim();
            if !seen.insert(example.to_owned()) {
                continue;
            }
            let args: Vec<&str> = example.split_whitespace().map(|word| word.trim_matches('\'')).collect();
            let run = run(command().current_dir(folder.path()).args(&args));
            if !matches!(run.code, Some(0 | 1 | 3)) {
                faults.push(format!("{example}: {}", run.story()));
            }
        }
    }
    assert!(seen.len() > 25, "{seen:?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_rule_of_another_standard_is_told_where_it_belongs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let town = fixtures().join("straight_road").display().to_string();
    let base = ["propose", &town, "--goal", "cover", "--sites", "1", "--standard", "national-2020", "--out", "out"];
    let foreign = in_folder(folder.path(), "en", &[&base[..], &["--rule", "JJ-EMS-02"]].concat());
    assert!(foreign.code == Some(2), "{}", foreign.story());
    assert!(foreign.stderr.contains("JJ-EMS-02 belongs to jinjiang-14fyp"), "{}", foreign.story());
    let home =
        ["propose", &town, "--goal", "cover", "--sites", "1", "--minutes", "8", "--out", "out", "--movable", "nobody"];
    let movable = in_folder(folder.path(), "en", &home);
    assert!(movable.code == Some(2) && movable.stderr.contains("S1"), "{}", movable.story());
}

#[test]
fn completions_and_manual_pages_are_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bash = in_folder(folder.path(), "en", &["completions", "bash"]);
    assert!(bash.code == Some(0) && bash.stdout.contains("--zone-error"), "{}", bash.story());
    let man = in_folder(folder.path(), "zh", &["man", "pages"]);
    assert_eq!(man.code, Some(0), "{}", man.story());
    assert!(text(&folder.path().join("pages/lifering-audit.1")).contains("示例"));
    let list = in_folder(folder.path(), "en", &["standards", "list", "--json"]);
    let list: serde_json::Value = serde_json::from_str(&list.stdout).expect("JSON");
    assert!(list["standards"][0]["rules"][0]["id"].is_string());
}

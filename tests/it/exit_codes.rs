//! The exit status is part of the product: 0 met, 1 gap, 3 cannot judge, 2 could not run. And the binary's bad days.

use std::ffi::OsStr;
use std::path::Path;

use crate::support::{self, audit, fixtures, lifering, tree, write};

fn temporary() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[track_caller]
fn exits(region: &Path, code: i32) {
    let folder = temporary();
    let run = audit(region, &folder.path().join("out"));
    assert_eq!(run.code, Some(code), "{}: {}", region.display(), run.story());
}

#[test]
fn every_binding_rule_met_is_0() {
    exits(&fixtures().join("own_standard"), 0);
}

#[test]
fn a_gap_is_1() {
    exits(&fixtures().join("straight_road"), 1);
}

#[test]
fn nothing_worse_than_cannot_judge_is_3() {
    exits(&fixtures().join("missing_attribute"), 3);
}

#[test]
fn a_region_that_is_not_there_is_2_and_named() {
    let folder = temporary();
    let run = audit(&folder.path().join("no_such_town"), &folder.path().join("out"));
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(run.stderr.contains("no_such_town"), "{}", run.story());
    assert!(tree(folder.path()).is_empty(), "something was written");
}

#[test]
fn the_region_file_itself_is_a_region() {
    exits(&fixtures().join("own_standard").join("region.toml"), 0);
}

#[test]
fn bad_usage_is_2() {
    for args in [&["audit", "--no-such-flag"][..], &["no-such-command"], &[]] {
        let run = lifering(args);
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.story());
    }
}

#[test]
fn verbose_ends_with_the_memory_held_and_nothing_else_says_it() {
    let folder = temporary();
    let region = fixtures().join("straight_road");
    let run = |verbose: &[&str]| {
        let mut command = support::command();
        command.arg("audit").arg(&region).args(verbose).arg("--out").arg(folder.path().join("out"));
        support::run(&mut command)
    };
    let told = run(&["-v"]);
    let last = told.stderr.lines().rfind(|line| line.contains("INFO")).unwrap_or_default().to_owned();
    assert!(last.contains("memory: at most "), "{}", told.story());
    // Some megabytes, not some kilobytes or gigabytes.
    assert!(last.ends_with(" MiB"), "{last}");
    assert!(told.stderr.contains("zones: "), "{}", told.story());
    assert!(!run(&[]).stderr.contains("memory"));
}

#[test]
fn help_and_version_are_0_and_go_to_stdout() {
    for args in [["--help"], ["--version"]] {
        let run = lifering(args);
        assert_eq!(run.code, Some(0), "{args:?}: {}", run.story());
        assert!(run.stdout.contains("lifering") && run.stderr.is_empty(), "{args:?}: {}", run.story());
    }
}

#[test]
fn another_standard_can_be_asked_for_and_an_unknown_one_lists_the_known() {
    let folder = temporary();
    let (town, out) = (fixtures().join("straight_road"), folder.path().join("out"));
    let with = |standard: &str| {
        let args = [
            OsStr::new("audit"),
            town.as_os_str(),
            OsStr::new("--standard"),
            OsStr::new(standard),
            OsStr::new("--out"),
        ];
        lifering(args.into_iter().chain([out.as_os_str()]))
    };
    let run = with("no-such-standard");
    assert_eq!(run.code, Some(2), "{}", run.story());
    for known in ["jinjiang-14fyp", "xiamen-14fyp", "national-2020"] {
        assert!(run.stderr.contains(known), "{known} is not listed: {}", run.story());
    }
    assert!(!out.exists(), "something was written");
    let run = with("national-2020");
    assert!(matches!(run.code, Some(1 | 3)), "{}", run.story());
    assert_eq!(support::json(&out.join("audit.json"))["standard"]["id"], "national-2020");
}

#[test]
fn a_folder_that_is_not_ours_is_left_alone() {
    let folder = temporary();
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    write(&out.join("thesis.txt"), "three years of work");
    let before = tree(folder.path());
    let run = audit(&fixtures().join("straight_road"), &out);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(tree(folder.path()) == before, "the folder was touched");
}

#[test]
fn a_file_in_the_way_is_left_alone() {
    let folder = temporary();
    let out = folder.path().join("out");
    write(&out, "not a folder");
    for out in [out.clone(), out.join("deeper")] {
        let run = audit(&fixtures().join("straight_road"), &out);
        assert_eq!(run.code, Some(2), "{}: {}", out.display(), run.story());
    }
    assert_eq!(support::text(&out), "not a folder");
}

#[test]
fn our_own_folder_is_replaced() {
    let folder = temporary();
    let out = folder.path().join("out");
    let first = audit(&fixtures().join("straight_road"), &out);
    let before = tree(&out);
    assert_eq!(first.code, Some(1), "{}", first.story());
    let town = fixtures().join("straight_road");
    let other = lifering([
        OsStr::new("audit"),
        town.as_os_str(),
        OsStr::new("--lang"),
        OsStr::new("en"),
        OsStr::new("--out"),
        out.as_os_str(),
    ]);
    assert_eq!(other.code, Some(1), "{}", other.story());
    assert!(tree(&out) != before, "the second audit did not replace the first");
    let again = audit(&town, &out);
    assert_eq!(again.code, Some(1), "{}", again.story());
    assert!(tree(&out) == before, "something of the second audit was left behind");
}

#[test]
fn a_refused_input_leaves_the_last_good_answer() {
    let folder = temporary();
    let out = folder.path().join("out");
    let good = audit(&fixtures().join("straight_road"), &out);
    assert_eq!(good.code, Some(1), "{}", good.story());
    let before = tree(folder.path());
    let run = audit(&fixtures().join("bad").join("truncated_json"), &out);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(tree(folder.path()) == before, "the last good answer was touched");
}

#[test]
fn the_same_bytes_on_every_run_and_any_number_of_threads() {
    for town in ["grid_town", "lake", "walk", "units", "sub_centers", "barrier", "xiamen"] {
        let mut first = None;
        for threads in ["1", "2", "2", "7"] {
            let folder = temporary();
            let out = folder.path().join("out");
            let mut command = support::command();
            command.env("RAYON_NUM_THREADS", threads).arg("audit").arg(fixtures().join(town)).arg("--out").arg(&out);
            let run = support::run(&mut command);
            assert!(out.join("audit.json").is_file(), "{town}: {}", run.story());
            let found = tree(&out);
            let wanted = first.get_or_insert_with(|| found.clone());
            assert!(wanted.keys().eq(found.keys()), "{town}: other files with {threads} threads");
            for (file, bytes) in &found {
                assert!(wanted[file] == *bytes, "{town}: {} differs with {threads} threads", file.display());
            }
        }
    }
}

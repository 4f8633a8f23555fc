//! `lifering propose` on small matrices whose answers are worked out by hand.

use crate::support::{Run, json, lifering, text, write};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Four places with 2, 2, 1 and 1 people; candidates that reach the first two, the middle two, the first and the last.
fn town(folder: &Path) -> [PathBuf; 2] {
    let (costs, demand) = (folder.join("costs.csv"), folder.join("demand.csv"));
    write(&costs, "demand,candidate,seconds\nd1,a,60\nd2,a,60\nd2,b,60\nd3,b,60\nd1,c,60\nd4,c,60\n");
    write(&demand, "demand,weight\nd1,2\nd2,2\nd3,1\nd4,1\n");
    [costs, demand]
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Runs on the town with these further arguments, into the folder `plan`.
fn propose(folder: &Path, more: &[&str]) -> (Run, Option<Value>) {
    let [costs, demand] = [folder.join("costs.csv"), folder.join("demand.csv")];
    let out = folder.join("plan");
    let words = ["propose", "--matrix"].map(String::from).into_iter();
    let paths = [costs, "--demand".into(), demand, "--out".into(), out.clone()];
    let paths = paths.into_iter().map(|p| p.display().to_string());
    let run = lifering(words.chain(paths).chain(more.iter().map(|w| (*w).to_owned())));
    let file = out.join("proposal.json");
    let proposal = file.is_file().then(|| json(&file));
    (run, proposal)
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().map(|l| l.iter().filter_map(|s| s["id"].as_str()).collect()).unwrap_or_default()
}

#[test]
fn one_site_covers_four_and_two_cover_six() {
    let folder = folder();
    town(folder.path());
    for (sites, people) in [("1", 4.0), ("2", 6.0)] {
        let (run, proposal) = propose(folder.path(), &["--goal", "cover", "--sites", sites, "--seconds", "60"]);
        assert_eq!(run.code, Some(0), "{}", run.story());
        let proposal = proposal.expect("written");
        assert_eq!(proposal["schema"], "lifering-proposal/1");
        assert_eq!((&proposal["objective"], &proposal["optimal"]), (&Value::from(people), &Value::from(true)));
        assert_eq!(proposal["bound"], proposal["objective"]);
        assert!(run.stdout.contains("proven optimal"), "{}", run.story());
    }
    // b and c reach all six; greedy takes a first (4) and then adds a place of one.
    let proposal = json(&folder.path().join("plan").join("proposal.json"));
    let mut chosen = ids(&proposal["sites"]);
    chosen.sort_unstable();
    assert_eq!(chosen, ["b", "c"]);
    assert_eq!(proposal["curve"][1]["greedy"], 5.0);
}

#[test]
fn every_goal_writes_a_proposal_that_verifies() {
    let folder = folder();
    town(folder.path());
    let goals: [&[&str]; 6] = [
        &["--goal", "cover", "--sites", "2", "--minutes", "1"],
        &["--goal", "reach-all", "--seconds", "60"],
        &["--goal", "mean", "--sites", "2"],
        &["--goal", "worst", "--sites", "2"],
        &["--goal", "backup", "--sites", "3", "--seconds", "60"],
        &["--goal", "busy", "--sites", "2", "--seconds", "60", "--busy", "0.5", "--per-site", "2"],
    ];
    // Cover 6; two sites; 6 people * 60 s; 60 s; d1 and d2 twice: 4; half of six: 3.
    for (goal, objective) in goals.into_iter().zip([6.0, 2.0, 360.0, 60.0, 4.0, 3.0]) {
        let (run, proposal) = propose(folder.path(), goal);
        assert_eq!(run.code, Some(0), "{goal:?} {}", run.story());
        assert_eq!(proposal.expect("written")["objective"], objective, "{goal:?}");
        let file = folder.path().join("plan").join("proposal.json");
        let check = lifering(["propose", "--verify", &file.display().to_string()]);
        assert_eq!(check.code, Some(0), "{goal:?} {}", check.story());
    }
}

#[test]
fn a_changed_objective_or_input_does_not_verify() {
    let folder = folder();
    let [_, demand] = town(folder.path());
    propose(folder.path(), &["--goal", "cover", "--sites", "1", "--seconds", "60"]);
    let file = folder.path().join("plan").join("proposal.json");
    let honest = text(&file);
    write(&file, &honest.replacen("\"objective\": 4.0", "\"objective\": 5.0", 1));
    let run = lifering(["propose", "--verify", &file.display().to_string()]);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(run.stderr.contains("found an objective of 4; wanted 5"), "{}", run.story());
    write(&file, &honest);
    write(&demand, "demand,weight\nd1,2\nd2,2\nd3,1\nd4,2\n");
    let run = lifering(["propose", "--verify", &file.display().to_string()]);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(run.stderr.contains("the file has changed"), "{}", run.story());
}

#[test]
fn existing_sites_count_and_capacity_splits_people() {
    let folder = folder();
    town(folder.path());
    // a stands: 4 are reached; b or c adds one.
    let (_, proposal) =
        propose(folder.path(), &["--goal", "cover", "--sites", "1", "--seconds", "60", "--existing", "a"]);
    let proposal = proposal.expect("written");
    assert_eq!((&proposal["before"]["objective"], &proposal["objective"]), (&Value::from(4.0), &Value::from(5.0)));
    assert_eq!(proposal["sites"][0]["people_new"], 1.0);
    assert_eq!(proposal["ties"]["found"], 2);
    let (_, proposal) =
        propose(folder.path(), &["--goal", "cover", "--sites", "1", "--seconds", "60", "--capacity", "3"]);
    assert_eq!(proposal.expect("written")["objective"], 3.0);
}

#[test]
fn who_cannot_be_helped_comes_first_with_the_reason() {
    let folder = folder();
    let [costs, _] = town(folder.path());
    // d3 is too far, d4 has no way at all.
    write(&costs, "demand,candidate,seconds\nd1,a,60\nd2,a,60\nd3,a,61\n");
    let (run, proposal) = propose(folder.path(), &["--goal", "cover", "--sites", "1", "--seconds", "60"]);
    let proposal = proposal.expect("written");
    assert_eq!(proposal["uncoverable"]["people"], 2.0);
    assert_eq!(proposal["uncoverable"]["reasons"]["too_far"]["people"], 1.0);
    assert_eq!(proposal["uncoverable"]["reasons"]["no_road"]["people"], 1.0);
    assert!(run.stdout.starts_with("No site can help 2 people"), "{}", run.story());
}

#[test]
fn bad_input_is_a_sentence_and_exit_status_2() {
    let folder = folder();
    let [costs, demand] = town(folder.path());
    let cover = ["--goal", "cover", "--seconds", "60"];
    let with = |more: &[&'static str]| cover.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    let refused = |arguments: &[&str], says: &[&str]| {
        let (run, _) = propose(folder.path(), arguments);
        assert_eq!(run.code, Some(2), "{arguments:?} {}", run.story());
        for part in says {
            assert!(run.stderr.contains(part), "wanted {part}: {}", run.story());
        }
    };
    refused(&with(&["--sites", "4"]), &["4 new sites", "only 3"]);
    refused(&with(&["--sites", "1", "--existing", "a,b,c"]), &["only 0"]);
    refused(&with(&["--sites", "1", "--existing", "z"]), &["--existing", "\"z\""]);
    refused(&["--goal", "cover", "--seconds", "59", "--sites", "1"], &["within 59 s", "6 people in 4 places"]);
    refused(&["--goal", "cover", "--sites", "1"], &["--seconds"]);
    refused(&["--goal", "reach-all", "--seconds", "60", "--capacity", "1"], &["people are too many"]);
    write(&demand, "demand,weight\nd1,2\nd2,-2\n");
    refused(&with(&["--sites", "1"]), &["demand.csv, line 3", "`weight`", "\"-2\"", "at least 0"]);
    write(&demand, "demand,weight\nd1,2\nd2,2\nd3,1\n");
    refused(&with(&["--sites", "1"]), &["costs.csv, line 7", "\"d4\"", "a place of the demand file"]);
    town(folder.path());
    write(&costs, "demand,seconds\nd1,60\n");
    refused(&with(&["--sites", "1"]), &["costs.csv, line 1", "`candidate`"]);
    write(&costs, "demand,candidate,seconds\nd1,a,soon\n");
    refused(&with(&["--sites", "1"]), &["costs.csv, line 2", "`seconds`", "\"soon\""]);
    write(&costs, "demand,candidate,seconds\n");
    refused(&with(&["--sites", "1"]), &["no candidate"]);
}

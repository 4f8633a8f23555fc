//! No command destroys what it did not make for itself: whose folder it is, who holds it, and what interrupted runs leave.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::generated::City;
use crate::support::{self, Run, audit, bytes, command, fixtures, json, lifering, tree, write};

/// A folder with regions and results in it.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A copy of an invented town.
    fn town(&self, of: &str, name: &str) -> PathBuf {
        let to = self.path(name);
        std::fs::create_dir_all(&to).expect("a folder");
        for (file, content) in tree(&fixtures().join(of)) {
            support::write_bytes(&to.join(file), &content);
        }
        to
    }

    /// The run is refused with these words, and nothing has changed.
    #[track_caller]
    fn refused(&self, args: &[&OsStr], words: &[&str]) {
        let before = tree(self.folder.path());
        let run = lifering(args);
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.story());
        for word in words {
            assert!(run.stderr.contains(word), "{args:?} does not say {word}: {}", run.story());
        }
        assert!(tree(self.folder.path()) == before, "{args:?} changed something: {}", run.story());
    }
}

/// Arguments of several kinds.
macro_rules! args {
    ($($arg:expr),* $(,)?) => { &[$(OsStr::new(&$arg)),*] };
}

#[track_caller]
fn ran(run: &Run) {
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{}", run.story());
}

#[test]
fn a_folder_is_replaced_only_by_the_same_command_on_the_same_region() {
    let bench = Bench::new();
    let (north, south) = (bench.town("straight_road", "north"), bench.town("own_standard", "south"));
    let (old, new, all) = (bench.path("old"), bench.path("new"), bench.path("all"));
    ran(&audit(&north, &old));
    ran(&audit(&north, &new));
    ran(&lifering(args!["batch", north, south, "--out", all]));
    bench.refused(args!["diff", old, new, "--out", new], &["an audit of north", "which this run reads"]);
    bench.refused(args!["diff", old, new, "--out", all], &["a batch over north, south"]);
    bench.refused(args!["audit", south, "--out", old], &["an audit of north"]);
    bench.refused(args!["audit", north, "--out", all], &["a batch over north, south"]);
    bench.refused(args!["audit", north, "--out", all.join("north")], &["folder of a batch"]);
    bench.refused(args!["audit", north, "--out", all.join("west")], &["folder of a batch"]);
    bench.refused(args!["batch", north, "--out", old], &["an audit of north"]);
    bench.refused(args!["propose", "--demo", "--goal", "cover", "--sites", "1", "--out", old], &["an audit of north"]);
    bench.refused(args!["check", south, "--fix", old], &["an audit of north"]);
    bench.refused(args!["check", north, "--places", all], &["a batch over"]);
    bench.refused(args!["import", north.join("roads.geojson"), "--to", old], &["an audit of north"]);
    bench.refused(
        args!["audit", north, "--out", old, "--lang", "zh", "--neighbours", old.join("x")],
        &["其中是north的核查结果"],
    );
    // The same command on the same region, whatever its options.
    let before = tree(&old);
    ran(&lifering(args!["audit", north.join("region.toml"), "--out", old, "--lang", "en"]));
    assert!(tree(&old) != before, "the audit in English is the one in Chinese");
    let difference = bench.path("difference");
    ran(&lifering(args!["diff", old, new, "--out", difference]));
    ran(&lifering(args!["diff", old, new, "--out", difference]));
    // A batch that has one region in common with the one before, and one that has none.
    ran(&lifering(args!["batch", north, "--out", all]));
    bench.refused(args!["batch", south, "--out", all], &["a batch over north"]);
    // A folder that is moved together with its region is still its folder.
    let moved = bench.path("moved");
    std::fs::create_dir(&moved).expect("a folder");
    for name in ["north", "old"] {
        std::fs::rename(bench.path(name), moved.join(name)).expect("a folder to move");
    }
    ran(&audit(&moved.join("north"), &moved.join("old")));
}

#[test]
fn an_input_of_the_run_is_never_written_to() {
    let bench = Bench::new();
    let imported = bench.path("imported");
    let town = fixtures().join("straight_road");
    let sources: Vec<PathBuf> =
        ["boundary", "roads", "stations", "population"].map(|layer| town.join(layer).with_extension("geojson")).into();
    let mut words = vec![OsStr::new("import")];
    words.extend(sources.iter().map(|source| source.as_os_str()));
    words.extend([OsStr::new("--to"), imported.as_os_str()]);
    ran(&lifering(&words));
    // An imported region bears the mark of lifering.
    bench.refused(args!["audit", imported, "--out", imported], &["a region imported from", "which this run reads"]);
    bench.refused(args!["check", imported, "--fix", imported], &["which this run reads"]);
    bench.refused(args!["batch", bench.folder.path(), "--out", bench.folder.path()], &["this run reads"]);
    // A layer, shared roads or a standard in a folder of results.
    let results = bench.path("results");
    ran(&audit(&town, &results));
    write(&results.join("roads.geojson"), &support::text(&town.join("roads.geojson")));
    let other = bench.town("straight_road", "other");
    let settings =
        support::text(&other.join("region.toml")).replace("\"roads.geojson\"", "\"../results/roads.geojson\"");
    write(&other.join("region.toml"), &settings);
    bench.refused(args!["audit", other, "--out", results], &["results/roads.geojson"]);
    let roads = results.join("roads.geojson");
    bench.refused(args!["audit", town, "--roads-from", roads, "--out", results], &["results/roads.geojson"]);
}

#[test]
fn a_layer_outside_the_folder_is_read_and_told() {
    let bench = Bench::new();
    let (town, other) = (bench.town("straight_road", "town"), bench.town("straight_road", "other"));
    let settings = support::text(&town.join("region.toml")).replace("\"roads.geojson\"", "\"../other/roads.geojson\"");
    write(&town.join("region.toml"), &settings);
    let run = audit(&town, &bench.path("out"));
    assert_eq!(run.code, Some(1), "{}", run.story());
    assert!(run.stderr.contains("../other/roads.geojson lies outside the folder of the region"), "{}", run.story());
    let report = json(&bench.path("out").join("audit.json"));
    let codes = |layer: &str| {
        let inputs = report["inputs"].as_array().expect("inputs");
        let input = inputs.iter().find(|input| input["layer"] == layer).unwrap_or_else(|| panic!("no {layer}"));
        input["issues"].to_string().contains("file_elsewhere")
    };
    assert!(codes("roads") && !codes("stations"));
    let run = lifering(args!["check", town]);
    assert!(run.stdout.contains("file outside the region's folder"), "{}", run.story());
    assert!(!audit(&other, &bench.path("out-other")).stderr.contains("outside the folder"));
}

#[test]
fn regions_named_twice_own_results_and_reserved_names() {
    let bench = Bench::new();
    let town = bench.town("straight_road", "regions/town");
    bench.town("own_standard", "regions/CON");
    let out = bench.path("regions/out");
    // A pattern that matches the batch's own folder: on the first run, and when it is there.
    let pattern = bench.path("regions/*");
    for first in [true, false] {
        let run = lifering(args!["batch", pattern, town.join("region.toml"), "--out", out]);
        ran(&run);
        assert!(run.stderr.contains("named twice") || run.stderr.contains("region.toml"), "{}", run.story());
        assert_eq!(run.stderr.contains("left out, this batch writes there"), !first, "{}", run.story());
        assert!(run.stderr.contains("CON: no name for a folder on every system"), "{}", run.story());
        let names: Vec<String> = json(&out.join("batch.json"))["regions"]
            .as_array()
            .expect("regions")
            .iter()
            .map(|region| region["name"].as_str().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(names, ["_CON", "town"]);
        assert!(out.join("_CON/audit.json").is_file() && !out.join("CON").exists());
    }
    // Yes and no as people write them in a list.
    for (word, strict) in [("TRUE", true), ("是", true), ("1", true), ("FALSE", false), ("否", false), ("", false)] {
        let list = bench.path("list.csv");
        write(&list, &format!("region,strict\nregions/town,{word}\n"));
        let out = bench.path(&format!("list-{word}"));
        let run = lifering(args!["batch", list, "--out", out]);
        let report = json(&out.join("batch.json"));
        assert_eq!(report["regions"][0]["options"]["strict"], strict, "{word}: {}", run.story());
    }
    write(&bench.path("list.csv"), "region,strict\nregions/town,perhaps\n");
    let run = lifering(args!["batch", bench.path("list.csv"), "--out", bench.path("perhaps")]);
    assert!(run.code == Some(2) && run.stderr.contains("perhaps"), "{}", run.story());
}

/// A region whose audit takes a while.
fn large(bench: &Bench) -> PathBuf {
    let city = City { side: 60, stations: 4, seed: 1, corner: [120.0, 24.0], name: "Large".to_owned() };
    let folder = bench.path("large");
    city.write(&folder).expect("a city");
    folder
}

/// Begins a run, and waits until it holds the place beside or in the folder of its results.
fn begun(words: &[&OsStr], place: &Path) -> Child {
    let mut child =
        command().args(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
    let began = Instant::now();
    while !place.join("holder").is_file() {
        assert!(began.elapsed() < Duration::from_secs(60), "{} does not come", place.display());
        assert!(child.try_wait().expect("a status").is_none(), "it ended before it was seen");
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

#[test]
fn the_second_run_at_a_time_is_refused_and_what_a_killed_one_leaves_is_swept() {
    let bench = Bench::new();
    let (region, town) = (large(&bench), bench.town("straight_road", "town"));
    let (out, all) = (bench.path("out"), bench.path("all"));
    let beside = bench.path(".lifering-run-out");
    let mut first = begun(args!["audit", region, "--out", out], &beside);
    let second = audit(&region, &out);
    let holder = format!("process {}", first.id());
    assert!(second.code == Some(2) && second.stderr.contains(&holder), "{}", second.story());
    first.kill().expect("a process to kill");
    first.wait().expect("a status");
    assert!(beside.is_dir() && !out.exists(), "a killed run leaves its temporary files");
    // Another run with another folder sweeps it.
    ran(&audit(&town, &bench.path("town-out")));
    assert!(!beside.exists(), "what a killed run left is not swept");
    // In a folder that is there: a batch.
    let inside = all.join(".lifering-run");
    let mut first = begun(args!["batch", region, town, "--out", all], &inside);
    let second = lifering(args!["batch", region, town, "--out", all]);
    let holder = format!("process {}", first.id());
    assert!(second.code == Some(2) && second.stderr.contains(&holder), "{}", second.story());
    first.kill().expect("a process to kill");
    first.wait().expect("a status");
    ran(&lifering(args!["batch", region, town, "--out", all]));
    assert!(all.join("batch.json").is_file() && !inside.exists());
    let left: Vec<PathBuf> = tree(bench.folder.path())
        .into_keys()
        .filter(|path| path.display().to_string().contains(".lifering-run"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn nothing_of_others_is_swept() {
    let bench = Bench::new();
    let town = bench.town("straight_road", "town");
    // A folder and a link that only look like what a run leaves.
    let (foreign, home) = (bench.path(".lifering-run-mine"), bench.path("home"));
    for folder in [&foreign, &home] {
        std::fs::create_dir(folder).expect("a folder");
        write(&folder.join("lock"), "");
        write(&folder.join("thesis.txt"), "three years of work");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(&home, bench.path(".lifering-run-link")).expect("a link");
    ran(&audit(&town, &bench.path("out")));
    for folder in [&foreign, &home] {
        assert_eq!(bytes(&folder.join("thesis.txt")), b"three years of work");
    }
    assert!(home.join("lock").is_file(), "a link was followed");
}

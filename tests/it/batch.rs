//! `lifering batch`: the real binary over a hundred generated regions, broken ones among them, killed and taken up again.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use oorandom::Rand64;
use serde_json::Value;

use crate::generated::City;
use crate::support::{self, Run, command, json, lifering, run, text, tree, write};

/// Streets a side of the small regions.
const SIDE: usize = 8;
/// Regions of the large set.
const MANY: usize = 100;
/// Rules of the standard that they are judged by.
const RULES: usize = 34;
/// Of them, those that are broken: which, and a word that the reason must hold.
const BROKEN: [(usize, &str); 5] =
    [(3, "roads.geojson"), (21, "region.toml"), (48, "population.geojson"), (77, "stations"), (99, "boundary")];

fn temporary() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn name_of(n: usize) -> String {
    format!("county-{n:03}")
}

/// Writes counties beside each other, as a province has them.
fn province(folder: &Path, counties: usize) {
    for n in 0..counties {
        let corner = [117.0 + (n % 10) as f64 * 0.02, 24.0 + (n / 10) as f64 * 0.02];
        let city = City { side: SIDE, stations: 2 + n % 3, seed: n as u64, corner, name: format!("County {n}") };
        city.write(&folder.join(name_of(n))).expect("a county");
    }
}

/// Breaks the regions of [`BROKEN`], each in its own way.
fn break_some(folder: &Path) {
    let county = |n: usize| folder.join(name_of(n));
    // Cut off in the middle.
    let roads = county(3).join("roads.geojson");
    let whole = text(&roads);
    write(&roads, &whole[..whole.len() / 2]);
    // A key that is none.
    let settings = county(21).join("region.toml");
    write(&settings, &text(&settings).replace("[layers]", "layer_s = 1\n[layers]"));
    // Not there.
    std::fs::remove_file(county(48).join("population.geojson")).expect("a file to remove");
    // Longitude and latitude in the wrong order.
    let stations = county(77).join("stations.geojson");
    write(
        &stations,
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"a"},"geometry":{"type":"Point","coordinates":[24.14,117.141]}}]}"#,
    );
    // No area.
    let boundary = county(99).join("boundary.geojson");
    write(&boundary, r#"{"type":"FeatureCollection","features":[]}"#);
}

fn arguments(folder: &Path, out: &Path) -> Vec<String> {
    let [folder, out] = [folder, out].map(|path| path.display().to_string());
    ["batch", &folder, "--standard", "jinjiang-14fyp", "--out", &out].map(str::to_owned).to_vec()
}

fn batch(folder: &Path, out: &Path, more: &[&str]) -> Run {
    lifering(arguments(folder, out).iter().map(String::as_str).chain(more.iter().copied()))
}

fn entry<'a>(batch: &'a Value, name: &str) -> &'a Value {
    let regions = batch["regions"].as_array().expect("regions");
    regions.iter().find(|entry| entry["name"] == name).unwrap_or_else(|| panic!("{name} is not in batch.json"))
}

/// The folder of one region in a tree.
fn folder_of(whole: &BTreeMap<PathBuf, Vec<u8>>, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let inside = |path: &PathBuf| path.strip_prefix(name).ok().map(Path::to_path_buf);
    whole.iter().filter_map(|(path, bytes)| Some((inside(path)?, bytes.clone()))).collect()
}

#[track_caller]
fn same(wanted: &BTreeMap<PathBuf, Vec<u8>>, found: &BTreeMap<PathBuf, Vec<u8>>, what: &str) {
    let names = |tree: &BTreeMap<PathBuf, Vec<u8>>| tree.keys().map(|p| p.display().to_string()).collect::<Vec<_>>();
    let (wanted_names, found_names) = (names(wanted), names(found));
    let more: Vec<_> = found_names.iter().filter(|name| !wanted_names.contains(name)).collect();
    let fewer: Vec<_> = wanted_names.iter().filter(|name| !found_names.contains(name)).collect();
    assert!(more.is_empty() && fewer.is_empty(), "{what}: too much {more:?}, too little {fewer:?}");
    for (path, bytes) in wanted {
        assert!(found[path] == *bytes, "{what}: {} differs", path.display());
    }
}

#[test]
fn of_a_hundred_regions_five_broken_ones_are_named_and_the_rest_is_right_however_often_it_is_killed() {
    let folder = temporary();
    let counties = folder.path().join("counties");
    province(&counties, MANY);
    break_some(&counties);

    let undisturbed = folder.path().join("undisturbed");
    let began = Instant::now();
    let run = batch(&counties, &undisturbed, &[]);
    let took = began.elapsed();
    assert_eq!(run.code, Some(2), "{}", run.story());
    let wanted = tree(&undisturbed);
    let found = json(&undisturbed.join("batch.json"));
    assert_eq!(found["summary"]["audited"], MANY - BROKEN.len());
    assert_eq!(found["summary"]["faults"], serde_json::json!({ "input": BROKEN.len() }));
    let league = text(&undisturbed.join("league.csv"));
    for (n, word) in BROKEN {
        let name = name_of(n);
        let fault = &entry(&found, &name)["fault"];
        let message = fault["message"]["en"].as_str().unwrap_or_default();
        assert!(fault["kind"] == "input" && message.contains(word), "{name}: {fault}");
        assert!(run.stderr.contains(&name) && league.contains(&format!("\n,{name},")), "{name} is not named");
        assert!(!undisturbed.join(&name).exists(), "{name} has results");
    }
    // What a region's folder holds is what `audit` alone writes.
    for n in (0..MANY).filter(|n| BROKEN.iter().all(|(broken, _)| n != broken)) {
        let alone = folder.path().join(format!("alone-{n}"));
        let (region, standard) = (counties.join(name_of(n)), ["--standard", "jinjiang-14fyp"].map(OsStr::new));
        let words = [OsStr::new("audit"), region.as_os_str(), OsStr::new("--out"), alone.as_os_str()];
        let audit = lifering(words.into_iter().chain(standard));
        assert_eq!(entry(&found, &name_of(n))["exit_status"], audit.code.unwrap_or(2), "{}", audit.story());
        same(&tree(&alone), &folder_of(&wanted, &name_of(n)), &name_of(n));
    }

    // Killed ten times at moments that are random but the same on every run, with one thread and with two.
    let killed = folder.path().join("killed");
    let mut random = Rand64::new(2026);
    for n in 0..10 {
        let mut command = command();
        command.args(arguments(&counties, &killed)).arg("--resume").stdout(Stdio::null()).stderr(Stdio::null());
        command.env("RAYON_NUM_THREADS", if n % 2 == 0 { "1" } else { "2" });
        let mut child = command.spawn().expect("the binary starts");
        std::thread::sleep(took.mul_f64(random.rand_float() * 0.18));
        // Killed outright: it cannot put anything in order.
        child.kill().expect("a process to kill");
        child.wait().expect("a process that ended");
    }
    let done = killed.join(".batch");
    let markers = std::fs::read_dir(&done).map_or(0, |entries| {
        entries.flatten().filter(|entry| entry.path().extension().is_some_and(|e| e == "json")).count()
    });
    assert!((1..MANY).contains(&markers), "{markers} regions were done when it was killed: nothing is shown");
    let run = batch(&counties, &killed, &["--resume"]);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(run.stderr.matches("(done before)").count() >= markers, "{}", run.story());
    same(&wanted, &tree(&killed), "killed ten times and taken up");

    // The same with one thread, in one go.
    let single = folder.path().join("single");
    let mut one = command();
    let run = support::run(one.env("RAYON_NUM_THREADS", "1").args(arguments(&counties, &single)));
    assert_eq!(run.code, Some(2), "{}", run.story());
    same(&wanted, &tree(&single), "one thread");
}

/// When each region's folder was put in place, by name.
fn placed(out: &Path, counties: usize) -> Vec<std::time::SystemTime> {
    let at = |n: usize| std::fs::metadata(out.join(name_of(n)).join("audit.json")).and_then(|about| about.modified());
    (0..counties).map(|n| at(n).expect("a result")).collect()
}

#[test]
fn what_is_done_stays_and_what_changed_or_was_damaged_is_done_again() {
    let folder = temporary();
    let (counties, out) = (folder.path().join("counties"), folder.path().join("out"));
    province(&counties, 7);
    let run = batch(&counties, &out, &[]);
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{}", run.story());
    let (first, before) = (placed(&out, 7), tree(&out));
    let redone = |out: &Path, last: &[std::time::SystemTime]| {
        let now = placed(out, 7);
        (0..7).filter(|n| now[*n] != last[*n]).collect::<Vec<_>>()
    };

    let again = batch(&counties, &out, &["--resume"]);
    assert_eq!((again.code, redone(&out, &first)), (run.code, vec![]), "{}", again.story());
    same(&before, &tree(&out), "nothing had changed");

    // One input changed; one result damaged; one removed; one part of a table removed; one marker damaged.
    let aeds = counties.join(name_of(1)).join("aeds.geojson");
    write(&aeds, &text(&aeds).replacen("\"count\":1", "\"count\":2", 1));
    let report = out.join(name_of(2)).join("report.html");
    write(&report, &text(&report).replacen("html", "htm1", 1));
    std::fs::remove_file(out.join(name_of(3)).join("coverage.gpkg")).expect("a result to remove");
    std::fs::remove_file(out.join("rules").join(format!("region={}", name_of(4))).join("part.parquet"))
        .expect("a part");
    let marker = out.join(".batch").join(format!("{}.json", name_of(5)));
    write(&marker, &text(&marker).replacen("\"population\":", "\"population\":1", 1));
    let again = batch(&counties, &out, &["--resume"]);
    assert_eq!((again.code, redone(&out, &first)), (run.code, vec![1, 2, 3, 4, 5]), "{}", again.story());
    let changed = Path::new(&name_of(1)).to_path_buf();
    let others = |tree: BTreeMap<PathBuf, Vec<u8>>| -> BTreeMap<PathBuf, Vec<u8>> {
        let of_regions = |path: &PathBuf| path.starts_with("county-000") || path.components().count() > 1;
        let kept = |path: &PathBuf| of_regions(path) && !path.display().to_string().contains("county-001");
        tree.into_iter().filter(|(path, _)| kept(path) && !path.starts_with(&changed)).collect()
    };
    same(&others(before.clone()), &others(tree(&out)), "what was damaged was made good");

    // Another parameter: everything is done again. Another year would be refused, another language is not.
    let second = placed(&out, 7);
    let again = batch(&counties, &out, &["--resume", "--zone-error", "0.01"]);
    assert_eq!((again.code, redone(&out, &second)), (run.code, (0..7).collect()), "{}", again.story());

    // A region that is named no more leaves with all its results.
    std::fs::rename(counties.join(name_of(6)), folder.path().join("elsewhere")).expect("a folder to move");
    let again = batch(&counties, &out, &["--resume", "--zone-error", "0.01"]);
    assert!(matches!(again.code, Some(0 | 1 | 3)), "{}", again.story());
    let left = tree(&out);
    assert!(!left.keys().any(|path| path.display().to_string().contains("county-006")), "{:?}", left.keys());
    assert!(!text(&out.join("league.csv")).contains("county-006"));
}

#[test]
fn a_region_that_breaks_takes_its_old_results_with_it() {
    let folder = temporary();
    let (counties, out) = (folder.path().join("counties"), folder.path().join("out"));
    province(&counties, 2);
    let run = batch(&counties, &out, &[]);
    assert!(out.join(name_of(1)).join("audit.json").is_file(), "{}", run.story());
    write(&counties.join(name_of(1)).join("roads.geojson"), "{");
    let run = batch(&counties, &out, &["--resume"]);
    assert_eq!(run.code, Some(2), "{}", run.story());
    let left = tree(&out);
    assert!(!left.keys().any(|path| path.display().to_string().contains("county-001")), "{:?}", left.keys());
    // And comes back when it is whole again.
    province(&counties, 2);
    let run = batch(&counties, &out, &["--resume"]);
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{}", run.story());
    assert!(out.join(name_of(1)).join("audit.json").is_file());
}

#[test]
fn regions_of_the_same_name_do_not_overwrite_each_other() {
    let folder = temporary();
    let (north, south) = (folder.path().join("north"), folder.path().join("south"));
    province(&north, 1);
    province(&south, 1);
    let out = folder.path().join("out");
    let words = ["batch".as_ref(), north.as_os_str(), south.as_os_str(), "--out".as_ref(), out.as_os_str()];
    let run = lifering(words);
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{}", run.story());
    for name in ["north-county-000", "south-county-000"] {
        assert_eq!(json(&out.join(name).join("audit.json"))["rules"].as_array().map(Vec::len), Some(RULES), "{name}");
    }
    // The same region named twice is one region, and that is said.
    let words = ["batch".as_ref(), north.as_os_str(), north.as_os_str(), "--out".as_ref(), out.as_os_str()];
    let run = lifering(words);
    assert!(run.stderr.contains("audited once"), "{}", run.story());
    assert_eq!(json(&out.join("batch.json"))["summary"]["regions"], 1);
}

#[test]
fn lists_and_patterns_name_regions_with_options_of_their_own() {
    let folder = temporary();
    let counties = folder.path().join("counties");
    province(&counties, 3);
    let csv = folder.path().join("list.csv");
    write(
        &csv,
        "region,standard,year,zone_error\ncounties/county-000,xiamen-14fyp,,\ncounties/county-001,,2025,0.01\n\
         counties/county-000,,,\n",
    );
    let toml = folder.path().join("list.toml");
    write(&toml, "[[region]]\nregion = \"counties/county-002\"\nstrict = true\n");
    let out = folder.path().join("out");
    let run = lifering([
        "batch".as_ref(),
        csv.as_os_str(),
        toml.as_os_str(),
        "--standard".as_ref(),
        "jinjiang-14fyp".as_ref(),
        "--out".as_ref(),
        out.as_os_str(),
    ]);
    // The strict one is refused: an ambulance for 700 people is no figure of a city.
    assert!(run.code == Some(2) && run.stderr.contains("--strict"), "{}", run.story());
    let found = json(&out.join("batch.json"));
    let standard = |name: &str| entry(&found, name)["audit"]["standard"].clone();
    assert_eq!(standard("counties-county-000-xiamen-14fyp"), "xiamen-14fyp");
    assert_eq!(standard("counties-county-000-jinjiang-14fyp"), "jinjiang-14fyp");
    assert_eq!(entry(&found, "county-002")["options"]["strict"], true);
    let audit = json(&out.join("county-001").join("audit.json"));
    assert_eq!(audit["parameters"]["population"]["year"], 2025);
    assert_eq!(audit["parameters"]["zones"]["error_share"], 0.01);

    // A pattern, with a file beside the regions that is none.
    write(&counties.join("county-notes.txt"), "nothing");
    let pattern = counties.join("county-*");
    let run = lifering(["batch".as_ref(), pattern.as_os_str(), "--out".as_ref(), out.as_os_str()]);
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{}", run.story());
    assert_eq!(json(&out.join("batch.json"))["summary"]["regions"], 3);

    // What cannot be meant is refused at once, before anything is written.
    let before = tree(&out);
    write(&csv, "region,yaer\ncounties/county-000,2025\n");
    let nothing = counties.join("city-*");
    for (argument, word) in [(&csv, "yaer"), (&nothing, "city-*")] {
        let run = lifering(["batch".as_ref(), argument.as_os_str(), "--out".as_ref(), out.as_os_str()]);
        assert!(run.code == Some(2) && run.stderr.contains(word), "{}", run.story());
    }
    assert!(tree(&out) == before, "something was written");
}

#[test]
fn too_large_and_too_slow_regions_are_told_and_cost_no_other_one() {
    let folder = temporary();
    let (counties, out) = (folder.path().join("counties"), folder.path().join("out"));
    province(&counties, 3);
    // A file that is mostly blanks: large, and valid.
    let roads = counties.join(name_of(1)).join("roads.geojson");
    write(&roads, &(text(&roads) + &" ".repeat(4 << 20)));
    let run = batch(&counties, &out, &["--memory", "64MiB"]);
    assert_eq!(run.code, Some(2), "{}", run.story());
    let found = json(&out.join("batch.json"));
    let fault = &entry(&found, &name_of(1))["fault"];
    assert!(
        fault["kind"] == "memory" && fault["message"]["en"].as_str().is_some_and(|m| m.contains("64.0 MiB")),
        "{fault}"
    );
    assert_eq!(found["summary"]["audited"], 2);

    let run = batch(&counties, &out, &["--timeout", "1us", "-q"]);
    assert!(run.code == Some(2) && run.stderr.is_empty() && run.stdout.is_empty(), "{}", run.story());
    let found = json(&out.join("batch.json"));
    assert_eq!(found["summary"]["faults"]["time"], 3, "{}", found["summary"]);
    assert!(tree(&out).keys().all(|path| path.components().count() == 1 || path.starts_with(".batch")));

    let run = batch(&counties, &out, &["--timeout", "10m", "-v"]);
    assert!(matches!(run.code, Some(0 | 1 | 3)) && run.stderr.contains("zones"), "{}", run.story());
}

#[test]
fn fail_fast_begins_nothing_more() {
    let folder = temporary();
    let (counties, out) = (folder.path().join("counties"), folder.path().join("out"));
    province(&counties, 4);
    // The largest comes first.
    let roads = counties.join(name_of(2)).join("roads.geojson");
    write(&roads, &(text(&roads) + &" ".repeat(1 << 20) + "}"));
    let mut one = command();
    one.env("RAYON_NUM_THREADS", "1").args(arguments(&counties, &out)).arg("--fail-fast");
    let run = run(&mut one);
    assert_eq!(run.code, Some(2), "{}", run.story());
    let faults = &json(&out.join("batch.json"))["summary"]["faults"];
    assert_eq!(*faults, serde_json::json!({ "input": 1, "not_run": 3 }));
}

#[test]
fn a_file_that_cannot_be_written_costs_its_region_alone() {
    if !cfg!(unix) {
        return;
    }
    let folder = temporary();
    let (counties, out) = (folder.path().join("counties"), folder.path().join("out"));
    province(&counties, 2);
    // Far more people: its files are larger than the shell allows any file to be, 2048 blocks of 512 bytes.
    let city = City { side: 60, stations: 4, seed: 1, corner: [120.0, 24.0], name: "Large".to_owned() };
    city.write(&counties.join("large")).expect("a county");
    let mut shell = std::process::Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\"";
    shell.args(["-c", script, env!("CARGO_BIN_EXE_lifering")]).args(arguments(&counties, &out));
    let run = run(shell.env("LC_ALL", "C.UTF-8"));
    assert_eq!(run.code, Some(2), "{}", run.story());
    let found = json(&out.join("batch.json"));
    assert_eq!(entry(&found, "large")["fault"]["kind"], "write", "{}", found["summary"]);
    assert_eq!(found["summary"]["audited"], 2);
    assert!(!out.join("large").exists() && !out.join(".lifering-run").exists());
    let run = batch(&counties, &out, &["--resume"]);
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{}", run.story());
    assert_eq!(run.stderr.matches("(done before)").count(), 2, "{}", run.story());
}

#[test]
fn a_folder_in_use_or_not_ours_is_left_alone() {
    let folder = temporary();
    let (counties, out) = (folder.path().join("counties"), folder.path().join("out"));
    province(&counties, 1);
    std::fs::create_dir(&out).expect("a folder");
    write(&out.join("thesis.txt"), "three years of work");
    let run = batch(&counties, &out, &[]);
    assert_eq!((run.code, tree(&out).len()), (Some(2), 1), "{}", run.story());

    let out = folder.path().join("in-use");
    let run = batch(&counties, &out, &[]);
    assert!(out.join("batch.json").is_file(), "{}", run.story());
    let place = out.join(".lifering-run");
    std::fs::create_dir(&place).expect("a folder");
    write(&place.join("holder"), "4242");
    let lock = std::fs::File::options().create(true).append(true).open(place.join("lock")).expect("a lock");
    lock.lock().expect("a lock to take");
    let before = tree(&out);
    let run = batch(&counties, &out, &[]);
    assert!(
        run.code == Some(2) && run.stderr.contains("another run is writing here (process 4242)"),
        "{}",
        run.story()
    );
    same(&before, &tree(&out), "in use");
}

#[test]
fn the_files_over_all_say_the_same() {
    let folder = temporary();
    let (counties, out) = (folder.path().join("counties"), folder.path().join("out"));
    province(&counties, 4);
    // Poor data: every third place has no number of people.
    let population = counties.join(name_of(2)).join("population.geojson");
    let mut places = 0;
    let third: Vec<String> = text(&population)
        .lines()
        .map(|line| {
            places += usize::from(line.contains("\"population\":"));
            if places % 3 == 0 { line.replace("\"population\":", "\"x\":") } else { line.to_owned() }
        })
        .collect();
    write(&population, &third.join("\n"));
    write(&counties.join(name_of(3)).join("roads.geojson"), "{");
    let run = batch(&counties, &out, &["--lang", "en"]);
    assert_eq!(run.code, Some(2), "{}", run.story());
    let found = json(&out.join("batch.json"));

    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/schema/batch.schema.json");
    let validator = jsonschema::validator_for(&json(&schema)).expect("the schema is a schema");
    let faults: Vec<String> = validator.iter_errors(&found).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n  "));

    // league.csv: a row a region and rule, and one for the region that could not be audited; worst first, no rank below.
    let mut reader = csv::Reader::from_path(out.join("league.csv")).expect("a table");
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().collect::<Result<_, _>>().expect("rows");
    let poor: Vec<bool> = (0..3).map(|n| entry(&found, &name_of(n))["audit"]["poor_data"] == true).collect();
    assert_eq!(poor, [false, false, true], "{}", found["regions"][2]["audit"]["weakest_layers"]);
    assert_eq!(rows.len(), 3 * RULES + 1);
    let ranked = rows.iter().take_while(|row| !row["rank"].is_empty()).count();
    assert!(rows[ranked..].iter().all(|row| row["rank"].is_empty()), "a rank below one that has none");
    assert!(rows[..ranked].iter().all(|row| row["poor_data"] == "false" && row["verdict"] != "cannot_judge"));
    let binding_gaps = rows.iter().take_while(|row| row["verdict"] == "gap");
    let shortfalls: Vec<f64> = binding_gaps.map(|row| row["shortfall"].parse().expect("a share")).collect();
    assert!(shortfalls.len() > 1 && rows[0]["rank"] == "1", "nothing is shown");
    assert_eq!(rows[rows.len() - 1]["could_not_run"], "input");
    for row in rows.iter().filter(|row| row["could_not_run"].is_empty()) {
        let audit = json(&out.join(&row["region"]).join("audit.json"));
        let rule = support::rule(&audit, &row["rule_id"]).expect("the rule");
        assert_eq!(rule["verdict"], row["verdict"].as_str());
        assert_eq!(rule["value"].as_f64(), row["value"].parse().ok(), "{} {}", row["region"], row["rule_id"]);
        assert_eq!(rule["population_uncovered"].as_f64(), row["population_uncovered"].parse().ok());
    }

    // The page links every report, and every link leads somewhere.
    let page = text(&out.join("index.html"));
    for n in 0..3 {
        assert!(page.contains(&format!("href=\"{}/report.html\"", name_of(n))), "{n}");
        assert!(out.join(name_of(n)).join("report.html").is_file());
    }
    assert!(page.contains("roads.geojson") && page.contains("lang=\"en\""));

    // The tables in parts have no column for the region, and as many rows as the files they come from.
    for table in ["zones", "rules"] {
        for n in 0..3 {
            let part = out.join(table).join(format!("region={}", name_of(n))).join("part.parquet");
            let bytes = bytes::Bytes::from(support::bytes(&part));
            let reader = parquet::file::reader::SerializedFileReader::new(bytes).expect("a parquet file");
            let about = parquet::file::reader::FileReader::metadata(&reader).file_metadata();
            assert!(about.schema_descr().columns().iter().all(|column| column.name() != "region"), "{table}");
            let wanted = if table == "rules" {
                RULES
            } else {
                json(&out.join(name_of(n)).join("uncovered.geojson"))["features"].as_array().map_or(0, Vec::len)
            };
            assert_eq!(usize::try_from(about.num_rows()), Ok(wanted), "{table} {n}");
        }
    }
    assert!(!out.join("zones").join(format!("region={}", name_of(3))).exists());

    // The map: a boundary for each audited region, a row without one for the other.
    let map = rusqlite::Connection::open(out.join("batch.gpkg")).expect("a GeoPackage");
    let count = |what: &str| map.query_row(what, [], |row| row.get::<_, i64>(0)).expect("a number");
    assert_eq!(count("SELECT count(*) FROM regions"), 4);
    assert_eq!(count("SELECT count(*) FROM regions WHERE geom IS NULL AND mark = 'not_audited'"), 1);
    assert_eq!(count("SELECT count(*) FROM regions WHERE mark = 'poor_data'"), 1);
    assert_eq!(usize::try_from(count("SELECT count(*) FROM league")), Ok(3 * RULES + 1));
}

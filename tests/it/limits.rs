//! Limits of time wherever it goes, and what an import may not replace.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::{self, Run, fixtures};

/// The limit that these runs have.
const LIMIT: &str = "700ms";
/// When they must have ended: the limit, and two seconds.
const END: Duration = Duration::from_millis(2_700);

/// A town whose people are a table that takes far longer to read than the limit.
fn large(folder: &Path) -> PathBuf {
    let town = folder.join("large");
    std::fs::create_dir(&town).expect("a folder");
    let straight = fixtures().join("straight_road");
    for entry in std::fs::read_dir(&straight).expect("the fixture").flatten() {
        if entry.path().is_file() {
            std::fs::copy(entry.path(), town.join(entry.file_name())).expect("a copy");
        }
    }
    let toml = support::text(&straight.join("region.toml"));
    let people = toml.lines().find(|line| line.starts_with("population")).expect("people");
    support::write(&town.join("region.toml"), &toml.replace(people, "population = \"people.csv\""));
    let mut rows = String::from("id,经度,纬度,人口\n");
    for n in 0..4_000_000 {
        let _ = writeln!(rows, "{n},118.50{:04},24.70{:04},3", n % 10_000, n % 9_999);
    }
    support::write(&town.join("people.csv"), &rows);
    town
}

fn timed(args: &[&OsStr]) -> (Run, Duration) {
    let began = Instant::now();
    let run = support::lifering(args);
    (run, began.elapsed())
}

#[test]
fn the_time_is_up_while_a_table_is_read() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let town = large(scratch.path());
    let (out, limit) = (scratch.path().join("out"), [OsStr::new("--timeout"), OsStr::new(LIMIT)]);
    let table = scratch.path().join("large/people.csv");
    let mut source = OsString::from("population=");
    source.push(&table);
    let to = [OsStr::new("--out"), out.as_os_str()];
    for args in [
        [&[OsStr::new("audit"), town.as_os_str()][..], &to].concat(),
        vec![OsStr::new("check"), town.as_os_str()],
        vec![OsStr::new("import"), &source, OsStr::new("--to"), out.as_os_str()],
        [
            &[OsStr::new("propose"), town.as_os_str()][..],
            &["--goal", "reach-all", "--minutes", "9"].map(OsStr::new),
            &to,
        ]
        .concat(),
    ] {
        let (run, took) = timed(&[&args[..], &limit].concat());
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.story());
        assert!(run.stderr.contains("--timeout") && run.stderr.contains("0.7 s"), "{args:?}: {}", run.story());
        assert!(took < END, "{args:?}: {took:?}");
        assert!(!out.exists(), "{args:?} wrote");
    }
    let straight = fixtures().join("straight_road");
    let regions = [OsStr::new("batch"), town.as_os_str(), straight.as_os_str()];
    let (run, took) = timed(&[&regions[..], &to, &limit].concat());
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(took < END * 2, "{took:?}: {}", run.story());
    let batch = support::json(&out.join("batch.json"));
    let fault = |name: &str| {
        let regions = batch["regions"].as_array().expect("regions");
        regions.iter().find(|region| region["name"] == name).expect("the region")["fault"]["kind"].clone()
    };
    assert_eq!((fault("large"), fault("straight_road").is_null()), ("time".into(), true), "{batch}");
}

/// Runs `lifering import` of these sources.
fn import(sources: &[&Path], to: &Path) -> Run {
    let sources = sources.iter().map(|path| path.as_os_str());
    support::lifering([OsStr::new("import")].into_iter().chain(sources).chain([OsStr::new("--to"), to.as_os_str()]))
}

#[test]
fn an_import_does_not_replace_what_was_edited() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let (roads, region) = (fixtures().join("straight_road/roads.geojson"), scratch.path().join("town"));
    assert_eq!(import(&[&roads], &region).code, Some(0));
    // Unchanged it is replaced.
    assert_eq!(import(&[&roads], &region).code, Some(0));
    let file = region.join("region.toml");
    let edited = support::text(&file) + "\n# edited\n";
    support::write(&file, &edited);
    let run = import(&[&roads], &region);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(
        run.stderr.contains("region.toml was changed") && run.stderr.contains("move region.toml"),
        "{}",
        run.story()
    );
    assert_eq!(support::text(&file), edited);
    std::fs::rename(&file, scratch.path().join("mine.toml")).expect("moved");
    assert_eq!(import(&[&roads], &region).code, Some(0));
    // A file of one's own under a name that the import would take.
    let stations = scratch.path().join("stations.csv");
    support::write(&stations, "名称,经度,纬度\n甲站,118.5,24.7\n");
    support::write(&region.join("stations.geojson"), "{}");
    let run = import(&[&roads, &stations], &region);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(run.stderr.contains("stations.geojson"), "{}", run.story());
    assert_eq!(support::text(&region.join("stations.geojson")), "{}");
}

#[test]
fn addresses_without_coordinates_come_back_as_a_table_to_fill_in() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let at = |name: &str| scratch.path().join(name);
    let roads = fixtures().join("straight_road/roads.geojson");
    support::write(&at("120.csv"), "名称,地址,救护车数\n甲站,\"和平路1号, 东门\",3\n乙站,中山路2号,2\n");
    let run = import(&[&roads, &at("120.csv")], &at("town"));
    assert_eq!(run.code, Some(3), "{}", run.story());
    assert!(
        run.stdout.contains("2 rows of 120.csv") && run.stdout.contains("stations_to_fill_in.csv"),
        "{}",
        run.story()
    );
    let table = support::text(&at("town/stations_to_fill_in.csv"));
    assert_eq!(table, "\u{feff}名称,地址,救护车数,经度,纬度\r\n甲站,\"和平路1号, 东门\",3,,\r\n乙站,中山路2号,2,,\r\n");
    // Half of it filled in: one station, and the other row comes back once more.
    support::write(&at("120 补.csv"), &table.replace("3,,", "3,118.5,24.7"));
    let run = import(&[&roads, &at("120 补.csv")], &at("again"));
    assert_eq!(run.code, Some(3), "{}", run.story());
    assert!(run.stdout.contains("1 rows of 120 补.csv"), "{}", run.story());
    let rest = support::text(&at("again/stations_to_fill_in.csv"));
    assert!(rest.contains("乙站,中山路2号,2,,") && !rest.contains("甲站"), "{rest}");
    let stations = support::json(&at("again/stations.geojson"));
    assert_eq!(stations["features"][0]["properties"]["救护车数"], 3, "{stations}");
}

//! `lifering propose` on a region whose answers are worked out by hand.
//!
//! One road along the equator with a junction every hundredth of a degree, 1,113.195 m, driven at 10 m/s in 111.3195 s.
//! The station stands at 0; people live on the road at 1 to 9 hundredths, 100 at each, 150 at 9. Four minutes pass before
//! the wheels turn, so ten minutes leave 360 s: 3.23 hundredths. Candidates stand at 5 and 8.

use crate::support::{Run, json, lifering, text, write};
use serde_json::{Value, json as object};
use std::path::{Path, PathBuf};

const TOML: &str = r#"name = "赤道镇"
standard = "jinjiang-14fyp"
[layers]
boundary = "boundary.geojson"
units = "units.geojson"
population = "population.geojson"
roads = "roads.geojson"
stations = "stations.geojson"
candidates = "candidates.geojson"
"#;

pub fn point(lon: f64, properties: &Value) -> Value {
    object!({"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [lon, 0.0]}})
}

fn area(west: f64, east: f64, properties: &Value) -> Value {
    let ring = [[west, -0.01], [east, -0.01], [east, 0.01], [west, 0.01], [west, -0.01]];
    object!({"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}})
}

pub fn collection(features: &[Value]) -> String {
    object!({"type": "FeatureCollection", "features": features}).to_string()
}

/// The town, in a folder of its own.
pub fn town() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = folder.path().join("town");
    std::fs::create_dir(&region).expect("a folder for the town");
    let file = |name: &str, text: String| write(&region.join(name), &text);
    file("region.toml", TOML.to_owned());
    file("boundary.geojson", collection(&[area(-0.005, 0.095, &object!({}))]));
    let units = [("west", "西街", -0.005, 0.045), ("east", "东街", 0.045, 0.095)];
    let units = units.map(|(id, name, w, e)| area(w, e, &object!({"id": id, "name": name, "level": "town"})));
    file("units.geojson", collection(&units));
    let people = (1..=9).map(|i| point(f64::from(i) / 100.0, &object!({"population": if i == 9 { 150 } else { 100 }})));
    file("population.geojson", collection(&people.collect::<Vec<_>>()));
    let line: Vec<[f64; 2]> = (0..=9).map(|i| [f64::from(i) / 100.0, 0.0]).collect();
    let road = object!({"type": "Feature", "properties": {"highway": "residential", "speed_kmh": 36},
        "geometry": {"type": "LineString", "coordinates": line}});
    file("roads.geojson", collection(&[road]));
    let station = point(0.0, &object!({"id": "S0", "name": "老站", "kind": "station", "ambulances": 1}));
    file("stations.geojson", collection(&[station]));
    let candidates = [(0.05, "c5", "五里"), (0.08, "c8", "八里")];
    let candidates = candidates.map(|(lon, id, name)| point(lon, &object!({"id": id, "name": name, "cost": 2})));
    file("candidates.geojson", collection(&candidates));
    (folder, region)
}

pub fn propose(region: &Path, more: &[&str]) -> (Run, Option<Value>) {
    let out = region.with_file_name("plan");
    let words = ["propose".to_owned(), region.display().to_string(), "--out".to_owned(), out.display().to_string()];
    let run = lifering(words.into_iter().chain(more.iter().map(|w| (*w).to_owned())));
    let file = out.join("proposal.json");
    let proposal = (run.code == Some(0)).then(|| json(&file));
    (run, proposal)
}

pub fn verify(region: &Path) -> Run {
    let file = region.with_file_name("plan").join("proposal.json");
    lifering(["propose", "--verify", &file.display().to_string()])
}

pub fn ids(proposal: &Value) -> Vec<&str> {
    let sites = proposal["sites"].as_array().expect("sites");
    let mut ids: Vec<&str> = sites.iter().filter_map(|s| s["id"].as_str()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn one_site_of_two_with_everything_that_is_told_of_it() {
    let (_folder, region) = town();
    let (run, proposal) = propose(&region, &["--goal", "cover", "--minutes", "10", "--sites", "1"]);
    let proposal = proposal.unwrap_or_else(|| panic!("{}", run.story()));
    // The station reaches 1, 2, 3. c5 adds 4 to 8, 500 people; c8 adds 5 to 9, 550.
    assert_eq!(proposal["before"]["objective"], 300.0);
    assert_eq!(proposal["objective"], 850.0);
    assert_eq!((&proposal["optimal"], &proposal["ties"]["found"]), (&Value::from(true), &Value::from(1)));
    assert_eq!(ids(&proposal), ["c8"]);
    let site = &proposal["sites"][0];
    assert_eq!(site["people_new"], 550.0);
    assert_eq!((&site["lon"], &site["lat"], &site["name"]), (&object!(0.08), &object!(0.0), &object!("八里")));
    assert_eq!(site["unit"], "东街");
    assert_eq!(site["next_best"][0]["id"], "c5");
    assert_eq!(site["next_best"][0]["objective"], 800.0);
    // In the east street people waited 240 + 111.3195 * (5+6+7+8+1.5*9)/5.5 s; now the site is 3, 2, 1, 0, 1.5*1 away.
    let street = &site["units"][0];
    assert_eq!((&street["id"], &street["people"]), (&object!("east"), &object!(550.0)));
    let near = |value: &Value, wanted: f64| (value.as_f64().unwrap_or(f64::NAN) - wanted).abs() < 0.06;
    assert!(near(&street["mean_before"], 240.0 + 111.3195 * 39.5 / 5.5), "{street}");
    assert!(near(&street["mean_after"], 240.0 + 111.3195 * 7.5 / 5.5), "{street}");
    // Only 4 is left, in a zone of its own; the one zone of before is helped, not closed.
    assert_eq!(proposal["after"]["population_uncovered"], 100.0);
    assert_eq!(site["zones"][0]["closed"], false);
    let left = json(&region.with_file_name("plan").join("after.geojson"));
    let left = left["features"].as_array().expect("features");
    let people: Vec<&Value> = left.iter().map(|f| &f["properties"]["population"]).filter(|p| **p != 0.0).collect();
    assert_eq!(people, [&object!(100.0)]);
    let sites = json(&region.with_file_name("plan").join("sites.geojson"));
    assert_eq!(sites["features"][0]["geometry"]["coordinates"], object!([0.08, 0.0]));
    assert_eq!(verify(&region).code, Some(0));
}

#[test]
fn the_time_limit_covers_the_measuring_of_times() {
    let (_folder, region) = town();
    let (run, _) = propose(&region, &["--goal", "mean", "--sites", "1", "--time-limit", "0"]);
    assert_eq!(run.code, Some(2), "{}", run.story());
    for word in ["--time-limit", "--spacing"] {
        assert!(run.stderr.contains(word), "{}", run.story());
    }
    assert!(!region.with_file_name("plan").join("proposal.json").exists());
}

#[test]
fn all_are_reached_by_two_and_the_rules_move() {
    let (_folder, region) = town();
    let (run, proposal) = propose(&region, &["--goal", "reach-all", "--minutes", "10"]);
    let proposal = proposal.unwrap_or_else(|| panic!("{}", run.story()));
    assert_eq!(proposal["objective"], 2.0);
    assert_eq!(ids(&proposal), ["c5", "c8"]);
    assert_eq!(proposal["after"]["population_uncovered"], 0.0);
    // Nobody is left, though some land is.
    let left = json(&region.with_file_name("plan").join("after.geojson"));
    assert!(left["features"].as_array().expect("features").iter().all(|f| f["properties"]["population"] == 0.0));
    let rules = proposal["region"]["rules"].as_array().expect("rules");
    let radius = rules.iter().find(|r| r["id"] == "JJ-EMS-01").expect("the rule of 5 km");
    // 5 km are 4.49 hundredths: 1 to 4 before; c5 reaches 1 to 9.
    assert_eq!((&radius["before"]["verdict"], &radius["after"]["verdict"]), (&object!("gap"), &object!("met")));
    assert_eq!(radius["before"]["population_uncovered"], 550.0);
    assert_eq!(verify(&region).code, Some(0), "{}", verify(&region).story());
}

#[test]
fn a_radius_rule_and_every_other_goal_verify() {
    let (_folder, region) = town();
    let goals: [(&[&str], f64); 6] = [
        // c5 is within 5 km of 1 to 9, c8 of 4 to 9: either reaches all that the station does not.
        (&["--goal", "cover", "--rule", "JJ-EMS-01", "--sites", "1"], 950.0),
        (&["--goal", "reach-all", "--rule", "JJ-EMS-01"], 1.0),
        // c8: 100 * (1+2+3+4) * T + 100 * (3+2+1+0) * T + 150 * T and 240 s for each of 950.
        (&["--goal", "mean", "--sites", "1"], 950.0 * 240.0 + 111.3195 * (1000.0 + 600.0 + 150.0)),
        // c5 is 4 from 9; c8 leaves 4 four from the station: either way four.
        (&["--goal", "worst", "--sites", "1"], 240.0 + 4.0 * 111.3195),
        // With both: 2 and 3 by S0 and c5, 5 to 8 by c5 and c8.
        (&["--goal", "backup", "--minutes", "10", "--sites", "2"], 600.0),
        // Half the time free: 1 by one, 2, 3 by two, 4 by one, 5 to 8 by two, 9 by one.
        (&["--goal", "busy", "--minutes", "10", "--sites", "2", "--busy", "0.5"], 600.0 * 0.75 + 350.0 * 0.5),
    ];
    for (goal, wanted) in goals {
        let (run, proposal) = propose(&region, goal);
        let proposal = proposal.unwrap_or_else(|| panic!("{goal:?} {}", run.story()));
        let objective = proposal["objective"].as_f64().expect("an objective");
        assert!((objective - wanted).abs() < 2.0, "{goal:?}: {objective}, not {wanted}");
        assert_eq!(proposal["optimal"], true);
        assert_eq!(verify(&region).code, Some(0), "{goal:?} {}", verify(&region).story());
    }
}

#[test]
fn policy_strikes_out_candidates() {
    let (_folder, region) = town();
    let ask = |more: &[&str]| {
        let all: Vec<&str> =
            ["--goal", "cover", "--minutes", "10", "--sites", "1"].into_iter().chain(more.iter().copied()).collect();
        propose(&region, &all)
    };
    let outside = region.join("lake.geojson");
    write(&outside, &collection(&[area(0.075, 0.085, &object!({}))]));
    let outside = outside.display().to_string();
    assert_eq!(ids(&ask(&["--exclude", &outside]).1.expect("a proposal")), ["c5"]);
    assert_eq!(ids(&ask(&["--near", "老站", "--near-m", "6000"]).1.expect("a proposal")), ["c5"]);
    let (run, _) = ask(&["--not-in", "东街"]);
    assert_eq!(run.code, Some(2), "{}", run.story());
    let (run, _) = ask(&["--not-in", "北街"]);
    assert!(run.code == Some(2) && run.stderr.contains("西街, 东街"), "{}", run.story());
    // Four of money buy both at two each; three buy one.
    assert_eq!(ask(&["--budget", "3"]).1.expect("a proposal")["objective"], 850.0);
}

#[test]
fn a_station_may_move_and_capacity_splits() {
    let (_folder, region) = town();
    let ask = ["--goal", "cover", "--minutes", "10", "--sites", "1", "--movable", "S0", "--move-cost", "1"];
    let (run, proposal) = propose(&region, &ask);
    let proposal = proposal.unwrap_or_else(|| panic!("{}", run.story()));
    // Two of S0, c5, c8: c5 and c8 reach 2 to 9, S0 and c8 1 to 3 and 5 to 9: 850 both, so the station stays.
    assert_eq!((&proposal["objective"], &proposal["kept"]), (&object!(850.0), &object!(["S0"])));
    assert_eq!(verify(&region).code, Some(0), "{}", verify(&region).story());
    let (_, proposal) = propose(&region, &["--goal", "cover", "--minutes", "10", "--sites", "1", "--capacity", "200"]);
    assert_eq!(proposal.expect("a proposal")["objective"], 400.0);
    assert_eq!(verify(&region).code, Some(0), "{}", verify(&region).story());
}

#[test]
fn what_has_changed_does_not_verify_and_bad_questions_are_sentences() {
    let (_folder, region) = town();
    let (run, _) = propose(&region, &["--goal", "cover", "--minutes", "10", "--sites", "1"]);
    assert_eq!(run.code, Some(0), "{}", run.story());
    let people = region.join("population.geojson");
    write(&people, &text(&people).replace("150", "151"));
    let run = verify(&region);
    assert!(run.code == Some(2) && run.stderr.contains("population.geojson"), "{}", run.story());
    let refused = |arguments: &[&str], says: &[&str]| {
        let (run, _) = propose(&region, arguments);
        assert_eq!(run.code, Some(2), "{arguments:?} {}", run.story());
        for part in says {
            assert!(run.stderr.contains(part), "wanted {part}: {}", run.story());
        }
    };
    refused(&["--goal", "cover", "--sites", "1"], &["--rule", "--minutes"]);
    refused(&["--goal", "cover", "--sites", "1", "--rule", "JJ-EMS-04"], &["JJ-EMS-01", "JJ-EMS-02"]);
    refused(&["--goal", "cover", "--sites", "1", "--rule", "JJ-99"], &["JJ-99", "JJ-EMS-02"]);
    refused(&["--goal", "cover", "--sites", "3", "--minutes", "10"], &["3 new sites", "only 2"]);
    refused(&["--goal", "cover", "--sites", "1", "--minutes", "10", "--movable", "S9"], &["--movable", "S9"]);
    refused(&["--goal", "mean", "--sites", "1", "--rule", "JJ-EMS-01"], &["a distance"]);
}

#[test]
fn the_same_bytes_with_one_thread_and_two() {
    let (_folder, region) = town();
    let mut bytes = Vec::new();
    for threads in ["1", "2"] {
        let out = region.with_file_name("plan");
        let mut command = crate::support::command();
        command.env("RAYON_NUM_THREADS", threads).arg("propose").arg(&region).arg("--out").arg(&out);
        command.args(["--goal", "cover", "--minutes", "10", "--sites", "2"]);
        let run = crate::support::run(&mut command);
        assert_eq!(run.code, Some(0), "{}", run.story());
        bytes.push(
            ["proposal.json", "sites.geojson", "after.geojson", "coverage.gpkg", "region.qgz"]
                .map(|name| crate::support::bytes(&out.join(name))),
        );
    }
    assert_eq!(bytes[0], bytes[1]);
}

#[test]
fn one_more_station_tried_changes_what_an_audit_with_it_says() {
    use lifering_core::audit::{Run, audit, standard_for};
    use lifering_core::city::City;
    use lifering_core::plan::trial::Trial;
    use lifering_readers::Region;

    let (_folder, town) = town();
    for (source, rule) in [
        (lifering_readers::source::Source::at(&town), "JJ-EMS-02"),
        (lifering_readers::source::Source::Demo, "JJ-EMS-02"),
    ] {
        let region = Region::read(source).expect("a region");
        let standard = standard_for(&region, Some("jinjiang-14fyp")).expect("a standard");
        let city = City::from_records(region.clone()).expect("a city");
        let what_if = Trial::new(&city, &standard, rule).expect("a rule on time");
        let covered = |region: &Region| {
            let city = City::from_records(region.clone()).expect("a city");
            let findings = audit(&city, &standard, &Run::default()).expect("audited");
            let outcome = findings.outcomes.iter().find(|o| o.rule.id.as_str() == rule).expect("the rule");
            outcome.default.covered.expect("people covered")
        };
        let now = covered(&region);
        let mut helped = 0;
        for candidate in region.candidates.as_deref().unwrap_or_default().iter().take(3) {
            // Twice, so that the buffers are used again.
            let change = what_if.site(candidate.place, None);
            assert_eq!(what_if.site(candidate.place, None), change);
            let mut built = region.clone();
            let mut station = candidate.clone();
            station
                .attributes
                .insert("kind".to_owned(), lifering_base::records::attributes::Scalar::Text("station".to_owned()));
            built.stations.push(station);
            let then = covered(&built);
            assert!((then - now - change.people_new).abs() < 1e-6, "{}: {now} {then} {change:?}", candidate.id);
            helped += usize::from(change.people_new > 0.0);
        }
        assert!(helped > 0, "no candidate helps anybody: nothing is shown");
    }
}

/// Names of the tables of a GeoPackage that have a style of their own, and how many rows each has.
fn styled(file: &rusqlite::Connection) -> std::collections::BTreeMap<String, i64> {
    let mut names = file.prepare("SELECT f_table_name FROM layer_styles WHERE useAsDefault = 1").expect("styles");
    let names: Vec<String> = names.query_map([], |row| row.get(0)).expect("rows").map(|n| n.expect("a name")).collect();
    let count = |name: &String| {
        file.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0)).expect("a number of rows")
    };
    names.iter().map(|name| (name.clone(), count(name))).collect()
}

#[test]
fn the_sites_open_in_qgis_with_what_they_change() {
    let (_folder, region) = town();
    let (run, proposal) = propose(&region, &["--goal", "cover", "--minutes", "10", "--sites", "1"]);
    let proposal = proposal.unwrap_or_else(|| panic!("{}", run.story()));
    let plan = region.with_file_name("plan");
    let file = rusqlite::Connection::open(plan.join("coverage.gpkg")).expect("a GeoPackage");
    let layers = styled(&file);
    let rows = |name: &str| layers.get(name).copied();
    // One of two candidates is proposed; the town has one station and two streets that are units.
    assert_eq!(
        (rows("proposals"), rows("candidates"), rows("stations"), rows("units")),
        (Some(1), Some(2), Some(1), Some(2))
    );
    // Nobody gives up a station, and there are no AEDs: no empty layers.
    assert_eq!((rows("given_up"), rows("aeds")), (None, None));
    assert!(rows("roads_after").is_some_and(|n| n > 0) && rows("boundary") == Some(1));
    let number =
        |sql: &str| file.query_row(sql, [], |row| row.get::<_, f64>(0)).unwrap_or_else(|e| panic!("{sql}: {e}"));
    // The zones hold the people that proposal.json leaves out, before and after; so do the units.
    for state in ["before", "after"] {
        let left = proposal[state]["population_uncovered"].as_f64().expect("people left out");
        let zones = number(&format!("SELECT coalesce(sum(population), 0) FROM uncovered_{state}"));
        let units = number(&format!("SELECT sum(uncovered_{state}) FROM units"));
        assert!((zones - left).abs() < 1e-6 && (units - left).abs() < 1e-6, "{state}: {zones} {units} {left}");
    }
    assert_eq!(
        number("SELECT count(*) FROM moves").to_bits(),
        (proposal["region"]["rules"].as_array().expect("rules").len() as f64).to_bits()
    );
    let site: (String, i64) = file
        .query_row("SELECT id, \"order\" FROM proposals", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("a site");
    assert_eq!((vec![site.0.clone()], site.1), (ids(&proposal).into_iter().map(str::to_owned).collect(), 1));
    let role: String =
        file.query_row("SELECT role FROM candidates WHERE id = ?1", [&site.0], |row| row.get(0)).expect("a role");
    assert_eq!(role, "proposed");
    let title: String = file
        .query_row(
            "SELECT title FROM gpkg_data_columns WHERE table_name = 'proposals' AND column_name = 'order'",
            [],
            |row| row.get(0),
        )
        .expect("a title");
    assert_eq!(title, "建设次序");
    // The same sites and zones as in the GeoJSON files, in a project with a page for now and one for then.
    for (name, layer) in [("sites.geojson", "proposals"), ("after.geojson", "uncovered_after")] {
        let features = json(&plan.join(name))["features"].as_array().expect("features").len();
        assert_eq!(i64::try_from(features), Ok(rows(layer).unwrap_or(0)), "{name}");
    }
    let mut packed =
        zip::ZipArchive::new(std::io::Cursor::new(crate::support::bytes(&plan.join("region.qgz")))).expect("a project");
    let mut project = String::new();
    std::io::Read::read_to_string(&mut packed.by_name("region.qgs").expect("the document"), &mut project)
        .expect("text");
    assert_eq!(project.matches("<Layout ").count(), 2);
    for part in
        ["新站建在哪里", "现状谁未覆盖", "./coverage.gpkg|layername=proposals", "./coverage.gpkg|layername=candidates"]
    {
        assert!(project.contains(part), "{part}");
    }
}

/// In `fixtures/no_ambulance`, S1 at x = 0 has no ambulance: 5,600 people are in time without it. With one it reaches whoever lives
/// at -1000, 0 and 1990 in 600 s of driving, 100 + 200 + 400 more. The only other candidate stands where S2 stands.
#[test]
fn an_empty_station_is_reopened_where_that_is_best() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let region = folder.path().join("region");
    std::fs::create_dir(&region).expect("a folder");
    let town = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/no_ambulance");
    for file in ["region.toml", "boundary.geojson", "roads.geojson", "stations.geojson", "population.geojson"] {
        write(&region.join(file), &text(&town.join(file)));
    }
    let settings = text(&region.join("region.toml"));
    let settings = settings.replace("[layers]\n", "[layers]\ncandidates = \"candidates.geojson\"\n");
    write(&region.join("region.toml"), &settings);
    let beside_s2 = object!({"type": "Feature", "properties": {"id": "C1"},
        "geometry": {"type": "Point", "coordinates": [118.579_082_6, 24.7]}});
    write(&region.join("candidates.geojson"), &collection(&[beside_s2]));
    let ask = ["--goal", "cover", "--rule", "JJ-EMS-02", "--sites", "1"];
    let (run, proposal) = propose(&region, &ask);
    let proposal = proposal.unwrap_or_else(|| panic!("{}", run.story()));
    assert_eq!((ids(&proposal), &proposal["sites"][0]["origin"]), (vec!["S1"], &Value::from("reopen")));
    assert_eq!(
        (&proposal["before"]["objective"], &proposal["objective"]),
        (&Value::from(5600.0), &Value::from(6300.0))
    );
    assert_eq!(proposal["optimal"], true);
    // One ambulance more, and no station more: 12,700 people want one.
    assert_eq!(proposal["after"]["population_uncovered"], 6400.0);
    let verified = verify(&region);
    assert_eq!(verified.code, Some(0), "{}", verified.story());
    let (_, without) = propose(&region, &[&ask[..], &["--no-reopen"]].concat());
    assert_eq!(without.map(|proposal| proposal["objective"].clone()), Some(Value::from(5600.0)));
}

//! Stations of which it is known that they have no ambulance: told, drawn hollow, and proposed for one.
//!
//! The town of `propose_region`, with a second station at 7 hundredths that has no ambulance: nobody drives from it, and with
//! one it reaches 4 to 10 within ten minutes, which is everybody whom the first station does not reach.

use crate::propose_region::{collection, ids, point, propose, town, verify};
use crate::support::{audit, bytes, json, lifering, text, write};
use lifering_core::audit::{Audit, Run as AuditRun, audit as audit_city, standard_for};
use lifering_core::city::{City, OpenOptions};
use lifering_core::plan::region::OnTheGround;
use lifering_core::plan::region::candidates::{CandidateOrigin, Policy};
use lifering_core::plan::region::options::RegionOptions;
use lifering_core::plan::request::{GoalName, SitingRequest};
use lifering_core::run::Silent;
use lifering_readers::source::Source;
use lifering_report::report::Report;
use serde_json::{Value, json as object};
use std::path::{Path, PathBuf};

const COVER: [&str; 6] = ["--goal", "cover", "--minutes", "10", "--sites", "1"];

fn stations(ambulances: u32) -> String {
    let first = point(0.0, &object!({"id": "S0", "name": "老站", "kind": "station", "ambulances": 1}));
    let second = point(0.07, &object!({"id": "S7", "name": "七里站", "kind": "sub_center", "ambulances": ambulances}));
    collection(&[first, second])
}

/// The town with a station at 7 hundredths that has no ambulance.
fn town_with_an_empty_station() -> (tempfile::TempDir, PathBuf) {
    let (folder, region) = town();
    write(&region.join("stations.geojson"), &stations(0));
    (folder, region)
}

/// The region asks for no candidates layer.
fn without_candidates(region: &Path) {
    let settings = region.join("region.toml");
    write(&settings, &text(&settings).replace("candidates = \"candidates.geojson\"\n", ""));
}

#[test]
fn giving_the_empty_station_an_ambulance_is_best_and_proven() {
    let (_folder, region) = town_with_an_empty_station();
    let (run, proposal) = propose(&region, &COVER);
    let proposal = proposal.unwrap_or_else(|| panic!("{}", run.story()));
    // Now only S0 sends anybody: 1, 2, 3. S7 adds 4 to 9, 650 people; c8 adds 5 to 9, 550; c5 4 to 8, 500.
    assert_eq!(proposal["before"]["objective"], 300.0);
    assert_eq!(proposal["before"]["population_uncovered"], 650.0);
    assert_eq!(proposal["objective"], 950.0);
    assert_eq!((&proposal["optimal"], &proposal["ties"]["found"]), (&Value::from(true), &Value::from(1)));
    assert_eq!(proposal["after"]["population_uncovered"], 0.0);
    assert_eq!((ids(&proposal), &proposal["region"]["candidates"]), (vec!["S7"], &object!(3)));
    let site = &proposal["sites"][0];
    assert_eq!(
        (&site["origin"], &site["name"], &site["cost"]),
        (&object!("reopen"), &object!("七里站"), &object!(1.0))
    );
    assert_eq!((&site["lon"], &site["people_new"]), (&object!(0.07), &object!(650.0)));
    let next: Vec<_> = site["next_best"].as_array().expect("places").iter().map(|n| (&n["id"], &n["origin"])).collect();
    assert_eq!(next, [(&object!("c8"), &object!("layer")), (&object!("c5"), &object!("layer"))]);
    // One ambulance for 30,000 people: one is there now, two once the station has one.
    let rules = proposal["region"]["rules"].as_array().expect("rules");
    let ambulances = rules.iter().find(|r| r["id"] == "JJ-EMS-04").expect("the rule on ambulances");
    assert_eq!((&ambulances["before"]["value"], &ambulances["after"]["value"]), (&object!(1.0), &object!(2.0)));
    let agrees = verify(&region);
    assert!(agrees.code == Some(0) && agrees.stdout.contains("950"), "{}", agrees.story());
    // Told in words, in the table, on the map, and in the layers.
    assert!(run.stdout.contains("七里站 (S7) (reopened)") && run.stdout.contains("Reopened"), "{}", run.stdout);
    let plan = region.with_file_name("plan");
    let sites = json(&plan.join("sites.geojson"));
    assert_eq!(sites["features"][0]["properties"]["origin"], "reopen");
    let page = text(&plan.join("proposal.html"));
    for part in ["重新启用1处站点，未覆盖人口由650人减少到0人", "七里站（重新启用）", "急救分中心（无救护车，不派车）"]
    {
        assert!(page.contains(part), "{part}");
    }
    // Hollow on the map before and in its legend, a pin on the map after.
    assert_eq!(page.matches("class=\"sub_center hollow\"").count(), 2);
    assert!(text(&plan.join("sites.qml")).contains("origin"), "the style does not tell them apart");
}

#[test]
fn the_audit_after_is_that_of_the_files_with_the_ambulance() {
    let (_folder, region) = town_with_an_empty_station();
    let ground = proposed(&region, 1.0, GoalName::Cover);
    assert_eq!(ground.sites.iter().map(|s| s.origin).collect::<Vec<_>>(), [CandidateOrigin::Reopen]);
    // In place: no second station, and what it said of itself stays.
    let after = &ground.after.city.records().stations;
    assert_eq!(after.len(), 2);
    assert_eq!((after[1].number("ambulances"), after[1].text("kind")), (Some(1.0), Some("sub_center")));
    assert_eq!(ground.before.city.records().stations[1].number("ambulances"), Some(0.0));
    write(&region.join("stations.geojson"), &stations(1));
    let city = opened(&region);
    let findings = audit_city(&city, &ground.after.findings.standard, &AuditRun::default()).expect("audited");
    let built = Audit { city, findings };
    let rules = |audit: &Audit| serde_json::to_value(Report::new(audit)).expect("a report")["rules"].clone();
    assert!(rules(&ground.before) != rules(&ground.after), "the ambulance changes nothing");
    assert_eq!(rules(&ground.after), rules(&built));
    // As many as are asked for.
    write(&region.join("stations.geojson"), &stations(0));
    let three = proposed(&region, 3.0, GoalName::Cover);
    assert_eq!(three.after.city.records().stations[1].number("ambulances"), Some(3.0));
    // Straight distances need no ambulance: S7 counts before, and nothing is reopened.
    let radius = propose(&region, &["--goal", "backup", "--rule", "JJ-EMS-01", "--sites", "1"]).1.expect("a proposal");
    assert_eq!(radius["region"]["candidates"], 2);
    // Within 5 km, 4.49 hundredths: 3 and 4 of S0 and S7 now; c5 makes it two for 1 to 9.
    assert_eq!((&radius["before"]["objective"], &radius["objective"]), (&object!(200.0), &object!(950.0)));
}

fn opened(region: &Path) -> City {
    City::open(Source::at(region), &OpenOptions::default(), &Silent).expect("a city")
}

fn proposed(region: &Path, ambulances: f64, goal: GoalName) -> OnTheGround {
    let city = opened(region);
    let standard = standard_for(city.records(), None).expect("a standard");
    let request = SitingRequest { limit_s: Some(600.0), ..SitingRequest::new(goal, 1) };
    let options = RegionOptions { ambulances, policy: Policy::default(), ..RegionOptions::default() };
    let solver = lifering_siting::Options::default();
    let proposal =
        lifering_core::plan::region::propose(&city, &standard, &request, &options, &solver, &Silent).expect("a plan");
    proposal.ground.expect("a proposal on the ground")
}

#[test]
fn with_generated_candidates_and_every_goal_it_verifies() {
    let (_folder, region) = town_with_an_empty_station();
    without_candidates(&region);
    // Candidates: S7 and the two ends of the road, J0 and J9.
    let goals: [(&[&str], f64, &[&str]); 6] = [
        (&COVER, 950.0, &["S7"]),
        (&["--goal", "reach-all", "--minutes", "10"], 1.0, &["S7"]),
        // 1, 2, 3 from S0; 4 to 9 from S7, 3, 2, 1, 0, 1 and, for 150, 2 away.
        (&["--goal", "mean", "--sites", "1"], 950.0 * 240.0 + 111.3195 * (600.0 + 700.0 + 300.0), &["S7"]),
        (&["--goal", "worst", "--sites", "1"], 240.0 + 3.0 * 111.3195, &["S7"]),
        // S7 and J9: 6 to 9. S7 and J0: 1 to 3.
        (&["--goal", "backup", "--minutes", "10", "--sites", "2"], 450.0, &["J0.09000", "S7"]),
        // Both ambulances at S7: 1 to 3 by one, 4 to 9 by two.
        (
            &["--goal", "busy", "--minutes", "10", "--sites", "2", "--busy", "0.5", "--per-site", "2"],
            300.0 * 0.5 + 650.0 * 0.75,
            &["S7", "S7"],
        ),
    ];
    for (goal, wanted, sites) in goals {
        let (run, proposal) = propose(&region, goal);
        let proposal = proposal.unwrap_or_else(|| panic!("{goal:?} {}", run.story()));
        let objective = proposal["objective"].as_f64().expect("an objective");
        assert!((objective - wanted).abs() < 2.0, "{goal:?}: {objective}, not {wanted}");
        // Of a junction's id the longitude: at the equator the latitude may be minus nothing.
        let chosen: Vec<&str> = ids(&proposal).iter().map(|id| id.split(',').next().unwrap_or(id)).collect();
        assert_eq!((&proposal["optimal"], chosen), (&object!(true), sites.to_vec()), "{goal:?}");
        assert_eq!(verify(&region).code, Some(0), "{goal:?} {}", verify(&region).story());
        // With two ambulances at S7 there are three, with one at each site as well.
        let rules = proposal["region"]["rules"].as_array().expect("rules");
        let ambulances = rules.iter().find(|r| r["id"] == "JJ-EMS-04").expect("the rule on ambulances");
        assert_eq!(ambulances["after"]["value"], object!(1.0 + sites.len() as f64), "{goal:?}");
    }
    // Nobody sends anybody now.
    write(&region.join("stations.geojson"), &stations(0).replace("\"ambulances\":1", "\"ambulances\":0"));
    let (run, proposal) = propose(&region, &COVER);
    let proposal = proposal.unwrap_or_else(|| panic!("{}", run.story()));
    assert_eq!((&proposal["before"]["objective"], ids(&proposal)), (&object!(0.0), vec!["S7"]));
    assert_eq!(verify(&region).code, Some(0), "{}", verify(&region).story());
}

#[test]
fn what_is_asked_decides_about_it() {
    let (_folder, region) = town_with_an_empty_station();
    let ask = |more: &[&str]| propose(&region, &COVER.into_iter().chain(more.iter().copied()).collect::<Vec<_>>());
    let chosen = |more: &[&str]| {
        let (run, proposal) = ask(more);
        let proposal = proposal.unwrap_or_else(|| panic!("{more:?} {}", run.story()));
        assert_eq!(verify(&region).code, Some(0), "{more:?} {}", verify(&region).story());
        (ids(&proposal).join(" "), proposal["cost"].as_f64().expect("a cost"))
    };
    assert_eq!(chosen(&["--no-reopen"]), ("c8".to_owned(), 2.0));
    // It is struck out like any other candidate, and costs what is said.
    assert_eq!(chosen(&["--near", "老站", "--near-m", "6000"]), ("c5".to_owned(), 2.0));
    assert_eq!(chosen(&["--reopen-cost", "4", "--budget", "3"]), ("c8".to_owned(), 2.0));
    assert_eq!(chosen(&["--reopen-cost", "3", "--budget", "3"]), ("S7".to_owned(), 3.0));
    // A candidate that stands where the station stands says what reopening it costs: no second station there.
    let layer = region.join("candidates.geojson");
    let before = text(&layer);
    let candidates = [("c5", 0.05, 2), ("c8", 0.08, 2), ("c7", 0.07, 6)];
    let candidates = candidates.map(|(id, lon, cost)| point(lon, &object!({"id": id, "name": id, "cost": cost})));
    write(&layer, &collection(&candidates));
    assert_eq!(chosen(&[]), ("S7".to_owned(), 6.0));
    assert_eq!(ask(&[]).1.expect("a proposal")["region"]["candidates"], 3);
    write(&layer, &before);
    // What cannot be is refused.
    let refused = |more: &[&str], says: &[&str]| {
        let (run, _) = ask(more);
        assert_eq!(run.code, Some(2), "{more:?} {}", run.story());
        for part in says {
            assert!(run.stderr.contains(part), "{more:?}: wanted {part}: {}", run.story());
        }
    };
    refused(&["--movable", "S7"], &["--movable", "S7", "it has no ambulance"]);
    refused(&["--ambulances", "0"], &["--ambulances", "at least 1"]);
    write(&layer, &before.replace("\"id\":\"c8\"", "\"id\":\"c8\",\"ambulances\":0"));
    refused(&[], &["candidates.geojson", "c8", "ambulances", "at least 1"]);
}

#[test]
fn the_same_bytes_with_one_thread_and_two() {
    let (_folder, region) = town_with_an_empty_station();
    without_candidates(&region);
    let mut written = Vec::new();
    for threads in ["1", "2"] {
        let out = region.with_file_name("plan");
        let mut command = crate::support::command();
        command.env("RAYON_NUM_THREADS", threads).arg("propose").arg(&region).arg("--out").arg(&out);
        let run = crate::support::run(command.args(COVER));
        assert_eq!(run.code, Some(0), "{}", run.story());
        written.push(
            ["proposal.json", "proposal.html", "sites.geojson", "coverage.gpkg", "region.qgz"]
                .map(|name| bytes(&out.join(name))),
        );
    }
    assert_eq!(written[0], written[1]);
}

#[test]
fn an_audit_tells_who_sends_nobody_and_who_enters_a_road_farther_away() {
    let (_folder, region) = town_with_an_empty_station();
    // A third station beside a stub of 111 m, 11 m away; the road of the town is 67 m away.
    let third = point(0.02, &object!({"id": "S2", "name": "断头站", "kind": "station", "ambulances": 1}));
    let mut list: Value = serde_json::from_str(&stations(0)).expect("stations");
    let mut third = third;
    third["geometry"]["coordinates"] = object!([0.02, 0.0006]);
    list["features"].as_array_mut().expect("stations").push(third);
    write(&region.join("stations.geojson"), &list.to_string());
    let roads = region.join("roads.geojson");
    let mut list = json(&roads);
    list["features"].as_array_mut().expect("roads").push(object!({"type": "Feature",
        "properties": {"highway": "residential", "speed_kmh": 36},
        "geometry": {"type": "LineString", "coordinates": [[0.02, 0.0005], [0.021, 0.0005]]}}));
    write(&roads, &list.to_string());
    let out = region.with_file_name("out");
    let run = audit(&region, &out);
    assert!(run.code.is_some_and(|code| code != 2), "{}", run.story());
    let told = json(&out.join("stations.geojson"));
    let told: Vec<_> = told["features"]
        .as_array()
        .expect("stations")
        .iter()
        .map(|s| &s["properties"])
        .map(|s| {
            (s["id"].as_str().unwrap_or(""), s["dispatches"].as_bool(), s["population_first"].as_f64() > Some(0.0))
        })
        .collect();
    assert_eq!(told, [("S0", Some(true), true), ("S7", Some(false), false), ("S2", Some(true), true)]);
    let page = text(&out.join("report.html"));
    assert!(page.contains("七里站<span class=\"sub\">无救护车，不派车</span>"), "the table does not tell");
    assert!(page.contains("class=\"sub_center hollow\""), "no hollow symbol");
    assert!(page.contains("急救分中心（无救护车，不派车）"), "no legend");
    let way_out = "最近道路（相距11.1米）驶不出去，同时接入相距66.3米的道路";
    assert!(
        page.contains(&format!("断头站<span class=\"sub\">{way_out}</span>")),
        "the table does not tell of the stub"
    );
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes(&out.join("report.xlsx")))).expect("a workbook");
    let mut strings = String::new();
    std::io::Read::read_to_string(&mut book.by_name("xl/sharedStrings.xml").expect("texts"), &mut strings)
        .expect("text");
    assert!(strings.contains("无救护车，不派车") && strings.contains(way_out), "the sheet does not tell");
    let style = text(&out.join("stations.qml"));
    for rows in ["= 'sub_center' AND NOT &quot;dispatches&quot;", "= 'sub_center' AND &quot;dispatches&quot;"] {
        assert!(style.contains(rows), "{rows}");
    }
    let english =
        lifering(["audit", &region.display().to_string(), "--out", &out.display().to_string(), "--lang", "en"]);
    assert!(english.code.is_some_and(|code| code != 2), "{}", english.story());
    let page = text(&out.join("report.html"));
    assert!(page.contains("no ambulance: sends none") && page.contains("leads nowhere"), "not in English");
}

//! Figures just inside and just outside of their ranges, in a town of round numbers. The round of deceit (`tests/deceit`)
//! looks at everything together.

use super::*;
use crate::quality::issue_log::with_issues;
use crate::quality::{Quality, assess};
use lifering_readers::Region;
use lifering_readers::source::Source;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A square of 0.1 by 0.1 degrees, 112.0 km² at 24.65 N, with one road of 11.08 km through it and everybody at one place.
fn town(people: &str, more: &[(&str, &str)]) -> Region {
    let collection = |features: &str| format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
    let boundary = r#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":
        [[[118.5,24.6],[118.6,24.6],[118.6,24.7],[118.5,24.7],[118.5,24.6]]]}}"#;
    let road = r#"{"type":"Feature","properties":{"highway":"primary"},"geometry":{"type":"LineString","coordinates":
        [[118.55,24.6],[118.55,24.7]]}}"#;
    let mut files = BTreeMap::from([
        ("boundary.geojson".to_owned(), collection(boundary).into_bytes()),
        ("roads.geojson".to_owned(), collection(road).into_bytes()),
        ("population.csv".to_owned(), format!("lon,lat,population\n{people}").into_bytes()),
    ]);
    let without = if more.iter().any(|(key, _)| *key == "stations") { "" } else { "without = [\"stations\"]\n" };
    let mut settings = "name = \"t\"\n[layers]\nboundary = \"boundary.geojson\"\nroads = \"roads.geojson\"\npopulation = \"population.csv\"\n".to_owned();
    for (key, text) in more {
        files.insert(format!("{key}.csv"), (*text).into());
        let _ = writeln!(settings, "{key} = \"{key}.csv\"");
    }
    files.insert("region.toml".to_owned(), format!("{without}{settings}").into_bytes());
    Region::read(Source::memory("t", "region.toml", files)).expect("a town")
}

/// What is said of a layer.
fn said(quality: &Quality, key: &str) -> Vec<String> {
    let layer = quality.layers.iter().find(|layer| layer.grade.key == key).expect("the layer");
    let of = |code| matches!(code, IssueCode::LayerImplausible | IssueCode::ValueImplausible);
    let issues = layer.issues.iter().filter(|issue| of(issue.code));
    issues.flat_map(|issue| issue.examples.iter().map(|example| example.found.text("en"))).collect()
}

fn of_people(people: u64) -> Vec<String> {
    said(&assess(town(&format!("118.55,24.65,{people}\n"), &[])).expect("a quality"), "population")
}

#[test]
fn people_on_ground_and_roads() {
    // 3 people on a km of road are 33; 10,000 are 110,800; 60,000 on a km² are 6.72 million.
    assert_eq!(of_people(34), Vec::<String>::new());
    assert_eq!(of_people(33), ["3.0 people for each km of drivable road"]);
    assert_eq!(of_people(110_000), Vec::<String>::new());
    assert_eq!(of_people(112_000).len(), 1);
    let millions = of_people(6_800_000);
    assert!(millions.len() == 2 && millions[0].ends_with("people per km²"), "{millions:?}");
}

#[test]
fn sites_per_head_and_by_themselves() {
    let people = "118.55,24.65,60000\n";
    let stations = |ambulances: &str, turnout: &str| {
        let text =
            format!("name,lon,lat,ambulances,negative_pressure,turnout_s\nA,118.55,24.65,{ambulances},1,{turnout}\n");
        said(&assess(town(people, &[("stations", &text)])).expect("a quality"), "stations")
    };
    // 60,000 for 20 ambulances are 3,000 each.
    assert_eq!(stations("20", "180"), Vec::<String>::new());
    assert_eq!(stations("21", "180"), ["2857 people for each ambulance"]);
    assert_eq!(stations("20", "3"), ["3"], "minutes in a column of seconds");
    assert_eq!(stations("0", "180"), ["1"], "more with negative pressure than there are");
    let facilities = |beds: &str| {
        let text = format!("name,lon,lat,kind,beds\nA,118.55,24.65,hospital,{beds}\n");
        said(&assess(town(people, &[("facilities", &text)])).expect("a quality"), "facilities")
    };
    // 0.8 beds for 1,000 are 48, 40 are 2,400.
    assert_eq!([facilities("48"), facilities("2400")], [Vec::<String>::new(), Vec::new()]);
    assert_eq!(facilities("47"), ["0.78 beds for 1,000 people"]);
    assert_eq!(facilities("2401"), ["40 beds for 1,000 people"]);
}

#[test]
fn a_row_of_sums_and_a_filler_are_named() {
    let rows = |last: &str| {
        let text = format!("118.55,24.65,100\n118.5505,24.65,200\n118.551,24.65,300\n118.5515,24.65,{last}\n");
        said(&assess(town(&text, &[])).expect("a quality"), "population")
    };
    assert_eq!(rows("400"), Vec::<String>::new());
    assert_eq!(rows("600"), ["600 of all 1200 in the record at 118.55150, 24.65000"]);
    assert_eq!(rows("99999"), ["99999 at 118.55150, 24.65000"]);
}

#[test]
fn a_town_is_no_city_of_two_million() {
    let standard = Standard::embedded("jinjiang-14fyp").expect("an embedded standard");
    // 2,061,600 in 2020, 2,110,800 in 2025.
    for (people, noted) in
        [(28_000, true), (1_020_000, true), (1_040_000, false), (4_200_000, false), (4_300_000, true)]
    {
        let city = City::from_records(town(&format!("118.55,24.65,{people}\n"), &[])).expect("a city");
        let mut log = IssueLog::default();
        note_standard(&city, &standard, &mut log);
        let inputs = with_issues(city.records(), &log);
        let found = inputs.iter().flat_map(|input| input.issues.list()).any(|i| i.code == IssueCode::LayerImplausible);
        assert_eq!(found, noted, "{people}");
    }
}

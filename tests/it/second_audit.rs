//! The audit of an edited city takes over what the edit leaves alone, and finds what an audit from nothing finds.

use crate::support::fixtures;
use lifering_core::audit::{AuditRequest, OpenedRegion};
use lifering_core::run::Silent;
use lifering_readers::scenario::Scenario;
use lifering_readers::source::Source;

/// Zones as coarse as a test of anything else needs them.
const COARSE: f64 = 0.05;

/// Edits of every kind, each by itself, and some at once.
fn edits(opened: &OpenedRegion) -> Vec<String> {
    let city = opened.base().city();
    let samples = &city.people().samples;
    let home = samples[samples.len() / 2].place;
    let station = city.records().stations[0].id.clone();
    let at = format!("[{}, {}]", home.lon, home.lat);
    let add = format!("add_station = {{ id = \"new\", at = {at}, kind = \"station\", ambulances = 1 }}");
    let slower = format!("set_station = {{ station = {station:?}, turnout_s = 120 }}");
    let housing = format!("add_housing = {{ people = 1000, at = {at} }}");
    let all = [&add, "set_speeds = { residential = 20 }", "scale_people = { factor = 1.1 }", &housing];
    let together = all.map(|edit| format!("[[edit]]\n{edit}\n")).concat();
    let single = [
        add.clone(),
        format!("move_station = {{ station = {station:?}, to = {at} }}"),
        format!("close_station = {{ station = {station:?} }}"),
        slower,
        "close_road = { feature = 0 }".to_owned(),
        "set_road_speed = { road = { feature = 0 }, kmh = 20 }".to_owned(),
        "set_speeds = { residential = 20 }".to_owned(),
        "set_period = { period = \"bench\", factor = 1.3 }".to_owned(),
        "set_response = { turnout_s = 120 }".to_owned(),
        "set_access = { speed_kmh = 3 }".to_owned(),
        "scale_people = { factor = 1.1 }".to_owned(),
        housing,
    ];
    single.iter().map(|edit| format!("[[edit]]\n{edit}\n")).chain([together]).collect()
}

#[test]
fn what_is_taken_over_is_what_would_be_found() {
    for town in ["grid_town", "walk", "barrier"] {
        let request = AuditRequest { zone_error: Some(COARSE), ..AuditRequest::default() };
        let opened = request.open(Source::at(&fixtures().join(town)), &Silent).expect("the town is opened");
        let base = opened.base().base_audit(&Silent).expect("the base is audited");
        for edit in edits(&opened) {
            let text = format!("name = \"law\"\n{edit}");
            let scenario = Scenario::from_bytes("law.toml", text.as_bytes()).expect("a scenario");
            let city = opened.scenario(&scenario).unwrap_or_else(|error| panic!("{town}: {edit}: {error}"));
            let again = city.audit(Some(&base), &Silent).expect("the second audit");
            let anew = city.audit(None, &Silent).expect("the audit from nothing");
            let [again, anew] = [again, anew].map(|audit| serde_json::to_value(&audit.findings).expect("JSON"));
            for (key, wanted) in anew.as_object().expect("an object") {
                assert!(again[key] == *wanted, "{town}: {edit}: {key}: {} and {wanted}", again[key]);
            }
        }
    }
}

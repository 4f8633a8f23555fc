//! Rules judged from evidence made by hand: people, sites and areas without roads or files.

use std::collections::{BTreeMap, BTreeSet};

use lifering_base::records::attributes::Scalar;
use lifering_base::units::Milliseconds;
use lifering_standards::catalogue::{LayerName, Rule, Standard, UnitKind};
use lifering_standards::evidence::{Area, DemandPoint, Evidence, Level, Measurements, Missing, SiteEvidence};
use lifering_standards::outcome::{RuleOutcome, Verdict};
use lifering_standards::{AccessQuery, MeasurementDefect, Unmeasured, judge};

use crate::rules::{Attributes, layer, no_roads, site};

/// People alone, with some layers that are given but empty.
fn people_alone(people: f64, layers: &[&str]) -> Evidence {
    let mut evidence =
        Evidence { demand_points: vec![DemandPoint { people, attributes: BTreeMap::new() }], ..Evidence::default() };
    evidence.given.extend(layers.iter().map(|name| layer(name)));
    evidence
}

fn unmeasured(_: &AccessQuery) -> Result<Measurements, Unmeasured> {
    Err(no_roads())
}

fn outcome(standard: &str, evidence: &Evidence, id: &str) -> RuleOutcome {
    let standard = Standard::embedded(standard).expect("an embedded standard");
    let mut all = judge(&standard, evidence, &unmeasured).expect("nothing is wanted");
    all.remove(all.iter().position(|o| o.rule.id.as_str() == id).expect("the rule"))
}

#[test]
fn jinjiang_needs_69_ambulances_28_of_them_negative_pressure_207_aeds_and_14_stations_by_the_xiamen_rule() {
    let jinjiang = people_alone(2_061_600.0, &["stations", "aeds"]);
    let needs = |standard: &str, id: &str| -> Vec<(Option<u16>, u64)> {
        outcome(standard, &jinjiang, id).needs.iter().map(|need| (need.year, need.need)).collect()
    };
    let by_year = |here, base, target| vec![(None, here), (Some(2020), base), (Some(2025), target)];
    assert_eq!(needs("jinjiang-14fyp", "JJ-EMS-04"), by_year(69, 69, 71));
    assert_eq!(needs("jinjiang-14fyp", "JJ-EMS-05"), by_year(28, 28, 29), "40 % of 69 is 27.6, of 71 28.4");
    assert_eq!(needs("jinjiang-14fyp", "JJ-EMS-07"), by_year(207, 207, 212));
    // Xiamen's own 5,160,000 and 5,750,000 people say nothing of Jinjiang.
    assert_eq!(needs("xiamen-14fyp", "XM-EMS-01"), [(None, 14)]);
    let tripled = outcome("national-2020", &jinjiang, "CN-04");
    assert_eq!(tripled.default.need, Some(207));
    assert!(!tripled.rule.force.binds(), "shown, never failed");
    assert_eq!(tripled.readings[0].need, Some(69), "the residents themselves");
    assert_eq!(needs("national-2020", "CN-05"), [(None, 28)], "of the 69 that bind, not of the 207 that do not");
}

#[test]
fn a_plan_counts_its_own_people_only() {
    for (people, applies) in [(2_061_600.0, true), (2_638_500.0, true), (1_546_200.0, true), (900_000.0, false)] {
        let mut evidence = people_alone(people, &["stations"]);
        evidence.sites.push(site(LayerName::Stations, &Attributes::from([("ambulances".to_owned(), 70.into())])));
        let found = outcome("jinjiang-14fyp", &evidence, "JJ-EMS-04");
        let other = found.readings.iter().any(|r| matches!(r.missing, Some(Missing::OtherPopulation { .. })));
        assert_eq!(other, !applies, "{people} people");
        // 70 ambulances are enough for 2,061,600 and for the 52 or 30 of fewer, not for the 71 of 2025 or the 88 of more.
        let wanted = match people {
            p if p > 2_500_000.0 => Verdict::Depends,
            p if p > 1_000_000.0 => Verdict::Depends,
            _ => Verdict::Met,
        };
        assert_eq!(found.verdict, wanted, "{people} people: {:?}", found.default);
    }
}

/// 90 of 100 people reach the certain centre in time, or `reached` of them; with the one of no known kind all do.
fn circle(reached: f64, with_unsure: f64, unsure_placed: bool) -> Verdict {
    let standard = Standard::embedded("xiamen-14fyp").expect("an embedded standard");
    let rule = standard.rule("XM-PHC-01").expect("the circle").clone();
    let urban = BTreeMap::from([("urban".to_owned(), Scalar::Bool(true))]);
    let mut evidence = Evidence {
        demand_points: [reached, with_unsure - reached, 100.0 - with_unsure]
            .map(|people| DemandPoint { people, attributes: urban.clone() })
            .to_vec(),
        ..Evidence::default()
    };
    evidence.given.insert(LayerName::Facilities);
    let clinic = Attributes::from([("kind".to_owned(), "clinic".into())]);
    evidence.sites.push(site(LayerName::Facilities, &clinic));
    evidence.sites.push(SiteEvidence { placed: unsure_placed, ..site(LayerName::Facilities, &Attributes::new()) });
    let measured = |question: &AccessQuery| {
        let late = if question.sites.len() == 2 { 100 } else { 2_000_000 };
        Ok(Measurements::Times([100, late, 2_000_000].map(|ms| Some(Milliseconds(ms))).to_vec()))
    };
    let alone = Standard { rules: vec![Rule { readings: Vec::new(), ..rule }], ..standard };
    judge(&alone, &evidence, &measured).expect("all is measured").remove(0).verdict
}

#[test]
fn a_facility_of_no_known_kind_neither_fills_a_circle_nor_proves_it_empty() {
    assert_eq!(circle(90.0, 95.0, true), Verdict::Met, "enough without it");
    assert_eq!(circle(80.0, 95.0, true), Verdict::CannotJudge, "enough only with it");
    assert_eq!(circle(80.0, 89.0, true), Verdict::Gap, "not enough even with it");
    assert_eq!(circle(80.0, 89.0, false), Verdict::CannotJudge, "it may stand unlocated");
}

#[test]
fn what_has_no_place_counts_for_the_whole_and_keeps_areas_open() {
    let standard = Standard::embedded("xiamen-14fyp").expect("an embedded standard");
    let mut evidence = people_alone(2000.0, &["workforce"]);
    let doctors = Attributes::from([("doctors".to_owned(), 8.into())]);
    let record = SiteEvidence { placed: false, ..site(layer("workforce"), &doctors) };
    evidence.sites.push(record);
    let area = |id: &str, sites: &[usize]| Area {
        located: true,
        id: id.to_owned(),
        name: id.to_owned(),
        attributes: BTreeMap::new(),
        members: Vec::new(),
        sites: sites.iter().copied().collect(),
    };
    let mut town = area("town", &[]);
    town.members = vec![0];
    let level = Level { areas: vec![town], derived_from: None, unlocated: BTreeSet::from([0]) };
    evidence.levels.insert(UnitKind::Town, level);
    let find = |evidence: &Evidence| {
        let all = judge(&standard, evidence, &unmeasured).expect("nothing is wanted");
        all.into_iter().find(|o| o.rule.id.as_str() == "XM-CAP-02").expect("the rule").default
    };
    // 2000 / 1000 * 3.8 = 7.6, so 8.
    let found = find(&evidence);
    assert_eq!((found.verdict, found.need, found.have), (Verdict::Met, Some(8), Some(8.0)));
    assert_eq!(found.areas[0].verdict, Verdict::CannotJudge, "nobody knows where they work");
    // The record names its unit.
    let level = Level { areas: vec![area("town", &[0])], derived_from: None, unlocated: BTreeSet::new() };
    evidence.levels.insert(UnitKind::Town, level);
    assert_eq!(find(&evidence).areas[0].verdict, Verdict::Met);
}

/// 100 km2 and four stations: sqrt(1e8 / (4 * 3.14159265)) = 2,820.95 m. A helicopter base and a station outside share none of it,
/// and whatever the mean radius is, the verdict is that of the people.
#[test]
fn the_mean_radius_is_of_the_ground_stations_inside_and_turns_no_verdict() {
    let standard = Standard::embedded("jinjiang-14fyp").expect("an embedded standard");
    let rule = standard.rule("JJ-EMS-01").expect("the radius").clone();
    let mut evidence = people_alone(100.0, &["stations"]);
    evidence.area_m2 = Some(1e8);
    let of_kind = |kind: &str| site(LayerName::Stations, &Attributes::from([("kind".to_owned(), kind.into())]));
    evidence.sites =
        vec![of_kind("station"), of_kind("station"), of_kind("center"), of_kind("sub_center"), of_kind("air")];
    evidence.sites.push(SiteEvidence { inside: false, ..of_kind("station") });
    let alone = Standard { rules: vec![Rule { readings: Vec::new(), ..rule }], ..standard };
    let radius_at = |evidence: &Evidence, metres: f64| {
        let measured = |_: &AccessQuery| Ok(Measurements::Distances(vec![Some(metres)]));
        let found = judge(&alone, evidence, &measured).expect("all is measured").remove(0);
        (found.default.mean_radius_m, found.verdict)
    };
    let (radius, verdict) = radius_at(&evidence, 6000.0);
    assert!(radius.is_some_and(|radius| (radius - 2820.95).abs() < 0.01), "{radius:?}");
    assert_eq!(verdict, Verdict::Gap, "2.8 km on average, and somebody at 6 km");
    evidence.area_m2 = Some(1e10);
    assert_eq!(radius_at(&evidence, 100.0).1, Verdict::Met, "28 km on average, and nobody far");
    evidence.area_m2 = None;
    assert_eq!(radius_at(&evidence, 100.0).0, None);
}

#[test]
fn a_query_that_nobody_measured_is_an_error_not_a_missing_input() {
    let standard = Standard::embedded("jinjiang-14fyp").expect("an embedded standard");
    let evidence = people_alone(10.0, &["stations", "facilities"]);
    let error = |measured: Result<Measurements, Unmeasured>| {
        judge(&standard, &evidence, &|_| measured.clone()).expect_err("a defect").defect
    };
    assert_eq!(error(Err(Unmeasured::Never)), MeasurementDefect::Never);
    assert_eq!(error(Ok(Measurements::Distances(Vec::new()))), MeasurementDefect::Length { found: 0, wanted: 1 });
    let timed = standard.rule("JJ-EMS-02").expect("the circle").clone();
    let alone = Standard { rules: vec![timed], ..standard.clone() };
    let found = judge(&alone, &evidence, &|_| Ok(Measurements::Distances(vec![None]))).expect_err("a defect");
    assert_eq!(found.defect, MeasurementDefect::NotTime);
    let words = "rule JJ-EMS-02: Drive(CallToArrival, None) of 0 sites was measured as distance, not as time";
    assert_eq!(found.to_string(), words);
}

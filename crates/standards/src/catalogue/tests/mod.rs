//! What the embedded catalogue must say, written down a second time from the documents.

mod quotes;
mod schema;

use std::collections::BTreeSet;

use self::quotes::QUOTES;
use super::*;

/// Profile, its own rules, and the rules with those it fills from another.
const COUNTS: [(&str, usize, usize); 7] = [
    ("core", 5, 5),
    ("jinjiang-14fyp", 34, 34),
    ("xiamen-14fyp", 37, 41),
    ("hangzhou-2025", 3, 3),
    ("national-2020", 10, 10),
    ("nfpa-1710", 4, 4),
    ("england-arp", 4, 4),
];

fn standard(id: &str) -> Standard {
    Standard::embedded(id).unwrap_or_else(|error| panic!("{error}"))
}

fn rule(standard: &Standard, id: &str) -> Rule {
    standard.rule(id).unwrap_or_else(|| panic!("no {id}")).clone()
}

fn every_own_rule() -> Vec<Rule> {
    let standards = COUNTS.iter().map(|(id, _, _)| standard(id));
    standards.flat_map(|standard| standard.own_rules().cloned().collect::<Vec<_>>()).collect()
}

fn reading(rule: &Rule, id: &str) -> Criterion {
    let found = rule.readings.iter().find(|reading| reading.id == id);
    found.unwrap_or_else(|| panic!("{} has no reading {id}", rule.id)).criterion.clone()
}

fn per_population(criterion: &Criterion) -> PerPopulation {
    let Criterion::PerPopulation(rule) = criterion else { panic!("{criterion:?}") };
    rule.clone()
}

fn travel_time(criterion: &Criterion) -> TravelTime {
    let Criterion::TravelTime(rule) = criterion else { panic!("{criterion:?}") };
    rule.clone()
}

fn presence(criterion: &Criterion) -> PresencePerUnit {
    let Criterion::PresencePerUnit(rule) = criterion else { panic!("{criterion:?}") };
    rule.clone()
}

fn radius(criterion: &Criterion) -> Radius {
    let Criterion::Radius(rule) = criterion else { panic!("{criterion:?}") };
    rule.clone()
}

#[test]
fn the_catalogue_holds_97_rules_in_seven_profiles_without_a_finding() {
    let ids: Vec<&str> = embedded().iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, COUNTS.map(|(id, _, _)| id));
    for ((id, text), (_, own, all)) in embedded().iter().zip(COUNTS) {
        let diagnostics = lint(id, text);
        assert!(diagnostics.is_empty(), "{}", StandardError::Faulty { diagnostics });
        let standard = standard(id);
        assert_eq!(standard.id, *id);
        assert_eq!((standard.own_rules().count(), standard.rules.len()), (own, all), "{id}");
    }
    assert_eq!(every_own_rule().len(), 97);
}

#[test]
fn every_standard_round_trips_through_json() {
    for (id, _) in embedded() {
        let standard = standard(id);
        let text = serde_json::to_string(&standard).expect("JSON");
        assert_eq!(serde_json::from_str::<Standard>(&text).expect(id), standard);
    }
}

#[test]
fn rule_ids_are_unique_over_all_profiles() {
    let rules = every_own_rule();
    let ids: BTreeSet<&RuleId> = rules.iter().map(|rule| &rule.id).collect();
    assert_eq!(ids.len(), rules.len());
}

#[test]
fn every_quote_is_short_and_is_the_one_in_the_document() {
    let expected: BTreeSet<(&str, u32, &str)> = QUOTES.iter().copied().collect();
    assert_eq!(expected.len(), 74, "34 of Jinjiang, 37 of Xiamen, 3 of Hangzhou");
    let rules = every_own_rule();
    let mut found = BTreeSet::new();
    for rule in &rules {
        let Some(quote) = rule.cite.words.quote() else {
            continue;
        };
        assert!(quote.chars().count() <= MAX_QUOTE_CHARS, "{}", rule.id);
        found.insert((rule.id.as_str(), rule.cite.line.unwrap_or_default(), quote));
    }
    assert_eq!(found, expected);
}

#[test]
fn a_plan_is_quoted_with_section_and_line_and_the_others_are_worded() {
    for rule in every_own_rule() {
        let of = |prefixes: &[&str]| prefixes.iter().any(|prefix| rule.id.as_str().starts_with(prefix));
        assert_eq!(rule.cite.words.quote().is_some(), of(&["JJ", "XM", "HZ"]), "{}", rule.id);
        assert_eq!(rule.cite.section.is_some(), of(&["JJ", "XM", "HZ"]), "{}", rule.id);
        assert_eq!(rule.cite.line.is_some(), of(&["JJ", "XM"]), "{}", rule.id);
    }
}

#[test]
fn force_decides_what_binds() {
    let unbound: Vec<String> = every_own_rule()
        .iter()
        .filter(|rule| !rule.force.binds())
        .map(|rule| format!("{} {}", rule.id, rule.force))
        .collect();
    assert_eq!(
        unbound,
        [
            "JJ-EMS-03 advisory",
            "JJ-PUB-01 historical",
            "JJ-PUB-02 historical",
            "CN-04 advisory",
            "CN-08 advisory",
            "CN-09 advisory",
            "CN-10 advisory"
        ]
    );
}

/// The population in the base year and in the target year.
fn people(standard: &Standard) -> [u64; 2] {
    let year = |year: Option<u16>| standard.population[&year.expect("a year")];
    [year(standard.base_year), year(standard.target_year)]
}

/// Needs by hand: people / per * min, rounded up.
#[test]
fn needs_come_out_as_the_documents_count_them() {
    let jinjiang = standard("jinjiang-14fyp");
    let xiamen = standard("xiamen-14fyp");
    let national = standard("national-2020");
    assert_eq!(people(&jinjiang), [2_061_600, 2_110_800]);
    assert_eq!(people(&xiamen), [5_160_000, 5_750_000]);
    // standard, rule, need on the base year and on the target year of the people of that city
    let table = [
        (&jinjiang, "JJ-EMS-04", &jinjiang, [69, 71]),       // 68.72, 70.36
        (&jinjiang, "JJ-EMS-07", &jinjiang, [207, 212]),     // 206.16, 211.08
        (&jinjiang, "JJ-CAP-01", &jinjiang, [8659, 8866]),   // 8658.72, 8865.36
        (&jinjiang, "JJ-CAP-05", &jinjiang, [9278, 9499]),   // 9277.2, 9498.6
        (&jinjiang, "JJ-CAP-06", &jinjiang, [151, 155]),     // 150.4968, 154.0884
        (&jinjiang, "JJ-PUB-01", &jinjiang, [12370, 12665]), // 12369.6, 12664.8
        (&xiamen, "XM-EMS-01", &xiamen, [35, 39]),           // 34.4, 38.33
        (&xiamen, "XM-EMS-01", &jinjiang, [14, 15]),         // 13.744, 14.072
        (&xiamen, "XM-CAP-01", &xiamen, [23220, 25875]),     // exact
        (&xiamen, "XM-CAP-05", &xiamen, [23220, 25875]),     // exact
        (&xiamen, "CN-03", &xiamen, [172, 192]),             // 172, 191.67
        (&national, "CN-04", &jinjiang, [207, 212]),         // 206.16, 211.08
    ];
    for (standard, id, city, needs) in table {
        let criterion = per_population(&rule(standard, id).criterion);
        assert_eq!(people(city).map(|people| criterion.need(people as f64)), needs, "{id}");
    }
}

#[test]
fn an_exact_product_is_not_rounded_up_once_more() {
    let doctors = per_population(&rule(&standard("xiamen-14fyp"), "XM-CAP-04").criterion);
    assert_eq!((doctors.per, doctors.min), (10_000, 2.7));
    // 700,000 / 10,000 * 2.7 = 189; the floating-point product is 189.00000000000003.
    assert_eq!(doctors.need(700_000.0), 189);
    assert_eq!(doctors.need(700_001.0), 190);
    assert_eq!([0.0, -1.0, f64::NAN].map(|people| doctors.need(people)), [0, 0, 0]);
    let ambulances = per_population(&rule(&standard("jinjiang-14fyp"), "JJ-EMS-04").criterion);
    assert_eq!([29_999.0, 30_000.0, 30_001.0].map(|people| ambulances.need(people)), [1, 1, 2]);
}

#[test]
fn both_populations_are_a_reading_of_every_rule_that_counts_people() {
    for id in ["jinjiang-14fyp", "xiamen-14fyp"] {
        let standard = standard(id);
        for rule in standard.rules.iter().filter(|rule| rule.kind() == RuleKind::PerPopulation) {
            assert_eq!(per_population(&rule.criterion).population_year, None, "{}", rule.id);
            for year in [2020, 2025] {
                let reading = per_population(&reading(rule, &format!("population_{year}")));
                assert_eq!(reading.population_year, Some(year), "{}", rule.id);
            }
        }
    }
}

#[test]
fn the_service_radius_is_read_straight_and_along_the_roads() {
    let rule = rule(&standard("jinjiang-14fyp"), "JJ-EMS-01");
    let straight = radius(&rule.criterion);
    assert_eq!((straight.max_m, straight.metric, straight.min_share), (5000.0, Metric::Euclid, 1.0));
    assert_eq!(straight.facility.layers, [LayerName::Stations]);
    let mut network = straight;
    network.metric = Metric::Network;
    assert_eq!(reading(&rule, "network"), Criterion::Radius(network));
    assert_eq!(rule.assumed.iter().map(|open| open.what.as_str()).collect::<Vec<_>>(), ["metric", "min_share", "year"]);
}

#[test]
fn the_national_radius_tells_town_from_country() {
    let national = standard("national-2020");
    let urban = rule(&national, "CN-01");
    assert_eq!(urban.criterion.demand().map(ToString::to_string).as_deref(), Some("urban"));
    assert_eq!(reading(&urban, "everybody").demand(), None);
    let rural = rule(&national, "CN-02");
    assert_eq!(rural.criterion.demand().map(ToString::to_string).as_deref(), Some("not urban"));
    let limits = |criterion| (radius(criterion).max_m, radius(criterion).warn_m);
    assert_eq!(limits(&rural.criterion), (20_000.0, Some(10_000.0)));
    assert_eq!(limits(&reading(&rural, "ten_km")), (10_000.0, None));
}

#[test]
fn the_emergency_circles_are_said_of_everybody_and_read_by_share_mean_and_three_clocks() {
    let jinjiang = standard("jinjiang-14fyp");
    for (id, limit_s) in [("JJ-EMS-02", 840), ("JJ-EMS-03", 900)] {
        let rule = rule(&jinjiang, id);
        let clock = |criterion: &Criterion| match travel_time(criterion).journey {
            Journey::Drive { clock, .. } => clock,
            Journey::Walk { .. } => panic!("{id} is driven"),
        };
        let default = travel_time(&rule.criterion);
        assert_eq!(default.limit_s, limit_s);
        assert_eq!(default.statistic, Statistic::Share { min_share: 1.0 });
        let nine_tenths = travel_time(&reading(&rule, "nine_tenths"));
        assert_eq!(nine_tenths.statistic, Statistic::Share { min_share: 0.9 });
        assert_eq!(clock(&rule.criterion), Clock::CallToArrival);
        assert_eq!(clock(&reading(&rule, "dispatch_to_arrival")), Clock::DispatchToArrival);
        assert_eq!(clock(&reading(&rule, "drive_only")), Clock::DriveOnly);
        let mean = travel_time(&reading(&rule, "mean"));
        assert_eq!((mean.statistic, mean.limit_s), (Statistic::Mean, limit_s));
    }
}

#[test]
fn the_medical_circle_is_walked_by_default_and_counts_every_facility() {
    let rule = rule(&standard("jinjiang-14fyp"), "JJ-PHC-02");
    let walked = travel_time(&rule.criterion);
    assert_eq!(walked.journey, Journey::Walk { pace: Pace::Usual });
    assert_eq!(walked.facility, Selection { layers: vec![LayerName::Facilities], filter: None });
    assert_eq!(travel_time(&reading(&rule, "elderly")).journey, Journey::Walk { pace: Pace::Elderly });
    let driven = Journey::Drive { clock: Clock::DriveOnly, period: None };
    assert_eq!(travel_time(&reading(&rule, "driving")).journey, driven);
}

#[test]
fn each_sub_centre_area_needs_a_decontamination_centre_or_all_together() {
    let rule = rule(&standard("jinjiang-14fyp"), "JJ-EMS-06");
    let each = presence(&rule.criterion);
    assert_eq!((each.unit, each.combine, each.min), (UnitKind::SubCenterArea, Combine::Each, 1.0));
    assert_eq!(each.facility.layers, [LayerName::Decontamination]);
    assert_eq!(presence(&reading(&rule, "union")).combine, Combine::Union);
    let xiamen = self::rule(&standard("xiamen-14fyp"), "XM-EMS-02");
    let five = presence(&xiamen.criterion);
    assert_eq!((five.unit, five.merge), (UnitKind::District, vec!["思明区".to_owned(), "湖里区".to_owned()]));
    let six = presence(&reading(&xiamen, "districts"));
    assert_eq!((six.unit, six.merge), (UnitKind::District, Vec::new()));
}

#[test]
fn negative_pressure_is_a_share_of_the_ambulances() {
    for (id, name) in [("jinjiang-14fyp", "JJ-EMS-05"), ("national-2020", "CN-05")] {
        let Criterion::Share(share) = rule(&standard(id), name).criterion else { panic!("{name}") };
        let Fraction::Sums { part, whole } = share.fraction else { panic!("{name}") };
        assert_eq!((part.as_str(), whole.as_str(), share.min), ("negative_pressure", "ambulances", 0.4));
    }
}

#[test]
fn a_criterion_names_the_attributes_it_needs() {
    let jinjiang = standard("jinjiang-14fyp");
    let needs = |id: &str| rule(&jinjiang, id).criterion.attributes().into_iter().collect::<Vec<_>>().join(" ");
    for (id, attributes) in [
        ("JJ-EMS-01", ""),
        ("JJ-EMS-04", "ambulances"),
        ("JJ-EMS-05", "ambulances negative_pressure"),
        ("JJ-EMS-09", "kind opened"),
        ("JJ-PUB-02", "beds permanent"),
        ("JJ-HOS-01", "enteric_clinic fever_clinic independent_ct kind level observation_room respiratory_clinic"),
        ("JJ-CAP-07", "beds kind nursing_beds"),
    ] {
        assert_eq!(needs(id), attributes, "{id}");
    }
}

#[test]
fn xiamen_fills_its_silent_topics_from_the_national_guidance_and_says_so() {
    let xiamen = standard("xiamen-14fyp");
    let extension = xiamen.extends.as_ref().expect("an extension");
    assert_eq!(extension.from, "national-2020");
    let silent: Vec<(&str, Vec<&str>)> = extension
        .silent
        .iter()
        .map(|topic| (topic.topic.en.as_str(), topic.filled_by.iter().map(RuleId::as_str).collect()))
        .collect();
    assert_eq!(
        silent,
        [
            ("service radius", vec!["CN-01", "CN-02"]),
            ("response minutes", vec![]),
            ("ambulance ratio", vec!["CN-03"]),
            ("negative-pressure share", vec!["CN-05"]),
            ("AED ratio", vec![]),
        ]
    );
    let national = standard("national-2020");
    for filled in xiamen.rules.iter().filter(|rule| rule.filled_from.is_some()) {
        assert_eq!(filled.filled_from.as_deref(), Some("national-2020"));
        let original = rule(&national, filled.id.as_str());
        assert_eq!((&filled.criterion, &filled.cite), (&original.criterion, &original.cite));
        assert!(xiamen.sources.contains_key(&filled.cite.source));
    }
    assert!(national.rules.iter().all(|rule| rule.filled_from.is_none()));
}

#[test]
fn every_layer_and_unit_level_beyond_the_usual_has_a_title() {
    for (id, _, _) in COUNTS {
        let standard = standard(id);
        for rule in &standard.rules {
            for layer in &rule.criterion.selection().layers {
                let extra = matches!(layer, LayerName::Extra(_));
                assert_eq!(standard.layer_title(layer).is_some(), extra, "{} {layer}", rule.id);
            }
        }
    }
    assert_eq!(standard("jinjiang-14fyp").unit_levels["medical_zone"].zh, "医疗片区");
}

#[test]
fn baselines_are_what_the_plans_counted() {
    let values = |id| -> Vec<(String, f64)> {
        standard(id).baselines.iter().map(|baseline| (baseline.id.clone(), baseline.value)).collect()
    };
    let named = |pairs: &[(&str, f64)]| -> Vec<(String, f64)> {
        pairs.iter().map(|(id, value)| ((*id).to_owned(), *value)).collect()
    };
    assert_eq!(
        values("jinjiang-14fyp"),
        named(&[
            ("ems_center", 1.0),
            ("ems_sub_center", 4.0),
            ("ems_station", 11.0),
            ("aed", 60.0),
            ("towns", 19.0),
            ("villages", 398.0),
            ("integrated_clinics", 149.0),
            ("beds_text", 8144.0),
            ("beds_table", 6453.0),
            ("vaccination", 24.0),
            ("digital_vaccination", 22.0),
            ("home_care", 325.0),
            ("home_care_signed", 287.0),
            ("home_care_in_house", 18.0),
            ("nursing_homes", 46.0),
            ("nursing_homes_signed", 25.0),
            ("nursing_homes_in_house", 7.0),
            ("urban_share", 0.6869)
        ])
    );
    assert_eq!(
        values("xiamen-14fyp"),
        named(&[
            ("aed", 116.0),
            ("beds", 19470.0),
            ("districts", 6.0),
            ("air", 1.0),
            ("hospital_link", 4.0),
            ("mother_baby", 60.0),
            ("integrated_eldercare", 38.0),
            ("integrated_beds", 9550.0),
            ("integrated_medical_beds", 1036.0),
            ("geriatrics", 11.0),
            ("geriatrics_tcm", 1.0),
            ("tcm_techniques", 1.0),
            ("tcm_halls", 0.974)
        ])
    );
}

#[test]
fn an_unknown_standard_is_answered_with_the_nearest() {
    let error = Standard::embedded("jinjang-14fyp").expect_err("a slip of the pen").to_string();
    assert!(error.contains("unknown standard `jinjang-14fyp`; did you mean `jinjiang-14fyp`?"), "{error}");
    assert!(error.contains("england-arp"), "{error}");
}

/// X:74 sets 3.85, 4.10, 4.28 and 4.4 beds per 1000 for the years before 2025: 5,160,000 people need 19,866 to 22,704.
#[test]
fn the_limit_of_another_year_is_taken_with_its_words() {
    let xiamen = standard("xiamen-14fyp");
    let need = |year| {
        let then = rule(&xiamen.clone().in_year(year), "XM-CAP-01");
        let beds = per_population(&then.criterion).need(5_160_000.0);
        let alone = per_population(&reading(&then, "hospitals_only")).need(5_160_000.0);
        assert_eq!(beds, alone, "{year}");
        (then.year, beds, then.cite.words.text().starts_with("3.85"))
    };
    assert_eq!(need(2021), (Some(2021), 19866, true));
    assert_eq!(need(2022), (Some(2022), 21156, true));
    assert_eq!(need(2023), (Some(2023), 22085, true), "22,084.8");
    assert_eq!(need(2024), (Some(2024), 22704, true));
    assert_eq!(need(2025), (Some(2025), 23220, false));
    assert_eq!(xiamen.years().into_iter().collect::<Vec<_>>(), [2020, 2021, 2022, 2023, 2024, 2025]);
    assert_eq!(standard("jinjiang-14fyp").years().len(), 2);
}

/// 力争 is one force wherever it stands; a sentence without a year says so.
#[test]
fn what_the_text_only_strives_for_is_an_aspiration_in_every_profile() {
    let strives: Vec<String> =
        every_own_rule().iter().filter(|r| r.force == Force::Aspiration).map(|r| r.id.to_string()).collect();
    let named = "JJ-EMS-02 JJ-PHC-01 JJ-PHC-04 JJ-PHC-05 JJ-CAP-05 JJ-HOS-05 XM-PHC-04 XM-CAP-04 XM-HOS-05";
    assert_eq!(strives.join(" "), named);
    for rule in every_own_rule().iter().filter(|rule| rule.cite.line.is_some()) {
        assert!(rule.year.is_some(), "{} has neither a year nor the end of the plan", rule.id);
    }
}

#[test]
fn a_number_that_nobody_has_confirmed_cannot_bind() {
    let national = standard("national-2020");
    for rule in national.rules.iter().filter(|rule| rule.cite.confidence == Confidence::Low) {
        assert!(!rule.force.binds(), "{}", rule.id);
    }
    let text = embedded_text("national-2020").expect("embedded").replacen(
        "id = \"CN-08\"\nkind = \"share\"",
        "id = \"CN-08\"\n# bound again\nkind = \"share\"",
        1,
    );
    let at = text.find("# bound again").expect("the rule");
    let bound = format!("{}{}", &text[..at], text[at..].replacen("force = \"advisory\"", "force = \"target\"", 1));
    let found = lint("national-2020.toml", &bound);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].message.contains("cannot bind"), "{}", found[0]);
}

#[test]
fn more_than_a_share_is_not_the_share_itself() {
    let rule = rule(&standard("xiamen-14fyp"), "XM-HOS-02");
    let Criterion::Share(share) = rule.criterion else { panic!("a share") };
    assert_eq!([0.59, 0.6, 0.61].map(|part| share.is_enough(part)), [false, false, true]);
    let least = [10.0, 11.0].map(|whole| share.part_of(whole) as u64);
    assert_eq!(least, [7, 7], "6 of 10 are not more than 60 %; 6.6 of 11 are 7");
}

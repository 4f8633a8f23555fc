//! Faulty files: each is a good one with one thing wrong, and the diagnostics must point at it.

use crate::catalogue::{Criterion, Diagnostic, RuleKind, Severity, Standard, StandardError, lint};

const GOOD: &str = r#"id = "my-city"
title = { zh = "我市标准", en = "My city" }
applies_to = { zh = "县级市", en = "city" }
base_year = 2020

[population]
2020 = 500000

[sources.P]
title = { zh = "规划", en = "Plan" }
confidence = "high"

[extra_layers]
schools = { zh = "学校", en = "schools" }

[unit_levels]
zone = { zh = "片区", en = "zone" }

[assumptions]
metric = { zh = "默认直线", en = "straight by default" }

[readings.network]
title = { zh = "沿道路", en = "along roads" }
set = { metric = "network" }

[[baselines]]
id = "hospitals"
title = { zh = "医院", en = "hospitals" }
of = "facilities"
where = 'kind = "hospital"'
value = 3
cite = { source = "P", text = "三家医院" }

[[rules]]
id = "MY-01"
kind = "radius"
title = { zh = "半径", en = "Radius" }
scope = { zh = "全市", en = "city" }
force = "target"
threshold = { facility = "stations", max_m = 3000, metric = "euclid", min_share = 1.0 }
assumed = ["metric"]
readings = ["network"]
cite = { source = "P", quote = "服务半径3公里" }

[[rules]]
id = "MY-02"
kind = "travel_time"
title = { zh = "十分钟", en = "Ten minutes" }
scope = { zh = "全市", en = "city" }
force = "standard"
threshold = { facility = "stations", where = 'kind = "station"', mode = "drive", clock = "drive_only", max_min = 10, stat = "share", min_share = 0.9 }
cite = { source = "P", text = "十分钟" }

[[rules]]
id = "MY-03"
kind = "presence_per_unit"
title = { zh = "学校", en = "Schools" }
scope = { zh = "片区", en = "zone" }
force = "standard"
threshold = { unit = "zone", facility = "schools", where = 'open and level >= 2', min = 1 }
cite = { source = "P", text = "每片区一所" }

[[rules]]
id = "MY-04"
kind = "share"
title = { zh = "负压", en = "Negative pressure" }
scope = { zh = "全市", en = "city" }
force = "standard"
threshold = { of = "stations", num = "sum(negative_pressure)", weight = "ambulances", min = 0.4 }
cite = { source = "P", text = "四成" }

[[rules]]
id = "MY-05"
kind = "per_population"
title = { zh = "救护车", en = "Ambulances" }
scope = { zh = "全市", en = "city" }
force = "standard"
threshold = { facility = "stations", count = "sum(ambulances)", per = 30000, min = 1, population_year = 2020 }
cite = { source = "P", text = "每三万人一辆" }
"#;

fn broken(good: &str, bad: &str) -> String {
    assert!(GOOD.contains(good), "{good}");
    GOOD.replacen(good, bad, 1)
}

/// The words that a diagnostic underlines.
fn underlined(diagnostic: &Diagnostic) -> String {
    diagnostic.excerpt.chars().skip(diagnostic.column - 1).take(diagnostic.width).collect()
}

#[test]
fn the_good_file_has_no_finding() {
    assert_eq!(lint("good.toml", GOOD), []);
    let standard = Standard::from_toml("good.toml", GOOD).expect("a good file");
    assert_eq!(standard.rules.len(), 5);
    assert_eq!(standard.baselines.len(), 1);
}

/// What is replaced, by what, what is underlined, what the message says, what the help says.
#[rustfmt::skip]
const FAULTS: [(&str, &str, &str, &str, &str); 52] = [
    ("base_year", "base_yaer", "base_yaer", "unknown key `base_yaer`", "did you mean `base_year`?"),
    ("max_m =", "max_metres =", "max_metres", "unknown key `max_metres`", "did you mean `max_m`?"),
    ("en = \"My city\"", "eng = \"My city\"", "eng", "unknown key `eng`", "did you mean `en`?"),
    ("kind = \"radius\"", "kind = \"raduis\"", "\"raduis\"", "unknown kind `raduis`", "did you mean `radius`?"),
    ("force = \"target\"", "force = \"must\"", "\"must\"", "unknown force `must`", "standard, target"),
    ("confidence = \"high\"", "confidence = \"hi\"", "\"hi\"", "unknown confidence `hi`", "high, medium, low"),
    ("min_share = 1.0", "min_share = 95", "95", "must be above 0 and at most 1", "95 % is 0.95"),
    ("max_m = 3000", "max_m = -3", "-3", "max_m = -3 must be above 0", ""),
    ("max_m = 3000", "max_m = nan", "nan", "must be above 0 and finite", ""),
    ("max_m = 3000", "max_m = \"3 km\"", "\"3 km\"", "invalid type: string \"3 km\"", ""),
    ("max_m = 3000", "max_m = 3000, warn_m = 3000", "3000", "warn_m = 3000 must be less than max_m", ""),
    ("max_min = 10", "max_min = 10.001", "10.001", "whole number of seconds", ""),
    ("facility = \"stations\", max_m", "facility = \"statoins\", max_m", "\"statoins\"", "unknown layer `statoins`", "did you mean `stations`?"),
    ("facility = \"schools\"", "facility = [\"schools\", \"schools\"]", "[\"schools\", \"schools\"]", "named twice", ""),
    ("facility = \"schools\"", "facility = []", "[]", "at least one layer", ""),
    ("unit = \"zone\"", "unit = \"zones\"", "\"zones\"", "unknown unit `zones`", "did you mean `zone`?"),
    ("open and level >= 2", "open and level >= \"2\"", "\"", "bad filter: found `\"2\"`, wanted a number", "reads like"),
    ("open and level >= 2", "open && level >= 2", "&", "found `&&`; write `and`", "reads like"),
    ("kind = \"station\"", "kind = \"sub_centre\"", "\"", "no feature of this layer has kind \"sub_centre\"", "did you mean `sub_center`?"),
    ("kind = \"hospital\"", "kind = \"hopsital\"", "\"", "no feature of this layer has kind \"hopsital\"", "did you mean `hospital`?"),
    ("clock = \"drive_only\", ", "", "{ facility", "needs a `clock`", "call_to_arrival"),
    ("mode = \"drive\", ", "mode = \"walk\", ", "\"drive_only\"", "`clock` belongs to mode = \"drive\"", ""),
    ("clock = \"drive_only\"", "clock = \"drive_only\", pace = \"elderly\"", "\"elderly\"", "`pace` belongs to mode = \"walk\"", ""),
    ("stat = \"share\"", "stat = \"mean\"", "0.9", "`min_share` belongs to stat = \"share\"", ""),
    (", min_share = 0.9", "", "{ facility", "needs a `min_share`", "min_share = 0.9"),
    (", weight = \"ambulances\"", "", "\"sum(negative_pressure)\"", "`weight` is missing", ""),
    ("count = \"sum(ambulances)\"", "count = \"ambulances\"", "\"ambulances\"", "wanted `sum(attribute)`", "leave it out"),
    ("per = 30000", "per = 0", "0", "per must be at least 1", ""),
    ("population_year = 2020", "population_year = 2021", "2021", "no figure for 2021", "known here: 2020"),
    ("base_year = 2020", "base_year = 2019", "2019", "no figure for 2019", ""),
    ("id = \"MY-02\"", "id = \"MY-01\"", "\"MY-01\"", "rule `MY-01` is here twice", ""),
    ("id = \"MY-02\"", "id = \"my-01\"", "\"my-01\"", "rule `my-01` is here twice", ""),
    ("id = \"MY-02\"", "id = \"MY 02\"", "\"MY 02\"", "`MY 02` is no identifier", ""),
    ("source = \"P\", quote", "source = \"Q\", quote", "\"Q\"", "unknown source `Q`", "P"),
    ("quote = \"服务半径3公里\"", "", "\"P\"", "a citation needs `quote`", ""),
    ("服务半径3公里", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一", "\"一二", "a quote of 41 characters", "keep as much"),
    ("quote = \"服务半径3公里\"", "quote = \"服务\", text = \"半径\"", "\"半径\"", "not both", ""),
    ("cite = { source = \"P\", quote = \"服务半径3公里\" }\n", "", "[[rules]]", "missing field `cite`", ""),
    ("set = { metric =", "set = { matric =", "matric", "reading `network` overrides `matric`, which a radius rule does not have", "did you mean `metric`?"),
    ("set = { metric = \"network\" }", "set = { metric = \"roads\" }", "\"network\"", "reading `network` does not fit", "unknown metric `roads`"),
    ("set = { metric = \"network\" }", "", "network", "changes nothing", ""),
    ("readings = [\"network\"]", "readings = [\"networks\"]", "\"networks\"", "unknown reading `networks`", "did you mean `network`?"),
    ("assumed = [\"metric\"]", "assumed = [\"metrics\"]", "\"metrics\"", "unknown assumption `metrics`", "did you mean `metric`?"),
    ("metric = { zh", "metric = { what = \"clock\", zh", "\"metric\"", "assumption `metric` is about `clock`", ""),
    ("zh = \"我市标准\"", "zh = \" \"", "\" \"", "this text is empty", ""),
    ("set = { metric = \"network\" }", "kind = \"share\"", "network", "either changes parameters", ""),
    ("weight = \"ambulances\", min = 0.4", "weight = \"ambulances\", whole_per = 0, min = 0.4", "0", "whole_per must be at least 1", ""),
    ("force = \"target\"\nthreshold = { facility = \"stations\", max_m", "force = \"target\"\nmilestones = { min = { 2021 = 1 }, quote = \"x\" }\nthreshold = { facility = \"stations\", max_m", "\"x\"", "a radius rule has no milestones", ""),
    ("text = \"每三万人一辆\" }", "text = \"每三万人一辆\", confidence = \"low\" }", "\"standard\"", "cannot bind", "force = \"advisory\""),
    ("of = \"facilities\"", "of = \"facilities\"\nunit = \"town\"", "[[baselines]]", "one of `of`, `unit` and `people`", ""),
    ("2020 = 500000", "2020 = 500000\nmany = 1", "many", "`many` is not a year", ""),
    ("kind = \"share\"", "kind = \"share", "", "invalid basic string", ""),
];

#[test]
fn every_fault_is_found_at_its_place() {
    for (good, bad, place, message, help) in FAULTS {
        let text = broken(good, bad);
        let diagnostics = lint("city.toml", &text);
        let hit = diagnostics.iter().find(|diagnostic| {
            diagnostic.severity == Severity::Error
                && underlined(diagnostic).starts_with(place)
                && diagnostic.message.contains(message)
                && diagnostic.help.as_deref().unwrap_or_default().contains(help)
        });
        assert!(hit.is_some(), "{bad}: {}", StandardError::Faulty { diagnostics });
        let error = Standard::from_toml("city.toml", &text).expect_err(bad);
        assert_eq!(error, StandardError::Faulty { diagnostics }, "loading and linting agree");
    }
}

#[test]
fn faults_are_found_all_at_once() {
    let text = GOOD
        .replacen("base_year", "base_yaer", 1)
        .replacen("max_m = 3000", "max_m = 0", 1)
        .replacen("clock = \"drive_only\"", "clock = \"driving\"", 1)
        .replacen("open and", "open und", 1)
        .replacen("id = \"MY-05\"", "id = \"MY-04\"", 1)
        .replacen("force = \"target\"", "force = \"aim\"", 1);
    let diagnostics = lint("city.toml", &text);
    let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "unknown key `base_yaer`",
            "unknown force `aim`",
            "max_m = 0 must be above 0 and finite",
            "unknown clock `driving`",
            "bad filter: found `und`, wanted `and`, `or` or the end",
            "rule `MY-04` is here twice",
        ]
    );
    assert!(diagnostics.is_sorted_by_key(|diagnostic| diagnostic.line));
}

#[test]
fn what_does_nothing_is_a_warning_and_no_error() {
    let table = [
        ("readings = [\"network\"]\n", "", "reading `network` is used nowhere"),
        ("assumed = [\"metric\"]\n", "", "assumption `metric` is used nowhere"),
        (
            "[unit_levels]\n",
            "[unit_levels]\nblock = { zh = \"街区\", en = \"block\" }\n",
            "unit level `block` is used nowhere",
        ),
        (
            "set = { metric = \"network\" }",
            "set = { metric = \"euclid\" }",
            "reading `network` is the same as the rule itself",
        ),
    ];
    for (good, bad, message) in table {
        let text = broken(good, bad);
        let diagnostics = lint("city.toml", &text);
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        assert_eq!((diagnostics[0].severity, diagnostics[0].message.as_str()), (Severity::Warning, message));
        assert!(Standard::from_toml("city.toml", &text).is_ok());
    }
}

#[test]
fn a_file_of_ones_own_can_fill_its_silence_from_an_embedded_profile() {
    let extends = r#"
[extends]
from = "jinjiang-14fyp"

[[extends.topics]]
topic = { zh = "AED", en = "AEDs" }
rules = ["JJ-EMS-07"]
readings = ["base"]

[readings.base]
title = { zh = "2020年人口", en = "2020 population" }
set = { population_year = 2020 }

[[baselines]]"#;
    let text = broken("[[baselines]]", extends);
    assert_eq!(lint("city.toml", &text), []);
    let standard = Standard::from_toml("city.toml", &text).expect("a good file");
    let filled = standard.rule("JJ-EMS-07").expect("the AED rule");
    assert_eq!(filled.filled_from.as_deref(), Some("jinjiang-14fyp"));
    assert_eq!(standard.sources["JJ"].title.en, "Jinjiang 14th Five-Year special plan for health");
    // The readings on the people of Jinjiang stay behind; the one on the people of this city is there.
    let ids: Vec<&str> = filled.readings.iter().map(|reading| reading.id.as_str()).collect();
    assert_eq!(ids, ["base"]);
    let Criterion::PerPopulation(base) = &filled.readings[0].criterion else { panic!("{filled:?}") };
    assert_eq!(base.population_year, Some(2020));

    for (good, bad, message, help) in [
        (
            "from = \"jinjiang-14fyp\"",
            "from = \"jinjiang\"",
            "unknown standard `jinjiang`",
            "did you mean `jinjiang-14fyp`?",
        ),
        ("JJ-EMS-07", "JJ-EMS-70", "`jinjiang-14fyp` has no rule `JJ-EMS-70`", "did you mean `JJ-EMS-07`?"),
        ("JJ-EMS-07", "JJ-EMS-05", "reading `base` overrides `population_year`, which a share rule does not have", ""),
        ("id = \"MY-01\"", "id = \"JJ-EMS-07\"", "rule `JJ-EMS-07` is here twice", ""),
        ("[sources.P]", "[sources.JJ]", "source `JJ` of rule `JJ-EMS-07` is another document here", ""),
    ] {
        let diagnostics = lint("city.toml", &text.replacen(good, bad, 1));
        let hit = |diagnostic: &Diagnostic| {
            diagnostic.message == message && diagnostic.help.as_deref().unwrap_or_default().contains(help)
        };
        assert!(diagnostics.iter().any(hit), "{bad}: {}", StandardError::Faulty { diagnostics });
    }
}

#[test]
fn a_standard_may_only_take_rules_from_elsewhere_but_not_be_empty() {
    let head = "id = \"x\"\ntitle = { zh = \"甲\", en = \"x\" }\napplies_to = { zh = \"市\", en = \"city\" }\n";
    let diagnostics = lint("x.toml", head);
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    assert!(diagnostics[0].message.contains("at least one [[rules]]"));
    let extends = "[extends]\nfrom = \"nfpa-1710\"\ntopics = [{ topic = { zh = \"行车\", en = \"travel\" }, rules = [\"NF-01\"] }]\n";
    let standard = Standard::from_toml("x.toml", &format!("{head}{extends}")).expect("one filled rule");
    assert_eq!((standard.rules.len(), standard.own_rules().count()), (1, 0));
}

#[test]
fn no_text_makes_the_reader_panic() {
    use proptest::prelude::*;
    // Any text, and the good file with a piece cut out or a piece of it put elsewhere.
    let texts = prop_oneof![
        any::<String>(),
        (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(
            |(from, length, to)| {
                let chars: Vec<char> = GOOD.chars().collect();
                let from = from.index(chars.len());
                let end = (from + length.index(40)).min(chars.len());
                let mut rest = chars.clone();
                let piece: Vec<char> = rest.drain(from..end).collect();
                let to = to.index(rest.len());
                rest.splice(to..to, piece);
                rest.into_iter().collect()
            }
        ),
    ];
    proptest!(ProptestConfig::with_cases(512), |(text in texts)| {
        for diagnostic in lint("any.toml", &text) {
            prop_assert!(diagnostic.line >= 1 && diagnostic.column >= 1);
            prop_assert!(!diagnostic.to_string().is_empty());
        }
    });
}

/// A text that can be read as another kind of rule has a reading with a kind and threshold of its own.
#[test]
fn a_reading_may_be_of_another_kind() {
    let text = broken(
        "set = { metric = \"network\" }",
        "kind = \"presence_per_unit\"\nthreshold = { unit = \"town\", facility = \"stations\", min = 1 }",
    );
    let standard = Standard::from_toml("city.toml", &text).expect("a good file");
    let rule = &standard.rules[0];
    assert_eq!((rule.kind(), rule.readings[0].criterion.kind()), (RuleKind::Radius, RuleKind::PresencePerUnit));
    let unknown = text.replacen("unit = \"town\", facility", "unit = \"tonw\", facility", 1);
    let found = lint("city.toml", &unknown);
    assert_eq!(underlined(&found[0]), "\"tonw\"", "{}", found[0]);
}

/// The warnings about a presence or share rule with a quotation.
fn traps(kind: &str, threshold: &str, quote: &str) -> Vec<String> {
    let rule = format!(
        "\n[[rules]]\nid = \"MY-99\"\nkind = \"{kind}\"\ntitle = {{ zh = \"甲\", en = \"A\" }}\n\
         scope = {{ zh = \"全市\", en = \"city\" }}\nforce = \"target\"\nthreshold = {{ {threshold} }}\n\
         cite = {{ source = \"P\", quote = \"{quote}\" }}\n"
    );
    let text = format!("{GOOD}{rule}");
    let found = lint("my-city.toml", &text);
    assert!(found.iter().all(|f| f.severity == Severity::Warning && f.excerpt.contains(quote)), "{found:?}");
    found.into_iter().map(|finding| finding.message).collect()
}

#[test]
fn a_rule_that_counts_other_than_its_sentence_says_is_pointed_out() {
    let presence = "presence_per_unit";
    for (kind, threshold, quote, words) in [
        // New, and what stood before.
        (
            presence,
            "unit = \"city\", facility = \"stations\", where = 'kind = \"center\"', min = 1",
            "择址新建急救中心",
            "「择址新建」",
        ),
        (presence, "unit = \"district\", facility = \"decontamination\", min = 1", "各区新建1个洗消中心", "「新建」"),
        // A level is no kind.
        (
            "share",
            "of = \"facilities\", where = 'kind = \"hospital\" and level >= 2', num = \"fever_clinic\", min = 1.0",
            "二级以上医院全部设立发热门诊",
            "「二级」",
        ),
        // Villages.
        (presence, "unit = \"town\", facility = \"facilities\", min = 1", "每个行政村有一家卫生所", "(村)"),
        (presence, "unit = \"village\", facility = \"facilities\", min = 1", "基础设施“村村有”", "communities"),
        // A list.
        (
            "share",
            "of = \"facilities\", where = \"level >= 2\", num = \"fever_clinic\", min = 1.0",
            "二级以上医院设立发热、呼吸、肠道门诊",
            "3 things (发热、呼吸、肠道门诊)",
        ),
        (
            presence,
            "unit = \"town\", facility = \"facilities\", where = \"fever_room\", min = 1",
            "基本设置发热诊室和留观室",
            "2 things",
        ),
        // All of them.
        ("share", "of = \"facilities\", num = \"tcm\", min = 0.9", "中医服务全覆盖", "「全覆盖」"),
    ] {
        let found = traps(kind, threshold, quote);
        assert!(found.len() == 1 && found[0].contains(words), "{quote}: {found:?}");
    }
}

#[test]
fn a_rule_that_counts_what_its_sentence_says_is_left_alone() {
    let presence = "presence_per_unit";
    for (kind, threshold, quote) in [
        (
            presence,
            "unit = \"city\", facility = \"stations\", where = 'kind = \"center\" and opened > 2020', min = 1",
            "择址新建急救中心",
        ),
        (presence, "unit = \"city\", facility = \"stations\", where = 'kind = \"center\"', min = 1", "设置急救中心"),
        // Beds that are added are summed, not checked for being there.
        (presence, "unit = \"city\", facility = \"facilities\", count = \"sum(new_beds)\", min = 300", "新增床位300张"),
        (
            "share",
            "of = \"facilities\", where = \"level >= 2\", num = \"fever_clinic\", min = 1.0",
            "二级以上医院全部设立发热门诊",
        ),
        (
            "share",
            "of = \"facilities\", where = 'kind in (\"hospital\", \"town_hospital\") and level >= 2', num = \"fever_clinic\", min = 1.0",
            "二级以上医院全部设立发热门诊",
        ),
        (
            presence,
            "unit = \"city\", facility = \"facilities\", where = \"icu_opened > 2020\", min = 1",
            "新建重症病区",
        ),
        // The sentence itself names the kind.
        (
            "share",
            "of = \"facilities\", where = 'kind = \"hospital\" and level >= 2', num = \"geriatrics\", min = 0.6",
            "二级以上综合性医院设立老年医学科",
        ),
        // 三级 is no level of a hospital here.
        ("share", "of = \"facilities\", where = 'kind = \"clinic\"', num = \"cdc\", min = 1.0", "健全三级网络"),
        (
            presence,
            "unit = \"village\", where_unit = 'kind = \"行政村\"', facility = \"facilities\", min = 1",
            "每个行政村有一家卫生所",
        ),
        (presence, "unit = \"village\", facility = \"facilities\", min = 1", "每个村（社区）有一家"),
        (presence, "unit = \"town\", facility = \"facilities\", min = 1", "农村地区每镇一家"),
        (
            "share",
            "of = \"facilities\", where = \"level >= 2\", num = \"fever_clinic and respiratory and enteric\", min = 1.0",
            "二级以上医院设立发热、呼吸、肠道门诊",
        ),
        (
            "share",
            "of = \"facilities\", where = \"level = 2\", num = \"chest_stroke_trauma\", min = 1.0",
            "二级医院胸痛中心、卒中中心、创伤中心",
        ),
        // The list is of institutions, before the verb.
        (
            "share",
            "of = \"facilities\", where = 'kind in (\"community_health\", \"town_hospital\")', num = \"tcm\", min = 1.0",
            "社区卫生服务中心和乡镇卫生院设中医馆",
        ),
        ("share", "of = \"facilities\", num = \"tcm\", min = 1.0", "中医服务全覆盖"),
    ] {
        assert_eq!(traps(kind, threshold, quote), [""; 0], "{quote}");
    }
}

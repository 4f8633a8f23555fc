//! `lifering standards`, and the demo region under every standard that ships: what is missing is named, nothing passes without
//! evidence, the same bytes twice.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support;

/// The standards that ship.
const STANDARDS: [(&str, usize); 6] = [
    ("jinjiang-14fyp", 34),
    ("xiamen-14fyp", 37),
    ("hangzhou-2025", 3),
    ("national-2020", 10),
    ("nfpa-1710", 4),
    ("england-arp", 4),
];

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join("regions").join("jinjiang-demo")
}

/// audit.json of a region under a standard, and the exit status.
fn audit(region: &Path, arguments: &[&str]) -> (Value, Option<i32>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let region = region.to_string_lossy();
    let out_word = out.to_string_lossy();
    // Areas are not what is asked here.
    let common = ["audit", &region, "--quiet", "--zone-error", "0.5", "--out", &out_word];
    let run = support::lifering(common.iter().chain(arguments));
    assert!(out.join("audit.json").is_file(), "{arguments:?}: {}", run.story());
    (support::json(&out.join("audit.json")), run.code)
}

fn rules(audit: &Value) -> impl Iterator<Item = &Value> {
    audit["rules"].as_array().into_iter().flatten()
}

#[test]
fn every_standard_is_listed_with_one_line_a_rule_in_both_languages() {
    for lang in ["zh", "en"] {
        let run = support::lifering(["standards", "list", "--lang", lang]);
        let ids = |line: &str| line.strip_prefix("  ")?.split_once("  ").map(|(id, _)| id.to_owned());
        let mut found: Vec<(String, usize)> = Vec::new();
        for line in run.stdout.lines().skip(2) {
            let heading = !line.starts_with(' ');
            if heading {
                found.push((line.split("  ").next().unwrap_or_default().to_owned(), 0));
            } else if ids(line).is_some_and(|id| {
                !id.is_empty() && id.bytes().all(|b| b.is_ascii_uppercase() || b == b'-' || b.is_ascii_digit())
            }) {
                found.last_mut().expect("a standard above its rules").1 += 1;
            }
        }
        let wanted: Vec<(String, usize)> =
            [("core", 5)].into_iter().chain(STANDARDS).map(|(id, count)| (id.to_owned(), count)).collect();
        assert_eq!(found, wanted, "{}", run.story());
    }
}

#[test]
fn every_rule_is_shown_readably_with_its_source_its_data_and_its_readings() {
    for (id, _) in STANDARDS {
        for lang in ["zh", "en"] {
            let run = support::lifering(["standards", "show", id, "--lang", lang]);
            assert_eq!(run.code, Some(0), "{}", run.story());
            for word in ["Some(", "None", "{ ", "Selection", "%{", "criterion.", "standards.", "rulekind."] {
                assert!(!run.stdout.contains(word), "{id} {lang} shows {word}:\n{}", run.stdout);
            }
        }
    }
    let circle = support::lifering(["standards", "show", "JJ-EMS-02", "--lang", "en"]).flat();
    for word in [
        "at least 100% of people are reached within 14 min, from call to arrival",
        "90 % of people will do [nine_tenths]: at least 90% of people are reached within 14 min, from call to arrival",
        "line 433",
        "力争到2025年达到14分钟以内",
        "三(一)3(2)",
        "`stations`",
        "`roads`",
        "driving time only, 90 % of people will do [drive_only]: at least 90% of people are reached within 14 min, driving only",
        "the text does not say mean or share",
    ] {
        assert!(circle.contains(word), "{word} is not in:\n{circle}");
    }
    let tripled = support::lifering(["standards", "show", "CN-04", "--lang", "zh"]).flat();
    for word in ["每3万人口不少于1辆", "人口×3÷3万", "向上取整", "参考", "人口基数即常住人口", "`ambulances`（救护车）"]
    {
        assert!(tripled.contains(word), "{word} is not in:\n{tripled}");
    }
    let filled = support::lifering(["standards", "show", "xiamen-14fyp", "--lang", "zh"]).flat();
    assert_eq!(filled.matches("该标准未作规定，取自 national-2020").count(), 4, "{filled}");
    assert!(filled.contains("服务半径 <- CN-01, CN-02") && filled.contains("2025年575万人"), "{filled}");
    let unknown = support::lifering(["standards", "show", "JJ-EMS-99"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("JJ-EMS-99") && unknown.stderr.contains("standards list"), "{}", unknown.story());
}

/// A small standard of one's own, with a place to put a fault.
const OWN: &str = r#"id = "my-city"
title = { zh = "本市标准", en = "My city" }
applies_to = { zh = "市", en = "city" }

[sources.X]
title = { zh = "文件", en = "document" }
confidence = "high"

[extra_layers]
schools = { zh = "学校", en = "schools" }

[[rules]]
id = "MY-01"
kind = "share"
title = { zh = "学校配备AED", en = "Schools with an AED" }
scope = { zh = "全市", en = "whole city" }
force = "target"
threshold = { of = "schools", where = 'pupils >= 500', num = "aed", min = 0.8 }
cite = { source = "X", text = "八成以上学校配备" }
"#;

#[test]
fn a_file_of_ones_own_is_linted_with_line_column_and_help() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lint = |text: &str| {
        let file = folder.path().join("my-city.toml");
        support::write(&file, text);
        support::lifering(["standards", "lint", &file.to_string_lossy(), "--lang", "en"])
    };
    let clean = lint(OWN);
    assert_eq!(clean.code, Some(0), "{}", clean.story());
    assert!(clean.stdout.contains("nothing to complain about"), "{}", clean.story());
    for (good, bad, place, words) in [
        ("pupils >= 500", "pupils >= many", ":18:", vec!["pupils >= many", "^", "number"]),
        ("num = \"aed\"", "num = \"aed and\"", ":18:", vec!["aed and", "^"]),
        ("kind = \"share\"", "kind = \"shares\"", ":14:", vec!["did you mean `share`?"]),
        ("force = \"target\"", "force = \"targte\"", ":17:", vec!["did you mean `target`?"]),
        ("of = \"schools\"", "of = \"shcools\"", ":18:", vec!["shcools", "did you mean `schools`?"]),
        ("min = 0.8", "min = 80", ":18:", vec!["80"]),
        ("source = \"X\"", "source = \"Y\"", ":19:", vec!["unknown source `Y`"]),
        ("scope = ", "skope = ", ":16:", vec!["skope", "scope"]),
        ("id = \"my-city\"", "id = \"my-city", ":1:", vec!["^"]),
    ] {
        let broken = OWN.replacen(good, bad, 1);
        assert_ne!(broken, OWN, "{good}");
        let run = lint(&broken);
        assert_eq!(run.code, Some(1), "{bad}: {}", run.story());
        assert!(run.stdout.contains(&format!("my-city.toml{place}")), "{bad} not at {place}:\n{}", run.stdout);
        for word in words {
            assert!(run.stdout.contains(word), "{bad}: {word} is not in:\n{}", run.stdout);
        }
    }
}

#[test]
fn a_standard_of_ones_own_judges_a_layer_of_ones_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let town = support::fixtures().join("near_but_slow");
    for (path, bytes) in support::tree(&town) {
        support::write_bytes(&folder.path().join(path), &bytes);
    }
    let region = folder.path().join("region.toml");
    let text = support::text(&region) + "\n[layers.extra]\nschools = \"schools.csv\"\n";
    support::write(&region, &text);
    // 4 of 5 large schools have one; the small one is not asked, and of the last nobody knows.
    let rows = "id,pupils,aed\n1,500,是\n2,900,yes\n3,600,true\n4,700,是\n5,500,否\n6,499,否\n";
    support::write(&folder.path().join("schools.csv"), rows);
    let standard = folder.path().join("my-city.toml");
    support::write(&standard, OWN);
    let standard = standard.to_string_lossy().into_owned();
    let (found, code) = audit(folder.path(), &["--standard", &standard]);
    let rule = &found["rules"][0];
    assert_eq!((rule["verdict"].as_str(), rule["value"].as_f64(), code), (Some("met"), Some(0.8), Some(0)), "{rule}");
    assert_eq!(found["inputs"].as_array().and_then(|all| all.last()).map(|i| &i["extra"]), Some(&"schools".into()));
    support::write(&folder.path().join("schools.csv"), &format!("{rows}7,800,\n"));
    let (found, code) = audit(folder.path(), &["--standard", &standard]);
    let rule = &found["rules"][0];
    assert_eq!((rule["verdict"].as_str(), code), (Some("cannot_judge"), Some(3)), "{rule}");
    assert!(rule["why"].as_str().is_some_and(|why| why.contains("`aed`") && why.contains("`schools`")), "{rule}");
}

#[test]
fn the_demo_under_every_standard_ends_in_verdicts_with_figures_and_the_same_bytes_twice() {
    for (id, count) in STANDARDS {
        let run = |threads: &str| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let out = folder.path().join("out");
            let mut command = support::command();
            command.args(["audit", "--demo", "--quiet", "--zone-error", "0.5", "--standard", id, "--out"]).arg(&out);
            let run = support::run(command.env("RAYON_NUM_THREADS", threads));
            assert!(matches!(run.code, Some(0 | 1 | 3)), "{id}: {}", run.story());
            assert!(!run.stderr.contains("panicked"), "{id}: {}", run.story());
            (support::tree(&out), support::json(&out.join("audit.json")))
        };
        let (first, found) = run("1");
        let (again, _) = run("2");
        assert!(first == again, "{id}: the files differ from run to run");
        assert!(rules(&found).count() >= count, "{id}");
        for rule in rules(&found) {
            let what = format!("{id} {}", rule["id"]);
            if rule["verdict"] == "met" {
                // What is met rests on a figure that keeps its limit.
                let (value, limit) = (rule["value"].as_f64(), rule["threshold"].as_f64());
                let keeps = match rule["unit"].as_str() {
                    Some("s") => value <= limit,
                    _ => value.zip(limit).is_some_and(|(value, limit)| value >= limit - 1e-9),
                };
                assert!(value.is_some() && keeps, "{what} is met with {value:?} against {limit:?}");
            }
            for key in ["why", "why_zh", "sentence", "sentence_zh"] {
                let text = rule[key].as_str().unwrap_or_default();
                let whole = text.ends_with(['.', '。']) && !text.contains("%{") && !text.contains("why.");
                assert!(whole, "{what}: {key} is {text:?}");
            }
            let cited = rule["cite"]["quote"].as_str().unwrap_or("(none)");
            for key in ["sentence", "sentence_zh"] {
                assert!(rule[key].as_str().is_some_and(|text| text.contains(cited)), "{what}: {key} names no clause");
            }
        }
    }
}

#[test]
fn a_layer_taken_away_leaves_its_rules_unjudged_and_none_of_them_met() {
    let layers = ["units", "facilities", "aeds"];
    for (id, _) in STANDARDS {
        let (whole, _) = audit(&demo(), &["--standard", id]);
        for layer in layers {
            let folder = tempfile::tempdir().expect("a temporary folder");
            for (path, bytes) in support::tree(&demo()) {
                support::write_bytes(&folder.path().join(path), &bytes);
            }
            let region = folder.path().join("region.toml");
            let kept: Vec<String> = support::text(&region)
                .lines()
                .filter(|line| !line.starts_with(&format!("{layer} =")))
                .map(str::to_owned)
                .collect();
            support::write(&region, &kept.join("\n"));
            let (found, _) = audit(folder.path(), &["--standard", id]);
            for rule in rules(&found) {
                let show =
                    support::lifering(["standards", "show", rule["id"].as_str().unwrap_or_default(), "--lang", "en"]);
                let data = show.stdout.lines().find(|line| line.trim_start().starts_with("data")).unwrap_or_default();
                // Sub-centre areas that are not given are worked out, and said to be.
                let derived = layer == "units" && rule["derived_areas"] == true;
                let asks = data.contains(&format!("`{layer}`")) && !derived;
                let before = rules(&whole).find(|r| r["id"] == rule["id"]).map(|r| &r["verdict"]);
                let verdict = &rule["verdict"];
                if asks {
                    assert_eq!(verdict, "cannot_judge", "{id} {} without {layer}: {}", rule["id"], rule["why"]);
                    assert!(rule["why"].as_str().is_some_and(|w| w.contains(&format!("`{layer}`"))), "{}", rule["why"]);
                } else if verdict == "met" {
                    // Fewer layers never make a rule met that was not.
                    assert_eq!(before, Some(verdict), "{id} {} without {layer}", rule["id"]);
                }
            }
        }
    }
}

#[test]
fn without_roads_stations_or_people_there_is_no_audit() {
    for (layer, words) in [("roads", "layers.roads"), ("stations", "layers.stations"), ("population", "population")] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (path, bytes) in support::tree(&support::fixtures().join("near_but_slow")) {
            support::write_bytes(&folder.path().join(path), &bytes);
        }
        let region = folder.path().join("region.toml");
        let text = support::text(&region);
        let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with(&format!("{layer} ="))).collect();
        support::write(&region, &kept.join("\n"));
        let run = support::audit(folder.path(), &folder.path().join("out"));
        assert_eq!(run.code, Some(2), "{layer}: {}", run.story());
        assert!(run.stderr.contains(words), "{layer}: {}", run.stderr);
    }
}

#[test]
fn the_needs_of_both_years_are_stated_and_a_year_can_be_asked_for() {
    let need = |found: &Value, id: &str| -> Vec<u64> {
        let rule = support::rule(found, id).unwrap_or_else(|| panic!("no {id}"));
        rule["needs"].as_array().into_iter().flatten().filter_map(|need| need["need"].as_u64()).collect()
    };
    let (now, _) = audit(&demo(), &[]);
    assert_eq!(need(&now, "JJ-EMS-04"), [69, 69, 71]);
    assert_eq!(need(&now, "JJ-EMS-05"), [28, 28, 29]);
    assert_eq!(need(&now, "JJ-EMS-07"), [207, 207, 212]);
    let (then, _) = audit(&demo(), &["--year", "2025"]);
    assert_eq!(need(&then, "JJ-EMS-04"), [71, 69, 71]);
    assert_eq!(need(&then, "JJ-EMS-07"), [212, 207, 212]);
    assert_eq!(then["population"]["inside"], 2_110_800.0);
    assert_eq!(then["parameters"]["population"]["year"], 2025);
    assert_eq!(support::rule(&then, "JJ-EMS-04").map(|r| &r["need"]), Some(&71.into()));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let out = out.to_string_lossy();
    let printed = support::lifering(["audit", "--demo", "-v", "--zone-error", "0.5", "--lang", "zh", "--out", &out]);
    for word in ["缺19辆", "缺147台", "2025年211.08万人", "71", "212", "29"] {
        assert!(printed.flat().contains(word), "{word} is not printed:\n{}", printed.stdout);
    }
    let run = support::lifering(["audit", "--demo", "--quiet", "--out", &out, "--year", "2030"]);
    assert_eq!(run.code, Some(2));
    for word in ["2030", "jinjiang-14fyp", "2020, 2025"] {
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
    let run = support::lifering(["audit", "--demo", "--standard", "nfpa-1710", "--out", &out, "--year", "2025"]);
    assert!(run.code == Some(2) && run.stderr.contains("scale_to"), "{}", run.story());
}

#[test]
fn a_layer_that_differs_from_the_plans_own_count_is_pointed_out() {
    let (found, _) = audit(&demo(), &["--standard", "xiamen-14fyp"]);
    let baseline = |found: &Value, id: &str| {
        let all = found["baselines"].as_array().into_iter().flatten();
        all.into_iter().find(|b| b["id"] == id).unwrap_or_else(|| panic!("no {id}")).clone()
    };
    let aeds = baseline(&found, "aed");
    assert_eq!((&aeds["stated"], &aeds["counted"], &aeds["differs"]), (&116.0.into(), &60.0.into(), &true.into()));
    let (found, _) = audit(&demo(), &[]);
    for (id, stated) in [("ems_center", 1.0), ("ems_sub_center", 4.0), ("ems_station", 11.0), ("aed", 60.0)] {
        let same = baseline(&found, id);
        assert_eq!((&same["counted"], &same["differs"]), (&stated.into(), &false.into()), "{id}");
    }
    // Two figures of the same plan for its beds: both are kept, and whichever does not fit is pointed out.
    let beds = ["beds_text", "beds_table"].map(|id| baseline(&found, id));
    assert!(beds.iter().all(|b| b["note"]["zh"].is_string()), "{beds:?}");
}

/// The words for a filter are made of it, so the reader of a sentence sees what was counted; names with `-v`.
#[test]
fn what_a_rule_counted_stands_beside_its_sentence() {
    let (found, _) = audit(&support::fixtures().join("levels_not_kinds"), &["--standard", "jinjiang-14fyp"]);
    let counted = |id: &str| support::rule(&found, id).unwrap_or_else(|| panic!("no {id}"))["counted"].clone();
    let hospitals = counted("JJ-HOS-01");
    assert_eq!(hospitals["what"], "hospitals, community health centres, town hospitals (level 2 and above)");
    assert_eq!(hospitals["what_zh"], "医院、社区卫生服务中心、卫生院（2级及以上）");
    assert_eq!((&hospitals["number"], &hospitals["unknown"]), (&16.into(), &0.into()));
    assert_eq!(hospitals["part_zh"], "发热门诊、呼吸门诊、肠道门诊、独立CT、观察室（留观室）");
    assert_eq!(counted("JJ-PHC-03")["number"], 19);
    assert_eq!(counted("JJ-EMS-09")["what_zh"], "急救中心（启用年份在2020年之后）");
    assert_eq!(counted("JJ-HOS-07")["what_zh"], "医院（医院类别为综合医院、2级及以上）");
    assert!(counted("JJ-CAP-02").is_null(), "there is no layer to count in");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let printed = |arguments: &[&str]| {
        let region = support::fixtures().join("levels_not_kinds");
        let all = ["audit", &*region.to_string_lossy(), "--lang", "zh", "--out", &*out.to_string_lossy()];
        support::lifering(all.into_iter().chain(arguments.iter().copied())).flat()
    };
    let short = printed(&[]);
    assert!(!short.contains("计入"), "{short}");
    let long = printed(&["--verbose"]);
    assert!(long.contains("计入：医院、社区卫生服务中心、卫生院（2级及以上），共16家"), "{long}");
    assert!(long.contains("JJ-HOS-07计入：F1、F2、F3"), "{long}");
}

/// X:74 has limits for 2021 to 2024, of which it states no people: 900,000 / 1000 * 3.85 = 3465, with the people as they are.
#[test]
fn the_limits_of_another_year_are_asked_for_by_year() {
    let region = support::fixtures().join("xiamen");
    let (found, _) = audit(&region, &["--year", "2021"]);
    let beds = support::rule(&found, "XM-CAP-01").expect("the beds");
    assert_eq!((&beds["need"], &beds["year"]), (&3465.into(), &2021.into()));
    assert!(beds["cite"]["quote"].as_str().is_some_and(|quote| quote.starts_with("3.85张")), "{}", beds["cite"]);
    assert_eq!(beds["cite"]["line"], 74);
    assert_eq!(found["population"]["inside"], 900_000.0);
    let (found, _) = audit(&region, &[]);
    assert_eq!(support::rule(&found, "XM-CAP-01").map(|r| &r["need"]), Some(&4050.into()), "4.5 per 1000");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let run =
        support::lifering(["audit", &region.to_string_lossy(), "--year", "2019", "--out", &out.to_string_lossy()]);
    assert_eq!(run.code, Some(2), "{}", run.story());
    assert!(run.stderr.contains("2020, 2021, 2022, 2023, 2024, 2025"), "{}", run.stderr);
}

#[test]
fn a_number_that_nobody_has_confirmed_says_so_and_does_not_bind() {
    let (found, _) = audit(&demo(), &["--standard", "national-2020"]);
    for id in ["CN-08", "CN-09"] {
        let rule = support::rule(&found, id).unwrap_or_else(|| panic!("no {id}"));
        assert!(rule["title"].as_str().is_some_and(|title| title.ends_with("（未经核实）")), "{}", rule["title"]);
        assert!(
            rule["title_en"].as_str().is_some_and(|title| title.ends_with("(not confirmed)")),
            "{}",
            rule["title_en"]
        );
        assert_eq!((&rule["binding"], &rule["cite"]["confidence"]), (&false.into(), &"low".into()), "{id}");
        assert!(rule["why_zh"].as_str().is_some_and(|why| why.contains("未见原文核实")), "{}", rule["why_zh"]);
    }
    let list = support::lifering(["standards", "list", "--lang", "zh"]).stdout;
    assert_eq!(list.matches("（未经核实）").count(), 2, "{list}");
}

/// 719.72 km2 and 16 sites: sqrt(719.72 / (16 * 3.14159)) = 3.784 km.
#[test]
fn the_mean_radius_stands_beside_the_radius_rules() {
    for (standard, ids) in [("jinjiang-14fyp", vec!["JJ-EMS-01"]), ("national-2020", vec!["CN-01", "CN-02"])] {
        let (found, _) = audit(&demo(), &["--standard", standard]);
        for id in ids {
            let rule = support::rule(&found, id).unwrap_or_else(|| panic!("no {id}"));
            let radius = rule["mean_radius_m"].as_f64().expect("a radius");
            assert!((radius - 3784.0).abs() < 1.0, "{id} {radius}");
            assert!(rule["why_zh"].as_str().is_some_and(|why| why.contains("3.78公里")), "{}", rule["why_zh"]);
        }
    }
}

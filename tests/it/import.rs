//! `lifering import`: what it writes can be audited as it is, and says what no source has.

use std::ffi::OsStr;

use crate::{formats, support};

#[test]
fn an_extract_alone_becomes_a_region_that_audits_and_judges_nothing() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let (extract, region) = (scratch.path().join("town.osm.pbf"), scratch.path().join("town"));
    formats::osm(&extract);
    let run = support::lifering([OsStr::new("import"), extract.as_os_str(), OsStr::new("--to"), region.as_os_str()]);
    assert_eq!(run.code, Some(0), "{}", run.story());
    assert!(run.stdout.contains("Not in any source: stations, population"), "{}", run.story());
    let toml = support::text(&region.join("region.toml"));
    assert!(toml.contains("without = [\"stations\", \"population\"]"), "{toml}");
    let check = support::lifering([OsStr::new("check"), region.as_os_str()]);
    assert_eq!(check.code, Some(0), "{}", check.story());
    assert!(check.stdout.contains("the hull of population and roads is used"), "{}", check.story());
    let out = scratch.path().join("out");
    let run = support::audit(&region, &out);
    assert_eq!(run.code, Some(3), "{}", run.story());
    let audit = support::json(&out.join("audit.json"));
    let rules = audit["rules"].as_array().expect("rules");
    assert!(rules.len() > 5 && rules.iter().all(|r| r["verdict"] == "cannot_judge"), "{}", audit["rules"]);
    let said = rules.iter().map(|r| r["why"].as_str().unwrap_or_default()).collect::<String>();
    assert!(said.contains("`stations` is missing") && said.contains("`population` is missing"), "{said}");
}

#[test]
fn sources_of_four_formats_make_the_town_they_come_from() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let at = |name: &str| scratch.path().join(name);
    formats::osm(&at("town.osm.pbf"));
    formats::raster(&at("pop.tif"));
    support::write(&at("120.csv"), &formats::csv("stations"));
    support::write(&at("边界.csv"), &formats::csv("boundary"));
    let region = at("town");
    let sources = ["town.osm.pbf", "pop.tif", "120.csv", "边界.csv"].map(|name| at(name).into_os_string());
    let end = [OsStr::new("--to").to_owned(), region.clone().into_os_string()];
    let run = support::lifering([OsStr::new("import").to_owned()].into_iter().chain(sources).chain(end));
    assert_eq!(run.code, Some(0), "{}", run.story());
    let out = at("out");
    let run = support::lifering([
        OsStr::new("audit"),
        region.as_os_str(),
        OsStr::new("--standard"),
        OsStr::new("jinjiang-14fyp"),
        OsStr::new("--out"),
        out.as_os_str(),
    ]);
    assert_eq!(run.code, Some(1), "{}", run.story());
    let audit = support::json(&out.join("audit.json"));
    // As fixtures/chinese_names has it: a is reached within 14 minutes, b stands 350 m from every road.
    let rule = support::rule(&audit, "JJ-EMS-02").expect("the rule");
    assert_eq!(rule["population_covered"], 30_000.0);
    assert_eq!(rule["population_uncovered"], 10_001.0);
    assert_eq!(audit["population"]["no_road"], 10_001.0);
}

#[test]
fn a_layer_is_given_or_missing_and_only_some_may_be_missing() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let roads = support::text(&support::fixtures().join("chinese_names/roads.geojson"));
    support::write(&scratch.path().join("roads.geojson"), &roads);
    let toml = |without: &str, more: &str| {
        let text = format!("name = \"x\"\n{without}\n[layers]\nroads = \"roads.geojson\"\n{more}");
        support::write(&scratch.path().join("region.toml"), &text);
        support::lifering([OsStr::new("check"), scratch.path().as_os_str()])
    };
    for (without, more, says) in [
        ("", "", "layers.stations"),
        ("without = [\"stations\"]", "", "layers.population"),
        ("without = [\"roads\"]", "", "`stations` or `population`"),
        ("without = [\"stations\", \"population\"]", "stations = \"roads.geojson\"", "given or missing"),
    ] {
        let run = toml(without, more);
        assert_eq!(run.code, Some(2), "{without}: {}", run.story());
        assert!(run.stderr.contains(says), "{without}: {}", run.story());
    }
    assert_eq!(toml("without = [\"stations\", \"population\"]", "").code, Some(0));
}

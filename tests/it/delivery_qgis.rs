//! The project and the styles that QGIS opens, without QGIS (that is asked by `make test-deliver`).

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use lifering_report::text::Lang;

use crate::delivery::{demo, files, geopackage};

#[test]
fn every_style_is_a_document_with_a_renderer_and_aliases() {
    let file = geopackage();
    let mut styles = file.prepare("SELECT f_table_name, styleQML FROM layer_styles").unwrap();
    let styles: Vec<(String, String)> =
        styles.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    for (name, qml) in styles {
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let document = roxmltree::Document::parse_with_options(&qml, options).unwrap();
        let find = |tag: &str| document.descendants().find(|n| n.has_tag_name(tag));
        assert_eq!(find("renderer-v2").unwrap().attribute("type"), Some("RuleRenderer"), "{name}");
        assert!(
            find("aliases").unwrap().children().any(|a| a.attribute("name").is_some_and(|n| !n.is_ascii())),
            "{name}"
        );
        if let Some(beside) = demo().zh.get(&format!("{name}.qml")) {
            assert!(beside == qml.as_bytes(), "{name}.qml is what layer_styles says");
        }
    }
    for name in demo().zh.keys().filter_map(|n| n.strip_suffix(".geojson")) {
        assert!(demo().zh.contains_key(&format!("{name}.qml")), "no style beside {name}.geojson");
    }
}

pub fn project(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(&files["region.qgz"])).unwrap();
    let mut text = Vec::new();
    archive.by_name("region.qgs").unwrap().read_to_end(&mut text).unwrap();
    text
}

#[test]
fn the_project_refers_to_layers_that_exist_by_relative_paths() {
    let xml = String::from_utf8(project(&demo().zh)).unwrap();
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&xml, options).unwrap();
    let texts = |tag: &str| -> Vec<String> {
        document.descendants().filter(|n| n.has_tag_name(tag)).filter_map(|n| n.text().map(str::to_owned)).collect()
    };
    let ids = texts("id");
    let sources = texts("datasource");
    assert!(sources.len() > 8);
    for source in &sources {
        assert!(source.starts_with("./coverage.gpkg|layername="), "{source}");
    }
    let mut in_tree = 0;
    for node in document.descendants().filter(|n| n.has_tag_name("layer-tree-layer")) {
        assert!(ids.contains(&node.attribute("id").unwrap().to_owned()));
        in_tree += 1;
    }
    assert!(in_tree >= ids.len());
    let layouts: Vec<_> = document.descendants().filter(|n| n.has_tag_name("Layout")).collect();
    assert!(!layouts.is_empty());
    for layout in layouts {
        // Map, picture (north), labels, legend, scale bar.
        for kind in ["65639", "65640", "65641", "65642", "65646"] {
            assert!(layout.descendants().any(|n| n.attribute("type") == Some(kind)), "layout item {kind}");
        }
        let says = layout.descendants().any(|n| n.attribute("labelText").is_some_and(|t| t.contains("示意数据")));
        assert!(says, "every layout says that the data is illustrative");
    }
}

#[test]
fn the_project_answers_questions_by_theme_tip_atlas_bookmark_and_time() {
    for lang in [Lang::Zh, Lang::En] {
        let xml = match lang {
            Lang::Zh => project(&demo().zh),
            Lang::En => project(&files(&demo().audit, &demo().report, lang)),
        };
        let xml = String::from_utf8(xml).unwrap();
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let document = roxmltree::Document::parse_with_options(&xml, options).unwrap();
        let all = |tag: &'static str| document.descendants().filter(move |n| n.has_tag_name(tag));
        let ids: BTreeSet<&str> = all("id").filter_map(|n| n.text()).collect();
        // A theme for each page of a question, of layers that are there.
        let single = all("Atlas").filter(|n| n.attribute("enabled") == Some("0")).count();
        assert_eq!(all("visibility-preset").count(), single);
        for layer in all("visibility-preset").flat_map(|theme| theme.children()).filter(|n| n.has_tag_name("layer")) {
            assert!(ids.contains(layer.attribute("id").unwrap()));
        }
        // One atlas over units, one a question over its zones.
        let pages_of: Vec<&str> =
            all("Atlas").filter_map(|n| n.attribute("coverageLayer")).filter(|id| !id.is_empty()).collect();
        let of = |prefix: &str| pages_of.iter().filter(|id| id.starts_with(prefix)).count();
        assert_eq!(of("lifering_layer_coverage_"), 1);
        assert_eq!(
            of("lifering_layer_uncovered_"),
            ids.iter().filter(|id| id.starts_with("lifering_layer_uncovered_")).count()
        );
        assert!(pages_of.iter().all(|id| ids.contains(id)));
        // Ten zones a question at most, the one with most people first.
        let first = all("Bookmark").next().and_then(|n| n.attribute("name")).unwrap();
        assert!(first.contains(if lang == Lang::Zh { "万人" } else { "people" }), "{first}");
        assert!(all("Bookmark").count() <= 10 * of("lifering_layer_uncovered_"));
        // Roads and people appear when they are reached.
        let timed: Vec<&str> = all("temporal").filter_map(|n| n.attribute("startExpression")).collect();
        assert!(
            timed.iter().any(|start| start.ends_with("make_interval(seconds:=min(\"from_s\", \"to_s\"))")),
            "{timed:?}"
        );
        for layer in all("maplayer") {
            let text =
                |tag: &str| layer.children().find(|n| n.has_tag_name(tag)).and_then(|n| n.text()).unwrap_or_default();
            let name = text("id");
            assert!(text("mapTip").contains("[% "), "{name} has no map tip");
            assert!(!text("abstract").is_empty() && !text("attribution").is_empty(), "{name} does not say what it is");
        }
    }
}

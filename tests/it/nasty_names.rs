//! Names that would be code, markup, formulas or control sequences somewhere: every output holds them as text and as
//! nothing else. One list of names, every output, each read by a parser of its format.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use calamine::{Data, Reader as _};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde_json::{Value, json};

use crate::support::{Run, fixtures, lifering, text, tree, write};

/// The names, which the tests in QGIS read as well (`tests/deliver/nasty_region.py`). Each is the id and the name of a station, an AED, a facility and a candidate. (One in brackets would be read as a list.)
static NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../nasty_names.json")).expect("a list of names"));

/// Attributes of HTML and SVG that the reports use.
fn is_harmless(attribute: &str) -> bool {
    !attribute.starts_with("on") && !matches!(attribute, "srcdoc" | "formaction" | "action")
}

/// Elements of HTML and SVG that the reports must not have.
const HARMFUL: [&str; 8] = ["script", "img", "iframe", "object", "embed", "form", "foreignobject", "base"];

/// The one script of a page.
const SCRIPT: &str = include_str!("../../crates/export/src/html/interactive.js");

/// Whether a character may steer what shows it.
fn steers(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

fn collection(features: &[Value]) -> String {
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// A straight road with all the names along it, and a standard whose titles are such names, too.
fn region(folder: &Path, name: &str) {
    std::fs::create_dir_all(folder).expect("a folder");
    let town = fixtures().join("straight_road");
    for layer in ["boundary", "roads"] {
        write(&folder.join(layer).with_extension("geojson"), &text(&town.join(layer).with_extension("geojson")));
    }
    let points = |properties: &dyn Fn(usize, &str) -> Value| {
        let point = |(n, name): (usize, &String)| {
            let at = [118.5, 24.69 + n as f64 * 0.001];
            json!({"type": "Feature", "properties": properties(n, name), "geometry": {"type": "Point", "coordinates": at}})
        };
        collection(&NAMES.iter().enumerate().map(point).collect::<Vec<_>>())
    };
    let site = |_: usize, name: &str| json!({"id": name, "name": name, "kind": "station", "ambulances": 1, "level": 3, "cost": 1});
    for layer in ["stations", "facilities", "aeds", "candidates"] {
        write(&folder.join(layer).with_extension("geojson"), &points(&site));
    }
    write(
        &folder.join("population.geojson"),
        &points(&|n, name| json!({"id": name, "name": name, "population": 100 + n})),
    );
    // A district a name, from south to north over the whole boundary.
    let step = 0.15 / NAMES.len() as f64;
    let unit = |(n, name): (usize, &String)| {
        let (south, north) = (24.625 + n as f64 * step, 24.625 + (n + 1) as f64 * step);
        let ring = [[118.49, south], [118.51, south], [118.51, north], [118.49, north], [118.49, south]];
        json!({"type": "Feature", "properties": {"id": name, "name": name, "level": "district"},
            "geometry": {"type": "Polygon", "coordinates": [ring]}})
    };
    write(&folder.join("units.geojson"), &collection(&NAMES.iter().enumerate().map(unit).collect::<Vec<_>>()));
    let title = toml::Value::String(NAMES.concat()).to_string();
    let standard = text(&fixtures().join("own_standard/five_rules.toml"))
        .replace("\"五条自定规则\"", &title)
        .replace("\"5公里内有急救站点\"", &title)
        .replace("\"A site within 5 km\"", &title)
        .replace("max_m = 5000", "max_m = 500");
    assert!(standard.contains("DROP TABLE"), "the standard has no such title any more");
    write(&folder.join("own.toml"), &standard);
    let layers = ["boundary", "roads", "stations", "facilities", "aeds", "candidates", "population", "units"];
    let name = toml::Value::String(name.to_owned()).to_string();
    let layers: Vec<String> = layers.iter().map(|layer| format!("{layer} = \"{layer}.geojson\"\n")).collect();
    let layers = layers.concat();
    write(&folder.join("region.toml"), &format!("name = {name}\nstandard = \"own.toml\"\n[layers]\n{layers}"));
}

/// The run ended with an answer, and printed lines that steer no terminal.
#[track_caller]
fn harmless(run: &Run, what: &str) {
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{what}: {}", run.story());
    for (said, stream) in [(&run.stdout, "stdout"), (&run.stderr, "stderr")] {
        let bad = said.chars().find(|c| steers(*c));
        assert!(bad.is_none(), "{what} prints {bad:?} on {stream}: {}", run.story());
        let forged = said.lines().find(|line| line.trim_start().starts_with("Every binding rule is met"));
        assert!(forged.is_none(), "{what}: a name made a line of its own: {forged:?}");
    }
}

/// Whether an expression is lifering's own: columns, words, numbers and functions, and nothing that the names ask for.
fn is_own(expression: &str) -> bool {
    !["env", "DROP", "alert", "@user", "LIFERING", "HYPERLINK"].iter().any(|word| expression.contains(word))
}

fn xml(path: &Path, document: &str) {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let parsed = roxmltree::Document::parse_with_options(document, options);
    let parsed = parsed.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    for node in parsed.descendants() {
        let texts = node.attributes().map(|a| a.value()).chain(node.text());
        for text in texts {
            let in_tip = |node: &roxmltree::Node<'_, '_>| node.has_tag_name("mapTip");
            let template = in_tip(&node)
                || node.parent().is_some_and(|up| in_tip(&up))
                || node.attribute("labelText") == Some(text);
            assert!(template || !text.contains("[%"), "{}: QGIS evaluates {text}", path.display());
            for expression in
                text.split("[%").skip(1).filter_map(|after| after.split_once("%]")).map(|(inside, _)| inside)
            {
                assert!(is_own(expression), "{}: QGIS evaluates {expression}", path.display());
            }
            assert!(!text.contains(steers), "{}: {text:?}", path.display());
        }
        // What QGIS evaluates in any case: only columns, words and numbers of lifering's own.
        let attributes = ["filter", "fieldName", "startExpression", "sortKey", "pageNameExpression", "filenamePattern"];
        for expression in attributes.iter().filter_map(|name| node.attribute(*name)) {
            assert!(is_own(expression), "{}: {expression}", path.display());
        }
        if node.has_tag_name("previewExpression") {
            assert!(node.text().is_some_and(is_own), "{}: {:?}", path.display(), node.text());
        }
    }
}

/// A simple reader of tags: the reports write every tag in full, every attribute in double quotes.
fn html(path: &Path, document: &str) {
    assert!(!document.contains(steers), "{}: {:?}", path.display(), document.chars().find(|c| steers(*c)));
    let body = document.split_once("</style>").map_or(document, |(_, body)| body);
    let own = format!("<script>{SCRIPT}</script>");
    assert_eq!(body.matches(&own).count(), 1, "{}: the script of every page, once", path.display());
    let body = body.replace(&own, "");
    let mut seen = 0;
    let mut rest = body.as_str();
    while let Some((_, after)) = rest.split_once('<') {
        let mut quoted = false;
        let end = after.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let end = end.unwrap_or_else(|| panic!("{}: a tag without an end: {:.80}", path.display(), after));
        let tag = &after[..end];
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(!name.is_empty() && !HARMFUL.contains(&name.to_lowercase().as_str()), "{}: <{tag}>", path.display());
        // Every second piece between quotation marks is a value.
        for piece in tag.split('"').step_by(2) {
            for attribute in piece.split_whitespace().filter_map(|word| word.strip_suffix('=')) {
                assert!(is_harmless(attribute), "{}: <{tag}>", path.display());
            }
        }
        seen += 1;
        rest = &after[end..];
    }
    assert!(seen > 20, "{}: hardly a tag", path.display());
}

fn csv(path: &Path, bytes: &[u8]) {
    let mut rows = 0;
    for record in csv::ReaderBuilder::new().has_headers(false).from_reader(bytes).records() {
        let record = record.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for cell in &record {
            let formula = cell.trim_start().starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
            assert!(!formula && !cell.contains(steers), "{}: {cell:?}", path.display());
        }
        rows += 1;
    }
    assert!(rows > 1, "{}: no rows", path.display());
}

fn workbook(path: &Path, bytes: &[u8]) {
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut cells = 0;
    for sheet in book.sheet_names() {
        let formulas = book.worksheet_formula(&sheet).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(formulas.used_cells().count(), 0, "{}: {sheet} has formulas", path.display());
        let range = book.worksheet_range(&sheet).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for (.., cell) in range.used_cells() {
            cells += 1;
            if let Data::String(text) = cell {
                assert!(!text.contains(steers), "{}: {text:?}", path.display());
            }
        }
    }
    assert!(cells > 20, "{}: hardly a cell", path.display());
    // Every part is XML.
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook is an archive");
    for n in 0..archive.len() {
        let mut part = String::new();
        archive.by_index(n).expect("a part").read_to_string(&mut part).expect("text");
        roxmltree::Document::parse(&part).unwrap_or_else(|e| panic!("{}, part {n}: {e}", path.display()));
    }
}

/// The names in a column of every table of a GeoPackage.
fn geopackage(path: &Path) -> BTreeSet<String> {
    let file = rusqlite::Connection::open(path).expect("a database");
    let sound: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("an answer");
    assert_eq!(sound, "ok", "{}", path.display());
    let tables =
        "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'name'";
    let texts = |query: &str| -> Vec<String> {
        let mut statement = file.prepare(query).expect("a query");
        let rows = statement.query_map([], |row| Ok(row.get::<_, Option<String>>(0)?.unwrap_or_default()));
        rows.expect("rows").map(|row| row.expect("text")).collect()
    };
    let tables = texts(tables);
    let styles = texts("SELECT styleQML FROM layer_styles");
    for style in &styles {
        xml(path, style);
    }
    tables.iter().filter(|t| !t.starts_with("gpkg")).flat_map(|t| texts(&format!("SELECT name FROM \"{t}\""))).collect()
}

/// Reads every file below a folder by a parser of its format.
fn every_file(folder: &Path) {
    // What says which regions are done is for lifering alone.
    for (name, bytes) in tree(folder).into_iter().filter(|(name, _)| !name.starts_with(".batch")) {
        let path = folder.join(&name);
        let text = || String::from_utf8(bytes.clone()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        match name.extension().and_then(OsStr::to_str) {
            Some("json" | "geojson") => {
                serde_json::from_slice::<Value>(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                assert!(!text().contains(steers), "{}: not every control character is escaped", path.display());
            }
            Some("qml") => xml(&path, &text()),
            Some("qgz") => {
                let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("an archive");
                let mut project = String::new();
                archive.by_index(0).expect("a project").read_to_string(&mut project).expect("text");
                xml(&path, &project);
            }
            Some("html") => html(&path, &text()),
            Some("csv") => csv(&path, &bytes),
            Some("xlsx") => workbook(&path, &bytes),
            Some("gpkg") => {
                geopackage(&path);
            }
            Some("parquet") => {
                let file = SerializedFileReader::new(bytes::Bytes::from(bytes));
                let file = file.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                assert!(file.get_row_iter(None).expect("rows").all(|row| row.is_ok()), "{}", path.display());
            }
            Some("toml") => {
                text().parse::<toml::Table>().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            }
            other => assert!(
                name.components().any(|part| part.as_os_str() == ".batch" || part.as_os_str() == ".lifering"),
                "{other:?}: {} is read by no parser",
                path.display()
            ),
        }
    }
}

#[test]
fn every_output_holds_names_as_text_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    let town = path("regions/town");
    region(&town, &NAMES.concat());
    let other = path("regions/=other, [% 1 %]");
    region(&other, &NAMES.concat());
    write(
        &other.join("region.toml"),
        &text(&other.join("region.toml")).replace("[layers]", "[drive]\ndefault_kmh = 5\n[layers]"),
    );
    let run = |args: &[&OsStr]| {
        let run = lifering(args);
        harmless(&run, &format!("{args:?}"));
        run
    };
    let arg = OsStr::new;
    for lang in ["zh", "en"] {
        let out = path(lang);
        run(&[arg("audit"), town.as_os_str(), arg("--out"), out.as_os_str(), arg("--lang"), arg(lang), arg("-v")]);
        run(&[arg("check"), town.as_os_str(), arg("--lang"), arg(lang)]);
        every_file(&out);
        let (all, difference, plan) =
            (path(&format!("all-{lang}")), path(&format!("diff-{lang}")), path(&format!("plan-{lang}")));
        run(&[arg("batch"), path("regions").as_os_str(), arg("--out"), all.as_os_str(), arg("--lang"), arg(lang)]);
        every_file(&all);
        let other = all.join("_other, __ 1 __");
        run(&[
            arg("diff"),
            out.as_os_str(),
            other.as_os_str(),
            arg("--renamed"),
            arg("--out"),
            difference.as_os_str(),
            arg("--lang"),
            arg(lang),
        ]);
        run(&[arg("diff"), all.as_os_str(), all.as_os_str(), arg("--lang"), arg(lang)]);
        every_file(&difference);
        let goal = [
            arg("propose"),
            town.as_os_str(),
            arg("--goal"),
            arg("cover"),
            arg("--sites"),
            arg("1"),
            arg("--rule"),
            arg("OWN-02"),
        ];
        run(&[&goal[..], &[arg("--out"), plan.as_os_str(), arg("--lang"), arg(lang)]].concat());
        every_file(&plan);
    }
    run(&[arg("check"), town.as_os_str(), arg("--json"), arg("--fix"), path("fixed").as_os_str()]);
    every_file(&path("fixed"));
    run(&[arg("audit"), town.as_os_str(), arg("--json"), arg("--out"), path("en").as_os_str()]);

    // Formats for programs keep every name whole, so that tables can be joined by it.
    let wanted: BTreeSet<String> = NAMES.iter().map(|name| name.trim().to_owned()).collect();
    let stations: Value = serde_json::from_str(&text(&path("en/stations.geojson"))).expect("JSON");
    let features = stations["features"].as_array().expect("features");
    let found: BTreeSet<String> =
        features.iter().filter_map(|f| f["properties"]["name"].as_str()).map(str::to_owned).collect();
    assert!(wanted.is_subset(&found), "{:?}", wanted.difference(&found).collect::<Vec<_>>());
    let found = geopackage(&path("en/coverage.gpkg"));
    let whole: BTreeSet<String> = wanted.iter().map(|name| name.replace('\0', "\u{fffd}")).collect();
    assert!(whole.is_subset(&found), "{:?}", whole.difference(&found).collect::<Vec<_>>());
}

#[test]
fn a_name_longer_than_any_cell_is_cut_in_workbooks_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (town, out) = (folder.path().join("town"), folder.path().join("out"));
    let long = "字".repeat(40_000);
    region(&town, &long);
    write(&town.join("stations.geojson"), &text(&town.join("stations.geojson")).replace("晋江市 急救分中心 🚑", &long));
    let run = lifering([OsStr::new("audit"), town.as_os_str(), OsStr::new("--out"), out.as_os_str(), OsStr::new("-q")]);
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{}", run.story());
    workbook(&out.join("report.xlsx"), &crate::support::bytes(&out.join("report.xlsx")));
    assert!(text(&out.join("stations.geojson")).contains(&long));
}

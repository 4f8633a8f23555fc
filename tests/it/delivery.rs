//! What lands on the desk and in QGIS: structure of every file, without the programs that read them (those are asked by
//! `make test-deliver`).

#![allow(clippy::unwrap_used)]

use calamine::{Data, Reader, Xlsx};
use geo::{BoundingRect, Coord};
use geojson::{Feature, FeatureCollection, GeometryValue};
use lifering_core::audit::{Audit, AuditRequest};
use lifering_core::run::Silent;
use lifering_export::html::canvas::Canvas;
use lifering_export::render;
use lifering_readers::source::Source;

use lifering_report::report::{Report, UnitReport};
use lifering_report::text::Lang;
use lifering_standards::outcome::Verdict;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, RowAccessor};
use rusqlite::{Connection, MAIN_DB};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::sync::OnceLock;

use crate::delivery_qgis::project;

pub struct Delivered {
    pub audit: Audit,
    pub report: Report,
    pub zh: BTreeMap<String, Vec<u8>>,
}

pub fn files(audit: &Audit, report: &Report, lang: Lang) -> BTreeMap<String, Vec<u8>> {
    render(audit, report, lang).unwrap().into_iter().collect()
}

pub fn demo() -> &'static Delivered {
    static DEMO: OnceLock<Delivered> = OnceLock::new();
    DEMO.get_or_init(|| {
        let request = AuditRequest { zone_error: Some(0.05), ..AuditRequest::default() };
        let audit = request.run(Source::Demo, &Silent).unwrap();
        let report = Report::new(&audit);
        let zh = files(&audit, &report, Lang::Zh);
        Delivered { audit, report, zh }
    })
}

fn text(name: &str) -> String {
    String::from_utf8(demo().zh[name].clone()).unwrap()
}

#[test]
fn the_same_audit_gives_the_same_bytes() {
    let demo = demo();
    for (name, bytes) in files(&demo.audit, &demo.report, Lang::Zh) {
        assert!(bytes == demo.zh[&name], "{name} differs between two runs");
    }
}

#[test]
fn the_report_asks_nobody_for_anything() {
    let html = text("report.html");
    for forbidden in ["http://", "https://", "<script src", "<img", "@import", "url(\"", "src=\"", "<iframe"] {
        assert!(!html.contains(forbidden), "report.html contains {forbidden}");
    }
    for fetching in ["fetch(", "XMLHttpRequest", "import(", "WebSocket", "eval(", "innerHTML"] {
        assert!(!html.contains(fetching), "report.html contains {fetching}");
    }
    assert!(html.len() < 5_000_000);
}

#[test]
fn the_report_says_every_verdict_and_that_the_data_is_illustrative() {
    let demo = demo();
    let html = text("report.html");
    for rule in &demo.report.rules {
        assert!(html.contains(&rule.id), "{} is not in the report", rule.id);
        // Of a rule that is met the table says it all.
        // What cannot be judged is said in words, without the names of fields.
        let words = |text: &str| text.replace('`', "");
        let said = matches!(rule.verdict, Verdict::Met | Verdict::CannotJudge) || html.contains(&words(&rule.why_zh));
        assert!(said, "{}: its sentence is not in the report", rule.id);
        let paged = rule.binding && matches!(rule.verdict, Verdict::Gap | Verdict::Depends);
        assert_eq!(html.contains(&format!("id=\"{}\"", rule.id)), paged, "{}: a page a gap, no other", rule.id);
    }
    let pages = html.matches("<section class=\"page").count();
    assert!(html.matches("示意数据，不得用于规划").count() >= pages, "every page says that the data is illustrative");
}

#[test]
fn no_key_of_the_catalogue_is_left_untranslated() {
    let demo = demo();
    let english = files(&demo.audit, &demo.report, Lang::En);
    for (lang, files) in [("zh", &demo.zh), ("en", &english)] {
        for name in ["report.html", "region.qgs", "uncovered.qml"] {
            let bytes = if name == "region.qgs" { project(files) } else { files[name].clone() };
            let text = String::from_utf8(bytes).unwrap();
            // What the one script says is no text of the catalogue.
            let text = text.split("<script>").next().unwrap_or_default();
            for prefix in ["html.", "gap.", "verdict.", "reason.", "force.", "maplayer.", "style.", "unit.", "table."] {
                let raw = text.match_indices(prefix).find(|(at, _)| {
                    let before = text[..*at].chars().next_back().unwrap_or(' ');
                    let after = text[at + prefix.len()..].chars().next().unwrap_or(' ');
                    matches!(before, '>' | '"' | ' ')
                        && after.is_ascii_lowercase()
                        && !text[*at..].starts_with("html.xml")
                });
                assert!(raw.is_none(), "{lang} {name}: {}", raw.map_or("", |(at, _)| &text[at..at + 30]));
            }
        }
    }
    assert!(String::from_utf8_lossy(&english["report.html"]).contains("<html lang=\"en\">"));
}

/// Numbers of SVG path data as [`Canvas`] writes it: absolute and relative moves, relative lines.
fn vertices(path: &str) -> Vec<(i64, i64)> {
    let mut all = Vec::new();
    let mut at = (0, 0);
    for part in path.split('z').filter(|p| !p.is_empty()) {
        let (start, rest) = part[1..].split_once('l').unwrap();
        let pair = |text: &str| {
            let spaced = text.replace('-', " -");
            spaced.split_whitespace().map(|n| n.parse().unwrap()).collect::<Vec<i64>>()
        };
        let first = pair(start);
        at = if part.starts_with('M') { (first[0], first[1]) } else { (at.0 + first[0], at.1 + first[1]) };
        all.push(at);
        for step in pair(rest).chunks(2) {
            at = (at.0 + step[0], at.1 + step[1]);
            all.push(at);
        }
    }
    all
}

#[test]
fn the_drawn_zones_are_those_of_uncovered_geojson() {
    let demo = demo();
    let html = text("report.html");
    let sheet = Canvas::new(demo.audit.city.boundary().bounding_rect().unwrap());
    let zones = features("uncovered.geojson");
    let mut drawn = 0;
    // Rows of the tables name zones as well.
    let of_a_path = |at: &usize| html[..*at].rfind('<').is_some_and(|open| html[open..].starts_with("<path"));
    for (at, _) in html.match_indices("data-zone=\"").filter(|(at, _)| of_a_path(at)) {
        let id = html[at + 11..].split('"').next().unwrap();
        let path = html[at..].split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        let zone = zones.iter().find(|z| z.property("zone_id").is_some_and(|v| v == id)).unwrap();
        let rings = positions(zone);
        let local: Vec<Coord<f64>> = rings
            .iter()
            .map(|p| demo.audit.city.frame().to_local(lifering_base::frame::LonLat::new(p[0], p[1])))
            .collect();
        // A drawn vertex is one of the zone's own, but for rounding to whole units (half a unit either way) and 7 decimals.
        let near = 0.75 / sheet.scale + 0.05;
        for (x, y) in vertices(path) {
            let on = local.iter().any(|c| {
                let (u, v) = sheet.place(*c);
                ((u - x) as f64).hypot((v - y) as f64) <= 1.0 + near * sheet.scale
            });
            assert!(on, "{id}: ({x}, {y}) is no vertex of the zone");
        }
        drawn += 1;
    }
    assert!(drawn > 10, "{drawn} zones drawn");
}

/// The features of a file.
fn features(name: &str) -> Vec<Feature> {
    let FeatureCollection { features, .. } = text(name).parse::<geojson::GeoJson>().unwrap().try_into().unwrap();
    features
}

/// All positions of a polygon.
fn positions(feature: &Feature) -> Vec<[f64; 2]> {
    match &feature.geometry.as_ref().unwrap().value {
        GeometryValue::Polygon { coordinates } => coordinates.iter().flatten().map(|p| [p[0], p[1]]).collect(),
        other => panic!("a zone is a polygon, not {}", other.type_name()),
    }
}

pub fn geopackage() -> Connection {
    let mut file = Connection::open_in_memory().unwrap();
    let bytes = &demo().zh["coverage.gpkg"];
    file.deserialize_read_exact(MAIN_DB, Cursor::new(bytes), bytes.len(), true).unwrap();
    file
}

#[test]
fn the_geopackage_has_the_tables_the_standard_wants() {
    let file = geopackage();
    let number = |sql: &str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("PRAGMA application_id"), 0x4750_4B47);
    assert_eq!(number("PRAGMA user_version"), 10_300);
    let check: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    assert_eq!(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    let mut layers = file.prepare("SELECT table_name, geometry_type_name FROM gpkg_geometry_columns").unwrap();
    let layers: Vec<(String, String)> =
        layers.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    let names: Vec<&str> = layers.iter().map(|l| l.0.as_str()).collect();
    for wanted in ["uncovered", "coverage", "stations", "facilities", "aeds", "roads_time", "population", "boundary"] {
        assert!(names.contains(&wanted), "no layer {wanted}");
    }
    for name in names {
        let rows = number(&format!("SELECT count(*) FROM {name}"));
        assert!(rows > 0, "{name} is empty");
        assert_eq!(number(&format!("SELECT count(*) FROM rtree_{name}_geom")), rows, "spatial index of {name}");
        assert_eq!(number(&format!("SELECT count(*) FROM {name} WHERE hex(substr(geom, 1, 3)) != '475000'")), 0);
        assert_eq!(
            number(&format!("SELECT count(*) FROM gpkg_contents WHERE table_name = '{name}' AND srs_id = 4326")),
            1
        );
        let columns = number(&format!("SELECT count(*) FROM pragma_table_info('{name}')"));
        let titled = number(&format!("SELECT count(*) FROM gpkg_data_columns WHERE table_name = '{name}'"));
        assert_eq!(titled, columns - 2, "every column of {name} but fid and geom has a title");
        assert_eq!(
            number(&format!("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{name}'")),
            6
        );
        assert_eq!(
            number(&format!("SELECT count(*) FROM layer_styles WHERE f_table_name = '{name}' AND useAsDefault = 1")),
            1
        );
    }
    let notes = number("SELECT count(*) FROM gpkg_contents WHERE description LIKE '%示意数据%'");
    assert_eq!(notes, number("SELECT count(*) FROM gpkg_contents WHERE table_name != 'layer_styles'"));
}

#[test]
fn the_geopackage_and_the_geojson_files_say_the_same() {
    let file = geopackage();
    for (layer, text, number) in [
        ("uncovered", "zone_id", "population"),
        ("stations", "name", "population_first"),
        ("roads_time", "highway", "to_s"),
    ] {
        let mut query = file.prepare(&format!("SELECT {text}, {number} FROM {layer} ORDER BY fid")).unwrap();
        let rows: Vec<(String, Option<f64>)> =
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        let features = features(&format!("{layer}.geojson"));
        assert_eq!(rows.len(), features.len(), "{layer}");
        for (row, feature) in rows.iter().zip(&features) {
            assert_eq!(feature.property(text).unwrap(), row.0.as_str());
            assert_eq!(feature.property(number).unwrap().as_f64(), row.1);
        }
    }
}

#[test]
fn no_road_is_lost_where_roads_are_joined_and_cut() {
    let demo = demo();
    let limits = &demo.audit.findings.road_times.as_ref().unwrap().limits_s;
    let (mut all, mut in_time) = (0.0, 0.0);
    for road in features("roads_time.geojson") {
        let GeometryValue::LineString { coordinates } = &road.geometry.as_ref().unwrap().value else {
            panic!("a line")
        };
        let metres: f64 = coordinates
            .windows(2)
            .map(|pair| {
                let at = |p: &geojson::Position| lifering_base::frame::LonLat::new(p[0], p[1]);
                at(&pair[0]).length_m(at(&pair[1]))
            })
            .sum();
        all += metres / 1000.0;
        let number = |name: &str| road.property(name).unwrap().as_f64();
        if number("limit_s").is_some_and(|limit| limit <= limits[0]) {
            in_time += metres / 1000.0;
        }
        // What its class says holds at its ends; times are rounded to the tenth.
        if let (Some(from), Some(to)) = (number("from_s"), number("to_s")) {
            assert!(from.max(to) <= number("within_s").unwrap_or(f64::INFINITY) + 0.1, "{road:?}");
            // A station in the middle of a one-way road is reached at once; the road behind it much later.
            assert!(from.max(to) >= number("over_s").unwrap_or(0.0) - 0.1, "{road:?}");
        }
    }
    // Rounding to a centimetre moves a vertex by less than one; there are some twenty thousand.
    assert!((all - demo.report.network.length_km).abs() < 0.2, "{all} {}", demo.report.network.length_km);
    let rule = demo.report.rules.iter().find(|r| r.id == "JJ-EMS-02").unwrap();
    let covered = rule.zones.as_ref().unwrap().road_covered_km.unwrap();
    assert!((in_time - covered).abs() < 0.2, "{in_time} {covered}");
}

fn parquet(name: &str) -> SerializedFileReader<bytes::Bytes> {
    SerializedFileReader::new(bytes::Bytes::from(demo().zh[name].clone())).unwrap()
}

#[test]
fn the_geoparquet_files_hold_the_rows_of_the_geopackage() {
    let file = geopackage();
    for (layer, kind, id, number) in
        [("uncovered", "Polygon", "zone_id", "worst_s"), ("coverage", "MultiPolygon", "unit_id", "JJ-EMS-02_value")]
    {
        let reader = parquet(&format!("{layer}.parquet"));
        let keys = reader.metadata().file_metadata().key_value_metadata().unwrap().clone();
        let key = |name: &str| keys.iter().find(|k| k.key == name).and_then(|k| k.value.clone()).unwrap();
        assert!(key("note").contains("示意数据"));
        let geo: serde_json::Value = serde_json::from_str(&key("geo")).unwrap();
        assert_eq!(geo["version"], "1.1.0");
        assert_eq!(geo["columns"]["geometry"]["encoding"], "WKB");
        assert_eq!(geo["columns"]["geometry"]["geometry_types"], serde_json::json!([kind]));
        let bounds: [f64; 4] = file
            .query_row(
                &format!("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = '{layer}'"),
                [],
                |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]),
            )
            .unwrap();
        assert_eq!(geo["columns"]["geometry"]["bbox"], serde_json::json!(bounds));
        let mut query = file.prepare(&format!("SELECT {id}, \"{number}\", geom FROM {layer} ORDER BY fid")).unwrap();
        let rows: Vec<(String, Option<f64>, Vec<u8>)> = query
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let mut read = 0;
        for (row, (id_wanted, number_wanted, blob)) in reader.get_row_iter(None).unwrap().map(Result::unwrap).zip(&rows)
        {
            let field = |name: &str| row.get_column_iter().find(|(n, _)| *n == name).unwrap().1.clone();
            assert_eq!(field(id), Field::Str(id_wanted.clone()));
            assert_eq!(field(number), number_wanted.map_or(Field::Null, Field::Double));
            let Field::Bytes(wkb) = field("geometry") else { panic!("bytes") };
            // A GeoPackage's geometry is a header of 40 bytes, then the same.
            assert_eq!(wkb.data(), &blob[40..]);
            let Field::Group(bbox) = field("bbox") else { panic!("a box") };
            let west = f64::from_le_bytes(blob[8..16].try_into().unwrap());
            assert_eq!(bbox.get_double(0).unwrap().to_bits(), west.to_bits());
            read += 1;
        }
        assert_eq!(read, rows.len(), "{layer}");
        assert!(read > 10);
    }
}

fn as_json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap()
}

/// An outline stands once, the figures of each rule beside it; what is not asked, what is not known and what is 0 are three things.
#[test]
fn a_unit_is_one_feature_with_columns_for_each_rule() {
    let report = &demo().report;
    let collection: serde_json::Value = serde_json::from_slice(&demo().zh["coverage.geojson"]).unwrap();
    let features = collection["features"].as_array().unwrap();
    let whole = &features[0]["properties"];
    assert_eq!((&whole["unit_id"], &whole["level"]), (&serde_json::json!("*"), &serde_json::json!("region")));
    for rule in &report.rules {
        let said = |figure: &str| &whole[format!("{}_{figure}", rule.id)];
        assert_eq!(*said("verdict"), as_json(&rule.verdict), "{}", rule.id);
        assert_eq!(*said("value"), as_json(&rule.value), "{}", rule.id);
    }
    let (mut asked, mut not_asked) = (0_u32, 0_u32);
    let mut seen = BTreeSet::new();
    for feature in &features[1..] {
        let row = &feature["properties"];
        let of = |unit: &&UnitReport| as_json(&unit.id) == row["unit_id"] && as_json(&unit.level) == row["level"];
        let unit = report.units.iter().find(of).unwrap();
        assert!(seen.insert((&unit.level, &unit.id)), "{} stands twice", unit.name);
        for rule in &report.rules {
            let said = |figure: &str| row.get(format!("{}_{figure}", rule.id));
            let Some(figures) = unit.rules.get(&rule.id) else {
                assert_eq!(
                    (said("verdict"), said("value")),
                    (Some(&"not_asked".into()), Some(&serde_json::Value::Null))
                );
                not_asked += 1;
                continue;
            };
            asked += 1;
            assert_eq!(said("verdict"), Some(&as_json(&figures.verdict)));
            assert_eq!(said("value"), Some(&as_json(&figures.value)));
            // A rule that counts has no people who are not covered, one on a time no count.
            let missing = serde_json::Value::Null;
            for (figure, wanted) in [
                ("need", as_json(&figures.need)),
                ("have", as_json(&figures.have)),
                ("population_uncovered", as_json(&figures.population_uncovered)),
            ] {
                assert_eq!(*said(figure).unwrap_or(&missing), wanted, "{} {figure}", rule.id);
            }
        }
        let binding = |verdict: Verdict| {
            let of = report.rules.iter().filter(|rule| rule.binding).filter_map(|rule| unit.rules.get(&rule.id));
            of.filter(|figures| figures.verdict == verdict).count()
        };
        for (column, verdict) in
            [("rules_met", Verdict::Met), ("rules_gap", Verdict::Gap), ("rules_open", Verdict::CannotJudge)]
        {
            assert_eq!(row[column], binding(verdict), "{} {column}", unit.name);
        }
    }
    assert!(asked > 0 && not_asked > 0, "{asked} {not_asked}");
    // The ground of a sub-centre is worked out from travel times and has no outline; the table has its figures.
    let without: Vec<&UnitReport> =
        report.units.iter().filter(|unit| !seen.contains(&(&unit.level, &unit.id))).collect();
    assert!(without.iter().all(|unit| unit.level == "sub_center_area"));
    asked += without.iter().map(|unit| unit.rules.len() as u32).sum::<u32>();
    // The same as rows: the region under each rule, then each unit under the rules that look at it.
    let file = geopackage();
    let count = |of: &str| -> u32 {
        file.query_row(&format!("SELECT count(*) FROM rules WHERE {of}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("unit_id = '*'") as usize, count("unit_id <> '*'")), (report.rules.len(), asked));
    let differ: u32 = file
        .query_row(
            "SELECT count(*) FROM rules JOIN coverage USING (unit_id, level) WHERE rule_id = 'JJ-EMS-02' AND \
             (verdict IS NOT \"JJ-EMS-02_verdict\" OR value IS NOT \"JJ-EMS-02_value\")",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(differ, 0);
}

#[test]
fn the_spatial_index_is_sound() {
    let file = geopackage();
    for layer in ["uncovered", "coverage", "stations", "facilities", "aeds", "roads_time", "population", "boundary"] {
        let said: String =
            file.query_row(&format!("SELECT rtreecheck('rtree_{layer}_geom')"), [], |row| row.get(0)).unwrap();
        assert_eq!(said, "ok", "{layer}");
    }
}

#[test]
fn the_spatial_index_finds_what_lies_where() {
    let file = geopackage();
    // The envelope in the blob: bytes 9 to 40, west, east, south, north. The index holds it rounded outwards to 32 bits.
    let mut rows = file
        .prepare("SELECT geom, minx, maxx, miny, maxy FROM uncovered JOIN rtree_uncovered_geom ON fid = id")
        .unwrap();
    let mut rows = rows.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let blob: Vec<u8> = row.get(0).unwrap();
        for i in 0..4 {
            let stored = f64::from_le_bytes(blob[8 + i * 8..16 + i * 8].try_into().unwrap());
            let indexed: f64 = row.get(i + 1).unwrap();
            assert!((stored - indexed).abs() < 2e-5, "{stored} {indexed}");
        }
    }
}

#[test]
fn the_workbook_has_numbers_where_numbers_belong() {
    let demo = demo();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(demo.zh["report.xlsx"].clone())).unwrap();
    let names = book.sheet_names();
    assert_eq!(names, ["概要", "条款", "不同口径", "单元", "未覆盖片区", "急救站点", "按年份需求", "数据问题"]);
    let rules = book.worksheet_range("条款").unwrap();
    assert_eq!(rules.height(), demo.report.rules.len() + 1);
    for (row, rule) in rules.rows().skip(1).zip(&demo.report.rules) {
        assert_eq!(row[0], Data::String(rule.id.clone()));
        if let Some(people) = rule.population_uncovered {
            let Data::Float(cell) = row[11] else { panic!("{}: people are a number, not {:?}", rule.id, row[11]) };
            assert!((cell - people).abs() < 1e-6);
        }
    }
    let zones = book.worksheet_range("未覆盖片区").unwrap();
    assert_eq!(zones.height(), demo.audit.findings.zones.values().map(|z| z.zones.len()).sum::<usize>() + 1);
    assert!(zones.rows().skip(1).all(|row| matches!(row[3], Data::Float(_)) && matches!(row[4], Data::Float(_))));
    let summary = book.worksheet_range("概要").unwrap();
    assert!(summary.rows().flatten().any(|c| c.to_string().contains("示意数据")));
}

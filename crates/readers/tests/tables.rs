//! Tables as planners keep them: what is read, and what is said of it. Each kind has its right value beside it.

#![expect(clippy::float_cmp, clippy::format_collect, reason = "whole numbers; a few short texts")]

use lifering_base::issue::IssueCode;
use lifering_base::records::attributes::Scalar;
use lifering_base::records::road_class::RoadClass;
use lifering_base::records::{Direction, Permission, Residence, Road, Site};
use lifering_readers::corrections::{ColumnMapping, Corrections};
use lifering_readers::source::Source;
use lifering_readers::{ReadOptions, Region};
use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const ROADS: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"highway":"primary"},
    "geometry":{"type":"LineString","coordinates":[[118.4,24.7],[118.6,24.7]]}}]}"#;
const BOUNDARY: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":
    {"type":"Polygon","coordinates":[[[118.4,24.6],[118.6,24.6],[118.6,24.8],[118.4,24.8],[118.4,24.6]]]}}]}"#;
const PEOPLE: &str = "lon,lat,population\n118.5,24.7,100\n";

/// A region with one file more, or in place of another: `stations.csv`, `population.csv` ...
fn read(files: &[(&str, &[u8])], options: &ReadOptions) -> Result<Region, String> {
    let mut all: BTreeMap<String, Vec<u8>> = BTreeMap::from([
        ("roads.geojson".to_owned(), ROADS.into()),
        ("boundary.geojson".to_owned(), BOUNDARY.into()),
        ("population.csv".to_owned(), PEOPLE.into()),
        ("stations.csv".to_owned(), "名称,经度,纬度\n甲站,118.5,24.7\n".into()),
    ]);
    let mut stations = "stations.csv";
    for (name, bytes) in files {
        if name.starts_with("stations") {
            stations = name;
        }
        all.insert((*name).to_owned(), bytes.to_vec());
    }
    let settings = format!(
        "name = \"t\"\n[layers]\nroads = \"roads.geojson\"\nboundary = \"boundary.geojson\"\npopulation = \"population.csv\"\nstations = \"{stations}\"\n"
    );
    all.insert("region.toml".to_owned(), settings.into_bytes());
    Region::read_with(Source::memory("t", "region.toml", all), options).map_err(|e| e.text("zh"))
}

fn stations(text: &str) -> Region {
    read(&[("stations.csv", text.as_bytes())], &ReadOptions::default()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn codes(region: &Region, layer: &str) -> Vec<IssueCode> {
    region.input(layer).expect("the layer").issues.list().iter().map(|i| i.code).collect()
}

fn number(site: &Site, field: &str) -> Option<f64> {
    match site.attributes.get(field) {
        Some(Scalar::Number(n)) => Some(*n),
        _ => None,
    }
}

/// Places of the stations, to seven decimals.
fn places(region: &Region) -> Vec<(f64, f64)> {
    let round = |n: f64| (n * 1e7).round() / 1e7;
    region.stations.iter().map(|s| (round(s.place.lon), round(s.place.lat))).collect()
}

#[test]
fn places_in_every_spelling_are_read_and_told() {
    for (text, told) in [
        ("名称,经度,纬度\n甲站,118.5,24.7\n", None),
        ("名称,经度,纬度\n甲站,118°30′00″E,24°42′00″N\n", Some(IssueCode::CoordinatesSpelled)),
        ("名称,经度,纬度\n甲站,118°30.0',24°42.0'\n", Some(IssueCode::CoordinatesSpelled)),
        ("名称,经度,纬度\n甲站,118-30-00,24-42-00\n", Some(IssueCode::CoordinatesSpelled)),
        ("名称,经度,纬度\n甲站,118度30分0秒,24度42分0秒\n", Some(IssueCode::CoordinatesSpelled)),
        ("名称,经度,纬度\n甲站,东经118度30分,北纬24度42分\n", Some(IssueCode::CoordinatesSpelled)),
        ("名称;经度;纬度\n甲站;118,5;24,7\n", Some(IssueCode::CoordinatesSpelled)),
        ("名称，经度，纬度\n甲站，118.5，24.7\n", Some(IssueCode::TableForm)),
        ("名称,经度,纬度\n甲站,１１８．５,２４．７\n", Some(IssueCode::CoordinatesSpelled)),
        ("名称,坐标\n甲站,\"118.5,24.7\"\n", Some(IssueCode::CoordinatesSpelled)),
        ("名称,经纬度\n甲站,\"24.7，118.5\"\n", Some(IssueCode::CoordinatesSpelled)),
        ("name,location\n甲站,24.7 118.5\n", Some(IssueCode::CoordinatesSpelled)),
        ("名称,位置\n甲站,\"(118.5, 24.7)\"\n", Some(IssueCode::CoordinatesSpelled)),
        ("名称,经度（°）,纬度（°）\n甲站,118.5,24.7\n", None),
    ] {
        let region = stations(text);
        assert_eq!(places(&region), [(118.5, 24.7)], "{text}");
        assert_eq!(region.stations[0].name, "甲站");
        let found = codes(&region, "stations");
        match told {
            None => assert_eq!(found, [], "{text}"),
            Some(code) => assert!(found.contains(&code), "{text}: {found:?}"),
        }
    }
}

#[test]
fn an_order_that_the_region_does_not_settle_is_refused() {
    // Both orders are places, and the region is neither.
    let text = "名称,坐标\n甲站,\"30.5,24.7\"\n";
    let error = read(&[("stations.csv", text.as_bytes())], &ReadOptions::default()).expect_err("an unclear order");
    assert!(error.contains("lat_lon"), "{error}");
}

#[test]
fn numbers_in_every_spelling_are_read_and_told() {
    for (heading, cell, ambulances) in [
        ("救护车数量", "3", 3.0),
        ("救护车（辆）", "3", 3.0),
        ("救护车数", "3", 3.0),
        ("2023年救护车数量(辆)", "3", 3.0),
        ("救护车数量", "3辆", 3.0),
        ("救护车数量", "约3台", 3.0),
        ("救护车数量", "３", 3.0),
        ("救护车数量", "\"1,200\"", 1200.0),
        ("救护车数量", "0.12万辆", 1200.0),
        ("\"救护车\n（辆）\"", "3", 3.0),
    ] {
        let region = stations(&format!("名称,经度,纬度,{heading}\n甲站,118.5,24.7,{cell}\n"));
        assert_eq!(number(&region.stations[0], "ambulances"), Some(ambulances), "{heading} {cell}");
        let counts = region.input("stations").unwrap().issues.readings().of("ambulances");
        assert_eq!(counts.all(), 1, "every value has a state");
        assert_eq!((counts.as_written, counts.interpreted), if cell == "3" { (1, 0) } else { (0, 1) }, "{cell}");
    }
    // What is not understood is left out, and counted as such.
    let region = stations("名称,经度,纬度,救护车数量\n甲站,118.5,24.7,三四辆\n乙站,118.51,24.7,2.5\n");
    let counts = region.input("stations").unwrap().issues.readings().of("ambulances");
    assert_eq!((counts.left_out, counts.used()), (2, 0));
    assert!(codes(&region, "stations").contains(&IssueCode::NotUnderstood));
}

#[test]
fn people_under_headings_with_units() {
    for (heading, cell, people) in [
        ("人口（万人）", "1.2", 12_000.0),
        ("人口（万人）", "1.1", 11_000.0),
        ("常住人口(千人)", "12", 12_000.0),
        ("人口（万人）", "1.2万", 12_000.0),
        ("人口", "1.2万", 12_000.0),
        ("population", "\"1,234\"", 1234.0),
        ("2023年末常住人口（人）", "\"1,234人\"", 1234.0),
    ] {
        let text = format!("lon,lat,{heading}\n118.5,24.7,{cell}\n");
        let region = read(&[("population.csv", text.as_bytes())], &ReadOptions::default())
            .unwrap_or_else(|e| panic!("{heading}: {e}"));
        let all: Vec<f64> = region.population.iter().flatten().map(|p| p.people).collect();
        assert_eq!(all, [people], "{heading} {cell}");
    }
    // A density of a point says nothing; households are no people.
    for heading in ["人口密度", "人口（人/km²）", "人口（户）"] {
        let text = format!("lon,lat,{heading}\n118.5,24.7,800\n");
        let read = read(&[("population.csv", text.as_bytes())], &ReadOptions::default());
        assert!(read.is_err(), "{heading}");
    }
}

#[test]
fn a_density_is_multiplied_by_the_area() {
    let wkt = "\"POLYGON ((118.5 24.7, 118.51 24.7, 118.51 24.71, 118.5 24.71, 118.5 24.7))\"";
    let text = format!("wkt,人口密度（人/平方公里）\n{wkt},1000\n");
    let region = read(&[("population.csv", text.as_bytes())], &ReadOptions::default()).expect("a region");
    let people = &region.population.as_ref().expect("people")[0];
    assert!(matches!(people.residence, Residence::Area(_)));
    // 0.01 degrees by 0.01 degrees at 24.705 N are 1.0113 km by 1.1077 km.
    assert!((people.people - 1120.3).abs() < 1.0, "{}", people.people);
}

#[test]
fn rows_that_are_no_records_are_told_and_left_out() {
    let text = "某市急救站点一览表,,,\n名称,经度,纬度,救护车数量\n甲站,118.5,24.7,2辆\n合计,118.5,24.71,2\n\
                名称,经度,纬度,救护车数量\n乙站,118.52,24.7,3\n总计,,,5\n注：截至2023年底,,,\n";
    let region = stations(text);
    assert_eq!(places(&region), [(118.5, 24.7), (118.52, 24.7)]);
    let input = region.input("stations").unwrap();
    assert_eq!((input.features, input.used), (2, 2));
    let count = |code| input.issues.list().iter().filter(|i| i.code == code).map(|i| i.count).sum::<usize>();
    assert_eq!(count(IssueCode::SumsLeftOut), 2);
    // The title, the headings once more, the note.
    assert_eq!(count(IssueCode::TableForm), 3);
    // The place of an issue is the line of the file.
    let sums = input.issues.list().into_iter().find(|i| i.code == IssueCode::SumsLeftOut).unwrap();
    assert_eq!(sums.examples[0].row.as_ref().unwrap().number, 4);
}

#[test]
fn two_rows_of_headings_and_a_row_of_units() {
    let text = "名称,位置信息,,车辆,\n,经度,纬度,救护车,其中：负压救护车\n甲站,118.5,24.7,5,2\n";
    let region = stations(text);
    assert_eq!(places(&region), [(118.5, 24.7)]);
    assert_eq!(number(&region.stations[0], "ambulances"), Some(5.0));
    assert_eq!(number(&region.stations[0], "negative_pressure"), Some(2.0));
    let text = "lon,lat,人口\n°,°,万人\n118.5,24.7,1.2\n";
    let region = read(&[("population.csv", text.as_bytes())], &ReadOptions::default()).expect("a row of units");
    assert_eq!(region.population.unwrap()[0].people, 12_000.0);
}

#[test]
fn several_columns_for_one_field() {
    let region = stations("名称,经度,纬度,车辆数,救护车数量\n甲站,118.5,24.7,9,2\n");
    assert_eq!(number(&region.stations[0], "ambulances"), Some(2.0), "first in the list of names");
    assert!(codes(&region, "stations").contains(&IssueCode::SeveralColumns));
    let region = stations("名称,经度,纬度,车辆数,救护车数量\n甲站,118.5,24.7,2,2\n");
    assert!(!codes(&region, "stations").contains(&IssueCode::SeveralColumns), "they agree");
}

#[test]
fn lists_in_place_of_values() {
    let station = |properties: &str| {
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},
            "geometry":{{"type":"Point","coordinates":[118.5,24.7]}}}}]}}"#
        );
        read(&[("stations.geojson", text.as_bytes())], &ReadOptions::default()).expect("a region")
    };
    for (properties, ambulances, told) in [
        (r#"{"ambulances":[3]}"#, Some(3.0), IssueCode::ListRead),
        (r#"{"ambulances":["3","3"]}"#, Some(3.0), IssueCode::ListRead),
        (r#"{"ambulances":[3,5]}"#, Some(3.0), IssueCode::SeveralValues),
        (r#"{"ambulances":"['3', '5']"}"#, Some(3.0), IssueCode::SeveralValues),
        (r#"{"ambulances":{"count":3}}"#, Some(3.0), IssueCode::ListRead),
        (r#"{"ambulances":["x"]}"#, None, IssueCode::NotUnderstood),
    ] {
        let region = station(properties);
        assert_eq!(number(&region.stations[0], "ambulances"), ambulances, "{properties}");
        assert!(codes(&region, "stations").contains(&told), "{properties}: {:?}", codes(&region, "stations"));
    }
    let flag = |text: &str| {
        station(&format!(r#"{{"decontamination":{text}}}"#)).stations[0].attributes.get("decontamination").cloned()
    };
    assert_eq!(flag("[true]"), Some(Scalar::Bool(true)));
    assert_eq!(flag("[true,false]"), Some(Scalar::Bool(false)), "the cautious one");
    let kind = |text: &str| station(&format!(r#"{{"kind":{text}}}"#)).stations[0].attributes.get("kind").cloned();
    assert_eq!(kind(r#"["急救站","station"]"#), Some(Scalar::Text("station".into())), "they agree in effect");
    assert_eq!(kind(r#"["急救站","急救中心"]"#), None);
    assert_eq!(station(r#"{"name":["甲站","乙站"]}"#).stations[0].name, "甲站 / 乙站");
    // Twenty digits stay digits.
    let id = "12345678901234567890123";
    assert_eq!(station(&format!(r#"{{"id":{id},"name":"a"}}"#)).stations[0].id, id);
}

/// One road with these properties, and the codes of what is said of the layer.
fn road(properties: &str) -> (Road, Vec<IssueCode>) {
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},
        "geometry":{{"type":"LineString","coordinates":[[118.4,24.7],[118.6,24.7]]}}}}]}}"#
    );
    let region = read(&[("roads.geojson", text.as_bytes())], &ReadOptions::default()).expect("a region");
    (region.roads[0].clone(), codes(&region, "roads"))
}

#[test]
fn roads_that_were_merged_are_what_is_cautious_for_a_driver() {
    use Direction::{Changing, Forward};
    use IssueCode::{ListRead, SeveralValues};
    let one_way = |oneway: &str| {
        let (road, codes) = road(&format!(r#"{{"highway":"primary","oneway":{oneway}}}"#));
        (road.direction, codes)
    };
    assert_eq!(one_way("[true]"), (Forward, vec![ListRead]));
    assert_eq!(one_way("[true, false]"), (Forward, vec![SeveralValues]), "one way where one part is");
    assert_eq!(one_way(r#""['yes', '-1']""#), (Changing, vec![SeveralValues]), "neither way");
    let class = |highway: &str| road(&format!(r#"{{"highway":{highway}}}"#)).0.class;
    assert_eq!(class(r#"["primary","residential"]"#), RoadClass::Residential, "the slowest");
    assert_eq!(class(r#"["footway","primary"]"#), RoadClass::Footway, "not driven");
    assert_eq!(class(r#"["主干路","primary"]"#), RoadClass::Primary, "the same in effect");
    let kmh = |maxspeed: &str| road(&format!(r#"{{"highway":"primary","maxspeed":{maxspeed}}}"#)).0.maxspeed_kmh;
    assert_eq!(kmh(r#"["60","50"]"#), Some(50.0));
    assert_eq!(kmh(r"[50]"), Some(50.0));
    let access = |access: &str| road(&format!(r#"{{"highway":"primary","access":{access}}}"#)).0.access.forward;
    assert_eq!(access(r#"["no"]"#), Permission::Closed);
    assert_eq!(access(r#"["yes","no"]"#), Permission::Closed);
    assert_eq!(access(r#"["yes","private"]"#), Permission::Private);
    let (merged, codes) =
        road(r#"{"highway":"primary","bridge":["yes",null],"tunnel":["no","no"],"speed_kmh":[30,40]}"#);
    assert_eq!((merged.level.bridge, merged.level.tunnel, merged.speed_kmh), (true, false, Some(30.0)));
    assert_eq!(codes.iter().filter(|code| **code == ListRead).count(), 2, "bridge and tunnel: {codes:?}");
}

#[test]
fn records_that_stand_twice_and_points_that_are_swapped() {
    let text = "序号,名称,经度,纬度,救护车数量\n1,甲站,118.5,24.7,2\n2,甲站,118.5,24.7,2\n3,甲站,118.50001,24.7,4\n\
                4,乙站,24.72,118.52,1\n5,丙站,118.53,24.7,1\n6,丁站,118.54,24.7,1\n7,戊站,118.55,24.7,1\n";
    let region = stations(text);
    assert_eq!(region.stations.len(), 6, "the swapped one is left out");
    let found = codes(&region, "stations");
    for code in [IssueCode::DuplicateRecord, IssueCode::DuplicatePlace, IssueCode::CoordinatesSwapped] {
        assert!(found.contains(&code), "{code:?}");
    }
    let corrections = Corrections { drop_duplicates: true, accept_swapped: true, columns: vec![] };
    let options = ReadOptions { corrections, ..ReadOptions::default() };
    let region = read(&[("stations.csv", text.as_bytes())], &options).expect("a region");
    let names: Vec<&str> = region.stations.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["甲站", "乙站", "丙站", "丁站", "戊站"]);
    assert_eq!(places(&region)[1], (118.52, 24.72));
}

#[test]
fn a_column_is_taken_for_a_field_on_request() {
    let text = "名称,经度,纬度,车\n甲站,118.5,24.7,7\n";
    let mapped = |mapping: &str| {
        let columns = vec![ColumnMapping::parse(mapping).expect("a mapping")];
        let corrections = Corrections { columns, ..Corrections::default() };
        read(&[("stations.csv", text.as_bytes())], &ReadOptions { corrections, ..ReadOptions::default() })
    };
    assert_eq!(number(&mapped("车=ambulances").expect("a region").stations[0], "ambulances"), Some(7.0));
    assert!(mapped("车辆=ambulances").is_err(), "no such column");
    assert!(ColumnMapping::parse("ambulances").is_err());
}

#[test]
fn a_table_of_addresses_is_shown_to_be_filled_in() {
    let text = "名称,地址\n甲站,泉州路1号\n";
    let error = read(&[("stations.csv", text.as_bytes())], &ReadOptions::default()).expect_err("no coordinates");
    assert!(error.contains("名称,地址,经度,纬度\n    甲站,泉州路1号,,"), "{error}");
    let region = stations("名称,经度,纬度,地址\n甲站,118.5,24.7,泉州路1号\n乙站,,,晋江路2号\n");
    let issues = region.input("stations").unwrap().issues.list();
    let lost = issues.iter().find(|i| i.code == IssueCode::NoGeometry).expect("a row without a place");
    assert!(lost.examples[0].found.text("zh").contains("晋江路2号"));
}

#[test]
fn a_suggestion_leads_to_people() {
    // No column but those of the place holds numbers: nothing is suggested.
    let error = read(&[("population.csv", b"lon,lat,popu\n118.5,24.7,x\n")], &ReadOptions::default());
    assert!(!error.as_ref().expect_err("no people").contains("popu\""), "{error:?}");
    let error = read(&[("population.csv", b"lon,lat,popula\n118.5,24.7,5\n")], &ReadOptions::default());
    assert!(error.as_ref().expect_err("no people").contains("population = \"popula\""), "{error:?}");
    let error = read(&[("population.csv", b"lon,lat,n\n118.5,24.7,5\n")], &ReadOptions::default());
    assert!(!error.as_ref().expect_err("no people").contains("\"lon\""), "{error:?}");
}

/// A workbook of sheets, each with its name, its state and the XML inside of it.
fn workbook(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, text: String| {
        zip.start_file(name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(text.as_bytes()).expect("its bytes");
    };
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let types: String = (1..=sheets.len())
        .map(|n| format!("<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"))
        .collect();
    add(
        "[Content_Types].xml",
        format!(
            "{head}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{types}</Types>"
        ),
    );
    add(
        "_rels/.rels",
        format!(
            "{head}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    let names: String = sheets
        .iter()
        .enumerate()
        .map(|(i, (name, state, _))| {
            format!("<sheet name=\"{name}\" sheetId=\"{0}\" state=\"{state}\" r:id=\"rId{0}\"/>", i + 1)
        })
        .collect();
    add(
        "xl/workbook.xml",
        format!(
            "{head}<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{names}</sheets></workbook>"
        ),
    );
    let relations: String = (1..=sheets.len())
        .map(|n| format!("<Relationship Id=\"rId{n}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"))
        .collect();
    add(
        "xl/_rels/workbook.xml.rels",
        format!(
            "{head}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}</Relationships>"
        ),
    );
    for (i, (_, _, xml)) in sheets.iter().enumerate() {
        add(
            &format!("xl/worksheets/sheet{}.xml", i + 1),
            format!(
                "{head}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{xml}</worksheet>"
            ),
        );
    }
    zip.finish().expect("a workbook").into_inner()
}

/// Rows of texts and numbers, from the first row and column on.
fn rows(all: &[&[&str]]) -> String {
    let cell = |(at, text): (usize, &&str), row: usize| {
        let name = format!("{}{row}", char::from(b'A' + at as u8));
        match text.parse::<f64>() {
            Ok(_) => format!("<c r=\"{name}\"><v>{text}</v></c>"),
            Err(_) if text.is_empty() => String::new(),
            Err(_) => format!("<c r=\"{name}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        }
    };
    let row = |(i, cells): (usize, &&[&str])| {
        let cells: String = cells.iter().enumerate().map(|one| cell(one, i + 1)).collect();
        format!("<row r=\"{0}\">{cells}</row>", i + 1)
    };
    format!("<sheetData>{}</sheetData>", all.iter().enumerate().map(row).collect::<String>())
}

fn workbook_stations(sheets: &[(&str, &str, &str)]) -> Region {
    read(&[("stations.xlsx", &workbook(sheets))], &ReadOptions::default()).expect("a region")
}

#[test]
fn the_visible_is_meant() {
    let heads: &[&str] = &["名称", "经度", "纬度", "救护车数量"];
    let current = rows(&[heads, &["甲站", "118.5", "24.7", "9"]]);
    let old = rows(&[heads, &["甲站", "118.5", "24.7", "99"]]);
    for state in ["hidden", "veryHidden"] {
        let region = workbook_stations(&[("旧", state, &old), ("现状", "visible", &current)]);
        assert_eq!(number(&region.stations[0], "ambulances"), Some(9.0));
        assert!(codes(&region, "stations").contains(&IssueCode::HiddenLeftOut));
    }
    let wide: &[&str] = &["名称", "经度", "纬度", "救护车数量", "ambulances"];
    let hidden_column = format!(
        "<cols><col min=\"5\" max=\"5\" hidden=\"1\"/></cols>{}",
        rows(&[wide, &["甲站", "118.5", "24.7", "9", "50"]])
    );
    let region = workbook_stations(&[("现状", "visible", &hidden_column)]);
    assert_eq!(number(&region.stations[0], "ambulances"), Some(9.0));
    let hidden =
        region.input("stations").unwrap().issues.list().into_iter().find(|i| i.code == IssueCode::HiddenLeftOut);
    let found = hidden.expect("the hidden column is told").examples[0].found.text("zh");
    assert!(found.contains("ambulances") && found.contains("救护车数量"), "{found}");
    let filtered = rows(&[heads, &["甲站", "118.5", "24.7", "9"], &["乙站", "118.52", "24.7", "1"]])
        .replace("<row r=\"3\">", "<row r=\"3\" hidden=\"1\">");
    let region = workbook_stations(&[("现状", "visible", &filtered)]);
    assert_eq!(region.stations.len(), 1);
    assert!(codes(&region, "stations").contains(&IssueCode::HiddenLeftOut));
}

#[test]
fn a_cover_sheet_is_passed_over_and_cells_are_sparse() {
    let cover = rows(&[&["说明", "本表由市急救中心提供"]]);
    let table = rows(&[&["名称", "经度", "纬度"], &["甲站", "118.5", "24.7"]]).replace(
        "</sheetData>",
        "<row r=\"1048576\"><c r=\"XFD1048576\" t=\"inlineStr\"><is><t> </t></is></c></row></sheetData>",
    );
    let region = workbook_stations(&[("封面", "visible", &cover), ("站点", "visible", &table)]);
    assert_eq!(places(&region), [(118.5, 24.7)]);
    assert!(codes(&region, "stations").contains(&IssueCode::PartNotUsed));
}

#[test]
fn merged_cells_and_formulas_without_a_result() {
    let table = rows(&[
        &["名称", "经度", "纬度", "急救分中心", "救护车数量"],
        &["甲站", "118.5", "24.7", "东分中心", "6"],
        &["乙站", "118.52", "24.7", "", ""],
        &["丙站", "118.54", "24.7", "", ""],
    ])
    .replace("<row r=\"4\">", "<row r=\"4\"><c r=\"E4\"><f>E2</f><v></v></c>")
        + "<mergeCells><mergeCell ref=\"D2:D3\"/><mergeCell ref=\"E2:E3\"/></mergeCells>";
    let region = workbook_stations(&[("站点", "visible", &table)]);
    let word = |at: usize| region.stations[at].attributes.get("sub_center").cloned();
    assert_eq!(word(0), Some(Scalar::Text("东分中心".into())));
    assert_eq!(word(1), word(0), "a text counts for every merged row");
    assert_eq!(word(2), None);
    let ambulances: Vec<Option<f64>> = region.stations.iter().map(|s| number(s, "ambulances")).collect();
    assert_eq!(ambulances, [Some(6.0), None, None], "a number for the first alone");
    let found = codes(&region, "stations");
    assert!(found.contains(&IssueCode::CellsMerged) && found.contains(&IssueCode::NotCalculated), "{found:?}");
    let issues = region.input("stations").unwrap().issues.list();
    let formula = issues.iter().find(|i| i.code == IssueCode::NotCalculated).unwrap();
    let row = formula.examples[0].row.as_ref().expect("a row");
    assert_eq!((row.sheet.as_deref(), row.number, formula.field.as_deref()), (Some("站点"), 4, Some("救护车数量")));
}

#[test]
fn a_wide_table_is_read_in_linear_time() {
    let columns = 20_000;
    let heads: String = (0..columns).map(|n| format!(",c{n}")).collect();
    let cells: String = (0..columns).map(|n| format!(",{n}")).collect();
    let region = stations(&format!("名称,经度,纬度{heads}\n甲站,118.5,24.7{cells}\n"));
    assert_eq!(places(&region), [(118.5, 24.7)]);
}

/// What a table of 60,000 columns may take without optimisation on a busy machine. Each column against each other would be
/// four billion steps.
const WIDE: Duration = Duration::from_secs(10);

#[test]
fn a_very_wide_table_takes_as_long_as_its_cells() {
    type Name = fn(usize) -> String;
    let kinds: [(&str, Name, usize); 3] = [
        ("names that say nothing", |n| format!("col{n}"), 60_000),
        ("one name again and again", |_| "列".to_owned(), 30_000),
        ("names that all mean ambulances", |n| format!("救护车（第{n}列）"), 20_000),
    ];
    for (kind, name, columns) in kinds {
        let heading: Vec<String> = (0..columns).map(name).collect();
        let row = |station: &str, lon: f64| format!("{station},{lon},24.7{}\n", ",3".repeat(columns));
        let text = format!("名称,经度,纬度,{}\n{}{}", heading.join(","), row("甲站", 118.5), row("乙站", 118.55));
        let began = Instant::now();
        let region = stations(&text);
        let took = began.elapsed();
        assert!(took < WIDE, "{kind}: {took:?}");
        assert_eq!(places(&region), [(118.5, 24.7), (118.55, 24.7)], "{kind}");
        assert_eq!(region.input("stations").unwrap().columns.len(), columns + 3, "{kind}");
    }
}

#[test]
fn a_boundary_of_a_lost_order_is_refused_with_its_first_crossing() {
    // Each side leaps across a circle of 20,000 places: a hundred million crossings, which would take 24 GB.
    let place = |n: usize| {
        let angle = (n * 9_999 % 20_000) as f64 / 20_000.0 * std::f64::consts::TAU;
        format!("[{:.7},{:.7}]", 118.5 + 0.1 * libm::cos(angle), 24.7 + 0.1 * libm::sin(angle))
    };
    let ring: Vec<String> = (0..=20_000).map(place).collect();
    let boundary = BOUNDARY.replace("[[118.4,24.6],[118.6,24.6],[118.6,24.8],[118.4,24.8],[118.4,24.6]]", "RING");
    let boundary = boundary.replace("RING", &format!("[{}]", ring.join(",")));
    let began = Instant::now();
    let refused = read(&[("boundary.geojson", boundary.as_bytes())], &ReadOptions::default()).unwrap_err();
    assert!(began.elapsed() < WIDE, "{:?}", began.elapsed());
    for part in ["boundary.geojson", "50000", "第一处在经度118.", "重新绘制"] {
        assert!(refused.contains(part), "{refused}");
    }
}

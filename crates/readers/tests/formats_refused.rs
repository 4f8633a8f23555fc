//! What is not read is named, with what to do; databases that never end are ended; a needed layer without anything is refused.

#![expect(clippy::unwrap_used, reason = "a test that panics fails")]
#![cfg(feature = "all")]

mod extract_writer;
mod sample_files;

use lifering_base::error::InputError;
use lifering_base::records::Layer;
use lifering_readers::Region;
use lifering_readers::fields::Fields;
use lifering_readers::layer_file::{LayerContext, LayerFile};
use lifering_readers::settings::LayerSpec;
use lifering_readers::source::Source;
use std::collections::BTreeMap;
use std::fmt::Write as _;

fn read(file: &str, bytes: &[u8]) -> Result<LayerFile, InputError> {
    let source = Source::memory("s", "s", [(file.to_owned(), bytes.to_vec())].into());
    let fields = Fields::new("region.toml", Layer::Extra, "extra", None).unwrap();
    LayerFile::read(&source, Layer::Extra, "extra", &LayerSpec::of(file), fields, &LayerContext::default())
}

/// Found, and the advice, in English and in Chinese.
fn refused(file: &str, bytes: &[u8]) -> [String; 2] {
    match read(file, bytes).unwrap_err() {
        InputError::Wrong { found, help, .. } => {
            let help = help.unwrap_or_else(|| panic!("{file}: no advice"));
            ["en", "zh"].map(|lang| format!("{}: {}", found.text(lang), help.text(lang)))
        }
        other => panic!("{file}: {other}"),
    }
}

#[test]
fn formats_that_are_not_read_are_named() {
    let sqlite = |statements: &str| {
        let db = rusqlite::Connection::open_in_memory().unwrap();
        db.execute_batch(statements).unwrap();
        sample_files::serialized(db)
    };
    let spatialite =
        sqlite("CREATE TABLE geometry_columns (f_table_name TEXT); CREATE TABLE spatial_ref_sys (srid INTEGER);");
    let plain = sqlite("CREATE TABLE t (a TEXT);");
    let wkb = sample_files::wkb(&sample_files::areas()[1].geometry);
    let kml = sample_files::kml(&sample_files::points());
    let parquet = b"PAR1....PAR1";
    for (file, bytes, name, advice) in [
        ("a.gdb", &b"x"[..], "geodatabase", "ogr2ogr layer.gpkg a.gdb"),
        ("a.mdb", b"x", "Access", "ogr2ogr layer.gpkg a.mdb"),
        ("roads.json", b"\0\x01\0\0Standard ACE DB\0", "Access", "ogr2ogr"),
        ("a.dwg", b"AC1032", "AutoCAD", "DXF"),
        ("drawing.geojson", b"AC1032", "AutoCAD", "DXF"),
        ("a.dxf", b"x", "DXF", "-a_srs"),
        ("a.csv", b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", "DXF", "-a_srs"),
        ("a.gpx", b"<gpx/>", "GPX", "ogr2ogr layer.gpkg a.gpx tracks"),
        ("a.json", b"<?xml version=\"1.0\"?>\n<gpx version=\"1.1\"/>", "GPX", "ogr2ogr"),
        ("a.osm", b"<osm/>", "OpenStreetMap", "osmium cat a.osm"),
        ("a.txt", b"<?xml version='1.0'?><osm version=\"0.6\"/>", "OpenStreetMap", "osmium"),
        ("a.tab", b"x", "MapInfo", "ogr2ogr"),
        ("a.sqlite", &spatialite, "SpatiaLite", "ogr2ogr layer.gpkg a.sqlite"),
        ("a.gpkg", &spatialite, "SpatiaLite", "ogr2ogr"),
        ("a.sqlite", &plain, "no GeoPackage", "ogr2ogr"),
        ("a.wkb", &wkb, "well-known binary", "WKT"),
        ("a.geojson", &wkb, "well-known binary", "WKT"),
        ("a.dbf", b"x", "part of a shapefile", ".shp"),
        ("a.zip", b"PK", "archive", "unpack"),
        ("a.geojson", kml.as_bytes(), "KML", ".kml"),
        ("a.geojson", parquet, "Parquet", ".parquet"),
        ("a.json", b"fgb\x03fgb\0", "FlatGeobuf", ".fgb"),
    ] {
        let [en, zh] = refused(file, bytes);
        assert!(en.contains(name) && en.contains(advice), "{file}: {en}");
        assert!(zh.chars().any(|c| ('一'..='龥').contains(&c)) && !zh.contains('`'), "{file}: {zh}");
    }
    // A file that is not there is not there, whatever its name.
    let source = Source::memory("s", "s", BTreeMap::new());
    let fields = Fields::new("region.toml", Layer::Extra, "extra", None).unwrap();
    let missing =
        LayerFile::read(&source, Layer::Extra, "extra", &LayerSpec::of("a.gdb"), fields, &LayerContext::default());
    assert!(matches!(missing, Err(InputError::Unreadable { .. })));
}

#[test]
fn databases_that_do_not_end_are_ended() {
    let endless = "CREATE VIEW samples AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                   SELECT i AS fid, x'00' AS geom FROM n;";
    let huge = "CREATE VIEW samples AS SELECT 1 AS fid, zeroblob(2000000000) AS geom;";
    let crossed = "CREATE TABLE t (a INTEGER); INSERT INTO t SELECT value FROM json_each('[1,2,3,4,5,6,7,8,9,10]');
                   CREATE VIEW samples AS SELECT count(*) AS fid, x'00' AS geom
                       FROM t a, t b, t c, t d, t e, t f, t g, t h, t i, t j;";
    for (name, statements) in [("endless", endless), ("crossed", crossed)] {
        let bytes = sample_files::serialized(sample_files::database(statements));
        let started = std::time::Instant::now();
        let Err(InputError::Wrong { found, .. }) = read("a.gpkg", &bytes) else { panic!("{name} was read") };
        // Whichever comes first: the rows without end, or the memory they take.
        let ended = ["does not end", "once unpacked"].iter().any(|word| found.to_string().contains(word));
        assert!(ended, "{name}: {found}");
        assert!(started.elapsed() < std::time::Duration::from_secs(20), "{name}: {:?}", started.elapsed());
    }
    let bytes = sample_files::serialized(sample_files::database(huge));
    assert!(read("a.gpkg", &bytes).is_err());
}

#[test]
fn geometries_that_lie_about_their_size_are_left_out() {
    let lying = |count: u32, nested: bool| {
        let mut blob = b"GP\0\x01\0\0\0\0".to_vec();
        blob.extend(if nested { [1, 7, 0, 0, 0] } else { [1, 2, 0, 0, 0] });
        blob.extend(count.to_le_bytes());
        blob.extend([0; 32]);
        blob
    };
    let db = sample_files::database("CREATE TABLE samples (fid INTEGER PRIMARY KEY, geom BLOB);");
    for blob in [lying(u32::MAX, false), lying(3, false), lying(u32::MAX, true), b"GP\0\x0f".to_vec(), b"GP".to_vec()] {
        db.execute("INSERT INTO samples (geom) VALUES (?1)", [blob]).unwrap();
    }
    let file = read("a.gpkg", &sample_files::serialized(db)).unwrap();
    assert_eq!(file.features.len(), 5);
    assert!(file.features.iter().all(|f| f.geometry.is_none()));
    assert_eq!(file.issues.list().iter().map(|i| i.count).sum::<usize>(), 5);
}

/// A column whose name is no UTF-8, in a table that is otherwise whole: the letters are changed in the bytes of the file.
#[test]
fn a_column_that_is_no_utf_8_is_named() {
    let mut bytes = sample_files::geopackage(&sample_files::points());
    let at = bytes.windows(9).position(|w| w == b"beds REAL").unwrap();
    bytes[at..at + 4].copy_from_slice(&[b'b', 0xff, 0xfe, b's']);
    let [en, zh] = refused("a.gpkg", &bytes);
    assert!(en.contains('4') && en.contains("samples"), "{en}");
    assert!(zh.contains("samples"), "{zh}");
}

#[test]
fn a_geopackage_of_several_layers_asks_which() {
    let db = sample_files::database(
        "CREATE TABLE samples (fid INTEGER PRIMARY KEY, geom BLOB); CREATE TABLE others (fid INTEGER PRIMARY KEY, geom BLOB);
         INSERT INTO gpkg_geometry_columns VALUES ('others', 'geom', 'GEOMETRY', 4326, 0, 0);",
    );
    let [en, _] = refused("a.gpkg", &sample_files::serialized(db));
    assert!(en.contains("others, samples") && en.contains("sheet"), "{en}");
}

const BOUNDARY: &str =
    r#"{"type":"Polygon","coordinates":[[[118.4,24.6],[118.6,24.6],[118.6,24.8],[118.4,24.8],[118.4,24.6]]]}"#;
const ROAD: &str = r#"{"type":"Feature","properties":{"highway":"primary"},"geometry":{"type":"LineString","coordinates":[[118.5,24.7],[118.51,24.7]]}}"#;
const POINT: &str = r#"{"type":"Feature","properties":{"name":"a","population":5},"geometry":{"type":"Point","coordinates":[118.5,24.7]}}"#;
const NOWHERE: &str = r#"{"type":"Feature","properties":{"name":"a","population":5},"geometry":null}"#;

/// A region whose layers hold these features, with more lines of region.toml.
fn region(layers: &[(&str, &str)], toml: &str) -> Result<Region, InputError> {
    let mut text = format!("name = \"a\"\n{toml}\n[layers]\n");
    let mut files = BTreeMap::new();
    for (layer, features) in layers {
        let _ = writeln!(text, "{layer} = \"{layer}.geojson\"");
        let content = match *layer {
            "boundary" => (*features).to_owned(),
            _ => format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#),
        };
        files.insert(format!("{layer}.geojson"), content.into_bytes());
    }
    files.insert("region.toml".to_owned(), text.into_bytes());
    Region::read(Source::memory("a", "a", files))
}

fn whole() -> Vec<(&'static str, &'static str)> {
    vec![("boundary", BOUNDARY), ("roads", ROAD), ("stations", POINT), ("population", POINT)]
}

#[test]
fn a_needed_layer_that_is_empty_or_unusable_is_refused() {
    assert!(region(&whole(), "").is_ok());
    for needed in ["roads", "stations", "population"] {
        for (features, found) in [("", "no features"), (NOWHERE, "null geometry")] {
            let with = |(layer, given)| if layer == needed { (layer, features) } else { (layer, given) };
            let layers: Vec<_> = whole().into_iter().map(with).collect();
            let error = region(&layers, "").unwrap_err();
            let InputError::Wrong { place, wanted, help, .. } = &error else { panic!("{error}") };
            assert_eq!(place.file, format!("{needed}.geojson"));
            assert!(wanted.to_string().contains("what is not known is not none"), "{error}");
            assert!(error.to_string().contains(found), "{needed}: {error}");
            assert!(help.is_some());
        }
    }
    // Said to be missing, they are missing; other layers may be empty by decision.
    let without: Vec<_> = whole().into_iter().filter(|(layer, _)| *layer != "stations").collect();
    assert!(region(&without, "without = [\"stations\"]").is_ok());
    let with_aeds: Vec<_> = whole().into_iter().chain([("aeds", "")]).collect();
    assert!(region(&with_aeds, "").is_ok());
}

#[test]
fn the_most_frequent_reason_is_told() {
    let short = r#"{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[118.5,24.7]]}}"#;
    let features = [NOWHERE, short, short, NOWHERE, short].join(",");
    let with = |(layer, given)| if layer == "roads" { (layer, features.as_str()) } else { (layer, given) };
    let layers: Vec<_> = whole().into_iter().map(with).collect();
    let InputError::Wrong { place, found, wanted, .. } = region(&layers, "").unwrap_err() else { panic!("refused") };
    assert_eq!((place.file.as_str(), place.feature), ("roads.geojson", Some(1)), "{found}");
    assert!(wanted.to_string().contains('5'), "{wanted}");
}

#[test]
fn a_point_as_closure_or_barrier_says_what_is_wanted() {
    for layer in ["closures", "barriers"] {
        let layers: Vec<_> = whole().into_iter().chain([(layer, POINT)]).collect();
        let error = region(&layers, "").unwrap_err();
        let InputError::Wrong { found, wanted, help: Some(help), .. } = &error else { panic!("{error}") };
        assert_eq!((found.to_string(), wanted.to_string()), ("Point".to_owned(), "a line or an area".to_owned()));
        assert!(help.to_string().contains("road_barriers") && wanted.text("zh").contains("线或面"));
    }
}

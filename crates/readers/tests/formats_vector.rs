//! The same features in every vector format are the same features: each file is compared with the GeoJSON of it. Files are
//! written by other libraries where there are any.

#![expect(clippy::unwrap_used, reason = "a test that panics fails")]
#![cfg(feature = "all")]

mod extract_writer;
mod sample_files;

use lifering_base::error::InputError;
use lifering_base::frame::LonLat;
use lifering_base::issue::IssueCode;
use lifering_base::records::Layer;
use lifering_readers::feature::RawFeature;
use lifering_readers::fields::Fields;
use lifering_readers::formats::Format;
use lifering_readers::geometry::Geometry;
use lifering_readers::layer_file::{LayerContext, LayerFile};
use lifering_readers::settings::LayerSpec;
use lifering_readers::source::Source;
use parquet::basic::{Compression, ZstdLevel};
use sample_files::{Layout, Sample, geo_key};

fn layer(spec: &LayerSpec, bytes: &[u8]) -> Result<LayerFile, InputError> {
    let fields = Fields::new("region.toml", Layer::Extra, "extra", None).unwrap();
    LayerFile::from_bytes(bytes, &Source::Demo, Layer::Extra, "extra", spec, fields, &LayerContext::default())
}

fn read(file: &str, bytes: &[u8]) -> LayerFile {
    layer(&LayerSpec::of(file), bytes).unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// What is found, and the advice.
fn refused(spec: &LayerSpec, bytes: &[u8]) -> (String, String) {
    match layer(spec, bytes).unwrap_err() {
        InputError::Wrong { found, help, .. } => (found.to_string(), help.map(|h| h.to_string()).unwrap_or_default()),
        other => panic!("{other}"),
    }
}

/// What kind of geometry it is, and its polygons, lines or points as lists of lists.
type Parts = (&'static str, Vec<Vec<Vec<LonLat>>>);

/// Kind and parts of a geometry, whether it says that they are several or not.
fn parts(geometry: &Geometry) -> Parts {
    match geometry {
        Geometry::Point(p) => ("points", vec![vec![vec![*p]]]),
        Geometry::MultiPoint(all) => ("points", vec![vec![all.clone()]]),
        Geometry::LineString(line) => ("lines", vec![vec![line.clone()]]),
        Geometry::MultiLineString(lines) => ("lines", vec![lines.clone()]),
        Geometry::Polygon(rings) => ("areas", vec![rings.clone()]),
        Geometry::MultiPolygon(all) => ("areas", all.clone()),
        Geometry::Collection(_) => panic!("no sample is a collection"),
    }
}

/// Name, beds and geometry of every feature that has one, by name.
fn content(file: &LayerFile) -> Vec<(String, Option<f64>, Parts)> {
    let one = |feature: &RawFeature| {
        let name = feature.properties.get("name")?.as_str()?.to_owned();
        let beds = feature.properties.get("beds").and_then(lifering_readers::properties::Property::as_f64);
        Some((name, beds, parts(feature.geometry.as_ref()?)))
    };
    let mut all: Vec<_> = file.features.iter().filter_map(one).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Compares a file with the GeoJSON of the samples.
fn same(samples: &[Sample], file: &str, bytes: &[u8], format: Format) {
    let wanted = read("samples.geojson", sample_files::geojson(samples).as_bytes());
    let found = read(file, bytes);
    assert_eq!(found.format, format, "{file}");
    assert_eq!(content(&wanted).len(), samples.len());
    assert_eq!(content(&found), content(&wanted), "{file}");
}

fn every_kind() -> [Vec<Sample>; 3] {
    [sample_files::points(), sample_files::lines(), sample_files::areas()]
}

#[test]
fn kml_and_kmz_are_the_geojson() {
    for samples in every_kind() {
        let text = sample_files::kml(&samples);
        same(&samples, "s.kml", text.as_bytes(), Format::Kml);
        same(&samples, "s.kmz", &sample_files::kmz(&text), Format::Kml);
    }
    let file = read("s.kml", sample_files::kml(&sample_files::points()).as_bytes());
    assert_eq!(file.features[0].id.as_deref(), Some("p0"));
    assert_eq!(file.encoding, Some("UTF-8"));
}

#[test]
fn kml_as_tools_leave_it() {
    let kml = |inner: &str| format!("<kml xmlns:gx=\"g\"><Document>{inner}</Document></kml>");
    let text = kml(concat!(
        "<NetworkLink><Link><href>http://x</href></Link></NetworkLink>",
        "<Placemark><name><![CDATA[甲 <站>]]></name><description>&#20061;&amp;</description>",
        "<ExtendedData><Data name=\"id\"><value>012</value></Data></ExtendedData>",
        "<Point><coordinates>\n118.5,24.7,12.5\n</coordinates></Point></Placemark>",
        "<Placemark><gx:Track><gx:coord>1 2 3</gx:coord></gx:Track></Placemark>",
        "<Placemark><Point><coordinates>118.5; 24.7</coordinates></Point></Placemark>",
        "<Placemark/>",
    ));
    let file = read("s.kml", text.as_bytes());
    let first = &file.features[0];
    assert_eq!(first.geometry, Some(Geometry::Point(LonLat::new(118.5, 24.7))));
    let text_of = |name: &str| first.properties.get(name).unwrap().as_str().unwrap().to_owned();
    // A number with a zero in front is a code.
    assert_eq!(
        (text_of("name"), text_of("description"), text_of("id")),
        ("甲 <站>".into(), "九&".into(), "012".into())
    );
    assert!(file.features[1..].iter().all(|f| f.geometry.is_none()));
    let issues = file.issues.list();
    let count = |code| issues.iter().find(|i| i.code == code).map_or(0, |i| i.count);
    assert_eq!((count(IssueCode::GeometryLeftOut), count(IssueCode::Incomplete)), (2, 1));
    let spec = LayerSpec::of("s.kml");
    assert_eq!(refused(&spec, b"<html><body>no map</body></html>").0, "no placemark and no element kml");
    let (cut, _) = refused(&spec, b"<kml><Document><Placemark><Point>");
    assert!(cut.contains("ends"), "{cut}");
    let deep = kml(&format!("<Placemark>{}", "<MultiGeometry>".repeat(100_000)));
    assert!(refused(&spec, deep.as_bytes()).0.contains("deep"));
    let (found, _) = refused(&LayerSpec::of("s.kmz"), &sample_files::xlsx(&[&["a"]]));
    assert_eq!(found, "an archive without KML in it");
}

#[test]
fn esri_json_is_the_geojson() {
    for samples in every_kind() {
        let text = sample_files::esri_json(&samples, r#"{"wkid":4326,"latestWkid":4326}"#);
        same(&samples, "s.json", text.as_bytes(), Format::EsriJson);
    }
    // 118.5, 24.7 in Web Mercator, by its wkid of old and by its code of EPSG (pyproj 3.7).
    for reference in [r#"{"wkid":102100,"latestWkid":3857}"#, r#"{"wkid":102100}"#] {
        let text = format!(
            r#"{{"geometryType":"esriGeometryPoint","spatialReference":{reference},"features":[{{"attributes":{{"OBJECTID":1}},"geometry":{{"x":13191359.66,"y":2838941.13}}}}]}}"#
        );
        let file = read("s.json", text.as_bytes());
        let at = file.features[0].geometry.as_ref().and_then(Geometry::point).unwrap();
        assert!((at.lon - 118.5).abs() < 1e-6 && (at.lat - 24.7).abs() < 1e-6, "{at:?}");
        assert_eq!(file.issues.list()[0].code, IssueCode::Reprojected);
    }
}

#[test]
fn esri_json_as_services_answer() {
    let features = concat!(
        r#"{"attributes":{"code":12345678901234567890123,"name":null},"geometry":{"x":"NaN","y":"NaN"}},"#,
        r#"{"attributes":{"name":"a"},"geometry":{"curvePaths":[[[1,2],{"c":[[3,4],[5,6]]}]]}},"#,
        r#"{"attributes":{"name":"b"}},"#,
        r#"{"attributes":{"name":"c"},"geometry":{"hasZ":true,"points":[[118.5,24.7,3,null],[118.6,24.7,4,null]]}}"#
    );
    let text = format!(r#"{{"fields":[],"exceededTransferLimit":true,"features":[{features}]}}"#);
    let file = read("s.geojson", text.as_bytes());
    assert_eq!(file.format, Format::EsriJson);
    assert_eq!(file.features[0].properties.get("code").unwrap().as_str(), Some("12345678901234567890123"));
    assert!(file.features[..3].iter().all(|f| f.geometry.is_none()));
    let two = vec![LonLat::new(118.5, 24.7), LonLat::new(118.6, 24.7)];
    assert_eq!(file.features[3].geometry, Some(Geometry::MultiPoint(two)));
    let issues = file.issues.list();
    assert!(issues.iter().any(|i| i.code == IssueCode::Incomplete && i.examples[0].found.to_string().contains('4')));
    assert!(issues.iter().any(|i| i.code == IssueCode::GeometryLeftOut && i.count == 1));
    let spec = LayerSpec::of("s.json");
    let quantized = r#"{"transform":{"scale":[1,1]},"fields":[],"features":[]}"#;
    assert!(refused(&spec, quantized.as_bytes()).0.contains("grid"));
    // GeoJSON stays GeoJSON, whatever its members are called.
    let geojson = r#"{"spatialReference":{"wkid":4326},"type":"FeatureCollection","features":[{"type":"Feature","attributes":{},"properties":{},"geometry":null}]}"#;
    assert_eq!(read("s.json", geojson.as_bytes()).format, Format::GeoJson);
}

#[test]
fn flatgeobuf_is_the_geojson() {
    for samples in every_kind() {
        for write_index in [true, false] {
            let bytes = sample_files::flatgeobuf(&samples, write_index, 4326);
            same(&samples, "s.fgb", &bytes, Format::FlatGeobuf);
        }
    }
    let spec = LayerSpec::of("s.fgb");
    let bytes = sample_files::flatgeobuf(&sample_files::areas(), true, 4326);
    assert!(refused(&spec, b"fgb\x02fgb\x00").0.contains("another format"));
    // A feature cut off, and a file cut between two features.
    assert!(layer(&spec, &bytes[..bytes.len() - 1]).is_err());
    let end = bytes.len() - last_feature(&bytes);
    let (found, help) = refused(&spec, &bytes[..end]);
    assert_eq!((found.as_str(), help.contains("cut short")), ("1 features of 2", true));
}

/// Length of the last of two features: found by the length that stands in front of it.
fn last_feature(bytes: &[u8]) -> usize {
    (8..bytes.len() - 8)
        .rev()
        .find(|at| u32::from_le_bytes(bytes[*at..at + 4].try_into().unwrap()) as usize == bytes.len() - at - 4)
        .map(|at| bytes.len() - at)
        .unwrap()
}

#[test]
fn flatgeobuf_names_its_system() {
    // Read as Gauss-Krueger of EPSG:4548, degrees are metres beside the false origin: no place of China.
    let bytes = sample_files::flatgeobuf(&sample_files::points(), false, 4548);
    let file = layer(&LayerSpec::of("s.fgb"), &bytes).unwrap();
    let at = file.features[0].geometry.as_ref().and_then(Geometry::point).unwrap();
    assert!(at.lat.abs() < 1.0, "{at:?}");
    let (_, help) = refused(&LayerSpec::of("s.fgb"), &sample_files::flatgeobuf(&sample_files::points(), false, 2327));
    assert!(!help.is_empty());
    let spec = LayerSpec { crs: Some("EPSG:4326".to_owned()), ..LayerSpec::of("s.fgb") };
    let at = layer(&spec, &bytes).unwrap().features[0].geometry.as_ref().and_then(Geometry::point).unwrap();
    assert_eq!(at, LonLat::new(118.5, 24.7));
}

#[test]
fn geoparquet_is_the_geojson() {
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for samples in every_kind() {
        for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, zstd, Compression::LZ4_RAW] {
            let geo = geo_key("WKB", r#","crs":{"id":{"authority":"OGC","code":"CRS84"}}"#);
            let bytes = sample_files::parquet(&samples, &Layout { geo: Some(&geo), depth: None, compression });
            same(&samples, "s.parquet", &bytes, Format::GeoParquet);
            // The row without geometry in each of the two groups is a feature without.
            assert_eq!(read("s.parquet", &bytes).features.len(), 4);
        }
    }
}

#[test]
fn native_encodings_are_the_geojson() {
    let one = |all: Vec<Sample>, at: usize| vec![all.into_iter().nth(at).unwrap()];
    for (samples, encoding, depth) in [
        (sample_files::points(), "point", 0),
        (one(sample_files::lines(), 0), "linestring", 1),
        (sample_files::lines(), "multilinestring", 2),
        (one(sample_files::areas(), 0), "polygon", 2),
        (sample_files::areas(), "multipolygon", 3),
    ] {
        let geo = geo_key(encoding, "");
        let layout = Layout { geo: Some(&geo), depth: Some(depth), compression: Compression::SNAPPY };
        same(&samples, "s.geoparquet", &sample_files::parquet(&samples, &layout), Format::GeoParquet);
    }
}

#[test]
fn geoparquet_says_what_it_lacks() {
    let points = sample_files::points();
    let bytes = |geo: Option<&str>, depth| {
        sample_files::parquet(&points, &Layout { geo, depth, compression: Compression::UNCOMPRESSED })
    };
    let spec = LayerSpec::of("s.parquet");
    let (found, help) = refused(&spec, &bytes(None, None));
    assert!(found.contains("names no geometry column") && help.contains("ogr2ogr"), "{found} {help}");
    assert!(refused(&spec, &bytes(Some(&geo_key("TWKB", "")), None)).0.contains("TWKB"));
    assert!(refused(&spec, &bytes(Some(&geo_key("linestring", "")), Some(0))).0.contains("another type"));
    let unknown = geo_key("WKB", r#","crs":null"#);
    let (found, help) = refused(&spec, &bytes(Some(&unknown), None));
    assert!(found.contains("not known") && help.contains("crs"), "{found} {help}");
    let local = geo_key("WKB", r#","crs":{"name":"site grid"}"#);
    assert!(refused(&spec, &bytes(Some(&local), None)).0.contains("site grid"));
    // region.toml goes first.
    let stated = LayerSpec { crs: Some("EPSG:4490".to_owned()), ..spec.clone() };
    assert_eq!(content(&layer(&stated, &bytes(Some(&local), None)).unwrap()).len(), 2);
    let xian = geo_key("WKB", r#","crs":{"id":{"authority":"EPSG","code":4610}}"#);
    assert!(!refused(&spec, &bytes(Some(&xian), None)).1.is_empty());
    assert!(refused(&spec, b"PAR1 nothing of it PAR1").0.len() > 4);
}

#[test]
fn a_shapefile_without_its_deleted_rows() {
    let mut points = sample_files::points();
    points.extend(sample_files::points().into_iter().map(|s| Sample { name: "删", ..s }));
    let (shp, dbf) = sample_files::shapefile(&points, &[0, 3]);
    let files = [("s.dbf".to_owned(), dbf)].into();
    let beside = Source::memory("s", "s", files);
    let fields = Fields::new("region.toml", Layer::Extra, "extra", None).unwrap();
    let spec = LayerSpec::of("s.shp");
    let file =
        LayerFile::from_bytes(&shp, &beside, Layer::Extra, "extra", &spec, fields, &LayerContext::default()).unwrap();
    let names: Vec<_> = file.features.iter().map(|f| f.properties.get("name").unwrap().as_str().unwrap()).collect();
    assert_eq!(names, ["B & C <站>", "删"]);
    let places: Vec<_> =
        file.features.iter().map(|f| f.geometry.as_ref().and_then(Geometry::point).unwrap().lon).collect();
    assert_eq!(places, [118.53, 118.5]);
    let issues = file.issues.list();
    let unused = issues.iter().find(|i| i.code == IssueCode::PartNotUsed).unwrap();
    // Two rows, and the .shx that is not there.
    assert_eq!((unused.count, unused.examples[0].feature, unused.examples[1].feature), (3, Some(0), Some(3)));
    assert!(unused.examples[2].found.to_string().contains(".shx"));
}

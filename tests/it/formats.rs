//! The same town through every format: its audit is that of the GeoJSON original.
//!
//! The town is `fixtures/chinese_names`, Chinese fields and all. Each case writes some of its layers anew and names them in
//! region.toml; the audit must find the same but for what it says of the files themselves.

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use encoding_rs::GBK;
use serde_json::{Map, Value, json};

use crate::extract_writer::Extract;
use crate::support;

/// The layers of the town.
const LAYERS: [&str; 6] = ["boundary", "roads", "stations", "aeds", "facilities", "population"];
/// CGCS2000 / 3-degree Gauss-Kruger, central meridian 117 E.
const EPSG_4548: &str = "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs";

struct Feature {
    properties: Map<String, Value>,
    geometry: Value,
}

fn features(layer: &str) -> Vec<Feature> {
    let file = support::json(&support::fixtures().join("chinese_names").join(format!("{layer}.geojson")));
    let all = file["features"].as_array().cloned().unwrap_or_default();
    all.into_iter()
        .map(|f| Feature {
            properties: f["properties"].as_object().cloned().unwrap_or_default(),
            geometry: f["geometry"].clone(),
        })
        .collect()
}

fn pair(position: &Value) -> (f64, f64) {
    (position[0].as_f64().expect("a number"), position[1].as_f64().expect("a number"))
}

/// All positions of a geometry, ring after ring.
fn rings(geometry: &Value) -> Vec<Vec<(f64, f64)>> {
    let coordinates = &geometry["coordinates"];
    let line = |l: &Value| l.as_array().expect("positions").iter().map(pair).collect();
    match geometry["type"].as_str() {
        Some("Point") => vec![vec![pair(coordinates)]],
        Some("LineString") => vec![line(coordinates)],
        Some("Polygon") => coordinates.as_array().expect("rings").iter().map(line).collect(),
        other => panic!("{other:?} is not in the town"),
    }
}

fn wkt(geometry: &Value) -> String {
    let list = |all: &[(f64, f64)]| all.iter().map(|(x, y)| format!("{x} {y}")).collect::<Vec<_>>().join(", ");
    let rings = rings(geometry);
    match geometry["type"].as_str() {
        Some("Point") => format!("POINT ({})", list(&rings[0])),
        Some("LineString") => format!("LINESTRING ({})", list(&rings[0])),
        _ => format!("POLYGON ({})", rings.iter().map(|r| format!("({})", list(r))).collect::<Vec<_>>().join(", ")),
    }
}

/// Little-endian well-known binary.
fn wkb(geometry: &Value) -> Vec<u8> {
    let rings = rings(geometry);
    let kind: u32 = match geometry["type"].as_str() {
        Some("Point") => 1,
        Some("LineString") => 2,
        _ => 3,
    };
    let mut bytes = vec![1];
    bytes.extend(kind.to_le_bytes());
    if kind == 3 {
        bytes.extend((rings.len() as u32).to_le_bytes());
    }
    for ring in rings {
        if kind != 1 {
            bytes.extend((ring.len() as u32).to_le_bytes());
        }
        for (x, y) in ring {
            bytes.extend(x.to_le_bytes());
            bytes.extend(y.to_le_bytes());
        }
    }
    bytes
}

pub fn csv(layer: &str) -> String {
    let all = features(layer);
    let names: Vec<&String> = all[0].properties.keys().collect();
    let point = all[0].geometry["type"] == "Point";
    let mut text = if point { "经度,纬度".to_owned() } else { "wkt".to_owned() };
    for name in &names {
        write!(text, ",{name}").expect("a string takes text");
    }
    text.push('\n');
    for feature in &all {
        if point {
            let (lon, lat) = pair(&feature.geometry["coordinates"]);
            write!(text, "{lon},{lat}").expect("a string takes text");
        } else {
            write!(text, "\"{}\"", wkt(&feature.geometry)).expect("a string takes text");
        }
        for name in &names {
            let value = &feature.properties[*name];
            write!(text, ",{}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)).expect("text");
        }
        text.push('\n');
    }
    text
}

fn xlsx(layer: &str, path: &Path) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let all = features(layer);
    let names: Vec<&String> = all[0].properties.keys().collect();
    sheet.write(0, 0, "一览表").expect("a cell");
    for (column, name) in ["经度", "纬度"].into_iter().chain(names.iter().map(|n| n.as_str())).enumerate() {
        sheet.write(1, column as u16, name).expect("a cell");
    }
    for (row, feature) in (2..).zip(&all) {
        let (lon, lat) = pair(&feature.geometry["coordinates"]);
        sheet.write(row, 0, lon).expect("a cell");
        sheet.write(row, 1, lat).expect("a cell");
        for (column, name) in (2..).zip(&names) {
            match &feature.properties[*name] {
                Value::Number(n) => sheet.write(row, column, n.as_f64().expect("a number")).expect("a cell"),
                value => sheet.write(row, column, value.as_str().unwrap_or_default()).expect("a cell"),
            };
        }
    }
    support::write_bytes(path, &book.save_to_buffer().expect("a workbook"));
}

/// `.shp`, `.dbf` in GBK; positions through `place`.
fn shapefile(layer: &str, folder: &Path, place: &dyn Fn((f64, f64)) -> (f64, f64)) {
    use shapefile::{Point, Polygon, PolygonRing, Polyline, ShapeWriter};
    let all = features(layer);
    let points =
        |ring: &[(f64, f64)]| ring.iter().map(|p| place(*p)).map(|(x, y)| Point::new(x, y)).collect::<Vec<_>>();
    let mut shp = Cursor::new(Vec::new());
    {
        let mut writer = ShapeWriter::new(&mut shp);
        for feature in &all {
            let rings = rings(&feature.geometry);
            match feature.geometry["type"].as_str() {
                Some("Point") => writer.write_shape(&points(&rings[0])[0]),
                Some("LineString") => writer.write_shape(&Polyline::new(points(&rings[0]))),
                _ => writer.write_shape(&Polygon::with_rings(
                    rings.iter().map(|r| PolygonRing::Outer(points(r))).collect::<Vec<_>>(),
                )),
            }
            .expect("a shape");
        }
        writer.finalize().expect("a shapefile");
    }
    support::write_bytes(&folder.join(format!("{layer}.shp")), &shp.into_inner());
    // By hand: the crate counts a name's bytes in UTF-8, the file has room for ten in GBK.
    let names: Vec<&String> = all[0].properties.keys().collect();
    let mut header = vec![3_u8, 126, 11, 22];
    let is_number = |name: &str| all.iter().all(|f| f.properties[name].is_number());
    let width = |name: &str| if is_number(name) { 18_u8 } else { 40 };
    let record: usize = 1 + names.iter().map(|n| usize::from(width(n))).sum::<usize>();
    header.extend((all.len() as u32).to_le_bytes());
    header.extend(((32 + 32 * names.len() + 1) as u16).to_le_bytes());
    header.extend((record as u16).to_le_bytes());
    header.extend([0; 20]);
    for name in &names {
        header.extend(dbf_name(name));
        header.push(if is_number(name) { b'N' } else { b'C' });
        header.extend([0; 4]);
        header.push(width(name));
        header.extend([0; 15]);
    }
    header.push(13);
    for feature in &all {
        header.push(b' ');
        for name in &names {
            let value = &feature.properties[*name];
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let (bytes, ..) = GBK.encode(&text);
            let mut cell = bytes.into_owned();
            cell.resize(usize::from(width(name)), b' ');
            if is_number(name) {
                cell.rotate_right(usize::from(width(name)) - text.len());
            }
            header.extend(cell);
        }
    }
    header.push(0x1a);
    support::write_bytes(&folder.join(format!("{layer}.dbf")), &header);
}

/// Eleven bytes: the name in GBK, filled with zeros.
fn dbf_name(name: &str) -> Vec<u8> {
    let (bytes, ..) = GBK.encode(name);
    let mut bytes = bytes.into_owned();
    assert!(bytes.len() <= 10, "{name}");
    bytes.resize(11, 0);
    bytes
}

fn geopackage(path: &Path, layers: &[&str]) {
    let db = rusqlite::Connection::open(path).expect("a database");
    db.execute_batch(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER, organization TEXT,
             organization_coordsys_id INTEGER, definition TEXT);
         INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, '');
         CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,
             srs_id INTEGER, z INTEGER, m INTEGER);",
    )
    .expect("the tables of the standard");
    for layer in layers {
        let all = features(layer);
        let names: Vec<&String> = all[0].properties.keys().collect();
        let columns: Vec<String> = names.iter().map(|n| format!("\"{n}\"")).collect();
        db.execute_batch(&format!(
            "INSERT INTO gpkg_geometry_columns VALUES ('{layer}', 'geom', 'GEOMETRY', 4326, 0, 0);
             CREATE TABLE {layer} (fid INTEGER PRIMARY KEY, geom BLOB, {});",
            columns.join(", ")
        ))
        .expect("a table");
        let places: Vec<String> = (1..=names.len() + 1).map(|i| format!("?{i}")).collect();
        for feature in &all {
            let mut blob = b"GP\0\x01".to_vec();
            blob.extend(4326_i32.to_le_bytes());
            blob.extend(wkb(&feature.geometry));
            let mut values = vec![rusqlite::types::Value::Blob(blob)];
            values.extend(names.iter().map(|n| match &feature.properties[*n] {
                Value::Number(v) => rusqlite::types::Value::Real(v.as_f64().expect("a number")),
                value => rusqlite::types::Value::Text(value.as_str().unwrap_or_default().to_owned()),
            }));
            let insert = format!("INSERT INTO {layer} (geom, {}) VALUES ({})", columns.join(", "), places.join(", "));
            db.execute(&insert, rusqlite::params_from_iter(values)).expect("a row");
        }
    }
}

/// The people as a raster: the two places are cell centres, everything between is without data.
pub fn raster(path: &Path) {
    use tiff::encoder::{TiffEncoder, colortype::Gray32Float};
    use tiff::tags::Tag;
    let people: Vec<((f64, f64), f64)> = features("population")
        .iter()
        .map(|f| (pair(&f.geometry["coordinates"]), f.properties["常住人口"].as_f64().expect("people")))
        .collect();
    // Cells of 500 m by 350 m: small enough to count at their centres, large enough for 30,000 people.
    let (columns, rows) = (5_u32, 2_u32);
    let ((x0, y0), (x1, y1)) = (people[0].0, people[1].0);
    let (dx, dy) = ((x1 - x0).abs() / f64::from(columns - 1), (y1 - y0).abs() / f64::from(rows - 1));
    let (west, north) = (x0.min(x1) - dx / 2.0, y0.max(y1) + dy / 2.0);
    let mut cells = vec![-9999.0_f32; (columns * rows) as usize];
    for ((x, y), n) in people {
        let (column, row) = (((x - west) / dx) as u32, ((north - y) / dy) as u32);
        cells[(row * columns + column) as usize] = n as f32;
    }
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).expect("an encoder");
    let mut image = encoder.new_image::<Gray32Float>(columns, rows).expect("an image");
    let tags = image.encoder();
    tags.write_tag(Tag::ModelPixelScaleTag, &[dx, dy, 0.0][..]).expect("a tag");
    tags.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, west, north, 0.0][..]).expect("a tag");
    tags.write_tag(Tag::GeoKeyDirectoryTag, &[1_u16, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326][..]).expect("a tag");
    tags.write_tag(Tag::GdalNodata, "-9999").expect("a tag");
    image.write_data(&cells).expect("data");
    support::write_bytes(path, &file.into_inner());
}

/// The roads as an `OpenStreetMap` extract.
pub fn osm(path: &Path) {
    let mut nodes: Vec<(f64, f64)> = Vec::new();
    let mut extract = Extract::new();
    for (way, feature) in (1..).zip(features("roads")) {
        let word = |name: &str| feature.properties[name].as_str().expect("a word");
        let tags = [("highway", word("道路等级")), ("oneway", word("单行线"))];
        let number = |position: &(f64, f64)| {
            let at = nodes.iter().position(|n| n == position).unwrap_or_else(|| {
                nodes.push(*position);
                nodes.len() - 1
            });
            i64::try_from(at).expect("few nodes") + 1
        };
        let through: Vec<i64> = rings(&feature.geometry)[0].iter().map(number).collect();
        extract = extract.way(way, &through, &tags);
    }
    for (id, place) in (1..).zip(nodes) {
        extract = extract.node(id, place, &[]);
    }
    support::write_bytes(path, &extract.bytes());
}

/// The layer as GeoJSON with its positions through `place`.
fn geojson(layer: &str, crs: Option<&str>, place: &dyn Fn((f64, f64)) -> (f64, f64)) -> Value {
    fn moved(value: &Value, place: &dyn Fn((f64, f64)) -> (f64, f64)) -> Value {
        match value.as_array() {
            Some(all) if all[0].is_number() => {
                let (x, y) = place(pair(value));
                json!([x, y])
            }
            Some(all) => all.iter().map(|v| moved(v, place)).collect(),
            None => value.clone(),
        }
    }
    let all: Vec<Value> = features(layer)
        .into_iter()
        .map(|f| {
            let coordinates = moved(&f.geometry["coordinates"], place);
            json!({"type": "Feature", "properties": f.properties,
                   "geometry": {"type": f.geometry["type"], "coordinates": coordinates}})
        })
        .collect();
    let mut file = json!({"type": "FeatureCollection", "features": all});
    if let Some(name) = crs {
        file["crs"] = json!({"type": "name", "properties": {"name": name}});
    }
    file
}

fn as_it_is(place: (f64, f64)) -> (f64, f64) {
    place
}

fn mercator((lon, lat): (f64, f64)) -> (f64, f64) {
    let a = 6_378_137.0_f64;
    (a * lon.to_radians(), a * (std::f64::consts::FRAC_PI_4 + lat.to_radians() / 2.0).tan().ln())
}

fn gauss_kruger((lon, lat): (f64, f64)) -> (f64, f64) {
    let from = proj4rs::Proj::from_proj_string("+proj=longlat +ellps=GRS80 +no_defs").expect("degrees");
    let to = proj4rs::Proj::from_proj_string(EPSG_4548).expect("metres");
    let mut place = (lon.to_radians(), lat.to_radians(), 0.0);
    proj4rs::transform::transform(&from, &to, &mut place).expect("a place");
    (place.0, place.1)
}

/// region.toml with these files in the place of the original ones.
pub fn region_toml(replaced: &[(&str, &str)]) -> String {
    let mut toml = String::from("name = \"中文镇\"\nstandard = \"jinjiang-14fyp\"\n\n[layers]\n");
    for layer in LAYERS {
        let file = replaced.iter().find(|(l, _)| *l == layer).map(|(_, spec)| (*spec).to_owned());
        writeln!(toml, "{layer} = {}", file.unwrap_or_else(|| format!("\"{layer}.geojson\""))).expect("text");
    }
    toml + "\n[fields.stations]\nambulances = \"车数\"\n"
}

/// What an audit found, without what it says of the files.
pub fn found(region: &Path) -> (Value, Value) {
    let out = region.join("out");
    let run = support::audit(region, &out);
    assert_eq!(run.code, Some(1), "{}: {}", region.display(), run.story());
    let mut audit = support::json(&out.join("audit.json"));
    let top = audit.as_object_mut().expect("an object");
    top.remove("inputs");
    for of_files in ["path", "settings_sha256"] {
        top["region"].as_object_mut().expect("an object").remove(of_files);
    }
    (audit, support::json(&out.join("uncovered.geojson")))
}

/// Where two values differ by more than a share.
pub fn difference(a: &Value, b: &Value, path: &str, share: f64) -> Option<String> {
    let children = |x: &Value, y: &Value, key: &str| difference(x, y, &format!("{path}/{key}"), share);
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            if x.keys().ne(y.keys()) {
                return Some(format!("{path}: {:?} or {:?}", x.keys(), y.keys()));
            }
            x.iter().find_map(|(key, value)| children(value, &y[key], key))
        }
        (Value::Array(x), Value::Array(y)) => {
            if x.len() != y.len() {
                return Some(format!("{path}: {} or {} items", x.len(), y.len()));
            }
            x.iter().zip(y).enumerate().find_map(|(i, (v, w))| children(v, w, &i.to_string()))
        }
        (Value::Number(x), Value::Number(y)) => {
            let (x, y) = (x.as_f64()?, y.as_f64()?);
            ((x - y).abs() > share * x.abs().max(1e-3)).then(|| format!("{path}: {x} or {y}"))
        }
        _ => (a != b).then(|| format!("{path}: {a} or {b}")),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of formats, read from top to bottom")]
fn the_same_town_in_every_format_has_the_same_audit() {
    type Make = fn(&Path) -> Vec<(&'static str, &'static str)>;
    let text = |layer: &str| geojson(layer, None, &as_it_is).to_string();
    let cases: Vec<(&str, bool, Make)> = vec![
        ("csv", true, |to| {
            for layer in LAYERS {
                support::write(&to.join(format!("{layer}.csv")), &csv(layer));
            }
            vec![
                ("boundary", "\"boundary.csv\""),
                ("roads", "\"roads.csv\""),
                ("stations", "\"stations.csv\""),
                ("aeds", "\"aeds.csv\""),
                ("facilities", "\"facilities.csv\""),
                ("population", "\"population.csv\""),
            ]
        }),
        ("csv in GBK", true, |to| {
            for layer in ["stations", "population"] {
                let text = csv(layer).replace('\n', "\r\n");
                support::write_bytes(&to.join(format!("{layer}.csv")), &GBK.encode(&text).0);
            }
            vec![("stations", "{ file = \"stations.csv\", encoding = \"gbk\" }"), ("population", "\"population.csv\"")]
        }),
        ("workbook", true, |to| {
            for layer in ["stations", "facilities", "aeds", "population"] {
                xlsx(layer, &to.join(format!("{layer}.xlsx")));
            }
            vec![
                ("stations", "\"stations.xlsx\""),
                ("facilities", "\"facilities.xlsx\""),
                ("aeds", "\"aeds.xlsx\""),
                ("population", "\"population.xlsx\""),
            ]
        }),
        ("shapefile", true, |to| {
            for layer in LAYERS {
                shapefile(layer, to, &as_it_is);
                support::write(&to.join(format!("{layer}.cpg")), "GBK");
            }
            vec![
                ("boundary", "\"boundary.shp\""),
                ("roads", "\"roads.shp\""),
                ("stations", "\"stations.shp\""),
                ("aeds", "\"aeds.shp\""),
                ("facilities", "\"facilities.shp\""),
                ("population", "\"population.shp\""),
            ]
        }),
        ("shapefile with a .prj in metres", false, |to| {
            for layer in ["roads", "stations"] {
                shapefile(layer, to, &gauss_kruger);
                support::write(&to.join(format!("{layer}.cpg")), "936");
                support::write(&to.join(format!("{layer}.prj")), PRJ);
            }
            vec![("roads", "\"roads.shp\""), ("stations", "\"stations.shp\"")]
        }),
        ("GeoPackage", true, |to| {
            geopackage(&to.join("town.gpkg"), &["roads", "stations", "population", "boundary"]);
            vec![
                ("roads", "{ file = \"town.gpkg\", sheet = \"roads\" }"),
                ("stations", "{ file = \"town.gpkg\", sheet = \"stations\" }"),
                ("population", "{ file = \"town.gpkg\", sheet = \"population\" }"),
                ("boundary", "{ file = \"town.gpkg\", sheet = \"boundary\" }"),
            ]
        }),
        ("features one a line", true, |to| {
            for layer in ["roads", "population"] {
                let file = geojson(layer, None, &as_it_is);
                let lines: Vec<String> =
                    file["features"].as_array().expect("all").iter().map(Value::to_string).collect();
                support::write(&to.join(format!("{layer}.ndjson")), &(lines.join("\n") + "\n"));
            }
            vec![("roads", "\"roads.ndjson\""), ("population", "\"population.ndjson\"")]
        }),
        ("coordinates in two other systems", false, |to| {
            let web = geojson("roads", Some("urn:ogc:def:crs:EPSG::3857"), &mercator);
            support::write(&to.join("roads.json"), &web.to_string());
            let metres = geojson("population", None, &gauss_kruger);
            support::write(&to.join("population.json"), &metres.to_string());
            vec![("roads", "\"roads.json\""), ("population", "{ file = \"population.json\", crs = \"EPSG:4548\" }")]
        }),
        // A cell centre is a sum of doubles, a millionth of a metre off.
        ("raster", false, |to| {
            raster(&to.join("pop.tif"));
            vec![("population", "\"pop.tif\"")]
        }),
        ("OpenStreetMap extract", true, |to| {
            osm(&to.join("town.osm.pbf"));
            vec![("roads", "\"town.osm.pbf\"")]
        }),
    ];
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let lay_out = |name: &str| {
        let folder = scratch.path().join(name.replace([' ', '.'], "_"));
        std::fs::create_dir_all(&folder).expect("a folder");
        for layer in LAYERS {
            support::write(&folder.join(format!("{layer}.geojson")), &text(layer));
        }
        folder
    };
    let original = lay_out("original");
    support::write(&original.join("region.toml"), &region_toml(&[]));
    let wanted = found(&original);
    let mut faults = Vec::new();
    let mut compare = |name: &str, folder: &Path, exact: bool| {
        let is = found(folder);
        let share = if exact { 0.0 } else { 1e-5 };
        let fault =
            difference(&is.0, &wanted.0, "", share).or_else(|| difference(&is.1, &wanted.1, "uncovered", share));
        faults.extend(fault.map(|fault| format!("{name}: {fault}")));
    };
    for (name, exact, make) in cases {
        let folder = lay_out(name);
        let replaced = make(&folder);
        support::write(&folder.join("region.toml"), &region_toml(&replaced));
        compare(name, &folder, exact);
    }
    // The bytes of text: UTF-16 with and without its mark, GBK, a byte-order mark and the line ends of Windows.
    let utf16 = |text: &str, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let folder = lay_out("encodings");
    support::write_bytes(&folder.join("roads.geojson"), &utf16(&text("roads"), true));
    support::write_bytes(&folder.join("population.geojson"), &utf16(&text("population"), false));
    support::write_bytes(&folder.join("stations.geojson"), &GBK.encode(&text("stations")).0);
    support::write(&folder.join("aeds.geojson"), &format!("\u{feff}{}", text("aeds").replace(",\"", ",\r\n\"")));
    support::write(&folder.join("region.toml"), &region_toml(&[]));
    compare("encodings", &folder, true);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What ESRI's tools write for EPSG:4548.
const PRJ: &str = r#"PROJCS["CGCS2000_3_Degree_GK_CM_117E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;

//! The same few features in every format, written by other libraries where there are any.
//!
//! In: [`Sample`]s. Out: bytes. `fuzz/seeds` holds what [`seeds`] makes.

#![allow(dead_code, reason = "each test uses what it needs")]

use crate::extract_writer::Extract;
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geo::{Coord, Geometry, LineString, MultiLineString, MultiPolygon, Point, Polygon};
use geozero::{ColumnValue, PropertyProcessor};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::sync::Arc;

/// A feature with two values.
pub struct Sample {
    pub name: &'static str,
    pub beds: f64,
    pub geometry: Geometry<f64>,
}

fn line(positions: &[(f64, f64)]) -> LineString<f64> {
    positions.iter().map(|(x, y)| Coord { x: 118.5 + x / 100.0, y: 24.7 + y / 100.0 }).collect()
}

/// A square, clockwise as an outline of Esri's, or the other way round as a hole.
fn square(at: f64, size: f64, outline: bool) -> LineString<f64> {
    let mut corners = vec![(at, at), (at, at + size), (at + size, at + size), (at + size, at), (at, at)];
    if !outline {
        corners.reverse();
    }
    line(&corners)
}

pub fn points() -> Vec<Sample> {
    let at = |x: f64, y: f64| Geometry::Point(Point(line(&[(x, y)]).0[0]));
    vec![
        Sample { name: "青阳急救站", beds: 3.0, geometry: at(0.0, 0.0) },
        Sample { name: "B & C <站>", beds: 2.5, geometry: at(3.0, 1.0) },
    ]
}

pub fn lines() -> Vec<Sample> {
    let two = MultiLineString::new(vec![line(&[(0.0, 5.0), (1.0, 5.0)]), line(&[(2.0, 5.0), (3.0, 6.0), (4.0, 5.0)])]);
    vec![
        Sample { name: "一", beds: 1.0, geometry: Geometry::LineString(line(&[(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)])) },
        Sample { name: "二", beds: 2.0, geometry: Geometry::MultiLineString(two) },
    ]
}

pub fn areas() -> Vec<Sample> {
    let holed = Polygon::new(square(0.0, 4.0, true), vec![square(1.0, 1.0, false)]);
    let two = MultiPolygon::new(vec![
        Polygon::new(square(10.0, 1.0, true), vec![]),
        Polygon::new(square(12.0, 4.0, true), vec![square(13.0, 1.0, false)]),
    ]);
    vec![
        Sample { name: "镇", beds: 1.0, geometry: Geometry::Polygon(holed) },
        Sample { name: "飞地", beds: 2.0, geometry: Geometry::MultiPolygon(two) },
    ]
}

/// Polygons, lines or points as lists of lists of lists of positions.
pub fn nested(geometry: &Geometry<f64>) -> Vec<Vec<Vec<Coord<f64>>>> {
    let rings = |p: &Polygon<f64>| std::iter::once(p.exterior()).chain(p.interiors()).map(|r| r.0.clone()).collect();
    match geometry {
        Geometry::Point(p) => vec![vec![vec![p.0]]],
        Geometry::LineString(l) => vec![vec![l.0.clone()]],
        Geometry::MultiLineString(l) => vec![l.iter().map(|l| l.0.clone()).collect()],
        Geometry::Polygon(p) => vec![rings(p)],
        Geometry::MultiPolygon(p) => p.iter().map(rings).collect(),
        other => panic!("no sample is a {other:?}"),
    }
}

/// Positions in brackets, in as many brackets as there are lists.
fn json_lines(lines: &[Vec<Coord<f64>>]) -> String {
    let one = |line: &Vec<Coord<f64>>| {
        let all: Vec<String> = line.iter().map(|c| format!("[{},{}]", c.x, c.y)).collect();
        format!("[{}]", all.join(","))
    };
    format!("[{}]", lines.iter().map(one).collect::<Vec<_>>().join(","))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

pub fn geojson(samples: &[Sample]) -> String {
    let feature = |sample: &Sample| {
        let all = nested(&sample.geometry);
        let (kind, coordinates) = match &sample.geometry {
            Geometry::Point(p) => ("Point", format!("[{},{}]", p.x(), p.y())),
            Geometry::LineString(_) | Geometry::MultiLineString(_) => ("MultiLineString", json_lines(&all[0])),
            _ => {
                let parts: Vec<String> = all.iter().map(|lines| json_lines(lines)).collect();
                ("MultiPolygon", format!("[{}]", parts.join(",")))
            }
        };
        format!(
            r#"{{"type":"Feature","properties":{{"name":"{}","beds":{}}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#,
            sample.name, sample.beds
        )
    };
    let features: Vec<String> = samples.iter().map(feature).collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

/// As `ArcGIS` exports it; `reference` is the value of `spatialReference`.
pub fn esri_json(samples: &[Sample], reference: &str) -> String {
    let feature = |sample: &Sample| {
        let all: Vec<_> = nested(&sample.geometry).into_iter().flatten().collect();
        let geometry = match &sample.geometry {
            Geometry::Point(p) => format!(r#"{{"x":{},"y":{}}}"#, p.x(), p.y()),
            Geometry::LineString(_) | Geometry::MultiLineString(_) => format!(r#"{{"paths":{}}}"#, json_lines(&all)),
            _ => format!(r#"{{"rings":{}}}"#, json_lines(&all)),
        };
        format!(r#"{{"attributes":{{"name":"{}","beds":{}}},"geometry":{geometry}}}"#, sample.name, sample.beds)
    };
    let features: Vec<String> = samples.iter().map(feature).collect();
    format!(
        r#"{{"displayFieldName":"","fieldAliases":{{}},"geometryType":"esriGeometryAny","spatialReference":{reference},"fields":[],"features":[{}]}}"#,
        features.join(",")
    )
}

pub fn kml(samples: &[Sample]) -> String {
    let coordinates = |line: &[Coord<f64>]| {
        let all: Vec<String> = line.iter().map(|c| format!("{},{},0", c.x, c.y)).collect();
        format!("<coordinates>\n {}\n</coordinates>", all.join(" "))
    };
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><Folder>\n",
    );
    for (at, sample) in samples.iter().enumerate() {
        let parts = nested(&sample.geometry);
        let mut geometries: Vec<String> = match &sample.geometry {
            Geometry::Point(p) => vec![format!("<Point>{}</Point>", coordinates(&[p.0]))],
            Geometry::LineString(_) | Geometry::MultiLineString(_) => {
                parts[0].iter().map(|line| format!("<LineString>{}</LineString>", coordinates(line))).collect()
            }
            _ => parts
                .iter()
                .map(|rings| {
                    let ring = |kind: &str, ring: &[Coord<f64>]| {
                        format!("<{kind}><LinearRing>{}</LinearRing></{kind}>", coordinates(ring))
                    };
                    let holes: String = rings[1..].iter().map(|hole| ring("innerBoundaryIs", hole)).collect();
                    format!("<Polygon>{}{holes}</Polygon>", ring("outerBoundaryIs", &rings[0]))
                })
                .collect(),
        };
        let geometry = if geometries.len() == 1 {
            geometries.remove(0)
        } else {
            format!("<MultiGeometry>{}</MultiGeometry>", geometries.concat())
        };
        // Both ways to keep values.
        let data = if at % 2 == 0 {
            format!("<Data name=\"beds\"><value>{}</value></Data>", sample.beds)
        } else {
            format!("<SchemaData schemaUrl=\"#s\"><SimpleData name=\"beds\">{}</SimpleData></SchemaData>", sample.beds)
        };
        let name = escaped(sample.name);
        let _ = writeln!(
            text,
            "<Placemark id=\"p{at}\"><name>{name}</name><ExtendedData>{data}</ExtendedData>{geometry}</Placemark>"
        );
    }
    text + "</Folder></Document></kml>\n"
}

pub fn kmz(kml: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in [("files/icon.txt", "x"), ("doc.kml", kml)] {
        archive.start_file(name, options).expect("an entry");
        archive.write_all(content.as_bytes()).expect("its content");
    }
    archive.finish().expect("an archive").into_inner()
}

/// Written by the crate of the format: with an index and one type for all features, or with neither.
pub fn flatgeobuf(samples: &[Sample], write_index: bool, epsg: i32) -> Vec<u8> {
    let crs = FgbCrs { code: epsg, ..FgbCrs::default() };
    let options = FgbWriterOptions {
        write_index,
        detect_type: write_index,
        promote_to_multi: write_index,
        crs,
        ..FgbWriterOptions::default()
    };
    let mut writer = FgbWriter::create_with_options("samples", GeometryType::Unknown, options).expect("a writer");
    writer.add_column("name", ColumnType::String, |_, _| {});
    writer.add_column("beds", ColumnType::Double, |_, _| {});
    for sample in samples {
        writer
            .add_feature_geom(sample.geometry.clone(), |feature| {
                feature.property(0, "name", &ColumnValue::String(sample.name)).expect("a name");
                feature.property(1, "beds", &ColumnValue::Double(sample.beds)).expect("a number");
            })
            .expect("a feature");
    }
    let mut bytes = Vec::new();
    writer.write(&mut bytes).expect("a file");
    bytes
}

/// Well-known binary, the smallest byte first.
pub fn wkb(geometry: &Geometry<f64>) -> Vec<u8> {
    fn begin(code: u32) -> Vec<u8> {
        let mut bytes = vec![1];
        bytes.extend(code.to_le_bytes());
        bytes
    }
    fn list(line: &[Coord<f64>]) -> Vec<u8> {
        let mut bytes = (line.len() as u32).to_le_bytes().to_vec();
        bytes.extend(line.iter().flat_map(|c| [c.x.to_le_bytes(), c.y.to_le_bytes()].concat()));
        bytes
    }
    let parts = nested(geometry);
    let polygon = |rings: &[Vec<Coord<f64>>]| {
        let mut bytes = begin(3);
        bytes.extend((rings.len() as u32).to_le_bytes());
        bytes.extend(rings.iter().flat_map(|ring| list(ring)));
        bytes
    };
    match geometry {
        Geometry::Point(p) => [begin(1), p.x().to_le_bytes().to_vec(), p.y().to_le_bytes().to_vec()].concat(),
        Geometry::LineString(l) => [begin(2), list(&l.0)].concat(),
        Geometry::MultiLineString(lines) => {
            let mut bytes = begin(5);
            bytes.extend((lines.0.len() as u32).to_le_bytes());
            lines.iter().for_each(|l| bytes.extend([begin(2), list(&l.0)].concat()));
            bytes
        }
        Geometry::Polygon(_) => polygon(&parts[0]),
        _ => {
            let mut bytes = begin(6);
            bytes.extend((parts.len() as u32).to_le_bytes());
            bytes.extend(parts.iter().flat_map(|rings| polygon(rings)));
            bytes
        }
    }
}

/// How the geometries of a Parquet file are written.
pub struct Layout<'a> {
    /// The value of the key `geo`; `None` to leave it out.
    pub geo: Option<&'a str>,
    /// The depth of the lists of a native encoding; `None` for well-known binary.
    pub depth: Option<i16>,
    pub compression: Compression,
}

/// The key `geo` with an encoding and more members of the column.
pub fn geo_key(encoding: &str, more: &str) -> String {
    format!(
        r#"{{"version":"1.1.0","primary_column":"geometry","columns":{{"geometry":{{"encoding":"{encoding}","geometry_types":[]{more}}}}}}}"#
    )
}

/// A Parquet file; a row without geometry stands between the samples.
pub fn parquet(samples: &[Sample], layout: &Layout<'_>) -> Vec<u8> {
    let geometry = match layout.depth {
        None => "OPTIONAL BYTE_ARRAY geometry;".to_owned(),
        Some(depth) => {
            let mut inner = "REQUIRED DOUBLE x; REQUIRED DOUBLE y;".to_owned();
            for _ in 0..depth {
                inner = format!("REPEATED GROUP list {{ REQUIRED GROUP element {{ {inner} }} }}");
            }
            format!("OPTIONAL GROUP geometry {{ {inner} }}")
        }
    };
    let schema = format!("message schema {{ OPTIONAL BYTE_ARRAY name (STRING); OPTIONAL DOUBLE beds; {geometry} }}");
    let keys = layout.geo.map(|geo| vec![KeyValue::new("geo".to_owned(), geo.to_owned())]);
    let properties =
        WriterProperties::builder().set_compression(layout.compression).set_key_value_metadata(keys).build();
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).expect("a file");
    // Two row groups, so that rows are counted through both.
    for samples in samples.chunks(1) {
        let mut group = file.next_row_group().expect("a row group");
        let text = |text: &str| ByteArray::from(text.as_bytes().to_vec());
        let mut column = group.next_column().expect("a column").expect("name");
        let names: Vec<ByteArray> = samples.iter().map(|s| text(s.name)).collect();
        let there: Vec<i16> = samples.iter().map(|_| 1).chain([0]).collect();
        column.typed::<ByteArrayType>().write_batch(&names, Some(&there), None).expect("names");
        column.close().expect("a column");
        let mut column = group.next_column().expect("a column").expect("beds");
        let beds: Vec<f64> = samples.iter().map(|s| s.beds).collect();
        column.typed::<DoubleType>().write_batch(&beds, Some(&there), None).expect("beds");
        column.close().expect("a column");
        if let Some(depth) = layout.depth {
            let (mut levels, mut starts, mut xs, mut ys) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for sample in samples {
                let mut level = 0;
                for part in nested(&sample.geometry) {
                    level = level.min(1);
                    for line in part {
                        level = level.min(2);
                        for c in line {
                            // Levels of lists of three levels, less those that the kind does not have.
                            let less = 3 - depth;
                            starts.push(if level == 0 { 0 } else { level - less });
                            levels.push(1 + depth);
                            xs.push(c.x);
                            ys.push(c.y);
                            level = 3;
                        }
                        level = 2;
                    }
                }
            }
            levels.push(0);
            starts.push(0);
            for values in [&xs, &ys] {
                let mut column = group.next_column().expect("a column").expect("x or y");
                column.typed::<DoubleType>().write_batch(values, Some(&levels), Some(&starts)).expect("coordinates");
                column.close().expect("a column");
            }
        } else {
            let blobs: Vec<ByteArray> = samples.iter().map(|s| ByteArray::from(wkb(&s.geometry))).collect();
            let mut column = group.next_column().expect("a column").expect("geometry");
            column.typed::<ByteArrayType>().write_batch(&blobs, Some(&there), None).expect("geometries");
            column.close().expect("a column");
        }
        group.close().expect("a row group");
    }
    file.into_inner().expect("bytes")
}

/// The tables that every `GeoPackage` has, and a statement of one's own.
pub fn database(statements: &str) -> rusqlite::Connection {
    let db = rusqlite::Connection::open_in_memory().expect("a database");
    db.execute_batch(
        "PRAGMA page_size = 512;
         CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER, organization TEXT,
             organization_coordsys_id INTEGER, definition TEXT);
         INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, '');
         CREATE TABLE gpkg_contents (table_name TEXT);
         CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,
             srs_id INTEGER, z INTEGER, m INTEGER);
         INSERT INTO gpkg_geometry_columns VALUES ('samples', 'geom', 'GEOMETRY', 4326, 0, 0);",
    )
    .expect("the tables of the standard");
    db.execute_batch(statements).expect("a statement");
    db
}

pub fn serialized(mut db: rusqlite::Connection) -> Vec<u8> {
    db.serialize("main").expect("bytes").to_vec()
}

/// A geometry behind the header of a `GeoPackage`.
pub fn gpkg_blob(geometry: &Geometry<f64>) -> Vec<u8> {
    let mut blob = b"GP\0\x01".to_vec();
    blob.extend(4326_i32.to_le_bytes());
    blob.extend(wkb(geometry));
    blob
}

pub fn geopackage(samples: &[Sample]) -> Vec<u8> {
    let db = database("CREATE TABLE samples (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT, beds REAL);");
    for sample in samples {
        let row = (gpkg_blob(&sample.geometry), sample.name, sample.beds);
        db.execute("INSERT INTO samples (geom, name, beds) VALUES (?1, ?2, ?3)", row).expect("a row");
    }
    serialized(db)
}

/// The `.shp` and the `.dbf` of points; `deleted` rows are marked so.
pub fn shapefile(samples: &[Sample], deleted: &[usize]) -> (Vec<u8>, Vec<u8>) {
    let mut shp = Cursor::new(Vec::new());
    let mut writer = shapefile::ShapeWriter::new(&mut shp);
    for sample in samples {
        let Geometry::Point(p) = &sample.geometry else { panic!("a point is wanted") };
        writer.write_shape(&shapefile::Point::new(p.x(), p.y())).expect("a shape");
    }
    writer.finalize().expect("a file");
    drop(writer);
    // dBASE III: name as text of 30, beds as a number of 8 with one decimal.
    let mut dbf = vec![3, 124, 1, 1];
    dbf.extend((samples.len() as u32).to_le_bytes());
    dbf.extend((32_u16 + 2 * 32 + 1).to_le_bytes());
    dbf.extend((1_u16 + 30 + 8).to_le_bytes());
    dbf.extend([0; 20]);
    for (name, kind, length, decimals) in [("name", b'C', 30, 0), ("beds", b'N', 8, 1)] {
        let mut field = name.as_bytes().to_vec();
        field.resize(11, 0);
        field.extend([kind, 0, 0, 0, 0, length, decimals]);
        field.resize(32, 0);
        dbf.extend(field);
    }
    dbf.push(0x0d);
    for (at, sample) in samples.iter().enumerate() {
        let mut name = sample.name.as_bytes().to_vec();
        name.resize(30, b' ');
        dbf.push(if deleted.contains(&at) { b'*' } else { b' ' });
        dbf.extend(name);
        dbf.extend(format!("{:>8.1}", sample.beds).bytes());
    }
    dbf.push(0x1a);
    (shp.into_inner(), dbf)
}

/// A raster of one strip, with tags and bytes as they are given.
pub struct Raster<'a> {
    pub width: u32,
    pub height: u32,
    /// Bits of a cell, and what they are: 1 whole, 2 signed, 3 floating-point.
    pub cell: (u16, u16),
    pub compression: u16,
    pub predictor: u16,
    pub strip: &'a [u8],
    /// Size of a cell and the outer corner of the first one.
    pub grid: (f64, f64, f64),
    pub epsg: u16,
    pub no_data: Option<&'a str>,
}

impl Raster<'_> {
    pub fn bytes(&self) -> Vec<u8> {
        let (scale, x, y) = self.grid;
        let model = if self.epsg == 4326 { 2 } else { 1 };
        let key = if self.epsg == 4326 { 2048 } else { 3072 };
        let keys: Vec<u8> = [1_u16, 1, 0, 2, 1024, 0, 1, model, key, 0, 1, self.epsg].map(u16::to_le_bytes).concat();
        let doubles = |all: &[f64]| all.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
        let short = |n: u16| u32::from(n).to_le_bytes().to_vec();
        let long = |n: u32| n.to_le_bytes().to_vec();
        // Tag, type (2 text, 3 short, 4 long, 12 double), count, value.
        let mut tags: Vec<(u16, u16, u32, Vec<u8>)> = vec![
            (256, 4, 1, long(self.width)),
            (257, 4, 1, long(self.height)),
            (258, 3, 1, short(self.cell.0)),
            (259, 3, 1, short(self.compression)),
            (262, 3, 1, short(1)),
            (273, 4, 1, long(8)),
            (277, 3, 1, short(1)),
            (278, 4, 1, long(self.height)),
            (279, 4, 1, long(self.strip.len() as u32)),
            (317, 3, 1, short(self.predictor)),
            (339, 3, 1, short(self.cell.1)),
            (33_550, 12, 3, doubles(&[scale, scale, 0.0])),
            (33_922, 12, 6, doubles(&[0.0, 0.0, 0.0, x, y, 0.0])),
            (34_735, 3, 12, keys),
        ];
        if let Some(text) = self.no_data {
            let mut text = text.as_bytes().to_vec();
            text.push(0);
            tags.push((42_113, 2, text.len() as u32, text));
        }
        let mut file = b"II*\0".to_vec();
        let directory = (8 + self.strip.len()).next_multiple_of(2);
        file.extend((directory as u32).to_le_bytes());
        file.extend(self.strip);
        file.resize(directory, 0);
        file.extend((tags.len() as u16).to_le_bytes());
        let (mut values, mut at) = (Vec::new(), directory + 2 + 12 * tags.len() + 4);
        for (tag, kind, count, value) in tags {
            file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
            file.extend(count.to_le_bytes());
            if value.len() <= 4 {
                let mut value = value;
                value.resize(4, 0);
                file.extend(value);
            } else {
                file.extend((at as u32).to_le_bytes());
                at += value.len();
                values.extend(value);
            }
        }
        file.extend([0; 4]);
        file.extend(values);
        file
    }
}

/// A frame of Zstandard with its content as it is (RFC 8878: a single segment, one raw block).
pub fn zstd(content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).expect("a short content");
    let block = ((u32::from(length) << 3) | 1).to_le_bytes();
    [&[0x28, 0xb5, 0x2f, 0xfd, 0x20, length], &block[..3], content].concat()
}

/// A workbook of one sheet with its texts in the cells.
pub fn xlsx(rows: &[&[&str]]) -> Vec<u8> {
    let mut sheet =
        String::from("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>");
    for (row, cells) in rows.iter().enumerate() {
        let _ = write!(sheet, "<row r=\"{}\">", row + 1);
        for (column, text) in cells.iter().enumerate() {
            let name = (b'A' + column as u8) as char;
            let _ = match text.parse::<f64>() {
                Ok(n) => write!(sheet, "<c r=\"{name}{}\"><v>{n}</v></c>", row + 1),
                Err(_) => {
                    write!(sheet, "<c r=\"{name}{}\" t=\"inlineStr\"><is><t>{}</t></is></c>", row + 1, escaped(text))
                }
            };
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData></worksheet>");
    let main = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let types = format!(
        "<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{main}.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{main}.worksheet+xml\"/></Types>"
    );
    let workbook = format!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{relations}\"><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let related = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{relations}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let parts = [
        ("[Content_Types].xml", types),
        ("_rels/.rels", related("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", related("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
        archive.write_all(content.as_bytes()).expect("its content");
    }
    archive.finish().expect("an archive").into_inner()
}

/// A `.shp` and a `.dbf` in one: the length of the first in four bytes, then both.
pub fn packed((shp, dbf): (Vec<u8>, Vec<u8>)) -> Vec<u8> {
    [&(shp.len() as u32).to_le_bytes()[..], &shp, &dbf].concat()
}

/// Seeds of the fuzz targets: target, name, bytes.
pub fn seeds() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let wkb = geo_key("WKB", "");
    let polygon = geo_key("multipolygon", "");
    let layout = |geo, depth, compression| Layout { geo: Some(geo), depth, compression };
    let people = [1.0_f32, 0.0, 2.5, f32::INFINITY].map(f32::to_le_bytes).concat();
    let raster = |compression, strip: &[u8]| {
        Raster {
            width: 2,
            height: 2,
            cell: (32, 3),
            compression,
            predictor: 1,
            strip,
            grid: (0.001, 118.5, 24.7),
            epsg: 4326,
            no_data: Some("-99999"),
        }
        .bytes()
    };
    let map = Extract::new()
        .node(1, (118.5, 24.7), &[("amenity", "ambulance_station"), ("name", "站")])
        .node(2, (118.51, 24.7), &[])
        .node(3, (118.51, 24.71), &[])
        .way(10, &[1, 2], &[("highway", "primary")])
        .way(11, &[2, 3], &[("highway", "residential"), ("oneway", "yes")])
        .relation(
            20,
            &[('w', 10, "from"), ('n', 2, "via"), ('w', 11, "to")],
            &[("type", "restriction"), ("restriction", "no_left_turn")],
        );
    vec![
        ("xlsx", "stations", xlsx(&[&["name", "lon", "lat", "ambulances"], &["站", "118.5", "24.7", "2"]])),
        ("geopackage", "points", geopackage(&points())),
        ("geopackage", "areas", geopackage(&areas())),
        ("geotiff", "plain", raster(1, &people)),
        ("geotiff", "zstd", raster(50_000, &zstd(&people))),
        ("pbf", "crossing", map.bytes()),
        ("shapefile", "points", packed(shapefile(&points(), &[1]))),
        ("geoparquet", "wkb", parquet(&areas(), &layout(&wkb, None, Compression::SNAPPY))),
        ("geoparquet", "native", parquet(&areas(), &layout(&polygon, Some(3), Compression::UNCOMPRESSED))),
        ("flatgeobuf", "areas", flatgeobuf(&areas(), true, 4326)),
        ("flatgeobuf", "lines", flatgeobuf(&lines(), false, 0)),
        ("kml", "areas", kml(&areas()).into_bytes()),
        ("kml", "points", kml(&points()).into_bytes()),
        ("kml", "packed_lines", kmz(&kml(&lines()))),
        ("geojson", "esri_json", esri_json(&areas(), "{\"wkid\":4326}").into_bytes()),
    ]
}

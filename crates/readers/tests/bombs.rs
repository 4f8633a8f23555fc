//! Files of a few kilobytes that unpack to gigabytes, or say so: refused before they do, with the key that lets a sound one
//! through. And reading ends when it is told to.

#![expect(clippy::unwrap_used, reason = "a test that panics fails")]
#![cfg(feature = "all")]

mod extract_writer;
mod sample_files;

use lifering_base::error::InputError;
use lifering_base::records::Layer;
use lifering_readers::budget::Budget;
use lifering_readers::fields::Fields;
use lifering_readers::formats::Format;
use lifering_readers::layer_file::{LayerContext, LayerFile};
use lifering_readers::settings::LayerSpec;
use lifering_readers::source::Source;
use lifering_readers::{ReadOptions, Region};
use parquet::basic::{Compression, GzipLevel};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use sample_files::Raster;
use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What refusing may take without optimisation on a busy machine.
const PROMPT: Duration = Duration::from_secs(20);

fn read(spec: &LayerSpec, bytes: &[u8]) -> Result<LayerFile, InputError> {
    let layer = if Format::of(&spec.file) == Format::GeoTiff { Layer::Population } else { Layer::Extra };
    let source = Source::memory("s", "s", [(spec.file.clone(), bytes.to_vec())].into());
    let fields = Fields::new("region.toml", layer, layer.key(), None).unwrap();
    LayerFile::read(&source, layer, layer.key(), spec, fields, &LayerContext::default())
}

/// Refused promptly, with the key that would let it through.
fn refused(file: &str, bytes: &[u8]) -> String {
    assert!(bytes.len() < 2_000_000, "{file}: {} bytes are no small file", bytes.len());
    let began = Instant::now();
    let error = read(&LayerSpec::of(file), bytes).unwrap_err();
    assert!(began.elapsed() < PROMPT, "{file}: {:?}", began.elapsed());
    let InputError::Wrong { found, help: Some(help), .. } = &error else { panic!("{file}: {error}") };
    assert!(help.to_string().contains("unpacked_mb") && help.text("zh").contains("放行"), "{file}: {error}");
    found.to_string()
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A frame of Zstandard of one byte again and again (RFC 8878: a single segment, blocks of runs).
fn run(byte: u8, length: u32) -> Vec<u8> {
    /// The longest block there may be.
    const MOST: u32 = 1 << 17;
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0xa0];
    frame.extend(length.to_le_bytes());
    let mut left = length;
    while left > 0 {
        let size = left.min(MOST);
        left -= size;
        frame.extend(&((size << 3) | 2 | u32::from(left == 0)).to_le_bytes()[..3]);
        frame.push(byte);
    }
    frame
}

#[test]
fn rasters_of_one_number_a_million_times() {
    let raster = |width: u32, height: u32, number: u8| {
        let (cell, grid) = ((8, 1), (0.0001, 118.5, 24.7));
        let (compression, predictor, epsg, no_data) = (50_000, 1, 4326, None);
        let strip = run(number, width * height);
        Raster { width, height, cell, compression, predictor, strip: &strip, grid, epsg, no_data }.bytes()
    };
    // One strip larger than any file of its size unpacks to.
    refused("zeros.tif", &raster(16_000, 8_000, 0));
}

#[test]
fn archives_of_text_without_end() {
    let kml = |inner: &str| format!("<kml><Document><Placemark>{inner}</Placemark></Document></kml>");
    let long = kml(&format!("<name>{}</name>", " ".repeat(40_000_000)));
    refused("long.kmz", &zipped(&[("doc.kml", long.as_bytes())]));
    refused("elements.kmz", &zipped(&[("doc.kml", kml(&"<a/>".repeat(800_000)).as_bytes())]));
}

/// A workbook whose directory says that a part is small.
#[test]
fn workbooks_whose_parts_are_larger_than_they_say() {
    let texts = "<si/>".repeat(6_000_000);
    let found = refused("texts.xlsx", &zipped(&[("xl/sharedStrings.xml", texts.as_bytes())]));
    assert!(found.contains("once unpacked"), "{found}");
    let size = 250_000_000_u32;
    let sheet = vec![b' '; size as usize];
    let mut lying = zipped(&[("xl/worksheets/sheet1.xml", &sheet)]);
    refused("sheet.xlsx", &lying);
    let mut lies = 0;
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == size.to_le_bytes() {
            lying[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
            lies += 1;
        }
    }
    assert!(lies > 0);
    // The archive itself may be refused first, as none.
    let began = Instant::now();
    assert!(read(&LayerSpec::of("lying.xlsx"), &lying).is_err() && began.elapsed() < PROMPT);
}

#[test]
fn a_view_of_long_texts() {
    let view = "CREATE VIEW samples AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)
                SELECT i AS fid, x'00' AS geom, replace(hex(zeroblob(8192)), '00', 'abcd') AS name FROM n;";
    refused("a.gpkg", &sample_files::serialized(sample_files::database(view)));
}

/// A Parquet file of these names, none with a geometry.
fn parquet(names: &[ByteArray], rows: usize) -> Vec<u8> {
    parquet_with(names, rows, WriterProperties::builder())
}

fn parquet_with(names: &[ByteArray], rows: usize, properties: WriterPropertiesBuilder) -> Vec<u8> {
    let schema = "message schema { OPTIONAL BYTE_ARRAY name (STRING); OPTIONAL BYTE_ARRAY geometry; }";
    let geo = sample_files::geo_key("WKB", "");
    let keys = vec![parquet::file::metadata::KeyValue::new("geo".to_owned(), geo)];
    let properties = properties.set_key_value_metadata(Some(keys)).build();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let mut group = file.next_row_group().unwrap();
    for values in [names, &[]] {
        let levels: Vec<i16> = (0..rows).map(|row| i16::from(row < values.len())).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(values, Some(&levels), None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    file.into_inner().unwrap()
}

#[test]
fn a_long_name_in_every_row_of_a_dictionary() {
    let long = ByteArray::from(vec![b'x'; 400_000]);
    assert_eq!(read(&LayerSpec::of("a.parquet"), &parquet(&vec![long.clone(); 3], 3)).unwrap().features.len(), 3);
    refused("names.parquet", &parquet(&vec![long; 1_000], 1_000));
    let found = refused("rows.parquet", &parquet(&[], 500_000));
    assert!(found.contains("more rows"), "{found}");
}

/// The library unpacks all that a page of gzip has, whatever its header says.
#[test]
fn a_page_that_unpacks_to_more_than_it_says() {
    let gzip = || {
        let packed = Compression::GZIP(GzipLevel::try_new(9).unwrap());
        WriterProperties::builder().set_compression(packed).set_dictionary_enabled(false)
    };
    let sound = parquet_with(&[ByteArray::from(vec![b'x'; 1_000_000])], 1, gzip());
    assert_eq!(read(&LayerSpec::of("sound.parquet"), &sound).unwrap().features.len(), 1);
    let mut lying = parquet_with(&[ByteArray::from(vec![b'x'; 120_000_000])], 1, gzip());
    // The header: a structure whose fields 1 (the kind) and 2 (the size) are the first.
    let at = lying.windows(3).position(|bytes| bytes == [0x15, 0x00, 0x15]).unwrap() + 3;
    let size = &mut lying[at..at + 4];
    assert!(size[..3].iter().all(|byte| byte & 0x80 != 0) && size[3] & 0x80 == 0, "{size:?}");
    // 1000, in as many bytes.
    size.copy_from_slice(&[0xd0, 0x8f, 0x80, 0x00]);
    refused("lying.parquet", &lying);
}

#[test]
fn blocks_of_an_extract_that_say_what_they_unpack_to() {
    let mut bytes = Vec::new();
    // A header with the kind and the length of the blob; a blob that says 31 MB and has 3 bytes.
    let blob = [0x10, 0x80, 0x80, 0xe0, 0x0e, 0x1a, 3, 0x78, 0x9c, 0x03];
    let header = [&[0x0a, 7][..], b"OSMData", &[0x18, blob.len() as u8]].concat();
    for _ in 0..4 {
        bytes.extend((header.len() as u32).to_be_bytes());
        bytes.extend(&header);
        bytes.extend(blob);
    }
    let began = Instant::now();
    let fields = Fields::new("region.toml", Layer::Roads, "roads", None).unwrap();
    let context = LayerContext::default();
    let spec = LayerSpec::of("a.osm.pbf");
    let error =
        LayerFile::from_bytes(&bytes, &Source::Demo, Layer::Roads, "roads", &spec, fields, &context).unwrap_err();
    assert!(error.to_string().contains("unpacked_mb") && began.elapsed() < PROMPT, "{error}");
}

#[test]
fn records_of_a_shapefile_that_say_they_are_endless() {
    let (mut shp, dbf) = sample_files::shapefile(&sample_files::points(), &[]);
    // The length of the first record, in words of two bytes.
    let mut damaged = shp.clone();
    damaged[104..108].copy_from_slice(&i32::MAX.to_be_bytes());
    let began = Instant::now();
    lifering_readers::try_shapefile(&sample_files::packed((damaged, dbf.clone())));
    assert!(began.elapsed() < PROMPT, "{:?}", began.elapsed());
    // The number of rows, which the rows themselves belie.
    let mut rows = dbf;
    rows[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let began = Instant::now();
    lifering_readers::try_shapefile(&sample_files::packed((std::mem::take(&mut shp), rows)));
    assert!(began.elapsed() < PROMPT, "{:?}", began.elapsed());
}

#[test]
fn reading_ends_when_it_is_told_to() {
    let mut rows = String::from("name,lon,lat\n");
    rows.extend((0..200_000).map(|n| format!("s{n},118.5,24.7\n")));
    for (file, bytes) in [
        ("a.csv", rows.into_bytes()),
        ("a.geojson", sample_files::geojson(&sample_files::points()).into_bytes()),
        ("a.gpkg", sample_files::geopackage(&sample_files::points())),
        ("a.xlsx", sample_files::xlsx(&[&["name", "lon", "lat"], &["a", "118.5", "24.7"]])),
    ] {
        let read_for = |most: usize| {
            let looks = AtomicUsize::new(0);
            let stopped = || looks.fetch_add(1, Ordering::Relaxed) >= most;
            let fields = Fields::new("region.toml", Layer::Extra, "extra", None).unwrap();
            let context = LayerContext { budget: Budget::until(&stopped), ..LayerContext::default() };
            let spec = LayerSpec::of(file);
            let read = LayerFile::from_bytes(&bytes, &Source::Demo, Layer::Extra, "extra", &spec, fields, &context);
            (read, looks.into_inner())
        };
        let (whole, looks) = read_for(usize::MAX);
        assert!(whole.is_ok() && looks > 2, "{file}: {looks} looks");
        for most in [0, looks / 2, looks - 1] {
            assert!(matches!(read_for(most).0, Err(InputError::Stopped)), "{file}: {most} of {looks}");
        }
    }
}

#[test]
fn a_region_is_not_read_to_its_end_either() {
    let toml = "name = \"a\"\nwithout = [\"stations\", \"population\"]\n[layers]\nroads = \"roads.geojson\"\n";
    let files = BTreeMap::from([("region.toml".to_owned(), toml.into()), ("roads.geojson".to_owned(), b"{}".to_vec())]);
    let source = Source::memory("a", "a", files);
    // What is wrong with the roads is nobody's matter any more.
    let stopped = Region::read_until(source.clone(), &ReadOptions::default(), &|| true);
    assert!(matches!(stopped, Err(InputError::Stopped)));
    assert!(matches!(Region::read_with(source, &ReadOptions::default()), Err(InputError::Wrong { .. })));
}

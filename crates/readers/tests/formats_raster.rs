//! Rasters as tools compress them, cells that are infinite, and the share that lies outside the region.

#![expect(clippy::unwrap_used, reason = "a test that panics fails")]
#![cfg(feature = "all")]

mod extract_writer;
mod sample_files;

use lifering_base::error::InputError;
use lifering_base::frame::LonLat;
use lifering_base::issue::{Issue, IssueCode};
use lifering_base::records::{Layer, People};
use lifering_readers::crs::Extent;
use lifering_readers::fields::Fields;
use lifering_readers::layer_file::{LayerContext, LayerFile};
use lifering_readers::population;
use lifering_readers::settings::LayerSpec;
use lifering_readers::source::Source;
use sample_files::{Raster, zstd};
use std::io::Cursor;
use tiff::encoder::colortype::Gray32;
use tiff::encoder::compression::DeflateLevel;
use tiff::encoder::{Compression, TiffEncoder};
use tiff::tags::{Predictor, Tag};

/// Two by two cells of 0.001 degrees (1.1 ha) at 118.5 E, 24.7 N.
const PLAIN: Raster<'static> = Raster {
    width: 2,
    height: 2,
    cell: (32, 3),
    compression: 1,
    predictor: 1,
    strip: &[],
    grid: (0.001, 118.5, 24.7),
    epsg: 4326,
    no_data: None,
};

fn read(bytes: &[u8], within: Option<Extent>) -> Result<(Vec<f64>, Vec<Issue>), InputError> {
    let layer = Layer::Population;
    let fields = Fields::new("region.toml", layer, layer.key(), None)?;
    let context = LayerContext { within, ..LayerContext::default() };
    let spec = LayerSpec::of("pop.tif");
    let mut file = LayerFile::from_bytes(bytes, &Source::Demo, layer, layer.key(), &spec, fields, &context)?;
    let people = population::read(&mut file)?;
    Ok((people.iter().map(|one: &People| one.people).collect(), file.issues.list()))
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|n| n.to_le_bytes()).collect()
}

#[test]
fn compressions_and_predictors_give_the_same_people() {
    let wanted = vec![1.0, 2.5, 7.0];
    let values = [1.0, 0.0, 2.5, 7.0];
    let plain = floats(&values);
    assert_eq!(read(&Raster { strip: &plain, ..PLAIN }.bytes(), None).unwrap().0, wanted);
    let packed = zstd(&plain);
    assert_eq!(read(&Raster { compression: 50_000, strip: &packed, ..PLAIN }.bytes(), None).unwrap().0, wanted);
    // Predictor 3 (TIFF Technical Note 3): of each row first all bytes of the greatest weight, then the next, each less the
    // one before it.
    let mut predicted = Vec::new();
    for row in values.chunks(2) {
        let planes: Vec<u8> = (0..4).flat_map(|byte| row.iter().map(move |n| n.to_be_bytes()[byte])).collect();
        let before = [0].iter().chain(&planes).copied().collect::<Vec<u8>>();
        predicted.extend(planes.iter().zip(before).map(|(byte, before)| byte.wrapping_sub(before)));
    }
    let packed = zstd(&predicted);
    let raster = Raster { compression: 50_000, predictor: 3, strip: &packed, ..PLAIN };
    assert_eq!(read(&raster.bytes(), None).unwrap().0, wanted);
    for compression in [Compression::Deflate(DeflateLevel::Balanced), Compression::Lzw, Compression::Packbits] {
        for predictor in [Predictor::None, Predictor::Horizontal] {
            assert_eq!(read(&encoded(compression, predictor), None).unwrap().0, [3.0, 5.0, 4.0]);
        }
    }
}

/// Whole numbers 3, 5, 0, 4, written by another library.
fn encoded(compression: Compression, predictor: Predictor) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap().with_compression(compression).with_predictor(predictor);
    let mut image = encoder.new_image::<Gray32>(2, 2).unwrap();
    let tags = image.encoder();
    tags.write_tag(Tag::ModelPixelScaleTag, &[0.001, 0.001, 0.0][..]).unwrap();
    tags.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, 118.5, 24.7, 0.0][..]).unwrap();
    tags.write_tag(Tag::GeoKeyDirectoryTag, &[1_u16, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326][..]).unwrap();
    image.write_data(&[3, 5, 0, 4]).unwrap();
    file.into_inner()
}

#[test]
fn a_compression_that_is_not_read_is_named_with_the_command() {
    for (compression, name) in [(34_887, "LERC"), (34_925, "LZMA"), (50_002, "JPEG XL")] {
        let error = read(&Raster { compression, strip: &[0; 16], ..PLAIN }.bytes(), None).unwrap_err();
        let InputError::Wrong { found, help: Some(help), .. } = &error else { panic!("{error}") };
        assert!(found.to_string().contains(name), "{found}");
        assert!(help.to_string().contains("gdal_translate -co COMPRESS=DEFLATE pop.tif"), "{help}");
    }
}

#[test]
fn infinite_cells_are_told_and_left_out() {
    let strip = floats(&[1.0, f32::INFINITY, f32::NAN, f32::NEG_INFINITY]);
    let told = |no_data, number: &str| {
        let (people, issues) = read(&Raster { strip: &strip, no_data, ..PLAIN }.bytes(), None).unwrap();
        assert_eq!(people, [1.0]);
        let found: Vec<_> = issues.iter().map(|i| (i.code, i.examples[0].found.to_string())).collect();
        assert_eq!(found, [(IssueCode::NotUnderstood, format!("{number} cells that are infinite"))]);
    };
    told(None, "2");
    told(Some("inf"), "1");
}

#[test]
fn the_share_outside_is_the_same_in_degrees_and_in_metres() {
    // The second column begins at 118.501, or some 100 m east of 118.5: beyond the region in both.
    let within = Extent { low: LonLat::new(118.4, 24.6), high: LonLat::new(118.5005, 24.8) };
    let strip = floats(&[1.0, 2.0, 0.0, 4.0]);
    // 118.5 E, 24.7 N in Web Mercator (pyproj 3.7).
    let metres = Raster { grid: (100.0, 13_191_359.66, 2_838_941.13), epsg: 3857, ..PLAIN };
    for raster in [PLAIN, metres] {
        let (people, issues) = read(&Raster { strip: &strip, ..raster }.bytes(), Some(within)).unwrap();
        assert_eq!(people, [1.0]);
        let outside = issues.iter().find(|i| i.code == IssueCode::PartNotUsed).unwrap();
        assert_eq!(outside.examples[0].found.to_string(), "2 of 4 cells (50.0 %) outside the region");
        assert_eq!(outside.examples[0].found.text("zh"), "4个栅格中有2个（50.0%）在区域外");
    }
}

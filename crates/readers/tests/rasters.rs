//! Population rasters: where cells lie, and what their numbers mean. Places agree with GDAL (rasterio 1.4) and pyproj 3.7.

#![expect(clippy::unwrap_used, reason = "a test that panics fails")]
#![expect(clippy::unreadable_literal, reason = "degrees as other programs print them")]
#![cfg(feature = "geotiff")]

use lifering_base::error::InputError;
use lifering_base::frame::LonLat;
use lifering_base::issue::IssueCode;
use lifering_base::parameters::RasterMeaning;
use lifering_base::records::{Layer, People, Residence};
use lifering_readers::crs::Extent;
use lifering_readers::fields::Fields;
use lifering_readers::layer_file::{LayerContext, LayerFile};
use lifering_readers::population;
use lifering_readers::settings::LayerSpec;
use lifering_readers::source::Source;
use std::io::Cursor;
use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::{Gray32, GrayI32};
use tiff::tags::Tag;

/// An image of one row with two cells.
struct Image<'a> {
    scale: Option<f64>,
    tie: (f64, f64),
    matrix: Option<[f64; 6]>,
    keys: &'a [[u16; 4]],
    doubles: &'a [f64],
    text: &'a str,
    metadata: Option<&'a str>,
    no_data: Option<&'a str>,
    cells: [i32; 2],
    name: &'a str,
    crs: Option<&'a str>,
    meaning: Option<RasterMeaning>,
    within: Option<Extent>,
}

const DEGREES: &[[u16; 4]] = &[[1024, 0, 1, 2], [2048, 0, 1, 4326]];
const POINT: &[[u16; 4]] = &[[1024, 0, 1, 2], [1025, 0, 1, 2], [2048, 0, 1, 4326]];

/// Cells of 0.001 degrees (1.1 ha) at 118.5 E, 24.7 N.
const PLAIN: Image<'static> = Image {
    scale: Some(0.001),
    tie: (118.5, 24.7),
    matrix: None,
    keys: DEGREES,
    doubles: &[],
    text: "",
    metadata: None,
    no_data: None,
    cells: [3, 5],
    name: "pop.tif",
    crs: None,
    meaning: None,
    within: None,
};

impl Image<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut file).unwrap();
        let mut image = encoder.new_image::<GrayI32>(2, 1).unwrap();
        let tags = image.encoder();
        if let Some(scale) = self.scale {
            tags.write_tag(Tag::ModelPixelScaleTag, &[scale, scale, 0.0][..]).unwrap();
            tags.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, self.tie.0, self.tie.1, 0.0][..]).unwrap();
        }
        if let Some([a, b, x, d, e, y]) = self.matrix {
            let rows = [a, b, 0.0, x, d, e, 0.0, y, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
            tags.write_tag(Tag::ModelTransformationTag, &rows[..]).unwrap();
        }
        if !self.keys.is_empty() {
            let header = [1, 1, 0, self.keys.len() as u16];
            let all: Vec<u16> = std::iter::once(&header).chain(self.keys).flatten().copied().collect();
            tags.write_tag(Tag::GeoKeyDirectoryTag, &all[..]).unwrap();
        }
        if !self.doubles.is_empty() {
            tags.write_tag(Tag::GeoDoubleParamsTag, self.doubles).unwrap();
        }
        if !self.text.is_empty() {
            tags.write_tag(Tag::GeoAsciiParamsTag, self.text).unwrap();
        }
        if let Some(metadata) = self.metadata {
            tags.write_tag(Tag::Unknown(42_112), metadata).unwrap();
        }
        if let Some(no_data) = self.no_data {
            tags.write_tag(Tag::GdalNodata, no_data).unwrap();
        }
        image.write_data(&self.cells).unwrap();
        file.into_inner()
    }

    fn read(&self) -> Result<(Vec<People>, Vec<IssueCode>), InputError> {
        read(&self.bytes(), self)
    }

    fn places(&self) -> Vec<(f64, f64)> {
        let (people, _) = self.read().unwrap();
        people.iter().map(place).map(|p| (p.lon, p.lat)).collect()
    }

    fn people(&self) -> Vec<f64> {
        self.read().unwrap().0.iter().map(|one| one.people).collect()
    }

    fn refused(&self) -> String {
        let error = self.read().unwrap_err();
        format!("{error}")
    }
}

fn read(bytes: &[u8], image: &Image<'_>) -> Result<(Vec<People>, Vec<IssueCode>), InputError> {
    let layer = Layer::Population;
    let fields = Fields::new("region.toml", layer, layer.key(), None)?;
    let spec = LayerSpec { crs: image.crs.map(str::to_owned), ..LayerSpec::of(image.name) };
    let context = LayerContext { raster: image.meaning, within: image.within, ..LayerContext::default() };
    let mut file = LayerFile::from_bytes(bytes, &Source::Demo, layer, layer.key(), &spec, fields, &context)?;
    let people = population::read(&mut file)?;
    Ok((people, file.issues.list().iter().map(|issue| issue.code).collect()))
}

fn help(image: &Image<'_>) -> String {
    match image.read().unwrap_err() {
        InputError::Wrong { help: Some(help), .. } => help.to_string(),
        other => panic!("no help: {other}"),
    }
}

fn place(people: &People) -> LonLat {
    match &people.residence {
        Residence::Point(place) => *place,
        Residence::Area(_) => panic!("a small cell is a point"),
    }
}

/// To 2 mm: the series by which proj4rs finds the latitude of equal-area projections ends earlier than that of PROJ.
fn near(found: &[(f64, f64)], expected: &[(f64, f64)], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for ((x, y), (lon, lat)) in found.iter().zip(expected) {
        assert!((x - lon).abs() < 2e-8 && (y - lat).abs() < 2e-8, "{what}: {x} {y}, not {lon} {lat}");
    }
}

#[test]
fn cells_lie_where_gdal_places_them() {
    let matrix = |matrix: [f64; 6]| Image { scale: None, matrix: Some(matrix), ..PLAIN };
    near(&PLAIN.places(), &[(118.5005, 24.6995), (118.5015, 24.6995)], "the corner is given");
    near(&Image { keys: POINT, ..PLAIN }.places(), &[(118.5, 24.7), (118.501, 24.7)], "the middle is given");
    let south_up = matrix([0.001, 0.0, 118.5, 0.0, 0.001, 24.7]);
    near(&south_up.places(), &[(118.5005, 24.7005), (118.5015, 24.7005)], "south up");
    let rotated = matrix([0.0008, 0.0006, 118.5, 0.0006, -0.0008, 24.7]);
    near(&rotated.places(), &[(118.5007, 24.6999), (118.5015, 24.7005)], "rotated");
    near(&Image { keys: POINT, ..rotated }.places(), &[(118.5, 24.7), (118.5008, 24.7006)], "rotated, the middle");
    let flat = matrix([0.001, 0.002, 118.5, 0.001, 0.002, 24.7]);
    assert!(flat.refused().contains("ModelTransformation"));
}

/// Keys as GDAL 3 writes them for systems that have no code of EPSG; cells of 100 m.
#[test]
fn projections_without_a_code_are_read_through_their_definition() {
    let image = |keys, doubles, text, tie| Image { scale: Some(100.0), tie, keys, doubles, text, ..PLAIN };
    let own: [[u16; 4]; 3] = [[1024, 0, 1, 1], [2048, 0, 1, 4326], [3072, 0, 1, 32_767]];
    let with = |more: &[[u16; 4]]| [&own[..], more].concat();
    let mollweide = concat!(
        "World_Mollweide|ESRI PE String = PROJCS[\"World_Mollweide\",GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",",
        "SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],",
        "PROJECTION[\"Mollweide\"],PARAMETER[\"False_Easting\",0.0],PARAMETER[\"False_Northing\",0.0],",
        "PARAMETER[\"Central_Meridian\",0.0],UNIT[\"Meter\",1.0]]|"
    );
    let esri = [[1024, 0, 1, 32_767], [3073, 34_737, (mollweide.len() - 16) as u16, 16]];
    let found = image(&esri, &[], mollweide, (11_192_100.0, 3_017_600.0)).places();
    near(&found[..1], &[(118.500480081, 24.699751498)], "Mollweide by Esri's text");
    let coded = [[1024, 0, 1, 1], [3072, 0, 1, 54_009]];
    near(&image(&coded, &[], "", (11_192_100.0, 3_017_600.0)).places()[..1], &[(118.500480081, 24.699751498)], "54009");
    let albers = with(&[[3075, 0, 1, 11], [3078, 34_736, 1, 0], [3079, 34_736, 1, 1], [3080, 34_736, 1, 2]]);
    let found = image(&albers, &[25.0, 47.0, 105.0], "", (1_363_100.0, 2_673_600.0)).places();
    near(&found[..1], &[(118.50012713, 24.699724099)], "Albers");
    let lambert = with(&[[3075, 0, 1, 8], [3078, 34_736, 1, 0], [3079, 34_736, 1, 1], [3084, 34_736, 1, 2]]);
    let found = image(&lambert, &[25.0, 47.0, 105.0], "", (1_363_000.0, 3_029_300.0)).places();
    near(&found[..1], &[(118.500101187, 24.699822308)], "Lambert, conformal");
    let azimuthal = with(&[[3075, 0, 1, 10], [3088, 34_736, 1, 1], [3089, 34_736, 1, 0]]);
    let found = image(&azimuthal, &[24.0, 118.0], "", (50_600.0, 77_600.0)).places();
    near(&found[..1], &[(118.500509955, 24.699336098)], "Lambert, equal-area");
    let odd = with(&[[3075, 0, 1, 26]]);
    assert!(help(&image(&odd, &[], "", (0.0, 0.0))).contains("gdalwarp"));
}

#[test]
fn a_raster_without_a_reference_system_is_refused_and_degrees_are_suggested_where_they_fit() {
    let bare = Image { keys: &[], ..PLAIN };
    let region = |low, high| Some(Extent::from([low, 24.0, high, 25.0]));
    assert!(help(&Image { within: region(118.0, 119.0), ..bare }).contains("EPSG:4326"));
    assert!(!help(&Image { within: region(110.0, 111.0), ..bare }).contains("4326"), "the region is elsewhere");
    assert!(!help(&bare).contains("4326"), "the region is not known");
    let stated = Image { crs: Some("EPSG:4326"), ..bare };
    near(&stated.places(), &[(118.5005, 24.6995), (118.5015, 24.6995)], "as region.toml states");
}

#[test]
fn scale_and_offset_are_used_and_noted() {
    let items = "<GDALMetadata><Item name=\"SCALE\" sample=\"0\" role=\"scale\">0.1</Item>\
                 <Item name=\"OFFSET\" sample=\"0\" role=\"offset\">1</Item></GDALMetadata>";
    let (people, issues) = Image { metadata: Some(items), ..PLAIN }.read().unwrap();
    // 3 * 0.1 + 1 and 5 * 0.1 + 1.
    assert!((people[0].people - 1.3).abs() < 1e-12 && (people[1].people - 1.5).abs() < 1e-12);
    assert!(issues.contains(&IssueCode::ValuesScaled));
    // The no-data value is a raw one.
    let image = Image { metadata: Some(items), no_data: Some("3"), ..PLAIN };
    assert_eq!(image.people(), [1.5]);
}

/// A cell of 0.01 degrees at 24.69 to 24.7 N has 1.12095 km² (pyproj's Geod).
#[test]
fn densities_are_multiplied_by_the_area_of_the_cell() {
    let image = Image { scale: Some(0.01), cells: [1000, 2000], ..PLAIN };
    assert_eq!(image.people(), [1000.0, 2000.0]);
    let dense = |people: &[f64]| {
        assert!((people[0] - 1120.952).abs() < 0.01 && (people[1] - 2241.904).abs() < 0.02, "{people:?}");
    };
    dense(&Image { meaning: Some(RasterMeaning::PerKm2), ..image }.people());
    let image = Image { scale: Some(0.01), cells: [1000, 2000], name: "chn_pd_2020.tif", ..PLAIN };
    dense(&image.people());
    assert!(image.read().unwrap().1.contains(&IssueCode::DensityGuessed));
    assert_eq!(Image { meaning: Some(RasterMeaning::Count), ..image }.people(), [1000.0, 2000.0]);
}

#[test]
fn numbers_that_no_place_on_earth_has_are_refused() {
    let with = |cells: [i32; 2]| Image { cells, scale: Some(0.01), ..PLAIN };
    assert_eq!(with([3, 220_000]).people(), [3.0, 220_000.0], "196,000 a square kilometre");
    assert!(help(&with([3, 230_000])).contains("gdal_edit.py -a_nodata 230000 pop.tif"));
    assert!(help(&with([3, i32::MAX])).contains("2147483647"));
    assert!(help(&with([i32::MIN, 3])).contains("-2147483648"));
    assert_eq!(Image { no_data: Some("2147483647"), ..with([3, i32::MAX]) }.people(), [3.0]);
    // A hectare of one tower.
    assert_eq!(Image { cells: [3, 2100], ..PLAIN }.people(), [3.0, 2100.0]);
    assert!(Image { cells: [3, 2300], ..PLAIN }.refused().contains("200000"));
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap();
    let mut image = encoder.new_image::<Gray32>(2, 1).unwrap();
    let tags = image.encoder();
    tags.write_tag(Tag::ModelPixelScaleTag, &[1.0, 1.0, 0.0][..]).unwrap();
    tags.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, 118.5, 24.7, 0.0][..]).unwrap();
    tags.write_tag(Tag::GeoKeyDirectoryTag, &[1_u16, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326][..]).unwrap();
    image.write_data(&[900_000_000, 900_000_000]).unwrap();
    let refused = read(&file.into_inner(), &PLAIN).unwrap_err();
    assert!(refused.to_string().contains("1800000000"), "more than any country: {refused}");
}

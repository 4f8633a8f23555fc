//! Population rasters (`GeoTIFF`, as `WorldPop` publishes them): people by cell.
//!
//! In: the bytes of an image of one band. Out: a feature for every cell with people: a point where the cell is at most
//! 0.25 km², else its square. Cells without data and empty cells are left out.

use super::{Format, ParsedFile};
use crate::crs::Extent;
use crate::feature::RawFeature;
use crate::geometry::Geometry;
use crate::library_errors;
use crate::properties::Properties;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use serde_json::Value;
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

/// Cells up to this size count at their centre (definitions.md section 5).
const ONE_POINT_M2: f64 = 250_000.0;
/// Metres in a degree of latitude, roughly: only to decide whether a cell is small.
const DEGREE_M: f64 = 111_320.0;
/// `GTModelTypeGeoKey`, `GeographicTypeGeoKey`, `ProjectedCSTypeGeoKey` (OGC 19-008r4).
const MODEL_TYPE: u64 = 1024;
const GEOGRAPHIC: u64 = 2048;
const PROJECTED: u64 = 3072;

/// Position and size of the cells of an image.
struct RasterGrid {
    /// Upper left corner of the upper left cell.
    west: f64,
    north: f64,
    /// Size of a cell.
    dx: f64,
    dy: f64,
    crs: Option<String>,
}

/// People of every cell, cut to `within` if that is known and the raster is in degrees.
pub fn read(file: &str, bytes: &[u8], within: Option<Extent>, issues: &mut Issues) -> Result<ParsedFile, InputError> {
    let wrong = |e: TiffError| {
        InputError::wrong(Place::file(file), library_errors::damaged(&e), message!("message.tif_one_band"))
    };
    let mut image = Decoder::new(Cursor::new(bytes)).map_err(wrong)?;
    let (width, height) = image.dimensions().map_err(wrong)?;
    match image.colortype().map_err(wrong)? {
        ColorType::Gray(_) => {}
        other => {
            let found = message!("message.bands", n = other.num_samples());
            return Err(InputError::wrong(Place::file(file), found, message!("message.band_people")));
        }
    }
    let grid = grid(file, &mut image)?;
    let no_data = no_data(&mut image);
    let within = within.filter(|_| grid.crs.is_none());
    let (chunk_width, chunk_height) = image.chunk_dimensions();
    let across = width.div_ceil(chunk_width.max(1)).max(1);
    let chunks = across * height.div_ceil(chunk_height.max(1));
    let mut features: Vec<RawFeature> = Vec::new();
    let mut outside = 0_usize;
    for chunk in 0..chunks {
        let (left, top) = ((chunk % across) * chunk_width, (chunk / across) * chunk_height);
        let (columns, rows) = image.chunk_data_dimensions(chunk);
        let extent = grid.extent(left, top, columns, rows);
        if within.is_some_and(|w| !w.meets(extent, 0.0)) {
            outside += (columns * rows) as usize;
            continue;
        }
        let values = numbers(image.read_chunk(chunk).map_err(wrong)?);
        for (i, people) in values.into_iter().enumerate().take((columns * rows) as usize) {
            let (column, row) = (left + i as u32 % columns, top + i as u32 / columns);
            if !people.is_finite() || no_data.is_some_and(|n| (people - n).abs() <= n.abs() * 1e-6) || people == 0.0 {
                continue;
            }
            if people < 0.0 {
                let place = Place::file(file).field("population");
                let found = message!("message.in_cell", n = people, column = column, row = row);
                return Err(InputError::wrong(place, found, message!("message.cell_wanted")));
            }
            if within.is_some_and(|w| !w.meets(grid.extent(column, row, 1, 1), 0.0)) {
                outside += 1;
                continue;
            }
            let properties = Properties::from_iter([("population".to_owned(), Value::from(people))]);
            let index = features.len();
            let geometry = Some(grid.cell(column, row));
            features.push(RawFeature { index, id: Some(format!("{column}_{row}")), geometry, properties });
        }
    }
    if outside > 0 {
        let found = message!("message.cells_away", n = outside);
        issues.note(IssueCode::PartNotUsed, &Place::file(file), found, message!("message.cells_within"));
    }
    Ok(ParsedFile { format: Format::GeoTiff, encoding: None, crs: grid.crs, features, table: None })
}

impl RasterGrid {
    fn extent(&self, column: u32, row: u32, columns: u32, rows: u32) -> Extent {
        let (west, north) = (self.west + f64::from(column) * self.dx, self.north - f64::from(row) * self.dy);
        Extent {
            low: LonLat::new(west, north - f64::from(rows) * self.dy),
            high: LonLat::new(west + f64::from(columns) * self.dx, north),
        }
    }

    fn cell(&self, column: u32, row: u32) -> Geometry {
        let e = self.extent(column, row, 1, 1);
        let middle = e.middle();
        let area_m2 = if self.crs.is_none() {
            self.dx * self.dy * DEGREE_M * DEGREE_M * libm::cos(middle.lat.to_radians())
        } else {
            self.dx * self.dy
        };
        if area_m2 <= ONE_POINT_M2 {
            return Geometry::Point(middle);
        }
        let corners =
            [(e.low.lon, e.low.lat), (e.high.lon, e.low.lat), (e.high.lon, e.high.lat), (e.low.lon, e.high.lat)];
        let ring = corners.iter().chain(corners.first()).map(|(x, y)| LonLat::new(*x, *y)).collect();
        Geometry::Polygon(vec![ring])
    }
}

fn grid(file: &str, image: &mut Decoder<Cursor<&[u8]>>) -> Result<RasterGrid, InputError> {
    let missing = |what: &str| {
        InputError::wrong(Place::file(file), message!("message.tif_lacks", what = what), message!("message.tif_place"))
    };
    let mut doubles = |tag: Tag| image.find_tag(tag).ok().flatten().and_then(|v| v.into_f64_vec().ok());
    let scale = doubles(Tag::ModelPixelScaleTag).ok_or_else(|| missing("ModelPixelScale"))?;
    let tie = doubles(Tag::ModelTiepointTag).ok_or_else(|| missing("ModelTiepoint"))?;
    let ([dx, dy, ..], [column, row, _, x, y, ..]) = (scale.as_slice(), tie.as_slice()) else {
        return Err(missing("ModelPixelScale, ModelTiepoint"));
    };
    if !(*dx > 0.0 && *dy > 0.0 && dx.is_finite() && dy.is_finite()) {
        return Err(missing("ModelPixelScale > 0"));
    }
    let keys = image.find_tag_unsigned_vec::<u64>(Tag::GeoKeyDirectoryTag).ok().flatten().unwrap_or_default();
    let key =
        |id: u64| keys.chunks(4).skip(1).find(|k| k[0] == id && k.get(1) == Some(&0)).and_then(|k| k.get(3).copied());
    let code = if key(MODEL_TYPE) == Some(1) { key(PROJECTED) } else { key(GEOGRAPHIC) };
    let crs = match code {
        None | Some(4326 | 4490) => None,
        Some(code) if (1024..=32_766).contains(&code) => Some(format!("EPSG:{code}")),
        Some(_) => return Err(missing("EPSG")),
    };
    Ok(RasterGrid { west: x - column * dx, north: y + row * dy, dx: *dx, dy: *dy, crs })
}

fn no_data(image: &mut Decoder<Cursor<&[u8]>>) -> Option<f64> {
    let text = image.find_tag(Tag::GdalNodata).ok().flatten()?.into_string().ok()?;
    text.trim_end_matches('\0').trim().parse().ok()
}

fn numbers(result: DecodingResult) -> Vec<f64> {
    fn all<T: Into<f64>>(values: Vec<T>) -> Vec<f64> {
        values.into_iter().map(Into::into).collect()
    }
    match result {
        DecodingResult::U8(v) => all(v),
        DecodingResult::U16(v) => all(v),
        DecodingResult::U32(v) => all(v),
        DecodingResult::U64(v) => v.into_iter().map(|n| n as f64).collect(),
        DecodingResult::I8(v) => all(v),
        DecodingResult::I16(v) => all(v),
        DecodingResult::I32(v) => all(v),
        DecodingResult::I64(v) => v.into_iter().map(|n| n as f64).collect(),
        DecodingResult::F16(v) => v.into_iter().map(|n| f64::from(n.to_f32())).collect(),
        DecodingResult::F32(v) => all(v),
        DecodingResult::F64(v) => v,
    }
}

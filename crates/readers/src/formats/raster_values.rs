//! The meaning of the numbers of a raster: scale and offset, cells without data, counts against densities.
//!
//! In: the tags of an image and its raw numbers. Out: people of a cell, or a refusal of what no place on earth has.

use super::raster::Cell;
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::parameters::RasterMeaning;
use std::io::{Read, Seek};
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

/// `GDAL_METADATA`: an XML text of items.
const GDAL_METADATA: u16 = 42_112;

/// Most people of a square kilometre. Mong Kok, the densest district there is, has some 130,000 (Hong Kong census of 2021).
const DENSEST_PER_KM2: f64 = 200_000.0;
/// Cells smaller than a hectare are compared with what a hectare may hold: one tower is denser than any district.
const LEAST_KM2: f64 = 0.01;

/// How the raw numbers of an image are to be read.
pub(super) struct RasterValues {
    no_data: Option<f64>,
    scale: f64,
    offset: f64,
    meaning: RasterMeaning,
}

impl RasterValues {
    /// Reads the tags of an image and notes what is not used as it is written. `stated`: `[population] raster`.
    pub(super) fn of<R: Read + Seek>(
        file: &str,
        image: &mut Decoder<R>,
        stated: Option<RasterMeaning>,
        issues: &mut Issues,
    ) -> Self {
        let mut text = |tag: Tag| image.find_tag(tag).ok().flatten().and_then(|v| v.into_string().ok());
        let no_data = text(Tag::GdalNodata).and_then(|t| t.trim_end_matches('\0').trim().parse().ok());
        let metadata = text(Tag::Unknown(GDAL_METADATA)).unwrap_or_default();
        let number = |role: &str, default: f64| item(&metadata, role).and_then(|t| t.parse().ok()).unwrap_or(default);
        let (scale, offset) = (number("scale", 1.0), number("offset", 0.0));
        let at = Place::file(file);
        #[expect(clippy::float_cmp, reason = "1 is what stands for no scale")]
        if scale != 1.0 || offset != 0.0 {
            let found = message!("message.raster_scale", scale = scale, offset = offset);
            issues.note(IssueCode::ValuesScaled, &at, found, message!("message.raster_scaled"));
        }
        let meaning = stated.unwrap_or_else(|| match density_mark(file, item(&metadata, "unittype")) {
            Some(mark) => {
                issues.note(IssueCode::DensityGuessed, &at, mark, message!("message.density_guessed"));
                RasterMeaning::PerKm2
            }
            None => RasterMeaning::Count,
        });
        Self { no_data, scale, offset, meaning }
    }

    /// Whether a raw number stands for no data.
    fn is_no_data(&self, raw: f64) -> bool {
        !raw.is_finite() || self.no_data.filter(|n| n.is_finite()).is_some_and(|n| (raw - n).abs() <= n.abs() * 1e-6)
    }

    /// Whether a raw number is infinite without being declared as no data.
    pub(super) fn is_infinite(&self, raw: f64) -> bool {
        raw.is_infinite() && self.no_data != Some(raw)
    }

    /// People of a cell; `None` without data and without people.
    ///
    /// # Errors
    /// A negative number, the end of the image's type, or more people than any place on earth has.
    pub(super) fn people(
        &self,
        file: &str,
        raw: f64,
        ends: Option<TypeEnds>,
        cell: &Cell,
    ) -> Result<Option<f64>, InputError> {
        if self.is_no_data(raw) {
            return Ok(None);
        }
        let value = raw * self.scale + self.offset;
        if value == 0.0 {
            return Ok(None);
        }
        let wrong = |n: f64, wanted| {
            let found = message!("message.in_cell", n = n, column = cell.column, row = cell.row);
            InputError::wrong(Place::file(file).field("population"), found, wanted)
        };
        let undeclared = || message!("message.declare_no_data", file = file, n = raw);
        if value < 0.0 {
            return Err(wrong(value, message!("message.cell_wanted")).with_help(undeclared()));
        }
        #[expect(clippy::float_cmp, reason = "whole numbers, exact in a double or the end of their type")]
        if ends.is_some_and(|ends| raw == ends.high || raw == ends.low && ends.low != 0.0) {
            return Err(wrong(raw, message!("message.not_the_end_of_type")).with_help(undeclared()));
        }
        let area_km2 = cell.area_m2() / 1e6;
        let people = match self.meaning {
            RasterMeaning::Count => value,
            RasterMeaning::PerKm2 => value * area_km2,
        };
        if people / area_km2.max(LEAST_KM2) > DENSEST_PER_KM2 {
            return Err(wrong(value, message!("message.densest", n = DENSEST_PER_KM2)).with_help(undeclared()));
        }
        Ok(Some(people))
    }
}

/// The text of an item of GDAL's metadata that has a role in the band.
fn item<'a>(metadata: &'a str, role: &str) -> Option<&'a str> {
    let (_, rest) = metadata.split_once(&format!("role=\"{role}\""))?;
    Some(rest.split_once('>')?.1.split_once('<')?.0.trim())
}

/// What says that the numbers are densities: the unit of the band, or the name of the file.
fn density_mark(file: &str, unit: Option<&str>) -> Option<String> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file).to_lowercase();
    let compact = |text: &str| text.to_lowercase().replace([' ', '^', '²', '_'], "");
    let by_unit = unit.filter(|unit| {
        let unit = compact(unit);
        unit.contains("/km") || unit.contains("km-2") || unit.contains("perkm") || unit.contains("persqkm")
    });
    let words = ["density", "per_km2", "perkm2", "_pd_", "密度"];
    let by_name = words.iter().any(|word| name.contains(word)) || name.starts_with("pd_");
    by_unit.map(str::to_owned).or_else(|| by_name.then(|| file.to_owned()))
}

/// The smallest and the largest number of an integer type, with which software marks cells without data.
#[derive(Clone, Copy, Debug)]
pub(super) struct TypeEnds {
    low: f64,
    high: f64,
}

/// The numbers of a piece of an image, as they are stored: in doubles small ones would take eight times the memory.
pub(super) struct CellNumbers(pub(super) DecodingResult);

impl CellNumbers {
    /// Their count and the size of each, bytes.
    fn size(&self) -> (usize, usize) {
        match &self.0 {
            DecodingResult::U8(v) => (v.len(), 1),
            DecodingResult::I8(v) => (v.len(), 1),
            DecodingResult::U16(v) => (v.len(), 2),
            DecodingResult::I16(v) => (v.len(), 2),
            DecodingResult::F16(v) => (v.len(), 2),
            DecodingResult::U32(v) => (v.len(), 4),
            DecodingResult::I32(v) => (v.len(), 4),
            DecodingResult::F32(v) => (v.len(), 4),
            DecodingResult::U64(v) => (v.len(), 8),
            DecodingResult::I64(v) => (v.len(), 8),
            DecodingResult::F64(v) => (v.len(), 8),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.size().0
    }

    pub(super) fn bytes(&self) -> u64 {
        let (count, size) = self.size();
        count as u64 * size as u64
    }

    /// One of them.
    pub(super) fn at(&self, i: usize) -> f64 {
        match &self.0 {
            DecodingResult::U8(v) => v[i].into(),
            DecodingResult::I8(v) => v[i].into(),
            DecodingResult::U16(v) => v[i].into(),
            DecodingResult::I16(v) => v[i].into(),
            DecodingResult::F16(v) => v[i].to_f32().into(),
            DecodingResult::U32(v) => v[i].into(),
            DecodingResult::I32(v) => v[i].into(),
            DecodingResult::F32(v) => v[i].into(),
            DecodingResult::U64(v) => v[i] as f64,
            DecodingResult::I64(v) => v[i] as f64,
            DecodingResult::F64(v) => v[i],
        }
    }

    /// The ends of their type; `None` if they are no whole numbers.
    pub(super) fn ends(&self) -> Option<TypeEnds> {
        let (low, high) = match &self.0 {
            DecodingResult::U8(_) => (0.0, u8::MAX.into()),
            DecodingResult::U16(_) => (0.0, u16::MAX.into()),
            DecodingResult::U32(_) => (0.0, u32::MAX.into()),
            DecodingResult::U64(_) => (0.0, u64::MAX as f64),
            DecodingResult::I8(_) => (i8::MIN.into(), i8::MAX.into()),
            DecodingResult::I16(_) => (i16::MIN.into(), i16::MAX.into()),
            DecodingResult::I32(_) => (i32::MIN.into(), i32::MAX.into()),
            DecodingResult::I64(_) => (i64::MIN as f64, i64::MAX as f64),
            DecodingResult::F16(_) | DecodingResult::F32(_) | DecodingResult::F64(_) => return None,
        };
        Some(TypeEnds { low, high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densities_are_known_by_unit_or_name() {
        for (file, unit, density) in [
            ("chn_ppp_2020.tif", None, false),
            ("chn_pd_2020_1km.tif", None, true),
            ("gpw_v4_population_density_rev11.tif", None, true),
            ("density/pop.tif", None, false),
            ("pop.tif", Some("people/km²"), true),
            ("pop.tif", Some("Persons per km^2"), true),
            ("pop.tif", Some("people km-2"), true),
            ("pop.tif", Some("people"), false),
            ("人口密度.tif", None, true),
        ] {
            assert_eq!(density_mark(file, unit).is_some(), density, "{file} {unit:?}");
        }
        let xml = "<GDALMetadata>\n <Item name=\"SCALE\" sample=\"0\" role=\"scale\">0.1</Item>\n</GDALMetadata>";
        assert_eq!((item(xml, "scale"), item(xml, "offset")), (Some("0.1"), None));
    }
}

//! The reference system and the transform of a `GeoTIFF` (OGC 19-008r4).
//!
//! In: the tags of an image. Out: a name for [`crate::crs`] (an EPSG code, or a proj string of a system that the file defines
//! itself), and the way from columns and rows to coordinates.

use crate::{crs, crs_wkt};
use lifering_base::frame::LonLat;
use lifering_base::{Message, message};
use std::io::{Read, Seek};
use tiff::decoder::Decoder;
use tiff::tags::Tag;

/// Value of a key whose subject the file defines itself.
const USER_DEFINED: u64 = 32_767;
/// `GTModelTypeGeoKey`: 1 projected, 2 geographic, 3 geocentric.
const MODEL_TYPE: u64 = 1024;
/// `GTRasterTypeGeoKey`: 2 if the tie point is the middle of a cell.
const RASTER_TYPE: u64 = 1025;
/// `GTCitationGeoKey` and `ESRI_PE` text in `PCSCitationGeoKey`.
const CITATIONS: [u64; 2] = [3073, 1026];
const GEOGRAPHIC: u64 = 2048;
const DATUM: u64 = 2050;
const ANGULAR_UNIT: u64 = 2054;
const SEMI_MAJOR: u64 = 2057;
const INVERSE_FLATTENING: u64 = 2059;
const PRIME_MERIDIAN: u64 = 2061;
const PROJECTED: u64 = 3072;
const CONVERSION: u64 = 3075;
const LINEAR_UNIT: u64 = 3076;
const LINEAR_UNIT_M: u64 = 3077;

/// The tags that say where an image lies.
pub(super) struct GeoKeys {
    entries: Vec<[u64; 4]>,
    doubles: Vec<f64>,
    text: String,
}

impl GeoKeys {
    /// The keys of an image; none if it has no such tags.
    pub(super) fn of<R: Read + Seek>(image: &mut Decoder<R>) -> Self {
        let directory = image.find_tag_unsigned_vec::<u64>(Tag::GeoKeyDirectoryTag).ok().flatten().unwrap_or_default();
        let entries = directory.chunks_exact(4).skip(1).map(|k| [k[0], k[1], k[2], k[3]]).collect();
        let doubles = image.find_tag(Tag::GeoDoubleParamsTag).ok().flatten().and_then(|v| v.into_f64_vec().ok());
        let text = image.find_tag(Tag::GeoAsciiParamsTag).ok().flatten().and_then(|v| v.into_string().ok());
        Self { entries, doubles: doubles.unwrap_or_default(), text: text.unwrap_or_default() }
    }

    fn short(&self, id: u64) -> Option<u64> {
        self.entries.iter().find(|k| k[0] == id && k[1] == 0).map(|k| k[3])
    }

    /// The first of some numbers that the file states.
    fn double(&self, ids: &[u64]) -> Option<f64> {
        let of = |id: &u64| {
            let [_, _, _, at] = self.entries.iter().find(|k| k[0] == *id && k[1] == 34_736)?;
            self.doubles.get(*at as usize).copied()
        };
        ids.iter().find_map(of)
    }

    fn citation(&self, id: u64) -> Option<&str> {
        let [_, _, length, at] = self.entries.iter().find(|k| k[0] == id && k[1] == 34_737)?;
        self.text.get(*at as usize..(at + length) as usize)
    }

    /// Whether the tie point is the middle of a cell rather than its corner.
    pub(super) fn is_point(&self) -> bool {
        self.short(RASTER_TYPE) == Some(2)
    }

    /// The reference system, as [`crs::parse`] takes it; `None` if the file says nothing of it.
    ///
    /// # Errors
    /// The file defines a system that cannot be read.
    pub(super) fn reference_system(&self) -> Result<Option<String>, Message> {
        const ESRI_TEXT: &str = "ESRI PE String = ";
        let esri = CITATIONS.iter().filter_map(|id| self.citation(*id)).find_map(|text| text.split_once(ESRI_TEXT));
        if let Some((_, text)) = esri {
            let defined = crs_wkt::proj_string(text.trim_end_matches(['|', '\0']))?;
            return Ok(Some(defined.unwrap_or_else(|| "EPSG:4326".to_owned())));
        }
        let projected = self.short(PROJECTED);
        match (self.short(MODEL_TYPE), projected) {
            (Some(1), Some(code)) if code != USER_DEFINED => Ok(Some(format!("EPSG:{code}"))),
            (Some(1), _) => self.conversion().map(Some),
            (Some(2), _) => match self.short(GEOGRAPHIC) {
                Some(code) if code != USER_DEFINED => Ok(Some(format!("EPSG:{code}"))),
                _ => Ok(Some(format!("+proj=longlat {} +no_defs", self.base()?))),
            },
            (Some(3), _) => Err(message!("message.geocentric", name = "GeoTIFF")),
            _ => Ok(None),
        }
    }

    /// Ellipsoid, datum and prime meridian of the geographic system below a projection.
    fn base(&self) -> Result<String, Message> {
        if let Some(unit) = self.short(ANGULAR_UNIT).filter(|unit| *unit != 9102) {
            return Err(message!("message.angular_unit", code = unit.to_string()));
        }
        if let Some(code) = self.short(GEOGRAPHIC).filter(|code| *code != USER_DEFINED) {
            return crs::geographic_base(code)
                .ok_or_else(|| message!("message.epsg_not_known", code = code.to_string()));
        }
        let unknown = || message!("message.datum_not_published", name = "GeoTIFF");
        let axis = self.double(&[SEMI_MAJOR]).ok_or_else(unknown)?;
        let flattening = self.double(&[INVERSE_FLATTENING]).filter(|f| *f > 0.0);
        let modern = (axis - 6_378_137.0).abs() < 0.01 && flattening.is_some_and(|f| (f - 298.257).abs() < 0.001);
        let meridian = match self.double(&[PRIME_MERIDIAN]) {
            Some(meridian) if meridian != 0.0 => format!(" +pm={meridian}"),
            _ => String::new(),
        };
        match flattening {
            Some(flattening) if modern || self.short(DATUM) == Some(6326) => {
                Ok(format!("+a={axis} +rf={flattening} +towgs84=0,0,0{meridian}"))
            }
            Some(_) => Err(unknown()),
            None => Ok(format!("+R={axis}{meridian}")),
        }
    }

    /// The proj string of a projection that the file defines itself.
    fn conversion(&self) -> Result<String, Message> {
        let or = |ids: &[u64], default: f64| self.double(ids).unwrap_or(default);
        let (lat_0, lon_0) = (or(&[3081, 3085, 3089], 0.0), or(&[3080, 3084, 3088], 0.0));
        let (one, two, scale) = (or(&[3078], 0.0), or(&[3079], 0.0), or(&[3092, 3093], 1.0));
        let shape = match self.short(CONVERSION) {
            Some(1) => format!("+proj=tmerc +lat_0={lat_0} +k={scale}"),
            Some(7) => format!("+proj=merc +lat_ts={one} +k={scale}"),
            Some(8) => format!("+proj=lcc +lat_1={one} +lat_2={two} +lat_0={lat_0}"),
            Some(9) => format!("+proj=lcc +lat_1={lat_0} +lat_0={lat_0} +k_0={scale}"),
            Some(10) => format!("+proj=laea +lat_0={lat_0}"),
            Some(11) => format!("+proj=aea +lat_1={one} +lat_2={two} +lat_0={lat_0}"),
            Some(17) => format!("+proj=eqc +lat_ts={one} +lat_0={lat_0}"),
            Some(24) => "+proj=sinu".to_owned(),
            Some(28) => format!("+proj=cea +lat_ts={one}"),
            other => {
                return Err(message!(
                    "message.the_projection",
                    name = other.map_or_else(|| "-".to_owned(), |n| n.to_string())
                ));
            }
        };
        let unit_m = match self.short(LINEAR_UNIT) {
            None | Some(9001) => 1.0,
            Some(9002) => 0.3048,
            Some(9003) => 1200.0 / 3937.0,
            Some(code) => self
                .double(&[LINEAR_UNIT_M])
                .ok_or_else(|| message!("message.angular_unit", code = code.to_string()))?,
        };
        let (x_0, y_0) = (or(&[3082, 3086], 0.0) * unit_m, or(&[3083, 3087], 0.0) * unit_m);
        let base = self.base()?;
        Ok(format!("{shape} +lon_0={lon_0} +x_0={x_0} +y_0={y_0} +to_meter={unit_m} {base} +no_defs"))
    }
}

/// From columns and rows to coordinates: an affine transform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CellTransform {
    /// The outer corner of the first cell.
    origin: (f64, f64),
    /// From one column to the next.
    column: (f64, f64),
    /// From one row to the next.
    row: (f64, f64),
}

impl CellTransform {
    /// The transform of an image. The error names the tag that it lacks.
    pub(super) fn of<R: Read + Seek>(image: &mut Decoder<R>, is_point: bool) -> Result<Self, &'static str> {
        let mut doubles = |tag: Tag| image.find_tag(tag).ok().flatten().and_then(|v| v.into_f64_vec().ok());
        let transform = if let Some(matrix) = doubles(Tag::ModelTransformationTag) {
            // Of a 4 x 4 matrix by rows the parts of x and y. South-up and rotated images have one.
            let [a, b, _, x, d, e, _, y, ..] = matrix[..] else { return Err("ModelTransformation") };
            Self { origin: (x, y), column: (a, d), row: (b, e) }
        } else {
            let scale = doubles(Tag::ModelPixelScaleTag).ok_or("ModelPixelScale")?;
            let tie = doubles(Tag::ModelTiepointTag).ok_or("ModelTiepoint")?;
            let ([dx, dy, ..], [column, row, _, x, y, ..]) = (scale.as_slice(), tie.as_slice()) else {
                return Err("ModelPixelScale, ModelTiepoint");
            };
            if !(*dx > 0.0 && *dy > 0.0) {
                return Err("ModelPixelScale > 0");
            }
            Self { origin: (x - column * dx, y + row * dy), column: (*dx, 0.0), row: (0.0, -dy) }
        };
        let Self { column, row, origin } = transform;
        let area = column.0 * row.1 - column.1 * row.0;
        if !(area.is_finite() && area != 0.0 && origin.0.is_finite() && origin.1.is_finite()) {
            return Err("ModelTransformation");
        }
        if !is_point {
            return Ok(transform);
        }
        // The tie point is the middle of a cell: the corner is half a cell back, as GDAL places it.
        let back = |at: f64, column: f64, row: f64| at - 0.5 * (column + row);
        Ok(Self { origin: (back(origin.0, column.0, row.0), back(origin.1, column.1, row.1)), ..transform })
    }

    /// The place of a column and a row, both counted from the outer corner of the first cell.
    pub(super) fn at(&self, column: f64, row: f64) -> LonLat {
        LonLat::new(
            self.origin.0 + column * self.column.0 + row * self.row.0,
            self.origin.1 + column * self.column.1 + row * self.row.1,
        )
    }

    /// The column and the row of a place, both counted from the outer corner of the first cell.
    pub(super) fn cell(&self, place: LonLat) -> (f64, f64) {
        let (x, y) = (place.lon - self.origin.0, place.lat - self.origin.1);
        let determinant = self.column.0 * self.row.1 - self.column.1 * self.row.0;
        ((x * self.row.1 - y * self.row.0) / determinant, (y * self.column.0 - x * self.column.1) / determinant)
    }

    /// Size of a cell in the units of the file, squared.
    pub(super) fn cell_area(&self) -> f64 {
        (self.column.0 * self.row.1 - self.column.1 * self.row.0).abs()
    }
}

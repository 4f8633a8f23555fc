//! Population rasters (`GeoTIFF`, as `WorldPop`, GHSL and `LandScan` publish them): people by cell.
//!
//! In: the bytes of an image of one band. Out: a feature for every cell with people: a point where the cell is at most
//! 0.25 km², else its outline. Cells without data and empty cells are left out.

use super::geo_keys::{CellTransform, GeoKeys};
use super::raster_values::{CellNumbers, RasterValues};
use super::{Format, ParsedFile};
use crate::budget::{Budget, Watched};
use crate::crs::{self, Extent, Reprojection};
use crate::feature::RawFeature;
use crate::geometry::Geometry;
use crate::library_errors;
use crate::positions::is_degrees;
use crate::properties::Properties;
use geo::{Coord, GeodesicArea, LineString, Polygon};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::parameters::RasterMeaning;
use serde_json::Value;
use std::cell::OnceCell;
use std::io::Cursor;
use tiff::decoder::{Decoder, Limits};
use tiff::tags::{CompressionMethod, Tag};
use tiff::{ColorType, TiffError};

/// Cells up to this size count at their centre (definitions.md section 5).
const ONE_POINT_M2: f64 = 250_000.0;
/// Metres in a degree of latitude, roughly: only to decide whether a cell is small.
const DEGREE_M: f64 = 111_320.0;
/// Cells with people that any raster may have: those of a metropolis at 100 m.
const LEAST_CELLS: u64 = 1_800_000;
/// Memory that a cell with people takes, bytes.
const BYTES_PER_CELL: u64 = 160;

/// A raster in memory.
pub(super) type Image<'a> = Decoder<Watched<'a, Cursor<&'a [u8]>>>;

/// What reading a raster depends on beside its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct RasterOptions<'a> {
    /// Extent of the region in degrees, to which the raster is cut; `None` if it is not known.
    pub within: Option<Extent>,
    /// Reference system that region.toml states; it goes before that of the file.
    pub crs: Option<&'a str>,
    /// `[population] raster`.
    pub meaning: Option<RasterMeaning>,
    /// What reading may take.
    pub budget: Budget<'a>,
}

/// Where the cells of an image lie.
struct RasterGrid {
    transform: CellTransform,
    /// The way to WGS 84; `None` if the coordinates are degrees of it.
    reprojection: Option<Reprojection>,
}

/// People of every cell in the region, or of every cell if that is not known.
pub fn read(
    file: &str,
    bytes: &[u8],
    options: RasterOptions<'_>,
    issues: &mut Issues,
) -> Result<ParsedFile, InputError> {
    let wrong = |e: TiffError| {
        InputError::wrong(Place::file(file), library_errors::damaged(&e), message!("message.tif_one_band"))
    };
    let budget = options.budget;
    let too_much = || budget.refuse(file, message!("message.tif_one_band"));
    let mut image = Decoder::new(budget.watch(Cursor::new(bytes))).map_err(wrong)?.with_limits(limits(budget));
    refuse_compression(file, &mut image).map_err(wrong)??;
    let (width, height) = image.dimensions().map_err(wrong)?;
    match image.colortype().map_err(wrong)? {
        ColorType::Gray(_) => {}
        other => {
            let found = message!("message.bands", n = other.num_samples());
            return Err(InputError::wrong(Place::file(file), found, message!("message.band_people")));
        }
    }
    let (grid, crs) = grid(file, &mut image, (width, height), options)?;
    let values = RasterValues::of(file, &mut image, options.meaning, issues);
    let (chunk_width, chunk_height) = image.chunk_dimensions();
    let across = width.div_ceil(chunk_width.max(1)).max(1);
    let chunks = across * height.div_ceil(chunk_height.max(1));
    let mut features: Vec<RawFeature> = Vec::new();
    let (mut outside, mut infinite) = (0_u64, 0_u64);
    let mut unpacked = 0_u64;
    let window = options.within.and_then(|within| grid.window(within));
    for chunk in 0..chunks {
        let (left, top) = ((chunk % across) * chunk_width, (chunk / across) * chunk_height);
        budget.go_on()?;
        let (columns, rows) = image.chunk_data_dimensions(chunk);
        if options.within.is_some_and(|within| grid.lies_beside(within, (left, top), (columns, rows))) {
            outside += u64::from(columns) * u64::from(rows);
            continue;
        }
        let cells = match image.read_chunk(chunk) {
            Err(TiffError::LimitsExceeded) => return Err(too_much()),
            read => CellNumbers(read.map_err(wrong)?),
        };
        unpacked = unpacked.saturating_add(cells.bytes());
        if !budget.holds(unpacked) {
            return Err(too_much());
        }
        let ends = cells.ends();
        for i in 0..cells.len().min(columns as usize * rows as usize) {
            budget.go_on_at(i)?;
            let raw = cells.at(i);
            let cell = Cell {
                grid: &grid,
                column: left + i as u32 % columns,
                row: top + i as u32 / columns,
                degrees: OnceCell::new(),
            };
            let seen = window.is_none_or(|window| window.holds(&cell));
            if options.within.is_some_and(|within| !seen || !cell.meets(within)) {
                outside += 1;
                continue;
            }
            infinite += u64::from(values.is_infinite(raw));
            let Some(people) = values.people(file, raw, ends, &cell)? else { continue };
            let properties = Properties::from_iter([("population".to_owned(), Value::from(people))]);
            let id = Some(format!("{}_{}", cell.column, cell.row));
            features.push(RawFeature { index: features.len(), id, geometry: Some(cell.geometry()), properties });
            let beyond = (features.len() as u64).saturating_sub(LEAST_CELLS);
            if !budget.holds(beyond.saturating_mul(BYTES_PER_CELL)) {
                return Err(too_much());
            }
        }
    }
    if outside > 0 {
        let all = u64::from(width) * u64::from(height);
        let share = format!("{:.1}", 100.0 * outside as f64 / all as f64);
        let found = message!("message.cells_away", n = outside.to_string(), all = all.to_string(), share = share);
        issues.note(IssueCode::PartNotUsed, &Place::file(file), found, message!("message.cells_within"));
    }
    if infinite > 0 {
        let found = message!("message.cells_infinite", n = infinite.to_string());
        let place = Place::file(file).field("population");
        issues.note(IssueCode::NotUnderstood, &place, found, message!("message.number_left_out"));
    }
    Ok(ParsedFile { format: Format::GeoTiff, encoding: None, crs, features, table: None })
}

/// What the library may take for one piece of an image.
fn limits(budget: Budget<'_>) -> Limits {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = usize::try_from(budget.most()).unwrap_or(usize::MAX);
    limits.intermediate_buffer_size = limits.decoding_buffer_size;
    limits
}

/// Compressions that are not read, by the numbers of the tag, with their names.
const NOT_READ: [(u16, &str); 6] = [
    (34_887, "LERC"),
    (34_925, "LZMA"),
    (34_712, "JPEG 2000"),
    (50_001, "WebP"),
    (50_002, "JPEG XL"),
    (52_546, "JPEG XL"),
];

/// The inner error refuses a compression that is not read, with the command that takes it away.
fn refuse_compression(file: &str, image: &mut Image<'_>) -> Result<Result<(), InputError>, TiffError> {
    let code = image.find_tag_unsigned::<u16>(Tag::Compression)?.unwrap_or(CompressionMethod::None.to_u16());
    let Some((_, name)) = NOT_READ.iter().find(|(number, _)| *number == code) else { return Ok(Ok(())) };
    let command = format!("gdal_translate -co COMPRESS=DEFLATE {file} deflate.tif");
    let found = message!("message.tif_compression", name = *name);
    Ok(Err(InputError::wrong(Place::file(file), found, message!("message.tif_compressions"))
        .with_help(message!("message.convert_by", command = command))))
}

/// Columns and rows that certainly hold every cell of a region.
#[derive(Clone, Copy)]
struct Window {
    columns: (f64, f64),
    rows: (f64, f64),
}

impl Window {
    fn holds(&self, cell: &Cell<'_>) -> bool {
        let within = |(low, high): (f64, f64), n: u32| (low..=high).contains(&f64::from(n));
        within(self.columns, cell.column) && within(self.rows, cell.row)
    }
}

/// A cell of an image.
pub(super) struct Cell<'a> {
    grid: &'a RasterGrid,
    /// Counted from 0.
    pub(super) column: u32,
    /// Counted from 0.
    pub(super) row: u32,
    /// Its corners, WGS 84.
    degrees: OnceCell<[LonLat; 4]>,
}

impl Cell<'_> {
    /// Its corners in the order of a ring, in the coordinates of the file.
    fn corners(&self) -> [LonLat; 4] {
        let (column, row) = (f64::from(self.column), f64::from(self.row));
        let at = |across: f64, down: f64| self.grid.transform.at(column + across, row + down);
        [at(0.0, 1.0), at(1.0, 1.0), at(1.0, 0.0), at(0.0, 0.0)]
    }

    fn degrees(&self) -> &[LonLat; 4] {
        self.degrees.get_or_init(|| self.corners().map(|corner| self.grid.to_degrees(corner)))
    }

    fn meets(&self, within: Extent) -> bool {
        let corners = self.degrees();
        corners.iter().all(|p| is_degrees(*p))
            && corners.iter().copied().map(Extent::of).reduce(Extent::with).is_some_and(|e| e.meets(within, 0.0))
    }

    /// Area on the ellipsoid, m².
    pub(super) fn area_m2(&self) -> f64 {
        let ring: LineString<f64> = self.degrees().iter().map(|p| Coord { x: p.lon, y: p.lat }).collect();
        Polygon::new(ring, Vec::new()).geodesic_area_unsigned()
    }

    fn geometry(&self) -> Geometry {
        let (column, row) = (f64::from(self.column) + 0.5, f64::from(self.row) + 0.5);
        let middle = self.grid.transform.at(column, row);
        let size = self.grid.transform.cell_area();
        let area_m2 = match &self.grid.reprojection {
            None => size * DEGREE_M * DEGREE_M * libm::cos(middle.lat.to_radians()),
            Some(_) => self.area_m2(),
        };
        if area_m2 <= ONE_POINT_M2 {
            return Geometry::Point(middle);
        }
        let corners = self.corners();
        Geometry::Polygon(vec![corners.iter().chain(corners.first()).copied().collect()])
    }
}

impl RasterGrid {
    fn to_degrees(&self, at: LonLat) -> LonLat {
        self.reprojection.as_ref().map_or(at, |reprojection| reprojection.to_wgs84(at))
    }

    /// The columns and rows of an extent, a twentieth larger on every side because its edges may be bent; `None` if some of
    /// it has no place in the image's system.
    fn window(&self, within: Extent) -> Option<Window> {
        const STEPS: u32 = 16;
        let Extent { low, high } = within;
        let mut window: Option<Window> = None;
        for step in 0..=STEPS {
            let share = f64::from(step) / f64::from(STEPS);
            let (lon, lat) = (low.lon + share * (high.lon - low.lon), low.lat + share * (high.lat - low.lat));
            for place in [(lon, low.lat), (lon, high.lat), (low.lon, lat), (high.lon, lat)] {
                let place = LonLat::new(place.0, place.1);
                let in_file = self.reprojection.as_ref().map_or(place, |way| way.position_of(place));
                let (column, row) = self.transform.cell(in_file);
                if !(column.is_finite() && row.is_finite()) {
                    return None;
                }
                let wider = |(low, high): (f64, f64), n: f64| (low.min(n), high.max(n));
                let so_far = window.unwrap_or(Window { columns: (column, column), rows: (row, row) });
                window = Some(Window { columns: wider(so_far.columns, column), rows: wider(so_far.rows, row) });
            }
        }
        let slack = |(low, high): (f64, f64)| {
            let slack = 2.0 + 0.05 * (high - low);
            (low - slack, high + slack)
        };
        window.map(|Window { columns, rows }| Window { columns: slack(columns), rows: slack(rows) })
    }

    /// Whether a block of cells certainly lies beside an extent. Blocks of projected images are bent in degrees: they are
    /// taken a quarter larger than their edge.
    fn lies_beside(&self, within: Extent, (left, top): (u32, u32), (columns, rows): (u32, u32)) -> bool {
        let at = |across: f64, down: f64| {
            let column = f64::from(left) + across * f64::from(columns);
            self.to_degrees(self.transform.at(column, f64::from(top) + down * f64::from(rows)))
        };
        let steps = [0.0, 0.25, 0.5, 0.75, 1.0];
        let edge = steps.iter().flat_map(|s| [at(*s, 0.0), at(*s, 1.0), at(0.0, *s), at(1.0, *s)]);
        let mut extent: Option<Extent> = None;
        for place in edge {
            if !is_degrees(place) {
                return false;
            }
            extent = Some(extent.map_or(Extent::of(place), |e| e.with(Extent::of(place))));
        }
        let bent = if self.reprojection.is_some() { 0.25 } else { 0.0 };
        extent.is_some_and(|e| !e.meets(within, bent * (e.high.lon - e.low.lon).max(e.high.lat - e.low.lat)))
    }
}

/// The grid of an image, and the name of its reference system.
fn grid(
    file: &str,
    image: &mut Image<'_>,
    (width, height): (u32, u32),
    options: RasterOptions<'_>,
) -> Result<(RasterGrid, Option<String>), InputError> {
    let keys = GeoKeys::of(image);
    let transform = CellTransform::of(image, keys.is_point()).map_err(|what| {
        InputError::wrong(Place::file(file), message!("message.tif_lacks", what = what), message!("message.tif_place"))
    })?;
    let at = || Place::file(file).field("crs");
    let refused = |why| {
        InputError::wrong(at(), why, message!("message.crs_wanted"))
            .with_help(message!("message.warp_raster", file = file))
    };
    let stated = options.crs.map(str::to_owned);
    let named = match stated {
        Some(stated) => Some(stated),
        None => keys.reference_system().map_err(refused)?,
    };
    let Some(name) = named else {
        let corners = [(0, 0), (width, 0), (0, height), (width, height)];
        let corners = corners.map(|(column, row)| transform.at(column.into(), row.into()));
        let extent = corners.into_iter().map(Extent::of).reduce(Extent::with);
        // Only where the coordinates were seen to lie in the region as degrees are degrees suggested.
        let degrees = extent.filter(|_| corners.iter().all(|p| is_degrees(*p)));
        let fits = degrees.zip(options.within).is_some_and(|(extent, within)| extent.meets(within, 0.0));
        let help =
            if fits { message!("message.raster_degrees") } else { message!("message.raster_any_crs", file = file) };
        let wanted = message!("message.raster_crs_wanted");
        return Err(InputError::wrong(at(), message!("message.raster_without_crs"), wanted).with_help(help));
    };
    let reprojection = crs::parse(&name).map_err(refused)?;
    let crs = reprojection.is_some().then_some(name);
    Ok((RasterGrid { transform, reprojection }, crs))
}

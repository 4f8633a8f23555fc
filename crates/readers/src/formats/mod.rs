//! File formats -> features: one file a format, all with the same [`RawFeature`] as outcome.
//!
//! In: bytes and the [`LayerSpec`] of region.toml. Out: [`ParsedFile`]. The modules of the records read the meaning of a
//! feature.

#[cfg(any(feature = "geopackage", feature = "geoparquet"))]
mod curves;
pub mod esri_json;
#[cfg(feature = "flatgeobuf")]
pub mod flatgeobuf;
pub(crate) mod foreign;
#[cfg(feature = "geotiff")]
mod geo_keys;
pub mod geojson;
#[cfg(feature = "geopackage")]
pub mod geopackage;
#[cfg(feature = "geoparquet")]
pub mod geoparquet;
#[cfg(feature = "kml")]
pub mod kml;
#[cfg(feature = "osm")]
pub mod osm;
#[cfg(feature = "geotiff")]
pub mod raster;
#[cfg(feature = "geotiff")]
mod raster_values;
#[cfg(any(
    feature = "spreadsheet",
    feature = "shapefile",
    feature = "geoparquet",
    feature = "osm",
    feature = "geotiff"
))]
pub mod guard;
mod rings;
#[cfg(feature = "shapefile")]
pub mod shapefile;
pub mod table;
pub mod wkt;
#[cfg(feature = "spreadsheet")]
pub mod workbook;
pub mod write;

use crate::budget::Budget;
use crate::crs::Extent;
use crate::encoding;
use crate::feature::RawFeature;
use crate::fields::Fields;
use crate::settings::LayerSpec;
use crate::source::Source;
use lifering_base::error::{InputError, Place};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::parameters::RasterMeaning;
use lifering_base::records::Layer;
use serde::{Deserialize, Serialize};
use table::TableLayout;

/// A format that layers may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A `FeatureCollection`, a feature or a geometry.
    GeoJson,
    /// Features one a line.
    GeoJsonSeq,
    /// A table of text.
    Csv,
    /// A table of Excel or `OpenDocument`.
    Workbook,
    /// `.shp` and what lies beside it.
    Shapefile,
    /// A database with geometries.
    GeoPackage,
    /// A Parquet file with geometries.
    GeoParquet,
    /// Features behind an index.
    FlatGeobuf,
    /// Placemarks, packed or not.
    Kml,
    /// What `ArcGIS` exports as JSON.
    EsriJson,
    /// An `OpenStreetMap` extract.
    OsmPbf,
    /// A raster of counts.
    GeoTiff,
    /// Typed records that no file holds.
    Records,
    /// A table of Arrow in memory.
    Arrow,
}

impl Format {
    /// Name for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::GeoJson => "GeoJSON",
            Self::GeoJsonSeq => "GeoJSONSeq",
            Self::Csv => "CSV",
            Self::Workbook => "workbook",
            Self::Shapefile => "Shapefile",
            Self::GeoPackage => "GeoPackage",
            Self::GeoParquet => "GeoParquet",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::Kml => "KML",
            Self::EsriJson => "Esri JSON",
            Self::OsmPbf => "OSM PBF",
            Self::GeoTiff => "GeoTIFF",
            Self::Records => "records",
            Self::Arrow => "Arrow",
        }
    }

    /// The format by the extension of a file's name; GeoJSON for any other.
    pub fn of(file: &str) -> Self {
        let extension = file.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
        match extension.as_str() {
            "csv" | "tsv" | "txt" => Self::Csv,
            "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => Self::Workbook,
            "shp" => Self::Shapefile,
            "gpkg" => Self::GeoPackage,
            "parquet" | "geoparquet" => Self::GeoParquet,
            "fgb" => Self::FlatGeobuf,
            "kml" | "kmz" => Self::Kml,
            "pbf" => Self::OsmPbf,
            "tif" | "tiff" => Self::GeoTiff,
            _ => Self::GeoJson,
        }
    }
}

/// The content of a file.
#[derive(Debug)]
pub struct ParsedFile {
    /// Format.
    pub format: Format,
    /// Encoding of the text; `None` for a format that is not text.
    pub encoding: Option<&'static str>,
    /// Reference system that the file names; `None` if it names none.
    pub crs: Option<String>,
    /// In file order.
    pub features: Vec<RawFeature>,
    /// How they stood in their table; `None` if the file is no table.
    pub table: Option<TableLayout>,
}

impl ParsedFile {
    /// The same, of a text in an encoding.
    fn in_encoding(self, encoding: &'static str) -> Self {
        Self { encoding: Some(encoding), ..self }
    }
}

/// The purpose of reading a file.
#[derive(Clone, Copy, Debug)]
pub struct Purpose<'a> {
    /// The layer.
    pub layer: Layer,
    /// Source of the files beside it.
    pub source: &'a Source,
    /// Extent of the region, to which a raster is cut; `None` if it is not known.
    pub within: Option<Extent>,
    /// What the numbers of a population raster are; `None` if region.toml does not say.
    pub raster: Option<RasterMeaning>,
    /// A position in the region; `None` if none is known.
    pub near: Option<LonLat>,
    /// Names of the layer's fields, by which the headings of a table are recognised; `None` for a file that is no table.
    pub fields: Option<&'a Fields>,
    /// What reading may take.
    pub budget: Budget<'a>,
}

impl<'a> Purpose<'a> {
    /// A layer of a region of which nothing else is known.
    pub fn of(layer: Layer, source: &'a Source) -> Self {
        Self { layer, source, within: None, near: None, fields: None, raster: None, budget: Budget::default() }
    }

    /// Where the places of the layer are expected; `None` if nothing is known.
    pub fn region(&self) -> Option<Extent> {
        /// Half the width of a region of which one position is known, degrees.
        const AROUND: f64 = 5.0;
        let around = |p: LonLat| Extent {
            low: LonLat::new(p.lon - AROUND, p.lat - AROUND),
            high: LonLat::new(p.lon + AROUND, p.lat + AROUND),
        };
        self.within.or_else(|| self.near.map(around))
    }
}

/// Reads a file by its extension.
pub fn read(
    spec: &LayerSpec,
    bytes: &[u8],
    purpose: Purpose<'_>,
    issues: &mut Issues,
) -> Result<ParsedFile, InputError> {
    foreign::by_bytes(&spec.file, bytes)?;
    let budget = purpose.budget.of_file(bytes.len(), spec.unpacked_mb);
    let parsed = by_format(spec, bytes, Purpose { budget, ..purpose }, issues);
    // Libraries have words of their own for a reader that stops.
    budget.go_on()?;
    parsed
}

fn by_format(
    spec: &LayerSpec,
    bytes: &[u8],
    purpose: Purpose<'_>,
    issues: &mut Issues,
) -> Result<ParsedFile, InputError> {
    let file = &spec.file;
    let format = Format::of(file);
    match format {
        #[cfg(feature = "spreadsheet")]
        Format::Workbook => guarded(file, format, || workbook::read(spec, bytes, purpose, issues)),
        #[cfg(feature = "shapefile")]
        Format::Shapefile => guarded(file, format, || shapefile::read(spec, bytes, purpose, issues)),
        #[cfg(feature = "geopackage")]
        Format::GeoPackage => geopackage::read(spec, bytes, purpose, issues),
        #[cfg(feature = "geoparquet")]
        Format::GeoParquet => guarded(file, format, || geoparquet::read(spec, bytes, purpose.budget, issues)),
        #[cfg(feature = "flatgeobuf")]
        Format::FlatGeobuf => flatgeobuf::read(spec, bytes, purpose.budget, issues),
        #[cfg(feature = "kml")]
        Format::Kml => kml::read(spec, bytes, purpose.budget, issues),
        #[cfg(feature = "osm")]
        Format::OsmPbf => osm::read(file, bytes, purpose.layer, purpose.budget, issues),
        Format::GeoTiff if purpose.layer != Layer::Population => {
            let found = message!("message.raster_as", layer = purpose.layer.key());
            Err(InputError::wrong(Place::file(file), found, message!("message.raster_people")))
        }
        #[cfg(feature = "geotiff")]
        Format::GeoTiff => {
            let Purpose { within, raster: meaning, budget, .. } = purpose;
            let options = raster::RasterOptions { within, crs: spec.crs.as_deref(), meaning, budget };
            guarded(file, format, || raster::read(file, bytes, options, issues))
        }
        Format::Csv => {
            let text = text(spec, bytes, issues)?;
            Ok(table::csv(spec, &text.text, purpose, issues)?.in_encoding(text.encoding))
        }
        Format::GeoJson | Format::GeoJsonSeq | Format::EsriJson | Format::Records | Format::Arrow => {
            let text = text(spec, bytes, issues)?;
            let parsed = if esri_json::is_esri_json(&text.text) {
                esri_json::read(spec, &text.text, issues)
            } else {
                geojson::read(file, &text.text, issues)
            };
            Ok(parsed?.in_encoding(text.encoding))
        }
        #[cfg(not(all(
            feature = "spreadsheet",
            feature = "shapefile",
            feature = "geopackage",
            feature = "geoparquet",
            feature = "flatgeobuf",
            feature = "kml",
            feature = "osm",
            feature = "geotiff"
        )))]
        left_out => Err(not_built(file, left_out)),
    }
}

/// Reads with a library that may panic on damaged bytes.
#[cfg(any(feature = "spreadsheet", feature = "shapefile", feature = "geoparquet", feature = "geotiff"))]
fn guarded<T>(file: &str, format: Format, read: impl FnOnce() -> Result<T, InputError>) -> Result<T, InputError> {
    guard::caught(file, format, || guard::quietly(read))
}

/// The format's Cargo feature is off in this build.
#[cfg(not(all(
    feature = "spreadsheet",
    feature = "shapefile",
    feature = "geopackage",
    feature = "geoparquet",
    feature = "flatgeobuf",
    feature = "kml",
    feature = "osm",
    feature = "geotiff"
)))]
fn not_built(file: &str, format: Format) -> InputError {
    InputError::wrong(Place::file(file), format.name(), message!("message.format_built"))
        .with_help(message!("message.format_feature"))
}

/// Decodes a text file and notes any other encoding than UTF-8.
fn text<'a>(spec: &LayerSpec, bytes: &'a [u8], issues: &mut Issues) -> Result<encoding::DecodedText<'a>, InputError> {
    let text = encoding::decode(&spec.file, bytes, spec.encoding.as_deref())?;
    if text.guessed || text.encoding != "UTF-8" {
        let code = if text.guessed { IssueCode::EncodingGuessed } else { IssueCode::Encoding };
        issues.note(code, &Place::file(&spec.file), text.encoding, message!("message.decoded"));
    }
    Ok(text)
}

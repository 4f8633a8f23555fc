//! `GeoParquet` 1.0 and 1.1, and Parquet with geometry types of its own (Parquet 2.11).
//!
//! In: the bytes of a Parquet file. Out: features: the primary geometry column, in well-known binary or in one of the
//! native encodings, and all other columns as properties.

mod leaves;
mod metadata;
mod native;
mod pages;
mod values;

use super::{Format, ParsedFile, curves, wkt};
use crate::budget::Budget;
use crate::feature::RawFeature;
use crate::geometry::Geometry;
use crate::library_errors;
use crate::properties::Property;
use crate::settings::LayerSpec;
use bytes::Bytes;
use leaves::{Beyond, Leaf, LeafValues, RowGroup};
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::{Message, message};
pub use metadata::crs_name;
use metadata::{Encoding, GeometryColumn};
use pages::Packing;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::SchemaDescriptor;
use std::collections::BTreeMap;
use std::sync::Arc;
use values::PropertyColumn;

/// Memory that a row takes, bytes.
const BYTES_PER_ROW: u64 = 256;
/// Memory that a value of a column takes beside what it unpacks to, bytes: itself, its levels and the property made of it.
const BYTES_PER_VALUE: u64 = 48;

/// Features of a `GeoParquet` file.
pub fn read(spec: &LayerSpec, bytes: &[u8], budget: Budget<'_>, issues: &mut Issues) -> Result<ParsedFile, InputError> {
    let file = &spec.file;
    let refused = |found: Message| InputError::wrong(Place::file(file), found, message!("message.geoparquet"));
    let wrong = |e: ParquetError| refused(library_errors::damaged(&e));
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).map_err(wrong)?;
    let about = reader.metadata().file_metadata();
    let geometry = metadata::geometry_column(about).map_err(|found| {
        let help = message!("message.convert_by", command = format!("ogr2ogr layer.gpkg {file}"));
        refused(found).with_help(help)
    })?;
    let rows = reader.metadata().row_groups().iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(u64::MAX));
    if !budget.holds(rows.fold(0_u64, u64::saturating_add).saturating_mul(BYTES_PER_ROW)) {
        return Err(refused(message!("message.rows_beyond_file")).with_help(message!("message.unpack_help")));
    }
    let crs = match (&spec.crs, &geometry.crs) {
        // A reference system in region.toml goes first; that of the file need not be understood then.
        (Some(_), _) => None,
        (None, Ok(name)) => name.clone(),
        (None, Err(found)) => {
            let wanted = message!("message.raster_crs_wanted");
            return Err(InputError::wrong(Place::file(file).field("crs"), found.clone(), wanted)
                .with_help(message!("message.state_crs")));
        }
    };
    let layout = Layout::of(about.schema_descr(), geometry).map_err(refused)?;
    if !layout.unread.is_empty() {
        let found = message!("message.nested_columns", names = layout.unread.join(", "));
        issues.note(IssueCode::PartNotUsed, &Place::file(file), found, message!("message.left_out"));
    }
    if !budget.holds(layout.needs(reader.metadata(), bytes, budget.most())) {
        return Err(budget.refuse(file, message!("message.geoparquet")));
    }
    let tolerance = curves::tolerance(spec.crs.as_deref().or(crs.as_deref()));
    let mut features = Vec::new();
    for group in 0..reader.num_row_groups() {
        budget.go_on()?;
        let group = reader.get_row_group(group).map_err(wrong)?;
        let source = RowGroup { reader: group.as_ref(), budget };
        layout.read(&source, file, tolerance, &mut features, issues).map_err(|e| match e {
            ParquetError::External(e) if e.is::<Beyond>() => budget.refuse(file, message!("message.geoparquet")),
            e => wrong(e),
        })?;
    }
    Ok(ParsedFile { format: Format::GeoParquet, encoding: None, crs, features, table: None })
}

/// Which leaves of the schema are what.
struct Layout {
    encoding: Encoding,
    /// The leaf of well-known binary, or those of x and y.
    geometry: Vec<usize>,
    properties: Vec<PropertyColumn>,
    /// Columns of a form that is not read.
    unread: Vec<String>,
}

impl Layout {
    /// The error says what the geometry column lacks.
    fn of(schema: &SchemaDescriptor, column: GeometryColumn) -> Result<Self, Message> {
        let mut by_root: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for leaf in 0..schema.num_columns() {
            by_root.entry(schema.get_column_root_idx(leaf)).or_default().push(leaf);
        }
        let (mut geometry, mut properties, mut unread) = (Vec::new(), Vec::new(), Vec::new());
        for leaves in by_root.into_values() {
            let root = schema.get_column_root(leaves[0]).name();
            if root == column.name {
                geometry = leaves;
            } else if column.beside.iter().any(|other| other == root) {
                // Bounding boxes, and geometries that are not the primary one.
            } else {
                match PropertyColumn::of(schema, &leaves) {
                    Some(property) => properties.push(property),
                    None => unread.push(root.to_owned()),
                }
            }
        }
        let named = |leaf: &usize, name: &str| schema.column(*leaf).name() == name;
        let wanted: Vec<usize> = match column.encoding {
            Encoding::Wkb => geometry.iter().take(1).copied().collect(),
            Encoding::Native { .. } => {
                ["x", "y"].iter().filter_map(|name| geometry.iter().find(|leaf| named(leaf, name)).copied()).collect()
            }
        };
        let fits = match column.encoding {
            Encoding::Wkb => wanted.len() == 1 && leaves::is_bytes(schema, wanted[0]),
            Encoding::Native { depth, .. } => {
                wanted.len() == 2 && wanted.iter().all(|leaf| leaves::is_nested_double(schema, *leaf, depth))
            }
        };
        if fits {
            Ok(Self { encoding: column.encoding, geometry: wanted, properties, unread })
        } else {
            Err(message!("message.geometry_column", name = column.name))
        }
    }

    /// Memory that the columns say they need, bytes.
    fn needs(&self, about: &ParquetMetaData, bytes: &[u8], most: u64) -> u64 {
        let leaves = self.geometry.iter().copied().chain(self.properties.iter().map(PropertyColumn::leaf));
        let leaves: Vec<usize> = leaves.collect();
        let chunks =
            about.row_groups().iter().flat_map(|group| leaves.iter().filter_map(|leaf| group.columns().get(*leaf)));
        chunks.fold(0, |sum, chunk| {
            // A chunk that leads out of the file is refused by the library.
            let start = chunk.dictionary_page_offset().unwrap_or(i64::MAX).min(chunk.data_page_offset());
            let within = |from: i64, length: i64| {
                let from = usize::try_from(from).ok()?;
                bytes.get(from..from.checked_add(usize::try_from(length).ok()?)?.min(bytes.len()))
            };
            let packing = match chunk.compression() {
                Compression::GZIP(_) => Packing::Gzip { most },
                _ => Packing::Other,
            };
            let sums = pages::sums(within(start, chunk.compressed_size()).unwrap_or_default(), packing);
            sum.saturating_add(sums.unpacked).saturating_add(sums.values.saturating_mul(BYTES_PER_VALUE))
        })
    }

    /// Appends the features of a row group.
    fn read(
        &self,
        group: &RowGroup<'_>,
        file: &str,
        tolerance: f64,
        features: &mut Vec<RawFeature>,
        issues: &mut Issues,
    ) -> Result<(), ParquetError> {
        let rows = usize::try_from(group.reader.metadata().num_rows())?;
        let mut columns: Vec<(Arc<str>, std::vec::IntoIter<Property>)> = Vec::new();
        for column in &self.properties {
            columns.push((column.name.clone(), column.read(group, rows)?.into_iter()));
        }
        let geometries = self.geometries(group, rows)?;
        for geometry in geometries {
            let index = features.len();
            let place = Place { feature: Some(index), ..Place::file(file) };
            let geometry = match geometry {
                RowGeometry::Read(geometry) => geometry,
                RowGeometry::Binary(bytes) => match wkt::parse_curved(&bytes, tolerance) {
                    Ok((geometry, drawn)) => {
                        curves::note(drawn, &place, issues);
                        geometry
                    }
                    Err(why) => {
                        issues.note(IssueCode::GeometryLeftOut, &place, why, message!("message.geometry_left_out"));
                        None
                    }
                },
            };
            let of_row = columns.iter_mut().filter_map(|(name, values)| Some((name.clone(), values.next()?)));
            let properties = of_row.filter(|(_, value)| !value.is_null()).collect();
            features.push(RawFeature { index, id: None, geometry, properties });
        }
        Ok(())
    }

    fn geometries(&self, group: &RowGroup<'_>, rows: usize) -> Result<Vec<RowGeometry>, ParquetError> {
        match (&self.encoding, self.geometry.as_slice()) {
            (Encoding::Wkb, [leaf]) => {
                let leaf = Leaf::read(group, *leaf, rows)?;
                let LeafValues::Bytes(values) = leaf.values else { return Err(damaged("geometry")) };
                let mut values = values.into_iter();
                let one = |there: bool| {
                    let value = if there { values.next().map(RowGeometry::Binary) } else { None };
                    value.unwrap_or(RowGeometry::Read(None))
                };
                Ok(leaf.present.into_iter().map(one).collect())
            }
            (Encoding::Native { kind, depth }, [x, y]) => {
                let (x, y) = (Leaf::read(group, *x, rows)?, Leaf::read(group, *y, rows)?);
                let all = native::geometries(*kind, *depth, x, y).ok_or_else(|| damaged("x, y"))?;
                Ok(all.into_iter().map(RowGeometry::Read).collect())
            }
            _ => Err(damaged("geometry")),
        }
    }
}

/// The geometry of a row.
enum RowGeometry {
    Read(Option<Geometry>),
    /// In well-known binary.
    Binary(Vec<u8>),
}

fn damaged(column: &str) -> ParquetError {
    ParquetError::General(format!("the column {column} does not fit the schema"))
}

//! `GeoParquet` 1.1, for `DuckDB`, geopandas and data lakes: uncovered.parquet, coverage.parquet, the parts of a batch's tables.
//!
//! In: columns and rows of a layer. Out: one Parquet file: the layer's columns, a `geometry` column of well-known
//! binary in WGS 84 (longitude first, the default of the format), a `bbox` column by which readers skip row groups, and
//! the `geo` key. A table without geometry becomes plain Parquet.
//!
//! Written with the `parquet` crate's own column writer: Arrow would double what is compiled.

mod columns;
mod schema;

use super::wkb::{self, Envelope};
use columns::{add_column, add_geometry};
use lifering_report::layers::{Column, Row, Shape};
use parquet::basic::Compression;
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

/// Rows of a row group, the unit that a reader takes or skips.
const ROWS: usize = 65_536;

/// Name of the geometry column.
const GEOMETRY: &str = "geometry";

/// Rows as a file. `note` becomes a key of its own in the file's metadata.
pub fn file(columns: &[Column<'_>], rows: &[Row<'_>], shape: Shape, note: Option<&str>) -> Result<Vec<u8>> {
    let spatial = shape != Shape::Table;
    let boxes: Vec<Option<Envelope>> = rows
        .iter()
        .map(|row| row.geometry.as_ref().filter(|_| spatial).and_then(|geometry| wkb::envelope(geometry, shape)))
        .collect();
    let mut keys = Vec::new();
    if spatial {
        keys.push(KeyValue::new("geo".to_owned(), schema::geo_key(shape, &boxes).to_string()));
    }
    keys.extend(note.map(|note| KeyValue::new("note".to_owned(), note.to_owned())));
    let properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by(concat!("lifering version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(keys))
        .build();
    let schema = Arc::new(parse_message_type(&schema::schema(columns, spatial))?);
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    for (rows, boxes) in rows.chunks(ROWS).zip(boxes.chunks(ROWS)) {
        let mut group = file.next_row_group()?;
        for (n, column) in columns.iter().enumerate() {
            add_column(&mut group, *column, rows, n)?;
        }
        if spatial {
            add_geometry(&mut group, rows, boxes, shape)?;
        }
        group.close()?;
    }
    file.into_inner()
}

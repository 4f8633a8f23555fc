//! `GeoParquet` 1.1 for those who work in `DuckDB`, geopandas or a data lake: uncovered.parquet, coverage.parquet.
//!
//! In: columns and rows of any layer. Out: one Parquet file: the layer's columns, a `geometry` column of well-known binary
//! in WGS 84 (longitude first, the default of the format), a `bbox` column by which readers skip what lies elsewhere, and
//! the `geo` key that says all this. A table without geometry becomes plain Parquet. The same rows give the same bytes.
//!
//! Written with the `parquet` crate's own column writer; Arrow is not needed for it and would double what is compiled.

use super::wkb::{self, Envelope};
use lifering_report::layers::{Cell, Column, Row, Shape, Type};
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::{Value, json};
use std::sync::Arc;

/// Rows of a row group: what a reader takes or skips at once.
const ROWS: usize = 65_536;

/// Name of the column with the geometry.
const GEOMETRY: &str = "geometry";

/// Rows as a file. `note` is kept as a key of its own.
pub fn file(columns: &[Column], rows: &[Row<'_>], shape: Shape, note: Option<&str>) -> Result<Vec<u8>> {
    let spatial = shape != Shape::Table;
    let boxes: Vec<Option<Envelope>> = rows
        .iter()
        .map(|row| row.geometry.as_ref().filter(|_| spatial).and_then(|geometry| wkb::envelope(geometry, shape)))
        .collect();
    let mut keys = Vec::new();
    if spatial {
        keys.push(KeyValue::new("geo".to_owned(), geo_key(shape, &boxes).to_string()));
    }
    keys.extend(note.map(|note| KeyValue::new("note".to_owned(), note.to_owned())));
    let properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by(concat!("lifering version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(keys))
        .build();
    let schema = Arc::new(parse_message_type(&schema(columns, spatial))?);
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

/// The schema in Parquet's own notation.
fn schema(columns: &[Column], spatial: bool) -> String {
    let mut text = String::from("message schema {\n");
    for column in columns {
        let kind = match column.kind {
            Type::Text => "BYTE_ARRAY",
            Type::Real => "DOUBLE",
            Type::Integer => "INT64",
            Type::Flag => "BOOLEAN",
        };
        let note = if column.kind == Type::Text { " (STRING)" } else { "" };
        text.extend(["  OPTIONAL ", kind, " ", column.name, note, ";\n"]);
    }
    if spatial {
        text.extend(["  OPTIONAL BYTE_ARRAY ", GEOMETRY, ";\n"]);
        text.push_str(
            "  OPTIONAL GROUP bbox {\n    REQUIRED DOUBLE xmin;\n    REQUIRED DOUBLE ymin;\n    REQUIRED DOUBLE xmax;\n    REQUIRED DOUBLE ymax;\n  }\n",
        );
    }
    text.push_str("}\n");
    text
}

/// The `geo` key of `GeoParquet` 1.1. Without `crs` the coordinates are longitude and latitude on WGS 84 (OGC:CRS84).
fn geo_key(shape: Shape, boxes: &[Option<Envelope>]) -> Value {
    let kind = match shape {
        Shape::Point => "Point",
        Shape::Line => "LineString",
        Shape::Polygon => "Polygon",
        Shape::MultiPolygon | Shape::Table => "MultiPolygon",
    };
    let mut column = json!({
        "encoding": "WKB",
        "geometry_types": [kind],
        "orientation": "counterclockwise",
        "covering": {"bbox": {
            "xmin": ["bbox", "xmin"], "ymin": ["bbox", "ymin"], "xmax": ["bbox", "xmax"], "ymax": ["bbox", "ymax"],
        }},
    });
    if let Some(Envelope([west, east, south, north])) = boxes.iter().flatten().copied().reduce(Envelope::union) {
        column["bbox"] = json!([west, south, east, north]);
    }
    json!({"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}})
}

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// The next column: its values, and a level for each row that says whether it has one.
fn add<T: DataType>(group: &mut Group<'_>, values: &[T::T], levels: &[i16]) -> Result<()> {
    if let Some(mut column) = group.next_column()? {
        column.typed::<T>().write_batch(values, Some(levels), None)?;
        column.close()?;
    }
    Ok(())
}

/// Values of one kind of the cells of a column.
fn add_cells<'r, T: DataType>(
    group: &mut Group<'_>,
    rows: &'r [Row<'r>],
    n: usize,
    value: impl Fn(&'r Cell<'r>) -> Option<T::T>,
) -> Result<()> {
    let cells: Vec<Option<T::T>> = rows.iter().map(|row| value(&row.cells[n])).collect();
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let values: Vec<T::T> = cells.into_iter().flatten().collect();
    add::<T>(group, &values, &levels)
}

fn add_column(group: &mut Group<'_>, column: Column, rows: &[Row<'_>], n: usize) -> Result<()> {
    match column.kind {
        Type::Text => add_cells::<ByteArrayType>(group, rows, n, |cell| match cell {
            Cell::Text(text) => Some(ByteArray::from(text.as_bytes().to_vec())),
            _ => None,
        }),
        Type::Real => add_cells::<DoubleType>(group, rows, n, |cell| match cell {
            Cell::Real(value) => Some(*value),
            _ => None,
        }),
        Type::Integer => add_cells::<Int64Type>(group, rows, n, |cell| match cell {
            Cell::Integer(value) => Some(*value),
            _ => None,
        }),
        Type::Flag => add_cells::<BoolType>(group, rows, n, |cell| match cell {
            Cell::Flag(value) => Some(*value),
            _ => None,
        }),
    }
}

/// The geometries and their boxes.
fn add_geometry(group: &mut Group<'_>, rows: &[Row<'_>], boxes: &[Option<Envelope>], shape: Shape) -> Result<()> {
    let there = || rows.iter().zip(boxes).filter(|(_, envelope)| envelope.is_some());
    let levels: Vec<i16> = boxes.iter().map(|envelope| i16::from(envelope.is_some())).collect();
    let values: Vec<ByteArray> = there()
        .filter_map(|(row, _)| row.geometry.as_ref())
        .map(|geometry| {
            let mut bytes = Vec::new();
            wkb::write(&mut bytes, geometry, shape);
            ByteArray::from(bytes)
        })
        .collect();
    add::<ByteArrayType>(group, &values, &levels)?;
    // xmin, ymin, xmax, ymax of west, east, south, north.
    for side in [0, 2, 1, 3] {
        let values: Vec<f64> = boxes.iter().flatten().map(|envelope| envelope.0[side]).collect();
        add::<DoubleType>(group, &values, &levels)?;
    }
    Ok(())
}

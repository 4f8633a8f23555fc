//! Columns of a row group.
//!
//! In: rows of a layer, their envelopes. Out: pages of values, appended to the row group in the order of the schema.

use crate::wkb::{self, Envelope};
use lifering_report::layers::{Cell, Column, Row, Shape, Type};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::Result;
use parquet::file::writer::SerializedRowGroupWriter;

/// A row group being written.
pub type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// Appends the next column: its values, and for each row the definition level, 1 if it has a value.
fn add<T: DataType>(group: &mut Group<'_>, values: &[T::T], levels: &[i16]) -> Result<()> {
    if let Some(mut column) = group.next_column()? {
        column.typed::<T>().write_batch(values, Some(levels), None)?;
        column.close()?;
    }
    Ok(())
}

/// Appends the cells of column `n`, of the kind that `value` extracts.
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

/// Appends column `n`.
pub fn add_column(group: &mut Group<'_>, column: Column<'_>, rows: &[Row<'_>], n: usize) -> Result<()> {
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

/// Appends the geometries and their bounding boxes.
pub fn add_geometry(group: &mut Group<'_>, rows: &[Row<'_>], boxes: &[Option<Envelope>], shape: Shape) -> Result<()> {
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

//! The leaves of a Parquet schema: values of one type, with levels that say to which row and list each belongs.
//!
//! In: a row group. Out: [`Leaf`].

use crate::budget::Budget;
use parquet::basic::Type as PhysicalType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader;
use parquet::schema::types::SchemaDescriptor;
use std::fmt;

/// Rows that are read at a time.
const ROWS_AT_ONCE: usize = 1 << 16;

/// A row group, and what reading it may take.
pub(super) struct RowGroup<'a> {
    pub(super) reader: &'a dyn RowGroupReader,
    pub(super) budget: Budget<'a>,
}

/// More than the budget.
#[derive(Debug)]
pub(super) struct Beyond;

impl fmt::Display for Beyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more than the file may unpack to")
    }
}

impl std::error::Error for Beyond {}

/// A leaf of a row group.
pub(super) struct Leaf {
    /// For each place in the rows and their lists: whether a value stands there.
    pub(super) present: Vec<bool>,
    /// For each of these places: 0 where a row begins, else the depth of the list that goes on there.
    pub(super) repetition: Vec<i16>,
    pub(super) values: LeafValues,
}

/// The values of a leaf that are there.
pub(super) enum LeafValues {
    Bool(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<Vec<u8>>),
    /// Of a type that nothing is made of.
    Other,
}

/// Whether a leaf holds bytes, one value a row.
pub(super) fn is_bytes(schema: &SchemaDescriptor, leaf: usize) -> bool {
    let column = schema.column(leaf);
    column.max_rep_level() == 0 && column.physical_type() == PhysicalType::BYTE_ARRAY
}

/// Whether a leaf holds doubles in lists of a depth.
pub(super) fn is_nested_double(schema: &SchemaDescriptor, leaf: usize, depth: i16) -> bool {
    let column = schema.column(leaf);
    column.max_rep_level() == depth && column.physical_type() == PhysicalType::DOUBLE
}

impl Leaf {
    /// Reads a leaf of a row group of so many rows.
    pub(super) fn read(group: &RowGroup<'_>, leaf: usize, rows: usize) -> Result<Self> {
        let RowGroup { reader: group, budget } = group;
        let description = group.metadata().schema_descr().column(leaf);
        let most = description.max_def_level();
        let (levels, values) = match group.get_column_reader(leaf)? {
            ColumnReader::BoolColumnReader(reader) => plain(read_values(reader, rows, *budget)?, LeafValues::Bool),
            ColumnReader::Int32ColumnReader(reader) => plain(read_values(reader, rows, *budget)?, LeafValues::Int32),
            ColumnReader::Int64ColumnReader(reader) => plain(read_values(reader, rows, *budget)?, LeafValues::Int64),
            ColumnReader::FloatColumnReader(reader) => plain(read_values(reader, rows, *budget)?, LeafValues::Float),
            ColumnReader::DoubleColumnReader(reader) => plain(read_values(reader, rows, *budget)?, LeafValues::Double),
            ColumnReader::ByteArrayColumnReader(reader) => {
                let (levels, values) = read_values(reader, rows, *budget)?;
                (levels, LeafValues::Bytes(owned(&values, |value| value.data(), *budget)?))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                let (levels, values) = read_values(reader, rows, *budget)?;
                (levels, LeafValues::Bytes(owned(&values, |value| value.data(), *budget)?))
            }
            ColumnReader::Int96ColumnReader(_) => {
                (Levels { definition: vec![0; rows], repetition: vec![0; rows], values: 0 }, LeafValues::Other)
            }
        };
        // Without definition levels every value is there, without repetition levels every one begins a row.
        let places = if most == 0 { levels.values } else { levels.definition.len() };
        let present = if most == 0 && !matches!(values, LeafValues::Other) {
            vec![true; places]
        } else {
            levels.definition.iter().map(|level| *level == most && most > 0).collect()
        };
        let repetition = if description.max_rep_level() == 0 { vec![0; present.len()] } else { levels.repetition };
        let begun = repetition.iter().filter(|level| **level == 0).count();
        if begun != rows || repetition.len() != present.len() {
            return Err(ParquetError::General(format!("{begun} rows in a column of {rows}")));
        }
        Ok(Self { present, repetition, values })
    }
}

struct Levels {
    definition: Vec<i16>,
    repetition: Vec<i16>,
    /// Number of values.
    values: usize,
}

fn plain<T>((levels, values): (Levels, Vec<T>), of: impl FnOnce(Vec<T>) -> LeafValues) -> (Levels, LeafValues) {
    (levels, of(values))
}

/// Copies of values of bytes. Those of a dictionary are one until they are copied, however often they stand in the column.
fn owned<T>(values: &[T], bytes: impl Fn(&T) -> &[u8], budget: Budget<'_>) -> Result<Vec<Vec<u8>>> {
    let length = |value| bytes(value).len() as u64;
    if !budget.holds(values.iter().map(length).fold(0, u64::saturating_add)) {
        return Err(ParquetError::External(Box::new(Beyond)));
    }
    Ok(values.iter().map(|value| bytes(value).to_vec()).collect())
}

fn read_values<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    budget: Budget<'_>,
) -> Result<(Levels, Vec<T::T>)> {
    let (mut definition, mut repetition, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let mut left = rows;
    while left > 0 && !budget.is_over() {
        let (read, ..) =
            reader.read_records(left.min(ROWS_AT_ONCE), Some(&mut definition), Some(&mut repetition), &mut values)?;
        if read == 0 {
            break;
        }
        left = left.saturating_sub(read);
    }
    Ok((Levels { definition, repetition, values: values.len() }, values))
}

//! The leaves of a Parquet schema: values of one type, with levels that say to which row and list each belongs.
//!
//! In: a row group. Out: [`Leaf`].

use parquet::basic::Type as PhysicalType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader;
use parquet::schema::types::SchemaDescriptor;

/// Rows that are read at a time.
const ROWS_AT_ONCE: usize = 1 << 16;

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
    pub(super) fn read(group: &dyn RowGroupReader, leaf: usize, rows: usize) -> Result<Self> {
        let description = group.metadata().schema_descr().column(leaf);
        let most = description.max_def_level();
        let (levels, values) = match group.get_column_reader(leaf)? {
            ColumnReader::BoolColumnReader(reader) => read(reader, rows, LeafValues::Bool)?,
            ColumnReader::Int32ColumnReader(reader) => read(reader, rows, LeafValues::Int32)?,
            ColumnReader::Int64ColumnReader(reader) => read(reader, rows, LeafValues::Int64)?,
            ColumnReader::FloatColumnReader(reader) => read(reader, rows, LeafValues::Float)?,
            ColumnReader::DoubleColumnReader(reader) => read(reader, rows, LeafValues::Double)?,
            ColumnReader::ByteArrayColumnReader(reader) => read(reader, rows, |values| {
                LeafValues::Bytes(values.into_iter().map(|value| value.data().to_vec()).collect())
            })?,
            ColumnReader::FixedLenByteArrayColumnReader(reader) => read(reader, rows, |values| {
                LeafValues::Bytes(values.into_iter().map(|value| value.data().to_vec()).collect())
            })?,
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

fn read<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    of: impl FnOnce(Vec<T::T>) -> LeafValues,
) -> Result<(Levels, LeafValues)> {
    let (mut definition, mut repetition, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let mut left = rows;
    while left > 0 {
        let (read, ..) =
            reader.read_records(left.min(ROWS_AT_ONCE), Some(&mut definition), Some(&mut repetition), &mut values)?;
        if read == 0 {
            break;
        }
        left = left.saturating_sub(read);
    }
    Ok((Levels { definition, repetition, values: values.len() }, of(values)))
}

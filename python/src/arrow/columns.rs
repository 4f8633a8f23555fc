//! Columns of Arrow as properties of features.
//!
//! In: an array of any type. Out: [`PropertyColumn`]: the same values in one of a few types, and a property a row. A list of one
//! value is that value: Arrow has lists in every row where one row needs them.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, GenericListArray, LargeStringArray, PrimitiveArray};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType, Field};
use lifering_readers::properties::Property;
use serde_json::{Number, Value};
use std::sync::Arc;

/// A column that becomes a property.
#[derive(Debug)]
pub struct PropertyColumn {
    /// Its name.
    pub name: Arc<str>,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Bool(BooleanArray),
    Int(PrimitiveArray<Int64Type>),
    Unsigned(PrimitiveArray<UInt64Type>),
    Real(PrimitiveArray<Float64Type>),
    Text(LargeStringArray),
    List(GenericListArray<i64>, Box<Values>),
    /// No row has a value.
    Nothing,
}

impl PropertyColumn {
    /// The column; `None` if its type is none of a property: bytes, structures, maps.
    pub fn of(name: &str, array: &ArrayRef) -> Result<Option<Self>, ArrowError> {
        Ok(Values::of(array)?.map(|values| Self { name: Arc::from(name), values }))
    }

    /// The value of a row; `None` if it has none.
    pub fn property(&self, row: usize) -> Option<Property> {
        self.values.property(row)
    }
}

impl Values {
    fn of(array: &ArrayRef) -> Result<Option<Self>, ArrowError> {
        Ok(Some(match array.data_type() {
            DataType::Null => Self::Nothing,
            DataType::Boolean => Self::Bool(array.as_boolean().clone()),
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => {
                Self::Int(cast(array, &DataType::Int64)?.as_primitive().clone())
            }
            DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => {
                Self::Unsigned(cast(array, &DataType::UInt64)?.as_primitive().clone())
            }
            DataType::Float16
            | DataType::Float32
            | DataType::Float64
            | DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..) => Self::Real(cast(array, &DataType::Float64)?.as_primitive().clone()),
            DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::Date32
            | DataType::Date64
            | DataType::Time32(_)
            | DataType::Time64(_)
            | DataType::Timestamp(..) => Self::Text(cast(array, &DataType::LargeUtf8)?.as_string().clone()),
            DataType::Dictionary(_, values) => return Self::of(&cast(array, values)?),
            DataType::List(item)
            | DataType::LargeList(item)
            | DataType::ListView(item)
            | DataType::LargeListView(item)
            | DataType::FixedSizeList(item, _) => {
                let item = Arc::new(Field::new("item", item.data_type().clone(), true));
                let list: GenericListArray<i64> = cast(array, &DataType::LargeList(item))?.as_list().clone();
                let Some(values) = Self::of(list.values())? else { return Ok(None) };
                Self::List(list, Box::new(values))
            }
            _ => return Ok(None),
        }))
    }

    fn property(&self, row: usize) -> Option<Property> {
        match self {
            Self::Bool(all) => all.is_valid(row).then(|| Property::Bool(all.value(row))),
            Self::Int(all) => all.is_valid(row).then(|| Property::Number(all.value(row).into())),
            Self::Unsigned(all) => all.is_valid(row).then(|| Property::Number(all.value(row).into())),
            // Not a number is no value, as pandas has it.
            Self::Real(all) => {
                let number = all.is_valid(row).then(|| Number::from_f64(all.value(row))).flatten();
                number.map(Property::Number)
            }
            Self::Text(all) => all.is_valid(row).then(|| Property::Text(all.value(row).into())),
            Self::List(lists, values) => {
                if lists.is_null(row) {
                    return None;
                }
                let offsets = lists.value_offsets();
                let (start, end) = (usize::try_from(offsets[row]).ok()?, usize::try_from(offsets[row + 1]).ok()?);
                match end - start {
                    0 => None,
                    1 => values.property(start),
                    _ => {
                        let of_item = |at| values.property(at).as_ref().map_or(Value::Null, Value::from);
                        Some(Property::from(Value::Array((start..end).map(of_item).collect())))
                    }
                }
            }
            Self::Nothing => None,
        }
    }
}

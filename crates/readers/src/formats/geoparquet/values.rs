//! Columns of a Parquet file as properties.
//!
//! In: leaves. Out: a value a row: what the logical type of the column makes of the stored one. Lists of values stay lists.

use super::leaves::{Leaf, LeafValues, RowGroup};
use crate::properties::Property;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::errors::Result;
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};
use serde_json::Value;
use std::sync::Arc;

/// A column that becomes a property.
pub(super) struct PropertyColumn {
    pub(super) name: Arc<str>,
    leaf: usize,
    meaning: Meaning,
    /// Whether each row holds a list.
    list: bool,
}

/// What stored values mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Themselves.
    Plain,
    /// Whole numbers without a sign.
    Unsigned,
    /// Days since 1970.
    Date,
    /// So many to the second since 1970.
    Timestamp(i64),
    /// Whole numbers times ten to the minus this.
    Decimal(i32),
}

impl Meaning {
    fn of(column: &ColumnDescriptor) -> Self {
        match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Integer(integer)), _) if !integer.is_signed => Self::Unsigned,
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Self::Date,
            (Some(LogicalType::Timestamp(timestamp)), _) => Self::Timestamp(match timestamp.unit {
                TimeUnit::MILLIS => 1_000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            }),
            (None, ConvertedType::TIMESTAMP_MILLIS) => Self::Timestamp(1_000),
            (None, ConvertedType::TIMESTAMP_MICROS) => Self::Timestamp(1_000_000),
            (Some(LogicalType::Decimal(decimal)), _) => Self::Decimal(decimal.scale),
            (None, ConvertedType::DECIMAL) => Self::Decimal(column.type_scale()),
            _ => Self::Plain,
        }
    }

    fn whole(self, n: i64) -> Value {
        match self {
            Self::Plain | Self::Unsigned => Value::from(n),
            Self::Date => Value::from(date(n)),
            Self::Timestamp(per_second) => Value::from(moment(n.div_euclid(per_second))),
            Self::Decimal(scale) => decimal(n as f64, scale),
        }
    }

    fn bytes(self, bytes: Vec<u8>) -> Value {
        match self {
            // Two's complement, the largest byte first.
            Self::Decimal(scale) => {
                let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
                let start = if negative { -1.0 } else { 0.0 };
                decimal(bytes.iter().fold(start, |n, byte| n * 256.0 + f64::from(*byte)), scale)
            }
            _ => String::from_utf8(bytes).map_or(Value::Null, Value::from),
        }
    }
}

fn decimal(unscaled: f64, scale: i32) -> Value {
    // Through its digits: 123 and 2 are 1.23, not 1.2299999.
    format!("{unscaled}e{}", -i64::from(scale)).parse::<f64>().map_or(Value::Null, Value::from)
}

/// A date as text, `2024-05-01` (H. Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`).
fn date(days: i64) -> String {
    let days = days.saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A moment as text, `2024-05-01T08:30:00`.
fn moment(seconds: i64) -> String {
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}", date(seconds.div_euclid(86_400)))
}

impl PropertyColumn {
    /// The column of some leaves; `None` if its form is not read: one of several leaves, or lists of lists.
    pub(super) fn of(schema: &SchemaDescriptor, leaves: &[usize]) -> Option<Self> {
        let [leaf] = *leaves else { return None };
        let column = schema.column(leaf);
        let depth = column.max_rep_level();
        // A group of one leaf that is no list is a structure.
        let flat = depth == 0 && column.path().parts().len() == 1;
        (flat || depth == 1).then(|| Self {
            name: schema.get_column_root(leaf).name().into(),
            leaf,
            meaning: Meaning::of(&column),
            list: depth == 1,
        })
    }

    /// Position of its leaf.
    pub(super) fn leaf(&self) -> usize {
        self.leaf
    }

    /// A value for every row.
    pub(super) fn read(&self, group: &RowGroup<'_>, rows: usize) -> Result<Vec<Property>> {
        let leaf = Leaf::read(group, self.leaf, rows)?;
        let meaning = self.meaning;
        let values: Vec<Value> = match leaf.values {
            LeafValues::Bool(all) => all.into_iter().map(Value::from).collect(),
            LeafValues::Int32(all) if meaning == Meaning::Unsigned => {
                all.into_iter().map(|n| Value::from(n.cast_unsigned())).collect()
            }
            LeafValues::Int64(all) if meaning == Meaning::Unsigned => {
                all.into_iter().map(|n| Value::from(n.cast_unsigned())).collect()
            }
            LeafValues::Int32(all) => all.into_iter().map(|n| meaning.whole(n.into())).collect(),
            LeafValues::Int64(all) => all.into_iter().map(|n| meaning.whole(n)).collect(),
            // The shortest number that is this one: 0.1, not 0.10000000149.
            LeafValues::Float(all) => {
                all.into_iter().map(|n| n.to_string().parse::<f64>().map_or(Value::Null, Value::from)).collect()
            }
            LeafValues::Double(all) => all.into_iter().map(Value::from).collect(),
            LeafValues::Bytes(all) => all.into_iter().map(|bytes| meaning.bytes(bytes)).collect(),
            LeafValues::Other => Vec::new(),
        };
        let mut values = values.into_iter();
        let mut found: Vec<Property> = Vec::with_capacity(rows);
        let mut lists: Vec<Vec<Value>> = Vec::new();
        for (there, level) in leaf.present.into_iter().zip(leaf.repetition) {
            let value = if there { values.next() } else { None };
            if !self.list {
                found.push(value.map_or(Property::Null, Property::from));
                continue;
            }
            if level == 0 {
                lists.push(Vec::new());
            }
            if let Some(list) = lists.last_mut() {
                list.extend(value);
            }
        }
        let list = |all: Vec<Value>| if all.is_empty() { Property::Null } else { Value::Array(all).into() };
        found.extend(lists.into_iter().map(list));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_numbers_become_what_they_mean() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(-1), "1969-12-31");
        assert_eq!(date(19_782), "2024-02-29");
        assert_eq!(moment(86_399), "1970-01-01T23:59:59");
        assert_eq!(moment(-1), "1969-12-31T23:59:59");
        assert_eq!(decimal(123.0, 2), Value::from(1.23));
        assert_eq!(Meaning::Decimal(1).bytes(vec![0xff, 0xfb]), Value::from(-0.5));
        assert_eq!(Meaning::Decimal(0).bytes(vec![0x01, 0x00]), Value::from(256.0));
        assert_eq!(Meaning::Plain.bytes(vec![0xff]), Value::Null);
    }
}

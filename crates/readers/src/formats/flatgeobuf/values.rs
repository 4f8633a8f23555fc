//! Properties of a feature in `FlatGeobuf`: the number of a column, then its value, one after the other.
//!
//! In: columns and bytes. Out: [`Properties`].

use super::buffer::{Damaged, Table, bytes_at, u32_at};
use crate::properties::{Properties, Property};
use serde_json::Value;
use std::sync::Arc;

/// Places of the offsets of fields of a column.
const NAME: usize = 4;
const TYPE: usize = 6;

/// A column.
pub(super) struct Column {
    pub(super) name: Arc<str>,
    /// As the schema of the format numbers them.
    kind: u8,
}

impl Column {
    pub(super) fn read(table: Table<'_>) -> Result<Self, Damaged> {
        Ok(Self { name: table.text(NAME)?.unwrap_or_default().into(), kind: table.u8(TYPE)? })
    }
}

/// The values of a feature.
pub(super) fn properties(columns: &[Column], bytes: &[u8]) -> Result<Properties, Damaged> {
    let mut all: Vec<(Arc<str>, Property)> = Vec::with_capacity(columns.len());
    let mut at = 0;
    while at < bytes.len() {
        let number = u16::from_le_bytes(bytes_at(bytes, at)?);
        let column = columns.get(usize::from(number)).ok_or(Damaged)?;
        let (value, length) = value(column.kind, bytes, at + 2)?;
        at += 2 + length;
        if let Some(value) = value.filter(|_| all.iter().all(|(name, _)| *name != column.name)) {
            all.push((column.name.clone(), value.into()));
        }
    }
    Ok(all.into_iter().collect())
}

/// A value and its length; `None` for bytes without meaning to lifering.
fn value(kind: u8, bytes: &[u8], at: usize) -> Result<(Option<Value>, usize), Damaged> {
    fn number<const N: usize>(
        bytes: &[u8],
        at: usize,
        of: impl FnOnce([u8; N]) -> Value,
    ) -> Result<(Option<Value>, usize), Damaged> {
        Ok((Some(of(bytes_at(bytes, at)?)), N))
    }
    match kind {
        0 => number(bytes, at, |b| i8::from_le_bytes(b).into()),
        1 => number(bytes, at, |b| u8::from_le_bytes(b).into()),
        2 => number(bytes, at, |[b]| (b != 0).into()),
        3 => number(bytes, at, |b| i16::from_le_bytes(b).into()),
        4 => number(bytes, at, |b| u16::from_le_bytes(b).into()),
        5 => number(bytes, at, |b| i32::from_le_bytes(b).into()),
        6 => number(bytes, at, |b| u32::from_le_bytes(b).into()),
        7 => number(bytes, at, |b| i64::from_le_bytes(b).into()),
        8 => number(bytes, at, |b| u64::from_le_bytes(b).into()),
        // The shortest number that is this one: 0.1, not 0.10000000149.
        9 => number(bytes, at, |b| f32::from_le_bytes(b).to_string().parse::<f64>().map_or(Value::Null, Value::from)),
        10 => number(bytes, at, |b| f64::from_le_bytes(b).into()),
        11..=14 => {
            let length = u32_at(bytes, at)? as usize;
            let text = bytes.get(at + 4..).and_then(|rest| rest.get(..length)).ok_or(Damaged)?;
            let text = String::from_utf8_lossy(text).into_owned();
            let value = match kind {
                12 => Some(serde_json::from_str(&text).unwrap_or(Value::String(text))),
                14 => None,
                _ => Some(Value::String(text)),
            };
            Ok((value, 4 + length))
        }
        _ => Err(Damaged),
    }
}

//! Workbooks of Excel and `OpenDocument`.
//!
//! In: the bytes of a workbook. Out: a feature for each row of one sheet, as [`super::table`] makes them of any table.

use super::table::{features, text_cell, whole_or_not};
use super::{Format, ParsedFile};
use crate::library_errors;
use crate::settings::LayerSpec;
use calamine::{Data, Reader, open_workbook_auto_from_rs};
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::{Message, message};
use serde_json::Value;
use std::io::Cursor;

/// Features of a workbook's sheet.
pub fn read(spec: &LayerSpec, bytes: &[u8], place_needed: bool, issues: &mut Issues) -> Result<ParsedFile, InputError> {
    let file = &spec.file;
    let wrong = |found: Message| InputError::wrong(Place::file(file), found, message!("message.workbook"));
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| wrong(library_errors::damaged(&e)))?;
    let names = book.sheet_names();
    let mut filled = Vec::new();
    for name in &names {
        if let Ok(range) = book.worksheet_range(name)
            && !range.is_empty()
        {
            filled.push((name.clone(), range));
        }
    }
    let chosen = match &spec.sheet {
        Some(sheet) => filled.iter().position(|(name, _)| name == sheet).ok_or_else(|| {
            InputError::wrong(
                Place::file(file).field("sheet"),
                format!("\"{sheet}\""),
                message!("message.one_of", all = names.join(", ")),
            )
        })?,
        None if filled.is_empty() => return Err(wrong(message!("message.no_sheet"))),
        None => 0,
    };
    let (_, range) = filled.swap_remove(chosen);
    if spec.sheet.is_none() && !filled.is_empty() {
        let others: Vec<&str> = filled.iter().map(|(name, _)| name.as_str()).collect();
        let wanted = message!("message.first_sheet");
        issues.note(
            IssueCode::PartNotUsed,
            &Place::file(file),
            message!("message.other_sheets", all = others.join(", ")),
            wanted,
        );
    }
    let rows = range.rows().map(|row| row.iter().map(excel_cell).collect()).collect();
    features(spec, rows, Format::Workbook, place_needed, issues)
}

fn excel_cell(data: &Data) -> Value {
    match data {
        Data::Int(n) => Value::from(*n),
        Data::Float(n) => whole_or_not(*n),
        Data::Bool(b) => Value::Bool(*b),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text_cell(text),
        Data::DateTime(time) => Value::from(time.as_f64()),
        Data::Error(error) => Value::from(error.to_string()),
        Data::Empty => Value::Null,
    }
}

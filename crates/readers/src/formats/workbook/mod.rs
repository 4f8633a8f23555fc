//! Workbooks of Excel and `OpenDocument`.
//!
//! In: the bytes of a workbook. Out: a feature for each row of one sheet, as [`super::table`] makes them of any table. What
//! is hidden is not meant: hidden sheets, rows and columns, and the rows that a filter hides, are noted and left out.

mod xlsx_parts;

use super::table::{self, Grid, GridRow, MergedCells, features, text_cell, whole_or_not};
use super::{ParsedFile, Purpose};
use crate::budget::{Budget, Watched};
use crate::formats::Format;
use crate::library_errors;
use crate::numbers::DecimalSign;
use crate::settings::LayerSpec;
use calamine::{Cell, Data, DataRef, Reader, SheetVisible, Sheets, open_workbook_auto_from_rs};
use lifering_base::error::{InputError, Place, TableRow};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::{Message, message};
use serde_json::Value;
use std::io::Cursor;
use xlsx_parts::{SheetParts, XlsxParts};

/// Memory that a cell takes, bytes.
const BYTES_PER_CELL: u64 = 32;

/// A workbook in memory.
type Book<'a> = Sheets<Packed<'a>>;

/// The bytes of a workbook, which libraries stop reading once the run is to stop.
type Packed<'a> = Watched<'a, Cursor<&'a [u8]>>;

/// Features of a workbook's sheet.
pub fn read(
    spec: &LayerSpec,
    bytes: &[u8],
    purpose: Purpose<'_>,
    issues: &mut Issues,
) -> Result<ParsedFile, InputError> {
    let (file, budget) = (&spec.file, purpose.budget);
    let wrong = |found: Message| InputError::wrong(Place::file(file), found, message!("message.workbook"));
    // Before anything is unpacked.
    let parts = XlsxParts::open(file, bytes, budget)?;
    let mut book =
        open_workbook_auto_from_rs(budget.watch(Cursor::new(bytes))).map_err(|e| wrong(library_errors::damaged(&e)))?;
    let all: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let mut read = |name: &str, issues: &mut Issues| {
        let at = all.iter().position(|(other, _)| other == name).unwrap_or(0);
        sheet(&mut book, name, parts.as_ref().and_then(|parts| parts.sheet(at)), (file, budget), issues)
    };
    if let Some(wanted) = &spec.sheet {
        if !all.iter().any(|(name, _)| name == wanted) {
            let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
            let place = Place::file(file).field("sheet");
            return Err(InputError::wrong(
                place,
                format!("\"{wanted}\""),
                message!("message.one_of", all = names.join(", ")),
            ));
        }
        let grid = read(wanted, issues)?;
        return features(spec, grid, DecimalSign::Point, Format::Workbook, purpose, issues);
    }
    let hidden: Vec<&str> = all.iter().filter(|(_, visible)| !visible).map(|(name, _)| name.as_str()).collect();
    if !hidden.is_empty() {
        let found = message!("message.hidden_sheets", all = hidden.join(", "));
        issues.note(IssueCode::HiddenLeftOut, &Place::file(file), found, message!("message.hidden_left_out"));
    }
    let mut chosen: Option<(Grid, Issues)> = None;
    let mut others: Vec<&str> = Vec::new();
    let mut settled = false;
    for (name, _) in all.iter().filter(|(_, visible)| *visible) {
        let mut own = issues.empty_like();
        if settled {
            others.push(name);
            continue;
        }
        let grid = read(name, &mut own)?;
        if grid.rows.is_empty() {
            continue;
        }
        // The first sheet, but for a cover page: then the first that has the columns a layer needs.
        let fits = table::has_places(spec, &grid, purpose);
        settled = fits;
        match &chosen {
            None => chosen = Some((grid, own)),
            Some((first, _)) if fits => {
                others.push(all.iter().find(|(n, _)| Some(n) == first.sheet.as_ref()).map_or("", |(n, _)| n));
                chosen = Some((grid, own));
            }
            Some(_) => others.push(name),
        }
    }
    let Some((grid, own)) = chosen else { return Err(wrong(message!("message.no_sheet"))) };
    issues.append(own);
    if !others.is_empty() {
        let found = message!("message.other_sheets", all = others.join(", "));
        let taken = grid.sheet.clone().unwrap_or_default();
        let wanted = message!("message.sheet_taken", sheet = taken);
        issues.note(IssueCode::PartNotUsed, &Place::file(file), found, wanted);
    }
    features(spec, grid, DecimalSign::Point, Format::Workbook, purpose, issues)
}

/// The visible cells of one sheet.
fn sheet(
    book: &mut Book<'_>,
    name: &str,
    parts: Option<SheetParts>,
    (file, budget): (&str, Budget<'_>),
    issues: &mut Issues,
) -> Result<Grid, InputError> {
    let wrong = |found: Message| InputError::wrong(Place::file(file), found, message!("message.workbook"));
    let mut rows: Vec<GridRow> = Vec::new();
    match book {
        Sheets::Xlsx(book) => {
            let mut reader = book.worksheet_cells_reader(name).map_err(|e| wrong(library_errors::damaged(&e)))?;
            let next = || reader.next_cell().map_err(|e| wrong(library_errors::damaged(&e)));
            sparse(next, (file, budget), &mut rows)?;
        }
        Sheets::Xlsb(book) => {
            let mut reader = book.worksheet_cells_reader(name).map_err(|e| wrong(library_errors::damaged(&e)))?;
            let next = || reader.next_cell().map_err(|e| wrong(library_errors::damaged(&e)));
            sparse(next, (file, budget), &mut rows)?;
        }
        book => {
            let range = book.worksheet_range(name).map_err(|e| wrong(library_errors::damaged(&e)))?;
            let cells = (range.width() as u64).saturating_mul(range.height() as u64);
            if !budget.holds(cells.saturating_mul(BYTES_PER_CELL)) {
                return Err(too_many_cells(file, budget));
            }
            let (first_row, first_column) = range.start().unwrap_or((0, 0));
            for (at, row) in range.rows().enumerate() {
                let before = std::iter::repeat_n(Value::Null, first_column as usize);
                let cells = before.chain(row.iter().map(excel_cell)).collect();
                rows.push(GridRow { number: first_row + at as u32 + 1, cells });
            }
        }
    }
    let parts = parts.unwrap_or_default();
    let hidden: Vec<u32> = rows.iter().map(|row| row.number).filter(|n| parts.hidden_rows.contains(n)).collect();
    if let (Some(first), Some(last)) = (hidden.first(), hidden.last()) {
        let row = Some(TableRow { sheet: Some(name.to_owned()), number: *first });
        let place = Place { row, ..Place::file(file) };
        let found = message!("message.hidden_rows", n = hidden.len(), first = *first, last = *last);
        issues.note(IssueCode::HiddenLeftOut, &place, found, message!("message.hidden_left_out"));
        rows.retain(|row| !parts.hidden_rows.contains(&row.number));
    }
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    Ok(Grid {
        sheet: Some(name.to_owned()),
        rows,
        merged: parts.merged,
        hidden_columns: parts.hidden_columns.into_iter().filter(|column| *column < width).collect(),
        not_calculated: parts.not_calculated,
    })
}

/// The cells of a sheet as they stand in it: a lone cell far away is one cell, not the range up to it.
fn sparse<'a>(
    mut next: impl FnMut() -> Result<Option<Cell<DataRef<'a>>>, InputError>,
    (file, budget): (&str, Budget<'_>),
    rows: &mut Vec<GridRow>,
) -> Result<(), InputError> {
    let (mut cells, mut filled) = (0_u64, 0);
    while let Some(cell) = next()? {
        budget.go_on_at(filled)?;
        filled += 1;
        let (row, column) = cell.get_position();
        let value = match cell.get_value() {
            DataRef::SharedString(text) => text_cell(text),
            other => excel_cell(&Data::from(other.clone())),
        };
        if value.is_null() {
            continue;
        }
        let number = row.saturating_add(1);
        if rows.last().is_none_or(|last| last.number != number) {
            rows.push(GridRow { number, cells: Vec::new() });
        }
        let Some(last) = rows.last_mut() else { continue };
        let column = column as usize;
        if last.cells.len() <= column {
            cells += (column + 1 - last.cells.len()) as u64;
            if !budget.holds(cells.saturating_mul(BYTES_PER_CELL)) {
                return Err(too_many_cells(file, budget));
            }
            last.cells.resize(column + 1, Value::Null);
        }
        last.cells[column] = value;
    }
    Ok(())
}

fn too_many_cells(file: &str, budget: Budget<'_>) -> InputError {
    let found = message!("message.too_many_cells", n = (budget.most() / BYTES_PER_CELL).to_string());
    InputError::wrong(Place::file(file), found, message!("message.workbook")).with_help(message!("message.unpack_help"))
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

/// A range of cells, as a sheet names it: "B2:B5".
fn merged(range: &str) -> Option<MergedCells> {
    let (from, to) = range.split_once(':')?;
    let (first_row, first_column) = cell_name(from)?;
    let (last_row, last_column) = cell_name(to)?;
    Some(MergedCells { rows: (first_row, last_row), columns: (first_column, last_column) })
}

/// The number of the row and the index of the column of a cell: "B2" is 2 and 1.
fn cell_name(name: &str) -> Option<(u32, usize)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    if !(1..=3).contains(&letters) {
        return None;
    }
    let column = name[..letters].bytes().fold(0, |n, b| n * 26 + usize::from(b.to_ascii_uppercase() - b'A') + 1);
    Some((name[letters..].parse().ok()?, column - 1))
}

//! Plain CSV tables that are no layer: lines with named columns.
//!
//! In: bytes and the names of the columns. Out: each line as a [`Row`] with its cells in the order of those names. Errors
//! name file, line and column.

use crate::library_errors;
use lifering_base::error::{InputError, Place};
use lifering_base::{Message, message};

/// One line of a CSV file.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    file: &'a str,
    line: u64,
    names: &'a [&'static str],
    /// Position in the line by index of `names`; `None` for a column that the file lacks.
    columns: &'a [Option<usize>],
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    /// The place of a cell, for messages.
    pub fn place(&self, column: usize) -> Place {
        Place::file(self.file).line(self.line as usize).field(self.names[column])
    }

    /// The refusal of a cell.
    pub fn wrong(&self, column: usize, found: impl Into<Message>, wanted: impl Into<Message>) -> InputError {
        InputError::wrong(self.place(column), found, wanted)
    }

    fn text(&self, column: usize) -> &str {
        self.columns[column].and_then(|at| self.record.get(at)).unwrap_or("").trim()
    }

    /// A word; an empty cell is refused.
    pub fn word(&self, column: usize) -> Result<&'_ str, InputError> {
        match self.text(column) {
            "" => Err(self.wrong(column, message!("message.nothing"), message!("message.an_id"))),
            word => Ok(word),
        }
    }

    /// A number of at least 0; `None` for an empty cell.
    pub fn amount(&self, column: usize) -> Result<Option<f64>, InputError> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(number) if number >= 0.0 && number.is_finite() => Ok(Some(number)),
            _ => Err(self.wrong(column, format!("\"{text}\""), message!("message.at_least_zero"))),
        }
    }
}

/// Calls `take` for every line after the header.
pub fn each_row<E: From<InputError>>(
    file: &str,
    bytes: &[u8],
    needed: &[&'static str],
    optional: &[&'static str],
    mut take: impl FnMut(Row<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let broken = |e: &csv::Error| {
        let line = e.position().map_or(1, csv::Position::line);
        InputError::wrong(
            Place::file(file).line(line as usize),
            library_errors::damaged(e),
            message!("message.csv_utf8"),
        )
    };
    let header = reader.headers().map_err(|e| broken(&e))?.clone();
    let names: Vec<&'static str> = needed.iter().chain(optional).copied().collect();
    let columns: Vec<Option<usize>> =
        names.iter().map(|name| header.iter().position(|h| h.trim().eq_ignore_ascii_case(name))).collect();
    if let Some(lost) = (0..needed.len()).find(|at| columns[*at].is_none()) {
        let found = header.iter().collect::<Vec<_>>().join(",");
        let place = Place::file(file).line(1).field(names[lost]);
        return Err(InputError::wrong(place, message!("message.the_header", words = found), names.join(",")).into());
    }
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|e| broken(&e))? {
        let line = record.position().map_or(0, csv::Position::line);
        take(Row { file, line, names: &names, columns: &columns, record: &record })?;
    }
    Ok(())
}

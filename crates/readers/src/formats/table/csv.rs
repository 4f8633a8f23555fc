//! Tables of text, whatever stands between their columns.
//!
//! In: the text of a file. Out: a [`Grid`] of its cells. CSV knows no types: a cell that is a plain number is one.

use super::{Grid, GridRow};
use crate::budget::Budget;
use crate::library_errors;
use crate::numbers::DecimalSign;
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use serde_json::Value;
use std::borrow::Cow;

/// Lines by which the sign between the columns is found.
const LINES: usize = 50;
/// Stands for a full-width comma while a line is taken apart.
const UNIT_SEPARATOR: char = '\u{1f}';

/// The cells of a text, and the sign before its decimals.
pub(super) fn grid(
    file: &str,
    text: &str,
    budget: Budget<'_>,
    issues: &mut Issues,
) -> Result<(Grid, DecimalSign), InputError> {
    let (delimiter, text) = delimiter(text);
    let at = Place::file(file);
    match delimiter {
        UNIT_SEPARATOR => issues.note(
            IssueCode::TableForm,
            &at,
            message!("message.full_width_commas"),
            message!("message.columns_apart"),
        ),
        ';' => {
            issues.note(IssueCode::TableForm, &at, message!("message.semicolons"), message!("message.columns_apart"));
        }
        _ => {}
    }
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(delimiter as u8)
        .from_reader(text.as_bytes());
    let mut lines: Vec<(u32, csv::StringRecord)> = Vec::new();
    for (index, record) in reader.records().enumerate() {
        budget.go_on_at(index)?;
        let record = record
            .map_err(|e| InputError::wrong(at.clone(), library_errors::damaged(&e), message!("message.csv_table")))?;
        let line = record.position().map_or(0, csv::Position::line);
        lines.push((u32::try_from(line).unwrap_or(u32::MAX), record));
    }
    let swallowed = |(_, r): &(u32, csv::StringRecord)| r.iter().any(|cell| cell.matches('\n').count() > 3);
    if text.matches('"').count() % 2 == 1 && lines.last().is_some_and(swallowed) {
        return Err(InputError::wrong(at, message!("message.open_quote"), message!("message.quote_pairs"))
            .with_help(message!("message.quote_help")));
    }
    let sign = if delimiter == ',' { DecimalSign::Point } else { decimal_sign(&lines) };
    if sign == DecimalSign::Comma {
        issues.note(IssueCode::TableForm, &at, message!("message.decimal_commas"), message!("message.decimals_read"));
    }
    let rows = lines
        .into_iter()
        .map(|(number, record)| GridRow { number, cells: record.iter().map(|text| cell(text, sign)).collect() })
        .collect();
    Ok((Grid { rows, ..Grid::default() }, sign))
}

/// The sign between the columns: the one that most lines have the same number of times, and most often. Full-width commas
/// are replaced by a character that stands nowhere else.
fn delimiter(text: &str) -> (char, Cow<'_, str>) {
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).take(LINES).collect();
    let outside = |line: &str, sign: char| {
        let mut quoted = false;
        line.chars()
            .filter(|c| {
                quoted ^= *c == '"';
                *c == sign && !quoted
            })
            .count()
    };
    let score = |sign: char| -> usize {
        let mut counts: Vec<usize> = lines.iter().map(|line| outside(line, sign)).filter(|n| *n > 0).collect();
        counts.sort_unstable();
        counts.chunk_by(|a, b| a == b).map(|run| run.len() * run[0]).max().unwrap_or(0)
    };
    let best = [',', ';', '\t', '|', '，'].into_iter().max_by_key(|c| (score(*c), *c == ',')).unwrap_or(',');
    match best {
        '，' => {
            let mut quoted = false;
            let sign = |c: char| {
                quoted ^= c == '"';
                if matches!(c, '，' | ',') && !quoted { UNIT_SEPARATOR } else { c }
            };
            (UNIT_SEPARATOR, Cow::Owned(text.chars().map(sign).collect()))
        }
        best => (best, Cow::Borrowed(text)),
    }
}

/// Whether the numbers of a table without commas between its columns have one before their decimals: some can be read no
/// other way, and none has a point.
fn decimal_sign(lines: &[(u32, csv::StringRecord)]) -> DecimalSign {
    let mut commas = 0;
    for cell in lines.iter().flat_map(|(_, record)| record.iter()) {
        let cell = cell.trim().trim_start_matches('-');
        if !cell.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.') {
            continue;
        }
        match (cell.split_once(','), cell.contains('.')) {
            (Some((before, after)), false) if !after.contains(',') => {
                commas += usize::from(after.len() != 3 || before == "0" || before.len() > 3);
            }
            (None, true) => return DecimalSign::Point,
            _ => {}
        }
    }
    if commas > 0 { DecimalSign::Comma } else { DecimalSign::Point }
}

/// A cell of a CSV file. Only the usual spelling of a number counts as one ("007" is an id).
pub(super) fn cell(text: &str, sign: DecimalSign) -> Value {
    let trimmed = text.trim();
    let digits = trimmed.strip_prefix('-').unwrap_or(trimmed);
    let plain = digits.len() <= 17
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.' && sign == DecimalSign::Point)
        && !(digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."));
    match trimmed.parse::<f64>() {
        Ok(n) if plain && !digits.contains('.') => super::whole_or_not(n),
        Ok(n) if plain => Value::from(n),
        _ => super::text_cell(text),
    }
}

//! A class of a renderer and the rows that it draws.
//!
//! In: columns and values. Out: a QGIS expression, and the same test on rows of our own, so that a legend lists only
//! classes that have rows.

use super::symbols::Symbol;
use lifering_base::escape::{quoted, sql_text};
use lifering_report::layers::{Cell, MapLayer, Row};
use std::borrow::Cow;

/// One class of a renderer.
pub struct Class {
    /// The rows it draws.
    pub rows: Rows,
    /// Text of the legend.
    pub label: String,
    /// Symbol of each row.
    pub symbol: Symbol,
}

/// The rows of a class.
#[derive(Clone, Debug, PartialEq)]
pub enum Rows {
    /// Every row.
    All,
    /// Rows of no earlier class.
    Others,
    /// Rows with this text in a column.
    Word(Cow<'static, str>, &'static str),
    /// Rows with this number in a column.
    Number(&'static str, f64),
    /// Rows with a number in a column that is more than the first bound and at most the second.
    Between(&'static str, Option<f64>, Option<f64>),
    /// Rows without a value in a column.
    Empty(&'static str),
    /// Rows with none of these texts in a column.
    Unlike(&'static str, &'static [&'static str]),
    /// Rows with this value in a column.
    Flag(&'static str, bool),
    /// Rows of both.
    Both(Box<[Self; 2]>),
}

impl Rows {
    /// The rows of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::Both(Box::new([self, other]))
    }

    /// The filter as a QGIS expression.
    pub fn expression(&self) -> String {
        match self {
            Self::All => "TRUE".to_owned(),
            Self::Others => "ELSE".to_owned(),
            Self::Word(column, word) => format!("{} = {}", quoted(column), sql_text(word)),
            Self::Number(column, number) => format!("\"{column}\" = {number}"),
            Self::Between(column, None, None) => format!("\"{column}\" IS NOT NULL"),
            Self::Between(column, over, within) => {
                let over = over.map(|over| format!("\"{column}\" > {over}"));
                let within = within.map(|within| format!("\"{column}\" <= {within}"));
                over.into_iter().chain(within).collect::<Vec<_>>().join(" AND ")
            }
            Self::Empty(column) => format!("\"{column}\" IS NULL"),
            Self::Unlike(column, words) => {
                let words: Vec<String> = words.iter().map(|word| sql_text(word)).collect();
                format!("coalesce(\"{column}\", '') NOT IN ({})", words.join(", "))
            }
            Self::Flag(column, true) => format!("\"{column}\""),
            Self::Flag(column, false) => format!("NOT \"{column}\""),
            Self::Both(rows) => rows.each_ref().map(Self::expression).join(" AND "),
        }
    }

    /// Whether a row is one of them; `false` for [`Rows::Others`], which depends on other classes.
    pub fn contains(&self, layer: &MapLayer<'_>, row: &Row<'_>) -> bool {
        let cell = |column: &str| layer.position(column).map(|at| &row.cells[at]);
        match self {
            Self::All => true,
            Self::Others => false,
            Self::Word(column, word) => matches!(cell(column), Some(Cell::Text(text)) if text == word),
            Self::Number(column, number) => matches!(cell(column), Some(Cell::Real(n)) if n.total_cmp(number).is_eq()),
            Self::Between(column, over, within) => number(cell(column))
                .is_some_and(|n| over.is_none_or(|over| n > over) && within.is_none_or(|within| n <= within)),
            Self::Empty(column) => matches!(cell(column), Some(Cell::Empty)),
            Self::Unlike(column, words) => {
                !matches!(cell(column), Some(Cell::Text(text)) if words.iter().any(|word| text == word))
            }
            Self::Flag(column, wanted) => matches!(cell(column), Some(Cell::Flag(flag)) if flag == wanted),
            Self::Both(rows) => rows.iter().all(|rows| rows.contains(layer, row)),
        }
    }
}

/// The number in a cell.
fn number(cell: Option<&Cell<'_>>) -> Option<f64> {
    match cell {
        Some(Cell::Real(number)) => Some(*number),
        Some(Cell::Integer(number)) => Some(*number as f64),
        _ => None,
    }
}

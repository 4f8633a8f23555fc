//! A table with typed cells: the content of one sheet.

use lifering_report::text::Lang;
use lifering_report::text::tr;
use lifering_standards::outcome::ValueUnit;

/// One cell.
pub enum TableCell {
    Text(String),
    /// With two decimals.
    Number(f64),
    /// As a percentage.
    Share(f64),
    /// Without decimals.
    Whole(f64),
    /// Without a separator of thousands.
    Year(f64),
    Empty,
}

impl TableCell {
    /// A number; empty for `None`.
    pub fn number(value: Option<f64>) -> Self {
        value.map_or(Self::Empty, Self::Number)
    }

    /// A number without decimals; empty for `None`.
    pub fn whole(value: Option<f64>) -> Self {
        value.map_or(Self::Empty, Self::Whole)
    }

    /// A year; empty for `None`.
    pub fn year(value: Option<u16>) -> Self {
        value.map_or(Self::Empty, |year| Self::Year(f64::from(year)))
    }

    /// A figure of a rule in the format of its unit; seconds become minutes.
    pub fn figure(value: Option<f64>, unit: ValueUnit) -> Self {
        match (value, unit) {
            (None, _) => Self::Empty,
            (Some(value), ValueUnit::Share) => Self::Share(value),
            (Some(value), ValueUnit::S) => Self::Number(value / 60.0),
            (Some(value), ValueUnit::Count | ValueUnit::Areas) => Self::Number(value),
        }
    }
}

/// The content of a sheet.
pub struct Table {
    /// Name of the sheet.
    pub name: String,
    /// Headings and column widths, in characters.
    pub heads: Vec<(String, f64)>,
    /// Cells, by row.
    pub rows: Vec<Vec<TableCell>>,
}

/// Headings from keys of the catalogue, with column widths.
pub fn heads(list: &[(&str, f64)], lang: Lang) -> Vec<(String, f64)> {
    list.iter().map(|(key, width)| (tr(key, lang), *width)).collect()
}

/// A cell of text.
pub fn text(value: impl Into<String>) -> TableCell {
    TableCell::Text(value.into())
}

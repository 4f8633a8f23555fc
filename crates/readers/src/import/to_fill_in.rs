//! Rows with an address and no coordinates, as a table to fill in.
//!
//! In: a layer of a table. Out: the rows as CSV: their own columns, then two empty ones for the coordinates. With a byte-order
//! mark, so that Excel in a Chinese Windows reads it.

use crate::layer_file::LayerFile;
use crate::properties::Property;
use lifering_base::escape::csv_cell;
use lifering_base::records::Layer;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Headings of the coordinates.
const COORDINATES: [&str; 2] = ["经度", "纬度"];

/// A table to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToFillIn {
    /// The layer.
    pub layer: Layer,
    /// Name of the file it came from.
    pub from: String,
    /// Name of the table in the new folder.
    pub file: String,
    /// Number of rows.
    pub rows: usize,
    pub(super) bytes: Vec<u8>,
}

/// The rows of a layer that have an address and no place; `None` if there are none.
pub(super) fn of(layer: Layer, read: &LayerFile) -> Option<ToFillIn> {
    let address = read.fields.address_column()?;
    let has_address = |name: &str| name == address;
    let without: Vec<_> = read
        .features
        .iter()
        .filter(|feature| feature.geometry.is_none())
        .filter(|feature| feature.properties.iter().any(|(name, value)| has_address(name) && !value.is_null()))
        .collect();
    if without.is_empty() {
        return None;
    }
    let mut names: Vec<&str> = read.columns.iter().map(|column| column.name.as_str()).collect();
    let mut known: FxHashMap<&str, usize> = names.iter().copied().zip(0..).collect();
    for (name, _) in without.iter().flat_map(|feature| feature.properties.iter()) {
        known.entry(name).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        });
    }
    // Cells of coordinates that could not be read are asked for anew.
    names.retain(|name| !COORDINATES.contains(name));
    let mut text = String::from("\u{feff}");
    line(&mut text, names.iter().copied().chain(COORDINATES).map(Cow::Borrowed));
    for feature in &without {
        let cells = names.iter().map(|name| feature.properties.get(name).map_or(Cow::Borrowed(""), shown));
        line(&mut text, cells.chain([Cow::Borrowed(""), Cow::Borrowed("")]));
    }
    let file = format!("{}_to_fill_in.csv", layer.key());
    Some(ToFillIn { layer, from: read.file.clone(), file, rows: without.len(), bytes: text.into_bytes() })
}

fn shown(value: &Property) -> Cow<'_, str> {
    match value {
        Property::Null => Cow::Borrowed(""),
        Property::Text(text) => csv_cell(text),
        other => Cow::Owned(serde_json::Value::from(other).to_string()),
    }
}

/// A line of CSV (RFC 4180).
fn line<'a>(text: &mut String, cells: impl Iterator<Item = Cow<'a, str>>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

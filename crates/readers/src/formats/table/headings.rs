//! The rows of headings: below a title, in two rows, with a row of units below.
//!
//! In: the first rows of a table. Out: the names of the columns and the number of rows above the first record.

use super::places::{PlaceColumns, is_coordinate};
use super::{Grid, GridRow};
use crate::fields::Fields;
use crate::measures::Unit;
use crate::settings::LayerSpec;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Number of rows in which the headings are looked for: a title and notes may stand above them.
const TITLE_ROWS: usize = 10;
/// Number of columns by which they are recognised.
const COLUMNS: usize = 500;

/// The headings of a table.
#[derive(Debug)]
pub(super) struct Headings {
    /// Name of each column, each once.
    pub(super) names: Vec<String>,
    /// Names that stand over several columns.
    pub(super) repeated: BTreeSet<String>,
    /// Index of the first row of headings.
    pub(super) first: usize,
    /// Number of rows of headings, the row of units included.
    pub(super) rows: usize,
    /// Whether a row of units follows them.
    pub(super) units: bool,
}

/// Finds the headings: of the first rows, and of pairs of them, those of which most are known.
pub(super) fn find(spec: &LayerSpec, grid: &Grid, fields: Option<&Fields>) -> Headings {
    let score = |names: &[String]| -> usize {
        let known = |name: &&String| {
            !name.is_empty() && (fields.is_some_and(|fields| fields.recognised(name).is_some()) || is_coordinate(name))
        };
        let first = &names[..names.len().min(COLUMNS)];
        let place = !matches!(PlaceColumns::named(spec, first), Ok(PlaceColumns::Nowhere) | Err(_));
        let stated = [&spec.lon, &spec.lat].into_iter().flatten().filter(|name| names.contains(name)).count();
        names.iter().take(COLUMNS).filter(known).count() + stated + 2 * usize::from(place)
    };
    let mut best = (0, grid.rows.iter().take(TITLE_ROWS).position(|row| filled(row) > 1).unwrap_or(0), 1);
    for first in 0..grid.rows.len().min(TITLE_ROWS) {
        let alone = score(&texts(&grid.rows[first]));
        if alone > best.0 {
            best = (alone, first, 1);
        }
        let Some(next) = grid.rows.get(first + 1).filter(|next| is_heading(next)) else { continue };
        let both = score(&joined(grid, first));
        if both > best.0 && both > score(&texts(next)) {
            best = (both, first, 2);
        }
    }
    let (_, first, rows) = best;
    let mut names = if rows == 2 { joined(grid, first) } else { grid.rows.get(first).map(texts).unwrap_or_default() };
    let units = grid.rows.get(first + rows).is_some_and(is_units);
    if units {
        let below = texts(&grid.rows[first + rows]);
        names.resize(names.len().max(below.len()), String::new());
        for (name, unit) in names.iter_mut().zip(&below).filter(|(_, unit)| !unit.is_empty()) {
            let bare = unit.trim_matches(['(', ')', '（', '）', '[', ']']);
            *name = format!("{name}（{bare}）");
        }
    }
    let (names, repeated) = each_once(names);
    Headings { names, repeated, first, rows: rows + usize::from(units), units }
}

fn filled(row: &GridRow) -> usize {
    row.cells.iter().filter(|cell| !cell.is_null()).count()
}

/// The cells of a row as names.
pub(super) fn texts(row: &GridRow) -> Vec<String> {
    let text = |cell: &Value| match cell {
        Value::Null => String::new(),
        Value::String(text) => text.trim_start_matches('\u{feff}').to_owned(),
        other => other.to_string(),
    };
    row.cells.iter().map(text).collect()
}

/// Whether a row holds words and no numbers.
fn is_heading(row: &GridRow) -> bool {
    filled(row) > 0 && row.cells.iter().all(|cell| cell.is_null() || cell.is_string())
}

/// Whether a row holds nothing but units.
fn is_units(row: &GridRow) -> bool {
    let unit = |cell: &Value| {
        let text = cell.as_str().map(|text| text.trim_matches(['(', ')', '（', '）', '[', ']']));
        cell.is_null() || text.is_some_and(|text| Unit::parse(text).is_some() || matches!(text, "-" | "—" | "/" | "°"))
    };
    filled(row) > 0 && row.cells.iter().all(unit)
}

/// The names of two rows of headings: a name above several columns belongs to each of them. Where the lower name stands
/// alone in its row it is the name; else the upper one stands before it.
fn joined(grid: &Grid, first: usize) -> Vec<String> {
    let (upper, lower) = (texts(&grid.rows[first]), texts(&grid.rows[first + 1]));
    let width = upper.len().max(lower.len());
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &lower {
        *times.entry(name).or_default() += 1;
    }
    let mut above = String::new();
    (0..width)
        .map(|at| {
            let (top, bottom) = (upper.get(at).map_or("", String::as_str), lower.get(at).map_or("", String::as_str));
            if !top.is_empty() {
                top.clone_into(&mut above);
            }
            match (top.is_empty(), bottom.is_empty()) {
                (_, true) => top.to_owned(),
                // Nothing stands above the first columns.
                (true, false) if above.is_empty() => bottom.to_owned(),
                _ if times.get(bottom).is_some_and(|n| *n > 1) || Unit::parse(bottom).is_some() => {
                    if Unit::parse(bottom).is_some() {
                        format!("{above}（{bottom}）")
                    } else {
                        format!("{above}{bottom}")
                    }
                }
                _ => bottom.to_owned(),
            }
        })
        .collect()
}

/// Names that stand for one column each; those that stood over several.
fn each_once(names: Vec<String>) -> (Vec<String>, BTreeSet<String>) {
    let mut repeated = BTreeSet::new();
    let mut seen = BTreeSet::new();
    // The number that each repeated name was given last.
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    let all = names
        .into_iter()
        .enumerate()
        .map(|(i, name)| {
            let name = if name.trim().is_empty() { format!("column {}", i + 1) } else { name };
            if seen.insert(name.clone()) {
                return name;
            }
            repeated.insert(name.clone());
            let n = given.entry(name.clone()).or_insert(1);
            loop {
                *n += 1;
                let own = format!("{name} ({n})");
                if seen.insert(own.clone()) {
                    return own;
                }
            }
        })
        .collect();
    (all, repeated)
}

//! Tables without lines between their rows.

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, LineStyle, Table};
use lifering_base::escape::one_line;
use std::fmt::Display;

/// A table without rows and headings, in colour if asked.
pub fn bare_table(colour: bool) -> Table {
    let mut table = Table::new();
    let style = UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none());
    table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic);
    if colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table
}

/// A table with bold headings and no rows, in colour if asked.
pub fn new_table(heads: impl IntoIterator<Item = String>, colour: bool) -> Table {
    let mut table = bare_table(colour);
    table.set_header(heads.into_iter().map(|head| cell(head).add_attribute(Attribute::Bold)));
    table
}

/// A cell: one line of text, whatever it holds.
pub fn cell(text: impl Display) -> Cell {
    Cell::new(one_line(&text.to_string()))
}

/// A cell aligned to the right.
pub fn right(text: impl Display) -> Cell {
    cell(text).set_alignment(CellAlignment::Right)
}

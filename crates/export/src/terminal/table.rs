//! Tables of one line a row, as wide as the screen at most.
//!
//! In: cells. Out: text. Where the columns are too many, the columns that may are shortened, the widest first.

use super::screen::{ESCAPE, Screen, columns_of, padded, shortened, wrapped};
use lifering_base::escape::one_line;
use std::fmt::Display;

/// Columns between two columns of a table.
const BETWEEN: usize = 2;
/// What is left of a column that is shortened, columns.
const LEAST: usize = 4;

/// A colour of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Well.
    Green,
    /// Open.
    Yellow,
    /// Wrong.
    Red,
}

impl Colour {
    /// The number of ECMA-48's SELECT GRAPHIC RENDITION.
    fn code(self) -> u8 {
        match self {
            Self::Green => 32,
            Self::Yellow => 33,
            Self::Red => 31,
        }
    }
}

/// A cell: one line of text, whatever it holds.
#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    colour: Option<Colour>,
}

impl Cell {
    /// The cell in a colour.
    #[must_use]
    pub fn in_colour(self, colour: Colour) -> Self {
        Self { colour: Some(colour), ..self }
    }
}

/// A cell of a text.
pub fn cell(text: impl Display) -> Cell {
    Cell { text: one_line(&text.to_string()).into_owned(), colour: None }
}

/// A text in a colour, if the screen has colours.
pub fn coloured(text: &str, colour: Option<Colour>, screen: Screen) -> String {
    match colour.filter(|_| screen.colour) {
        Some(colour) => format!("{ESCAPE}[{}m{text}{ESCAPE}[0m", colour.code()),
        None => text.to_owned(),
    }
}

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Text, shortened only where no other column can be.
    Word,
    /// Text that may be shortened.
    Text,
    /// Numbers, aligned to the right.
    Number,
}

enum Row {
    Cells(Vec<Cell>),
    Heading(String),
}

/// A table with a line below its headings.
pub struct Table {
    heads: Vec<String>,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

impl Table {
    /// A table without rows. A heading for each column, and how it is set.
    pub fn new<const N: usize>(columns: [(String, Column); N]) -> Self {
        let (heads, columns) = columns.into_iter().unzip();
        Self { heads, columns, rows: Vec::new() }
    }

    /// One more column at the end. For tables without rows.
    pub fn push_column(&mut self, head: String, column: Column) {
        self.heads.push(head);
        self.columns.push(column);
    }

    /// One more row.
    pub fn push(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row::Cells(cells));
    }

    /// A line of its own above the rows that follow.
    pub fn push_heading(&mut self, text: impl Display) {
        self.rows.push(Row::Heading(one_line(&text.to_string()).into_owned()));
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The text, without a line feed at its end.
    pub fn text(&self, screen: Screen) -> String {
        let widths = self.widths(screen.columns);
        let heads: Vec<Cell> = self.heads.iter().map(cell).collect();
        let mut lines = vec![self.line(&heads, &widths, screen)];
        let all = widths.iter().sum::<usize>() + BETWEEN * widths.len().saturating_sub(1);
        lines.push("─".repeat(all));
        lines.extend(self.rows.iter().map(|row| match row {
            Row::Cells(cells) => self.line(cells, &widths, screen),
            Row::Heading(text) => wrapped(text, screen.columns),
        }));
        lines.join("\n")
    }

    /// Columns for each column of the table.
    fn widths(&self, columns: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self.heads.iter().map(|head| columns_of(head)).collect();
        for row in &self.rows {
            let Row::Cells(cells) = row else { continue };
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(columns_of(&cell.text));
            }
        }
        let between = BETWEEN * widths.len().saturating_sub(1);
        let mut over = (widths.iter().sum::<usize>() + between).saturating_sub(columns);
        for shortened in [&[Column::Text][..], &[Column::Word], &[Column::Number]] {
            while over > 0 {
                let may = |at: &usize| shortened.contains(&self.columns[*at]) && widths[*at] > LEAST;
                let Some(at) = (0..widths.len()).filter(may).max_by_key(|at| (widths[*at], *at)) else { break };
                widths[at] -= 1;
                over -= 1;
            }
        }
        widths
    }

    fn line(&self, cells: &[Cell], widths: &[usize], screen: Screen) -> String {
        let mut line = String::new();
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
            if at > 0 {
                line.push_str(&" ".repeat(BETWEEN));
            }
            let text = shortened(&cell.text, *width);
            let blanks = " ".repeat(width.saturating_sub(columns_of(&text)));
            let text = coloured(&text, cell.colour, screen);
            line.push_str(&if self.columns[at] == Column::Number { blanks + &text } else { text + &blanks });
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// A word and what it stands for, which begins at the column `left` and goes on below itself.
pub fn explained(word: &str, text: &str, left: usize, screen: Screen) -> String {
    let room = screen.columns.saturating_sub(left).max(LEAST);
    // What goes on is indented by two columns, which are taken away again.
    let text = wrapped(&one_line(text), room);
    let below = format!("\n{}", " ".repeat(left));
    let text = text.lines().map(str::trim).collect::<Vec<_>>().join(&below);
    format!("{}{text}", padded(word, left))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lifering_report::text::Lang;

    fn table() -> Table {
        let mut table = Table::new([
            ("rule".to_owned(), Column::Word),
            ("what".to_owned(), Column::Text),
            ("found".to_owned(), Column::Number),
        ]);
        table.push(vec![cell("A-1"), cell("每3万人口1辆救护车").in_colour(Colour::Red), cell("50")]);
        table.push_heading("advisory");
        table.push(vec![cell("A-2"), cell("Emergency station"), cell("95.1%")]);
        table
    }

    #[test]
    fn numbers_stand_to_the_right_and_long_texts_are_shortened() {
        let text = table().text(Screen { columns: 24, ..Screen::plain(Lang::En) });
        let wanted = "rule  what         found\n\
                      ────────────────────────\n\
                      A-1   每3万人口1…     50\n\
                      advisory\n\
                      A-2   Emergency…   95.1%";
        assert_eq!(text, wanted);
    }

    #[test]
    fn a_table_is_never_wider_than_its_screen() {
        for columns in 16..60 {
            for line in table().text(Screen { columns, ..Screen::plain(Lang::Zh) }).lines() {
                assert!(columns_of(line) <= columns, "{columns}: {line}");
            }
        }
    }

    #[test]
    fn colours_are_shown_only_where_asked() {
        let screen = Screen::plain(Lang::En);
        assert!(!table().text(screen).contains(ESCAPE));
        assert!(table().text(Screen { colour: true, ..screen }).contains("\u{1b}[31m每3万人口1辆救护车\u{1b}[0m"));
    }

    #[test]
    fn an_explanation_goes_on_below_itself() {
        let screen = Screen { columns: 16, ..Screen::plain(Lang::En) };
        assert_eq!(explained("id", "one two three four", 4, screen), "id  one two\n    three four");
    }
}

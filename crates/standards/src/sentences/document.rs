//! The text of a plan as statements and clauses.
//!
//! In: plain text, a paragraph a line; the cells of a table's row on lines of their own that begin with a tab. Out:
//! [`Statement`]s, each a line or a row, cut into [`Clause`]s at commas, semicolons and full stops. An enumeration (、) is not
//! cut: its parts share a verb.

use lifering_base::hash::sha256_hex;
use std::ops::{Range, RangeInclusive};

use super::account::Place;
use super::quantity::{row_states_a_quantity, states_a_quantity};

/// Hexadecimal digits of a clause's hash that are kept: enough to tell that the words have changed.
const HASH_DIGITS: usize = 12;

/// What stands between the cells of a row when it is shown in one line.
const BETWEEN_CELLS: &str = " | ";

/// The text of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    lines: Vec<String>,
    statements: Vec<Statement>,
}

/// A line of prose, or a row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    text: String,
    /// Its lines, from the first to the last.
    lines: RangeInclusive<u32>,
    clauses: Vec<Clause>,
}

/// A part of a statement between two commas or stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Where it stands.
    pub place: Place,
    /// Its words.
    pub text: String,
    /// The beginning of the SHA-256 of its words, hexadecimal.
    pub hash: String,
    /// Whether it states a quantity of the health system.
    pub quantified: bool,
    /// Bytes of the statement that it takes.
    span: Range<usize>,
}

impl Document {
    /// Reads a plan's text.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut statements = Vec::new();
        let all = text.lines().map(str::to_owned).collect();
        let mut lines = (1_u32..).zip(text.lines()).peekable();
        while let Some((number, line)) = lines.next() {
            if line.trim().is_empty() {
                continue;
            }
            if !is_cell(line) {
                statements.push(Statement::prose(number, line));
                continue;
            }
            let mut cells = vec![line.trim()];
            while let Some((_, cell)) = lines.next_if(|(_, next)| is_cell(next)) {
                cells.push(cell.trim());
            }
            // A box around a paragraph is a table of one cell.
            let boxed = cells.len() == 1;
            statements.push(if boxed { Statement::prose(number, line) } else { Statement::row(number, &cells) });
        }
        Self { lines: all, statements }
    }

    /// A line of the text, from 1; empty beyond its end.
    #[must_use]
    pub fn line(&self, number: u32) -> &str {
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        index.and_then(|index| self.lines.get(index)).map_or("", String::as_str)
    }

    /// The row of a table that a line belongs to; `None` for prose.
    #[must_use]
    pub fn row_at(&self, line: u32) -> Option<&Clause> {
        let row = self.statements.iter().find(|statement| statement.lines.contains(&line))?;
        row.clauses.first().filter(|_| row.lines.end() > row.lines.start())
    }

    /// All clauses, in the order of the text.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.statements.iter().flat_map(|statement| &statement.clauses)
    }

    /// The clauses that a quotation stands in, wherever it stands word for word; none if it stands nowhere.
    pub fn quoted<'a>(&'a self, quote: &'a str) -> impl Iterator<Item = &'a Clause> {
        self.statements.iter().flat_map(move |statement| statement.quoted(quote))
    }
}

/// Whether a line is the cell of a table.
fn is_cell(line: &str) -> bool {
    line.starts_with('\t') && !line.trim().is_empty()
}

impl Statement {
    fn prose(line: u32, text: &str) -> Self {
        let mut clauses = Vec::new();
        let mut start = 0;
        for (at, c) in text.char_indices().chain([(text.len(), '。')]) {
            if ends_a_clause(text, at, c) {
                let words = text[start..at].trim();
                if !words.is_empty() {
                    let part = next_part(&clauses);
                    clauses.push(Clause::new(Place { line, part }, words, start..at, states_a_quantity(words)));
                }
                start = (at + c.len_utf8()).min(text.len());
            }
        }
        Self { text: text.to_owned(), lines: line..=line, clauses }
    }

    fn row(line: u32, cells: &[&str]) -> Self {
        let text = cells.join(BETWEEN_CELLS);
        let clause = Clause::new(Place { line, part: 1 }, &text, 0..text.len(), row_states_a_quantity(cells));
        let last = (line..).take(cells.len()).last().unwrap_or(line);
        Self { text, lines: line..=last, clauses: vec![clause] }
    }

    fn quoted<'a>(&'a self, quote: &'a str) -> impl Iterator<Item = &'a Clause> {
        let found: Vec<Range<usize>> =
            self.text.match_indices(quote).map(|(start, words)| start..start + words.len()).collect();
        self.clauses
            .iter()
            .filter(move |clause| found.iter().any(|at| at.start < clause.span.end && clause.span.start < at.end))
    }
}

fn next_part(clauses: &[Clause]) -> u32 {
    clauses.last().map_or(1, |clause| clause.place.part + 1)
}

/// Whether a clause ends at this character. A comma within a number ends none.
fn ends_a_clause(text: &str, at: usize, c: char) -> bool {
    match c {
        '。' | '；' | '！' | '？' | '，' | ';' => true,
        ',' => !text[at + 1..].starts_with(|c: char| c.is_ascii_digit()),
        _ => false,
    }
}

impl Clause {
    fn new(place: Place, words: &str, span: Range<usize>, quantified: bool) -> Self {
        let mut hash = sha256_hex(words.as_bytes());
        hash.truncate(HASH_DIGITS);
        Self { place, text: words.to_owned(), hash, quantified, span }
    }
}

//! Diagnostics about a standard file: place, fault, and what was wanted.
//!
//! In: byte spans and messages from the reading code. Out: [`Diagnostic`]s with file, line and column; printed, they show
//! the line with carets under the fault.

use std::fmt;
use std::ops::Range;

/// Severity of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but a part of it has no effect.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One fault in a standard file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Its severity.
    pub severity: Severity,
    /// What was found and what was wanted.
    pub message: String,
    /// A suggestion what to write instead; `None` if there is none.
    pub help: Option<String>,
    /// The line itself.
    pub excerpt: String,
    /// Number of characters at fault, from `column`; at least 1.
    pub width: usize,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, severity, message, .. } = self;
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        let before = self.excerpt.chars().take(column - 1).map(blank);
        let under = "^".repeat(self.width);
        writeln!(f, "{file}:{line}:{column}: {severity}: {message}")?;
        writeln!(f, "{number} | {}", self.excerpt)?;
        write!(f, "{margin} | {}{under}", before.collect::<String>())?;
        match &self.help {
            Some(help) => write!(f, "\n{margin} = help: {help}"),
            None => Ok(()),
        }
    }
}

/// A blank as wide as the character, so that the caret stands under Chinese text as well.
fn blank(c: char) -> char {
    match c {
        '\t' => '\t',
        _ if c.is_ascii() => ' ',
        _ => '\u{3000}',
    }
}

/// Proof that an error has been noted: only [`Diagnostics::error`] hands it out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reported(());

/// A checked value, or the proof that its fault has been noted.
pub(super) type Checked<T> = Result<T, Reported>;

/// Collects diagnostics about one text.
#[derive(Debug)]
pub(super) struct Diagnostics<'t> {
    file: &'t str,
    text: &'t str,
    list: Vec<Diagnostic>,
}

impl<'t> Diagnostics<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, list: Vec::new() }
    }

    /// An empty collection about the same text, to try something out.
    pub(super) fn fresh(&self) -> Self {
        Self::new(self.file, self.text)
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Notes a fault that makes the file unusable.
    pub(super) fn error(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) -> Reported {
        self.add(Severity::Error, span, message.into(), help);
        Reported(())
    }

    /// Notes a part without effect.
    pub(super) fn warning(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        self.add(Severity::Warning, span, message.into(), help);
    }

    pub(super) fn messages(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|diagnostic| diagnostic.message.as_str())
    }

    pub(super) fn any_error(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// In the order of the text, each once.
    pub(super) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| {
            (a.line, a.column, a.severity, &a.message).cmp(&(b.line, b.column, b.severity, &b.message))
        });
        self.list.dedup();
        self.list
    }

    fn add(&mut self, severity: Severity, span: Range<usize>, message: String, help: Option<String>) {
        let place = Place::of(self.text, span);
        self.list.push(Diagnostic {
            file: self.file.to_owned(),
            line: place.line,
            column: place.column,
            severity,
            message,
            help,
            excerpt: place.excerpt.to_owned(),
            width: place.width,
        });
    }
}

/// A byte span as a reader of the file sees it.
struct Place<'t> {
    line: usize,
    column: usize,
    excerpt: &'t str,
    width: usize,
}

impl<'t> Place<'t> {
    fn of(text: &'t str, span: Range<usize>) -> Self {
        let start = floor_to_char(text, span.start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let rest = &text[line_start..];
        let excerpt = rest[..rest.find('\n').unwrap_or(rest.len())].trim_end_matches('\r');
        let line_end = line_start + excerpt.len();
        let end = floor_to_char(text, span.end).clamp(start, line_end.max(start));
        Self {
            line: before.matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            excerpt,
            width: text[start..end].chars().count().max(1),
        }
    }
}

/// The nearest character boundary at or before a byte offset, inside the text.
fn floor_to_char(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_points_at_line_and_column_in_characters() {
        let text = "id = \"x\"\ntitle = { zh = \"急救\", enn = \"EMS\" }\n";
        let start = text.find("enn").expect("it is there");
        let mut diagnostics = Diagnostics::new("town.toml", text);
        diagnostics.error(start..start + 3, "unknown key `enn`", Some("did you mean `en`?".to_owned()));
        let list = diagnostics.into_sorted();
        assert_eq!((list[0].line, list[0].column, list[0].width), (2, 22, 3));
        let printed = list[0].to_string();
        let expected = "town.toml:2:22: error: unknown key `enn`\n\
                        2 | title = { zh = \"急救\", enn = \"EMS\" }\n  \
                          |                 \u{3000}\u{3000}   ^^^\n  \
                          = help: did you mean `en`?";
        assert_eq!(printed, expected);
    }

    #[test]
    fn any_span_has_a_place() {
        for (text, span) in [("", 0..0), ("急", 1..2), ("a\r\n", 9..12), ("a\nb", 2..99)] {
            let mut diagnostics = Diagnostics::new("f", text);
            diagnostics.warning(span, "m", None);
            let list = diagnostics.into_sorted();
            assert!(list[0].line >= 1 && list[0].column >= 1 && list[0].width >= 1);
        }
    }
}

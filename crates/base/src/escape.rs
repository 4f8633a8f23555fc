//! Text on its way into a format: one door each.
//!
//! In: text that may hold anything a file or a settings file may hold. Out: text that the format's readers take as text and
//! as nothing else. Formats for programs keep every character, escaped; formats for people show a replacement for what
//! cannot be seen and could change what is seen around it.
//!
//! | function | format | door |
//! | --- | --- | --- |
//! | [`markup`] | HTML with its SVG | the frame of every document |
//! | [`qgis_document`] | projects and styles of QGIS | the frame of every document |
//! | [`quoted`], [`sql_text`] | names and words in SQL and in expressions of QGIS | filters and tables |
//! | [`json`] | JSON and GeoJSON | the end of every document |
//! | [`database_text`] | values of a `GeoPackage` | the binding of a value |
//! | [`sheet_text`] | cells of a workbook | the writing of a cell |
//! | [`csv_cell`] | cells of a CSV file | the writing of a row |
//! | [`one_line`] | values in a sentence, cells of the terminal | the catalogue, the terminal's tables |
//! | [`for_terminal`] | the terminal | the program's printing |

use std::borrow::Cow;
use std::fmt::Write as _;

/// Shown in place of a character that cannot be shown.
const REPLACEMENT: char = '\u{fffd}';

/// Whether a character is not seen itself but may change what is: control characters, marks that change the direction of
/// writing, separators of lines that are none to most programs, and what XML and JSON readers take for no character.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

/// The text with a replacement for hidden characters, but those that `kept` says.
fn shown(text: &str, kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    let bad = |c: char| is_hidden(c) && !kept(c);
    if text.contains(bad) {
        Cow::Owned(text.chars().map(|c| if bad(c) { REPLACEMENT } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// A finished document of HTML or XML, whose markup is escaped already: every character is one that these may hold.
pub fn markup(document: String) -> String {
    match shown(&document, |c| matches!(c, '\n' | '\t')) {
        Cow::Owned(clean) => clean,
        Cow::Borrowed(_) => document,
    }
}

/// A finished document for QGIS: as XML, and nothing between `[%` and `%]`, which QGIS evaluates in labels, titles and
/// legends. No document of lifering evaluates anything that way itself.
pub fn qgis_document(document: String) -> String {
    let document = markup(document);
    if document.contains("[%") { document.replace("[%", "[ %") } else { document }
}

/// A name as an identifier of SQL, or of a column in an expression of QGIS.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A word as text in SQL, or in an expression of QGIS.
pub fn sql_text(word: &str) -> String {
    // QGIS takes a backslash for the beginning of an escape, SQL for itself: words with one are no words of ours.
    format!("'{}'", word.replace('\\', "").replace('\'', "''"))
}

/// JSON as a program reads it, with every hidden character in its strings written as an escape: it reads the same, and may
/// be printed on a terminal. Outside of strings JSON has none but white space.
pub fn json(text: Vec<u8>) -> Vec<u8> {
    let plain = |byte: &u8| byte.is_ascii() && *byte != 0x7f;
    if text.iter().all(plain) {
        return text;
    }
    let text = match String::from_utf8(text) {
        Ok(text) => text,
        Err(error) => return error.into_bytes(),
    };
    let hidden = |c: char| is_hidden(c) && c != '\n';
    if !text.contains(hidden) {
        return text.into_bytes();
    }
    let mut escaped = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        if hidden(c) {
            // Every hidden character is one unit of UTF-16. Writing to a string cannot fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped.into_bytes()
}

/// A value of a database: whole, but for NUL, at which readers written in C would cut it off.
pub fn database_text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// Characters of a cell of a workbook, at most (Microsoft, "Excel specifications and limits").
const CELL_CHARACTERS: usize = 32_767;

/// A cell of a workbook: text that is no formula, however it begins, because it is written as a string.
pub fn sheet_text(text: &str) -> String {
    let text = shown(text, |c| matches!(c, '\n'));
    // Excel counts units of UTF-16.
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units < CELL_CHARACTERS
    };
    let mut cut: String = text.chars().take_while(fits).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// A cell of a CSV file: what a spreadsheet would take for a formula begins with an apostrophe (OWASP, "CSV injection").
/// Numbers are written by lifering itself and do not come here.
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    let text = shown(text, |_| false);
    // Behind blanks, and in full width, spreadsheets find a formula as well.
    let first = text.trim_start().chars().next();
    if matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

/// A value within a sentence: one line, however many it was written in.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(['\n', '\r', '\t']) {
        let flat = text.replace("\r\n", " ").replace(['\n', '\r', '\t'], " ");
        Cow::Owned(shown(&flat, |_| false).into_owned())
    } else {
        shown(text, |_| false)
    }
}

/// Text for the terminal: nothing that steers it, but colours if it has them.
pub fn for_terminal(text: &str, colour: bool) -> Cow<'_, str> {
    if !text.contains(|c| is_hidden(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if colour && let Some(length) = colour_sequence(rest) {
            clean.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        clean.push(if is_hidden(c) && !matches!(c, '\n' | '\t') { REPLACEMENT } else { c });
        rest = &rest[c.len_utf8()..];
    }
    Cow::Owned(clean)
}

/// Length of the sequence at the beginning of the text if it sets colours or weight as lifering's tables do: ECMA-48, SGR,
/// of 0, 1, 22, 3x, 38;5;x, 39, 4x, 49. Sequences that hide text are none of them.
fn colour_sequence(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("\u{1b}[")?;
    let end = inside.find(|c: char| !c.is_ascii_digit() && c != ';').filter(|end| inside[*end..].starts_with('m'))?;
    let numbers: Vec<&str> = inside[..end].split(';').collect();
    let known = match numbers.as_slice() {
        ["38" | "48", "5", colour] => colour.parse::<u8>().is_ok(),
        all => all.iter().all(|n| {
            matches!(*n, "" | "0" | "1" | "22" | "39" | "49")
                || (n.len() == 2 && n.starts_with(['3', '4', '9']) && !n.ends_with('8'))
        }),
    };
    known.then_some(end + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_stays_and_what_steers_goes() {
        assert_eq!(markup("a\u{1}b\nc\u{202e}".into()), "a\u{fffd}b\nc\u{fffd}");
        assert_eq!(qgis_document("x [% env('HOME') %] [[%%".into()), "x [ % env('HOME') %] [[ %%");
        assert_eq!(sql_text("a'b\\'c"), "'a''b''c'");
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("\t@x"), "\u{fffd}@x");
        assert_eq!(csv_cell(" -x"), "' -x");
        assert_eq!(csv_cell("晋江市"), "晋江市");
        assert_eq!(one_line("a\r\nb\nc"), "a b c");
        assert_eq!(sheet_text(&"字".repeat(40_000)).chars().count(), 32_767);
    }

    #[test]
    fn json_reads_the_same() {
        let value = serde_json::json!({"a\u{7f}": "b\u{202e}\u{9b}c\u{1}\n\u{fffe}"});
        let text = json(serde_json::to_vec_pretty(&value).unwrap());
        assert!(
            text.iter().all(|byte| *byte == b'\n' || (b' '..0x7f).contains(byte)),
            "{}",
            String::from_utf8_lossy(&text)
        );
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_terminal_gets_colours_alone() {
        let painted = "\u{1b}[1m\u{1b}[38;5;9mgap\u{1b}[39m\u{1b}[0m\n";
        assert_eq!(for_terminal(painted, true), painted);
        for steering in ["\u{1b}[2J", "\u{1b}[8m", "\u{1b}]0;title\u{7}", "\u{9b}2J", "\u{1b}[38;5;999m", "\r"] {
            let clean = for_terminal(steering, true);
            assert!(!clean.contains(|c: char| c.is_control()), "{clean:?}");
        }
        assert!(!for_terminal(painted, false).contains('\u{1b}'));
    }
}

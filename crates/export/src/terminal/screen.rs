//! How text fits a terminal: columns, in which a Chinese character takes two.
//!
//! In: lines of any length. Out: lines within the columns of a [`Screen`]. Names of files are never broken: they stay whole for
//! who copies them, even beyond the last column.

use lifering_report::text::Lang;
use std::collections::BTreeSet;
use unicode_linebreak::linebreaks;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns where no terminal says how many it has.
pub const COLUMNS: usize = 80;
/// Beginning of an escape sequence, which takes no column.
pub(super) const ESCAPE: char = '\u{1b}';

/// Who reads, and on what.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Language of the text.
    pub lang: Lang,
    /// Whether colours are shown.
    pub colour: bool,
    /// Columns of a line.
    pub columns: usize,
}

impl Screen {
    /// Eighty columns without colours.
    pub fn plain(lang: Lang) -> Self {
        Self { lang, colour: false, columns: COLUMNS }
    }
}

/// Columns that a text takes.
pub fn columns_of(text: &str) -> usize {
    text.width()
}

/// A text padded with blanks at its end.
pub fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())))
}

/// A text cut to so many columns, with an ellipsis where something is left out.
pub fn shortened(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut taken = 1;
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken > columns {
            break;
        }
        cut.push(c);
    }
    cut.truncate(cut.trim_end().len());
    if columns > 0 {
        cut.push('…');
    }
    cut
}

/// Every line within the columns: what goes on in a further line is indented below its beginning.
pub fn wrapped(text: &str, columns: usize) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| wrapped_line(line, columns)).collect();
    lines.join("\n")
}

fn wrapped_line(line: &str, columns: usize) -> String {
    if line.width() <= columns || line.contains(ESCAPE) {
        return line.to_owned();
    }
    let blanks = line.len() - line.trim_start_matches(' ').len();
    let indent = " ".repeat((blanks + 2).min(columns / 2));
    let mut out = " ".repeat(blanks);
    let mut at = blanks;
    let mut empty = true;
    for piece in pieces(&line[blanks..]) {
        let shown = piece.trim_end_matches(' ');
        if !empty && at + shown.width() > columns {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.push_str(&indent);
            at = indent.len();
        }
        out.push_str(piece);
        at += piece.width();
        empty = false;
    }
    out.truncate(out.trim_end_matches(' ').len());
    out
}

/// The pieces between which a line may be broken: behind blanks, and beside Chinese characters as their rules of
/// punctuation allow. Not within what has neither, so that paths stay whole.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    // A slash never begins a line in Unicode's rules, but a path behind a blank does here.
    let behind_blanks = text.char_indices().filter(|(at, c)| *c != ' ' && text[..*at].ends_with(' ')).map(|(at, _)| at);
    let places: BTreeSet<usize> = linebreaks(text).map(|(at, _)| at).chain(behind_blanks).collect();
    for at in places {
        let before = text[..at].chars().next_back();
        let after = text[at..].chars().next();
        let wide = |c: Option<char>| c.is_some_and(|c| c.width() == Some(2));
        if at == text.len() || before == Some(' ') || wide(before) || wide(after) {
            pieces.push(&text[begin..at]);
            begin = at;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_character_takes_two_columns() {
        assert_eq!(columns_of("14分钟"), 6);
        assert_eq!(shortened("14分钟急救圈", 9), "14分钟急…");
        assert_eq!(shortened("14分钟急救圈", 12), "14分钟急救圈");
        assert_eq!(shortened("one two", 5), "one…");
        assert_eq!(padded("分", 4), "分  ");
    }

    #[test]
    fn lines_are_broken_at_blanks_and_between_chinese_characters_and_never_in_a_path() {
        assert_eq!(wrapped("  one two three", 9), "  one two\n    three");
        assert_eq!(wrapped("急救站点，服务半径", 10), "急救站点，\n  服务半径");
        let path = "see /a/very/long/path-to/a/file.json";
        assert_eq!(wrapped(path, 12), "see\n  /a/very/long/path-to/a/file.json");
        assert_eq!(wrapped("short\nlines", 10), "short\nlines");
    }

    #[test]
    fn no_line_is_wider_and_no_character_is_lost() {
        let text = "晋江市：1,961,997 of 2,061,600 people (95.1%) live within 5 km，“服务半径不超过5公里”。";
        for columns in 12..90 {
            let all = wrapped(text, columns);
            assert!(all.lines().all(|line| line.width() <= columns), "{columns}: {all}");
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(letters(&all), letters(text));
        }
    }
}

//! Expressions that QGIS evaluates in a template, and text around them.
//!
//! In: columns of a layer, words of the catalogue. Out: XML. A name from a file is never part of an expression: expressions
//! name columns, and what stands in a column is put in as text. [`qgis_document`](lifering_base::escape::qgis_document)
//! breaks every `[%` that stands in a document; those of [`template`] are written with a character reference, which no name can
//! be, because its `&` is escaped.

use lifering_base::escape::{quoted, sql_text};
use maud::{Markup, PreEscaped, html};

/// A part of a template.
#[derive(Debug)]
pub enum Piece {
    /// Text as it stands.
    Text(String),
    /// What an expression gives.
    Evaluated(String),
}

/// The parts one after another, escaped for XML.
pub fn template(pieces: &[Piece]) -> Markup {
    html! {
        @for piece in pieces {
            @match piece {
                Piece::Text(text) => { (text) }
                Piece::Evaluated(expression) => { (PreEscaped("&#91;% ")) (expression) " %]" }
            }
        }
    }
}

/// A text of the catalogue, with an expression for each `%{name}` in it.
pub fn filled(text: &str, expressions: &[(&str, String)]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, (name, after))) = rest.split_once("%{").and_then(|(b, a)| Some((b, a.split_once('}')?))) {
        pieces.push(Piece::Text(before.to_owned()));
        let found = expressions.iter().find(|(known, _)| *known == name);
        pieces.extend(found.map(|(_, expression)| Piece::Evaluated(expression.clone())));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
}

/// Text as markup of HTML.
pub fn html_text(text: &str) -> String {
    html! { (text) }.into_string()
}

/// An expression for what a text gives as markup of HTML.
pub fn html_of(expression: &str) -> String {
    format!("replace(replace(replace({expression}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')")
}

/// An expression for the words of a column; what is no known word stays as it is.
pub fn words<'a>(column: &str, known: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let column = quoted(column);
    let cases: Vec<String> = known
        .into_iter()
        .map(|(word, text)| format!("WHEN {column} = {} THEN {}", sql_text(word), sql_text(&text)))
        .collect();
    if cases.is_empty() { column } else { format!("CASE {} ELSE {column} END", cases.join(" ")) }
}

/// An expression for a number as people read it: divided, rounded, with what it counts behind it.
pub fn number(column: &str, times: f64, places: usize, unit: &str, language: &str) -> String {
    let column = quoted(column);
    let value = if (times - 1.0).abs() < f64::EPSILON { column } else { format!("{column} * {times}") };
    let number = format!("format_number({value}, {places}, {})", sql_text(language));
    if unit.is_empty() { number } else { format!("{number} || {}", sql_text(unit)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lifering_base::escape::qgis_document;

    #[test]
    fn a_name_never_becomes_an_expression() {
        let name = "x [% env('HOME') %] &#91;% 1 %] [";
        let pieces = [Piece::Text(name.to_owned()), Piece::Evaluated("\"name\" || '%'".to_owned())];
        let written = qgis_document(format!("<a>{}</a>", template(&pieces).into_string()));
        // The reference is the template's own; one in a name is text. A bracket at the end of a name opens nothing: QGIS looks for
        // the pair, and takes the later one.
        let wanted = "<a>x [ % env('HOME') %] &amp;#91;% 1 %] [&#91;% &quot;name&quot; || '%' %]</a>";
        assert_eq!(written, wanted);
    }
}

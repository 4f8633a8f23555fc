//! Heights of the parts of a rule's page in print, estimated from their texts.
//!
//! In: the content of the page. Out: [`Heights`]. The sizes are those of style.css under `@media print`.

use super::content::Content;
use super::paper::{BESIDE_MM, Heights, WIDTH_MM, lines};
use super::text::{area, counted, facts, source, touched};
use super::units::UNITS;
use crate::html::map::Drawing;
use lifering_report::text::Lang;
use lifering_report::text::pick;

/// Sizes of type, millimetres: text, tables, titles, fine print.
const TEXT: f64 = 3.03;
const TABLE: f64 = 2.82;
const TITLE: f64 = 4.94;
const FINE: f64 = 2.75;
/// Heights, millimetres: a line of text, a table row of one line, each further line of it, a line of fine print.
const TEXT_LINE: f64 = 4.55;
const ROW: f64 = 4.85;
const ROW_LINE: f64 = 3.81;
const FINE_LINE: f64 = 4.13;
/// Heading of a part with the space above it, millimetres.
const HEADING: f64 = 10.6;
/// Head of a table, millimetres.
const TABLE_HEAD: f64 = 6.6;
/// The curve with its heading and note, millimetres.
const CURVE: f64 = 63.0;
/// Widths of columns whose texts wrap, less the loss at the ends of lines.
const WHERE_MM: f64 = 26.0;
const NEAREST_MM: f64 = 25.0;
const READING_MM: f64 = 30.0;
const WHY_MM: f64 = 84.0;
/// Width of a symbol of the legend with its spaces.
const SYMBOL_MM: f64 = 13.5;

/// The heights of the parts of a page.
pub fn heights(content: &Content<'_>, drawing: &Drawing) -> Heights {
    let Content { page, outcome, rule, .. } = content;
    let text = |text: &str, width: f64| lines(text, TEXT, width) * TEXT_LINE;
    let title = format!("{} {} {}", outcome.rule.id, page.title(outcome), "        ");
    let closing = &facts(content)[3].1;
    let head = 11.4
        + lines(&title, TITLE, WIDTH_MM) * 6.7
        + 3.2
        + text(page.why(rule), WIDTH_MM)
        + 2.7
        + text(&rule.cite.quote, WIDTH_MM - 5.0)
        + lines(&source(content), 3.3, WIDTH_MM - 5.0) * 4.96
        + counted(content).map_or(0.0, |counted| lines(&counted, 3.3, WIDTH_MM - 5.0) * 4.96)
        + 4.0
        + 14.5
        + (lines(closing, 4.06, 90.0) - 1.0) * 6.1;
    let canvas = &page.base.canvas;
    let under = |width: f64| {
        let all: f64 = drawing.legend_texts().map(|text| SYMBOL_MM + text_width(text)).sum();
        // A line of the legend is on average filled to four fifths.
        (all / (width * 0.8)).ceil().max(1.0) * 4.9 + text(&drawing.note, width) + 5.0
    };
    let zone_rows: f64 = content
        .worst
        .iter()
        .map(|(_, zone)| {
            let named = content.zones.and_then(|zones| page.nearest(zones, zone)).unwrap_or("—");
            let high = lines(&touched(page, zone), TABLE, WHERE_MM).max(lines(named, TABLE, NEAREST_MM));
            ROW + (high - 1.0) * ROW_LINE
        })
        .sum();
    let zones =
        content.zones.map_or(0.0, |all| text(&area(content, all), WIDTH_MM) + 2.7 + HEADING + TABLE_HEAD + zone_rows);
    Heights {
        head,
        map_aspect: canvas.width / canvas.height,
        legend: [under(BESIDE_MM[0]), under(WIDTH_MM)],
        zones,
        curve: if content.curve.is_some() { CURVE } else { 0.0 },
        units: content.units.len().min(UNITS),
        rest: rest(content),
    }
}

/// Width of a text of the legend, millimetres.
fn text_width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 0.54 } else { 1.0 }).sum::<f64>() * FINE
}

/// Height of readings, assumptions and note, millimetres.
fn rest(content: &Content<'_>) -> f64 {
    let Content { page, outcome, rule, .. } = content;
    let lang = page.lang;
    let row = |title: &str, why: &str| {
        let high = lines(title, TABLE, READING_MM).max(lines(why, TABLE, WHY_MM));
        ROW + (high - 1.0) * ROW_LINE
    };
    let mut rest = 0.0;
    if !outcome.readings.is_empty() {
        rest += HEADING + TABLE_HEAD + row("", page.why(rule));
        for (reading, written) in outcome.rule.readings.iter().zip(&rule.readings) {
            let why = if lang == Lang::Zh { &written.why_zh } else { &written.why };
            rest += row(pick(&reading.title, lang), why);
        }
    }
    if !rule.assumed.is_empty() {
        rest += HEADING;
        for assumed in &rule.assumed {
            rest += lines(pick(&assumed.text, lang), TEXT, WIDTH_MM - 8.0) * TEXT_LINE;
        }
    }
    rest + rule.note.as_ref().map_or(0.0, |note| 2.1 + lines(pick(note, lang), TEXT, WIDTH_MM) * TEXT_LINE)
        + if rest > 0.0 { FINE_LINE } else { 0.0 }
}

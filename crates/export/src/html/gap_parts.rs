//! How high the parts of a gap's page are when they are printed, from the texts they hold.
//!
//! In: what the page says. Out: [`Parts`] for [`super::sheets`]. The sizes are those of style.css under `@media print`.

use super::gap::{area, facts, source, touched};
use super::map::{Drawing, Theme};
use super::page::Page;
use super::sheets::{BESIDE_MM, Parts, WIDTH_MM, lines};
use lifering_core::zones::Zone;
use lifering_report::report::RuleReport;
use lifering_report::text::pick;
use lifering_standards::outcome::RuleOutcome;

/// Sizes of type in millimetres: text of a gap, tables, titles, fine print.
const TEXT: f64 = 3.03;
const TABLE: f64 = 2.82;
const TITLE: f64 = 4.94;
const FINE: f64 = 2.75;
/// Heights of a line: text, a row of a table with one line, each further line of it, fine print.
const TEXT_LINE: f64 = 4.55;
const ROW: f64 = 4.85;
const ROW_LINE: f64 = 3.81;
const FINE_LINE: f64 = 4.13;
/// A heading of a part with the space above it.
const HEADING: f64 = 10.6;
/// The head of a table.
const TABLE_HEAD: f64 = 6.6;
/// The curve with its heading and note.
const CURVE: f64 = 63.0;
/// Widths of columns whose texts run over several lines, less what is lost where a word does not fit.
const WHERE_MM: f64 = 26.0;
const NEAREST_MM: f64 = 25.0;
const READING_MM: f64 = 30.0;
const WHY_MM: f64 = 84.0;
/// Width of a symbol of the legend with its spaces.
const SYMBOL_MM: f64 = 13.5;

/// The parts of a page.
#[allow(clippy::too_many_arguments, reason = "each is a part of the page")]
pub fn parts(
    page: &Page<'_>,
    outcome: &RuleOutcome,
    rule: &RuleReport,
    theme: &Theme<'_>,
    drawing: &Drawing,
    zones: &[(usize, &Zone)],
    units: usize,
    curve: bool,
) -> Parts {
    let text = |text: &str, width: f64| lines(text, TEXT, width) * TEXT_LINE;
    let title = format!("{} {} {}", outcome.rule.id, page.title(outcome), "        ");
    let closing = &facts(page, outcome)[3].1;
    let head = 11.4
        + lines(&title, TITLE, WIDTH_MM) * 6.7
        + 3.2
        + text(page.why(rule), WIDTH_MM)
        + 2.7
        + text(&rule.cite.quote, WIDTH_MM - 5.0)
        + lines(&source(page, outcome, rule), 3.3, WIDTH_MM - 5.0) * 4.96
        + 4.0
        + 14.5
        + (lines(closing, 4.06, 90.0) - 1.0) * 6.1;
    let sheet = &page.base.sheet;
    let under = |width: f64| {
        let all: f64 = drawing.legend().map(|text| SYMBOL_MM + text_width(text)).sum();
        // A line of the legend is on average filled to four fifths.
        (all / (width * 0.8)).ceil().max(1.0) * 4.9 + text(&drawing.note, width) + 5.0
    };
    let zone_rows: f64 = zones
        .iter()
        .map(|(_, zone)| {
            let named = theme.zones.and_then(|(_, zones)| page.nearest(zones, zone)).unwrap_or("—");
            let high = lines(&touched(page, zone), TABLE, WHERE_MM).max(lines(named, TABLE, NEAREST_MM));
            ROW + (high - 1.0) * ROW_LINE
        })
        .sum();
    let zones = theme
        .zones
        .map_or(0.0, |(_, all)| text(&area(page, outcome, all), WIDTH_MM) + 2.7 + HEADING + TABLE_HEAD + zone_rows);
    Parts {
        head,
        map_aspect: sheet.width / sheet.height,
        legend: [under(BESIDE_MM[0]), under(WIDTH_MM)],
        zones,
        curve: if curve { CURVE } else { 0.0 },
        units,
        rest: rest(page, outcome, rule),
    }
}

/// Width of a text of the legend.
fn text_width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 0.54 } else { 1.0 }).sum::<f64>() * FINE
}

/// Readings, assumptions and note.
fn rest(page: &Page<'_>, outcome: &RuleOutcome, rule: &RuleReport) -> f64 {
    let lang = page.lang;
    let row = |title: &str, why: &str| {
        let high = lines(title, TABLE, READING_MM).max(lines(why, TABLE, WHY_MM));
        ROW + (high - 1.0) * ROW_LINE
    };
    let mut rest = 0.0;
    if !outcome.readings.is_empty() {
        rest += HEADING + TABLE_HEAD + row("", page.why(rule));
        for (reading, written) in outcome.rule.readings.iter().zip(&rule.readings) {
            let why = if lang == lifering_report::text::Lang::Zh { &written.why_zh } else { &written.why };
            rest += row(pick(&reading.title, lang), why);
        }
    }
    if !rule.assumed.is_empty() {
        rest += HEADING;
        for assumed in &rule.assumed {
            rest += lines(&format!("{} {}", pick(&assumed.text, lang), assumed.what), TEXT, WIDTH_MM - 8.0) * TEXT_LINE;
        }
    }
    rest + rule.note.as_ref().map_or(0.0, |note| 2.1 + lines(pick(note, lang), TEXT, WIDTH_MM) * TEXT_LINE)
        + if rest > 0.0 { FINE_LINE } else { 0.0 }
}

//! The tables of failures.xlsx and sensitivity.xlsx, which their pages show as well.
//!
//! In: the reports. Out: [`Table`]s, and the workbooks of them.

use super::book::{Formats, empty, write};
use super::table::{Table, TableCell, heads, text};
use lifering_core::plan::failures::RoadKind;
use lifering_report::report::{ILLUSTRATIVE, illustrative};
use lifering_report::text::{Lang, names, tr, verdict_word, word};
use lifering_report::trials::UnitTried;
use lifering_report::trials::failures::FailuresReport;
use lifering_report::trials::sensitivity::{CaseReport, SensitivityReport};
use lifering_standards::outcome::Verdict;
use rust_xlsxwriter::XlsxError;

/// Units that a row names.
const UNITS: usize = 8;

/// Stations, pairs and roads, a table each.
pub fn failures(report: &FailuresReport, lang: Lang) -> Vec<Table> {
    let stations = report.stations.iter().map(|of| {
        vec![
            text(&of.id),
            text(&of.name),
            TableCell::Whole(of.people_lost),
            TableCell::Whole(of.people_later),
            units(&of.units, lang),
        ]
    });
    let pairs = report.pairs.iter().map(|of| {
        vec![
            text(of.ids.join(" + ")),
            text(of.names.join(" + ")),
            TableCell::Whole(of.people_lost),
            TableCell::Whole(of.people_shared),
            units(&of.units, lang),
        ]
    });
    let roads = report.roads.iter().map(|of| {
        vec![
            text(road_kind(of.kind, lang)),
            text(of.name.as_deref().or(of.features.first().map(String::as_str)).unwrap_or("—")),
            TableCell::Whole(of.people_lost),
            TableCell::Whole(of.people_later),
            units(&of.units, lang),
        ]
    });
    let table = |sheet: &str, columns: [&str; 5], rows: Vec<Vec<TableCell>>| Table {
        name: tr(sheet, lang),
        heads: heads(&columns.into_iter().zip([16.0, 34.0, 14.0, 14.0, 50.0]).collect::<Vec<_>>(), lang),
        rows,
    };
    let (lost, later, units) = ("failure.table.lost", "failure.table.later", "failure.table.units");
    vec![
        table("failure.sheet.stations", ["field.id", "failure.table.station", lost, later, units], stations.collect()),
        table(
            "failure.sheet.pairs",
            ["field.id", "failure.table.stations", lost, "failure.table.shared", units],
            pairs.collect(),
        ),
        table("failure.sheet.roads", ["failure.table.kind", "failure.table.road", lost, later, units], roads.collect()),
    ]
}

/// Rules with the sentence on how far each verdict holds, and the verdicts that each assumption turns.
pub fn sensitivity(report: &SensitivityReport, lang: Lang) -> Vec<Table> {
    // What cannot be judged under any assumption is neither firm nor fragile.
    let judged = report.rules.iter().filter(|rule| rule.verdict != Verdict::CannotJudge || !rule.turns.is_empty());
    let rules = judged.map(|rule| {
        let zh = lang == Lang::Zh;
        vec![
            text(&rule.id),
            text(if zh { &rule.title } else { &rule.title_en }),
            text(verdict_word(word(&rule.verdict), lang)),
            text(tr(if rule.fragile { "firmness.fragile" } else { "firmness.steady" }, lang)),
            text(if zh { &rule.sentence } else { &rule.sentence_en }),
        ]
    });
    let columns = [
        ("table.rule", 14.0),
        ("table.title", 34.0),
        ("table.verdict", 14.0),
        ("firmness.table.firm", 10.0),
        ("firmness.table.holds", 70.0),
    ];
    let cases = report.alone.iter().chain(&report.corners).map(|of| case(of, lang)).collect();
    let assumed = [
        ("firmness.table.speed", 10.0),
        ("firmness.table.turnout", 14.0),
        ("firmness.table.access", 14.0),
        ("firmness.table.people", 10.0),
        ("firmness.table.turned", 70.0),
    ];
    vec![
        Table { name: tr("firmness.sheet.rules", lang), heads: heads(&columns, lang), rows: rules.collect() },
        Table { name: tr("firmness.sheet.cases", lang), heads: heads(&assumed, lang), rows: cases },
    ]
}

fn road_kind(kind: RoadKind, lang: Lang) -> String {
    let key = match kind {
        RoadKind::Bridge => "failure.road_kind.bridge",
        RoadKind::Tunnel => "failure.road_kind.tunnel",
        RoadKind::Road => "failure.road_kind.road",
    };
    tr(key, lang)
}

fn case(of: &CaseReport, lang: Lang) -> Vec<TableCell> {
    let turned = of.turned.iter().map(|(id, to)| format!("{id} → {}", verdict_word(word(to), lang)));
    let turned: Vec<String> = turned.collect();
    vec![
        TableCell::Share(of.speed),
        TableCell::Whole(of.turnout_s),
        TableCell::Share(of.access),
        TableCell::Share(of.people),
        text(if turned.is_empty() { "—".to_owned() } else { turned.join(", ") }),
    ]
}

fn units(units: &[UnitTried], lang: Lang) -> TableCell {
    let named: Vec<&str> = units.iter().filter_map(|unit| unit.name.as_deref()).collect();
    text(if named.is_empty() { "—".to_owned() } else { names(&named, UNITS, lang) })
}

/// A workbook of some tables; `title` is its own.
pub fn book(title: &str, region: &str, version: &str, tables: &[Table], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let note = if illustrative(region) { ILLUSTRATIVE } else { "" };
    let mut book = empty(title, note, version)?;
    let formats = Formats::new();
    for table in tables {
        write(book.add_worksheet(), table, &formats, lang, note)?;
    }
    book.save_to_buffer()
}

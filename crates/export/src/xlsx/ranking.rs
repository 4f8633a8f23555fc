//! league.xlsx: the league and the regions of a batch as a workbook.
//!
//! In: a [`BatchReport`] and its ranking. Out: the bytes of a workbook.

use super::book::{Formats, empty, write};
use super::table::{Table, TableCell, heads, text};
use lifering_report::batch::ranking::RankingRow;
use lifering_report::batch::shape::{Audited, BatchReport, RegionEntry};
use lifering_report::text::Lang;
use lifering_report::text::{force, known, layer, pick, tr, verdict_word, word};
use lifering_standards::outcome::Verdict;
use rust_xlsxwriter::XlsxError;

/// league.xlsx.
pub fn ranking(batch: &BatchReport, rows: &[RankingRow<'_>], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let title = tr("batches.title", lang);
    let note = if batch.illustrative() { tr("batches.illustrative", lang) } else { String::new() };
    let mut book = empty(&title, &note, &batch.tool.version)?;
    let formats = Formats::new();
    for table in [rules(rows, lang), regions(batch, lang)] {
        write(book.add_worksheet(), &table, &formats, lang, &note)?;
    }
    book.save_to_buffer()
}

/// A remark on the data of a region.
fn remark(audited: &Audited, lang: Lang) -> TableCell {
    if audited.poor_data { text(tr("batches.poor_data", lang)) } else { TableCell::Empty }
}

/// A row a rule and region, ranked; regions that were not audited last.
fn rules(rows: &[RankingRow<'_>], lang: Lang) -> Table {
    let row = |row: &RankingRow<'_>| {
        let rank = TableCell::whole(row.rank.map(|rank| rank as f64));
        let name = text(row.entry.name.as_str());
        let Some((audited, rule)) = row.found else {
            let mut cells = vec![rank, name];
            cells.extend(std::iter::repeat_with(|| TableCell::Empty).take(4));
            cells.push(text(tr("batch_mark.not_audited", lang)));
            cells.extend(std::iter::repeat_with(|| TableCell::Empty).take(8));
            cells.push(row.entry.fault.as_ref().map_or(TableCell::Empty, |fault| text(pick(&fault.message, lang))));
            return cells;
        };
        vec![
            rank,
            name,
            text(audited.region.as_str()),
            text(rule.id.as_str()),
            text(pick(&rule.title, lang)),
            text(force(rule.force, lang)),
            text(verdict_word(word(&rule.verdict), lang)),
            TableCell::figure(rule.value, rule.unit),
            TableCell::figure(Some(rule.threshold), rule.unit),
            rule.gap_text.as_ref().map_or(TableCell::Empty, |gap| text(pick(gap, lang))),
            rule.shortfall.map_or(TableCell::Empty, TableCell::Share),
            TableCell::whole(rule.population_uncovered),
            TableCell::number(rule.uncovered_km2),
            text(word(&audited.grade)),
            remark(audited, lang),
            text(pick(&rule.why, lang)),
        ]
    };
    let columns = [
        ("field.rank", 7.0),
        ("batches.region", 20.0),
        ("field.region_name", 20.0),
        ("table.rule", 13.0),
        ("table.title", 26.0),
        ("field.force", 12.0),
        ("table.verdict", 12.0),
        ("xlsx.value", 12.0),
        ("xlsx.threshold", 12.0),
        ("html.gap", 18.0),
        ("field.shortfall", 10.0),
        ("field.population_uncovered", 14.0),
        ("field.uncovered_km2", 13.0),
        ("batches.grade", 9.0),
        ("batches.remark", 16.0),
        ("table.why", 60.0),
    ];
    Table { name: tr("batches.league", lang), heads: heads(&columns, lang), rows: rows.iter().map(row).collect() }
}

/// A row a region.
fn regions(batch: &BatchReport, lang: Lang) -> Table {
    let row = |entry: &RegionEntry| {
        let mut cells = vec![text(entry.name.as_str())];
        let Some(audited) = &entry.audit else {
            cells.extend([TableCell::Empty, TableCell::Empty, text(tr("batch_mark.not_audited", lang))]);
            cells.extend(std::iter::repeat_with(|| TableCell::Empty).take(8));
            cells.push(
                entry
                    .fault
                    .as_ref()
                    .map_or(TableCell::Empty, |fault| text(known("batch_kind", word(&fault.kind), lang))),
            );
            cells.push(entry.fault.as_ref().map_or(TableCell::Empty, |fault| text(pick(&fault.message, lang))));
            return cells;
        };
        let count = |verdict: Verdict| {
            TableCell::Whole(audited.rules.iter().filter(|rule| rule.binding && rule.verdict == verdict).count() as f64)
        };
        let layers: Vec<String> = audited.weakest_layers.iter().map(|l| layer(l.key(), lang)).collect();
        cells.extend([
            text(audited.region.as_str()),
            text(pick(&audited.standard_title, lang)),
            text(verdict_word(word(&audited.verdict), lang)),
            count(Verdict::Met),
            count(Verdict::Gap),
            count(Verdict::Depends),
            count(Verdict::CannotJudge),
            TableCell::Whole(audited.population),
            TableCell::Number(audited.boundary_km2),
            TableCell::Whole(audited.stations as f64),
            text(word(&audited.grade)),
            remark(audited, lang),
            text(layers.join(", ")),
        ]);
        cells
    };
    let columns = [
        ("batches.region", 20.0),
        ("field.region_name", 20.0),
        ("html.standard", 26.0),
        ("table.verdict", 12.0),
        ("field.rules_met", 9.0),
        ("field.rules_gap", 9.0),
        ("field.rules_depend", 9.0),
        ("field.rules_open", 9.0),
        ("html.people_inside", 14.0),
        ("html.area", 12.0),
        ("html.stations", 9.0),
        ("batches.grade", 9.0),
        ("batches.remark", 16.0),
        ("batches.fault_or_layers", 60.0),
    ];
    Table {
        name: tr("batches.regions", lang),
        heads: heads(&columns, lang),
        rows: batch.regions.iter().map(row).collect(),
    }
}

//! report.xlsx: the tables of the report as a workbook: typed cells, frozen headers, filters, colours by verdict.
//!
//! In: an audit and its report. Out: a workbook, the same bytes for the same input (its creation date is a constant).

use super::report::{Report, RuleReport};
use super::sentences::{Lang, found_and_required};
use super::words::{
    force, gap_and_closing, issue, kind, layer, level, pick, reason, tr, verdict_word, whole_verdict, word,
};
use crate::audit::Audit;
use crate::rules::catalogue::Criterion;
use crate::rules::outcome::{RuleOutcome, ValueUnit};
use rust_xlsxwriter::{
    Color, ConditionalFormatText, ConditionalFormatTextRule, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Workbook, Worksheet, XlsxError,
};

/// One cell.
enum Cell {
    Text(String),
    Number(f64),
    Share(f64),
    Whole(f64),
    Empty,
}

impl Cell {
    fn number(value: Option<f64>) -> Self {
        value.map_or(Self::Empty, Self::Number)
    }

    fn whole(value: Option<f64>) -> Self {
        value.map_or(Self::Empty, Self::Whole)
    }

    /// A figure of a rule in the form its unit asks for.
    fn figure(value: Option<f64>, unit: ValueUnit) -> Self {
        match (value, unit) {
            (None, _) => Self::Empty,
            (Some(value), ValueUnit::Share) => Self::Share(value),
            (Some(value), ValueUnit::S) => Self::Number(value / 60.0),
            (Some(value), ValueUnit::Count | ValueUnit::Areas) => Self::Number(value),
        }
    }
}

/// A sheet: name, headings with the width of their columns, rows.
struct Sheet {
    name: String,
    heads: Vec<(String, f64)>,
    rows: Vec<Vec<Cell>>,
}

/// Formats in use.
struct Formats {
    head: Format,
    text: Format,
    number: Format,
    share: Format,
    whole: Format,
}

impl Formats {
    fn new() -> Self {
        let cell = || Format::new().set_align(FormatAlign::Top);
        Self {
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(0x0012_324A))
                .set_align(FormatAlign::VerticalCenter)
                .set_border_bottom(FormatBorder::Thin),
            text: cell().set_text_wrap(),
            number: cell().set_num_format("#,##0.00"),
            share: cell().set_num_format("0.0%"),
            whole: cell().set_num_format("#,##0"),
        }
    }
}

/// report.xlsx.
pub fn workbook(audit: &Audit, report: &Report, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let title = format!("{} — {}", report.region.name, tr("html.kind", lang));
    let note = if report.region.illustrative { tr("summary.illustrative", lang) } else { String::new() };
    book.set_properties(
        &DocProperties::new()
            .set_title(&title)
            .set_comment(&note)
            .set_author(format!("lifering {}", report.tool.version))
            .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?),
    );
    let formats = Formats::new();
    summary(book.add_worksheet(), report, lang, &title, &note)?;
    let sheets = [
        rules(audit, report, lang),
        readings(audit, report, lang),
        units(audit, report, lang),
        zones(audit, lang),
        stations(audit, lang),
        needs(audit, lang),
        issues(report, lang),
    ];
    for sheet in sheets {
        write(book.add_worksheet(), &sheet, &formats, lang, &note)?;
    }
    book.save_to_buffer()
}

fn summary(sheet: &mut Worksheet, report: &Report, lang: Lang, title: &str, note: &str) -> Result<(), XlsxError> {
    sheet.set_name(tr("xlsx.summary", lang))?.set_column_width(0, 34)?.set_column_width(1, 90)?;
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let standard = if lang == Lang::Zh { &report.standard.title } else { &report.standard.title_en };
    sheet.write_with_format(0, 0, title, &Format::new().set_bold().set_font_size(16))?;
    sheet.write_with_format(1, 0, note, &Format::new().set_bold().set_font_color(Color::RGB(0x00C4_4E00)))?;
    let lines = [
        ("xlsx.verdict", whole_verdict(report, lang)),
        ("html.standard", format!("{} ({})", standard, report.standard.id)),
        ("html.versions", format!("lifering {}, {}", report.tool.version, report.schema)),
    ];
    for (row, (key, text)) in (3..).zip(lines) {
        sheet.write_with_format(row, 0, tr(key, lang), &wrap)?;
        sheet.write_with_format(row, 1, text, &wrap)?;
    }
    let figures = [
        ("html.people_inside", report.population.inside, "#,##0"),
        ("html.area", report.region.boundary_km2, "#,##0.00"),
        ("html.road_length", report.network.length_km, "#,##0.00"),
    ];
    for (row, (key, value, format)) in (6..).zip(figures) {
        sheet.write_with_format(row, 0, tr(key, lang), &wrap)?;
        let format = Format::new().set_num_format(format).set_align(FormatAlign::Left);
        sheet.write_with_format(row, 1, value, &format)?;
    }
    page(sheet, note);
    Ok(())
}

/// Paper, and the note on every printed page.
fn page(sheet: &mut Worksheet, note: &str) {
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_header(format!("&L&A&R{note}")).set_footer("&C&P / &N");
}

fn write(sheet: &mut Worksheet, data: &Sheet, formats: &Formats, lang: Lang, note: &str) -> Result<(), XlsxError> {
    sheet.set_name(&data.name)?.set_freeze_panes(1, 1)?.set_row_height(0, 32)?;
    sheet.set_repeat_rows(0, 0)?;
    for (column, (head, width)) in (0..).zip(&data.heads) {
        sheet.write_with_format(0, column, head, &formats.head)?.set_column_width(column, *width)?;
    }
    for (row, cells) in (1..).zip(&data.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => sheet.write_with_format(row, column, text, &formats.text)?,
                Cell::Number(n) => sheet.write_with_format(row, column, *n, &formats.number)?,
                Cell::Share(n) => sheet.write_with_format(row, column, *n, &formats.share)?,
                Cell::Whole(n) => sheet.write_with_format(row, column, *n, &formats.whole)?,
                Cell::Empty => sheet,
            };
        }
    }
    let (last_row, last_column) = (data.rows.len().max(1) as u32, data.heads.len().saturating_sub(1) as u16);
    sheet.autofilter(0, 0, last_row, last_column)?;
    let verdicts = tr("table.verdict", lang);
    if let Some(column) = data.heads.iter().position(|(head, _)| *head == verdicts) {
        colour(sheet, column as u16, last_row, lang)?;
    }
    page(sheet, note);
    Ok(())
}

/// Colours of verdicts that stay true when a cell is edited.
fn colour(sheet: &mut Worksheet, column: u16, last_row: u32, lang: Lang) -> Result<(), XlsxError> {
    let colours = [("gap", 0x00F4_C9A6), ("met", 0x00CF_E6DF), ("depends", 0x00F6_E3B0), ("cannot_judge", 0x00E3_E6E8)];
    for (word, rgb) in colours {
        // "begins with": the Chinese word for a gap contains the one for met.
        let format = ConditionalFormatText::new()
            .set_rule(ConditionalFormatTextRule::BeginsWith(verdict_word(word, lang)))
            .set_format(Format::new().set_background_color(Color::RGB(rgb)).set_bold());
        sheet.add_conditional_format(1, column, last_row, column, &format)?;
    }
    Ok(())
}

fn heads(list: &[(&str, f64)], lang: Lang) -> Vec<(String, f64)> {
    list.iter().map(|(key, width)| (tr(key, lang), *width)).collect()
}

fn text(value: impl Into<String>) -> Cell {
    Cell::Text(value.into())
}

fn rules(audit: &Audit, report: &Report, lang: Lang) -> Sheet {
    let row = |(outcome, rule): (&RuleOutcome, &RuleReport)| {
        let (found, required) = found_and_required(&outcome.rule.criterion, &outcome.default, lang);
        let (gap, closing) = gap_and_closing(outcome, lang).unwrap_or_default();
        vec![
            text(&rule.id),
            text(pick(&outcome.rule.title, lang)),
            text(force(rule.force, lang)),
            Cell::whole(rule.year.map(f64::from)),
            text(verdict_word(&word(&rule.verdict), lang)),
            text(required),
            text(found),
            Cell::figure(rule.value, rule.unit),
            text(gap),
            text(closing),
            Cell::whole(rule.population_covered),
            Cell::whole(rule.population_uncovered),
            Cell::number(rule.uncovered_km2),
            Cell::number(rule.uncovered_km2_low),
            Cell::number(rule.uncovered_km2_high),
            text(if lang == Lang::Zh { &rule.why_zh } else { &rule.why }),
            text(&rule.cite.source),
            text(&rule.cite.quote),
        ]
    };
    let columns = [
        ("table.rule", 13.0),
        ("table.title", 26.0),
        ("field.force", 12.0),
        ("field.year", 8.0),
        ("table.verdict", 12.0),
        ("table.required", 13.0),
        ("table.found", 13.0),
        ("xlsx.value", 12.0),
        ("html.gap", 16.0),
        ("html.closes", 26.0),
        ("field.population_covered", 14.0),
        ("field.population_uncovered", 14.0),
        ("field.uncovered_km2", 13.0),
        ("field.uncovered_km2_low", 13.0),
        ("field.uncovered_km2_high", 13.0),
        ("table.why", 60.0),
        ("field.source", 30.0),
        ("field.quote", 40.0),
    ];
    Sheet {
        name: tr("xlsx.rules", lang),
        heads: heads(&columns, lang),
        rows: audit.outcomes.iter().zip(&report.rules).map(row).collect(),
    }
}

fn readings(audit: &Audit, report: &Report, lang: Lang) -> Sheet {
    let mut rows = Vec::new();
    for (outcome, rule) in audit.outcomes.iter().zip(&report.rules) {
        for (reading, written) in outcome.rule.readings.iter().zip(&rule.readings) {
            rows.push(vec![
                text(&rule.id),
                text(pick(&outcome.rule.title, lang)),
                text(pick(&reading.title, lang)),
                text(verdict_word(&word(&written.verdict), lang)),
                Cell::figure(written.value, written.unit),
                Cell::figure(Some(written.threshold), written.unit),
                text(if lang == Lang::Zh { &written.why_zh } else { &written.why }),
            ]);
        }
    }
    let columns = [
        ("table.rule", 13.0),
        ("table.title", 26.0),
        ("html.reading", 30.0),
        ("table.verdict", 12.0),
        ("xlsx.value", 12.0),
        ("xlsx.threshold", 12.0),
        ("table.why", 70.0),
    ];
    Sheet { name: tr("xlsx.readings", lang), heads: heads(&columns, lang), rows }
}

fn units(audit: &Audit, report: &Report, lang: Lang) -> Sheet {
    let mut rows = Vec::new();
    for unit in &report.units {
        for (rule_id, figures) in &unit.rules {
            let rule = report.rules.iter().find(|r| r.id == *rule_id);
            let unit_of =
                rule.map_or(ValueUnit::Share, |r| if r.unit == ValueUnit::S { ValueUnit::Share } else { r.unit });
            rows.push(vec![
                text(&unit.name),
                text(level(&unit.level, &audit.standard, lang)),
                Cell::Whole(unit.population),
                text(rule_id),
                text(rule.map_or("", |r| if lang == Lang::Zh { &r.title } else { &r.title_en })),
                text(verdict_word(&word(&figures.verdict), lang)),
                Cell::figure(figures.value, unit_of),
                Cell::whole(figures.need.map(|n| n as f64)),
                Cell::number(figures.have),
                Cell::whole(figures.population_uncovered),
            ]);
        }
    }
    let columns = [
        ("html.unit_name", 22.0),
        ("field.level", 18.0),
        ("html.population", 12.0),
        ("table.rule", 13.0),
        ("table.title", 28.0),
        ("table.verdict", 12.0),
        ("xlsx.value", 12.0),
        ("html.need", 10.0),
        ("html.have", 10.0),
        ("html.uncovered", 14.0),
    ];
    Sheet { name: tr("xlsx.units", lang), heads: heads(&columns, lang), rows }
}

fn zones(audit: &Audit, lang: Lang) -> Sheet {
    let records = audit.region.units.as_deref().unwrap_or_default();
    let mut rows = Vec::new();
    for (position, set) in &audit.zones {
        let rule = &audit.outcomes[*position].rule;
        for (n, zone) in set.zones.iter().enumerate() {
            let names: Vec<&str> = zone.units.iter().map(|u| records[*u as usize].name.as_str()).collect();
            let minutes = |ms: Option<f64>| Cell::number(ms.map(|ms| (ms + f64::from(set.shift.0)) / 60_000.0));
            let nearest = zone.nearest.and_then(|by| set.sites.get(by.index()));
            rows.push(vec![
                text(super::html::zone_id(rule.id.as_str(), n)),
                text(rule.id.as_str()),
                text(reason(&rule.criterion, zone.reason, lang)),
                Cell::Whole(zone.people),
                Cell::Number(zone.area_m2 / 1e6),
                text(names.join("、")),
                nearest.map_or(Cell::Empty, |site| text(&audit.gathered.evidence.sites[*site].name)),
                minutes(zone.nearest_ms),
                minutes(zone.worst_ms),
            ]);
        }
    }
    let columns = [
        ("html.zone", 18.0),
        ("table.rule", 13.0),
        ("html.reason", 18.0),
        ("html.people", 12.0),
        ("field.area_km2", 12.0),
        ("html.where", 40.0),
        ("html.nearest", 28.0),
        ("xlsx.nearest_min", 14.0),
        ("xlsx.worst_min", 14.0),
    ];
    Sheet { name: tr("xlsx.zones", lang), heads: heads(&columns, lang), rows }
}

fn stations(audit: &Audit, lang: Lang) -> Sheet {
    let row = |figures: &crate::audit::StationFigures| {
        let site = &audit.region.stations[figures.site];
        let share = (figures.people_first > 0.0).then(|| figures.people_in_time / figures.people_first);
        vec![
            text(&site.name),
            text(site.text("kind").map_or_else(String::new, |k| kind(k, lang))),
            Cell::number(site.number("ambulances")),
            Cell::number(site.number("negative_pressure")),
            Cell::Whole(figures.people_first),
            Cell::Whole(figures.people_in_time),
            share.map_or(Cell::Empty, Cell::Share),
            Cell::number(figures.driveway_m),
            Cell::Number(site.place.lon),
            Cell::Number(site.place.lat),
        ]
    };
    let columns = [
        ("html.station", 34.0),
        ("html.kind_of", 14.0),
        ("field.ambulances", 10.0),
        ("field.negative_pressure", 12.0),
        ("field.population_first", 14.0),
        ("field.population_in_time", 14.0),
        ("html.people_in_time", 10.0),
        ("field.driveway_m", 12.0),
        ("xlsx.lon", 12.0),
        ("xlsx.lat", 12.0),
    ];
    Sheet {
        name: tr("xlsx.stations", lang),
        heads: heads(&columns, lang),
        rows: audit.stations.iter().map(row).collect(),
    }
}

/// What is needed by the population of each year: the default and every reading of the rules that count for people.
fn needs(audit: &Audit, lang: Lang) -> Sheet {
    let mut rows = Vec::new();
    for outcome in &audit.outcomes {
        let readings = outcome.rule.readings.iter().zip(&outcome.readings);
        let default = tr("html.default_reading", lang);
        let all = std::iter::once((default.as_str(), &outcome.rule.criterion, &outcome.default))
            .chain(readings.map(|(r, o)| (pick(&r.title, lang), &r.criterion, o)));
        for (title, criterion, result) in all {
            let Criterion::PerPopulation(rule) = criterion else { continue };
            let people = match rule.population_year {
                Some(year) => audit.standard.population.get(&year).map(|n| *n as f64),
                None => rule.demand.is_none().then_some(audit.demand.inside),
            };
            let short = result.need.zip(result.have).map(|(need, have)| (need as f64 - have).max(0.0));
            rows.push(vec![
                text(outcome.rule.id.as_str()),
                text(pick(&outcome.rule.title, lang)),
                text(title),
                Cell::whole(rule.population_year.map(f64::from)),
                Cell::whole(people),
                Cell::whole(result.need.map(|n| n as f64)),
                Cell::number(result.have),
                Cell::number(short),
                text(verdict_word(&word(&result.verdict), lang)),
            ]);
        }
    }
    let columns = [
        ("table.rule", 13.0),
        ("table.title", 28.0),
        ("html.reading", 32.0),
        ("field.year", 8.0),
        ("html.population", 14.0),
        ("html.need", 10.0),
        ("html.have", 10.0),
        ("xlsx.short", 10.0),
        ("table.verdict", 12.0),
    ];
    Sheet { name: tr("xlsx.needs", lang), heads: heads(&columns, lang), rows }
}

fn issues(report: &Report, lang: Lang) -> Sheet {
    let mut rows = Vec::new();
    for input in &report.inputs {
        for noticed in &input.issues {
            for example in &noticed.examples {
                rows.push(vec![
                    text(layer(input.layer.key(), lang)),
                    text(&input.file),
                    text(issue(noticed.code, lang)),
                    text(noticed.field.clone().unwrap_or_default()),
                    Cell::Whole(noticed.count as f64),
                    Cell::whole(example.feature.map(|f| f as f64)),
                    text(example.id.clone().unwrap_or_default()),
                    text(&example.found),
                    text(&example.wanted),
                ]);
            }
        }
    }
    let columns = [
        ("html.layer", 16.0),
        ("html.file", 24.0),
        ("html.noticed", 30.0),
        ("xlsx.field", 16.0),
        ("xlsx.count", 10.0),
        ("xlsx.feature", 10.0),
        ("field.id", 16.0),
        ("xlsx.found", 50.0),
        ("xlsx.wanted", 50.0),
    ];
    Sheet { name: tr("xlsx.issues", lang), heads: heads(&columns, lang), rows }
}

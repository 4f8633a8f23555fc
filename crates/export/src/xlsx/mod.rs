//! report.xlsx: the tables of the report as a workbook: typed cells, frozen headers, filters, colours by verdict.
//!
//! In: an audit and its report. Out: a workbook, the same bytes for the same input (its creation date is a constant).

mod league;
mod sheets;

pub use league::league;

use lifering_core::audit::Audit;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use lifering_report::text::{tr, verdict_word, whole_verdict};
use lifering_standards::outcome::ValueUnit;
use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatText, ConditionalFormatTextRule,
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// One cell.
enum Cell {
    Text(String),
    Number(f64),
    Share(f64),
    Whole(f64),
    Year(f64),
    Empty,
}

impl Cell {
    fn number(value: Option<f64>) -> Self {
        value.map_or(Self::Empty, Self::Number)
    }

    fn whole(value: Option<f64>) -> Self {
        value.map_or(Self::Empty, Self::Whole)
    }

    /// A year: no thousands are set apart.
    fn year(value: Option<u16>) -> Self {
        value.map_or(Self::Empty, |year| Self::Year(f64::from(year)))
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
    year: Format,
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
            // With two decimals: one could round a share up to what is required.
            share: cell().set_num_format("0.00%"),
            whole: cell().set_num_format("#,##0"),
            year: cell().set_num_format("0"),
        }
    }
}

/// report.xlsx.
pub fn workbook(audit: &Audit, report: &Report, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let title = format!("{} — {}", report.region.name, tr("html.kind", lang));
    let note = if report.region.illustrative { tr("summary.illustrative", lang) } else { String::new() };
    let mut book = empty(&title, &note, &report.tool.version)?;
    let formats = Formats::new();
    summary(book.add_worksheet(), report, lang, &title, &note)?;
    let sheets = [
        sheets::rules(audit, report, lang),
        sheets::readings(audit, report, lang),
        sheets::units(audit, report, lang),
        sheets::zones(audit, lang),
        sheets::stations(audit, lang),
        sheets::needs(audit, lang),
        sheets::issues(audit, report, lang),
    ];
    for sheet in sheets {
        write(book.add_worksheet(), &sheet, &formats, lang, &note)?;
    }
    book.save_to_buffer()
}

/// A workbook without a sheet, made at a constant time.
fn empty(title: &str, note: &str, version: &str) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_comment(note)
            .set_author(format!("lifering {version}"))
            .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?),
    );
    Ok(book)
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
                Cell::Year(n) => sheet.write_with_format(row, column, *n, &formats.year)?,
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
    let short = tr("xlsx.short", lang);
    if let Some(column) = data.heads.iter().position(|(head, _)| *head == short) {
        let lacking = ConditionalFormatCell::new()
            .set_rule(ConditionalFormatCellRule::GreaterThan(0))
            .set_format(Format::new().set_background_color(Color::RGB(0x00F4_C9A6)).set_bold());
        sheet.add_conditional_format(1, column as u16, last_row, column as u16, &lacking)?;
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

//! Workbooks and their sheets: formats, page setup, filters, colours by verdict.
//!
//! In: [`Table`]s. Out: sheets of a workbook whose creation date is a constant.

use super::table::{Table, TableCell};
use lifering_base::escape::sheet_text;
use lifering_report::text::Lang;
use lifering_report::text::{tr, verdict_word};
use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatText, ConditionalFormatTextRule,
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// Formats of headings and of each kind of cell.
pub struct Formats {
    head: Format,
    text: Format,
    number: Format,
    share: Format,
    whole: Format,
    year: Format,
}

impl Formats {
    /// The formats.
    pub fn new() -> Self {
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
            // Two decimals: fewer could round a share up to the required one.
            share: cell().set_num_format("0.00%"),
            whole: cell().set_num_format("#,##0"),
            year: cell().set_num_format("0"),
        }
    }
}

/// A workbook without sheets.
pub fn empty(title: &str, note: &str, version: &str) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new()
            .set_title(property(title))
            .set_comment(note)
            .set_author(format!("lifering {version}"))
            .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?),
    );
    Ok(book)
}

/// Characters of a property of a document, at most: Excel refuses more.
const PROPERTY_CHARACTERS: usize = 255;

/// A text as a property of a document.
fn property(text: &str) -> String {
    sheet_text(text).chars().take(PROPERTY_CHARACTERS).collect()
}

/// A4 landscape with the note on every printed page.
pub fn page_setup(sheet: &mut Worksheet, note: &str) {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    sheet.set_header(format!("&L&A&R{note}")).set_footer("&C&P / &N");
}

/// Number of the paper size A4 in the format.
const A4: u8 = 9;

/// Writes a table as a sheet: frozen headings, filter, colours, page setup.
pub fn write(sheet: &mut Worksheet, data: &Table, formats: &Formats, lang: Lang, note: &str) -> Result<(), XlsxError> {
    sheet.set_name(&data.name)?.set_freeze_panes(1, 1)?.set_row_height(0, 32)?;
    sheet.set_repeat_rows(0, 0)?;
    for (column, (head, width)) in (0..).zip(&data.heads) {
        sheet.write_with_format(0, column, head, &formats.head)?.set_column_width(column, *width)?;
    }
    for (row, cells) in (1..).zip(&data.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                TableCell::Text(text) => sheet.write_with_format(row, column, sheet_text(text), &formats.text)?,
                TableCell::Number(n) => sheet.write_with_format(row, column, *n, &formats.number)?,
                TableCell::Share(n) => sheet.write_with_format(row, column, *n, &formats.share)?,
                TableCell::Year(n) => sheet.write_with_format(row, column, *n, &formats.year)?,
                TableCell::Whole(n) => sheet.write_with_format(row, column, *n, &formats.whole)?,
                TableCell::Empty => sheet,
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
    page_setup(sheet, note);
    Ok(())
}

/// Colours a column of verdicts by conditional formats, which follow edits of the cells.
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

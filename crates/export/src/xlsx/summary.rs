//! The first sheet of report.xlsx: verdict, standard, versions, key figures.

use super::book::page_setup;
use lifering_base::escape::sheet_text;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use lifering_report::text::{tr, whole_verdict};
use rust_xlsxwriter::{Color, Format, FormatAlign, Worksheet, XlsxError};

/// Writes the sheet.
pub fn summary(sheet: &mut Worksheet, report: &Report, lang: Lang, title: &str, note: &str) -> Result<(), XlsxError> {
    sheet.set_name(tr("xlsx.summary", lang))?.set_column_width(0, 34)?.set_column_width(1, 90)?;
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let standard = if lang == Lang::Zh { &report.standard.title } else { &report.standard.title_en };
    sheet.write_with_format(0, 0, sheet_text(title), &Format::new().set_bold().set_font_size(16))?;
    sheet.write_with_format(1, 0, note, &Format::new().set_bold().set_font_color(Color::RGB(0x00C4_4E00)))?;
    let lines = [
        ("xlsx.verdict", whole_verdict(report, lang)),
        ("html.standard", format!("{} ({})", standard, report.standard.id)),
        ("html.versions", format!("lifering {}, {}", report.tool.version, report.schema)),
    ];
    for (row, (key, text)) in (3..).zip(lines) {
        sheet.write_with_format(row, 0, tr(key, lang), &wrap)?;
        sheet.write_with_format(row, 1, sheet_text(&text), &wrap)?;
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
    page_setup(sheet, note);
    Ok(())
}

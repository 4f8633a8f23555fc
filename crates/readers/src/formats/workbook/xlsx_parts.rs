//! What an .xlsx says of its sheets beside the cells: hidden rows and columns, merged cells, formulas without a result.
//!
//! In: the bytes of a workbook. Out: [`SheetParts`] by position of the sheet; an archive that would unpack to more than any
//! workbook holds is refused before it is unpacked.

use super::{cell_name, merged};
use crate::budget::{Budget, Watched};
use crate::formats::table::MergedCells;
use lifering_base::error::InputError;
use lifering_base::message;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeSet;
use std::io::{BufReader, Cursor, Read};
use zip::ZipArchive;

/// Memory that a byte of shared texts takes once unpacked: the library keeps a text for every element, however short.
const BYTES_PER_TEXT_BYTE: u64 = 4;
/// The part with the texts that cells share.
const SHARED_TEXTS: &str = "xl/sharedStrings.xml";
/// How much more than its memory a workbook may unpack to: its sheets are gone through row by row.
const STREAMED: u64 = 2;

/// An .xlsx as an archive.
pub(super) struct XlsxParts<'a> {
    bytes: &'a [u8],
    budget: Budget<'a>,
    /// Paths of the sheets, in the order of the workbook.
    sheets: Vec<String>,
}

/// What a sheet says beside its cells.
#[derive(Debug, Default)]
pub(super) struct SheetParts {
    /// Numbers of the rows that are hidden or filtered.
    pub(super) hidden_rows: BTreeSet<u32>,
    /// Indexes of the columns that are hidden.
    pub(super) hidden_columns: Vec<usize>,
    pub(super) merged: Vec<MergedCells>,
    /// Row and index of the column of every formula whose result is not kept.
    pub(super) not_calculated: Vec<(u32, usize)>,
}

impl<'a> XlsxParts<'a> {
    /// The archive; `None` if the file is no .xlsx. Refused if it would unpack to too much.
    pub(super) fn open(file: &str, bytes: &'a [u8], budget: Budget<'a>) -> Result<Option<Self>, InputError> {
        let Ok(mut archive) = ZipArchive::new(budget.watch(Cursor::new(bytes))) else { return Ok(None) };
        if !is_within(&mut archive, budget) {
            return Err(budget.refuse(file, message!("message.workbook")));
        }
        let most = budget.most();
        let targets = relations(&part(&mut archive, "xl/_rels/workbook.xml.rels", most).unwrap_or_default());
        let Some(workbook) = part(&mut archive, "xl/workbook.xml", most) else { return Ok(None) };
        let path = |id: String| {
            let target = targets.iter().find(|(known, _)| *known == id).map(|(_, target)| target.as_str())?;
            Some(target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned))
        };
        let sheets = sheet_ids(&workbook).into_iter().filter_map(path).collect();
        Ok(Some(Self { bytes, budget, sheets }))
    }

    /// What a sheet says beside its cells; `None` if it cannot be read.
    pub(super) fn sheet(&self, at: usize) -> Option<SheetParts> {
        let mut archive = ZipArchive::new(self.budget.watch(Cursor::new(self.bytes))).ok()?;
        let entry = archive.by_name(self.sheets.get(at)?).ok()?;
        Some(sheet_parts(BufReader::new(entry.take(self.budget.most().saturating_mul(STREAMED)))))
    }
}

type Archive<'a> = ZipArchive<Watched<'a, Cursor<&'a [u8]>>>;

/// Whether an archive unpacks to no more than its budget. What the directory says may be wrong, so the parts are unpacked
/// once, without keeping anything.
fn is_within(archive: &mut Archive<'_>, budget: Budget<'_>) -> bool {
    let most = budget.most().saturating_mul(STREAMED);
    let of_texts = budget.most() / BYTES_PER_TEXT_BYTE;
    let mut told: u64 = 0;
    for at in 0..archive.len() {
        let Ok(entry) = archive.by_index_raw(at) else { continue };
        told = told.saturating_add(entry.size());
        if entry.size() > of_texts && entry.name().is_ok_and(|name| name == SHARED_TEXTS) {
            return false;
        }
    }
    if told > most {
        return false;
    }
    let mut left = most;
    for at in 0..archive.len() {
        let Ok(entry) = archive.by_index(at) else { continue };
        let texts = entry.name().is_ok_and(|name| name == SHARED_TEXTS);
        let own = if texts { of_texts.min(left) } else { left };
        let read = std::io::copy(&mut entry.take(own.saturating_add(1)), &mut std::io::sink()).unwrap_or(0);
        if read > own {
            return false;
        }
        left -= read;
    }
    true
}

fn part(archive: &mut Archive<'_>, name: &str, most: u64) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    archive.by_name(name).ok()?.take(most).read_to_end(&mut content).ok()?;
    Some(content)
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

fn is_set(element: &BytesStart<'_>, name: &str) -> bool {
    matches!(attribute(element, name).as_deref(), Some("1" | "true"))
}

/// Id and target of each relation.
fn relations(xml: &[u8]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    each_element(xml, |element| {
        if element.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
        {
            all.push((id, target));
        }
    });
    all
}

/// Ids of the relations of the sheets, in order.
fn sheet_ids(xml: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    each_element(xml, |element| {
        // `r:id`, not `sheetId`.
        if element.local_name().as_ref() == "sheet" {
            all.extend(attribute(element, "id"));
        }
    });
    all
}

/// Calls `visit` with every start of an element up to the first fault: the reader of the cells says what is wrong.
fn each_element(xml: impl std::io::BufRead, mut visit: impl FnMut(&BytesStart<'_>)) {
    let mut reader = Reader::from_reader(xml);
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => visit(&element),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
        buffer.clear();
    }
}

/// Columns of a sheet of Excel.
const MOST_COLUMNS: usize = 16_384;

fn sheet_parts(xml: impl std::io::BufRead) -> SheetParts {
    let mut parts = SheetParts::default();
    let (mut row, mut column) = (0_u32, 0_usize);
    // The cell with a formula whose result has not been found yet, and whether an empty text would be one.
    let mut formula: Option<(u32, usize)> = None;
    let mut text_result = false;
    let mut reader = Reader::from_reader(xml);
    let mut buffer = Vec::new();
    // Whether the reader is within <v>: writers that do not calculate leave it empty.
    let mut in_value = false;
    loop {
        let event = reader.read_event_into(&mut buffer);
        let (element, empty) = match &event {
            Ok(Event::Start(element)) => (element, false),
            Ok(Event::Empty(element)) => (element, true),
            Ok(Event::Text(_)) => {
                if in_value {
                    formula = None;
                }
                buffer.clear();
                continue;
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {
                in_value = false;
                buffer.clear();
                continue;
            }
        };
        in_value = false;
        match element.local_name().as_ref() {
            "col" if is_set(element, "hidden") => {
                let number = |name| attribute(element, name).and_then(|n| n.parse::<usize>().ok());
                if let (Some(first), Some(last)) = (number("min"), number("max")) {
                    parts.hidden_columns.extend(first.max(1) - 1..last.min(MOST_COLUMNS));
                }
            }
            "row" => {
                parts.not_calculated.extend(formula.take());
                row = attribute(element, "r").and_then(|r| r.parse().ok()).unwrap_or(row + 1);
                column = 0;
                if is_set(element, "hidden") {
                    parts.hidden_rows.insert(row);
                }
            }
            "c" => {
                parts.not_calculated.extend(formula.take());
                text_result = attribute(element, "t").as_deref() == Some("str");
                if let Some((_, at)) = attribute(element, "r").and_then(|name| cell_name(&name)) {
                    column = at;
                }
                column += 1;
            }
            "f" => formula = Some((row, column.saturating_sub(1))),
            "v" if text_result => formula = None,
            "v" => in_value = !empty,
            "is" => formula = None,
            "mergeCell" => parts.merged.extend(attribute(element, "ref").and_then(|range| merged(&range))),
            _ => {}
        }
        buffer.clear();
    }
    parts.not_calculated.extend(formula);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sheet_says_beside_its_cells() {
        let xml = r#"<worksheet><cols><col min="2" max="3" hidden="1"/><col min="5" max="5"/></cols><sheetData>
            <row r="1"><c r="A1"><v>1</v></c><c r="C1"><f>A1+1</f><v>2</v></c><c r="D1"><f>A1</f></c></row>
            <row r="4" hidden="1"><c r="A4"><f>A1</f><v/></c></row><row><c><f>A1</f><v></v></c><c t="str"><f>A1</f><v></v></c></row>
            </sheetData><mergeCells><mergeCell ref="B2:B5"/></mergeCells></worksheet>"#;
        let parts = sheet_parts(xml.as_bytes());
        assert_eq!(parts.hidden_columns, [1, 2]);
        assert_eq!(parts.hidden_rows.iter().copied().collect::<Vec<_>>(), [4]);
        assert_eq!(parts.merged, [MergedCells { rows: (2, 5), columns: (1, 1) }]);
        assert_eq!(parts.not_calculated, [(1, 3), (4, 0), (5, 0)]);
    }
}

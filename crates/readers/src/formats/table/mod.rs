//! Tables: CSV, and workbooks of Excel and `OpenDocument`.
//!
//! In: the cells of a sheet or a text. Out: a feature a record, at the place of its columns, and the [`TableLayout`], by
//! which messages name rows and columns. Rows that are no records (titles, sums, notes) are noted and left out.

mod csv;
mod headings;
mod places;
mod rows;

pub(crate) use rows::is_sums_label;

use super::{Format, ParsedFile, Purpose};
use crate::feature::RawFeature;
use crate::fields::Fields;
use crate::numbers::DecimalSign;
use crate::properties::Properties;
use crate::settings::{CoordinateOrder, LayerSpec};
use headings::Headings;
use lifering_base::error::{InputError, Place, TableRow};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use lifering_base::message::short;
use lifering_base::records::Layer;
use places::PlaceColumns;
use rows::RowKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One row of cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GridRow {
    /// Number of the row in its sheet, or of the line in its text, counted from 1.
    pub number: u32,
    /// The cells, from the first column on.
    pub cells: Vec<Value>,
}

/// Cells that are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedCells {
    /// First and last number of the row.
    pub rows: (u32, u32),
    /// First and last index of the column.
    pub columns: (usize, usize),
}

/// The cells of a sheet or a text.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// Name of the sheet; `None` for a text.
    pub sheet: Option<String>,
    /// Rows that have a cell, and are not hidden.
    pub rows: Vec<GridRow>,
    /// Merged cells.
    pub merged: Vec<MergedCells>,
    /// Indexes of hidden columns.
    pub hidden_columns: Vec<usize>,
    /// Places of formulas whose result the file does not hold: row and index of the column.
    pub not_calculated: Vec<(u32, usize)>,
}

/// What a column says of the place of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceRole {
    /// The longitude.
    Longitude,
    /// The latitude.
    Latitude,
    /// Both coordinates.
    Both,
    /// A whole geometry.
    Geometry,
}

/// How the features of a table stood in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableLayout {
    /// Name of the sheet; `None` for a text.
    pub sheet: Option<String>,
    /// Number of the row of each feature.
    pub rows: Vec<u32>,
    /// The columns of the place, by name.
    pub places: Vec<(String, PlaceRole)>,
    /// The column of addresses.
    pub address: Option<String>,
    /// The sign before the decimals of its numbers.
    pub decimal_sign: DecimalSign,
}

impl PlaceRole {
    /// Name under which its values are counted.
    pub fn key(self) -> &'static str {
        match self {
            Self::Longitude => "longitude",
            Self::Latitude => "latitude",
            Self::Both => "coordinates",
            Self::Geometry => "geometry",
        }
    }
}

impl TableLayout {
    /// The row of a feature.
    pub fn row(&self, feature: usize) -> Option<TableRow> {
        Some(TableRow { sheet: self.sheet.clone(), number: *self.rows.get(feature)? })
    }
}

/// Features of a CSV file.
pub fn csv(spec: &LayerSpec, text: &str, purpose: Purpose<'_>, issues: &mut Issues) -> Result<ParsedFile, InputError> {
    let (grid, sign) = csv::grid(&spec.file, text, purpose.budget, issues)?;
    features(spec, grid, sign, Format::Csv, purpose, issues)
}

/// Excel knows only floating-point numbers; ids read better without ".0".
pub(super) fn whole_or_not(n: f64) -> Value {
    if n.fract() == 0.0 && n.abs() < 9e15 { Value::from(n as i64) } else { Value::from(n) }
}

pub(super) fn text_cell(text: &str) -> Value {
    let trimmed = text.trim();
    if trimmed.is_empty() { Value::Null } else { Value::from(trimmed) }
}

/// A cell of a table without a form of its own: a plain number is a number, any other text is text.
#[cfg(feature = "kml")]
pub(super) fn plain_cell(text: &str) -> Value {
    csv::cell(text, DecimalSign::Point)
}

/// The records of a table as features.
pub(super) fn features(
    spec: &LayerSpec,
    mut grid: Grid,
    sign: DecimalSign,
    format: Format,
    purpose: Purpose<'_>,
    issues: &mut Issues,
) -> Result<ParsedFile, InputError> {
    let file = &spec.file;
    let hidden = leave_out_hidden_columns(&mut grid);
    fill_merged(file, &mut grid, issues);
    grid.rows.retain(|row| row.cells.iter().any(|c| !c.is_null()));
    if grid.rows.is_empty() {
        return Err(InputError::wrong(
            Place::file(file),
            message!("message.empty_table"),
            message!("message.table_rows"),
        ));
    }
    let found = headings::find(spec, &grid, purpose.fields);
    note_headings(file, &grid, &found, issues);
    note_hidden_columns(file, &hidden, &found.names, purpose.fields, issues);
    let body = grid.rows.split_off((found.first + found.rows).min(grid.rows.len()));
    let names = found.names;
    let body = records(file, &grid, body, &names, issues);
    purpose.budget.go_on()?;
    let columns = PlaceColumns::named(spec, &names)?;
    // A layer without places may have a column of addresses; whatever else a column is called, its cells decide.
    let columns = if purpose.layer == Layer::Extra && columns == PlaceColumns::Nowhere {
        columns
    } else {
        columns.confirmed(&body, names.len())
    };
    if purpose.layer != Layer::Extra && columns == PlaceColumns::Nowhere {
        return Err(places::nowhere(file, &names, &body));
    }
    let order = match columns {
        PlaceColumns::Both(column) => {
            let order = places::order(spec, &names[column], column, &body, purpose.region())?;
            let found = match order {
                CoordinateOrder::LonLat => message!("message.both_lon_first"),
                CoordinateOrder::LatLon => message!("message.both_lat_first"),
            };
            let place = Place::file(file).field(&names[column]);
            issues.note(IssueCode::TableForm, &place, found, message!("message.order_by_region"));
            order
        }
        _ => CoordinateOrder::LonLat,
    };
    let mut layout = TableLayout {
        sheet: grid.sheet.clone(),
        rows: Vec::with_capacity(body.len()),
        places: columns.roles().into_iter().map(|(at, role)| (names[at].clone(), role)).collect(),
        address: places::address_column(&names).map(|at| names[at].clone()),
        decimal_sign: sign,
    };
    let mut features = Vec::with_capacity(body.len());
    for (index, row) in body.into_iter().enumerate() {
        purpose.budget.go_on_at(index)?;
        layout.rows.push(row.number);
        let place = Place { feature: Some(index), row: layout.row(index), ..Place::file(file) };
        if row.cells.iter().skip(names.len()).any(|c| !c.is_null()) {
            let found = message!("message.cells", n = row.cells.len());
            issues.note(IssueCode::RowLeftOut, &place, found, message!("message.as_header", n = names.len()));
            features.push(RawFeature { index, id: None, geometry: None, properties: Properties::default() });
            continue;
        }
        let geometry = match columns {
            PlaceColumns::LonLat(lon, lat) => {
                places::lon_lat(&row, [(lon, &names[lon]), (lat, &names[lat])], &place, issues)
            }
            PlaceColumns::Geometry(column) => {
                places::geometry(row.cells.get(column), &place.field(&names[column]), issues)
            }
            PlaceColumns::Both(column) => {
                places::both(row.cells.get(column), order, &place.field(&names[column]), issues)
            }
            PlaceColumns::Nowhere => None,
        };
        let skip = if let PlaceColumns::Geometry(column) = columns { Some(column) } else { None };
        let properties = names
            .iter()
            .zip(row.cells)
            .enumerate()
            .filter(|(i, (_, value))| Some(*i) != skip && !value.is_null())
            .map(|(_, (name, value))| (name.clone(), value))
            .collect();
        features.push(RawFeature { index, id: None, geometry, properties });
    }
    Ok(ParsedFile { format, encoding: None, crs: None, features, table: Some(layout) })
}

/// Whether a table has columns for the places that its layer needs.
#[cfg(feature = "spreadsheet")]
pub(super) fn has_places(spec: &LayerSpec, grid: &Grid, purpose: Purpose<'_>) -> bool {
    let found = headings::find(spec, grid, purpose.fields);
    purpose.layer == Layer::Extra
        || !matches!(PlaceColumns::named(spec, &found.names), Ok(PlaceColumns::Nowhere) | Err(_))
}

/// Empties the cells of hidden columns. Their headings: the first text in each.
fn leave_out_hidden_columns(grid: &mut Grid) -> Vec<String> {
    let mut headings = Vec::new();
    for column in std::mem::take(&mut grid.hidden_columns) {
        let mut heading = None;
        for cell in grid.rows.iter_mut().filter_map(|row| row.cells.get_mut(column)) {
            if let Value::String(text) = cell.take() {
                heading.get_or_insert(text);
            }
        }
        headings.extend(heading);
    }
    headings
}

/// Names the hidden columns, each with the visible one of the same field.
fn note_hidden_columns(file: &str, hidden: &[String], names: &[String], fields: Option<&Fields>, issues: &mut Issues) {
    for heading in hidden {
        let field = |name: &str| fields.and_then(|fields| fields.recognised(name));
        let beside = names.iter().find(|name| field(name).is_some() && field(name) == field(heading));
        let name = short(heading).into_owned();
        let found = match beside {
            Some(beside) => message!("message.hidden_column_beside", name = name, beside = beside),
            None => message!("message.hidden_column", name = name),
        };
        issues.note(IssueCode::HiddenLeftOut, &Place::file(file), found, message!("message.hidden_left_out"));
    }
}

fn sheet_row(grid: &Grid, number: u32) -> TableRow {
    TableRow { sheet: grid.sheet.clone(), number }
}

/// Merged cells of several rows: a text counts for each of them, a number for the first alone.
fn fill_merged(file: &str, grid: &mut Grid, issues: &mut Issues) {
    for merged in std::mem::take(&mut grid.merged) {
        let (first, last) = merged.rows;
        let column = merged.columns.0;
        if first == last || merged.columns.1 > column {
            continue;
        }
        let Some(start) = grid.rows.iter().position(|row| row.number == first) else { continue };
        let Some(value) = grid.rows[start].cells.get(column).filter(|v| !v.is_null()).cloned() else { continue };
        let text = value.is_string();
        if text {
            for row in grid.rows[start + 1..].iter_mut().take_while(|row| row.number <= last) {
                if row.cells.len() <= column {
                    row.cells.resize(column + 1, Value::Null);
                }
                row.cells[column] = value.clone();
            }
        }
        let place = Place { row: Some(sheet_row(grid, first)), ..Place::file(file) };
        let found =
            message!("message.merged_cells", value = short(&value.to_string()).into_owned(), n = last - first + 1);
        let done = if text { message!("message.merged_each") } else { message!("message.merged_first") };
        issues.note(IssueCode::CellsMerged, &place, found, done);
    }
}

/// Says where the headings stand, if not in the first row alone.
fn note_headings(file: &str, grid: &Grid, found: &Headings, issues: &mut Issues) {
    let mut note = |at: usize, what, done| {
        let number = grid.rows.get(at).map_or(1, |row| row.number);
        let place = Place { row: Some(sheet_row(grid, number)), ..Place::file(file) };
        issues.note(IssueCode::TableForm, &place, what, done);
    };
    for at in 0..found.first {
        let text: Vec<String> = headings::texts(&grid.rows[at]).into_iter().filter(|t| !t.is_empty()).collect();
        let title = short(&text.join(" ")).into_owned();
        note(at, message!("message.title_row", text = title), message!("message.above_headings"));
    }
    if found.units {
        note(found.first + found.rows - 1, message!("message.unit_row"), message!("message.units_of_columns"));
    }
    if found.rows - usize::from(found.units) == 2 {
        note(found.first, message!("message.two_heading_rows"), message!("message.headings_joined"));
    }
    for name in &found.repeated {
        let place = Place::file(file).field(name);
        let found = message!("message.two_columns", name = name);
        issues.note(IssueCode::DuplicateKey, &place, found, message!("message.first_column"));
    }
}

/// The rows that are records. Formulas without a result are noted; their cells are empty.
fn records(file: &str, grid: &Grid, body: Vec<GridRow>, names: &[String], issues: &mut Issues) -> Vec<GridRow> {
    let mut kept = Vec::with_capacity(body.len());
    for (at, row) in body.into_iter().enumerate() {
        let place = || Place { row: Some(sheet_row(grid, row.number)), ..Place::file(file) };
        let shown = || {
            let all: Vec<String> = headings::texts(&row).into_iter().filter(|text| !text.is_empty()).collect();
            short(&all.join(", ")).into_owned()
        };
        let (code, done) = match rows::kind(&row, names, at == 0) {
            RowKind::Record => {
                kept.push(row);
                continue;
            }
            RowKind::Sums => (IssueCode::SumsLeftOut, message!("message.sums_left_out")),
            RowKind::Note => (IssueCode::TableForm, message!("message.note_row")),
            RowKind::Headings => (IssueCode::TableForm, message!("message.headings_again")),
            RowKind::ColumnNumbers => (IssueCode::TableForm, message!("message.column_numbers")),
        };
        issues.note(code, &place(), message!("message.the_row", text = shown()), done);
    }
    let numbers: std::collections::BTreeSet<u32> = kept.iter().map(|row| row.number).collect();
    for (number, column) in grid.not_calculated.iter().filter(|(number, _)| numbers.contains(number)) {
        let place = Place { row: Some(sheet_row(grid, *number)), ..Place::file(file) };
        let place = names.get(*column).map_or(place.clone(), |name| place.clone().field(name));
        let found = message!("message.formula_without_result");
        issues.note(IssueCode::NotCalculated, &place, found, message!("message.calculate"));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Geometry;
    use crate::source::Source;

    fn read(text: &str, spec: &LayerSpec) -> Result<(Vec<RawFeature>, Vec<IssueCode>), String> {
        let mut issues = Issues::default();
        let fields = Fields::new("region.toml", Layer::Stations, "stations", None).unwrap();
        let purpose = Purpose { fields: Some(&fields), ..Purpose::of(Layer::Stations, &Source::Demo) };
        let parsed = csv(spec, text, purpose, &mut issues).map_err(|e| e.to_string())?;
        Ok((parsed.features, issues.list().iter().map(|i| i.code).collect()))
    }

    fn at(feature: &RawFeature) -> Option<(f64, f64)> {
        feature.geometry.as_ref().and_then(Geometry::point).map(|p| (p.lon, p.lat))
    }

    #[test]
    fn columns_in_both_languages_and_types_of_cells() {
        let spec = LayerSpec::of("f.csv");
        for text in [
            "编号,名称,经度,纬度,救护车数量\n007,青阳站,118.5,24.7,3\n",
            "120急救站一览表,,,,\n编号;名称;经度;纬度;救护车数量\n".replace(';', ",").as_str().to_owned().as_str(),
            "编号\t名称\t经度\t纬度\t救护车数量\r\n007\t青阳站\t118.5\t24.7\t3\r\n",
        ] {
            let (features, _) = read(text, &spec).unwrap();
            for feature in features {
                assert_eq!(at(&feature), Some((118.5, 24.7)), "{text}");
                assert_eq!(feature.properties.get("编号"), Some(&Value::from("007").into()));
                assert_eq!(feature.properties.get("救护车数量"), Some(&Value::from(3).into()));
            }
        }
        let (features, issues) = read("wkt,name\n\"LINESTRING (1 2, 3 4)\",a\nnonsense,b\n", &spec).unwrap();
        assert!(features[0].geometry.as_ref().is_some_and(|g| g.lines().is_some()));
        assert_eq!((features[1].geometry.is_none(), issues), (true, vec![IssueCode::NotUnderstood]));
    }

    #[test]
    fn rows_that_cannot_be_trusted_are_left_out() {
        let spec = LayerSpec::of("f.csv");
        let (features, issues) = read("lon,lat,n\n1,2\n1,2,3,4\nx,2,3\n1,2,\"a, b\"\n", &spec).unwrap();
        assert_eq!(features.iter().map(at).collect::<Vec<_>>(), [Some((1.0, 2.0)), None, None, Some((1.0, 2.0))]);
        assert_eq!(issues, [IssueCode::NotUnderstood, IssueCode::RowLeftOut]);
        assert!(read("name,kind\na,b\n", &spec).unwrap_err().contains("name, kind"));
        assert!(read("", &spec).unwrap_err().contains("empty table"));
        assert!(read(&format!("lon,lat\n\"1,2\n{}", "1,2\n".repeat(9)), &spec).unwrap_err().contains("quotation mark"));
        let named = LayerSpec { lon: Some("东".into()), lat: Some("北".into()), ..spec.clone() };
        assert_eq!(read("东,北\n1,2\n", &named).unwrap().0.iter().map(at).collect::<Vec<_>>(), [Some((1.0, 2.0))]);
        assert!(read("东,西\n1,2\n", &named).unwrap_err().contains("no column `北`"));
    }

    #[test]
    fn numbers_are_those_written_as_such() {
        for (text, number) in
            [("3", true), ("-3.5", true), ("007", false), ("1e5", false), ("1,000", false), ("0.5", true), ("0", true)]
        {
            assert_eq!(csv::cell(text, DecimalSign::Point).is_number(), number, "{text}");
        }
        assert_eq!(
            csv::cell("350582001001000001", DecimalSign::Point).as_str(),
            Some("350582001001000001"),
            "long codes keep every digit"
        );
    }
}

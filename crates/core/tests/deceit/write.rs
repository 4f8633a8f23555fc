//! The files of a town.
//!
//! In: a [`Town`]. Out: bytes by file name, region.toml and a standard of one rule of each kind among them.

use super::town::{Csv, Form, ORIGIN, Place, RIM, Raster, Row, STEP, Table, Town, Xlsx};
use rust_xlsxwriter::{ExcelDateTime, FilterCondition, Format, Formula, Workbook, Worksheet};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Cursor;
use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::Gray64Float;
use tiff::tags::Tag;

const STANDARD: &str = include_str!("rules.toml");

pub fn files(town: &Town) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::from([("rules.toml".to_owned(), STANDARD.into())]);
    let mut settings = "name = \"镇\"\nstandard = \"rules.toml\"\n\n[layers]\n".to_owned();
    for table in &town.tables {
        let (suffix, bytes) = match &table.form {
            Form::GeoJson { crs } => ("geojson", geojson(table, crs.as_deref())),
            Form::Csv(form) => ("csv", csv(table, form)),
            Form::Xlsx(form) => ("xlsx", xlsx(table, form)),
            Form::Raster(form) => ("tif", raster(table, form)),
        };
        let file = format!("{}.{suffix}", table.key);
        let stated = [("crs", &table.stated_crs), ("datum", &table.datum)];
        let stated = stated.iter().filter_map(|(key, value)| Some(format!(", {key} = \"{}\"", value.as_ref()?)));
        let stated: String = stated.collect();
        writeln!(settings, "{} = {{ file = \"{file}\"{stated} }}", table.key).expect("a line");
        files.insert(file, bytes);
    }
    settings += &town.settings;
    files.insert("region.toml".to_owned(), settings.into_bytes());
    files
}

fn geojson(table: &Table, crs: Option<&str>) -> Vec<u8> {
    let pair = |(x, y): &(f64, f64)| json!([x, y]);
    let feature = |row: &Row| {
        let geometry = match &row.place {
            Place::Nowhere => Value::Null,
            Place::Point(at) => json!({ "type": "Point", "coordinates": pair(at) }),
            Place::Line(all) => {
                json!({ "type": "LineString", "coordinates": all.iter().map(pair).collect::<Vec<_>>() })
            }
            Place::Area(all) => json!({ "type": "Polygon", "coordinates": [all.iter().map(pair).collect::<Vec<_>>()] }),
        };
        let properties: Map<String, Value> = table.columns.iter().cloned().zip(row.cells.iter().cloned()).collect();
        json!({ "type": "Feature", "properties": properties, "geometry": geometry })
    };
    let mut all =
        json!({ "type": "FeatureCollection", "features": table.rows.iter().map(feature).collect::<Vec<_>>() });
    if let Some(crs) = crs {
        all["crs"] = json!({ "type": "name", "properties": { "name": crs } });
    }
    all.to_string().into_bytes()
}

fn shown(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn csv(table: &Table, form: &Csv) -> Vec<u8> {
    let mut text = String::new();
    let quoted = |text: &str| {
        if text.contains([form.separator, '"', '\n']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let mut line = |cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        text += &cells.join(&form.separator.to_string());
        text += form.line_end;
    };
    if form.title {
        line(vec!["一览表".to_owned()]);
    }
    let places = [form.headings.0.to_owned(), form.headings.1.to_owned()];
    line(table.columns.iter().cloned().chain(places).collect());
    for (n, row) in table.rows.iter().enumerate() {
        let decimal = |n: f64| if form.decimal_comma { n.to_string().replace('.', ",") } else { n.to_string() };
        let place = match &row.place {
            Place::Point((x, y)) => [decimal(*x), decimal(*y)],
            _ => [String::new(), String::new()],
        };
        line(row.cells.iter().map(shown).chain(place).collect());
        if form.blank_rows && n % 3 == 1 {
            line(vec![String::new(); table.columns.len() + 2]);
        }
    }
    let mark = if form.byte_order_mark { "\u{feff}" } else { "" };
    let text = format!("{mark}{text}");
    match form.encoding {
        "utf-16" => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        "gbk" => encoding_rs::GBK.encode(&text).0.into_owned(),
        _ => text.into_bytes(),
    }
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Value, form: &Xlsx, is_date: bool) {
    let written = match cell {
        Value::Null => return,
        Value::Number(n) if is_date => {
            let year = n.as_i64().expect("a year") as u16;
            let date = ExcelDateTime::from_ymd(year, 7, 1).expect("a date");
            sheet.write_with_format(row, column, &date, &Format::new().set_num_format("yyyy-mm-dd"))
        }
        Value::Number(n) if form.formulas => {
            sheet.write(row, column, Formula::new(format!("={n}+0")).set_result(n.to_string()))
        }
        Value::Number(n) => sheet.write(row, column, n.as_f64().expect("a number")),
        other => sheet.write(row, column, shown(other)),
    };
    written.expect("a cell");
}

/// The rows of a table; of `other_numbers` every number is 7 more.
fn fill(sheet: &mut Worksheet, table: &Table, form: &Xlsx, other_numbers: bool) {
    let above = u32::from(form.title);
    if form.title {
        sheet.write(0, 0, "一览表").expect("a title");
    }
    let changed = |cell: &Value| match cell {
        Value::Number(n) if other_numbers => Value::from(n.as_i64().unwrap_or(0) + 7),
        other => other.clone(),
    };
    let width = table.columns.len() as u16;
    for (column, name) in (0..).zip(&table.columns) {
        sheet.write(above, column, name).expect("a heading");
    }
    sheet.write(above, width, "经度").expect("a heading");
    sheet.write(above, width + 1, "纬度").expect("a heading");
    let extra: Vec<&Row> = table.rows.iter().take(form.hidden_rows + form.filtered_rows).collect();
    let last = above + (table.rows.len() + extra.len()) as u32;
    for (row, of) in (above + 1..).zip(table.rows.iter().chain(extra)) {
        for (column, cell) in (0..).zip(&of.cells) {
            put(sheet, row, column, &changed(cell), form, form.dates.contains(&usize::from(column)));
        }
        if let Place::Point((x, y)) = of.place {
            sheet.write(row, width, x).expect("a cell");
            sheet.write(row, width + 1, y).expect("a cell");
        }
    }
    if let Some(twin) = form.hidden_twin {
        sheet.write(above, width + 2, &table.columns[twin]).expect("a heading");
        for (row, of) in (above + 1..).zip(&table.rows) {
            let other = of.cells[twin].as_i64().unwrap_or(0) * 3 + 5;
            sheet.write(row, width + 2, other as f64).expect("a cell");
        }
        sheet.set_column_hidden(width + 2).expect("a hidden column");
    }
    for row in last + 1 - form.hidden_rows as u32..=last {
        if form.hidden_rows > 0 {
            sheet.set_row_hidden(row).expect("a hidden row");
        }
    }
    if form.filtered_rows > 0 {
        let first = last + 1 - form.filtered_rows as u32;
        sheet.write(above, width + 2, "状态").expect("a heading");
        for row in above + 1..=last {
            sheet.write(row, width + 2, if row < first { "在用" } else { "停用" }).expect("a cell");
        }
        sheet.autofilter(above, 0, last, width + 2).expect("a filter");
        let condition = FilterCondition::new().add_list_filter("在用");
        sheet.filter_column(width + 2, &condition).expect("a filter");
    }
}

fn xlsx(table: &Table, form: &Xlsx) -> Vec<u8> {
    let mut book = Workbook::new();
    if form.hidden_sheet_first {
        let sheet = book.add_worksheet();
        fill(sheet, table, &Xlsx::default(), true);
        sheet.set_hidden(true);
    }
    let sheet = book.add_worksheet();
    fill(sheet, table, form, false);
    sheet.set_active(true);
    if form.notes_behind {
        book.add_worksheet().write(0, 0, "填表说明").expect("a note");
    }
    book.save_to_buffer().expect("a workbook")
}

/// Cells in each direction.
pub const CELLS: usize = 30;

/// The people of every cell, rows from the north.
pub fn cells(table: &Table) -> Vec<f64> {
    let (low, side) = frame();
    let mut people = vec![0.0; CELLS * CELLS];
    for row in &table.rows {
        let Place::Point((x, y)) = row.place else { continue };
        let column = ((x - low.0) / side.0) as usize;
        let from_south = ((y - low.1) / side.1) as usize;
        people[(CELLS - 1 - from_south) * CELLS + column] += row.cells[0].as_f64().expect("people");
    }
    people
}

/// South-west corner and side of a cell, degrees.
fn frame() -> ((f64, f64), (f64, f64)) {
    let low = (ORIGIN.0 - RIM, ORIGIN.1 - RIM);
    (low, ((8.0 * STEP.0 + 2.0 * RIM) / CELLS as f64, (8.0 * STEP.1 + 2.0 * RIM) / CELLS as f64))
}

fn raster(table: &Table, form: &Raster) -> Vec<u8> {
    let (low, side) = frame();
    let mut values = cells(table);
    if form.density.is_some() {
        let km2 = side.0 * 111.32 * libm::cos((low.1 + 0.04).to_radians()) * side.1 * 110.8;
        for value in &mut values {
            *value /= km2;
        }
    }
    if let Some((scale, _)) = form.scale {
        for value in &mut values {
            *value /= scale;
        }
    }
    if let Some((no_data, _)) = form.no_data {
        values.iter_mut().filter(|value| **value == 0.0).for_each(|value| *value = no_data);
    }
    if form.south_up {
        values = values.chunks(CELLS).rev().flatten().copied().collect();
    }
    if form.turned {
        values = (0..CELLS * CELLS).map(|n| values[(n % CELLS) * CELLS + n / CELLS]).collect();
    }
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).expect("an image");
    let mut image = encoder.new_image::<Gray64Float>(CELLS as u32, CELLS as u32).expect("an image");
    let tags = image.encoder();
    let half = if form.pixel_is_point { 0.5 } else { 0.0 };
    let north = low.1 + side.1 * CELLS as f64;
    if form.south_up {
        let rows = [side.0, 0.0, 0.0, low.0, 0.0, side.1, 0.0, low.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        tags.write_tag(Tag::ModelTransformationTag, &rows[..]).expect("a tag");
    } else {
        tags.write_tag(Tag::ModelPixelScaleTag, &[side.0, side.1, 0.0][..]).expect("a tag");
        let tie = [0.0, 0.0, 0.0, low.0 + half * side.0, north - half * side.1, 0.0];
        tags.write_tag(Tag::ModelTiepointTag, &tie[..]).expect("a tag");
    }
    let kind = if form.pixel_is_point { 2 } else { 1 };
    let keys: [u16; 16] = [1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, kind, 2048, 0, 1, 4326];
    tags.write_tag(Tag::GeoKeyDirectoryTag, &keys[..]).expect("a tag");
    if let Some((no_data, true)) = form.no_data {
        tags.write_tag(Tag::GdalNodata, no_data.to_string().as_str()).expect("a tag");
    }
    let mut items = String::new();
    if let Some((scale, true)) = form.scale {
        write!(items, "<Item name=\"SCALE\" sample=\"0\" role=\"scale\">{scale}</Item>").expect("an item");
    }
    if form.density == Some(true) {
        items += "<Item name=\"UNITTYPE\" sample=\"0\" role=\"unittype\">people/km2</Item>";
    }
    if !items.is_empty() {
        let metadata = format!("<GDALMetadata>{items}</GDALMetadata>");
        tags.write_tag(Tag::Unknown(42_112), metadata.as_str()).expect("a tag");
    }
    image.write_data(&values).expect("cells");
    file.into_inner()
}

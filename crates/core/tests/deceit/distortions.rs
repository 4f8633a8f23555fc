//! What users do to their files without knowing.
//!
//! In: a [`Town`] and random numbers. Out: the town distorted in one way, and the key of the layer it was done to; `None` if
//! the way does not apply to its files.
//!
//! Left out, because no reader can know it: every ambulance, bed or person doubled or halved, or by any factor that cities
//! differ by; a single record replaced by a plausible one; main streets turned into footways where others remain, as in a
//! pedestrian centre; a raster whose header says `PixelIsPoint` and means the other, half a cell aside; people who were
//! shifted by the 500 m between the datums and do not live beside roads. Only a second source could tell them.

#![expect(
    clippy::unnecessary_wraps,
    clippy::assigning_clones,
    reason = "every distortion has one form; a test may copy"
)]

use super::town::{CHINESE, Csv, Form, Place, Raster, Row, Table, Town, Xlsx};
use lifering_base::datum::Datum;
use lifering_base::frame::LonLat;
use oorandom::Rand32;
use serde_json::{Value, json};

pub type Distortion = fn(&mut Town, &mut Rand32) -> Option<&'static str>;

const POINT_LAYERS: [&str; 4] = ["population", "stations", "facilities", "aeds"];

fn pick<T: Copy>(random: &mut Rand32, all: &[T]) -> T {
    all[random.rand_range(0..all.len() as u32) as usize]
}

/// The position of a field, under whatever heading the town's form gives it.
fn field(table: &Table, name: &str) -> Option<usize> {
    let chinese = CHINESE.iter().find(|(english, _)| *english == name).map(|(_, chinese)| *chinese);
    table.column(name).or_else(|| table.column(chinese?))
}

/// A column of numbers: layer and field.
const NUMBERS: [(&str, &str); 5] = [
    ("population", "population"),
    ("stations", "ambulances"),
    ("facilities", "beds"),
    ("aeds", "count"),
    ("stations", "turnout_s"),
];

fn numbers(town: &mut Town, random: &mut Rand32) -> (&'static str, usize) {
    let (key, name) = pick(random, &NUMBERS);
    let column = field(town.table(key), name).expect("a column of the town");
    (key, column)
}

fn each(table: &mut Table, column: usize, change: impl FnMut(&mut Value)) {
    table.rows.iter_mut().map(|row| &mut row.cells[column]).for_each(change);
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number of the town")
}

/// A number as JSON has it: whole ones without decimals.
fn plain(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}

/// Some of the rows: from one to about a third.
fn some(rows: usize, random: &mut Rand32) -> Vec<usize> {
    let count = 1 + random.rand_range(0..(rows as u32 / 3).max(1));
    (0..count).map(|_| random.rand_range(0..rows as u32) as usize).collect()
}

fn point_layer(random: &mut Rand32) -> &'static str {
    pick(random, &POINT_LAYERS)
}

fn scale_people(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let factor = pick(random, &[10.0, 100.0, 1000.0, 1e4, 0.1, 0.01, 1e-3, 1e-4]);
    let table = town.table("population");
    let column = field(table, "population")?;
    each(table, column, |cell| *cell = plain(number(cell) * factor));
    Some("population")
}

fn scale_some_people(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let factor = pick(random, &[1000.0, 1e4]);
    let table = town.table("population");
    let column = field(table, "population")?;
    for row in some(table.rows.len(), random) {
        let cell = &mut table.rows[row].cells[column];
        *cell = plain(number(cell) * factor);
    }
    Some("population")
}

fn scale_things(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (key, name) = pick(random, &[("stations", "ambulances"), ("facilities", "beds"), ("aeds", "count")]);
    let factor = pick(random, &[10.0, 100.0, 1000.0, 1e4]);
    let table = town.table(key);
    let column = field(table, name)?;
    each(table, column, |cell| *cell = plain(number(cell) * factor));
    Some(key)
}

fn beds_in_thousands(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let factor = pick(random, &[0.1, 0.01, 1e-3, 1e-4]);
    let table = town.table("facilities");
    let column = field(table, "beds")?;
    each(table, column, |cell| *cell = plain(number(cell) * factor));
    Some("facilities")
}

fn turnout_in_other_unit(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let factor = pick(random, &[1.0 / 60.0, 60.0, 1000.0]);
    let table = town.table("stations");
    let column = field(table, "turnout_s")?;
    each(table, column, |cell| *cell = plain(number(cell) * factor));
    Some("stations")
}

fn speeds_in_other_unit(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let factor = pick(random, &[10.0, 100.0, 1.0 / 3.6, 0.1, 1000.0]);
    each(town.table("roads"), 2, |cell| *cell = plain(number(cell) * factor));
    Some("roads")
}

fn scale_unit_people(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let factor = pick(random, &[10.0, 100.0, 1000.0, 1e4, 0.1, 1e-4]);
    let table = town.table("units");
    let column = table.column("population")?;
    each(table, column, |cell| *cell = plain(number(cell) * factor));
    Some("units")
}

fn as_text(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (key, column) = numbers(town, random);
    let style = random.rand_range(0..6);
    each(town.table(key), column, |cell| {
        let n = number(cell);
        let text = n.to_string();
        *cell = match style {
            0 => text,
            1 => format!(" {text} "),
            2 => grouped(n, ','),
            3 => grouped(n, '，'),
            4 => text.chars().map(|c| char::from_u32(c as u32 + 0xfee0).expect("a wide digit")).collect(),
            _ => format!("{text}.0"),
        }
        .into();
    });
    Some(key)
}

fn grouped(n: f64, sign: char) -> String {
    let digits = format!("{n:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(sign);
        }
        text.push(digit);
    }
    text
}

fn with_units(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (key, column) = numbers(town, random);
    let unit = match key {
        "population" => pick(random, &["人", "名", " people", "余人"]),
        "facilities" => "张",
        "aeds" => "台",
        _ if field(town.table(key), "turnout_s") == Some(column) => pick(random, &["秒", "s", " s"]),
        _ => pick(random, &["辆", "台", "部"]),
    };
    let about = pick(random, &["", "", "约"]);
    each(town.table(key), column, |cell| *cell = format!("{about}{}{unit}", number(cell)).into());
    Some(key)
}

fn in_ten_thousands(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (heading, in_cell) = pick(
        random,
        &[("常住人口（万人）", ""), ("人口(万人)", ""), ("population", "万"), ("人口", "万人"), ("人口\n（万人）", "")],
    );
    let table = town.table("population");
    let column = field(table, "population")?;
    table.columns[column] = heading.to_owned();
    each(table, column, |cell| {
        let n = number(cell) / 1e4;
        *cell = if in_cell.is_empty() { plain(n) } else { format!("{n}{in_cell}").into() };
    });
    Some("population")
}

fn turnout_in_minutes_told(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let style = random.rand_range(0..3);
    let table = town.table("stations");
    let column = field(table, "turnout_s")?;
    if style == 0 {
        table.columns[column] = "出车时间（分钟）".to_owned();
    }
    each(table, column, |cell| {
        let n = number(cell);
        *cell = match style {
            0 => plain(n / 60.0),
            1 => format!("{}分{}秒", (n / 60.0).floor(), n % 60.0).into(),
            _ => format!("{}分钟", n / 60.0).into(),
        };
    });
    Some("stations")
}

fn words_in_lists(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (key, name) = pick(
        random,
        &[
            ("roads", "highway"),
            ("roads", "oneway"),
            ("stations", "kind"),
            ("facilities", "kind"),
            ("roads", "speed_kmh"),
            ("stations", "ambulances"),
            ("facilities", "beds"),
        ],
    );
    let table = town.table(key);
    let column = field(table, name)?;
    let style = random.rand_range(0..4);
    let in_json = matches!(table.form, Form::GeoJson { .. });
    each(table, column, |cell| {
        let list = match style {
            0 => json!([cell]),
            1 => json!([cell, cell]),
            2 => json!([[cell]]),
            _ => json!({ "value": cell }),
        };
        *cell = if in_json && style != 1 { list } else { list.to_string().into() };
    });
    Some(key)
}

fn differing_lists(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (name, word, speed) =
        pick(random, &[("highway", "service", None), ("oneway", "yes", None), ("speed_kmh", "", Some(5))]);
    let other = speed.map_or_else(|| json!(word), |speed| json!(speed));
    let table = town.table("roads");
    let column = table.column(name)?;
    for row in some(table.rows.len(), random) {
        let cell = &mut table.rows[row].cells[column];
        *cell = json!([cell, other]);
    }
    Some("roads")
}

fn codes_as_fractions(town: &mut Town, _: &mut Rand32) -> Option<&'static str> {
    each(town.table("units"), 0, |cell| {
        *cell = json!(cell.as_str().and_then(|s| s.parse::<f64>().ok()).expect("a code"));
    });
    Some("units")
}

fn negative_numbers(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (key, column) = numbers(town, random);
    let table = town.table(key);
    for row in some(table.rows.len(), random) {
        let cell = &mut table.rows[row].cells[column];
        *cell = plain(-number(cell));
    }
    Some(key)
}

fn words_for_numbers(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (key, column) = numbers(town, random);
    let word = pick(random, &["不详", "待定", "三", "-", "/", "3-5", "无", "?", "3/5"]);
    let table = town.table(key);
    for row in some(table.rows.len(), random) {
        table.rows[row].cells[column] = word.into();
    }
    Some(key)
}

fn missing_numbers(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (key, name) = pick(random, &[("population", "population"), ("stations", "ambulances"), ("facilities", "beds")]);
    let table = town.table(key);
    let column = field(table, name)?;
    let nothing = pick(random, &["", "NA", "nan", "NULL", "N/A", "  "]);
    for row in some(table.rows.len(), random) {
        table.rows[row].cells[column] = if nothing.is_empty() { Value::Null } else { nothing.into() };
    }
    Some(key)
}

fn magic_numbers(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (key, column) = numbers(town, random);
    let magic = pick(random, &[-9999.0, 99_999.0, 2_147_483_647.0, -1.0, 9_999_999.0]);
    let table = town.table(key);
    for row in some(table.rows.len(), random) {
        table.rows[row].cells[column] = plain(magic);
    }
    Some(key)
}

fn swapped_names(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (key, one, other) = pick(
        random,
        &[
            ("stations", "ambulances", "turnout_s"),
            ("stations", "ambulances", "negative_pressure"),
            ("stations", "negative_pressure", "turnout_s"),
            ("facilities", "beds", "level"),
            ("facilities", "beds", "opened"),
            ("facilities", "level", "opened"),
            ("stations", "kind", "ambulances"),
            ("units", "id", "population"),
            ("units", "level", "name"),
            ("roads", "highway", "oneway"),
            ("roads", "highway", "speed_kmh"),
            ("aeds", "id", "count"),
        ],
    );
    let table = town.table(key);
    let (one, other) = (field(table, one)?, field(table, other)?);
    table.columns.swap(one, other);
    Some(key)
}

fn other_column(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    // Households stand where people are meant, and people are called otherwise.
    let table = town.table("population");
    let column = field(table, "population")?;
    table.columns[column] = pick(random, &["户数", "households", "value", "gdp", "面积"]).to_owned();
    Some("population")
}

fn two_columns(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (key, name, twin) = pick(
        random,
        &[
            ("population", "population", "总人口"),
            ("stations", "ambulances", "救护车数量"),
            ("facilities", "beds", "床位"),
            ("population", "population", "pop"),
        ],
    );
    let table = town.table(key);
    let column = field(table, name)?;
    let first = random.rand_range(0..2) == 0;
    for row in &mut table.rows {
        let other = plain((number(&row.cells[column]) * 2.0 + 1.0).floor());
        row.cells.insert(if first { column } else { column + 1 }, other);
    }
    table.columns.insert(if first { column } else { column + 1 }, twin.to_owned());
    Some(key)
}

fn row_of_sums(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = point_layer(random);
    let label = pick(random, &["合计", "总计", "小计", "全市", "Total", "全市合计", ""]);
    let with_place = random.rand_range(0..2) == 0;
    let table = town.table(key);
    let name = field(table, "name").or_else(|| field(table, "id"));
    let mut cells: Vec<Value> = (0..table.columns.len())
        .map(|column| {
            let all: Option<f64> = table.rows.iter().map(|row| row.cells[column].as_f64()).sum();
            all.map_or(Value::Null, plain)
        })
        .collect();
    if let Some(name) = name {
        cells[name] = label.into();
    }
    let place = if with_place { table.rows[0].place.clone() } else { Place::Nowhere };
    table.rows.push(Row { cells, place });
    Some(key)
}

fn duplicated_rows(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = point_layer(random);
    let table = town.table(key);
    let again: Vec<Row> = if random.rand_range(0..2) == 0 {
        table.rows.clone()
    } else {
        some(table.rows.len(), random).into_iter().map(|row| table.rows[row].clone()).collect()
    };
    table.rows.extend(again);
    Some(key)
}

fn without_geometry(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = pick(random, &["population", "stations", "facilities", "aeds", "units", "roads"]);
    let table = town.table(key);
    for row in some(table.rows.len(), random) {
        table.rows[row].place = Place::Nowhere;
    }
    Some(key)
}

fn reordered(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = pick(random, &["population", "stations", "facilities", "aeds", "units", "roads"]);
    let table = town.table(key);
    for at in (1..table.rows.len()).rev() {
        table.rows.swap(at, random.rand_range(0..at as u32 + 1) as usize);
    }
    Some(key)
}

fn columns_reordered(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = pick(random, &["stations", "facilities", "aeds", "roads"]);
    let table = town.table(key);
    let (one, other) = (0, table.columns.len() - 1);
    table.columns.swap(one, other);
    table.rows.iter_mut().for_each(|row| row.cells.swap(one, other));
    Some(key)
}

fn other_case(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = pick(random, &["population", "stations", "facilities", "aeds", "units", "roads"]);
    let style = random.rand_range(0..3);
    for column in &mut town.table(key).columns {
        *column = match style {
            0 => column.to_uppercase(),
            1 => format!(" {column} "),
            _ => column.chars().enumerate().map(|(n, c)| if n == 0 { c.to_ascii_uppercase() } else { c }).collect(),
        };
    }
    Some(key)
}

/// Makes a point layer a text file, changed in something.
fn text_file(town: &mut Town, random: &mut Rand32, change: impl FnOnce(&mut Csv)) -> Option<&'static str> {
    let key = point_layer(random);
    let mut csv = Csv::plain();
    change(&mut csv);
    town.table(key).form = Form::Csv(csv);
    Some(key)
}

fn other_encoding(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let encoding = pick(random, &["gbk", "utf-16"]);
    text_file(town, random, |csv| {
        csv.encoding = encoding;
        csv.byte_order_mark = false;
        csv.headings = ("经度", "纬度");
    })
}

fn other_lines(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (byte_order_mark, blank_rows, title) =
        (random.rand_range(0..2) == 0, random.rand_range(0..2) == 0, random.rand_range(0..2) == 0);
    let line_end = pick(random, &["\r\n", "\n", "\r"]);
    text_file(town, random, |csv| {
        (csv.byte_order_mark, csv.blank_rows, csv.title, csv.line_end) = (byte_order_mark, blank_rows, title, line_end);
    })
}

fn other_separator(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (separator, decimal_comma) = pick(random, &[(';', true), (';', false), ('\t', false), ('\t', true)]);
    text_file(town, random, |csv| (csv.separator, csv.decimal_comma) = (separator, decimal_comma))
}

fn swapped_headings(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let headings = pick(random, &[("lat", "lon"), ("纬度", "经度"), ("y", "x"), ("Y", "X")]);
    text_file(town, random, |csv| csv.headings = headings)
}

/// Makes a point layer a workbook, changed in something.
fn workbook(town: &mut Town, random: &mut Rand32, change: impl FnOnce(&mut Xlsx, &Table)) -> Option<&'static str> {
    let key = point_layer(random);
    let mut xlsx = Xlsx::default();
    change(&mut xlsx, town.table(key));
    town.table(key).form = Form::Xlsx(xlsx);
    Some(key)
}

fn hidden_sheet(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    workbook(town, random, |xlsx, _| xlsx.hidden_sheet_first = true)
}

fn notes_behind(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    workbook(town, random, |xlsx, _| (xlsx.notes_behind, xlsx.title) = (true, true))
}

fn hidden_rows(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    workbook(town, random, |xlsx, _| xlsx.hidden_rows = 2)
}

fn filtered_rows(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    workbook(town, random, |xlsx, _| xlsx.filtered_rows = 3)
}

fn hidden_column(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    workbook(town, random, |xlsx, table| {
        let names = ["population", "ambulances", "beds", "count"];
        xlsx.hidden_twin = names.iter().find_map(|name| field(table, name));
    })
}

fn formulas(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    workbook(town, random, |xlsx, _| xlsx.formulas = true)
}

fn years_as_dates(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let table = town.table("facilities");
    let column = field(table, "opened")?;
    if random.rand_range(0..2) == 0 {
        table.form = Form::Xlsx(Xlsx { dates: vec![column], ..Xlsx::default() });
        return Some("facilities");
    }
    let serials = random.rand_range(0..2) == 0;
    each(table, column, |cell| {
        // Days since 1899-12-30, as workbooks count them.
        let serial = 182 + ((number(cell) - 1900.0) * 365.25) as i64;
        *cell = if serials { serial.into() } else { format!("{}年7月1日", number(cell)).into() };
    });
    Some("facilities")
}

fn turned(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = pick(random, &["population", "stations", "facilities", "aeds", "units", "roads", "boundary"]);
    for row in &mut town.table(key).rows {
        row.place.each(&mut |p| *p = (p.1, p.0));
    }
    Some(key)
}

fn some_turned(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = point_layer(random);
    let table = town.table(key);
    for row in some(table.rows.len(), random) {
        table.rows[row].place.each(&mut |p| *p = (p.1, p.0));
    }
    Some(key)
}

fn null_island(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = point_layer(random);
    let table = town.table(key);
    for row in some(table.rows.len(), random) {
        table.rows[row].place = Place::Point((0.0, 0.0));
    }
    Some(key)
}

fn far_away(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = point_layer(random);
    let by = pick(random, &[(1.0, 0.0), (0.0, 10.0), (-100.0, 0.0), (0.0, 0.5), (-2.0, 3.0)]);
    let table = town.table(key);
    for row in some(table.rows.len(), random) {
        table.rows[row].place.each(&mut |p| *p = (p.0 + by.0, p.1 + by.1));
    }
    Some(key)
}

fn layer_moved(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = pick(random, &["population", "stations", "facilities", "aeds", "units", "boundary", "roads"]);
    let by = pick(random, &[(0.5, 0.0), (0.0, 1.0), (1.0, 1.0), (-10.0, 0.0), (0.05, 0.05), (3.0, 0.0)]);
    for row in &mut town.table(key).rows {
        row.place.each(&mut |p| *p = (p.0 + by.0, p.1 + by.1));
    }
    Some(key)
}

fn web_map_datum(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = pick(random, &["stations", "facilities", "aeds", "population", "roads", "boundary", "units"]);
    let datum = pick(random, &[Datum::Gcj02, Datum::Bd09]);
    for row in &mut town.table(key).rows {
        row.place.each(&mut |p| {
            let moved = datum.from_wgs84(LonLat::new(p.0, p.1));
            *p = (moved.lon, moved.lat);
        });
    }
    Some(key)
}

fn rounded_places(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = pick(random, &["stations", "facilities", "aeds", "population", "roads"]);
    let digits = pick(random, &[10.0, 100.0]);
    for row in &mut town.table(key).rows {
        row.place.each(&mut |p| *p = ((p.0 * digits).round() / digits, (p.1 * digits).round() / digits));
    }
    Some(key)
}

fn minutes_as_decimals(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    // 118°30'12" written as 118.3012.
    let key = point_layer(random);
    let packed = |d: f64| {
        let minutes = d.fract() * 60.0;
        ((d.floor() + minutes.floor() / 100.0 + minutes.fract() * 60.0 / 1e4) * 1e6).round() / 1e6
    };
    for row in &mut town.table(key).rows {
        row.place.each(&mut |p| *p = (packed(p.0), packed(p.1)));
    }
    Some(key)
}

/// The Gauss-Krüger plane of 3-degree zones on CGCS2000, by its central meridian, without a zone in the easting.
fn projected(p: (f64, f64), meridian: f64) -> (f64, f64) {
    let (a, f): (f64, f64) = (6_378_137.0, 1.0 / 298.257_222_101);
    let e2 = f * (2.0 - f);
    let (lat, d) = (p.1.to_radians(), (p.0 - meridian).to_radians());
    let (sin, cos) = (libm::sin(lat), libm::cos(lat));
    let n = a / (1.0 - e2 * sin * sin).sqrt();
    let t = (sin / cos) * (sin / cos);
    let c = e2 / (1.0 - e2) * cos * cos;
    let k = d * cos;
    let m = a
        * ((1.0 - e2 / 4.0 - 3.0 * e2 * e2 / 64.0) * lat
            - (3.0 * e2 / 8.0 + 3.0 * e2 * e2 / 32.0) * libm::sin(2.0 * lat)
            + 15.0 * e2 * e2 / 256.0 * libm::sin(4.0 * lat));
    let x = n * (k + (1.0 - t + c) * k * k * k / 6.0);
    let y = m + n * (sin / cos) * (k * k / 2.0 + (5.0 - t + 9.0 * c + 4.0 * c * c) * k * k * k * k / 24.0);
    (500_000.0 + x, y)
}

fn other_system(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    // The town lies at 118.45 E: EPSG:4547 has its meridian at 114, 4548 at 117, 4549 at 120; 4527 is 4548 with the zone.
    let key = pick(random, &["stations", "facilities", "aeds", "population", "units", "boundary", "roads"]);
    let (meridian, zone, stated) = pick(
        random,
        &[
            (117.0, 0.0, Some("EPSG:4548")),
            (117.0, 0.0, Some("EPSG:4549")),
            (117.0, 0.0, Some("EPSG:4547")),
            (120.0, 0.0, Some("EPSG:4548")),
            (120.0, 0.0, Some("EPSG:4549")),
            (117.0, 39.0, Some("EPSG:4527")),
            (117.0, 39.0, Some("EPSG:4548")),
            (117.0, 39.0, Some("EPSG:4528")),
            (117.0, 0.0, None),
            (117.0, 39.0, None),
            (117.0, 0.0, Some("EPSG:4326")),
            (117.0, 0.0, Some("EPSG:32650")),
            (117.0, 0.0, Some("EPSG:3857")),
        ],
    );
    let table = town.table(key);
    for row in &mut table.rows {
        row.place.each(&mut |p| {
            let (x, y) = projected(*p, meridian);
            *p = (x + zone * 1e6, y);
        });
    }
    match (&mut table.form, random.rand_range(0..2)) {
        (Form::GeoJson { crs }, 0) => *crs = stated.map(|code| format!("urn:ogc:def:crs:{}", code.replace(':', "::"))),
        _ => table.stated_crs = stated.map(str::to_owned),
    }
    Some(key)
}

fn web_mercator(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = pick(random, &["stations", "facilities", "aeds", "population", "units", "boundary", "roads"]);
    let stated = pick(random, &[Some("EPSG:3857"), None, Some("EPSG:4326"), Some("EPSG:4548")]);
    let table = town.table(key);
    for row in &mut table.rows {
        row.place.each(&mut |p| {
            let y = libm::log(libm::tan(std::f64::consts::FRAC_PI_4 + p.1.to_radians() / 2.0));
            *p = (6_378_137.0 * p.0.to_radians(), 6_378_137.0 * y);
        });
    }
    table.stated_crs = stated.map(str::to_owned);
    Some(key)
}

fn scaled_places(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let key = pick(random, &["stations", "facilities", "aeds", "population", "units", "boundary", "roads"]);
    let factor = pick(random, &[1e6, 1e5, 3600.0, 0.1, 1e-6, std::f64::consts::PI / 180.0, 10.0 / 9.0]);
    for row in &mut town.table(key).rows {
        row.place.each(&mut |p| *p = (p.0 * factor, p.1 * factor));
    }
    Some(key)
}

fn one_class(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let class = pick(
        random,
        &["residential", "motorway", "primary", "road", "yes", "1", "道路", "unclassified", "service", "footway"],
    );
    let speeds = random.rand_range(0..2) == 0;
    let table = town.table("roads");
    each(table, 0, |cell| *cell = class.into());
    if speeds {
        table.columns.remove(2);
        table.rows.iter_mut().for_each(|row| drop(row.cells.remove(2)));
    }
    Some("roads")
}

fn classes_swapped(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let (from, to) = pick(
        random,
        &[
            ("residential", "motorway"),
            ("residential", "primary"),
            ("residential", "construction"),
            ("residential", "住宅路"),
        ],
    );
    each(town.table("roads"), 0, |cell| {
        if cell == from {
            *cell = to.into();
        }
    });
    Some("roads")
}

fn roads_apart(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    // Each street is drawn by another hand: its vertices miss the crossings by some metres.
    let by = pick(random, &[1e-5, 1e-4]);
    for (n, row) in town.table("roads").rows.iter_mut().enumerate() {
        let shift = by * (n as f64 + 1.0);
        row.place.each(&mut |p| *p = (p.0 + shift, p.1 + shift));
    }
    Some("roads")
}

fn roads_missing(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let keep = pick(random, &[1, 3, 6]);
    town.table("roads").rows.truncate(keep);
    Some("roads")
}

fn rows_missing(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    // An export that stops at its limit.
    let table = town.table("population");
    table.rows.truncate(pick(random, &[1, 5, 10]));
    Some("population")
}

fn raster(town: &mut Town, change: impl FnOnce(&mut Raster)) -> Option<&'static str> {
    let table = town.table("population");
    if !matches!(table.form, Form::Raster(_)) {
        return None;
    }
    let mut raster = Raster::default();
    change(&mut raster);
    table.form = Form::Raster(raster);
    Some("population")
}

fn raster_point(town: &mut Town, _: &mut Rand32) -> Option<&'static str> {
    raster(town, |raster| raster.pixel_is_point = true)
}

fn raster_south_up(town: &mut Town, _: &mut Rand32) -> Option<&'static str> {
    raster(town, |raster| raster.south_up = true)
}

fn raster_no_data(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let value = pick(random, &[-9999.0, 65_535.0, 2_147_483_647.0, -3.4e38, 255.0, -99_999.0, -1.0]);
    let told = random.rand_range(0..3) == 0;
    raster(town, |raster| raster.no_data = Some((value, told)))
}

fn raster_scale(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let factor = pick(random, &[0.1, 10.0, 0.001, 1000.0, 1e4]);
    let told = random.rand_range(0..2) == 0;
    raster(town, |raster| raster.scale = Some((factor, told)))
}

fn raster_density(town: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    let told = random.rand_range(0..2) == 0;
    raster(town, |raster| raster.density = Some(told))
}

fn nothing(_: &mut Town, random: &mut Rand32) -> Option<&'static str> {
    Some(point_layer(random))
}

/// Every distortion by its name.
pub const ALL: &[(&str, Distortion)] = &[
    ("nothing", nothing),
    ("people scaled", scale_people),
    ("some people scaled", scale_some_people),
    ("things scaled", scale_things),
    ("beds scaled down", beds_in_thousands),
    ("turnout in another unit", turnout_in_other_unit),
    ("speeds in another unit", speeds_in_other_unit),
    ("people of units scaled", scale_unit_people),
    ("numbers as text", as_text),
    ("units in cells", with_units),
    ("ten thousands, told", in_ten_thousands),
    ("minutes, told", turnout_in_minutes_told),
    ("words in lists", words_in_lists),
    ("differing lists", differing_lists),
    ("codes as fractions", codes_as_fractions),
    ("negative numbers", negative_numbers),
    ("words for numbers", words_for_numbers),
    ("missing numbers", missing_numbers),
    ("magic numbers", magic_numbers),
    ("swapped names", swapped_names),
    ("another heading", other_column),
    ("two columns for one", two_columns),
    ("a row of sums", row_of_sums),
    ("duplicated rows", duplicated_rows),
    ("no geometry", without_geometry),
    ("rows reordered", reordered),
    ("columns reordered", columns_reordered),
    ("headings in another case", other_case),
    ("another encoding", other_encoding),
    ("other lines", other_lines),
    ("another separator", other_separator),
    ("swapped headings of places", swapped_headings),
    ("hidden sheet", hidden_sheet),
    ("notes behind", notes_behind),
    ("hidden rows", hidden_rows),
    ("filtered rows", filtered_rows),
    ("hidden column", hidden_column),
    ("formulas", formulas),
    ("years as dates", years_as_dates),
    ("longitude and latitude turned", turned),
    ("some places turned", some_turned),
    ("null island", null_island),
    ("some far away", far_away),
    ("layer moved", layer_moved),
    ("datum of a web map", web_map_datum),
    ("places rounded", rounded_places),
    ("minutes as decimals", minutes_as_decimals),
    ("another plane", other_system),
    ("web mercator", web_mercator),
    ("places scaled", scaled_places),
    ("one class of road", one_class),
    ("classes swapped", classes_swapped),
    ("roads apart", roads_apart),
    ("roads missing", roads_missing),
    ("rows missing", rows_missing),
    ("raster of points", raster_point),
    ("raster south up", raster_south_up),
    ("raster without its no-data value", raster_no_data),
    ("raster scaled", raster_scale),
    ("raster of densities", raster_density),
];

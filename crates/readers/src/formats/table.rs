//! Tables: CSV, and workbooks of Excel and `OpenDocument`.
//!
//! In: text or the bytes of a workbook. Out: a feature a row, at the place of its columns of longitude and latitude (or
//! of its geometry column, as WKT or GeoJSON). CSV knows no types: a cell that is a plain number is one.

use super::{Format, ParsedFile, wkt};
use crate::feature::RawFeature;
use crate::geometry::{Geometry, WireGeometry};
use crate::library_errors;
use crate::numbers::parse_number;
use crate::properties::Properties;
use crate::settings::LayerSpec;
use lifering_base::error::{InputError, Place, nearest};
use lifering_base::frame::LonLat;
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use serde_json::Value;

/// Names of the column of longitudes, in lower case.
const LON: &[&str] = &[
    "lon",
    "lng",
    "long",
    "longitude",
    "x",
    "经度",
    "东经",
    "经度坐标",
    "坐标经度",
    "gps经度",
    "wgs84经度",
    "x坐标",
    "point_x",
    "lon_wgs84",
];
/// Names of the column of latitudes, in lower case.
const LAT: &[&str] = &[
    "lat",
    "latitude",
    "y",
    "纬度",
    "北纬",
    "纬度坐标",
    "坐标纬度",
    "gps纬度",
    "wgs84纬度",
    "y坐标",
    "point_y",
    "lat_wgs84",
];
/// Names of a column of whole geometries, in lower case.
const GEOMETRY: &[&str] = &["wkt", "geometry", "geom", "the_geom", "wkt_geom", "几何", "geojson"];
/// Number of rows in which the header is looked for: a title may stand above it.
const TITLE_ROWS: usize = 10;

/// Features of a CSV file.
pub fn csv(spec: &LayerSpec, text: &str, place_needed: bool, issues: &mut Issues) -> Result<ParsedFile, InputError> {
    let file = &spec.file;
    let first = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let count = |c: char| first.matches(c).count();
    let delimiter = [',', ';', '\t', '|'].into_iter().max_by_key(|c| (count(*c), *c == ',')).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(delimiter as u8)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| {
            InputError::wrong(Place::file(file), library_errors::damaged(&e), message!("message.csv_table"))
        })?;
        rows.push(record.iter().map(cell).collect::<Vec<Value>>());
    }
    let swallowed = |r: &Vec<Value>| r.iter().any(|c| c.as_str().is_some_and(|s| s.matches('\n').count() > 3));
    if text.matches('"').count() % 2 == 1 && rows.last().is_some_and(swallowed) {
        return Err(InputError::wrong(
            Place::file(file),
            message!("message.open_quote"),
            message!("message.quote_pairs"),
        )
        .with_help(message!("message.quote_help")));
    }
    features(spec, rows, Format::Csv, place_needed, issues)
}

/// Excel knows only floating-point numbers; ids read better without ".0".
pub(super) fn whole_or_not(n: f64) -> Value {
    if n.fract() == 0.0 && n.abs() < 9e15 { Value::from(n as i64) } else { Value::from(n) }
}

pub(super) fn text_cell(text: &str) -> Value {
    let trimmed = text.trim();
    if trimmed.is_empty() { Value::Null } else { Value::from(trimmed) }
}

/// A cell of a CSV file. Only the usual spelling of a number counts as one ("007" is an id).
fn cell(text: &str) -> Value {
    let trimmed = text.trim();
    let digits = trimmed.strip_prefix('-').unwrap_or(trimmed);
    let plain = digits.len() <= 17
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && !(digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."));
    match trimmed.parse::<f64>() {
        Ok(n) if plain && !digits.contains('.') => whole_or_not(n),
        Ok(n) if plain => Value::from(n),
        _ => text_cell(text),
    }
}

/// The columns that hold the place of a row, by index.
enum PlaceColumns {
    LonLat(usize, usize),
    Geometry(usize),
    Nowhere,
}

pub(super) fn features(
    spec: &LayerSpec,
    mut rows: Vec<Vec<Value>>,
    format: Format,
    place_needed: bool,
    issues: &mut Issues,
) -> Result<ParsedFile, InputError> {
    let file = &spec.file;
    rows.retain(|row| row.iter().any(|c| !c.is_null()));
    let names = |row: &[Value]| -> Vec<String> {
        row.iter()
            .map(|c| c.as_str().map_or_else(|| c.to_string(), |s| s.trim_start_matches('\u{feff}').to_owned()))
            .collect()
    };
    let header_at = rows
        .iter()
        .take(TITLE_ROWS)
        .position(|row| !matches!(columns(spec, &names(row)), Ok(PlaceColumns::Nowhere) | Err(_)))
        .unwrap_or(0);
    if rows.is_empty() {
        return Err(InputError::wrong(
            Place::file(file),
            message!("message.empty_table"),
            message!("message.table_rows"),
        ));
    }
    let body = rows.split_off(header_at + 1);
    let header: Vec<String> = names(&rows[header_at])
        .into_iter()
        .enumerate()
        .map(|(i, name)| if name == "null" || name.is_empty() { format!("column {}", i + 1) } else { name })
        .collect();
    let place_from = columns(spec, &header)?;
    if place_needed && matches!(place_from, PlaceColumns::Nowhere) {
        return Err(no_columns(file, &header));
    }
    for (i, name) in header.iter().enumerate() {
        if header[..i].contains(name) {
            let place = Place::file(file).field(name);
            issues.note(
                IssueCode::DuplicateKey,
                &place,
                message!("message.two_columns", name = name),
                message!("message.last_column"),
            );
        }
    }
    let mut features = Vec::with_capacity(body.len());
    for (index, row) in body.into_iter().enumerate() {
        let place = Place { feature: Some(index), ..Place::file(file) };
        if row.iter().skip(header.len()).any(|c| !c.is_null()) {
            let found = message!("message.cells", n = row.len());
            issues.note(IssueCode::RowLeftOut, &place, found, message!("message.as_header", n = header.len()));
            features.push(RawFeature { index, id: None, geometry: None, properties: Properties::default() });
            continue;
        }
        let geometry = match place_from {
            PlaceColumns::LonLat(lon, lat) => lon_lat(&row, [(lon, &header[lon]), (lat, &header[lat])], &place, issues),
            PlaceColumns::Geometry(column) => geometry_cell(row.get(column), &place.field(&header[column]), issues),
            PlaceColumns::Nowhere => None,
        };
        let skip = if let PlaceColumns::Geometry(column) = place_from { Some(column) } else { None };
        let properties = header
            .iter()
            .zip(row)
            .enumerate()
            .filter(|(i, (_, value))| Some(*i) != skip && !value.is_null())
            .map(|(_, (name, value))| (name.clone(), value))
            .collect();
        features.push(RawFeature { index, id: None, geometry, properties });
    }
    Ok(ParsedFile { format, encoding: None, crs: None, features })
}

fn columns(spec: &LayerSpec, header: &[String]) -> Result<PlaceColumns, InputError> {
    let find = |names: &[&str]| header.iter().position(|h| names.contains(&h.trim().to_lowercase().as_str()));
    let named = |key: &str, name: &String| {
        header.iter().position(|h| h == name).ok_or_else(|| {
            let error = InputError::wrong(
                Place::file(&spec.file).field(key),
                message!("message.no_column", name = name),
                message!("message.one_of_columns", all = header.join(", ")),
            );
            match nearest(name, header.iter().map(String::as_str)) {
                Some(near) => error.with_help(message!("message.did_you_mean", near = near)),
                None => error,
            }
        })
    };
    let lon = spec.lon.as_ref().map(|n| named("lon", n)).transpose()?.or_else(|| find(LON));
    let lat = spec.lat.as_ref().map(|n| named("lat", n)).transpose()?.or_else(|| find(LAT));
    Ok(match (lon, lat, find(GEOMETRY)) {
        (Some(lon), Some(lat), _) => PlaceColumns::LonLat(lon, lat),
        (_, _, Some(column)) => PlaceColumns::Geometry(column),
        _ => PlaceColumns::Nowhere,
    })
}

fn no_columns(file: &str, header: &[String]) -> InputError {
    InputError::wrong(
        Place::file(file),
        message!("message.the_columns", all = header.join(", ")),
        message!("message.lon_lat_columns"),
    )
    .with_help(message!("message.name_columns", file = file))
}

fn lon_lat(row: &[Value], columns: [(usize, &String); 2], place: &Place, issues: &mut Issues) -> Option<Geometry> {
    let mut number = |(column, name): (usize, &String)| -> Option<f64> {
        let value = row.get(column).filter(|v| !v.is_null())?;
        let read = match value {
            Value::Number(n) => n.as_f64(),
            Value::String(text) => parse_number(text),
            _ => None,
        };
        if read.is_none() {
            issues.note(
                IssueCode::NotUnderstood,
                &place.clone().field(name),
                value.to_string(),
                message!("message.degrees_absent"),
            );
        }
        read
    };
    let (lon, lat) = (number(columns[0]), number(columns[1]));
    Some(Geometry::Point(LonLat::new(lon?, lat?)))
}

/// A geometry in one cell, WKT or GeoJSON.
fn geometry_cell(cell: Option<&Value>, place: &Place, issues: &mut Issues) -> Option<Geometry> {
    let text = cell.filter(|c| !c.is_null())?.as_str().unwrap_or_default();
    let read = if text.starts_with('{') {
        serde_json::from_str::<WireGeometry>(text).map(|w| w.0).map_err(|e| e.to_string())
    } else {
        wkt::parse(text).map(Some)
    };
    match read {
        Ok(geometry) => geometry,
        Err(why) => {
            let shown: String = text.chars().take(40).collect();
            issues.note(
                IssueCode::NotUnderstood,
                place,
                format!("\"{shown}\" ({why})"),
                message!("message.wkt_absent"),
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, spec: &LayerSpec) -> Result<(Vec<RawFeature>, Vec<IssueCode>), String> {
        let mut issues = Issues::default();
        let parsed = csv(spec, text, true, &mut issues).map_err(|e| e.to_string())?;
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
            assert_eq!(cell(text).is_number(), number, "{text}");
        }
        assert_eq!(cell("350582001001000001").as_str(), Some("350582001001000001"), "long codes keep every digit");
    }
}

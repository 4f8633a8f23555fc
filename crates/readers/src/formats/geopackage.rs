//! `GeoPackages`.
//!
//! In: the bytes of the database, opened in memory and read-only. Out: the features of one table (OGC 12-128r18).

use super::{Format, ParsedFile, wkt};
use crate::feature::RawFeature;
use crate::geometry::Geometry;
use crate::library_errors;
use crate::settings::LayerSpec;
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Map, Value};

/// Features of a table: the one `sheet` names, or the only one.
pub fn read(spec: &LayerSpec, bytes: &[u8], issues: &mut Issues) -> Result<ParsedFile, InputError> {
    let file = &spec.file;
    let wrong = |e: rusqlite::Error| {
        InputError::wrong(Place::file(file), library_errors::damaged(&e), message!("message.geopackage"))
    };
    let mut db = Connection::open_in_memory().map_err(wrong)?;
    db.deserialize_read_exact("main", bytes, bytes.len(), true).map_err(wrong)?;
    let tables = geometry_columns(&db).map_err(wrong)?;
    let names: Vec<&str> = tables.iter().map(|t| t.0.as_str()).collect();
    let chosen = match (&spec.sheet, tables.as_slice()) {
        (Some(sheet), all) => all.iter().find(|t| t.0 == *sheet),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let Some((table, column, srs)) = chosen else {
        let found =
            message!("message.the_tables", all = if names.is_empty() { "-".to_owned() } else { names.join(", ") });
        return Err(InputError::wrong(Place::file(file).field("sheet"), found, message!("message.one_table"))
            .with_help(message!("message.name_sheet", file = file)));
    };
    let crs = reference_system(&db, *srs).map_err(wrong)?;
    let features = rows(&db, file, table, column, issues).map_err(wrong)?;
    Ok(ParsedFile { format: Format::GeoPackage, encoding: None, crs, features, table: None })
}

fn geometry_columns(db: &Connection) -> rusqlite::Result<Vec<(String, String, i64)>> {
    let mut query =
        db.prepare("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns ORDER BY table_name")?;
    query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
}

/// `EPSG:...`; `None` for the two undefined systems.
fn reference_system(db: &Connection, srs: i64) -> rusqlite::Result<Option<String>> {
    if srs <= 0 {
        return Ok(None);
    }
    let query = "SELECT organization, organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = ?1";
    let found: Option<(String, i64)> = db.query_row(query, [srs], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(Some(found.map_or_else(|| format!("EPSG:{srs}"), |(organization, code)| format!("{organization}:{code}"))))
}

fn rows(
    db: &Connection,
    file: &str,
    table: &str,
    column: &str,
    issues: &mut Issues,
) -> rusqlite::Result<Vec<RawFeature>> {
    let mut query = db.prepare(&format!("SELECT * FROM \"{}\"", table.replace('"', "\"\"")))?;
    let names: Vec<String> = query.column_names().map(str::to_owned).collect();
    let mut found = query.query([])?;
    let mut features = Vec::new();
    while let Some(row) = found.next()? {
        let index = features.len();
        let place = Place { feature: Some(index), ..Place::file(file) };
        let (mut properties, mut geometry) = (Map::new(), None);
        for (i, name) in names.iter().enumerate() {
            let value = match row.get_ref(i)? {
                ValueRef::Blob(blob) if name == column => {
                    match blob_geometry(blob) {
                        Ok(read) => geometry = read,
                        Err(why) => {
                            issues.note(IssueCode::GeometryLeftOut, &place, why, message!("message.gpkg_geometry"));
                        }
                    }
                    continue;
                }
                ValueRef::Null | ValueRef::Blob(_) => continue,
                ValueRef::Integer(n) => Value::from(n),
                ValueRef::Real(n) => Value::from(n),
                ValueRef::Text(text) => Value::from(String::from_utf8_lossy(text).into_owned()),
            };
            properties.insert(name.clone(), value);
        }
        features.push(RawFeature { index, id: None, geometry, properties: properties.into() });
    }
    Ok(features)
}

/// A geometry behind the `GeoPackage` header: "GP", version, flags, reference system, envelope.
fn blob_geometry(blob: &[u8]) -> Result<Option<Geometry>, String> {
    let [b'G', b'P', _, flags, ..] = *blob else { return Err("a blob without the GeoPackage header".to_owned()) };
    let envelope = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err("an unknown envelope".to_owned()),
    };
    if flags & 0x10 != 0 {
        return Ok(None);
    }
    let body = blob.get(8 + envelope..).ok_or("a header cut short")?;
    wkt::parse_binary(body)
}

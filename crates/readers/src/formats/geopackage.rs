//! `GeoPackages`.
//!
//! In: the bytes of the database, opened in memory and read-only. Out: the features of one table (OGC 12-128r18).

use super::{Format, ParsedFile, Purpose, curves, wkt};
use crate::budget::Budget;
use crate::crs_wkt;
use crate::feature::RawFeature;
use crate::geometry::Geometry;
use crate::library_errors;
use crate::properties::Property;
use crate::settings::LayerSpec;
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OptionalExtension};
use serde_json::Value;
use std::sync::Arc;

/// The two bytes of the header that say how the file was being written; 2 is a write-ahead log (`SQLite` file format 1.3.3).
const WRITE_VERSIONS: std::ops::Range<usize> = 18..20;

/// Steps of the database's machine that reading any file may take. A row takes some ten steps and a few for each column.
const LEAST_STEPS: u64 = 10_000_000;
/// Steps that it may take beyond these for each byte of the file: what a table holds takes fewer.
const STEPS_PER_BYTE: u64 = 20;
/// Steps between two looks at their number.
const STEPS_AT_ONCE: i32 = 100_000;
/// Length that a text or a blob may have in any file, bytes. None is longer than the file that holds it; those that a view
/// makes may be.
const LEAST_LENGTH: usize = 1 << 16;
/// Memory that a row takes beside its values, bytes.
const BYTES_PER_ROW: u64 = 200;
/// Memory that a value takes beside its text, bytes.
const BYTES_PER_VALUE: u64 = 48;

/// Features of a table: the one `sheet` names, or the only one.
pub fn read(
    spec: &LayerSpec,
    bytes: &[u8],
    purpose: Purpose<'_>,
    issues: &mut Issues,
) -> Result<ParsedFile, InputError> {
    let Purpose { source, budget, .. } = purpose;
    let file = &spec.file;
    let logged = bytes.get(WRITE_VERSIONS).is_some_and(|versions| versions.contains(&2));
    let wrong = |e: rusqlite::Error| {
        let found = match e.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => message!("message.endless_view"),
            _ => library_errors::damaged(&e),
        };
        let error = InputError::wrong(Place::file(file), found, message!("message.geopackage"));
        if logged { error.with_help(message!("message.close_in_qgis")) } else { error }
    };
    let log = format!("{file}-wal");
    if logged && source.size(&log).is_some_and(|size| size > 0) {
        let found = message!("message.written_beside", log = log);
        return Err(InputError::wrong(Place::file(file), found, message!("message.geopackage"))
            .with_help(message!("message.close_in_qgis")));
    }
    let mut db = Connection::open_in_memory().map_err(wrong)?;
    if logged {
        // A database in memory has no log; what is in the file itself is whole.
        let mut settled = bytes.to_vec();
        settled[WRITE_VERSIONS].fill(1);
        db.deserialize_read_exact("main", settled.as_slice(), settled.len(), true).map_err(wrong)?;
        issues.note(
            IssueCode::OpenElsewhere,
            &Place::file(file),
            message!("message.copied_open"),
            message!("message.read_as_it_stands"),
        );
    } else {
        db.deserialize_read_exact("main", bytes, bytes.len(), true).map_err(wrong)?;
    }
    limit(&mut db, bytes.len()).map_err(wrong)?;
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
    let named = reference_system(&db, *srs).map_err(wrong)?;
    let crs = match (&spec.crs, named) {
        (Some(_), _) => None,
        (None, Some(SpatialReference::Named(name))) => Some(name),
        (None, Some(SpatialReference::Defined(text))) => crs_wkt::proj_string(&text).map_err(|why| {
            InputError::wrong(Place::file(file).field("crs"), why, message!("message.crs_wanted"))
                .with_help(message!("message.reproject_help"))
        })?,
        (None, None) => {
            let found = message!("message.srs_undefined", srs = srs.to_string());
            return Err(InputError::wrong(
                Place::file(file).field("crs"),
                found,
                message!("message.raster_crs_wanted"),
            )
            .with_help(message!("message.state_crs")));
        }
    };
    let tolerance = curves::tolerance(spec.crs.as_deref().or(crs.as_deref()));
    let columns = columns(&db, file, table).map_err(wrong)??;
    let layer = Table { file, name: table, column, columns, tolerance };
    let features = rows(&db, &layer, budget, issues).map_err(wrong)??;
    Ok(ParsedFile { format: Format::GeoPackage, encoding: None, crs, features, table: None })
}

/// Ends what takes far more steps, or makes far longer values, than a file of that size can hold.
fn limit(db: &mut Connection, bytes: usize) -> rusqlite::Result<()> {
    let longest = i32::try_from(bytes.max(LEAST_LENGTH)).unwrap_or(i32::MAX);
    db.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest)?;
    let most = LEAST_STEPS.saturating_add(STEPS_PER_BYTE.saturating_mul(bytes as u64));
    let mut taken = 0_u64;
    let too_many = move || {
        taken = taken.saturating_add(STEPS_AT_ONCE.unsigned_abs().into());
        taken > most
    };
    db.progress_handler(STEPS_AT_ONCE, Some(too_many))
}

fn geometry_columns(db: &Connection) -> rusqlite::Result<Vec<(String, String, i64)>> {
    let mut query =
        db.prepare("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns ORDER BY table_name")?;
    query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
}

/// What a file says of its reference system.
enum SpatialReference {
    /// By authority and code.
    Named(String),
    /// By well-known text.
    Defined(String),
}

/// The system with a number; `None` for the two undefined ones, -1 (cartesian) and 0 (geographic).
fn reference_system(db: &Connection, srs: i64) -> rusqlite::Result<Option<SpatialReference>> {
    if srs <= 0 {
        return Ok(None);
    }
    let query = "SELECT organization, organization_coordsys_id, srs_name, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?1";
    let found: Option<(String, i64, String, String)> =
        db.query_row(query, [srs], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).optional()?;
    let Some((organization, code, name, definition)) = found else {
        return Ok(Some(SpatialReference::Named(format!("EPSG:{srs}"))));
    };
    Ok(Some(match organization.to_uppercase().as_str() {
        "EPSG" | "ESRI" => SpatialReference::Named(format!("{organization}:{code}")),
        _ if name.contains("CRS84") || definition.contains("CRS84") => SpatialReference::Named("OGC:CRS84".to_owned()),
        _ => SpatialReference::Defined(definition),
    }))
}

/// A table with geometries.
struct Table<'a> {
    file: &'a str,
    name: &'a str,
    /// Name of the column with the geometries.
    column: &'a str,
    /// Names of all columns.
    columns: Vec<Arc<str>>,
    /// Greatest distance of an arc from the lines that stand for it, in the unit of the coordinates.
    tolerance: f64,
}

/// The names of a table's columns; the error inside names a column that is no UTF-8.
fn columns(db: &Connection, file: &str, table: &str) -> rusqlite::Result<Result<Vec<Arc<str>>, InputError>> {
    let mut query = db.prepare("SELECT CAST(name AS BLOB) FROM pragma_table_info(?1) ORDER BY cid")?;
    let names: Vec<Vec<u8>> = query.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let read = names.into_iter().enumerate().map(|(number, name)| {
        String::from_utf8(name).map(Arc::from).map_err(|wrong| {
            let shown = String::from_utf8_lossy(wrong.as_bytes()).into_owned();
            let found = message!("message.column_not_utf8", n = number + 1, table = table, name = shown);
            InputError::wrong(Place::file(file), found, message!("message.column_utf8"))
                .with_help(message!("message.rename_column"))
        })
    });
    Ok(read.collect())
}

/// The rows of a table; the error inside refuses more than the budget, which only a view can hold.
fn rows(
    db: &Connection,
    layer: &Table<'_>,
    budget: Budget<'_>,
    issues: &mut Issues,
) -> rusqlite::Result<Result<Vec<RawFeature>, InputError>> {
    let mut query = db.prepare(&format!("SELECT * FROM \"{}\"", layer.name.replace('"', "\"\"")))?;
    let mut found = query.query([])?;
    let mut features = Vec::new();
    let mut taken = 0_u64;
    while let Some(row) = found.next()? {
        let index = features.len();
        taken = taken.saturating_add(BYTES_PER_ROW);
        if budget.is_over() {
            return Ok(Err(InputError::Stopped));
        }
        if !budget.holds(taken) {
            return Ok(Err(budget.refuse(layer.file, message!("message.geopackage"))));
        }
        let place = Place { feature: Some(index), ..Place::file(layer.file) };
        let (mut properties, mut geometry) = (Vec::<(Arc<str>, Property)>::new(), None);
        for (i, name) in layer.columns.iter().enumerate() {
            let value = match row.get_ref(i)? {
                ValueRef::Blob(blob) if **name == *layer.column => {
                    taken = taken.saturating_add(blob.len() as u64);
                    match blob_geometry(blob, layer.tolerance) {
                        Ok((read, drawn)) => {
                            geometry = read;
                            curves::note(drawn, &place, issues);
                        }
                        Err(why) => {
                            issues.note(IssueCode::GeometryLeftOut, &place, why, message!("message.gpkg_geometry"));
                        }
                    }
                    continue;
                }
                ValueRef::Null | ValueRef::Blob(_) => continue,
                ValueRef::Integer(n) => Value::from(n),
                ValueRef::Real(n) => Value::from(n),
                ValueRef::Text(text) => {
                    taken = taken.saturating_add(text.len() as u64);
                    Value::from(String::from_utf8_lossy(text).into_owned())
                }
            };
            taken = taken.saturating_add(BYTES_PER_VALUE);
            properties.push((name.clone(), value.into()));
        }
        features.push(RawFeature { index, id: None, geometry, properties: properties.into_iter().collect() });
    }
    Ok(Ok(features))
}

/// A geometry behind the `GeoPackage` header: "GP", version, flags, reference system, envelope.
fn blob_geometry(blob: &[u8], tolerance: f64) -> Result<(Option<Geometry>, wkt::Curves), String> {
    let [b'G', b'P', _, flags, ..] = *blob else {
        // Well-known binary begins with its byte order, 0 or 1.
        let plain = matches!(blob, [0 | 1, ..]) && wkt::parse_binary(blob).is_ok();
        let what = if plain {
            "well-known binary without the GeoPackage header"
        } else {
            "a blob without the GeoPackage header"
        };
        return Err(what.to_owned());
    };
    let envelope = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err("an unknown envelope".to_owned()),
    };
    if flags & 0x10 != 0 {
        return Ok((None, wkt::Curves::None));
    }
    let body = blob.get(8 + envelope..).ok_or("a header cut short")?;
    wkt::parse_curved(body, tolerance)
}

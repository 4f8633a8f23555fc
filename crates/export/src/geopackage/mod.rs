//! GeoPackage 1.3 (OGC 12-128r17): coverage.gpkg and batch.gpkg, each layer with a spatial index, titles and a QGIS
//! style.
//!
//! In: [`MapLayer`]s and their styles. Out: a database in memory, or its bytes; `last_change` is a constant.

mod blob;
mod index;
mod schema;

use super::wkb::Envelope;
use blob::encode;
use lifering_base::escape::{database_text, quoted};
use lifering_report::layers::{Cell, Column, MapLayer, Shape, Type};
use lifering_report::text::Lang;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, MAIN_DB, params};

/// Value of `last_change`, which the format requires: a constant, so that the same inputs give the same bytes.
const LAST_CHANGE: &str = "2000-01-01T00:00:00.000Z";

/// A GeoPackage of layers as bytes. `note` becomes the description of each layer; `style` returns the QML of a layer
/// that has one.
pub fn bytes(
    layers: &[MapLayer<'_>],
    note: &str,
    lang: Lang,
    style: &dyn Fn(&MapLayer<'_>) -> Option<String>,
) -> rusqlite::Result<Vec<u8>> {
    Ok(database(layers, note, lang, style)?.serialize(MAIN_DB)?.to_vec())
}

/// The same as a database in memory, which `serialize` turns into bytes without another copy.
pub fn database(
    layers: &[MapLayer<'_>],
    note: &str,
    lang: Lang,
    style: &dyn Fn(&MapLayer<'_>) -> Option<String>,
) -> rusqlite::Result<Connection> {
    let file = Connection::open_in_memory()?;
    file.execute_batch(schema::HEADER)?;
    file.execute_batch("BEGIN")?;
    file.execute_batch(schema::TABLES)?;
    for layer in layers {
        add_layer(&file, layer, note, lang)?;
    }
    add_styles(&file, layers, lang, style)?;
    file.execute_batch("COMMIT")?;
    Ok(file)
}

fn sql_type(column: Column<'_>) -> &'static str {
    match column.kind {
        Type::Text => "TEXT",
        Type::Real => "DOUBLE",
        Type::Integer => "INTEGER",
        Type::Flag => "BOOLEAN",
    }
}

fn geometry_name(shape: Shape) -> Option<&'static str> {
    Some(match shape {
        Shape::Point => "POINT",
        Shape::Line => "LINESTRING",
        Shape::MultiLine => "MULTILINESTRING",
        Shape::Polygon => "POLYGON",
        Shape::MultiPolygon => "MULTIPOLYGON",
        Shape::Table => return None,
    })
}

/// Writes a layer: table, rows, index, metadata, triggers.
fn add_layer(file: &Connection, layer: &MapLayer<'_>, note: &str, lang: Lang) -> rusqlite::Result<()> {
    let table = quoted(layer.name);
    let geometry = geometry_name(layer.shape);
    let geom_column = geometry.map_or(String::new(), |kind| format!(", \"geom\" {kind}"));
    let columns: Vec<String> =
        layer.columns.iter().map(|c| format!(", {} {}", quoted(&c.key()), sql_type(*c))).collect();
    let columns = columns.concat();
    file.execute_batch(&format!(
        "CREATE TABLE {table} (\"fid\" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL{geom_column}{columns})"
    ))?;
    let bounds = add_rows(file, layer)?;
    let data_type = if geometry.is_some() { "features" } else { "attributes" };
    let srs = geometry.map(|_| 4326);
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, min_x, min_y, max_x, max_y, srs_id) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            layer.name, data_type, layer.title(lang), note, LAST_CHANGE,
            bounds.map(|b| b.0[0]), bounds.map(|b| b.0[2]), bounds.map(|b| b.0[1]), bounds.map(|b| b.0[3]), srs
        ],
    )?;
    for column in &layer.columns {
        file.execute(
            "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description) VALUES (?1, ?2, ?3, ?4, NULL)",
            params![layer.name, column.key(), column.key(), layer.alias(*column, lang)],
        )?;
    }
    if let Some(kind) = geometry {
        file.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', ?2, 4326, 0, 0)",
            params![layer.name, kind],
        )?;
        file.execute(
            "INSERT INTO gpkg_extensions VALUES (?1, 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
            [layer.name],
        )?;
        file.execute_batch(&schema::rtree_triggers(layer.name))?;
    }
    Ok(())
}

/// Rows of one INSERT; more than one, because a statement has a cost of its own.
const ROWS: usize = 32;

/// Values of one INSERT at most: what `SQLite` takes.
const VALUES: usize = 32_766;

/// Writes the rows and their spatial index and returns the envelope of all rows.
fn add_rows(file: &Connection, layer: &MapLayer<'_>) -> rusqlite::Result<Option<Envelope>> {
    let spatial = layer.shape != Shape::Table;
    let table = quoted(layer.name);
    let width = layer.columns.len() + 1 + usize::from(spatial);
    let one = format!("({})", vec!["?"; width].join(", "));
    let insert =
        |rows: usize| file.prepare(&format!("INSERT INTO {table} VALUES {}", vec![one.as_str(); rows].join(", ")));
    let at_once = (VALUES / width).clamp(1, ROWS);
    let mut many = insert(at_once)?;
    let mut fid = 0_i64;
    let mut boxes: Vec<(i64, Envelope)> = Vec::with_capacity(layer.rows.len());
    let mut blob = Vec::new();
    for rows in layer.rows.chunks(at_once) {
        let mut few = if rows.len() < at_once { Some(insert(rows.len())?) } else { None };
        let statement = few.as_mut().unwrap_or(&mut many);
        let mut place = 0;
        for row in rows {
            fid += 1;
            let mut bind = |value: ToSqlOutput<'_>| {
                place += 1;
                statement.raw_bind_parameter(place, value)
            };
            // NULL lets the database assign the next id, which is cheaper than a check of a given one.
            bind(ToSqlOutput::Borrowed(ValueRef::Null))?;
            if spatial {
                let envelope = row.geometry.as_ref().and_then(|geometry| encode(&mut blob, geometry, layer.shape));
                boxes.extend(envelope.map(|envelope| (fid, envelope)));
                bind(ToSqlOutput::Borrowed(envelope.map_or(ValueRef::Null, |_| ValueRef::Blob(&blob))))?;
            }
            for cell in &row.cells {
                let text = if let Cell::Text(text) = cell { database_text(text) } else { "".into() };
                bind(ToSqlOutput::Borrowed(match cell {
                    Cell::Empty => ValueRef::Null,
                    Cell::Text(_) => ValueRef::Text(text.as_bytes()),
                    Cell::Real(n) => ValueRef::Real(*n),
                    Cell::Integer(n) => ValueRef::Integer(*n),
                    Cell::Flag(yes) => ValueRef::Integer(i64::from(*yes)),
                }))?;
            }
        }
        statement.raw_execute()?;
    }
    if spatial {
        index::build(file, layer.name, &boxes)?;
    }
    Ok(boxes.into_iter().map(|(_, envelope)| envelope).reduce(Envelope::union))
}

/// Writes the table `layer_styles`, which QGIS reads.
fn add_styles(
    file: &Connection,
    layers: &[MapLayer<'_>],
    lang: Lang,
    style: &dyn Fn(&MapLayer<'_>) -> Option<String>,
) -> rusqlite::Result<()> {
    file.execute_batch(schema::LAYER_STYLES)?;
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?1, NULL)",
        [LAST_CHANGE],
    )?;
    for layer in layers {
        let Some(qml) = style(layer) else { continue };
        file.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) \
             VALUES ('', '', ?1, ?2, 'lifering', ?3, '', 1, ?4, '', NULL, ?5)",
            params![layer.name, "geom", qml, layer.title(lang), LAST_CHANGE],
        )?;
    }
    Ok(())
}

//! coverage.gpkg: every layer with a spatial index, Chinese titles and a default style, ready to be dropped into QGIS.
//!
//! In: [`MapLayer`]s and their styles. Out: a GeoPackage 1.3 (OGC 12-128r17) as bytes, the same for the same input: no
//! clock is asked, `last_change` is a constant.

mod blob;
mod schema;

use super::layers::{Column, MapLayer, Shape, Type, alias};
use super::report::Report;
use super::sentences::Lang;
use blob::{Envelope, encode};
use geojson::Feature;
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, MAIN_DB, params, params_from_iter};
use serde_json::Value;

/// Written where a GeoPackage wants the time of the last change: the same inputs give the same bytes.
const LAST_CHANGE: &str = "2000-01-01T00:00:00.000Z";

/// coverage.gpkg. `style` gives the QML of a layer, where it has one.
pub fn geopackage(
    layers: &[MapLayer],
    report: &Report,
    lang: Lang,
    style: &dyn Fn(&MapLayer) -> Option<String>,
) -> rusqlite::Result<Vec<u8>> {
    let mut file = Connection::open_in_memory()?;
    file.execute_batch(schema::HEADER)?;
    file.execute_batch("BEGIN")?;
    file.execute_batch(schema::TABLES)?;
    let note = if report.region.illustrative { super::geojson::ILLUSTRATIVE } else { "" };
    for layer in layers {
        add_layer(&file, layer, note, lang)?;
    }
    add_styles(&file, layers, lang, style)?;
    file.execute_batch("COMMIT")?;
    Ok(file.serialize(MAIN_DB)?.to_vec())
}

/// A name as SQL writes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn sql_type(column: Column) -> &'static str {
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
        Shape::Polygon => "POLYGON",
        Shape::MultiPolygon => "MULTIPOLYGON",
        Shape::Table => return None,
    })
}

fn add_layer(file: &Connection, layer: &MapLayer, note: &str, lang: Lang) -> rusqlite::Result<()> {
    let table = quoted(layer.name);
    let geometry = geometry_name(layer.shape);
    let geom_column = geometry.map_or(String::new(), |kind| format!(", \"geom\" {kind}"));
    let columns: String = layer.columns.iter().map(|c| format!(", {} {}", quoted(c.name), sql_type(*c))).collect();
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
            params![layer.name, column.name, column.name, alias(column.name, lang)],
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

/// Writes the rows and their entries in the spatial index; the bounds of all.
fn add_rows(file: &Connection, layer: &MapLayer) -> rusqlite::Result<Option<Envelope>> {
    let spatial = layer.shape != Shape::Table;
    if spatial {
        file.execute_batch(&format!(
            "CREATE VIRTUAL TABLE \"rtree_{}_geom\" USING rtree(id, minx, maxx, miny, maxy)",
            layer.name
        ))?;
    }
    let places = vec!["?"; layer.columns.len() + 1 + usize::from(spatial)].join(", ");
    let mut insert = file.prepare(&format!("INSERT INTO {} VALUES ({places})", quoted(layer.name)))?;
    let mut bounds: Option<Envelope> = None;
    let mut boxes: Vec<(i64, Envelope)> = Vec::new();
    for (index, feature) in layer.features.iter().enumerate() {
        let fid = index as i64 + 1;
        let mut row = vec![Cell::Integer(fid)];
        if spatial {
            let encoded = feature.geometry.as_ref().and_then(|g| encode(&g.value, layer.shape));
            if let Some((_, envelope)) = &encoded {
                bounds = Some(bounds.map_or(*envelope, |b| b.union(*envelope)));
                boxes.push((fid, *envelope));
            }
            row.push(encoded.map_or(Cell::Null, |(bytes, _)| Cell::Blob(bytes)));
        }
        row.extend(layer.columns.iter().map(|column| cell(feature, *column)));
        insert.execute(params_from_iter(row))?;
    }
    if spatial {
        let mut index = file.prepare(&format!("INSERT INTO \"rtree_{}_geom\" VALUES (?, ?, ?, ?, ?)", layer.name))?;
        for (fid, Envelope([min_x, max_x, min_y, max_y])) in boxes {
            index.execute(params![fid, min_x, max_x, min_y, max_y])?;
        }
    }
    Ok(bounds)
}

fn cell(feature: &Feature, column: Column) -> Cell {
    let value = feature.properties.as_ref().and_then(|p| p.get(column.name));
    match (value, column.kind) {
        (None | Some(Value::Null), _) => Cell::Null,
        (Some(Value::Bool(b)), _) => Cell::Integer(i64::from(*b)),
        (Some(Value::Number(n)), Type::Integer) => n.as_f64().map_or(Cell::Null, |v| Cell::Integer(v.round() as i64)),
        (Some(Value::Number(n)), Type::Text) => Cell::Text(n.to_string()),
        (Some(Value::Number(n)), _) => n.as_f64().map_or(Cell::Null, Cell::Real),
        (Some(Value::String(text)), Type::Text) => Cell::Text(text.clone()),
        // A word where a number belongs: what the data says, no number.
        (Some(Value::String(_)), _) => Cell::Null,
        (Some(other), _) => Cell::Text(other.to_string()),
    }
}

fn add_styles(
    file: &Connection,
    layers: &[MapLayer],
    lang: Lang,
    style: &dyn Fn(&MapLayer) -> Option<String>,
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

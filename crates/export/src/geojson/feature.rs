//! One feature: geometry and properties.
//!
//! In: a row of a layer. Out: its text, appended to a buffer.

use super::number::degree;
use geo::{Coord, Geometry, LineString, Polygon};
use lifering_report::layers::{Cell, Row};
use serde::Serialize;

/// The keys of the properties as they are written: quoted, with their colon.
pub fn property_key(name: &str) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    json(&mut text, &name)?;
    text.push(b':');
    Ok(text)
}

/// Appends a value as JSON.
pub fn json(text: &mut Vec<u8>, value: &impl Serialize) -> serde_json::Result<()> {
    serde_json::to_writer(text, value)
}

/// Appends a feature, a comma and a line feed. `keys` are those of [`property_key`], in the order of the cells.
pub fn feature(text: &mut Vec<u8>, keys: &[Vec<u8>], row: &Row<'_>) -> serde_json::Result<()> {
    text.extend(br#"{"type":"Feature","geometry":"#);
    match &row.geometry {
        Some(Geometry::Point(p)) => {
            text.extend(br#"{"type":"Point","coordinates":"#);
            position(text, p.0);
            text.push(b'}');
        }
        Some(Geometry::LineString(line)) => {
            text.extend(br#"{"type":"LineString","coordinates":"#);
            positions(text, line);
            text.push(b'}');
        }
        Some(Geometry::MultiLineString(lines)) => {
            text.extend(br#"{"type":"MultiLineString","coordinates":"#);
            list(text, &lines.0, positions);
            text.push(b'}');
        }
        Some(Geometry::Polygon(polygon)) => {
            text.extend(br#"{"type":"Polygon","coordinates":"#);
            rings(text, polygon);
            text.push(b'}');
        }
        Some(Geometry::MultiPolygon(area)) => {
            text.extend(br#"{"type":"MultiPolygon","coordinates":"#);
            list(text, &area.0, rings);
            text.push(b'}');
        }
        _ => text.extend(b"null"),
    }
    text.extend(br#","properties":{"#);
    for (n, (key, cell)) in keys.iter().zip(&row.cells).enumerate() {
        if n > 0 {
            text.push(b',');
        }
        text.extend(key);
        match cell {
            Cell::Empty => text.extend(b"null"),
            cell => json(text, cell)?,
        }
    }
    text.extend(b"}},\n");
    Ok(())
}

fn list<T>(text: &mut Vec<u8>, items: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    text.push(b'[');
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            text.push(b',');
        }
        write(text, item);
    }
    text.push(b']');
}

fn rings(text: &mut Vec<u8>, polygon: &Polygon<f64>) {
    text.push(b'[');
    positions(text, polygon.exterior());
    for hole in polygon.interiors() {
        text.push(b',');
        positions(text, hole);
    }
    text.push(b']');
}

fn positions(text: &mut Vec<u8>, line: &LineString<f64>) {
    list(text, &line.0, |text, c| position(text, *c));
}

fn position(text: &mut Vec<u8>, c: Coord<f64>) {
    text.push(b'[');
    degree(text, c.x);
    text.push(b',');
    degree(text, c.y);
    text.push(b']');
}

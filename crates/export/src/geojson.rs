//! uncovered.geojson, coverage.geojson, stations.geojson, `roads_time.geojson`.
//!
//! In: the rows of a layer. Out: GeoJSON text by RFC 7946: right-hand rings, 7 decimals, one feature a line. The text is
//! written straight from the rows, on all threads: no tree of values is built for a million vertices.

use geo::{Coord, Geometry, LineString, Polygon};
use lifering_report::layers::{Cell, Column, MapLayer, Row};
use lifering_report::report::ILLUSTRATIVE;
use lifering_report::report::Report;
use rayon::prelude::*;
use serde::Serialize;

/// Rows a thread writes at a time.
const ROWS: usize = 1024;

/// A layer as a file; `first` are rows that stand before its own.
pub fn file(report: &Report, layer: &MapLayer<'_>, first: &[Row<'_>]) -> Vec<u8> {
    collection(report.region.illustrative.then_some(ILLUSTRATIVE), layer.columns, &[first, &layer.rows])
}

/// The same in parts, which follow each other in the file: a large one is never held in one piece.
pub fn parts(report: &Report, layer: &MapLayer<'_>, first: &[Row<'_>]) -> Vec<Vec<u8>> {
    collection_parts(report.region.illustrative.then_some(ILLUSTRATIVE), layer.columns, &[first, &layer.rows])
}

/// Rows as a feature collection, one feature a line.
pub fn collection(note: Option<&str>, columns: &[Column], rows: &[&[Row<'_>]]) -> Vec<u8> {
    collection_parts(note, columns, rows).concat()
}

fn collection_parts(note: Option<&str>, columns: &[Column], rows: &[&[Row<'_>]]) -> Vec<Vec<u8>> {
    let keys: Vec<Vec<u8>> = columns.iter().map(|c| key(c.name)).collect();
    let mut head = br#"{"type":"FeatureCollection","#.to_vec();
    if let Some(note) = note {
        head.extend(br#""note":"#);
        json(&mut head, &note);
        head.push(b',');
    }
    head.extend(b"\"features\":[\n");
    let chunks: Vec<&[Row<'_>]> = rows.iter().flat_map(|rows| rows.chunks(ROWS)).collect();
    let texts = chunks.into_par_iter().map(|chunk| {
        let mut text = Vec::with_capacity(chunk.len() * 384);
        for row in chunk {
            feature(&mut text, &keys, row);
        }
        text
    });
    let mut parts = vec![head];
    parts.par_extend(texts);
    // Every feature ends with a comma and a new line; the last one must not.
    if let Some(last) = parts.last_mut().filter(|last| last.ends_with(b",\n")) {
        last.truncate(last.len() - 2);
    }
    parts.push(b"\n]}\n".to_vec());
    parts
}

fn key(name: &str) -> Vec<u8> {
    let mut text = Vec::new();
    json(&mut text, &name);
    text.push(b':');
    text
}

/// A value as JSON. Writing into memory cannot fail.
fn json(text: &mut Vec<u8>, value: &impl Serialize) {
    let _ = serde_json::to_writer(text, value);
}

fn feature(text: &mut Vec<u8>, keys: &[Vec<u8>], row: &Row<'_>) {
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
            cell => json(text, cell),
        }
    }
    text.extend(b"}},\n");
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

/// A number of at most seven decimals, as short as it can be; whole numbers keep one decimal, as JSON libraries write them.
fn degree(text: &mut Vec<u8>, value: f64) {
    let units = (value * 1e7).round() as i64;
    let (whole, mut part) = (units.unsigned_abs() / 10_000_000, units.unsigned_abs() % 10_000_000);
    if units < 0 {
        text.push(b'-');
    }
    text.extend(itoa::Buffer::new().format(whole).as_bytes());
    text.push(b'.');
    let mut digits = [b'0'; 7];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (part % 10) as u8;
        part /= 10;
    }
    let kept = digits.iter().rposition(|d| *d != b'0').map_or(1, |last| last + 1);
    text.extend(&digits[..kept]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_written_as_json_libraries_do() {
        for value in [118.0, 118.500_000_1, -0.001_000_1, 24.123_456_7, 0.0, -179.999_999_9, 113.25] {
            let mut text = Vec::new();
            degree(&mut text, value);
            assert_eq!(String::from_utf8(text).ok(), serde_json::to_string(&value).ok());
        }
    }
}

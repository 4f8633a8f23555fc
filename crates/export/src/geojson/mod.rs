//! GeoJSON files of layers.
//!
//! In: the columns and rows of a layer. Out: a feature collection by RFC 7946, one feature a line. The text is written
//! straight from the rows, on all threads: a tree of values for a million vertices would take several times the memory.

mod feature;
mod number;

use feature::{feature, json, property_key};
use lifering_base::escape;
use lifering_report::layers::{Column, Row};
use rayon::prelude::*;
use serde_json::Result;

/// Rows that a thread writes at a time.
const ROWS: usize = 1024;

/// Estimated bytes of a feature, for the size of a buffer.
const FEATURE_BYTES: usize = 384;

/// Rows as a feature collection. `note` becomes a member of that name.
pub fn collection(note: Option<&str>, columns: &[Column<'_>], rows: &[&[Row<'_>]]) -> Result<Vec<u8>> {
    Ok(collection_parts(note, columns, rows)?.concat())
}

/// The same in parts that follow each other: a large file is never held in one piece.
pub fn collection_parts(note: Option<&str>, columns: &[Column<'_>], rows: &[&[Row<'_>]]) -> Result<Vec<Vec<u8>>> {
    let keys: Vec<Vec<u8>> = columns.iter().map(|c| property_key(&c.key())).collect::<Result<_>>()?;
    let mut head = br#"{"type":"FeatureCollection","#.to_vec();
    if let Some(note) = note {
        head.extend(br#""note":"#);
        json(&mut head, &note)?;
        head.push(b',');
    }
    head.extend(b"\"features\":[\n");
    let chunks: Vec<&[Row<'_>]> = rows.iter().flat_map(|rows| rows.chunks(ROWS)).collect();
    let texts = chunks.into_par_iter().map(|chunk| {
        let mut text = Vec::with_capacity(chunk.len() * FEATURE_BYTES);
        for row in chunk {
            feature(&mut text, &keys, row)?;
        }
        Ok(escape::json(text))
    });
    let mut parts = vec![head];
    parts.extend(texts.collect::<Result<Vec<Vec<u8>>>>()?);
    // Every feature ends with a comma and a line feed; the last one must not.
    if let Some(last) = parts.last_mut().filter(|last| last.ends_with(b",\n")) {
        last.truncate(last.len() - 2);
    }
    parts.push(b"\n]}\n".to_vec());
    Ok(parts)
}

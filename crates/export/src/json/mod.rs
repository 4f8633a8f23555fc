//! JSON documents: audit.json, proposal.json, diff.json, batch.json.
//!
//! In: a serialisable report. Out: indented UTF-8 text that ends with a line feed; keys in the order of the fields.

use lifering_base::escape;
use serde::Serialize;

/// A report as a document.
pub fn document(report: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(report)?;
    bytes.push(b'\n');
    Ok(escape::json(bytes))
}

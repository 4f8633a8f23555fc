//! One report shape -> the files and the table a user sees.
//!
//! In: an [`crate::Audit`]. Out: bytes by file name, written whole into a folder by [`files`].

pub mod check;
pub mod files;
pub mod geojson;
pub mod proposal;
pub mod proposal_table;
pub mod report;
pub mod sentences;
pub mod table;

use crate::audit::Audit;
use rayon::prelude::*;
use report::Report;

/// All files of an audit, by name.
pub fn render(audit: &Audit, report: &Report) -> Vec<(String, Vec<u8>)> {
    type Writer = fn(&Audit, &Report) -> Vec<u8>;
    let writers: [(&str, Writer); 5] = [
        ("audit.json", |_, report| json(report)),
        ("uncovered.geojson", geojson::uncovered),
        ("coverage.geojson", geojson::coverage),
        ("stations.geojson", geojson::stations),
        ("roads_time.geojson", geojson::roads_time),
    ];
    writers.into_par_iter().map(|(name, write)| (name.to_owned(), write(audit, report))).collect()
}

/// audit.json.
pub fn json(report: &Report) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(report).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

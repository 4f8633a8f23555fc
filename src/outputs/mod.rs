//! One report shape -> the files and the table a user sees.
//!
//! In: an [`crate::Audit`]. Out: bytes by file name, written whole into a folder by [`files`].

pub mod files;
pub mod geojson;
pub mod html;
pub mod report;
pub mod sentences;
pub mod table;
pub mod words;

use crate::audit::Audit;
use rayon::prelude::*;
use report::Report;
use sentences::Lang;

/// All files of an audit, by name. `lang` is the language of what people read: the report, field and layer titles.
pub fn render(audit: &Audit, report: &Report, lang: Lang) -> Vec<(String, Vec<u8>)> {
    type Writer = fn(&Audit, &Report, Lang) -> Vec<u8>;
    let writers: [(&str, Writer); 6] = [
        ("audit.json", |_, report, _| json(report)),
        ("uncovered.geojson", |audit, report, _| geojson::uncovered(audit, report)),
        ("coverage.geojson", |audit, report, _| geojson::coverage(audit, report)),
        ("stations.geojson", |audit, report, _| geojson::stations(audit, report)),
        ("roads_time.geojson", |audit, report, _| geojson::roads_time(audit, report)),
        ("report.html", html::report),
    ];
    writers.into_par_iter().map(|(name, write)| (name.to_owned(), write(audit, report, lang))).collect()
}

/// audit.json.
pub fn json(report: &Report) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(report).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

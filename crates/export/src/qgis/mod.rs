//! What QGIS needs to open the results finished: a .qml beside every GeoJSON file, and region.qgz.
//!
//! In: the layers. Out: QML documents and a packed project, checked with QGIS 3.22.

mod batch;
mod classes;
mod layout;
mod plan;
mod project;
mod questions;
pub mod style;
mod symbols;

pub use batch::batch_qgz;

use lifering_core::audit::Audit;
use lifering_core::plan::region::OnTheGround;
use lifering_report::layers::MapLayer;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use project::Project;
use std::io::{Cursor, Write};
use style::StyleFacts;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// What styles need to know of an audit.
pub fn facts(audit: &Audit, lang: Lang) -> StyleFacts {
    StyleFacts {
        classes_s: audit.findings.road_times.as_ref().map(|t| t.classes_s.clone()).unwrap_or_default(),
        limit_s: audit.findings.road_times.as_ref().and_then(|t| t.limits_s.first().copied()),
        lang,
    }
}

/// region.qgz of an audit.
pub fn qgz(audit: &Audit, report: &Report, layers: &[MapLayer<'_>], lang: Lang) -> zip::result::ZipResult<Vec<u8>> {
    let groups = questions::groups(audit, report, layers, lang);
    packed("region.qgs", &Project::new(audit, report, groups, facts(audit, lang)).xml())
}

/// region.qgz of a proposal; the reports are those on the region as it is and once the sites stand, `answer` says what
/// they bring.
pub fn proposal_qgz<'a>(
    ground: &OnTheGround,
    reports: [&'a Report; 2],
    layers: &'a [MapLayer<'a>],
    answer: &str,
    lang: Lang,
) -> zip::result::ZipResult<Vec<u8>> {
    let groups = plan::groups(ground, reports, layers, answer, lang);
    packed("region.qgs", &Project::new(&ground.after, reports[1], groups, facts(&ground.after, lang)).xml())
}

/// A project as QGIS keeps it in one file.
fn packed(name: &str, xml: &str) -> zip::result::ZipResult<Vec<u8>> {
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    // The oldest date a zip file knows: the same inputs give the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    file.start_file(name, options)?;
    file.write_all(xml.as_bytes())?;
    Ok(file.finish()?.into_inner())
}

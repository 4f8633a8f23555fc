//! QGIS projects and styles: region.qgz, batch.qgz, a .qml file beside every GeoJSON file.
//!
//! In: layers, and the reports of their rules. Out: QML documents and packed projects, tested with QGIS 3.22.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `facts` | limits and language that styles depend on |
//! | `style` | renderer, labels and aliases of a layer |
//! | `class`, `classes`, `ramp` | a class and its rows, the classes of every layer, classes of time |
//! | `symbols`, `palette` | symbols as XML, colours |
//! | `project` | what a project shows: groups, entries, printed pages |
//! | `tips`, `expression` | what a feature says under the mouse, and how names stay text in what QGIS evaluates |
//! | `metadata`, `themes`, `bookmarks`, `temporal` | what layers say of themselves, a theme a question, the largest zones, the time slider |
//! | `atlases` | a printed page for each unit and for each zone |
//! | `audit_groups`, `proposal_groups` | the groups of region.qgz for an audit and for a proposal |
//! | `document`, `layout`, `crs`, `xml` | a project as XML |
//! | `batch` | the project of a batch |

mod atlases;
mod audit_groups;
mod batch;
mod bookmarks;
mod class;
mod classes;
mod crs;
mod document;
mod expression;
mod facts;
mod layout;
mod metadata;
mod palette;
mod project;
mod proposal_groups;
mod ramp;
mod style;
mod symbols;
mod temporal;
mod themes;
mod tips;
mod xml;

pub use facts::{StyleFacts, facts};
pub use style::{has_style, qml};

use lifering_core::audit::Audit;
use lifering_core::plan::region::OnTheGround;
use lifering_report::layers::MapLayer;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use project::Project;
use std::io::{Cursor, Write as _};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// region.qgz of an audit. `changes` are what opened and closed under a scenario; none without one.
pub fn audit_project<'a>(
    audit: &Audit,
    report: &'a Report,
    layers: &'a [MapLayer<'a>],
    changes: &'a [MapLayer<'a>],
    lang: Lang,
) -> ZipResult<Vec<u8>> {
    let mut groups = audit_groups::groups(audit, report, layers, lang);
    groups.splice(0..0, audit_groups::changes(changes, lang));
    let mut project = Project::new(audit, report, groups, facts(audit, lang));
    project.atlases = atlases::atlases(&project, report);
    packed("region.qgs", &document::project(&project))
}

/// region.qgz of a proposal. The reports are those on the region before and after; `answer` is a sentence on the gain
/// of the sites.
pub fn proposal_project<'a>(
    ground: &OnTheGround,
    reports: [&'a Report; 2],
    layers: &'a [MapLayer<'a>],
    answer: &str,
    lang: Lang,
) -> ZipResult<Vec<u8>> {
    let groups = proposal_groups::groups(ground, reports, layers, answer, lang);
    let project = Project::new(&ground.after, reports[1], groups, facts(&ground.after, lang));
    packed("region.qgs", &document::project(&project))
}

/// batch.qgz.
pub fn batch_project(title: &str, layers: &[MapLayer<'_>], facts: &StyleFacts) -> ZipResult<Vec<u8>> {
    packed("batch.qgs", &batch::project(title, layers, facts))
}

/// A .qgs file packed as a .qgz file.
fn packed(name: &str, xml: &str) -> ZipResult<Vec<u8>> {
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    // The oldest date that the format can hold: the same inputs give the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    file.start_file(name, options)?;
    file.write_all(xml.as_bytes())?;
    Ok(file.finish()?.into_inner())
}

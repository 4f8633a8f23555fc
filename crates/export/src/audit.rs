//! The files of one audit.
//!
//! In: an [`Audit`] and its [`Report`]. Out: bytes by file name, in memory ([`render`]) or in a folder ([`write()`]).

use super::error::{OutputError, RenderError};
use super::files::{Command, OutFolder, Purpose, Staging};
use super::json::document;
use super::trials::Tried;
use super::{difference, geojson, geopackage, geoparquet, html, qgis, xlsx};
use lifering_core::audit::Audit;
use lifering_report::diff::Diff;
use lifering_report::layers::{self, MapLayer};
use lifering_report::report::{ILLUSTRATIVE, Report};
use lifering_report::text::Lang;
use rayon::prelude::*;
use rusqlite::{Connection, MAIN_DB};
use std::fmt::Display;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The content of a finished file.
enum Content {
    /// One piece.
    Whole(Vec<u8>),
    /// Pieces that follow each other.
    Parts(Vec<Vec<u8>>),
    /// A database in memory, serialised only when the file is written.
    Database(Connection),
}

impl Content {
    /// Passes the pieces to `sink`.
    fn pass_to(
        self,
        file: &'static str,
        sink: impl FnOnce(&[&[u8]]) -> Result<(), OutputError>,
    ) -> Result<(), OutputError> {
        match self {
            Self::Whole(bytes) => sink(&[&bytes]),
            Self::Parts(parts) => sink(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>()),
            Self::Database(mut database) => {
                let bytes = database.serialize(MAIN_DB).map_err(RenderError::of(file))?;
                sink(&[&bytes])
            }
        }
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Whole(bytes)
    }
}

impl From<Vec<Vec<u8>>> for Content {
    fn from(parts: Vec<Vec<u8>>) -> Self {
        Self::Parts(parts)
    }
}

impl From<Connection> for Content {
    fn from(database: Connection) -> Self {
        Self::Database(database)
    }
}

/// Receives the name and the pieces of each finished file, from several threads.
pub(crate) type Sink<'a> = dyn Fn(&str, &[&[u8]]) -> Result<(), OutputError> + Sync + 'a;

/// The name of a file and the function that makes it.
type Renderer<'a> = (&'static str, Box<dyn Fn() -> Result<Content, RenderError> + Send + Sync + 'a>);

fn renderer<'a, E: Display, C: Into<Content>>(
    file: &'static str,
    make: impl Fn() -> Result<C, E> + Send + Sync + 'a,
) -> Renderer<'a> {
    (file, Box::new(move || make().map(Into::into).map_err(RenderError::of(file))))
}

/// Names of the files that hold one layer.
struct LayerFiles {
    geojson: &'static str,
    qml: &'static str,
    parquet: Option<&'static str>,
}

/// The files of a layer; `None` for one that is in coverage.gpkg alone.
fn layer_files(layer: &MapLayer<'_>) -> Option<LayerFiles> {
    let (geojson, qml, parquet) = match layer.name {
        "uncovered" => ("uncovered.geojson", "uncovered.qml", Some("uncovered.parquet")),
        "coverage" => ("coverage.geojson", "coverage.qml", Some("coverage.parquet")),
        "stations" => ("stations.geojson", "stations.qml", None),
        "roads_time" => ("roads_time.geojson", "roads_time.qml", None),
        _ => return None,
    };
    Some(LayerFiles { geojson, qml, parquet })
}

/// Some files of an audit, by name.
///
/// # Errors
/// One of them cannot be made.
pub fn render_only(
    audit: &Audit,
    report: &Report,
    lang: Lang,
    names: &[&str],
) -> Result<Vec<(String, Vec<u8>)>, OutputError> {
    gathered(|sink| render_some(audit, report, lang, &|name| names.contains(&name), Beside::default(), sink))
}

/// All files of an audit, by name. `lang` is the language of what people read: reports, styles, field and layer titles.
pub fn render(audit: &Audit, report: &Report, lang: Lang) -> Result<Vec<(String, Vec<u8>)>, OutputError> {
    gathered(|sink| render_each(audit, report, lang, sink))
}

/// The files that are passed to a sink, by name.
fn gathered(render: impl FnOnce(&Sink<'_>) -> Result<(), OutputError>) -> Result<Vec<(String, Vec<u8>)>, OutputError> {
    let files = Mutex::new(Vec::new());
    render(&|name, parts| {
        files.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), parts.concat()));
        Ok(())
    })?;
    let mut files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
    files.sort_unstable();
    Ok(files)
}

/// Writes all files of an audit into a folder: each as soon as it is made; the folder appears once all are written. A
/// folder that holds something else than an earlier audit of the region is left alone.
pub fn write(audit: &Audit, report: &Report, lang: Lang, folder: &Path) -> Result<(), OutputError> {
    let purpose = Purpose::of_region(Command::Audit, &audit.city.records().source);
    write_to(audit, report, &Tried::default(), lang, &OutFolder::open(folder, &purpose)?)
}

/// The same into a folder that is held already, with what was tried on the city.
pub fn write_to(audit: &Audit, report: &Report, tried: &Tried, lang: Lang, out: &OutFolder) -> Result<(), OutputError> {
    let staging = out.stage()?;
    let beside = Beside { tried: Some(tried), ..Beside::default() };
    render_some(audit, report, lang, &|_| true, beside, &|name, parts| Ok(staging.add_parts(name, parts)?))?;
    Ok(staging.finish()?)
}

/// Adds all files of an audit to a staging folder; `observe` gets the name and the pieces of each.
pub fn write_into(
    audit: &Audit,
    report: &Report,
    lang: Lang,
    staging: &Staging,
    observe: &(dyn Fn(&str, &[&[u8]]) + Sync),
) -> Result<(), OutputError> {
    render_each(audit, report, lang, &|name, parts| {
        observe(name, parts);
        Ok(staging.add_parts(name, parts)?)
    })
}

/// Makes every file and passes it on, on all threads.
fn render_each(audit: &Audit, report: &Report, lang: Lang, sink: &Sink<'_>) -> Result<(), OutputError> {
    render_some(audit, report, lang, &|_| true, Beside::default(), sink)
}

/// What is written of an audit beside the audit itself.
#[derive(Clone, Copy, Default)]
pub struct Beside<'a> {
    /// What changed against another audit, for the project.
    pub changes: Option<&'a Diff>,
    /// What was tried on its city.
    pub tried: Option<&'a Tried>,
}

/// The files that are wanted.
pub(crate) fn render_some(
    audit: &Audit,
    report: &Report,
    lang: Lang,
    wanted: &dyn Fn(&str) -> bool,
    beside: Beside<'_>,
    sink: &Sink<'_>,
) -> Result<(), OutputError> {
    let layers = layers::layers(audit, report);
    let changes: Vec<MapLayer<'_>> = beside.changes.into_iter().flat_map(|diff| difference::layers(&[diff])).collect();
    let whole = layers::whole(audit, report);
    let parts = beside.tried.map_or_else(Vec::new, |tried| tried.parts(lang));
    let facts = qgis::facts(audit, lang);
    let qml = |layer: &MapLayer<'_>| qgis::has_style(layer).then(|| qgis::qml(layer, &facts));
    let note = report.region.illustrative.then_some(ILLUSTRATIVE);
    // The slowest first, so that no thread is left with one of them at the end.
    let mut renderers: Vec<Renderer<'_>> = vec![
        renderer("coverage.gpkg", || geopackage::database(&layers, note.unwrap_or_default(), lang, &qml)),
        renderer("report.xlsx", || xlsx::report(audit, report, &parts, lang)),
        renderer("report.html", || html::report(audit, report, &parts, lang)),
        renderer("region.qgz", || qgis::audit_project(audit, report, &layers, &changes, lang)),
        renderer("audit.json", || document(report)),
    ];
    for layer in &layers {
        let Some(files) = layer_files(layer) else { continue };
        let first = if layer.name == "coverage" { whole.as_slice() } else { &[] };
        renderers.push(renderer(files.geojson, move || {
            geojson::collection_parts(note, &layer.columns, &[first, &layer.rows])
        }));
        if let Some(name) = files.parquet {
            renderers.push(renderer(name, move || geoparquet::file(&layer.columns, &layer.rows, layer.shape, note)));
        }
        if let Some(style) = qml(layer) {
            renderers.push((files.qml, Box::new(move || Ok(style.clone().into_bytes().into()))));
        }
    }
    renderers.retain(|(name, _)| wanted(name));
    // The error returned is the first in the order of the list, whichever thread met one first.
    let outcomes: Vec<Mutex<Result<(), OutputError>>> = renderers.iter().map(|_| Mutex::new(Ok(()))).collect();
    rayon::scope_fifo(|scope| {
        for ((name, make), outcome) in renderers.iter().zip(&outcomes) {
            scope.spawn_fifo(move |_| {
                let made = make().map_err(OutputError::from);
                let done = made.and_then(|content| content.pass_to(name, |parts| sink(name, parts)));
                *outcome.lock().unwrap_or_else(PoisonError::into_inner) = done;
            });
        }
    });
    drop(renderers);
    for (name, bytes) in beside.tried.map_or_else(|| Ok(Vec::new()), |tried| tried.files(&audit.city, lang))? {
        sink(&name, &[&bytes])?;
    }
    // Freeing hundreds of thousands of rows takes a while: all threads do it.
    rayon::join(|| drop(whole), || layers.into_par_iter().flat_map(|layer| layer.rows).for_each(drop));
    outcomes.into_iter().try_for_each(|outcome| outcome.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// audit.json.
pub fn json(report: &Report) -> Result<Vec<u8>, RenderError> {
    document(report).map_err(RenderError::of("audit.json"))
}

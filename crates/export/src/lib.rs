//! One report shape -> the files and the table a user sees.
//!
//! In: an [`crate::Audit`]. Out: bytes by file name, written whole into a folder by [`files`].

pub mod batch;
pub mod difference;
pub mod files;
pub mod geojson;
pub mod geopackage;
pub mod geoparquet;
pub mod html;
pub mod proposal_files;
pub mod qgis;
pub mod terminal;
pub mod wkb;
pub mod xlsx;

use files::{Staging, WriteError};
use lifering_core::audit::Audit;
use lifering_report::layers::{self, MapLayer};
use lifering_report::report::Report;
use lifering_report::text::Lang;
use rayon::prelude::*;
use rusqlite::{Connection, MAIN_DB};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use thiserror::Error;

/// A file could not be made; nothing was written.
#[derive(Debug, Error)]
#[error("{file} could not be made: {why}")]
pub struct RenderError {
    /// Which one.
    file: &'static str,
    /// What the library said.
    why: String,
}

impl RenderError {
    /// A file that a library could not make.
    pub fn of<E: std::fmt::Display>(file: &'static str) -> impl FnOnce(E) -> Self {
        move |e| Self { file, why: e.to_string() }
    }
}

/// An audit could not be written.
#[derive(Debug, Error)]
pub enum OutputError {
    /// A file could not be made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A file could not be put where it belongs.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// A finished file.
enum Bytes {
    /// In one piece.
    Whole(Vec<u8>),
    /// In parts that follow each other.
    Parts(Vec<Vec<u8>>),
    /// A database in memory.
    Database(Connection),
}

impl Bytes {
    /// Hands on the parts.
    fn with<T>(
        self,
        file: &'static str,
        take: impl FnOnce(&[&[u8]]) -> Result<T, OutputError>,
    ) -> Result<T, OutputError> {
        match self {
            Self::Whole(bytes) => take(&[&bytes]),
            Self::Parts(parts) => take(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>()),
            Self::Database(mut database) => {
                let bytes = database.serialize(MAIN_DB).map_err(RenderError::of(file))?;
                take(&[&bytes])
            }
        }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Whole(bytes)
    }
}

impl From<Vec<Vec<u8>>> for Bytes {
    fn from(parts: Vec<Vec<u8>>) -> Self {
        Self::Parts(parts)
    }
}

impl From<Connection> for Bytes {
    fn from(database: Connection) -> Self {
        Self::Database(database)
    }
}

/// Where a finished file goes, part by part.
type Take<'a> = dyn Fn(&str, &[&[u8]]) -> Result<(), OutputError> + Sync + 'a;

/// Makes one file.
type Writer<'a> = (&'static str, Box<dyn Fn() -> Result<Bytes, RenderError> + Send + Sync + 'a>);

/// A writer whose library may fail.
fn writer<'a, E: std::fmt::Display, B: Into<Bytes>>(
    file: &'static str,
    make: impl Fn() -> Result<B, E> + Send + Sync + 'a,
) -> Writer<'a> {
    (file, Box::new(move || make().map(Into::into).map_err(RenderError::of(file))))
}

/// A writer that cannot fail.
fn sure<'a, B: Into<Bytes>>(file: &'static str, make: impl Fn() -> B + Send + Sync + 'a) -> Writer<'a> {
    (file, Box::new(move || Ok(make().into())))
}

/// The files that hold one layer.
struct Files {
    geojson: &'static str,
    qml: &'static str,
    parquet: Option<&'static str>,
}

/// The files of a layer of its own; the others are in coverage.gpkg alone.
fn files_of(layer: &MapLayer<'_>) -> Option<Files> {
    let (geojson, qml, parquet) = match layer.name {
        "uncovered" => ("uncovered.geojson", "uncovered.qml", Some("uncovered.parquet")),
        "coverage" => ("coverage.geojson", "coverage.qml", Some("coverage.parquet")),
        "stations" => ("stations.geojson", "stations.qml", None),
        "roads_time" => ("roads_time.geojson", "roads_time.qml", None),
        _ => return None,
    };
    Some(Files { geojson, qml, parquet })
}

/// All files of an audit, by name. `lang` is the language of what people read: reports, styles, field and layer titles.
pub fn render(audit: &Audit, report: &Report, lang: Lang) -> Result<Vec<(String, Vec<u8>)>, OutputError> {
    let files = Mutex::new(Vec::new());
    each(audit, report, lang, &|name, parts| {
        files.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), parts.concat()));
        Ok(())
    })?;
    let mut files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
    files.sort_unstable();
    Ok(files)
}

/// Writes all files of an audit into a folder: each goes out as soon as it is made, and the folder appears when all have.
pub fn write(audit: &Audit, report: &Report, lang: Lang, folder: &Path) -> Result<(), OutputError> {
    let staging = Staging::new(folder)?;
    write_into(audit, report, lang, &staging, &|_, _| ())?;
    Ok(staging.finish()?)
}

/// Makes all files of an audit in a folder that does not show yet; `seen` is told the parts of each.
pub fn write_into(
    audit: &Audit,
    report: &Report,
    lang: Lang,
    staging: &Staging,
    seen: &(dyn Fn(&str, &[&[u8]]) + Sync),
) -> Result<(), OutputError> {
    each(audit, report, lang, &|name, parts| {
        seen(name, parts);
        Ok(staging.add_parts(name, parts)?)
    })
}

/// Makes every file and hands it on, on all threads.
fn each(audit: &Audit, report: &Report, lang: Lang, take: &Take<'_>) -> Result<(), OutputError> {
    let layers = layers::layers(audit, report);
    let whole = layers::whole(audit, report);
    let facts = qgis::facts(audit, lang);
    let qml = |layer: &MapLayer<'_>| qgis::style::styled(layer).then(|| qgis::style::qml(layer, &facts));
    let note = report.region.illustrative.then_some(lifering_report::report::ILLUSTRATIVE);
    // The longest first, so that no thread is left with them at the end.
    let mut writers: Vec<Writer<'_>> = vec![
        writer("coverage.gpkg", || geopackage::database(&layers, note.unwrap_or_default(), lang, &qml)),
        writer("report.xlsx", || xlsx::workbook(audit, report, lang)),
        sure("report.html", || html::report(audit, report, lang)),
        writer("region.qgz", || qgis::qgz(audit, report, &layers, lang)),
        sure("audit.json", || json(report)),
    ];
    for layer in &layers {
        let Some(files) = files_of(layer) else { continue };
        let first = if layer.name == "coverage" { whole.as_slice() } else { &[] };
        writers.push(sure(files.geojson, move || geojson::parts(report, layer, first)));
        if let Some(name) = files.parquet {
            writers.push(writer(name, move || geoparquet::file(layer.columns, &layer.rows, layer.shape, note)));
        }
        if let Some(style) = qml(layer) {
            writers.push(sure(files.qml, move || style.clone().into_bytes()));
        }
    }
    // The first fault in the order of the list is told, whichever thread met one first.
    let outcomes: Vec<Mutex<Result<(), OutputError>>> = writers.iter().map(|_| Mutex::new(Ok(()))).collect();
    rayon::scope_fifo(|scope| {
        for ((name, make), outcome) in writers.iter().zip(&outcomes) {
            scope.spawn_fifo(move |_| {
                let done =
                    make().map_err(OutputError::from).and_then(|bytes| bytes.with(name, |parts| take(name, parts)));
                *outcome.lock().unwrap_or_else(PoisonError::into_inner) = done;
            });
        }
    });
    drop(writers);
    // Hundreds of thousands of rows are given back on all threads.
    rayon::join(|| drop(whole), || layers.into_par_iter().flat_map(|layer| layer.rows).for_each(drop));
    outcomes.into_iter().try_for_each(|outcome| outcome.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// audit.json.
pub fn json(report: &Report) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(report).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

//! One report shape -> the files and the table a user sees.
//!
//! In: an [`crate::Audit`]. Out: bytes by file name, written whole into a folder by [`files`].

pub mod check;
pub mod files;
pub mod geojson;
pub mod geopackage;
pub mod geoparquet;
pub mod html;
pub mod layers;
pub mod qgis;
pub mod report;
pub mod sentences;
pub mod table;
pub mod wkb;
pub mod words;
pub mod xlsx;

use crate::audit::Audit;
use layers::MapLayer;
use rayon::prelude::*;
use report::Report;
use sentences::Lang;
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

/// One file, or why it could not be made.
type Rendered = Result<(&'static str, Vec<u8>), RenderError>;

fn made<E: std::fmt::Display>(file: &'static str, bytes: Result<Vec<u8>, E>) -> Rendered {
    bytes.map(|bytes| (file, bytes)).map_err(|e| RenderError { file, why: e.to_string() })
}

/// Makes one file.
type Writer<'a> = Box<dyn Fn() -> Rendered + Send + Sync + 'a>;

/// The files that hold one layer.
struct Files {
    geojson: &'static str,
    parquet: Option<&'static str>,
}

/// The files of a layer of its own; the others are in coverage.gpkg alone.
fn files_of(layer: &MapLayer<'_>) -> Option<Files> {
    let (geojson, parquet) = match layer.name {
        "uncovered" => ("uncovered.geojson", Some("uncovered.parquet")),
        "coverage" => ("coverage.geojson", Some("coverage.parquet")),
        "stations" => ("stations.geojson", None),
        "roads_time" => ("roads_time.geojson", None),
        _ => return None,
    };
    Some(Files { geojson, parquet })
}

/// All files of an audit, by name. `lang` is the language of what people read: reports, styles, field and layer titles.
pub fn render(audit: &Audit, report: &Report, lang: Lang) -> Result<Vec<(String, Vec<u8>)>, RenderError> {
    let layers = layers::layers(audit, report);
    let whole_region = layers::whole(audit, report);
    let facts = qgis::facts(audit, lang);
    let qml = |layer: &MapLayer<'_>| qgis::style::styled(layer).then(|| qgis::style::qml(layer, &facts));
    let whole = |name: &'static str, bytes: Vec<u8>| Ok((name, bytes));
    let note = report.region.illustrative.then_some(geojson::ILLUSTRATIVE);
    // The longest first, so that no thread is left with them at the end.
    let mut writers: Vec<Writer<'_>> = vec![
        Box::new(|| made("coverage.gpkg", geopackage::geopackage(&layers, report, lang, &qml))),
        Box::new(|| whole("report.html", html::report(audit, report, lang))),
        Box::new(|| made("report.xlsx", xlsx::workbook(audit, report, lang))),
        Box::new(|| made("region.qgz", qgis::qgz(audit, report, &layers, lang))),
        Box::new(|| whole("audit.json", json(report))),
    ];
    for layer in &layers {
        let Some(Files { geojson, parquet }) = files_of(layer) else { continue };
        let first = if layer.name == "coverage" { whole_region.as_slice() } else { &[] };
        writers.push(Box::new(move || whole(geojson, geojson::file(report, layer, first))));
        if let Some(name) = parquet {
            writers.push(Box::new(move || {
                made(name, geoparquet::file(layer.columns, &layer.rows, layer.shape, note))
            }));
        }
    }
    let mut files = writers
        .par_iter()
        .map(|write| write().map(|(name, bytes)| (name.to_owned(), bytes)))
        .collect::<Result<Vec<_>, RenderError>>()?;
    // A style of the same name beside every GeoJSON file.
    for layer in &layers {
        if files.iter().any(|(name, _)| *name == format!("{}.geojson", layer.name))
            && let Some(style) = qml(layer)
        {
            files.push((format!("{}.qml", layer.name), style.into_bytes()));
        }
    }
    Ok(files)
}

/// audit.json.
pub fn json(report: &Report) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(report).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

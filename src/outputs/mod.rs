//! One report shape -> the files and the table a user sees.
//!
//! In: an [`crate::Audit`]. Out: bytes by file name, written whole into a folder by [`files`].

pub mod check;
pub mod criteria;
pub mod files;
pub mod geojson;
pub mod geopackage;
pub mod html;
pub mod layers;
pub mod qgis;
pub mod report;
pub mod sentences;
pub mod table;
pub mod things;
pub mod why;
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

/// All files of an audit, by name. `lang` is the language of what people read: reports, styles, field and layer titles.
pub fn render(audit: &Audit, report: &Report, lang: Lang) -> Result<Vec<(String, Vec<u8>)>, RenderError> {
    let layers = layers::layers(audit, report);
    let of = |name: &str| layers.iter().find(|l| l.name == name).map_or(&[][..], |l| &l.features);
    let facts = qgis::facts(audit, lang);
    let qml = |layer: &MapLayer| qgis::style::styled(layer).then(|| qgis::style::qml(layer, &facts));
    let whole = |name: &'static str, bytes: Vec<u8>| Ok((name, bytes));
    let writers: Vec<Writer<'_>> = vec![
        Box::new(|| whole("audit.json", json(report))),
        Box::new(|| whole("uncovered.geojson", geojson::file(report, of("uncovered")))),
        Box::new(|| whole("coverage.geojson", geojson::coverage(audit, report, of("coverage")))),
        Box::new(|| whole("stations.geojson", geojson::file(report, of("stations")))),
        Box::new(|| whole("roads_time.geojson", geojson::file(report, of("roads_time")))),
        Box::new(|| made("coverage.gpkg", geopackage::geopackage(&layers, report, lang, &qml))),
        Box::new(|| made("region.qgz", qgis::qgz(audit, report, &layers, lang))),
        Box::new(|| whole("report.html", html::report(audit, report, lang))),
        Box::new(|| made("report.xlsx", xlsx::workbook(audit, report, lang))),
    ];
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

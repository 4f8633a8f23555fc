//! The files over all regions of a batch.
//!
//! In: a [`BatchReport`] and the boundaries of its regions. Out: bytes by file name. The batch puts them in place.

use super::error::{OutputError, RenderError};
use super::qgis::StyleFacts;
use super::{geopackage, geoparquet, html, json, qgis, xlsx};
use lifering_report::batch::layers::{self, Boundaries};
use lifering_report::batch::ranking;
use lifering_report::batch::shape::{Audited, BatchReport};
use lifering_report::layers::{MapLayer, Shape, columns};
use lifering_report::report::ILLUSTRATIVE;
use lifering_report::text::Lang;
use lifering_report::text::tr;

/// Names of the files over all regions. They exist only if the batch has finished.
pub const FILES: [&str; 6] = ["batch.gpkg", "batch.json", "batch.qgz", "index.html", "league.csv", "league.xlsx"];

/// All files over the regions, by name. `lang` is the language of what people read.
pub fn render(
    batch: &BatchReport,
    boundaries: &Boundaries,
    lang: Lang,
) -> Result<Vec<(&'static str, Vec<u8>)>, OutputError> {
    let rows = ranking::ranking(batch);
    let layers = layers::layers(batch, &rows, boundaries);
    let facts = StyleFacts::untimed(lang);
    let note = if batch.illustrative() { ILLUSTRATIVE } else { "" };
    let style = |layer: &MapLayer<'_>| qgis::has_style(layer).then(|| qgis::qml(layer, &facts));
    let gpkg = geopackage::bytes(&layers, note, lang, &style).map_err(RenderError::of("batch.gpkg"))?;
    let json = json::document(batch).map_err(RenderError::of("batch.json"))?;
    let title = tr("batches.title", lang);
    let project = qgis::batch_project(&title, &layers, &facts).map_err(RenderError::of("batch.qgz"))?;
    Ok(vec![
        ("batch.gpkg", gpkg),
        ("batch.json", json),
        ("batch.qgz", project),
        ("index.html", html::batch(batch, &rows, boundaries, lang)),
        ("league.csv", ranking::csv(&rows).map_err(RenderError::of("league.csv"))?),
        ("league.xlsx", xlsx::ranking(batch, &rows, lang).map_err(RenderError::of("league.xlsx"))?),
    ])
}

/// A region's part of the table `rules`, as Parquet without geometry.
pub fn rules_part(audited: &Audited) -> Result<Vec<u8>, OutputError> {
    let note = audited.illustrative.then_some(ILLUSTRATIVE);
    let part = geoparquet::file(columns("batch_rules"), &layers::rules(audited), Shape::Table, note);
    Ok(part.map_err(RenderError::of("rules/part.parquet"))?)
}

//! The files over many audits.
//!
//! In: a [`BatchReport`] and the boundaries of its regions. Out: bytes by file name, the same for the same audits. Where
//! they are put is the batch's affair.

use super::geoparquet;
use super::qgis::batch_qgz;
use super::qgis::style::{StyleFacts, qml, styled};
use super::{OutputError, RenderError, geopackage, html, xlsx};
use lifering_report::batch::layers::{self, Boundaries};
use lifering_report::batch::ranking;
use lifering_report::batch::shape::{Audited, BatchReport};
use lifering_report::layers::{Shape, columns};
use lifering_report::report::ILLUSTRATIVE;
use lifering_report::text::Lang;
use lifering_report::text::tr;

/// The files over all regions. They are there when the batch is whole, and only then.
pub const FILES: [&str; 6] = ["batch.gpkg", "batch.json", "batch.qgz", "index.html", "league.csv", "league.xlsx"];

/// All files over some audits, by name.
pub fn render(
    batch: &BatchReport,
    boundaries: &Boundaries,
    lang: Lang,
) -> Result<Vec<(&'static str, Vec<u8>)>, OutputError> {
    let rows = ranking::ranking(batch);
    let layers = layers::layers(batch, &rows, boundaries);
    let facts = StyleFacts { classes_s: Vec::new(), limit_s: None, lang };
    let note = if batch.illustrative() { ILLUSTRATIVE } else { "" };
    let style = |layer: &lifering_report::layers::MapLayer<'_>| styled(layer).then(|| qml(layer, &facts));
    let mut json = serde_json::to_vec_pretty(batch).map_err(RenderError::of("batch.json"))?;
    json.push(b'\n');
    let gpkg = geopackage::geopackage(&layers, note, lang, &style).map_err(RenderError::of("batch.gpkg"))?;
    Ok(vec![
        ("batch.gpkg", gpkg),
        ("batch.json", json),
        ("batch.qgz", batch_qgz(&tr("batches.title", lang), &layers, &facts).map_err(RenderError::of("batch.qgz"))?),
        ("index.html", html::batch(batch, &rows, boundaries, lang)),
        ("league.csv", ranking::csv(&rows).map_err(RenderError::of("league.csv"))?),
        ("league.xlsx", xlsx::league(batch, &rows, lang).map_err(RenderError::of("league.xlsx"))?),
    ])
}

/// A region's part of the table `rules`.
pub fn rules_part(audited: &Audited) -> Result<Vec<u8>, OutputError> {
    let note = audited.illustrative.then_some(ILLUSTRATIVE);
    let part = geoparquet::file(columns("batch_rules"), &layers::rules(audited), Shape::Table, note);
    Ok(part.map_err(RenderError::of("rules/part.parquet"))?)
}

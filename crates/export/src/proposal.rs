//! The files of a proposal.
//!
//! In: a [`Proposal`] and its report. Out: bytes by file name: proposal.json, and for a region proposal.html,
//! coverage.gpkg, region.qgz, sites.geojson and after.geojson with their styles. A proposal on a matrix has no places,
//! so only the first.

use super::error::RenderError;
use super::json::document;
use super::{geojson, geopackage, html, qgis};
use lifering_core::plan::Proposal;
use lifering_report::layers::{MapLayer, proposal_layers};
use lifering_report::proposal::ProposalReport;
use lifering_report::report::{ILLUSTRATIVE, Report};
use lifering_report::text::Lang;
use lifering_report::text::proposal::headline;

/// Names of the GeoJSON file of a layer and of its style; `None` for a layer that is in coverage.gpkg alone.
fn layer_files(layer: &str) -> Option<[&'static str; 2]> {
    match layer {
        "proposals" => Some(["sites.geojson", "sites.qml"]),
        "uncovered_after" => Some(["after.geojson", "after.qml"]),
        _ => None,
    }
}

/// proposal.json.
pub fn json(report: &ProposalReport) -> Result<Vec<u8>, RenderError> {
    document(report).map_err(RenderError::of("proposal.json"))
}

/// All files of a proposal, by name. `lang` is the language of what people read: styles, titles, proposal.html.
pub fn render(proposal: &Proposal, report: &ProposalReport, lang: Lang) -> Result<Vec<(String, Vec<u8>)>, RenderError> {
    let mut files = vec![("proposal.json".to_owned(), json(report)?)];
    let Some(ground) = &proposal.ground else { return Ok(files) };
    let (before, after) = (Report::new(&ground.before), Report::new(&ground.after));
    let layers = proposal_layers(ground, report, &before, &after);
    let facts = qgis::facts(&ground.after, lang);
    let note = after.region.illustrative.then_some(ILLUSTRATIVE);
    for layer in &layers {
        let Some([name, qml]) = layer_files(layer.name) else { continue };
        let collection = geojson::collection(note, &layer.columns, &[&layer.rows]).map_err(RenderError::of(name))?;
        files.push((name.to_owned(), collection));
        files.push((qml.to_owned(), qgis::qml(layer, &facts).into_bytes()));
    }
    let style = |layer: &MapLayer<'_>| qgis::has_style(layer).then(|| qgis::qml(layer, &facts));
    // Layers without features are left out.
    let layers: Vec<_> = layers.into_iter().filter(|layer| !layer.rows.is_empty()).collect();
    let package = geopackage::bytes(&layers, note.unwrap_or_default(), lang, &style);
    files.push(("coverage.gpkg".to_owned(), package.map_err(RenderError::of("coverage.gpkg"))?));
    let project = qgis::proposal_project(ground, [&before, &after], &layers, &headline(report, lang), lang);
    files.push(("region.qgz".to_owned(), project.map_err(RenderError::of("region.qgz"))?));
    let page = html::proposal(proposal, ground, report, lang).map_err(RenderError::of("proposal.html"))?;
    files.push(("proposal.html".to_owned(), page));
    Ok(files)
}

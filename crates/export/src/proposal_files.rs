//! The files of a proposal: proposal.json, and for a region proposal.html, sites.geojson and after.geojson with their styles,
//! coverage.gpkg and region.qgz.
//!
//! In: a [`Proposal`] and its report. Out: bytes by file name. A proposal on a matrix knows no places and has the first
//! file only.

use super::geojson::collection;
use super::{RenderError, geopackage, html, qgis};
use lifering_core::plan::Proposal;
use lifering_report::layers::{MapLayer, proposal_layers};
use lifering_report::proposal::ProposalReport;
use lifering_report::report::ILLUSTRATIVE;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use lifering_report::text::proposal::headline;

/// The GeoJSON file of a layer, and its style's.
fn files_of(layer: &str) -> Option<[&'static str; 2]> {
    match layer {
        "proposals" => Some(["sites.geojson", "sites.qml"]),
        "uncovered_after" => Some(["after.geojson", "after.qml"]),
        _ => None,
    }
}

/// All files of a proposal, by name. `lang` is the language of what people read: styles, titles, proposal.html.
pub fn render(proposal: &Proposal, report: &ProposalReport, lang: Lang) -> Result<Vec<(String, Vec<u8>)>, RenderError> {
    let mut files = vec![("proposal.json".to_owned(), report.to_json().map_err(RenderError::of("proposal.json"))?)];
    let Some(ground) = &proposal.ground else { return Ok(files) };
    let (before, after) = (Report::new(&ground.before), Report::new(&ground.after));
    let layers = proposal_layers(ground, report, &before, &after);
    let facts = qgis::facts(&ground.after, lang);
    let note = after.region.illustrative.then_some(ILLUSTRATIVE);
    for layer in &layers {
        let Some([geojson, qml]) = files_of(layer.name) else { continue };
        files.push((geojson.to_owned(), collection(note, layer.columns, &[&layer.rows])));
        files.push((qml.to_owned(), qgis::style::qml(layer, &facts).into_bytes()));
    }
    let style = |layer: &MapLayer<'_>| qgis::style::styled(layer).then(|| qgis::style::qml(layer, &facts));
    let failed = |file| move |why: String| RenderError { file, why };
    // A layer without features says nothing: the others are those of the question.
    let layers: Vec<_> = layers.into_iter().filter(|layer| !layer.rows.is_empty()).collect();
    let package = geopackage::geopackage(&layers, note.unwrap_or_default(), lang, &style)
        .map_err(|e| e.to_string())
        .map_err(failed("coverage.gpkg"))?;
    files.push(("coverage.gpkg".to_owned(), package));
    let project = qgis::proposal_qgz(ground, [&before, &after], &layers, &headline(report, lang), lang)
        .map_err(|e| e.to_string())
        .map_err(failed("region.qgz"))?;
    files.push(("region.qgz".to_owned(), project));
    files.extend(html::proposal(proposal, report, lang).map(|bytes| ("proposal.html".to_owned(), bytes)));
    Ok(files)
}

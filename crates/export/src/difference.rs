//! The files of a comparison: diff.json, opened.geojson and closed.geojson with their styles.
//!
//! In: a comparison of two audits or two batches. Out: bytes by file name.

use super::error::RenderError;
use super::json::document;
use super::qgis::StyleFacts;
use super::{geojson, qgis};
use lifering_base::frame::Frame;
use lifering_report::diff::Diff;
use lifering_report::diff::batch::BatchDiff;
use lifering_report::diff::report::{BatchDiffReport, DiffReport};
use lifering_report::diff::zones::{RuleZoneParts, ZonePart, ZoneParts};
use lifering_report::layers::{Cell, MapLayer, Row, Shape, columns, local_polygon};
use lifering_report::report::ILLUSTRATIVE;
use lifering_report::rounding::{km2, people};
use lifering_report::text::Lang;
use serde::Serialize;

/// diff.json.
pub fn json(report: &impl Serialize) -> Result<Vec<u8>, RenderError> {
    document(report).map_err(RenderError::of("diff.json"))
}

/// All files of a comparison, by name. `lang` is the language of the styles.
pub fn render(diff: &Diff, lang: Lang) -> Result<Vec<(String, Vec<u8>)>, RenderError> {
    files(json(&DiffReport::new(diff))?, &[diff], lang)
}

/// All files of a comparison of batches, by name.
pub fn render_batches(diff: &BatchDiff, lang: Lang) -> Result<Vec<(String, Vec<u8>)>, RenderError> {
    let regions: Vec<&Diff> = diff.regions.iter().map(|(_, diff)| diff).collect();
    files(json(&BatchDiffReport::new(diff))?, &regions, lang)
}

/// The part of a rule's zones that one of the two files draws.
type Side = fn(&RuleZoneParts) -> &ZoneParts;

/// diff.json as it is, then a layer for what opened and one for what closed.
fn files(json: Vec<u8>, diffs: &[&Diff], lang: Lang) -> Result<Vec<(String, Vec<u8>)>, RenderError> {
    let mut files = vec![("diff.json".to_owned(), json)];
    let illustrative = diffs.iter().any(|diff| diff.sides.old.illustrative || diff.sides.new.illustrative);
    let note = illustrative.then_some(ILLUSTRATIVE);
    let facts = StyleFacts::untimed(lang);
    for (layer, file) in layers(diffs).into_iter().zip(["opened.geojson", "closed.geojson"]) {
        let collection = geojson::collection(note, &layer.columns, &[&layer.rows]).map_err(RenderError::of(file))?;
        files.push((file.to_owned(), collection));
        files.push((format!("{}.qml", layer.name), qgis::qml(&layer, &facts).into_bytes()));
    }
    Ok(files)
}

/// What opened, and what closed.
pub(crate) fn layers<'a>(diffs: &[&'a Diff]) -> [MapLayer<'a>; 2] {
    let sides: [(_, Side); 2] = [("opened", |rule| &rule.opened), ("closed", |rule| &rule.closed)];
    sides.map(|(name, side)| {
        let rows = diffs.iter().flat_map(|diff| rows(diff, name, side)).collect();
        MapLayer::new(name, Shape::Polygon, columns(name), rows)
    })
}

/// The parts of one region that opened, or that closed.
fn rows<'a>(diff: &'a Diff, name: &'static str, side: Side) -> Vec<Row<'a>> {
    let Some(frame) = &diff.zones.frame else { return Vec::new() };
    let rules = diff.zones.rules.iter();
    let parts = rules.flat_map(|rule| side(rule).drawn.iter().enumerate().map(move |(n, part)| (rule, n, part)));
    parts.map(|(rule, n, part)| row(frame, &diff.sides.new.region, name, rule, n, part)).collect()
}

fn row<'a>(
    frame: &Frame,
    region: &'a str,
    name: &str,
    rule: &'a RuleZoneParts,
    n: usize,
    part: &'a ZonePart,
) -> Row<'a> {
    Row {
        geometry: Some(local_polygon(frame, &part.polygon)),
        cells: vec![
            Cell::text(region),
            Cell::text(format!("{}-{name}-{:03}", rule.id, n + 1)),
            Cell::text(rule.id.as_str()),
            Cell::text(rule.title.as_str()),
            Cell::text(part.reason.as_str()),
            part.limit.as_deref().map_or(Cell::Empty, Cell::text),
            Cell::text(part.zone.as_str()),
            Cell::Real(km2(part.area_m2)),
            Cell::real(part.people.old.map(people)),
            Cell::real(part.people.new.map(people)),
        ],
    }
}

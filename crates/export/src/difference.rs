//! diff.json, opened.geojson and closed.geojson with their styles.
//!
//! In: a comparison of two audits or two batches. Out: bytes by file name.

use crate::geojson::collection;
use crate::qgis::style::{StyleFacts, qml};
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
pub fn json(report: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(report).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// All files of a comparison, by name. `lang` is the language of the styles.
pub fn render(diff: &Diff, lang: Lang) -> Vec<(String, Vec<u8>)> {
    files(json(&DiffReport::new(diff)), &[diff], lang)
}

/// All files of a comparison of batches, by name.
pub fn render_batches(diff: &BatchDiff, lang: Lang) -> Vec<(String, Vec<u8>)> {
    let regions: Vec<&Diff> = diff.regions.iter().map(|(_, diff)| diff).collect();
    files(json(&BatchDiffReport::new(diff)), &regions, lang)
}

fn files(json: Vec<u8>, diffs: &[&Diff], lang: Lang) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![("diff.json".to_owned(), json)];
    let illustrative = diffs.iter().any(|diff| diff.sides.old.illustrative || diff.sides.new.illustrative);
    for (name, of) in
        [("opened", (|rule| &rule.opened) as fn(&RuleZoneParts) -> &ZoneParts), ("closed", |rule| &rule.closed)]
    {
        let rows = diffs.iter().flat_map(|diff| rows(diff, name, of)).collect();
        let layer = MapLayer { name, shape: Shape::Polygon, columns: columns(name), rows };
        let note = illustrative.then_some(ILLUSTRATIVE);
        files.push((format!("{name}.geojson"), collection(note, layer.columns, &[&layer.rows])));
        let facts = StyleFacts { classes_s: Vec::new(), limit_s: None, lang };
        files.push((format!("{name}.qml"), qml(&layer, &facts).into_bytes()));
    }
    files
}

/// What opened, or what closed, in one region.
fn rows<'a>(diff: &'a Diff, name: &'static str, of: fn(&RuleZoneParts) -> &ZoneParts) -> Vec<Row<'a>> {
    let Some(frame) = &diff.zones.frame else { return Vec::new() };
    let rules = diff.zones.rules.iter();
    let parts = rules.flat_map(|rule| of(rule).drawn.iter().enumerate().map(move |(n, part)| (rule, n, part)));
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

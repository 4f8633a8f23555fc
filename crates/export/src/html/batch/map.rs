//! The map of all regions, coloured by verdict.

use super::index::{Index, report_of};
use crate::html::canvas::Canvas;
use geo::{BoundingRect, Coord, MapCoords, MultiPolygon, Rect};
use lifering_base::frame::{Frame, LonLat};
use lifering_report::batch::layers::{Boundaries, mark};
use lifering_report::batch::shape::RegionEntry;
use lifering_report::text::{known, tr};
use maud::{Markup, html};

/// All boundaries, coloured by verdict; empty if no region has one.
pub fn map(index: &Index<'_>, boundaries: &Boundaries) -> Markup {
    let everywhere = boundaries.values().filter_map(BoundingRect::bounding_rect);
    let whole = everywhere.reduce(|a, b| {
        let (low, high) = (a.min(), b.min());
        let (far, farther) = (a.max(), b.max());
        Rect::new(
            Coord { x: low.x.min(high.x), y: low.y.min(high.y) },
            Coord { x: far.x.max(farther.x), y: far.y.max(farther.y) },
        )
    });
    let frame = whole.and_then(|whole| Frame::new(LonLat::from(whole.center())).ok());
    let Some(frame) = frame else { return html! {} };
    let shapes: Vec<(&RegionEntry, MultiPolygon<f64>)> = index
        .batch
        .regions
        .iter()
        .filter_map(|entry| Some((entry, boundaries.get(&entry.name)?.map_coords(|c| frame.to_local(c.into())))))
        .collect();
    let all = MultiPolygon::new(shapes.iter().flat_map(|(_, area)| area.0.iter().cloned()).collect());
    let Some(bounds) = all.bounding_rect() else { return html! {} };
    let canvas = Canvas::new(bounds);
    let (width, height) = (canvas.width, canvas.height);
    html! {
        figure.map {
            div.sheet { svg viewBox=(format!("0 0 {width} {height}")) role="img" aria-label=(tr("batches.map", index.lang)) {
                defs { pattern id="poor" width="36" height="36" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect width="36" height="36" fill="#fff" {} rect width="12" height="36" fill="#aab3b9" {}
                } }
                rect.sea width=(width) height=(height) {}
                @for (entry, area) in &shapes {
                    a href=(report_of(&entry.name)) {
                        path class=(format!("region unit {}", shade(mark(entry)))) d=(canvas.area(area)) {
                            title { (entry.name) " · " (known("batch_mark", mark(entry), index.lang)) }
                        }
                    }
                }
            } }
            ul.legend { @for of in ["gap", "cannot_judge", "depends", "met", "poor_data"] {
                @if shapes.iter().any(|(entry, _)| mark(entry) == of) {
                    li {
                        svg.swatch viewBox="0 0 270 160" { rect class=(format!("region unit {}", shade(of))) width="270" height="160" {} }
                        (known("batch_mark", of, index.lang))
                    }
                }
            } }
            figcaption { (tr("batches.map_note", index.lang)) }
        }
    }
}

/// The class of a mark in style.css.
fn shade(mark: &str) -> &str {
    match mark {
        "cannot_judge" => "open",
        "poor_data" => "poor",
        other => other,
    }
}

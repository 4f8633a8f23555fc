//! The map of all regions, coloured by verdict.
//!
//! In: a batch and the boundaries of its regions, degrees. Out: a figure.

use super::index::{Index, report_of};
use crate::html::canvas::Canvas;
use geo::{BoundingRect, Coord, MapCoords, MultiPolygon, Rect};
use lifering_base::frame::{Frame, LonLat};
use lifering_report::batch::layers::{Boundaries, mark};
use lifering_report::batch::shape::RegionEntry;
use lifering_report::text::{known, tr};
use maud::{Markup, html};

/// Regions whose boxes fill less than this share of the box around all of them would be dots on one map.
const FAR_APART: f64 = 0.05;
/// Share of a tile that its region takes.
const IN_TILE: f64 = 0.84;
/// Side of a tile, metres of the drawing's own plane.
const TILE_M: f64 = 10_000.0;

/// From a region to the foot of its name, drawing units.
const BELOW: i64 = 90;

/// A region with its area on the drawing's plane.
type Shape<'a> = (&'a RegionEntry, MultiPolygon<f64>);

/// All boundaries, coloured by verdict: on one map where they lie, or a tile each if they lie far apart. Empty if no region
/// has a boundary.
pub fn map(index: &Index<'_>, boundaries: &Boundaries) -> Markup {
    let drawn = index.batch.regions.iter().filter_map(|entry| Some((entry, boundaries.get(&entry.name)?)));
    let drawn: Vec<(&RegionEntry, &MultiPolygon<f64>)> = drawn.collect();
    let Some(placed) = in_place(&drawn) else { return html! {} };
    let apart = far_apart(&placed);
    let shapes = if apart { in_tiles(&drawn) } else { placed };
    let Some(bounds) = bounds_of(shapes.iter().map(|(_, area)| area)) else { return html! {} };
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
                    @if apart { (name_below(&canvas, entry, area)) }
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
            figcaption { (tr(if apart { "batches.tiles_note" } else { "batches.map_note" }, index.lang)) }
        }
    }
}

/// The box around some areas.
fn bounds_of<'a>(areas: impl Iterator<Item = &'a MultiPolygon<f64>>) -> Option<Rect<f64>> {
    areas.filter_map(BoundingRect::bounding_rect).reduce(|a, b| {
        let (low, high) = (a.min(), b.min());
        let (far, farther) = (a.max(), b.max());
        Rect::new(
            Coord { x: low.x.min(high.x), y: low.y.min(high.y) },
            Coord { x: far.x.max(farther.x), y: far.y.max(farther.y) },
        )
    })
}

/// The regions where they lie, in metres around their middle.
fn in_place<'a>(drawn: &[(&'a RegionEntry, &MultiPolygon<f64>)]) -> Option<Vec<Shape<'a>>> {
    let whole = bounds_of(drawn.iter().map(|(_, area)| *area))?;
    let frame = Frame::new(LonLat::from(whole.center())).ok()?;
    Some(drawn.iter().map(|(entry, area)| (*entry, area.map_coords(|c| frame.to_local(c.into())))).collect())
}

/// Whether regions would be dots on one map.
fn far_apart(placed: &[Shape<'_>]) -> bool {
    let box_m2 = |bounds: Rect<f64>| bounds.width() * bounds.height();
    let whole = bounds_of(placed.iter().map(|(_, area)| area)).map_or(0.0, box_m2);
    let own: f64 = placed.iter().filter_map(|(_, area)| area.bounding_rect()).map(box_m2).sum();
    placed.len() > 1 && own < FAR_APART * whole
}

/// The regions in rows of tiles, each at a scale of its own.
fn in_tiles<'a>(drawn: &[(&'a RegionEntry, &MultiPolygon<f64>)]) -> Vec<Shape<'a>> {
    let columns = (drawn.len() as f64).sqrt().ceil() as usize;
    let tile = |(at, (entry, area)): (usize, &(&'a RegionEntry, &MultiPolygon<f64>))| {
        let frame = Frame::new(LonLat::from(area.bounding_rect()?.center())).ok()?;
        let local = area.map_coords(|c| frame.to_local(c.into()));
        let bounds = local.bounding_rect()?;
        let (middle, scale) = (bounds.center(), IN_TILE * TILE_M / bounds.width().max(bounds.height()).max(1.0));
        let (x, y) = ((at % columns) as f64 * TILE_M, (at / columns) as f64 * -TILE_M);
        let moved = local.map_coords(|c| Coord { x: x + (c.x - middle.x) * scale, y: y + (c.y - middle.y) * scale });
        Some((*entry, moved))
    };
    drawn.iter().enumerate().filter_map(tile).collect()
}

/// The name of a region, centred below it.
fn name_below(canvas: &Canvas, entry: &RegionEntry, area: &MultiPolygon<f64>) -> Markup {
    let Some(bounds) = area.bounding_rect() else { return html! {} };
    let (x, y) = canvas.place(Coord { x: bounds.center().x, y: bounds.min().y });
    html! { text.name x=(x) y=(y + BELOW) text-anchor="middle" { (entry.name) } }
}

/// The class of a mark in style.css.
fn shade(mark: &str) -> &str {
    match mark {
        "cannot_judge" => "open",
        "poor_data" => "poor",
        other => other,
    }
}

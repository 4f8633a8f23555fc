//! Spatial bookmarks: the zones with most people.
//!
//! In: the zones of a layer. Out: the `Bookmarks` of a project, the zone with most people first.

use super::crs::wgs_84;
use super::project::Entry;
use geo::{BoundingRect, Rect};
use lifering_base::t;
use lifering_report::layers::{Cell, Row};
use lifering_report::text::{Lang, people};
use maud::{Markup, html};

/// Most bookmarks of a question.
const MOST: usize = 10;

/// The extent of a bookmark over that of its zone.
const MARGIN: f64 = 0.5;

/// Bookmarks of the zones of these entries, a group an entry. The names are the zones' own, with their people.
pub fn bookmarks<'a>(entries: impl Iterator<Item = (&'a str, &'a Entry<'a>)>, lang: Lang) -> Markup {
    html! {
        Bookmarks {
            @for (question, entry) in entries {
                @for (zone, extent) in largest(entry, lang) {
                    Bookmark id=(format!("{{{question} {zone}}}")) name=(zone) group=(question) extent=(wkt(extent)) { (wgs_84()) }
                }
            }
        }
    }
}

/// Names and extents of the zones with most people.
fn largest(entry: &Entry<'_>, lang: Lang) -> Vec<(String, Rect<f64>)> {
    let layer = entry.layer;
    let (Some(id), Some(count), Some(units)) =
        (layer.position("zone_id"), layer.position("population"), layer.position("units"))
    else {
        return Vec::new();
    };
    let count = |row: &Row<'_>| if let Cell::Real(people) = row.cells[count] { people } else { 0.0 };
    let text =
        |row: &Row<'_>, at: usize| if let Cell::Text(text) = &row.cells[at] { text.to_string() } else { String::new() };
    let mut zones: Vec<&Row<'_>> = entry.rows().filter(|row| count(row) > 0.0).collect();
    zones.sort_by(|a, b| count(b).total_cmp(&count(a)));
    let zones = zones.into_iter().take(MOST).filter_map(|row| {
        let name = t!(
            "maplayer.bookmark",
            locale = lang.locale(),
            zone = text(row, id),
            people = people(count(row), lang),
            units = text(row, units)
        );
        Some((name.into_owned(), row.geometry.as_ref()?.bounding_rect()?))
    });
    zones.collect()
}

/// A rectangle somewhat larger, as QGIS writes it.
fn wkt(extent: Rect<f64>) -> String {
    let side = extent.width().max(extent.height()) * MARGIN;
    let (low, high) = (extent.min(), extent.max());
    let (west, south, east, north) = (low.x - side, low.y - side, high.x + side, high.y + side);
    format!("POLYGON(({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))")
}

//! The table of a rule's worst zones.

use super::content::Content;
use super::text::touched;
use crate::html::page::Page;
use lifering_base::ids::zone_id;
use lifering_core::findings::RuleZones;
use lifering_report::text::{kilometres, minutes, people};
use lifering_report::text::{km2, reason};
use maud::{Markup, html};

/// The zones with most people.
pub fn worst_zones(content: &Content<'_>, zones: &RuleZones) -> Markup {
    let Content { page, outcome, worst, .. } = content;
    let most = worst.first().map_or(1.0, |(_, z)| z.people.max(1.0));
    let lang = page.lang;
    let seconds =
        |ms: Option<f64>| ms.map_or("—".to_owned(), |ms| minutes((ms + f64::from(zones.shift.0)) / 1000.0, lang));
    let timed = worst.iter().any(|(_, z)| z.worst_ms.is_some());
    let spaced = worst.iter().any(|(_, z)| z.worst_m.is_some());
    let metres = |m: Option<f64>| m.map_or("—".to_owned(), |m| kilometres((m / 10.0).round() * 10.0, lang));
    html! {
        h3 { (page.tr("html.worst_zones")) }
        div.wide { table.worst {
            thead { tr {
                th { (page.tr("html.zone")) } th { (page.tr("html.people")) } th.num { (page.tr("html.area")) } th { (page.tr("html.reason")) }
                th { (page.tr("html.where")) }
                @if timed { th { (page.tr("html.nearest")) } th.num { (page.tr("html.its_time")) } th.num { (page.tr("html.worst_time")) } }
                @else if spaced { th { (page.tr("html.nearest")) } th.num { (page.tr("html.its_distance")) } th.num { (page.tr("html.worst_distance")) } }
            } }
            tbody { @for (n, zone) in worst {
                @let id = zone_id(outcome.rule.id.as_str(), *n);
                tr data-zone=(id) {
                    td.id { (id) }
                    td { (Page::bar(zone.people / most, "gap", &people(zone.people, lang))) }
                    td.num { (km2(zone.area_m2, lang)) }
                    td.reason { (reason(&outcome.rule.criterion, zone.reason, lang)) }
                    td { (touched(page, zone)) }
                    @if timed {
                        td { (page.nearest(zones, zone).unwrap_or("—")) }
                        td.num { (seconds(zone.nearest_ms)) }
                        td.num { (seconds(zone.worst_ms)) }
                    } @else if spaced {
                        td { (page.nearest(zones, zone).unwrap_or("—")) }
                        td.num { (metres(zone.nearest_m)) }
                        td.num { (metres(zone.worst_m)) }
                    }
                }
            } }
        } }
    }
}

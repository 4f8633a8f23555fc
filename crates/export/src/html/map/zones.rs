//! Uncovered zones of a map.

use crate::html::page::Page;
use lifering_base::ids::zone_id;
use lifering_base::t;
use lifering_core::findings::RuleZones;
use lifering_core::zones::{Reason, Zone};
use lifering_report::text::{kilometres, minutes, people};
use lifering_report::text::{km2, reason};
use lifering_standards::outcome::RuleOutcome;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// So many of the largest zones are elements of their own, with a text on hovering; the others are drawn together.
const ZONES_WITH_TEXT: usize = 400;

/// The class of a reason in style.css.
pub fn class(reason: Reason) -> &'static str {
    match reason {
        Reason::TooFar => "far",
        Reason::NoRoad => "noroad",
        Reason::CutOff => "cut",
    }
}

/// The zones. `paths` are their path data, in the order of the zones.
pub fn zone_paths(page: &Page<'_>, rule: &RuleOutcome, zones: &RuleZones, paths: &[String]) -> Markup {
    let mut together: BTreeMap<Reason, String> = BTreeMap::new();
    for (zone, path) in zones.zones.iter().zip(paths).skip(ZONES_WITH_TEXT) {
        together.entry(zone.reason).or_default().push_str(path);
    }
    html! {
        g.zones {
            @for (reason, path) in &together { @if !path.is_empty() { path class=(class(*reason)) d=(path) {} } }
            @for (n, (zone, path)) in zones.zones.iter().zip(paths).take(ZONES_WITH_TEXT).enumerate() {
                @if !path.is_empty() {
                    path class=(class(zone.reason)) data-zone=(zone_id(rule.rule.id.as_str(), n)) d=(path) {
                        title { (zone_text(page, rule, zones, n, zone)) }
                    }
                }
            }
        }
    }
}

/// Text on hovering.
fn zone_text(page: &Page<'_>, rule: &RuleOutcome, zones: &RuleZones, n: usize, zone: &Zone) -> String {
    let lang = page.lang;
    let mut parts = vec![
        zone_id(rule.rule.id.as_str(), n),
        reason(&rule.rule.criterion, zone.reason, lang),
        t!("html.people_of", locale = lang.locale(), people = people(zone.people, lang)).into_owned(),
        km2(zone.area_m2, lang),
    ];
    if let Some(station) = page.nearest(zones, zone) {
        parts.push(t!("html.nearest_is", locale = lang.locale(), station = station).into_owned());
    }
    if let Some(ms) = zone.nearest_ms {
        parts.push(minutes((ms + f64::from(zones.shift.0)) / 1000.0, lang));
    }
    if let Some(metres) = zone.nearest_m {
        parts.push(kilometres((metres / 10.0).round() * 10.0, lang));
    }
    parts.join(" · ")
}

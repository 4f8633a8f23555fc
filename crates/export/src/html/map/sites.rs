//! Sites of a map, and proposed sites as numbered pins.

use super::theme::Theme;
use crate::html::page::Page;
use lifering_base::records::attributes::Scalar;
use lifering_base::t;
use lifering_report::text::{kind, people, plain, tr};
use lifering_standards::catalogue::LayerName;
use maud::{Markup, html};

/// Most sites with a text on hovering; more are drawn without.
const SITES_WITH_TEXT: usize = 1500;

/// Path data of a pin that points at the place of a proposed site.
pub const PIN: &str = "M0 0C-28 -44 -58 -70 -58 -112A58 58 0 1 1 58 -112C58 -70 28 -44 0 0Z";

/// Pins are drawn so much larger: their maps stand beside each other, at half the width of a page.
const PIN_SCALE: f64 = 1.8;
/// Height of a pin, and half of its width, drawing units.
const PIN_SIZE: (i64, i64) = (310, 108);

/// Whether the pin of a place so far below the upper edge hangs below it instead of standing on it.
fn hangs(y: i64) -> bool {
    y < PIN_SIZE.0
}

/// The boxes of the pins: left, upper, right and lower edge, drawing units.
pub fn pin_boxes(page: &Page<'_>, theme: &Theme<'_>) -> Vec<[i64; 4]> {
    let (height, half) = PIN_SIZE;
    let one = |(x, y): (i64, i64)| {
        let (top, foot) = if hangs(y) { (y, y + height) } else { (y - height, y) };
        [x - half, top, x + half, foot]
    };
    theme.proposed.iter().map(|(at, _, _)| one(page.base.canvas.place(*at))).collect()
}

/// The symbol of a site, by its layer and kind: `#s-<symbol>` in the shared drawing.
pub fn symbol(page: &Page<'_>, site: usize) -> &'static str {
    let site = &page.audit.city.evidence().sites[site];
    if site.layer != LayerName::Stations {
        return "dot";
    }
    match site.attributes.get("kind") {
        Some(Scalar::Text(kind)) if kind == "center" => "center",
        Some(Scalar::Text(kind)) if kind == "sub_center" => "sub_center",
        Some(Scalar::Text(kind)) if kind == "air" => "air",
        _ => "station",
    }
}

/// Whether a site is drawn hollow: a station of which it is known that it has no ambulance.
pub fn hollow(page: &Page<'_>, theme: &Theme<'_>, site: usize) -> bool {
    !page.audit.city.sites()[site].dispatches || theme.reopened.contains(&site)
}

/// The class of a symbol in style.css.
pub fn symbol_class(symbol: &str, hollow: bool) -> String {
    format!("{symbol}{}", if hollow { " hollow" } else { "" })
}

/// Sites, the most important kinds on top.
pub fn sites(page: &Page<'_>, theme: &Theme<'_>) -> Markup {
    let mut ordered: Vec<usize> = theme.sites.clone();
    let rank = |symbol: &str| ["dot", "station", "air", "sub_center", "center"].iter().position(|s| *s == symbol);
    ordered.sort_by_key(|site| rank(symbol(page, *site)));
    let with_text = ordered.len() <= SITES_WITH_TEXT;
    html! {
        g.sites {
            @for site in ordered {
                @let (x, y) = page.base.canvas.place(page.audit.city.sites()[site].xy);
                @let symbol = symbol(page, site);
                g class=(symbol_class(symbol, hollow(page, theme, site))) transform=(format!("translate({x} {y})")) {
                    use href=(format!("#s-{symbol}")) {}
                    @if with_text { title { (site_text(page, theme, site)) } }
                }
            }
        }
    }
}

/// Proposed sites as numbered pins.
pub fn proposed(page: &Page<'_>, theme: &Theme<'_>) -> Markup {
    html! {
        g.proposed {
            @for (at, number, name) in &theme.proposed {
                @let (x, y) = page.base.canvas.place(*at);
                g transform=(format!("translate({x} {y}) scale({PIN_SCALE})")) {
                    @if hangs(y) {
                        path d=(PIN) transform="scale(1 -1)" {}
                        text y="136" { (number) }
                    } @else {
                        path d=(PIN) {}
                        text y="-88" { (number) }
                    }
                    title { (number) " · " (name) }
                }
            }
        }
    }
}

/// Text on hovering.
fn site_text(page: &Page<'_>, theme: &Theme<'_>, site: usize) -> String {
    let evidence = &page.audit.city.evidence().sites[site];
    let lang = page.lang;
    let mut parts = vec![evidence.name.clone()];
    if let Some(Scalar::Text(word)) = evidence.attributes.get("kind") {
        parts.push(kind(word, lang));
    }
    if hollow(page, theme, site) {
        parts.push(tr("html.no_ambulance", lang));
        return parts.join(" · ");
    }
    if let Some(figures) =
        page.audit.findings.stations.iter().find(|f| f.site == site && evidence.layer == LayerName::Stations)
    {
        let people = people(figures.people_first, lang);
        parts.push(t!("html.first_for", locale = lang.locale(), people = people).into_owned());
    }
    if let Some(Scalar::Number(n)) = evidence.attributes.get("ambulances") {
        parts.push(t!("html.ambulances", locale = lang.locale(), n = plain(*n, 0)).into_owned());
    }
    parts.join(" · ")
}

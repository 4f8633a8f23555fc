//! One map of a report: boundary, units, roads by time, zones by reason, sites, labels, scale bar, north arrow, legend.
//!
//! In: [`Base`] and what is to be shown. Out: inline SVG that needs no script; hovering shows names and numbers.

use super::base::{Band, Base};
use super::page::Page;
use geo::Coord;
use lifering_base::ids::zone_id;
use lifering_base::records::attributes::Scalar;
use lifering_base::t;
use lifering_core::findings::RuleZones;
use lifering_core::zones::{Reason, Zone};
use lifering_report::layers::as_written;
use lifering_report::text::{kilometres, minutes, people, plain};
use lifering_report::text::{kind, km2, reason, tr};
use lifering_standards::catalogue::LayerName;
use lifering_standards::outcome::{RuleOutcome, Verdict};
use maud::{Markup, html};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The largest zones are elements of their own, with a text on hovering; the others are drawn together.
const ZONES_WITH_TEXT: usize = 400;
/// Beyond so many sites they are drawn without a text each.
const SITES_WITH_TEXT: usize = 1500;
/// Height of a label, drawing units.
const LABEL: i64 = 76;

/// A pin that points at where a site would stand.
const PIN: &str = "M0 0C-28 -44 -58 -70 -58 -112A58 58 0 1 1 58 -112C58 -70 28 -44 0 0Z";

/// What a map shows besides the base.
#[derive(Debug, Default)]
pub struct Theme<'a> {
    /// Zones of a rule.
    pub zones: Option<(&'a RuleOutcome, &'a RuleZones)>,
    /// Roads in the colours of their time against this limit, seconds.
    pub by_time: Option<f64>,
    /// Verdict and text of units, by level and id.
    pub units: BTreeMap<(String, String), (Verdict, String)>,
    /// Sites, as positions in the evidence.
    pub sites: Vec<usize>,
    /// Proposed sites: where (local metres), number, name.
    pub proposed: Vec<(Coord<f64>, usize, String)>,
}

/// The class of a reason in the style sheet.
fn class(reason: Reason) -> &'static str {
    match reason {
        Reason::TooFar => "far",
        Reason::NoRoad => "noroad",
        Reason::CutOff => "cut",
    }
}

/// The whole figure.
pub fn figure(page: &Page<'_>, theme: &Theme<'_>, drawing: &Drawing) -> Markup {
    let base = &page.base;
    let (width, height) = (base.sheet.width, base.sheet.height);
    let title = page.report.region.name.as_str();
    html! {
        figure.map {
            div.sheet {
                svg viewBox=(format!("0 0 {width} {height}")) role="img" aria-label=(title) {
                    rect.sea width=(width) height=(height) {}
                    use.land href="#edge" {}
                    (unit_fills(page, theme))
                    @if let Some((rule, zones)) = theme.zones { (zone_paths(page, rule, zones, &drawing.zones)) }
                    (roads(base, theme.by_time))
                    use.unit-lines href="#units" {}
                    use.edge href="#edge" {}
                    (sites(page, theme))
                    (proposed(page, theme))
                    (labels(page, theme))
                    (scale_bar(page))
                    (north(base))
                    @if page.report.region.illustrative {
                        text.stamp x=(width - 60.0) y=(height - 50.0) { (tr("summary.illustrative", page.lang)) }
                    }
                }
            }
            figcaption {
                ul.legend { @for (symbol, text) in &drawing.legend { li { (symbol) (text) } } }
                p.small { (drawing.note) }
            }
        }
    }
}

/// A band of the base as one rule with its limit sees it.
fn against(base: &Base, band: Band, limit: Option<f64>) -> Band {
    let Some(limit) = limit else { return Band::Unknown };
    match band {
        Band::Within(i) if base.limits_s.get(i).is_some_and(|l| *l > limit + 1e-6) => Band::Later,
        Band::Within(_) => Band::Within(0),
        other => other,
    }
}

fn roads(base: &Base, by_time: Option<f64>) -> Markup {
    html! {
        @for (id, band, wide) in base.road_ids() {
            @let colour = against(base, band, by_time).class();
            use class=(format!("road {colour}{}", if wide { " wide" } else { "" })) href=(format!("#{id}")) {}
        }
    }
}

fn unit_fills(page: &Page<'_>, theme: &Theme<'_>) -> Markup {
    html! {
        @for unit in &page.base.units {
            @let shown = theme.units.get(&(unit.level.clone(), unit.id.clone()));
            @if let Some((verdict, text)) = shown {
                path class=(format!("unit {}", super::page::verdict_class(*verdict))) d=(unit.path) { title { (text) } }
            }
        }
    }
}

fn zone_paths(page: &Page<'_>, rule: &RuleOutcome, zones: &RuleZones, paths: &[String]) -> Markup {
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

/// The kind of a site that decides its symbol.
fn symbol(page: &Page<'_>, site: usize) -> &'static str {
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

fn sites(page: &Page<'_>, theme: &Theme<'_>) -> Markup {
    let mut ordered: Vec<usize> = theme.sites.clone();
    let rank = |symbol: &str| ["dot", "station", "air", "sub_center", "center"].iter().position(|s| *s == symbol);
    ordered.sort_by_key(|site| rank(symbol(page, *site)));
    let with_text = ordered.len() <= SITES_WITH_TEXT;
    html! {
        g.sites {
            @for site in ordered {
                @let (x, y) = page.base.sheet.place(page.audit.city.sites()[site].xy);
                @let symbol = symbol(page, site);
                g class=(symbol) transform=(format!("translate({x} {y})")) {
                    use href=(format!("#s-{symbol}")) {}
                    @if with_text { title { (site_text(page, site)) } }
                }
            }
        }
    }
}

/// Proposed sites as numbered pins.
fn proposed(page: &Page<'_>, theme: &Theme<'_>) -> Markup {
    html! {
        g.proposed {
            @for (at, number, name) in &theme.proposed {
                @let (x, y) = page.base.sheet.place(*at);
                g transform=(format!("translate({x} {y})")) {
                    path d=(PIN) {}
                    text y="-88" { (number) }
                    title { (number) " · " (name) }
                }
            }
        }
    }
}

fn site_text(page: &Page<'_>, site: usize) -> String {
    let evidence = &page.audit.city.evidence().sites[site];
    let lang = page.lang;
    let mut parts = vec![evidence.name.clone()];
    if let Some(Scalar::Text(word)) = evidence.attributes.get("kind") {
        parts.push(kind(word, lang));
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

/// Width of a label as it is set, drawing units.
fn label_width(text: &str, size: i64) -> i64 {
    text.chars().map(|c| if c.is_ascii() { size * 55 / 100 } else { size }).sum()
}

/// Where the name of a unit may stand, seen from its middle, drawing units.
const BESIDE: [(i64, i64); 7] = [(0, 0), (0, -100), (0, 100), (-190, 0), (190, 0), (0, -200), (0, 200)];

/// Labels that run neither into each other nor over a station: sub-centres and centre first, then units.
fn labels(page: &Page<'_>, theme: &Theme<'_>) -> Markup {
    let base = &page.base;
    let stations = theme.sites.iter().filter(|site| symbol(page, **site) != "dot");
    let mut taken: Vec<[i64; 4]> = stations
        .map(|site| base.sheet.place(page.audit.city.sites()[*site].xy))
        .map(|(x, y)| [x - 26, y - 26, x + 26, y + 26])
        .collect();
    let mut free = |x: i64, y: i64, width: i64, height: i64| {
        let here = [x, y - height, x + width, y];
        let clear = taken.iter().all(|t| here[2] < t[0] || here[0] > t[2] || here[3] < t[1] || here[1] > t[3]);
        let inside =
            here[0] > 0 && here[2] < base.sheet.width as i64 && here[1] > 0 && here[3] < base.sheet.height as i64;
        if clear && inside {
            taken.push(here);
        }
        clear && inside
    };
    let mut placed: Vec<(&str, i64, i64, String)> = Vec::new();
    for wanted in ["center", "sub_center"] {
        for site in theme.sites.iter().filter(|s| symbol(page, **s) == wanted) {
            let (x, y) = base.sheet.place(page.audit.city.sites()[*site].xy);
            let text = short_name(&page.audit.city.evidence().sites[*site].name);
            let width = label_width(&text, LABEL);
            let spots = [(x + 46, y + 24), (x - 46 - width, y + 24), (x - width / 2, y - 46), (x - width / 2, y + 104)];
            if let Some((x, y)) = spots.into_iter().find(|(x, y)| free(*x, *y, width, LABEL)) {
                placed.push(("name", x, y, text));
            }
        }
    }
    let mut seen = BTreeSet::new();
    for unit in &base.units {
        let Some((x, y)) = unit.label else { continue };
        let width = label_width(&unit.name, LABEL - 8);
        if !seen.insert(unit.name.as_str()) {
            continue;
        }
        let spots = BESIDE.map(|(right, down)| (x + right - width / 2, y + down));
        if let Some((x, y)) = spots.into_iter().find(|(x, y)| free(*x, *y, width, LABEL)) {
            placed.push(("place", x, y, unit.name.clone()));
        }
    }
    html! { @for (class, x, y, text) in placed { text class=(class) x=(x) y=(y) { (text) } } }
}

/// A name without what stands in brackets.
fn short_name(name: &str) -> String {
    name.split(['（', '(']).next().unwrap_or(name).trim().to_owned()
}

/// The largest of 1, 2, 5, 10 ... not above a length.
fn round_length(metres: f64) -> f64 {
    let power = 10_f64.powf(metres.max(1.0).log10().floor());
    [5.0, 2.0].into_iter().map(|f| f * power).find(|m| *m <= metres).unwrap_or(power)
}

fn scale_bar(page: &Page<'_>) -> Markup {
    let sheet = &page.base.sheet;
    let metres = round_length(sheet.width / sheet.scale / 4.0);
    let length = (metres * sheet.scale).round();
    let (x, y) = (70.0, sheet.height - 70.0);
    let half = length / 2.0;
    let text = kilometres(metres, page.lang);
    html! {
        g.scale {
            rect.on x=(x) y=(y) width=(half) height="16" {}
            rect.off x=(x + half) y=(y) width=(half) height="16" {}
            text x=(x) y=(y - 18.0) { "0" }
            text x=(x + length) y=(y - 18.0) text-anchor="middle" { (text) }
        }
    }
}

fn north(base: &Base) -> Markup {
    html! {
        g.north transform=(format!("translate({} 150)", base.sheet.width - 110.0)) {
            path.on d="M0-90 34 40 0 14z" {}
            path.off d="M0-90-34 40 0 14z" {}
            text y="104" text-anchor="middle" { "N" }
        }
    }
}

/// A map before it is set: every zone's path, the legend, the note under it.
pub struct Drawing {
    /// Path data of the zones; empty where one is too small to be seen.
    zones: Vec<String>,
    /// Symbols and what they mean.
    legend: Vec<(Markup, String)>,
    /// How exact the drawing is.
    pub note: String,
}

impl Drawing {
    /// Draws the zones and gathers the legend.
    pub fn new(page: &Page<'_>, theme: &Theme<'_>) -> Self {
        let (sheet, frame) = (&page.base.sheet, page.audit.city.frame());
        let drawn = |zone: &Zone| sheet.polygon(&as_written(frame, &zone.polygon));
        let zones: Vec<String> =
            theme.zones.map(|(_, zones)| zones.zones.par_iter().map(drawn).collect()).unwrap_or_default();
        let lang = page.lang;
        let mut note =
            t!("html.tolerance", locale = lang.locale(), m = plain(sheet.tolerance_m().ceil(), 0)).into_owned();
        if page.base.roads_thinned() {
            note.extend([" ", &tr("html.roads_thinned", lang)]);
        }
        let missing = zones.iter().filter(|path| path.is_empty()).count();
        if missing > 0 {
            note.extend([" ", &t!("html.zones_too_small", locale = lang.locale(), n = missing)]);
        }
        Self { legend: legend(page, theme), zones, note }
    }

    /// The texts of the legend.
    pub fn legend(&self) -> impl Iterator<Item = &str> {
        self.legend.iter().map(|(_, text)| text.as_str())
    }
}

/// Symbols of what is on a map, and what they mean.
fn legend(page: &Page<'_>, theme: &Theme<'_>) -> Vec<(Markup, String)> {
    let lang = page.lang;
    let reasons: BTreeMap<Reason, String> = theme
        .zones
        .iter()
        .flat_map(|(rule, zones)| zones.zones.iter().map(|z| (z.reason, reason(&rule.rule.criterion, z.reason, lang))))
        .collect();
    let verdicts: BTreeSet<Verdict> = theme.units.values().map(|(verdict, _)| *verdict).collect();
    let symbols: BTreeSet<&str> = theme.sites.iter().map(|s| symbol(page, *s)).collect();
    let bands: BTreeSet<Band> =
        page.base.bands().into_iter().map(|band| against(&page.base, band, theme.by_time)).collect();
    let swatch = |class: String, path: &str| {
        html! { svg.swatch viewBox="0 0 110 64" aria-hidden="true" { path class=(class) d=(path) {} } }
    };
    let area = |class: String| swatch(class, "M2 2h106v60h-106z");
    let band_text = |band: Band| match band {
        Band::Within(_) => {
            let limit = minutes(theme.by_time.unwrap_or(0.0), lang);
            t!("html.road_within", locale = lang.locale(), limit = limit).into_owned()
        }
        Band::Later => tr("html.road_later", lang),
        Band::Never => tr("html.road_never", lang),
        Band::Unknown => tr("html.road", lang),
    };
    let site = |symbol: &str| {
        html! { svg.swatch viewBox="-55 -40 110 80" aria-hidden="true" { g.sites { g class=(symbol) { use href=(format!("#s-{symbol}")) {} } } } }
    };
    let of_unit =
        |verdict: Verdict| format!("{}{}", tr("html.unit", lang), lifering_report::text::verdict(verdict, lang));
    let site_text = |symbol: &str| if symbol == "dot" { tr("html.site", lang) } else { kind(symbol, lang) };
    let zones = reasons.into_iter().map(|(reason, text)| (area(format!("z {}", class(reason))), text));
    let units = verdicts
        .into_iter()
        .map(|verdict| (area(format!("unit {}", super::page::verdict_class(verdict))), of_unit(verdict)));
    let roads =
        bands.into_iter().map(|band| (swatch(format!("road wide {}", band.class()), "M4 32h102"), band_text(band)));
    let sites = symbols.into_iter().map(|symbol| (site(symbol), site_text(symbol)));
    let pin = html! { svg.swatch viewBox="-110 -170 220 170" aria-hidden="true" { g.proposed { path d=(PIN) {} } } };
    let proposed = (!theme.proposed.is_empty()).then(|| (pin, tr("maplayer.proposals", lang)));
    zones.chain(units).chain(roads).chain(sites).chain(proposed).collect()
}

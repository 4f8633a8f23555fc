//! The legend of a map: the symbols that occur, with their texts.

use super::roads::against;
use super::sites::{PIN, hollow, symbol, symbol_class};
use super::theme::Theme;
use super::zones::class;
use crate::html::base::Band;
use crate::html::page::{Page, verdict_class};
use lifering_base::t;
use lifering_core::zones::Reason;
use lifering_report::text::{kind, reason, tr};
use lifering_report::text::{minutes, verdict as verdict_text};
use lifering_standards::outcome::Verdict;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// The symbols on a map with their texts.
pub fn legend(page: &Page<'_>, theme: &Theme<'_>) -> Vec<(Markup, String)> {
    let lang = page.lang;
    let reasons: BTreeMap<Reason, String> = theme
        .zones
        .iter()
        .flat_map(|(rule, zones)| zones.zones.iter().map(|z| (z.reason, reason(&rule.rule.criterion, z.reason, lang))))
        .collect();
    let verdicts: BTreeSet<Verdict> = theme.units.values().map(|(verdict, _)| *verdict).collect();
    let symbols: BTreeSet<(&str, bool)> =
        theme.sites.iter().map(|s| (symbol(page, *s), hollow(page, theme, *s))).collect();
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
    let site = |symbol: &str, hollow: bool| {
        html! { svg.swatch viewBox="-55 -40 110 80" aria-hidden="true" { g.sites { g class=(symbol_class(symbol, hollow)) { use href=(format!("#s-{symbol}")) {} } } } }
    };
    let of_unit = |verdict: Verdict| format!("{}{}", tr("html.unit", lang), verdict_text(verdict, lang));
    let site_text = |symbol: &str, hollow: bool| {
        let site = if symbol == "dot" { tr("html.site", lang) } else { kind(symbol, lang) };
        if hollow { t!("html.site_without_ambulance", locale = lang.locale(), site = site).into_owned() } else { site }
    };
    let zones = reasons.into_iter().map(|(reason, text)| (area(format!("z {}", class(reason))), text));
    let units =
        verdicts.into_iter().map(|verdict| (area(format!("unit {}", verdict_class(verdict))), of_unit(verdict)));
    let roads =
        bands.into_iter().map(|band| (swatch(format!("road wide {}", band.class()), "M4 32h102"), band_text(band)));
    let sites = symbols.into_iter().map(|(symbol, hollow)| (site(symbol, hollow), site_text(symbol, hollow)));
    let pin = html! { svg.swatch viewBox="-110 -170 220 170" aria-hidden="true" { g.proposed { path d=(PIN) {} } } };
    let proposed = (!theme.proposed.is_empty()).then(|| (pin, tr("maplayer.proposals", lang)));
    zones.chain(units).chain(roads).chain(sites).chain(proposed).collect()
}

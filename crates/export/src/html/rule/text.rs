//! Texts of a rule's page, which the layout measures before they are printed.

use super::content::Content;
use crate::html::page::Page;
use lifering_base::t;
use lifering_core::findings::Estimate;
use lifering_core::findings::RuleZones;
use lifering_core::zones::Zone;
use lifering_report::text::{counted_sentence, force, gap_and_closing, km2, names};
use lifering_report::text::{found_and_required, people};

/// The requirement, the finding, the gap and the measure that closes it: key of the catalogue and text.
pub fn facts(content: &Content<'_>) -> [(&'static str, String); 4] {
    let Content { page, outcome, .. } = content;
    let (found, required) = found_and_required(&outcome.rule.criterion, &outcome.default, page.lang);
    let (gap, closing) = gap_and_closing(outcome, page.lang).unwrap_or_else(|| ("—".to_owned(), "—".to_owned()));
    [("table.required", required), ("table.found", found), ("html.gap", gap), ("html.closes", closing)]
}

/// The source of a rule's text, its force and its year.
pub fn source(content: &Content<'_>) -> String {
    let Content { page, outcome, rule, .. } = content;
    let mut parts = vec![rule.cite.source.clone()];
    parts.extend(rule.cite.section.clone());
    parts.extend((!rule.cite.verbatim).then(|| page.tr("html.not_verbatim")));
    parts.push(force(outcome.rule.force, page.lang));
    parts.extend(outcome.rule.year.map(|year| year.to_string()));
    parts.join(" · ")
}

/// What the rule counted, in words; `None` if its layer is missing.
pub fn counted(content: &Content<'_>) -> Option<String> {
    let Content { page, outcome, rule, .. } = content;
    rule.counted.as_ref().map(|counted| counted_sentence(&outcome.rule.criterion, counted, page.lang))
}

/// The uncovered area with its proven bounds, and the people in it.
pub fn area(content: &Content<'_>, zones: &RuleZones) -> String {
    let lang = content.page.lang;
    let Estimate { best, low, high } = zones.area_m2;
    let exact = km2(low, lang) == km2(high, lang);
    t!(
        if exact { "html.uncovered_area_exact" } else { "html.uncovered_area" },
        locale = lang.locale(),
        best = km2(best, lang),
        low = km2(low, lang),
        high = km2(high, lang),
        n = zones.zones.len(),
        people = people(content.outcome.default.uncovered.unwrap_or(0.0), lang)
    )
    .into_owned()
}

/// Names of the units that a zone intersects.
pub fn touched(page: &Page<'_>, zone: &Zone) -> String {
    let records = page.audit.city.records().units.as_deref().unwrap_or_default();
    let within: Vec<&str> = zone.units.iter().map(|u| records[*u as usize].name.as_str()).collect();
    names(&within, 3, page.lang)
}

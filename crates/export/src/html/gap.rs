//! One page a gap: sentence, source, map, worst zones, curve, units, readings, assumptions.

use super::chart;
use super::gap_parts;
use super::map::{Drawing, Theme, figure};
use super::page::{Page, verdict_class};
use super::sheets::Break;
use lifering_base::ids::zone_id;
use lifering_base::t;
use lifering_core::findings::Estimate;
use lifering_core::findings::RuleZones;
use lifering_core::zones::Zone;
use lifering_report::report::RuleReport;
use lifering_report::text::{amount, found_and_required, kilometres, minutes, people, percent, plain};
use lifering_report::text::{force, gap_and_closing, km2, names, pick, reason};
use lifering_standards::access_query;
use lifering_standards::catalogue::{Criterion, Journey, Statistic};
use lifering_standards::outcome::{AreaOutcome, RuleOutcome, Verdict};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Rows of the table of worst zones.
const WORST: usize = 6;
/// Rows of the table of units; the others are in report.xlsx.
const UNITS: usize = 70;

/// The page of one rule.
pub fn page_of(page: &Page<'_>, position: usize, outcome: &RuleOutcome, rule: &RuleReport) -> Markup {
    let zones = page.audit.findings.zones.get(&position);
    let curve = page.audit.findings.curves.get(&position);
    let theme = theme(page, outcome, zones);
    let drawing = Drawing::new(page, &theme);
    let ranked = zones.map(ranked).unwrap_or_default();
    let areas = finest(outcome);
    let facts = facts(page, outcome);
    let layout =
        gap_parts::parts(page, outcome, rule, &theme, &drawing, &ranked, areas.len().min(UNITS), curve.is_some())
            .layout();
    let units = units(page, outcome, areas, layout.units);
    let starts = |part: Break| if layout.before == part { "part sheet-start" } else { "part" };
    html! {
        section.page.rule id=(outcome.rule.id) style=(format!("--map:{:.0}mm", layout.map_mm)) {
            (page.running_head())
            h2 { span.id { (outcome.rule.id) } " " (page.title(outcome)) " " (page.chip(outcome.verdict)) }
            p.lead { (page.why(rule)) }
            blockquote {
                p { (rule.cite.quote) }
                footer { (source(page, outcome, rule)) }
            }
            dl.facts { @for (key, value) in facts { div { dt { (page.tr(key)) } dd { (value) } } } }
            div.body {
                @if layout.beside { div.beside { (figure(page, &theme, &drawing)) (units) } }
                @else { (figure(page, &theme, &drawing)) }
                @if let Some(zones) = zones {
                    div class=(starts(Break::Zones)) { p { (area(page, outcome, zones)) } (worst_zones(page, outcome, zones, &ranked)) }
                }
                @if let Some(curve) = curve {
                    div class=(starts(Break::Curve)) {
                        h3 { (page.tr("html.curve")) }
                        (chart::curve(page, curve, required_share(&outcome.rule.criterion)))
                    }
                }
                @if !layout.beside { div class=(if curve.is_none() { starts(Break::Curve) } else { "part" }) { (units) } }
                div.part.last {
                    @if !outcome.readings.is_empty() { h3 { (page.tr("html.readings")) } (readings(page, outcome, rule)) }
                    @if !rule.assumed.is_empty() {
                        h3 { (page.tr("html.assumed")) }
                        ul { @for assumed in &rule.assumed { li { (pick(&assumed.text, page.lang)) " " code.key { (assumed.what) } } } }
                    }
                    @if let Some(note) = &rule.note { p.small { (pick(note, page.lang)) } }
                }
            }
        }
    }
}

/// What is required, found, missing, and what closes it: key of the catalogue and text.
pub fn facts(page: &Page<'_>, outcome: &RuleOutcome) -> [(&'static str, String); 4] {
    let (found, required) = found_and_required(&outcome.rule.criterion, &outcome.default, page.lang);
    let (gap, closing) = gap_and_closing(outcome, page.lang).unwrap_or_else(|| ("—".to_owned(), "—".to_owned()));
    [("table.required", required), ("table.found", found), ("html.gap", gap), ("html.closes", closing)]
}

/// Where the words of a rule stand, and how hard they bind.
pub fn source(page: &Page<'_>, outcome: &RuleOutcome, rule: &RuleReport) -> String {
    let mut parts = vec![rule.cite.source.clone()];
    parts.extend(rule.cite.section.clone());
    parts.extend((!rule.cite.verbatim).then(|| page.tr("html.not_verbatim")));
    parts.push(force(outcome.rule.force, page.lang));
    parts.extend(outcome.rule.year.map(|year| year.to_string()));
    parts.join(" · ")
}

fn required_share(criterion: &Criterion) -> Option<f64> {
    match criterion {
        Criterion::Radius(rule) => Some(rule.min_share),
        Criterion::TravelTime(rule) => match rule.statistic {
            Statistic::Share { min_share } => Some(min_share),
            Statistic::P90 => Some(0.9),
            Statistic::Mean | Statistic::Max => None,
        },
        _ => None,
    }
}

/// What the map of a rule shows: zones where it has any, else the verdicts of its units; and the sites it is about.
fn theme<'a>(page: &Page<'a>, outcome: &'a RuleOutcome, zones: Option<&'a RuleZones>) -> Theme<'a> {
    let evidence = page.audit.city.evidence();
    let criterion = &outcome.rule.criterion;
    let sites = if let Some(Ok(question)) = access_query(criterion, evidence) {
        question.sites
    } else {
        let all = evidence.select(criterion.selection()).map(|s| s.certain).unwrap_or_default();
        all.into_iter().filter(|site| evidence.sites[*site].placed).collect()
    };
    let drives = matches!(criterion, Criterion::TravelTime(t) if matches!(t.journey, Journey::Drive { .. }));
    let limit = if let Criterion::TravelTime(t) = criterion { f64::from(t.limit_s) } else { 0.0 };
    let by_time = (drives && page.base.limits_s.iter().any(|l| (l - limit).abs() < 1e-6)).then_some(limit);
    let mut units = BTreeMap::new();
    if zones.is_none() {
        for area in &outcome.default.areas {
            if area.verdict != Verdict::CannotJudge {
                units.insert((area.level.clone(), area.id.clone()), (area.verdict, area_text(page, area)));
            }
        }
    }
    Theme { zones: zones.map(|zones| (outcome, zones)), by_time, units, sites, ..Theme::default() }
}

fn area_text(page: &Page<'_>, area: &AreaOutcome) -> String {
    let mut parts = vec![area.name.clone(), people(area.people, page.lang)];
    if let (Some(need), Some(have)) = (area.need, area.have) {
        let text = t!("why.needed_and_there", locale = page.lang.locale(), need = need, have = amount(have));
        parts.push(text.into_owned());
    } else if let Some(value) = area.value {
        parts.push(percent(value));
    }
    parts.join(" · ")
}

/// The uncovered area with what is proved of it, and the people in it.
pub fn area(page: &Page<'_>, outcome: &RuleOutcome, zones: &RuleZones) -> String {
    let lang = page.lang;
    let Estimate { best, low, high } = zones.area_m2;
    let exact = km2(low, lang) == km2(high, lang);
    t!(
        if exact { "html.uncovered_area_exact" } else { "html.uncovered_area" },
        locale = lang.locale(),
        best = km2(best, lang),
        low = km2(low, lang),
        high = km2(high, lang),
        n = zones.zones.len(),
        people = people(outcome.default.uncovered.unwrap_or(0.0), lang)
    )
    .into_owned()
}

/// The zones with most people, with their positions.
fn ranked(zones: &RuleZones) -> Vec<(usize, &Zone)> {
    let mut ranked: Vec<(usize, &Zone)> = zones.zones.iter().enumerate().collect();
    ranked.sort_by(|a, b| {
        b.1.people.total_cmp(&a.1.people).then(b.1.area_m2.total_cmp(&a.1.area_m2)).then(a.0.cmp(&b.0))
    });
    ranked.truncate(WORST);
    ranked
}

/// Names of the units that a zone touches.
pub fn touched(page: &Page<'_>, zone: &Zone) -> String {
    let records = page.audit.city.records().units.as_deref().unwrap_or_default();
    let within: Vec<&str> = zone.units.iter().map(|u| records[*u as usize].name.as_str()).collect();
    names(&within, 3, page.lang)
}

fn worst_zones(page: &Page<'_>, outcome: &RuleOutcome, zones: &RuleZones, ranked: &[(usize, &Zone)]) -> Markup {
    let most = ranked.first().map_or(1.0, |(_, z)| z.people.max(1.0));
    let lang = page.lang;
    let seconds =
        |ms: Option<f64>| ms.map_or("—".to_owned(), |ms| minutes((ms + f64::from(zones.shift.0)) / 1000.0, lang));
    let timed = ranked.iter().any(|(_, z)| z.worst_ms.is_some());
    let spaced = ranked.iter().any(|(_, z)| z.worst_m.is_some());
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
            tbody { @for (n, zone) in ranked {
                tr {
                    td.id { (zone_id(outcome.rule.id.as_str(), *n)) }
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

/// Units of the finest level that the rule has figures for, the worst first, and the level.
fn finest(outcome: &RuleOutcome) -> Vec<(&str, &AreaOutcome)> {
    let mut by_level: BTreeMap<&str, Vec<(&str, &AreaOutcome)>> = BTreeMap::new();
    for area in &outcome.default.areas {
        if area.verdict != Verdict::CannotJudge && area.level != "city" {
            by_level.entry(&area.level).or_default().push((&area.level, area));
        }
    }
    let mut areas = by_level.into_values().max_by_key(Vec::len).unwrap_or_default();
    areas.sort_by(|(_, a), (_, b)| {
        let share = |area: &AreaOutcome| area.value.unwrap_or(0.0);
        b.uncovered
            .unwrap_or(0.0)
            .total_cmp(&a.uncovered.unwrap_or(0.0))
            .then(share(a).total_cmp(&share(b)))
            .then(a.id.cmp(&b.id))
    });
    areas
}

/// The table of units; `printed` of them on paper.
fn units(page: &Page<'_>, outcome: &RuleOutcome, mut areas: Vec<(&str, &AreaOutcome)>, printed: usize) -> Markup {
    let Some((level, _)) = areas.first().copied() else { return html! {} };
    let all = areas.len();
    let hidden = areas.len().saturating_sub(UNITS);
    areas.truncate(UNITS);
    let covering = areas.iter().any(|(_, a)| a.uncovered.is_some());
    let lang = page.lang;
    let more = |n: usize| t!("html.more_units", locale = lang.locale(), n = n);
    html! {
        div.units {
        h3 { (t!("html.units", locale = lang.locale(), level = lifering_report::text::level(level, &page.audit.findings.standard, lang))) }
        div.wide { table {
            thead { tr {
                th { (page.tr("html.unit_name")) } th.num { (page.tr("html.population")) }
                @if covering { th { (page.tr("html.covered")) } th.num { (page.tr("html.uncovered")) } }
                @else { th.num { (page.tr("html.need")) } th.num { (page.tr("html.have")) } th { (page.tr("html.have_of_need")) } }
                th { (page.tr("table.verdict")) }
            } }
            tbody { @for (n, (_, area)) in areas.iter().enumerate() {
                tr class=[(n >= printed).then_some("screen-only")] {
                    td { (area.name) }
                    td.num { (people(area.people, lang)) }
                    @if covering {
                        td { @if let Some(value) = area.value { (Page::bar(value, verdict_class(area.verdict), &percent(value))) } }
                        td.num { (people(area.uncovered.unwrap_or(0.0), lang)) }
                    } @else { (counted(area)) }
                    td { (page.chip(area.verdict)) }
                }
            } }
        } }
        @if matches!(outcome.rule.criterion, Criterion::PerPopulation(_) | Criterion::Share(_)) { p.small { (page.tr("html.units_whole")) } }
        @if hidden > 0 { p.small.screen-only { (more(hidden)) } }
        @if all > printed { p.small.print-only { (more(all - printed)) } }
        }
    }
}

fn counted(area: &AreaOutcome) -> Markup {
    let share = match (area.need, area.have, area.value) {
        (Some(need), Some(have), _) if need > 0 => Some(have / need as f64),
        (None, None, Some(value)) => Some(value),
        _ => None,
    };
    html! {
        td.num { (area.need.map_or("—".to_owned(), |n| n.to_string())) }
        td.num { (area.have.map_or("—".to_owned(), amount)) }
        td { @if let Some(share) = share { (Page::bar(share, verdict_class(area.verdict), &format!("{}%", plain(share * 100.0, 0)))) } }
    }
}

/// The default reading and the others, side by side.
pub fn readings(page: &Page<'_>, outcome: &RuleOutcome, rule: &RuleReport) -> Markup {
    let lang = page.lang;
    let sentence =
        |zh: &str, en: &str| if lang == lifering_report::text::Lang::Zh { zh.to_owned() } else { en.to_owned() };
    let (found, required) = found_and_required(&outcome.rule.criterion, &outcome.default, lang);
    html! {
        div.wide { table.readings {
            thead { tr {
                th { (page.tr("html.reading")) } th.num { (page.tr("table.required")) } th.num { (page.tr("table.found")) }
                th { (page.tr("table.verdict")) } th { (page.tr("table.why")) }
            } }
            tbody {
                tr {
                    td { strong { (page.tr("html.default_reading")) } } td.num { (required) } td.num { (found) }
                    td { (page.chip(outcome.default.verdict)) } td { (page.why(rule)) }
                }
                @for ((reading, result), written) in outcome.rule.readings.iter().zip(&outcome.readings).zip(&rule.readings) {
                    @let (found, required) = found_and_required(&reading.criterion, result, lang);
                    tr {
                        td { (pick(&reading.title, lang)) } td.num { (required) } td.num { (found) }
                        td { (page.chip(result.verdict)) } td { (sentence(&written.why_zh, &written.why)) }
                    }
                }
            }
        } }
    }
}

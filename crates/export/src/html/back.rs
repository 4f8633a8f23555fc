//! The last pages: readings side by side, stations, data quality, assumptions, parameters, versions, hashes.

use super::gap::readings;
use super::page::Page;
use lifering_base::t;
use lifering_report::text::survey;
use lifering_report::text::{amount, grouped, people, percent};
use lifering_report::text::{input_layer, issue, kind, pick, tr, word};
use lifering_standards::outcome::{RuleOutcome, Verdict};
use maud::{Markup, html};
use serde_json::Value;

/// All of them.
pub fn back(page: &Page<'_>) -> Markup {
    html! {
        (stations(page))
        (all_readings(page))
        (quality(page))
        (assumptions(page))
        (parameters(page))
    }
}

fn stations(page: &Page<'_>) -> Markup {
    let audit = page.audit;
    let lang = page.lang;
    let most = audit.findings.stations.iter().map(|s| s.people_first).fold(1.0, f64::max);
    let mut figures: Vec<_> = audit.findings.stations.iter().collect();
    figures.sort_by(|a, b| b.people_first.total_cmp(&a.people_first).then(a.site.cmp(&b.site)));
    if figures.is_empty() {
        return html! {};
    }
    html! {
        section.page.first {
            (page.running_head())
            h2 { (page.tr("html.stations_title")) }
            p { (page.tr("html.stations_note")) }
            div.wide { table {
                thead { tr {
                    th { (page.tr("html.station")) } th { (page.tr("html.kind_of")) } th.num { (page.tr("html.vehicles")) }
                    th { (page.tr("html.people_first")) } th.num { (page.tr("html.people_in_time")) }
                } }
                tbody { @for figure in figures {
                    @let site = &audit.city.records().stations[figure.site];
                    @let in_time = if figure.people_first > 0.0 { percent(figure.people_in_time / figure.people_first) } else { "—".to_owned() };
                    tr {
                        td { (site.name) @if !audit.city.evidence().sites[figure.site].inside { span.sub { (page.tr("html.outside")) } } }
                        td { (site.text("kind").map_or_else(|| "—".to_owned(), |k| kind(k, lang))) }
                        td.num { (site.number("ambulances").map_or_else(|| "—".to_owned(), amount)) }
                        td { (Page::bar(figure.people_first / most, "plain", &people(figure.people_first, lang))) }
                        td.num { (in_time) }
                    }
                } }
            } }
        }
    }
}

/// Readings of the rules that have no page of their own, where at least one reading could be judged.
fn all_readings(page: &Page<'_>) -> Markup {
    let paged: Vec<usize> = page.paged().map(|(position, _, _)| position).collect();
    let judged = |outcome: &RuleOutcome| {
        std::iter::once(&outcome.default).chain(&outcome.readings).any(|o| o.verdict != Verdict::CannotJudge)
    };
    let with: Vec<_> = page
        .rules()
        .filter(|(position, outcome, _)| !outcome.readings.is_empty() && !paged.contains(position) && judged(outcome))
        .collect();
    if with.is_empty() {
        return html! {};
    }
    html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("html.other_readings")) }
            p { (page.tr("html.readings_note")) }
            @for (_, outcome, rule) in with {
                h3 { span.id { (outcome.rule.id) } " " (page.title(outcome)) " " (page.chip(outcome.verdict)) }
                (readings(page, outcome, rule))
            }
        }
    }
}

fn quality(page: &Page<'_>) -> Markup {
    let lang = page.lang;
    let population = &page.report.population;
    let network = &page.report.network;
    let summary = t!(
        "html.quality_people",
        locale = lang.locale(),
        total = people(population.total, lang),
        inside = people(population.inside, lang),
        outside = people(population.outside, lang),
        no_road = people(population.no_road, lang),
        cut_off = people(population.cut_off, lang),
        samples = grouped(population.samples as f64)
    );
    let roads = t!(
        "html.quality_roads",
        locale = lang.locale(),
        nodes = grouped(network.nodes as f64),
        edges = grouped(network.edges as f64),
        components = grouped(network.components as f64),
        share = percent(network.largest_share)
    );
    html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("html.quality")) }
            p { (summary) } p { (roads) }
            (surveyed(page))
            div.wide { table {
                thead { tr { th { (page.tr("html.layer")) } th { (page.tr("html.file")) } th.num { (page.tr("html.features")) } th.num { (page.tr("html.used")) } th { (page.tr("check.head.grade")) } th { (page.tr("html.noticed")) } } }
                tbody { @for input in &page.report.inputs {
                    tr {
                        td { (input_layer(input, &page.audit.findings.standard, lang)) }
                        td { code { (input.file) } }
                        td.num { (grouped(input.features as f64)) }
                        td.num { (grouped(input.used as f64)) }
                        td { (word(&input.grade)) }
                        td {
                            @if input.issues.is_empty() { span.ok { (page.tr("html.nothing_noticed")) } }
                            @else { ul.issues { @for noticed in &input.issues {
                                li {
                                    strong { (issue(noticed.code, lang)) }
                                    @if let Some(field) = &noticed.field { " " code { (field) } }
                                    " ×" (noticed.count)
                                    @for example in noticed.examples.iter().take(2) {
                                        span.sub { @if let Some(id) = &example.id { (id) " — " } (example.found(page.lang)) " → " (example.wanted(page.lang)) }
                                    }
                                }
                            } } }
                        }
                    }
                } }
            } }
        }
    }
}

/// What lies wrong between the layers.
fn surveyed(page: &Page<'_>) -> Markup {
    let (lang, quality) = (page.lang, &page.report.quality);
    let list = |title: &str, lines: Vec<String>| {
        html! { h3 { (page.tr(title)) } ul.issues { @for line in &lines { li { (line) } } } }
    };
    let mut people = survey::sites(&quality.sites, lang);
    people.extend(survey::people(&quality.people, lang));
    people.extend(quality.roads_fit.as_ref().map(|fit| survey::roads_fit(fit, lang)));
    html! {
        (list("check.roads", survey::roads(&quality.network, lang)))
        (list("check.sites_and_people", people))
        h3 { (page.tr("html.layers")) }
    }
}

fn assumptions(page: &Page<'_>) -> Markup {
    let with: Vec<_> = page.rules().filter(|(_, _, rule)| !rule.assumed.is_empty()).collect();
    if with.is_empty() {
        return html! {};
    }
    html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("html.assumptions")) }
            p { (page.tr("html.assumptions_note")) }
            div.wide { table { tbody { @for (_, outcome, rule) in with {
                tr {
                    td.id { (outcome.rule.id) }
                    td { (page.title(outcome)) }
                    td { ul { @for assumed in &rule.assumed { li { (pick(&assumed.text, page.lang)) " " code.key { (assumed.what) } } } } }
                }
            } } } }
        }
    }
}

/// A table of values as `section.key`, flat.
fn flatten(prefix: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&name, inner, rows);
            }
        }
        Value::Array(list) => {
            let words: Vec<String> =
                list.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect();
            rows.push((prefix.to_owned(), words.join(", ")));
        }
        Value::Null => rows.push((prefix.to_owned(), "—".to_owned())),
        Value::String(text) => rows.push((prefix.to_owned(), text.clone())),
        other => rows.push((prefix.to_owned(), other.to_string())),
    }
}

fn parameters(page: &Page<'_>) -> Markup {
    let mut rows = Vec::new();
    flatten("", &serde_json::to_value(&page.report.parameters).unwrap_or_default(), &mut rows);
    let report = page.report;
    html! {
        section.page {
            (page.running_head())
            h2 { (page.tr("html.parameters")) }
            dl.parameters { @for (name, value) in rows { div { dt { code { (name) } } dd { (value) } } } }
            h2 { (page.tr("html.versions")) }
            p.small { (page.tr("html.repeatable")) }
            table.hashes { tbody {
                tr { td { (report.tool.name) } td { (report.tool.version) } }
                tr { td { (tr("html.standard", page.lang)) } td { code { (report.standard.id) } } }
                tr { td { (tr("html.shape", page.lang)) } td { code { (report.schema) } } }
                tr { td { "region.toml" } td { code.hash { (report.region.settings_sha256) } } }
                @for input in &report.inputs { tr { td { (input.file) } td { code.hash { (input.sha256) } } } }
            } }
        }
    }
}

//! Data quality: people, roads, layers and what was noticed in each.

use crate::html::page::Page;
use lifering_base::t;
use lifering_report::text::survey;
use lifering_report::text::{field as field_words, input_layer, issue, word};
use lifering_report::text::{grouped, people, percent};
use maud::{Markup, html};

/// The section.
pub fn quality(page: &Page<'_>) -> Markup {
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
                                    @if let Some(field) = &noticed.field { " " (field_words(field, lang)) }
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

/// Findings between the layers.
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
        @let used = survey::road_use(&quality.road_use, lang);
        @if !used.is_empty() { (list("check.road_use.title", used)) }
        @let obeying: Vec<String> = page.report.obeying.iter().map(|of| survey::obeying(of, lang)).collect();
        @if !obeying.is_empty() {
            (list("html.obeying", obeying))
            p.small { (page.tr("html.obeying_note")) }
        }
        (list("check.sites_and_people", people))
        h3 { (page.tr("html.layers")) }
    }
}

//! index.html of a batch: the outcome of every region, with a link to its report.
//!
//! In: a [`BatchReport`], its league and the boundaries. Out: one document in the style of the reports.

mod index;
mod map;
mod regions;
mod rules;

use super::document::{Head, document};
use index::Index;
use lifering_base::t;
use lifering_report::batch::layers::Boundaries;
use lifering_report::batch::ranking::RankingRow;
use lifering_report::batch::shape::{BatchReport, Fault, RegionEntry};
use lifering_report::text::list;
use lifering_report::text::{Lang, grouped, people};
use lifering_report::text::{known, pick, tr, word};
use lifering_standards::outcome::Verdict;
use maud::{Markup, html};

/// CSS rules that only this document needs.
const MORE_STYLE: &str = "\
.unit.poor{fill:url(#poor)}.unit.region{stroke:#3c474f;stroke-width:4;stroke-linejoin:round}a:hover .unit.region{stroke-width:12}\
.flag{display:inline-block;white-space:nowrap;font-size:12px;border:1px dashed var(--soft);color:var(--soft);padding:0 6px;margin-left:.4em}\
.fault{white-space:pre-line}.files li{margin-bottom:2px}";

/// index.html.
pub fn batch(batch: &BatchReport, ranking: &[RankingRow<'_>], boundaries: &Boundaries, lang: Lang) -> Vec<u8> {
    let index = Index { batch, ranking, lang };
    let title = tr("batches.title", lang);
    let head = Head { lang, title: &title, version: &batch.tool.version, more_style: MORE_STYLE };
    let body = html! {
        body { main {
            section.page.front {
                header {
                    p.over { (tr("html.kind", lang)) }
                    h1 { (tr("batches.title", lang)) }
                    p.against { (tr("html.against", lang)) (standards(&index)) }
                    @if batch.illustrative() { p.stamp { (tr("batches.illustrative", lang)) } }
                }
                p.verdict { (sentence(&index)) }
                (figures(&index))
                (faults(&index))
            }
            section.page { h2 { (tr("batches.regions", lang)) } (map::map(&index, boundaries)) (regions::regions(&index)) }
            section.page { h2 { (tr("batches.rules", lang)) } (rules::rules(&index)) }
            section.page { h2 { (tr("batches.files", lang)) } (files(lang)) }
        } }
    };
    document(&head, &body)
}

/// Titles of the standards.
fn standards(index: &Index<'_>) -> String {
    let mut titles: Vec<&str> = index.audited().map(|(_, audited)| pick(&audited.standard_title, index.lang)).collect();
    titles.sort_unstable();
    titles.dedup();
    list(&titles, index.lang)
}

/// The outcome of the batch in one sentence.
fn sentence(index: &Index<'_>) -> String {
    let summary = &index.batch.summary;
    let of = |verdict: Verdict| summary.verdicts.get(&verdict).copied().unwrap_or(0);
    let key = if summary.audited == summary.regions { "batches.sentence" } else { "batches.sentence_faults" };
    t!(
        key,
        locale = index.lang.locale(),
        all = summary.regions,
        met = of(Verdict::Met),
        gap = of(Verdict::Gap),
        open = of(Verdict::CannotJudge) + of(Verdict::Depends),
        faults = summary.regions - summary.audited
    )
    .into_owned()
}

/// Key figures.
fn figures(index: &Index<'_>) -> Markup {
    let all: f64 = index.audited().map(|(_, audited)| audited.population).sum();
    let stations: usize = index.audited().map(|(_, audited)| audited.stations).sum();
    let summary = &index.batch.summary;
    let tiles = [
        (grouped(summary.audited as f64), "batches.audited"),
        (people(all, index.lang), "html.people_inside"),
        (grouped(stations as f64), "html.stations"),
        (grouped(summary.poor_data as f64), "batches.with_poor_data"),
        (grouped((summary.regions - summary.audited) as f64), "batches.not_audited"),
    ];
    html! { dl.tiles { @for (value, label) in tiles { div { dd { (value) } dt { (tr(label, index.lang)) } } } } }
}

/// The regions that were not audited, with the reasons.
fn faults(index: &Index<'_>) -> Markup {
    let failed = index.batch.regions.iter().filter_map(|entry| Some((entry, entry.fault.as_ref()?)));
    let failed: Vec<(&RegionEntry, &Fault)> = failed.collect();
    if failed.is_empty() {
        return html! {};
    }
    let lang = index.lang;
    html! {
        h2 { (tr("batches.faults", lang)) }
        div.wide { table {
            thead { tr { th { (tr("batches.region", lang)) } th { (tr("batches.fault_kind", lang)) } th { (tr("batches.fault", lang)) } } }
            tbody { @for (entry, fault) in failed { tr {
                td.id { (entry.name) span.sub { (entry.path) } }
                td { (known("batch_kind", word(&fault.kind), lang)) }
                td.fault { (pick(&fault.message, lang)) }
            } } }
        } }
    }
}

/// The files over all regions.
fn files(lang: Lang) -> Markup {
    let list = [
        ("league.xlsx", "batches.file.league_xlsx"),
        ("league.csv", "batches.file.league_csv"),
        ("batch.json", "batches.file.json"),
        ("batch.gpkg", "batches.file.gpkg"),
        ("batch.qgz", "batches.file.qgz"),
    ];
    html! {
        ul.files {
            @for (file, what) in list { li { a href=(file) { (file) } " — " (tr(what, lang)) } }
            li { code { "zones/region=*/part.parquet" } ", " code { "rules/region=*/part.parquet" } " — " (tr("batches.file.parts", lang)) }
        }
    }
}

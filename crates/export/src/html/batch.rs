//! index.html of a batch: what came of every region, with a link to its report.
//!
//! In: a [`BatchReport`], its league and the boundaries. Out: one page in one language, in the style of the reports, without
//! script and without network.

use super::STYLE;
use super::page::verdict_class;
use super::sheet::Sheet;
use geo::{BoundingRect, Coord, MapCoords, MultiPolygon};
use lifering_base::frame::{Frame, LonLat};
use lifering_base::t;
use lifering_report::batch::layers::{Boundaries, mark};
use lifering_report::batch::ranking::RankingRow;
use lifering_report::batch::shape::{Audited, BatchReport, Fault, RegionEntry, RuleRow};
use lifering_report::text::{Lang, grouped, people, verdict};
use lifering_report::text::{force, known, layer, pick, tr, verdict_word, word};
use lifering_standards::outcome::Verdict;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What the style sheet of the reports lacks.
const MORE_STYLE: &str = "\
.unit.poor{fill:url(#poor)}.unit.region{stroke:#3c474f;stroke-width:4;stroke-linejoin:round}a:hover .unit.region{stroke-width:12}\
.flag{display:inline-block;white-space:nowrap;font-size:12px;border:1px dashed var(--soft);color:var(--soft);padding:0 6px;margin-left:.4em}\
.fault{white-space:pre-line}.files li{margin-bottom:2px}";

/// The verdicts, the worst first.
const WORST_FIRST: [Verdict; 4] = [Verdict::Gap, Verdict::CannotJudge, Verdict::Depends, Verdict::Met];

/// index.html.
pub fn batch(batch: &BatchReport, league: &[RankingRow<'_>], boundaries: &Boundaries, lang: Lang) -> Vec<u8> {
    let index = Index { batch, league, lang };
    let language = if lang == Lang::Zh { "zh-CN" } else { "en" };
    let illustrative = batch.illustrative();
    let markup = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(format!("lifering {}", batch.tool.version));
                link rel="icon" href="data:,";
                title { (tr("batches.title", lang)) }
                style { (PreEscaped(STYLE)) (PreEscaped(MORE_STYLE)) }
            }
            body { main {
                section.page.front {
                    header {
                        p.over { (tr("html.kind", lang)) }
                        h1 { (tr("batches.title", lang)) }
                        p.against { (tr("html.against", lang)) (index.standards()) }
                        @if illustrative { p.stamp { (tr("batches.illustrative", lang)) } }
                    }
                    p.verdict { (index.sentence()) }
                    (index.figures())
                    (index.faults())
                }
                section.page { h2 { (tr("batches.regions", lang)) } (index.map(boundaries)) (index.regions()) }
                section.page { h2 { (tr("batches.rules", lang)) } (index.rules()) }
                section.page { h2 { (tr("batches.files", lang)) } (files(lang)) }
            } }
        }
    };
    markup.into_string().into_bytes()
}

/// The page in the making.
struct Index<'a> {
    batch: &'a BatchReport,
    league: &'a [RankingRow<'a>],
    lang: Lang,
}

/// Binding rules of a region with a verdict.
fn count(audited: &Audited, verdict: Verdict) -> usize {
    audited.rules.iter().filter(|rule| rule.binding && rule.verdict == verdict).count()
}

/// The binding gap of a region that misses most of what is required.
fn largest_gap(audited: &Audited) -> Option<&RuleRow> {
    let gaps = audited.rules.iter().filter(|rule| rule.binding && rule.verdict == Verdict::Gap);
    let bad = |rule: &RuleRow| [rule.shortfall, rule.population_uncovered].map(Option::unwrap_or_default);
    gaps.reduce(|worst, rule| {
        let ([a, b], [c, d]) = (bad(worst), bad(rule));
        if c.total_cmp(&a).then(d.total_cmp(&b)).is_gt() { rule } else { worst }
    })
}

fn chip(of: Verdict, lang: Lang) -> Markup {
    html! { span class=(format!("chip {}", verdict_class(of))) { (verdict(of, lang)) } }
}

/// Where a region's report is, from the page. A name may hold signs that an address takes for others.
fn report_of(name: &str) -> String {
    let mut address = String::new();
    for c in name.chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && !"-_.~".contains(c) {
            let _ = write!(address, "%{:02X}", c as u32);
        } else {
            address.push(c);
        }
    }
    address + "/report.html"
}

impl<'a> Index<'a> {
    fn audited(&self) -> impl Iterator<Item = (&'a RegionEntry, &'a Audited)> {
        self.batch.regions.iter().filter_map(|entry| Some((entry, entry.audit.as_ref()?)))
    }

    fn standards(&self) -> String {
        let mut titles: Vec<&str> =
            self.audited().map(|(_, audited)| pick(&audited.standard_title, self.lang)).collect();
        titles.sort_unstable();
        titles.dedup();
        titles.join(if self.lang == Lang::Zh { "、" } else { ", " })
    }

    /// What came of all, as one sentence.
    fn sentence(&self) -> String {
        let summary = &self.batch.summary;
        let of = |verdict: Verdict| summary.verdicts.get(&verdict).copied().unwrap_or(0);
        let key = if summary.audited == summary.regions { "batches.sentence" } else { "batches.sentence_faults" };
        t!(
            key,
            locale = self.lang.locale(),
            all = summary.regions,
            met = of(Verdict::Met),
            gap = of(Verdict::Gap),
            open = of(Verdict::CannotJudge) + of(Verdict::Depends),
            faults = summary.regions - summary.audited
        )
        .into_owned()
    }

    fn figures(&self) -> Markup {
        let all: f64 = self.audited().map(|(_, audited)| audited.population).sum();
        let stations: usize = self.audited().map(|(_, audited)| audited.stations).sum();
        let summary = &self.batch.summary;
        let tiles = [
            (grouped(summary.audited as f64), "batches.audited"),
            (people(all, self.lang), "html.people_inside"),
            (grouped(stations as f64), "html.stations"),
            (grouped(summary.poor_data as f64), "batches.with_poor_data"),
            (grouped((summary.regions - summary.audited) as f64), "batches.not_audited"),
        ];
        html! { dl.tiles { @for (value, label) in tiles { div { dd { (value) } dt { (tr(label, self.lang)) } } } } }
    }

    /// The regions that were not audited, and why.
    fn faults(&self) -> Markup {
        let failed = self.batch.regions.iter().filter_map(|entry| Some((entry, entry.fault.as_ref()?)));
        let failed: Vec<(&RegionEntry, &Fault)> = failed.collect();
        if failed.is_empty() {
            return html! {};
        }
        let lang = self.lang;
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

    /// The regions, the worst first; those with poor data below.
    fn regions(&self) -> Markup {
        let lang = self.lang;
        let mut all: Vec<(&RegionEntry, &Audited)> = self.audited().collect();
        let key = |audited: &Audited| {
            let severity = WORST_FIRST.iter().position(|verdict| *verdict == audited.verdict);
            (audited.poor_data, severity, Reverse(count(audited, Verdict::Gap)))
        };
        let largest = |audited| largest_gap(audited).and_then(|rule| rule.shortfall).unwrap_or_default();
        all.sort_by(|(_, a), (_, b)| key(a).cmp(&key(b)).then(largest(b).total_cmp(&largest(a))));
        html! {
            div.wide { table.rules {
                thead { tr {
                    th { (tr("batches.region", lang)) } th { (tr("table.verdict", lang)) }
                    @for verdict in WORST_FIRST { th.num { (verdict_word(word(&verdict), lang)) } }
                    th { (tr("batches.largest_gap", lang)) } th.num { (tr("html.people_inside", lang)) } th { (tr("batches.grade", lang)) }
                } }
                tbody { @for (entry, audited) in all { tr {
                    td.id { a href=(report_of(&entry.name)) { (entry.name) } span.sub { (audited.region) } }
                    td { (chip(audited.verdict, lang)) }
                    @for verdict in WORST_FIRST { td.num { (count(audited, verdict)) } }
                    td { @if let Some(rule) = largest_gap(audited) {
                        (rule.id) " " (pick(&rule.title, lang))
                        @if let Some(gap) = &rule.gap_text { span.sub { (tr("html.gap", lang)) " " (pick(gap, lang)) } }
                    } @else { "—" } }
                    td.num { (people(audited.population, lang)) }
                    td { (word(&audited.grade))
                        @if audited.poor_data { span.flag { (tr("batches.poor_data", lang)) } }
                        @if !audited.weakest_layers.is_empty() {
                            span.sub { (audited.weakest_layers.iter().map(|l| layer(l.key(), lang)).collect::<Vec<_>>().join(", ")) }
                        }
                    }
                } } }
            } }
            p.small { (tr("batches.regions_note", lang)) }
        }
    }

    /// Every rule: how many regions meet it, and which are worst.
    fn rules(&self) -> Markup {
        let lang = self.lang;
        let mut rules: Vec<(&str, &RuleRow)> = Vec::new();
        let mut counts: BTreeMap<(&str, &str, Verdict), usize> = BTreeMap::new();
        for (_, audited) in self.audited() {
            for rule in &audited.rules {
                let key = (audited.standard.as_str(), rule.id.as_str());
                *counts.entry((key.0, key.1, rule.verdict)).or_default() += 1;
                if !rules.iter().any(|(standard, known)| *standard == key.0 && known.id == rule.id) {
                    rules.push((key.0, rule));
                }
            }
        }
        html! {
            div.wide { table.rules {
                thead { tr {
                    th { (tr("table.rule", lang)) } th { (tr("table.title", lang)) }
                    @for verdict in WORST_FIRST { th.num { (verdict_word(word(&verdict), lang)) } }
                    th { (tr("batches.worst", lang)) }
                } }
                tbody { @for (standard, rule) in rules { tr class=[(!rule.binding).then_some("advisory")] {
                    td.id { (rule.id) }
                    td { (pick(&rule.title, lang)) span.sub { (force(rule.force, lang)) } }
                    @for verdict in WORST_FIRST {
                        td.num { (counts.get(&(standard, rule.id.as_str(), verdict)).copied().unwrap_or(0)) }
                    }
                    td { (self.worst(standard, &rule.id)) }
                } } }
            } }
            p.small { (tr("batches.rules_note", lang)) }
        }
    }

    /// The three regions that a rule is worst in.
    fn worst(&self, standard: &str, id: &str) -> Markup {
        let ranked = self.league.iter().filter_map(|row| {
            let (audited, rule) = row.found?;
            let gap = rule.gap_text.as_ref().filter(|_| rule.verdict == Verdict::Gap)?;
            (row.rank.is_some() && audited.standard == standard && rule.id == id).then_some((row.entry, gap))
        });
        let first: Vec<_> = ranked.take(3).collect();
        html! {
            @if first.is_empty() { "—" }
            @for (n, (entry, gap)) in first.iter().enumerate() {
                @if n > 0 { br; }
                a href=(report_of(&entry.name)) { (entry.name) } " " (pick(gap, self.lang))
            }
        }
    }

    /// All boundaries, coloured by verdict; nothing where none is known.
    fn map(&self, boundaries: &Boundaries) -> Markup {
        let everywhere = boundaries.values().filter_map(BoundingRect::bounding_rect);
        let whole = everywhere.reduce(|a, b| {
            let (low, high) = (a.min(), b.min());
            let (far, farther) = (a.max(), b.max());
            geo::Rect::new(
                Coord { x: low.x.min(high.x), y: low.y.min(high.y) },
                Coord { x: far.x.max(farther.x), y: far.y.max(farther.y) },
            )
        });
        let frame = whole.and_then(|whole| Frame::new(LonLat::from(whole.center())).ok());
        let Some(frame) = frame else { return html! {} };
        let shapes: Vec<(&RegionEntry, MultiPolygon<f64>)> = self
            .batch
            .regions
            .iter()
            .filter_map(|entry| Some((entry, boundaries.get(&entry.name)?.map_coords(|c| frame.to_local(c.into())))))
            .collect();
        let all = MultiPolygon::new(shapes.iter().flat_map(|(_, area)| area.0.iter().cloned()).collect());
        let Some(bounds) = all.bounding_rect() else { return html! {} };
        let sheet = Sheet::new(bounds);
        let (width, height) = (sheet.width, sheet.height);
        html! {
            figure.map {
                div.sheet { svg viewBox=(format!("0 0 {width} {height}")) role="img" aria-label=(tr("batches.map", self.lang)) {
                    defs { pattern id="poor" width="36" height="36" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                        rect width="36" height="36" fill="#fff" {} rect width="12" height="36" fill="#aab3b9" {}
                    } }
                    rect.sea width=(width) height=(height) {}
                    @for (entry, area) in &shapes {
                        a href=(report_of(&entry.name)) {
                            path class=(format!("region unit {}", shade(mark(entry)))) d=(sheet.area(area)) {
                                title { (entry.name) " · " (known("batch_mark", mark(entry), self.lang)) }
                            }
                        }
                    }
                } }
                ul.legend { @for of in ["gap", "cannot_judge", "depends", "met", "poor_data"] {
                    @if shapes.iter().any(|(entry, _)| mark(entry) == of) {
                        li {
                            svg.swatch viewBox="0 0 270 160" { rect class=(format!("region unit {}", shade(of))) width="270" height="160" {} }
                            (known("batch_mark", of, self.lang))
                        }
                    }
                } }
                figcaption { (tr("batches.map_note", self.lang)) }
            }
        }
    }
}

/// The class of the style sheet for a mark.
fn shade(mark: &str) -> &str {
    match mark {
        "cannot_judge" => "open",
        "poor_data" => "poor",
        other => other,
    }
}

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

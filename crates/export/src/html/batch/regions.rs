//! The table of regions.

use super::index::{Index, WORST_FIRST, chip, count, report_of};
use lifering_report::batch::shape::{Audited, RegionEntry, RuleRow};
use lifering_report::text::people;
use lifering_report::text::{layer, pick, tr, verdict_word, word};
use lifering_standards::outcome::Verdict;
use maud::{Markup, html};
use std::cmp::Reverse;

/// The regions, the worst first; those with poor data last.
pub fn regions(index: &Index<'_>) -> Markup {
    let lang = index.lang;
    let mut all: Vec<(&RegionEntry, &Audited)> = index.audited().collect();
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

/// The binding gap of a region with the largest shortfall, then with most people uncovered.
fn largest_gap(audited: &Audited) -> Option<&RuleRow> {
    let gaps = audited.rules.iter().filter(|rule| rule.binding && rule.verdict == Verdict::Gap);
    let bad = |rule: &RuleRow| [rule.shortfall, rule.population_uncovered].map(Option::unwrap_or_default);
    gaps.reduce(|worst, rule| {
        let ([a, b], [c, d]) = (bad(worst), bad(rule));
        if c.total_cmp(&a).then(d.total_cmp(&b)).is_gt() { rule } else { worst }
    })
}

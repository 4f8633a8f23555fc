//! The table of rules.

use super::index::{Index, WORST_FIRST, report_of};
use lifering_report::batch::shape::RuleRow;
use lifering_report::text::{force, pick, tr, verdict_word, word};
use lifering_standards::outcome::Verdict;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Every rule with the number of regions by verdict and its worst regions.
pub fn rules(index: &Index<'_>) -> Markup {
    let lang = index.lang;
    let mut rules: Vec<(&str, &RuleRow)> = Vec::new();
    let mut counts: BTreeMap<(&str, &str, Verdict), usize> = BTreeMap::new();
    for (_, audited) in index.audited() {
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
                td { (worst(index, standard, &rule.id)) }
            } } }
        } }
        p.small { (tr("batches.rules_note", lang)) }
    }
}

/// The three regions with the largest gaps of a rule.
fn worst(index: &Index<'_>, standard: &str, id: &str) -> Markup {
    let ranked = index.ranking.iter().filter_map(|row| {
        let (audited, rule) = row.found?;
        let gap = rule.gap_text.as_ref().filter(|_| rule.verdict == Verdict::Gap)?;
        (row.rank.is_some() && audited.standard == standard && rule.id == id).then_some((row.entry, gap))
    });
    let first: Vec<_> = ranked.take(3).collect();
    html! {
        @if first.is_empty() { "—" }
        @for (n, (entry, gap)) in first.iter().enumerate() {
            @if n > 0 { br; }
            a href=(report_of(&entry.name)) { (entry.name) } " " (pick(gap, index.lang))
        }
    }
}

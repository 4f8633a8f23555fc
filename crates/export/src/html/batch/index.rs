//! The input of every part of the page, and the small pieces of markup that parts share.

use crate::html::page::verdict_class;
use lifering_report::batch::ranking::RankingRow;
use lifering_report::batch::shape::{Audited, BatchReport, RegionEntry};
use lifering_report::text::{Lang, verdict};
use lifering_standards::outcome::Verdict;
use maud::{Markup, html};
use std::fmt::Write as _;

/// A batch in one language.
pub struct Index<'a> {
    /// The batch.
    pub batch: &'a BatchReport,
    /// Its rules and regions, ranked.
    pub ranking: &'a [RankingRow<'a>],
    /// Language of the page.
    pub lang: Lang,
}

impl<'a> Index<'a> {
    /// The regions that were audited.
    pub fn audited(&self) -> impl Iterator<Item = (&'a RegionEntry, &'a Audited)> {
        self.batch.regions.iter().filter_map(|entry| Some((entry, entry.audit.as_ref()?)))
    }
}

/// The verdicts, the worst first.
pub const WORST_FIRST: [Verdict; 4] = [Verdict::Gap, Verdict::CannotJudge, Verdict::Depends, Verdict::Met];

/// Number of binding rules of a region with a verdict.
pub fn count(audited: &Audited, verdict: Verdict) -> usize {
    audited.rules.iter().filter(|rule| rule.binding && rule.verdict == verdict).count()
}

/// A verdict as a mark.
pub fn chip(of: Verdict, lang: Lang) -> Markup {
    html! { span class=(format!("chip {}", verdict_class(of))) { (verdict(of, lang)) } }
}

/// Relative address of a region's report, percent-encoded.
pub fn report_of(name: &str) -> String {
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

//! The ranking: every rule in every region, the worst first.
//!
//! In: a [`BatchReport`]. Out: [`RankingRow`]s in order, and league.csv. Only what was judged on data that can be trusted is
//! ranked: a region with poor data is marked and stands below, and so does one that could not be audited.

use super::shape::{Audited, BatchReport, RegionEntry, RuleRow};
use crate::words::word;
use lifering_base::escape::csv_cell;
use lifering_standards::outcome::Verdict;
use std::collections::BTreeMap;

/// One rule in one region, or a region that was not audited.
#[derive(Clone, Copy, Debug)]
pub struct RankingRow<'a> {
    /// Place among the regions under the same rule, 1 for the worst; `None` for what is not ranked.
    pub rank: Option<usize>,
    /// The region.
    pub entry: &'a RegionEntry,
    /// Its audit and the rule.
    pub found: Option<(&'a Audited, &'a RuleRow)>,
}

/// What a row stands by: the kind of finding, then how bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    BindingGap,
    OtherGap,
    Depends,
    Met,
    PoorData,
    NotJudged,
    NotAudited,
}

impl<'a> RankingRow<'a> {
    fn class(&self) -> Class {
        let Some((audited, rule)) = self.found else { return Class::NotAudited };
        match rule.verdict {
            Verdict::CannotJudge => Class::NotJudged,
            _ if audited.poor_data => Class::PoorData,
            Verdict::Gap if rule.binding => Class::BindingGap,
            Verdict::Gap => Class::OtherGap,
            Verdict::Depends => Class::Depends,
            Verdict::Met => Class::Met,
        }
    }

    /// How bad it is: the share of the requirement that is missing, then people.
    fn badness(&self) -> [f64; 2] {
        let Some((_, rule)) = self.found else { return [0.0; 2] };
        [rule.shortfall.unwrap_or_default(), rule.population_uncovered.unwrap_or_default()]
    }

    fn worse_first(&self, other: &Self) -> std::cmp::Ordering {
        let ([a, b], [c, d]) = (self.badness(), other.badness());
        self.class().cmp(&other.class()).then(c.total_cmp(&a)).then(d.total_cmp(&b))
    }

    /// The rule, of its standard.
    fn rule(&self) -> Option<(&'a str, &'a str)> {
        self.found.map(|(audited, rule)| (audited.standard.as_str(), rule.id.as_str()))
    }
}

/// The rows in order.
pub fn ranking(batch: &BatchReport) -> Vec<RankingRow<'_>> {
    let mut rows: Vec<RankingRow<'_>> = Vec::new();
    for entry in &batch.regions {
        let row = |found| RankingRow { rank: None, entry, found };
        match &entry.audit {
            Some(audited) => rows.extend(audited.rules.iter().map(|rule| row(Some((audited, rule))))),
            None => rows.push(row(None)),
        }
    }
    // Stable: what is equally bad stays in the order of the regions and of the standard.
    rows.sort_by(RankingRow::worse_first);
    // By rule: how many are ranked, the rank of the last, and which row that is.
    let mut last: BTreeMap<(&str, &str), (usize, usize, usize)> = BTreeMap::new();
    for at in 0..rows.len() {
        let Some(rule) = rows[at].rule().filter(|_| rows[at].class() < Class::PoorData) else { continue };
        let (count, rank, before) = last.get(&rule).copied().unwrap_or((0, 1, at));
        let rank = if rows[before].worse_first(&rows[at]).is_eq() { rank } else { count + 1 };
        last.insert(rule, (count + 1, rank, at));
        rows[at].rank = Some(rank);
    }
    rows
}

/// Columns of league.csv.
const COLUMNS: [&str; 26] = [
    "rank",
    "region",
    "region_name",
    "standard",
    "rule_id",
    "rule_title",
    "rule_title_en",
    "force",
    "verdict",
    "value",
    "threshold",
    "unit",
    "gap",
    "shortfall",
    "need",
    "have",
    "population",
    "population_uncovered",
    "uncovered_km2",
    "data_grade",
    "poor_data",
    "could_not_run",
    "why",
    "why_zh",
    "path",
    "report",
];

/// league.csv.
pub fn csv(rows: &[RankingRow<'_>]) -> Result<Vec<u8>, csv::Error> {
    // Excel recognises UTF-8 by the byte order mark.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record(record(row))?;
    }
    writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

/// A cell of text.
fn cell(text: &str) -> String {
    csv_cell(text).into_owned()
}

fn record(row: &RankingRow<'_>) -> [String; 26] {
    let entry = row.entry;
    let number = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
    let rule = row.found.map(|(_, rule)| rule);
    let audited = row.found.map(|(audited, _)| audited);
    let of_rule = |text: &dyn Fn(&RuleRow) -> String| rule.map_or_else(String::new, text);
    let of_region = |text: &dyn Fn(&Audited) -> String| audited.map_or_else(String::new, text);
    let fault = entry.fault.as_ref();
    let why = |zh: bool| {
        let text = rule.map(|rule| &rule.why).or(fault.map(|fault| &fault.message));
        text.map_or_else(String::new, |text| if zh { text.zh.clone() } else { text.en.clone() })
    };
    [
        row.rank.map_or_else(String::new, |rank| rank.to_string()),
        cell(&entry.name),
        of_region(&|a| cell(&a.region)),
        of_region(&|a| cell(&a.standard)),
        of_rule(&|r| cell(&r.id)),
        of_rule(&|r| cell(&r.title.zh)),
        of_rule(&|r| cell(&r.title.en)),
        of_rule(&|r| word(&r.force).to_owned()),
        of_rule(&|r| word(&r.verdict).to_owned()),
        number(rule.and_then(|r| r.value)),
        number(rule.map(|r| r.threshold)),
        of_rule(&|r| word(&r.unit).to_owned()),
        number(rule.and_then(|r| r.gap)),
        number(rule.and_then(|r| r.shortfall)),
        number(rule.and_then(|r| r.need).map(|n| n as f64)),
        number(rule.and_then(|r| r.have)),
        number(audited.map(|a| a.population)),
        number(rule.and_then(|r| r.population_uncovered)),
        number(rule.and_then(|r| r.uncovered_km2)),
        of_region(&|a| word(&a.grade).to_owned()),
        of_region(&|a| a.poor_data.to_string()),
        fault.map_or_else(String::new, |fault| word(&fault.kind).to_owned()),
        cell(&why(false)),
        cell(&why(true)),
        cell(&entry.path),
        of_region(&|_| cell(&format!("{}/report.html", entry.name))),
    ]
}

//! diff.json, of two audits and of two batches.
//!
//! In: a [`Diff`] or [`BatchDiff`]. Out: [`DiffReport`] or [`BatchDiffReport`] (JSON Schemas in `data/schema/`). Names are a
//! contract with other programs: more may be added, none renamed.

use super::batch::{BatchDiff, RegionNotCompared, SCHEMA as BATCH_SCHEMA};
use super::causes::Causes;
use super::changes::{Change, RuleDiff, UnitDiff};
use super::units::Reorganised;
use super::zones::{NotCompared, RuleZoneParts, ZoneParts};
use super::{Diff, Pair, SCHEMA, Side};
use crate::report::Tool;
use crate::rounding::{km2, people};
use schemars::JsonSchema;
use serde::Serialize;

/// diff.json.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiffReport<'a> {
    /// Version of the shape: "lifering-diff/1".
    pub schema: &'static str,
    /// The program that wrote the file.
    pub tool: Tool,
    /// The audit named first.
    pub old: &'a Side,
    /// The audit named second.
    pub new: &'a Side,
    /// Exit status, and rules by change.
    pub summary: SummaryReport,
    /// Files, parameters, standard and program that differ.
    pub causes: &'a Causes,
    /// Rules that differ, in the order of the new standard, then those only the old one has.
    pub rules: &'a [RuleDiff],
    /// Units that differ, in the order of the new audit, then those only the old one has.
    pub units: &'a [UnitDiff],
    /// Units that were merged, split or renamed: merged ones first, then split ones. Empty where that cannot be seen: outlines
    /// are those of coverage.gpkg.
    pub reorganised: &'a [Reorganised],
    /// Zones opened and closed.
    pub zones: ZonesReport<'a>,
}

/// Exit status, and rules by change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SummaryReport {
    /// Of binding rules: 0 none got worse, 1 some did, 3 none did but some change is unclear.
    pub exit_status: u8,
    /// Number of rules in both audits.
    pub rules_compared: usize,
    /// Ids of the rules that got worse, wholly or in part, for the region or for a unit.
    pub worse: Vec<String>,
    /// Ids of the rules that got better, wholly or in part, for the region or for a unit.
    pub better: Vec<String>,
    /// Ids of the rules with an unclear change: not judged in one of the two audits, or missing.
    pub unclear: Vec<String>,
}

/// Zones opened and closed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ZonesReport<'a> {
    /// Parts smaller than this are counted but not drawn, m².
    pub least_m2: f64,
    /// Whether the population points were at hand (coverage.gpkg); people are `null` without them.
    pub people_known: Pair<bool>,
    /// Rules whose zones were compared, in the order of the standard.
    pub rules: Vec<RuleZonesReport<'a>>,
    /// Rules with zones in either audit that were not compared.
    pub not_compared: &'a [NotCompared],
}

/// What opened and closed under one rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleZonesReport<'a> {
    /// Id of the rule.
    pub rule_id: &'a str,
    /// Parts narrower than this on average are counted but not drawn, metres: the finest squares of the coarser
    /// outline. Absent if both outlines are exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_m: Option<f64>,
    /// Uncovered now and not before.
    pub opened: PartsReport,
    /// Uncovered before and not now.
    pub closed: PartsReport,
}

/// Parts that opened, or that closed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PartsReport {
    /// Number of parts drawn.
    pub count: usize,
    /// Area of the parts drawn, km².
    pub km2: f64,
    /// People in the parts drawn, by the population points of each audit; `null` if they are not known.
    pub population: Pair<Option<f64>>,
    /// Area of the slivers not drawn, km².
    pub dropped_km2: f64,
    /// People in these slivers, by the population points of each audit; `null` if they are not known.
    pub dropped_population: Pair<Option<f64>>,
}

impl<'a> DiffReport<'a> {
    /// The report of a comparison.
    pub fn new(diff: &'a Diff) -> Self {
        Self {
            schema: SCHEMA,
            tool: Tool::this(),
            old: &diff.sides.old,
            new: &diff.sides.new,
            summary: SummaryReport {
                exit_status: diff.exit_status().code(),
                rules_compared: diff.rules_compared,
                worse: diff.rules_that(Change::worse),
                better: diff.rules_that(Change::better),
                unclear: diff.rules_that(|change| change == Change::Unclear),
            },
            causes: &diff.causes,
            rules: &diff.rules,
            units: &diff.units,
            reorganised: &diff.reorganised,
            zones: ZonesReport {
                least_m2: diff.zones.least_m2,
                people_known: diff.zones.people_known,
                rules: diff.zones.rules.iter().map(rule).collect(),
                not_compared: &diff.zones.not_compared,
            },
        }
    }
}

fn rule(rule: &RuleZoneParts) -> RuleZonesReport<'_> {
    let (opened, closed) = (parts(&rule.opened), parts(&rule.closed));
    RuleZonesReport { rule_id: &rule.id, width_m: rule.width_m, opened, closed }
}

fn parts(parts: &ZoneParts) -> PartsReport {
    let sum = |of: fn(&Pair<Option<f64>>) -> Option<f64>| {
        let known: Option<Vec<f64>> = parts.drawn.iter().map(|part| of(&part.people)).collect();
        of(&parts.dropped_people).and(known).map(|all| people(all.iter().sum()))
    };
    PartsReport {
        count: parts.drawn.len(),
        km2: km2(parts.drawn.iter().map(|part| part.area_m2).sum()),
        population: Pair { old: sum(|pair| pair.old), new: sum(|pair| pair.new) },
        dropped_km2: km2(parts.dropped_m2),
        dropped_population: parts.dropped_people.map(|n| n.map(people)),
    }
}

/// diff.json of two batches.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BatchDiffReport<'a> {
    /// Version of the shape: "lifering-batch-diff/1".
    pub schema: &'static str,
    /// The program that wrote the file.
    pub tool: Tool,
    /// Path of the batch named first.
    pub old: &'a str,
    /// Path of the batch named second.
    pub new: &'a str,
    /// Exit status, and regions by change.
    pub summary: BatchDiffSummary<'a>,
    /// Comparison of each region that both audited, in the order of the new batch: what `diff` alone gives.
    pub regions: Vec<RegionDiffReport<'a>>,
    /// Regions that were not compared.
    pub not_compared: &'a [RegionNotCompared],
}

/// Exit status, and regions by change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BatchDiffSummary<'a> {
    /// 1: a binding rule got worse in some region; 3: none did, but some change is unclear or a region was not
    /// compared; 0: neither.
    pub exit_status: u8,
    /// Folders of the regions in which a binding rule got worse.
    pub worse: Vec<&'a str>,
    /// Folders of the regions in which none got worse but some change is unclear.
    pub unclear: Vec<&'a str>,
    /// Number of regions in which no rule and no unit differs.
    pub same: usize,
}

/// One region of two batches.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RegionDiffReport<'a> {
    /// Folder of the region in the batch.
    pub name: &'a str,
    /// Comparison of its two audits.
    pub diff: DiffReport<'a>,
}

impl<'a> BatchDiffReport<'a> {
    /// The report of a comparison of batches.
    pub fn new(diff: &'a BatchDiff) -> Self {
        let with = |status: u8| {
            let those = diff.regions.iter().filter(move |(_, diff)| diff.exit_status().code() == status);
            those.map(|(name, _)| name.as_str()).collect()
        };
        let same = |(_, diff): &&(String, Diff)| diff.rules.is_empty() && diff.units.is_empty();
        Self {
            schema: BATCH_SCHEMA,
            tool: Tool::this(),
            old: &diff.paths.old,
            new: &diff.paths.new,
            summary: BatchDiffSummary {
                exit_status: diff.exit_status().code(),
                worse: with(1),
                unclear: with(3),
                same: diff.regions.iter().filter(same).count(),
            },
            regions: diff
                .regions
                .iter()
                .map(|(name, diff)| RegionDiffReport { name, diff: DiffReport::new(diff) })
                .collect(),
            not_compared: &diff.not_compared,
        }
    }
}

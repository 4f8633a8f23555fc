//! The shape of diff.json.
//!
//! In: a [`Diff`]. Out: [`DiffReport`], whose serialised form is diff.json. Names here are a contract with other
//! programs: more may be added, none renamed.

use super::batch::{BatchDiff, RegionNotCompared, SCHEMA as BATCH_SCHEMA};
use super::causes::Causes;
use super::changes::{Change, RuleDiff, UnitDiff};
use super::zones::{NotCompared, RuleZoneParts, ZoneParts};
use super::{Diff, Pair, SCHEMA, Side};
use crate::report::Tool;
use crate::rounding::{km2, people};
use schemars::JsonSchema;
use serde::Serialize;

/// diff.json.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiffReport<'a> {
    /// "lifering-diff/1".
    pub schema: &'static str,
    /// What wrote it.
    pub tool: Tool,
    /// The audit named first.
    pub old: &'a Side,
    /// The other.
    pub new: &'a Side,
    /// What came of it.
    pub summary: SummaryReport,
    /// Files, parameters and whatever else is not the same.
    pub causes: &'a Causes,
    /// Rules that differ.
    pub rules: &'a [RuleDiff],
    /// Units that differ.
    pub units: &'a [UnitDiff],
    /// Zones opened and closed.
    pub zones: ZonesReport<'a>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SummaryReport {
    /// Of what binds: 0 nothing got worse, 1 something did, 3 nothing did, but of something it cannot be said.
    pub exit_status: u8,
    /// Rules that are in both audits.
    pub rules_compared: usize,
    /// Rules of which something got worse, for the region or for a unit.
    pub worse: Vec<String>,
    /// Rules of which something got better, for the region or for a unit.
    pub better: Vec<String>,
    /// Rules of which it cannot be said: something could not be judged in one of the two, or is not there.
    pub unclear: Vec<String>,
}

/// Zones opened and closed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ZonesReport<'a> {
    /// Parts smaller than this are counted and not drawn, m².
    pub least_m2: f64,
    /// Whether the places of the people of both audits were at hand (coverage.gpkg); without them people are `null`.
    pub people_known: Pair<bool>,
    /// Rules whose zones were compared.
    pub rules: Vec<RuleZonesReport<'a>>,
    /// Rules with zones in one or both that were not.
    pub not_compared: &'a [NotCompared],
}

/// What opened and closed under one rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleZonesReport<'a> {
    /// The rule.
    pub rule_id: &'a str,
    /// Parts narrower than this on average are counted and not drawn: the finest squares of the two outlines.
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
    /// How many.
    pub count: usize,
    /// Their area.
    pub km2: f64,
    /// People in them, as either audit places them.
    pub population: Pair<Option<f64>>,
    /// Area of the slivers that are not drawn.
    pub dropped_km2: f64,
    /// People in these.
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
                exit_status: diff.exit_status(),
                rules_compared: diff.rules_compared,
                worse: diff.rules_that(Change::worse),
                better: diff.rules_that(Change::better),
                unclear: diff.rules_that(|change| change == Change::Unclear),
            },
            causes: &diff.causes,
            rules: &diff.rules,
            units: &diff.units,
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
    /// "lifering-batch-diff/1".
    pub schema: &'static str,
    /// What wrote it.
    pub tool: Tool,
    /// The batch named first, as it was named.
    pub old: &'a str,
    /// The other.
    pub new: &'a str,
    /// What came of it.
    pub summary: BatchDiffSummary<'a>,
    /// Regions that both audited, by their folder, in the order of the new batch: for each what `diff` alone says of it.
    pub regions: Vec<RegionDiffReport<'a>>,
    /// Regions that were not compared.
    pub not_compared: &'a [RegionNotCompared],
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BatchDiffSummary<'a> {
    /// 1 in some region something that binds got worse, 3 nothing did, but of something or some region it cannot be said, 0
    /// neither.
    pub exit_status: u8,
    /// Regions in which something that binds got worse.
    pub worse: Vec<&'a str>,
    /// Regions in which it cannot be said.
    pub unclear: Vec<&'a str>,
    /// Regions in which nothing differs.
    pub same: usize,
}

/// One region of two batches.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RegionDiffReport<'a> {
    /// Its folder.
    pub name: &'a str,
    /// What changed.
    pub diff: DiffReport<'a>,
}

impl<'a> BatchDiffReport<'a> {
    /// The report of a comparison of batches.
    pub fn new(diff: &'a BatchDiff) -> Self {
        let with = |status: u8| {
            let those = diff.regions.iter().filter(move |(_, diff)| diff.exit_status() == status);
            those.map(|(name, _)| name.as_str()).collect()
        };
        let same = |(_, diff): &&(String, Diff)| diff.rules.is_empty() && diff.units.is_empty();
        Self {
            schema: BATCH_SCHEMA,
            tool: Tool::this(),
            old: &diff.paths.old,
            new: &diff.paths.new,
            summary: BatchDiffSummary {
                exit_status: diff.exit_status(),
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

//! batch.json: what a batch of audits found, region by region.
//!
//! In: an audit and its report, or why there is none. Out: [`BatchReport`] (JSON Schema in `data/schema/`) and [`Audited`], the
//! record of one region. Names are a contract with other programs: more may be added, none renamed.

use crate::report::{Report, Tool};
use crate::rounding::rounded;
use crate::text::Lang;
use crate::text::gap_and_closing;
use lifering_base::records::Layer;
use lifering_core::audit::Audit;
use lifering_core::quality::grade::Grade;
use lifering_standards::catalogue::{Force, RuleKind, Text};
use lifering_standards::outcome::{Outcome, ValueUnit, Verdict};
use lifering_standards::{ExitStatus, Figures};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the shape of batch.json.
pub const SCHEMA: &str = "lifering-batch/1";

/// batch.json.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BatchReport {
    /// Version of the shape: "lifering-batch/1".
    pub schema: String,
    /// The program that wrote the file.
    pub tool: Tool,
    /// Exit status, and regions by verdict.
    pub summary: BatchSummary,
    /// Every region, in the order in which they were named.
    pub regions: Vec<RegionEntry>,
}

/// Exit status, and regions by verdict.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BatchSummary {
    /// 2 if any region could not be run, else the worst of the audits: 1, then 3, then 0.
    pub exit_status: u8,
    /// Number of regions.
    pub regions: usize,
    /// Number of regions audited.
    pub audited: usize,
    /// Number of audited regions by verdict; a verdict without regions is absent.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Number of audited regions with data of grade D, which are not ranked.
    pub poor_data: usize,
    /// Number of regions not audited, by kind of fault; a kind without regions is absent.
    pub faults: BTreeMap<FaultKind, usize>,
}

/// One region.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RegionEntry {
    /// Folder of the region's files in the batch, and value of its partition of `zones` and `rules`.
    pub name: String,
    /// Path of the region, as the command or list named it.
    pub path: String,
    /// Options of the region beside its region.toml.
    pub options: Asked,
    /// Exit status of the audit: 0, 1 or 3; 2 if it could not be run.
    pub exit_status: u8,
    /// SHA-256 of every file read, by path; `null` for a file that could not be read.
    pub inputs: BTreeMap<String, Option<String>>,
    /// Why the region was not audited; absent if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// Findings of the audit; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audited>,
}

/// Options of a region beside its region.toml.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    /// Id of an embedded standard or path of a file; absent for the one of region.toml.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// Year of the standard's own population to scale to; absent if not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// Target for the undecided area, as a share of the boundary's area; absent for the one of region.toml.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_error: Option<f64>,
    /// Whether warnings are refusals.
    #[serde(default)]
    pub strict: bool,
    /// Whether points that fit the roads better as GCJ-02 or BD-09 are taken as such.
    #[serde(default)]
    pub accept_datum: bool,
    /// File of the scenario that was applied; absent if none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Whether the scenario was applied to other data than it was made on; absent if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(!default)]
    pub rebase: bool,
}

/// What kept a region from being audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A fault in the region's files or options.
    Input,
    /// A defect of lifering: the audit panicked.
    Defect,
    /// The audit needs more memory than the budget.
    Memory,
    /// The audit took longer than the time limit.
    Time,
    /// The results could not be written.
    Write,
    /// Another region could not be run before it, under `--fail-fast`.
    NotRun,
    /// The process that audited it died: memory that could not be had, a stack that overflowed, a kill.
    Died,
}

/// Why a region was not audited.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    /// Kind of fault.
    pub kind: FaultKind,
    /// What happened, in both languages.
    pub message: Text,
}

/// Findings of one audit, as far as a batch keeps them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Audited {
    /// `name` of region.toml.
    pub region: String,
    /// Whether the data is illustrative, not for planning.
    pub illustrative: bool,
    /// Id of the standard.
    pub standard: String,
    /// Title of the standard, in both languages.
    pub standard_title: Text,
    /// Worst verdict of the binding rules: `gap`, then `cannot_judge`, then `depends`, then `met`.
    pub verdict: Verdict,
    /// Exit status of the audit: 0, 1 or 3.
    pub exit_status: u8,
    /// Area inside the boundary, km².
    pub boundary_km2: f64,
    /// People inside the boundary.
    pub population: f64,
    /// Number of stations.
    pub stations: usize,
    /// Worst grade of the layers.
    pub grade: Grade,
    /// Whether the data is too poor to rank the region: grade D.
    pub poor_data: bool,
    /// Layers with the worst grade; empty for A.
    pub weakest_layers: Vec<Layer>,
    /// Every rule, in the order of the standard.
    pub rules: Vec<RuleRow>,
}

/// One rule in one region.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RuleRow {
    /// Id within the standard.
    pub id: String,
    /// Title, in both languages.
    pub title: Text,
    /// Which of the five kinds of rule.
    pub kind: RuleKind,
    /// How hard the document makes it.
    pub force: Force,
    /// Whether the verdict counts for the exit status.
    pub binding: bool,
    /// Verdict over all readings.
    pub verdict: Verdict,
    /// Figure under the default reading, in `unit`; `null` if it cannot be stated.
    pub value: Option<f64>,
    /// Requirement the value is compared with, in `unit`.
    pub threshold: f64,
    /// Unit of `value`, `threshold` and `gap`.
    pub unit: ValueUnit,
    /// Distance of the default reading from being met, in `unit`; 0 if it is met, `null` if it was not judged.
    pub gap: Option<f64>,
    /// The gap as a share of what is required, comparable between rules; `null` as `gap`.
    pub shortfall: Option<f64>,
    /// The gap in words, in both languages; absent if nothing is missing or nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_text: Option<Text>,
    /// Number required; `null` for rules that do not count.
    pub need: Option<u64>,
    /// Number present; `null` for rules that do not count.
    pub have: Option<f64>,
    /// People covered; `null` for rules without coverage.
    pub population_covered: Option<f64>,
    /// People not covered; `null` for rules without coverage.
    pub population_uncovered: Option<f64>,
    /// Area not covered, km²: best estimate; `null` if no zones were drawn.
    pub uncovered_km2: Option<f64>,
    /// Proved lower bound of that area, km².
    pub uncovered_km2_low: Option<f64>,
    /// Proved upper bound of that area, km².
    pub uncovered_km2_high: Option<f64>,
    /// The finding with its arithmetic, one sentence, in both languages.
    pub why: Text,
}

impl Audited {
    /// The record of an audit.
    pub fn new(audit: &Audit, report: &Report) -> Self {
        let grade = report.inputs.iter().map(|input| input.grade).max().unwrap_or(Grade::A);
        let weakest = report.inputs.iter().filter(|input| input.grade == grade && grade > Grade::A);
        let mut weakest_layers: Vec<Layer> = weakest.map(|input| input.layer).collect();
        weakest_layers.dedup();
        let binds = |verdict: Verdict| report.rules.iter().any(|rule| rule.binding && rule.verdict == verdict);
        let by_severity = [Verdict::Gap, Verdict::CannotJudge, Verdict::Depends];
        Self {
            region: report.region.name.clone(),
            illustrative: report.region.illustrative,
            standard: report.standard.id.clone(),
            standard_title: Text { zh: report.standard.title.clone(), en: report.standard.title_en.clone() },
            verdict: by_severity.into_iter().find(|verdict| binds(*verdict)).unwrap_or(Verdict::Met),
            exit_status: report.summary.exit_status,
            boundary_km2: report.region.boundary_km2,
            population: report.population.inside,
            stations: audit.city.records().stations.len(),
            grade,
            poor_data: grade == Grade::D,
            weakest_layers,
            rules: rules(audit, report),
        }
    }
}

fn rules(audit: &Audit, report: &Report) -> Vec<RuleRow> {
    let both = audit.findings.outcomes.iter().zip(&report.rules);
    both.map(|(outcome, rule)| {
        let (gap, shortfall) = gap(&outcome.default).unzip();
        let in_words = |lang| gap_and_closing(outcome, lang).map(|(gap, _)| gap);
        let gap_text = in_words(Lang::Zh).zip(in_words(Lang::En)).map(|(zh, en)| Text { zh, en });
        RuleRow {
            id: rule.id.clone(),
            title: Text { zh: rule.title.clone(), en: rule.title_en.clone() },
            kind: rule.kind,
            force: rule.force,
            binding: rule.binding,
            verdict: rule.verdict,
            value: rule.value,
            threshold: rule.threshold,
            unit: rule.unit,
            gap,
            shortfall,
            gap_text,
            need: rule.need,
            have: rule.have,
            population_covered: rule.population_covered,
            population_uncovered: rule.population_uncovered,
            uncovered_km2: rule.uncovered_km2,
            uncovered_km2_low: rule.uncovered_km2_low,
            uncovered_km2_high: rule.uncovered_km2_high,
            why: Text { zh: rule.why_zh.clone(), en: rule.why.clone() },
        }
    })
    .collect()
}

/// Distance of an outcome from being met, and the same as a share of what is required; `None` if it was not judged.
fn gap(outcome: &Outcome) -> Option<(f64, f64)> {
    match outcome.verdict {
        Verdict::Met => Some((0.0, 0.0)),
        Verdict::Gap => {
            let figures = Figures::from(outcome);
            Some((rounded(figures.gap()?, 6), figures.relative_gap().map_or(1.0, |share| rounded(share, 6))))
        }
        Verdict::Depends | Verdict::CannotJudge => None,
    }
}

/// The worst of some exit statuses; one that is not known counts as failed.
pub fn worst(statuses: impl IntoIterator<Item = u8>) -> u8 {
    let known = |code| ExitStatus::from_code(code).unwrap_or(ExitStatus::Failed);
    ExitStatus::worst(statuses.into_iter().map(known)).code()
}

impl BatchReport {
    /// The report on some regions.
    pub fn new(regions: Vec<RegionEntry>) -> Self {
        let mut summary = BatchSummary {
            exit_status: worst(regions.iter().map(|entry| entry.exit_status)),
            regions: regions.len(),
            audited: 0,
            verdicts: BTreeMap::new(),
            poor_data: 0,
            faults: BTreeMap::new(),
        };
        for entry in &regions {
            if let Some(audited) = &entry.audit {
                summary.audited += 1;
                summary.poor_data += usize::from(audited.poor_data);
                *summary.verdicts.entry(audited.verdict).or_default() += 1;
            }
            if let Some(fault) = &entry.fault {
                *summary.faults.entry(fault.kind).or_default() += 1;
            }
        }
        Self { schema: SCHEMA.to_owned(), tool: Tool::this(), summary, regions }
    }

    /// Whether the data of any region is illustrative.
    pub fn illustrative(&self) -> bool {
        self.regions.iter().filter_map(|entry| entry.audit.as_ref()).any(|audited| audited.illustrative)
    }
}

//! The one shape that the files over many audits are written from, and what batch.json is.
//!
//! In: an audit and its report, or why there is none. Out: [`BatchReport`], whose serialised form is batch.json (JSON
//! Schema in `data/schema/`), and [`Audited`], what is kept of one region. Names are a contract: more may be added.

use crate::report::{Report, Tool, rounded};
use crate::sentences::Lang;
use crate::words::gap_and_closing;
use lifering_base::records::Layer;
use lifering_core::audit::Audit;
use lifering_core::quality::grade::Grade;
use lifering_standards::catalogue::{Force, RuleKind, Text};
use lifering_standards::outcome::{Outcome, ValueUnit, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the shape.
pub const SCHEMA: &str = "lifering-batch/1";

/// batch.json.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BatchReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// What wrote it.
    pub tool: Tool,
    /// How many regions came out how, and the exit status: the worst of all.
    pub summary: BatchSummary,
    /// Every region, in the order they were named.
    pub regions: Vec<RegionEntry>,
}

/// How many regions came out how.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BatchSummary {
    /// 2 where any region could not be run, else 1, 3, 0 as the worst audit.
    pub exit_status: u8,
    /// All regions.
    pub regions: usize,
    /// Of them, audited.
    pub audited: usize,
    /// Of the audited, by verdict.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Of the audited, with data that is too poor to rank them.
    pub poor_data: usize,
    /// Not audited, by what went wrong.
    pub faults: BTreeMap<FaultKind, usize>,
}

/// One region.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RegionEntry {
    /// Its folder here, and its partition of `zones` and `rules`.
    pub name: String,
    /// As it was named.
    pub path: String,
    /// What was asked for it beside its own region.toml.
    pub options: Asked,
    /// 0, 1 or 3 as its audit; 2 where it could not be run.
    pub exit_status: u8,
    /// Hashes of every file that was read of it, `null` for one that could not be read.
    pub inputs: BTreeMap<String, Option<String>>,
    /// Why it was not audited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// What its audit found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audited>,
}

/// What is asked for a region beside its own region.toml.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    /// An embedded standard's id or a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// The year of the standard's own population.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// The undecided area to aim for, as a share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_error: Option<f64>,
    /// Warnings are refusals.
    #[serde(default)]
    pub strict: bool,
    /// Points that fit the roads better as GCJ-02 or BD-09 are taken as such.
    #[serde(default)]
    pub accept_datum: bool,
}

/// What kept a region from being audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Something in its files or in what was asked for it.
    Input,
    /// A mistake in lifering: the audit panicked.
    Defect,
    /// It needs more memory than the budget has.
    Memory,
    /// It took longer than the time limit.
    Time,
    /// Its results could not be written.
    Write,
    /// Another region could not be run, and the batch was to end with the first.
    NotRun,
}

/// Why a region was not audited.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Fault {
    /// What kind of reason.
    pub kind: FaultKind,
    /// In both languages.
    pub message: Text,
}

/// What is kept of one audit.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Audited {
    /// From region.toml.
    pub region: String,
    /// Whether the data is illustrative, not for planning.
    pub illustrative: bool,
    /// The standard's id.
    pub standard: String,
    /// Its title in both languages.
    pub standard_title: Text,
    /// The worst binding verdict: gap before what is not settled, before met.
    pub verdict: Verdict,
    /// The exit status of its audit.
    pub exit_status: u8,
    /// Area inside the boundary.
    pub boundary_km2: f64,
    /// People inside the boundary.
    pub population: f64,
    /// Emergency sites.
    pub stations: usize,
    /// The worst grade of its layers.
    pub grade: Grade,
    /// Whether its data is too poor to rank it by what it shows: grade D.
    pub poor_data: bool,
    /// The layers with that grade; none for A.
    pub weakest_layers: Vec<Layer>,
    /// Every rule, in the order of the standard.
    pub rules: Vec<RuleRow>,
}

/// One rule in one region.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RuleRow {
    /// Its id.
    pub id: String,
    /// Its title in both languages.
    pub title: Text,
    /// Which of the five kinds.
    pub kind: RuleKind,
    /// How hard it binds.
    pub force: Force,
    /// Whether its verdict counts for the exit status.
    pub binding: bool,
    /// Over all readings.
    pub verdict: Verdict,
    /// The figure under the default reading.
    pub value: Option<f64>,
    /// What it is compared with.
    pub threshold: f64,
    /// What both, and `gap`, are expressed in.
    pub unit: ValueUnit,
    /// How far the default reading is from being met: 0 where it is, `null` where it was not judged.
    pub gap: Option<f64>,
    /// The gap as a share of what is required: comparable between rules.
    pub shortfall: Option<f64>,
    /// The gap in words, in both languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_text: Option<Text>,
    /// What is needed, for counts.
    pub need: Option<u64>,
    /// What is there, for counts.
    pub have: Option<f64>,
    /// People covered, for coverage rules.
    pub population_covered: Option<f64>,
    /// People not covered.
    pub population_uncovered: Option<f64>,
    /// Area not covered.
    pub uncovered_km2: Option<f64>,
    /// Proved lower bound of it.
    pub uncovered_km2_low: Option<f64>,
    /// Proved upper bound of it.
    pub uncovered_km2_high: Option<f64>,
    /// One sentence, in both languages.
    pub why: Text,
}

impl Audited {
    /// What is kept of an audit.
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
            stations: audit.region.stations.len(),
            grade,
            poor_data: grade == Grade::D,
            weakest_layers,
            rules: rules(audit, report),
        }
    }
}

fn rules(audit: &Audit, report: &Report) -> Vec<RuleRow> {
    let both = audit.outcomes.iter().zip(&report.rules);
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

/// How far a criterion is from being met, and that as a share of what is required.
fn gap(outcome: &Outcome) -> Option<(f64, f64)> {
    match outcome.verdict {
        Verdict::Met => return Some((0.0, 0.0)),
        Verdict::Gap => {}
        Verdict::Depends | Verdict::CannotJudge => return None,
    }
    let (missing, required) = match (outcome.unit, outcome.need, outcome.have) {
        (ValueUnit::S, ..) => (outcome.value? - outcome.threshold, outcome.threshold),
        (ValueUnit::Count | ValueUnit::Areas, Some(need), Some(have)) => (need as f64 - have, need as f64),
        _ => (outcome.threshold - outcome.value?, outcome.threshold),
    };
    let missing = missing.max(0.0);
    Some((rounded(missing, 6), if required > 0.0 { rounded(missing / required, 6) } else { 1.0 }))
}

/// The worst of some exit statuses: 2, else 1, 3, 0.
pub fn worst(statuses: impl IntoIterator<Item = u8>) -> u8 {
    let severity = |status: &u8| [0, 3, 1, 2].iter().position(|known| known == status);
    statuses.into_iter().max_by_key(severity).unwrap_or(0)
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
        Self {
            schema: SCHEMA.to_owned(),
            tool: Tool { name: "lifering".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            summary,
            regions,
        }
    }

    /// Whether any region says that its data is illustrative.
    pub fn illustrative(&self) -> bool {
        self.regions.iter().filter_map(|entry| entry.audit.as_ref()).any(|audited| audited.illustrative)
    }
}

//! What comes of a rule: verdict, figures, and why.
//!
//! In: nothing; these are the types the evaluators fill. Out: [`RuleOutcome`]s for the report.

use super::catalogue::Rule;
use super::evidence::Missing;
use super::needs::Need;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The verdict on a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The rule is met, under every reading that could be judged.
    Met,
    /// The rule is not met.
    Gap,
    /// Readings of the text differ.
    Depends,
    /// Something that is needed is missing.
    CannotJudge,
}

/// In what a value and its threshold are expressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueUnit {
    /// 0 to 1.
    Share,
    /// Seconds.
    S,
    /// Things.
    Count,
    /// Areas that have what they need.
    Areas,
}

/// One area under one rule.
#[derive(Clone, Debug)]
pub struct AreaOutcome {
    /// The area's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its people.
    pub people: f64,
    /// Met, gap or cannot judge.
    pub verdict: Verdict,
    /// The figure that is compared.
    pub value: Option<f64>,
    /// What is needed, for counts.
    pub need: Option<u64>,
    /// What is there, for counts.
    pub have: Option<f64>,
    /// People not covered, for coverage rules.
    pub uncovered: Option<f64>,
}

/// One criterion (the default or a reading) judged for the whole region.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Met, gap or cannot judge.
    pub verdict: Verdict,
    /// What the value is expressed in.
    pub unit: ValueUnit,
    /// The figure that is compared; `None` where it cannot be stated.
    pub value: Option<f64>,
    /// What it is compared with.
    pub threshold: f64,
    /// People the rule covers, for coverage rules.
    pub covered: Option<f64>,
    /// People it does not cover.
    pub uncovered: Option<f64>,
    /// People beyond the warning distance though within the limit.
    pub warned: Option<f64>,
    /// What is needed, for counts.
    pub need: Option<u64>,
    /// What is there, for counts.
    pub have: Option<f64>,
    /// The people that a count is for.
    pub population: Option<f64>,
    /// What a share divides by what.
    pub part_and_whole: Option<[f64; 2]>,
    /// What is missing to judge.
    pub missing: Option<Missing>,
    /// Every area by itself, with the level it belongs to.
    pub areas: Vec<(String, AreaOutcome)>,
    /// Areas were worked out from travel times.
    pub derived_areas: bool,
}

impl Outcome {
    /// An outcome without figures: something is missing.
    pub fn cannot_judge(unit: ValueUnit, threshold: f64, missing: Missing) -> Self {
        Self { missing: Some(missing), ..Self::empty(Verdict::CannotJudge, unit, threshold) }
    }

    /// An outcome with nothing but its verdict and threshold.
    pub fn empty(verdict: Verdict, unit: ValueUnit, threshold: f64) -> Self {
        Self {
            verdict,
            unit,
            value: None,
            threshold,
            covered: None,
            uncovered: None,
            warned: None,
            need: None,
            have: None,
            population: None,
            part_and_whole: None,
            missing: None,
            areas: Vec::new(),
            derived_areas: false,
        }
    }
}

/// A rule judged under its default reading and all others.
#[derive(Clone, Debug)]
pub struct RuleOutcome {
    /// The rule.
    pub rule: Rule,
    /// Over all readings.
    pub verdict: Verdict,
    /// The profile's default reading.
    pub default: Outcome,
    /// The others, in the order of [`Rule::readings`].
    pub readings: Vec<Outcome>,
    /// What is needed on each population, for rules that count for people.
    pub needs: Vec<Need>,
    /// The default reading with the stations of neighbours counted as well. It is told and never changes the verdict.
    pub with_mutual_aid: Option<Outcome>,
}

/// The verdict over all readings: where those that could be judged differ, it depends. A default reading that cannot be
/// judged is never outvoted.
pub fn over_readings(default: Verdict, readings: &[Outcome]) -> Verdict {
    let judged = |v: &Verdict| matches!(v, Verdict::Met | Verdict::Gap);
    if default == Verdict::CannotJudge {
        return default;
    }
    if readings.iter().map(|r| r.verdict).filter(judged).any(|v| v != default) { Verdict::Depends } else { default }
}

/// A count known as "at least `sure`, perhaps more by `open` features" against what is needed.
pub fn enough(sure: f64, open: usize, need: f64) -> Verdict {
    if sure >= need {
        Verdict::Met
    } else if open > 0 {
        Verdict::CannotJudge
    } else {
        Verdict::Gap
    }
}

//! The outcome of a rule: verdict, figures, and what is missing to judge it.
//!
//! In: nothing; these are the types the evaluators fill. Out: [`RuleOutcome`]s. They round-trip through JSON unchanged.
//! audit.json rounds them and names them anew (`outputs/report.rs`).

use super::catalogue::Rule;
use super::evidence::Missing;
use super::incomplete::Doubt;
use super::needs::Need;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Shares nearer to their threshold than this count as equal to it: sums over people are rounded.
pub(crate) const SHARE_TOLERANCE: f64 = 1e-9;

/// The verdict on a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The rule is met, under every reading that could be judged.
    Met,
    /// The rule is not met.
    Gap,
    /// The readings of the text that could be judged differ: met under one, a gap under another. Or so much of a layer could
    /// not be used that the rest of it could turn the verdict.
    Depends,
    /// An input is missing without which the rule is neither met nor a gap.
    CannotJudge,
}

/// In what a value and its threshold are expressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueUnit {
    /// A share, 0 to 1.
    Share,
    /// Seconds.
    S,
    /// Number of features, or the sum of an attribute.
    Count,
    /// Number of areas that have enough.
    Areas,
}

/// One area (administrative unit or sub-centre area) under one criterion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AreaOutcome {
    /// The level of the area, [`UnitKind::name`](super::catalogue::UnitKind::name). Ids are unique within a level only.
    pub level: String,
    /// Id in the units layer; of a derived area, the id of its sub-centre.
    pub id: String,
    /// Name in the units layer; of a derived area, the name of its sub-centre.
    pub name: String,
    /// All people in the area, whether or not the rule counts them.
    pub people: f64,
    /// Met, gap or cannot judge; an area by itself never depends on the reading.
    pub verdict: Verdict,
    /// The figure that is compared. Coverage rules and shares: 0 to 1, also for a statistic in seconds, where it is the
    /// share of people within the limit. Counts: the same as `have`. `None` if the rule counts nobody in the area, or the
    /// whole of the share is 0.
    pub value: Option<f64>,
    /// The count needed in the area; `None` for coverage rules and shares.
    pub need: Option<u64>,
    /// The count certainly in the area; `None` for coverage rules and shares.
    pub have: Option<f64>,
    /// People of the area whom the rule counts and does not cover; `None` for other than coverage rules, and if the rule
    /// counts nobody in the area.
    pub uncovered: Option<f64>,
}

/// The two numbers that a share divides.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartAndWhole {
    /// Features, or the sum of an attribute, certainly part of it.
    pub part: f64,
    /// All features, or the sum of an attribute over them.
    pub whole: f64,
}

/// One criterion (the default or a reading) judged for the whole region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Met, gap or cannot judge; only [`RuleOutcome::verdict`] depends on the reading.
    pub verdict: Verdict,
    /// In what `value` and `threshold` are expressed.
    pub unit: ValueUnit,
    /// The figure that is compared, in `unit`; `None` if it cannot be stated: an input is missing, nobody is reached (mean),
    /// or too few are (90th centile, maximum).
    pub value: Option<f64>,
    /// What it is compared with, in `unit`: the least share, the limit in seconds, the count needed, the number of areas. 0
    /// for counts that could not be worked out.
    pub threshold: f64,
    /// People within the limit, of those the rule counts; `None` for other than coverage rules (radius, travel time).
    pub covered: Option<f64>,
    /// People beyond the limit or never reached, of those the rule counts; `None` for other than coverage rules.
    pub uncovered: Option<f64>,
    /// Of `covered`, people beyond the warning distance; `None` if the rule has none.
    pub warned: Option<f64>,
    /// The count needed, or the areas that need something; `None` for coverage rules and shares, and if the population is
    /// not known.
    pub need: Option<u64>,
    /// The count certainly there, or the areas that certainly have enough; `None` for coverage rules and shares, and if it
    /// is not known at all.
    pub have: Option<f64>,
    /// People whom a count is for: those of the region, or of the standard in the year of the rule; `None` for other than
    /// counts for people.
    pub population: Option<f64>,
    /// What a share divides; `None` for other rules.
    pub part_and_whole: Option<PartAndWhole>,
    /// What is missing to judge; `None` if the verdict is met or gap.
    pub missing: Option<Missing>,
    /// Every area by itself, level after level, each in the order of the layer. Empty for
    /// presence in the whole city, for counts on the population of a stated year, and if an input is missing altogether.
    pub areas: Vec<AreaOutcome>,
    /// The areas were derived from travel times to the sub-centres, not given.
    pub derived_areas: bool,
    /// Beside a radius rule: the mean radius of its facilities, metres, [`Evidence::mean_radius_m`]. It turns no verdict.
    ///
    /// [`Evidence::mean_radius_m`]: super::evidence::Evidence::mean_radius_m
    #[serde(default)]
    pub mean_radius_m: Option<f64>,
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
            mean_radius_m: None,
        }
    }
}

/// A rule judged under its default reading and all others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleOutcome {
    /// The rule.
    pub rule: Rule,
    /// Over all readings, [`verdict_over_readings`]; it depends where what is left out of a layer could turn it.
    pub verdict: Verdict,
    /// Under the criterion of the rule itself.
    pub default: Outcome,
    /// Under the other readings, in the order of [`Rule::readings`].
    pub readings: Vec<Outcome>,
    /// What is needed on each population; empty for rules that do not count for people.
    pub needs: Vec<Need>,
    /// The default reading with the stations of neighbours counted as well. Shown, never part of the verdict. `None` if no
    /// neighbours were given, or the rule is not about times or distances from stations.
    pub with_mutual_aid: Option<Outcome>,
    /// Layers that it rests on of which a third or more could not be used.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
}

/// The verdict over all readings: if those that could be judged differ, it depends. A default reading that cannot be
/// judged is never outvoted.
pub fn verdict_over_readings(default: Verdict, readings: &[Outcome]) -> Verdict {
    let judged = |v: &Verdict| matches!(v, Verdict::Met | Verdict::Gap);
    if default == Verdict::CannotJudge {
        return default;
    }
    if readings.iter().map(|r| r.verdict).filter(judged).any(|v| v != default) { Verdict::Depends } else { default }
}

/// The verdict on a count of at least `known`, to which `undetermined` more features may add, against `need`.
pub fn verdict_of_count(known: f64, undetermined: usize, need: f64) -> Verdict {
    if known >= need {
        Verdict::Met
    } else if undetermined > 0 {
        Verdict::CannotJudge
    } else {
        Verdict::Gap
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baselines::{BaselineComparison, compare_baselines};
    use crate::catalogue::Standard;
    use crate::evidence::Evidence;

    /// The value after it was written as JSON and read back.
    fn reread<T: Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).expect("JSON")).expect("the same shape")
    }

    #[test]
    fn everything_missing_round_trips_through_json() {
        let name = |name: &str| name.to_owned();
        let all = vec![
            Missing::Layer { layer: name("aeds"), attributes: vec![name("count")] },
            Missing::Place { layer: name("stations / facilities"), features: 2 },
            Missing::AreaOf { layer: name("workforce"), features: 1, level: name("town") },
            Missing::Ground { level: name("town"), units: vec![name("陈埭镇")] },
            Missing::Attribute { layer: name("stations"), attribute: name("ambulances"), features: 3 },
            Missing::Units(name("village")),
            Missing::UnitNamed(name(r#"name = "新塘\"街道""#)),
            Missing::People,
            Missing::Unreached(0.1 + 0.2),
            Missing::Whole(name("facilities")),
            Missing::Period(name("peak")),
            Missing::PopulationOfYear(2025),
            Missing::OtherPopulation { year: 2020, stated: 5_160_000 },
        ];
        let several = Missing::Several(all);
        assert_eq!(reread(&several), several);
    }

    #[test]
    fn an_outcome_with_every_figure_round_trips_through_json() {
        let area = AreaOutcome {
            level: "town".to_owned(),
            id: "1".to_owned(),
            name: "陈埭".to_owned(),
            people: 1.0 / 3.0,
            verdict: Verdict::Gap,
            value: Some(5e-324),
            need: Some(u64::MAX),
            have: Some(0.1),
            uncovered: Some(1e300),
        };
        let outcome = Outcome {
            value: Some(2.0 / 3.0),
            covered: Some(0.1 + 0.2),
            uncovered: Some(1.0),
            warned: Some(-0.0),
            need: Some(69),
            have: Some(68.0),
            population: Some(2_061_600.5),
            part_and_whole: Some(PartAndWhole { part: 27.0, whole: 69.0 }),
            areas: vec![area],
            derived_areas: true,
            mean_radius_m: Some(3780.5),
            ..Outcome::cannot_judge(ValueUnit::Areas, 4.0, Missing::People)
        };
        assert_eq!(reread(&outcome), outcome);
    }

    #[test]
    fn baselines_round_trip_through_json() {
        let standard = Standard::embedded("jinjiang-14fyp").expect("an embedded standard");
        let compared: Vec<BaselineComparison> = compare_baselines(&standard, &Evidence::default());
        assert_eq!(compared.len(), 18);
        assert_eq!(reread(&compared), compared);
    }
}

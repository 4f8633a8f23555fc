//! audit.json: the units and their figures under each rule.

use lifering_standards::outcome::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One unit: an administrative area or the area of a sub-centre.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitReport {
    /// Id in the units layer, unique within the level.
    pub id: String,
    /// Name in the units layer.
    pub name: String,
    /// Level: `district`, `town`, `village`, `sub_center_area` or another word of the units layer or standard.
    pub level: String,
    /// People at the points inside the unit, to the thousandth.
    pub population: f64,
    /// Figures by rule id; rules that do not look at this level are absent.
    pub rules: BTreeMap<String, UnitRuleReport>,
}

/// One unit under the default reading of one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitRuleReport {
    /// The figure compared: a share from 0 to 1, or a count, in the rule's unit; a share also for rules on a mean or largest
    /// time. Absent if it cannot be stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Number required; absent for rules that do not count, and if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<u64>,
    /// Number present; absent as `need`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub have: Option<f64>,
    /// People not covered; absent for rules without coverage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_uncovered: Option<f64>,
    /// `met`, `gap` or `cannot_judge`.
    pub verdict: Verdict,
}

//! How evenly help arrives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The spread of arrival times over people under the standard's first driving rule, by its clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EquityReport {
    /// Id of the rule.
    pub rule: String,
    /// All people whom the rule is about.
    #[serde(flatten)]
    pub whole: SpreadReport,
    /// Units of the finest level, in the order of their layer; those without people are left out.
    pub units: Vec<UnitSpreadReport>,
}

/// A unit and its spread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitSpreadReport {
    /// Id of the unit.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its people.
    #[serde(flatten)]
    pub spread: SpreadReport,
}

/// The spread of arrival times over some people.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpreadReport {
    /// The people.
    pub people: f64,
    /// People reached after the limit of the rule, or never.
    pub over_limit: f64,
    /// People never reached.
    pub never: f64,
    /// Within this time half of the people are reached, seconds; null if fewer ever are.
    pub median_s: Option<f64>,
    /// Within this time nine in ten are reached, seconds; null if fewer ever are.
    pub p90_s: Option<f64>,
    /// Gini coefficient of the times of those who are reached, weighted by people: 0 (all alike) to 1; null if nobody is.
    pub gini: Option<f64>,
    /// Of these people, those who are in the tenth of all that waits longest.
    pub worst_tenth: f64,
}

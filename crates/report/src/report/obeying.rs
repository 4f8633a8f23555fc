//! People in time under every obedience to traffic rules.

use lifering_base::parameters::Obey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// People in time within the limit of a rule, by the traffic rules that ambulances keep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ObeyingReport {
    /// Id of the rule.
    pub rule: String,
    /// What the verdict rests on: `[drive] obey`.
    pub in_force: Obey,
    /// Keeping one-way streets, turn restrictions and signals.
    pub all: PeopleInTimeReport,
    /// Keeping one-way streets and signals, but no turn restrictions.
    pub directions: PeopleInTimeReport,
    /// Keeping none of them; closed roads and blocked points stay closed.
    pub nothing: PeopleInTimeReport,
}

/// People in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PeopleInTimeReport {
    /// People.
    pub people: f64,
    /// Their share, 0 to 1; null if the rule is about nobody.
    pub share: Option<f64>,
}

//! audit.json: what was changed of the region before it was audited.

use super::Report;
use lifering_core::city::City;
use lifering_core::scenario::Applied;
use lifering_readers::scenario::{Edit, StateChange};
use lifering_standards::outcome::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A scenario that was applied to a region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioReport {
    /// Its name.
    pub name: String,
    /// What its author adds; absent if nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Its file, as the command named it.
    pub file: String,
    /// SHA-256 of its file; "" if there is none.
    pub sha256: String,
    /// The region that it changes, as the command named it. `inputs` are the files of the region as it is.
    pub base: String,
    /// Files of the region that are not those the scenario was made on; absent if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(!default)]
    pub rebased: Vec<StateChange>,
    /// The edits, in the order in which they were made.
    pub edits: Vec<Edit>,
    /// Every rule of the audit of the base, in the order of the standard; absent if the base was not audited.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(!default)]
    pub before: Vec<BeforeReport>,
}

/// A rule in the audit of the base.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BeforeReport {
    /// Id of the rule.
    pub rule: String,
    /// Verdict over all readings.
    pub verdict: Verdict,
    /// Figure compared, in the unit of the rule; `null` if it cannot be stated.
    pub value: Option<f64>,
    /// People not covered; absent for rules without coverage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population_uncovered: Option<f64>,
    /// Area not covered, km²: best estimate; absent if no zones were drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncovered_km2: Option<f64>,
}

impl ScenarioReport {
    /// The scenario of a city; `None` for a region as it is.
    pub fn of(city: &City) -> Option<Self> {
        let Applied { scenario, rebased } = city.scenario()?;
        Some(Self {
            name: scenario.name.clone(),
            note: scenario.note.clone(),
            file: scenario.file.clone(),
            sha256: scenario.sha256.clone(),
            base: city.records().source.label(),
            rebased: rebased.clone(),
            edits: scenario.edits.clone(),
            before: Vec::new(),
        })
    }
}

impl Report {
    /// The report of a scenario with the rules of its base.
    #[must_use]
    pub fn beside(mut self, base: &Self) -> Self {
        if let Some(scenario) = &mut self.scenario {
            let rules = base.rules.iter().map(|rule| BeforeReport {
                rule: rule.id.clone(),
                verdict: rule.verdict,
                value: rule.value,
                population_uncovered: rule.population_uncovered,
                uncovered_km2: rule.uncovered_km2,
            });
            scenario.before = rules.collect();
        }
        self
    }
}

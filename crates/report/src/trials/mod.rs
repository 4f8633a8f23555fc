//! what-if.json, failures.json and sensitivity.json: what a loaded city answers quickly.
//!
//! In: trials of a city. Out: the types of the three files, figures rounded, positions replaced by ids; `table` has the rows of
//! their CSV files. The JSON Schemas are in `data/schema/`. Names are a contract with other programs: more may be added, none
//! renamed.

pub mod failures;
pub mod scenarios;
pub mod sensitivity;
pub mod sentences;
pub mod sites;
pub mod table;

use crate::proposal::ToolReport;
use crate::rounding::people;
use lifering_core::city::City;
use lifering_core::plan::trial::{Trial, UnitEffect};
use lifering_standards::catalogue::Rule;
use schemars::JsonSchema;
use serde::Serialize;

/// The program that writes.
fn tool() -> ToolReport {
    ToolReport { name: "lifering", version: env!("CARGO_PKG_VERSION") }
}

/// The rule that is tried, and who is in time as the city stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RuleTried {
    /// Id of the rule.
    pub id: String,
    /// Its title, in Chinese.
    pub title: String,
    /// Its title, in English.
    pub title_en: String,
    /// What is measured: "seconds" or "metres".
    pub unit: &'static str,
    /// People whom the rule counts.
    pub people: f64,
    /// Of them, those who are in time.
    pub people_in_time: f64,
}

impl RuleTried {
    fn new(trial: &Trial) -> Self {
        let Rule { id, title, .. } = trial.rule();
        Self {
            id: id.to_string(),
            title: title.zh.clone(),
            title_en: title.en.clone(),
            unit: if trial.by_distance() { "metres" } else { "seconds" },
            people: people(trial.people()),
            people_in_time: people(trial.people_in_time()),
        }
    }
}

/// People gained and lost in one unit of the finest level.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UnitTried {
    /// Id of the unit; `null` for people in none.
    pub id: Option<String>,
    /// Its name; `null` for people in none.
    pub name: Option<String>,
    /// People newly in time.
    pub people_new: f64,
    /// People in time no more.
    pub people_lost: f64,
}

/// The units of an effect, those that change most first.
fn units(city: &City, effects: &[UnitEffect]) -> Vec<UnitTried> {
    let records = city.records().units.as_deref().unwrap_or_default();
    let mut effects = effects.to_vec();
    let most = |unit: &UnitEffect| unit.people_new.max(unit.people_lost);
    effects.sort_by(|a, b| most(b).total_cmp(&most(a)).then(a.unit.cmp(&b.unit)));
    let unit = |effect: UnitEffect| {
        let record = effect.unit.and_then(|unit| records.get(unit as usize));
        UnitTried {
            id: record.map(|unit| unit.id.clone()),
            name: record.map(|unit| unit.name.clone()),
            people_new: people(effect.people_new),
            people_lost: people(effect.people_lost),
        }
    };
    effects.into_iter().map(unit).collect()
}

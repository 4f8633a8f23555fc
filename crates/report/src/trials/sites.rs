//! what-if.json: what each of several sites would change by itself.
//!
//! In: a trial and the sites. Out: [`WhatIfReport`].

use super::{RuleTried, UnitTried, tool, units};
use crate::proposal::ToolReport;
use crate::report::ScenarioReport;
use crate::rounding::{degrees, people, tenth};
use lifering_base::records::Site;
use lifering_core::plan::trial::{Effect, Trial};
use schemars::JsonSchema;
use serde::Serialize;

/// what-if.json.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WhatIfReport {
    /// Version of the shape: "lifering-what-if/1".
    pub schema: &'static str,
    /// The program that wrote the file.
    pub tool: ToolReport,
    /// Name of the region.
    pub region: String,
    /// The scenario that it is under; absent for a region as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<ScenarioReport>,
    /// Id of the standard.
    pub standard: String,
    /// The rule, and who is in time as the city stands.
    pub rule: RuleTried,
    /// The sites, in the order of the file; each by itself.
    pub sites: Vec<SiteTried>,
}

/// A site that is tried.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SiteTried {
    /// Id in the file.
    pub id: String,
    /// Name in the file.
    pub name: String,
    /// Longitude, degrees.
    pub lon: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// Its turnout, seconds; `null`: that of the region.
    pub turnout_s: Option<f64>,
    /// People newly in time.
    pub people_new: f64,
    /// People reached sooner, in time or not.
    pub people_sooner: f64,
    /// People times seconds (metres) saved, over people reached before.
    pub people_seconds_saved: f64,
    /// Units with people newly in time, those with most first.
    pub units: Vec<UnitTried>,
}

impl WhatIfReport {
    /// The report of sites and their effects.
    pub fn new(trial: &Trial, standard: &str, sites: &[Site], effects: &[Effect]) -> Self {
        let city = trial.city();
        let tried = |(site, effect): (&Site, &Effect)| SiteTried {
            id: site.id.clone(),
            name: site.name.clone(),
            lon: degrees(site.place.lon),
            lat: degrees(site.place.lat),
            turnout_s: site.number("turnout_s"),
            people_new: people(effect.people_new),
            people_sooner: people(effect.people_sooner),
            people_seconds_saved: tenth(effect.people_seconds_saved),
            units: units(city, &effect.units),
        };
        Self {
            schema: "lifering-what-if/1",
            tool: tool(),
            region: city.records().settings.name.clone(),
            scenario: ScenarioReport::of(city),
            standard: standard.to_owned(),
            rule: RuleTried::new(trial),
            sites: sites.iter().zip(effects).map(tried).collect(),
        }
    }
}

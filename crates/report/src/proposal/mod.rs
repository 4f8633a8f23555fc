//! proposal.json: the answer, its proof, and what it was made from.
//!
//! In: nothing; `from_proposal` fills the types. The JSON Schema is `data/schema/proposal.schema.json`. Names are a contract
//! with other programs: more may be added, none renamed.

mod from_proposal;

use crate::report::ScenarioReport;
use lifering_core::plan::Reason;
use lifering_core::plan::record::Origin;
use lifering_core::plan::region::candidates::CandidateOrigin;
use lifering_core::plan::request::{GoalName, SitingRequest};
use lifering_standards::outcome::{ValueUnit, Verdict};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// proposal.json.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProposalReport {
    /// Version of the shape: "lifering-proposal/1".
    pub schema: &'static str,
    /// The program that wrote the file.
    pub tool: ToolReport,
    /// The goal (definitions.md section 8).
    pub goal: GoalName,
    /// Time within which a site reaches a place, seconds; `null` for goals without a limit and for radius rules.
    pub limit_s: Option<f64>,
    /// Distance within which a site reaches a place, metres; `null` unless the rule is on a radius.
    pub limit_m: Option<f64>,
    /// Objective of the proposed sites, in `unit`. By goal: cover, people within the limit; reach-all, sites; mean, the sum of
    /// people times seconds; worst, seconds; backup, people within the limit of two sites; busy, expected people.
    pub objective: f64,
    /// Unit of `objective`, `bound` and `gap`: "people", "sites", "people * seconds", "seconds" or "expected people".
    pub unit: &'static str,
    /// Proven bound: no allowed set of sites is better, in `unit`.
    pub bound: f64,
    /// Distance between objective and bound, in `unit`.
    pub gap: f64,
    /// Whether the objective is proven optimal.
    pub optimal: bool,
    /// "optimal", or "bounded" if time ran out before the proof.
    pub status: &'static str,
    /// Other sets with the same objective; `null` if they were not looked for: the answer is not proven optimal.
    pub ties: Option<TiesReport>,
    /// People whom no set of candidates can reach.
    pub uncoverable: UncoverableReport,
    /// The proposed sites, in the order of building.
    pub sites: Vec<SiteReport>,
    /// Ids of movable sites that stay.
    pub kept: Vec<String>,
    /// Ids of movable sites that are given up.
    pub given_up: Vec<String>,
    /// Cost of building and giving up, in the unit of the candidates' cost.
    pub cost: f64,
    /// Best objective for 1, 2, ... new sites (trade-off frontier); empty if it was not asked for.
    pub curve: Vec<CurveReport>,
    /// The existing sites alone.
    pub before: StateReport,
    /// The existing sites and the proposed ones.
    pub after: StateReport,
    /// Size of the problem.
    pub instance: InstanceReport,
    /// Ids of the new and the kept sites, once for each ambulance.
    pub standing: Vec<String>,
    /// The region and its rules before and after; absent if travel times came from a matrix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionReport>,
    /// What was changed of the region before sites were looked for; absent if nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<ScenarioReport>,
    /// What was asked, as `--verify` takes it up.
    pub question: SitingRequest,
    /// Files that people, sites and times come from, with their hashes.
    pub origin: Origin,
}

/// The program that wrote the file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ToolReport {
    /// "lifering".
    pub name: &'static str,
    /// Its version, as semantic versioning has it.
    pub version: &'static str,
}

/// Tied optima: sets of as many sites with the same objective.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TiesReport {
    /// Number of sets found, the proposed one included.
    pub found: usize,
    /// Whether the search proved that there are no others.
    pub complete: bool,
    /// Ids of sites in all of them.
    pub in_all: Vec<String>,
    /// Ids of sites in some of them.
    pub in_some: Vec<String>,
    /// Ids of candidates in none of them.
    pub in_none: Vec<String>,
}

/// People whom no set of candidates can reach.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UncoverableReport {
    /// People.
    pub people: f64,
    /// Number of places where they live.
    pub places: usize,
    /// People and places by reason: `no_road`, `cut_off`, `too_far`, or `one_site` (backup: only one site could reach them).
    pub reasons: BTreeMap<Reason, PeopleReport>,
    /// People by zone of the audit before, most first; absent without a region.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<ZonePeopleReport>,
    /// Ids of the first 20 places.
    pub examples: Vec<String>,
}

/// People of a zone.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ZonePeopleReport {
    /// `zone_id` of uncovered.geojson of the audit before.
    pub zone_id: String,
    /// People.
    pub people: f64,
}

/// People and the places where they live.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
pub struct PeopleReport {
    /// People.
    pub people: f64,
    /// Number of places.
    pub places: usize,
}

/// One proposed site.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SiteReport {
    /// Id of the candidate.
    pub id: String,
    /// Position in the order of building, from 1.
    pub order: usize,
    /// Objective once it and those before it stand (reach-all: people reached); `null` if somebody is not reached yet.
    pub objective: Option<f64>,
    /// Change of the objective against the step before; `null` if either is.
    pub gain: Option<f64>,
    /// Best objective of as many of the proposed sites; `null` if none reaches everybody.
    pub best: Option<f64>,
    /// What this order gives up against `best`; `null` if either objective is.
    pub regret: Option<f64>,
    /// People within its limit whom no existing site reaches in time; `null` for goals without a limit.
    pub people_new: Option<f64>,
    /// Cost of the candidate.
    pub cost: f64,
    /// Other candidates in its place, the best first.
    pub next_best: Vec<NextReport>,
    /// Place and effects; absent without a region.
    #[serde(flatten)]
    pub ground: Option<GroundReport>,
}

/// A proposed site in its region. Times are in seconds by the rule's clock, or metres for a radius rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GroundReport {
    /// Name of the place.
    pub name: String,
    /// Longitude, degrees (WGS 84), seven decimals.
    pub lon: f64,
    /// Latitude, degrees (WGS 84), seven decimals.
    pub lat: f64,
    /// Source of the candidate: "layer", "facility", "junction", or "reopen": a station that stands already and has no
    /// ambulance.
    pub origin: CandidateOrigin,
    /// Name of the unit it stands in; `null` outside every unit.
    pub unit: Option<String>,
    /// People to whom it is the nearest site once all sites stand.
    pub people_first: f64,
    /// Units with people to whom it is the nearest, most of its people first.
    pub units: Vec<UnitEffectReport>,
    /// Zones of the audit before in which it reaches people in time.
    pub zones: Vec<ZoneEffectReport>,
}

/// A unit with people to whom a new site is the nearest.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UnitEffectReport {
    /// Id of the unit.
    pub id: String,
    /// Name of the unit.
    pub name: String,
    /// People to whom the site is the nearest.
    pub people: f64,
    /// Mean over the unit's people who are reached, with the existing sites; `null` if nobody is.
    pub mean_before: Option<f64>,
    /// The same once all sites stand.
    pub mean_after: Option<f64>,
}

/// A zone in which a new site reaches people in time.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ZoneEffectReport {
    /// `zone_id` of uncovered.geojson of the audit before.
    pub zone_id: String,
    /// People in the zone.
    pub people: f64,
    /// Those of them to whom this site is the nearest, in time.
    pub people_reached: f64,
    /// Whether nobody in the zone is uncovered once all sites stand.
    pub closed: bool,
}

/// Another candidate in the place of a site.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NextReport {
    /// Id of the candidate.
    pub id: String,
    /// Name of the place; absent without a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Source of the candidate, as of a site; absent without a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<CandidateOrigin>,
    /// Longitude, degrees (WGS 84); absent without a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Latitude, degrees (WGS 84); absent without a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Objective with it instead of the site.
    pub objective: f64,
}

/// A point of the trade-off frontier.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CurveReport {
    /// Number of new sites.
    pub sites: usize,
    /// Best objective found (reach-all: people reached); `null` if somebody is not reached.
    pub objective: Option<f64>,
    /// Proven bound.
    pub bound: f64,
    /// Whether the objective is proven optimal.
    pub proven: bool,
    /// Objective of adding the best site each time; `null` if somebody is not reached.
    pub greedy: Option<f64>,
}

/// The region with one set of sites.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StateReport {
    /// Objective; `null` if somebody is not reached whom a candidate could reach.
    pub objective: Option<f64>,
    /// The rule's outcome; absent without a region.
    #[serde(flatten)]
    pub rule: Option<RuleStateReport>,
}

/// A rule under one set of sites.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleStateReport {
    /// Verdict over all readings.
    pub verdict: Verdict,
    /// Figure compared, in `unit`; `null` if it cannot be stated.
    pub value: Option<f64>,
    /// Unit of `value`.
    pub unit: ValueUnit,
    /// People not covered; `null` for rules without coverage.
    pub population_uncovered: Option<f64>,
    /// Area not covered, km²: best estimate. `null` if no zones were drawn.
    pub uncovered_km2: Option<f64>,
}

/// The region of a proposal.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RegionReport {
    /// `name` of region.toml.
    pub name: String,
    /// Id of the standard.
    pub standard: String,
    /// Id of the rule to improve; `null` if a limit was given instead.
    pub rule_id: Option<String>,
    /// Whether the data is illustrative, not for planning.
    pub illustrative: bool,
    /// Number of candidates.
    pub candidates: usize,
    /// Every rule before and after, in the order of the standard.
    pub rules: Vec<RuleMoveReport>,
}

/// A rule before and after.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleMoveReport {
    /// Id within the standard.
    pub id: String,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// With the existing sites alone.
    pub before: RuleStateReport,
    /// Once the proposed sites stand.
    pub after: RuleStateReport,
    /// Whether verdict or value differ.
    pub moved: bool,
}

/// Size of the problem.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InstanceReport {
    /// People at all places of demand.
    pub people: f64,
    /// Number of places of demand.
    pub places: usize,
    /// Number of sites, existing ones and candidates.
    pub sites: usize,
    /// Number of known travel times between a place and a site.
    pub pairs: usize,
}

impl ProposalReport {
    /// proposal.json as bytes.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

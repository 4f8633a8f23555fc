//! What goes over the wire, in the words of docs/workbench.md.
//!
//! Times are seconds, places longitude and latitude in degrees, shares from 0 to 1.

use lifering_base::Message;
use lifering_readers::scenario::Edit;
use lifering_report::text::{Lang, pick};
use lifering_standards::catalogue::Text;
use lifering_standards::outcome::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Words in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// A message in both languages.
    pub fn of(message: &Message) -> Self {
        Self { zh: message.text("zh"), en: message.text("en") }
    }

    /// What a function says in each language.
    pub fn each(say: impl Fn(Lang) -> String) -> Self {
        Self { zh: say(Lang::Zh), en: say(Lang::En) }
    }

    /// A title.
    pub fn title(text: &Text) -> Self {
        Self::each(|lang| pick(text, lang).to_owned())
    }

    /// A name, which is the same in both.
    pub fn name(name: &str) -> Self {
        Self::each(|_| name.to_owned())
    }
}

/// The region as it was opened.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Region {
    /// Under which a browser keeps scenarios of this region: it hangs on its data.
    pub key: String,
    /// Name of the region.
    pub name: Words,
    /// Title of the standard.
    pub standard: Words,
    /// Whether the data is invented.
    pub illustrative: bool,
    /// The folder's name.
    pub source: String,
    /// Limits of the driving rules, ascending.
    pub limits_s: Vec<f64>,
    /// Limit of the rule that is tried.
    pub limit_s: f64,
    /// Period in force.
    pub period: String,
    /// Periods of region.toml.
    pub periods: Vec<Period>,
    /// Stations, in the order of their layer.
    pub stations: Vec<Station>,
    /// Facilities.
    pub facilities: Vec<Place>,
    /// Defibrillators.
    pub aeds: Vec<Place>,
    /// Units that have ground.
    pub units: Vec<Unit>,
    /// Their ground, as GeoJSON.
    pub unit_shapes: Value,
    /// The audited area, as a GeoJSON geometry.
    pub boundary: Value,
    /// West, south, east, north.
    pub bbox: [f64; 4],
    /// People inside the boundary; `null` without a population layer.
    pub people: Option<f64>,
    /// SHA-256 of each file.
    pub made_on: BTreeMap<String, String>,
    /// The rules of the standard.
    pub rules: Vec<RuleOffered>,
    /// The scenario that the workbench was started with.
    pub scenario: Option<ScenarioFile>,
    /// Language to begin with.
    pub lang: String,
}

/// A period of the day.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Period {
    /// Its name in region.toml.
    pub name: String,
    /// Its name for people.
    pub label: Words,
    /// By how much driving takes longer.
    pub factor: f64,
}

/// A station.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Station {
    /// Id in the layer.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind; `null` if it is not known.
    pub kind: Option<String>,
    /// Where it stands.
    pub at: [f64; 2],
    /// Ambulances; `null` if not known.
    pub ambulances: Option<f64>,
    /// Its own turnout; `null`: that of the region.
    pub turnout_s: Option<f64>,
    /// Metres to the nearest road, if that is farther than a driveway should be: the station counts, and its crews drive all of it.
    pub off_road_m: Option<f64>,
}

/// A place with a name.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Place {
    /// Id in its layer.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind; `null` if it is not known.
    pub kind: Option<String>,
    /// Where it is.
    pub at: [f64; 2],
}

/// A unit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Unit {
    /// Id in the layer.
    pub id: String,
    /// Name.
    pub name: String,
}

/// A rule of the standard.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RuleOffered {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// Limit of a driving rule.
    pub limit_s: Option<f64>,
    /// When it is judged.
    pub tier: Tier,
}

/// When a figure is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// With every try.
    Try,
    /// Once the hand lets go.
    Drop,
}

/// A road.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Road {
    /// Name; empty if it has none.
    pub name: String,
    /// Class.
    pub kind: String,
    /// Measured speed; `null` if the file has none.
    pub kmh: Option<f64>,
    /// How an edit names it.
    pub choice: Value,
}

/// Edits, and the limit that is looked at.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The edits of a scenario, in their order.
    #[serde(default)]
    pub edits: Vec<Edit>,
    /// Limit; absent: that of the rule that is tried.
    #[serde(default)]
    pub limit_s: Option<f64>,
    /// All pieces of road, changed or not.
    #[serde(default)]
    pub full: bool,
    /// Number of sites to propose.
    #[serde(default)]
    pub sites: Option<usize>,
}

/// A scenario as a file holds it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioFile {
    /// Its name.
    pub name: String,
    /// Anything that its readers should know.
    #[serde(default)]
    pub note: String,
    /// Its edits.
    #[serde(default)]
    pub edits: Vec<Edit>,
}

/// The text of a scenario file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioText {
    /// TOML.
    pub text: String,
}

/// The head of a try, before the times of the roads.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Tried {
    /// How sure the figures are.
    pub tier: &'static str,
    /// People whom the rule counts; `null` without a population layer.
    pub people: Option<f64>,
    /// Of them, people within the limit.
    pub within: Option<f64>,
    /// Mean time of those who are reached; `null` if nobody is.
    pub mean_s: Option<f64>,
    /// People within each whole minute, from 0.
    pub curve: Option<Vec<f64>>,
    /// By unit.
    pub units: Vec<UnitTried>,
    /// The rule that is tried.
    pub rules: Vec<RuleJudged>,
    /// Stations as they stand then.
    pub stations: Vec<Station>,
    /// Edits that cannot be made, and are left out.
    pub refused: Vec<EditRefused>,
    /// Number of pieces of road that follow; `null`: all of them.
    pub changed: Option<usize>,
}

/// A unit under a try.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct UnitTried {
    /// Its id.
    pub id: String,
    /// People whom the rule counts.
    pub people: f64,
    /// Of them, people within the limit.
    pub within: f64,
}

/// An edit that cannot be made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EditRefused {
    /// Position from 0.
    pub edit: usize,
    /// Why.
    pub message: Words,
}

/// A rule with its verdict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RuleJudged {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// The verdict.
    pub verdict: VerdictWord,
    /// The figure and what it is compared with.
    pub figure: Words,
    /// The whole sentence.
    pub detail: Words,
    /// Only the first reading of the rule is judged so far, and it has others, or rests on a layer of which much could not be used:
    /// the verdict follows with every rule.
    pub provisional: bool,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictWord {
    /// Met under every reading.
    Met,
    /// Not met.
    Gap,
    /// The readings differ.
    DependsOnReading,
    /// An input is missing.
    CannotBeJudged,
}

impl From<Verdict> for VerdictWord {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Met => Self::Met,
            Verdict::Gap => Self::Gap,
            Verdict::Depends => Self::DependsOnReading,
            Verdict::CannotJudge => Self::CannotBeJudged,
        }
    }
}

/// Every rule under some edits.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Judged {
    /// In the order of the standard.
    pub rules: Vec<RuleJudged>,
}

/// Ground beyond the limit of a rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Zones {
    /// The rule.
    pub rule: String,
    /// Zones as a feature collection, with the fields of uncovered.geojson and `reason_words`.
    pub geojson: Value,
    /// Their area with proved bounds, km².
    pub area_km2: Bounds,
}

/// A figure with proved bounds.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Bounds {
    /// Best estimate.
    pub best: f64,
    /// Proved lower bound.
    pub low: f64,
    /// Proved upper bound.
    pub high: f64,
}

/// The best places.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Proposed {
    /// The sites, in the order of building.
    pub chosen: Vec<Place>,
    /// People newly in time with all of them.
    pub gain: f64,
    /// What is proved.
    pub proof: Words,
    /// Candidates with what each gives alone, the best first.
    pub candidates: Vec<CandidateGain>,
}

/// A candidate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CandidateGain {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub at: [f64; 2],
    /// People newly in time with it alone.
    pub gain: f64,
}

/// A station that fails.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StationLost {
    /// Its id.
    pub station: String,
    /// People in time no more.
    pub lost: f64,
}

/// Something found by name.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Found {
    /// What it is: station, unit, road or facility.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where to look.
    pub at: [f64; 2],
}

//! audit.json: the types it is written from and read back into.
//!
//! In: nothing; `from_audit` fills the types, `diff` parses them. The JSON Schema is
//! `data/schema/audit.schema.json`. Names are a contract with other programs: more may be added, none renamed. Parsing
//! ignores keys it does not know; keys that audits of earlier versions lack have a default.

mod datum;
mod equity;
mod input;
mod obeying;
mod parameters;
mod region;
mod rule;
mod scenario;
mod unit;

pub use datum::DatumDoubt;
pub use equity::{EquityReport, SpreadReport, UnitSpreadReport};
pub use input::InputReport;
pub use obeying::{ObeyingReport, PeopleInTimeReport};
pub use parameters::{Parameters, ZoneParameters};
pub use region::{
    BaselineReport, NeighbourReport, NetworkReport, PopulationReport, RegionReport, SharedRoadsReport, SilentReport,
    StandardReport,
};
pub use rule::{Cite, CountedReport, MutualAidReport, NeedReport, ReadingReport, RuleReport, ZoneSummary};
pub use scenario::{BeforeReport, ScenarioReport};
pub use unit::{UnitReport, UnitRuleReport};

use lifering_core::quality::network::NetworkQuality;
use lifering_core::quality::people::PeopleQuality;
use lifering_core::quality::road_use::RoadUse;
use lifering_core::quality::survey::Survey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Note in every file of illustrative data.
pub const ILLUSTRATIVE: &str = "示意数据 / illustrative data, not for planning";

/// Version of the shape.
pub const SCHEMA: &str = "lifering-audit/1";

/// audit.json.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of the shape: "lifering-audit/1".
    pub schema: String,
    /// The program that wrote the file.
    pub tool: Tool,
    /// The region audited.
    pub region: RegionReport,
    /// What was changed of the region before it was audited; absent if nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<ScenarioReport>,
    /// The standard it was audited against.
    pub standard: StandardReport,
    /// Rules by verdict, and the exit status.
    pub summary: Summary,
    /// Every parameter in force, defaults included.
    pub parameters: Parameters,
    /// People by where they count (definitions.md section 5).
    pub population: PopulationReport,
    /// The drivable network (definitions.md section 2).
    pub network: NetworkReport,
    /// What `lifering check` finds between the layers: roads, sites and people against each other. Audits of
    /// early versions lack it and are read with an empty survey.
    #[serde(default = "no_survey")]
    #[schemars(!default)]
    pub quality: Survey,
    /// Every file read, in the order of the layers.
    pub inputs: Vec<InputReport>,
    /// The five first questions, each with the rule that answers it. Audits of early versions lack it.
    #[serde(default)]
    #[schemars(!default)]
    pub core: Vec<CoreCheckReport>,
    /// Every rule, in the order of the standard.
    pub rules: Vec<RuleReport>,
    /// The roads' share of a larger file; absent if the region has a road file of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_roads: Option<SharedRoadsReport>,
    /// Stations of neighbouring regions; absent if mutual aid was not asked for. No verdict counts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutual_aid: Option<Vec<NeighbourReport>>,
    /// People in time if ambulances kept other traffic rules, for the first driving rule and those that share its times: a
    /// sensitivity beside the verdict. Absent if there is no such rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obeying: Vec<ObeyingReport>,
    /// How evenly help arrives, under the first driving rule. Absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equity: Option<EquityReport>,
    /// Layers that lie clearly nearer to the roads under another datum than they are given in. Absent if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datum_doubts: Vec<DatumDoubt>,
    /// Counts that the standard's own document states, beside the same counts in the data.
    #[serde(default)]
    #[schemars(!default)]
    pub baselines: Vec<BaselineReport>,
    /// Every unit of every level, by level and then in the order of its layer.
    pub units: Vec<UnitReport>,
}

/// The program that wrote a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// "lifering".
    pub name: String,
    /// Its version, as semantic versioning has it.
    pub version: String,
}

impl Tool {
    /// This program.
    pub fn this() -> Self {
        Self { name: "lifering".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// A check of the profile `core`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoreCheckReport {
    /// Id of the check in `core`.
    pub check: String,
    /// Id of the rule that answers it: of the standard's own if one asks the same, else the check itself.
    pub rule: String,
}

/// Rules by verdict, and the exit status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// 0: every binding rule is met; 1: at least one gap; 3: no gap, but something was not judged or depends on the reading.
    pub exit_status: u8,
    /// Number of binding rules by verdict (`met`, `gap`, `depends`, `cannot_judge`); a verdict without rules is absent.
    pub binding: BTreeMap<String, usize>,
    /// The same of advisory and historical rules, which bind nobody.
    pub advisory: BTreeMap<String, usize>,
}

/// Whether the name of a region marks its data as illustrative.
pub fn illustrative(name: &str) -> bool {
    name.contains("示意数据")
}

/// The survey of an audit that recorded none.
fn no_survey() -> Survey {
    Survey {
        network: NetworkQuality::default(),
        road_use: RoadUse::default(),
        sites: Vec::new(),
        people: PeopleQuality {
            total: 0.0,
            inside: 0.0,
            beyond_roads: 0.0,
            units_total: None,
            units_differ: 0,
            examples: Vec::new(),
        },
        roads_fit: None,
    }
}

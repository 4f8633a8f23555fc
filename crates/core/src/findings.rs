//! What an audit found: facts, no sentences.
//!
//! [`Findings`] is owned and serialisable. The report crate puts it into words; audit.json is findings plus these texts.

use crate::city::boundary::BoundaryOrigin;
use crate::measure::curve::Curve;
use crate::measure::equity::Equity;
use crate::measure::roads::RoadPiece;
use crate::network::Connectivity;
use crate::quality::fit::Fit;
use crate::quality::survey::Survey;
use crate::travel::WayOut;
use crate::zones::Zone;
use lifering_base::parameters::{Access, Drive, Obey, Population, Response, Roads, Walk};
use lifering_base::records::{Neighbour, RoadsTaken};
use lifering_base::units::Milliseconds;
use lifering_readers::InputRecord;
use lifering_standards::ExitStatus;
use lifering_standards::baselines::BaselineComparison;
use lifering_standards::catalogue::Standard;
use lifering_standards::outcome::RuleOutcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that an audit found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// The region.
    pub region: RegionFacts,
    /// The standard it was judged by.
    pub standard: Standard,
    /// The parameters in force.
    pub parameters: AuditParameters,
    /// The people.
    pub population: PopulationFigures,
    /// The drivable network.
    pub network: NetworkFigures,
    /// Roads, sites and people as they lie to each other.
    pub quality: Survey,
    /// By a layer's key: how its points fit the roads as given, as GCJ-02 and as BD-09. Point layers in China only.
    pub fits: BTreeMap<String, Fit>,
    /// Every file read, with all that was noticed in it.
    pub inputs: Vec<InputRecord>,
    /// The outcome of every rule, in the order of the standard.
    pub outcomes: Vec<RuleOutcome>,
    /// What the standard itself counted, beside the data.
    pub baselines: Vec<BaselineComparison>,
    /// Every unit and sub-centre area, by level.
    pub units: Vec<UnitFacts>,
    /// The file that the roads are a part of; `None` if they are the region's own.
    pub shared_roads: Option<RoadsTaken>,
    /// Stations of neighbouring regions; `None` without mutual aid. No verdict counts them.
    pub neighbours: Option<Vec<Neighbour>>,
    /// By position of the rule: its uncovered zones. Rules on time or distance only.
    pub zones: BTreeMap<usize, RuleZones>,
    /// By position of the rule: people by time or distance.
    pub curves: BTreeMap<usize, Curve>,
    /// Indexed by population sample: the first arrival under the standard's first driving rule, by its clock; `None` if
    /// never. Empty if the standard has no such rule.
    pub arrivals: Vec<Option<Milliseconds>>,
    /// By position of the rule: people whom two stations reach within its limit. Rules that share field and clock of the
    /// first driving rule only.
    pub covered_twice: BTreeMap<usize, f64>,
    /// How evenly help arrives, under the first driving rule; `None` without one.
    pub equity: Option<Equity>,
    /// People in time if ambulances kept other traffic rules: for the first driving rule and those that share its field.
    pub obeying: Vec<Obeying>,
    /// Indexed by the stations layer.
    pub stations: Vec<StationFigures>,
    /// Roads by travel time under the standard's first driving rule; `None` if it has none.
    pub road_times: Option<RoadTimes>,
}

impl Findings {
    /// The exit status that the verdicts mean (outputs.md).
    pub fn exit_status(&self) -> ExitStatus {
        ExitStatus::of(&self.outcomes)
    }
}

/// People in time under every obedience to traffic rules (roads.md section 8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Obeying {
    /// Position of the rule.
    pub rule: usize,
    /// What the verdict rests on.
    pub in_force: Obey,
    /// People by obedience.
    pub under: BTreeMap<Obey, PeopleInTime>,
}

/// People whom somebody reaches within a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PeopleInTime {
    /// People in time.
    pub in_time: f64,
    /// People whom the rule is about.
    pub of: f64,
}

impl PeopleInTime {
    /// Share of the people whom the rule is about, 0 to 1; `None` if it is about nobody.
    pub fn share(&self) -> Option<f64> {
        (self.of > 0.0).then(|| self.in_time / self.of)
    }
}

/// A figure with proved bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Best estimate.
    pub best: f64,
    /// Proved lower bound.
    pub low: f64,
    /// Proved upper bound.
    pub high: f64,
}

/// The region of an audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegionFacts {
    /// Name in region.toml.
    pub name: String,
    /// The region as it was named when opened.
    pub path: String,
    /// SHA-256 of region.toml, hexadecimal.
    pub settings_sha256: String,
    /// Area inside the boundary, m².
    pub boundary_m2: f64,
    /// The source of the boundary.
    pub boundary_from: BoundaryOrigin,
}

/// Parameters in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditParameters {
    /// `[response]`.
    pub response: Response,
    /// `[drive]`.
    pub drive: Drive,
    /// `[access]`.
    pub access: Access,
    /// `[walk]`.
    pub walk: Walk,
    /// `[roads]`.
    pub roads: Roads,
    /// `[population]`.
    pub population: Population,
    /// How zones are drawn.
    pub zones: ZoneDrawing,
}

/// How zones are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ZoneDrawing {
    /// Undecided area aimed for, as a share of the boundary's area.
    pub error_share: f64,
    /// Side of the smallest square, metres.
    pub floor_m: f64,
    /// Holes and slivers below this are not drawn, m².
    pub min_zone_m2: f64,
}

/// Numbers of people.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PopulationFigures {
    /// In the layer, before clipping and scaling.
    pub total: f64,
    /// Inside the boundary, after scaling; all shares are of these.
    pub inside: f64,
    /// Outside the boundary, left out, before scaling.
    pub outside: f64,
    /// Number of population samples.
    pub samples: usize,
    /// With no road within `max_m`.
    pub no_road: f64,
    /// With roads within `max_m` that no station reaches.
    pub cut_off: f64,
    /// Factor from `[population] scale_to`; `None` if the people are not scaled.
    pub scale: Option<f64>,
}

/// Figures of the drivable network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkFigures {
    /// Junctions.
    pub nodes: usize,
    /// Directed links between them.
    pub edges: usize,
    /// Its connected components.
    pub connectivity: Connectivity,
}

/// A unit or sub-centre area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitFacts {
    /// Id in the units layer, or of the sub-centre.
    pub id: String,
    /// Name in the units layer, or of the sub-centre.
    pub name: String,
    /// district, town, village, `sub_center_area` ...
    pub level: String,
    /// People whose sample lies in it.
    pub people: f64,
}

/// The uncovered zones of one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleZones {
    /// The largest first.
    pub zones: Vec<Zone>,
    /// Uncovered area, slivers included, m².
    pub area_m2: Estimate,
    /// What the drawing leaves out.
    pub not_drawn: NotDrawn,
    /// Side of the finest squares, metres; `None` for radius rules.
    pub resolution_m: Option<f64>,
    /// To be added to the times of the zones: the field's clock starts later than the rule's.
    pub shift: Milliseconds,
    /// Sites of the field, as positions in the evidence; a source of a zone is a position in this list.
    pub sites: Vec<usize>,
    /// Lengths of road; `None` for radius rules.
    pub road: Option<RoadLengths>,
    /// Whether the zones were drawn on the network of walkers; false for the network of vehicles and for none.
    pub on_foot: bool,
}

/// Area that a drawing leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotDrawn {
    /// Uncovered slivers that are not drawn, m².
    pub dropped_m2: f64,
    /// Covered holes that are drawn as uncovered, m².
    pub filled_m2: f64,
}

/// Lengths of road.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoadLengths {
    /// Reached within the limit, km.
    pub within_km: f64,
    /// All, km.
    pub all_km: f64,
}

/// Figures of one station under the standard's first driving rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StationFigures {
    /// Position in the evidence's sites.
    pub site: usize,
    /// People whom it reaches first.
    pub people_first: f64,
    /// Of them, those within the rule's limit.
    pub people_in_time: f64,
    /// Of these, those whom no other station reaches within it: they lose their cover if this one fails.
    pub people_only: f64,
    /// Length of its driveway, metres; `None` if there is no road to enter.
    pub driveway_m: Option<f64>,
    /// Set if its nearest roads lead nowhere and it enters the main part of the network as well.
    pub way_out: Option<WayOut>,
}

impl StationFigures {
    /// A station that reaches nobody.
    pub(crate) fn none(site: usize) -> Self {
        Self { site, people_first: 0.0, people_in_time: 0.0, people_only: 0.0, driveway_m: None, way_out: None }
    }
}

/// Roads cut at the driving limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoadTimes {
    /// The limits, seconds by the rules' clock, ascending.
    pub limits_s: Vec<f64>,
    /// Where the roads are cut, seconds by the rules' clock, ascending: the limits, and round shares of the first one.
    pub classes_s: Vec<f64>,
    /// Stretches of road between the cuts; their `band` is a position in `classes_s`.
    pub pieces: Vec<RoadPiece>,
    /// To be added to the pieces' times.
    pub shift: Milliseconds,
}

impl RoadTimes {
    /// The first limit (position in `limits_s`) that a class keeps; `None` beyond the last.
    pub fn limit_of(&self, class: usize) -> Option<usize> {
        self.limits_s.iter().position(|limit| self.classes_s[class] <= *limit)
    }
}

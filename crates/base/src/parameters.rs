//! The parameters of an audit, with their defaults: the tables of region.toml that audit.json repeats.
//!
//! In: TOML or JSON through serde. Out: plain values; their ranges are checked where region.toml is read.

use crate::records::road_class::RoadClass;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `[response]`: seconds from the call until the ambulance leaves (definitions.md section 3; standards.md F1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Response {
    /// Answering the call, seconds.
    pub answer_s: f64,
    /// Taking and passing on the call, seconds.
    pub process_s: f64,
    /// Crew and vehicle leaving, seconds; a station's own `turnout_s` replaces it.
    pub turnout_s: f64,
}

impl Default for Response {
    /// definitions.md section 3: 4 minutes in all.
    fn default() -> Self {
        Self { answer_s: 10.0, process_s: 50.0, turnout_s: 180.0 }
    }
}

/// Which traffic rules an ambulance keeps on an urgent run (roads.md section 8; article 53 of the Road Traffic Safety Law
/// of China lets it leave them where that is safe).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Obey {
    /// One-way streets, turn restrictions and signals.
    #[default]
    All,
    /// One-way streets and signals, but no turn restrictions.
    Directions,
    /// None of them; closed roads and blocked points stay closed.
    Nothing,
}

impl Obey {
    /// All of them, the strictest first.
    pub const EACH: [Self; 3] = [Self::All, Self::Directions, Self::Nothing];

    /// Its word in region.toml.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Directions => "directions",
            Self::Nothing => "nothing",
        }
    }
}

/// `[drive]`: speeds of vehicles (definitions.md section 2) and what they may drive on (roads.md).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Drive {
    /// Name of the period in force, one of `periods`.
    pub period: String,
    /// Factors on driving time by name of the period.
    pub periods: BTreeMap<String, f64>,
    /// Speed of classes without a speed of their own, km/h.
    pub default_kmh: f64,
    /// Speed between a station and the road, km/h.
    pub driveway_kmh: f64,
    /// Length of a driveway beyond which it is reported, metres.
    pub max_driveway_m: f64,
    /// Whether `maxspeed` comes before the class table.
    pub use_maxspeed: bool,
    /// Share of `maxspeed` that is driven.
    pub maxspeed_factor: f64,
    /// Speeds that replace those of the class table, km/h.
    pub speeds_kmh: BTreeMap<RoadClass, f64>,
    /// Traffic rules that are kept.
    pub obey: Obey,
    /// Whether private roads and gates are open to an ambulance on a run.
    pub private: bool,
    /// Time that a gate costs, seconds.
    pub gate_s: f64,
    /// Time that a node with traffic signals costs, seconds.
    pub signal_s: f64,
    /// Whether ferries are used.
    pub ferries: bool,
    /// Wait for a ferry, seconds.
    pub ferry_wait_s: f64,
}

impl Default for Drive {
    /// Driveways: definitions.md section 3; obedience, gates, signals and ferries: roads.md. The rest are assumptions of this
    /// tool, to be replaced by dispatch-log speeds.
    fn default() -> Self {
        Self {
            period: "offpeak".to_owned(),
            periods: BTreeMap::from([("offpeak".to_owned(), 1.0), ("peak".to_owned(), 1.2)]),
            default_kmh: 20.0,
            driveway_kmh: 20.0,
            max_driveway_m: 300.0,
            use_maxspeed: false,
            maxspeed_factor: 0.7,
            speeds_kmh: BTreeMap::new(),
            obey: Obey::All,
            private: true,
            gate_s: 0.0,
            signal_s: 0.0,
            ferries: false,
            ferry_wait_s: 600.0,
        }
    }
}

impl Drive {
    /// Factor on driving time in the period in force; 1 if `periods` does not name it, which region.toml cannot do.
    pub fn period_factor(&self) -> f64 {
        self.periods.get(&self.period).copied().unwrap_or(1.0)
    }
}

/// `[access]`: the leg from the vehicle to the patient (definitions.md section 4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// Speed of the leg, km/h.
    pub speed_kmh: f64,
    /// Longest leg, metres.
    pub max_m: f64,
    /// Road classes without roadside access.
    pub no_roadside: Vec<RoadClass>,
    /// Whether bridges, tunnels and motorroads have roadside access (roads.md section 3).
    pub roadside_on_bridges: bool,
}

impl Default for Access {
    /// definitions.md section 4 (speed, length) and section 3 (classes).
    fn default() -> Self {
        Self {
            speed_kmh: 4.0,
            max_m: 300.0,
            no_roadside: vec![RoadClass::Motorway, RoadClass::MotorwayLink],
            roadside_on_bridges: false,
        }
    }
}

/// `[walk]`: walking to a facility (definitions.md section 4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Walk {
    /// Along the network, metres a second.
    pub speed_m_s: f64,
    /// Along the network for the elderly, metres a second.
    pub elderly_m_s: f64,
    /// Between the network and a person or facility, metres a second. The elderly are slower there as well, in the ratio of
    /// their pace to the usual one: [`Walk::elderly_access_m_s`].
    pub access_m_s: f64,
}

impl Walk {
    /// Between the network and an elderly person or a facility, metres a second: `access_m_s` times `elderly_m_s` /
    /// `speed_m_s` (0.6 by default), and never more than `elderly_m_s`. The last leg holds the same detours for everybody.
    #[must_use]
    pub fn elderly_access_m_s(&self) -> f64 {
        (self.access_m_s * self.elderly_m_s / self.speed_m_s).min(self.elderly_m_s)
    }
}

impl Default for Walk {
    /// definitions.md section 4.
    fn default() -> Self {
        Self { speed_m_s: 1.2, elderly_m_s: 0.8, access_m_s: 0.9 }
    }
}

/// `[roads]`: how lines join beside their shared vertices (definitions.md section 2; nothing by default).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Roads {
    /// Distance up to which line ends are joined to each other or to a line, metres; 0 for none.
    pub snap_m: f64,
    /// Whether lines that cross in the plane join.
    pub split_crossings: bool,
}

/// `[population]`: population totals (definitions.md section 5; nothing is scaled by default).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Population {
    /// Total that the people inside the boundary are scaled to.
    pub scale_to: Option<f64>,
    /// Year of the standard's own population figure to scale to instead; a year given with the run goes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// What the numbers of a population raster are; absent: guessed from the unit of the band and the name of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raster: Option<RasterMeaning>,
}

/// What the numbers of a population raster are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RasterMeaning {
    /// People in each cell.
    Count,
    /// People per square kilometre.
    PerKm2,
}

/// `[zones]`: how uncovered zones are drawn (definitions.md section 6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Zones {
    /// Area below which holes and slivers are not drawn, square metres.
    pub min_zone_m2: f64,
    /// Aim for the undecided area, as a share of the boundary's area.
    pub error_share: f64,
    /// Side of the smallest square, metres.
    pub floor_m: f64,
}

impl Default for Zones {
    /// Least zone: definitions.md section 6. The others trade time against width of the bounds and change no verdict.
    fn default() -> Self {
        Self { min_zone_m2: 2500.0, error_share: 0.002, floor_m: 10.0 }
    }
}

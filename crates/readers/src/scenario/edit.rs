//! The edits of a scenario.
//!
//! In: `[[edit]]` of scenario.toml, through serde. Out: [`Edit`]: one change of a region, by the words of the file. Values
//! are checked beside (`check.rs`); whether the region has what an edit names, only the city knows.

use lifering_base::frame::LonLat;
use lifering_base::records::attributes::Scalar;
use lifering_base::records::road_class::RoadClass;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longitude and latitude, degrees (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Position(pub f64, pub f64);

impl Position {
    /// The place.
    pub fn place(self) -> LonLat {
        LonLat::new(self.0, self.1)
    }
}

/// One change of a region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// A station more.
    AddStation(NewStation),
    /// A station at another place.
    MoveStation(MovedStation),
    /// A station less.
    CloseStation(ClosedStation),
    /// What a station has.
    SetStation(StationValues),
    /// A medical facility more.
    AddFacility(NewFacility),
    /// A medical facility less.
    CloseFacility(ClosedFacility),
    /// A defibrillator more.
    AddAed(NewAed),
    /// A defibrillator less.
    CloseAed(ClosedAed),
    /// Roads closed to vehicles and to people on foot.
    CloseRoad(RoadChoice),
    /// Roads with another driving speed.
    SetRoadSpeed(RoadSpeed),
    /// The period in force.
    SetPeriod(PeriodInForce),
    /// Seconds before the ambulance leaves.
    SetResponse(ResponseTimes),
    /// The leg between road and person.
    SetAccess(AccessLegValues),
    /// Driving speeds by road class, km/h.
    SetSpeeds(BTreeMap<RoadClass, f64>),
    /// More people, or fewer.
    ScalePeople(PeopleScale),
    /// A housing area with its people.
    AddHousing(Housing),
}

impl Edit {
    /// Its word in scenario.toml.
    pub fn word(&self) -> &'static str {
        match self {
            Self::AddStation(_) => "add_station",
            Self::MoveStation(_) => "move_station",
            Self::CloseStation(_) => "close_station",
            Self::SetStation(_) => "set_station",
            Self::AddFacility(_) => "add_facility",
            Self::CloseFacility(_) => "close_facility",
            Self::AddAed(_) => "add_aed",
            Self::CloseAed(_) => "close_aed",
            Self::CloseRoad(_) => "close_road",
            Self::SetRoadSpeed(_) => "set_road_speed",
            Self::SetPeriod(_) => "set_period",
            Self::SetResponse(_) => "set_response",
            Self::SetAccess(_) => "set_access",
            Self::SetSpeeds(_) => "set_speeds",
            Self::ScalePeople(_) => "scale_people",
            Self::AddHousing(_) => "add_housing",
        }
    }
}

/// A value of an attribute that has no field of its own here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AttributeValue {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
}

impl From<&AttributeValue> for Scalar {
    fn from(value: &AttributeValue) -> Self {
        match value {
            AttributeValue::Flag(flag) => Self::Bool(*flag),
            AttributeValue::Number(number) => Self::Number(*number),
            AttributeValue::Text(text) => Self::Text(text.clone()),
        }
    }
}

/// A new station, with the fields of the stations layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStation {
    /// Id that no station of the region has.
    pub id: String,
    /// Name; the id if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it stands.
    pub at: Position,
    /// `center`, `sub_center`, `station` or `air`, or a word of the layer for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Ambulances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ambulances: Option<f64>,
    /// Ambulances with negative pressure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative_pressure: Option<f64>,
    /// Its own turnout, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnout_s: Option<f64>,
    /// Other fields of the layer, by lifering's names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, AttributeValue>,
}

/// A station that moves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MovedStation {
    /// Id of the station, or a name that it alone has.
    pub station: String,
    /// Where it stands then.
    pub to: Position,
}

/// A station that closes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosedStation {
    /// Id of the station, or a name that it alone has.
    pub station: String,
}

/// What a station has; at least one of the values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StationValues {
    /// Id of the station, or a name that it alone has.
    pub station: String,
    /// Ambulances; 0: nobody starts there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ambulances: Option<f64>,
    /// Ambulances with negative pressure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative_pressure: Option<f64>,
    /// Its own turnout, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnout_s: Option<f64>,
}

/// A new medical facility, with the fields of the facilities layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFacility {
    /// Id that no facility of the region has.
    pub id: String,
    /// Name; the id if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it stands.
    pub at: Position,
    /// `hospital`, `community_health`, `town_hospital` or `clinic`, or a word of the layer for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Other fields of the layer, by lifering's names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, AttributeValue>,
}

/// A facility that closes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosedFacility {
    /// Id of the facility, or a name that it alone has.
    pub facility: String,
}

/// A new place with defibrillators, with the fields of the AED layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAed {
    /// Id that no AED of the region has.
    pub id: String,
    /// Name; the id if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it hangs.
    pub at: Position,
    /// Devices; 1 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<f64>,
    /// Other fields of the layer, by lifering's names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, AttributeValue>,
}

/// An AED that is taken away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosedAed {
    /// Id of the AED, or a name that it alone has.
    pub aed: String,
}

/// The roads that an edit is about, by one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoadChoice {
    /// Every road of this id.
    Id(String),
    /// The road at this position in its file, counted from 0.
    Feature(usize),
    /// Every road of this name.
    Name(String),
    /// A drawn polygon, by its corners. It closes the stretches of road inside it; another speed holds for every road that
    /// it touches, each as a whole.
    Area(Vec<Position>),
    /// A drawn line. It closes the roads that it crosses or runs along, within 1 m; another speed holds for every road
    /// that it touches, each as a whole.
    Line(Vec<Position>),
}

/// Roads with another driving speed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoadSpeed {
    /// Which roads.
    pub road: RoadChoice,
    /// Speed before the factor of the period, km/h.
    pub kmh: f64,
}

/// The period in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodInForce {
    /// Its name in `[drive] periods`, or another name with a `factor`.
    pub period: String,
    /// Factor on driving time; absent for the one of region.toml.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<f64>,
}

/// `[response]`; at least one of the values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseTimes {
    /// Until the call is answered, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_s: Option<f64>,
    /// From answer to alarm, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_s: Option<f64>,
    /// From alarm to departure, seconds; a station's own replaces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnout_s: Option<f64>,
}

/// `[access]`; at least one of the values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessLegValues {
    /// Speed of the leg, km/h.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_kmh: Option<f64>,
    /// Longest leg, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_m: Option<f64>,
}

/// More people, or fewer: one of `factor`, `total` and `year`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleScale {
    /// Id or name of the unit whose people are meant; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Factor on their number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<f64>,
    /// Their number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<f64>,
    /// The standard's own population of this year, and its limits of that year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
}

/// A housing area with its people: drawn, or at one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Housing {
    /// Name, for whoever reads the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// People, counted as those of the population layer are.
    pub people: f64,
    /// Its polygon, by its corners.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Vec<Position>>,
    /// Its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Position>,
    /// Whether it is urban; absent if not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urban: Option<bool>,
}

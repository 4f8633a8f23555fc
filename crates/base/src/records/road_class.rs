//! Road classes: their names in OpenStreetMap and in Chinese data, default speeds, who may use them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The class of a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are OpenStreetMap's own")]
pub enum RoadClass {
    Motorway,
    MotorwayLink,
    Trunk,
    TrunkLink,
    Primary,
    PrimaryLink,
    Secondary,
    SecondaryLink,
    Tertiary,
    TertiaryLink,
    Residential,
    Unclassified,
    LivingStreet,
    Service,
    Track,
    Footway,
    Path,
    Pedestrian,
    Steps,
    Cycleway,
    Bridleway,
    Corridor,
    Platform,
    Construction,
    Proposed,
    Busway,
    BusGuideway,
    Raceway,
    Escape,
    RestArea,
    Elevator,
    Ladder,
    ViaFerrata,
    Trail,
    Razed,
    Abandoned,
    Disused,
    Discontinued,
    Planned,
    No,
    /// `route=ferry`, with or without a class.
    Ferry,
    /// Any other word, or none: driven at `default_kmh`, and reported.
    Other,
}

use RoadClass as C;

/// Classes by name: the OpenStreetMap words and those of Chinese bureau data (JTG B01 and CJJ 37 class names).
const NAMES: &[(&str, RoadClass)] = &[
    ("motorway", C::Motorway),
    ("高速公路", C::Motorway),
    ("高速", C::Motorway),
    ("高速路", C::Motorway),
    ("motorway_link", C::MotorwayLink),
    ("高速匝道", C::MotorwayLink),
    ("高速公路匝道", C::MotorwayLink),
    ("trunk", C::Trunk),
    ("快速路", C::Trunk),
    ("城市快速路", C::Trunk),
    ("国道", C::Trunk),
    ("一级公路", C::Trunk),
    ("trunk_link", C::TrunkLink),
    ("匝道", C::TrunkLink),
    ("primary", C::Primary),
    ("省道", C::Primary),
    ("主干路", C::Primary),
    ("主干道", C::Primary),
    ("城市主干路", C::Primary),
    ("城市主干道", C::Primary),
    ("二级公路", C::Primary),
    ("primary_link", C::PrimaryLink),
    ("secondary", C::Secondary),
    ("次干路", C::Secondary),
    ("次干道", C::Secondary),
    ("城市次干路", C::Secondary),
    ("城市次干道", C::Secondary),
    ("县道", C::Secondary),
    ("三级公路", C::Secondary),
    ("secondary_link", C::SecondaryLink),
    ("tertiary", C::Tertiary),
    ("支路", C::Tertiary),
    ("城市支路", C::Tertiary),
    ("乡道", C::Tertiary),
    ("四级公路", C::Tertiary),
    ("tertiary_link", C::TertiaryLink),
    ("residential", C::Residential),
    ("居住区道路", C::Residential),
    ("街巷", C::Residential),
    ("巷道", C::Residential),
    ("小区道路", C::Residential),
    ("unclassified", C::Unclassified),
    ("村道", C::Unclassified),
    ("乡村道路", C::Unclassified),
    ("等外公路", C::Unclassified),
    ("其他道路", C::Unclassified),
    ("living_street", C::LivingStreet),
    ("service", C::Service),
    ("内部道路", C::Service),
    ("track", C::Track),
    ("机耕路", C::Track),
    ("footway", C::Footway),
    ("人行道", C::Footway),
    ("步行道", C::Footway),
    ("path", C::Path),
    ("小路", C::Path),
    ("pedestrian", C::Pedestrian),
    ("步行街", C::Pedestrian),
    ("steps", C::Steps),
    ("台阶", C::Steps),
    ("cycleway", C::Cycleway),
    ("自行车道", C::Cycleway),
    ("非机动车道", C::Cycleway),
    ("bridleway", C::Bridleway),
    ("corridor", C::Corridor),
    ("platform", C::Platform),
    ("construction", C::Construction),
    ("在建", C::Construction),
    ("proposed", C::Proposed),
    ("规划", C::Proposed),
    ("busway", C::Busway),
    ("公交专用道", C::Busway),
    ("bus_guideway", C::BusGuideway),
    ("raceway", C::Raceway),
    ("escape", C::Escape),
    ("rest_area", C::RestArea),
    ("elevator", C::Elevator),
    ("电梯", C::Elevator),
    ("ladder", C::Ladder),
    ("via_ferrata", C::ViaFerrata),
    ("trail", C::Trail),
    ("razed", C::Razed),
    ("abandoned", C::Abandoned),
    ("disused", C::Disused),
    ("废弃", C::Disused),
    ("discontinued", C::Discontinued),
    ("planned", C::Planned),
    ("no", C::No),
    ("ferry", C::Ferry),
    ("轮渡", C::Ferry),
    ("渡口", C::Ferry),
];

impl RoadClass {
    /// The class of a word; `None` if it is not known.
    pub fn from_word(word: &str) -> Option<Self> {
        NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, class)| *class)
    }

    /// Default driving speed (definitions.md section 2, a tool assumption; replace it by dispatch-log speeds).
    ///
    /// # Units
    /// Kilometres an hour; `None` if the class has no entry and `default_kmh` applies.
    pub fn default_kmh(self) -> Option<f64> {
        Some(match self {
            C::Motorway => 60.0,
            C::Trunk => 50.0,
            C::Primary | C::MotorwayLink => 40.0,
            C::Secondary | C::TrunkLink | C::PrimaryLink => 30.0,
            C::Tertiary | C::SecondaryLink => 25.0,
            C::Residential | C::Unclassified | C::TertiaryLink => 20.0,
            C::Service => 15.0,
            C::LivingStreet | C::Track => 10.0,
            _ => return None,
        })
    }

    /// Whether vehicles may use it, if no access key says otherwise (roads.md section 1). Ferries have a switch of their
    /// own.
    pub fn drivable(self) -> bool {
        !self.never_drivable()
            && !self.closed_to_vehicles()
            && !matches!(
                self,
                C::Footway
                    | C::Path
                    | C::Pedestrian
                    | C::Cycleway
                    | C::Bridleway
                    | C::Corridor
                    | C::Platform
                    | C::Construction
                    | C::Proposed
            )
    }

    /// Whether it is a carriageway that is not for vehicles in general (roads.md section 1).
    pub fn closed_to_vehicles(self) -> bool {
        matches!(self, C::Busway | C::BusGuideway | C::Raceway | C::Escape | C::RestArea)
    }

    /// Whether no vehicle gets through, whatever an access key says (roads.md section 1).
    pub fn never_drivable(self) -> bool {
        matches!(self, C::Steps | C::Elevator | C::Ladder | C::ViaFerrata | C::Trail) || self.not_there()
    }

    /// Whether the road is gone or not built yet.
    fn not_there(self) -> bool {
        matches!(self, C::Razed | C::Abandoned | C::Disused | C::Discontinued | C::Planned | C::No)
    }

    /// Whether people on foot may use it (definitions.md section 2): not motorways, ferries, or what is not there.
    pub fn walkable(self) -> bool {
        !matches!(self, C::Motorway | C::MotorwayLink | C::Construction | C::Proposed | C::Ferry) && !self.not_there()
    }

    /// OpenStreetMap's word for the class.
    pub fn word(self) -> &'static str {
        NAMES.iter().find(|(_, class)| *class == self).map_or("other", |(name, _)| name)
    }
}

impl fmt::Display for RoadClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

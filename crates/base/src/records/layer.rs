//! The layers of a region.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A layer of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The area that is audited.
    Boundary,
    /// Districts, towns, villages, sub-centre areas.
    Units,
    /// People.
    Population,
    /// The road network.
    Roads,
    /// Emergency centres, sub-centres and stations.
    Stations,
    /// Stations of neighbouring regions: mutual aid, reported beside the verdicts and never part of them.
    Neighbours,
    /// Hospitals, health centres, clinics.
    Facilities,
    /// Automated external defibrillators.
    Aeds,
    /// Places for new stations.
    Candidates,
    /// Lines and areas that an access leg cannot cross.
    Barriers,
    /// Lines and areas on which roads are closed.
    Closures,
    /// Points on vertices of roads: gates, bollards, blocks, traffic signals (roads.md sections 5 and 6).
    RoadBarriers,
    /// Turn restrictions between roads (roads.md section 6).
    Turns,
    /// One of `[layers.extra]`: records that standards ask for beside the layers above.
    Extra,
}

impl Layer {
    /// All layers with a key of their own, in the order they are read and reported.
    pub const ALL: [Self; 13] = [
        Self::Boundary,
        Self::Units,
        Self::Population,
        Self::Roads,
        Self::Stations,
        Self::Neighbours,
        Self::Facilities,
        Self::Aeds,
        Self::Candidates,
        Self::Barriers,
        Self::Closures,
        Self::RoadBarriers,
        Self::Turns,
    ];

    /// What is said about driving on roads, in layers of its own.
    pub const WITH_ROADS: [Self; 2] = [Self::RoadBarriers, Self::Turns];

    /// Key of the layer in `[layers]` of region.toml.
    pub fn key(self) -> &'static str {
        match self {
            Self::Boundary => "boundary",
            Self::Units => "units",
            Self::Population => "population",
            Self::Roads => "roads",
            Self::Stations => "stations",
            Self::Neighbours => "neighbours",
            Self::Facilities => "facilities",
            Self::Aeds => "aeds",
            Self::Candidates => "candidates",
            Self::Barriers => "barriers",
            Self::Closures => "closures",
            Self::RoadBarriers => "road_barriers",
            Self::Turns => "turns",
            Self::Extra => "extra",
        }
    }
}

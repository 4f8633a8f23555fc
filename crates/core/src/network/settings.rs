//! Modes of travel, and what shapes a network beside the roads themselves.

use super::closures::ClosedRoads;
use lifering_base::records::road_class::RoadClass;
use lifering_base::records::{Direction, Road};
use serde::{Deserialize, Serialize};

/// Mode of travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Usage {
    /// Ambulances: one-way streets and `no_roadside` classes count.
    Drive,
    /// People on foot: every walkable road in both directions, with roadside access everywhere.
    Walk,
}

impl Usage {
    /// Whether the road may be used at all.
    pub(super) fn may_use(self, road: &Road) -> bool {
        match self {
            Self::Drive => road.class.drivable() && !road.no_vehicles,
            Self::Walk => road.class.walkable(),
        }
    }

    /// Whether the road may be used as drawn, and against the drawing; both false if it may not be used at all.
    pub(super) fn directions(self, road: &Road) -> [bool; 2] {
        if !self.may_use(road) {
            return [false, false];
        }
        match (self, road.direction) {
            (Self::Walk, _) | (_, Direction::Both) => [true, true],
            (Self::Drive, Direction::Forward) => [true, false],
            (Self::Drive, Direction::Backward) => [false, true],
        }
    }
}

/// What shapes the network beside the roads themselves.
#[derive(Clone, Copy, Debug)]
pub struct BuildSettings<'a> {
    /// Mode of travel.
    pub usage: Usage,
    /// Classes without roadside access for vehicles.
    pub no_roadside: &'a [RoadClass],
    /// Line ends nearer than this are joined, metres; 0 joins none.
    pub snap_m: f64,
    /// Whether crossings at one level are junctions.
    pub split_crossings: bool,
    /// Areas in which roads are closed; `None` if nothing is closed.
    pub closed: Option<&'a ClosedRoads>,
}

impl BuildSettings<'_> {
    /// Whether lines are joined that share no vertex.
    pub(super) fn nodes_lines(&self) -> bool {
        self.split_crossings || self.snap_m > 0.0
    }
}

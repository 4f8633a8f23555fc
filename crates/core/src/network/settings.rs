//! Modes of travel, and what shapes a network beside the roads themselves.

use super::closures::ClosedRoads;
use lifering_base::parameters::{Drive, Obey};
use lifering_base::records::road_class::RoadClass;
use lifering_base::records::{Road, RoadBarrier, Turn};
use lifering_readers::settings::Settings;

/// Mode of travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Usage {
    /// Ambulances that keep these traffic rules: access, blocked points and roads without roadside access count always.
    Drive(Obey),
    /// People on foot: every walkable road in both directions, with roadside access everywhere.
    Walk,
}

impl Usage {
    /// Whether the road may be used at all.
    pub(super) fn may_use(self, road: &Road, drive: &Drive) -> bool {
        self.directions(road, drive) != [false, false]
    }

    /// Whether the road may be used as drawn, and against the drawing; both false if it may not be used at all.
    pub(super) fn directions(self, road: &Road, drive: &Drive) -> [bool; 2] {
        match self {
            Self::Drive(obey) => road.driven(drive, obey),
            Self::Walk => [road.walked(); 2],
        }
    }
}

/// What shapes the network beside the roads themselves.
#[derive(Clone, Copy, Debug)]
pub struct BuildSettings<'a> {
    /// Mode of travel.
    pub usage: Usage,
    /// `[drive]`, `[access]` and `[roads]` of region.toml.
    pub settings: &'a Settings,
    /// Areas in which roads are closed; `None` if nothing is closed.
    pub closed: Option<&'a ClosedRoads>,
    /// Points on roads.
    pub points: &'a [RoadBarrier],
    /// Turn restrictions.
    pub turns: &'a [Turn],
}

impl<'a> BuildSettings<'a> {
    /// Nothing but the roads and the settings.
    pub fn plain(usage: Usage, settings: &'a Settings) -> Self {
        Self { usage, settings, closed: None, points: &[], turns: &[] }
    }

    /// Whether lines are joined that share no vertex.
    pub(super) fn nodes_lines(&self) -> bool {
        self.settings.roads.split_crossings || self.settings.roads.snap_m > 0.0
    }

    /// Whether one can step down from a road at its side (roads.md section 3).
    pub(super) fn has_roadside(&self, road: &Road) -> bool {
        let access = &self.settings.access;
        match self.usage {
            Usage::Walk => true,
            Usage::Drive(_) => {
                road.class != RoadClass::Ferry
                    && !access.no_roadside.contains(&road.class)
                    && (access.roadside_on_bridges || !road.raised())
            }
        }
    }

    /// The points on roads that this mode of travel meets.
    pub(super) fn points(&self) -> &'a [RoadBarrier] {
        match self.usage {
            Usage::Drive(_) => self.points,
            Usage::Walk => &[],
        }
    }

    /// The turn restrictions that this mode of travel keeps.
    pub(super) fn turns(&self) -> &'a [Turn] {
        match self.usage {
            Usage::Drive(Obey::All) => self.turns,
            _ => &[],
        }
    }

    /// Time that passing a point costs, whole milliseconds.
    pub(super) fn delay_ms(&self, point: &RoadBarrier) -> u32 {
        let drive = &self.settings.drive;
        let obeyed = match self.usage {
            Usage::Drive(Obey::Nothing) => point.delay_s(&Drive { signal_s: 0.0, ..drive.clone() }),
            _ => point.delay_s(drive),
        };
        (obeyed * 1000.0).round() as u32
    }
}

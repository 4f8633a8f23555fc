//! Points on roads: what stops an ambulance, or costs it time.

use super::road::Permission;
use crate::frame::LonLat;
use crate::parameters::Drive;

/// What stands at a point of a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarrierKind {
    /// What opens: gates of all kinds, toll booths, border controls. It costs `[drive] gate_s`.
    Gate,
    /// A gate that is locked: it opens for those alone whom the point names as emergencies.
    LockedGate,
    /// What is driven over or under: a cattle grid, a kerb, an entrance, a height restrictor that is high enough.
    Passable,
    /// Everything else: bollards, blocks, chains, walls.
    Blocking,
    /// Nothing that stops anybody, such as traffic signals alone.
    Nothing,
}

/// A point that lies on a vertex of a road (roads.md sections 5 and 6).
#[derive(Clone, Debug, PartialEq)]
pub struct RoadBarrier {
    /// Position of the feature in the file, counted from 0.
    pub feature: usize,
    /// Id; `None` if the file has none.
    pub id: Option<String>,
    /// Place, equal to a vertex of a road to 1e-7 degrees.
    pub place: LonLat,
    /// What stands there.
    pub kind: BarrierKind,
    /// What the access keys of the point say.
    pub access: Permission,
    /// Whether there are traffic signals.
    pub signals: bool,
}

impl RoadBarrier {
    /// Whether no ambulance gets past (roads.md section 5). The access keys decide first; a locked gate opens for
    /// emergencies alone.
    pub fn blocks(&self, drive: &Drive) -> bool {
        match (self.access, self.kind) {
            (Permission::ForEmergencies, _) => false,
            (Permission::Closed | Permission::NotForEmergencies, _) | (_, BarrierKind::LockedGate) => true,
            (Permission::Private, _) => !drive.private,
            (Permission::Open, _) => false,
            (Permission::Unstated, kind) => kind == BarrierKind::Blocking,
        }
    }

    /// Time that passing costs, seconds.
    pub fn delay_s(&self, drive: &Drive) -> f64 {
        let gate = matches!(self.kind, BarrierKind::Gate | BarrierKind::LockedGate);
        let signals = if self.signals { drive.signal_s } else { 0.0 };
        (if gate { drive.gate_s } else { 0.0 }) + signals
    }
}

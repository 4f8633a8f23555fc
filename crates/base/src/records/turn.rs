//! Turn restrictions.

use crate::frame::LonLat;

/// What a restriction says of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnRule {
    /// `no_*`: not this turn.
    Never,
    /// `only_*`: no other turn.
    Only,
}

/// A turn restriction (roads.md section 6). Roads are named by their ids.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// Position of the feature in the file, counted from 0.
    pub feature: usize,
    /// Id; `None` if the file has none.
    pub id: Option<String>,
    /// The via node; a via of roads has its place at the first of them. `None` if the file has no geometry.
    pub place: Option<LonLat>,
    /// What it says.
    pub rule: TurnRule,
    /// The roads from which it holds.
    pub from: Vec<String>,
    /// The roads between, in order; empty if the via is a node.
    pub via: Vec<String>,
    /// The roads to which it holds.
    pub to: Vec<String>,
    /// Whether emergency vehicles are excepted, which makes it void.
    pub excepted: bool,
}

impl Turn {
    /// The ids of all roads that it names.
    pub fn roads(&self) -> impl Iterator<Item = &String> {
        self.from.iter().chain(&self.via).chain(&self.to)
    }
}

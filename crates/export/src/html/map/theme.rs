//! The subject of one map.

use geo::Coord;
use lifering_core::findings::RuleZones;
use lifering_standards::outcome::{RuleOutcome, Verdict};
use std::collections::BTreeMap;

/// The parts of a map besides those that all maps share.
#[derive(Debug, Default)]
pub struct Theme<'a> {
    /// Uncovered zones of a rule.
    pub zones: Option<(&'a RuleOutcome, &'a RuleZones)>,
    /// Colour roads by their time against this limit, seconds; `None`: in one colour.
    pub by_time: Option<f64>,
    /// Verdict of units and text on hovering, by level and id.
    pub units: BTreeMap<(String, String), (Verdict, String)>,
    /// Sites, as positions in the audit's evidence.
    pub sites: Vec<usize>,
    /// Those of the sites that have no ambulance yet, on a map of the region before.
    pub reopened: Vec<usize>,
    /// Proposed sites: place (local metres), number, name.
    pub proposed: Vec<(Coord<f64>, usize, String)>,
}

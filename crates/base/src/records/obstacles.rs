//! Barriers and closures.

use geo::{LineString, Polygon};

/// Lines and polygons that an access leg cannot cross (barriers), or on which roads are closed (closures).
///
/// # Units
/// WGS 84 degrees.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Obstacles {
    /// Open lines of at least two positions.
    pub lines: Vec<LineString<f64>>,
    /// Areas.
    pub areas: Vec<Polygon<f64>>,
}

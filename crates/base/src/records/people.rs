//! Where people live.

use crate::frame::LonLat;
use geo::MultiPolygon;

/// Where the people of one population feature live.
#[derive(Clone, Debug, PartialEq)]
pub enum Residence {
    /// At one place.
    Point(LonLat),
    /// Spread over an area in degrees (definitions.md section 5 says how it is counted).
    Area(MultiPolygon<f64>),
}

/// One population feature.
#[derive(Clone, Debug, PartialEq)]
pub struct People {
    /// Number of people; rasters have fractions.
    pub people: f64,
    /// Where they live.
    pub residence: Residence,
    /// Whether they live in a town; `None` if the file does not say.
    pub urban: Option<bool>,
}

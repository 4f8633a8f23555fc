//! People and where they live.

use crate::frame::LonLat;
use geo::MultiPolygon;

/// Where the people of one population feature live.
#[derive(Clone, Debug, PartialEq)]
pub enum Residence {
    /// At one place.
    Point(LonLat),
    /// Spread over an area in degrees (counted as in definitions.md section 5).
    Area(MultiPolygon<f64>),
}

/// One population feature.
#[derive(Clone, Debug, PartialEq)]
pub struct People {
    /// Number of people; rasters have fractions.
    pub people: f64,
    /// Where they live.
    pub residence: Residence,
    /// Whether they live in a town; `None` if not known.
    pub urban: Option<bool>,
}

//! Administrative units.

use super::attributes::{Attributes, Scalar};
use geo::MultiPolygon;
use std::collections::BTreeMap;

/// An administrative unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Position of the feature in the file, counted from 0.
    pub feature: usize,
    /// Id, unique within its level; the position in the file if it has none.
    pub id: String,
    /// Name; the id if it has none.
    pub name: String,
    /// `district`, `town`, `village`, `sub_center_area`, or the file's own word; `None` if not known.
    pub level: Option<String>,
    /// Number of people; `None` if not known.
    pub population: Option<f64>,
    /// Area in degrees.
    pub area: MultiPolygon<f64>,
    /// Attributes by name.
    pub attributes: BTreeMap<String, Scalar>,
}

impl Attributes for Unit {
    fn attribute(&self, name: &str) -> Option<&Scalar> {
        self.attributes.get(name)
    }
}

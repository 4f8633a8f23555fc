//! Stations, facilities, AEDs, candidates, stations of neighbours, and records of extra layers.

use super::attributes::{Attributes, Scalar};
use crate::frame::LonLat;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A point of a layer with all its attributes; the known ones carry lifering's names and typed values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// Position of the feature in the file, counted from 0.
    pub feature: usize,
    /// Id; the position in the file if it has none.
    pub id: String,
    /// Name; the id if it has none.
    pub name: String,
    /// Location.
    pub place: LonLat,
    /// Attributes by name.
    pub attributes: BTreeMap<String, Scalar>,
}

impl Attributes for Site {
    fn attribute(&self, name: &str) -> Option<&Scalar> {
        self.attributes.get(name)
    }
}

impl Site {
    /// The value of an attribute that is a number; `None` if it is missing or of another type.
    pub fn number(&self, field: &str) -> Option<f64> {
        match self.attribute(field)? {
            Scalar::Number(n) => Some(*n),
            _ => None,
        }
    }

    /// The value of an attribute that is text; `None` if it is missing or of another type.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.attribute(field)? {
            Scalar::Text(t) => Some(t),
            _ => None,
        }
    }

    /// The value of an attribute that is yes or no; `None` if it is missing or of another type.
    pub fn flag(&self, field: &str) -> Option<bool> {
        match self.attribute(field)? {
            Scalar::Bool(b) => Some(*b),
            _ => None,
        }
    }
}

/// A station of another region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    /// Name of the region or of the file that the station comes from.
    pub from: String,
    /// The station.
    pub site: Site,
}

/// A record of an extra layer: attributes that a standard asks for, with or without a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Position of the feature in the file, counted from 0.
    pub feature: usize,
    /// Id; the position in the file if it has none.
    pub id: String,
    /// Name; the id if it has none.
    pub name: String,
    /// Location; the middle of the extent of a line or an area; `None` if the feature has no geometry.
    pub place: Option<LonLat>,
    /// Attributes by name; yes and no in any spelling (是, 否, true, false) are [`Scalar::Bool`].
    pub attributes: BTreeMap<String, Scalar>,
}

impl Attributes for Record {
    fn attribute(&self, name: &str) -> Option<&Scalar> {
        self.attributes.get(name)
    }
}

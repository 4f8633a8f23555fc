//! Features as they stand in a file: what every format's reader hands on.

use crate::geometry::Geometry;
use crate::positions::Located;
use crate::properties::Properties;
use lifering_base::frame::LonLat;

/// One feature as it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct RawFeature {
    /// Position in the file, counted from 0.
    pub index: usize,
    /// Id of the feature as text; `None` if it has none.
    pub id: Option<String>,
    /// `None` for a null geometry.
    pub geometry: Option<Geometry>,
    /// Empty if the file has none.
    pub properties: Properties,
}

impl Located for RawFeature {
    fn each_position(&self, visit: &mut dyn FnMut(LonLat)) {
        if let Some(geometry) = &self.geometry {
            geometry.each_position(&mut |p| visit(*p));
        }
    }
}

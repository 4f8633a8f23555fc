//! The plane, the boundary and the barriers of a city.

use super::CityError;
use super::area_index::AreaIndex;
use super::boundary::{BoundaryOrigin, boundary};
use crate::travel::Barriers;
use geo::{Area, Centroid, Coord, MultiPolygon};
use lifering_base::frame::{Frame, LonLat};
use lifering_readers::Region;

/// Where everything lies.
#[derive(Debug)]
pub struct Ground {
    /// The local plane: equal-area, centred on the boundary's centroid.
    pub frame: Frame,
    /// The audited area, local metres.
    pub boundary: MultiPolygon<f64>,
    /// The same in degrees, for the places in it.
    pub inside: AreaIndex,
    /// The source of the boundary.
    pub origin: BoundaryOrigin,
    /// What an access leg cannot cross; `None` without the layer.
    pub barriers: Option<Barriers>,
}

impl Ground {
    /// Lays out a region.
    ///
    /// # Errors
    /// No plane can be laid there, or, unless `without_area`, the boundary encloses no area.
    pub(super) fn new(records: &Region, without_area: bool) -> Result<Self, CityError> {
        let (degrees, origin) = boundary(records);
        let no_area = || CityError::NoArea { region: records.source.label() };
        let centre: LonLat = match degrees.centroid() {
            Some(centre) => Coord::from(centre).into(),
            None if without_area => LonLat::new(0.0, 0.0),
            None => return Err(no_area()),
        };
        let frame = Frame::new(centre)?;
        let boundary = frame.area_to_local(&degrees);
        if boundary.unsigned_area() <= 0.0 && !without_area {
            return Err(no_area());
        }
        let barriers = records.barriers.as_ref().map(|layer| Barriers::new(layer, &frame));
        Ok(Self { frame, boundary, inside: AreaIndex::new(&degrees), origin, barriers })
    }
}

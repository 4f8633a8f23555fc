//! Who and what belongs to which unit.
//!
//! In: units and places, local metres. Out: for every unit its members. A place on a common border belongs to the first
//! unit of the layer that holds it, so that a tiling counts everybody once.

use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{BoundingRect, Contains, Coord, Intersects, MapCoords, MultiPolygon, Point};
use lifering_base::frame::Frame;
use lifering_base::records::Unit;
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// Units of one level, indexed.
pub struct UnitIndex {
    boxes: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    insides: Vec<(u32, IntervalTreeMultiPolygon<f64>, MultiPolygon<f64>)>,
}

impl UnitIndex {
    /// Indexes some of the units, given by their positions in the layer.
    pub fn new(units: &[Unit], members: &[u32], frame: &Frame) -> Self {
        let insides: Vec<(u32, IntervalTreeMultiPolygon<f64>, MultiPolygon<f64>)> = members
            .par_iter()
            .map(|unit| {
                let area = units[*unit as usize].area.map_coords(|c| frame.to_local(c.into()));
                (*unit, IntervalTreeMultiPolygon::new(&area), area)
            })
            .collect();
        let boxes = insides
            .iter()
            .enumerate()
            .filter_map(|(slot, (_, _, area))| {
                let r = area.bounding_rect()?;
                let rectangle = Rectangle::from_corners([r.min().x, r.min().y], [r.max().x, r.max().y]);
                Some(GeomWithData::new(rectangle, slot as u32))
            })
            .collect();
        Self { boxes: RTree::bulk_load(boxes), insides }
    }

    /// The unit (position in the layer) that holds a place.
    pub fn unit_of(&self, at: Coord<f64>) -> Option<u32> {
        let mut slots: Vec<u32> =
            self.boxes.locate_in_envelope_intersecting(AABB::from_point([at.x, at.y])).map(|e| e.data).collect();
        slots.sort_unstable();
        let point = Point::from(at);
        let holds = |slot: &u32| self.insides[*slot as usize].1.contains(&point);
        let touches = |slot: &u32| self.insides[*slot as usize].2.intersects(&point);
        slots
            .iter()
            .find(|s| holds(s))
            .or_else(|| slots.iter().find(|s| touches(s)))
            .map(|s| self.insides[*s as usize].0)
    }

    /// The unit of each place.
    pub fn units_of(&self, places: &[Coord<f64>]) -> Vec<Option<u32>> {
        places.par_iter().map(|at| self.unit_of(*at)).collect()
    }
}

//! Who and what belongs to which unit.
//!
//! In: units and places, degrees. Out: for every place its unit. A place that several units hold, on a common border or
//! where they overlap, belongs to the one of the smallest id (definitions.md section 1), so that everybody counts once and the
//! order of the features does not matter.

use super::area_index::AreaIndex;
use geo::BoundingRect;
use lifering_base::frame::LonLat;
use lifering_base::records::{Unit, compare_ids};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// Units of one level, indexed. Those without ground hold no place.
pub struct UnitIndex {
    boxes: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    /// Position in the layer and area, in the order of ids.
    areas: Vec<(u32, AreaIndex)>,
}

impl UnitIndex {
    /// Indexes some of the units, given by their positions in the layer.
    pub fn new(units: &[Unit], members: &[u32]) -> Self {
        let unit = |position: &u32| &units[*position as usize];
        let mut members: Vec<u32> = members.to_vec();
        members.sort_by(|a, b| {
            compare_ids(&unit(a).id, &unit(b).id).then_with(|| unit(a).name.cmp(&unit(b).name)).then(a.cmp(b))
        });
        let located: Vec<_> =
            members.into_iter().filter_map(|position| Some((position, unit(&position).area.as_ref()?))).collect();
        let boxes = located.iter().enumerate().filter_map(|(slot, (_, area))| {
            let r = area.bounding_rect()?;
            let rectangle = Rectangle::from_corners([r.min().x, r.min().y], [r.max().x, r.max().y]);
            Some(GeomWithData::new(rectangle, slot as u32))
        });
        Self {
            boxes: RTree::bulk_load(boxes.collect()),
            areas: located.par_iter().map(|(position, area)| (*position, AreaIndex::new(area))).collect(),
        }
    }

    /// The units (positions in the layer) that hold a place, that of the smallest id first.
    fn holding(&self, at: LonLat) -> impl Iterator<Item = u32> {
        let near = self.boxes.locate_in_envelope_intersecting(AABB::from_point([at.lon, at.lat]));
        let mut slots: Vec<u32> = near.into_iter().map(|entry| entry.data).collect();
        slots.sort_unstable();
        let areas = slots.into_iter().map(|slot| &self.areas[slot as usize]);
        areas.filter(move |(_, area)| area.holds(at)).map(|(position, _)| *position)
    }

    /// The unit (position in the layer) that a place belongs to.
    pub fn unit_of(&self, at: LonLat) -> Option<u32> {
        self.holding(at).next()
    }

    /// The unit of each place.
    pub fn units_of(&self, places: &[LonLat]) -> Vec<Option<u32>> {
        places.par_iter().map(|at| self.unit_of(*at)).collect()
    }
}

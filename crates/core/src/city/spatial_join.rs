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

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{MultiPolygon, wkt};
    use std::collections::BTreeMap;

    fn unit(id: &str, area: Option<MultiPolygon<f64>>) -> Unit {
        let (id, name) = (id.to_owned(), id.to_owned());
        Unit { feature: 0, id, name, level: None, population: None, area, attributes: BTreeMap::new() }
    }

    /// 9 and 10 share the border at 1 degree, 10 and 11 overlap between 1.8 and 2 degrees.
    #[test]
    fn a_place_in_two_units_goes_to_the_smaller_id_in_any_order() {
        let units = [
            unit("11", Some(wkt!(MULTIPOLYGON(((1.8 0.,3. 0.,3. 1.,1.8 1.,1.8 0.)))))),
            unit("10", Some(wkt!(MULTIPOLYGON(((1. 0.,2. 0.,2. 1.,1. 1.,1. 0.)))))),
            unit("9", Some(wkt!(MULTIPOLYGON(((0. 0.,1. 0.,1. 1.,0. 1.,0. 0.)))))),
            unit("1", None),
        ];
        let places = [(0.5, 0.5), (1.0, 0.5), (1.0, 0.0), (1.9, 0.5), (2.5, 0.5), (4.0, 0.5)];
        let expected = [Some("9"), Some("9"), Some("9"), Some("10"), Some("11"), None];
        let mut turned = units.clone();
        turned.reverse();
        for layer in [&units, &turned] {
            let index = UnitIndex::new(layer, &[0, 1, 2, 3]);
            let found =
                places.map(|(x, y)| index.unit_of(LonLat::new(x, y)).map(|unit| layer[unit as usize].id.as_str()));
            assert_eq!(found, expected);
        }
    }
}

//! Zonal statistics: people, units, nearest source, worst time and road class of each zone.
//!
//! In: an [`UncoveredArea`] and the uncovered population samples. Out: [`Zone`]s. A sample belongs to the zone that
//! contains it, or to the nearest one if simplification put it outside, so that the zones' people add up to the
//! rule's.

use super::point_location::locate_points;
use super::{Probe, Reason, UncoveredArea};
use crate::travel::ExactReachability;
use geo::{Area, BoundingRect, Coord, Distance, Euclidean, Point, Polygon};
use lifering_base::records::road_class::RoadClass;
use lifering_base::units::SourceId;
use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An uncovered population sample.
#[derive(Clone, Copy, Debug)]
pub struct UncoveredSample {
    /// Place, local metres.
    pub at: Coord<f64>,
    /// Number of people.
    pub people: f64,
    /// The first arrival, milliseconds and source; for radius rules the nearest source and its distance, metres.
    /// `None` if no source reaches it.
    pub first: Option<(f64, SourceId)>,
    /// Its unit, as a position in the list of units; `None` outside all units.
    pub unit: Option<u32>,
}

/// One uncovered zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Zone {
    /// Why it is uncovered.
    pub reason: Reason,
    /// Outline, local metres.
    pub polygon: Polygon<f64>,
    /// Area, m².
    pub area_m2: f64,
    /// Uncovered people in it.
    pub people: f64,
    /// Units of its people, as positions in the list of units.
    pub units: BTreeSet<u32>,
    /// The source that arrives first at most of its people, or at most of its area if it has none; `None` if no source
    /// reaches it.
    pub nearest: Option<SourceId>,
    /// Mean time of that source in the zone, milliseconds; `None` for radius rules and without a source.
    pub nearest_ms: Option<f64>,
    /// Latest first arrival found in it, milliseconds; `None` for radius rules and without a source.
    pub worst_ms: Option<f64>,
    /// Radius rules: mean distance of its people from that source, metres; `None` otherwise.
    pub nearest_m: Option<f64>,
    /// Radius rules: longest distance of its people from their nearest source, metres; `None` otherwise.
    pub worst_m: Option<f64>,
    /// Class of the road nearest to its largest cell; `None` if there is none near.
    pub road_class: Option<RoadClass>,
}

#[derive(Default)]
struct ZoneSums {
    people: f64,
    units: BTreeSet<u32>,
    worst_ms: Option<f64>,
    /// By source: people, people x milliseconds, m², m² x milliseconds.
    sources: BTreeMap<SourceId, [f64; 4]>,
    /// The largest probe.
    largest: Option<Probe>,
}

/// Zones whose distance is measured for a sample outside all zones, by distance of their boxes.
const NEAREST_CANDIDATES: usize = 8;

/// Looks up the class of the road nearest to the centre of a square of some side (metres); `None` if none is within
/// reach of the square.
pub type RoadClassLookup<'a> = &'a (dyn Fn(Coord<f64>, f64) -> Option<RoadClass> + Sync);

/// Summarises the zones of an uncovered area.
pub fn zonal_statistics(
    shape: &UncoveredArea,
    uncovered: &[UncoveredSample],
    class_near: RoadClassLookup<'_>,
) -> Vec<Zone> {
    let index = ZoneIndex::new(shape);
    let polygons: Vec<&Polygon<f64>> = shape.parts.iter().map(|(_, polygon)| polygon).collect();
    let (at_home, in_middle): (Vec<_>, Vec<_>) =
        (uncovered.iter().map(|u| u.at).collect(), shape.probes.iter().map(|p| p.at).collect());
    let (homes, squares) = rayon::join(|| locate_points(&polygons, &at_home), || locate_points(&polygons, &in_middle));
    let homes: Vec<Option<usize>> =
        homes.into_par_iter().zip(uncovered).map(|(zone, u)| zone.or_else(|| index.nearest(u.at))).collect();
    let mut gathered: Vec<ZoneSums> = shape.parts.iter().map(|_| ZoneSums::default()).collect();
    for (person, zone) in uncovered.iter().zip(homes) {
        let Some(zone) = zone.map(|z| &mut gathered[z]) else { continue };
        zone.people += person.people;
        zone.units.extend(person.unit);
        if let Some((ms, by)) = person.first {
            zone.worst_ms = Some(zone.worst_ms.map_or(ms, |w| w.max(ms)));
            let sums = zone.sources.entry(by).or_default();
            sums[0] += person.people;
            sums[1] += person.people * ms;
        }
    }
    for (probe, zone) in shape.probes.iter().zip(squares) {
        let Some(zone) = zone.map(|z| &mut gathered[z]) else { continue };
        if let ExactReachability::At(ms, by) = probe.answer {
            zone.worst_ms = Some(zone.worst_ms.map_or(ms, |w| w.max(ms)));
            let sums = zone.sources.entry(by).or_default();
            sums[2] += probe.area_m2;
            sums[3] += probe.area_m2 * ms;
        }
        if zone.largest.is_none_or(|largest| probe.area_m2 > largest.area_m2) {
            zone.largest = Some(*probe);
        }
    }
    let parts = shape.parts.par_iter().zip(gathered);
    parts.map(|((reason, polygon), gathered)| zone(*reason, polygon, gathered, class_near)).collect()
}

fn zone(reason: Reason, polygon: &Polygon<f64>, gathered: ZoneSums, class_near: RoadClassLookup<'_>) -> Zone {
    let by_people = gathered.people > 0.0;
    let weight = |sums: &[f64; 4]| if by_people { sums[0] } else { sums[2] };
    let most = gathered
        .sources
        .iter()
        .filter(|(_, sums)| weight(sums) > 0.0)
        .max_by(|a, b| weight(a.1).total_cmp(&weight(b.1)).then(b.0.cmp(a.0)));
    Zone {
        reason,
        area_m2: polygon.unsigned_area(),
        polygon: polygon.clone(),
        people: gathered.people,
        units: gathered.units,
        nearest: most.map(|(by, _)| *by),
        nearest_ms: most.map(|(_, sums)| if by_people { sums[1] / sums[0] } else { sums[3] / sums[2] }),
        worst_ms: gathered.worst_ms,
        nearest_m: None,
        worst_m: None,
        road_class: gathered.largest.and_then(|largest| class_near(largest.at, largest.area_m2.sqrt())),
    }
}

/// Finds the zone nearest to a place.
struct ZoneIndex<'a> {
    shape: &'a UncoveredArea,
    boxes: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl<'a> ZoneIndex<'a> {
    fn new(shape: &'a UncoveredArea) -> Self {
        let boxes = shape
            .parts
            .iter()
            .enumerate()
            .filter_map(|(i, (_, p))| {
                let r = p.bounding_rect()?;
                let rectangle = Rectangle::from_corners([r.min().x, r.min().y], [r.max().x, r.max().y]);
                Some(GeomWithData::new(rectangle, i))
            })
            .collect();
        Self { shape, boxes: RTree::bulk_load(boxes) }
    }

    fn nearest(&self, at: Coord<f64>) -> Option<usize> {
        self.boxes
            .nearest_neighbor_iter([at.x, at.y])
            .take(NEAREST_CANDIDATES)
            .map(|entry| (Euclidean.distance(&Point::from(at), &self.shape.parts[entry.data].1), entry.data))
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
            .map(|(_, zone)| zone)
    }
}

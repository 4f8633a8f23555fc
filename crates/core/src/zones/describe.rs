//! What is known of each zone: people, units, who comes first and when, the worst time, the kind of road nearby.
//!
//! In: a [`Shape`] and the uncovered people. Out: [`Zone`]s. Every uncovered person belongs to the zone they stand in, or
//! to the nearest one where drawing put the line on the other side of them, so the zones' people add up to the rule's.

use super::locate::locate;
use super::{Probe, Reason, Shape};
use crate::travel::Answer;
use geo::{Area, BoundingRect, Coord, Distance, Euclidean, Point, Polygon};
use lifering_base::records::road_class::RoadClass;
use lifering_base::units::SourceId;
use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};
use std::collections::{BTreeMap, BTreeSet};

/// Some people who are not covered.
#[derive(Clone, Copy, Debug)]
pub struct Uncovered {
    /// Local metres.
    pub at: Coord<f64>,
    /// How many.
    pub people: f64,
    /// Who comes first, and after how many milliseconds; for a radius rule, who is nearest, and how many metres away.
    pub first: Option<(f64, SourceId)>,
    /// The unit they live in, as a position in the list of units.
    pub unit: Option<u32>,
}

/// One uncovered zone.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Why it is not covered.
    pub reason: Reason,
    /// Local metres.
    pub polygon: Polygon<f64>,
    /// m².
    pub area_m2: f64,
    /// People in it.
    pub people: f64,
    /// Units its people live in, as positions in the list of units.
    pub units: BTreeSet<u32>,
    /// The source that comes first to most of it (by people, by area where nobody lives).
    pub nearest: Option<SourceId>,
    /// Mean time of that source there, milliseconds.
    pub nearest_ms: Option<f64>,
    /// The latest arrival found in it, milliseconds.
    pub worst_ms: Option<f64>,
    /// Of a radius rule: mean distance of its people to that source, metres.
    pub nearest_m: Option<f64>,
    /// Of a radius rule: the longest distance of any of its people to their nearest source, metres.
    pub worst_m: Option<f64>,
    /// The class of the road nearest to its largest square.
    pub road_class: Option<RoadClass>,
}

#[derive(Default)]
struct Gathered {
    people: f64,
    units: BTreeSet<u32>,
    worst_ms: Option<f64>,
    /// By source: people, people x ms, area, area x ms.
    sources: BTreeMap<SourceId, [f64; 4]>,
    /// The largest square.
    largest: Option<Probe>,
}

/// How many nearby zones are measured for people whom no zone holds.
const NEARBY: usize = 8;

/// The class of the road nearest to the middle of a square of some side (metres), where there is one within reach of the
/// square.
pub type ClassNear<'a> = &'a (dyn Fn(Coord<f64>, f64) -> Option<RoadClass> + Sync);

/// Describes the zones of a shape.
pub fn describe(shape: &Shape, uncovered: &[Uncovered], class_near: ClassNear<'_>) -> Vec<Zone> {
    let index = Index::new(shape);
    let polygons: Vec<&Polygon<f64>> = shape.parts.iter().map(|(_, polygon)| polygon).collect();
    let (at_home, in_middle): (Vec<_>, Vec<_>) =
        (uncovered.iter().map(|u| u.at).collect(), shape.probes.iter().map(|p| p.at).collect());
    let (homes, squares) = rayon::join(|| locate(&polygons, &at_home), || locate(&polygons, &in_middle));
    let homes: Vec<Option<usize>> =
        homes.into_par_iter().zip(uncovered).map(|(zone, u)| zone.or_else(|| index.nearest(u.at))).collect();
    let mut gathered: Vec<Gathered> = shape.parts.iter().map(|_| Gathered::default()).collect();
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
        if let Answer::In(ms, by) = probe.answer {
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

fn zone(reason: Reason, polygon: &Polygon<f64>, gathered: Gathered, class_near: ClassNear<'_>) -> Zone {
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
struct Index<'a> {
    shape: &'a Shape,
    boxes: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl<'a> Index<'a> {
    fn new(shape: &'a Shape) -> Self {
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
            .take(NEARBY)
            .map(|entry| (Euclidean.distance(&Point::from(at), &self.shape.parts[entry.data].1), entry.data))
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
            .map(|(_, zone)| zone)
    }
}

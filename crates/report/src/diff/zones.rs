//! Zones opened and closed: the geometric difference of the uncovered zones of two audits, rule by rule.
//!
//! In: zones and population points of both. Out: [`ZonesDiff`]: polygons of one equal-area plane. Opened is new minus old,
//! closed is old minus new, whatever the reasons of the zones. The outline of a zone is drawn within squares of a known size,
//! so two outlines of the same zone may differ by as much: parts of that width, and parts smaller than an audit draws, are
//! counted but not drawn.

use super::Pair;
use super::results::{AuditResults, PopulationPoint, Zone};
use crate::report::{Report, RuleReport};
use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::bool_ops::FillRule;
use geo::orient::Direction;
use geo::{
    Area, BooleanOps, BoundingRect, Contains, Coord, InteriorPoint, LineString, MapCoords, MultiPolygon, Orient, Point,
    Polygon, Rect,
};
use lifering_base::frame::{Frame, FrameError};
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use schemars::JsonSchema;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Zones opened and closed.
#[derive(Debug, Default)]
pub struct ZonesDiff {
    /// The plane of the parts; `None` if no zone was compared.
    pub frame: Option<Frame>,
    /// Parts smaller than this are not drawn, m²: the larger `min_zone_m2` of the two audits.
    pub least_m2: f64,
    /// Whether the population points were at hand (coverage.gpkg).
    pub people_known: Pair<bool>,
    /// Rules whose zones were compared, in the order of the standard.
    pub rules: Vec<RuleZoneParts>,
    /// Rules with zones in either audit that were not compared.
    pub not_compared: Vec<NotCompared>,
}

/// Why the zones of a rule were not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// One of the two audits has no uncovered.geojson beside audit.json.
    NoFile,
    /// One of the two audits drew no zones of the rule: it could not be judged, or the standard lacks it.
    NotDrawn,
}

/// A rule whose zones were not compared.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NotCompared {
    /// Id of the rule.
    pub rule_id: String,
    /// Why its zones were not compared.
    pub because: Because,
}

/// What opened and closed under one rule.
#[derive(Debug)]
pub struct RuleZoneParts {
    /// Id of the rule.
    pub id: String,
    /// Title in Chinese.
    pub title: String,
    /// Parts at most this wide on average are not drawn, metres: the finest squares of the coarser outline. `None` if
    /// both are exact.
    pub width_m: Option<f64>,
    /// Uncovered now and not before.
    pub opened: ZoneParts,
    /// Uncovered before and not now.
    pub closed: ZoneParts,
}

/// Parts that opened, or parts that closed.
#[derive(Debug, Default)]
pub struct ZoneParts {
    /// Parts drawn, the largest first.
    pub drawn: Vec<ZonePart>,
    /// Area of the slivers not drawn, m².
    pub dropped_m2: f64,
    /// People in these slivers, by the population points of each audit; `None` if they are not known.
    pub dropped_people: Pair<Option<f64>>,
}

/// A part of a zone.
#[derive(Debug)]
pub struct ZonePart {
    /// Outline in the plane, metres.
    pub polygon: Polygon<f64>,
    /// `zone_id` of the zone it is part of: in the new audit if it opened, in the old one if it closed.
    pub zone: String,
    /// The zone's reason.
    pub reason: String,
    /// The rule's limit in words.
    pub limit: Option<String>,
    /// Area, m².
    pub area_m2: f64,
    /// People in it, by the population points of each audit; `None` if they are not known.
    pub people: Pair<Option<f64>>,
}

/// The population points of one audit by place in the plane; the data of a point is its people.
type PopulationIndex = RTree<GeomWithData<[f64; 2], f64>>;

/// Compares the zones of two audits.
pub fn zones(sides: Pair<&AuditResults>) -> Result<ZonesDiff, FrameError> {
    let reports = sides.map(|side| &side.report);
    let mut diff = ZonesDiff {
        least_m2: least_m2(reports),
        people_known: sides.map(|side| side.population.is_some()),
        ..ZonesDiff::default()
    };
    let (Some(old), Some(new)) = (&sides.old.zones, &sides.new.zones) else {
        diff.not_compared = drawn(reports).map(|(rule, _)| not_compared(rule, Because::NoFile)).collect();
        return Ok(diff);
    };
    let by_rule = Pair { old: of_rules(old), new: of_rules(new) };
    let frame = middle(old.iter().chain(new)).map(|centre| Frame::new(centre.into())).transpose()?;
    let population = sides
        .map(|side| frame.as_ref().zip(side.population.as_deref()).map(|(frame, population)| index(population, frame)));
    for (rule, in_both) in drawn(reports) {
        if !in_both {
            diff.not_compared.push(not_compared(rule, Because::NotDrawn));
            continue;
        }
        let (mut opened, mut closed) = (ZoneParts::default(), ZoneParts::default());
        let width_m = width_m(reports, &rule.id);
        if let Some(frame) = &frame {
            let zones = by_rule.as_ref().map(|zones| zones.get(rule.id.as_str()).map_or(&[][..], Vec::as_slice));
            let compare = Compare { frame, population: population.as_ref(), least_m2: diff.least_m2, width_m };
            (opened, closed) =
                rayon::join(|| compare.minus(zones.new, zones.old), || compare.minus(zones.old, zones.new));
        }
        diff.rules.push(RuleZoneParts { id: rule.id.clone(), title: rule.title.clone(), width_m, opened, closed });
    }
    diff.frame = frame;
    Ok(diff)
}

/// Rules that were drawn in either audit, and whether in both.
fn drawn(reports: Pair<&Report>) -> impl Iterator<Item = (&RuleReport, bool)> {
    let has = |side: &Report, id: &str| side.rules.iter().any(|rule| rule.id == id && rule.zones.is_some());
    let Pair { old, new } = reports;
    let of_new = new.rules.iter().filter(|rule| rule.zones.is_some());
    let only_old = old.rules.iter().filter(move |rule| rule.zones.is_some() && !has(new, &rule.id));
    of_new.map(move |rule| (rule, has(old, &rule.id))).chain(only_old.map(|rule| (rule, false)))
}

fn not_compared(rule: &RuleReport, because: Because) -> NotCompared {
    NotCompared { rule_id: rule.id.clone(), because }
}

/// The size below which one of the two audits does not draw, m².
fn least_m2(reports: Pair<&Report>) -> f64 {
    let least = reports.map(|side| side.parameters.zones.min_zone_m2);
    least.old.max(least.new)
}

/// The finest squares of the coarser of the two outlines, metres.
fn width_m(reports: Pair<&Report>, id: &str) -> Option<f64> {
    let of = |side: &Report| side.rules.iter().find(|rule| rule.id == id)?.zones.as_ref()?.resolution_m;
    let both = reports.map(of);
    both.old.into_iter().chain(both.new).max_by(f64::total_cmp)
}

fn of_rules(zones: &[Zone]) -> BTreeMap<&str, Vec<&Zone>> {
    let mut by_rule: BTreeMap<&str, Vec<&Zone>> = BTreeMap::new();
    for zone in zones {
        by_rule.entry(zone.rule.as_str()).or_default().push(zone);
    }
    by_rule
}

/// The middle of all zones, the same whichever come first; `None` without any.
fn middle<'a>(zones: impl Iterator<Item = &'a Zone>) -> Option<Coord<f64>> {
    let both = |a: Rect<f64>, b: Rect<f64>| {
        let low = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
        Rect::new(low, Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) })
    };
    zones.filter_map(|zone| zone.area.bounding_rect()).reduce(both).map(Rect::center)
}

fn index(population: &[PopulationPoint], frame: &Frame) -> PopulationIndex {
    let local = |point: &PopulationPoint| {
        let at = frame.to_local(point.place.into());
        GeomWithData::new([at.x, at.y], point.people)
    };
    RTree::bulk_load(population.iter().map(local).collect())
}

/// What every difference of a rule needs.
struct Compare<'a> {
    frame: &'a Frame,
    population: Pair<&'a Option<PopulationIndex>>,
    least_m2: f64,
    width_m: Option<f64>,
}

/// A zone in the plane.
struct Local<'a> {
    zone: &'a Zone,
    area: MultiPolygon<f64>,
    extent: Rect<f64>,
}

impl Compare<'_> {
    /// The parts of some zones that lie in none of others.
    fn minus(&self, zones: &[&Zone], others: &[&Zone]) -> ZoneParts {
        let others = MultiPolygon::new(others.iter().flat_map(|zone| self.local(zone)).collect());
        let mut by_reason: BTreeMap<&str, Vec<Local<'_>>> = BTreeMap::new();
        for zone in zones {
            let area = self.local(zone);
            if let Some(extent) = area.bounding_rect() {
                by_reason.entry(zone.reason.as_str()).or_default().push(Local { zone, area, extent });
            }
        }
        let (mut parts, mut slivers) = (ZoneParts::default(), Vec::new());
        for zones in by_reason.into_values() {
            let all = MultiPolygon::new(zones.iter().flat_map(|zone| zone.area.0.iter().cloned()).collect());
            for polygon in all.difference_with_fill_rule(&others, FillRule::NonZero) {
                match self.part(polygon, &zones) {
                    Ok(part) => parts.drawn.push(part),
                    Err(sliver) => slivers.push(sliver),
                }
            }
        }
        parts.drawn.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2).then_with(|| order(&a.polygon, &b.polygon)));
        slivers.sort_by(order);
        parts.dropped_m2 = slivers.iter().map(Area::unsigned_area).sum();
        parts.dropped_people = self.people(&slivers);
        parts
    }

    fn local(&self, zone: &Zone) -> MultiPolygon<f64> {
        zone.area.map_coords(|c| self.frame.to_local(c.into())).orient(Direction::Default)
    }

    /// A polygon as a part of the zone it lies in; back as it is where it is a sliver.
    fn part(&self, polygon: Polygon<f64>, zones: &[Local<'_>]) -> Result<ZonePart, Polygon<f64>> {
        let area_m2 = polygon.unsigned_area();
        let around_m: f64 = std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(length).sum();
        let narrow = self.width_m.is_some_and(|width_m| 2.0 * area_m2 < width_m * around_m);
        let inside = polygon.interior_point().filter(|_| area_m2 >= self.least_m2 && !narrow);
        let Some(inside) = inside else { return Err(polygon) };
        let of = |zone: &&Local<'_>| {
            let meets = zone.extent.min().x <= inside.x() && inside.x() <= zone.extent.max().x;
            meets && zone.area.contains(&inside)
        };
        let Some(Local { zone, .. }) = zones.iter().find(of) else { return Err(polygon) };
        let people = self.people(std::slice::from_ref(&polygon));
        let (id, reason, limit) = (zone.id.clone(), zone.reason.clone(), zone.limit.clone());
        Ok(ZonePart { polygon, zone: id, reason, limit, area_m2, people })
    }

    /// People of both audits in some polygons that do not overlap.
    fn people(&self, polygons: &[Polygon<f64>]) -> Pair<Option<f64>> {
        let insides: Vec<_> = polygons
            .iter()
            .filter_map(|polygon| {
                let extent = polygon.bounding_rect()?;
                let envelope = AABB::from_corners(extent.min().into(), extent.max().into());
                Some((envelope, IntervalTreeMultiPolygon::new(&MultiPolygon::new(vec![polygon.clone()]))))
            })
            .collect();
        self.population.map(|population| {
            let population = population.as_ref()?;
            let of = |(envelope, inside): &(AABB<[f64; 2]>, IntervalTreeMultiPolygon<f64>)| -> f64 {
                let near = population.locate_in_envelope_intersecting(*envelope);
                let within = near.filter(|point| inside.contains(&Point::new(point.geom()[0], point.geom()[1])));
                within.map(|point| point.data).sum()
            };
            Some(insides.iter().map(of).sum())
        })
    }
}

fn length(ring: &LineString<f64>) -> f64 {
    ring.lines().map(|line| libm::hypot(line.dx(), line.dy())).sum()
}

/// An order that does not depend on how polygons were found: by their westernmost, then southernmost vertex.
fn order(a: &Polygon<f64>, b: &Polygon<f64>) -> Ordering {
    let corner = |polygon: &Polygon<f64>| {
        let first = |a: Coord<f64>, b: Coord<f64>| if (b.x, b.y) < (a.x, a.y) { b } else { a };
        polygon.exterior().0.iter().copied().reduce(first).unwrap_or_default()
    };
    let (a, b) = (corner(a), corner(b));
    a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    /// A rectangle in metres about the origin, as a zone in degrees.
    fn zone(frame: &Frame, width_m: f64, height_m: f64) -> Zone {
        let corner = |x: f64, y: f64| {
            let place = frame.to_lon_lat(Coord { x, y });
            Coord { x: place.lon, y: place.lat }
        };
        let ring = [corner(0.0, 0.0), corner(width_m, 0.0), corner(width_m, height_m), corner(0.0, height_m)];
        let area = MultiPolygon::new(vec![Polygon::new(LineString::new(ring.to_vec()), Vec::new())]);
        let (id, rule, reason) = ("R-001".to_owned(), "R".to_owned(), "too_far".to_owned());
        Zone { id, rule, reason, limit: None, area }
    }

    #[test]
    fn what_two_outlines_may_differ_by_is_counted_not_drawn() {
        let frame = Frame::new(lifering_base::frame::LonLat::new(118.5, 24.7)).unwrap();
        let (whole, less) = (zone(&frame, 1000.0, 1000.0), zone(&frame, 1000.0, 995.0));
        // Somebody in the strip between the two, 5 m by 1,000 m, and somebody below it.
        let point = |y: f64| {
            let place = frame.to_lon_lat(Coord { x: 500.0, y });
            PopulationPoint { place: Coord { x: place.lon, y: place.lat }, people: y }
        };
        let population = Some(index(&[point(997.0), point(100.0)], &frame));
        let minus = |least_m2: f64, width_m: Option<f64>| {
            let compare =
                Compare { frame: &frame, population: Pair { old: &None, new: &population }, least_m2, width_m };
            assert!(compare.minus(&[&less], &[&whole]).drawn.is_empty());
            let parts = compare.minus(&[&whole], &[&less]);
            (parts.drawn.len(), parts.dropped_m2.round(), parts.dropped_people.new)
        };
        // Twice 5,000 m2 by 2,010 m around it: 4.98 m wide.
        assert_eq!(minus(2500.0, Some(4.0)), (1, 0.0, Some(0.0)));
        assert_eq!(minus(2500.0, Some(5.0)), (0, 5000.0, Some(997.0)));
        assert_eq!(minus(5100.0, Some(4.0)), (0, 5000.0, Some(997.0)));
        assert_eq!(minus(4900.0, None), (1, 0.0, Some(0.0)));
    }

    #[test]
    fn a_zone_of_another_reason_is_no_new_zone() {
        let frame = Frame::new(lifering_base::frame::LonLat::new(118.5, 24.7)).unwrap();
        let (far, mut cut_off) = (zone(&frame, 1000.0, 1000.0), zone(&frame, 1000.0, 2000.0));
        cut_off.reason = "cut_off".to_owned();
        let compare =
            Compare { frame: &frame, population: Pair { old: &None, new: &None }, least_m2: 2500.0, width_m: None };
        let opened = compare.minus(&[&cut_off], &[&far]);
        assert_eq!((opened.drawn.len(), opened.drawn[0].area_m2.round()), (1, 1_000_000.0));
        assert_eq!((opened.drawn[0].reason.as_str(), opened.drawn[0].people.new), ("cut_off", None));
        assert!(compare.minus(&[&far], &[&cut_off]).drawn.is_empty());
    }

    #[test]
    fn parts_of_one_size_stand_from_the_west() {
        let east = polygon![(x: 2.0, y: 0.0), (x: 3.0, y: 0.0), (x: 3.0, y: 1.0)];
        let west = polygon![(x: 1.0, y: 5.0), (x: 0.0, y: 6.0), (x: 1.0, y: 6.0)];
        assert_eq!((order(&west, &east), order(&east, &west)), (Ordering::Less, Ordering::Greater));
    }
}

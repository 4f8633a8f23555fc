//! Data that the regions of a province share: one file of roads, and each other's stations.
//!
//! In: a file of roads in any format, read once; the boundary of one region and a margin. Out: the roads of that region,
//! with the turn restrictions and points on roads if the file is an `OpenStreetMap` extract, and the stations of its
//! neighbours near enough to help. Roads are kept whole or not at all: none is cut, so that junctions and lengths are those
//! of the file. A road left out can only make an arrival later, never earlier.

use crate::InputRecord;
use crate::crs::Extent;
use crate::fields::Fields;
use crate::layer_file::{LayerContext, LayerFile};
use crate::road_barriers;
use crate::roads;
use crate::settings::LayerSpec;
use crate::source::{Source, read_file};
use crate::turns;
use geo::{
    BoundingRect, Buffer, Centroid, ConvexHull, Coord, Distance, Euclidean, Intersects, LineString, MultiPolygon,
    Point, Polygon, unary_union,
};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::{Frame, LonLat};
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::parameters::{Access, Drive};
use lifering_base::records::{Layer, Neighbour, Road, RoadBarrier, RoadsTaken, Site, Turn, TurnRule, Unit};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Default margin beyond the boundary for roads and neighbours' stations, metres. At 100 km/h it takes 12 minutes to drive
/// so far out and back: longer than the ten that a 14-minute rule leaves for driving.
pub const MARGIN_M: f64 = 10_000.0;

/// Least number of metres in a degree of latitude (110,574 at the equator), so that a box in degrees is widened enough.
const LEAST_METRES_A_DEGREE: f64 = 110_500.0;

/// The roads of a province, read once and looked up by place.
#[derive(Debug)]
pub struct SharedRoads {
    /// What is known of the file.
    record: InputRecord,
    roads: Vec<Road>,
    /// Boxes in degrees of the lines of every road, each with the index of its road in `roads`.
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    /// Points on the roads; `None` if the file is not an extract.
    road_barriers: Option<(Vec<RoadBarrier>, InputRecord)>,
    /// Turn restrictions; `None` if the file is not an extract.
    turns: Option<(Vec<Turn>, InputRecord)>,
    /// Indices in `roads` by the ids that turns name.
    named: HashMap<String, Vec<u32>>,
}

/// What one region takes from a file of shared roads.
#[derive(Clone, Debug)]
pub struct RoadsWithin {
    /// Roads, in the order of the file.
    pub roads: Vec<Road>,
    /// Their number and the margin.
    pub taken: RoadsTaken,
    /// Points on these roads; `None` if the file is not an extract.
    pub road_barriers: Option<(Vec<RoadBarrier>, InputRecord)>,
    /// Turn restrictions between these roads; `None` if the file is not an extract.
    pub turns: Option<(Vec<Turn>, InputRecord)>,
}

/// Data that a region shares with others.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Roads for regions that have none of their own; `None` if none are shared.
    pub roads: Option<Arc<SharedRoads>>,
    /// Stations of all other regions; `None` if no mutual aid is asked for.
    pub neighbours: Option<Arc<Vec<Neighbour>>>,
    /// Margin beyond the boundary, metres.
    pub margin_m: f64,
}

impl SharedRoads {
    /// Reads a file of roads, in any format that a layer of roads may have.
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let bytes = read_file(path, &message!("message.shared_roads"))?;
        let spec = LayerSpec::of(&path.display().to_string());
        let (roads, record) = read_as(Layer::Roads, &spec, &bytes, roads::read)?;
        let mut shared = Self::of(record, roads);
        if spec.is_extract() {
            let (points, record) = read_as(Layer::RoadBarriers, &spec, &bytes, road_barriers::read)?;
            shared.road_barriers = Some((points, record));
            let (turns, record) = read_as(Layer::Turns, &spec, &bytes, turns::read)?;
            let named: HashSet<&String> = turns.iter().flat_map(Turn::roads).collect();
            for (at, road) in (0..).zip(&shared.roads) {
                if let Some(id) = road.id.as_ref().filter(|id| named.contains(id)) {
                    shared.named.entry(id.clone()).or_default().push(at);
                }
            }
            shared.turns = Some((turns, record));
        }
        Ok(shared)
    }

    /// From roads that were read.
    pub fn of(record: InputRecord, roads: Vec<Road>) -> Self {
        let of_road = |(at, road): (usize, &Road)| {
            let lines = road.parts.iter().filter_map(|line| line_string(line).bounding_rect());
            lines
                .map(|extent| {
                    let corners = Rectangle::from_corners(extent.min().into(), extent.max().into());
                    GeomWithData::new(corners, at as u32)
                })
                .collect::<Vec<_>>()
        };
        let tree = RTree::bulk_load(roads.iter().enumerate().flat_map(of_road).collect());
        Self { record, roads, tree, road_barriers: None, turns: None, named: HashMap::new() }
    }

    /// SHA-256 of the file.
    pub fn sha256(&self) -> &str {
        &self.record.sha256
    }

    /// The roads that come within the margin of a boundary, in the order of the file, each as a whole, and what is said
    /// about driving on them. The hull of the boundary stands for it, widened by the margin and the longest driveway or
    /// access leg.
    pub fn within(&self, boundary: &MultiPolygon<f64>, margin_m: f64, drive: &Drive, access: &Access) -> RoadsWithin {
        let reach_m = margin_m + drive.max_driveway_m.max(access.max_m);
        let mut taken =
            WidenedRegion::of(boundary, reach_m).map_or_else(BTreeSet::new, |around| self.touching(&around));
        self.complete_only_turns(&mut taken);
        let roads: Vec<Road> = taken.iter().map(|at| self.roads[*at as usize].clone()).collect();
        let fastest_kmh = self.roads.iter().map(|road| road.drive_kmh(drive)).fold(0.0, f64::max);
        let road_barriers = self.road_barriers.as_ref().map(|(all, record)| (points_on(all, &roads), record.clone()));
        let between = |all: &[Turn]| -> Vec<Turn> {
            let here = |id: &String| self.named.get(id).is_none_or(|named| named.iter().any(|at| taken.contains(at)));
            let named = |turn: &&Turn| turn.roads().any(|id| self.named.contains_key(id)) && turn.roads().all(here);
            all.iter().filter(named).cloned().collect()
        };
        let turns = self.turns.as_ref().map(|(all, record)| (between(all), record.clone()));
        let taken = RoadsTaken {
            file: self.record.file.clone(),
            margin_m,
            roads: roads.len(),
            of: self.roads.len(),
            fastest_kmh: fastest_kmh / drive.period_factor(),
        };
        RoadsWithin { roads, taken, road_barriers, turns }
    }

    /// Adds the roads onto which alone a road that was taken may lead: without them the restriction would be void there, and
    /// an arrival might seem earlier than it is.
    fn complete_only_turns(&self, taken: &mut BTreeSet<u32>) {
        let of = |ids: &[String]| -> Vec<u32> {
            ids.iter().filter_map(|id| self.named.get(id)).flatten().copied().collect()
        };
        let all = self.turns.iter().flat_map(|(all, _)| all);
        let only: Vec<&Turn> = all.filter(|turn| turn.rule == TurnRule::Only && !turn.excepted).collect();
        loop {
            let before = taken.len();
            for turn in &only {
                if of(&turn.from).iter().any(|at| taken.contains(at)) {
                    taken.extend(of(&turn.via));
                    taken.extend(of(&turn.to));
                }
            }
            if taken.len() == before {
                return;
            }
        }
    }

    fn touching(&self, around: &WidenedRegion) -> BTreeSet<u32> {
        let touches = |at: &u32| {
            self.roads[*at as usize].parts.iter().any(|line| {
                let local: LineString<f64> = line.iter().map(|place| around.frame.to_local(*place)).collect();
                local.intersects(&around.area)
            })
        };
        let boxes = self.tree.locate_in_envelope_intersecting(around.degrees).map(|entry| entry.data);
        boxes.collect::<BTreeSet<u32>>().into_iter().filter(touches).collect()
    }

    /// The input record of the file for a region that takes roads from it.
    pub fn record(&self, taken: &RoadsTaken, roads: &[Road]) -> InputRecord {
        let mut record = self.record.clone();
        let places = roads.iter().flat_map(|road| road.parts.iter().flatten());
        record.extent = places.map(|place| Extent::of(*place)).reduce(Extent::with);
        let found = message!("message.roads_of_file", n = taken.roads, all = taken.of, file = &taken.file);
        let km = taken.margin_m / 1000.0;
        record.issues.note(
            IssueCode::Derived,
            &Place::file(&taken.file),
            found,
            message!("message.roads_within", km = km),
        );
        record
    }
}

/// The records of one layer of a file.
fn read_as<T>(
    layer: Layer,
    spec: &LayerSpec,
    bytes: &[u8],
    read: impl FnOnce(&mut LayerFile) -> Result<Vec<T>, InputError>,
) -> Result<(Vec<T>, InputRecord), InputError> {
    let beside = Source::Folder { folder: PathBuf::new(), settings: "region.toml".to_owned() };
    let fields = Fields::new("region.toml", layer, layer.key(), None)?;
    let context = LayerContext::default();
    let mut file = LayerFile::from_bytes(bytes, &beside, layer, layer.key(), spec, fields, &context)?;
    let records = read(&mut file)?;
    Ok((records, InputRecord::of(file)))
}

/// The points that lie on a vertex of one of the roads.
fn points_on(all: &[RoadBarrier], roads: &[Road]) -> Vec<RoadBarrier> {
    let vertices: HashSet<(i64, i64)> =
        roads.iter().flat_map(|road| road.parts.iter().flatten()).map(|place| in_units(*place)).collect();
    all.iter().filter(|point| vertices.contains(&in_units(point.place))).cloned().collect()
}

/// A place in units of 1e-7 degrees, in which the nodes of an extract are kept.
fn in_units(place: LonLat) -> (i64, i64) {
    ((place.lon * 1e7).round() as i64, (place.lat * 1e7).round() as i64)
}

/// The hull of a region, widened.
struct WidenedRegion {
    frame: Frame,
    /// Local metres.
    area: Polygon<f64>,
    /// A box that holds it.
    degrees: AABB<[f64; 2]>,
}

impl WidenedRegion {
    /// `None` if the boundary encloses nothing.
    fn of(boundary: &MultiPolygon<f64>, reach_m: f64) -> Option<Self> {
        let frame = Frame::new(Coord::from(boundary.centroid()?).into()).ok()?;
        let hull = frame.area_to_local(boundary).convex_hull();
        // The corners of a buffer are rounded by chords, which lie a little within it.
        let area = hull.buffer(reach_m * 1.01).0.into_iter().next()?;
        let extent = boundary.bounding_rect()?;
        let north = reach_m * 1.02 / LEAST_METRES_A_DEGREE;
        let farthest = (extent.min().y.abs().max(extent.max().y.abs()) + north).min(89.0);
        let east = north / libm::cos(farthest.to_radians());
        let low = [extent.min().x - east, extent.min().y - north];
        let high = [extent.max().x + east, extent.max().y + north];
        Some(Self { frame, area, degrees: AABB::from_corners(low, high) })
    }
}

/// Stations of a file of neighbours, named by the file.
pub fn of_file(file: &str, sites: Vec<Site>) -> Vec<Neighbour> {
    sites.into_iter().map(|site| Neighbour { from: file.to_owned(), site }).collect()
}

/// Stations of others within the margin of a boundary, in their order. One at the place of an own station is the same
/// station and is left out.
pub fn near(all: &[Neighbour], boundary: &MultiPolygon<f64>, own: &[Site], margin_m: f64) -> Vec<Neighbour> {
    let Some(around) = WidenedRegion::of(boundary, margin_m) else { return Vec::new() };
    let local = around.frame.area_to_local(boundary);
    let mut kept: Vec<Neighbour> = Vec::new();
    for neighbour in all {
        let place = neighbour.site.place;
        let degrees = AABB::from_point([place.lon, place.lat]);
        let known = |site: &Site| same_place(site.place, place);
        if !rstar::Envelope::intersects(&around.degrees, &degrees)
            || own.iter().any(known)
            || kept.iter().any(|n| known(&n.site))
        {
            continue;
        }
        let apart_m = Euclidean.distance(&Point::from(around.frame.to_local(place)), &local);
        if apart_m <= margin_m {
            kept.push(neighbour.clone());
        }
    }
    kept
}

/// Distance up to which two stations are the same one, metres.
const SAME_M: f64 = 1.0;

fn same_place(a: LonLat, b: LonLat) -> bool {
    (a.lat - b.lat).abs() < 1e-3 && a.length_m(b) <= SAME_M
}

fn line_string(line: &[LonLat]) -> LineString<f64> {
    line.iter().map(|place| Coord { x: place.lon, y: place.lat }).collect()
}

/// The boundary that a file of more roads is clipped by: the layer, else the union of the units.
pub fn outline(boundary: Option<&MultiPolygon<f64>>, units: Option<&[Unit]>) -> Option<MultiPolygon<f64>> {
    if let Some(boundary) = boundary {
        return Some(boundary.clone());
    }
    let areas: Vec<MultiPolygon<f64>> = units?.iter().filter_map(|unit| unit.area.clone()).collect();
    (!areas.is_empty()).then(|| unary_union(&areas))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Format;
    use geo::polygon;
    use lifering_base::issue::Issues;
    use lifering_base::records::road_class::RoadClass;
    use std::collections::BTreeMap;

    /// A tenth of a degree each way, north of 24.7: 10.1 km by 11.1 km.
    fn county() -> MultiPolygon<f64> {
        let ring = polygon![(x: 118.5, y: 24.7), (x: 118.6, y: 24.7), (x: 118.6, y: 24.8), (x: 118.5, y: 24.8)];
        MultiPolygon::new(vec![ring])
    }

    /// So far east of the middle of the county's eastern side.
    fn east(metres: f64) -> LonLat {
        LonLat::new(118.6, 24.75).destination(90.0, metres)
    }

    fn station(id: &str, place: LonLat) -> Site {
        Site { feature: 0, id: id.to_owned(), name: id.to_owned(), place, attributes: BTreeMap::new() }
    }

    #[test]
    fn neighbours_are_those_within_the_margin_once_each() {
        let own = [station("own", east(-100.0))];
        let places = [("near", 4_990.0), ("far", 5_010.0), ("again", 4_990.5), ("own", -100.2), ("inside", -2_000.0)];
        let all: Vec<Neighbour> = places
            .into_iter()
            .map(|(id, metres)| Neighbour { from: "b".to_owned(), site: station(id, east(metres)) })
            .collect();
        let ids = |margin_m: f64| -> Vec<String> {
            near(&all, &county(), &own, margin_m).into_iter().map(|n| n.site.id).collect()
        };
        assert_eq!(ids(5_000.0), ["near", "inside"]);
        assert_eq!(ids(5_020.0), ["near", "far", "inside"]);
        assert_eq!(ids(0.0), ["inside"]);
    }

    fn road(feature: usize, parts: Vec<Vec<LonLat>>) -> Road {
        Road { feature, speed_kmh: Some(60.0), ..Road::plain(RoadClass::Primary, parts) }
    }

    #[test]
    fn roads_are_taken_whole_where_they_come_within_the_margin() {
        let roads = vec![
            road(0, vec![vec![east(9_000.0), east(12_000.0)]]),
            // A long road that begins within 5,300 m.
            road(1, vec![vec![east(5_200.0), east(50_000.0)]]),
            // No vertex near, but it passes through the county.
            road(2, vec![vec![LonLat::new(118.0, 24.75), LonLat::new(119.0, 24.75)]]),
            // Its box meets the county's, the road itself passes by far from it.
            road(3, vec![vec![LonLat::new(118.2, 24.75), LonLat::new(118.2, 25.4), LonLat::new(118.55, 25.4)]]),
            // One of its lines is near.
            road(4, vec![vec![east(60_000.0), east(61_000.0)], vec![east(100.0), east(200.0)]]),
        ];
        let record = InputRecord {
            layer: Layer::Roads,
            key: "roads".to_owned(),
            file: "province.geojson".to_owned(),
            sha256: String::new(),
            format: Format::GeoJson,
            encoding: None,
            features: 5,
            used: 5,
            extent: None,
            columns: Vec::new(),
            issues: Issues::default(),
        };
        let shared = SharedRoads::of(record, roads.clone());
        let (drive, access) = (Drive::default(), Access::default());
        let taken = |margin_m: f64| -> (Vec<usize>, RoadsTaken) {
            let RoadsWithin { roads: found, taken, .. } = shared.within(&county(), margin_m, &drive, &access);
            for road in &found {
                assert_eq!(road.parts, roads[road.feature].parts, "a road was cut");
            }
            (found.iter().map(|road| road.feature).collect(), taken)
        };
        // 5,000 m, and 300 m for driveways and for the way from the road to a person.
        assert_eq!(taken(5_000.0).0, [1, 2, 4]);
        assert_eq!(taken(4_500.0).0, [2, 4]);
        let (all, whole) = taken(1e6);
        assert_eq!(all, [0, 1, 2, 3, 4]);
        assert_eq!((whole.roads, whole.of), (5, 5));
        // 60 km/h: 5 km out and back in 10 minutes.
        assert!((taken(5_000.0).1.exact_within_s() - 600.0).abs() < 1e-9);
    }
}

//! Population samples, and the first arrival at each.
//!
//! In: population records, the boundary, a field. Out: [`Demand`] (samples inside the boundary, people left out) and
//! one [`Reachability`] for each sample. A point counts at its place, a polygon of at most 0.25 km² at its centroid or at a
//! point inside where that is not, a larger one evenly over points 200 m apart; parts of a multipolygon count each for its
//! share of the area (definitions.md section 5).

use super::active_set::ExactReachability;
use super::barriers::Barriers;
use super::earliest_arrival::{EarliestArrival, SearchBuffers};
use super::field::{Start, TravelField};
use crate::city::Ground;
use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{
    Area, BoundingRect, Centroid, Contains, Coord, InteriorPoint, Intersects, Line, MultiPolygon, Point, Polygon,
};
use lifering_base::frame::{Frame, LonLat};
use lifering_base::records::{People, Residence, Unit};
use lifering_base::units::{Milliseconds, SourceId};
use rayon::prelude::*;

/// Largest polygon that counts at its centroid, m² (definitions.md section 5).
const ONE_POINT_M2: f64 = 250_000.0;
/// Distance of the sample points of larger polygons, metres (definitions.md section 5).
const SAMPLE_SPACING_M: f64 = 200.0;

/// People at one place.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Place, local metres.
    pub xy: Coord<f64>,
    /// The same place in degrees.
    pub place: LonLat,
    /// Number of people; a share of a person if a polygon is spread over several samples.
    pub people: f64,
    /// Whether the place is urban; `None` if the layer does not tell.
    pub urban: Option<bool>,
}

/// The population inside the boundary.
#[derive(Clone, Debug, Default)]
pub struct Demand {
    /// Samples in the order of the population layer.
    pub samples: Vec<Sample>,
    /// People in the layer, before clipping and scaling.
    pub total: f64,
    /// People inside the boundary, after scaling.
    pub inside: f64,
    /// People outside the boundary, before scaling.
    pub outside: f64,
    /// People of units without ground: they live somewhere in the region, but nobody knows where. Before scaling.
    pub without_place: f64,
    /// Number of polygons spread over several sample points.
    pub spread_features: usize,
    /// Factor applied for `[population] scale_to`; `None` if there is no target.
    pub scale: Option<f64>,
}

impl Demand {
    /// Samples of the population layer or, without one, of the units. `scale_to`: people that the samples shall add up
    /// to.
    pub fn new(population: Option<&[People]>, units: Option<&[Unit]>, ground: &Ground, scale_to: Option<f64>) -> Self {
        let mut demand = Self::default();
        let frame = &ground.frame;
        let mut add = |people: f64, urban: Option<bool>, residence: &Residence| {
            demand.total += people;
            let homes = match residence {
                Residence::Point(place) => vec![Home { xy: frame.to_local(*place), place: *place, share: 1.0 }],
                Residence::Area(area) => {
                    let (homes, spread) = homes(&frame.area_to_local(area), frame);
                    demand.spread_features += usize::from(spread);
                    homes
                }
            };
            for Home { xy, place, share } in homes {
                let people = people * share;
                if ground.inside.holds(place) {
                    demand.inside += people;
                    demand.samples.push(Sample { xy, place, people, urban });
                } else {
                    demand.outside += people;
                }
            }
        };
        if let Some(population) = population {
            for people in population {
                add(people.people, people.urban, &people.residence);
            }
        } else {
            let mut without_place = 0.0;
            for unit in lowest_level(units.unwrap_or_default()) {
                let urban = match lifering_base::records::attributes::Attributes::attribute(unit, "urban") {
                    Some(lifering_base::records::attributes::Scalar::Bool(b)) => Some(*b),
                    _ => None,
                };
                let people = unit.population.unwrap_or(0.0);
                match &unit.area {
                    Some(area) => add(people, urban, &Residence::Area(area.clone())),
                    None => without_place += people,
                }
            }
            demand.without_place = without_place;
            demand.total += without_place;
        }
        if let Some(target) = scale_to
            && demand.inside > 0.0
        {
            let factor = target / demand.inside;
            for sample in &mut demand.samples {
                sample.people *= factor;
            }
            demand.inside = target;
            demand.scale = Some(factor);
        }
        demand
    }
}

/// Of the units with a population, those of the level with the most units: towns rather than the district around them.
fn lowest_level(units: &[Unit]) -> Vec<&Unit> {
    let mut counts = std::collections::BTreeMap::<Option<&str>, usize>::new();
    for unit in units.iter().filter(|u| u.population.is_some()) {
        *counts.entry(unit.level.as_deref()).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(level, count)| (**count, **level)).map(|(level, _)| *level);
    units.iter().filter(|u| u.population.is_some() && Some(u.level.as_deref()) == most).collect()
}

/// One of the places that stand for the people of a polygon.
struct Home {
    /// Local metres.
    xy: Coord<f64>,
    place: LonLat,
    /// Its share of the people.
    share: f64,
}

/// The homes of the people of an area (local metres), each part by its share of the area, and whether a part is spread over
/// several.
fn homes(area: &MultiPolygon<f64>, frame: &Frame) -> (Vec<Home>, bool) {
    let whole_m2: f64 = area.iter().map(Area::unsigned_area).sum();
    let mut homes = Vec::new();
    let mut spread = false;
    for part in area {
        let part_m2 = part.unsigned_area();
        let places = if part_m2 > ONE_POINT_M2 { sample_grid(part) } else { point_inside(part).into_iter().collect() };
        spread |= part_m2 > ONE_POINT_M2;
        let share = part_m2 / whole_m2 / places.len().max(1) as f64;
        homes.extend(places.into_iter().map(|xy| Home { xy, place: frame.to_lon_lat(xy), share }));
    }
    (homes, spread)
}

/// The centroid, or a point inside where the centroid is not.
fn point_inside(part: &Polygon<f64>) -> Option<Coord<f64>> {
    let centroid = part.centroid().filter(|centroid| part.intersects(centroid));
    centroid.or_else(|| part.interior_point()).map(Coord::from)
}

/// Points at most 200 m apart inside a polygon, or one point inside if none of them is.
fn sample_grid(part: &Polygon<f64>) -> Vec<Coord<f64>> {
    let Some(rect) = part.bounding_rect() else { return Vec::new() };
    let inside = IntervalTreeMultiPolygon::new(&MultiPolygon::new(vec![part.clone()]));
    let (columns, rows) = ((rect.width() / SAMPLE_SPACING_M).ceil(), (rect.height() / SAMPLE_SPACING_M).ceil());
    let mut points = Vec::new();
    for row in 0..rows as usize {
        for column in 0..columns as usize {
            let p = Coord {
                x: rect.min().x + (column as f64 + 0.5) * rect.width() / columns,
                y: rect.min().y + (row as f64 + 0.5) * rect.height() / rows,
            };
            if inside.contains(&Point::from(p)) {
                points.push(p);
            }
        }
    }
    if points.is_empty() {
        points.extend(point_inside(part));
    }
    points
}

/// Whether and when a place is reached, in whole milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reachability {
    /// Reached: first arrival and its source.
    At(Milliseconds, SourceId),
    /// Not reached, although a road lies within reach of the place.
    CutOff,
    /// Not reached: no road lies within reach of the place.
    NoRoad,
}

impl Reachability {
    /// Time of the first arrival; `None` if the place is not reached.
    pub fn at(self) -> Option<Milliseconds> {
        match self {
            Self::At(at, _) => Some(at),
            Self::CutOff | Self::NoRoad => None,
        }
    }

    /// Source of the first arrival; `None` if the place is not reached.
    pub fn by(self) -> Option<SourceId> {
        match self {
            Self::At(_, by) => Some(by),
            Self::CutOff | Self::NoRoad => None,
        }
    }
}

/// Side of the tiles that share one query for walls, metres.
const TILE_M: f64 = 400.0;

/// First arrival at each place, indexed as `places`. Parallel over tiles; the result does not depend on the number of
/// threads.
pub fn reach(field: &TravelField, barriers: Option<&Barriers>, places: &[Coord<f64>]) -> Vec<Reachability> {
    let earliest = EarliestArrival::new(field);
    for_each_by_tile(field, barriers, places, Reachability::NoRoad, |index, walls, buffers| {
        match earliest.answer(places[index], walls, buffers) {
            ExactReachability::At(ms, by) => Reachability::At(Milliseconds(ms.round() as u32), by),
            ExactReachability::CutOff => Reachability::CutOff,
            ExactReachability::NoRoad => Reachability::NoRoad,
        }
    })
}

/// First arrival at each place from another source than that of its first arrival, indexed as `places`; `None` if
/// there is none. `reached` is the result of [`reach`], `starts` are those of the field.
pub fn reach_second(
    field: &TravelField,
    barriers: Option<&Barriers>,
    places: &[Coord<f64>],
    reached: &[Reachability],
    starts: &[Start],
) -> Vec<Option<(Milliseconds, SourceId)>> {
    let earliest = EarliestArrival::new(field);
    let second = field.second_arrivals(starts);
    for_each_by_tile(field, barriers, places, None, |index, walls, buffers| {
        let (ms, by) = earliest.answer_excluding(places[index], walls, reached[index].by()?, &second, buffers)?;
        Some((Milliseconds(ms.round() as u32), by))
    })
}

/// Answers for every place, tile by tile; `inside_barrier` is the answer inside barrier areas.
fn for_each_by_tile<T: Copy + Send + Sync>(
    field: &TravelField,
    barriers: Option<&Barriers>,
    places: &[Coord<f64>],
    inside_barrier: T,
    ask: impl Fn(usize, &[Line<f64>], &mut SearchBuffers) -> T + Sync,
) -> Vec<T> {
    let tile = |p: Coord<f64>| ((p.x / TILE_M).floor() as i64, (p.y / TILE_M).floor() as i64);
    let mut order: Vec<((i64, i64), u32)> = places.iter().enumerate().map(|(i, p)| (tile(*p), i as u32)).collect();
    order.par_sort_unstable();
    let groups: Vec<&[((i64, i64), u32)]> = order.chunk_by(|a, b| a.0 == b.0).collect();
    let answers: Vec<Vec<(u32, T)>> = groups
        .par_iter()
        .map_init(SearchBuffers::default, |buffers, group| {
            let (column, row) = group[0].0;
            let centre = Coord { x: (column as f64 + 0.5) * TILE_M, y: (row as f64 + 0.5) * TILE_M };
            let walls = barriers.map_or_else(Vec::new, |b| b.near(centre, TILE_M / 2.0 + field.settings.leg.max_m));
            let answer_one = |index: u32| {
                let open = barriers.is_none_or(|b| !b.inside(places[index as usize]));
                (index, if open { ask(index as usize, &walls, buffers) } else { inside_barrier })
            };
            group.iter().map(|(_, index)| *index).map(answer_one).collect()
        })
        .collect();
    let mut all = vec![inside_barrier; places.len()];
    for (index, answer) in answers.into_iter().flatten() {
        all[index as usize] = answer;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    fn homes_of(area: &MultiPolygon<f64>) -> (Vec<(Coord<f64>, f64)>, bool) {
        let frame = Frame::new(LonLat::new(118.5, 24.7)).expect("a frame");
        let (homes, spread) = homes(area, &frame);
        (homes.into_iter().map(|home| (home.xy, home.share)).collect(), spread)
    }

    /// 3 ha and 1 ha.
    #[test]
    fn parts_count_by_their_area() {
        let area = wkt!(MULTIPOLYGON(((0. 0.,300. 0.,300. 100.,0. 100.,0. 0.)),((900. 0.,1000. 0.,1000. 100.,900. 100.,900. 0.))));
        let (homes, spread) = homes_of(&area);
        assert_eq!(homes, [(Coord { x: 150.0, y: 50.0 }, 0.75), (Coord { x: 950.0, y: 50.0 }, 0.25)]);
        assert!(!spread);
    }

    /// A part of 40 ha is spread over samples, one of 10 ha is not: four fifths over the former.
    #[test]
    fn a_large_part_is_spread_and_a_small_one_is_not() {
        let area = wkt!(MULTIPOLYGON(((0. 0.,1000. 0.,1000. 400.,0. 400.,0. 0.)),((2000. 0.,2500. 0.,2500. 200.,2000. 200.,2000. 0.))));
        let (homes, spread) = homes_of(&area);
        assert!(spread);
        assert_eq!(homes.len(), 5 * 2 + 1);
        assert!(homes[..10].iter().all(|(_, share)| (share - 0.08).abs() < 1e-12), "{homes:?}");
        assert_eq!(homes[10].0, Coord { x: 2250.0, y: 100.0 });
        assert!((homes.iter().map(|home| home.1).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    /// The centroid of a horseshoe lies in its opening.
    #[test]
    fn nobody_is_put_outside_the_polygon() {
        let area = wkt!(MULTIPOLYGON(((0. 0.,300. 0.,300. 300.,250. 300.,250. 50.,50. 50.,50. 300.,0. 300.,0. 0.))));
        let centroid = area.centroid().expect("an area");
        assert!(!area.intersects(&centroid));
        let (homes, _) = homes_of(&area);
        assert!(homes.len() == 1 && area.intersects(&Point::from(homes[0].0)), "{homes:?}");
    }
}

//! The people who need help, as points that count, and when each of them is reached.
//!
//! In: population records, the boundary, a field. Out: [`Demand`] (samples inside the boundary and what was left out) and
//! one [`Reached`] a sample. A point counts where it stands; a polygon of at most 0.25 km² at its centroid; a larger one is
//! spread evenly over points 200 m apart (definitions.md section 5).

use super::barriers::Barriers;
use super::field::{Start, TravelField};
use super::soonest::{Scratch, Soonest};
use super::view::Answer;
use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{Area, BoundingRect, Centroid, Contains, Coord, InteriorPoint, Line, MapCoords, MultiPolygon, Point};
use lifering_base::frame::{Frame, LonLat};
use lifering_base::records::{People, Residence, Unit};
use lifering_base::units::{Milliseconds, SourceId};
use rayon::prelude::*;

/// Polygons up to this size count at their centroid, m².
const ONE_POINT_M2: f64 = 250_000.0;
/// Distance between the sample points of larger ones, m.
const SAMPLE_SPACING_M: f64 = 200.0;

/// Some people at a place.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Local metres.
    pub xy: Coord<f64>,
    /// The same in degrees.
    pub place: LonLat,
    /// How many.
    pub people: f64,
    /// Whether they live in a town, where the data says so.
    pub urban: Option<bool>,
}

/// Everybody inside the boundary.
#[derive(Clone, Debug, Default)]
pub struct Demand {
    /// In the order of the population layer.
    pub samples: Vec<Sample>,
    /// People in the layer, before clipping and scaling.
    pub total: f64,
    /// People inside the boundary, after scaling.
    pub inside: f64,
    /// People left out because they lie outside the boundary, before scaling.
    pub outside: f64,
    /// Features spread over sample points.
    pub spread_features: usize,
    /// Factor from `[population] scale_to`.
    pub scale: Option<f64>,
}

impl Demand {
    /// Samples of the population layer, or of the units where there is none.
    pub fn new(
        population: Option<&[People]>,
        units: Option<&[Unit]>,
        boundary: &MultiPolygon<f64>,
        frame: &Frame,
        scale_to: Option<f64>,
    ) -> Self {
        let mut demand = Self::default();
        let inside = IntervalTreeMultiPolygon::new(boundary);
        let mut add = |people: f64, urban: Option<bool>, residence: &Residence| {
            demand.total += people;
            let places = match residence {
                Residence::Point(place) => vec![frame.to_local(*place)],
                Residence::Area(area) => {
                    let area = area.map_coords(|c| frame.to_local(c.into()));
                    let large = area.unsigned_area() > ONE_POINT_M2;
                    demand.spread_features += usize::from(large);
                    if large { grid(&area) } else { centroid(&area).into_iter().collect() }
                }
            };
            let share = people / places.len().max(1) as f64;
            for xy in places {
                if inside.contains(&Point::from(xy)) {
                    demand.inside += share;
                    let place = match residence {
                        Residence::Point(place) => *place,
                        Residence::Area(_) => frame.to_lon_lat(xy),
                    };
                    demand.samples.push(Sample { xy, place, people: share, urban });
                } else {
                    demand.outside += share;
                }
            }
        };
        if let Some(population) = population {
            for people in population {
                add(people.people, people.urban, &people.residence);
            }
        } else {
            for unit in lowest_level(units.unwrap_or_default()) {
                let urban = match lifering_base::records::attributes::Attributes::attribute(unit, "urban") {
                    Some(lifering_base::records::attributes::Scalar::Bool(b)) => Some(*b),
                    _ => None,
                };
                add(unit.population.unwrap_or(0.0), urban, &Residence::Area(unit.area.clone()));
            }
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

/// Of units that carry people, those of the level with the most units: towns rather than the district around them.
fn lowest_level(units: &[Unit]) -> Vec<&Unit> {
    let mut counts = std::collections::BTreeMap::<Option<&str>, usize>::new();
    for unit in units.iter().filter(|u| u.population.is_some()) {
        *counts.entry(unit.level.as_deref()).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(level, count)| (**count, **level)).map(|(level, _)| *level);
    units.iter().filter(|u| u.population.is_some() && Some(u.level.as_deref()) == most).collect()
}

fn centroid(area: &MultiPolygon<f64>) -> Option<Coord<f64>> {
    area.centroid().or_else(|| area.interior_point()).map(Coord::from)
}

/// Points 200 m apart inside an area, its centroid where none falls inside.
fn grid(area: &MultiPolygon<f64>) -> Vec<Coord<f64>> {
    let Some(rect) = area.bounding_rect() else { return Vec::new() };
    let inside = IntervalTreeMultiPolygon::new(area);
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
        points.extend(centroid(area));
    }
    points
}

/// Whether and when somebody is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// At this time, by this source.
    At(Milliseconds, SourceId),
    /// There is a road within reach, but no source can reach it.
    CutOff,
    /// There is no road within reach.
    NoRoad,
}

impl Reached {
    /// The time, `None` where never.
    pub fn at(self) -> Option<Milliseconds> {
        match self {
            Self::At(at, _) => Some(at),
            Self::CutOff | Self::NoRoad => None,
        }
    }

    /// The source, `None` where there is none.
    pub fn by(self) -> Option<SourceId> {
        match self {
            Self::At(_, by) => Some(by),
            Self::CutOff | Self::NoRoad => None,
        }
    }
}

/// Side of the tiles by which places are put in order and share the walls around them, m.
const TILE_M: f64 = 400.0;

/// When each place is reached, in the order given. Parallel over tiles of ground; the same with any number of threads.
pub fn reach(field: &TravelField<'_>, barriers: Option<&Barriers>, places: &[Coord<f64>]) -> Vec<Reached> {
    let soonest = Soonest::new(field);
    by_tiles(field, barriers, places, Reached::NoRoad, |index, walls, scratch| {
        match soonest.answer(places[index], walls, scratch) {
            Answer::In(ms, by) => Reached::At(Milliseconds(ms.round() as u32), by),
            Answer::CutOff => Reached::CutOff,
            Answer::NoRoad => Reached::NoRoad,
        }
    })
}

/// When each place is reached by another than who comes first, and by whom; `None` where nobody else comes. `reached` is
/// what [`reach`] found, `starts` are those of the field.
pub fn reach_second(
    field: &TravelField<'_>,
    barriers: Option<&Barriers>,
    places: &[Coord<f64>],
    reached: &[Reached],
    starts: &[Start],
) -> Vec<Option<(Milliseconds, SourceId)>> {
    let soonest = Soonest::new(field);
    let second = field.second_arrivals(starts);
    by_tiles(field, barriers, places, None, |index, walls, scratch| {
        let (ms, by) = soonest.answer_without(places[index], walls, reached[index].by()?, &second, scratch)?;
        Some((Milliseconds(ms.round() as u32), by))
    })
}

/// Asks about every place, those near each other one after the other; `drowned` holds inside barrier areas.
fn by_tiles<T: Copy + Send + Sync>(
    field: &TravelField<'_>,
    barriers: Option<&Barriers>,
    places: &[Coord<f64>],
    drowned: T,
    ask: impl Fn(usize, &[Line<f64>], &mut Scratch) -> T + Sync,
) -> Vec<T> {
    let tile = |p: Coord<f64>| ((p.x / TILE_M).floor() as i64, (p.y / TILE_M).floor() as i64);
    let mut order: Vec<((i64, i64), u32)> = places.iter().enumerate().map(|(i, p)| (tile(*p), i as u32)).collect();
    order.par_sort_unstable();
    let groups: Vec<&[((i64, i64), u32)]> = order.chunk_by(|a, b| a.0 == b.0).collect();
    let answers: Vec<Vec<(u32, T)>> = groups
        .par_iter()
        .map_init(Scratch::default, |scratch, group| {
            let (column, row) = group[0].0;
            let centre = Coord { x: (column as f64 + 0.5) * TILE_M, y: (row as f64 + 0.5) * TILE_M };
            let walls = barriers.map_or_else(Vec::new, |b| b.near(centre, TILE_M / 2.0 + field.settings.leg.max_m));
            let one = |index: u32| {
                let dry = barriers.is_none_or(|b| !b.inside(places[index as usize]));
                (index, if dry { ask(index as usize, &walls, scratch) } else { drowned })
            };
            group.iter().map(|(_, index)| *index).map(one).collect()
        })
        .collect();
    let mut all = vec![drowned; places.len()];
    for (index, answer) in answers.into_iter().flatten() {
        all[index as usize] = answer;
    }
    all
}

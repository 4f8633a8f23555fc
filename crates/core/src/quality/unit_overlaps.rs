//! Units of one level that overlap.
//!
//! In: a city. Out: issues of the units layer, one a pair, with the people and sites that lie in both. Borders that were
//! drawn twice cross each other by metres: such slivers are no issue unless somebody lives in them.

use super::issue_log::IssueLog;
use crate::city::City;
use crate::city::area_index::AreaIndex;
use geo::{Area, BooleanOps, BoundingRect, MultiPolygon};
use lifering_base::error::Place;
use lifering_base::frame::LonLat;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::{Layer, Unit, compare_ids};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::BTreeMap;

/// Smallest overlap without anybody in it that is an issue, as a share of the smaller unit: borders of one survey at
/// 1:10,000 agree better than that.
const LEAST_SHARE: f64 = 1e-3;
/// Smallest overlap that is looked at, m²: what is less is the rounding of coordinates along a border.
const LEAST_M2: f64 = 1.0;

/// Two units with the same ground.
struct Overlap<'a> {
    /// The unit of the smaller id, to which what lies in both belongs.
    one: &'a Unit,
    other: &'a Unit,
    area_m2: f64,
    people: f64,
    sites: usize,
}

/// Logs the overlaps of units, level by level.
pub fn note(city: &City, log: &mut IssueLog) {
    let Some(mut issues) = log.of_layer(city.records(), Layer::Units) else { return };
    let file = issues.file;
    let mut levels: BTreeMap<Option<&str>, Vec<&Unit>> = BTreeMap::new();
    for unit in city.records().units.iter().flatten() {
        levels.entry(unit.level.as_deref()).or_default().push(unit);
    }
    for mut units in levels.into_values() {
        units.sort_by(|a, b| compare_ids(&a.id, &b.id).then_with(|| a.name.cmp(&b.name)));
        for overlap in overlaps(city, &units) {
            let Overlap { one, other, area_m2, people, sites } = overlap;
            let place = Place { feature: Some(other.feature), id: Some(other.name.clone()), ..Place::file(file) };
            let found = message!(
                "message.units_overlap",
                one = &one.name,
                other = &other.name,
                km2 = format!("{:.3}", area_m2 / 1e6),
                people = format!("{people:.0}"),
                sites = sites
            );
            issues.note(IssueCode::UnitsOverlap, &place, found, message!("message.smaller_id", id = &one.id));
        }
    }
}

/// The overlaps of units of one level that are worth a word, ordered as the units are.
fn overlaps<'a>(city: &City, units: &[&'a Unit]) -> Vec<Overlap<'a>> {
    let boxes = units.iter().enumerate().filter_map(|(slot, unit)| {
        let r = unit.area.as_ref()?.bounding_rect()?;
        let rectangle = Rectangle::from_corners([r.min().x, r.min().y], [r.max().x, r.max().y]);
        Some(GeomWithData::new(rectangle, slot))
    });
    let boxes = RTree::bulk_load(boxes.collect());
    let pairs = boxes.intersection_candidates_with_other_tree(&boxes).map(|(a, b)| (a.data, b.data));
    let mut pairs: Vec<(usize, usize)> = pairs.filter(|(a, b)| a < b).collect();
    pairs.sort_unstable();
    let places = Places::of(city);
    pairs.par_iter().filter_map(|(one, other)| overlap(city, units[*one], units[*other], &places)).collect()
}

fn overlap<'a>(city: &City, one: &'a Unit, other: &'a Unit, places: &Places) -> Option<Overlap<'a>> {
    let (first, second) = (one.area.as_ref()?, other.area.as_ref()?);
    let common = first.intersection(second);
    let area_m2 = |area: &MultiPolygon<f64>| city.frame().area_to_local(area).unsigned_area();
    let common_m2 = area_m2(&common);
    if common_m2 < LEAST_M2 {
        return None;
    }
    let (people, sites) = places.within(&common);
    let smaller_m2 = area_m2(first).min(area_m2(second));
    let told = people > 0.0 || sites > 0 || common_m2 > LEAST_SHARE * smaller_m2;
    told.then_some(Overlap { one, other, area_m2: common_m2, people, sites })
}

/// People and sites, to be counted in an area.
struct Places {
    people: RTree<GeomWithData<[f64; 2], f64>>,
    sites: RTree<[f64; 2]>,
}

impl Places {
    fn of(city: &City) -> Self {
        let position = |place: LonLat| [place.lon, place.lat];
        let people = city.people().samples.iter().map(|s| GeomWithData::new(position(s.place), s.people));
        let sites = city.sites().iter().map(|site| position(site.place));
        Self { people: RTree::bulk_load(people.collect()), sites: RTree::bulk_load(sites.collect()) }
    }

    /// Number of people and of sites in an area in degrees.
    fn within(&self, area: &MultiPolygon<f64>) -> (f64, usize) {
        let Some(r) = area.bounding_rect() else { return (0.0, 0) };
        let envelope = AABB::from_corners([r.min().x, r.min().y], [r.max().x, r.max().y]);
        let index = AreaIndex::new(area);
        let holds = |[lon, lat]: [f64; 2]| index.holds(LonLat::new(lon, lat));
        let people = self.people.locate_in_envelope_intersecting(envelope);
        let sites = self.sites.locate_in_envelope_intersecting(envelope);
        // A sum of nothing is -0.
        let people = people.filter(|at| holds(*at.geom())).map(|at| at.data).sum::<f64>() + 0.0;
        (people, sites.filter(|at| holds(**at)).count())
    }
}

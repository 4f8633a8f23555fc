//! The ground: boundary beside units, and coordinates that are too coarse to say where.

use super::{Notes, shown};
use crate::city::City;
use geo::{Area, BooleanOps, BoundingRect, MultiPolygon, unary_union};
use lifering_base::frame::LonLat;
use lifering_base::issue::{Issue, IssueCode};
use lifering_base::message;
use lifering_base::records::{Layer, Residence, Site, Unit};
use lifering_readers::formats::Format;
use std::collections::BTreeMap;

/// Most of the boundary's area that the units of a level may leave out, and most that they may have outside of it: borders
/// of one country at different scales agree within a hundredth or two; the sea before a coast is more.
const MOST_APART: f64 = 0.08;
/// Share of the boundary from which units are meant to cover it.
const LEAST_COVER: f64 = 0.5;
/// Fewest places that are not all coarse by chance.
const LEAST_PLACES: usize = 6;
/// Decimals of degrees from which on a place is known to 100 m.
const COARSE_DECIMALS: f64 = 100.0;

/// Distance beyond the boundary from which a point is far away, metres, if the region itself is smaller.
const FAR_M: f64 = 20_000.0;

pub(super) fn note(notes: &mut Notes<'_>) {
    note_units(notes);
    note_far(notes);
    note_coarse(notes);
}

/// Notes units that do not cover the boundary, or lie beyond it. Of several levels the one that covers most is looked at.
fn note_units(notes: &mut Notes<'_>) {
    let (city, records) = (notes.city, notes.city.records());
    if records.boundary.is_none() {
        return;
    }
    let mut levels: BTreeMap<Option<&str>, Vec<&Unit>> = BTreeMap::new();
    for unit in records.units.iter().flatten() {
        levels.entry(unit.level.as_deref()).or_default().push(unit);
    }
    let of_level = |units: Vec<&Unit>| {
        let areas: Vec<MultiPolygon<f64>> =
            units.iter().filter_map(|unit| Some(city.frame().area_to_local(unit.area.as_ref()?))).collect();
        let union = unary_union(&areas);
        let common = union.intersection(city.boundary()).unsigned_area();
        (common, union.unsigned_area())
    };
    let boundary = city.boundary().unsigned_area();
    let Some((common, units)) = levels.into_values().map(of_level).max_by(|a, b| a.0.total_cmp(&b.0)) else { return };
    let (left_out, beyond) = (1.0 - common / boundary, (units - common) / boundary);
    // Units may be some of a region's; but not elsewhere than it.
    let meant = 1.0 - left_out >= LEAST_COVER || units - common > MOST_APART * units;
    if meant && left_out.max(beyond) > MOST_APART {
        let found = message!("message.units_apart", out = shown(100.0 * left_out), beyond = shown(100.0 * beyond));
        notes.layers(&[Layer::Boundary, Layer::Units], found, message!("message.same_outline"));
    }
}

/// Places, each with its site; people have none.
type Points<'a> = Vec<(Option<&'a Site>, LonLat)>;

/// The points of every layer but those of a raster: people, then sites, each with its position in the file where it has one.
fn points(city: &City) -> Vec<(Layer, Points<'_>)> {
    fn sites(all: Option<&[Site]>) -> Points<'_> {
        all.unwrap_or_default().iter().map(|site| (Some(site), site.place)).collect()
    }
    let records = city.records();
    let grid = records.inputs.iter().any(|i| i.layer == Layer::Population && i.format == Format::GeoTiff);
    let people = records.population.iter().flatten().filter(|_| !grid).filter_map(|one| match one.residence {
        Residence::Point(place) => Some((None, place)),
        Residence::Area(_) => None,
    });
    vec![
        (Layer::Population, people.collect()),
        (Layer::Stations, sites(Some(&records.stations))),
        (Layer::Facilities, sites(records.facilities.as_deref())),
        (Layer::Aeds, sites(records.aeds.as_deref())),
    ]
}

/// Notes single points that lie farther beyond the boundary than it is wide, of layers that mostly lie inside. Those that
/// lie on another part of the earth were noted when they were read.
fn note_far(notes: &mut Notes<'_>) {
    let city = notes.city;
    let Some(around) = city.boundary().bounding_rect() else { return };
    let beyond_m = |place: LonLat| {
        let at = city.frame().to_local(place);
        let over = |n: f64, low: f64, high: f64| (low - n).max(n - high).max(0.0);
        libm::hypot(over(at.x, around.min().x, around.max().x), over(at.y, around.min().y, around.max().y))
    };
    let limit_m = libm::hypot(around.width(), around.height()).max(FAR_M);
    for (layer, places) in points(city) {
        let noted = |issue: &Issue| issue.code == IssueCode::FarAway;
        let before = city.records().input(layer.key()).is_some_and(|input| input.issues.list().iter().any(noted));
        let far: Vec<_> = places.iter().filter(|(_, place)| beyond_m(*place) > limit_m).collect();
        if before || 2 * far.len() > places.len() {
            continue;
        }
        for (site, place) in far {
            let degrees = |d: f64| format!("{d:.3}");
            let found = message!("message.around", lon = degrees(place.lon), lat = degrees(place.lat));
            notes.far(layer, *site, found, message!("message.km_beyond", n = shown(beyond_m(*place) / 1000.0)));
        }
    }
}

/// Notes layers of which every coordinate is a multiple of a hundredth of a degree.
fn note_coarse(notes: &mut Notes<'_>) {
    let city = notes.city;
    let vertices = city.records().roads.iter().flat_map(|road| road.parts.iter().flatten());
    let roads = (Layer::Roads, vertices.map(|place| (None, *place)).collect());
    for (layer, places) in points(city).into_iter().chain([roads]) {
        if places.len() >= LEAST_PLACES && places.iter().all(|(_, place)| is_coarse(place)) {
            notes.layers(&[layer], message!("message.coarse_places"), message!("message.places_to_10_m"));
        }
    }
}

fn is_coarse(place: &LonLat) -> bool {
    /// Rounding of a multiple in binary.
    const SAME: f64 = 1e-7;
    let whole = |d: f64| (d * COARSE_DECIMALS - (d * COARSE_DECIMALS).round()).abs() < SAME;
    whole(place.lon) && whole(place.lat)
}

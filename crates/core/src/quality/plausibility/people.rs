//! Numbers of people: on the ground, on the roads, in the units, and beside the figures of the standard.

use super::{Counted, Notes, Usual, shown};
use geo::Area;
use lifering_base::message;
use lifering_base::records::{Layer, Unit};
use lifering_standards::catalogue::Standard;

/// People on a square kilometre of a whole region. Counties of Tibet have 0.2 to 1 (census 2020); Macau, the densest
/// territory, has 21,000, Yuexiu and Huangpu, the densest districts of China, some 30,000.
const PER_KM2: Usual = Usual::between(0.2, 60_000.0);
/// People on a square kilometre of one unit. The densest sub-districts of Shanghai and Hong Kong have 60,000 to 90,000.
const PER_KM2_OF_UNIT: Usual = Usual::between(0.0, 120_000.0);
/// People for each kilometre of drivable road. China has 260 (1.41 billion on 5.44 million km, Ministry of Transport 2023),
/// Tibet 30, Shanghai 1,900; old towns of which only the main streets are drawn have several times as many.
const PER_ROAD_KM: Usual = Usual::between(3.0, 10_000.0);
/// Kilometres of road from which that says something.
const LEAST_ROADS_KM: f64 = 10.0;
/// Population that units state over the one that the population layer counts: censuses and grids of different years and
/// makers agree within a tenth or two.
const STATED_OVER_COUNTED: Usual = Usual::between(0.8, 1.25);
/// Share of the people that may live outside the boundary: borders drawn by another hand.
const MOST_OUTSIDE: f64 = 0.2;
/// People of a region over those that the standard was written for: an audit may look at half a city, or ten years ahead.
const OVER_STANDARD: Usual = Usual::between(0.5, 2.0);

pub(super) fn note(counted: &Counted<'_>, notes: &mut Notes<'_>) {
    let people = notes.city.people().inside;
    if notes.city.evidence().people_unknown {
        return;
    }
    note_density(people, notes);
    note_roads(people, counted, notes);
    note_units(notes);
    note_stated(counted, notes);
    note_outside(counted, notes);
}

fn note_density(people: f64, notes: &mut Notes<'_>) {
    let km2 = notes.city.boundary().unsigned_area() / 1e6;
    let density = people / km2;
    if people > 0.0 && km2 > 0.0 && !PER_KM2.holds(density) {
        let found = message!("message.people_per_km2", n = shown(density));
        notes.layers(&[notes.people_layer()], found, PER_KM2.message());
    }
}

fn note_roads(people: f64, counted: &Counted<'_>, notes: &mut Notes<'_>) {
    let km = counted.network.length_km;
    let per_km = people / km;
    if people > 0.0 && km >= LEAST_ROADS_KM && !PER_ROAD_KM.holds(per_km) {
        let found = message!("message.people_per_road_km", n = shown(per_km));
        notes.layers(&[notes.people_layer(), Layer::Roads], found, PER_ROAD_KM.message());
    }
}

/// Notes units with more people on their ground than anywhere on earth.
fn note_units(notes: &mut Notes<'_>) {
    let city = notes.city;
    let area_km2 = |unit: &Unit| unit.area.as_ref().map(|area| city.frame().area_to_local(area).unsigned_area() / 1e6);
    for unit in city.records().units.iter().flatten() {
        let (Some(people), Some(km2)) = (unit.population, area_km2(unit)) else { continue };
        if km2 > 0.0 && !PER_KM2_OF_UNIT.holds(people / km2) {
            let found = message!("message.people_per_km2", n = shown(people / km2));
            let record = super::Record { feature: Some(unit.feature), id: Some(&unit.name), field: "population" };
            notes.record(Layer::Units, record, found, PER_KM2_OF_UNIT.message());
        }
    }
}

/// Notes a population layer and units that contradict each other as a whole.
fn note_stated(counted: &Counted<'_>, notes: &mut Notes<'_>) {
    let Some(stated) = counted.people.units_total.filter(|stated| *stated > 0.0) else { return };
    let inside = counted.people.inside;
    if inside > 0.0 && !STATED_OVER_COUNTED.holds(stated / inside) {
        let found = message!("message.units_state", counted = shown(inside), stated = shown(stated));
        notes.layers(&[Layer::Population, Layer::Units], found, message!("message.both_the_same"));
    }
}

fn note_outside(counted: &Counted<'_>, notes: &mut Notes<'_>) {
    let outside = notes.city.people().outside;
    let total = counted.people.total;
    if total > 0.0 && outside / total > MOST_OUTSIDE {
        let share = shown(100.0 * outside / total);
        let layer = notes.people_layer();
        notes.layers(&[layer], message!("message.share_outside", n = share), message!("message.mostly_inside"));
    }
}

pub(super) fn note_standard(standard: &Standard, notes: &mut Notes<'_>) {
    let people = notes.city.people().inside;
    let ratio = |stated: u64| people / stated as f64;
    let nearest = standard.population.values().copied().min_by(|a, b| {
        let far = |stated: u64| libm::log(ratio(stated)).abs();
        far(*a).total_cmp(&far(*b))
    });
    let Some(stated) = nearest.filter(|_| people > 0.0) else { return };
    if !OVER_STANDARD.holds(ratio(stated)) {
        let layer = notes.people_layer();
        let found = message!("message.standard_of_others", n = shown(people), stated = stated.to_string());
        notes.layers(&[layer], found, message!("message.about_as_many"));
    }
}

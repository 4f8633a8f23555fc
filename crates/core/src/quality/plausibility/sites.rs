//! Stations, facilities and defibrillators: per head, per site, and as they lie to each other.

use super::{Counted, Notes, Record, Usual, shown};
use crate::city::City;
use lifering_base::message;
use lifering_base::records::{Layer, Site};
use rstar::RTree;
use rstar::primitives::GeomWithData;
use std::collections::BTreeMap;

/// People for each ambulance. Plans in China ask for one in 30,000 to 50,000 (standards.md, J04 and D); the United States
/// have one in some 5,000; poor counties one in several 100,000.
const PER_AMBULANCE: Usual = Usual::between(3_000.0, 300_000.0);
/// Ambulances from which that says something.
const LEAST_AMBULANCES: f64 = 5.0;
/// Beds for 1,000 people. Provinces have 5 to 8.5 (statistical yearbook of health 2022), districts with large hospitals 25.
const BEDS_PER_1000: Usual = Usual::between(0.8, 40.0);
/// Beds from which that says something.
const LEAST_BEDS: f64 = 100.0;
/// Defibrillators for 10,000 people. Plans ask for 1 to 20; Japan has some 55 (Japan Heart Foundation, 2020).
const AEDS_PER_10_000: Usual = Usual::between(0.0, 100.0);
/// Defibrillators at a point, on average: a point is a building.
const AEDS_A_POINT: Usual = Usual::between(0.0, 6.0);
/// Share of a layer's sites that may lie outside the boundary.
const MOST_OUTSIDE: f64 = 0.2;
/// Distance from the next station, metres, as the median of all: closer than this, and they are one, or their places are
/// rounded; farther than this, and they lie in several provinces.
const SPACING_M: Usual = Usual::between(100.0, 100_000.0);

/// What a value of one site may be.
struct OfSite {
    layer: Layer,
    field: &'static str,
    usual: Usual,
}

const OF_SITES: &[OfSite] = &[
    // The emergency centre of Beijing has some 80 at its largest base.
    OfSite { layer: Layer::Stations, field: "ambulances", usual: Usual::between(0.0, 100.0) },
    // Plans ask for 1 to 3 minutes; volunteers who come from home take up to half an hour.
    OfSite { layer: Layer::Stations, field: "turnout_s", usual: Usual::between(10.0, 1800.0) },
    // The First Affiliated Hospital of Zhengzhou, the largest of all, has some 12,000.
    OfSite { layer: Layer::Facilities, field: "beds", usual: Usual::between(0.0, 15_000.0) },
    OfSite { layer: Layer::Aeds, field: "count", usual: Usual::between(0.0, 50.0) },
];

pub(super) fn note(counted: &Counted<'_>, notes: &mut Notes<'_>) {
    note_values(notes);
    note_negative_pressure(notes);
    note_per_head(notes);
    note_outside(counted, notes);
    note_spacing(notes);
}

fn sites(city: &City, layer: Layer) -> &[Site] {
    let records = city.records();
    match layer {
        Layer::Stations => &records.stations,
        Layer::Facilities => records.facilities.as_deref().unwrap_or_default(),
        Layer::Aeds => records.aeds.as_deref().unwrap_or_default(),
        _ => &[],
    }
}

/// The numbers that sites state in a field.
pub(super) fn stated<'a>(city: &'a City, layer: Layer, field: &str) -> Vec<(&'a Site, f64)> {
    sites(city, layer).iter().filter_map(|site| Some((site, site.number(field)?))).collect()
}

fn note_values(notes: &mut Notes<'_>) {
    for OfSite { layer, field, usual } in OF_SITES {
        for (site, number) in stated(notes.city, *layer, field) {
            let record = Record { feature: Some(site.feature), id: Some(&site.name), field };
            if !usual.holds(number) {
                notes.record(*layer, record, shown(number), usual.message());
            } else if *field == "beds" && number.fract() != 0.0 {
                notes.record(*layer, record, shown(number), message!("message.whole_number"));
            }
        }
    }
}

/// Ambulances with negative pressure are some of the ambulances.
fn note_negative_pressure(notes: &mut Notes<'_>) {
    for (site, negative) in stated(notes.city, Layer::Stations, "negative_pressure") {
        let Some(ambulances) = site.number("ambulances").filter(|all| negative > *all) else { continue };
        let record = Record { feature: Some(site.feature), id: Some(&site.name), field: "negative_pressure" };
        let wanted = message!("message.at_most_ambulances", n = shown(ambulances));
        notes.record(Layer::Stations, record, shown(negative), wanted);
    }
}

/// The sum of a field over the sites inside the boundary.
fn sum(city: &City, layer: Layer, field: &str) -> f64 {
    stated(city, layer, field).iter().filter(|(site, _)| city.holds(site.place)).map(|(_, n)| n).sum()
}

fn note_per_head(notes: &mut Notes<'_>) {
    let people = notes.city.people().inside;
    if notes.city.evidence().people_unknown || people <= 0.0 {
        return;
    }
    let of_people = notes.people_layer();
    let ambulances = sum(notes.city, Layer::Stations, "ambulances");
    if ambulances >= LEAST_AMBULANCES && !PER_AMBULANCE.holds(people / ambulances) {
        let found = message!("message.people_per_ambulance", n = shown(people / ambulances));
        notes.layers(&[Layer::Stations, of_people], found, PER_AMBULANCE.message());
    }
    let beds = 1000.0 * sum(notes.city, Layer::Facilities, "beds") / people;
    // A list of clinics says nothing of the beds of a city.
    let hospitals = sites(notes.city, Layer::Facilities).iter().any(|site| site.text("kind") == Some("hospital"));
    let few = hospitals && beds < BEDS_PER_1000.low;
    let many = beds > BEDS_PER_1000.high && beds * people / 1000.0 >= LEAST_BEDS;
    if beds > 0.0 && (few || many) {
        let found = message!("message.beds_per_1000", n = shown(beds));
        notes.layers(&[Layer::Facilities, of_people], found, BEDS_PER_1000.message());
    }
    let aeds = sum(notes.city, Layer::Aeds, "count");
    let points = sites(notes.city, Layer::Aeds).len();
    if points >= 10 && !AEDS_PER_10_000.holds(1e4 * aeds / people) {
        let found = message!("message.aeds_per_10000", n = shown(1e4 * aeds / people));
        notes.layers(&[Layer::Aeds, of_people], found, AEDS_PER_10_000.message());
    }
    let all: f64 = stated(notes.city, Layer::Aeds, "count").iter().map(|(_, n)| n).sum();
    if points >= 5 && !AEDS_A_POINT.holds(all / points as f64) {
        let found = message!("message.aeds_a_point", n = shown(all / points as f64));
        notes.layers(&[Layer::Aeds], found, AEDS_A_POINT.message());
    }
}

fn note_outside(counted: &Counted<'_>, notes: &mut Notes<'_>) {
    for layer in [Layer::Stations, Layer::Facilities, Layer::Aeds] {
        let Some(counted) = counted.sites.iter().find(|sites| sites.key == layer.key()) else { continue };
        if counted.outside >= 2 && counted.outside as f64 > MOST_OUTSIDE * counted.sites as f64 {
            let share = shown(100.0 * counted.outside as f64 / counted.sites as f64);
            notes.layers(&[layer], message!("message.share_outside", n = share), message!("message.mostly_inside"));
        }
    }
}

/// Notes stations on one spot, and layers whose stations lie nowhere near each other or all together.
fn note_spacing(notes: &mut Notes<'_>) {
    let stations = sites(notes.city, Layer::Stations);
    let mut spots: BTreeMap<(u64, u64), &Site> = BTreeMap::new();
    for station in stations {
        let spot = (station.place.lon.to_bits(), station.place.lat.to_bits());
        if let Some(other) = spots.insert(spot, station).filter(|other| other.name != station.name) {
            let record = Record { feature: Some(station.feature), id: Some(&station.name), field: "coordinates" };
            let wanted = message!("message.place_of_its_own");
            notes.record(Layer::Stations, record, message!("message.on_the_spot_of", other = &other.name), wanted);
        }
    }
    if stations.len() < 3 {
        return;
    }
    let on_plane = |site: &Site| {
        let xy = notes.city.frame().to_local(site.place);
        [xy.x, xy.y]
    };
    let places = stations.iter().enumerate().map(|(at, site)| GeomWithData::new(on_plane(site), at)).collect();
    let tree: RTree<GeomWithData<[f64; 2], usize>> = RTree::bulk_load(places);
    let next = |(at, site): (usize, &Site)| {
        let other = tree.nearest_neighbor_iter(on_plane(site)).find(|other| other.data != at);
        other.map_or(f64::INFINITY, |other| site.place.length_m(stations[other.data].place))
    };
    let mut spacing: Vec<f64> = stations.iter().enumerate().map(next).collect();
    spacing.sort_by(f64::total_cmp);
    let median = spacing[spacing.len() / 2];
    if !SPACING_M.holds(median) {
        let found = message!("message.station_spacing", n = shown(median));
        notes.layers(&[Layer::Stations], found, SPACING_M.message());
    }
}

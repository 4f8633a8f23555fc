//! Roads: their classes, speeds and connections, and whether anybody lives beside them.

use super::{Counted, Notes, Record, Usual, shown};
use lifering_base::message;
use lifering_base::records::road_class::RoadClass;
use lifering_base::records::{Layer, Road};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Fewest roads of which shares say something.
const LEAST_ROADS: usize = 8;
/// Most of the length that motorways and trunk roads may have. In China motorways are 3 % and national roads 7 % of the
/// length of all roads (Ministry of Transport 2023); a corridor cut out of a map has more.
const MOST_TRUNK: f64 = 0.5;
/// Least of the length in the largest connected part. Extracts of OpenStreetMap have 0.97 and more.
const LEAST_CONNECTED: f64 = 0.8;
/// Most of the people who may have no road within reach. Grids of 1 km put up to a fifth of a county into the fields.
const MOST_BEYOND: f64 = 1.0 / 3.0;
/// Most of the sites that may stand farther than a driveway from every road.
const MOST_OFF: f64 = 1.0 / 3.0;
/// Most of the roads of a class whose speeds may be unusual: jams are slow.
const MOST_SLOW: f64 = 0.2;

/// Speeds that ambulances drive on a class of road, km/h: from a jam to the fastest that road allows. Free flow on Chinese
/// motorways is 100 to 120, on city streets 30 to 60; dispatch logs have 15 to 80.
fn usual_kmh(class: RoadClass) -> Option<Usual> {
    use RoadClass as C;
    Some(match class {
        C::Motorway | C::Trunk => Usual::between(20.0, 130.0),
        C::MotorwayLink | C::TrunkLink | C::Primary => Usual::between(14.0, 110.0),
        C::Secondary | C::PrimaryLink => Usual::between(12.0, 100.0),
        C::Tertiary | C::SecondaryLink => Usual::between(10.0, 90.0),
        C::Unclassified | C::TertiaryLink | C::Residential => Usual::between(8.0, 80.0),
        C::Service | C::LivingStreet | C::Track => Usual::between(3.0, 60.0),
        _ => return None,
    })
}

pub(super) fn note(counted: &Counted<'_>, notes: &mut Notes<'_>) {
    note_classes(notes);
    note_speeds(notes);
    note_connections(counted, notes);
    note_beyond(counted, notes);
    note_off(counted, notes);
}

fn length_m(road: &Road) -> f64 {
    road.parts.iter().flat_map(|line| line.windows(2)).map(|pair| pair[0].length_m(pair[1])).sum()
}

/// Whether a class is of the streets at which people live.
fn is_local(class: RoadClass) -> bool {
    use RoadClass as C;
    matches!(class, C::Residential | C::Unclassified | C::LivingStreet | C::Service | C::Tertiary | C::Track)
}

fn note_classes(notes: &mut Notes<'_>) {
    let roads: Vec<&Road> = notes.city.records().roads.iter().filter(|road| road.class.drivable()).collect();
    if roads.len() < LEAST_ROADS {
        return;
    }
    let lengths: Vec<f64> = roads.par_iter().map(|road| length_m(road)).collect();
    let mut by_class: BTreeMap<&str, f64> = BTreeMap::new();
    for (road, length) in roads.iter().zip(&lengths) {
        *by_class.entry(road.class.word()).or_default() += length;
    }
    let share = |counts: &dyn Fn(RoadClass) -> bool| {
        let counted = roads.iter().zip(&lengths).filter(|(road, _)| counts(road.class));
        counted.map(|(_, length)| length).sum::<f64>() / lengths.iter().sum::<f64>()
    };
    let trunk = share(&|class| matches!(class, RoadClass::Motorway | RoadClass::Trunk));
    if let [class] = by_class.keys().collect::<Vec<_>>()[..] {
        let found = message!("message.one_class", class = *class);
        notes.layers(&[Layer::Roads], found, message!("message.classes_wanted"));
    } else if !roads.iter().any(|road| is_local(road.class)) {
        notes.layers(&[Layer::Roads], message!("message.no_local_roads"), message!("message.classes_wanted"));
    } else if trunk > MOST_TRUNK {
        let found = message!("message.share_of_trunk", n = shown(100.0 * trunk));
        notes.layers(&[Layer::Roads], found, message!("message.classes_wanted"));
    }
}

fn note_speeds(notes: &mut Notes<'_>) {
    let city = notes.city;
    let stated = |road: &'_ Road| Some((road.speed_kmh?, usual_kmh(road.class)?));
    let mut by_class: BTreeMap<&str, (usize, Vec<&Road>, Usual)> = BTreeMap::new();
    for road in &city.records().roads {
        let Some((kmh, usual)) = stated(road) else { continue };
        let (count, unusual, _) = by_class.entry(road.class.word()).or_insert((0, Vec::new(), usual));
        *count += 1;
        if !usual.holds(kmh) {
            unusual.push(road);
        }
    }
    for (count, unusual, usual) in by_class.into_values() {
        let often = unusual.len() as f64 > MOST_SLOW * count as f64;
        for road in unusual.into_iter().filter(|road| often || road.speed_kmh.is_some_and(|kmh| kmh > usual.high)) {
            let found =
                message!("message.kmh_of_class", n = shown(road.speed_kmh.unwrap_or(0.0)), class = road.class.word());
            let record = Record { feature: Some(road.feature), id: road.name.as_deref(), field: "speed_kmh" };
            notes.record(Layer::Roads, record, found, usual.message());
        }
    }
}

fn note_connections(counted: &Counted<'_>, notes: &mut Notes<'_>) {
    let share = counted.network.largest_share;
    if notes.city.records().roads.len() >= LEAST_ROADS && share < LEAST_CONNECTED {
        let found = message!("message.connected_share", n = shown(100.0 * share));
        notes.layers(&[Layer::Roads], found, message!("message.connected_wanted"));
    }
}

fn note_beyond(counted: &Counted<'_>, notes: &mut Notes<'_>) {
    let (beyond, inside) = (counted.people.beyond_roads, counted.people.inside);
    if inside > 0.0 && beyond / inside > MOST_BEYOND && notes.city.records().input(Layer::Roads.key()).is_some() {
        let found = message!("message.share_beyond_roads", n = shown(100.0 * beyond / inside));
        let layers = [Layer::Roads, notes.people_layer()];
        notes.layers(&layers, found, message!("message.roads_complete"));
    }
}

/// Notes roads beside which the sites of no layer stand.
fn note_off(counted: &Counted<'_>, notes: &mut Notes<'_>) {
    let (off, all) = counted.sites.iter().fold((0, 0), |(off, all), s| (off + s.off_network, all + s.sites));
    if all >= LEAST_ROADS && off as f64 > MOST_OFF * all as f64 {
        let found = message!("message.sites_off_roads", n = off, all = all);
        notes.layers(&[Layer::Roads], found, message!("message.roads_complete"));
    }
}

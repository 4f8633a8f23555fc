//! Where stations enter the roads (roads.md section 7).
//!
//! In: a city and its drivable network. Out: issues of the stations layer: stations without an ambulance, stations that
//! can go nowhere, and stations whose people in time depend on which of two near roads they enter.

use super::issue_log::IssueLog;
use crate::city::City;
use crate::measure::delay;
use crate::network::{RoadNetwork, RoadPoint};
use crate::travel::{Entries, Start};
use geo::Coord;
use lifering_base::error::Place;
use lifering_base::frame::LonLat;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::attributes::Scalar;
use lifering_base::records::{Layer, Site};
use lifering_base::units::Milliseconds;
use lifering_standards::catalogue::Clock;
use rayon::prelude::*;

/// Another road this near may be the one that a station enters, metres (roads.md section 7).
const NEXT_ROAD_M: f64 = 50.0;

/// A change of people in time above this share is told (roads.md section 7).
const TOLD_CHANGE: f64 = 0.01;

/// The time in which people are counted: from call to arrival, minutes (the 14-minute response circle).
const IN_TIME_MIN: u32 = 14;

/// How far a station can drive.
#[derive(Clone, Debug)]
pub struct StationReach {
    /// Position of the station in its layer.
    pub station: usize,
    /// Distance of the nearest road, metres; `None` if no road has roadside access.
    pub nearest_m: Option<f64>,
    /// Length of road that can be driven from the nearest road, metres.
    pub drivable_m: f64,
    /// Distance of the road that leads on and is entered as well, metres; `None` unless the nearest leads nowhere.
    pub leads_on_m: Option<f64>,
    /// The road that is missing between the nearest road and the one that leads on, if there is one: its ends, degrees.
    pub missing_road: Option<[LonLat; 2]>,
}

/// How far every station can drive, in the order of its layer.
pub(super) fn reach_of_stations(city: &City, network: &RoadNetwork) -> Vec<StationReach> {
    let one = |(station, site): (usize, &Site)| {
        let entries = Entries::find(network, city.frame().to_local(site.place), true, city.barriers());
        let nearest = entries.nearest().copied();
        let leads_on_m = entries.way_out.and_then(|way_out| way_out.main_part_m);
        let leads_on = leads_on_m.and_then(|metres| entries.points.iter().find(|point| point.distance_m >= metres));
        let degrees = |point: &RoadPoint| city.frame().to_lon_lat(point.xy);
        StationReach {
            station,
            nearest_m: nearest.map(|point| point.distance_m),
            drivable_m: entries.way_out.map_or_else(|| entries.drivable_m(network), |way_out| way_out.drivable_m),
            leads_on_m,
            missing_road: nearest.zip(leads_on).map(|(from, to)| [degrees(&from), degrees(to)]),
        }
    };
    city.records().stations.par_iter().enumerate().map(one).collect()
}

/// Logs stations without an ambulance, of unknown ambulances, and those that can go nowhere.
pub(super) fn note_stations(city: &City, network: &RoadNetwork, log: &mut IssueLog) {
    let Some(mut issues) = log.of_layer(city.records(), Layer::Stations) else { return };
    let find = |site: &Site| Entries::find(network, city.frame().to_local(site.place), true, city.barriers());
    let stations = &city.records().stations;
    let entries: Vec<Entries> = stations.par_iter().map(find).collect();
    for (site, entries) in stations.iter().zip(&entries) {
        let at = Place { feature: Some(site.feature), id: Some(site.name.clone()), ..Place::file(issues.file) };
        match site.attributes.get("ambulances") {
            Some(Scalar::Number(0.0)) => {
                let (found, done) = (message!("message.no_ambulance"), message!("message.sends_nobody"));
                issues.note(IssueCode::NoAmbulance, &at, found, done);
            }
            Some(Scalar::Number(_)) => {}
            _ => {
                let (found, done) = (message!("message.ambulances_unknown"), message!("message.sends_some"));
                issues.note(IssueCode::AmbulancesUnknown, &at, found, done);
            }
        }
        if let Some(way_out) = entries.way_out {
            let found = message!(
                "message.goes_nowhere",
                drivable = format!("{:.0}", way_out.drivable_m),
                nearest = format!("{:.1}", way_out.nearest_m)
            );
            let done = match way_out.main_part_m {
                Some(metres) => message!("message.enters_main_part", n = format!("{metres:.1}")),
                None => message!("message.no_way_out"),
            };
            issues.note(IssueCode::GoesNowhere, &at, found, done);
        }
    }
}

/// Logs every station whose people in time would change if it entered the next road within reach instead of the nearest,
/// or as well. Neither changes a verdict.
pub(super) fn note_uncertain(city: &City, log: &mut IssueLog) {
    let Some(mut issues) = log.of_layer(city.records(), Layer::Stations) else { return };
    let network = city.drive_network();
    let uncertain: Vec<(&Site, Entries, RoadPoint)> = city
        .records()
        .stations
        .par_iter()
        .filter_map(|site| {
            let place = city.frame().to_local(site.place);
            let entries = Entries::find(&network, place, true, city.barriers());
            let next = entries.next_road(&network, place, NEXT_ROAD_M)?;
            Some((site, entries, next))
        })
        .collect();
    if uncertain.is_empty() {
        return;
    }
    let places: Vec<Coord<f64>> = city.people().samples.iter().map(|sample| sample.xy).collect();
    let table = city.access_table(&city.drive_profile(), &places);
    let starts: Vec<(Start, Entries)> = uncertain
        .iter()
        .flat_map(|(site, entries, next)| {
            let turnout_s = match site.attributes.get("turnout_s") {
                Some(Scalar::Number(seconds)) => Some(*seconds),
                _ => None,
            };
            let start = Start {
                xy: city.frame().to_local(site.place),
                delay: delay(city.records(), turnout_s, Clock::CallToArrival),
            };
            let instead = Entries { points: vec![*next], way_out: None };
            let points = entries.points.iter().copied().chain([*next]).collect();
            [entries.clone(), instead, Entries { points, way_out: None }].map(|entries| (start, entries))
        })
        .collect();
    let limit = Milliseconds(IN_TIME_MIN * 60_000);
    let reached = table.from_entries(&starts, limit, |_, place, _| Some(place));
    let people_in_time = |places: &Vec<u32>| -> f64 {
        // A sum of nothing is -0.
        places.iter().map(|place| city.people().samples[*place as usize].people).sum::<f64>() + 0.0
    };
    for ((site, entries, next), of_site) in uncertain.iter().zip(reached.chunks(3)) {
        let [now, instead, both] = [0, 1, 2].map(|way| of_site.get(way).map_or(0.0, people_in_time));
        let changes = |other: f64| (other - now).abs() > TOLD_CHANGE * now;
        if !changes(instead) && !changes(both) {
            continue;
        }
        let at = Place { feature: Some(site.feature), id: Some(site.name.clone()), ..Place::file(issues.file) };
        let nearest_m = entries.nearest().map_or(0.0, |point| point.distance_m);
        let found =
            message!("message.entry_now", m = format!("{nearest_m:.1}"), people = now.round(), minutes = IN_TIME_MIN);
        let other = message!(
            "message.entry_next",
            m = format!("{:.1}", next.distance_m),
            people = instead.round(),
            both = both.round()
        );
        issues.note(IssueCode::EntryUncertain, &at, found, other);
    }
}

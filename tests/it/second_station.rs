//! Who comes when the station that is first fails: the second arrivals of one field are the first arrivals of a field
//! without that station.

use crate::support::fixtures;
use lifering_base::units::{Milliseconds, SourceId};
use lifering_core::city::{City, OpenOptions};
use lifering_core::run::Silent;
use lifering_core::travel::demand::{reach, reach_second};
use lifering_core::travel::{Reachability, Start};
use lifering_readers::source::Source;

/// Compares every place with what a field says that knows nothing of the station that is first there; the number of places
/// that a second station reaches.
fn agrees(source: Source) -> usize {
    let city = City::open(source, &OpenOptions::default(), &Silent).expect("the city is opened");
    let records = city.records();
    let profile = city.drive_profile();
    let starts: Vec<Start> = records
        .stations
        .iter()
        .enumerate()
        .map(|(at, station)| Start { xy: city.frame().to_local(station.place), delay: Milliseconds(1_000 * at as u32) })
        .collect();
    let places: Vec<_> = city.people().samples.iter().map(|sample| sample.xy).collect();
    let barriers = city.barriers();
    let field = city.travel_field(&profile, &starts);
    let first = reach(&field, barriers, &places);
    let second = reach_second(&field, barriers, &places, &first, &starts);
    for absent in 0..starts.len() {
        let others: Vec<usize> = (0..starts.len()).filter(|at| *at != absent).collect();
        let starts: Vec<Start> = others.iter().map(|at| starts[*at]).collect();
        let without = city.travel_field(&profile, &starts);
        let members: Vec<usize> =
            (0..places.len()).filter(|at| first[*at].by() == Some(SourceId::new(absent))).collect();
        let here: Vec<_> = members.iter().map(|at| places[*at]).collect();
        for (at, answer) in members.iter().zip(reach(&without, barriers, &here)) {
            let wanted = match answer {
                Reachability::At(ms, by) => Some((ms, SourceId::new(others[by.index()]))),
                Reachability::CutOff | Reachability::NoRoad => None,
            };
            assert_eq!(second[*at], wanted, "place {at}, without station {absent}");
        }
    }
    second.iter().flatten().count()
}

#[test]
fn second_arrivals_are_those_of_a_field_without_the_first() {
    assert!(agrees(Source::Demo) > 1000);
    for town in ["grid_town", "one_way_ring", "barrier", "island"] {
        agrees(Source::at(&fixtures().join(town)));
    }
}

//! The table of what is left from each junction gives the times of a travel-time field, to the millisecond.

use std::io::Write as _;
use std::path::Path;

use lifering_base::parameters::Obey;
use lifering_base::units::Milliseconds;
use lifering_core::city::{City, OpenOptions, Profile};
use lifering_core::run::Silent;
use lifering_core::travel::demand::reach;
use lifering_core::travel::{Reachability, Start};
use lifering_readers::source::Source;
use lifering_standards::catalogue::Pace;

/// Every n-th sample and facility of a region is a place or a start.
fn agrees(source: Source, starts: usize, places: usize) {
    let city = City::open(source, &OpenOptions::default(), &Silent).expect("the city can be opened");
    let label = city.records().source.label();
    let samples = &city.people().samples;
    let step = (samples.len() / places).max(1);
    let places: Vec<_> = samples.iter().step_by(step).map(|s| s.xy).collect();
    let sites = city.sites();
    let mut from: Vec<Start> = sites
        .iter()
        .step_by((sites.len() / starts).max(1))
        .map(|site| Start { xy: site.xy, delay: Milliseconds(240_000) })
        .collect();
    // Homes as starts: they stand beside the middle of links.
    let homes = samples.iter().step_by((samples.len() / starts).max(1));
    from.extend(homes.map(|s| Start { xy: s.xy, delay: Milliseconds(0) }));
    let drive = city.drive_profile();
    for profile in [drive, Profile::Network(Obey::All), Profile::Walk(Pace::Usual)] {
        compare(&city, &profile, &places, &from, &label);
    }
}

fn compare(city: &City, profile: &Profile, places: &[geo::Coord<f64>], from: &[Start], label: &str) {
    let table = city.access_table(profile, places);
    let limit = Milliseconds(900_000);
    let found = table.from_each(from, limit, |_, place, at| Some((place, at)));
    let mut reached_any = 0;
    for (start, found) in from.iter().zip(found) {
        let field = city.travel_field(profile, std::slice::from_ref(start));
        let expected: Vec<(u32, Milliseconds)> = reach(&field, city.barriers(), places)
            .into_iter()
            .enumerate()
            .filter_map(|(place, reached)| match reached {
                Reachability::At(at, _) if at <= limit => Some((place as u32, at)),
                _ => None,
            })
            .collect();
        reached_any += expected.len();
        assert_eq!(found, expected, "{label} {profile:?} from {:?}", start.xy);
    }
    assert!(reached_any > 0, "{label} {profile:?}: nobody reached proves nothing");
}

#[test]
fn the_table_agrees_with_fields_among_barriers() {
    agrees(Source::Demo, 12, 700);
}

#[test]
fn the_table_agrees_with_fields_on_a_real_city() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/real/auckland");
    if folder.join("region.toml").is_file() {
        agrees(Source::at(&folder), 8, 700);
    } else {
        std::io::stderr().write_all(b"skipped: auckland is not in ../shared/data/real\n").expect("stderr takes a line");
    }
}

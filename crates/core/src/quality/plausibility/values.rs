//! Values by which programs and people write something else than a number: "not known", the sum of the others, the value of
//! cells without data.

use super::{Notes, Record, shown, sites};
use lifering_base::frame::LonLat;
use lifering_base::message;
use lifering_base::records::{Layer, People, Residence, Site};
use lifering_readers::formats::Format;
use std::collections::BTreeMap;

/// Numbers that stand for "not known": nines in a row, and the ends of the types of integers.
const FILLERS: [f64; 11] = [
    9_999.0,
    99_999.0,
    999_999.0,
    9_999_999.0,
    99_999_999.0,
    999_999_999.0,
    32_767.0,
    65_535.0,
    2_147_483_647.0,
    4_294_967_295.0,
    3.402_823_466_385_288_6e38,
];
/// Fewest records of which one may be the sum of the others.
const LEAST_RECORDS: usize = 4;
/// Share of all that one record of many has only if it is no record.
const HALF: f64 = 0.5;
/// Fewest cells with one value that are suspected to be cells without data, and their least share.
const LEAST_CELLS: usize = 20;
const LEAST_SHARE: f64 = 0.25;

/// A value and where it stands.
struct Value<'a> {
    feature: Option<usize>,
    name: Option<&'a str>,
    place: LonLat,
    number: f64,
}

pub(super) fn note(notes: &mut Notes<'_>) {
    let city = notes.city;
    let of_people: Vec<Value<'_>> = city.records().population.iter().flatten().filter_map(of_people).collect();
    note_cells(&of_people, notes);
    note_values(Layer::Population, "population", &of_people, notes);
    for (layer, field) in [
        (Layer::Stations, "ambulances"),
        (Layer::Stations, "turnout_s"),
        (Layer::Facilities, "beds"),
        (Layer::Aeds, "count"),
    ] {
        let all = sites::stated(city, layer, field);
        let all: Vec<Value<'_>> = all.into_iter().map(of_site).collect();
        note_values(layer, field, &all, notes);
    }
}

fn of_site((site, number): (&Site, f64)) -> Value<'_> {
    Value { feature: Some(site.feature), name: Some(&site.name), place: site.place, number }
}

fn of_people(one: &People) -> Option<Value<'_>> {
    match one.residence {
        Residence::Point(place) => Some(Value { feature: None, name: None, place, number: one.people }),
        Residence::Area(_) => None,
    }
}

fn note_values(layer: Layer, field: &str, all: &[Value<'_>], notes: &mut Notes<'_>) {
    let sum: f64 = all.iter().map(|value| value.number).sum();
    for value in all {
        let record = Record { feature: value.feature, id: value.name, field };
        let degrees = |d: f64| format!("{d:.5}");
        let (lon, lat) = (degrees(value.place.lon), degrees(value.place.lat));
        if FILLERS.contains(&value.number) {
            let found = message!("message.value_at", n = shown(value.number), lon = lon, lat = lat);
            notes.record(layer, record, found, message!("message.filler"));
        } else if field != "turnout_s" && all.len() >= LEAST_RECORDS && value.number >= HALF * sum && sum > 0.0 {
            let found =
                message!("message.half_of_all", n = shown(value.number), all = shown(sum), lon = lon, lat = lat);
            notes.record(layer, record, found, message!("message.no_sums"));
        }
    }
}

/// Notes one value that stands in many cells of a raster.
fn note_cells(cells: &[Value<'_>], notes: &mut Notes<'_>) {
    let is_raster = |i: &lifering_readers::InputRecord| i.layer == Layer::Population && i.format == Format::GeoTiff;
    if !notes.city.records().inputs.iter().any(is_raster) {
        return;
    }
    let mut by_value: BTreeMap<u64, usize> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.number > 0.0) {
        *by_value.entry(cell.number.to_bits()).or_default() += 1;
    }
    let Some((value, count)) = by_value.iter().max_by_key(|(value, count)| (**count, **value)) else { return };
    let often = *count >= LEAST_CELLS && *count as f64 >= LEAST_SHARE * cells.len() as f64;
    if often && by_value.len() > LEAST_CELLS {
        let found = message!("message.value_of_many_cells", n = shown(f64::from_bits(*value)), cells = *count);
        notes.layers(&[Layer::Population], found, message!("message.no_data_cells"));
    }
}

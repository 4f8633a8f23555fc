//! Where a reference system is used.
//!
//! In: a code of EPSG. Out: its area of use, from the table of PROJ. Coordinates that are told to be in a system and lie far
//! from where it is used are most likely in another one: a zone next to it, with another number before its eastings.

use crate::crs::{self, Extent};
use lifering_base::frame::LonLat;
use std::sync::OnceLock;

/// Code and area of use, ascending.
const TABLE: &str = include_str!("../data/areas_of_use.csv");

/// Distance from its area of use at which a system is still used, degrees: a city on the rim of a zone stays in it as a whole.
const OVERHANG_DEGREES: f64 = 1.5;

/// Zones next to a zone that are tried, in both directions.
const ZONES_TRIED: u16 = 3;

fn areas() -> &'static [(u16, Extent)] {
    static AREAS: OnceLock<Vec<(u16, Extent)>> = OnceLock::new();
    AREAS.get_or_init(|| {
        let row = |line: &str| {
            let (code, rest) = line.split_once(',')?;
            let mut numbers = rest.split(',').map(|n| n.parse::<f64>().ok());
            let mut next = || numbers.next().flatten();
            Some((code.parse().ok()?, Extent::from([next()?, next()?, next()?, next()?])))
        };
        TABLE.lines().filter_map(row).collect()
    })
}

/// The area of use of a system; `None` if it is used on the whole world, or not known.
pub(crate) fn area_of_use(code: u16) -> Option<Extent> {
    let areas = areas();
    areas.binary_search_by_key(&code, |area| area.0).ok().map(|at| areas[at].1)
}

/// Whether a place is in the area of use of a system or within `slack` degrees of it.
pub(crate) fn is_used_at(code: u16, place: LonLat, slack: f64) -> bool {
    let Some(area) = area_of_use(code) else { return true };
    let (west, mut east, mut lon) = (area.low.lon, area.high.lon, place.lon);
    if east < west {
        // Across 180 degrees.
        east += 360.0;
        if lon < west - slack {
            lon += 360.0;
        }
    }
    (west - slack..=east + slack).contains(&lon) && (area.low.lat - slack..=area.high.lat + slack).contains(&place.lat)
}

/// Whether positions that a system was told for lie where it is used.
pub(crate) fn fits(code: u16, place: LonLat) -> bool {
    is_used_at(code, place, OVERHANG_DEGREES)
}

/// The system of a zone next to `code` under which a position of the file lies where that system is used, and the place
/// there.
pub(crate) fn neighbouring_zone(code: u16, in_file: LonLat) -> Option<(u16, LonLat)> {
    let tried = (1..=ZONES_TRIED).flat_map(|by| [code.checked_sub(by), code.checked_add(by)]).flatten();
    tried.into_iter().find_map(|other| {
        area_of_use(other)?;
        let place = crs::parse(&format!("EPSG:{other}")).ok().flatten()?.to_wgs84(in_file);
        // Half a degree, as places on the rim between two zones are found in either.
        is_used_at(other, place, 0.5).then_some((other, place))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_in_order() {
        let areas = areas();
        assert_eq!(areas.len(), TABLE.lines().filter(|line| !line.starts_with('#')).count());
        assert!(areas.len() > 5900 && areas.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(area_of_use(4548), Some(Extent::from([115.5, 22.6, 118.5, 49.88])));
        assert_eq!(area_of_use(3857), None, "the whole world");
    }

    #[test]
    fn systems_of_fiji_are_used_on_both_sides_of_180_degrees() {
        // EPSG:3460, Fiji 1986 / Fiji Map Grid: 176.81 E to 178.15 W.
        assert!(fits(3460, LonLat::new(178.4, -18.1)) && fits(3460, LonLat::new(-179.9, -16.8)));
        assert!(!fits(3460, LonLat::new(170.0, -18.0)) && !fits(3460, LonLat::new(-170.0, -18.0)));
    }

    #[test]
    fn a_zone_off_by_one_is_found_by_the_number_before_its_eastings() {
        // 118.5 E, 24.7 N in zone 39 (EPSG:4527), read as zone 40 (EPSG:4528).
        let in_file = LonLat::new(39_651_802.1, 2_733_653.4);
        let read = crs::parse("EPSG:4528").unwrap().unwrap().to_wgs84(in_file);
        assert!(!fits(4528, read), "{read:?}");
        let (code, place) = neighbouring_zone(4528, in_file).unwrap();
        assert_eq!(code, 4527);
        assert!((place.lon - 118.5).abs() < 1e-5 && (place.lat - 24.7).abs() < 1e-5, "{place:?}");
        assert!(fits(4527, place), "on the rim of its zone");
        assert_eq!(neighbouring_zone(4528, LonLat::new(10_000.0, 2_733_653.4)), None);
    }
}

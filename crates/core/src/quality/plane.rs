//! Detection of a plane taken for its twin: UTM for Gauss-Krüger, or the other way round.
//!
//! In: layers that were given in metres, and the drivable network. Out: issues. The two planes differ by the scale 0.9996
//! alone: one read as the other lies some 400 m nearer to the equator, or farther from it, for every 1,000 km, which no area
//! of use can tell. Sites stand beside roads, so their distance from the nearest road can. Roads are known by the points of
//! all other layers, as these cannot all be wrong in the same way.

use super::fit::{clearly_better, mean_capped, people_points, road_distances};
use super::issue_log::IssueLog;
use super::sites::{POINT_LAYERS, points};
use crate::city::City;
use lifering_base::error::Place;
use lifering_base::frame::LonLat;
use lifering_base::issue::IssueCode;
use lifering_base::message;
use lifering_base::records::Layer;

/// Scale of UTM on its central meridian; that of Gauss-Krüger is 1 (J. P. Snyder, Map Projections: A Working Manual, 1987,
/// USGS Professional Paper 1395, chapter 8).
const UTM_SCALE: f64 = 0.9996;
/// Half axis and flattening of GRS 80; other ellipsoids differ by less than matters here.
const HALF_AXIS_M: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_222_101;

/// Logs layers that fit the roads clearly better in the other plane, and roads that all points fit better so.
pub(super) fn note(city: &City, log: &mut IssueLog) {
    let records = city.records();
    let in_metres = |layer: Layer| {
        let input = records.input(layer.key());
        input.is_some_and(|input| input.issues.list().iter().any(|issue| issue.code == IssueCode::Reprojected))
    };
    let places = |layer: Layer| -> Vec<LonLat> {
        match layer {
            Layer::Population => people_points(records),
            layer => points(records, layer).into_iter().map(|(_, _, place)| place).collect(),
        }
    };
    let layers = || POINT_LAYERS.into_iter().chain([Layer::Population]);
    for layer in layers().filter(|layer| in_metres(*layer)) {
        note_layer(city, layer, &places(layer), log);
    }
    if in_metres(Layer::Roads) {
        let all: Vec<LonLat> = layers().filter(|layer| !in_metres(*layer)).flat_map(places).collect();
        note_layer(city, Layer::Roads, &all, log);
    }
}

fn note_layer(city: &City, layer: Layer, places: &[LonLat], log: &mut IssueLog) {
    let network = city.drive_network();
    let distances = |scale: f64| road_distances(places, &network, city.frame(), |place| rescaled(place, scale));
    let Some(given) = distances(1.0) else { return };
    // A plane of scale 1 read as one of 0.9996, and the other way round.
    for scale in [UTM_SCALE, 1.0 / UTM_SCALE] {
        let Some(other) = distances(scale).filter(|other| clearly_better(other, &given)) else { continue };
        let Some(mut issues) = log.of_layer(city.records(), layer) else { return };
        let metres = |all: &[f64]| format!("{:.0}", mean_capped(all));
        let found = message!("message.other_plane", given = metres(&given), better = metres(&other));
        let place = Place::file(issues.file);
        issues.note(IssueCode::LayerImplausible, &place, found, message!("message.utm_or_gauss_kruger"));
        return;
    }
}

/// The place at which a point would lie if its northing and its easting from the meridian of the UTM zone were `scale`
/// times theirs, to some metres. Series of the meridian arc: Snyder, equation 3-21, to the third power.
fn rescaled(place: LonLat, scale: f64) -> LonLat {
    let e2 = FLATTENING * (2.0 - FLATTENING);
    let lat = place.lat.to_radians();
    let arc_m = HALF_AXIS_M
        * ((1.0 - e2 / 4.0 - 3.0 * e2 * e2 / 64.0) * lat
            - (3.0 * e2 / 8.0 + 3.0 * e2 * e2 / 32.0) * libm::sin(2.0 * lat)
            + 15.0 * e2 * e2 / 256.0 * libm::sin(4.0 * lat));
    let w = |lat: f64| 1.0 - e2 * libm::sin(lat) * libm::sin(lat);
    let of_meridian_m = HALF_AXIS_M * (1.0 - e2) / (w(lat) * w(lat).sqrt());
    let to = lat + (scale - 1.0) * arc_m / of_meridian_m;
    let of_parallel_m = |lat: f64| HALF_AXIS_M / w(lat).sqrt() * libm::cos(lat);
    let meridian = 6.0 * (place.lon / 6.0).floor() + 3.0;
    let east = (place.lon - meridian) * scale * of_parallel_m(lat) / of_parallel_m(to);
    LonLat::new(meridian + east, to.to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [((f64, f64), (f64, f64)); 2] = [
        ((118.5, 24.7), (118.500_718_401_549_86, 24.709_866_137_370_906)),
        ((114.2, 48.0), (114.197_843_944_916_57, 48.019_103_753_974_84)),
    ];

    /// Places of the plane of EPSG:4509 (Gauss-Krüger, 117° E) read as EPSG:32650 (UTM, zone 50) by PROJ 9.
    #[test]
    fn a_place_is_moved_as_if_its_plane_were_the_other() {
        for (from, to) in PLACES {
            let (from, to) = (LonLat::new(from.0, from.1), LonLat::new(to.0, to.1));
            let (moved, back) = (rescaled(from, 1.0 / UTM_SCALE), rescaled(to, UTM_SCALE));
            assert!(moved.length_m(to) < 5.0, "{from:?}: {moved:?}, not {to:?}");
            assert!(back.length_m(from) < 5.0, "{to:?}: {back:?}, not {from:?}");
            assert!(from.length_m(to) > 1_000.0);
        }
    }
}

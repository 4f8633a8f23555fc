//! GCJ-02 and BD-09, the shifted coordinates of Chinese web maps, to WGS 84 and back.
//!
//! In: degrees in one datum. Out: degrees in another. Both shifts are public formulas without an official text: GCJ-02 as
//! in eviltransform (googollee/eviltransform, MIT), BD-09 as in coordtransform (wandergis/coordtransform, MIT). The
//! inverses are solved by iteration until they converge, so that there and back agree to 1e-9 degrees.

use crate::frame::LonLat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;
use std::fmt;

/// The datum of the degrees of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Datum {
    /// WGS 84 or CGCS2000, the same to centimetres.
    Wgs84,
    /// The state's shift, used by Amap (高德) and Tencent: 300 to 700 m off.
    Gcj02,
    /// Baidu's second shift on top of it: about 1 km off.
    Bd09,
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wgs84 => "WGS 84",
            Self::Gcj02 => "GCJ-02",
            Self::Bd09 => "BD-09",
        })
    }
}

/// Semi-major axis of the Krassovsky ellipsoid in metres, as the formula has it.
const AXIS_M: f64 = 6_378_245.0;
/// Its first eccentricity squared, as the formula has it.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// Frequency of Baidu's shift.
const BAIDU_PI: f64 = PI * 3000.0 / 180.0;
/// Iterations after which the inverse has long converged (each one gains about three digits).
const ITERATIONS: usize = 30;
/// Movement below which the inverse has converged, degrees.
const STILL_DEGREES: f64 = 1e-13;

impl Datum {
    /// The word in region.toml.
    pub fn word(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        }
    }

    /// Degrees in this datum as WGS 84.
    #[must_use]
    pub fn to_wgs84(self, place: LonLat) -> LonLat {
        match self {
            Self::Wgs84 => place,
            Self::Gcj02 => inverse(place, gcj02),
            Self::Bd09 => inverse(inverse(place, bd09_from_gcj02), gcj02),
        }
    }

    /// WGS 84 degrees in this datum.
    #[must_use]
    pub fn from_wgs84(self, place: LonLat) -> LonLat {
        match self {
            Self::Wgs84 => place,
            Self::Gcj02 => gcj02(place),
            Self::Bd09 => bd09_from_gcj02(gcj02(place)),
        }
    }
}

/// Whether a place is within the rectangle in which Chinese web maps shift coordinates.
pub fn in_china(place: LonLat) -> bool {
    (72.004..=137.8347).contains(&place.lon) && (0.8293..=55.8271).contains(&place.lat)
}

fn inverse(shifted: LonLat, forward: impl Fn(LonLat) -> LonLat) -> LonLat {
    let mut place = shifted;
    for _ in 0..ITERATIONS {
        let image = forward(place);
        let (d_lon, d_lat) = (shifted.lon - image.lon, shifted.lat - image.lat);
        place = LonLat::new(place.lon + d_lon, place.lat + d_lat);
        if d_lon.abs() < STILL_DEGREES && d_lat.abs() < STILL_DEGREES {
            break;
        }
    }
    place
}

fn gcj02(place: LonLat) -> LonLat {
    if !in_china(place) {
        return place;
    }
    let (x, y) = (place.lon - 105.0, place.lat - 35.0);
    let common = (20.0 * libm::sin(6.0 * x * PI) + 20.0 * libm::sin(2.0 * x * PI)) * 2.0 / 3.0;
    let waves = |v: f64, a: f64, b: f64, (c, period): (f64, f64), (d, long): (f64, f64)| {
        ((a * libm::sin(v * PI) + b * libm::sin(v / 3.0 * PI))
            + (c * libm::sin(v / period * PI) + d * libm::sin(v / long * PI)))
            * 2.0
            / 3.0
    };
    let root = x.abs().sqrt();
    let north_m = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + common
        + waves(y, 20.0, 40.0, (160.0, 12.0), (320.0, 30.0));
    let east_m = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + common
        + waves(x, 20.0, 40.0, (150.0, 12.0), (300.0, 30.0));
    let (sin, cos) = libm::sincos(place.lat.to_radians());
    let w2 = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
    let meridian_m = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (w2 * w2.sqrt());
    let parallel_m = AXIS_M / w2.sqrt() * cos;
    LonLat::new(place.lon + (east_m / parallel_m).to_degrees(), place.lat + (north_m / meridian_m).to_degrees())
}

fn bd09_from_gcj02(place: LonLat) -> LonLat {
    let radius = libm::hypot(place.lon, place.lat) + 0.000_02 * libm::sin(place.lat * BAIDU_PI);
    let angle = libm::atan2(place.lat, place.lon) + 0.000_003 * libm::cos(place.lon * BAIDU_PI);
    LonLat::new(radius * libm::cos(angle) + 0.0065, radius * libm::sin(angle) + 0.006)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Pair = (f64, f64);

    /// (WGS 84, GCJ-02), latitude first, from eviltransform's own tests: Shanghai, Shenzhen, Beijing.
    const GCJ02: &[(Pair, Pair)] = &[
        ((31.177_427_6, 121.527_210_6), (31.175_303_983_645_97, 121.531_541_859_215)),
        ((22.543_847, 113.912_316), (22.540_796_131_694_766, 113.917_176_480_836_3)),
        ((39.911_954, 116.377_817), (39.913_345_455_360_69, 116.384_047_224_556_57)),
    ];
    /// (GCJ-02, BD-09), longitude first, from coordtransform's own documentation: Beijing, forward and backward.
    const BD09: &[(Pair, Pair)] = &[
        ((116.404, 39.915), (116.410_369_493_710_29, 39.921_336_993_510_21)),
        ((116.397_627_291_193_15, 39.908_656_739_576_31), (116.404, 39.915)),
    ];

    fn near(a: LonLat, b: (f64, f64), metres: f64) {
        let b = LonLat::new(b.1, b.0);
        assert!((a.lon - b.lon).abs() < 1e-5 && (a.lat - b.lat).abs() < 1e-5, "{a:?} {b:?}");
        assert!(a.geodesic_m(b) < metres, "{a:?} {b:?} {}", a.geodesic_m(b));
    }

    #[test]
    fn published_points() {
        for (wgs, gcj) in GCJ02 {
            near(Datum::Gcj02.from_wgs84(LonLat::new(wgs.1, wgs.0)), *gcj, 0.001);
            near(Datum::Gcj02.to_wgs84(LonLat::new(gcj.1, gcj.0)), *wgs, 0.001);
        }
        // The second pair was inverted by coordtransform's one-step formula, which is centimetres off.
        for (gcj, bd) in BD09 {
            near(bd09_from_gcj02(LonLat::new(gcj.0, gcj.1)), (bd.1, bd.0), 0.5);
            near(inverse(LonLat::new(bd.0, bd.1), bd09_from_gcj02), (gcj.1, gcj.0), 0.5);
        }
    }

    #[test]
    fn the_shift_is_hundreds_of_metres_in_jinjiang_and_nothing_abroad() {
        let here = LonLat::new(118.55, 24.78);
        let metres = |d: Datum| here.geodesic_m(d.from_wgs84(here));
        assert!((300.0..700.0).contains(&metres(Datum::Gcj02)), "{}", metres(Datum::Gcj02));
        assert!((700.0..1500.0).contains(&metres(Datum::Bd09)), "{}", metres(Datum::Bd09));
        let abroad = LonLat::new(-113.5, 53.5);
        assert_eq!(Datum::Gcj02.from_wgs84(abroad), abroad);
    }

    proptest! {
        #[test]
        fn there_and_back(lon in 74.0..135.0f64, lat in 18.0..53.0f64) {
            let place = LonLat::new(lon, lat);
            for datum in [Datum::Wgs84, Datum::Gcj02, Datum::Bd09] {
                let back = datum.to_wgs84(datum.from_wgs84(place));
                prop_assert!((back.lon - lon).abs() < 1e-9 && (back.lat - lat).abs() < 1e-9, "{datum} {place:?} {back:?}");
            }
        }
    }
}

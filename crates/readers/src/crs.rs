//! Reference systems: what a file names, and from there to WGS 84.
//!
//! In: a name (`EPSG:4548`, a URN, a proj string). Out: nothing to do, or a [`Reprojection`] through `proj4rs`. A datum
//! whose relation to WGS 84 is not published is refused: a guess would be a hundred metres off.

use crate::crs_area;
use crate::library_errors;
use crate::positions::is_degrees;
use lifering_base::frame::LonLat;
use lifering_base::{Message, message};
use proj4rs::{Proj, transform::transform};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The way from another reference system to WGS 84.
pub struct Reprojection {
    name: String,
    /// Code of EPSG; `None` for a system that is named otherwise.
    code: Option<u16>,
    from: Proj,
    to: Proj,
}

impl fmt::Debug for Reprojection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reprojection").field("name", &self.name).finish_non_exhaustive()
    }
}

/// EPSG codes whose degrees are WGS 84 or CGCS2000, in two or three dimensions.
const SAME_AS_WGS84: &[u16] = &[4326, 4979, 4490, 4480];

/// Geographic systems whose axes are in grads: 400 to a circle, counted from Paris.
const IN_GRADS: &[u16] = &[4807, 4810, 4811, 4816, 4821, 4901];

/// Other codes of EPSG:3857: those of ESRI, and of Google.
const WEB_MERCATOR: &[&str] = &["102100", "102113", "900913"];

/// The reprojection that a name asks for; `None` if it means WGS 84 (or CGCS2000). The error is the reason it is refused.
pub fn parse(name: &str) -> Result<Option<Reprojection>, Message> {
    let trimmed = name.trim();
    if trimmed.starts_with("+proj") {
        return Reprojection::new(trimmed, trimmed).map(Some);
    }
    let upper = trimmed.to_uppercase();
    if upper.ends_with("CRS84") {
        return Ok(None);
    }
    let digits = upper.rsplit([':', '/']).next().unwrap_or_default();
    let epsg = upper.contains("EPSG") || digits.len() == upper.len();
    let esri = upper.contains("ESRI") || upper.contains("EPSG");
    if let Some((code, definition)) = ESRI.iter().find(|(code, _)| esri && digits.parse() == Ok(*code)) {
        return Reprojection::new(&format!("ESRI:{code}"), definition).map(Some);
    }
    let code = if WEB_MERCATOR.contains(&digits) { Some(3857) } else { digits.parse().ok().filter(|_| epsg) };
    let Some(code): Option<u16> = code else { return Err(message!("message.crs_not_known", name = trimmed)) };
    if SAME_AS_WGS84.contains(&code) {
        return Ok(None);
    }
    let definition = crs_definitions::from_code(code).ok_or_else(|| message!("message.epsg_not_known", code = code))?;
    if IN_GRADS.contains(&code) {
        return Err(message!("message.in_grads", name = format!("EPSG:{code}")));
    }
    let reprojection = Reprojection::new(&format!("EPSG:{code}"), definition.proj4)?;
    Ok(Some(Reprojection { code: Some(code), ..reprojection }))
}

/// Ellipsoid and datum of a geographic system of EPSG, as parts of a proj string; `None` if the code is not known.
#[cfg(feature = "geotiff")]
pub(crate) fn geographic_base(code: u64) -> Option<String> {
    let definition = crs_definitions::from_code(u16::try_from(code).ok()?)?.proj4;
    let base = definition.trim().strip_prefix("+proj=longlat")?;
    Some(base.replace("+no_defs", "").replace("+type=crs", "").trim().to_owned())
}

/// Systems of ESRI that population rasters come in (GHSL: World Mollweide) or that China is mapped in, as
/// `projinfo ESRI:...` prints them.
const ESRI: &[(u32, &str)] = &[
    (54_009, "+proj=moll +lon_0=0 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"),
    (54_034, "+proj=cea +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"),
    (102_012, "+proj=lcc +lat_0=0 +lon_0=105 +lat_1=30 +lat_2=62 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"),
    (102_025, "+proj=aea +lat_0=30 +lon_0=95 +lat_1=15 +lat_2=65 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"),
    (102_028, "+proj=aea +lat_0=-15 +lon_0=125 +lat_1=7 +lat_2=-32 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"),
];

impl Reprojection {
    /// From a proj string.
    pub fn new(name: &str, definition: &str) -> Result<Self, Message> {
        let tied = ["+towgs84", "+datum=", "+ellps=GRS80", "+ellps=WGS84", "+a=6378137 ", "+R="];
        if !tied.iter().any(|t| definition.contains(t)) {
            return Err(message!("message.datum_not_published", name = name));
        }
        if definition.contains("+proj=geocent") {
            return Err(message!("message.geocentric", name = name));
        }
        let fail = |e: proj4rs::errors::Error| {
            message!("message.cannot_reproject", name = name, why = library_errors::damaged(&e))
        };
        Ok(Self {
            name: name.to_owned(),
            code: None,
            from: Proj::from_proj_string(definition).map_err(fail)?,
            to: Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").map_err(fail)?,
        })
    }

    /// Name by which it was asked for.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its coordinates are degrees rather than metres.
    pub fn is_geographic(&self) -> bool {
        self.from.is_latlong()
    }

    /// Code of EPSG; `None` for a system that is named otherwise.
    pub fn code(&self) -> Option<u16> {
        self.code
    }

    /// A place in WGS 84 degrees as a position of the file; NaN if the projection has no such place.
    #[cfg(feature = "geotiff")]
    pub(crate) fn position_of(&self, place: LonLat) -> LonLat {
        let mut p = (place.lon.to_radians(), place.lat.to_radians(), 0.0);
        match transform(&self.to, &self.from, &mut p) {
            Ok(()) if self.from.is_latlong() => LonLat::new(p.0.to_degrees(), p.1.to_degrees()),
            Ok(()) => LonLat::new(p.0, p.1),
            Err(_) => LonLat::new(f64::NAN, f64::NAN),
        }
    }

    /// A position of the file as WGS 84 degrees; NaN if the projection has no such place.
    pub fn to_wgs84(&self, position: LonLat) -> LonLat {
        let mut p = (position.lon, position.lat, 0.0);
        if self.from.is_latlong() {
            p = (p.0.to_radians(), p.1.to_radians(), 0.0);
        }
        match transform(&self.from, &self.to, &mut p) {
            Ok(()) => LonLat::new(p.0.to_degrees(), p.1.to_degrees()),
            Err(_) => LonLat::new(f64::NAN, f64::NAN),
        }
    }
}

/// The bounding box of positions, in degrees or in the units of a file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
pub struct Extent {
    /// West and south.
    pub low: LonLat,
    /// East and north.
    pub high: LonLat,
}

/// West, south, east, north, as the `bbox` of GeoJSON (RFC 7946 section 5).
impl From<[f64; 4]> for Extent {
    fn from([west, south, east, north]: [f64; 4]) -> Self {
        Self { low: LonLat::new(west, south), high: LonLat::new(east, north) }
    }
}

impl From<Extent> for [f64; 4] {
    fn from(extent: Extent) -> Self {
        [extent.low.lon, extent.low.lat, extent.high.lon, extent.high.lat]
    }
}

impl Extent {
    /// The extent of one position.
    pub fn of(place: LonLat) -> Self {
        Self { low: place, high: place }
    }

    /// The extent of both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            low: LonLat::new(self.low.lon.min(other.low.lon), self.low.lat.min(other.low.lat)),
            high: LonLat::new(self.high.lon.max(other.high.lon), self.high.lat.max(other.high.lat)),
        }
    }

    /// The box with longitude and latitude exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { low: LonLat::new(self.low.lat, self.low.lon), high: LonLat::new(self.high.lat, self.high.lon) }
    }

    /// Whether the boxes share a place, within `slack` degrees. A longitude of 190 degrees is one of -170.
    pub fn meets(self, other: Self, slack: f64) -> bool {
        let turned =
            |by: f64| self.low.lon + by <= other.high.lon + slack && other.low.lon <= self.high.lon + by + slack;
        [0.0, 360.0, -360.0].into_iter().any(turned)
            && self.low.lat <= other.high.lat + slack
            && other.low.lat <= self.high.lat + slack
    }

    /// Middle of the box.
    pub fn middle(self) -> LonLat {
        LonLat::new(f64::midpoint(self.low.lon, self.high.lon), f64::midpoint(self.low.lat, self.high.lat))
    }
}

/// Advice on what positions that are not WGS 84 degrees may be. `near` is a position in the region if one is known. A code
/// is only named if the positions were seen to lie where that system is used, and near the region.
pub fn advice(extent: Extent, near: Option<LonLat>) -> Message {
    let (low, high) = (extent.low, extent.high);
    let close = |place: LonLat| is_close(place, near);
    if low.lat.abs().max(high.lat.abs()) <= 180.0 && low.lon.abs().max(high.lon.abs()) <= 90.0 {
        return if close(extent.swapped().middle()) {
            message!("message.maybe_swapped")
        } else {
            message!("message.set_or_reproject")
        };
    }
    if !(low.lon.is_finite() && low.lat.is_finite() && high.lon.is_finite() && high.lat.is_finite()) {
        return message!("message.positions_numbers");
    }
    let northing = |v: f64| (1.8e6..6.1e6).contains(&v);
    let zone = |v: f64| (v / 1e6).floor() as i64;
    if northing(low.lon) && northing(high.lon) && zone(low.lat) >= 13 && zone(high.lat) <= 45 {
        let turned = extent.swapped().middle();
        let there = |code: u16| Some((code, parse(&format!("EPSG:{code}")).ok()??.to_wgs84(turned)));
        let lead = zone_code(zone(turned.lon)).and_then(there);
        return match lead
            .filter(|(code, place)| crs_area::is_used_at(*code, *place, LEAD_SLACK_DEGREES) && close(*place))
        {
            Some((code, _)) => message!("message.northing_first", code = code),
            None => message!("message.set_or_reproject"),
        };
    }
    let mut leads: Vec<(u16, LonLat, Message)> = Vec::new();
    let mut tried = |code: u16, what: Message| {
        let there = |position: LonLat| parse(&format!("EPSG:{code}")).ok().flatten().map(|r| r.to_wgs84(position));
        let used = |place: LonLat| crs_area::is_used_at(code, place, LEAD_SLACK_DEGREES);
        let corners = [low, high].map(there);
        let Some(place) = there(extent.middle()) else { return };
        if close(place) && corners.iter().flatten().chain([&place]).all(|p| is_degrees(*p) && used(*p)) {
            leads.push((code, place, what));
        }
    };
    let z = zone(low.lon);
    let in_china = northing(low.lat) && northing(high.lat);
    match zone_code(z) {
        Some(code) if in_china && zone(high.lon) == z => {
            let of_3_degrees = z >= 25;
            let key = if of_3_degrees {
                message!("message.gk3_zone", zone = z as u16)
            } else {
                message!("message.gk6_zone", zone = z as u16)
            };
            tried(code, key);
        }
        _ if in_china && (1e5..9e5).contains(&low.lon) && high.lon < 9e5 => {
            let Some(near) = near else { return message!("message.gk3_any") };
            if let Some((meridian, code)) = nearest_meridian(extent.middle(), near) {
                tried(code, message!("message.gk3_meridian", meridian = meridian));
            }
        }
        _ => {}
    }
    let spherical =
        high.lon.abs().max(low.lon.abs()) < 20_037_509.0 && high.lat.abs().max(low.lat.abs()) < 20_048_967.0;
    // Without a place to compare with, small numbers are metres of anything.
    if spherical && (near.is_some() || low.lon.abs() > 1e6 || low.lat.abs() > 6.2e6) {
        tried(3857, message!("message.web_mercator"));
    }
    let degrees = |d: f64| format!("{d:.3}");
    match &leads[..] {
        [] => message!("message.set_or_reproject"),
        [(code, place, what), ..] => message!(
            "message.set_crs",
            what = what.clone(),
            code = *code,
            lon = degrees(place.lon),
            lat = degrees(place.lat)
        ),
    }
}

/// The code of a zone whose number stands before its eastings: 25 to 45 of 3 degrees, 13 to 23 of 6 degrees, on CGCS2000.
fn zone_code(zone: i64) -> Option<u16> {
    match zone {
        25..=45 => Some(4513 + (zone - 25) as u16),
        13..=23 => Some(4491 + (zone - 13) as u16),
        _ => None,
    }
}

/// Whether a place is near enough to the region for advice that leads there.
pub(crate) fn is_close(place: LonLat, near: Option<LonLat>) -> bool {
    near.is_none_or(|near| is_degrees(place) && place.geodesic_m(near) < LEAD_REACH_M)
}

/// Farthest that a system may be named beyond its area of use, degrees.
const LEAD_SLACK_DEGREES: f64 = 0.5;

/// Farthest that positions may lie from the region for their system to be named, metres: a province.
const LEAD_REACH_M: f64 = 200_000.0;

/// The central meridian (and its EPSG code) under which a position without zone number lies nearest to the region.
fn nearest_meridian(position: LonLat, near: LonLat) -> Option<(u16, u16)> {
    (0..=20_u16)
        .filter_map(|i| {
            let there = parse(&format!("EPSG:{}", 4534 + i)).ok().flatten()?.to_wgs84(position);
            Some((there.geodesic_m(near), (75 + 3 * i, 4534 + i)))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, found)| found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The origin of Lambert zone II.
    const PARIS: (f64, f64) = (2.336_533_61, 46.799_948_78);

    fn extent(low: (f64, f64), high: (f64, f64)) -> Extent {
        Extent { low: LonLat::new(low.0, low.1), high: LonLat::new(high.0, high.1) }
    }

    #[test]
    fn names_of_wgs84_and_of_others() {
        for same in [
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "OGC:CRS84",
            "EPSG:4326",
            "urn:ogc:def:crs:EPSG::4326",
            "epsg:4490",
            "4326",
            "http://www.opengis.net/def/crs/EPSG/0/4326",
        ] {
            assert!(parse(same).unwrap().is_none(), "{same}");
        }
        assert_eq!(parse("urn:ogc:def:crs:EPSG::4548").unwrap().unwrap().name(), "EPSG:4548");
        assert!(parse("EPSG:1").unwrap_err().to_string().contains("not known"));
        assert!(parse("my own").is_err());
        for web in ["EPSG:102100", "ESRI:102113", "urn:ogc:def:crs:EPSG::900913"] {
            assert_eq!(parse(web).unwrap().unwrap().name(), "EPSG:3857", "{web}");
        }
        assert!(parse("EPSG:4479").unwrap_err().to_string().contains("geocentric"), "CGCS2000 as X, Y, Z");
        assert!(parse("EPSG:2334").unwrap_err().to_string().contains("not published"), "Xian 1980");
    }

    #[test]
    fn gauss_kruger_and_mercator_to_a_millionth_of_a_degree() {
        // Northing on the central meridian: the meridian arc from the equator, 2,655,424.6 m at 24 degrees on GRS 80.
        let gk = parse("EPSG:4548").unwrap().unwrap();
        let p = gk.to_wgs84(LonLat::new(500_000.0, 0.0));
        assert!((p.lon - 117.0).abs() < 1e-9 && p.lat.abs() < 1e-9);
        let arc_m = LonLat::new(117.0, 0.0).geodesic_m(LonLat::new(117.0, 24.0));
        let p = gk.to_wgs84(LonLat::new(500_000.0, arc_m));
        assert!((p.lon - 117.0).abs() < 1e-9 && (p.lat - 24.0).abs() < 1e-6, "{p:?}");
        // Web Mercator: x = a * longitude, y = a * ln tan(45 + latitude / 2).
        let a = 6_378_137.0_f64;
        let y = a * libm::log(libm::tan(57.0_f64.to_radians()));
        let p = parse("EPSG:3857").unwrap().unwrap().to_wgs84(LonLat::new(a * 118.0_f64.to_radians(), y));
        assert!((p.lon - 118.0).abs() < 1e-6 && (p.lat - 24.0).abs() < 1e-6, "{p:?}");
    }

    /// As pyproj 3.7 has it from the same proj string.
    #[test]
    fn a_prime_meridian_is_counted_from_and_grads_are_refused() {
        let paris = parse("EPSG:27572").unwrap().unwrap().to_wgs84(LonLat::new(600_000.0, 2_200_000.0));
        assert!((paris.lon - PARIS.0).abs() < 1e-6 && (paris.lat - PARIS.1).abs() < 1e-6, "{paris:?}");
        assert!(parse("EPSG:4807").unwrap_err().to_string().contains("grads"));
    }

    proptest! {
        /// Whatever code is named, following it leads to where that system is used, and near the region.
        #[test]
        fn every_code_that_is_named_leads_near_the_region(
            x in prop_oneof![0.0..1e6f64, 1e6..5e7f64], y in -1e7..1e7f64, lon in 74.0..134.0f64, lat in 18.0..53.0f64, known: bool,
        ) {
            let near = known.then(|| LonLat::new(lon, lat));
            let text = advice(extent((x, y), (x + 5e3, y + 5e3)), near).to_string();
            if let Some((_, after)) = text.split_once("EPSG:").filter(|_| text.contains("around")) {
                let code: u16 = after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
                let place = parse(&format!("EPSG:{code}")).unwrap().unwrap().to_wgs84(LonLat::new(x + 2.5e3, y + 2.5e3));
                prop_assert!(is_degrees(place) && crs_area::is_used_at(code, place, 0.5), "{text} {place:?}");
                prop_assert!(near.is_none_or(|near| place.geodesic_m(near) < 200_000.0), "{text} {place:?}");
            }
        }
    }

    #[test]
    fn ranges_propose_a_code() {
        let near = Some(LonLat::new(118.5, 24.7));
        let jinjiang = ((39_650_000.0, 2_730_000.0), (39_670_000.0, 2_750_000.0));
        assert!(advice(extent(jinjiang.0, jinjiang.1), None).to_string().contains("EPSG:4527"));
        assert!(
            advice(extent((650_000.0, 2_730_000.0), (670_000.0, 2_750_000.0)), near).to_string().contains("EPSG:4548")
        );
        // No place is known, so no code can be tried, and none is named.
        let any = advice(extent((650_000.0, 2_730_000.0), (670_000.0, 2_750_000.0)), None).to_string();
        assert!(any.contains("central meridian") && !any.contains("EPSG:"), "{any}");
        assert!(
            advice(extent((20_650_000.0, 2_730_000.0), (20_670_000.0, 2_750_000.0)), None)
                .to_string()
                .contains("EPSG:4498")
        );
        assert!(
            advice(extent((13_190_000.0, 2_830_000.0), (13_200_000.0, 2_840_000.0)), near)
                .to_string()
                .contains("EPSG:3857")
        );
        // Zone 13 of 6 degrees would lie in Pakistan, where EPSG:4491 is not used.
        let mercator = advice(extent((13_190_000.0, 2_830_000.0), (13_200_000.0, 2_840_000.0)), None).to_string();
        assert!(mercator.contains("EPSG:3857") && mercator.contains("118.5"), "{mercator}");
        assert!(advice(extent((24.5, 118.2), (24.9, 118.8)), None).to_string().contains("swapped"));
        let turned = advice(extent((2_730_000.0, 39_650_000.0), (2_750_000.0, 39_670_000.0)), None).to_string();
        assert!(turned.contains("northing") && turned.contains("EPSG:4527"), "{turned}");
    }

    #[test]
    fn advice_that_leads_elsewhere_is_not_given() {
        let near = Some(LonLat::new(118.5, 24.7));
        // Turned, these lie 2,000 km from the region; zone 45 is Heilongjiang.
        let elsewhere = advice(extent((39.5, 116.2), (39.9, 116.8)), near).to_string();
        assert!(!elsewhere.contains("swapped"), "{elsewhere}");
        let zone_45 = advice(extent((2_730_000.0, 45_650_000.0), (2_750_000.0, 45_670_000.0)), near).to_string();
        assert!(!zone_45.contains("northing"), "{zone_45}");
    }
}

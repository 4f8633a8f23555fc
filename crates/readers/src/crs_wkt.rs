//! `.prj` files: well-known text of reference systems, as Esri and OGC write it.
//!
//! In: WKT 1. Out: a proj string for [`super::crs`], or nothing if it means WGS 84. Known are geographic systems,
//! transverse Mercator (Gauss-Krueger, UTM), Mercator, Lambert conformal and equal-area, Albers, Mollweide, sinusoidal.

use lifering_base::{Message, message};

/// The name behind a quotation mark, and what numbers follow it.
fn quoted(text: &str, key: &str) -> Option<String> {
    let at = text.find(&format!("{key}["))? + key.len() + 1;
    let rest = text[at..].trim_start().strip_prefix('"')?;
    rest.split('"').next().map(str::to_owned)
}

/// Numbers of `KEY["name",a,b]`.
fn numbers(text: &str, key: &str) -> Option<Vec<f64>> {
    let at = text.find(&format!("{key}["))? + key.len() + 1;
    let rest = text[at..].trim_start().strip_prefix('"')?;
    let (_, after) = rest.split_once('"')?;
    let inside = after.split([']', '[']).next()?;
    Some(inside.split(',').filter_map(|n| n.trim().parse().ok()).collect())
}

fn parameter(text: &str, name: &str) -> Option<f64> {
    let lower = text.to_lowercase();
    let at = lower.find(&format!("parameter[\"{}\"", name.to_lowercase()))?;
    let rest = &text[at..];
    rest.split(']').next()?.rsplit(',').next()?.trim().parse().ok()
}

/// The proj string; `None` if the text means WGS 84 or CGCS2000 degrees. The error names what is not known.
pub fn proj_string(text: &str) -> Result<Option<String>, Message> {
    let text = text.trim().trim_start_matches('\u{feff}');
    let spheroid = numbers(text, "SPHEROID").filter(|n| n.len() >= 2);
    let Some([axis, flattening, ..]) = spheroid.as_deref() else {
        return Err(message!("message.no_ellipsoid", text = format!("{text:.40}")));
    };
    let datum = quoted(text, "DATUM").unwrap_or_default().to_lowercase();
    let modern = (*axis - 6_378_137.0).abs() < 0.01 && (*flattening - 298.257).abs() < 0.001;
    let shift = match numbers(text, "TOWGS84") {
        Some(shift) => shift,
        // TOWGS84 has no name in front of its numbers.
        None => bare_numbers(text, "TOWGS84"),
    };
    let tie = match (shift.len(), modern) {
        (3 | 7, _) => format!("+towgs84={}", shift.iter().map(f64::to_string).collect::<Vec<_>>().join(",")),
        (_, true) => "+towgs84=0,0,0".to_owned(),
        _ => return Err(message!("message.datum_untied", datum = datum)),
    };
    let meridian = match numbers(text, "PRIMEM").and_then(|n| n.first().copied()) {
        Some(meridian) if meridian != 0.0 => format!("+pm={meridian} "),
        _ => String::new(),
    };
    let ellipsoid = format!("+a={axis} +rf={flattening} {tie} {meridian}+no_defs");
    // The first unit is that of the geographic system, in radians.
    let angle = numbers(text, "UNIT").and_then(|n| n.first().copied());
    if let Some(angle) = angle.filter(|angle| *angle < 1.0 && (*angle - 1_f64.to_radians()).abs() > 1e-9) {
        return Err(message!("message.angular_unit", code = angle.to_string()));
    }
    let Some(projection) = quoted(text, "PROJECTION") else {
        return Ok(if modern && meridian.is_empty() && shift.iter().all(|s| *s == 0.0) {
            None
        } else {
            Some(format!("+proj=longlat {ellipsoid}"))
        });
    };
    let value = |name: &str, default: f64| parameter(text, name).unwrap_or(default);
    let unit =
        text.rfind("UNIT[").and_then(|at| numbers(&text[at..], "UNIT")).and_then(|n| n.first().copied()).unwrap_or(1.0);
    let (lon, lat) = (
        value("Central_Meridian", value("Longitude_Of_Center", 0.0)),
        value("Latitude_Of_Origin", value("Latitude_Of_Center", 0.0)),
    );
    let (x, y) = (value("False_Easting", 0.0) * unit, value("False_Northing", 0.0) * unit);
    let origin = format!("+lon_0={lon} +x_0={x} +y_0={y} +to_meter={unit} {ellipsoid}");
    let (one, two) = (value("Standard_Parallel_1", 0.0), value("Standard_Parallel_2", 0.0));
    Ok(Some(match projection.to_lowercase().as_str() {
        "transverse_mercator" | "gauss_kruger" => format!("+proj=tmerc +lat_0={lat} +k={} {origin}", value("Scale_Factor", 1.0)),
        "mercator_auxiliary_sphere" | "popular_visualisation_pseudo_mercator" => {
            "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +towgs84=0,0,0 +no_defs".to_owned()
        }
        "mercator" | "mercator_1sp" => format!("+proj=merc +lat_ts={one} {origin}"),
        "lambert_conformal_conic" | "lambert_conformal_conic_2sp" => format!("+proj=lcc +lat_1={one} +lat_2={two} +lat_0={lat} {origin}"),
        "albers" | "albers_conic_equal_area" => format!("+proj=aea +lat_1={one} +lat_2={two} +lat_0={lat} {origin}"),
        "lambert_azimuthal_equal_area" => format!("+proj=laea +lat_0={lat} {origin}"),
        "cylindrical_equal_area" => format!("+proj=cea +lat_ts={one} {origin}"),
        "mollweide" => format!("+proj=moll {origin}"),
        "sinusoidal" => format!("+proj=sinu {origin}"),
        other => return Err(message!("message.the_projection", name = other)),
    }))
}

fn bare_numbers(text: &str, key: &str) -> Vec<f64> {
    let Some(at) = text.find(&format!("{key}[")) else { return Vec::new() };
    let inside = text[at + key.len() + 1..].split(']').next().unwrap_or_default();
    inside.split(',').filter_map(|n| n.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs;
    use lifering_base::frame::LonLat;

    const CGCS: &str = r#"GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;

    #[test]
    fn degrees_of_cgcs2000_need_nothing_and_gauss_kruger_agrees_with_its_epsg_code() {
        assert_eq!(proj_string(CGCS), Ok(None));
        let gk = format!(
            r#"PROJCS["CGCS2000_3_Degree_GK_Zone_39",{CGCS},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",39500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#
        );
        let here = LonLat::new(39_650_000.0, 2_740_000.0);
        let ours = crs::parse(&proj_string(&gk).unwrap().unwrap()).unwrap().unwrap().to_wgs84(here);
        let theirs = crs::parse("EPSG:4527").unwrap().unwrap().to_wgs84(here);
        assert!((ours.lon - theirs.lon).abs() < 1e-9 && (ours.lat - theirs.lat).abs() < 1e-9, "{ours:?} {theirs:?}");
        assert!((118.0..119.0).contains(&ours.lon) && (24.0..25.0).contains(&ours.lat), "{ours:?}");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let xian = CGCS.replace("6378137.0,298.257222101", "6378140.0,298.257").replace("D_China_2000", "D_Xian_1980");
        assert!(proj_string(&xian).unwrap_err().to_string().contains("d_xian_1980"));
        assert!(proj_string("nonsense").is_err());
        assert!(proj_string("").is_err());
        let odd = format!(r#"PROJCS["x",{CGCS},PROJECTION["Krovak"],UNIT["Meter",1.0]]"#);
        assert!(proj_string(&odd).unwrap_err().to_string().contains("krovak"));
    }
}

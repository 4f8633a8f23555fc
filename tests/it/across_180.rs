//! A town across 180 degrees is the same town as elsewhere on its parallel: same figures, and files that RFC 7946 allows.

use crate::support;
use serde_json::Value;
use std::path::Path;

/// Adds `by` degrees to every longitude, and brings it to -180 to 180.
fn moved(value: &mut Value, by: f64) {
    match value {
        Value::Array(all) => match all.as_mut_slice() {
            [lon, lat] if lon.is_number() && lat.is_number() => {
                let east = lon.as_f64().expect("a number") + by;
                let east = if east > 180.0 { east - 360.0 } else { east };
                *lon = Value::from((east * 1e7).round() / 1e7);
            }
            all => all.iter_mut().for_each(|one| moved(one, by)),
        },
        Value::Object(members) => members.values_mut().for_each(|one| moved(one, by)),
        _ => {}
    }
}

/// Copies a town, moved along its parallel.
fn town(from: &Path, to: &Path, by: f64) {
    std::fs::create_dir_all(to).expect("a folder");
    for (path, bytes) in support::tree(from) {
        if path.extension().is_some_and(|end| end == "geojson") {
            let mut layer: Value = serde_json::from_slice(&bytes).expect("a layer");
            moved(&mut layer, by);
            support::write(&to.join(&path), &layer.to_string());
        } else {
            support::write_bytes(&to.join(&path), &bytes);
        }
    }
}

/// Calls `visit` with every list of positions of a geometry.
fn runs(coordinates: &Value, visit: &mut dyn FnMut(&[Value])) {
    let Some(all) = coordinates.as_array() else { return };
    if all.first().and_then(|one| one.get(0)).is_some_and(Value::is_number) {
        visit(all);
    } else {
        for one in all {
            runs(one, visit);
        }
    }
}

/// Every longitude is one, and no line or ring passes through 180 degrees. Returns how many features lie on both sides.
fn check_longitudes(layer: &Value) -> usize {
    let mut both = 0;
    for feature in layer["features"].as_array().expect("features") {
        let (mut west, mut east) = (false, false);
        runs(&feature["geometry"]["coordinates"], &mut |run| {
            let lons: Vec<f64> = run.iter().map(|p| p[0].as_f64().expect("a longitude")).collect();
            assert!(lons.iter().all(|lon| lon.abs() <= 180.0), "{feature}");
            assert!(lons.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 180.0), "{feature}");
            east |= lons.iter().any(|lon| *lon > 0.0);
            west |= lons.iter().any(|lon| *lon < 0.0);
        });
        both += usize::from(east && west);
    }
    both
}

#[test]
fn a_town_across_180_degrees_is_the_same_town() {
    let folder = tempfile::tempdir().expect("a folder");
    let audit_of = |town_name: &str, by: f64| {
        let (region, out) =
            (folder.path().join(format!("{town_name}-{by}")), folder.path().join(format!("out-{town_name}-{by}")));
        town(&support::fixtures().join(town_name), &region, by);
        let run = support::audit(&region, &out);
        assert!(matches!(run.code, Some(0 | 1 | 3)), "{}", run.story());
        (support::json(&out.join("audit.json")), out)
    };
    for town_name in ["grid_town", "units", "lake"] {
        let middle = {
            let boundary = support::json(&support::fixtures().join(town_name).join("boundary.geojson"));
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            runs(&boundary["features"][0]["geometry"]["coordinates"], &mut |run| {
                for lon in run.iter().filter_map(|p| p[0].as_f64()) {
                    (low, high) = (low.min(lon), high.max(lon));
                }
            });
            f64::midpoint(low, high)
        };
        let by = ((180.0 - middle) * 1e4).round() / 1e4;
        let (here, _) = audit_of(town_name, by - 40.0);
        let (there, out) = audit_of(town_name, by);
        assert!(
            (there["region"]["boundary_km2"].as_f64().expect("km2")
                - here["region"]["boundary_km2"].as_f64().expect("km2"))
            .abs()
                < 1e-4
        );
        for (a, b) in here["rules"].as_array().expect("rules").iter().zip(there["rules"].as_array().expect("rules")) {
            assert_eq!(a["verdict"], b["verdict"], "{town_name} {}", a["id"]);
            for figure in [
                "population_covered",
                "population_uncovered",
                "value",
                "uncovered_km2",
                "uncovered_km2_low",
                "uncovered_km2_high",
            ] {
                let (a, b) = (a[figure].as_f64(), b[figure].as_f64());
                assert_eq!(a.is_some(), b.is_some(), "{town_name} {figure}");
                let (a, b) = (a.unwrap_or(0.0), b.unwrap_or(0.0));
                assert!((a - b).abs() <= 2e-3 * a.abs().max(0.01), "{town_name} {figure}: {a} {b}");
            }
        }
        let mut both = 0;
        for file in ["uncovered.geojson", "coverage.geojson", "stations.geojson", "roads_time.geojson"] {
            both += check_longitudes(&support::json(&out.join(file)));
        }
        assert!(both > 0, "{town_name}: nothing lies on both sides");
    }
}

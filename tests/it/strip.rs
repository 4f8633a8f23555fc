//! Towns along one straight road on the equator, where a metre is a metre: their figures are worked out by hand.
//!
//! A strip is 20 m wide. Its road is driven at 36 km/h, 10 m a second. From the call to the wheels turning are 240 s, so
//! that of the 14 minutes of rule `TIME` 600 s are left to drive: 6,000 m along the road. Somebody y metres beside it costs
//! as much as 8.944 m more of road: the leg leaves at an angle whose sine is 1.111 / 10.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::write;

/// Metres in a degree of longitude on the equator of WGS 84.
const METRES_A_DEGREE: f64 = 111_319.490_793;
/// Metres in a degree of latitude beside it.
const METRES_A_DEGREE_NORTH: f64 = 110_574.275_8;

/// The rules: nine of ten within 14 minutes, one ambulance for every 500 people.
const STANDARD: &str = r#"
id = "strip"
title = { zh = "直路镇标准", en = "Standard of the strips" }
applies_to = { zh = "测试", en = "tests" }
core = false

[sources.OWN]
title = { zh = "自定", en = "made up for a test" }
confidence = "high"

[[rules]]
id = "TIME"
kind = "travel_time"
title = { zh = "14分钟内到达", en = "Reached within 14 minutes" }
scope = { zh = "全市", en = "whole city" }
force = "target"
threshold = { facility = "stations", mode = "drive", clock = "call_to_arrival", max_min = 14, stat = "share", min_share = 0.9 }
cite = { source = "OWN", text = "14 min, 90 %" }

[[rules]]
id = "CARS"
kind = "per_population"
title = { zh = "每500人1辆救护车", en = "One ambulance per 500 people" }
scope = { zh = "全市", en = "whole city" }
force = "standard"
threshold = { facility = "stations", count = "sum(ambulances)", per = 500, min = 1 }
cite = { source = "OWN", text = "1 per 500" }
"#;

/// A town along the road from `from_m` to `to_m`.
#[derive(Clone)]
pub struct Strip {
    /// Where it begins, metres east.
    pub from_m: f64,
    /// Where it ends.
    pub to_m: f64,
    /// The road it has itself, from and to; `None`: none.
    pub road_m: Option<[f64; 2]>,
    /// Stations: id, metres east, ambulances.
    pub stations: Vec<(&'static str, f64, Option<u32>)>,
    /// Its units: id, from, to.
    pub units: Vec<(&'static str, f64, f64)>,
    /// More lines of region.toml.
    pub more: &'static str,
}

impl Strip {
    /// 12 km, a hundred people in the middle of every kilometre, two units, one station with one ambulance at the west end.
    pub fn town() -> Self {
        Self {
            from_m: 0.0,
            to_m: 12_000.0,
            road_m: Some([0.0, 12_000.0]),
            stations: vec![("W", 0.0, Some(1))],
            units: vec![("west", 0.0, 6_000.0), ("east", 6_000.0, 12_000.0)],
            more: "",
        }
    }

    /// Writes the region folder; returns it.
    pub fn write(&self, folder: &Path) -> PathBuf {
        std::fs::create_dir_all(folder).expect("a folder");
        let rectangle = |from: f64, to: f64| {
            let ring = [[from, -10.0], [to, -10.0], [to, 10.0], [from, 10.0], [from, -10.0]];
            json!({"type": "Polygon", "coordinates": [ring.map(|[x, y]| place(x, y))]})
        };
        let layer = |name: &str, features: Vec<(Value, Value)>| {
            let features: Vec<Value> = features
                .into_iter()
                .map(
                    |(geometry, properties)| json!({"type": "Feature", "geometry": geometry, "properties": properties}),
                )
                .collect();
            let text = json!({"type": "FeatureCollection", "features": features}).to_string();
            write(&folder.join(format!("{name}.geojson")), &text);
        };
        // Five metres more at each end: what stands at the very end is inside.
        layer("boundary", vec![(rectangle(self.from_m - 5.0, self.to_m + 5.0), json!({}))]);
        let unit =
            |(id, from, to): &(&str, f64, f64)| (rectangle(*from, *to), json!({"id": id, "name": id, "level": "town"}));
        layer("units", self.units.iter().map(unit).collect());
        let kilometres = ((self.to_m - self.from_m) / 1000.0).round() as u32;
        let home = |k: u32| (point(self.from_m + 500.0 + 1000.0 * f64::from(k)), json!({"population": 100}));
        layer("population", (0..kilometres).map(home).collect());
        let station = |(id, x, ambulances): &(&str, f64, Option<u32>)| {
            let mut properties = json!({"id": id, "name": id, "kind": "station"});
            if let Some(n) = ambulances {
                properties["ambulances"] = json!(n);
            }
            (point(*x), properties)
        };
        layer("stations", self.stations.iter().map(station).collect());
        let mut toml = "name = \"直路镇\"\nstandard = \"strip.toml\"\n\n[layers]\n".to_owned();
        for name in ["boundary", "units", "population", "stations"] {
            toml += name;
            toml += " = \"";
            toml += name;
            toml += ".geojson\"\n";
        }
        if let Some([from, to]) = self.road_m {
            write_road(&folder.join("roads.geojson"), from, to);
            toml += "roads = \"roads.geojson\"\n";
        }
        toml += "\n[drive]\nspeeds_kmh = { residential = 36 }\n\n[zones]\nfloor_m = 1\n";
        write(&folder.join("region.toml"), &(toml + self.more));
        write(&folder.join("strip.toml"), STANDARD);
        folder.to_path_buf()
    }
}

/// Roads as lines in metres, each with its properties.
pub fn write_roads(file: &Path, roads: &[(Vec<[f64; 2]>, Value)]) {
    let feature = |(line, properties): &(Vec<[f64; 2]>, Value)| {
        let line: Vec<[f64; 2]> = line.iter().map(|[x, y]| place(*x, *y)).collect();
        json!({"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": properties})
    };
    let features: Vec<Value> = roads.iter().map(feature).collect();
    write(file, &json!({"type": "FeatureCollection", "features": features}).to_string());
}

/// A road along the equator, with a vertex every kilometre.
pub fn write_road(file: &Path, from_m: f64, to_m: f64) {
    let steps = ((to_m - from_m) / 1000.0).round() as u32;
    let line = (0..=steps).map(|k| [from_m + 1000.0 * f64::from(k), 0.0]).collect();
    write_roads(file, &[(line, json!({"highway": "residential"}))]);
}

fn point(x: f64) -> Value {
    json!({"type": "Point", "coordinates": place(x, 0.0)})
}

/// Degrees of a place in metres east and north.
pub fn place(x: f64, y: f64) -> [f64; 2] {
    let degrees = |v: f64| (v * 1e9).round() / 1e9;
    [degrees(x / METRES_A_DEGREE), degrees(y / METRES_A_DEGREE_NORTH)]
}

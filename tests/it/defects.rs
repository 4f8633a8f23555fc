//! Defects that change nothing: the audit of the damaged town is that of the sound one. And files that are none: refused at
//! once, not waited for.
//!
//! The town is `fixtures/chinese_names`. Each defect is made in every layer that can have it.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::formats::{difference, found, region_toml};
use crate::support;

const LAYERS: [&str; 6] = ["boundary", "roads", "stations", "aeds", "facilities", "population"];

fn each_feature(file: &mut Value, change: &dyn Fn(&mut Value)) {
    file["features"].as_array_mut().into_iter().flatten().for_each(change);
}

/// Every position of a geometry.
fn each_position(coordinates: &mut Value, change: &dyn Fn(&mut Vec<Value>)) {
    match coordinates.as_array_mut() {
        Some(position) if position[0].is_number() => change(position),
        Some(all) => all.iter_mut().for_each(|c| each_position(c, change)),
        None => {}
    }
}

fn positions(file: &mut Value, change: &dyn Fn(&mut Vec<Value>)) {
    each_feature(file, &|f| each_position(&mut f["geometry"]["coordinates"], change));
}

/// The rings of polygons and the lines of roads.
fn lines(file: &mut Value, change: &dyn Fn(&mut Vec<Value>)) {
    each_feature(file, &|f| {
        let geometry = &mut f["geometry"];
        match geometry["type"].as_str() {
            Some("LineString") => change(geometry["coordinates"].as_array_mut().expect("a line")),
            Some("Polygon") => geometry["coordinates"]
                .as_array_mut()
                .into_iter()
                .flatten()
                .for_each(|r| change(r.as_array_mut().expect("a ring"))),
            _ => {}
        }
    });
}

fn spelled(value: &Value, spell: &dyn Fn(&str) -> String) -> Value {
    if value.is_number() { json!(spell(&value.to_string())) } else { value.clone() }
}

fn numbers(file: &mut Value, spell: &dyn Fn(&str) -> String) {
    each_feature(file, &|f| {
        f["properties"].as_object_mut().into_iter().flatten().for_each(|(_, v)| *v = spelled(v, spell));
    });
}

fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| {
            c.to_digit(10).and_then(|d| char::from_u32('０' as u32 + d)).unwrap_or(if c == '.' { '．' } else { c })
        })
        .collect()
}

/// A defect in the structure, by name.
type Defect = (&'static str, fn(&mut Value));

const DEFECTS: &[Defect] = &[
    ("heights", |f| positions(f, &|p| p.push(json!(12.5)))),
    ("a fourth number", |f| positions(f, &|p| p.extend([json!(1), Value::Null]))),
    ("coordinates as text", |f| positions(f, &|p| p.iter_mut().for_each(|c| *c = spelled(c, &|n| format!(" {n} "))))),
    ("rings the other way round", |f| {
        each_feature(f, &|f| {
            if f["geometry"]["type"] == "Polygon" {
                let rings = f["geometry"]["coordinates"].as_array_mut().expect("rings");
                for ring in rings {
                    ring.as_array_mut().expect("a ring").reverse();
                }
            }
        });
    }),
    ("open rings", |f| {
        each_feature(f, &|f| {
            if f["geometry"]["type"] == "Polygon" {
                let rings = f["geometry"]["coordinates"].as_array_mut().expect("rings");
                for ring in rings {
                    ring.as_array_mut().expect("a ring").pop();
                }
            }
        });
    }),
    ("repeated positions", |f| {
        lines(f, &|l| *l = l.iter().flat_map(|p| [p.clone(), p.clone()]).collect());
    }),
    ("wrapped in collections", |f| {
        each_feature(f, &|f| {
            f["geometry"] = json!({"type": "GeometryCollection", "geometries": [f["geometry"]]});
        });
    }),
    ("multi-geometries of one", |f| {
        each_feature(f, &|f| {
            let kind = f["geometry"]["type"].as_str().expect("a type").to_owned();
            f["geometry"] = json!({"type": format!("Multi{kind}"), "coordinates": [f["geometry"]["coordinates"]]});
        });
    }),
    ("numbers as text", |f| numbers(f, &|n| format!(" {n} "))),
    ("full-width digits", |f| numbers(f, &full_width)),
    ("foreign members", |f| {
        f["bbox"] = json!(["x", 1]);
        f["note"] = json!({"deep": [1, {"deeper": null}]});
        each_feature(f, &|f| f["bbox"] = json!(7));
    }),
    ("ids of every type", |f| each_feature(f, &|f| f["id"] = json!({"oid": [1.5]}))),
    ("a crs of the same degrees", |f| {
        f["crs"] = json!({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}});
    }),
    ("foreign properties", |f| {
        each_feature(f, &|f| {
            f["properties"]["备注"] = json!([1, {"a": "b"}]);
            f["properties"][" "] = json!("NaN");
        });
    }),
];

/// A defect in the text, by name.
type Slip = (&'static str, fn(&str) -> Vec<u8>);

const SLIPS: &[Slip] = &[
    ("a byte-order mark", |t| format!("\u{feff}{t}").into_bytes()),
    ("line ends of two systems", |t| t.replacen(", ", ",\r\n", 9).replacen(", ", ",\n", 9).into_bytes()),
    ("what editors leave at the end", |t| format!("{t}\n\n \u{1a}").into_bytes()),
    ("zeros at the end", |t| format!("{t}\0\0\0").into_bytes()),
    ("bare words", |t| t.replace("\"properties\": {", "\"properties\": {\"x\": NaN, \"y\": None, ").into_bytes()),
    ("a key twice", |t| t.replace("\"properties\": {", "\"properties\": {\"编号\": \"old\", ").into_bytes()),
    ("UTF-16", |t| t.encode_utf16().flat_map(u16::to_be_bytes).collect()),
    ("GBK", |t| encoding_rs::GBK.encode(t).0.into_owned()),
];

#[test]
fn harmless_defects_change_no_verdict() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let sound = support::fixtures().join("chinese_names");
    let text = |layer: &str| support::text(&sound.join(format!("{layer}.geojson")));
    let lay_out = |name: &str| {
        let folder = scratch.path().join(name.replace(' ', "_"));
        std::fs::create_dir_all(&folder).expect("a folder");
        support::write(&folder.join("region.toml"), &region_toml(&[]));
        folder
    };
    let original = lay_out("original");
    for layer in LAYERS {
        support::write(&original.join(format!("{layer}.geojson")), &text(layer));
    }
    let wanted = found(&original);
    let mut faults = Vec::new();
    let mut compare = |name: &str, folder: &Path| {
        let is = found(folder);
        let fault = difference(&is.0, &wanted.0, "", 1e-9).or_else(|| difference(&is.1, &wanted.1, "uncovered", 1e-9));
        faults.extend(fault.map(|fault| format!("{name}: {fault}")));
    };
    for (name, damage) in DEFECTS {
        let folder = lay_out(name);
        for layer in LAYERS {
            let mut file: Value = serde_json::from_str(&text(layer)).expect("GeoJSON");
            damage(&mut file);
            support::write(&folder.join(format!("{layer}.geojson")), &file.to_string());
        }
        compare(name, &folder);
    }
    for (name, damage) in SLIPS {
        let folder = lay_out(name);
        for layer in LAYERS {
            support::write_bytes(&folder.join(format!("{layer}.geojson")), &damage(&text(layer)));
        }
        compare(name, &folder);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn cleaned_copies_have_the_same_audit_and_every_change_is_listed() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let sound = support::fixtures().join("chinese_names");
    let text = |layer: &str| support::text(&sound.join(format!("{layer}.geojson")));
    let folder = |name: &str| {
        let folder = scratch.path().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        support::write(&folder.join("region.toml"), &region_toml(&[]));
        folder
    };
    let (original, damaged, cleaned) = (folder("original"), folder("damaged"), scratch.path().join("cleaned"));
    for layer in LAYERS {
        support::write(&original.join(format!("{layer}.geojson")), &text(layer));
        let mut file: Value = serde_json::from_str(&text(layer)).expect("GeoJSON");
        // Coordinates that are text are read in a geometry of its own, not inside a collection.
        let all = DEFECTS.iter().filter(|(name, _)| *name != "wrapped in collections");
        all.for_each(|(_, damage)| damage(&mut file));
        support::write_bytes(&damaged.join(format!("{layer}.geojson")), &encoding_rs::GBK.encode(&file.to_string()).0);
    }
    let run = support::lifering(["check".as_ref(), damaged.as_os_str(), "--fix".as_ref(), cleaned.as_os_str()]);
    assert_eq!(run.code, Some(0), "{}", run.story());
    let changes = support::text(&cleaned.join("changes.csv"));
    assert!(changes.contains("数字；按30000读取") && changes.contains("数字；按10001读取"), "{changes}");
    assert!(changes.contains("population.geojson,0,a,population,number_as_text"), "{changes}");
    assert!(changes.contains(",repeated_vertex,"), "{changes}");
    let strict = support::lifering(["check".as_ref(), cleaned.as_os_str(), "--strict".as_ref()]);
    assert_eq!(strict.code, Some(0), "{}", strict.story());
    assert!(!strict.stdout.contains("written as text"), "{}", strict.story());
    let (is, wanted) = (found(&cleaned), found(&original));
    let fault = difference(&is.0, &wanted.0, "", 1e-9).or_else(|| difference(&is.1, &wanted.1, "uncovered", 1e-9));
    assert_eq!(fault, None);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_and_not_waited_for() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let sound = support::fixtures().join("chinese_names");
    for (name, says) in [("/dev/zero", "device"), ("pipe", "pipe"), ("folder", "folder"), ("itself", "cannot be read")]
    {
        let folder = scratch.path().join(name.replace('/', "_"));
        std::fs::create_dir_all(&folder).expect("a folder");
        for layer in LAYERS {
            std::fs::copy(sound.join(format!("{layer}.geojson")), folder.join(format!("{layer}.geojson")))
                .expect("a copy");
        }
        support::write(&folder.join("region.toml"), &region_toml(&[]));
        let file = folder.join("roads.geojson");
        std::fs::remove_file(&file).expect("to remove a file");
        match name {
            "pipe" => {
                let made = std::process::Command::new("mkfifo").arg(&file).status().expect("mkfifo");
                assert!(made.success());
            }
            "folder" => std::fs::create_dir(&file).expect("a folder"),
            "itself" => std::os::unix::fs::symlink("roads.geojson", &file).expect("a link"),
            target => std::os::unix::fs::symlink(target, &file).expect("a link"),
        }
        let started = Instant::now();
        let run = support::audit(&folder, &folder.join("out"));
        assert!(started.elapsed() < Duration::from_secs(5), "{name}: {:?}", started.elapsed());
        assert_eq!(run.code, Some(2), "{name}: {}", run.story());
        assert!(run.stderr.contains("roads.geojson") && run.stderr.contains(says), "{name}: {}", run.story());
        assert!(!folder.join("out").exists(), "{name}: something was written");
    }
}

#[test]
fn a_feature_without_geometry_among_many_changes_no_verdict() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let town = |name: &str, more: &[&str]| {
        let folder = scratch.path().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        for (file, bytes) in support::tree(&support::fixtures().join("grid_town")) {
            support::write_bytes(&folder.join(file), &bytes);
        }
        for layer in more {
            let file = folder.join(format!("{layer}.geojson"));
            let mut content = support::json(&file);
            let nothing = json!({"type": "Feature", "properties": null, "geometry": null});
            content["features"].as_array_mut().expect("features").push(nothing);
            support::write(&file, &content.to_string());
        }
        folder
    };
    let (sound, damaged) = (found(&town("sound", &[])), found(&town("damaged", &["population", "roads"])));
    assert_eq!(difference(&damaged.0["rules"], &sound.0["rules"], "", 1e-9), None);
    assert_eq!(difference(&damaged.1, &sound.1, "uncovered", 1e-9), None);
    // Of two stations one is a half: nobody knows what the other would have covered.
    let half = support::audit(&town("half", &["stations"]), &scratch.path().join("out"));
    assert_eq!(half.code, Some(3), "{}", half.story());
}

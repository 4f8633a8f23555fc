//! The seeds of the fuzzer, damaged some hundreds of times each: read or refused, never a panic.

#![cfg(feature = "all")]

mod extract_writer;
mod sample_files;

use lifering_readers::{try_layer, try_shapefile};
use oorandom::Rand32;
use std::path::Path;
use std::time::{Duration, Instant};

/// Damages of each seed.
const ROUNDS: usize = 400;

/// The name of a layer's file for each target whose bytes are a file.
const NAMES: &[(&str, &str)] = &[
    ("xlsx", "seed.xlsx"),
    ("geopackage", "seed.gpkg"),
    ("geotiff", "seed.tif"),
    ("pbf", "seed.osm.pbf"),
    ("geoparquet", "seed.parquet"),
    ("flatgeobuf", "seed.fgb"),
    ("kml", "seed.kml"),
    ("geojson", "seed.geojson"),
];

fn try_one(target: &str, bytes: &[u8]) -> usize {
    match NAMES.iter().find(|(known, _)| *known == target) {
        Some((_, name)) => try_layer(name, bytes),
        None => try_shapefile(bytes),
    }
}

/// Changes bits, bytes and numbers, swaps and repeats blocks, cuts off.
fn damage(bytes: &mut Vec<u8>, random: &mut Rand32) {
    for _ in 0..=random.rand_range(0..4) {
        let length = bytes.len() as u32;
        if length < 2 {
            return;
        }
        let at = random.rand_range(0..length) as usize;
        let end = (at + random.rand_range(1..64) as usize).min(bytes.len());
        match random.rand_range(0..7) {
            0 => bytes[at] ^= 1 << random.rand_range(0..8),
            1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.rand_range(0..5) as usize],
            2 => bytes.truncate(at),
            3 => {
                // The largest and smallest numbers of four bytes, where a count or an offset may stand.
                let number = [u32::MAX, i32::MAX as u32, 0, 1 << 31][random.rand_range(0..4) as usize].to_le_bytes();
                let end = (at + 4).min(bytes.len());
                bytes[at..end].copy_from_slice(&number[..end - at]);
            }
            4 => {
                let other = random.rand_range(0..length) as usize;
                let size = (end - at).min(bytes.len() - other);
                let (a, b) = (bytes[at..at + size].to_vec(), bytes[other..other + size].to_vec());
                bytes[at..at + size].copy_from_slice(&b);
                bytes[other..other + size].copy_from_slice(&a);
            }
            5 => drop(bytes.drain(at..end)),
            _ => {
                let copy = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, copy));
            }
        }
    }
}

#[test]
fn damaged_seeds_are_read_or_refused() {
    for (target, name, seed) in sample_files::seeds() {
        assert!(try_one(target, &seed) > 0, "{target}/{name} cannot be read");
        let mut random = Rand32::new(0x5eed);
        for round in 0..ROUNDS {
            let mut bytes = seed.clone();
            damage(&mut bytes, &mut random);
            let started = Instant::now();
            let outcome = std::panic::catch_unwind(|| try_one(target, &bytes));
            let what = format!("{target}/{name}, round {round}");
            assert!(outcome.is_ok(), "{what}: a panic");
            assert!(started.elapsed() < Duration::from_secs(10), "{what}: {:?}", started.elapsed());
        }
    }
}

/// The fuzzer's seeds are those made here; `LIFERING_UPDATE=1` writes them. They need not stay the same to the byte: what a
/// library writes may change with its version.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test that writes a file of the repository")]
fn seeds_are_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    if !folder.exists() {
        return;
    }
    for (target, name, seed) in sample_files::seeds() {
        let path = folder.join(target).join(name);
        if std::env::var_os("LIFERING_UPDATE").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &seed).unwrap();
        }
        let kept = lifering_readers::source::read_file(&path, &"a seed".into()).unwrap();
        assert!(try_one(target, &kept) > 0, "{target}/{name}");
        assert!(kept.len() < 20_000, "{target}/{name}: {} bytes", kept.len());
    }
}

//! Damaged files of every format: each ends in records or in a refusal, never in a panic and never after more than a
//! second. The same mutations on every run. `fuzz/` looks further with a fuzzer.

use std::time::{Duration, Instant};

use lifering_readers::scenario::Scenario;
use lifering_readers::settings::Settings;
use lifering_readers::{try_layer, try_shapefile};

use crate::support;

/// Mutations of each seed file.
const ROUNDS: usize = 40;

/// A small generator of numbers that look random (xorshift64*, Vigna 2016).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
    }
}

/// What hostile or careless tools leave in files.
const PIECES: &[&[u8]] = &[
    b"null",
    b"NaN",
    b"-1e999",
    b"[[[[",
    b"}}",
    b"\"",
    b"\\",
    b"\xff\xfe",
    b"\0",
    b",,",
    b"-",
    b"1e308",
    b"{\"type\":",
    b"\xe6\x80",
    b"[118.5,24.7]",
    b"\"features\":",
    b"\n",
    b";",
    b"=",
];

fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        match numbers.below(6) {
            0 => bytes.truncate(at),
            1 if !bytes.is_empty() => bytes[at] = numbers.below(256) as u8,
            2 if !bytes.is_empty() => bytes[at] ^= 1 << numbers.below(8),
            3 => drop(bytes.splice(at..at, PIECES[numbers.below(PIECES.len())].iter().copied())),
            4 => {
                let end = (at + numbers.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let end = (at + numbers.below(200)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, copy));
            }
        }
    }
}

#[test]
fn damaged_files_are_read_or_refused() {
    let mut numbers = Numbers(0x5eed);
    let mut read = 0;
    let mut tried = 0;
    let fuzzed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let seeds = support::tree(&fuzzed).into_iter().filter_map(|(path, seed)| {
        // The folder says what a seed of the fuzzer is.
        let name = match path.iter().next()?.to_str()? {
            "region_toml" => "region.toml",
            "scenario" => "scenario.toml",
            "geopackage" => "layer.gpkg",
            "geotiff" => "layer.tif",
            "geoparquet" => "layer.parquet",
            "flatgeobuf" => "layer.fgb",
            other => return Some((path.with_file_name(format!("layer.{other}")), seed)),
        };
        Some((path.with_file_name(name), seed))
    });
    for (path, seed) in support::tree(&support::fixtures().join("malformed")).into_iter().chain(seeds) {
        let Some(name) = path.file_name().and_then(|n| n.to_str()).filter(|n| *n != "expected.toml") else { continue };
        for _ in 0..ROUNDS {
            let mut bytes = seed.clone();
            mutate(&mut bytes, &mut numbers);
            let started = Instant::now();
            if name == "region.toml" {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                read += usize::from(Settings::parse(name, &text, false).is_ok());
            } else if name == "scenario.toml" {
                read += usize::from(Scenario::from_bytes(name, &bytes).is_ok());
            } else if name == "layer.shapefile" {
                read += try_shapefile(&bytes);
            } else {
                read += try_layer(name, &bytes);
            }
            tried += 1;
            let took = started.elapsed();
            assert!(took < Duration::from_secs(10), "{}: {took:?}", path.display());
        }
    }
    assert!(tried > 1000 && read > 100, "{read} read of {tried}");
}

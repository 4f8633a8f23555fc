//! Writes the synthetic city of benches and tests: `cargo run --example synthetic_city -- DIR SIDE STATIONS SEED`.
//!
//! The same numbers give the same bytes. `make same-bytes` compares two builds on such a city.

#[path = "../benches/synthetic_city/mod.rs"]
mod synthetic_city;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, side, stations, seed] = arguments.as_slice() else {
        eprintln!("usage: cargo run --example synthetic_city -- DIR SIDE STATIONS SEED");
        return ExitCode::from(2);
    };
    let (Ok(side @ 2..), Ok(stations), Ok(seed)) = (side.parse(), stations.parse(), seed.parse()) else {
        eprintln!("SIDE (at least 2), STATIONS and SEED are whole numbers");
        return ExitCode::from(2);
    };
    match synthetic_city::write(Path::new(folder), side, stations, seed) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::from(2)
        }
    }
}

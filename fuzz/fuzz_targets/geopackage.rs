//! Any bytes as a GeoPackage of every kind of layer: refused or read, never a crash.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lifering_readers::try_layer;

fuzz_target!(|bytes: &[u8]| {
    let _ = try_layer("layer.gpkg", bytes);
});

//! Any bytes as a shapefile and its table, for every kind of layer: refused or read, never a crash.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lifering_readers::try_shapefile;

fuzz_target!(|bytes: &[u8]| {
    let _ = try_shapefile(bytes);
});

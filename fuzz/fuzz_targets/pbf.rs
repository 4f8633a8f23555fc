//! Any bytes as an OpenStreetMap extract of every kind of layer: refused or read, never a crash.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lifering_readers::try_layer;

fuzz_target!(
    // The reader catches what the library osmpbf panics at; the fuzzer would end at any panic, caught or not. One that is
    // not caught still ends it.
    init: std::panic::set_hook(Box::new(|about| eprintln!("{about}"))),
    |bytes: &[u8]| {
        let _ = try_layer("layer.osm.pbf", bytes);
    }
);

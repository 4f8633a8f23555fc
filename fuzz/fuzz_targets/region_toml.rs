//! Any text as region.toml: refused or read, never a crash.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lifering_readers::settings::Settings;

fuzz_target!(|text: &str| {
    let _ = Settings::parse("region.toml", text, false);
});

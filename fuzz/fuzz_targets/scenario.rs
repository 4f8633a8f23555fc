//! Any bytes as a scenario: refused or read, never a crash; what is read can be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lifering_readers::scenario::Scenario;

fuzz_target!(|bytes: &[u8]| {
    let Ok(scenario) = Scenario::from_bytes("scenario.toml", bytes) else { return };
    if let Ok(text) = scenario.to_toml() {
        let again = Scenario::from_bytes("scenario.toml", text.as_bytes()).expect("what is written is read");
        assert_eq!(again.edits, scenario.edits);
    }
});

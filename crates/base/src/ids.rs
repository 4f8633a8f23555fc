//! Ids that the program gives.

/// Id of a rule's zone in every file: `JJ-EMS-02-001` for the first. `index` counts from 0.
pub fn zone_id(rule: &str, index: usize) -> String {
    format!("{rule}-{:03}", index + 1)
}

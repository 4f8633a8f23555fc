//! JSON schemas of what goes over the wire, made from its Rust types.
//!
//! Out: one schema for each question and answer, told by `api/schema` and kept in `schema/`, from where the types of a page can be
//! made without a server. A test holds the files against the types.

use super::answers::{Ask, Found, Judged, Proposed, Region, Road, ScenarioFile, StationLost, Tried, Zones};
use super::refusal::RefusalBody;
use schemars::{Schema, schema_for};
use std::collections::BTreeMap;

/// All schemas by name.
pub fn schemas() -> BTreeMap<&'static str, Schema> {
    BTreeMap::from([
        ("region", schema_for!(Region)),
        ("roads", schema_for!(Vec<Road>)),
        ("ask", schema_for!(Ask)),
        ("try", schema_for!(Tried)),
        ("audit", schema_for!(Judged)),
        ("zones", schema_for!(Zones)),
        ("propose", schema_for!(Proposed)),
        ("failures", schema_for!(Vec<StationLost>)),
        ("scenario", schema_for!(ScenarioFile)),
        ("search", schema_for!(Vec<Found>)),
        ("refusal", schema_for!(RefusalBody)),
    ])
}

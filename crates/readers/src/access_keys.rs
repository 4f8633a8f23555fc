//! Access keys of roads and of points on them (roads.md section 2).
//!
//! In: the fields of a feature. Out: what the most specific key says to an ambulance.

use crate::fields::FeatureFields;
use lifering_base::records::{Permission, VehicleAccess};

/// The keys with their variants for travel along the line as drawn and against it, the most specific first.
const KEYS: [[&str; 3]; 5] = [
    ["emergency", "emergency:forward", "emergency:backward"],
    ["motorcar", "motorcar:forward", "motorcar:backward"],
    ["motor_vehicle", "motor_vehicle:forward", "motor_vehicle:backward"],
    ["vehicle", "vehicle:forward", "vehicle:backward"],
    ["access", "access:forward", "access:backward"],
];

/// Keys of access that depends on the time.
pub(crate) const CONDITIONAL: [&str; 5] = [
    "emergency:conditional",
    "motorcar:conditional",
    "motor_vehicle:conditional",
    "vehicle:conditional",
    "access:conditional",
];

/// The permission of a road in each direction.
pub(crate) fn of_road(fields: &FeatureFields<'_>) -> VehicleAccess {
    VehicleAccess { forward: permission(fields, Some(1)), backward: permission(fields, Some(2)) }
}

/// The permission of a point.
pub(crate) fn of_point(fields: &FeatureFields<'_>) -> Permission {
    permission(fields, None)
}

/// The permission by the first key that says something; `way` is the position of a direction's variant in [`KEYS`].
fn permission(fields: &FeatureFields<'_>, way: Option<usize>) -> Permission {
    let word = |names: &[&str; 3]| way.and_then(|way| fields.word(names[way])).or_else(|| fields.word(names[0]));
    let [emergency, others @ ..] = &KEYS;
    match word(emergency) {
        Some(word) if opens_for_emergencies(&word) => return Permission::ForEmergencies,
        Some(word) if closes(&word) => return Permission::NotForEmergencies,
        _ => {}
    }
    match others.iter().find_map(word) {
        None => Permission::Unstated,
        Some(word) if closes(&word) => Permission::Closed,
        Some(word) if matches!(word.to_lowercase().as_str(), "private" | "私有" | "私人" | "内部") => {
            Permission::Private
        }
        Some(_) => Permission::Open,
    }
}

fn opens_for_emergencies(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "yes" | "designated" | "official" | "permissive" | "true" | "1" | "是" | "可" | "可通行" | "允许"
    )
}

/// Whether the word of an access key closes the road.
pub(crate) fn closes(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "no" | "false" | "0" | "否" | "禁止" | "禁行" | "禁止通行" | "不通" | "不可通行" | "封闭"
    )
}

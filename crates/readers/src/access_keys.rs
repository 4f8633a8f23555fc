//! Access keys of roads and of points on them (roads.md section 2).
//!
//! In: the fields of a feature. Out: what the most specific key says to an ambulance.

use crate::fields::FeatureFields;
use lifering_base::records::{Permission, VehicleAccess};
use lifering_base::{Message, message};

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

/// What a word of an access key says, the most cautious last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    Opens,
    Other,
    Private,
    Closes,
}

impl Says {
    fn of(word: &str) -> Self {
        if opens_for_emergencies(word) {
            Self::Opens
        } else if closes(word) {
            Self::Closes
        } else if matches!(word.to_lowercase().as_str(), "private" | "私有" | "私人" | "内部") {
            Self::Private
        } else {
            Self::Other
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as every way of showing a value")]
    fn shown(&self) -> Message {
        match self {
            Self::Opens | Self::Other => message!("message.access_open"),
            Self::Private => message!("message.road_private"),
            Self::Closes => message!("message.access_closed"),
        }
    }
}

/// Who may use a road.
pub(crate) struct RoadAccess {
    /// The permission of vehicles in each direction.
    pub vehicles: VehicleAccess,
    /// The key for everybody closes it.
    pub closed_to_all: bool,
}

/// The access of a road.
pub(crate) fn of_road(fields: &mut FeatureFields<'_>) -> RoadAccess {
    let said = KEYS.map(|names| names.map(|name| says(fields, name)));
    let [.., [everybody, ..]] = said;
    RoadAccess {
        vehicles: VehicleAccess { forward: permission(&said, Some(1)), backward: permission(&said, Some(2)) },
        closed_to_all: everybody == Some(Says::Closes),
    }
}

/// The permission of a point.
pub(crate) fn of_point(fields: &mut FeatureFields<'_>) -> Permission {
    permission(&KEYS.map(|[name, ..]| [says(fields, name), None, None]), None)
}

/// Whether a road is closed to people on foot by a key of their own; `None` if it has none.
pub(crate) fn closes_to_walkers(fields: &mut FeatureFields<'_>) -> Option<bool> {
    says(fields, "foot").map(|said| said == Says::Closes)
}

/// What a key says; of several words the most cautious.
fn says(fields: &mut FeatureFields<'_>, key: &'static str) -> Option<Says> {
    let cautious = |a: Says, b: Says| Some(a.max(b));
    fields.meaning(key, |word| Some(Says::of(word)), cautious, Says::shown, || message!("message.one_value_absent"))
}

/// The permission by the first key that says something; `way` is the position of a direction's variant in [`KEYS`].
fn permission(said: &[[Option<Says>; 3]; 5], way: Option<usize>) -> Permission {
    let of_key = |says: &[Option<Says>; 3]| way.and_then(|way| says[way]).or(says[0]);
    let [emergency, others @ ..] = said;
    match of_key(emergency) {
        Some(Says::Opens) => return Permission::ForEmergencies,
        Some(Says::Closes) => return Permission::NotForEmergencies,
        Some(Says::Other | Says::Private) | None => {}
    }
    match others.iter().find_map(of_key) {
        None => Permission::Unstated,
        Some(Says::Closes) => Permission::Closed,
        Some(Says::Private) => Permission::Private,
        Some(Says::Opens | Says::Other) => Permission::Open,
    }
}

fn opens_for_emergencies(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "yes" | "designated" | "official" | "permissive" | "true" | "1" | "是" | "可" | "可通行" | "允许"
    )
}

/// Whether the word of an access key closes the road.
fn closes(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "no" | "false" | "0" | "否" | "禁止" | "禁行" | "禁止通行" | "不通" | "不可通行" | "封闭"
    )
}

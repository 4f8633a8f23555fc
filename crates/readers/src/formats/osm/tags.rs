//! What an element's tags make of it: what it is read for, and which of its tags are kept.
//!
//! In: keys and values as they stand in the extract. Out: a [`Theme`] and [`Tags`].

use crate::properties::{Properties, Property};
use lifering_base::records::Layer;
use std::sync::Arc;

/// Keys of a road that the roads reader knows (roads.md sections 1 to 4 and 9), and some that help people find it.
pub const ROAD: &[&str] = &[
    "highway",
    "name",
    "oneway",
    "oneway:emergency",
    "oneway:motor_vehicle",
    "oneway:conditional",
    "maxspeed",
    "bridge",
    "tunnel",
    "layer",
    "junction",
    "motorroad",
    "service",
    "route",
    "duration",
    "foot",
    "emergency",
    "emergency:forward",
    "emergency:backward",
    "emergency:conditional",
    "motorcar",
    "motorcar:forward",
    "motorcar:backward",
    "motorcar:conditional",
    "motor_vehicle",
    "motor_vehicle:forward",
    "motor_vehicle:backward",
    "motor_vehicle:conditional",
    "vehicle",
    "vehicle:forward",
    "vehicle:backward",
    "vehicle:conditional",
    "access",
    "access:forward",
    "access:backward",
    "access:conditional",
    "ref",
    "surface",
    "lanes",
];

/// Keys of a point on a road (roads.md section 5).
pub const ROAD_POINT: &[&str] =
    &["barrier", "highway", "emergency", "motorcar", "motor_vehicle", "vehicle", "access", "locked", "maxheight"];

/// Values of `emergency` that say who may pass. Others name what stands there: a fire hydrant, a telephone.
const EMERGENCY_ACCESS: &[&str] = &["yes", "no", "designated", "official", "permissive", "private"];

/// Keys of a site.
pub const SITE: &[&str] =
    &["name", "name:zh", "beds", "indoor", "operator", "amenity", "healthcare", "emergency", "opening_hours"];

/// Keys of water or a railway.
pub const OBSTACLE: &[&str] = &["name", "natural", "waterway", "railway"];

/// Keys that name the kind of a turn restriction, the one that goes first (roads.md section 6).
pub const RESTRICTION: &[&str] =
    &["restriction:emergency", "restriction:motorcar", "restriction:motor_vehicle", "restriction"];

/// The same where the restriction depends on the time or on something else.
pub const RESTRICTION_CONDITIONAL: &[&str] = &[
    "restriction:emergency:conditional",
    "restriction:motorcar:conditional",
    "restriction:motor_vehicle:conditional",
    "restriction:conditional",
];

/// Older keys for the times of a restriction.
pub const RESTRICTION_TIMES: &[&str] = &["day_on", "day_off", "hour_on", "hour_off"];

/// Keys of an administrative area.
pub const ADMINISTRATIVE: &[&str] = &["name", "name:zh", "name:en", "admin_level", "population"];

/// What an element is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// A road or a ferry.
    Road,
    /// Water or a railway, which nobody crosses on foot.
    Obstacle,
    /// A station, a facility or a defibrillator.
    Site,
    /// A turn restriction that an ambulance is subject to, or may be.
    Turn,
    /// An administrative area.
    Administrative,
}

/// The tags of an element that are kept, in the order of the list that chose them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tags(Box<[(&'static str, Box<str>)]>);

impl Tags {
    /// Keeps the tags with these keys.
    fn pick(tags: &[(&str, &str)], keys: &[&'static str]) -> Self {
        Self(keys.iter().filter_map(|key| Some((*key, get(tags, key)?.into()))).collect())
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| *k == key).map(|(_, value)| &**value)
    }

    /// The value of the first of these keys that is there.
    pub fn first(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// Adds the tags of `other` whose keys are not there.
    pub fn fill_from(&mut self, other: &Self) {
        let mut all = std::mem::take(&mut self.0).into_vec();
        let more = other.0.iter().filter(|(key, _)| !all.iter().any(|(k, _)| k == key)).cloned();
        all.extend(more.collect::<Vec<_>>());
        self.0 = all.into();
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(key, value)| (*key, &**value))
    }
}

fn get<'a>(tags: &[(&str, &'a str)], key: &str) -> Option<&'a str> {
    tags.iter().find(|(k, _)| *k == key).map(|(_, value)| *value)
}

/// What a way is read for, and its tags; `None` if for nothing.
pub fn of_way(tags: &[(&str, &str)], closed: bool) -> Option<(Theme, Tags)> {
    if is_road(tags, closed) {
        return Some((Theme::Road, Tags::pick(tags, ROAD)));
    }
    of_area(tags).or_else(|| is_line_obstacle(tags).then(|| (Theme::Obstacle, Tags::pick(tags, OBSTACLE))))
}

/// The same for whatever may be drawn as an area: a closed way or a relation.
pub fn of_area(tags: &[(&str, &str)]) -> Option<(Theme, Tags)> {
    if is_water(tags) {
        return Some((Theme::Obstacle, Tags::pick(tags, OBSTACLE)));
    }
    is_site(tags).then(|| (Theme::Site, Tags::pick(tags, SITE)))
}

/// The tags of a node that is a site.
pub fn of_site_node(tags: &[(&str, &str)]) -> Option<Tags> {
    is_site(tags).then(|| Tags::pick(tags, SITE))
}

/// The tags of a node that matters where it lies on a road: a barrier of any kind with its access, traffic signals. Access
/// keys of other nodes, such as crossings, are about those who cross.
pub fn of_road_point(tags: &[(&str, &str)]) -> Option<Tags> {
    let barrier = get(tags, "barrier").is_some();
    if !barrier && get(tags, "highway") != Some("traffic_signals") {
        return None;
    }
    let passes = get(tags, "emergency").is_some_and(|value| EMERGENCY_ACCESS.contains(&value));
    let kept = |key: &str| match key {
        "barrier" | "highway" => true,
        "emergency" => barrier && passes,
        _ => barrier,
    };
    let mut picked = Tags::pick(tags, ROAD_POINT);
    picked.0 = std::mem::take(&mut picked.0).into_vec().into_iter().filter(|(key, _)| kept(key)).collect();
    Some(picked)
}

/// A turn restriction.
pub enum Restriction {
    /// One that may concern an ambulance.
    Own(Tags),
    /// One for other vehicles alone: lorries, buses, bicycles.
    Others,
}

/// The turn restriction that a relation is; `None` if it is something else.
pub fn of_restriction(tags: &[(&str, &str)]) -> Option<Restriction> {
    let kind = get(tags, "type")?;
    let of = kind.strip_prefix("restriction")?;
    let own_type = matches!(of, "" | ":emergency" | ":motorcar" | ":motor_vehicle");
    let named = |keys: &[&str]| keys.iter().any(|key| get(tags, key).is_some());
    let own = named(RESTRICTION) || named(RESTRICTION_CONDITIONAL);
    // Without any key that names a kind it is a broken one, and not somebody else's.
    let others = tags.iter().any(|(key, _)| key.starts_with("restriction:"));
    if !own_type || (!own && others) {
        return Some(Restriction::Others);
    }
    let keys = [RESTRICTION, RESTRICTION_CONDITIONAL, RESTRICTION_TIMES, &["except"]].concat();
    Some(Restriction::Own(Tags::pick(tags, &keys)))
}

/// The tags of an administrative area; `None` if a relation is something else.
pub fn of_administrative(tags: &[(&str, &str)]) -> Option<Tags> {
    let area = matches!(get(tags, "type"), Some("boundary" | "multipolygon"));
    (area && get(tags, "boundary") == Some("administrative")).then(|| Tags::pick(tags, ADMINISTRATIVE))
}

/// Whether a relation's outline is drawn by its members.
pub fn is_drawn(tags: &[(&str, &str)]) -> bool {
    matches!(get(tags, "type"), Some("multipolygon" | "boundary"))
}

/// A way with a class, whatever it is, or a ferry; not an area of asphalt. The roads reader says what is driven.
fn is_road(tags: &[(&str, &str)], closed: bool) -> bool {
    // By the OpenStreetMap wiki these two are areas where they are drawn as a ring.
    let class = get(tags, "highway").filter(|class| !(closed && matches!(*class, "services" | "rest_area")));
    let area = get(tags, "area").is_some_and(|value| value != "no");
    !area && (class.is_some() || get(tags, "route") == Some("ferry"))
}

fn is_water(tags: &[(&str, &str)]) -> bool {
    is_at_grade(tags) && (get(tags, "natural") == Some("water") || get(tags, "waterway") == Some("riverbank"))
}

fn is_line_obstacle(tags: &[(&str, &str)]) -> bool {
    is_at_grade(tags)
        && (matches!(get(tags, "waterway"), Some("river" | "canal")) || get(tags, "railway") == Some("rail"))
}

/// Neither in a tunnel nor on a bridge: there one crosses over or below it.
fn is_at_grade(tags: &[(&str, &str)]) -> bool {
    let is = |key| get(tags, key).is_some_and(|value| value != "no");
    !is("tunnel") && !is("bridge")
}

fn is_site(tags: &[(&str, &str)]) -> bool {
    !kinds(|key| get(tags, key)).is_empty()
}

/// Layers of sites that tags belong to, with the kind of site there. A hospital with a station of its own is both.
pub fn site_layers(tags: &Tags) -> Vec<(Layer, Option<&'static str>)> {
    kinds(|key| tags.get(key))
}

fn kinds<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Vec<(Layer, Option<&'static str>)> {
    let emergency = match get("emergency") {
        Some("ambulance_station") => Some((Layer::Stations, Some("station"))),
        Some("defibrillator") => Some((Layer::Aeds, None)),
        _ => None,
    };
    let facility = match (get("amenity"), get("healthcare")) {
        (Some("hospital"), _) | (None, Some("hospital")) => Some("hospital"),
        (Some("clinic" | "doctors"), _) | (None, Some("clinic" | "doctor" | "centre")) => Some("clinic"),
        _ => None,
    };
    emergency.into_iter().chain(facility.map(|kind| (Layer::Facilities, Some(kind)))).collect()
}

/// Whether a closed way or a relation is water that covers ground, not a line.
pub fn covers_ground(tags: &Tags) -> bool {
    tags.get("natural") == Some("water") || tags.get("waterway") == Some("riverbank")
}

/// Keys whose values are numbers where they are whole ones.
const NUMBERS: &[&str] = &["layer", "beds"];

/// A value as its layer has it: all tags are text in the map, but not all are meant to be.
fn property(key: &str, value: &str) -> Property {
    let number = value.trim().parse::<i64>().ok().filter(|_| NUMBERS.contains(&key));
    number.map_or_else(|| Property::Text(value.into()), |number| Property::Number(number.into()))
}

/// Properties of features, with names that all features share.
#[derive(Debug, Default)]
pub struct PropertyNames(Vec<Arc<str>>);

impl PropertyNames {
    /// The properties of one feature: those of `more`, then the tags.
    pub fn properties<'a>(
        &mut self,
        more: Vec<(&'static str, Property)>,
        tags: impl Iterator<Item = (&'static str, &'a str)>,
    ) -> Properties {
        let tags = tags.map(|(key, value)| (key, property(key, value)));
        more.into_iter().chain(tags).map(|(key, value)| (self.name(key), value)).collect()
    }

    fn name(&mut self, key: &'static str) -> Arc<str> {
        if let Some(known) = self.0.iter().find(|known| ***known == *key) {
            return known.clone();
        }
        let new: Arc<str> = Arc::from(key);
        self.0.push(new.clone());
        new
    }
}

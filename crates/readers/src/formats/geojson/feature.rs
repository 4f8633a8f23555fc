//! One feature.
//!
//! In: its text. Out: the feature and what is to be noted of it. Features are read strictly; one that cannot be is
//! read again leniently.

use super::{Fault, quote_foreign_values};
use crate::feature::RawFeature;
use crate::geometry::{Geometry, TYPES, WireGeometry};
use crate::numbers::parse_number;
use crate::properties::{Properties, PropertiesReader, Property};
use lifering_base::message;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// The content of one feature's text.
#[derive(Debug)]
pub(super) struct FeatureRead {
    pub(super) feature: RawFeature,
    /// Names of properties that stand twice.
    pub(super) repeated: Vec<String>,
    /// Numbers in the coordinates that were written as text.
    pub(super) text_coordinates: usize,
}

/// The feature of a text that is one JSON value, or what is wrong with it.
pub(super) fn read(index: usize, text: &str, names: &mut PropertiesReader) -> Result<FeatureRead, Fault> {
    strict(index, text, names).map(|(found, _)| found).or_else(|error| lenient(index, text, names).ok_or(error))
}

/// The feature at the beginning of `text`, and the offset of its end.
pub(super) fn strict(index: usize, text: &str, names: &mut PropertiesReader) -> Result<(FeatureRead, usize), Fault> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let wire = FeatureReader(names).deserialize(&mut deserializer)?;
    let end = deserializer.into_iter::<IgnoredAny>().byte_offset();
    let (properties, repeated) = names.take();
    let (feature, repeated) = match wire.kind {
        FeatureKind::Feature => (RawFeature { index, id: wire.id, geometry: wire.geometry, properties }, repeated),
        FeatureKind::Geometry => {
            let geometry: WireGeometry = serde_json::from_str(&text[..end])?;
            let properties = Properties::default();
            (RawFeature { index, id: None, geometry: geometry.0, properties }, Vec::new())
        }
        FeatureKind::Other(kind) => return Err(Fault::Other(message!("message.type_is", kind = &kind))),
        FeatureKind::Missing => return Err(Fault::Other(message!("message.without_type"))),
    };
    Ok((FeatureRead { feature, repeated, text_coordinates: 0 }, end))
}

/// The lenient reading: numbers too large for a double are kept as text, coordinates written as text are read.
fn lenient(index: usize, text: &str, names: &mut PropertiesReader) -> Option<FeatureRead> {
    let quoted = quote_foreign_values(text);
    let text = quoted.as_deref().unwrap_or(text);
    if let (true, Ok((found, _))) = (quoted.is_some(), strict(index, text, names)) {
        return Some(found);
    }
    let mut value: Value = serde_json::from_str(text).ok()?;
    let mut read = 0;
    let bare = value.get("geometry").is_none();
    unquote_geometry(if bare { &mut value } else { value.get_mut("geometry")? }, &mut read)?;
    let (mut found, _) = strict(index, &value.to_string(), names).ok()?;
    // Going through `Value` lost what stood twice.
    found.repeated = repeated(text, names)?;
    found.text_coordinates = read;
    Some(found)
}

/// The names that stand twice in the feature's properties, which are read alone. `None` if a member of the feature or
/// of its geometry does: it is not known which of two places is right.
fn repeated(text: &str, names: &mut PropertiesReader) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct PropertiesOnly<'a> {
        #[serde(borrow, default)]
        properties: Option<&'a RawValue>,
        #[serde(rename = "geometry", default)]
        _geometry: Option<UniqueMembers>,
        // Of a bare geometry.
        #[serde(rename = "coordinates", default)]
        _coordinates: Option<IgnoredAny>,
        #[serde(rename = "geometries", default)]
        _geometries: Option<Vec<UniqueMembers>>,
    }
    /// A geometry, or several, of whose members none may stand twice.
    #[derive(Deserialize)]
    struct UniqueMembers {
        #[serde(rename = "type", default)]
        _kind: Option<IgnoredAny>,
        #[serde(rename = "coordinates", default)]
        _coordinates: Option<IgnoredAny>,
        #[serde(rename = "geometries", default)]
        _geometries: Option<Vec<UniqueMembers>>,
    }
    let only: PropertiesOnly<'_> = serde_json::from_str(text).ok()?;
    let mut deserializer = serde_json::Deserializer::from_str(only.properties.map_or("null", RawValue::get));
    names.deserialize(&mut deserializer).ok()?;
    Some(names.take().1)
}

/// Replaces text by the number it spells in the coordinates of a geometry, of each one of a collection.
fn unquote_geometry(geometry: &mut Value, read: &mut usize) -> Option<()> {
    match geometry.get_mut("geometries") {
        Some(all) => all.as_array_mut()?.iter_mut().try_for_each(|one| unquote_geometry(one, read)),
        None => unquote_numbers(geometry.get_mut("coordinates")?, read),
    }
}

/// Replaces text by the number it spells, in arrays at any depth; `None` if one spells none.
fn unquote_numbers(value: &mut Value, read: &mut usize) -> Option<()> {
    match value {
        Value::Array(all) => all.iter_mut().try_for_each(|v| unquote_numbers(v, read)),
        Value::String(text) => {
            *value = Value::from(parse_number(text)?);
            *read += 1;
            Some(())
        }
        _ => Some(()),
    }
}

/// The `type` of a feature.
enum FeatureKind {
    Feature,
    /// A geometry where a feature was expected.
    Geometry,
    Other(String),
    Missing,
}

/// A feature but for its properties, which stay with their reader.
struct WireFeature {
    kind: FeatureKind,
    id: Option<String>,
    geometry: Option<Geometry>,
}

/// Reads one feature.
struct FeatureReader<'a>(&'a mut PropertiesReader);

impl<'de> DeserializeSeed<'de> for FeatureReader<'_> {
    type Value = WireFeature;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<WireFeature, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FeatureReader<'_> {
    type Value = WireFeature;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feature (an object)")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireFeature, A::Error> {
        self.0.clear();
        let (mut kind, mut id, mut geometry, mut properties) = (None, None, None, None);
        while let Some(member) = map.next_key()? {
            match member {
                Member::Type => once("type", &mut kind, map.next_value()?)?,
                Member::Id => once("id", &mut id, map.next_value()?)?,
                Member::Geometry => once("geometry", &mut geometry, map.next_value()?)?,
                Member::Properties => once("properties", &mut properties, map.next_value_seed(&mut *self.0)?)?,
                Member::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let id = match id {
            Some(Property::Text(text)) => Some(text.into_string()),
            Some(Property::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let geometry = geometry.and_then(|geometry: Option<WireGeometry>| geometry?.0);
        Ok(WireFeature { kind: kind.unwrap_or(FeatureKind::Missing), id, geometry })
    }
}

fn once<T, E: Error>(name: &'static str, slot: &mut Option<T>, value: T) -> Result<(), E> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::duplicate_field(name)),
    }
}

/// The members of a feature.
enum Member {
    Type,
    Id,
    Geometry,
    Properties,
    Other,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MemberVisitor;
        impl Visitor<'_> for MemberVisitor {
            type Value = Member;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a member")
            }
            fn visit_str<E>(self, name: &str) -> Result<Member, E> {
                Ok(match name {
                    "type" => Member::Type,
                    "id" => Member::Id,
                    "geometry" => Member::Geometry,
                    "properties" => Member::Properties,
                    _ => Member::Other,
                })
            }
        }
        deserializer.deserialize_identifier(MemberVisitor)
    }
}

impl<'de> Deserialize<'de> for FeatureKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FeatureKindVisitor;
        impl<'de> Visitor<'de> for FeatureKindVisitor {
            type Value = FeatureKind;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_none<E>(self) -> Result<FeatureKind, E> {
                Ok(FeatureKind::Missing)
            }
            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<FeatureKind, D::Error> {
                deserializer.deserialize_str(self)
            }
            fn visit_str<E>(self, word: &str) -> Result<FeatureKind, E> {
                Ok(match word {
                    "Feature" => FeatureKind::Feature,
                    word if TYPES.contains(&word) => FeatureKind::Geometry,
                    word => FeatureKind::Other(word.to_owned()),
                })
            }
        }
        deserializer.deserialize_option(FeatureKindVisitor)
    }
}

//! Properties of features, kept small: the raw features of a metropolis are held all at once.
//!
//! In: names and values as a format's reader finds them. Out: [`Properties`], in the order of the file. Names are shared
//! between features.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::{Map, Number, Value};
use std::fmt;
use std::sync::Arc;

/// Least number that no integer type holds.
pub(crate) const BEYOND_INTEGERS: f64 = 18_446_744_073_709_551_616.0;

/// One value, a third of the size of `serde_json::Value`.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    /// Null.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    Text(Box<str>),
    /// An array or an object.
    Nested(Box<Value>),
}

impl Property {
    /// True for null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text; `None` for any other type.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number; `None` for any other type.
    pub fn as_f64(&self) -> Option<f64> {
        if let Self::Number(number) = self { number.as_f64() } else { None }
    }
}

impl From<Value> for Property {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(b) => Self::Bool(b),
            Value::Number(n) => Self::Number(n),
            Value::String(text) => Self::Text(text.into_boxed_str()),
            nested => Self::Nested(Box::new(nested)),
        }
    }
}

impl From<&Property> for Value {
    fn from(property: &Property) -> Self {
        match property {
            Property::Null => Self::Null,
            Property::Bool(b) => Self::Bool(*b),
            Property::Number(n) => Self::Number(n.clone()),
            Property::Text(text) => Self::String(text.to_string()),
            Property::Nested(value) => (**value).clone(),
        }
    }
}

/// As JSON.
impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Value::from(self).fmt(f)
    }
}

impl<'de> Deserialize<'de> for Property {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PropertyVisitor;
        impl<'de> Visitor<'de> for PropertyVisitor {
            type Value = Property;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any valid JSON value")
            }
            fn visit_unit<E>(self) -> Result<Property, E> {
                Ok(Property::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Property, E> {
                Ok(Property::Bool(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Property, E> {
                Ok(Property::Number(value.into()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Property, E> {
                Ok(Property::Number(value.into()))
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Property, E> {
                // An integer of more digits than any type has. The lenient reading keeps them all, as text.
                if value.abs() >= BEYOND_INTEGERS {
                    return Err(E::custom("number out of range"));
                }
                Ok(Number::from_f64(value).map_or(Property::Null, Property::Number))
            }
            fn visit_str<E>(self, text: &str) -> Result<Property, E> {
                Ok(Property::Text(text.into()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Property, A::Error> {
                Value::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Property::from)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Property, A::Error> {
                Value::deserialize(de::value::MapAccessDeserializer::new(map)).map(Property::from)
            }
        }
        deserializer.deserialize_any(PropertyVisitor)
    }
}

/// Number of names above which they are looked up in an index, and no longer one after the other.
const MANY_NAMES: usize = 32;

/// Names and values in the order of the file, each name once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties {
    all: Box<[(Arc<str>, Property)]>,
    /// Positions in the order of the names; `None` for so few that they are looked through.
    by_name: Option<Box<[u32]>>,
}

impl Properties {
    fn of(all: Box<[(Arc<str>, Property)]>) -> Self {
        let by_name = (all.len() > MANY_NAMES).then(|| {
            let mut positions: Vec<u32> = (0..).take(all.len()).collect();
            positions.sort_by(|a, b| all[*a as usize].0.cmp(&all[*b as usize].0));
            positions.into_boxed_slice()
        });
        Self { all, by_name }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Property> {
        let at = match &self.by_name {
            None => self.all.iter().position(|(key, _)| **key == *name)?,
            Some(positions) => {
                let found = positions.binary_search_by(|at| (*self.all[*at as usize].0).cmp(name)).ok()?;
                positions[found] as usize
            }
        };
        Some(&self.all[at].1)
    }

    /// All names.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|(key, _)| &**key)
    }

    /// All names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Property)> {
        self.all.iter().map(|(key, value)| (&**key, value))
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Calls `found` with the names of all features, each at least once. A name at the same position as in the feature
    /// before is skipped.
    pub fn each_new_name<'a>(features: impl Iterator<Item = &'a Self>, mut found: impl FnMut(&'a str)) {
        let mut before: &[(Arc<str>, Property)] = &[];
        for Self { all, .. } in features {
            for (at, (name, _)) in all.iter().enumerate() {
                if !before.get(at).is_some_and(|(known, _)| Arc::ptr_eq(known, name)) {
                    found(name);
                }
            }
            before = all;
        }
    }

    /// The names of all features, each once, in the order in which they are first met.
    pub fn names<'a>(features: impl Iterator<Item = &'a Self>) -> Vec<&'a str> {
        let (mut names, mut seen): (Vec<&str>, FxHashSet<&str>) = Default::default();
        Self::each_new_name(features, |name| {
            if seen.insert(name) {
                names.push(name);
            }
        });
        names
    }
}

impl From<Map<String, Value>> for Properties {
    fn from(map: Map<String, Value>) -> Self {
        Self::of(map.into_iter().map(|(name, value)| (Arc::from(name), value.into())).collect())
    }
}

/// Names that are all different, and that features share.
impl FromIterator<(Arc<str>, Property)> for Properties {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Property)>>(all: I) -> Self {
        Self::of(all.into_iter().collect())
    }
}

/// If a name stands twice, its last value is kept at the first position.
impl FromIterator<(String, Value)> for Properties {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(all: I) -> Self {
        Map::from_iter(all).into()
    }
}

impl From<&Properties> for Map<String, Value> {
    fn from(properties: &Properties) -> Self {
        properties.iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
    }
}

/// Reads the properties of one feature after the other. Features of one file mostly have the same names in the same order,
/// so each name is first compared with the one at its position in the feature before.
#[derive(Debug, Default)]
pub struct PropertiesReader {
    /// Names in the order of the last feature.
    expected: Vec<Arc<str>>,
    known: FxHashSet<Arc<str>>,
    /// The properties of the feature that is being read.
    values: Vec<(Arc<str>, Property)>,
    /// Their positions by name, once there are many.
    positions: FxHashMap<Arc<str>, usize>,
    /// Names that stand twice in it, once for each repetition.
    repeated: Vec<String>,
}

impl PropertiesReader {
    fn name(&mut self, at: usize, name: &str) -> Arc<str> {
        if let Some(expected) = self.expected.get(at).filter(|expected| ***expected == *name) {
            return expected.clone();
        }
        let known = self.known.get(name).cloned();
        let shared = known.unwrap_or_else(|| {
            let shared: Arc<str> = Arc::from(name);
            self.known.insert(shared.clone());
            shared
        });
        self.expected.truncate(at);
        self.expected.push(shared.clone());
        shared
    }

    /// Drops the values that were read last.
    pub fn clear(&mut self) {
        self.values.clear();
        self.positions.clear();
        self.repeated.clear();
    }

    /// Where a name stands among the values read so far.
    fn position(&mut self, name: &Arc<str>) -> Option<usize> {
        if self.values.len() <= MANY_NAMES {
            return self.values.iter().position(|(known, _)| Arc::ptr_eq(known, name));
        }
        for at in self.positions.len()..self.values.len() {
            self.positions.insert(Arc::clone(&self.values[at].0), at);
        }
        self.positions.get(name).copied()
    }

    /// Takes the properties that were read last, and the names that stand twice in them.
    pub fn take(&mut self) -> (Properties, Vec<String>) {
        (Properties::of(self.values.drain(..).collect()), std::mem::take(&mut self.repeated))
    }
}

/// Reads an object or null; [`PropertiesReader::take`] hands the properties over.
impl<'de> DeserializeSeed<'de> for &mut PropertiesReader {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.clear();
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for &mut PropertiesReader {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of properties")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name(self))? {
            let value = map.next_value()?;
            match self.position(&name) {
                None => self.values.push((name, value)),
                Some(at) => {
                    self.values[at].1 = value;
                    self.repeated.push(name.to_string());
                }
            }
        }
        Ok(())
    }
}

/// One name.
struct Name<'a>(&'a mut PropertiesReader);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Arc<str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Arc<str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Arc<str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_str<E>(self, name: &str) -> Result<Arc<str>, E> {
        Ok(self.0.name(self.0.values.len(), name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(reader: &mut PropertiesReader, text: &str) -> (Properties, Vec<String>) {
        reader.deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap();
        reader.take()
    }

    #[test]
    fn a_value_is_small() {
        assert!(3 * size_of::<Property>() <= size_of::<Value>(), "{}", size_of::<Value>());
    }

    #[test]
    fn names_are_shared_and_of_those_that_stand_twice_the_last_value_is_kept() {
        let mut reader = PropertiesReader::default();
        let (first, none) = read(&mut reader, r#"{"a":1,"b":[1,{"c":2}],"d":null}"#);
        let (second, twice) = read(&mut reader, r#"{"a":"x","d":true,"a":2.5,"a":-3,"b":"\u0061"}"#);
        assert!(none.is_empty());
        assert_eq!(twice, ["a", "a"]);
        let shown = |all: &Properties| all.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(" ");
        assert_eq!(shown(&first), r#"a=1 b=[1,{"c":2}] d=null"#);
        assert_eq!(shown(&second), r#"a=-3 d=true b="a""#);
        assert!(Arc::ptr_eq(&first.all[0].0, &second.all[0].0) && Arc::ptr_eq(&first.all[1].0, &second.all[2].0));
        assert_eq!(read(&mut reader, "null"), (Properties::default(), vec![]));
        // As the map of serde_json has it.
        let map: Map<String, Value> = serde_json::from_str(r#"{"a":"x","d":true,"a":-3,"b":"a"}"#).unwrap();
        assert_eq!(Properties::from(map), second);
        assert_eq!(
            Properties::from_iter([("a".to_owned(), Value::Null), ("a".to_owned(), json(1))]).get("a"),
            Some(&json(1).into())
        );
    }

    #[test]
    fn many_names_are_found_as_few_are() {
        let mut reader = PropertiesReader::default();
        // Seven times any number up to a hundred is a different one modulo 101.
        let name = |n: usize| format!("n{:03}", n * 7 % 101);
        let text: Vec<String> = (0..101).map(|n| format!("\"{}\":{n}", name(n))).collect();
        let text = format!("{{{},\"{}\":-1,\"{}\":-2}}", text.join(","), name(3), name(90));
        let (all, twice) = read(&mut reader, &text);
        assert_eq!(twice, [name(3), name(90)]);
        for n in 0..101_usize {
            let wanted = match n {
                3 => -1,
                90 => -2,
                n => i32::try_from(n).unwrap(),
            };
            assert_eq!(all.get(&name(n)), Some(&json(wanted).into()), "{n}");
        }
        assert_eq!(all.get("n101"), None);
        assert_eq!(all.keys().nth(1), Some("n007"));
        assert_eq!(Properties::names([&all, &all].into_iter()).len(), 101);
    }

    fn json(n: i32) -> Value {
        Value::from(n)
    }

    #[test]
    fn every_name_is_found_at_least_once() {
        let mut reader = PropertiesReader::default();
        let all: Vec<Properties> = [r#"{"a":1,"b":2}"#, r#"{"a":1,"b":2}"#, "{}", r#"{"b":1}"#, r#"{"c":1,"a":2}"#]
            .iter()
            .map(|t| read(&mut reader, t).0)
            .collect();
        let mut found = Vec::new();
        Properties::each_new_name(all.iter(), |name| found.push(name));
        assert_eq!(found, ["a", "b", "b", "c", "a"]);
    }
}

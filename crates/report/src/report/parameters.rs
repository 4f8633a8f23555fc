//! audit.json: the parameters in force.
//!
//! The sections are those of region.toml, whose types refuse unknown keys. An audit of a later version may have more: here
//! keys that are not known are dropped.

use lifering_base::parameters::{Access, Drive, Population, Response, Roads, Walk};
use schemars::JsonSchema;
use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, forward_to_deserialize_any};
use serde_json::{Map, Value};

/// Every parameter in force, defaults included: the sections of region.toml (documented in docs/region.md).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Parameters {
    /// `[response]`: seconds from the call until the wheels turn (definitions.md section 3).
    #[serde(deserialize_with = "section")]
    pub response: Response,
    /// `[drive]`: speeds and the chosen period (definitions.md section 2).
    #[serde(deserialize_with = "section")]
    pub drive: Drive,
    /// `[access]`: from the vehicle to the person (definitions.md section 4).
    #[serde(deserialize_with = "section")]
    pub access: Access,
    /// `[walk]`: speeds on foot (definitions.md section 4).
    #[serde(deserialize_with = "section")]
    pub walk: Walk,
    /// `[roads]`: how roads are joined (definitions.md section 2).
    #[serde(deserialize_with = "section")]
    pub roads: Roads,
    /// `[population]`: how the people are scaled (definitions.md section 5).
    #[serde(deserialize_with = "section")]
    pub population: Population,
    /// `[zones]`, with the fineness that was used.
    pub zones: ZoneParameters,
}

/// How finely uncovered zones are drawn (definitions.md sections 4 and 6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ZoneParameters {
    /// Target for the undecided area, as a share of the boundary's area.
    pub error_share: f64,
    /// Side of the smallest square that is split no further, metres.
    pub floor_m: f64,
    /// Holes and slivers below this are not drawn, m².
    pub min_zone_m2: f64,
}

/// A section without the keys that its type does not know.
fn section<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
    let table = Map::deserialize(deserializer)?;
    T::deserialize(KnownKeys(table)).map_err(D::Error::custom)
}

/// A JSON object that shows a struct only the keys it knows.
struct KnownKeys(Map<String, Value>);

impl<'de> Deserializer<'de> for KnownKeys {
    type Error = serde_json::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.retain(|key, _| fields.contains(&key.as_str()));
        Value::Object(self.0).deserialize_struct(name, fields, visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        Value::Object(self.0).deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_of_later_versions_are_dropped() {
        let access =
            json!({"speed_kmh": 5.0, "max_m": 200.0, "no_roadside": ["trunk"], "of_a_later_version": {"a": 1}});
        let read: Access = section(access).expect("known keys suffice");
        let wanted = json!({
            "speed_kmh": 5.0, "max_m": 200.0, "no_roadside": ["trunk"], "roadside_on_bridges": false,
        });
        assert_eq!(serde_json::to_value(read).expect("JSON"), wanted);
    }
}

//! Names of fields in files, and the values of features as types.
//!
//! In: the properties of a feature. Out: numbers, flags and words; a value that is not understood becomes an issue.

use crate::checks;
use crate::feature::RawFeature;
use crate::field_names::known;
use crate::numbers::parse_number;
use crate::properties::{Properties, Property};
use lifering_base::error::{InputError, Place, nearest};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::records::Layer;
use lifering_base::records::attributes::Scalar;
use lifering_base::{Message, message};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Whether a field of a layer is a number.
pub fn is_amount(layer: Layer, field: &str) -> bool {
    amounts(layer).contains(&field)
}

/// The fields of a layer that are numbers.
pub fn amounts(layer: Layer) -> &'static [&'static str] {
    match layer {
        Layer::Units | Layer::Population => &["population"],
        Layer::Roads => &["speed_kmh", "layer"],
        Layer::Stations | Layer::Neighbours => &["ambulances", "negative_pressure", "turnout_s"],
        Layer::Facilities => &["beds", "nursing_beds", "tcm_beds", "infectious_beds", "negative_pressure_beds"],
        Layer::Aeds => &["count"],
        Layer::Candidates => &["cost", "capacity"],
        Layer::Extra => &[
            "beds",
            "medical_beds",
            "residents",
            "places_per_1000",
            "epidemiologists",
            "rooms",
            "places",
            "doctors",
            "nurses",
            "technicians",
            "cdc",
            "gps",
            "answer_s",
            "turnout_s",
            "arrival_s",
        ],
        Layer::Boundary | Layer::Barriers | Layer::Closures | Layer::RoadBarriers | Layer::Turns => &[],
    }
}

/// Names of the fields of one layer in its file.
#[derive(Clone, Debug)]
pub struct Fields {
    /// Key of the layer in region.toml.
    key: String,
    /// Names in files by lifering's name.
    names: BTreeMap<String, Vec<String>>,
    /// Of these names, those that some feature of the file has.
    settled: BTreeMap<String, Vec<String>>,
}

impl Fields {
    /// The built-in names, replaced by those of `[fields.<key>]`. An extra layer may have any field.
    pub fn new(
        settings_file: &str,
        layer: Layer,
        key: &str,
        given: Option<&BTreeMap<String, String>>,
    ) -> Result<Self, InputError> {
        let mut names: BTreeMap<String, Vec<String>> = known(layer)
            .iter()
            .map(|(name, others)| {
                ((*name).to_owned(), std::iter::once(name).chain(others.iter()).map(|n| (*n).to_owned()).collect())
            })
            .collect();
        for (field, in_file) in given.into_iter().flatten() {
            if layer == Layer::Extra {
                names.insert(field.clone(), vec![in_file.clone()]);
                continue;
            }
            let Some(entry) = names.get_mut(field.as_str()) else {
                let all: Vec<&str> = names.keys().map(String::as_str).collect();
                let error = InputError::wrong(
                    Place::file(settings_file).field(&format!("fields.{key}.{field}")),
                    message!("message.unknown_field", field = field),
                    message!("message.one_of", all = all.join(", ")),
                );
                return Err(match nearest(field, all.iter().copied()) {
                    Some(near) => error.with_help(message!("message.did_you_mean", near = near)),
                    None => error,
                });
            };
            *entry = vec![in_file.clone()];
        }
        Ok(Self { key: key.to_owned(), settled: names.clone(), names })
    }

    /// The value of a field; `None` if it is missing or null.
    pub fn find<'p>(&self, properties: &'p Properties, field: &str) -> Option<&'p Property> {
        self.settled.get(field)?.iter().find_map(|name| properties.get(name).filter(|v| !v.is_null()))
    }

    /// The place of a feature, for messages.
    pub fn place(&self, file: &str, feature: &RawFeature) -> Place {
        let text = |field| match self.find(&feature.properties, field) {
            Some(Property::Text(s)) => Some(s.to_string()),
            Some(Property::Number(n)) => Some(n.to_string()),
            _ => None,
        };
        Place {
            file: file.to_owned(),
            line: None,
            feature: Some(feature.index),
            id: text("id").or_else(|| feature.id.clone()).or_else(|| text("name")),
            field: None,
        }
    }

    /// Drops names that no feature has, so that they are not looked for in each, and takes the others as the file spells
    /// them.
    pub fn settle(&mut self, features: &[RawFeature]) {
        let mut present: BTreeSet<&str> = BTreeSet::new();
        Properties::each_new_name(features.iter().map(|f| &f.properties), |name| {
            present.insert(name);
        });
        for (field, names) in &mut self.settled {
            let known = self.names.get(field).into_iter().flatten();
            let exact = known.clone().filter(|name| present.contains(name.as_str())).cloned();
            let alike = known.clone().flat_map(|name| present.iter().filter(|p| same_name(name, p)));
            *names = exact.chain(alike.map(|p| (*p).to_owned())).collect();
            names.dedup();
        }
        self.settled.retain(|_, names| !names.is_empty());
    }

    /// Whether a name in the file is that of a known field.
    pub fn is_known(&self, name: &str) -> bool {
        self.name_of(name).is_some()
    }

    /// lifering's name of the field that the file calls `name`.
    pub fn name_of(&self, name: &str) -> Option<&str> {
        self.names.iter().find(|(_, names)| names.iter().any(|n| same_name(n, name))).map(|(ours, _)| ours.as_str())
    }

    /// The refusal of a layer without a required field: lists the fields there are and suggests the likely one.
    pub fn missing(&self, file: &str, field: &str, properties: Option<&Properties>) -> InputError {
        let found: Vec<&str> = properties.into_iter().flat_map(Properties::keys).collect();
        let names = self.names.get(field).cloned().unwrap_or_default();
        let near = names.iter().find_map(|n| nearest(n, found.iter().copied()));
        let help = match near {
            Some(near) => {
                message!("message.add_field", layer = &self.key, field = field, near = near)
            }
            None => message!("message.name_field", layer = &self.key, field = field),
        };
        let listed = if found.is_empty() {
            message!("message.no_properties")
        } else {
            message!("message.the_fields", all = found.join(", "))
        };
        let wanted = match names.as_slice() {
            [first, others @ ..] if !others.is_empty() => {
                message!("message.field_or", first = first, others = others.join(", "))
            }
            [only] => message!("message.field_as_told", only = only, field = field, layer = &self.key),
            _ => Message::from(format!("`{field}`")),
        };
        InputError::wrong(Place::file(file).field(field), listed, wanted).with_help(help)
    }
}

/// Bytes of a field's name in a shapefile (dBASE III).
const DBF_NAME: usize = 10;

/// Whether a known name of a field and one in a file are the same but for capitals and the space around them, which tools
/// change at will, or for what a shapefile cuts off: whole characters beyond its ten bytes, in UTF-8 or in GBK.
fn same_name(known: &str, in_file: &str) -> bool {
    let (known, in_file) = (known.trim(), in_file.trim());
    if known.contains(':') && !in_file.contains(':') {
        // `motor_vehi` is `motor_vehicle`, not `motor_vehicle:forward`.
        return false;
    }
    let Some((start, rest)) = known.split_at_checked(in_file.len()) else { return false };
    if !start.eq_ignore_ascii_case(in_file) {
        return false;
    }
    let Some(next) = rest.chars().next() else { return true };
    let utf8 = |c: char| c.len_utf8();
    let gbk = |c: char| if c.is_ascii() { 1 } else { 2 };
    let cut_off = |bytes: fn(char) -> usize| {
        let length: usize = in_file.chars().map(bytes).sum();
        length <= DBF_NAME && length + bytes(next) > DBF_NAME
    };
    cut_off(utf8) || cut_off(gbk)
}

/// Reads one feature's fields and notes what it cannot understand.
pub struct FeatureFields<'a> {
    /// Names of the layer.
    pub fields: &'a Fields,
    /// The layer's file.
    pub file: &'a str,
    /// The feature.
    pub feature: &'a RawFeature,
    /// Collected issues of the layer.
    pub issues: &'a mut Issues,
}

impl<'a> FeatureFields<'a> {
    /// The place of a field of the feature. It is built only when there is something to note.
    pub fn place(&self, field: &str) -> Place {
        self.fields.place(self.file, self.feature).field(field)
    }

    fn find(&self, field: &str) -> Option<&'a Property> {
        self.fields.find(&self.feature.properties, field)
    }

    /// A number; one spelled as text is noted.
    pub fn number(&mut self, field: &str) -> Option<f64> {
        let value = self.find(field)?;
        match value {
            Property::Number(n) => n.as_f64().filter(|n| n.is_finite()),
            Property::Text(text) if text.trim().is_empty() => None,
            Property::Text(text) => {
                let place = self.place(field);
                if let Some(number) = parse_number(text) {
                    self.issues.note(
                        IssueCode::NumberAsText,
                        &place,
                        format!("\"{text}\""),
                        message!("message.read_as", n = number),
                    );
                    Some(number)
                } else {
                    self.issues.note(
                        IssueCode::NotUnderstood,
                        &place,
                        format!("\"{text}\""),
                        message!("message.number_absent"),
                    );
                    None
                }
            }
            other => {
                let place = self.place(field);
                self.issues.note(
                    IssueCode::NotUnderstood,
                    &place,
                    other.to_string(),
                    message!("message.number_absent"),
                );
                None
            }
        }
    }

    /// A number of at least 0; a negative one stops the run, and so does one above 10 billion.
    pub fn amount(&mut self, field: &str) -> Result<Option<f64>, InputError> {
        self.number(field).map(|n| checks::amount(n, || self.place(field))).transpose()
    }

    /// A number of things; a fraction is noted and treated as absent.
    pub fn count(&mut self, field: &str) -> Result<Option<f64>, InputError> {
        let Some(number) = self.amount(field)? else { return Ok(None) };
        let place = || self.fields.place(self.file, self.feature).field(field);
        Ok(checks::whole(number, place, self.issues))
    }

    /// A number of at least 0 in a log; a negative one is noted and treated as absent.
    pub fn logged_amount(&mut self, field: &str) -> Option<f64> {
        let number = self.number(field)?;
        let place = || self.fields.place(self.file, self.feature).field(field);
        checks::logged_amount(number, place, self.issues)
    }

    /// Yes or no in the usual spellings.
    pub fn flag(&mut self, field: &str) -> Option<bool> {
        let value = self.find(field)?;
        let word = match value {
            Property::Bool(b) => return Some(*b),
            Property::Number(n) => n.to_string(),
            Property::Text(text) => text.trim().to_lowercase(),
            other => other.to_string(),
        };
        match word.as_str() {
            "" => None,
            "yes" | "true" | "1" | "t" | "y" | "是" | "有" | "√" => Some(true),
            "no" | "false" | "0" | "f" | "n" | "否" | "无" | "没有" => Some(false),
            _ => {
                let place = self.place(field);
                self.issues.note(IssueCode::NotUnderstood, &place, value.to_string(), message!("message.flag_absent"));
                None
            }
        }
    }

    /// A word; a number is read as its digits.
    pub fn text(&self, field: &str) -> Option<String> {
        self.word(field).map(Cow::into_owned)
    }

    /// A word, borrowed if it is text in the file.
    pub fn word(&self, field: &str) -> Option<Cow<'a, str>> {
        match self.find(field)? {
            Property::Text(text) => word(text).map(Cow::Borrowed),
            Property::Number(n) => Some(Cow::Owned(n.to_string())),
            Property::Bool(b) => Some(Cow::Borrowed(if *b { "true" } else { "false" })),
            _ => None,
        }
    }

    /// All properties as attributes, the known fields under lifering's names.
    pub fn attributes(&self) -> BTreeMap<String, Scalar> {
        let mut all: BTreeMap<String, Scalar> =
            self.feature.properties.iter().filter_map(|(k, v)| Some((k.to_owned(), scalar(v)?))).collect();
        for name in self.fields.names.keys() {
            if let Some(value) = self.find(name).and_then(scalar) {
                all.insert(name.clone(), value);
            }
        }
        all
    }
}

fn scalar(value: &Property) -> Option<Scalar> {
    match value {
        Property::Bool(b) => Some(Scalar::Bool(*b)),
        Property::Number(n) => n.as_f64().map(Scalar::Number),
        Property::Text(s) => word(s).map(|s| Scalar::Text(s.to_owned())),
        _ => None,
    }
}

/// The text without space around it; `None` if it is empty or a word by which tools write a missing value.
fn word(text: &str) -> Option<&str> {
    const NOTHING: [&str; 8] = ["nan", "null", "none", "nil", "<na>", "<null>", "n/a", "#n/a"];
    let word = text.trim();
    let nothing = word.is_empty() || NOTHING.iter().any(|n| n.eq_ignore_ascii_case(word));
    (!nothing).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_tools_change_them() {
        for (known, in_file, same) in [
            ("population", " POPULATION ", true),
            ("negative_pressure", "negative_p", true),
            ("decontamination", "DECONTAMIN", true),
            // Ten bytes hold three Chinese characters.
            ("负压救护车", "负压救", true),
            ("救护车数量", "救护车", true),
            // And five in GBK.
            ("标准化洗消中心", "标准化洗消", true),
            // A shapefile has room for more than this.
            ("negative_pressure", "negative", false),
            ("负压救护车", "负压", false),
            ("ambulances", "ambulance", false),
            ("negative_pressure", "negative_pressures", false),
            ("level", "", false),
        ] {
            assert_eq!(same_name(known, in_file), same, "{known} {in_file}");
        }
    }
}

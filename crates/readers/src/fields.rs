//! Names of fields in files.
//!
//! In: the names that a layer may have, those that region.toml states, and the columns of a file. Out: [`Fields`]: the
//! column of each field. [`FeatureFields`] reads the values in them.

pub use crate::feature_fields::FeatureFields;

use crate::columns::ColumnRecord;
use crate::corrections::ColumnMapping;
use crate::feature::RawFeature;
use crate::field_names::{DENSITIES, known};
use crate::formats::table::TableLayout;
use crate::headings::{KnownName, Match, NameInFile};
use crate::measures::{Measure, Scale};
use crate::numbers::{DecimalSign, spelled};
use crate::properties::{Properties, Property};
use lifering_base::error::{InputError, Place, nearest};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::records::Layer;
use lifering_base::{Message, message};
use rustc_hash::FxHashMap;
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

/// A column of a file that holds a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name in the file.
    pub name: String,
    /// The scale that the heading states; `None` without one.
    pub scale: Option<Scale>,
}

/// A column that may be meant by a field, best first.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Candidate<'a> {
    how: Match,
    /// Position of the name among those that are known.
    known: usize,
    /// Position of the column in the file.
    at: usize,
    name: &'a str,
    scale: Option<Scale>,
}

/// Names of the fields of one layer in its file.
#[derive(Clone, Debug)]
pub struct Fields {
    /// The layer.
    layer: Layer,
    /// Key of the layer in region.toml.
    key: String,
    /// Names in files by lifering's name.
    names: BTreeMap<String, Vec<String>>,
    /// Fields whose name region.toml states.
    stated: BTreeSet<String>,
    /// Fields for which a column was asked for beside the usual names.
    mapped: BTreeSet<String>,
    /// The columns of the file that hold each field, best first.
    settled: FxHashMap<String, Vec<Column>>,
    /// How the rows stood in their table; `None` if the file is no table.
    table: Option<TableLayout>,
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
        let mut stated = BTreeSet::new();
        for (field, in_file) in given.into_iter().flatten() {
            stated.insert(field.clone());
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
        let as_known = |names: &Vec<String>| -> Vec<Column> {
            names.iter().map(|name| Column { name: name.clone(), scale: None }).collect()
        };
        let settled = names.iter().map(|(field, names)| (field.clone(), as_known(names))).collect();
        Ok(Self { layer, key: key.to_owned(), names, stated, mapped: BTreeSet::new(), settled, table: None })
    }

    /// Takes further names for fields, before all others.
    pub fn map(&mut self, mappings: &[ColumnMapping]) {
        for ColumnMapping { column, field } in mappings {
            let Some(names) = self.names.get_mut(field) else {
                if self.layer == Layer::Extra {
                    self.names.insert(field.clone(), vec![column.clone()]);
                }
                continue;
            };
            names.insert(0, column.clone());
            self.mapped.insert(field.clone());
        }
    }

    /// lifering's names of the fields.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// The value of a field; `None` if it is missing or null.
    pub fn find<'p>(&self, properties: &'p Properties, field: &str) -> Option<&'p Property> {
        self.column_of(properties, field).map(|(value, _)| value)
    }

    /// The value of a field and the column that it stands in; `None` if it is missing or null.
    pub fn column_of<'p>(&self, properties: &'p Properties, field: &str) -> Option<(&'p Property, &Column)> {
        let columns = self.settled.get(field)?;
        columns.iter().find_map(|column| Some((properties.get(&column.name).filter(|v| !v.is_null())?, column)))
    }

    /// The sign before the decimals of the file's numbers.
    pub fn decimal_sign(&self) -> DecimalSign {
        self.table.as_ref().map_or_else(DecimalSign::default, |table| table.decimal_sign)
    }

    /// The number that a text of a field spells without a unit of its own; `None` if it spells none.
    pub fn number_in(&self, field: &str, text: &str) -> Option<f64> {
        let found = spelled(text, Measure::of(field), self.decimal_sign())?;
        (!found.has_unit).then_some(found.number)
    }

    /// The name of a field as a message about the file gives it: in a table that of its column.
    pub fn name_in_file<'a>(&'a self, field: &'a str) -> &'a str {
        let column = self.table.as_ref().and_then(|_| self.settled.get(field)?.first());
        column.map_or(field, |column| column.name.as_str())
    }

    /// The place of a feature, for messages.
    pub fn place(&self, file: &str, feature: &RawFeature) -> Place {
        let text = |field| match self.find(&feature.properties, field) {
            Some(Property::Text(s)) => Some(s.to_string()),
            Some(Property::Number(n)) => Some(n.to_string()),
            _ => None,
        };
        Place {
            feature: Some(feature.index),
            row: self.table.as_ref().and_then(|table| table.row(feature.index)),
            id: text("id").or_else(|| feature.id.clone()).or_else(|| text("name")),
            ..Place::file(file)
        }
    }

    /// The column of addresses; `None` if the file is no table or has none.
    pub fn address_column(&self) -> Option<&str> {
        self.table.as_ref()?.address.as_deref()
    }

    /// What a message says of a feature without a place: of a row, what address it has.
    pub fn without_place(&self, feature: &RawFeature) -> Message {
        let Some(table) = &self.table else { return message!("message.null_geometry") };
        let address = table.address.as_ref().and_then(|column| feature.properties.get(column)?.as_str());
        match address {
            Some(address) => {
                message!("message.only_an_address", address = message::short(address).into_owned())
            }
            None => message!("message.no_coordinates"),
        }
    }

    /// lifering's name of the field that a heading is known for.
    pub fn recognised(&self, heading: &str) -> Option<&str> {
        let in_file = NameInFile::of(heading);
        let matching = |(field, names): &(&String, &Vec<String>)| {
            let names: Vec<KnownName<'_>> = names.iter().map(|name| KnownName::of(name)).collect();
            self.candidate(field, &names, 0, &in_file).is_some()
        };
        self.names.iter().find(matching).map(|(field, _)| field.as_str())
    }

    /// Finds the columns of each field in the file. Where several may be meant, the best match is taken: the name letter
    /// by letter, then but for capitals and space, with a unit, with notes, cut off by a shapefile; of equal matches the
    /// name that stands first in the list of docs/region.md, then the column that stands first in the file. Others only
    /// fill in where it is empty, and not at all if they differ from it anywhere: that is noted.
    pub fn settle(
        &mut self,
        features: &[RawFeature],
        table: Option<TableLayout>,
        file: &str,
        issues: &mut Issues,
    ) -> Vec<ColumnRecord> {
        self.table = table;
        let present = Properties::names(features.iter().map(|f| &f.properties));
        let in_file: Vec<NameInFile<'_>> = present.iter().map(|name| NameInFile::of(name)).collect();
        let mut settled = FxHashMap::default();
        for (field, names) in &self.names {
            let known: Vec<KnownName<'_>> = names.iter().map(|name| KnownName::of(name)).collect();
            let columns = in_file.iter().enumerate();
            let mut found: Vec<Candidate<'_>> =
                columns.filter_map(|(at, name)| self.candidate(field, &known, at, name)).collect();
            found.sort_by_key(|candidate| (candidate.how, candidate.known, candidate.at));
            if let Some((best, others)) = found.split_first()
                && !matches!(field.as_str(), "id" | "name")
                && !self.mapped.contains(field)
                && !others.is_empty()
            {
                let differing = others.iter().filter(|other| differ(features, best, other)).count();
                if differing > 0 {
                    let all: Vec<&str> = found.iter().map(|candidate| candidate.name).collect();
                    let place = Place::file(file).field(field);
                    let wanted = message!("message.column_taken", name = best.name);
                    let found_all = message!("message.columns_for_one", all = all.join(", "));
                    issues.note(IssueCode::SeveralColumns, &place, found_all, wanted);
                    found.truncate(1);
                }
            }
            let columns: Vec<Column> =
                found.iter().map(|c| Column { name: c.name.to_owned(), scale: c.scale }).collect();
            if !columns.is_empty() {
                settled.insert(field.clone(), columns);
            }
        }
        self.settled = settled;
        crate::columns::records(self, &present, features)
    }

    fn candidate<'a>(
        &self,
        field: &str,
        names: &[KnownName<'_>],
        at: usize,
        in_file: &NameInFile<'a>,
    ) -> Option<Candidate<'a>> {
        let measure = Measure::of(field);
        let matching = |(known, name): (usize, &KnownName<'_>)| -> Option<Candidate<'a>> {
            let (how, scale) = in_file.matches(name, measure)?;
            let scale = if self.stated.contains(field) {
                // A name that region.toml states is that column and no other, in whatever unit it says.
                (how <= Match::Alike).then_some(())?;
                scale
            } else if DENSITIES.contains(&name.name) {
                match scale {
                    None => Some(Scale::PerKm2(1.0)),
                    Some(Scale::PerKm2(_)) => scale,
                    Some(Scale::Times(_)) => return None,
                }
            } else {
                scale
            };
            Some(Candidate { how, known, at, name: in_file.name, scale })
        };
        names.iter().enumerate().filter_map(matching).min_by_key(|candidate| (candidate.how, candidate.known))
    }

    /// The columns that hold a field, best first; none if the file has none.
    pub fn columns(&self, field: &str) -> &[Column] {
        self.settled.get(field).map_or(&[], Vec::as_slice)
    }

    /// How the rows stood in their table; `None` if the file is no table.
    pub fn table(&self) -> Option<&TableLayout> {
        self.table.as_ref()
    }

    /// The names in files of a field, lifering's own first.
    pub fn known_names(&self, field: &str) -> &[String] {
        self.names.get(field).map_or(&[], Vec::as_slice)
    }

    /// The layer.
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// Whether a column is a part of the place.
    pub fn is_place(&self, name: &str) -> bool {
        self.table.as_ref().is_some_and(|table| table.places.iter().any(|(column, _)| column == name))
    }

    /// lifering's name of the field that the file calls `name`.
    pub fn name_of(&self, name: &str) -> Option<&str> {
        let held = |columns: &[Column]| columns.iter().any(|column| column.name == name);
        self.settled.iter().filter(|(_, columns)| held(columns)).map(|(field, _)| field.as_str()).min()
    }

    /// The refusal of a layer of whose features none has a number in a required field. A column is suggested only if
    /// reading it so was tried with these features, and gave a number in each.
    pub fn missing(&self, file: &str, field: &str, features: &[Properties]) -> InputError {
        let place = Place::file(file).field(self.name_in_file(field));
        let names = self.known_names(field);
        let wanted = match names {
            [] => Message::from(field),
            [only] => message!("message.field_as_told", only = only, field = field, layer = &self.key),
            [first, others @ ..] => message!("message.field_or", first = first, others = others.join(", ")),
        };
        if let Some(column) = self.columns(field).first() {
            let value = features.iter().find_map(|p| p.get(&column.name).filter(|v| !v.is_null()));
            let shown = value.map_or_else(String::new, |v| message::short(&v.to_string()).into_owned());
            let found = message!("message.no_number_in", name = &column.name, value = shown);
            return InputError::wrong(place, found, message!("message.numbers_in_column"));
        }
        let present = Properties::names(features.iter());
        let listed = if present.is_empty() {
            message!("message.no_properties")
        } else {
            message!("message.the_fields", all = present.join(", "))
        };
        let help = match crate::columns::likely(self, field, &present, features) {
            Some(near) => message!("message.add_field", layer = &self.key, field = field, near = near),
            None => message!("message.name_field", layer = &self.key, field = field),
        };
        InputError::wrong(place, listed, wanted).with_help(help)
    }
}

/// Whether two columns hold different values in any feature that has both.
fn differ(features: &[RawFeature], one: &Candidate<'_>, other: &Candidate<'_>) -> bool {
    let same = |a: &Property, b: &Property| match (a, b) {
        (Property::Text(a), Property::Text(b)) => a.trim() == b.trim(),
        (Property::Number(a), Property::Number(b)) => a.as_f64() == b.as_f64(),
        (Property::Text(text), number @ Property::Number(_)) | (number @ Property::Number(_), Property::Text(text)) => {
            text.trim() == number.to_string()
        }
        (a, b) => a == b,
    };
    features.iter().any(|feature| {
        let value = |candidate: &Candidate<'_>| feature.properties.get(candidate.name).filter(|v| !v.is_null());
        match (value(one), value(other)) {
            (Some(a), Some(b)) => one.scale != other.scale || !same(a, b),
            _ => false,
        }
    })
}

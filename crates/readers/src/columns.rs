//! What was made of every column of a file.
//!
//! In: the columns of a layer and what its fields take from them. Out: a [`ColumnRecord`] for each, and for one that
//! nothing takes the field that may be meant, if its values are of that kind.

use crate::feature::RawFeature;
use crate::fields::{Fields, is_amount};
use crate::formats::table::PlaceRole;
use crate::headings::Heading;
use crate::measures::{Measure, fold};
use crate::numbers::spelled;
use crate::properties::{Properties, Property};
use lifering_base::error::nearest;
use lifering_base::message::short;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// What a column is taken as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnUse {
    /// A field, under lifering's name.
    Field(String),
    /// A part of the place.
    Place(PlaceRole),
    /// Nothing of lifering's own; a standard may ask for it by its name.
    Nothing,
}

/// One column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnRecord {
    /// Its name in the file.
    pub name: String,
    /// What it is taken as.
    pub taken_as: ColumnUse,
    /// The first value in it, shortened; `None` if the first features have none.
    pub example: Option<String>,
    /// Of a column that nothing takes: lifering's name of the field that may be meant.
    pub may_be: Option<String>,
}

/// Number of features among which an example is looked for, and by which a suggestion is tried.
const SAMPLE: usize = 1000;

/// The record of every column, in the order of the file.
pub fn records(fields: &Fields, present: &[&str], features: &[RawFeature]) -> Vec<ColumnRecord> {
    let sample: Vec<&Properties> = features.iter().take(SAMPLE).map(|f| &f.properties).collect();
    let mut examples: FxHashMap<&str, &Property> = FxHashMap::default();
    for (name, value) in sample.iter().flat_map(|p| p.iter()).filter(|(_, value)| !value.is_null()) {
        examples.entry(name).or_insert(value);
    }
    let uses = Uses::of(fields);
    let mut all: Vec<ColumnRecord> = Vec::with_capacity(present.len());
    for (at, name) in present.iter().enumerate() {
        let taken_as = uses.of_column(name);
        let free = |field: &&str| fields.columns(field).is_empty();
        let may_be = (taken_as == ColumnUse::Nothing && at < SAMPLE)
            .then(|| fields.names().filter(free).find(|field| resembles(fields, field, name, &sample)))
            .flatten();
        all.push(ColumnRecord {
            name: (*name).to_owned(),
            taken_as,
            example: examples.get(name).map(|value| shown(value)),
            may_be: may_be.map(str::to_owned),
        });
    }
    // A geometry column is no property.
    for (name, role) in fields.table().into_iter().flat_map(|table| &table.places) {
        if !present.contains(&name.as_str()) {
            let taken_as = ColumnUse::Place(*role);
            all.push(ColumnRecord { name: name.clone(), taken_as, example: None, may_be: None });
        }
    }
    all
}

fn shown(value: &Property) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let one_line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    short(&one_line).into_owned()
}

/// What the columns of a file are taken as.
struct Uses<'a> {
    places: &'a [(String, PlaceRole)],
    /// By name of the column.
    fields: FxHashMap<&'a str, &'a str>,
}

impl<'a> Uses<'a> {
    fn of(of: &'a Fields) -> Self {
        let mut fields = FxHashMap::default();
        for field in of.names() {
            for column in of.columns(field) {
                fields.entry(column.name.as_str()).or_insert(field);
            }
        }
        Self { places: of.table().map_or(&[], |table| &table.places), fields }
    }

    fn of_column(&self, name: &str) -> ColumnUse {
        if let Some((_, role)) = self.places.iter().find(|(column, _)| column == name) {
            return ColumnUse::Place(*role);
        }
        self.fields.get(name).map_or(ColumnUse::Nothing, |field| ColumnUse::Field((*field).to_owned()))
    }
}

/// The column that is likely to be meant by a field that no column has: one that nothing else takes, that is named
/// similarly, and that gave a number wherever it was tried.
pub fn likely<'a>(fields: &Fields, field: &str, present: &[&'a str], features: &[Properties]) -> Option<&'a str> {
    let uses = Uses::of(fields);
    let features: Vec<&Properties> = features.iter().collect();
    let free = |name: &&&str| uses.of_column(name) == ColumnUse::Nothing;
    present.iter().filter(free).find(|name| resembles(fields, field, name, &features)).copied()
}

/// Whether a column may be meant by a field: its name resembles one that is known, and its values are of the kind.
fn resembles(fields: &Fields, field: &str, name: &str, sample: &[&Properties]) -> bool {
    let heading = Heading::of(name);
    let measure = Measure::of(field);
    let folded = heading.base.as_str();
    let alike = fields.known_names(field).iter().any(|known| {
        let known = fold(known);
        let long_enough = |text: &str| text.chars().count() >= if text.is_ascii() { 4 } else { 2 };
        let holds = |long: &str, short: &str| long.contains(short) && long_enough(short);
        // Distances between words of two or three characters say nothing.
        let near = known.chars().count() > 3 && nearest(folded, [known.as_str()]).is_some();
        holds(folded, &known) || holds(&known, folded) || near
    });
    if !alike || heading.unit.is_some_and(|unit| unit.to(measure).is_none()) {
        return false;
    }
    if !is_amount(fields.layer(), field) {
        return true;
    }
    let values: Vec<&Property> = sample.iter().filter_map(|p| p.get(name).filter(|v| !v.is_null())).collect();
    let number = |value: &&&Property| match value {
        Property::Number(n) => n.as_f64().is_some_and(|n| n >= 0.0),
        Property::Text(text) => spelled(text, measure, fields.decimal_sign()).is_some_and(|s| s.number >= 0.0),
        _ => false,
    };
    !values.is_empty() && values.iter().filter(number).count() == values.len()
}

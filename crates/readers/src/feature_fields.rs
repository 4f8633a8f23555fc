//! The values of one feature's fields as types.
//!
//! In: a feature and the names of its layer's fields. Out: numbers, flags and words. Every value passes through
//! [`FeatureFields::settle`], which counts its state and notes what was said of it: none is dropped or changed in silence.

use crate::checks;
use crate::feature::RawFeature;
use crate::fields::{Column, Fields};
use crate::lists::single_values;
use crate::measures::{Measure, Scale, narrow, scaled};
use crate::numbers::spelled;
use crate::properties::Property;
use crate::reading::Reading;
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message::short;
use lifering_base::readings::ValueState;
use lifering_base::records::attributes::Scalar;
use lifering_base::{Message, message};
use serde_json::Number;
use std::borrow::Cow;
use std::collections::BTreeMap;

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

/// A number, and whether it is one of people on a square kilometre.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Amount {
    number: f64,
    per_km2: bool,
}

impl<'a> FeatureFields<'a> {
    /// The place of a field of the feature. It is built only when there is something to note.
    pub fn place(&self, field: &str) -> Place {
        self.fields.place(self.file, self.feature).field(self.fields.name_in_file(field))
    }

    /// A number; one spelled otherwise than as a number is noted.
    pub fn number(&mut self, field: &'static str) -> Option<f64> {
        let reading = self.amount_reading(field).then(|amount| {
            if amount.per_km2 {
                Reading::left_out(IssueCode::NotUnderstood, amount.number, message!("message.density_absent"))
            } else {
                Reading::AsWritten(amount.number)
            }
        });
        self.settle(field, reading)
    }

    /// A number of at least 0; a negative one stops the run, and so does one above 10 billion.
    pub fn amount(&mut self, field: &'static str) -> Result<Option<f64>, InputError> {
        let Some(number) = self.number(field) else { return Ok(None) };
        checks::amount(number, || self.place(field)).map(Some)
    }

    /// A number of people: `population`, or a density times the area of the feature (square kilometres; `None` for a
    /// point, whose density says nothing).
    pub fn people(&mut self, area_km2: impl FnOnce() -> Option<f64>) -> Result<Option<f64>, InputError> {
        const FIELD: &str = "population";
        let reading = self.amount_reading(FIELD).then(|amount| match (amount.per_km2, amount.number) {
            (false, number) => Reading::AsWritten(number),
            (true, density) => match area_km2() {
                Some(km2) => {
                    let people = scaled(density, km2);
                    let done = message!("message.people_of_density", n = format!("{people:.1}"));
                    let found = message!("message.density", n = density);
                    Reading::interpreted(people, IssueCode::NumberSpelled, found, done)
                }
                None => Reading::left_out(IssueCode::NotUnderstood, density, message!("message.density_absent")),
            },
        });
        let Some(people) = self.settle(FIELD, reading) else { return Ok(None) };
        checks::amount(people, || self.place(FIELD)).map(Some)
    }

    /// A number of things; a fraction is noted and treated as absent.
    pub fn count(&mut self, field: &'static str) -> Result<Option<f64>, InputError> {
        let reading = self.amount_reading(field).then(|Amount { number, per_km2 }| {
            if per_km2 || number.fract() != 0.0 {
                Reading::left_out(IssueCode::NotUnderstood, number.to_string(), message!("message.whole_absent"))
            } else {
                Reading::AsWritten(number)
            }
        });
        let Some(number) = self.settle(field, reading) else { return Ok(None) };
        checks::amount(number, || self.place(field)).map(Some)
    }

    /// A number of at least 0 in a log; a negative one is noted and treated as absent, because a wrong clock in one call
    /// is no reason to refuse a year of calls.
    pub fn logged_amount(&mut self, field: &'static str) -> Option<f64> {
        let reading = self.amount_reading(field).then(|Amount { number, per_km2 }| {
            if number >= 0.0 && !per_km2 {
                Reading::AsWritten(number)
            } else {
                let wanted = message!("message.at_least_zero_absent");
                Reading::left_out(IssueCode::NotUnderstood, number.to_string(), wanted)
            }
        });
        self.settle(field, reading)
    }

    /// Yes or no in the usual spellings. Of several that differ, no.
    pub fn flag(&mut self, field: &'static str) -> Option<bool> {
        let one = |property: &Property, _: &Column| match flag(property) {
            Some(Some(flag)) => Reading::AsWritten(flag),
            Some(None) => Reading::Absent,
            None => Reading::left_out(IssueCode::NotUnderstood, property.to_string(), message!("message.flag_absent")),
        };
        let reading = self.read(field, one, |a, b| Some(a && b), yes_or_no);
        self.settle(field, reading)
    }

    /// A word; a number is read as its digits.
    pub fn text(&mut self, field: &'static str) -> Option<String> {
        self.word(field).map(Cow::into_owned)
    }

    /// A word, borrowed if it is text in the file. Of several that differ, none: but names are joined.
    pub fn word(&mut self, field: &'static str) -> Option<Cow<'a, str>> {
        if let Some((Property::Text(text), _)) = self.fields.column_of(&self.feature.properties, field)
            && !text.starts_with(['[', '{', '('])
        {
            let word = word(text)?;
            self.issues.count_value(field, ValueState::AsWritten);
            return Some(Cow::Borrowed(word));
        }
        let one = |property: &Property, _: &Column| match single_word(property) {
            Some(word) => Reading::AsWritten(word),
            None => Reading::Absent,
        };
        let joined = |a: String, b: String| (field == "name").then(|| format!("{a} / {b}"));
        let reading = self.read(field, one, joined, |word| Message::from(format!("\"{word}\"")));
        self.settle(field, reading).map(Cow::Owned)
    }

    /// Every word of a field: one, or those of a list (also of one joined by semicolons). A list is noted.
    pub fn words(&mut self, field: &'static str) -> Vec<String> {
        let Some((property, _)) = self.fields.column_of(&self.feature.properties, field) else { return Vec::new() };
        let reading = match words_of(property) {
            (words, _) if words.is_empty() => Reading::Absent,
            (words, false) => Reading::AsWritten(words),
            (words, true) => {
                let done = message!("message.read_as", n = words.join(", "));
                Reading::interpreted(words, IssueCode::ListRead, shown(property), done)
            }
        };
        self.settle(field, reading).unwrap_or_default()
    }

    /// The words of a field that may hold several: those of a list, else the text as it is. Nothing needs to be noted.
    pub fn several(&mut self, field: &'static str) -> Vec<String> {
        let Some((property, _)) = self.fields.column_of(&self.feature.properties, field) else { return Vec::new() };
        let words: Vec<String> = match single_values(property) {
            Some(values) => values.iter().filter_map(single_word).collect(),
            None => single_word(property).into_iter().collect(),
        };
        let reading = if words.is_empty() { Reading::Absent } else { Reading::AsWritten(words) };
        self.settle(field, reading).unwrap_or_default()
    }

    /// The meaning of a field's word. Of several words, each is understood on its own: if they agree in effect, that is
    /// the meaning; if they differ, `cautious` gives the more cautious of two, or `None` if there is none, and the
    /// outcome is noted with all of them. A word that is not understood is noted with `wanted`.
    pub fn meaning<T: Clone + PartialEq>(
        &mut self,
        field: &'static str,
        understand: impl Fn(&str) -> Option<T>,
        cautious: impl Fn(T, T) -> Option<T>,
        shown_as: impl Fn(&T) -> Message,
        wanted: impl Fn() -> Message,
    ) -> Option<T> {
        let one = |property: &Property, _: &Column| {
            let Some(word) = single_word(property) else { return Reading::Absent };
            match understand(&word) {
                Some(meaning) => Reading::AsWritten(meaning),
                None => Reading::left_out(IssueCode::NotUnderstood, format!("\"{}\"", short(&word)), wanted()),
            }
        };
        let reading = self.read(field, one, cautious, shown_as);
        self.settle(field, reading)
    }

    /// All properties as attributes, the known fields under lifering's names. Those that the caller types are left to it.
    pub fn attributes(&mut self) -> BTreeMap<String, Scalar> {
        let mut all = BTreeMap::new();
        for (name, property) in self.feature.properties.iter() {
            if let Some(value) = self.attribute(name, property) {
                all.insert(name.to_owned(), value);
            }
        }
        for name in self.fields.names() {
            if let Some((property, column)) = self.fields.column_of(&self.feature.properties, name)
                && let Some(value) = scalar(property)
            {
                let value = match (value, column.scale) {
                    (Scalar::Number(number), Some(Scale::Times(factor))) => Scalar::Number(scaled(number, factor)),
                    (value, _) => value,
                };
                all.insert(name.to_owned(), value);
            }
        }
        all
    }

    /// A property that a standard may ask for by its name in the file. A list and a number with thousands separators are
    /// noted; units are not looked for, because nobody knows what it measures.
    fn attribute(&mut self, name: &str, property: &Property) -> Option<Scalar> {
        let value = scalar(property)?;
        let (value, code) = match (value, property) {
            (value, Property::Nested(_)) => (value, IssueCode::ListRead),
            (Scalar::Text(text), _) if has_separators(&text) => {
                let number = spelled(&text, Measure::Bare, self.fields.decimal_sign()).map(|s| s.number);
                let Some(number) = number else { return Some(Scalar::Text(text)) };
                (Scalar::Number(number), IssueCode::NumberSpelled)
            }
            (value, _) => return Some(value),
        };
        // Fields and places have their own readers, which say so.
        if self.fields.name_of(name).is_none() && !self.fields.is_place(name) {
            let read = match &value {
                Scalar::Number(number) => Message::from(*number),
                Scalar::Text(text) => short(text).as_ref().into(),
                Scalar::Bool(flag) => yes_or_no(flag),
            };
            let place = self.place(name);
            self.issues.note(code, &place, shown(property), message!("message.list_read_as", value = read));
        }
        Some(value)
    }

    /// Hands over the value of a reading, counts its state and notes what was said of it: the one way out.
    pub fn settle<T>(&mut self, field: &'static str, reading: Reading<T>) -> Option<T> {
        let (state, value, remarks) = match reading {
            Reading::Absent => return None,
            Reading::AsWritten(value) => (ValueState::AsWritten, Some(value), Vec::new()),
            Reading::Interpreted(value, remarks) => (ValueState::Interpreted, Some(value), remarks),
            Reading::LeftOut(remarks) => (ValueState::LeftOut, None, remarks),
        };
        self.issues.count_value(field, state);
        for remark in remarks {
            let place = self.place(field);
            self.issues.note(remark.code, &place, remark.found, remark.done);
        }
        value
    }

    /// The reading of a field by `one`. Of a list, each value is read: equal ones are that value, different ones what
    /// `cautious` makes of them.
    fn read<T: Clone + PartialEq>(
        &self,
        field: &'static str,
        one: impl Fn(&Property, &Column) -> Reading<T>,
        cautious: impl Fn(T, T) -> Option<T>,
        shown_as: impl Fn(&T) -> Message,
    ) -> Reading<T> {
        let Some((property, column)) = self.fields.column_of(&self.feature.properties, field) else {
            return Reading::Absent;
        };
        let (values, listed) = if let Some(values) = single_values(property) {
            (values, true)
        } else {
            let whole = one(property, column);
            let joined = property.as_str().filter(|text| text.contains([';', '；']));
            match (&whole, joined) {
                (Reading::LeftOut(_), Some(text)) => (parts_of(text), false),
                _ => return whole,
            }
        };
        let mut remarks = Vec::new();
        let mut understood: Vec<T> = Vec::new();
        for value in &values {
            match one(value, column) {
                Reading::Absent => {}
                Reading::LeftOut(why) => remarks.extend(why),
                Reading::AsWritten(value) => understood.push(value),
                Reading::Interpreted(value, more) => {
                    remarks.extend(more);
                    understood.push(value);
                }
            }
        }
        let Some(first) = understood.first().cloned() else {
            if values.is_empty() {
                return Reading::Absent;
            }
            if remarks.is_empty() {
                let wanted = message!("message.one_value_absent");
                return Reading::left_out(IssueCode::NotUnderstood, shown(property), wanted);
            }
            return Reading::LeftOut(remarks);
        };
        let agree = understood.iter().all(|value| *value == first);
        let chosen = if agree {
            Some(first)
        } else {
            understood.into_iter().map(Some).reduce(|a, b| cautious(a?, b?)).flatten()
        };
        let reading = match chosen {
            None => Reading::left_out(IssueCode::SeveralValues, shown(property), message!("message.one_value_absent")),
            Some(value) => {
                let done = message!("message.list_read_as", value = shown_as(&value));
                let code = match (agree, listed) {
                    (true, _) => IssueCode::ListRead,
                    (false, _) => IssueCode::SeveralValues,
                };
                Reading::interpreted(value, code, shown(property), done)
            }
        };
        match reading {
            Reading::Interpreted(value, mut all) => {
                all.extend(remarks);
                Reading::Interpreted(value, all)
            }
            other => other,
        }
    }

    fn amount_reading(&self, field: &'static str) -> Reading<Amount> {
        let measure = Measure::of(field);
        let sign = self.fields.decimal_sign();
        let one = |property: &Property, column: &Column| -> Reading<Amount> {
            let plain = |number: f64| Reading::AsWritten(Amount { number, per_km2: false });
            match property {
                Property::Number(n) => match n.as_f64().filter(|n| n.is_finite()) {
                    Some(number) => plain(number).then(|amount| under_heading(amount, column)),
                    None => not_a_number(property),
                },
                Property::Text(text) if text.trim().is_empty() => Reading::Absent,
                Property::Text(text) => {
                    let Some(found) = spelled(text, measure, sign) else { return not_a_number(property) };
                    let code = if found.more_than_digits { IssueCode::NumberSpelled } else { IssueCode::NumberAsText };
                    let amount = Amount { number: found.number, per_km2: found.per_km2 };
                    let done = message!("message.read_as", n = found.number);
                    let read = Reading::interpreted(amount, code, shown(property), done);
                    if found.has_unit { read } else { read.then(|amount| under_heading(amount, column)) }
                }
                Property::Null => Reading::Absent,
                other => not_a_number(other),
            }
        };
        let cautious = |a: Amount, b: Amount| match caution(field) {
            _ if a.per_km2 != b.per_km2 => None,
            Caution::Least => Some(if b.number < a.number { b } else { a }),
            Caution::Greatest => Some(if b.number > a.number { b } else { a }),
            Caution::Neither => None,
        };
        self.read(field, one, cautious, |amount| Message::from(amount.number))
    }
}

/// A number under a heading with a unit ("人口（万人）").
fn under_heading(amount: Amount, column: &Column) -> Reading<Amount> {
    let (factor, per_km2) = match column.scale {
        None | Some(Scale::Times(1.0)) => return Reading::AsWritten(amount),
        Some(Scale::Times(factor)) => (factor, false),
        Some(Scale::PerKm2(factor)) => (factor, true),
    };
    let number = scaled(amount.number, factor);
    let found = message!("message.under_heading", n = amount.number, heading = &column.name);
    Reading::interpreted(
        Amount { number, per_km2 },
        IssueCode::NumberSpelled,
        found,
        message!("message.read_as", n = number),
    )
}

/// Which of several numbers is cautious: few means and late help, many people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caution {
    Least,
    Greatest,
    Neither,
}

fn caution(field: &str) -> Caution {
    match field {
        "population" | "turnout_s" | "answer_s" | "arrival_s" | "cost" => Caution::Greatest,
        "layer" => Caution::Neither,
        _ => Caution::Least,
    }
}

fn not_a_number<T>(property: &Property) -> Reading<T> {
    Reading::left_out(IssueCode::NotUnderstood, shown(property), message!("message.number_absent"))
}

/// Yes or no: `None` if it is neither, `Some(None)` if nothing is written.
pub fn flag(property: &Property) -> Option<Option<bool>> {
    let word = match property {
        Property::Bool(b) => return Some(Some(*b)),
        Property::Null => return Some(None),
        Property::Number(n) => digits(n),
        Property::Text(text) => text.trim().to_lowercase(),
        Property::Nested(_) => return None,
    };
    match word.as_str() {
        "" => Some(None),
        "yes" | "true" | "1" | "1.0" | "t" | "y" | "是" | "有" | "√" | "✓" | "✔" => Some(Some(true)),
        "no" | "false" | "0" | "0.0" | "f" | "n" | "否" | "无" | "没有" | "×" | "✗" => Some(Some(false)),
        _ => None,
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as every way of showing a value")]
fn yes_or_no(flag: &bool) -> Message {
    if *flag { message!("message.yes") } else { message!("message.no") }
}

/// The digits of a number; a whole one that tools have made a fraction of (350582.0) without its decimals.
fn digits(number: &Number) -> String {
    match number.as_f64() {
        Some(n) if number.is_f64() && n.fract() == 0.0 && n.abs() < 9e15 => format!("{n:.0}"),
        _ => number.to_string(),
    }
}

fn single_word(property: &Property) -> Option<String> {
    match property {
        Property::Text(text) => word(text).map(str::to_owned),
        Property::Number(n) => Some(digits(n)),
        Property::Bool(b) => Some(b.to_string()),
        Property::Null | Property::Nested(_) => None,
    }
}

/// The words of a property, and whether they stand in a list.
fn words_of(property: &Property) -> (Vec<String>, bool) {
    match single_values(property) {
        Some(values) => (values.iter().filter_map(single_word).collect(), true),
        None => match property.as_str() {
            Some(text) if text.contains([';', '；']) => {
                (parts_of(text).iter().filter_map(single_word).collect(), true)
            }
            _ => (single_word(property).into_iter().collect(), false),
        },
    }
}

fn parts_of(text: &str) -> Vec<Property> {
    let parts = text.split([';', '；']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| Property::Text(part.into())).collect()
}

/// A property as an attribute: of a list that holds one value, or the same several times, that value; any other list as it
/// is written.
fn scalar(value: &Property) -> Option<Scalar> {
    match value {
        Property::Null => None,
        Property::Bool(b) => Some(Scalar::Bool(*b)),
        Property::Number(n) => n.as_f64().map(Scalar::Number),
        Property::Text(s) => word(s).map(|s| Scalar::Text(s.to_owned())),
        Property::Nested(nested) => {
            let values: Vec<Scalar> = single_values(value)?.iter().filter_map(scalar).collect();
            let first = values.first()?;
            let agree = values.iter().all(|v| v == first);
            Some(if agree { first.clone() } else { Scalar::Text(nested.to_string()) })
        }
    }
}

/// The text without space around it; `None` if it is empty or a word by which tools write a missing value.
fn word(text: &str) -> Option<&str> {
    const NOTHING: [&str; 8] = ["nan", "null", "none", "nil", "<na>", "<null>", "n/a", "#n/a"];
    let word = text.trim();
    let nothing = word.is_empty() || NOTHING.iter().any(|n| n.eq_ignore_ascii_case(word));
    (!nothing).then_some(word)
}

/// Whether a text is a number with thousands separators and nothing else.
fn has_separators(text: &str) -> bool {
    text.contains([',', '，'])
        && text.chars().all(|c| narrow(c).is_ascii_digit() || matches!(c, ',' | '，' | '.' | '．' | ' '))
}

/// A property as a message shows it.
fn shown(property: &Property) -> Message {
    match property {
        Property::Text(text) => format!("\"{}\"", short(text)).into(),
        other => short(&other.to_string()).as_ref().into(),
    }
}

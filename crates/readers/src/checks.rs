//! Checks of single values that apply to files and to typed records alike.
//!
//! In: a value and its place. Out: the value, an issue, or a refusal.

use lifering_base::Message;
use lifering_base::error::{InputError, Place};
use lifering_base::issue::{IssueCode, Issues};
use lifering_base::message;
use std::collections::BTreeSet;

/// Largest number of people, vehicles, beds or seconds that is accepted: more than there are people on earth.
const LARGEST_AMOUNT: f64 = 1e10;

/// A number of at least 0. A negative one and one above 10 billion stop the run.
pub fn amount(number: f64, place: impl FnOnce() -> Place) -> Result<f64, InputError> {
    if number < 0.0 || number.is_nan() {
        return Err(InputError::wrong(place(), number.to_string(), message!("message.at_least_zero")));
    }
    if number > LARGEST_AMOUNT {
        return Err(InputError::wrong(place(), number, message!("message.at_most_amount")));
    }
    Ok(number)
}

/// A whole number; a fraction is noted and treated as absent.
pub fn whole(number: f64, place: impl FnOnce() -> Place, issues: &mut Issues) -> Option<f64> {
    if number.fract() == 0.0 {
        return Some(number);
    }
    issues.note(IssueCode::NotUnderstood, &place(), number.to_string(), message!("message.whole_absent"));
    None
}

/// A number of at least 0 from a log: a negative one is noted and treated as absent, because a wrong clock in one call is
/// no reason to refuse a year of calls.
pub fn logged_amount(number: f64, place: impl FnOnce() -> Place, issues: &mut Issues) -> Option<f64> {
    if number >= 0.0 {
        return Some(number);
    }
    issues.note(IssueCode::NotUnderstood, &place(), number.to_string(), message!("message.at_least_zero_absent"));
    None
}

/// Notes a layer without features.
pub fn note_empty(features: usize, file: &str, wanted: Message, issues: &mut Issues) {
    if features == 0 {
        issues.note(IssueCode::EmptyLayer, &Place::file(file), message!("message.no_features"), wanted);
    }
}

/// Ids of the points of a layer, for the note that two carry the same one.
#[derive(Debug, Default)]
pub struct SiteIds(BTreeSet<String>);

impl SiteIds {
    /// Notes an id that an earlier point of the layer carries.
    pub fn check(&mut self, id: &str, place: &Place, issues: &mut Issues) {
        if !self.0.insert(id.to_owned()) {
            issues.note(IssueCode::DuplicateId, &place.clone().field("id"), id, message!("message.own_id"));
        }
    }
}

/// Ids of units by level. Figures are kept by level and id, so no two units may share both.
#[derive(Debug, Default)]
pub struct UnitIds(BTreeSet<(Option<String>, String)>);

impl UnitIds {
    /// The id of the unit at position `feature`; one that an earlier unit of the level carries is noted and told apart by
    /// the position.
    pub fn distinct(
        &mut self,
        level: Option<&str>,
        id: String,
        feature: usize,
        place: &Place,
        issues: &mut Issues,
    ) -> String {
        let level = level.map(str::to_owned);
        if self.0.insert((level.clone(), id.clone())) {
            return id;
        }
        let own = format!("{id} ({feature})");
        issues.note(IssueCode::DuplicateId, &place.clone().field("id"), id, message!("message.told_apart", id = &own));
        self.0.insert((level, own.clone()));
        own
    }
}

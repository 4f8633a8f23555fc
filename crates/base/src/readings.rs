//! How the values of a layer came about, counted by field.
//!
//! In: the state of each value that a reader takes from a file. Out: [`Readings`]. A value is used as written, used after
//! a reading that is reported, left out with a reason, or refused. There is no fifth state.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The state of one value of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueState {
    /// Used as it is written.
    AsWritten,
    /// Used after a reading that an issue reports: of a unit, a separator, a list.
    Interpreted,
    /// Left out; an issue says why and where.
    LeftOut,
    /// Refused: the run ended there.
    Refused,
}

/// Number of values in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ValueCounts {
    /// Values used as they are written.
    pub as_written: usize,
    /// Values used after a reading that the issues report.
    pub interpreted: usize,
    /// Values left out, for the reasons among the issues.
    pub left_out: usize,
    /// Values refused. A refusal ends the run, so this is 0 wherever a run has come to its end.
    pub refused: usize,
}

impl ValueCounts {
    /// Counts one value.
    pub fn count(&mut self, state: ValueState) {
        match state {
            ValueState::AsWritten => self.as_written += 1,
            ValueState::Interpreted => self.interpreted += 1,
            ValueState::LeftOut => self.left_out += 1,
            ValueState::Refused => self.refused += 1,
        }
    }

    /// Number of values used.
    pub fn used(self) -> usize {
        self.as_written + self.interpreted
    }

    /// Number of values that stand in the file.
    pub fn all(self) -> usize {
        self.used() + self.left_out + self.refused
    }

    fn add(&mut self, other: Self) {
        self.as_written += other.as_written;
        self.interpreted += other.interpreted;
        self.left_out += other.left_out;
        self.refused += other.refused;
    }
}

/// Counts by field, under lifering's names of them. A layer has few fields and many values, so they are looked for one
/// after the other.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Readings(Vec<(Cow<'static, str>, ValueCounts)>);

impl Readings {
    fn of_field(&mut self, field: Cow<'static, str>) -> &mut ValueCounts {
        let known = |(name, _): &(Cow<'static, str>, ValueCounts)| {
            std::ptr::eq::<str>(&raw const **name, &raw const *field) || *name == field
        };
        let at = self.0.iter().position(known).unwrap_or_else(|| {
            self.0.push((field, ValueCounts::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }

    /// Counts one value of a field.
    pub fn count(&mut self, field: &'static str, state: ValueState) {
        self.of_field(Cow::Borrowed(field)).count(state);
    }

    /// The counts of a field; all 0 if no value of it was read.
    pub fn of(&self, field: &str) -> ValueCounts {
        self.0.iter().find(|(name, _)| name == field).map_or_else(ValueCounts::default, |(_, counts)| *counts)
    }

    /// Adds the counts of another part of the layer.
    pub fn append(&mut self, other: Self) {
        for (field, counts) in other.0 {
            self.of_field(field).add(counts);
        }
    }

    /// Fields and counts, by name.
    pub fn list(&self) -> Vec<(&str, ValueCounts)> {
        let mut all: Vec<(&str, ValueCounts)> = self.0.iter().map(|(name, counts)| (&**name, *counts)).collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        all
    }
}

impl PartialEq for Readings {
    fn eq(&self, other: &Self) -> bool {
        self.list() == other.list()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_whatever_their_order() {
        let mut one = Readings::default();
        one.count("beds", ValueState::AsWritten);
        one.count("beds", ValueState::LeftOut);
        one.count("level", ValueState::Interpreted);
        let mut other = Readings::default();
        other.count("level", ValueState::Interpreted);
        other.count("beds", ValueState::Refused);
        let mut both = other.clone();
        both.append(one.clone());
        one.append(other);
        assert_eq!(one, both);
        assert_eq!(one.of("beds"), ValueCounts { as_written: 1, interpreted: 0, left_out: 1, refused: 1 });
        assert_eq!((one.of("level").used(), one.of("beds").all(), one.of("name").all()), (2, 3, 0));
        assert_eq!(one.list().iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["beds", "level"]);
    }
}

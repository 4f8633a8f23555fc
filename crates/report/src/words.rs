//! Enums as the words that the output files spell them with.

use crate::batch::shape::FaultKind;
use lifering_core::quality::grade::Grade;
use lifering_core::zones::Reason;
use lifering_standards::catalogue::{Force, Word};
use lifering_standards::outcome::{ValueUnit, Verdict};

/// An enum with one word for every value, the one its JSON has.
pub trait FileWord: Copy {
    /// The word.
    fn file_word(self) -> &'static str;
}

/// The word a value is written with in audit.json, batch.json and the columns of the layers.
pub fn word(value: &impl FileWord) -> &'static str {
    value.file_word()
}

impl FileWord for Verdict {
    fn file_word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Gap => "gap",
            Self::Depends => "depends",
            Self::CannotJudge => "cannot_judge",
        }
    }
}

impl FileWord for ValueUnit {
    fn file_word(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::S => "s",
            Self::Count => "count",
            Self::Areas => "areas",
        }
    }
}

impl FileWord for Force {
    fn file_word(self) -> &'static str {
        self.word()
    }
}

impl FileWord for Reason {
    fn file_word(self) -> &'static str {
        match self {
            Self::TooFar => "too_far",
            Self::NoRoad => "no_road",
            Self::CutOff => "cut_off",
        }
    }
}

impl FileWord for Grade {
    fn file_word(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
        }
    }
}

impl FileWord for FaultKind {
    fn file_word(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Defect => "defect",
            Self::Memory => "memory",
            Self::Time => "time",
            Self::Write => "write",
            Self::NotRun => "not_run",
            Self::Died => "died",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;

    #[track_caller]
    fn as_in_json<T: FileWord + Serialize>(values: &[T]) {
        for value in values {
            assert_eq!(serde_json::to_value(value).expect("JSON"), value.file_word());
        }
    }

    #[test]
    fn words_are_those_of_the_json() {
        as_in_json(&[Verdict::Met, Verdict::Gap, Verdict::Depends, Verdict::CannotJudge]);
        as_in_json(&[ValueUnit::Share, ValueUnit::S, ValueUnit::Count, ValueUnit::Areas]);
        as_in_json(Force::ALL);
        as_in_json(&[Reason::TooFar, Reason::NoRoad, Reason::CutOff]);
        as_in_json(&[Grade::A, Grade::B, Grade::C, Grade::D]);
        as_in_json(&[FaultKind::Input, FaultKind::Defect, FaultKind::Memory]);
        as_in_json(&[FaultKind::Time, FaultKind::Write, FaultKind::NotRun, FaultKind::Died]);
    }
}

//! `scenario.toml`: what is changed of a region, as an ordered list of edits.
//!
//! In: TOML text. Out: a [`Scenario`], every value checked as those of region.toml are; what is wrong names the file, the
//! number of the edit and the field. Unknown keys are errors with the nearest known key. What the edits do to a region is
//! not known here.

mod check;
mod drawn;
pub mod edit;
mod made_on;
mod site;

pub use drawn::{area, line};
pub use edit::{Edit, Position, RoadChoice};
pub use made_on::{FileState, StateChange};

use crate::encoding;
use crate::library_errors;
use crate::settings::toml_error;
use crate::source::read_file;
use lifering_base::error::{InputError, Place};
use lifering_base::hash::sha256_hex;
use lifering_base::message;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What is changed of a region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Name, for titles.
    pub name: String,
    /// Anything that its readers should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// SHA-256 of each file of the region that the scenario was made on, by name; empty for any state of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub made_on: BTreeMap<String, String>,
    /// The edits, in the order in which they are made.
    #[serde(default, rename = "edit", skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// Name of its file, as the user gave it.
    #[serde(skip)]
    pub file: String,
    /// SHA-256 of its file; empty if there is none.
    #[serde(skip)]
    pub sha256: String,
}

impl Scenario {
    /// A scenario that no file holds.
    ///
    /// # Errors
    /// A value is not what it must be.
    pub fn new(name: &str, edits: Vec<Edit>) -> Result<Self, InputError> {
        let scenario = Self { name: name.to_owned(), edits, file: name.to_owned(), ..Self::default() };
        scenario.check()?;
        Ok(scenario)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or does not hold what it must.
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let file = path.display().to_string();
        let bytes = read_file(path, &message!("scenario.file_is"))?;
        Self::from_bytes(&file, &bytes)
    }

    /// The same of bytes; `file` is the name for messages.
    ///
    /// # Errors
    /// They do not hold what they must.
    pub fn from_bytes(file: &str, bytes: &[u8]) -> Result<Self, InputError> {
        let text = encoding::decode(file, bytes, None)?;
        if text.guessed {
            return Err(InputError::wrong(Place::file(file), message!("message.not_utf8"), "UTF-8")
                .with_help(message!("message.save_toml")));
        }
        Self::parse(file, &text.text, sha256_hex(bytes))
    }

    fn parse(file: &str, text: &str, sha256: String) -> Result<Self, InputError> {
        let mut scenario: Self = toml::from_str(text).map_err(|error| in_edit(text, toml_error(file, text, &error)))?;
        file.clone_into(&mut scenario.file);
        scenario.sha256 = sha256;
        scenario.check()?;
        Ok(scenario)
    }

    /// The place of an edit, by its position from 0.
    pub fn place(&self, edit: usize) -> Place {
        Place::file(&self.file).edit(edit + 1)
    }

    /// The same scenario without one of its edits, by its position from 0: what it did is undone.
    #[must_use]
    pub fn without(&self, edit: usize) -> Self {
        let mut edits = self.edits.clone();
        if edit < edits.len() {
            edits.remove(edit);
        }
        Self { edits, ..self.clone() }
    }

    /// The year to whose people the last such edit scales; `None` if none does.
    pub fn year(&self) -> Option<u16> {
        self.edits.iter().rev().find_map(|edit| match edit {
            Edit::ScalePeople(people) => people.year,
            _ => None,
        })
    }

    /// The scenario as the text of a file.
    ///
    /// # Errors
    /// Never, unless a number cannot be written.
    pub fn to_toml(&self) -> Result<String, InputError> {
        toml::to_string(self).map_err(|error| {
            InputError::wrong(
                Place::file(&self.file),
                library_errors::toml(&error.to_string()),
                message!("message.valid_toml"),
            )
        })
    }
}

/// The JSON Schema of scenario files, for editors.
pub fn schema() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<Scenario>().to_value()
}

/// The error of a line, with the number of the edit that the line belongs to.
fn in_edit(text: &str, error: InputError) -> InputError {
    let InputError::Wrong { mut place, found, wanted, help } = error else { return error };
    let until = place.line.map_or(0, |line| line as usize);
    let edits = text.lines().take(until).filter(|line| line.trim_start().starts_with("[[edit]]")).count();
    place.edit = (edits > 0).then_some(edits);
    InputError::Wrong { place, found, wanted, help }
}

#[cfg(test)]
mod tests;

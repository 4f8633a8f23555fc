//! The state of the data that a scenario was made on.
//!
//! In: a scenario and a region. Out: the files whose content is not the one that the scenario names.

use super::Scenario;
use crate::Region;
use lifering_base::error::InputError;
use lifering_base::{Message, message};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How a file of the region differs from the one that the scenario was made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// It has other content.
    Changed,
    /// The region has it no more.
    Gone,
    /// The region did not have it.
    New,
}

/// A file of the region that is not the one that the scenario was made on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateChange {
    /// Name of the file.
    pub file: String,
    /// How it differs.
    pub state: FileState,
}

impl StateChange {
    /// The change in words.
    pub fn message(&self) -> Message {
        let file = &self.file;
        match self.state {
            FileState::Changed => message!("scenario.file_changed", file = file),
            FileState::Gone => message!("scenario.file_gone", file = file),
            FileState::New => message!("scenario.file_new", file = file),
        }
    }
}

impl Region {
    /// SHA-256 of region.toml and of every layer's file, by name: what `made_on` of a scenario states.
    pub fn state(&self) -> BTreeMap<String, String> {
        let settings = (self.source.settings_file().to_owned(), self.settings_sha256.clone());
        let layers = self.inputs.iter().map(|input| (input.file.clone(), input.sha256.clone()));
        std::iter::once(settings).chain(layers).collect()
    }
}

impl Scenario {
    /// The files of a region that are not those the scenario was made on; none if it does not say.
    pub fn changes_since(&self, region: &Region) -> Vec<StateChange> {
        if self.made_on.is_empty() {
            return Vec::new();
        }
        let now = region.state();
        let files: BTreeSet<&String> = self.made_on.keys().chain(now.keys()).collect();
        let state = |file: &String| match (self.made_on.get(file), now.get(file)) {
            (Some(then), Some(now)) if then.eq_ignore_ascii_case(now) => None,
            (Some(_), Some(_)) => Some(FileState::Changed),
            (Some(_), None) => Some(FileState::Gone),
            (None, _) => Some(FileState::New),
        };
        files.into_iter().filter_map(|file| Some(StateChange { file: file.clone(), state: state(file)? })).collect()
    }

    /// Refuses a region whose files are not those the scenario was made on.
    ///
    /// # Errors
    /// A file differs; all that do are named.
    pub fn check_state(&self, region: &Region) -> Result<(), InputError> {
        let changes = self.changes_since(region);
        let Some(found) = changes
            .iter()
            .map(StateChange::message)
            .reduce(|all, next| message!("scenario.and", all = all, next = next))
        else {
            return Ok(());
        };
        let place = lifering_base::error::Place::file(&self.file).field("made_on");
        // Not cut short: every file is named.
        Err(InputError::Wrong {
            place,
            found,
            wanted: message!("scenario.made_on_wanted"),
            help: Some(message!("scenario.rebase")),
        })
    }
}

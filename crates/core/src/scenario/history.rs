//! Edits of a city one after another, and undone.
//!
//! In: a city and edits as they are made. Out: the city after each, and the one before if an edit is undone: after the last
//! undoing the base itself.

use super::{Application, apply};
use crate::city::City;
use lifering_base::error::InputError;
use lifering_readers::scenario::{Edit, Scenario};

/// A city with its edits.
#[derive(Clone, Debug)]
pub struct EditedCity {
    base: City,
    scenario: Scenario,
    /// The city after each edit.
    after: Vec<City>,
}

impl EditedCity {
    /// A city without edits. `name` is that of the scenario.
    pub fn new(base: City, name: &str) -> Self {
        let scenario = Scenario { name: name.to_owned(), file: name.to_owned(), ..Scenario::default() };
        Self { base, scenario, after: Vec::new() }
    }

    /// The city with the edits made so far.
    pub fn city(&self) -> &City {
        self.after.last().unwrap_or(&self.base)
    }

    /// The edits made so far.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Makes an edit.
    ///
    /// # Errors
    /// It does not fit the city or an earlier edit; nothing changes then.
    pub fn make(&mut self, edit: Edit, how: Application<'_>) -> Result<&City, InputError> {
        let mut edits = self.scenario.edits.clone();
        edits.push(edit);
        let scenario = Scenario { file: self.scenario.file.clone(), ..Scenario::new(&self.scenario.name, edits)? };
        self.after.push(apply(&self.base, &scenario, how)?);
        self.scenario = scenario;
        Ok(self.city())
    }

    /// Undoes the last edit and returns it; `None` if there is none.
    pub fn undo(&mut self) -> Option<Edit> {
        self.after.pop();
        self.scenario.edits.pop()
    }
}

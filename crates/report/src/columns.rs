//! What was made of every column of a file, for programs.

use lifering_base::readings::{Readings, ValueCounts};
use lifering_readers::columns::{ColumnRecord, ColumnUse};
use schemars::JsonSchema;
use serde::Serialize;

/// One column of a file.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ColumnReport {
    /// Its name in the file.
    pub name: String,
    /// lifering's name of the field, or of the part of the place, that it is taken as; absent if nothing takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_as: Option<String>,
    /// The first value in it, at most 40 characters; absent if the first features have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// The states of the field's values; absent if nothing takes the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<ValueCounts>,
    /// Of a column that nothing takes: lifering's name of the field that may be meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be: Option<String>,
}

impl ColumnReport {
    /// The report of a column of a layer whose values came about as `readings` says.
    pub fn new(column: &ColumnRecord, readings: &Readings) -> Self {
        let taken_as = match &column.taken_as {
            ColumnUse::Field(field) => Some(field.clone()),
            ColumnUse::Place(role) => Some(role.key().to_owned()),
            ColumnUse::Nothing => None,
        };
        Self {
            name: column.name.clone(),
            values: taken_as.as_deref().map(|field| readings.of(field)),
            taken_as,
            example: column.example.clone(),
            may_be: column.may_be.clone(),
        }
    }
}

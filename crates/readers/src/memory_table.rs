//! Layers that the calling program holds itself, as a table of features: no file, no format.
//!
//! In: whatever implements [`MemoryTable`]. Out: [`TableContent`], from which a layer goes the way of every other: its columns
//! are recognised, its positions reprojected and checked, its features typed.

use crate::budget::Budget;
use crate::feature::RawFeature;
use lifering_base::error::InputError;
use lifering_base::issue::Issues;
use std::fmt;

/// A table of features in memory. It may be read several times.
pub trait MemoryTable: fmt::Debug + Send + Sync {
    /// What it takes in memory, bytes.
    fn size(&self) -> u64;

    /// Its features. `file` is the name for messages.
    ///
    /// # Errors
    /// It does not hold what it says, or the run is to stop.
    fn read(&self, file: &str, budget: Budget<'_>, issues: &mut Issues) -> Result<TableContent, InputError>;
}

/// What a table holds.
#[derive(Debug)]
pub struct TableContent {
    /// In the order of the rows.
    pub features: Vec<RawFeature>,
    /// Reference system that the table names; `None` if it names none. The error says why it is not known.
    pub crs: Result<Option<String>, InputError>,
    /// SHA-256 of the content, in hexadecimal: the same for the same rows.
    pub sha256: String,
}

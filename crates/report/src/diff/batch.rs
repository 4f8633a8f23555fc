//! Two batches: which regions are in both, and what changed in each.
//!
//! In: two folders with batch.json. Out: [`BatchDiff`]: a [`Diff`] for each region that both audited, in the order of the
//! new batch, and the names of those that could not be compared.

use super::results::{AuditResults, SchemaOnly};
use super::{Diff, DiffError, Pair, diff};
use crate::batch::shape::{self, BatchReport};
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use lifering_readers::library_errors;
use lifering_readers::source::read_file;
use lifering_standards::ExitStatus;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The shape of the diff.json of two batches.
pub const SCHEMA: &str = "lifering-batch-diff/1";

/// What changed between two batches.
#[derive(Debug)]
pub struct BatchDiff {
    /// Paths of the two batches, as the command named them.
    pub paths: Pair<String>,
    /// Folder and comparison of each region that both audited, in the order of the new batch.
    pub regions: Vec<(String, Diff)>,
    /// Regions that were not compared.
    pub not_compared: Vec<RegionNotCompared>,
}

/// A region that was not compared.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RegionNotCompared {
    /// Folder of the region in the batch.
    pub name: String,
    /// Exit status in each batch, 2 if it could not be run; `null` if the batch does not have the region.
    pub exit_status: Pair<Option<u8>>,
    /// Why two audits could not be compared; absent if one of the two batches has no audit of the region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl BatchDiff {
    /// The worst of all regions; at least 3 if a region was not compared.
    pub fn exit_status(&self) -> ExitStatus {
        let left = if self.not_compared.is_empty() { ExitStatus::Met } else { ExitStatus::Unsettled };
        ExitStatus::worst(self.regions.iter().map(|(_, diff)| diff.exit_status()).chain([left]))
    }
}

/// Whether a path is the folder of a batch.
pub fn is_batch(path: &Path) -> bool {
    path.join("batch.json").is_file()
}

/// Compares two batches.
pub fn batches(old: &Path, new: &Path, renamed: bool) -> Result<BatchDiff, DiffError> {
    let reports = Pair { old: batch_json(old)?, new: batch_json(new)? };
    let by_name = reports.as_ref().map(|all| -> BTreeMap<&str, u8> {
        all.regions.iter().map(|region| (region.name.as_str(), region.exit_status)).collect()
    });
    let mut names: Vec<&str> = reports.new.regions.iter().map(|region| region.name.as_str()).collect();
    let gone = reports.old.regions.iter().map(|region| region.name.as_str());
    names.extend(gone.filter(|name| !by_name.new.contains_key(name)));
    let paths = Pair { old, new }.map(|path| path.display().to_string());
    let mut found = BatchDiff { paths, regions: Vec::new(), not_compared: Vec::new() };
    for name in names {
        let exit_status = by_name.as_ref().map(|all| all.get(name).copied());
        let audited = |status: Option<u8>| status.is_some_and(|status| status != 2);
        let mut left = |why| found.not_compared.push(RegionNotCompared { name: name.to_owned(), exit_status, why });
        if !audited(exit_status.old) || !audited(exit_status.new) {
            left(None);
            continue;
        }
        // One region that cannot be compared must not keep the others from being compared.
        let both = (AuditResults::read(&old.join(name)), AuditResults::read(&new.join(name)));
        match both {
            (Ok(one), Ok(other)) => match diff(&one, &other, renamed) {
                Ok(diff) => found.regions.push((name.to_owned(), diff)),
                Err(error) => left(Some(error.to_string())),
            },
            (Err(error), _) | (_, Err(error)) => left(Some(error.to_string())),
        }
    }
    Ok(found)
}

/// batch.json of a folder.
fn batch_json(folder: &Path) -> Result<BatchReport, InputError> {
    let file = folder.join("batch.json");
    let name = file.display().to_string();
    let bytes = read_file(&file, &message!("message.both_batches"))?;
    let wrong = |e: &serde_json::Error| {
        InputError::wrong(Place::file(&name).line(e.line()), library_errors::json_part(e), shape::SCHEMA)
    };
    let version: SchemaOnly = serde_json::from_slice(&bytes).map_err(|e| wrong(&e))?;
    if version.schema != shape::SCHEMA {
        return Err(InputError::wrong(Place::file(&name).field("schema"), version.schema, shape::SCHEMA));
    }
    serde_json::from_slice(&bytes).map_err(|e| wrong(&e))
}

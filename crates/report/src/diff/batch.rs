//! Two batches: which regions are in both, and what changed in each.
//!
//! In: two folders with batch.json. Out: [`BatchDiff`]: a [`Diff`] for each region that both audited, in the order of the
//! second, and by name those that could not be compared.

use super::read::Written;
use super::{Diff, DiffError, Pair, diff, exit_status};
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use lifering_readers::library_errors;
use lifering_readers::source::read_file;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The shape of batch.json that is understood.
pub const BATCH: &str = "lifering-batch/1";
/// The shape of the diff.json of two batches.
pub const SCHEMA: &str = "lifering-batch-diff/1";

/// batch.json, as far as it is compared.
#[derive(Debug, Deserialize)]
struct Recorded {
    schema: String,
    regions: Vec<Region>,
}

/// A region of a batch.
#[derive(Debug, Deserialize)]
struct Region {
    /// Its folder.
    name: String,
    /// 2 where it could not be run.
    exit_status: u8,
}

/// What changed between two batches.
#[derive(Debug)]
pub struct BatchDiff {
    /// The batches as they were named.
    pub paths: Pair<String>,
    /// Regions that both audited, by their folder.
    pub regions: Vec<(String, Diff)>,
    /// Regions that were not compared.
    pub not_compared: Vec<RegionNotCompared>,
}

/// A region that was not compared.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RegionNotCompared {
    /// Its folder.
    pub name: String,
    /// What came of it: its exit status, 2 where it could not be run; `null` where it is not in the batch.
    pub exit_status: Pair<Option<u8>>,
    /// Why, where both audited it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl BatchDiff {
    /// The worst of all regions; 3 where nothing got worse but a region was not compared.
    pub fn exit_status(&self) -> u8 {
        let left = if self.not_compared.is_empty() { 0 } else { 3 };
        exit_status(self.regions.iter().map(|(_, diff)| diff.exit_status()).chain([left]))
    }
}

/// Whether a path is a batch.
pub fn is_batch(path: &Path) -> bool {
    path.join("batch.json").is_file()
}

/// Compares two batches.
pub fn batches(old: &Path, new: &Path, renamed: bool) -> Result<BatchDiff, DiffError> {
    let recorded = Pair { old: recorded(old)?, new: recorded(new)? };
    let by_name = recorded.as_ref().map(|all| -> BTreeMap<&str, u8> {
        all.regions.iter().map(|region| (region.name.as_str(), region.exit_status)).collect()
    });
    let mut names: Vec<&str> = recorded.new.regions.iter().map(|region| region.name.as_str()).collect();
    let gone = recorded.old.regions.iter().map(|region| region.name.as_str());
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
        // One region that cannot be compared must not cost the others.
        let both = (Written::read(&old.join(name)), Written::read(&new.join(name)));
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

fn recorded(folder: &Path) -> Result<Recorded, InputError> {
    let file = folder.join("batch.json");
    let name = file.display().to_string();
    let bytes = read_file(&file, &message!("message.both_batches"))?;
    let recorded: Recorded = serde_json::from_slice(&bytes).map_err(|e| {
        let place = Place::file(&name).line(e.line());
        InputError::wrong(place, library_errors::json_part(&e), BATCH)
    })?;
    if recorded.schema != BATCH {
        return Err(InputError::wrong(Place::file(&name).field("schema"), recorded.schema, BATCH));
    }
    Ok(recorded)
}

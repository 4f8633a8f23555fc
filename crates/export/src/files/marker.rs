//! The marker of a folder that lifering wrote: by which command, of what, and which files.
//!
//! In: a folder. Out: its [`Marker`], none for a folder that is free, an error for one that holds something else.

use super::error::{WriteError, system};
use super::origin::Origin;
use super::workshop::PLACE;
use lifering_base::hash::sha256_hex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Name of the marker.
pub(super) const MARKER: &str = ".lifering";

/// What lifering wrote into a folder. Names are those of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Marker {
    /// By which command, and of what.
    #[serde(flatten)]
    pub origin: Origin,
    /// Names of the files, sorted.
    files: Vec<String>,
    /// SHA-256 of the files that people go on working with, by name; none of those that nobody edits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    sha256: BTreeMap<String, String>,
}

impl Marker {
    pub fn new(origin: Origin, mut files: Vec<String>) -> Self {
        files.sort_unstable();
        Self { origin, files, sha256: BTreeMap::new() }
    }

    /// The same with the hashes of its files.
    pub fn with_hashes(self, sha256: BTreeMap<String, String>) -> Self {
        Self { sha256, ..self }
    }

    /// The first file that is not as it was written, in the order of the names.
    #[expect(clippy::disallowed_methods, reason = "the module that writes reads what it wrote")]
    pub fn edited(&self, folder: &Path) -> Option<&str> {
        let edited = |(name, hash): &(&String, &String)| {
            // One that is gone is nobody's loss.
            std::fs::read(folder.join(name)).is_ok_and(|bytes| sha256_hex(&bytes) != **hash)
        };
        self.sha256
            .iter()
            .filter(|(name, _)| self.files().any(|own| own == *name))
            .find(edited)
            .map(|(name, _)| name.as_str())
    }

    /// The files in the folder itself. A marker is a file that anybody may edit: it names nothing outside.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str).filter(|name| !name.is_empty() && !name.contains(['/', '\\']))
    }

    /// The marker as JSON.
    pub fn to_bytes(&self) -> Vec<u8> {
        format!("{:#}\n", serde_json::json!(self)).into_bytes()
    }
}

/// The marker of a folder; `None` if the folder is missing or empty.
#[expect(clippy::disallowed_methods, reason = "the module that writes reads what it wrote")]
pub(super) fn standing(folder: &Path) -> Result<Option<Marker>, WriteError> {
    let foreign = || WriteError::Foreign(folder.to_path_buf());
    if folder.is_file() {
        return Err(foreign());
    }
    match std::fs::read(folder.join(MARKER)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| foreign()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let mut entries = match std::fs::read_dir(folder) {
                Ok(entries) => entries.flatten(),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(e) => return Err(system(folder)(e)),
            };
            if entries.any(|entry| entry.file_name() != PLACE) { Err(foreign()) } else { Ok(None) }
        }
        Err(e) => Err(system(folder)(e)),
    }
}

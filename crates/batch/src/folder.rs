//! The folder of a batch: a folder a region, each region's parts of the tables, the files over all regions, the
//! markers.
//!
//! In: bytes. Out: files, each complete or absent. Everything is made in one temporary folder inside, which is removed
//! when the batch ends and emptied when the next one begins, so that a stop at any moment leaves no partial files for
//! good.

use super::error::BatchError;
use lifering_base::hash::sha256_hex;
use lifering_base::message;
use lifering_export::batch::FILES;
use lifering_export::files::{self, Staging, WriteError};
use lifering_readers::source::read_file;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Subfolder of the markers, the lock and the temporary files.
const STATE_FOLDER: &str = ".batch";
/// The tables that are kept in parts, one a region.
pub const TABLES: [&str; 2] = ["zones", "rules"];

/// An open batch folder, locked against other batches.
#[derive(Debug)]
pub struct BatchFolder {
    folder: PathBuf,
    /// Temporary files, on the same disk as the results.
    workshop: PathBuf,
    _lock: File,
}

impl BatchFolder {
    /// Opens the folder for a batch over the regions of these names. Removes temporary files of a stopped run, results
    /// of an earlier run for other regions, and the files over all regions.
    pub fn open(folder: &Path, names: &[&str]) -> Result<Self, BatchError> {
        // Claimed first: a run that is stopped before its first result can be resumed.
        files::claim(folder, &FILES)?;
        let state = folder.join(STATE_FOLDER);
        let workshop = state.join("workshop");
        let lock = files::lock(&state.join("lock"))?.ok_or_else(|| BatchError::Busy(folder.to_path_buf()))?;
        files::sweep(&workshop)?;
        let opened = Self { folder: folder.to_path_buf(), workshop, _lock: lock };
        for file in FILES {
            files::remove(&opened.folder.join(file))?;
        }
        let kept: BTreeSet<String> = names.iter().map(|name| format!("{name}.json")).collect();
        let markers = std::fs::read_dir(&state).into_iter().flatten().flatten();
        for marker in markers.map(|entry| entry.file_name().to_string_lossy().into_owned()) {
            if let Some(name) = marker.strip_suffix(".json").filter(|_| !kept.contains(&marker)) {
                opened.forget(name)?;
            }
        }
        Ok(opened)
    }

    fn marker(&self, name: &str) -> PathBuf {
        self.folder.join(STATE_FOLDER).join(format!("{name}.json"))
    }

    /// Path of a region's part of a table, relative to the batch's folder; the `region=` key is Hive partitioning.
    pub fn part(table: &str, name: &str) -> String {
        format!("{table}/region={name}/part.parquet")
    }

    /// The bytes of a region's marker; `None` if it cannot be read.
    pub fn read_marker(&self, name: &str) -> Option<Vec<u8>> {
        read_file(&self.marker(name), &message!("message.region_is")).ok()
    }

    /// Writes a region's marker: from now on the region counts as done.
    pub fn put_marker(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        files::put(&self.marker(name), bytes, &self.workshop)
    }

    /// Removes a region's marker: from now on the region does not count as done, whatever other files it has.
    pub fn unmark(&self, name: &str) -> Result<(), WriteError> {
        files::remove(&self.marker(name))
    }

    /// Removes everything written for a region. The marker goes last: the next run repeats a removal that was
    /// interrupted.
    pub fn forget(&self, name: &str) -> Result<(), WriteError> {
        self.discard(name)?;
        self.unmark(name)
    }

    /// Removes the results of a region.
    pub fn discard(&self, name: &str) -> Result<(), WriteError> {
        files::remove_folder(&self.folder.join(name))?;
        for table in TABLES {
            let part = self.folder.join(Self::part(table, name));
            files::remove(&part)?;
            if let Some(folder) = part.parent() {
                // A folder that is not empty, or is missing, stays as it is.
                let _ = std::fs::remove_dir(folder);
            }
        }
        Ok(())
    }

    /// A new staging folder for a region's results.
    pub fn stage(&self, name: &str) -> Result<Staging, WriteError> {
        Staging::within(&self.folder.join(name), &self.workshop)
    }

    /// Moves a region's staged results in place of the old ones.
    pub fn place(&self, name: &str, staged: Staging) -> Result<(), WriteError> {
        files::remove_folder(&self.folder.join(name))?;
        staged.finish()
    }

    /// Writes a file, given its path relative to the batch's folder.
    pub fn put(&self, file: &str, bytes: &[u8]) -> Result<(), WriteError> {
        files::put(&self.folder.join(file), bytes, &self.workshop)
    }

    /// SHA-256 of a file; `None` if it cannot be read.
    pub fn hash(&self, file: &str) -> Option<String> {
        read_file(&self.folder.join(file), &message!("message.region_is")).ok().map(|bytes| sha256_hex(&bytes))
    }

    /// Ends the batch: removes the temporary files and the lock.
    pub fn close(self) -> Result<(), WriteError> {
        files::sweep(&self.workshop)
    }
}

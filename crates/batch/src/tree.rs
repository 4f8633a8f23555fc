//! The folder of a batch: a folder a region, their parts of the tables, the files over all, and what says who is done.
//!
//! In: bytes. Out: files, each whole or not there. Everything is made in one workshop inside, which is empty when the
//! batch ends and is emptied when the next one begins: a stop at any moment leaves nothing behind that stays.

use super::BatchError;
use lifering_base::hash::sha256_hex;
use lifering_base::message;
use lifering_export::batch::FILES;
use lifering_export::files::{self, Staging, WriteError};
use lifering_readers::source::read_file;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Holds the markers, the lock and the workshop.
const ROOM: &str = ".batch";
/// The tables that are kept in parts.
pub const TABLES: [&str; 2] = ["zones", "rules"];

/// An open batch folder. No other program writes into it as long as it is open.
#[derive(Debug)]
pub struct Tree {
    folder: PathBuf,
    workshop: PathBuf,
    _lock: File,
}

impl Tree {
    /// Opens the folder for a batch over the regions of these names: what a stopped run left half-made is swept out, and
    /// so is what an earlier one wrote for other regions, and the files over all.
    pub fn open(folder: &Path, names: &[&str]) -> Result<Self, BatchError> {
        // The folder is lifering's own from here on: a run that is stopped before its first result can be taken up.
        files::claim(folder, &FILES)?;
        let room = folder.join(ROOM);
        let workshop = room.join("workshop");
        let lock = files::lock(&room.join("lock"))?.ok_or_else(|| BatchError::Busy(folder.to_path_buf()))?;
        files::sweep(&workshop)?;
        let tree = Self { folder: folder.to_path_buf(), workshop, _lock: lock };
        for file in FILES {
            files::remove(&tree.folder.join(file))?;
        }
        let kept: BTreeSet<String> = names.iter().map(|name| format!("{name}.json")).collect();
        let markers = std::fs::read_dir(&room).into_iter().flatten().flatten();
        for marker in markers.map(|entry| entry.file_name().to_string_lossy().into_owned()) {
            if let Some(name) = marker.strip_suffix(".json").filter(|_| !kept.contains(&marker)) {
                tree.forget(name)?;
            }
        }
        Ok(tree)
    }

    fn marker(&self, name: &str) -> PathBuf {
        self.folder.join(ROOM).join(format!("{name}.json"))
    }

    /// The path of a region's part of a table, in the batch's folder.
    pub fn part(table: &str, name: &str) -> String {
        format!("{table}/region={name}/part.parquet")
    }

    /// Bytes of a region's marker.
    pub fn read_marker(&self, name: &str) -> Option<Vec<u8>> {
        read_file(&self.marker(name), &message!("message.region_is")).ok()
    }

    /// Writes a region's marker: from now on it is done.
    pub fn put_marker(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        files::put(&self.marker(name), bytes, &self.workshop)
    }

    /// Removes a region's marker: from now on it is not done, whatever else of it is there.
    pub fn unmark(&self, name: &str) -> Result<(), WriteError> {
        files::remove(&self.marker(name))
    }

    /// Removes all that was written of a region; the marker last, so that a stop in between is made good by the next run.
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
                // Not empty, or not there: then it stays as it is.
                let _ = std::fs::remove_dir(folder);
            }
        }
        Ok(())
    }

    /// A region's folder in the making.
    pub fn stage(&self, name: &str) -> Result<Staging, WriteError> {
        Staging::within(&self.folder.join(name), &self.workshop)
    }

    /// Puts a region's folder in place of what was there.
    pub fn place(&self, name: &str, staged: Staging) -> Result<(), WriteError> {
        files::remove_folder(&self.folder.join(name))?;
        staged.finish()
    }

    /// Writes a file.
    pub fn put(&self, file: &str, bytes: &[u8]) -> Result<(), WriteError> {
        files::put(&self.folder.join(file), bytes, &self.workshop)
    }

    /// Hash of a file; `None` where there is none.
    pub fn hash(&self, file: &str) -> Option<String> {
        read_file(&self.folder.join(file), &message!("message.region_is")).ok().map(|bytes| sha256_hex(&bytes))
    }

    /// Ends the batch.
    pub fn close(self) -> Result<(), WriteError> {
        files::sweep(&self.workshop)
    }
}

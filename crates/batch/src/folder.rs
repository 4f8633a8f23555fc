//! The folder of a batch: a folder a region, each region's parts of the tables, the files over all regions, the
//! markers.
//!
//! In: bytes. Out: files, each complete or absent. Everything is made in one temporary folder inside, which is removed
//! when the batch ends and emptied when the next one begins, so that a stop at any moment leaves no partial files for
//! good. No other run may write into the folder meanwhile.

use super::error::BatchError;
use super::regions::Job;
use lifering_base::hash::sha256_hex;
use lifering_base::message;
use lifering_export::batch::FILES;
use lifering_export::files::{self, Command, OutFolder, Purpose, Staging, Subject, WriteError, region_inputs};
use lifering_readers::source::{names_a_file, read_file};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Subfolder of the markers.
const STATE_FOLDER: &str = ".batch";
/// The tables that are kept in parts, one a region.
pub const TABLES: [&str; 2] = ["zones", "rules"];

/// An open batch folder, locked against other runs.
#[derive(Debug)]
pub struct BatchFolder {
    folder: PathBuf,
    out: OutFolder,
}

impl BatchFolder {
    /// Opens the folder for a batch over these regions. `inputs` are files that it reads besides the regions' own. Removes
    /// temporary files of a stopped run, results of an earlier run for other regions, and the files over all regions.
    pub fn open(folder: &Path, jobs: &[Job], inputs: &[PathBuf], process: u32) -> Result<Self, BatchError> {
        let of = jobs.iter().map(|job| Subject::region(&job.source())).collect();
        let own = jobs.par_iter().flat_map_iter(|job| {
            let standard = job.asked.standard.iter().filter(|standard| names_a_file(standard)).map(PathBuf::from);
            region_inputs(&job.source()).into_iter().chain(standard)
        });
        let purpose = Purpose { of, inputs: own.collect(), process, ..Purpose::new(Command::Batch) }.reading(inputs);
        let out = OutFolder::open_in_place(folder, &purpose)?;
        // Claimed first: a run that is stopped before its first result can be resumed.
        out.claim(&FILES)?;
        let opened = Self { folder: folder.to_path_buf(), out };
        for file in FILES {
            files::remove(&opened.folder.join(file))?;
        }
        let kept: BTreeSet<String> = jobs.iter().map(|job| format!("{}.json", job.name)).collect();
        let markers = std::fs::read_dir(folder.join(STATE_FOLDER)).into_iter().flatten().flatten();
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
        files::put(&self.marker(name), bytes, self.out.workshop())
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

    /// A new staging folder for a region's results. They are marked as an audit of it, as `audit` alone marks them.
    pub fn stage(&self, job: &Job) -> Result<Staging, WriteError> {
        self.out.stage_inside(&job.name, Command::Audit, &Subject::region(&job.source()))
    }

    /// Moves a region's staged results in place of the old ones.
    pub fn place(&self, name: &str, staged: Staging) -> Result<(), WriteError> {
        files::remove_folder(&self.folder.join(name))?;
        staged.finish()
    }

    /// Writes a file, given its path relative to the batch's folder.
    pub fn put(&self, file: &str, bytes: &[u8]) -> Result<(), WriteError> {
        files::put(&self.folder.join(file), bytes, self.out.workshop())
    }

    /// SHA-256 of a file; `None` if it cannot be read.
    pub fn hash(&self, file: &str) -> Option<String> {
        read_file(&self.folder.join(file), &message!("message.region_is")).ok().map(|bytes| sha256_hex(&bytes))
    }
}

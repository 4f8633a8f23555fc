//! The folder that a run writes, held from its beginning to its end.
//!
//! In: the folder and the [`Purpose`] of the run. Out: [`OutFolder`], or the reason why the run may not write there: foreign
//! files, results of another command or region, an input of the run, the folder of a batch, another run.

use super::error::{WriteError, system};
use super::marker::{MARKER, Marker, standing};
use super::origin::{Command, Origin, Purpose, Subject, resolved};
use super::staging::Staging;
use super::workshop::Workshop;
use std::path::{Path, PathBuf};

/// A folder of results, locked against other runs until this is dropped.
#[derive(Debug)]
pub struct OutFolder {
    folder: PathBuf,
    origin: Origin,
    /// The folder that holds the folder.
    base: PathBuf,
    workshop: Workshop,
}

impl OutFolder {
    /// Takes the folder for a run that writes it at its end, whole.
    pub fn open(folder: &Path, purpose: &Purpose) -> Result<Self, WriteError> {
        let place = resolved(folder);
        let base = place.parent().unwrap_or(&place).to_path_buf();
        let origin = purpose.origin(&base);
        check(folder, &place, &origin, &purpose.inputs)?;
        let workshop = Workshop::open(folder, &place, purpose.process)?;
        // Again: another run may have ended just before this one got the lock.
        check(folder, &place, &origin, &purpose.inputs)?;
        Ok(Self { folder: folder.to_path_buf(), origin, base, workshop })
    }

    /// Whether a run could take the folder; makes nothing.
    pub fn allowed(folder: &Path, purpose: &Purpose) -> Result<(), WriteError> {
        let place = resolved(folder);
        let base = place.parent().unwrap_or(&place).to_path_buf();
        check(folder, &place, &purpose.origin(&base), &purpose.inputs)
    }

    /// Takes the folder for a run that writes into it as it goes on. It is made if it is not there.
    pub fn open_in_place(folder: &Path, purpose: &Purpose) -> Result<Self, WriteError> {
        let place = resolved(folder);
        let base = place.parent().unwrap_or(&place).to_path_buf();
        check(folder, &place, &purpose.origin(&base), &purpose.inputs)?;
        std::fs::create_dir_all(folder).map_err(system(folder))?;
        Self::open(folder, purpose)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// A folder for temporary files on the same disk, removed at the end.
    pub fn workshop(&self) -> &Path {
        self.workshop.path()
    }

    /// The files of the folder, to be added one by one.
    pub fn stage(&self) -> Result<Staging, WriteError> {
        Staging::new(&self.folder, self.origin.clone(), self.workshop())
    }

    /// The files of a folder inside, made by a command of its own.
    pub fn stage_inside(&self, name: &str, command: Command, of: &Subject) -> Result<Staging, WriteError> {
        let origin = Origin::new(command, std::slice::from_ref(of), &self.base);
        Staging::new(&self.folder.join(name), origin, self.workshop())
    }

    /// Writes all files, replacing what the same command wrote there before.
    pub fn write(&self, files: &[(String, Vec<u8>)]) -> Result<(), WriteError> {
        let staging = self.stage()?;
        for (name, bytes) in files {
            staging.add(name, bytes)?;
        }
        staging.finish()
    }

    /// Marks the folder before it has any files, so that a stopped run can be resumed. `names` are the files that will be
    /// written; other files that lifering wrote there before are removed.
    pub fn claim(&self, names: &[&str]) -> Result<(), WriteError> {
        let old = standing(&self.folder)?;
        for stale in old.iter().flat_map(Marker::files).filter(|name| !names.contains(name)) {
            super::remove(&self.folder.join(stale))?;
        }
        let files = names.iter().map(|name| (*name).to_owned()).collect();
        let marker = Marker::new(self.origin.clone(), files);
        super::put(&self.folder.join(MARKER), &marker.to_bytes(), self.workshop())
    }
}

/// Whether a run may write into the folder.
fn check(folder: &Path, place: &Path, origin: &Origin, inputs: &[PathBuf]) -> Result<(), WriteError> {
    if let Some(input) = inputs.iter().find(|input| resolved(input).starts_with(place)) {
        let holds = standing(place).ok().flatten().map(|marker| marker.origin);
        return Err(WriteError::Input { folder: folder.to_path_buf(), input: input.clone(), holds });
    }
    if let Some(batch) = place.ancestors().skip(1).find(|ancestor| is_batch(ancestor)) {
        return Err(WriteError::InsideBatch { folder: folder.to_path_buf(), batch: batch.to_path_buf() });
    }
    match standing(folder)? {
        Some(marker) if !marker.origin.may_be_replaced_by(origin) => {
            Err(WriteError::Standing { folder: folder.to_path_buf(), holds: marker.origin })
        }
        Some(marker) => match marker.edited(place) {
            Some(file) => Err(WriteError::Edited { folder: folder.to_path_buf(), file: file.to_owned() }),
            None => Ok(()),
        },
        None => Ok(()),
    }
}

fn is_batch(folder: &Path) -> bool {
    matches!(standing(folder), Ok(Some(marker)) if marker.origin.command == Command::Batch)
}

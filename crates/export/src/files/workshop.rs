//! The place where a run makes its files, locked for as long as the run lasts.
//!
//! In: the folder of results. Out: a folder on the same disk that no other run has, removed at the end. What an
//! interrupted run leaves is swept by the next one: the system releases a lock when its holder dies.

use super::WriteError;
use super::error::system;
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the place within a folder of results; with the folder's name behind it, beside one that is not there yet.
pub(super) const PLACE: &str = ".lifering-run";
/// File that is locked.
const LOCK: &str = "lock";
/// File with the process id of the holder: a locked file cannot be read everywhere.
const HOLDER: &str = "holder";
/// How the names of temporary folders in it begin.
pub(super) const TEMPORARY: &str = "made-";
/// How often a lock is tried: a run that sweeps holds one for a moment.
const TRIES: u32 = 8;
/// Time between two tries.
const PAUSE: Duration = Duration::from_millis(25);

/// The place of one run. Dropped, it removes what is in it, and the lock last.
#[derive(Debug)]
pub struct Workshop {
    place: PathBuf,
    /// `None` on a file system that knows no locks.
    lock: Option<File>,
    /// Folders that were made for the place, the outermost first; those that stay empty go with it.
    made: Vec<PathBuf>,
}

impl Workshop {
    /// Takes the place of a run that writes `folder`, of which `resolved` is the whole path, for this process id.
    pub(super) fn open(folder: &Path, resolved: &Path, process: u32) -> Result<Self, WriteError> {
        let (place, made) = if resolved.is_dir() {
            (resolved.join(PLACE), Vec::new())
        } else {
            let parent = resolved.parent().unwrap_or(resolved);
            let missing = parent.ancestors().take_while(|ancestor| !ancestor.exists());
            let mut made: Vec<PathBuf> = missing.map(Path::to_path_buf).collect();
            made.reverse();
            std::fs::create_dir_all(parent).map_err(system(folder))?;
            sweep_beside(parent);
            let mut name = OsString::from(PLACE);
            name.push("-");
            name.push(resolved.file_name().unwrap_or_default());
            (parent.join(name), made)
        };
        let workshop = Self { lock: take(folder, &place)?, place, made };
        empty(&workshop.place);
        // Only a message needs it: a run that cannot write it cannot write its results either.
        let _ = write(&workshop.place.join(HOLDER), &process.to_string());
        Ok(workshop)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.place
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next run.
        empty(&self.place);
        let _ = std::fs::remove_file(self.place.join(LOCK));
        drop(self.lock.take());
        let _ = std::fs::remove_dir(&self.place);
        for folder in self.made.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// Locks the place; `None` if the file system knows no locks.
fn take(folder: &Path, place: &Path) -> Result<Option<File>, WriteError> {
    let path = place.join(LOCK);
    for attempt in 1.. {
        std::fs::create_dir_all(place).map_err(system(folder))?;
        if !is_own_folder(place) {
            return Err(WriteError::Foreign(place.to_path_buf()));
        }
        let file = match File::options().create(true).append(true).open(&path) {
            Ok(file) => file,
            // The run before has just removed the place.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && attempt < TRIES => continue,
            Err(e) => return Err(system(folder)(e)),
        };
        match file.try_lock() {
            Ok(()) if is_at(&file, &path) => return Ok(Some(file)),
            Ok(()) | Err(TryLockError::WouldBlock) if attempt < TRIES => std::thread::sleep(PAUSE),
            Ok(()) | Err(TryLockError::WouldBlock) => break,
            Err(TryLockError::Error(e)) if e.kind() == std::io::ErrorKind::Unsupported => return Ok(None),
            Err(TryLockError::Error(e)) => return Err(system(folder)(e)),
        }
    }
    Err(WriteError::Busy { folder: folder.to_path_buf(), holder: holder(place) })
}

/// The process id of the run that has the place; `None` if it has not written it yet.
#[expect(clippy::disallowed_methods, reason = "the module that writes reads what it wrote")]
fn holder(place: &Path) -> Option<u32> {
    std::fs::read_to_string(place.join(HOLDER)).ok()?.trim().parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "the module that writes")]
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)
}

/// Removes the temporary files of a place. What cannot be removed is in nobody's way.
fn empty(place: &Path) {
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        if entry.file_name() == HOLDER {
            let _ = std::fs::remove_file(entry.path());
        } else if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether there is a folder of that name, and no link to one: behind a link lies what somebody else may have chosen.
fn is_own_folder(place: &Path) -> bool {
    std::fs::symlink_metadata(place).is_ok_and(|about| about.is_dir())
}

/// Removes the places that interrupted runs have left in `parent`: those that can be locked.
fn sweep_beside(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let place = entry.path();
        if !entry.file_name().to_string_lossy().starts_with(PLACE) || !is_own_folder(&place) {
            continue;
        }
        let path = place.join(LOCK);
        let Ok(file) = File::options().append(true).open(&path) else {
            // Left without a lock it is empty, or nothing of ours.
            let _ = std::fs::remove_dir(&place);
            continue;
        };
        if file.try_lock().is_ok() && is_at(&file, &path) {
            drop(Workshop { place, lock: Some(file), made: Vec::new() });
        }
    }
}

/// Whether an open file is still the one at this path: the run that held it may have removed it meanwhile.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |a: &std::fs::Metadata, b: &std::fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    matches!((file.metadata(), std::fs::metadata(path)), (Ok(open), Ok(there)) if same(&open, &there))
}

/// Whether an open file is still the one at this path. Other systems give no name away while a file is open.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

//! Writing to the disk: the only module that does. Files are complete or absent.
//!
//! In: names and bytes. Out: a folder. Everything is first written beside the target and then moved in place; an
//! existing folder is changed only if lifering wrote it, and only the files that lifering wrote.

use lifering_base::Message;
use lifering_readers::library_errors;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use thiserror::Error;

/// File that lists what lifering wrote into a folder, one name a line.
const MARKER: &str = ".lifering";

/// A folder could not be written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The folder holds files that lifering did not write.
    #[error("{}: exists and was not written by lifering; nothing was changed\n  help: choose another --out, or empty it yourself", .0.display())]
    Foreign(PathBuf),
    /// The operating system refused.
    #[error("{}: cannot be written: {why}", path.display())]
    System {
        /// File or folder.
        path: PathBuf,
        /// Message of the operating system.
        why: Message,
    },
}

fn system(path: &Path) -> impl FnOnce(std::io::Error) -> WriteError + '_ {
    |e| WriteError::System { path: path.to_path_buf(), why: library_errors::system(&e) }
}

/// Checks that a folder may be written: it is missing, empty, or written by lifering.
pub fn check_folder(folder: &Path) -> Result<(), WriteError> {
    if folder.is_file() {
        return Err(WriteError::Foreign(folder.to_path_buf()));
    }
    let Ok(mut entries) = std::fs::read_dir(folder) else { return Ok(()) };
    if entries.next().is_none() || folder.join(MARKER).is_file() {
        return Ok(());
    }
    Err(WriteError::Foreign(folder.to_path_buf()))
}

/// A temporary folder beside the target. Files may be added from several threads; they become visible with
/// [`Staging::finish`].
#[derive(Debug)]
pub struct Staging {
    /// The target.
    folder: PathBuf,
    beside: tempfile::TempDir,
    /// Files added so far.
    names: Mutex<Vec<String>>,
}

impl Staging {
    /// Prepares to write `folder`; an error if it holds files that lifering did not write.
    pub fn new(folder: &Path) -> Result<Self, WriteError> {
        let parent = match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        Self::within(folder, &parent)
    }

    /// The same with the temporary folder inside `workshop`, a folder on the same disk.
    pub fn within(folder: &Path, workshop: &Path) -> Result<Self, WriteError> {
        check_folder(folder)?;
        std::fs::create_dir_all(workshop).map_err(system(workshop))?;
        let beside = tempfile::Builder::new().prefix(".lifering-").tempdir_in(workshop).map_err(system(workshop))?;
        Ok(Self { folder: folder.to_path_buf(), beside, names: Mutex::default() })
    }

    /// Adds a file.
    pub fn add(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.add_parts(name, &[bytes])
    }

    /// Adds a file that consists of parts.
    #[expect(clippy::disallowed_methods, reason = "the module that writes")]
    pub fn add_parts(&self, name: &str, parts: &[&[u8]]) -> Result<(), WriteError> {
        // Errors name the target: the temporary folder has another name on every run.
        let target = self.folder.join(name);
        let mut file = File::create(self.beside.path().join(name)).map_err(system(&target))?;
        for part in parts {
            file.write_all(part).map_err(system(&target))?;
        }
        self.names.lock().unwrap_or_else(PoisonError::into_inner).push(name.to_owned());
        Ok(())
    }

    /// Moves everything in place, and removes files of an earlier run that were not written again.
    #[expect(clippy::disallowed_methods, reason = "the module that writes")]
    pub fn finish(self) -> Result<(), WriteError> {
        let Self { folder, beside, names } = self;
        let mut names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
        names.sort_unstable();
        let marker = beside.path().join(MARKER);
        std::fs::write(&marker, names.join("\n") + "\n").map_err(system(&marker))?;
        let old: Vec<String> = std::fs::read_to_string(folder.join(MARKER))
            .map(|text| text.lines().map(str::to_owned).collect())
            .unwrap_or_default();
        if old.is_empty() && !folder.exists() {
            let staged = beside.keep();
            // A temporary folder is private to its owner; the result is an ordinary folder.
            open_to_others(&staged);
            return std::fs::rename(&staged, &folder).map_err(system(&folder));
        }
        std::fs::create_dir_all(&folder).map_err(system(&folder))?;
        for name in names.iter().map(String::as_str).chain([MARKER]) {
            let target = folder.join(name);
            std::fs::rename(beside.path().join(name), &target).map_err(system(&target))?;
        }
        for stale in old.iter().filter(|name| !names.contains(name) && !name.contains(['/', '\\'])) {
            let path = folder.join(stale);
            if path.is_file() {
                std::fs::remove_file(&path).map_err(system(&path))?;
            }
        }
        Ok(())
    }
}

/// Writes all files into `folder`, replacing what lifering wrote there before.
pub fn write_folder(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), WriteError> {
    let staging = Staging::new(folder)?;
    for (name, bytes) in files {
        staging.add(name, bytes)?;
    }
    staging.finish()
}

/// Marks a folder as written by lifering before it has any files, so that a stopped run can be resumed. `names` are the
/// files that will be written; other files that lifering wrote there before are removed.
#[expect(clippy::disallowed_methods, reason = "the module that writes")]
pub fn claim(folder: &Path, names: &[&str]) -> Result<(), WriteError> {
    check_folder(folder)?;
    std::fs::create_dir_all(folder).map_err(system(folder))?;
    let marker = folder.join(MARKER);
    let old = std::fs::read_to_string(&marker).unwrap_or_default();
    for stale in old.lines().filter(|name| !names.contains(name) && !name.contains(['/', '\\'])) {
        remove(&folder.join(stale))?;
    }
    // Written in place: a truncated marker marks the folder as well as a complete one.
    std::fs::write(&marker, names.join("\n") + "\n").map_err(system(&marker))
}

/// Writes one file: first into `workshop`, a folder on the same disk, then moved over the target.
#[expect(clippy::disallowed_methods, reason = "the module that writes")]
pub fn put(path: &Path, bytes: &[u8], workshop: &Path) -> Result<(), WriteError> {
    for folder in path.parent().into_iter().chain([workshop]) {
        std::fs::create_dir_all(folder).map_err(system(folder))?;
    }
    // A temporary file would be private to its owner; one in a temporary folder is an ordinary file.
    let private = tempfile::Builder::new().prefix(".lifering-").tempdir_in(workshop).map_err(system(workshop))?;
    let made = private.path().join("file");
    std::fs::write(&made, bytes).map_err(system(path))?;
    std::fs::rename(&made, path).map_err(system(path))
}

/// Removes a file, if it is there.
pub fn remove(path: &Path) -> Result<(), WriteError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound && path.exists() => Err(system(path)(e)),
        _ => Ok(()),
    }
}

/// Removes the files that lifering wrote into a folder, and the folder if nothing else is in it.
#[expect(clippy::disallowed_methods, reason = "the module that writes")]
pub fn remove_folder(folder: &Path) -> Result<(), WriteError> {
    let marker = folder.join(MARKER);
    let Ok(names) = std::fs::read_to_string(&marker) else { return Ok(()) };
    for name in names.lines().filter(|name| !name.is_empty() && !name.contains(['/', '\\'])) {
        remove(&folder.join(name))?;
    }
    remove(&marker)?;
    // Files of a user stay, and the folder with them.
    let _ = std::fs::remove_dir(folder);
    Ok(())
}

/// Removes a folder of temporary files.
pub fn sweep(workshop: &Path) -> Result<(), WriteError> {
    match std::fs::remove_dir_all(workshop) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(system(workshop)(e)),
        _ => Ok(()),
    }
}

/// Locks a file until the result is dropped or the program ends; `None` if another program holds the lock.
pub fn lock(path: &Path) -> Result<Option<File>, WriteError> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(system(parent))?;
    }
    let file = File::options().create(true).append(true).open(path).map_err(system(path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(e)) => Err(system(path)(e)),
    }
}

#[cfg(unix)]
fn open_to_others(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    // Best effort: a folder that stays private is complete all the same.
    let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755));
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) {}

//! The one door by which bytes go out: whole files, or none.
//!
//! In: names and bytes. Out: a folder. Everything is first written beside the target and then moved in place; an existing
//! folder is touched only where lifering wrote it, and only the files it wrote.

use lifering_base::Message;
use lifering_readers::library_errors;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use thiserror::Error;

/// Lists the files lifering wrote into a folder, itself included.
const MARKER: &str = ".lifering";

/// A folder could not be written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The folder holds something else.
    #[error("{}: exists and was not written by lifering; nothing was changed\n  help: choose another --out, or empty it yourself", .0.display())]
    Foreign(PathBuf),
    /// The system said no.
    #[error("{}: cannot be written: {why}", path.display())]
    System {
        /// Where.
        path: PathBuf,
        /// What the system said.
        why: Message,
    },
}

fn system(path: &Path) -> impl FnOnce(std::io::Error) -> WriteError + '_ {
    |e| WriteError::System { path: path.to_path_buf(), why: library_errors::system(&e) }
}

/// Says whether a folder may be written, before any work is done.
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

/// A folder in the making, beside the one it is to become. Files may be added from several threads, each as soon as it is
/// made; nothing is seen of them before [`Staging::finish`].
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
    beside: tempfile::TempDir,
    names: Mutex<Vec<String>>,
}

impl Staging {
    /// Prepares to write `folder`; refuses where something else is in it.
    pub fn new(folder: &Path) -> Result<Self, WriteError> {
        let parent = match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        Self::within(folder, &parent)
    }

    /// The same, made in `workshop`, a folder of the same disk.
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

    /// Adds a file that is made of parts.
    #[expect(clippy::disallowed_methods, reason = "the one door out")]
    pub fn add_parts(&self, name: &str, parts: &[&[u8]]) -> Result<(), WriteError> {
        // What is told is where the file was to be: where it is made has another name on every run.
        let told = self.folder.join(name);
        let mut file = File::create(self.beside.path().join(name)).map_err(system(&told))?;
        for part in parts {
            file.write_all(part).map_err(system(&told))?;
        }
        self.names.lock().unwrap_or_else(PoisonError::into_inner).push(name.to_owned());
        Ok(())
    }

    /// Moves everything in place, and away what lifering wrote there before and does not write now.
    #[expect(clippy::disallowed_methods, reason = "the one door out")]
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
            // A temporary folder is private to its owner; the result is an ordinary one.
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

/// Says that a folder is lifering's own, before there is anything in it: it may be taken up again after a stop. `names` are
/// the files that will be written; what else lifering wrote there before is removed.
#[expect(clippy::disallowed_methods, reason = "the one door out")]
pub fn claim(folder: &Path, names: &[&str]) -> Result<(), WriteError> {
    check_folder(folder)?;
    std::fs::create_dir_all(folder).map_err(system(folder))?;
    let marker = folder.join(MARKER);
    let old = std::fs::read_to_string(&marker).unwrap_or_default();
    for stale in old.lines().filter(|name| !names.contains(name) && !name.contains(['/', '\\'])) {
        remove(&folder.join(stale))?;
    }
    // In place: there is nothing else yet that it could be made beside, and half of it says as much as the whole.
    std::fs::write(&marker, names.join("\n") + "\n").map_err(system(&marker))
}

/// Writes one file whole: made in `workshop`, a folder of the same disk, and moved in place over what is there.
#[expect(clippy::disallowed_methods, reason = "the one door out")]
pub fn put(path: &Path, bytes: &[u8], workshop: &Path) -> Result<(), WriteError> {
    for folder in path.parent().into_iter().chain([workshop]) {
        std::fs::create_dir_all(folder).map_err(system(folder))?;
    }
    // Unlike a temporary file, this one is as open to others as any.
    let room = tempfile::Builder::new().prefix(".lifering-").tempdir_in(workshop).map_err(system(workshop))?;
    let made = room.path().join("file");
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

/// Removes what lifering wrote into a folder, and the folder where nothing else is in it.
#[expect(clippy::disallowed_methods, reason = "the one door out knows what went through it")]
pub fn remove_folder(folder: &Path) -> Result<(), WriteError> {
    let marker = folder.join(MARKER);
    let Ok(names) = std::fs::read_to_string(&marker) else { return Ok(()) };
    for name in names.lines().filter(|name| !name.is_empty() && !name.contains(['/', '\\'])) {
        remove(&folder.join(name))?;
    }
    remove(&marker)?;
    // What a user put there stays, and the folder with it.
    let _ = std::fs::remove_dir(folder);
    Ok(())
}

/// Removes a folder that only ever held files in the making.
pub fn sweep(workshop: &Path) -> Result<(), WriteError> {
    match std::fs::remove_dir_all(workshop) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(system(workshop)(e)),
        _ => Ok(()),
    }
}

/// Takes a file for oneself until the result is dropped or the program ends, however it ends; `None` where another
/// program has it.
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
    // Best effort: a folder that stays private is still complete.
    let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755));
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) {}

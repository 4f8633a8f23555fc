//! Files that appear together: made in a temporary folder, then moved in place.

use super::error::{WriteError, system};
use super::marker::{MARKER, Marker, standing};
use super::origin::Origin;
use super::workshop::TEMPORARY;
use lifering_base::hash::sha256_of;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A temporary folder for the files of a folder of results. Files may be added from several threads; they become visible
/// with [`Staging::finish`].
#[derive(Debug)]
pub struct Staging {
    /// The target.
    folder: PathBuf,
    origin: Origin,
    beside: tempfile::TempDir,
    /// Files added so far, with their SHA-256 if the folder is one that people go on working with.
    names: Mutex<Vec<(String, Option<String>)>>,
}

impl Staging {
    /// Prepares to write `folder`, with the temporary folder inside `workshop`, a folder on the same disk.
    pub(super) fn new(folder: &Path, origin: Origin, workshop: &Path) -> Result<Self, WriteError> {
        standing(folder)?;
        let beside = tempfile::Builder::new().prefix(TEMPORARY).tempdir_in(workshop).map_err(system(folder))?;
        Ok(Self { folder: folder.to_path_buf(), origin, beside, names: Mutex::default() })
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
        let hash = self.origin.command.is_worked_with().then(|| sha256_of(parts));
        self.names.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), hash));
        Ok(())
    }

    /// Moves everything in place, and removes files of an earlier run that were not written again.
    #[expect(clippy::disallowed_methods, reason = "the module that writes")]
    pub fn finish(self) -> Result<(), WriteError> {
        let Self { folder, origin, beside, names } = self;
        let names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
        let marker = beside.path().join(MARKER);
        // Looked at again: a folder that came meanwhile is nothing that this run may replace.
        let old = match standing(&folder)? {
            Some(old) if !old.origin.may_be_replaced_by(&origin) => {
                return Err(WriteError::Standing { folder, holds: old.origin });
            }
            old => old,
        };
        let hashes = names.iter().filter_map(|(name, hash)| Some((name.clone(), hash.clone()?))).collect();
        let new = Marker::new(origin, names.into_iter().map(|(name, _)| name).collect()).with_hashes(hashes);
        let own = |name: &str| old.iter().flat_map(Marker::files).any(|own| own == name);
        let foreign = new.files().find(|name| !own(name) && folder.join(name).exists());
        let edited = old.as_ref().and_then(|old| old.edited(&folder)).or(foreign).map(str::to_owned);
        if let Some(file) = edited {
            return Err(WriteError::Edited { folder, file });
        }
        std::fs::write(&marker, new.to_bytes()).map_err(system(&folder))?;
        if !folder.exists() {
            let staged = beside.keep();
            // A temporary folder is private to its owner; the result is an ordinary folder.
            open_to_others(&staged);
            return std::fs::rename(&staged, &folder).map_err(system(&folder));
        }
        for name in new.files().chain([MARKER]) {
            let target = folder.join(name);
            std::fs::rename(beside.path().join(name), &target).map_err(system(&target))?;
        }
        for stale in old.iter().flat_map(Marker::files).filter(|name| new.files().all(|kept| kept != *name)) {
            let path = folder.join(stale);
            if path.is_file() {
                std::fs::remove_file(&path).map_err(system(&path))?;
            }
        }
        Ok(())
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

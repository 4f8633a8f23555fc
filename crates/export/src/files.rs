//! Writing to the disk: the only module that does. Files are complete or absent.
//!
//! In: names and bytes, and the purpose of the run. Out: a folder. Everything is first written to a temporary folder and
//! then moved in place; a folder is replaced only by the same command on the same region, and in it only what lifering
//! wrote.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `origin` | what a folder was made for: command and region |
//! | `marker` | the file that says so, and lists what was written |
//! | `out_folder` | the folder of a run, checked and locked |
//! | `workshop` | the lock, the temporary files, and the sweeping of what interrupted runs leave |
//! | `staging` | files that appear together |
//! | `names` | names that every file system takes |
//! | `error` | why a folder could not be written, or may not be |

mod error;
mod marker;
mod names;
mod origin;
mod out_folder;
mod staging;
mod workshop;

pub use error::WriteError;
pub use names::folder_name;
pub use origin::{Command, Origin, Purpose, Subject, region_inputs, resolved};
pub use out_folder::OutFolder;
pub use staging::Staging;

use error::system;
use marker::{MARKER, standing};
use std::path::Path;
use workshop::TEMPORARY;

/// Writes one file: first into `workshop`, a folder on the same disk, then moved over the target.
#[expect(clippy::disallowed_methods, reason = "the module that writes")]
pub fn put(path: &Path, bytes: &[u8], workshop: &Path) -> Result<(), WriteError> {
    for folder in path.parent().into_iter().chain([workshop]) {
        std::fs::create_dir_all(folder).map_err(system(folder))?;
    }
    // A temporary file would be private to its owner; one in a temporary folder is an ordinary file.
    let private = tempfile::Builder::new().prefix(TEMPORARY).tempdir_in(workshop).map_err(system(workshop))?;
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
pub fn remove_folder(folder: &Path) -> Result<(), WriteError> {
    // A folder of somebody else stays.
    let Ok(Some(marker)) = standing(folder) else { return Ok(()) };
    for name in marker.files() {
        remove(&folder.join(name))?;
    }
    remove(&folder.join(MARKER))?;
    // Files of a user stay, and the folder with them.
    let _ = std::fs::remove_dir(folder);
    Ok(())
}

//! Input files as a proposal records them: by relative path and hash.

use super::ProposalError;
use lifering_base::error::{InputError, Place};
use lifering_base::hash::sha256_hex;
use lifering_base::message;
use lifering_readers::source::read_file;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path, PathBuf};

/// An input file with its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileRecord {
    /// Path with `/`, relative to the folder of proposal.json (of a layer: to the folder of the region).
    pub file: String,
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub sha256: String,
}

impl FileRecord {
    /// The record of a file, its path relative to `folder`.
    pub fn of(path: &Path, bytes: &[u8], folder: &Path) -> Self {
        Self { file: relative(path, folder), sha256: sha256_hex(bytes) }
    }

    /// Reads the file again, its path relative to `folder`.
    ///
    /// # Errors
    /// The file cannot be read, or its hash has changed.
    pub fn read(&self, folder: &Path) -> Result<(PathBuf, Vec<u8>), ProposalError> {
        let path = folder.join(&self.file);
        let bytes = read_file(&path, &message!("message.made_from_it"))?;
        let now = sha256_hex(&bytes);
        if now != self.sha256 {
            let place = Place::file(&path.display().to_string()).field("sha256");
            let error = InputError::wrong(place, now, self.sha256.clone());
            return Err(error.with_help(message!("message.has_changed")).into());
        }
        Ok((path, bytes))
    }
}

/// The path relative to a folder, with `/`; absolute if the two have no component in common (drives of Windows).
pub fn relative(path: &Path, folder: &Path) -> String {
    // Fails for an empty path only: that is the current folder as it is.
    let absolute = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_path_buf());
    let (path, folder) = (normalised(&absolute(path)), normalised(&absolute(folder)));
    let common = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return path.display().to_string();
    }
    let up = folder.components().skip(common).map(|_| "..".to_owned());
    let down = path.components().skip(common).map(|c| c.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// The path without `.` and `..`.
fn normalised(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

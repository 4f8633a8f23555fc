//! Why a folder could not be written, or may not be.

use super::origin::Origin;
use lifering_base::{Message, message};
use lifering_readers::library_errors;
use std::fmt;
use std::path::{Path, PathBuf};

/// A folder could not be written; nothing in it was changed.
#[derive(Debug)]
pub enum WriteError {
    /// The folder holds files that lifering did not write.
    Foreign(PathBuf),
    /// The folder holds results of another command or another region.
    Standing {
        /// The folder.
        folder: PathBuf,
        /// What it holds.
        holds: Origin,
    },
    /// The folder holds what the run reads.
    Input {
        /// The folder.
        folder: PathBuf,
        /// The input.
        input: PathBuf,
        /// What the folder holds; `None` if lifering did not write it.
        holds: Option<Origin>,
    },
    /// A file of the folder was changed since it was written, or is none that lifering wrote.
    Edited {
        /// The folder.
        folder: PathBuf,
        /// Name of the file.
        file: String,
    },
    /// The folder lies in the folder of a batch.
    InsideBatch {
        /// The folder.
        folder: PathBuf,
        /// The batch's.
        batch: PathBuf,
    },
    /// Another run is writing into the folder.
    Busy {
        /// The folder.
        folder: PathBuf,
        /// Process id of the other run; `None` if it is not known yet.
        holder: Option<u32>,
    },
    /// The operating system refused.
    System {
        /// File or folder.
        path: PathBuf,
        /// Message of the operating system.
        why: Message,
    },
}

impl WriteError {
    /// The error as a message of the catalogue.
    pub fn message(&self) -> Message {
        let shown = |path: &Path| path.display().to_string();
        match self {
            Self::Foreign(folder) => message!("folder.foreign", folder = shown(folder)),
            Self::Standing { folder, holds } => {
                message!("folder.standing", folder = shown(folder), holds = holds.message())
            }
            Self::Input { folder, input, holds: None } => {
                message!("folder.input", folder = shown(folder), input = shown(input))
            }
            Self::Input { folder, input, holds: Some(holds) } => {
                message!("folder.input_standing", folder = shown(folder), input = shown(input), holds = holds.message())
            }
            Self::Edited { folder, file } => message!("folder.edited", folder = shown(folder), file = file),
            Self::InsideBatch { folder, batch } => {
                message!("folder.inside_batch", folder = shown(folder), batch = shown(batch))
            }
            Self::Busy { folder, holder: Some(id) } => message!("folder.busy", folder = shown(folder), id = *id),
            Self::Busy { folder, holder: None } => message!("folder.busy_unknown", folder = shown(folder)),
            Self::System { path, why } => message!("folder.not_written", path = shown(path), why = why.clone()),
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for WriteError {}

/// Wraps an error of the operating system on a path.
pub(super) fn system(path: &Path) -> impl FnOnce(std::io::Error) -> WriteError + '_ {
    |e| WriteError::System { path: path.to_path_buf(), why: library_errors::system(&e) }
}

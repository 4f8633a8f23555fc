//! What a proposal was made from: files by relative path and hash, so that it can be checked later.

use super::ProposalError;
use super::region::record::RegionRecord;
use lifering_base::error::{InputError, Place};
use lifering_base::hash::sha256_hex;
use lifering_base::message;
use lifering_readers::source::read_file;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path, PathBuf};

/// A file, by its path from the folder of proposal.json, and its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileRecord {
    /// Relative path with `/`.
    pub file: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// Where people, sites and times come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// Travel times from a file.
    Matrix(MatrixRecord),
    /// A region folder.
    Region(RegionRecord),
}

/// The files of a matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MatrixRecord {
    /// Travel times.
    pub costs: FileRecord,
    /// People.
    pub demand: Option<FileRecord>,
    /// Costs and capacities of candidates.
    pub candidates: Option<FileRecord>,
    /// Candidates that role already.
    pub existing: Vec<String>,
    /// Of the existing ones, those that may be given up.
    pub movable: Vec<String>,
    /// What giving one up takes from the budget.
    #[serde(default)]
    pub move_cost: f64,
}

impl FileRecord {
    /// A file as seen from `folder`.
    pub fn of(path: &Path, bytes: &[u8], folder: &Path) -> Self {
        Self { file: relative(path, folder), sha256: sha256_hex(bytes) }
    }

    /// Reads the file again; refuses it where it has changed.
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

/// The way from a folder to a path; absolute where they have nothing in common.
pub fn relative(path: &Path, folder: &Path) -> String {
    let whole = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_path_buf());
    let (path, folder) = (tidy(&whole(path)), tidy(&whole(folder)));
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
fn tidy(path: &Path) -> PathBuf {
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

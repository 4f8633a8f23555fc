//! The one door by which bytes come in: a folder on disk, or the region embedded in the program.

use super::error::InputError;
use super::said::{Said, said};
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The illustrative region that ships with the program (`--demo`).
static DEMO: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/data/regions/jinjiang-demo");

/// Where a region's files come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A folder, with the name of the settings file in it.
    Folder {
        /// The folder that every path in the settings is relative to.
        folder: PathBuf,
        /// Usually `region.toml`.
        settings: String,
    },
    /// `data/regions/jinjiang-demo`, compiled in.
    Demo,
}

impl Source {
    /// A folder with `region.toml`, or the settings file itself.
    pub fn at(path: &Path) -> Self {
        if path.extension().is_some_and(|e| e == "toml") {
            let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
            let settings = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            Self::Folder { folder, settings }
        } else {
            Self::Folder { folder: path.to_path_buf(), settings: "region.toml".to_owned() }
        }
    }

    /// Name of the settings file.
    pub fn settings_file(&self) -> &str {
        match self {
            Self::Folder { settings, .. } => settings,
            Self::Demo => "region.toml",
        }
    }

    /// The region as the user named it.
    pub fn label(&self) -> String {
        match self {
            Self::Folder { folder, settings } if settings == "region.toml" => folder.display().to_string(),
            Self::Folder { folder, settings } => folder.join(settings).display().to_string(),
            Self::Demo => "--demo".to_owned(),
        }
    }

    /// All bytes of one file of the region.
    pub fn read(&self, file: &str, help: &Said) -> Result<Vec<u8>, InputError> {
        match self {
            Self::Folder { folder, .. } => read_file(&folder.join(file), help),
            Self::Demo => DEMO.get_file(file).map(|f| f.contents().to_vec()).ok_or_else(|| InputError::Unreadable {
                path: PathBuf::from(file),
                why: said!("said.not_embedded"),
                help: help.clone(),
            }),
        }
    }
}

/// All bytes of a file on disk. A folder, a pipe or a device is refused: reading one may never end.
#[expect(clippy::disallowed_methods, reason = "the one door in")]
pub fn read_file(path: &Path, help: &Said) -> Result<Vec<u8>, InputError> {
    let unreadable = |why: Said| InputError::Unreadable { path: path.to_path_buf(), why, help: help.clone() };
    let about = std::fs::metadata(path).map_err(|e| unreadable(e.to_string().into()))?;
    if about.is_dir() {
        return Err(unreadable(said!("said.is_folder")));
    }
    if !about.is_file() {
        return Err(unreadable(said!("said.is_device")));
    }
    std::fs::read(path).map_err(|e| unreadable(e.to_string().into()))
}

/// SHA-256 of some bytes, in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

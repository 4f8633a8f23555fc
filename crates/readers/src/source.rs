//! The one door by which bytes come in: a folder on disk, or the region embedded in the program.

use crate::library;
use include_dir::{Dir, include_dir};
use lifering_base::error::InputError;
use lifering_base::hash::sha256_hex;
use lifering_base::{Message, message};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The illustrative region that ships with the program (`--demo`).
static DEMO: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/demo");

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
    /// Another source, whose reads are noted.
    Noted(Box<Source>, Reads),
}

/// What was read of a source, by file: the hash of its bytes, `None` where it could not be read. What a region is made of
/// depends on these files alone, those that are not there included.
#[derive(Clone, Debug, Default)]
pub struct Reads(Arc<Mutex<BTreeMap<String, Option<String>>>>);

impl Reads {
    /// By file, as region.toml names it.
    pub fn list(&self) -> BTreeMap<String, Option<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, file: &str, bytes: Option<&[u8]>) {
        let mut hash = bytes.map(sha256_hex);
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A file that changes while it is read twice is like none that will be read later.
        if let Some(before) = reads.get(file).filter(|before| **before != hash) {
            hash = before.as_ref().or(hash.as_ref()).map(|hash| format!("changed {hash}"));
        }
        reads.insert(file.to_owned(), hash);
    }
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

    /// What the region's results are called: the last part of its folder, `demo` for the embedded one.
    pub fn name(&self) -> String {
        let Some(folder) = self.folder() else { return "demo".to_owned() };
        let absolute = std::path::absolute(folder).ok();
        let name = absolute.as_deref().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
        name.unwrap_or_else(|| "region".to_owned())
    }

    /// Name of the settings file.
    pub fn settings_file(&self) -> &str {
        match self {
            Self::Folder { settings, .. } => settings,
            Self::Demo => "region.toml",
            Self::Noted(of, _) => of.settings_file(),
        }
    }

    /// The region as the user named it.
    pub fn label(&self) -> String {
        match self {
            Self::Folder { folder, settings } if settings == "region.toml" => folder.display().to_string(),
            Self::Folder { folder, settings } => folder.join(settings).display().to_string(),
            Self::Demo => "--demo".to_owned(),
            Self::Noted(of, _) => of.label(),
        }
    }

    /// The folder that every path in the settings is relative to; `None` for the embedded region.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder { folder, .. } => Some(folder),
            Self::Demo => None,
            Self::Noted(of, _) => of.folder(),
        }
    }

    /// The same, with every read noted.
    #[must_use]
    pub fn noted(self, reads: Reads) -> Self {
        Self::Noted(Box::new(self), reads)
    }

    /// Bytes of a file of the region, without reading it; `None` where there is no such file.
    pub fn size(&self, file: &str) -> Option<u64> {
        match self.folder() {
            Some(folder) => std::fs::metadata(folder.join(file)).ok().map(|about| about.len()),
            None => DEMO.get_file(file).map(|f| f.contents().len() as u64),
        }
    }

    /// All bytes of one file of the region.
    pub fn read(&self, file: &str, help: &Message) -> Result<Vec<u8>, InputError> {
        match self {
            Self::Folder { folder, .. } => read_file(&folder.join(file), help),
            Self::Demo => DEMO.get_file(file).map(|f| f.contents().to_vec()).ok_or_else(|| InputError::Unreadable {
                path: PathBuf::from(file),
                why: message!("message.not_embedded"),
                help: help.clone(),
            }),
            Self::Noted(of, reads) => {
                let bytes = of.read(file, help);
                reads.note(file, bytes.as_deref().ok());
                bytes
            }
        }
    }
}

/// All bytes of a file on disk. A folder, a pipe or a device is refused: reading one may never end.
#[expect(clippy::disallowed_methods, reason = "the one door in")]
pub fn read_file(path: &Path, help: &Message) -> Result<Vec<u8>, InputError> {
    let unreadable = |why: Message| InputError::Unreadable { path: path.to_path_buf(), why, help: help.clone() };
    let about = std::fs::metadata(path).map_err(|e| unreadable(library::system(&e)))?;
    if about.is_dir() {
        return Err(unreadable(message!("message.is_folder")));
    }
    if !about.is_file() {
        return Err(unreadable(message!("message.is_device")));
    }
    std::fs::read(path).map_err(|e| unreadable(library::system(&e)))
}

/// Whether a standard is named by its file, not by its id.
pub fn names_a_file(standard: &str) -> bool {
    Path::new(standard).extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"))
}

//! The one door by which bytes come in: a folder on disk, files in memory, or the region embedded in the program.

use crate::library_errors;
use crate::memory_table::MemoryTable;
use include_dir::{Dir, include_dir};
use lifering_base::error::InputError;
use lifering_base::hash::sha256_hex;
use lifering_base::{Message, message};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The illustrative region that is compiled in.
static DEMO: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/demo");

/// The name of the settings file unless another one is given.
const SETTINGS_FILE: &str = "region.toml";

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
    /// Files in memory.
    Memory(Arc<MemoryFiles>),
    /// `data/regions/jinjiang-demo`, compiled in.
    Demo,
    /// Another source whose reads are recorded.
    Noted(Box<Source>, Reads),
}

/// The files of a region in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    /// Name of the region's results.
    pub name: String,
    /// The region as the user named it, for reports.
    pub label: String,
    /// Content by the name that region.toml gives the file, `region.toml` among them.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Layers that the program holds itself, by the name that region.toml gives them.
    pub tables: BTreeMap<String, Arc<dyn MemoryTable>>,
    /// Where files are looked for that are not in memory; `None`: nowhere.
    pub beneath: Option<PathBuf>,
}

/// The files that were read of a source, with the hash of their bytes; `None` for one that could not be read. A region
/// depends on these files alone, missing ones included.
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
            Self::Folder { folder: path.to_path_buf(), settings: SETTINGS_FILE.to_owned() }
        }
    }

    /// Files in memory, by the names that region.toml gives them. `label` is the region as the user named it.
    pub fn memory(name: &str, label: &str, files: BTreeMap<String, Vec<u8>>) -> Self {
        let (name, label) = (name.to_owned(), label.to_owned());
        Self::Memory(Arc::new(MemoryFiles { name, label, files, ..MemoryFiles::default() }))
    }

    /// Name of the region's results: the last part of its folder, `demo` for the embedded one.
    pub fn name(&self) -> String {
        let folder = match self {
            Self::Folder { folder, .. } => folder,
            Self::Memory(memory) => return memory.name.clone(),
            Self::Demo => return "demo".to_owned(),
            Self::Noted(of, _) => return of.name(),
        };
        let absolute = std::path::absolute(folder).ok();
        let name = absolute.as_deref().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
        name.unwrap_or_else(|| "region".to_owned())
    }

    /// Name of the settings file.
    pub fn settings_file(&self) -> &str {
        match self {
            Self::Folder { settings, .. } => settings,
            Self::Memory(_) | Self::Demo => SETTINGS_FILE,
            Self::Noted(of, _) => of.settings_file(),
        }
    }

    /// The region as the user named it.
    pub fn label(&self) -> String {
        match self {
            Self::Folder { folder, settings } if settings == SETTINGS_FILE => folder.display().to_string(),
            Self::Folder { folder, settings } => folder.join(settings).display().to_string(),
            Self::Memory(memory) => memory.label.clone(),
            Self::Demo => "--demo".to_owned(),
            Self::Noted(of, _) => of.label(),
        }
    }

    /// The folder that every path in the settings is relative to; `None` for a region that is not on disk.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder { folder, .. } => Some(folder),
            Self::Memory(_) | Self::Demo => None,
            Self::Noted(of, _) => of.folder(),
        }
    }

    /// Whether a path of the settings leads out of the folder. Paths in memory lead nowhere.
    pub fn is_elsewhere(&self, file: &str) -> bool {
        let mut depth = 0_i32;
        let leaves = Path::new(file).components().any(|part| {
            match part {
                Component::Normal(_) => depth += 1,
                Component::ParentDir => depth -= 1,
                Component::CurDir => {}
                Component::RootDir | Component::Prefix(_) => return true,
            }
            depth < 0
        });
        // A program that hands layers over names each of its files itself.
        matches!(self, Self::Folder { .. }) && leaves
    }

    /// The source with every read recorded in `reads`.
    #[must_use]
    pub fn noted(self, reads: Reads) -> Self {
        Self::Noted(Box::new(self), reads)
    }

    /// Size of a file of the region in bytes, without reading it; `None` if there is no such file.
    pub fn size(&self, file: &str) -> Option<u64> {
        match self {
            Self::Folder { folder, .. } => std::fs::metadata(folder.join(file)).ok().map(|about| about.len()),
            Self::Memory(memory) => {
                let held = memory.files.get(file).map(|bytes| bytes.len() as u64);
                let held = held.or_else(|| memory.tables.get(file).map(|table| table.size()));
                held.or_else(|| std::fs::metadata(memory.beneath.as_ref()?.join(file)).ok().map(|about| about.len()))
            }
            Self::Demo => DEMO.get_file(file).map(|f| f.contents().len() as u64),
            Self::Noted(of, _) => of.size(file),
        }
    }

    /// A layer that the program holds itself; `None` if it is a file.
    pub fn table(&self, file: &str) -> Option<&dyn MemoryTable> {
        match self {
            Self::Memory(memory) => memory.tables.get(file).map(AsRef::as_ref),
            Self::Noted(of, _) => of.table(file),
            Self::Folder { .. } | Self::Demo => None,
        }
    }

    /// All bytes of one file of the region. `help` is the advice if it cannot be read.
    pub fn read(&self, file: &str, help: &Message) -> Result<Vec<u8>, InputError> {
        let missing = |why: Message| InputError::Unreadable { path: PathBuf::from(file), why, help: help.clone() };
        match self {
            Self::Folder { folder, .. } => read_file(&folder.join(file), help),
            Self::Memory(memory) => match (memory.files.get(file), &memory.beneath) {
                (Some(bytes), _) => Ok(bytes.clone()),
                (None, Some(folder)) => read_file(&folder.join(file), help),
                (None, None) => Err(missing(library_errors::system(&ErrorKind::NotFound.into()))),
            },
            Self::Demo => DEMO
                .get_file(file)
                .map(|f| f.contents().to_vec())
                .ok_or_else(|| missing(message!("message.not_embedded"))),
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
    let about = std::fs::metadata(path).map_err(|e| unreadable(library_errors::system(&e)))?;
    if about.is_dir() {
        return Err(unreadable(message!("message.is_folder")));
    }
    if !about.is_file() {
        return Err(unreadable(message!("message.is_device")));
    }
    std::fs::read(path).map_err(|e| unreadable(library_errors::system(&e)))
}

/// Whether a standard is named by its file, not by its id.
pub fn names_a_file(standard: &str) -> bool {
    Path::new(standard).extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"))
}

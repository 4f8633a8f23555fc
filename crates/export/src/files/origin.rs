//! What a folder of results was made for: by which command, and of what.
//!
//! In: a command and the paths that it is about. Out: an [`Origin`], which the marker of the folder keeps. A folder is
//! replaced by the same command on the same region alone.

use lifering_base::{Message, message};
use lifering_readers::layer_sizes;
use lifering_readers::source::Source;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path, PathBuf};

/// A command that writes a folder of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// `audit`, and each region of a `batch`.
    Audit,
    /// `batch`: the folder around the regions.
    Batch,
    /// `check --fix`.
    Cleaned,
    /// `diff`.
    Difference,
    /// `failures`.
    Failures,
    /// `import`.
    Import,
    /// `check --places`.
    Places,
    /// `propose`.
    Proposal,
    /// `audit` under several scenarios: the folder of the table over them.
    Scenarios,
    /// `sensitivity`.
    Sensitivity,
    /// `what-if`.
    WhatIf,
}

impl Command {
    /// Whether people go on working with what the command writes: a region, whose region.toml is meant to be completed.
    pub(super) fn is_worked_with(self) -> bool {
        matches!(self, Self::Cleaned | Self::Import)
    }
}

/// One thing that a run is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A region, a folder of results or a file on the disk.
    Path(PathBuf),
    /// Something that is not on the disk: the embedded region.
    Named(String),
}

impl Subject {
    /// A region.
    pub fn region(source: &Source) -> Self {
        match source.folder() {
            Some(_) => Self::Path(PathBuf::from(source.label())),
            None => Self::Named(source.label()),
        }
    }

    /// The subject as an [`Origin`] keeps it. `base` is the folder that holds the folder of results.
    fn seen_from(&self, base: &Path) -> String {
        match self {
            Self::Path(path) => relative(base, &resolved(path)),
            Self::Named(name) => name.clone(),
        }
    }
}

/// A run that writes a folder: its command, what it is about, what it reads.
#[derive(Clone, Debug)]
pub struct Purpose {
    /// The command.
    pub command: Command,
    /// The region; the regions of a batch; both sides of a comparison.
    pub of: Vec<Subject>,
    /// Files and folders that the run reads: it may not write into a folder that holds one of them.
    pub inputs: Vec<PathBuf>,
    /// Process id by which other runs are told who writes into the folder.
    pub process: u32,
}

impl Purpose {
    /// The purpose of a run of this process, about nothing yet.
    pub fn new(command: Command) -> Self {
        Self { command, of: Vec::new(), inputs: Vec::new(), process: std::process::id() }
    }

    /// The purpose of a run on one region.
    pub fn of_region(command: Command, source: &Source) -> Self {
        Self { of: vec![Subject::region(source)], inputs: region_inputs(source), ..Self::new(command) }
    }

    /// The same with more files that the run reads.
    #[must_use]
    pub fn reading<'a>(mut self, more: impl IntoIterator<Item = &'a PathBuf>) -> Self {
        self.inputs.extend(more.into_iter().cloned());
        self
    }

    /// The origin of what the run writes into a folder inside `base`.
    pub(super) fn origin(&self, base: &Path) -> Origin {
        Origin::new(self.command, &self.of, base)
    }
}

/// The folder of a region, its settings and the files of its layers, which may lie elsewhere. Settings that cannot be read
/// name no files: the run itself reports them.
pub fn region_inputs(source: &Source) -> Vec<PathBuf> {
    let Some(folder) = source.folder() else { return Vec::new() };
    let here = || if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let layers = layer_sizes(source).unwrap_or_default();
    let files = layers.into_iter().map(|(file, ..)| here().join(file));
    [here().to_path_buf(), here().join(source.settings_file())].into_iter().chain(files).collect()
}

/// By which command a folder was written, and of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The command.
    pub command: Command,
    /// Regions or inputs: paths relative to the folder that holds the folder of results, with `/` between their parts. So a
    /// folder may be moved together with its region, and nothing in it depends on the machine.
    pub of: Vec<String>,
}

impl Origin {
    pub(super) fn new(command: Command, of: &[Subject], base: &Path) -> Self {
        Self { command, of: of.iter().map(|subject| subject.seen_from(base)).collect() }
    }

    /// Whether a run for `other` may replace this: the same command, and something in common of what both are about.
    pub fn may_be_replaced_by(&self, other: &Self) -> bool {
        self.command == other.command && self.of.iter().any(|subject| other.of.contains(subject))
    }

    /// The folder's content in words: "an audit of regions/north".
    pub fn message(&self) -> Message {
        const NAMED: usize = 3;
        let mut of = self.of.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        if self.of.len() > NAMED {
            of.push_str(", …");
        }
        match self.command {
            Command::Audit => message!("folder.holds_audit", of = of),
            Command::Batch => message!("folder.holds_batch", of = of),
            Command::Cleaned => message!("folder.holds_cleaned", of = of),
            Command::Difference => message!("folder.holds_difference", of = of),
            Command::Import => message!("folder.holds_import", of = of),
            Command::Places => message!("folder.holds_places", of = of),
            Command::Proposal => message!("folder.holds_proposal", of = of),
            Command::Failures => message!("folder.holds_failures", of = of),
            Command::Scenarios => message!("folder.holds_scenarios", of = of),
            Command::Sensitivity => message!("folder.holds_sensitivity", of = of),
            Command::WhatIf => message!("folder.holds_what_if", of = of),
        }
    }
}

/// The path without links and dots, whether or not its last parts exist.
pub fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut known = absolute.as_path();
    let mut missing = Vec::new();
    loop {
        if let Ok(mut found) = known.canonicalize() {
            found.extend(missing.iter().rev());
            return found;
        }
        let (Some(parent), Some(name)) = (known.parent(), known.file_name()) else { return absolute };
        missing.push(name);
        known = parent;
    }
}

/// The way from one resolved path to another, with `/` between its parts; the other itself if there is none.
fn relative(from: &Path, to: &Path) -> String {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return to.display().to_string();
    }
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down = to.components().skip(shared).map(|part: Component<'_>| part.as_os_str().to_string_lossy().into_owned());
    let way: Vec<String> = up.chain(down).collect();
    if way.is_empty() { ".".to_owned() } else { way.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_folder_is_about_is_seen_from_beside_it() {
        let of = |path: &str| relative(Path::new("/work/out"), Path::new(path));
        assert_eq!(of("/work/regions/north"), "../regions/north");
        assert_eq!(of("/work/out/north"), "north");
        assert_eq!(of("/work/out"), ".");
        assert_eq!(of("/other"), "../../other");
    }

    #[test]
    fn the_same_command_on_something_in_common_may_replace() {
        let origin = |command, of: &[&str]| Origin { command, of: of.iter().map(|of| (*of).to_owned()).collect() };
        let old = origin(Command::Batch, &["a", "b"]);
        assert!(old.may_be_replaced_by(&origin(Command::Batch, &["b", "c"])));
        assert!(!old.may_be_replaced_by(&origin(Command::Batch, &["c"])));
        assert!(!old.may_be_replaced_by(&origin(Command::Audit, &["a"])));
    }
}

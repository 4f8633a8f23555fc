//! Why a region could not be read: every message names file, feature, field, what was found and what was wanted.

use std::fmt;
use std::path::PathBuf;
use thiserror::Error;

/// Where in the input something was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// File name, relative to the region folder.
    pub file: String,
    /// Position of the feature in the file, counted from 0.
    pub feature: Option<usize>,
    /// The feature's own id or name, where it has one.
    pub id: Option<String>,
    /// Field (property or key).
    pub field: Option<String>,
}

impl Place {
    /// The file as a whole.
    pub fn file(file: &str) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
    }

    /// One field of the file as a whole.
    #[must_use]
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(index) = self.feature {
            write!(f, ", feature {index}")?;
        }
        if let Some(id) = &self.id {
            write!(f, " (id {id})")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", field `{field}`")?;
        }
        Ok(())
    }
}

/// An input that stops the run (exit status 2).
#[derive(Debug, Error)]
pub enum InputError {
    /// A file could not be opened or read.
    #[error("{}: cannot be read: {why}\n  help: {help}", path.display())]
    Unreadable {
        /// The path as it was looked for.
        path: PathBuf,
        /// What the system said.
        why: String,
        /// What to do.
        help: String,
    },
    /// Something in a file is not what it must be.
    #[error("{place}: found {found}; wanted {wanted}{}", help.as_deref().map(|h| format!("\n  help: {h}")).unwrap_or_default())]
    Wrong {
        /// Where.
        place: Place,
        /// What stands there.
        found: String,
        /// What should stand there.
        wanted: String,
        /// What to do.
        help: Option<String>,
    },
    /// `--strict`: a warning counts as a refusal.
    #[error("--strict: {count} warning(s) refused, the first: {first}")]
    Strict {
        /// How many issues there are.
        count: usize,
        /// The first of them in words.
        first: String,
    },
}

impl InputError {
    /// Something in a file is not what it must be.
    pub fn wrong(place: Place, found: impl Into<String>, wanted: impl Into<String>) -> Self {
        Self::Wrong { place, found: found.into(), wanted: wanted.into(), help: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn with_help(mut self, advice: impl Into<String>) -> Self {
        if let Self::Wrong { help, .. } = &mut self {
            *help = Some(advice.into());
        }
        self
    }
}

/// The known word most like `word`, where one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(word, k), k))
        .filter(|(distance, k)| *distance <= 1 + k.chars().count().max(word.chars().count()) / 3)
        .min()
        .map(|(_, k)| k)
}

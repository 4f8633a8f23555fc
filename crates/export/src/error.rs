//! Errors of this crate: a file that could not be made, or not be written.

use super::files::WriteError;
use std::fmt::Display;
use thiserror::Error;

/// A file could not be made; nothing was written.
#[derive(Debug, Error)]
#[error("{file} could not be made: {why}")]
pub struct RenderError {
    /// Name of the file.
    file: &'static str,
    /// Message of the library that failed.
    why: String,
}

impl RenderError {
    /// Wraps the error of a library that failed to make `file`.
    pub fn of<E: Display>(file: &'static str) -> impl FnOnce(E) -> Self {
        move |e| Self { file, why: e.to_string() }
    }
}

/// Results could not be written.
#[derive(Debug, Error)]
pub enum OutputError {
    /// A file could not be made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A file or folder could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

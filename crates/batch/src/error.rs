//! Errors of a whole batch; a failure of one region is a `Fault` in batch.json instead.

use lifering_base::error::InputError;
use lifering_export::OutputError;
use lifering_export::files::WriteError;
use thiserror::Error;

/// A batch could not be run at all, or the files over all regions could not be written.
#[derive(Debug, Error)]
pub enum BatchError {
    /// The list of regions is wrong.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The folder, or a file over all regions, could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file over all regions could not be made.
    #[error(transparent)]
    Output(#[from] OutputError),
}

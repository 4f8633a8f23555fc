//! Errors of a whole batch; a failure of one region is a `Fault` in batch.json instead.

use lifering_base::Message;
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
    /// The process of the batch could not be started, could not run the batch, or died beside all regions.
    #[error("{0}")]
    Process(Message),
}

impl BatchError {
    /// The error as a message of the catalogue.
    pub fn message(&self) -> Message {
        match self {
            Self::Input(error) => error.message(),
            Self::Write(error) | Self::Output(OutputError::Write(error)) => error.message(),
            Self::Output(error) => error.to_string().into(),
            Self::Process(why) => why.clone(),
        }
    }
}

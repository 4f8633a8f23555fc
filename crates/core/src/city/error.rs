//! Why a city could not be opened.

use lifering_base::error::InputError;
use lifering_base::frame::FrameError;
use lifering_base::{Message, message};
use thiserror::Error;

/// A city could not be opened (exit status 2).
#[derive(Debug, Error)]
pub enum CityError {
    /// A file, a record or a setting of the region.
    #[error(transparent)]
    Input(InputError),
    /// The region lies where no plane can be laid.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// There is no area to audit.
    #[error("{}", message!("refusal.no_area", name = region).text("en"))]
    NoArea {
        /// The region as it was named.
        region: String,
    },
    /// [`Progress::stopped`](crate::run::Progress::stopped) turned true.
    #[error("{}", message!("message.stopped").text("en"))]
    Stopped,
}

impl From<InputError> for CityError {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Stopped => Self::Stopped,
            error => Self::Input(error),
        }
    }
}

impl CityError {
    /// The error as a message of the catalogue.
    pub fn message(&self) -> Message {
        match self {
            Self::Input(error) => error.message(),
            Self::Frame(error) => Message::from(error.to_string()),
            Self::NoArea { region } => message!("refusal.no_area", name = region),
            Self::Stopped => message!("message.stopped"),
        }
    }
}

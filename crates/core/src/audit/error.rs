//! Why an audit could not be done.

use crate::city::CityError;
use lifering_base::error::InputError;
use lifering_base::frame::FrameError;
use lifering_base::{Message, message};
use lifering_standards::JudgeError;
use lifering_standards::catalogue::{Standard, StandardError};
use thiserror::Error;

/// An audit could not be done (exit status 2).
#[derive(Debug, Error)]
pub enum AuditError {
    /// The city could not be opened, or the run was stopped.
    #[error(transparent)]
    City(#[from] CityError),
    /// The standard could not be read.
    #[error(transparent)]
    Standard(#[from] StandardError),
    /// A defect of lifering: what was measured does not answer what the rules ask.
    #[error(transparent)]
    Judge(#[from] JudgeError),
    /// The standard states no population for a year.
    #[error("{}", self.message().text("en"))]
    Year {
        /// The year.
        year: u16,
        /// The standard's id.
        standard: String,
        /// Years for which it states one.
        stated: Vec<u16>,
    },
}

impl From<InputError> for AuditError {
    fn from(error: InputError) -> Self {
        Self::City(error.into())
    }
}

impl From<FrameError> for AuditError {
    fn from(error: FrameError) -> Self {
        Self::City(error.into())
    }
}

impl AuditError {
    /// The people that a standard counts for a year; `None` if it states none but has limits for that year.
    ///
    /// # Errors
    /// It says nothing of that year.
    pub fn people_of(standard: &Standard, year: u16) -> Result<Option<f64>, Self> {
        let years = standard.years();
        if years.contains(&year) {
            return Ok(standard.population.get(&year).map(|people| *people as f64));
        }
        Err(Self::Year { year, standard: standard.id.clone(), stated: years.into_iter().collect() })
    }

    /// Whether the run was told to stop.
    pub fn is_stopped(&self) -> bool {
        matches!(self, Self::City(CityError::Stopped))
    }

    /// The error as a message of the catalogue.
    pub fn message(&self) -> Message {
        match self {
            Self::City(error) => error.message(),
            Self::Standard(error) => Message::from(error.to_string()),
            Self::Judge(error) => Message::from(error.to_string()),
            Self::Year { year, standard, stated } if stated.is_empty() => {
                message!("message.year_none", id = standard, year = *year)
            }
            Self::Year { year, standard, stated } => {
                let years: Vec<String> = stated.iter().map(ToString::to_string).collect();
                message!("message.year_others", id = standard, year = *year, years = years.join(", "))
            }
        }
    }
}

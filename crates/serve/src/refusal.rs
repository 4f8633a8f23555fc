//! Why a question has no answer, as the page hears it.

use super::answers::Words;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lifering_base::Message;
use lifering_base::error::InputError;
use lifering_core::audit::AuditError;
use lifering_core::city::CityError;
use lifering_core::plan::ProposalError;
use serde::Serialize;

/// A refusal: a status and a sentence.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: StatusCode,
    body: RefusalBody,
}

/// What is sent of it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct RefusalBody {
    /// A sentence in both languages.
    pub message: Words,
    /// The edit at fault, by its position from 0; `null`: none alone.
    pub edit: Option<usize>,
}

impl Refusal {
    /// A refusal with a sentence of the catalogue.
    pub fn new(status: StatusCode, message: &Message) -> Self {
        Self { status, body: RefusalBody { message: Words::of(message), edit: None } }
    }

    /// The question does not fit the region.
    pub fn unfit(message: &Message) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// A later question of the same kind came.
    pub fn superseded() -> Self {
        Self::new(StatusCode::CONFLICT, &lifering_base::message!("serve.superseded"))
    }

    /// Something failed that should not.
    pub fn defect(what: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, &lifering_base::message!("serve.defect", what = what))
    }

    /// The edit at fault, by its position from 0.
    pub fn edit(&self) -> Option<usize> {
        self.body.edit
    }

    /// Its sentence.
    pub fn message(&self) -> &Words {
        &self.body.message
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<InputError> for Refusal {
    fn from(error: InputError) -> Self {
        let edit = match &error {
            InputError::Wrong { place, .. } => place.edit.and_then(|number| number.checked_sub(1)),
            _ => None,
        };
        let refusal = Self::unfit(&error.message());
        Self { body: RefusalBody { edit, ..refusal.body }, ..refusal }
    }
}

impl From<AuditError> for Refusal {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::City(CityError::Stopped) => Self::superseded(),
            AuditError::City(CityError::Input(error)) => error.into(),
            other => Self::unfit(&other.message()),
        }
    }
}

impl From<ProposalError> for Refusal {
    fn from(error: ProposalError) -> Self {
        match error {
            ProposalError::Audit(error) => error.into(),
            other => Self::unfit(&other.message(&|parameter| parameter.name().to_owned())),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

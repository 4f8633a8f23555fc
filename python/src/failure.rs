//! What went wrong, as `lifering.Error`.
//!
//! In: the errors of the library. Out: an exception with the message in a language, and file, feature, field, what was found,
//! what was wanted and what to do as attributes.

use arrow_schema::ArrowError;
use lifering_base::error::InputError;
use lifering_base::{Message, t};
use lifering_core::audit::AuditError;
use lifering_core::city::CityError;
use lifering_core::plan::{Parameter, ProposalError};
use lifering_export::scenario::ScenarioError;
use lifering_export::{OutputError, RenderError};
use lifering_report::diff::DiffError;
use lifering_report::text::refusal::refusal;
use lifering_report::text::{Lang, lacking};
use lifering_standards::catalogue::{StandardError, embedded, nearest};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// An error of the library, on its way to Python.
#[derive(Debug)]
pub enum Failure {
    /// The region, a scenario, a file.
    Input(InputError),
    /// The plane of the region, or its area.
    City(CityError),
    /// The standard, or the audit.
    Audit(AuditError),
    /// The proposal, or a rule that cannot be tried.
    Proposal(ProposalError),
    /// A file could not be made or written.
    Output(OutputError),
    /// Two audits that cannot be compared.
    Diff(DiffError),
    /// Something that no person can have caused by their data.
    Other(String),
    /// Ctrl-C.
    Stopped,
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Stopped => Self::Stopped,
            error => Self::Input(error),
        }
    }
}

impl From<CityError> for Failure {
    fn from(error: CityError) -> Self {
        match error {
            CityError::Stopped => Self::Stopped,
            CityError::Input(error) => error.into(),
            error => Self::City(error),
        }
    }
}

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::City(error) => error.into(),
            error => Self::Audit(error),
        }
    }
}

impl From<ProposalError> for Failure {
    fn from(error: ProposalError) -> Self {
        match error {
            ProposalError::Input(error) => error.into(),
            ProposalError::Audit(error) => error.into(),
            error => Self::Proposal(error),
        }
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        Self::Output(error)
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        Self::Output(error.into())
    }
}

impl From<DiffError> for Failure {
    fn from(error: DiffError) -> Self {
        match error {
            DiffError::Input(error) => error.into(),
            error @ DiffError::Frame(_) => Self::Diff(error),
        }
    }
}

impl From<ScenarioError> for Failure {
    fn from(error: ScenarioError) -> Self {
        match error {
            ScenarioError::Output(error) => error.into(),
            ScenarioError::Diff(error) => error.into(),
        }
    }
}

impl From<ArrowError> for Failure {
    fn from(error: ArrowError) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Other(error.to_string())
    }
}

/// The attributes of `lifering.Error` beside its message.
#[derive(Default)]
struct Attributes {
    file: Option<String>,
    line: Option<u32>,
    feature: Option<usize>,
    id: Option<String>,
    field: Option<String>,
    found: Option<String>,
    wanted: Option<String>,
    help: Option<String>,
}

impl Failure {
    /// The exception, in a language.
    pub fn raise(self, py: Python<'_>, lang: Lang) -> PyErr {
        if matches!(self, Self::Stopped) {
            return PyKeyboardInterrupt::new_err(());
        }
        exception(py, &self.text(lang), self.attributes(lang)).unwrap_or_else(|error| error)
    }

    fn text(&self, lang: Lang) -> String {
        let locale = lang.locale();
        match self {
            Self::Input(error) => error.text(locale),
            Self::City(error) => error.message().text(locale),
            Self::Audit(AuditError::Standard(error)) => standard_text(error, lang),
            Self::Audit(error) => error.message().text(locale),
            Self::Proposal(ProposalError::Siting(error)) => refusal(error, lang),
            Self::Proposal(ProposalError::Unjudged { rule, missing, standard }) => {
                let what = lacking(missing, standard, lang);
                t!("refusal.unjudged", locale = locale, rule = rule, what = what).into_owned()
            }
            Self::Proposal(error) => error.message(&named).text(locale),
            Self::Output(OutputError::Write(error)) => error.message().text(locale),
            Self::Output(error) => error.to_string(),
            Self::Diff(error) => error.to_string(),
            Self::Other(text) => text.clone(),
            Self::Stopped => InputError::Stopped.text(locale),
        }
    }

    fn attributes(&self, lang: Lang) -> Attributes {
        let text = |message: &Message| Some(message.text(lang.locale()));
        match self {
            Self::Input(InputError::Unreadable { path, why, help }) => Attributes {
                file: Some(path.display().to_string()),
                found: text(why),
                help: text(help),
                ..Attributes::default()
            },
            Self::Input(
                InputError::Wrong { place, found, wanted, .. } | InputError::Strict { place, found, wanted, .. },
            ) => {
                let help = if let Self::Input(InputError::Wrong { help, .. }) = self { help.as_ref() } else { None };
                Attributes {
                    file: Some(place.file.clone()),
                    line: place.line.or(place.row.as_ref().map(|row| row.number)),
                    feature: place.feature,
                    id: place.id.clone(),
                    field: place.field.clone(),
                    found: text(found),
                    wanted: text(wanted),
                    help: help.and_then(text),
                }
            }
            Self::Proposal(ProposalError::Asked { parameter, found, wanted, help }) => Attributes {
                field: Some(named(*parameter)),
                found: text(found),
                wanted: text(wanted),
                help: help.as_ref().and_then(text),
                ..Attributes::default()
            },
            _ => Attributes::default(),
        }
    }
}

/// What Python calls a parameter.
fn named(parameter: Parameter) -> String {
    parameter.name().to_owned()
}

fn standard_text(error: &StandardError, lang: Lang) -> String {
    let StandardError::Unknown { id } = error else { return error.to_string() };
    let known: Vec<&str> = embedded().iter().map(|(id, _)| *id).collect();
    let all = known.join(", ");
    let text = match nearest::nearest(id, known.iter().copied()) {
        Some(near) => t!("refusal.like_standard", locale = lang.locale(), id = id, near = near, all = all),
        None => t!("refusal.no_standard", locale = lang.locale(), id = id, all = all),
    };
    text.into_owned()
}

fn exception(py: Python<'_>, text: &str, of: Attributes) -> PyResult<PyErr> {
    let class = py.import("lifering._error")?.getattr("Error")?;
    let attributes = PyDict::new(py);
    attributes.set_item("file", of.file)?;
    attributes.set_item("line", of.line)?;
    attributes.set_item("feature", of.feature)?;
    attributes.set_item("id", of.id)?;
    attributes.set_item("field", of.field)?;
    attributes.set_item("found", of.found)?;
    attributes.set_item("wanted", of.wanted)?;
    attributes.set_item("help", of.help)?;
    Ok(PyErr::from_value(class.call((text,), Some(&attributes))?))
}

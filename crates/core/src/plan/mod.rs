//! The pipeline of `propose`: from files to an instance, its answer, and what the answer time_source on the ground.
//!
//! In: a matrix of travel times, or a region; and an [`SitingRequest`]. Out: a [`Proposal`]. The solvers themselves are in
//! [`lifering_siting`] and know no files.

pub mod request;
pub mod matrix;
pub mod record;
pub mod region;
pub mod gains;
pub mod verify;
pub mod what_if;

use crate::audit::AuditError;
use crate::city::{City, CityError};
use lifering_base::error::InputError;
use lifering_base::{Message, message};
use lifering_siting::{Certificate, Instance, Options, SitingError, solve};
use lifering_standards::catalogue::{Standard, StandardError};
use lifering_standards::evidence::Missing;
use lifering_standards::{AccessQuery, JudgeError, MeasurementDefect, Unmeasured};
use record::Origin;
use request::SitingRequest;
use std::path::Path;
use thiserror::Error;

/// A proposal could not be made (exit status 2).
#[derive(Debug, Error)]
pub enum ProposalError {
    /// A file of a matrix or of a recorded proposal.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A question without an answer.
    #[error(transparent)]
    Siting(#[from] SitingError),
    /// The city could not be opened or audited.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The rule to plan for cannot be judged.
    #[error("rule {rule} cannot be judged, for something is missing: {missing:?}")]
    Unjudged {
        /// The rule's id.
        rule: String,
        /// What is missing.
        missing: Missing,
        /// The standard, for the names of what is missing.
        standard: Box<Standard>,
    },
    /// A parameter of the region_options.
    #[error("{}", self.message(&|parameter| parameter.name().to_owned()).text("en"))]
    Asked {
        /// The parameter.
        parameter: Parameter,
        /// What it says.
        found: Message,
        /// What it should say.
        wanted: Message,
        /// What to do.
        help: Option<Message>,
    },
}

impl From<CityError> for ProposalError {
    fn from(error: CityError) -> Self {
        Self::Audit(error.into())
    }
}

impl From<StandardError> for ProposalError {
    fn from(error: StandardError) -> Self {
        Self::Audit(error.into())
    }
}

impl ProposalError {
    /// A rule that cannot be judged cannot be planned for.
    pub(crate) fn unjudged(study: Study<'_>, rule: usize, missing: Missing) -> Self {
        let standard = Box::new(study.standard.clone());
        Self::Unjudged { rule: standard.rules[rule].id.to_string(), missing, standard }
    }

    /// The same for a measurement that failed.
    pub(crate) fn unmeasured(study: Study<'_>, rule: usize, query: &AccessQuery, why: Unmeasured) -> Self {
        match why {
            Unmeasured::Missing(missing) => Self::unjudged(study, rule, missing),
            Unmeasured::Never => Self::Audit(AuditError::Judge(JudgeError {
                rule: study.standard.rules[rule].id.clone(),
                impedance: query.impedance.clone(),
                sites: query.sites.len(),
                defect: MeasurementDefect::Never,
            })),
        }
    }

    /// A parameter that is not what it must be.
    pub fn asked(parameter: Parameter, found: impl Into<Message>, wanted: impl Into<Message>) -> Self {
        Self::Asked { parameter, found: found.into(), wanted: wanted.into(), help: None }
    }

    /// The error as a message of the catalogue; a parameter by the name that `named` gives it.
    pub fn message(&self, named: &dyn Fn(Parameter) -> String) -> Message {
        match self {
            Self::Input(error) => error.message(),
            Self::Audit(error) => error.message(),
            Self::Asked { parameter, found, wanted, help } => {
                let (found, wanted) = (found.clone(), wanted.clone());
                let what = named(*parameter);
                match help {
                    Some(help) => {
                        let wrong = message!("message.wrong", place = what, found = found, wanted = wanted);
                        message!("message.help", message = wrong, help = help.clone())
                    }
                    None => message!("refusal.asked", what = what, found = found, wanted = wanted),
                }
            }
            Self::Siting(_) | Self::Unjudged { .. } => Message::from(self.to_string()),
        }
    }
}

/// What a proposal is asked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// Share of time an ambulance is busy.
    Busy,
    /// The same, or the number of ambulances a site.
    BusyAndPerSite,
    /// Sites of a matrix that role.
    Existing,
    /// The goal.
    Goal,
    /// The limit in minutes.
    Minutes,
    /// The limit in minutes, or a rule.
    MinutesAndRule,
    /// Sites that may be closed.
    Movable,
    /// Places that a candidate must be near.
    Near,
    /// Units without candidates.
    NotIn,
    /// The rule to plan for.
    Rule,
    /// The number of new sites.
    Sites,
    /// Metres between candidates.
    Spacing,
}

impl Parameter {
    /// The name in the library's own messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::BusyAndPerSite => "busy and per_site",
            Self::Existing => "existing",
            Self::Goal => "goal",
            Self::Minutes => "minutes",
            Self::MinutesAndRule => "minutes, rule",
            Self::Movable => "movable",
            Self::Near => "near",
            Self::NotIn => "not_in",
            Self::Rule => "rule",
            Self::Sites => "sites",
            Self::Spacing => "spacing",
        }
    }
}

/// A city and the standard that it is planned by.
#[derive(Clone, Copy, Debug)]
pub struct Study<'a> {
    /// The city as it roles.
    pub city: &'a City,
    /// The standard, with the planner's own limit as a rule if one is asked.
    pub standard: &'a Standard,
}

/// Why people cannot be helped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// There is no road within reach, or no time is given for them.
    NoRoad,
    /// There are roads, but no site can reach them.
    CutOff,
    /// Every site is too far.
    TooFar,
    /// Only one site could ever reach them, and two are wanted.
    OneSite,
}

/// A place whose people no site can help.
#[derive(Clone, Copy, Debug)]
pub struct Uncoverable {
    /// Position in the instance's demand.
    pub demand: usize,
    /// Why.
    pub reason: Reason,
}

/// A proposal and everything it was made from.
#[derive(Debug)]
pub struct Proposal {
    /// What was asked.
    pub request: SitingRequest,
    /// Where people, sites and times come from.
    pub origin: Origin,
    /// People, sites and the times between them.
    pub instance: Instance,
    /// The answer.
    pub certificate: Certificate,
    /// What each proposed site does, in the order of building.
    pub sites: Vec<gains::Gain>,
    /// Who cannot be helped.
    pub uncoverable: Vec<Uncoverable>,
    /// What it time_source on the ground, for a region.
    pub ground: Option<region::OnTheGround>,
}

/// Answers a question on travel times from files; `folder` is where proposal.json will be.
pub fn propose_matrix(
    files: &matrix::MatrixFiles,
    request: SitingRequest,
    options: &Options<'_>,
    folder: &Path,
) -> Result<Proposal, ProposalError> {
    let question = request.question(0.0)?;
    let (instance, origin) = matrix::read(files, &request, folder)?;
    let certificate = solve(&instance, &question, options)?;
    let sites = gains::gains(&instance, &certificate);
    let uncoverable = gains::uncoverable(&instance, &certificate);
    Ok(Proposal { request, origin: Origin::Matrix(origin), instance, certificate, sites, uncoverable, ground: None })
}

//! The pipeline of `propose`: from files to a location problem, its solution, and the effect of the solution.
//!
//! In: a matrix of travel times or a region, and a [`SitingRequest`]. Out: a [`Proposal`]. The solvers are in
//! [`lifering_siting`] and read no files.

pub mod request;
pub mod matrix;
pub mod record;
pub mod region;
pub mod file_record;
pub mod gains;
pub mod verify;
pub mod trial;
pub mod failures;
pub mod sensitivity;

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
    /// A file of a matrix or a recorded proposal could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The location problem is malformed, infeasible or unsolved.
    #[error(transparent)]
    Siting(#[from] SitingError),
    /// The city could not be opened or audited.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The rule to plan for needs data that the region lacks.
    #[error("rule {rule} cannot be judged, for something is missing: {missing:?}")]
    Unjudged {
        /// Id of the rule.
        rule: String,
        /// Layer, attribute, level or period that is missing.
        missing: Missing,
        /// The standard of the rule, for the titles of missing data in messages.
        standard: Box<Standard>,
    },
    /// A parameter of the request or its options has a bad value.
    #[error("{}", self.message(&|parameter| parameter.name().to_owned()).text("en"))]
    Asked {
        /// The parameter at fault.
        parameter: Parameter,
        /// Its value, or the defect.
        found: Message,
        /// Values that are accepted.
        wanted: Message,
        /// How to correct it; `None` if `wanted` is enough.
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
    /// The error for a rule that cannot be judged.
    pub(crate) fn unjudged(study: Study<'_>, rule: usize, missing: Missing) -> Self {
        let standard = Box::new(study.standard.clone());
        Self::Unjudged { rule: standard.rules[rule].id.to_string(), missing, standard }
    }

    /// The error for a query of a rule that could not be measured.
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

    /// The error for a bad value of a parameter, without further help.
    pub fn asked(parameter: Parameter, found: impl Into<Message>, wanted: impl Into<Message>) -> Self {
        Self::Asked { parameter, found: found.into(), wanted: wanted.into(), help: None }
    }

    /// The error as a message of the catalogue; `named` returns the name of a parameter in the caller's interface.
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

/// A parameter of a siting request, for errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// Ambulances of a new station.
    Ambulances,
    /// Most money.
    Budget,
    /// Share of time an ambulance is busy.
    Busy,
    /// Share of time an ambulance is busy, or ambulances per site.
    BusyAndPerSite,
    /// Existing sites of a matrix.
    Existing,
    /// Goal of the location problem.
    Goal,
    /// Response limit, minutes.
    Minutes,
    /// Response limit or a rule, of which only one is allowed.
    MinutesAndRule,
    /// Existing sites that may be closed.
    Movable,
    /// Sites that candidates must be near.
    Near,
    /// Units without candidates.
    NotIn,
    /// The rule to plan for.
    Rule,
    /// Most new sites.
    Sites,
    /// Least distance between candidates at road junctions, metres.
    Spacing,
    /// Time for measuring and searching, seconds.
    TimeLimit,
}

impl Parameter {
    /// Name in messages of the library.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ambulances => "ambulances",
            Self::Budget => "budget",
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
            Self::TimeLimit => "time_limit",
        }
    }
}

/// A city and the standard it is planned by.
#[derive(Clone, Copy, Debug)]
pub struct Study<'a> {
    /// The city with its existing sites.
    pub city: &'a City,
    /// Its standard; a limit of the request itself is the last rule ([`region::objective::ASKED_RULE`]).
    pub standard: &'a Standard,
}

/// Why no site can serve a demand point (definitions.md section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No road within reach of access; in a matrix, no travel time to the place.
    NoRoad,
    /// Roads within reach that no site can reach.
    CutOff,
    /// Every site is beyond the limit.
    TooFar,
    /// One site only is within the limit, and the goal backup needs two.
    OneSite,
}

/// A demand point that no set of sites can serve.
#[derive(Clone, Copy, Debug)]
pub struct Uncoverable {
    /// Position in the demand of the instance.
    pub demand: usize,
    /// Why not.
    pub reason: Reason,
}

/// A solved location problem with its inputs and, for a region, its effect.
#[derive(Debug)]
pub struct Proposal {
    /// The request; for a rule, with the limit of the rule.
    pub request: SitingRequest,
    /// Files and options that demand, sites and times come from.
    pub origin: Origin,
    /// Demand, sites and the times between them.
    pub instance: Instance,
    /// The solution with its proof.
    pub certificate: Certificate,
    /// The contribution of each new site, in the order of building.
    pub sites: Vec<gains::Gain>,
    /// Demand points that no set of sites can serve.
    pub uncoverable: Vec<Uncoverable>,
    /// Audits and sites on the map; `None` for a matrix.
    pub ground: Option<region::OnTheGround>,
}

/// Solves a location problem whose travel times are in files; `folder` is the folder of proposal.json.
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

//! The pipeline of `propose`: from files to an instance, its answer, and what the answer means on the ground.
//!
//! In: a matrix of travel times, or a region; and an [`Ask`]. Out: a [`Proposal`]. The solvers themselves are in
//! [`lifering_siting`] and know no files.

pub mod ask;
pub mod matrix;
pub mod record;
pub mod region;
pub mod tell;
pub mod verify;
pub mod what_if;

use crate::audit::{AuditError, Prepared};
use ask::Ask;
use lifering_base::Message;
use lifering_base::error::InputError;
use lifering_base::frame::FrameError;
use lifering_siting::{Certificate, Instance, Options, SitingError, solve};
use lifering_standards::catalogue::{Standard, StandardError};
use lifering_standards::evidence::Missing;
use record::Origin;
use std::path::Path;
use thiserror::Error;

/// The proposal could not be made (exit status 2).
#[derive(Debug, Error)]
pub enum ProposalError {
    /// Something in a file.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A question without an answer.
    #[error(transparent)]
    Propose(#[from] SitingError),
    /// The region could not be judged as it is.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// Something in the standard.
    #[error(transparent)]
    Standard(#[from] StandardError),
    /// The region lies where no plane can be laid.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The rule to better cannot be judged.
    #[error("--rule {rule}: it cannot be judged, for something is missing: {missing:?}")]
    Unjudged {
        /// Its id.
        rule: String,
        /// What is missing.
        missing: Missing,
        /// The standard, for the names of what is missing.
        standard: Box<Standard>,
    },
    /// Something in what is asked.
    #[error("{what}: found {found}; wanted {wanted}")]
    Asked {
        /// Which option.
        what: &'static str,
        /// What it says.
        found: Message,
        /// What it should say.
        wanted: Message,
    },
}

impl ProposalError {
    /// A rule that cannot be judged cannot be bettered.
    pub fn unjudged(prepared: &Prepared, rule: usize, missing: Missing) -> Self {
        let standard = Box::new(prepared.standard.clone());
        Self::Unjudged { rule: standard.rules[rule].id.to_string(), missing, standard }
    }

    /// Something in what is asked.
    pub fn asked(what: &'static str, found: impl Into<Message>, wanted: impl Into<Message>) -> Self {
        Self::Asked { what, found: found.into(), wanted: wanted.into() }
    }
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
pub struct Helpless {
    /// Position in the instance's demand.
    pub demand: usize,
    /// Why.
    pub reason: Reason,
}

/// A proposal and everything it was made from.
#[derive(Debug)]
pub struct Proposal {
    /// What was asked.
    pub ask: Ask,
    /// Where people, sites and times come from.
    pub origin: Origin,
    /// People, sites and the times between them.
    pub instance: Instance,
    /// The answer.
    pub certificate: Certificate,
    /// What each proposed site does, in the order of building.
    pub sites: Vec<tell::Gain>,
    /// Who cannot be helped.
    pub helpless: Vec<Helpless>,
    /// What it means on the ground, for a region.
    pub ground: Option<region::OnTheGround>,
}

/// Answers a question on travel times from files; `folder` is where proposal.json will be.
pub fn propose_matrix(
    files: &matrix::MatrixFiles,
    ask: Ask,
    options: &Options<'_>,
    folder: &Path,
) -> Result<Proposal, ProposalError> {
    let question = ask.question(0.0)?;
    let (instance, origin) = matrix::read(files, &ask, folder)?;
    let certificate = solve(&instance, &question, options)?;
    let sites = tell::gains(&instance, &certificate);
    let helpless = tell::helpless(&instance, &certificate);
    Ok(Proposal { ask, origin: Origin::Matrix(origin), instance, certificate, sites, helpless, ground: None })
}

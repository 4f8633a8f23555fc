//! `--verify`: the objective of a recorded proposal, computed again without the search.
//!
//! In: proposal.json and the inputs it names. Out: [`Verified`].

use super::ProposalError;
use super::matrix;
use super::record::Origin;
use super::region;
use super::request::SitingRequest;
use crate::city::City;
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use lifering_readers::library_errors;
use lifering_readers::scenario::{Edit, Scenario};
use lifering_readers::source::read_file;
use lifering_siting::{Goal, Instance, SiteStatus, verify};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

/// Schema of proposal.json that is read and written.
pub const SCHEMA: &str = "lifering-proposal/1";

/// Relative difference up to which two objectives are equal: rounding of sums.
const TOLERANCE: f64 = 1e-9;

/// Unreached people up to which everybody counts as reached: rounding of sums.
const LEFT_OUT_PEOPLE: f64 = 0.001;

/// The fields of proposal.json that are checked.
#[derive(Deserialize)]
struct Recorded {
    schema: String,
    question: SitingRequest,
    origin: Origin,
    objective: f64,
    standing: Vec<String>,
    uncoverable: RecordedPeople,
    #[serde(default)]
    scenario: Option<RecordedScenario>,
}

/// The scenario that the region was under: its edits as they were made, so that its file is not needed.
#[derive(Deserialize)]
struct RecordedScenario {
    name: String,
    edits: Vec<Edit>,
}

/// People of the uncoverable demand.
#[derive(Deserialize)]
struct RecordedPeople {
    people: f64,
}

/// The recorded and the recomputed objective.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verified {
    /// Objective in the file, in the unit of its goal.
    pub recorded: f64,
    /// Objective computed again, same unit; `None`: the sites do not reach everybody they should.
    pub objective: Option<f64>,
    /// For goals that must reach everybody: people no open site reaches (within the limit, if the goal has one), less
    /// the uncoverable ones of the file. 0 for other goals.
    pub left_out: f64,
}

impl Verified {
    /// Whether both objectives are equal and nobody coverable is left out.
    pub fn agrees(&self) -> bool {
        let same = |o: f64| (o - self.recorded).abs() <= TOLERANCE * o.abs().max(1.0);
        self.left_out <= LEFT_OUT_PEOPLE && self.objective.is_some_and(same)
    }
}

/// Computes the objective of the proposal in `file` again from the inputs it names.
///
/// # Errors
/// The file is no proposal of this schema, an input is missing or has changed, or a site is unknown.
pub fn check(file: &Path) -> Result<Verified, ProposalError> {
    let name = file.display().to_string();
    let bytes = read_file(file, &message!("message.proposal_json"))?;
    check_bytes(&name, &bytes, file.parent().unwrap_or(Path::new("")), None)
}

/// The same of proposal.json in memory, on the city that the proposal was made for, before any scenario. `name` is the
/// name for messages; `folder` is what paths of standards are relative to.
///
/// # Errors
/// As [`check`].
pub fn check_on(city: &City, name: &str, bytes: &[u8], folder: &Path) -> Result<Verified, ProposalError> {
    check_bytes(name, bytes, folder, Some(city))
}

fn check_bytes(name: &str, bytes: &[u8], folder: &Path, city: Option<&City>) -> Result<Verified, ProposalError> {
    let recorded: Recorded = serde_json::from_slice(bytes).map_err(|e| {
        let wanted = message!("message.proposal_of_schema", schema = SCHEMA);
        InputError::wrong(Place::file(name).line(e.line()), library_errors::json_part(&e), wanted)
    })?;
    if recorded.schema != SCHEMA {
        let place = Place::file(name).field("schema");
        return Err(InputError::wrong(place, recorded.schema, SCHEMA).into());
    }
    let (instance, slack) = match &recorded.origin {
        Origin::Matrix(origin) => (matrix::reread(origin, &recorded.question, folder)?, 0.0),
        Origin::Region(origin) => {
            let scenario =
                recorded.scenario.map(|recorded| Scenario::new(&recorded.name, recorded.edits)).transpose()?;
            region::verify::reread(origin, &recorded.question, scenario.as_ref(), folder, city)?
        }
    };
    let at: HashMap<&str, usize> = instance.sites().iter().enumerate().map(|(j, s)| (s.id.as_str(), j)).collect();
    let mut standing = Vec::with_capacity(recorded.standing.len());
    for id in &recorded.standing {
        let Some(site) = at.get(id.as_str()) else {
            let place = Place::file(name).field("standing");
            return Err(InputError::wrong(place, format!("\"{id}\""), message!("message.site_of_inputs")).into());
        };
        standing.push(*site);
    }
    let goal = recorded.question.goal(slack)?;
    let objective = verify(&instance, &goal, &standing)?;
    let reaches_all = matches!(goal, Goal::ReachAll { .. } | Goal::Mean | Goal::Worst);
    let left_out = if reaches_all { unreached(&instance, &goal, &standing) - recorded.uncoverable.people } else { 0.0 };
    Ok(Verified { recorded: recorded.objective, objective, left_out })
}

/// People no open site reaches, within the limit if the goal has one.
fn unreached(instance: &Instance, goal: &Goal, standing: &[usize]) -> f64 {
    let open = |site: usize| instance.sites()[site].status == SiteStatus::Fixed || standing.contains(&site);
    let limit = goal.limit_ms();
    let reached = |demand: usize| {
        instance
            .sites_reaching(demand)
            .iter()
            .any(|entry| open(entry.other as usize) && limit.is_none_or(|l| entry.ms <= l))
    };
    let demand = instance.demand();
    (0..demand.len()).filter(|at| !reached(*at)).map(|at| demand[at].people).sum()
}

//! `--verify`: the objective of a proposal, worked out again without the search.

use super::ProposalError;
use super::matrix;
use super::record::Origin;
use super::region;
use super::request::SitingRequest;
use lifering_base::error::{InputError, Place};
use lifering_base::message;
use lifering_readers::library_errors;
use lifering_readers::source::read_file;
use lifering_siting::{Goal, Instance, SiteStatus, verify};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

/// The schema that is understood.
pub const SCHEMA: &str = "lifering-proposal/1";

/// Objectives nearer than this to each other, relatively, are the same number.
const TOLERANCE: f64 = 1e-9;

/// Fewer people than this left out are the rounding of sums.
const LEFT_OUT_PEOPLE: f64 = 0.001;

/// What proposal.json says that can be checked.
#[derive(Deserialize)]
struct Recorded {
    schema: String,
    question: SitingRequest,
    origin: Origin,
    objective: f64,
    standing: Vec<String>,
    uncoverable: RecordedPeople,
}

/// People whom nothing can help.
#[derive(Deserialize)]
struct RecordedPeople {
    people: f64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verified {
    /// As the file says.
    pub recorded: f64,
    /// As worked out again; `None`: the sites do not reach everybody whom they should.
    pub objective: Option<f64>,
    /// People whom no standing site reaches (in time, where the goal has a limit) beyond those who cannot be helped, for
    /// goals that must reach everybody.
    pub left_out: f64,
}

impl Verified {
    /// Whether the two are the same number.
    pub fn agrees(&self) -> bool {
        let same = |o: f64| (o - self.recorded).abs() <= TOLERANCE * o.abs().max(1.0);
        self.left_out <= LEFT_OUT_PEOPLE && self.objective.is_some_and(same)
    }
}

/// Works out the objective of the proposal in `file` again, from the inputs it names.
pub fn check(file: &Path) -> Result<Verified, ProposalError> {
    let name = file.display().to_string();
    let bytes = read_file(file, &message!("message.proposal_json"))?;
    let recorded: Recorded = serde_json::from_slice(&bytes).map_err(|e| {
        let wanted = message!("message.proposal_of_schema", schema = SCHEMA);
        InputError::wrong(Place::file(&name).line(e.line()), library_errors::json_part(&e), wanted)
    })?;
    if recorded.schema != SCHEMA {
        let place = Place::file(&name).field("schema");
        return Err(InputError::wrong(place, recorded.schema, SCHEMA).into());
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    let (instance, slack) = match &recorded.origin {
        Origin::Matrix(origin) => (matrix::reread(origin, &recorded.question, folder)?, 0.0),
        Origin::Region(origin) => region::verify::reread(origin, &recorded.question, folder)?,
    };
    let at: HashMap<&str, usize> = instance.sites().iter().enumerate().map(|(j, s)| (s.id.as_str(), j)).collect();
    let mut standing = Vec::with_capacity(recorded.standing.len());
    for id in &recorded.standing {
        let Some(site) = at.get(id.as_str()) else {
            let place = Place::file(&name).field("standing");
            return Err(InputError::wrong(place, format!("\"{id}\""), message!("message.site_of_inputs")).into());
        };
        standing.push(*site);
    }
    let goal = recorded.question.goal(slack)?;
    let objective = verify(&instance, &goal, &standing)?;
    let all_count = matches!(goal, Goal::ReachAll { .. } | Goal::Mean | Goal::Worst);
    let left_out = if all_count { unreached(&instance, &goal, &standing) - recorded.uncoverable.people } else { 0.0 };
    Ok(Verified { recorded: recorded.objective, objective, left_out })
}

/// People whom no standing site reaches, in time where the goal has a limit.
fn unreached(instance: &Instance, goal: &Goal, standing: &[usize]) -> f64 {
    let roles = |site: usize| instance.sites()[site].status == SiteStatus::Fixed || standing.contains(&site);
    let limit = goal.limit_ms();
    let reached = |demand: usize| {
        instance.sites_reaching(demand).iter().any(|leg| roles(leg.other as usize) && limit.is_none_or(|l| leg.ms <= l))
    };
    let demand = instance.demand();
    (0..demand.len()).filter(|at| !reached(*at)).map(|at| demand[at].people).sum()
}

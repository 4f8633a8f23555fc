//! `--verify`: the objective of a proposal, worked out again without the search.

use super::ProposalError;
use super::ask::Ask;
use super::matrix;
use super::record::Origin;
use crate::inputs::error::{InputError, Place};
use crate::inputs::source::read_file;
use crate::propose::verify;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

/// The schema that is understood.
pub const SCHEMA: &str = "lifering-proposal/1";

/// Objectives nearer than this to each other, relatively, are the same number.
const TOLERANCE: f64 = 1e-9;

/// What proposal.json says that can be checked.
#[derive(Deserialize)]
struct Recorded {
    schema: String,
    question: Ask,
    origin: Origin,
    objective: f64,
    standing: Vec<String>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verified {
    /// As the file says.
    pub recorded: f64,
    /// As worked out again; `None`: the sites do not reach everybody whom they should.
    pub objective: Option<f64>,
}

impl Verified {
    /// Whether the two are the same number.
    pub fn agrees(&self) -> bool {
        self.objective.is_some_and(|o| (o - self.recorded).abs() <= TOLERANCE * o.abs().max(1.0))
    }
}

/// Works out the objective of the proposal in `file` again, from the inputs it names.
pub fn check(file: &Path) -> Result<Verified, ProposalError> {
    let name = file.display().to_string();
    let bytes = read_file(file, "proposal.json, as `lifering propose` wrote it")?;
    let recorded: Recorded = serde_json::from_slice(&bytes).map_err(|e| {
        let wanted = format!("a proposal of schema {SCHEMA}");
        InputError::wrong(Place::file(&format!("{name}, line {}", e.line())), e.to_string(), wanted)
    })?;
    if recorded.schema != SCHEMA {
        let place = Place::file(&name).field("schema");
        return Err(InputError::wrong(place, recorded.schema, SCHEMA).into());
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    let (instance, slack) = match &recorded.origin {
        Origin::Matrix(origin) => (matrix::reread(origin, &recorded.question, folder)?, 0.0),
    };
    let at: HashMap<&str, usize> = instance.sites().iter().enumerate().map(|(j, s)| (s.id.as_str(), j)).collect();
    let mut standing = Vec::with_capacity(recorded.standing.len());
    for id in &recorded.standing {
        let Some(site) = at.get(id.as_str()) else {
            let place = Place::file(&name).field("standing");
            return Err(InputError::wrong(place, format!("\"{id}\""), "a site of the inputs").into());
        };
        standing.push(*site);
    }
    let objective = verify(&instance, &recorded.question.goal(slack)?, &standing)?;
    Ok(Verified { recorded: recorded.objective, objective })
}

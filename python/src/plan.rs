//! Proposed sites and their proof.
//!
//! In: a request in JSON, with the names of the command's options. Out: [`Plan`]: proposal.json, its layers, its files, and the
//! objective worked out again without the search.

use crate::arrow::ArrowTable;
use crate::audit::{file_language, text};
use crate::failure::Failure;
use crate::region::language;
use crate::work::{Interrupt, work};
use lifering_core::city::City;
use lifering_core::plan::Proposal;
use lifering_core::plan::region::candidates::Policy;
use lifering_core::plan::region::options::{Provenance, RegionOptions};
use lifering_core::plan::region::problem::Movable;
use lifering_core::plan::region::propose;
use lifering_core::plan::request::{GoalName, SitingRequest};
use lifering_core::plan::verify::check_on;
use lifering_export::OutputError;
use lifering_export::files::{Command, OutFolder, Purpose};
use lifering_export::proposal::{json, render};
use lifering_report::layers::proposal_layers;
use lifering_report::proposal::ProposalReport;
use lifering_report::report::Report;
use lifering_report::text::Lang;
use lifering_siting::Options;
use lifering_standards::catalogue::Standard;
use pyo3::prelude::*;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the file that a proposal is recorded in.
const FILE: &str = "proposal.json";

/// What is asked of a proposal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRequest {
    goal: GoalName,
    rule: Option<String>,
    sites: Option<usize>,
    seconds: Option<f64>,
    budget: Option<f64>,
    busy: Option<f64>,
    per_site: Option<u32>,
    capacity: Option<f64>,
    spacing: f64,
    #[serde(default)]
    near: Vec<String>,
    near_m: f64,
    #[serde(default)]
    not_in: Vec<String>,
    reopen_cost: Option<f64>,
    #[serde(default)]
    movable: Vec<String>,
    move_cost: f64,
    kind: Option<String>,
    ambulances: f64,
    time_limit: Option<f64>,
}

impl PlanRequest {
    /// Id of the rule to better; `None` for a limit of its own.
    pub fn rule(&self) -> Option<&str> {
        self.rule.as_deref()
    }

    /// Looks for the sites. `named` is the standard as the caller named it.
    pub fn propose(
        self,
        city: &City,
        standard: &Standard,
        named: Option<String>,
        interrupt: &Interrupt,
    ) -> Result<Proposal, Failure> {
        let request = SitingRequest {
            goal: self.goal,
            limit_s: self.seconds,
            limit_m: None,
            new_sites: self.sites,
            budget: self.budget,
            busy: self.busy,
            per_site: self.per_site,
            capacity: self.capacity,
        };
        let options = RegionOptions {
            rule: self.rule,
            policy: Policy {
                spacing_m: self.spacing,
                near: self.near,
                near_m: self.near_m,
                not_in: self.not_in,
                excluded: None,
                reopen_cost: self.reopen_cost,
            },
            movable: Movable { ids: self.movable, cost: self.move_cost },
            kind: self.kind,
            ambulances: self.ambulances,
            provenance: Provenance { folder: PathBuf::new(), standard: named, exclude_file: None },
        };
        let solver = Options {
            time_limit: self.time_limit.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            ..Options::default()
        };
        Ok(propose(city, standard, &request, &options, &solver, interrupt)?)
    }
}

/// Proposed sites with their proof.
#[pyclass(frozen, module = "lifering._lifering")]
pub struct Plan {
    proposal: Proposal,
    report: ProposalReport,
    /// The city before any scenario.
    city: City,
    lang: Option<String>,
}

impl Plan {
    /// A proposal for a city, which is the one before any scenario.
    pub fn new(proposal: Proposal, city: City, lang: Option<String>) -> Self {
        let report = ProposalReport::new(&proposal);
        Self { proposal, report, city, lang }
    }

    fn language(&self) -> Lang {
        language(self.lang.as_deref())
    }
}

#[pymethods]
impl Plan {
    /// proposal.json.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        work(py, self.language(), |_| text(json(&self.report)?))
    }

    /// A layer by the name that it has in coverage.gpkg: `proposals` are the sites.
    fn layer(&self, py: Python<'_>, name: &str) -> PyResult<ArrowTable> {
        work(py, self.language(), |_| {
            let none = || Failure::Other(format!("no layer {name}"));
            let ground = self.proposal.ground.as_ref().ok_or_else(none)?;
            let (before, after) = (Report::new(&ground.before), Report::new(&ground.after));
            let layers = proposal_layers(ground, &self.report, &before, &after);
            Ok(ArrowTable::of(layers.iter().find(|layer| layer.name == name).ok_or_else(none)?)?)
        })
    }

    /// Works the objective out again, with one search a site and without the table of the search for sites: whether it agrees.
    fn verify(&self, py: Python<'_>) -> PyResult<bool> {
        work(py, self.language(), |_| {
            let bytes = json(&self.report)?;
            Ok(check_on(&self.city, FILE, &bytes, Path::new(""))?.agrees())
        })
    }

    /// Writes the files of the command into a folder.
    #[pyo3(signature = (folder, *, lang=None))]
    fn save(&self, py: Python<'_>, folder: &str, lang: Option<&str>) -> PyResult<()> {
        let files = file_language(lang.or(self.lang.as_deref()));
        work(py, self.language(), |_| {
            let purpose = Purpose::of_region(Command::Proposal, &self.city.records().source);
            let out = OutFolder::open(Path::new(folder), &purpose).map_err(OutputError::from)?;
            Ok(out.write(&render(&self.proposal, &self.report, files)?).map_err(OutputError::from)?)
        })
    }
}

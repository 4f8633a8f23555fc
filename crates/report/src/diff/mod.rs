//! Two audits of one region: what changed between them, and what may have caused it.
//!
//! In: two result folders (or their audit.json). Out: [`Diff`]: rules, units and zones that differ, and every input and
//! parameter that does. Everything is a pair of old and new, so that swapped arguments give the mirror image. Nothing is
//! measured again: what was written is compared.

pub mod batch;
pub mod causes;
pub mod changes;
pub mod report;
pub mod results;
pub mod units;
pub mod zones;

use crate::report::Report;
use causes::Causes;
use changes::{Change, RuleDiff, UnitDiff};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::FrameError;
use lifering_base::{Message, message};
use lifering_standards::ExitStatus;
use results::AuditResults;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use thiserror::Error;
use units::Reorganised;
use zones::ZonesDiff;

/// Version of the shape of diff.json.
pub const SCHEMA: &str = "lifering-diff/1";

/// The comparison could not be done (exit status 2).
#[derive(Debug, Error)]
pub enum DiffError {
    /// A file of one of the two is wrong, or the two cannot be compared.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The zones lie where no local plane can be laid.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// A value in the old and in the new audit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pair<T> {
    /// In the audit named first.
    pub old: T,
    /// In the audit named second.
    pub new: T,
}

impl<T> Pair<T> {
    /// Both, each by the same function.
    pub fn map<U>(self, of: impl Fn(T) -> U) -> Pair<U> {
        Pair { old: of(self.old), new: of(self.new) }
    }

    /// Both, borrowed.
    pub fn as_ref(&self) -> Pair<&T> {
        Pair { old: &self.old, new: &self.new }
    }
}

impl<T: PartialEq> Pair<T> {
    /// Whether the two are not the same.
    pub fn differs(&self) -> bool {
        self.old != self.new
    }
}

/// What changed between two audits of a region.
#[derive(Debug)]
pub struct Diff {
    /// The two audits.
    pub sides: Pair<Side>,
    /// Files, parameters, standard and program that differ.
    pub causes: Causes,
    /// Number of rules in both audits.
    pub rules_compared: usize,
    /// Rules that differ, in the order of the new standard, then those only the old one has.
    pub rules: Vec<RuleDiff>,
    /// Units that differ, in the order of the new audit, then those only the old one has.
    pub units: Vec<UnitDiff>,
    /// Units that were merged, split or renamed.
    pub reorganised: Vec<Reorganised>,
    /// Zones opened and closed.
    pub zones: ZonesDiff,
}

/// One of the two audits.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Side {
    /// Path of the folder or audit.json, as the command named it.
    pub path: String,
    /// SHA-256 of audit.json, in hexadecimal.
    pub sha256: String,
    /// Version of the program that wrote it.
    pub tool_version: String,
    /// Name of the region.
    pub region: String,
    /// Id of the standard.
    pub standard: String,
    /// Exit status of the audit: 0, 1 or 3.
    pub exit_status: u8,
    /// People inside the boundary.
    pub people: f64,
    /// Area inside the boundary, km².
    pub boundary_km2: f64,
    /// Whether the data is illustrative, not for planning.
    pub illustrative: bool,
}

/// Compares what two audits wrote. `renamed`: the region may have another name now.
pub fn diff(old: &AuditResults, new: &AuditResults, renamed: bool) -> Result<Diff, DiffError> {
    let sides = Pair { old, new };
    let reports = sides.map(|side| &side.report);
    let id = |side: &Report| side.standard.id.clone();
    same(sides, "standard.id", reports.map(id), &message!("message.same_standard"))?;
    if !renamed {
        let name = |side: &Report| side.region.name.clone();
        same(sides, "region.name", reports.map(name), &message!("message.same_region"))?;
    }
    let pairs = units::pair_units(sides)?;
    Ok(Diff {
        sides: sides.map(side),
        causes: causes::causes(sides),
        rules_compared: reports
            .old
            .rules
            .iter()
            .filter(|rule| reports.new.rules.iter().any(|r| r.id == rule.id))
            .count(),
        rules: changes::rules(reports),
        units: changes::units(reports, &pairs),
        reorganised: pairs.reorganised,
        zones: zones::zones(sides)?,
    })
}

/// Refuses two audits that differ in what makes them comparable.
fn same(sides: Pair<&AuditResults>, field: &str, found: Pair<String>, help: &Message) -> Result<(), InputError> {
    if !found.differs() {
        return Ok(());
    }
    let wanted = message!("message.as_in", value = found.old, file = &sides.old.path);
    Err(InputError::wrong(Place::file(&sides.new.path).field(field), found.new, wanted).with_help(help.clone()))
}

fn side(results: &AuditResults) -> Side {
    let report = &results.report;
    Side {
        path: results.path.clone(),
        sha256: results.sha256.clone(),
        tool_version: report.tool.version.clone(),
        region: report.region.name.clone(),
        standard: report.standard.id.clone(),
        exit_status: report.summary.exit_status,
        people: report.population.inside,
        boundary_km2: report.region.boundary_km2,
        illustrative: report.region.illustrative,
    }
}

impl Diff {
    /// Changes of all binding rules, for the region and for its units.
    fn binding(&self) -> impl Iterator<Item = Change> {
        let of_rules = self.rules.iter().filter(|rule| rule.binding).map(|rule| rule.change);
        let of_units = self.units.iter().flat_map(|unit| unit.rules.values());
        of_rules.chain(of_units.filter(|rule| rule.binding).map(|rule| rule.change))
    }

    /// Ids of the rules with such a change, for the region or for a unit.
    pub fn rules_that(&self, changed: impl Fn(Change) -> bool) -> Vec<String> {
        let of_rules = self.rules.iter().map(|rule| (&rule.id, rule.change));
        let of_units = self.units.iter().flat_map(|unit| unit.rules.iter().map(|(id, rule)| (id, rule.change)));
        let all: BTreeSet<&String> =
            of_rules.chain(of_units).filter(|(_, change)| changed(*change)).map(|(id, _)| id).collect();
        all.into_iter().cloned().collect()
    }

    /// Of binding rules, for the region and its units: 1 if any got worse; 3 if none did but some change is unclear; else 0.
    pub fn exit_status(&self) -> ExitStatus {
        ExitStatus::worst(self.binding().map(|change| match change {
            Change::Worse | Change::Mixed => ExitStatus::Gap,
            Change::Unclear => ExitStatus::Unsettled,
            Change::Same | Change::Better => ExitStatus::Met,
        }))
    }
}

//! Two audits of one region: what changed between them, and why it may have.
//!
//! In: two result folders (or their audit.json). Out: [`Diff`]: rules, units and zones that differ, and every input and
//! parameter that is not the same. Everything is a pair of old and new, so that swapped arguments give the mirror image.
//! Nothing is measured anew: what was written is compared.

pub mod batch;
pub mod causes;
pub mod judged;
pub mod read;
pub mod zones;

use causes::Causes;
use judged::{Change, RuleDiff, UnitDiff};
use lifering_base::error::{InputError, Place};
use lifering_base::frame::FrameError;
use lifering_base::{Message, message};
use read::{Recorded, Written};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use thiserror::Error;
use zones::ZonesDiff;

/// Version of the shape of diff.json.
pub const SCHEMA: &str = "lifering-diff/1";

/// The comparison could not be done (exit status 2).
#[derive(Debug, Error)]
pub enum DiffError {
    /// Something in one of the two, or the two are not of one kind.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The zones lie where no plane can be laid.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Something as it was and as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pair<T> {
    /// In the audit that was named first.
    pub old: T,
    /// In the other.
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
    /// Inputs, parameters and whatever else is not the same.
    pub causes: Causes,
    /// Rules compared.
    pub rules_compared: usize,
    /// Rules that differ, in the order of the standard.
    pub rules: Vec<RuleDiff>,
    /// Units that differ, in the order of the audit.
    pub units: Vec<UnitDiff>,
    /// Zones opened and closed.
    pub zones: ZonesDiff,
}

/// One of the two audits.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Side {
    /// As it was named.
    pub path: String,
    /// SHA-256 of its audit.json.
    pub sha256: String,
    /// Version of the program that wrote it.
    pub tool_version: String,
    /// The region's name.
    pub region: String,
    /// The standard's id.
    pub standard: String,
    /// Its exit status.
    pub exit_status: u8,
    /// People inside the boundary.
    pub people: f64,
    /// Area inside the boundary.
    pub boundary_km2: f64,
    /// Whether its data is illustrative, not for planning.
    pub illustrative: bool,
}

/// Compares what two audits wrote. `renamed`: the region may have another name now.
pub fn diff(old: &Written, new: &Written, renamed: bool) -> Result<Diff, DiffError> {
    let sides = Pair { old, new };
    let recorded = sides.map(|side| &side.recorded);
    let id = |side: &Recorded| side.standard.id.clone();
    same(sides, "standard.id", recorded.map(id), &message!("message.same_standard"))?;
    if !renamed {
        let name = |side: &Recorded| side.region.name.clone();
        same(sides, "region.name", recorded.map(name), &message!("message.same_region"))?;
    }
    Ok(Diff {
        sides: sides.map(side),
        causes: causes::causes(recorded),
        rules_compared: recorded
            .old
            .rules
            .iter()
            .filter(|rule| recorded.new.rules.iter().any(|r| r.id == rule.id))
            .count(),
        rules: judged::rules(recorded),
        units: judged::units(recorded),
        zones: zones::zones(sides)?,
    })
}

/// Refuses two audits that differ in what makes them comparable.
fn same(sides: Pair<&Written>, field: &str, found: Pair<String>, help: &Message) -> Result<(), InputError> {
    if !found.differs() {
        return Ok(());
    }
    let wanted = message!("message.as_in", value = found.old, file = &sides.old.path);
    Err(InputError::wrong(Place::file(&sides.new.path).field(field), found.new, wanted).with_help(help.clone()))
}

fn side(written: &Written) -> Side {
    let recorded = &written.recorded;
    Side {
        path: written.path.clone(),
        sha256: written.sha256.clone(),
        tool_version: recorded.tool.version.clone(),
        region: recorded.region.name.clone(),
        standard: recorded.standard.id.clone(),
        exit_status: recorded.summary.exit_status,
        people: recorded.population.inside,
        boundary_km2: recorded.region.boundary_km2,
        illustrative: recorded.region.illustrative,
    }
}

impl Diff {
    /// Changes of all rules that bind, for the region and for its units.
    fn binding(&self) -> impl Iterator<Item = Change> {
        let of_rules = self.rules.iter().filter(|rule| rule.binding).map(|rule| rule.change);
        let of_units = self.units.iter().flat_map(|unit| unit.rules.values());
        of_rules.chain(of_units.filter(|rule| rule.binding).map(|rule| rule.change))
    }

    /// Rules, by id, of which something changed in a way, for the region or for a unit.
    pub fn rules_that(&self, changed: impl Fn(Change) -> bool) -> Vec<String> {
        let of_rules = self.rules.iter().map(|rule| (&rule.id, rule.change));
        let of_units = self.units.iter().flat_map(|unit| unit.rules.iter().map(|(id, rule)| (id, rule.change)));
        let all: BTreeSet<&String> =
            of_rules.chain(of_units).filter(|(_, change)| changed(*change)).map(|(id, _)| id).collect();
        all.into_iter().cloned().collect()
    }

    /// 1 something that binds got worse, for the region or for a unit; 3 nothing did, but of something it cannot be said; 0
    /// neither.
    pub fn exit_status(&self) -> u8 {
        exit_status(self.binding().map(|change| match change {
            Change::Worse | Change::Mixed => 1,
            Change::Unclear => 3,
            Change::Same | Change::Better => 0,
        }))
    }
}

/// The worst of some: worse before unclear.
fn exit_status(all: impl Iterator<Item = u8>) -> u8 {
    let rank = |status: &u8| [0, 3, 1].iter().position(|s| s == status);
    all.max_by_key(rank).unwrap_or(0)
}

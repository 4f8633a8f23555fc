//! One question on one relaxation, from start to proof: local search for a first set, then branch and bound.

use super::branch_and_bound::BranchAndBound;
use super::certificate::Ties;
use super::columns::SiteColumns;
use super::monitor::Monitor;
use super::objective::Objective;
use super::relaxation::{Limits, Relaxation, ValuedSet};

/// A value below that of every set.
pub(super) const WORTHLESS: i64 = i64::MIN / 4;
/// Nodes for listing ties.
const TIE_NODES: u64 = 3000;

/// What a relaxed question proved: no set is worth more than `bound`, and `set` is a good one to start from.
#[derive(Debug, Clone)]
pub(super) struct PriorBound {
    /// Unshifted whole units.
    pub bound: i64,
    /// Columns.
    pub set: Vec<u32>,
}

/// The best set a search found and its bound, in unshifted whole units of a maximisation.
#[derive(Debug, Clone)]
pub(super) struct Solution {
    pub value: i64,
    /// Columns, ascending, with repetition.
    pub set: Vec<u32>,
    /// No allowed set is worth more.
    pub bound: i64,
    /// Whether the set is proven optimal.
    pub proven: bool,
    /// Branch and bound nodes visited.
    pub nodes: u64,
}

/// How a search ended: with a set, with the proof that there is none, or with neither.
pub(super) enum SearchEnd {
    Solved(Solution),
    Infeasible,
    OutOfTime,
}

/// Searches for the best set. `to_goal_unit` converts a value to the unit of the goal, for progress reports.
pub(super) fn search<R: Relaxation>(
    relaxation: &mut R,
    columns: &SiteColumns,
    limits: &Limits,
    monitor: &Monitor<'_>,
    node_limit: Option<u64>,
    prior: Option<&PriorBound>,
    to_goal_unit: &dyn Fn(i64) -> f64,
) -> SearchEnd {
    let limits = &relaxation.reduce(limits);
    let mut first: Option<ValuedSet> = None;
    let existing: Vec<u32> = columns.movable.iter().copied().filter(|&j| limits.copies[j as usize] > 0).collect();
    let mut starts = vec![existing];
    if limits.budget.is_none() && !columns.movable.is_empty() {
        starts.push(Vec::new());
    }
    starts.extend(prior.map(|prior| prior.set.clone()));
    let ceiling = prior.map_or(i64::MAX, |prior| prior.bound);
    relaxation.condition_on(&[]);
    for start in starts {
        if start.len() <= limits.most as usize
            && let Some(improved) = relaxation.improve(start, limits, monitor)
            && first.as_ref().is_none_or(|(v, _)| improved.0 > *v)
        {
            first = Some(improved);
        }
    }
    let tree = BranchAndBound::new(monitor, Objective::Best, node_limit, to_goal_unit);
    let outcome = tree.run(relaxation, limits, first, WORTHLESS, ceiling);
    match outcome.best {
        Some((value, set)) => {
            let set = columns.prefer_existing(set, value, &mut |s| relaxation.evaluate(s));
            let value = relaxation.evaluate(&set).unwrap_or(value);
            let bound = outcome.bound.max(value);
            SearchEnd::Solved(Solution { value, set, bound, proven: outcome.complete, nodes: outcome.nodes })
        }
        None if outcome.complete => SearchEnd::Infeasible,
        None => SearchEnd::OutOfTime,
    }
}

/// Lists the sets of the same size and value as an optimal one.
pub(super) fn ties<R: Relaxation>(
    relaxation: &mut R,
    columns: &SiteColumns,
    best: (i64, &[u32]),
    limit: usize,
    monitor: &Monitor<'_>,
) -> Ties {
    let (value, set) = best;
    let limits = Limits { most: set.len() as u32, ..columns.limits.clone() };
    let objective = Objective::AllTied { value, size: set.len(), limit: limit.max(1) };
    let tree = BranchAndBound::new(monitor, objective, Some(TIE_NODES), &|v| v as f64);
    let outcome = tree.run(relaxation, &limits, Some((value, set.to_vec())), WORTHLESS, i64::MAX);
    let mut sets = outcome.ties;
    if !sets.iter().any(|s| s == set) {
        sets.truncate(limit.max(1) - 1);
        sets.push(set.to_vec());
    }
    // Number of tied sets that hold each column, indexed by column.
    let mut holds = vec![0usize; columns.site_of.len()];
    for s in &mut sets {
        s.dedup();
        for &mut j in s {
            holds[j as usize] += 1;
        }
    }
    let sites_where = |wanted: &dyn Fn(usize) -> bool| {
        (0..holds.len()).filter(|&j| wanted(holds[j])).map(|j| columns.site_of[j]).collect()
    };
    Ties {
        found: sets.len(),
        complete: outcome.complete,
        in_all: sites_where(&|n| n == sets.len()),
        in_some: sites_where(&|n| n > 0 && n < sets.len()),
        in_none: sites_where(&|n| n == 0),
    }
}

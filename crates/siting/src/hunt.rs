//! One search from start to proof: good sets first, then our own branch and bound.

use super::aim::Aim;
use super::branch::Search;
use super::certificate::Ties;
use super::clock::Clock;
use super::core::Core;
use super::relaxation::{Limits, Relaxation, Valued};

/// Value below which nothing real lies.
const NOTHING: i64 = i64::MIN / 4;
/// Nodes for the count of ties.
const TIE_NODES: u64 = 3000;

/// What an easier question has already told: no set is worth more than `bound`, and `set` may be good.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub bound: i64,
    pub set: Vec<u32>,
}

/// What a search came to, in inner units.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub value: i64,
    pub set: Vec<u32>,
    pub bound: i64,
    /// Whether the bound is proven to be met.
    pub proven: bool,
    pub nodes: u64,
}

/// Result of a search: a set, the proof that there is none, or neither in time.
pub(crate) enum Hunt {
    Found(Found),
    Impossible,
    OutOfTime,
}

/// Searches for the best set.
pub(crate) fn hunt<R: Relaxation>(
    relax: &mut R,
    core: &Core,
    limits: &Limits,
    clock: &Clock<'_>,
    nodes: Option<u64>,
    known: Option<&Known>,
    objective: &dyn Fn(i64) -> f64,
) -> Hunt {
    let limits = &relax.narrow(limits);
    let mut first: Option<Valued> = None;
    let stay: Vec<u32> = core.movable.iter().copied().filter(|&j| limits.copies[j as usize] > 0).collect();
    let mut starts = vec![stay];
    if limits.budget.is_none() && !core.movable.is_empty() {
        starts.push(Vec::new());
    }
    starts.extend(known.map(|k| k.set.clone()));
    let ceiling = known.map_or(i64::MAX, |k| k.bound);
    relax.enter(&[]);
    for start in starts {
        if start.len() <= limits.most as usize
            && let Some(found) = relax.improve(start, limits)
            && first.as_ref().is_none_or(|(v, _)| found.0 > *v)
        {
            first = Some(found);
        }
    }
    let search = Search::new(clock, Aim::Best, nodes, objective);
    let out = search.run(relax, limits, first, NOTHING, ceiling);
    match out.best {
        Some((value, set)) => {
            let set = core.settle(set, value, &mut |s| relax.value(s));
            let value = relax.value(&set).unwrap_or(value);
            Hunt::Found(Found { value, set, bound: out.bound.max(value), proven: out.complete, nodes: out.nodes })
        }
        None if out.complete => Hunt::Impossible,
        None => Hunt::OutOfTime,
    }
}

/// Looks for the other sets of the same size and value.
pub(crate) fn ties<R: Relaxation>(
    relax: &mut R,
    core: &Core,
    limits: &Limits,
    best: (i64, &[u32]),
    limit: usize,
    clock: &Clock<'_>,
) -> Ties {
    let (value, set) = best;
    let limits = Limits { most: set.len() as u32, ..limits.clone() };
    let aim = Aim::All { value, size: set.len(), limit: limit.max(1) };
    let search = Search::new(clock, aim, Some(TIE_NODES), &|v| v as f64);
    let out = search.run(relax, &limits, Some((value, set.to_vec())), NOTHING, i64::MAX);
    let mut sets = out.ties;
    if !sets.iter().any(|s| s == set) {
        sets.truncate(limit.max(1) - 1);
        sets.push(set.to_vec());
    }
    let mut seen = vec![0usize; core.free.len()];
    for s in &sets {
        let mut s = s.clone();
        s.dedup();
        for j in s {
            seen[j as usize] += 1;
        }
    }
    let pick =
        |wanted: &dyn Fn(usize) -> bool| (0..seen.len()).filter(|&j| wanted(seen[j])).map(|j| core.free[j]).collect();
    Ties {
        found: sets.len(),
        complete: out.complete,
        in_all: pick(&|n| n == sets.len()),
        in_some: pick(&|n| n > 0 && n < sets.len()),
        in_none: pick(&|n| n == 0),
    }
}

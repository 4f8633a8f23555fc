//! Worst: least time of the worst-off demand (p-center; Hakimi 1964), by bisection over the distinct times.
//!
//! At each time the question is a set cover: are so many sites enough? (Minieka 1970.) A "no" proves that the answer is
//! at least the next time, a "yes" is a set.

use super::branch_and_bound::BranchAndBound;
use super::columns::SiteColumns;
use super::instance::Instance;
use super::lscp::{self, SetCoverRelaxation};
use super::monitor::Monitor;
use super::objective::Objective;
use super::relaxation::Relaxation;

/// Outcome of the bisection, times in milliseconds.
#[derive(Debug, Clone)]
pub(super) struct CenterSolution {
    /// Least worst time found and a set (columns) that has it; `None` if no set is found.
    pub best: Option<(u32, Vec<u32>)>,
    /// No allowed set has a smaller worst time.
    pub bound: u32,
    /// Whether `best` is proven optimal, or infeasibility is proven.
    pub complete: bool,
    /// Branch and bound nodes of all set covers.
    pub nodes: u64,
}

/// Least worst time. `starts`: sets to start from. `node_limit`: for each set cover.
pub(super) fn solve(
    instance: &Instance,
    columns: &SiteColumns,
    monitor: &Monitor<'_>,
    node_limit: Option<u64>,
    starts: &[Vec<u32>],
) -> CenterSolution {
    let counted = instance.reachable_demand();
    let mut times: Vec<u32> = counted.iter().flat_map(|&i| instance.sites_reaching(i).iter().map(|e| e.ms)).collect();
    times.sort_unstable();
    times.dedup();
    // No demand is reached sooner than by the nearest of all sites.
    let least = counted.iter().filter_map(|&i| instance.sites_reaching(i).first()).map(|e| e.ms).max().unwrap_or(0);
    let mut low = times.partition_point(|&t| t < least);
    let mut best: Option<(u32, Vec<u32>)> = None;
    let keep_better = |set: &[u32], best: &mut Option<(u32, Vec<u32>)>| {
        if let Some(t) = worst(instance, columns, &counted, set)
            && columns.limits.allows(set)
            && best.as_ref().is_none_or(|(b, _)| t < *b)
        {
            *best = Some((t, set.to_vec()));
        }
    };
    for set in starts {
        keep_better(set, &mut best);
    }
    let mut nodes = 0;
    let mut decided = true;
    let most = i64::from(columns.limits.most);
    // Every time below index `low` is proven too short; `high` is the first index not known to be too short.
    let mut high = best.as_ref().map_or(times.len(), |(t, _)| times.partition_point(|x| x < t));
    while low < high && !monitor.time_is_up() {
        let mid = low + (high - low) / 2;
        let (rows, uncoverable) = lscp::rows(instance, columns, times[mid]);
        let too_short = uncoverable.iter().any(|&i| !instance.sites_reaching(i).is_empty());
        let mut cover = SetCoverRelaxation::new(columns.site_of.len(), &rows);
        let mut enough = None;
        if !too_short && cover.is_feasible() {
            let limits = cover.reduce(&columns.limits);
            let first = cover.improve(Vec::new(), &limits, monitor);
            let to_sites = |v: i64| -(v as f64);
            let tree = BranchAndBound::new(monitor, Objective::AtLeast(-most), node_limit, &to_sites);
            let outcome = tree.run(&mut cover, &limits, first, -most - 1, i64::MAX);
            nodes += outcome.nodes;
            enough = outcome.best;
            if enough.is_none() && !outcome.complete {
                // The nodes or the time are used up.
                decided = false;
                break;
            }
        }
        match enough {
            Some((_, set)) => {
                keep_better(&set, &mut best);
                high = best.as_ref().map_or(mid, |(t, _)| times.partition_point(|x| x < t)).min(mid);
            }
            None => low = mid + 1,
        }
    }
    let complete = decided && low >= high;
    let bound = times.get(low).copied().or(times.last().copied()).unwrap_or(0);
    CenterSolution { best, bound, complete, nodes }
}

/// Worst time over the `counted` demands in milliseconds, fixed sites included; `None` if one of them is not reached.
pub(super) fn worst(instance: &Instance, columns: &SiteColumns, counted: &[usize], set: &[u32]) -> Option<u32> {
    let mut open = vec![false; instance.sites().len()];
    for &j in &columns.fixed {
        open[j] = true;
    }
    for &c in set {
        open[columns.site_of[c as usize]] = true;
    }
    let mut most = 0;
    for &i in counted {
        most = most.max(instance.sites_reaching(i).iter().find(|entry| open[entry.other as usize])?.ms);
    }
    Some(most)
}

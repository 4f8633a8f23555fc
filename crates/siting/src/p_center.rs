//! Worst: least time of the worst-off place (p-center; Hakimi 1965), by halving over the distinct times.
//!
//! At each time the question is a set cover: are so many sites enough? (Minieka 1970.) Every "no" is a proof that the
//! answer is at least the next time, every "yes" is a set.

use super::aim::Aim;
use super::branch::Search;
use super::clock::Clock;
use super::core::Core;
use super::instance::Instance;
use super::lscp::{self, SetCover};
use super::relaxation::Relaxation;

/// What the halving found, times in milliseconds.
#[derive(Debug, Clone)]
pub(crate) struct Center {
    /// Best worst time and a set that has it; `None`: no set within the limits reaches everybody.
    pub best: Option<(u32, Vec<u32>)>,
    /// No allowed set has a smaller worst time.
    pub bound: u32,
    /// Whether the two meet, or impossibility is proven.
    pub complete: bool,
    pub nodes: u64,
}

/// Least worst time. `hint`: some allowed sets to start from.
pub(crate) fn solve(
    instance: &Instance,
    core: &Core,
    clock: &Clock<'_>,
    node_limit: Option<u64>,
    hints: &[Vec<u32>],
) -> Center {
    let counted: Vec<usize> = (0..instance.demand().len())
        .filter(|&i| instance.demand()[i].people > 0.0 && !instance.reach(i).is_empty())
        .collect();
    let mut times: Vec<u32> = counted.iter().flat_map(|&i| instance.reach(i).iter().map(|leg| leg.ms)).collect();
    times.sort_unstable();
    times.dedup();
    // Nobody can be reached sooner than by the nearest of all sites.
    let least = counted.iter().filter_map(|&i| instance.reach(i).first()).map(|leg| leg.ms).max().unwrap_or(0);
    let mut low = times.partition_point(|&t| t < least);
    let mut best: Option<(u32, Vec<u32>)> = None;
    let found = |set: &[u32], best: &mut Option<(u32, Vec<u32>)>| {
        if let Some(t) = worst(instance, core, &counted, set)
            && core.limits.allows(set)
            && best.as_ref().is_none_or(|(b, _)| t < *b)
        {
            *best = Some((t, set.to_vec()));
        }
    };
    for set in hints {
        found(set, &mut best);
    }
    let mut nodes = 0;
    let mut sure = true;
    let most = i64::from(core.limits.most);
    // `high`: first index not known to be too short; everything below `low` is proven too short.
    let mut high = best.as_ref().map_or(times.len(), |(t, _)| times.partition_point(|x| x < t));
    while low < high && !clock.is_out() {
        let mid = low + (high - low) / 2;
        let (rows, hopeless) = lscp::rows(instance, core, times[mid]);
        let hopeless = hopeless.iter().any(|&i| !instance.reach(i).is_empty());
        let mut cover = SetCover::new(core.free.len(), &rows);
        let mut enough = None;
        if !hopeless && cover.possible() {
            let limits = cover.narrow(&core.limits);
            let first = cover.improve(Vec::new(), &limits);
            let objective = |v: i64| -(v as f64);
            let search = Search::new(clock, Aim::AtLeast(-most), node_limit, &objective);
            let out = search.run(&mut cover, &limits, first, -most - 1, i64::MAX);
            nodes += out.nodes;
            enough = out.best;
            if enough.is_none() && !out.complete {
                // The nodes or the time are used up.
                sure = false;
                break;
            }
        }
        match enough {
            Some((_, set)) => {
                found(&set, &mut best);
                high = best.as_ref().map_or(mid, |(t, _)| times.partition_point(|x| x < t)).min(mid);
            }
            None => low = mid + 1,
        }
    }
    let complete = sure && low >= high;
    let bound = times.get(low).copied().or(times.last().copied()).unwrap_or(0);
    Center { best, bound, complete, nodes }
}

/// Worst time over everybody who can be reached, fixed sites included; `None`: somebody is not reached.
pub(crate) fn worst(instance: &Instance, core: &Core, counted: &[usize], set: &[u32]) -> Option<u32> {
    let mut open = vec![false; instance.sites().len()];
    for &j in &core.fixed {
        open[j] = true;
    }
    for &c in set {
        open[core.free[c as usize]] = true;
    }
    let mut most = 0;
    for &i in counted {
        most = most.max(instance.reach(i).iter().find(|leg| open[leg.other as usize])?.ms);
    }
    Some(most)
}

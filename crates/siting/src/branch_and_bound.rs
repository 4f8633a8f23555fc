//! Depth-first branch and bound on single columns, with Lagrangian bounds and reduced-cost fixing.
//!
//! In: a [`Relaxation`], limits, a first set and an [`Objective`]. Out: the best set with a proven bound, or all sets
//! that tie. All values are whole numbers, so a node is cut off exactly, without tolerance.

use super::monitor::Monitor;
use super::objective::{Objective, SearchOutcome};
use super::question::Progress;
use super::relaxation::{Limits, Relaxation, ValuedSet};
use super::subgradient::{Effort, NodeBound, bound_node};
use super::subproblem::affordable;

/// One search.
pub(super) struct BranchAndBound<'a> {
    monitor: &'a Monitor<'a>,
    objective: Objective,
    node_limit: u64,
    /// From a value to the unit of the goal, for progress reports.
    to_goal_unit: &'a dyn Fn(i64) -> f64,
    nodes: u64,
    best: Option<ValuedSet>,
    /// Tied sets found, as original columns.
    ties: Vec<Vec<u32>>,
    /// Whether the objective is met before the end of the tree.
    done: bool,
    /// Bounds of the nodes on the path whose second child is not explored yet.
    pending: Vec<i64>,
}

/// A node of the tree.
struct Node {
    /// Copies chosen of each column, indexed by column.
    low: Vec<u16>,
    /// Most copies of each column, indexed by column.
    high: Vec<u16>,
    /// Multipliers to start from, indexed by row.
    lambda: Vec<i64>,
    /// No set of this node is worth more.
    bound: i64,
    /// Whether nothing is branched on yet.
    root: bool,
    /// First step length at the root.
    step: f64,
}

/// The columns of a restricted relaxation.
struct Restriction<'f> {
    /// Original column of each column, indexed by column.
    original: &'f [u32],
    limits: &'f Limits,
}

impl<'a> BranchAndBound<'a> {
    pub(super) fn new(
        monitor: &'a Monitor<'a>,
        objective: Objective,
        node_limit: Option<u64>,
        to_goal_unit: &'a dyn Fn(i64) -> f64,
    ) -> Self {
        Self {
            monitor,
            objective,
            node_limit: node_limit.unwrap_or(u64::MAX),
            to_goal_unit,
            nodes: 0,
            best: None,
            ties: Vec::new(),
            done: false,
            pending: Vec::new(),
        }
    }

    /// Runs to the end, the time limit or the node limit. `floor`: only sets worth more count. `ceiling`: a proven
    /// bound on every set.
    pub(super) fn run<R: Relaxation>(
        mut self,
        relaxation: &mut R,
        limits: &Limits,
        first: Option<ValuedSet>,
        floor: i64,
        ceiling: i64,
    ) -> SearchOutcome {
        // Without a first set the multipliers start from the empty one.
        let guide = first.as_ref().map_or_else(Vec::new, |(_, set)| set.clone());
        self.best = first.filter(|(v, _)| *v > floor || matches!(self.objective, Objective::AllTied { .. }));
        let floor = match self.objective {
            Objective::AllTied { value, .. } => value.saturating_sub(1),
            Objective::Best | Objective::AtLeast(_) => floor,
        };
        let original: Vec<u32> = (0..relaxation.columns() as u32).collect();
        relaxation.condition_on(&[]);
        let lambda = relaxation.initial_multipliers(&guide);
        let node = Node {
            low: vec![0; original.len()],
            high: limits.copies.clone(),
            lambda,
            bound: ceiling,
            root: true,
            step: 1.5,
        };
        if let (Objective::AtLeast(v), Some((b, _))) = (self.objective, &self.best)
            && *b >= v
        {
            self.done = true;
        }
        let reached = self.best.as_ref().is_some_and(|(v, _)| *v >= ceiling);
        let open = if reached && self.objective == Objective::Best {
            i64::MIN
        } else {
            self.explore(relaxation, &Restriction { original: &original, limits }, node, floor)
        };
        let found = self.best.as_ref().map_or(i64::MIN, |(v, _)| *v);
        let complete = open == i64::MIN;
        let bound = if complete { found.max(floor) } else { open.max(found) };
        SearchOutcome { best: self.best, bound, complete, nodes: self.nodes, ties: self.ties }
    }

    /// The value that a set must beat.
    fn cut(&self, floor: i64) -> i64 {
        match self.objective {
            Objective::AllTied { .. } => floor,
            Objective::Best | Objective::AtLeast(_) => self.best.as_ref().map_or(floor, |(v, _)| (*v).max(floor)),
        }
    }

    fn stopped(&self) -> bool {
        self.done || self.nodes >= self.node_limit || self.monitor.time_is_up()
    }

    /// Explores a subtree. Returns `i64::MIN` if it is fathomed, else a bound on the sets it may still hold.
    fn explore<R: Relaxation>(
        &mut self,
        relaxation: &mut R,
        restriction: &Restriction<'_>,
        mut node: Node,
        floor: i64,
    ) -> i64 {
        // The root is always bounded once: an answer out of time has a bound too.
        if self.done || (self.nodes > 0 && self.stopped()) {
            return node.bound;
        }
        self.nodes += 1;
        let Some(bounded) = self.bound(relaxation, restriction, &mut node, floor) else {
            return i64::MIN;
        };
        node.bound = node.bound.min(bounded.bound);
        if node.bound <= self.cut(floor) {
            return i64::MIN;
        }
        if self.stopped() {
            return node.bound;
        }
        // Few columns left: continue in a restricted problem, where more rows are equal and merge.
        let alive: Vec<u32> = (0..node.high.len() as u32).filter(|&j| node.high[j as usize] > 0).collect();
        if alive.len() * 10 <= node.high.len() * 7 {
            let (mut small, lambda) = relaxation.restrict(&alive, &bounded.lambda);
            let original: Vec<u32> = alive.iter().map(|&j| restriction.original[j as usize]).collect();
            let limits = restriction.limits.restrict(&alive);
            let part = |v: &[u16]| alive.iter().map(|&j| v[j as usize]).collect::<Vec<_>>();
            let sub = Node {
                low: part(&node.low),
                high: part(&node.high),
                lambda,
                bound: node.bound,
                root: node.root && bounded.shrunk,
                step: bounded.step,
            };
            let restriction = Restriction { original: &original, limits: &limits };
            // The same node again, so it counts once.
            self.nodes -= 1;
            return self.explore(&mut small, &restriction, sub, floor);
        }
        let Some(column) = bounded.branch else {
            return i64::MIN;
        };
        let mut with = node.low.clone();
        with[column] += 1;
        let mut without = node.high.clone();
        without[column] = node.low[column];
        self.pending.push(node.bound);
        let inside = Node {
            low: with,
            high: node.high,
            lambda: bounded.lambda.clone(),
            bound: node.bound,
            root: false,
            step: 0.7,
        };
        let a = self.explore(relaxation, restriction, inside, floor);
        self.pending.pop();
        let outside =
            Node { low: node.low, high: without, lambda: bounded.lambda, bound: node.bound, root: false, step: 0.7 };
        a.max(self.explore(relaxation, restriction, outside, floor))
    }

    /// Bounds a node, fixes columns, keeps better sets found on the way. `None`: fathomed.
    fn bound<R: Relaxation>(
        &mut self,
        relaxation: &mut R,
        restriction: &Restriction<'_>,
        node: &mut Node,
        floor: i64,
    ) -> Option<NodeBound> {
        loop {
            let chosen = with_copies(&node.low);
            let most = (restriction.limits.most as usize).checked_sub(chosen.len())?;
            let left = restriction.limits.money_left(&chosen);
            let open: Vec<u16> =
                node.high.iter().zip(&node.low).map(|(h, l)| if most == 0 { 0 } else { h - l }).collect();
            let room: usize = open.iter().map(|&c| usize::from(c)).sum();
            if let (Some(cost), Some(left)) = (restriction.limits.costs(), left)
                && !affordable(cost, &open, most, left)
            {
                return None;
            }
            relaxation.condition_on(&chosen);
            if let Objective::AllTied { size, .. } = self.objective
                && chosen.len() + room.min(most) < size
            {
                return None;
            }
            if room == 0 {
                self.leaf(relaxation, restriction, &chosen, floor);
                return None;
            }
            let effort = match (self.objective, node.root) {
                (Objective::AllTied { .. }, true) => {
                    Effort { rounds: 200, patience: 10, first: 1.0, decay: 0.6, thorough: false }
                }
                (Objective::AllTied { .. }, false) => {
                    Effort { rounds: 20, patience: 4, first: 0.5, decay: 0.6, thorough: false }
                }
                (_, true) => Effort { rounds: 1500, patience: 20, first: node.step, decay: 0.7, thorough: true },
                (_, false) => Effort { rounds: 60, patience: 5, first: 0.7, decay: 0.6, thorough: false },
            };
            let keep_best = !matches!(self.objective, Objective::AllTied { .. });
            let mut best = self.best.take();
            let mut reported = false;
            let outcome = bound_node(
                relaxation,
                restriction.limits,
                &open,
                most,
                left,
                std::mem::take(&mut node.lambda),
                effort,
                self.monitor,
                &mut |relaxation, selected, bound, local_search| {
                    if keep_best {
                        let mut set = chosen.clone();
                        set.extend_from_slice(selected);
                        set.sort_unstable();
                        let tried = if local_search {
                            relaxation.improve(set, restriction.limits, self.monitor)
                        } else {
                            relaxation.repair(&set, restriction.limits)
                        };
                        if let Some((value, set)) = tried
                            && value > best.as_ref().map_or(floor, |(v, _)| *v)
                            && restriction.limits.allows(&set)
                        {
                            best = Some((value, original_columns(&set, restriction.original)));
                        }
                    }
                    if !reported {
                        reported = true;
                        let bound = self.pending.iter().copied().fold(bound, i64::max);
                        let incumbent = best.as_ref().map(|(v, _)| (self.to_goal_unit)(*v));
                        let bound = (self.to_goal_unit)(bound);
                        let gap = incumbent.map(|i| (bound - i).abs());
                        self.monitor.report(|| Progress { incumbent, bound, gap, nodes: self.nodes });
                    }
                    if keep_best { best.as_ref().map_or(floor, |(v, _)| (*v).max(floor)) } else { floor }
                },
            );
            self.best = best;
            if let (Objective::AtLeast(v), Some((b, _))) = (self.objective, &self.best)
                && *b >= v
            {
                self.done = true;
            }
            let bounded = outcome?;
            if bounded.bound <= self.cut(floor) {
                return None;
            }
            // Fixed columns.
            for &j in &bounded.fixed_out {
                node.high[j as usize] = node.low[j as usize];
            }
            let again = !bounded.fixed_in.is_empty() || bounded.branch.is_none();
            for &j in &bounded.fixed_in {
                node.low[j as usize] = node.high[j as usize];
            }
            if !again || (self.stopped() && bounded.branch.is_some()) {
                return Some(bounded);
            }
            node.lambda = bounded.lambda;
            node.root = false;
        }
    }

    /// A node without open columns: its one set is valued.
    fn leaf<R: Relaxation>(&mut self, relaxation: &mut R, restriction: &Restriction<'_>, chosen: &[u32], floor: i64) {
        let Some(value) = relaxation.evaluate(chosen) else {
            return;
        };
        if !restriction.limits.allows(chosen) {
            return;
        }
        if let Objective::AllTied { value: wanted, size, limit } = self.objective {
            if value >= wanted && chosen.len() == size {
                self.ties.push(original_columns(chosen, restriction.original));
                self.done = self.ties.len() >= limit;
            }
        } else if value > self.cut(floor) {
            self.best = Some((value, original_columns(chosen, restriction.original)));
            if let Objective::AtLeast(v) = self.objective {
                self.done = value >= v;
            }
        }
    }
}

/// Columns with repetition, from copies indexed by column.
fn with_copies(low: &[u16]) -> Vec<u32> {
    (0..low.len()).flat_map(|j| std::iter::repeat_n(j as u32, usize::from(low[j]))).collect()
}

/// Original columns of a set, ascending.
fn original_columns(set: &[u32], original: &[u32]) -> Vec<u32> {
    let mut out: Vec<u32> = set.iter().map(|&j| original[j as usize]).collect();
    out.sort_unstable();
    out
}

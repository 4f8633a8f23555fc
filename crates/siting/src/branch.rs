//! Branch and bound on "this site in, this site out", with Lagrangian bounds and reduced-cost fixing.
//!
//! In: a [`Relaxation`], the limits, a first set and an aim. Out: the best set, a proven bound, or all sets that tie.
//! All values are whole numbers, so "cannot beat the incumbent" is exact: no tolerance anywhere.

use super::aim::{Aim, Outcome};
use super::clock::Clock;
use super::question::Progress;
use super::relaxation::{Limits, Relaxation, Valued};
use super::selection::{Money, select};
use super::subgradient::{Bounded, Effort, bound_node};

/// One search.
pub(crate) struct Search<'a> {
    clock: &'a Clock<'a>,
    aim: Aim,
    node_limit: u64,
    objective: &'a dyn Fn(i64) -> f64,
    nodes: u64,
    best: Option<Valued>,
    ties: Vec<Vec<u32>>,
    done: bool,
    waiting: Vec<i64>,
}

/// One node: columns certainly in (copies), columns possibly in, and multipliers to start from.
struct Node {
    low: Vec<u16>,
    high: Vec<u16>,
    lambda: Vec<i64>,
    bound: i64,
    root: bool,
    step: f64,
}

/// Where the columns of a shrunken relaxation stand in the full one.
struct Frame<'f> {
    names: &'f [u32],
    limits: &'f Limits,
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        clock: &'a Clock<'a>,
        aim: Aim,
        node_limit: Option<u64>,
        objective: &'a dyn Fn(i64) -> f64,
    ) -> Self {
        Self {
            clock,
            aim,
            node_limit: node_limit.unwrap_or(u64::MAX),
            objective,
            nodes: 0,
            best: None,
            ties: Vec::new(),
            done: false,
            waiting: Vec::new(),
        }
    }

    /// Runs to the end, to the time limit or to the node limit. `floor`: only sets worth more than this are wanted;
    /// `ceiling`: no set is known to be worth more than this.
    pub(crate) fn run<R: Relaxation>(
        mut self,
        relax: &mut R,
        limits: &Limits,
        first: Option<Valued>,
        floor: i64,
        ceiling: i64,
    ) -> Outcome {
        let guide = first.as_ref().map(|(_, s)| s.clone()).unwrap_or_default();
        self.best = first.filter(|(v, _)| *v > floor || matches!(self.aim, Aim::All { .. }));
        let floor = match self.aim {
            Aim::All { value, .. } => value.saturating_sub(1),
            Aim::Best | Aim::AtLeast(_) => floor,
        };
        let names: Vec<u32> = (0..relax.columns() as u32).collect();
        relax.enter(&[]);
        let lambda = relax.start(&guide);
        let node = Node {
            low: vec![0; names.len()],
            high: limits.copies.clone(),
            lambda,
            bound: ceiling,
            root: true,
            step: 1.5,
        };
        if let (Aim::AtLeast(v), Some((b, _))) = (self.aim, &self.best)
            && *b >= v
        {
            self.done = true;
        }
        let reached = self.best.as_ref().is_some_and(|(v, _)| *v >= ceiling);
        let open = if reached && self.aim == Aim::Best {
            i64::MIN
        } else {
            self.explore(relax, &Frame { names: &names, limits }, node, floor)
        };
        let found = self.best.as_ref().map_or(i64::MIN, |(v, _)| *v);
        let complete = open == i64::MIN;
        let bound = if complete { found.max(floor) } else { open.max(found) };
        Outcome { best: self.best, bound, complete, nodes: self.nodes, ties: self.ties }
    }

    /// What must be beaten.
    fn cut(&self, floor: i64) -> i64 {
        match self.aim {
            Aim::All { .. } => floor,
            Aim::Best | Aim::AtLeast(_) => self.best.as_ref().map_or(floor, |(v, _)| (*v).max(floor)),
        }
    }

    fn stopped(&self) -> bool {
        self.done || self.nodes >= self.node_limit || self.clock.is_out()
    }

    /// Explores a subtree. Returns `i64::MIN` where it is settled, else a bound on what it may still hold.
    fn explore<R: Relaxation>(&mut self, relax: &mut R, frame: &Frame<'_>, mut node: Node, floor: i64) -> i64 {
        if self.stopped() {
            return node.bound;
        }
        self.nodes += 1;
        let Some(bounded) = self.bound(relax, frame, &mut node, floor) else {
            return i64::MIN;
        };
        node.bound = node.bound.min(bounded.bound);
        if node.bound <= self.cut(floor) {
            return i64::MIN;
        }
        if self.stopped() {
            return node.bound;
        }
        // Few columns left: carry on in a smaller problem, where equal rows fall together.
        let alive: Vec<u32> = (0..node.high.len() as u32).filter(|&j| node.high[j as usize] > 0).collect();
        if alive.len() * 10 <= node.high.len() * 7 {
            let (mut small, lambda) = relax.keep(&alive, &bounded.lambda);
            let names: Vec<u32> = alive.iter().map(|&j| frame.names[j as usize]).collect();
            let limits = frame.limits.keep(&alive);
            let part = |v: &[u16]| alive.iter().map(|&j| v[j as usize]).collect::<Vec<_>>();
            let sub = Node {
                low: part(&node.low),
                high: part(&node.high),
                lambda,
                bound: node.bound,
                root: node.root && bounded.shrunk,
                step: bounded.step,
            };
            let frame = Frame { names: &names, limits: &limits };
            self.nodes -= 1;
            return self.explore(&mut small, &frame, sub, floor);
        }
        let Some(column) = bounded.branch else {
            return i64::MIN;
        };
        let mut with = node.low.clone();
        with[column] += 1;
        let mut without = node.high.clone();
        without[column] = node.low[column];
        self.waiting.push(node.bound);
        let inside = Node {
            low: with,
            high: node.high,
            lambda: bounded.lambda.clone(),
            bound: node.bound,
            root: false,
            step: 0.7,
        };
        let a = self.explore(relax, frame, inside, floor);
        self.waiting.pop();
        let outside =
            Node { low: node.low, high: without, lambda: bounded.lambda, bound: node.bound, root: false, step: 0.7 };
        a.max(self.explore(relax, frame, outside, floor))
    }

    /// Bounds a node, fixes what can be fixed, notes sets found on the way. `None`: settled.
    fn bound<R: Relaxation>(
        &mut self,
        relax: &mut R,
        frame: &Frame<'_>,
        node: &mut Node,
        floor: i64,
    ) -> Option<Bounded> {
        loop {
            let chosen = listed(&node.low);
            let most = (frame.limits.most as usize).checked_sub(chosen.len())?;
            let left = frame.limits.budget.as_ref().map(|(_, money)| money - frame.limits.cost(&chosen));
            let open: Vec<u16> =
                node.high.iter().zip(&node.low).map(|(h, l)| if most == 0 { 0 } else { h - l }).collect();
            let room: usize = open.iter().map(|&c| usize::from(c)).sum();
            if let (Some((cost, _)), Some(left)) = (&frame.limits.budget, left) {
                select(&vec![0; open.len()], &open, most, Some(Money { cost, left, guess: 1 }))?;
            }
            relax.enter(&chosen);
            if let Aim::All { size, .. } = self.aim
                && chosen.len() + room.min(most) < size
            {
                return None;
            }
            if room == 0 {
                self.leaf(relax, frame, &chosen, floor);
                return None;
            }
            let thorough = node.root;
            let effort = match (self.aim, node.root) {
                (Aim::All { .. }, true) => {
                    Effort { rounds: 200, patience: 10, first: 1.0, decay: 0.6, thorough: false }
                }
                (Aim::All { .. }, false) => Effort { rounds: 20, patience: 4, first: 0.5, decay: 0.6, thorough },
                (_, true) => Effort { rounds: 1500, patience: 20, first: node.step, decay: 0.7, thorough },
                (_, false) => Effort { rounds: 60, patience: 5, first: 0.7, decay: 0.6, thorough },
            };
            let keep_best = !matches!(self.aim, Aim::All { .. });
            let mut found = self.best.take();
            let mut nodes_told = false;
            let outcome = bound_node(
                relax,
                frame.limits,
                &open,
                most,
                left,
                std::mem::take(&mut node.lambda),
                effort,
                self.clock,
                &mut |relax, picked, bound, work| {
                    if keep_best {
                        let mut set = chosen.clone();
                        set.extend_from_slice(picked);
                        set.sort_unstable();
                        let tried =
                            if work { relax.improve(set, frame.limits) } else { relax.polish(&set, frame.limits) };
                        if let Some((value, set)) = tried
                            && value > found.as_ref().map_or(floor, |(v, _)| *v)
                            && frame.limits.allows(&set)
                        {
                            found = Some((value, named(&set, frame.names)));
                        }
                    }
                    if !nodes_told {
                        nodes_told = true;
                        let bound = self.waiting.iter().copied().fold(bound, i64::max);
                        let incumbent = found.as_ref().map(|(v, _)| (self.objective)(*v));
                        let bound = (self.objective)(bound);
                        let gap = incumbent.map(|i| (bound - i).abs());
                        self.clock.tell(|| Progress { incumbent, bound, gap, nodes: self.nodes });
                    }
                    if keep_best { found.as_ref().map_or(floor, |(v, _)| (*v).max(floor)) } else { floor }
                },
            );
            self.best = found;
            if let (Aim::AtLeast(v), Some((b, _))) = (self.aim, &self.best)
                && *b >= v
            {
                self.done = true;
            }
            let bounded = outcome?;
            if bounded.bound <= self.cut(floor) {
                return None;
            }
            // Columns proven out or in.
            for &j in &bounded.out {
                node.high[j as usize] = node.low[j as usize];
            }
            let again = !bounded.sure.is_empty() || bounded.branch.is_none();
            for &j in &bounded.sure {
                node.low[j as usize] = node.high[j as usize];
            }
            if !again || (self.stopped() && bounded.branch.is_some()) {
                return Some(bounded);
            }
            node.lambda = bounded.lambda;
            node.root = false;
        }
    }

    /// A node with nothing left to decide.
    fn leaf<R: Relaxation>(&mut self, relax: &mut R, frame: &Frame<'_>, chosen: &[u32], floor: i64) {
        let Some(value) = relax.value(chosen) else {
            return;
        };
        if !frame.limits.allows(chosen) {
            return;
        }
        if let Aim::All { value: wanted, size, limit } = self.aim {
            if value >= wanted && chosen.len() == size {
                self.ties.push(named(chosen, frame.names));
                self.done = self.ties.len() >= limit;
            }
        } else if value > self.cut(floor) {
            self.best = Some((value, named(chosen, frame.names)));
            if let Aim::AtLeast(v) = self.aim {
                self.done = value >= v;
            }
        }
    }
}

/// Columns with repetition.
fn listed(low: &[u16]) -> Vec<u32> {
    (0..low.len()).flat_map(|j| std::iter::repeat_n(j as u32, usize::from(low[j]))).collect()
}

fn named(set: &[u32], names: &[u32]) -> Vec<u32> {
    let mut out: Vec<u32> = set.iter().map(|&j| names[j as usize]).collect();
    out.sort_unstable();
    out
}

//! The answer and what proves it.

use super::question::Goal;

/// How sure the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Proven: no allowed set of sites is better.
    Optimal,
    /// The best found; `Certificate::bound` says how much better any other could be.
    Feasible,
}

/// Tied optima: other sets of as many sites with the same objective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ties {
    /// Sets found, the proposed one included.
    pub found: usize,
    /// Whether there are no others; otherwise the search stopped at its limit and what follows speaks of those found.
    pub complete: bool,
    /// Sites in every one of them.
    pub in_all: Vec<usize>,
    /// Sites in some but not all of them; every other site is in none.
    pub in_some: Vec<usize>,
    /// Sites in none of them.
    pub in_none: Vec<usize>,
}

/// What a number of new sites can do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// New sites beyond those given up (busy: ambulances).
    pub sites: usize,
    /// Best objective; `None` where so few sites cannot reach everybody (mean, worst). For reach-all: people reached.
    pub objective: Option<f64>,
    /// Proven bound on the objective.
    pub bound: f64,
    /// Whether objective and bound are proven to meet.
    pub proven: bool,
    /// What adding the best site each time, never looking back, comes to.
    pub greedy: Option<f64>,
}

/// One step of the build order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Site to build.
    pub site: usize,
    /// Objective once it and those before it stand (reach-all: people reached); `None`: somebody is not yet reached.
    pub objective: Option<f64>,
    /// Best objective that as many of the proposed sites can have; `None`: not computed (more than 12 sites), or nobody
    /// can reach everybody yet.
    pub best: Option<f64>,
    /// What the order gives up at this step against `best`, at least 0.
    pub regret: Option<f64>,
}

/// A proposal with its proof.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// What was asked.
    pub goal: Goal,
    /// Cover, backup: people. Busy: expected people. Mean: people times seconds. Worst: seconds. Reach-all: sites that
    /// are not fixed, new ones and kept movable ones.
    pub objective: f64,
    /// No allowed set is better than this, same unit.
    pub bound: f64,
    /// `|bound - objective|`, same unit.
    pub gap: f64,
    /// Optimal only with a proof.
    pub status: Status,
    /// New sites, ascending; one that is listed twice holds two ambulances (busy).
    pub sites: Vec<usize>,
    /// Movable sites that stay.
    pub kept: Vec<usize>,
    /// Movable sites that are given up.
    pub given_up: Vec<usize>,
    /// Cost of building and giving up, in the unit of `Site::cost`.
    pub cost: f64,
    /// Objective with the existing sites alone; `None` where they do not reach everybody.
    pub before: Option<f64>,
    /// Demands with people that count under no set of sites (backup: fewer than two sites could ever reach them).
    pub uncoverable: Vec<usize>,
    /// People living there.
    pub uncoverable_people: f64,
    /// Ties, where asked for and the answer is optimal.
    pub ties: Option<Ties>,
    /// Objective for 1..N new sites, where asked for.
    pub curve: Vec<CurvePoint>,
    /// Build order.
    pub order: Vec<Step>,
    /// Branch and bound nodes.
    pub nodes: u64,
}

impl Certificate {
    /// Every site that is not fixed and stands afterwards: what [`super::verify`] takes.
    pub fn standing(&self) -> Vec<usize> {
        let mut all = self.sites.clone();
        all.extend(&self.kept);
        all.sort_unstable();
        all
    }
}

//! The answer and its proof. Sites and demands are positions in the lists of the instance.

use super::question::Goal;

/// Whether the answer is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Proven: no allowed set of sites is better.
    Optimal,
    /// The best found; any other set is at best [`Certificate::bound`].
    Feasible,
}

/// Tied optima: other sets of as many sites with the same objective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ties {
    /// Sets found, that of the answer included.
    pub found: usize,
    /// Whether there are no others; otherwise the search stopped at a limit and the fields below cover the sets found.
    pub complete: bool,
    /// Sites in every one of them.
    pub in_all: Vec<usize>,
    /// Sites in some but not all of them.
    pub in_some: Vec<usize>,
    /// Sites that are not fixed and in none of them.
    pub in_none: Vec<usize>,
}

/// A point of the trade-off curve: the best objective with a number of new sites.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Most new sites beyond the movable ones that are closed (busy: ambulances).
    pub sites: usize,
    /// Best objective found, in the unit of [`Certificate::objective`] (reach-all: people reached); `None` if the set
    /// found does not reach everybody (mean, worst).
    pub objective: Option<f64>,
    /// Proven bound on the objective, same unit.
    pub bound: f64,
    /// Whether objective and bound are proven to meet.
    pub proven: bool,
    /// Objective of greedy adding (the best next site each time), same unit; `None` if it does not reach everybody.
    pub greedy: Option<f64>,
}

/// One step of the build order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BuildStep {
    /// Site to open.
    pub site: usize,
    /// Objective with the sites up to this one, in the unit of [`Certificate::objective`] (reach-all: people reached);
    /// `None` if they do not reach everybody.
    pub objective: Option<f64>,
    /// Best objective of as many of the answer's new sites, same unit; `None` if not computed (more than 10 new sites)
    /// or if they do not reach everybody.
    pub best: Option<f64>,
    /// `|best - objective|`, same unit, at least 0; `None` if either is.
    pub regret: Option<f64>,
}

/// The answer to a question, with its proof.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// The goal of the question.
    pub goal: Goal,
    /// Cover, backup: people. Busy: expected people. Mean: people times seconds. Worst: seconds. Reach-all: number of
    /// open sites that are not fixed.
    pub objective: f64,
    /// No allowed set is better than this, same unit; equal to the objective if optimal.
    pub bound: f64,
    /// `|bound - objective|`, same unit.
    pub gap: f64,
    /// Whether the set is proven optimal.
    pub status: Status,
    /// New sites, ascending; a site listed twice holds two ambulances (busy).
    pub sites: Vec<usize>,
    /// Movable sites that stay open, ascending.
    pub kept: Vec<usize>,
    /// Movable sites that are closed, ascending.
    pub closed: Vec<usize>,
    /// Cost of opening and closing, in the unit of `Site::cost`.
    pub cost: f64,
    /// Objective of the existing sites alone, same unit as `objective`; `None` if they do not reach everybody.
    pub before: Option<f64>,
    /// Demands with people that count under no set of sites (backup: fewer than two sites cover them), ascending.
    pub uncoverable: Vec<usize>,
    /// People of the uncoverable demands.
    pub uncoverable_people: f64,
    /// Tied optima; `None` if not asked for or the answer is not optimal.
    pub ties: Option<Ties>,
    /// Trade-off curve for 1..N new sites; empty if not asked for. A number of sites without an answer (infeasible, or
    /// out of time) has no point.
    pub curve: Vec<CurvePoint>,
    /// New sites in the order of building.
    pub order: Vec<BuildStep>,
    /// Branch and bound nodes of the main search.
    pub nodes: u64,
}

impl Certificate {
    /// Open sites that are not fixed, ascending with repetition: the argument of [`super::verify`].
    pub fn open_sites(&self) -> Vec<usize> {
        let mut all = self.sites.clone();
        all.extend(&self.kept);
        all.sort_unstable();
        all
    }
}

//! What is asked: a goal, how many sites or how much money, and how long the search may take.

use std::time::Duration;

use super::error::ProposeError;
use super::instance::{Instance, Standing};

/// What the new sites are for. Limits are inclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// Fewest sites that reach everybody who can be reached (location set covering; Toregas et al. 1971).
    ReachAll {
        /// Seconds within which a site reaches a place.
        limit_s: f64,
    },
    /// Most people within the limit (maximal covering; Church and ReVelle 1974).
    Cover {
        /// Seconds within which a site reaches a place.
        limit_s: f64,
    },
    /// Least sum of people times seconds to their nearest site (p-median; Hakimi 1964).
    Mean,
    /// Least time of the worst-off place with people (p-center; Hakimi 1965).
    Worst,
    /// Most people within the limit of two or more sites (backup coverage; Hogan and ReVelle 1986).
    Backup {
        /// Seconds within which a site reaches a place.
        limit_s: f64,
    },
    /// Expected people within the limit of a free ambulance (maximum expected covering; Daskin 1983).
    /// `Question::sites` counts ambulances to place; a fixed site holds one.
    Busy {
        /// Seconds within which a site reaches a place.
        limit_s: f64,
        /// Share of time an ambulance is busy, 0 up to but not including 1.
        busy: f64,
        /// Most ambulances at one site, at least 1.
        per_site: u32,
    },
}

impl Goal {
    /// The goal as the command line spells it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ReachAll { .. } => "reach-all",
            Self::Cover { .. } => "cover",
            Self::Mean => "mean",
            Self::Worst => "worst",
            Self::Backup { .. } => "backup",
            Self::Busy { .. } => "busy",
        }
    }

    /// The limit in milliseconds, where the goal has one.
    pub fn limit_ms(&self) -> Option<u32> {
        match self {
            Self::ReachAll { limit_s }
            | Self::Cover { limit_s }
            | Self::Backup { limit_s }
            | Self::Busy { limit_s, .. } => Some(limit_s),
            Self::Mean | Self::Worst => None,
        }
        .map(|s| (s * 1000.0).round().min(f64::from(u32::MAX)) as u32)
    }

    /// Whether a larger objective is better.
    pub fn more_is_better(&self) -> bool {
        matches!(self, Self::Cover { .. } | Self::Backup { .. } | Self::Busy { .. })
    }
}

/// A goal and what it may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question {
    /// What for.
    pub goal: Goal,
    /// New sites beyond those that are given up, at most; `None` leaves it to the budget (or, for reach-all, free).
    pub sites: Option<usize>,
    /// Money for building and giving up, at most, in the unit of `Site::cost`; `None` is no limit.
    pub budget: Option<f64>,
}

impl Question {
    /// A goal with a number of new sites.
    pub fn new(goal: Goal, sites: usize) -> Self {
        Self { goal, sites: Some(sites), budget: None }
    }

    /// Refuses what has no answer before any search begins.
    pub(crate) fn check(&self, instance: &Instance) -> Result<(), ProposeError> {
        let bad = |what, found, wanted| Err(ProposeError::BadQuestion { what, found, wanted });
        if let Goal::ReachAll { limit_s }
        | Goal::Cover { limit_s }
        | Goal::Backup { limit_s }
        | Goal::Busy { limit_s, .. } = self.goal
            && !(limit_s >= 0.0 && limit_s.is_finite())
        {
            return bad("the time limit of the goal in seconds", limit_s, "a number of at least 0");
        }
        if let Goal::Busy { busy, per_site, .. } = self.goal {
            if !(0.0..1.0).contains(&busy) {
                return bad("the busy share", busy, "at least 0 and below 1");
            }
            if per_site == 0 || per_site > 1000 {
                return bad("ambulances a site", f64::from(per_site), "from 1 to 1000");
            }
        }
        let candidates = instance.standing(|s| s == Standing::Candidate).len();
        let copies = if let Goal::Busy { per_site, .. } = self.goal { per_site as usize } else { 1 };
        if let Some(asked) = self.sites
            && asked > candidates * copies
        {
            return Err(ProposeError::TooManySites { asked, candidates });
        }
        if let Some(budget) = self.budget {
            if !budget.is_finite() || budget > 1e15 {
                return bad("the budget", budget, "a finite number");
            }
            if budget < 0.0 {
                return Err(ProposeError::BudgetTooSmall { budget });
            }
        }
        if self.sites.is_none() && self.budget.is_none() && !matches!(self.goal, Goal::ReachAll { .. }) {
            return Err(ProposeError::NoLimitGiven);
        }
        let capacities = instance.sites().iter().any(|s| s.capacity.is_some());
        if capacities && !matches!(self.goal, Goal::Cover { .. } | Goal::ReachAll { .. }) {
            return Err(ProposeError::CapacityNotSupported { goal: self.goal.name() });
        }
        Ok(())
    }
}

/// How a search stands, for a progress line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Best objective found so far, in the unit of the goal.
    pub incumbent: Option<f64>,
    /// Proven bound on the objective.
    pub bound: f64,
    /// `|bound - incumbent|`, in the unit of the goal.
    pub gap: Option<f64>,
    /// Branch and bound nodes visited.
    pub nodes: u64,
}

/// How hard to search. [`Options::default`] searches to the end, counts up to 100 ties and draws the curve.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Wall time for the main search; over it the best set found is returned with its proven bound.
    pub time_limit: Option<Duration>,
    /// Tied optima to look for; 0 skips the count.
    pub tie_limit: usize,
    /// Whether to solve for 1..N sites as well.
    pub curve: bool,
    /// Nodes of the main search, over which the best set found is returned with its proven bound; `None` is no limit.
    pub node_limit: Option<u64>,
    /// Called now and then from the searching thread.
    pub progress: Option<&'a dyn Fn(Progress)>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { time_limit: None, tie_limit: 100, curve: true, node_limit: None, progress: None }
    }
}

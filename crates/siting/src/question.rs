//! The question to an instance: a goal, limits on sites and money, and limits on the search.

use std::time::Duration;

use super::error::SitingError;
use super::instance::{Instance, SiteStatus};

/// Which location model the new sites optimise. Time limits are inclusive and rounded to whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// Fewest sites that reach everybody who can be reached within the limit: location set covering problem (LSCP;
    /// Toregas, Swain, ReVelle and Bergman 1971).
    ReachAll {
        /// Coverage standard: seconds within which a site covers a place.
        limit_s: f64,
    },
    /// Most people within the limit: maximal covering location problem (MCLP; Church and ReVelle 1974).
    Cover {
        /// Coverage standard: seconds within which a site covers a place.
        limit_s: f64,
    },
    /// Least sum of people times seconds from their nearest site: p-median problem (Hakimi 1964).
    Mean,
    /// Least time of the worst-off place with people: p-center problem (Hakimi 1964), restricted to the given sites
    /// and unweighted.
    Worst,
    /// Most people within the limit of two or more sites: backup coverage (BACOP; Hogan and ReVelle 1986) with all the
    /// weight on the second coverage.
    Backup {
        /// Coverage standard: seconds within which a site covers a place.
        limit_s: f64,
    },
    /// Most expected people within the limit of a free ambulance: maximum expected covering location problem (MEXCLP;
    /// Daskin 1983). `Question::sites` counts ambulances to place; a fixed site holds one.
    Busy {
        /// Coverage standard: seconds within which a site covers a place.
        limit_s: f64,
        /// Busy fraction: share of time an ambulance is unavailable, 0 up to but not including 1.
        busy: f64,
        /// Most ambulances at one candidate, from 1 to 1000.
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

    /// The coverage standard in whole milliseconds; `None` for mean and worst.
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

/// A goal and the limits of its answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question {
    /// The location model.
    pub goal: Goal,
    /// Most new sites beyond the movable ones that are closed (busy: ambulances); `None` leaves the number to the
    /// budget, or free for reach-all.
    pub sites: Option<usize>,
    /// Most money for opening and closing sites, in the unit of `Site::cost`; `None` is no limit.
    pub budget: Option<f64>,
}

impl Question {
    /// A goal with a number of new sites and no budget.
    pub fn new(goal: Goal, sites: usize) -> Self {
        Self { goal, sites: Some(sites), budget: None }
    }

    /// Checks the numbers of a question before any search begins.
    pub(super) fn check(&self, instance: &Instance) -> Result<(), SitingError> {
        let bad = |what, found, wanted| Err(SitingError::BadQuestion { what, found, wanted });
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
        let candidates = instance.sites_with(|s| s == SiteStatus::Candidate).len();
        let copies = if let Goal::Busy { per_site, .. } = self.goal { per_site as usize } else { 1 };
        if let Some(asked) = self.sites
            && asked > candidates * copies
        {
            return Err(SitingError::TooManySites { asked, candidates });
        }
        if let Some(budget) = self.budget {
            if !budget.is_finite() || budget > 1e15 {
                return bad("the budget", budget, "a finite number");
            }
            if budget < 0.0 {
                return Err(SitingError::BudgetTooSmall { budget });
            }
        }
        if self.sites.is_none() && self.budget.is_none() && !matches!(self.goal, Goal::ReachAll { .. }) {
            return Err(SitingError::NoLimitGiven);
        }
        if instance.is_capacitated() && !matches!(self.goal, Goal::Cover { .. } | Goal::ReachAll { .. }) {
            return Err(SitingError::CapacityNotSupported { goal: self.goal.name() });
        }
        Ok(())
    }
}

/// State of a search, for a progress line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Best objective found so far, in the unit of `Certificate::objective`; `None` if no set is found yet.
    pub incumbent: Option<f64>,
    /// Proven bound on the objective, same unit.
    pub bound: f64,
    /// `|bound - incumbent|`, same unit; `None` without an incumbent.
    pub gap: Option<f64>,
    /// Branch and bound nodes visited by the present search.
    pub nodes: u64,
}

/// Limits of the search. [`Options::default`] searches to the end, lists up to 100 ties and computes the curve.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Wall time for the whole answer; after it the best set found is returned with its proven bound. `None` is no
    /// limit.
    pub time_limit: Option<Duration>,
    /// Most tied optima to list; 0 skips them.
    pub tie_limit: usize,
    /// Whether to compute the trade-off curve: the same question for 1..N sites.
    pub curve: bool,
    /// Nodes of the main search, after which the best set found is returned with its proven bound; `None` is no limit.
    pub node_limit: Option<u64>,
    /// Called from the searching thread, at most five times a second; `None` reports no progress.
    pub progress: Option<&'a dyn Fn(Progress)>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { time_limit: None, tie_limit: 100, curve: true, node_limit: None, progress: None }
    }
}

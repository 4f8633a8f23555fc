//! The request for a proposal: goal, limit, number of sites, budget.
//!
//! In: options of the command line, or proposal.json. Out: [`SitingRequest`] and the solvers' [`Question`].

use super::{Parameter, ProposalError};
use lifering_base::message;
use lifering_siting::{Goal, Question};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The goals by their names on the command line and in proposal.json.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GoalName {
    /// Fewest sites that cover all coverable demand: LSCP (Toregas et al. 1971).
    ReachAll,
    /// Most people within the limit: MCLP (Church & `ReVelle` 1974).
    Cover,
    /// Least mean time: p-median (Hakimi 1964).
    Mean,
    /// Least worst time: p-center (Hakimi 1964).
    Worst,
    /// Most people within the limit of two sites: BACOP (Hogan & `ReVelle` 1986).
    Backup,
    /// Most expected people within the limit of a free ambulance: MEXCLP (Daskin 1983).
    Busy,
}

impl GoalName {
    /// Name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::ReachAll => "reach-all",
            Self::Cover => "cover",
            Self::Mean => "mean",
            Self::Worst => "worst",
            Self::Backup => "backup",
            Self::Busy => "busy",
        }
    }

    /// Whether the goal needs a limit.
    pub fn has_limit(self) -> bool {
        !matches!(self, Self::Mean | Self::Worst)
    }
}

/// A goal with its limit and resources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Ask")]
pub struct SitingRequest {
    /// What is optimised.
    pub goal: GoalName,
    /// Response limit, seconds, by the clock of the rule; null for goals without a limit and for radius rules.
    pub limit_s: Option<f64>,
    /// Distance limit of a radius rule, metres; absent for limits in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_m: Option<f64>,
    /// Most new sites; null: as many as the goal and the budget allow.
    pub new_sites: Option<usize>,
    /// Most cost of opening and closing sites, in the unit of the candidates' cost; absent: no budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<f64>,
    /// Share of time an ambulance is busy, 0 to 1 (Daskin 1983); goal busy only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<f64>,
    /// Most ambulances at one site; absent: 1. Goal busy only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_site: Option<u32>,
    /// Most people one site can serve, if its candidate states no capacity; absent: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
}

impl SitingRequest {
    /// A goal with at most `new_sites` new sites, without limit, budget or capacity.
    pub fn new(goal: GoalName, new_sites: usize) -> Self {
        Self {
            goal,
            limit_s: None,
            limit_m: None,
            new_sites: Some(new_sites),
            budget: None,
            busy: None,
            per_site: None,
            capacity: None,
        }
    }

    /// The limit in seconds, in metres for a radius rule; `None` for goals without a limit.
    pub fn limit(&self) -> Option<f64> {
        if self.goal.has_limit() { self.limit_s.or(self.limit_m) } else { None }
    }

    /// The goal of the solvers. `slack` is added to the limit: the resolution of the measurement, seconds or metres
    /// ([`super::region::objective::Objective::slack`]).
    ///
    /// # Errors
    /// The limit or the busy share is missing, or an option does not fit the goal.
    pub fn goal(&self, slack: f64) -> Result<Goal, ProposalError> {
        let limit = || {
            let limit = self.limit().ok_or_else(|| {
                ProposalError::asked(Parameter::Goal, self.goal.word(), message!("message.limit_with_it"))
            })?;
            Ok::<f64, ProposalError>(limit + slack)
        };
        if self.goal != GoalName::Busy && (self.busy.is_some() || self.per_site.is_some()) {
            return Err(ProposalError::asked(
                Parameter::BusyAndPerSite,
                self.goal.word(),
                message!("message.goal_busy"),
            ));
        }
        Ok(match self.goal {
            GoalName::ReachAll => Goal::ReachAll { limit_s: limit()? },
            GoalName::Cover => Goal::Cover { limit_s: limit()? },
            GoalName::Backup => Goal::Backup { limit_s: limit()? },
            GoalName::Mean | GoalName::Worst if self.limit_m.is_some() => {
                return Err(ProposalError::asked(
                    Parameter::Rule,
                    message!("message.a_distance"),
                    message!("message.rule_on_time"),
                ));
            }
            GoalName::Mean => Goal::Mean,
            GoalName::Worst => Goal::Worst,
            GoalName::Busy => {
                let busy = self.busy.ok_or_else(|| {
                    ProposalError::asked(Parameter::Busy, message!("message.nothing"), message!("message.busy_share"))
                })?;
                Goal::Busy { limit_s: limit()?, busy, per_site: self.per_site.unwrap_or(1) }
            }
        })
    }

    /// The question for the solvers; `slack` as in [`Self::goal`].
    ///
    /// # Errors
    /// No new sites and no budget, or as [`Self::goal`].
    pub fn question(&self, slack: f64) -> Result<Question, ProposalError> {
        if self.new_sites == Some(0) && self.budget.is_none() {
            return Err(ProposalError::asked(Parameter::Sites, "0", message!("message.at_least_one")));
        }
        Ok(Question { goal: self.goal(slack)?, sites: self.new_sites, budget: self.budget })
    }
}

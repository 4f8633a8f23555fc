//! What is asked on the command line, and kept in proposal.json so that it can be checked.

use super::{Parameter, ProposalError};
use lifering_base::message;
use lifering_siting::{Goal, Question};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The goals by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GoalName {
    /// Fewest sites that reach everybody who can be reached.
    ReachAll,
    /// Most people within the limit.
    Cover,
    /// Least mean time.
    Mean,
    /// Least worst time.
    Worst,
    /// Most people within the limit of two sites.
    Backup,
    /// Expected people within the limit of a free ambulance.
    Busy,
}

impl GoalName {
    /// The goal as the command line spells it.
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

    /// Whether the goal counts people within a limit.
    pub fn has_limit(self) -> bool {
        !matches!(self, Self::Mean | Self::Worst)
    }
}

/// A goal and what it may take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SitingRequest {
    /// What for.
    pub goal: GoalName,
    /// Seconds within which a site reaches a place; for a radius rule see `limit_m`.
    pub limit_s: Option<f64>,
    /// Metres within which a site reaches a place, for a radius rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_m: Option<f64>,
    /// New sites, at most.
    pub new_sites: Option<usize>,
    /// Money, at most, in the unit of the candidates' cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<f64>,
    /// Share of time an ambulance is busy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<f64>,
    /// Most ambulances at one site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_site: Option<u32>,
    /// Most people one site can serve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
}

impl SitingRequest {
    /// A goal with at most so many new sites, and nothing else asked.
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

    /// The limit in seconds, or metres for a radius rule.
    pub fn limit(&self) -> Option<f64> {
        if self.goal.has_limit() { self.limit_s.or(self.limit_m) } else { None }
    }

    /// The goal with its limit, as the solvers take it; `slack` is what the rules allow a limit to be exceeded by,
    /// seconds or metres.
    pub fn goal(&self, slack: f64) -> Result<Goal, ProposalError> {
        let limit_s = || {
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
            GoalName::ReachAll => Goal::ReachAll { limit_s: limit_s()? },
            GoalName::Cover => Goal::Cover { limit_s: limit_s()? },
            GoalName::Backup => Goal::Backup { limit_s: limit_s()? },
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
                Goal::Busy { limit_s: limit_s()?, busy, per_site: self.per_site.unwrap_or(1) }
            }
        })
    }

    /// The question for the solvers.
    pub fn question(&self, slack: f64) -> Result<Question, ProposalError> {
        if self.new_sites == Some(0) && self.budget.is_none() {
            return Err(ProposalError::asked(Parameter::Sites, "0", message!("message.at_least_one")));
        }
        Ok(Question { goal: self.goal(slack)?, sites: self.new_sites, budget: self.budget })
    }
}

//! Measured values against written limits: the five kinds of rule.
//!
//! In: a [`catalogue::Standard`], [`evidence::Evidence`], and the measurements for the queries of its rules. Out: one
//! [`outcome::RuleOutcome`] a rule. Rules see people, sites, times and distances, never roads.

pub mod baselines;
pub mod catalogue;
pub mod counts;
pub mod coverage;
pub mod evidence;
mod exit_status;
pub mod incomplete;
mod judge;
pub mod needs;
pub mod outcome;
mod query;
pub mod sentences;
mod shares;
mod shortfall;
pub mod town_and_country;

pub use exit_status::ExitStatus;
pub use judge::{JudgeError, MeasureFn, MeasurementDefect, Unmeasured, judge};
pub use query::{AccessQuery, CriterionQueries, Impedance, access_queries, access_query};
pub use shortfall::{Figures, Shortfall};

//! Sites that would help, with proof.
//!
//! In: an [`Instance`] (people, sites, times between them; no geography) and a [`Question`] (a goal and what it may
//! take). Out: a [`Certificate`] (sites, objective, proven bound, ties, curve, build order), or a sentence that says
//! why there is none. [`verify`] recomputes an objective without the search.
//!
//! How it flows: `instance` and `question` check, `core` numbers the columns, one file a goal (`mclp`, `backup`,
//! `mexclp`, `p_median`, `p_center`, `lscp`, `capacity`) puts it as a relaxation (`coverage`, `median`, `knapsack`), `subgradient` bounds it, `branch`
//! searches, `hunt` runs these in order and `solve` writes the certificate.

#![allow(clippy::cast_possible_wrap, reason = "positions and whole units stay far below half the range of their types")]

mod aim;
mod along;
mod backup;
mod branch;
mod capacity;
mod certificate;
mod clock;
mod core;
mod coverage;
mod error;
mod flow;
mod full_sites;
mod hunt;
mod instance;
mod knapsack;
mod lscp;
mod mclp;
mod median;
mod mexclp;
mod order;
mod p_center;
mod p_median;
mod question;
mod reduce;
mod refuse;
mod relaxation;
mod rows;
mod scale;
mod selection;
mod solve;
mod subgradient;
mod verify;

pub use certificate::{Certificate, CurvePoint, Status, Step, Ties};
pub use error::ProposeError;
pub use instance::{Demand, Instance, Pair, Site, Standing};
pub use question::{Goal, Options, Progress, Question};
pub use solve::solve;
pub use verify::verify;

//! Exact facility location: which sites to open, with a proof of how good they are.
//!
//! An [`Instance`] holds demand (people), sites (existing stations and candidates) and travel times between them; it
//! knows no geography. A [`Question`] is a [`Goal`] (which location model) and its limits (number of new sites,
//! budget). [`solve`] answers with a [`Certificate`]: the sites, their objective, a proven bound on the objective of
//! any allowed set, the gap between the two, tied optima, the trade-off curve over 1..N sites and an order of building;
//! or with a [`SitingError`], a sentence that says why there is no answer. [`verify`] recomputes an objective without
//! the search.
//!
//! Quantities become whole units once (`scale.rs`), so bounds and objectives compare exactly, without tolerances.
//! Each goal (`lscp`, `mclp`, `p_median`, `p_center`, `bacop`, `mexclp`, `capacitated`) builds a Lagrangian relaxation
//! (`coverage`, `median`, `knapsack`), `subgradient` bounds it, `branch_and_bound` closes the gap, `solve` writes the
//! certificate.
//!
//! ```
//! use lifering_siting::{Demand, Goal, Instance, Question, Site, Status, TravelTime, solve, verify};
//!
//! let demand = vec![Demand { id: "town".into(), people: 900.0 }, Demand { id: "village".into(), people: 100.0 }];
//! let sites = vec![Site::candidate("north"), Site::candidate("south")];
//! let times = [(0, 0, 300.0), (0, 1, 700.0), (1, 1, 200.0)];
//! let times = times.map(|(demand, site, seconds)| TravelTime { demand, site, seconds });
//! let instance = Instance::new(demand, sites, times)?;
//! let goal = Goal::Cover { limit_s: 480.0 };
//! let answer = solve(&instance, &Question::new(goal, 1), &Default::default())?;
//! assert_eq!((answer.status, answer.sites.as_slice(), answer.objective), (Status::Optimal, &[0][..], 900.0));
//! assert_eq!(verify(&instance, &goal, &answer.open_sites())?, Some(900.0));
//! # Ok::<(), lifering_siting::SitingError>(())
//! ```

#![allow(clippy::cast_possible_wrap, reason = "positions and whole units stay far below half the range of their types")]

mod allocation;
mod bacop;
mod branch_and_bound;
mod build_order;
mod capacitated;
mod certificate;
mod columns;
mod coverage;
mod dominance;
mod error;
mod frontier;
mod infeasibility;
mod instance;
mod knapsack;
mod lscp;
mod max_flow;
mod mclp;
mod median;
mod mexclp;
mod model;
mod monitor;
mod objective;
mod p_center;
mod p_median;
mod question;
mod relaxation;
mod scale;
mod search;
mod solve;
mod sparse;
mod subgradient;
mod subproblem;
mod verify;

pub use certificate::{BuildStep, Certificate, CurvePoint, Status, Ties};
pub use error::SitingError;
pub use instance::{Demand, Instance, Site, SiteStatus, TimeEntry, TravelTime};
pub use question::{Goal, Options, Progress, Question};
pub use solve::solve;
pub use verify::verify;

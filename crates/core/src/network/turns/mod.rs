//! Turn restrictions in the frozen network.
//!
//! In: turn records and the segments of the roads. Out: [`TurnStates`]: what a search must remember at the restricted
//! junctions, as extra nodes of the graph, so that the search itself knows nothing of turns.
//!
//! `paths` finds the sequences of segments that a record forbids; `states` makes of them an automaton over the links.

mod paths;
mod states;

pub use paths::TurnOutcome;
pub(super) use paths::{ForbiddenPaths, Way};
pub(super) use states::{DirectedLink, TurnStates};

#[cfg(test)]
mod tests;

//! What a branch and bound search looks for, and its outcome.

use super::relaxation::ValuedSet;

/// What the search looks for. Values are unshifted whole units of a maximisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Objective {
    /// The best value.
    Best,
    /// Any set worth at least this much.
    AtLeast(i64),
    /// Every set of exactly `size` columns (copies counted) worth `value`, up to `limit` of them.
    AllTied { value: i64, size: usize, limit: usize },
}

/// Outcome of a search, in unshifted whole units of a maximisation.
#[derive(Debug, Clone)]
pub(super) struct SearchOutcome {
    /// Best set found.
    pub best: Option<ValuedSet>,
    /// No allowed set is worth more than this.
    pub bound: i64,
    /// Whether the search ran to its end.
    pub complete: bool,
    /// Branch and bound nodes visited.
    pub nodes: u64,
    /// Tied sets found ([`Objective::AllTied`] only), as columns.
    pub ties: Vec<Vec<u32>>,
}

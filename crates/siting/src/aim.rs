//! What a branch and bound search is asked for, and what it answers.

use super::relaxation::Valued;

/// What the search is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Aim {
    /// The best value.
    Best,
    /// Any set worth at least this.
    AtLeast(i64),
    /// Every set of exactly `size` columns (repetitions counted) worth `value`, up to `limit` of them.
    All { value: i64, size: usize, limit: usize },
}

/// What came out, values unshifted and as maximisation.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// Best set found.
    pub best: Option<Valued>,
    /// No allowed set is worth more than this.
    pub bound: i64,
    /// Whether the search ran to its end.
    pub complete: bool,
    /// Nodes visited.
    pub nodes: u64,
    /// Every tied set found (aim `All`).
    pub ties: Vec<Vec<u32>>,
}

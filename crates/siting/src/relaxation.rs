//! The contract between a goal and the search: pricing of columns at given multipliers, and the exact value of a set.
//!
//! Every goal is a maximisation over whole numbers. Relaxing the rows that tie demand to sites, with one multiplier a
//! row, leaves the Lagrangian bound `L = constant + best sum of column profits`, an upper bound for any multipliers
//! (Geoffrion 1974). Inner values are shifted left by [`Relaxation::shift`] bits to leave room for fractions.

use super::monitor::Monitor;

/// Exact value of a set (unshifted) and its columns, with repetition.
pub(super) type ValuedSet = (i64, Vec<u32>);

/// A budget constraint in whole units of money.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    /// Cost of opening each column, indexed by column; negative for movable sites, since keeping one saves its closing
    /// cost.
    pub cost: Vec<i64>,
    /// Most that may be spent; negative if closing every movable site costs more than there is.
    pub money: i64,
}

/// Which sets of columns are allowed.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// Most columns to choose, repetitions counted.
    pub most: u32,
    /// Copies of each column that may be chosen, indexed by column.
    pub copies: Vec<u16>,
    /// `None` is no limit on money.
    pub budget: Option<Budget>,
}

impl Limits {
    /// Cost of one copy of a column; 0 without a budget.
    pub(super) fn cost(&self, column: u32) -> i64 {
        self.budget.as_ref().map_or(0, |budget| budget.cost[column as usize])
    }

    /// Cost of each column, if there is a budget. Indexed by column.
    pub(super) fn costs(&self) -> Option<&[i64]> {
        self.budget.as_ref().map(|budget| budget.cost.as_slice())
    }

    /// Money left after a set, if there is a budget.
    pub(super) fn money_left(&self, set: &[u32]) -> Option<i64> {
        let budget = self.budget.as_ref()?;
        Some(budget.money - set.iter().map(|&j| budget.cost[j as usize]).sum::<i64>())
    }

    /// Whether a set keeps to the number, the budget and the copies.
    pub(super) fn allows(&self, set: &[u32]) -> bool {
        if set.len() > self.most as usize || self.money_left(set).is_some_and(|left| left < 0) {
            return false;
        }
        set.iter().all(|j| set.iter().filter(|k| *k == j).count() <= usize::from(self.copies[*j as usize]))
    }

    /// The same limits for some of the columns.
    pub(super) fn restrict(&self, columns: &[u32]) -> Self {
        Self {
            most: self.most,
            copies: columns.iter().map(|&j| self.copies[j as usize]).collect(),
            budget: self.budget.as_ref().map(|budget| Budget {
                cost: columns.iter().map(|&j| budget.cost[j as usize]).collect(),
                money: budget.money,
            }),
        }
    }
}

/// Position of each column in a selection of columns, `None` if it is not selected. Indexed by column.
pub(super) fn positions(selected: &[u32], columns: usize) -> Vec<Option<u32>> {
    let mut position = vec![None; columns];
    for (at, &j) in selected.iter().enumerate() {
        position[j as usize] = Some(at as u32);
    }
    position
}

/// A goal's Lagrangian relaxation on a fixed set of columns. `lambda` is indexed by row, `profit` and `open` by column.
pub(super) trait Relaxation: Sized {
    /// Number of columns: sites that may be chosen.
    fn columns(&self) -> usize;
    /// Number of rows: multipliers.
    fn rows(&self) -> usize;
    /// Bits of fraction in every inner value.
    fn shift(&self) -> u32;
    /// Fixes columns as chosen (with repetition); pricing from here on is conditional on them.
    fn condition_on(&mut self, chosen: &[u32]);
    /// First multipliers, guided by a good set.
    fn initial_multipliers(&mut self, good: &[u32]) -> Vec<i64>;
    /// Writes the profit of every open column and returns the constant, which includes the chosen columns.
    fn price(&mut self, lambda: &[i64], open: &[bool], profit: &mut [i64]) -> i64;
    /// Writes a subgradient, indexed by row: (wanted - supplied) at these multipliers for the selected columns. A
    /// positive entry asks for a higher multiplier.
    fn subgradient(&mut self, lambda: &[i64], selected: &[u32], subgradient: &mut [f64]);
    /// Least and largest useful multiplier of a row in the present node.
    fn multiplier_range(&self, row: usize) -> (i64, i64);
    /// Exact value of a set, unshifted; `None` if the set violates a row.
    fn evaluate(&mut self, set: &[u32]) -> Option<i64>;
    /// Limits that close columns which some best set does without. Not valid for listing ties.
    fn reduce(&self, limits: &Limits) -> Limits;
    /// A feasible set close to `set`, cheaply; `None` if there is none within the limits.
    fn repair(&mut self, set: &[u32], limits: &Limits) -> Option<ValuedSet>;
    /// Local search: adds, drops and exchanges until nothing helps or the time is up.
    fn improve(&mut self, set: Vec<u32>, limits: &Limits, monitor: &Monitor<'_>) -> Option<ValuedSet>;
    /// Adds the best column again and again without revising; in the order of adding. Short if the time is up.
    fn greedy_sequence(&mut self, set: Vec<u32>, limits: &Limits, monitor: &Monitor<'_>) -> Vec<u32>;
    /// The same problem on some columns, and the multipliers of its rows.
    fn restrict(&self, columns: &[u32], lambda: &[i64]) -> (Self, Vec<i64>);
}

//! What a goal must tell the search: how to price its columns at given multipliers, and what a set is worth.
//!
//! Every goal is put as a maximisation over whole numbers. Relaxing the rows that tie people to sites, with one
//! multiplier a row, leaves `L = constant + best sum of column profits`, an upper bound for any multipliers
//! (Geoffrion 1974). Values inside are shifted left by [`Relaxation::shift`] bits to leave room for fractions.

/// Result of swapping and adding until nothing helps: value (unshifted) and the columns, with repetition.
pub(crate) type Valued = (i64, Vec<u32>);

/// What may be chosen: at most so many, and at most so much money.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// Most columns to choose, repetitions counted.
    pub most: u32,
    /// Copies of each column that may be chosen.
    pub copies: Vec<u16>,
    /// Cost of each column in whole units (negative: keeping it saves money), and the money there is.
    pub budget: Option<(Vec<i64>, i64)>,
}

impl Limits {
    pub(crate) fn cost(&self, set: &[u32]) -> i64 {
        self.budget.as_ref().map_or(0, |(cost, _)| set.iter().map(|&j| cost[j as usize]).sum())
    }

    /// Whether a set keeps to the number, the money and the copies.
    pub(crate) fn allows(&self, set: &[u32]) -> bool {
        if set.len() > self.most as usize || self.budget.as_ref().is_some_and(|(_, money)| self.cost(set) > *money) {
            return false;
        }
        set.iter().all(|j| set.iter().filter(|k| *k == j).count() <= usize::from(self.copies[*j as usize]))
    }

    /// The same limits for some of the columns.
    pub(crate) fn keep(&self, columns: &[u32]) -> Self {
        let pick = |v: &[i64]| columns.iter().map(|&j| v[j as usize]).collect();
        Self {
            most: self.most,
            copies: columns.iter().map(|&j| self.copies[j as usize]).collect(),
            budget: self.budget.as_ref().map(|(c, b)| (pick(c), *b)),
        }
    }
}

/// A goal's Lagrangian relaxation on a fixed set of columns.
pub(crate) trait Relaxation: Sized {
    /// Sites that may be chosen.
    fn columns(&self) -> usize;
    /// Multipliers.
    fn rows(&self) -> usize;
    /// Bits of fraction in every inner value.
    fn shift(&self) -> u32;
    /// Takes columns as chosen (with repetition); what follows is priced given them.
    fn enter(&mut self, chosen: &[u32]);
    /// First multipliers, guided by a good set.
    fn start(&mut self, good: &[u32]) -> Vec<i64>;
    /// Fills the profit of every column that is open and returns the constant, chosen columns included.
    fn price(&mut self, lambda: &[i64], open: &[bool], profit: &mut [i64]) -> i64;
    /// Per row, (wanted - supplied) at these multipliers for the picked columns: raise the multiplier where positive.
    fn slope(&mut self, lambda: &[i64], picked: &[u32], slope: &mut [f64]);
    /// Allowed range of a multiplier in the present node.
    fn range(&self, row: usize) -> (i64, i64);
    /// Exact value of a set, unshifted; `None` where the set is not allowed by the rows.
    fn value(&mut self, set: &[u32]) -> Option<i64>;
    /// Limits with those columns closed that no best set needs; ties may need them.
    fn narrow(&self, limits: &Limits) -> Limits;
    /// A valid set close to `set`, cheaply; `None` where there is none within the limits.
    fn polish(&mut self, set: &[u32], limits: &Limits) -> Option<Valued>;
    /// Adds, drops and swaps until nothing helps.
    fn improve(&mut self, set: Vec<u32>, limits: &Limits) -> Option<Valued>;
    /// Adds the best column again and again, never looking back; in the order of adding.
    fn grow(&mut self, set: Vec<u32>, limits: &Limits) -> Vec<u32>;
    /// The same problem on some columns, given `chosen`; multipliers are carried over.
    fn keep(&self, columns: &[u32], lambda: &[i64]) -> (Self, Vec<i64>);
}

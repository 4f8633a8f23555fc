//! Reach-all: fewest sites that reach everybody who can be reached (location set covering, LSCP; Toregas et al. 1971).
//!
//! The relaxation is that of set covering (Beasley 1987): one multiplier a row; the profit of a column is the sum of
//! its rows' multipliers, less one. The same search answers p-center's question "are so many sites enough for this
//! time?".

use super::columns::SiteColumns;
use super::dominance::{dominated_columns, minimal_rows};
use super::instance::Instance;
use super::model::covering_sites;
use super::monitor::Monitor;
use super::relaxation::{Limits, Relaxation, ValuedSet, positions};
use super::search::WORTHLESS;
use super::sparse::SparseRows;

/// Bits of fraction: one site is `1 << SHIFT`.
const SHIFT: u32 = 32;

/// The relaxation, as a maximisation of minus the number of sites.
#[derive(Debug, Clone)]
pub(super) struct SetCoverRelaxation {
    /// Columns of each row.
    reach: SparseRows,
    /// Rows of each column.
    serve: SparseRows,
    /// Chosen columns of each row in the present node, indexed by row.
    base: Vec<u32>,
    /// Scratch: columns of each row in some set, indexed by row.
    count: Vec<u32>,
    /// Number of columns chosen in the present node.
    chosen: i64,
    /// Whether the present node still has to be checked for a row without an open column.
    unchecked: bool,
}

impl SetCoverRelaxation {
    /// `rows`: columns of each row that must be covered, ascending. Rows that others imply are dropped.
    pub(super) fn new(columns: usize, rows: &SparseRows) -> Self {
        let mut kept = SparseRows::new();
        for i in minimal_rows(rows, columns) {
            kept.push(rows.get(i as usize).iter().copied());
        }
        let m = kept.len();
        Self {
            serve: kept.transpose(columns),
            reach: kept,
            base: vec![0; m],
            count: vec![0; m],
            chosen: 0,
            unchecked: true,
        }
    }

    /// Columns of a set that cover each row, indexed by row.
    fn counts(&self, set: &[u32]) -> Vec<u32> {
        let mut count = vec![0; self.reach.len()];
        for &j in set {
            for &i in self.serve.get(j as usize) {
                count[i as usize] += 1;
            }
        }
        count
    }

    /// Adds columns until every row is covered, cheapest per new row first (greedy set covering; Chvatal 1979), then
    /// drops redundant ones. `None` if some row has no open column.
    fn complete(&self, set: &[u32], limits: &Limits) -> Option<Vec<u32>> {
        let mut set = set.to_vec();
        set.retain(|j| limits.copies[*j as usize] > 0);
        let mut count = self.counts(&set);
        let mut missing = count.iter().filter(|c| **c == 0).count();
        let mut gain: Vec<u32> = (0..self.columns())
            .map(|j| self.serve.get(j).iter().filter(|&&i| count[i as usize] == 0).count() as u32)
            .collect();
        while missing > 0 {
            let open = |j: &usize| limits.copies[*j] > 0 && gain[*j] > 0;
            let j = (0..self.columns()).filter(open).min_by_key(|&j| {
                let cost = limits.costs().map_or(1, |cost| cost[j].max(0) + 1);
                // Cost per row, compared as whole numbers.
                (i128::from(cost) * 1_000_000 / i128::from(gain[j]), j)
            })?;
            set.push(j as u32);
            for &i in self.serve.get(j) {
                count[i as usize] += 1;
                if count[i as usize] == 1 {
                    missing -= 1;
                    for &k in self.reach.get(i as usize) {
                        gain[k as usize] -= 1;
                    }
                }
            }
        }
        let mut at = set.len();
        while at > 0 {
            at -= 1;
            let j = set[at];
            if self.serve.get(j as usize).iter().all(|&i| count[i as usize] > 1) {
                for &i in self.serve.get(j as usize) {
                    count[i as usize] -= 1;
                }
                set.remove(at);
            }
        }
        set.sort_unstable();
        Some(set)
    }

    /// Limits with every dominated column closed, repeated since closing columns makes more rows imply one another.
    fn close_dominated(&self, limits: &Limits) -> Limits {
        let mut limits = limits.clone();
        loop {
            let open: Vec<u32> = (0..self.columns() as u32).filter(|&j| limits.copies[j as usize] > 0).collect();
            let (small, _) = self.restrict(&open, &vec![0; self.rows()]);
            let part = limits.restrict(&open);
            let gone = dominated_columns(&small.reach, &small.serve, part.costs());
            if gone.is_empty() {
                return limits;
            }
            for at in gone {
                limits.copies[open[at as usize] as usize] = 0;
            }
        }
    }

    /// Whether every row has a column.
    pub(super) fn is_feasible(&self) -> bool {
        (0..self.reach.len()).all(|i| !self.reach.get(i).is_empty())
    }
}

impl Relaxation for SetCoverRelaxation {
    fn columns(&self) -> usize {
        self.serve.len()
    }

    fn rows(&self) -> usize {
        self.reach.len()
    }

    fn shift(&self) -> u32 {
        SHIFT
    }

    fn condition_on(&mut self, chosen: &[u32]) {
        self.base = self.counts(chosen);
        self.chosen = chosen.len() as i64;
        self.unchecked = true;
    }

    fn initial_multipliers(&mut self, good: &[u32]) -> Vec<i64> {
        let count = self.counts(good);
        (0..self.reach.len())
            .map(|i| {
                let longest =
                    self.reach.get(i).iter().map(|&j| self.serve.get(j as usize).len()).max().unwrap_or(1).max(1);
                if count[i] > 1 { 0 } else { (1i64 << SHIFT) / longest as i64 }
            })
            .collect()
    }

    fn price(&mut self, lambda: &[i64], open: &[bool], profit: &mut [i64]) -> i64 {
        for (j, p) in profit.iter_mut().enumerate() {
            if open[j] {
                *p = self.serve.get(j).iter().map(|&i| lambda[i as usize]).sum::<i64>() - (1 << SHIFT);
            }
        }
        if std::mem::take(&mut self.unchecked) {
            let uncoverable = |i: usize| self.base[i] == 0 && !self.reach.get(i).iter().any(|&j| open[j as usize]);
            if (0..self.reach.len()).any(uncoverable) {
                return WORTHLESS;
            }
        }
        -lambda.iter().sum::<i64>() - (self.chosen << SHIFT)
    }

    fn subgradient(&mut self, _lambda: &[i64], selected: &[u32], subgradient: &mut [f64]) {
        self.count.fill(0);
        for &j in selected {
            for &i in self.serve.get(j as usize) {
                self.count[i as usize] += 1;
            }
        }
        for (s, c) in subgradient.iter_mut().zip(&self.count) {
            *s = 1.0 - f64::from(*c);
        }
    }

    fn multiplier_range(&self, row: usize) -> (i64, i64) {
        (0, if self.base[row] > 0 { 0 } else { 1 << SHIFT })
    }

    fn evaluate(&mut self, set: &[u32]) -> Option<i64> {
        self.counts(set).iter().all(|c| *c > 0).then_some(-(set.len() as i64))
    }

    fn reduce(&self, limits: &Limits) -> Limits {
        self.close_dominated(limits)
    }

    fn repair(&mut self, set: &[u32], limits: &Limits) -> Option<ValuedSet> {
        let full = self.complete(set, limits)?;
        limits.allows(&full).then(|| (-(full.len() as i64), full))
    }

    fn improve(&mut self, set: Vec<u32>, limits: &Limits, monitor: &Monitor<'_>) -> Option<ValuedSet> {
        let mut best = self.complete(&set, limits)?;
        // Drop each column in turn, then each two and each three neighbours in the list, and complete without them.
        for width in [1, 2, 3] {
            let mut at = 0;
            while at + width <= best.len() && !monitor.time_is_up() {
                let mut less = best.clone();
                let gone: Vec<u32> = less.drain(at..at + width).collect();
                let mut other = limits.clone();
                for j in gone {
                    other.copies[j as usize] = 0;
                }
                match self.complete(&less, &other) {
                    Some(found) if found.len() < best.len() => {
                        best = found;
                        at = 0;
                    }
                    _ => at += 1,
                }
            }
        }
        limits.allows(&best).then(|| (-(best.len() as i64), best))
    }

    fn restrict(&self, columns: &[u32], lambda: &[i64]) -> (Self, Vec<i64>) {
        let rows = self.reach.select(&positions(columns, self.columns()));
        // Fewer columns make more rows imply one another.
        let minimal = minimal_rows(&rows, columns.len());
        let mut reach = SparseRows::new();
        let mut carried = Vec::with_capacity(minimal.len());
        for i in minimal {
            reach.push(rows.get(i as usize).iter().copied());
            carried.push(lambda[i as usize]);
        }
        let m = reach.len();
        let serve = reach.transpose(columns.len());
        (Self { serve, reach, base: vec![0; m], count: vec![0; m], chosen: 0, unchecked: true }, carried)
    }

    fn greedy_sequence(&mut self, set: Vec<u32>, limits: &Limits, _: &Monitor<'_>) -> Vec<u32> {
        self.complete(&set, limits).unwrap_or(set)
    }
}

/// The rows that must be covered: demands with people that no fixed site reaches within `limit_ms`; and the positions
/// of those that no column reaches either.
pub(super) fn rows(instance: &Instance, columns: &SiteColumns, limit_ms: u32) -> (SparseRows, Vec<usize>) {
    let (mut rows, mut uncoverable) = (SparseRows::new(), Vec::new());
    for (i, covering) in covering_sites(instance, columns, limit_ms).into_iter().enumerate() {
        if instance.demand()[i].people > 0.0 && covering.fixed == 0 {
            if covering.columns.is_empty() {
                uncoverable.push(i);
            } else {
                rows.push(covering.columns);
            }
        }
    }
    (rows, uncoverable)
}

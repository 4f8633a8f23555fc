//! The relaxation of cover, backup and busy: the worth of people depends on how many chosen sites cover them.
//!
//! A row is a group of people with the same covering columns and a table: their worth with 0, 1, 2, ... of them chosen.
//! Relaxing "the count claimed is at most the count chosen" with one multiplier a row gives the bound of the linear
//! program over the concave hull of the table (for cover: Galvao and ReVelle 1996).

use rayon::prelude::*;

use super::dominance::dominated_columns;
use super::monitor::Monitor;
use super::relaxation::{Limits, Relaxation, ValuedSet, positions};
use super::sparse::{SparseRows, group};

/// Matrix entries from which a pass over the matrix is spread over threads.
const PARALLEL_ENTRIES: usize = 60_000;

/// The relaxation, as a maximisation of people. Values are shifted by `shift` bits.
#[derive(Debug, Clone)]
pub(super) struct CoverageRelaxation {
    /// Columns of each row.
    reach: SparseRows,
    /// Rows of each column.
    serve: SparseRows,
    /// Worth of each row by the number of its columns chosen, indexed by row.
    tables: Vec<Box<[i64]>>,
    /// Worth of the people that the fixed sites cover already.
    constant: i64,
    shift: u32,
    /// Chosen columns of each row in the present node, indexed by row.
    base: Vec<u32>,
    /// Largest useful multiplier in the present node, indexed by row.
    ceiling: Vec<i64>,
    /// Scratch: columns of each row in some set, indexed by row.
    count: Vec<u32>,
}

impl CoverageRelaxation {
    /// `rows`: columns of each row, ascending. `tables`: unshifted worth by count, from 0, never falling, indexed by
    /// row.
    pub(super) fn new(columns: usize, rows: &SparseRows, tables: &[Box<[i64]>], constant: i64, shift: u32) -> Self {
        let tables: Vec<Box<[i64]>> = tables.iter().map(|t| t.iter().map(|v| v << shift).collect()).collect();
        Self::merged(columns, rows, &tables, constant << shift, shift, &[]).0
    }

    /// Merges equal rows. `lambda` is empty or has a multiplier for each row; those of merged rows add up.
    fn merged(
        columns: usize,
        rows: &SparseRows,
        tables: &[Box<[i64]>],
        constant: i64,
        shift: u32,
        lambda: &[i64],
    ) -> (Self, Vec<i64>) {
        let (group_of, first) = group(rows, |i| tables[i].len() as u64);
        let mut reach = SparseRows::new();
        let mut sums: Vec<Box<[i64]>> = Vec::with_capacity(first.len());
        for &f in &first {
            reach.push(rows.get(f as usize).iter().copied());
            sums.push(vec![0; tables[f as usize].len()].into());
        }
        let mut carried = vec![0i64; first.len()];
        for (i, &g) in group_of.iter().enumerate() {
            for (sum, v) in sums[g as usize].iter_mut().zip(&tables[i]) {
                *sum += v;
            }
            if let Some(l) = lambda.get(i) {
                carried[g as usize] += l;
            }
        }
        let m = sums.len();
        let serve = reach.transpose(columns);
        let one = Self {
            reach,
            serve,
            tables: sums,
            constant,
            shift,
            base: vec![0; m],
            ceiling: vec![0; m],
            count: vec![0; m],
        };
        (one, carried)
    }

    fn worth(&self, row: usize, count: u32) -> i64 {
        let t = &self.tables[row];
        t[(count as usize).min(t.len() - 1)]
    }

    /// Slope of the concave hull of the table at a count: the most that one more column can be part of.
    fn hull_slope(&self, row: usize, count: u32) -> i64 {
        let t = &self.tables[row];
        let at = (count as usize).min(t.len() - 1);
        (at + 1..t.len()).map(|k| (t[k] - t[at]) / (k - at) as i64).max().unwrap_or(0)
    }

    /// Gain of adding each column, into `gain`. `hull`: with the slope of the hull, so that a first of two covers
    /// counts.
    fn gains(&self, count: &[u32], per_row: &mut [i64], gain: &mut [i64], hull: bool) {
        for (i, g) in per_row.iter_mut().enumerate() {
            let step = self.worth(i, count[i] + 1) - self.worth(i, count[i]);
            *g = if hull { step + self.hull_slope(i, count[i]) } else { step };
        }
        self.gather(per_row, None, gain);
    }

    /// Sum of a row quantity over the rows of each open column.
    fn gather(&self, per_row: &[i64], open: Option<&[bool]>, out: &mut [i64]) {
        let one = |(j, o): (usize, &mut i64)| {
            if open.is_none_or(|open| open[j]) {
                *o = self.serve.get(j).iter().map(|&i| per_row[i as usize]).sum();
            }
        };
        if self.serve.entries() >= PARALLEL_ENTRIES {
            out.par_iter_mut().enumerate().for_each(one);
        } else {
            out.iter_mut().enumerate().for_each(one);
        }
    }

    fn add(&self, count: &mut [u32], column: u32) {
        for &i in self.serve.get(column as usize) {
            count[i as usize] += 1;
        }
    }

    fn remove(&self, count: &mut [u32], column: u32) {
        for &i in self.serve.get(column as usize) {
            count[i as usize] -= 1;
        }
    }

    /// Greedy adding (Church and ReVelle 1974): the best column again and again. `by_cost`: by gain per unit of money.
    pub(super) fn greedy(
        &mut self,
        mut set: Vec<u32>,
        limits: &Limits,
        by_cost: bool,
        monitor: &Monitor<'_>,
    ) -> Vec<u32> {
        let mut count = vec![0; self.reach.len()];
        for &j in &set {
            self.add(&mut count, j);
        }
        let (mut per_row, mut gain) = (vec![0; self.reach.len()], vec![0; self.columns()]);
        while set.len() < limits.most as usize && !monitor.grace_is_over() {
            self.gains(&count, &mut per_row, &mut gain, true);
            let money = limits.money_left(&set);
            let mut best: Option<(f64, u32)> = None;
            for j in 0..self.columns() as u32 {
                let used = set.iter().filter(|k| **k == j).count();
                let cost = limits.cost(j);
                if gain[j as usize] <= 0
                    || used >= usize::from(limits.copies[j as usize])
                    || money.is_some_and(|money| cost > money)
                {
                    continue;
                }
                let score = gain[j as usize] as f64 / if by_cost { (cost.max(0) as f64) + 1e-3 } else { 1.0 };
                if best.is_none_or(|(b, _)| score > b) {
                    best = Some((score, j));
                }
            }
            let Some((_, j)) = best else { break };
            self.add(&mut count, j);
            set.push(j);
        }
        set
    }

    /// Exchanges one column for another while it helps (vertex substitution; Teitz and Bart 1968).
    fn exchange(&mut self, mut set: Vec<u32>, limits: &Limits, monitor: &Monitor<'_>) -> Vec<u32> {
        let mut count = vec![0; self.reach.len()];
        for &j in &set {
            self.add(&mut count, j);
        }
        let (mut per_row, mut gain) = (vec![0; self.reach.len()], vec![0; self.columns()]);
        let mut unchanged = 0;
        let mut at = 0;
        while unchanged < set.len() && !monitor.time_is_up() {
            let old = set[at];
            self.remove(&mut count, old);
            self.gains(&count, &mut per_row, &mut gain, false);
            let keep = gain[old as usize];
            let mut best: Option<(i64, u32)> = None;
            for j in 0..self.columns() as u32 {
                if gain[j as usize] > best.map_or(keep, |(g, _)| g) {
                    let mut other = set.clone();
                    other[at] = j;
                    if limits.allows(&other) {
                        best = Some((gain[j as usize], j));
                    }
                }
            }
            let new = best.map_or(old, |(_, j)| j);
            unchanged = if new == old { unchanged + 1 } else { 0 };
            set[at] = new;
            self.add(&mut count, new);
            at = (at + 1) % set.len().max(1);
        }
        set.sort_unstable();
        set
    }
}

impl Relaxation for CoverageRelaxation {
    fn columns(&self) -> usize {
        self.serve.len()
    }

    fn rows(&self) -> usize {
        self.reach.len()
    }

    fn shift(&self) -> u32 {
        self.shift
    }

    fn condition_on(&mut self, chosen: &[u32]) {
        self.base.fill(0);
        for &j in chosen {
            for &i in self.serve.get(j as usize) {
                self.base[i as usize] += 1;
            }
        }
        for i in 0..self.reach.len() {
            self.ceiling[i] = self.hull_slope(i, self.base[i]);
        }
    }

    fn initial_multipliers(&mut self, good: &[u32]) -> Vec<i64> {
        let mut count = vec![0; self.reach.len()];
        for &j in good {
            self.add(&mut count, j);
        }
        (0..count.len()).map(|i| self.hull_slope(i, count[i].saturating_sub(1))).collect()
    }

    fn price(&mut self, lambda: &[i64], open: &[bool], profit: &mut [i64]) -> i64 {
        let mut constant = self.constant;
        for (i, &l) in lambda.iter().enumerate() {
            let t = &self.tables[i];
            let base = (self.base[i] as usize).min(t.len() - 1);
            let mut best = t[base];
            let mut paid = 0;
            for v in &t[base + 1..] {
                paid += l;
                best = best.max(v - paid);
            }
            constant += best;
        }
        self.gather(lambda, Some(open), profit);
        constant
    }

    fn subgradient(&mut self, lambda: &[i64], selected: &[u32], subgradient: &mut [f64]) {
        self.count.fill(0);
        for &j in selected {
            for &i in self.serve.get(j as usize) {
                self.count[i as usize] += 1;
            }
        }
        for (i, s) in subgradient.iter_mut().enumerate() {
            let t = &self.tables[i];
            let base = (self.base[i] as usize).min(t.len() - 1);
            let have = self.count[i] as usize;
            let worth = |k: usize| t[base + k] - lambda[i] * k as i64;
            let most = t.len() - 1 - base;
            let mut want = have.min(most);
            for k in 0..=most {
                if worth(k) > worth(want) {
                    want = k;
                }
            }
            *s = want as f64 - have as f64;
        }
    }

    fn multiplier_range(&self, row: usize) -> (i64, i64) {
        (0, self.ceiling[row])
    }

    fn evaluate(&mut self, set: &[u32]) -> Option<i64> {
        self.count.fill(0);
        let mut total = self.constant;
        for &j in set {
            for &i in self.serve.get(j as usize) {
                let i = i as usize;
                let t = &self.tables[i];
                let c = self.count[i] as usize;
                if c + 1 < t.len() {
                    total += t[c + 1] - t[c];
                }
                self.count[i] += 1;
            }
        }
        Some(total >> self.shift)
    }

    fn reduce(&self, limits: &Limits) -> Limits {
        self.close_dominated(limits)
    }

    fn repair(&mut self, set: &[u32], limits: &Limits) -> Option<ValuedSet> {
        if !limits.allows(set) {
            return None;
        }
        Some((self.evaluate(set)?, set.to_vec()))
    }

    fn improve(&mut self, set: Vec<u32>, limits: &Limits, monitor: &Monitor<'_>) -> Option<ValuedSet> {
        let mut best: Option<ValuedSet> = None;
        for by_cost in [false, true] {
            if by_cost && limits.budget.is_none() {
                break;
            }
            let full = self.greedy(set.clone(), limits, by_cost, monitor);
            let swapped = self.exchange(full, limits, monitor);
            let mut full = self.greedy(swapped, limits, false, monitor);
            full.sort_unstable();
            if limits.allows(&full)
                && let Some(v) = self.evaluate(&full)
                && best.as_ref().is_none_or(|(b, _)| v > *b)
            {
                best = Some((v, full));
            }
        }
        best
    }

    fn restrict(&self, columns: &[u32], lambda: &[i64]) -> (Self, Vec<i64>) {
        let position = positions(columns, self.columns());
        let mut rows = SparseRows::new();
        let (mut tables, mut carried) = (Vec::new(), Vec::new());
        let mut list = Vec::new();
        for (i, l) in lambda.iter().enumerate() {
            list.clear();
            list.extend(self.reach.get(i).iter().filter_map(|&j| position[j as usize]));
            if !list.is_empty() {
                rows.push(list.iter().copied());
                tables.push(self.tables[i].clone());
                carried.push(*l);
            }
        }
        Self::merged(columns.len(), &rows, &tables, self.constant, self.shift, &carried)
    }

    fn greedy_sequence(&mut self, set: Vec<u32>, limits: &Limits, monitor: &Monitor<'_>) -> Vec<u32> {
        self.greedy(set, limits, false, monitor)
    }
}

impl CoverageRelaxation {
    /// Limits with every dominated column closed; unchanged if covering somebody twice is worth something.
    pub(super) fn close_dominated(&self, limits: &Limits) -> Limits {
        let mut limits = limits.clone();
        if self.tables.iter().all(|t| t.len() == 2) {
            for j in dominated_columns(&self.reach, &self.serve, limits.costs()) {
                limits.copies[j as usize] = 0;
            }
        }
        limits
    }
}

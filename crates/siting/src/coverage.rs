//! People whose worth depends on how many chosen sites reach them: cover, backup and busy share this relaxation.
//!
//! A row is a group of people with the same reaching columns and a table: worth with 0, 1, 2, ... of them chosen.
//! Relaxing "the count that is claimed is at most the count that is chosen" with one multiplier a row gives the
//! bound of the linear program (of the concave hull of the table), see Church and ReVelle 1974, Daskin 1983,
//! Galvao and ReVelle 1996.

use rayon::prelude::*;

use super::reduce::dominated;
use super::relaxation::{Limits, Relaxation, Valued};
use super::rows::{Lists, group};

/// Entries above which a pass over the matrix is spread over threads.
const PARALLEL: usize = 60_000;

/// The relaxation.
#[derive(Debug, Clone)]
pub(crate) struct Coverage {
    reach: Lists,
    serve: Lists,
    tables: Vec<Box<[i64]>>,
    constant: i64,
    shift: u32,
    base: Vec<u32>,
    ceiling: Vec<i64>,
    count: Vec<u32>,
}

impl Coverage {
    /// `rows`: columns of each row, ascending; `tables`: worth by count, unshifted, starting at 0, never falling.
    pub(crate) fn new(columns: usize, rows: &Lists, tables: &[Box<[i64]>], constant: i64, shift: u32) -> Self {
        let tables: Vec<Box<[i64]>> = tables.iter().map(|t| t.iter().map(|v| v << shift).collect()).collect();
        Self::merged(columns, rows, &tables, constant << shift, shift, &[]).0
    }

    /// Merges equal rows; `lambda` (empty or one a row) adds up along.
    fn merged(
        columns: usize,
        rows: &Lists,
        tables: &[Box<[i64]>],
        constant: i64,
        shift: u32,
        lambda: &[i64],
    ) -> (Self, Vec<i64>) {
        let (of, first) = group(rows, |i| tables[i].len() as u64);
        let mut reach = Lists::new();
        let mut sums: Vec<Box<[i64]>> = Vec::with_capacity(first.len());
        for &f in &first {
            reach.push(rows.get(f as usize).iter().copied());
            sums.push(vec![0; tables[f as usize].len()].into());
        }
        let mut carried = vec![0i64; first.len()];
        for (i, &g) in of.iter().enumerate() {
            for (sum, v) in sums[g as usize].iter_mut().zip(&tables[i]) {
                *sum += v;
            }
            if let Some(l) = lambda.get(i) {
                carried[g as usize] += l;
            }
        }
        let m = sums.len();
        let serve = reach.flip(columns);
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

    /// Worth of the concave hull of the table: what one more can be part of.
    fn promise(&self, row: usize, count: u32) -> i64 {
        let t = &self.tables[row];
        let at = (count as usize).min(t.len() - 1);
        (at + 1..t.len()).map(|k| (t[k] - t[at]) / (k - at) as i64).max().unwrap_or(0)
    }

    fn gains(&self, count: &[u32], per_row: &mut [i64], gain: &mut [i64], hull: bool) {
        for (i, g) in per_row.iter_mut().enumerate() {
            let step = self.worth(i, count[i] + 1) - self.worth(i, count[i]);
            *g = if hull { step + self.promise(i, count[i]) } else { step };
        }
        self.gather(per_row, None, gain);
    }

    /// Sum of a row quantity over each column.
    fn gather(&self, per_row: &[i64], open: Option<&[bool]>, out: &mut [i64]) {
        let one = |(j, o): (usize, &mut i64)| {
            if open.is_none_or(|open| open[j]) {
                *o = self.serve.get(j).iter().map(|&i| per_row[i as usize]).sum();
            }
        };
        if self.serve.total() >= PARALLEL {
            out.par_iter_mut().enumerate().for_each(one);
        } else {
            out.iter_mut().enumerate().for_each(one);
        }
    }

    fn put(&self, count: &mut [u32], column: u32) {
        for &i in self.serve.get(column as usize) {
            count[i as usize] += 1;
        }
    }

    fn take(&self, count: &mut [u32], column: u32) {
        for &i in self.serve.get(column as usize) {
            count[i as usize] -= 1;
        }
    }

    /// Adds the best column again and again; `by_cost`: best by worth a unit of money.
    pub(crate) fn greedy(&mut self, mut set: Vec<u32>, limits: &Limits, by_cost: bool) -> Vec<u32> {
        let mut count = vec![0; self.reach.len()];
        for &j in &set {
            self.put(&mut count, j);
        }
        let (mut per_row, mut gain) = (vec![0; self.reach.len()], vec![0; self.columns()]);
        while set.len() < limits.most as usize {
            self.gains(&count, &mut per_row, &mut gain, true);
            let left = limits.budget.as_ref().map(|(_, money)| money - limits.cost(&set));
            let mut best: Option<(f64, u32)> = None;
            for j in 0..self.columns() as u32 {
                let used = set.iter().filter(|k| **k == j).count();
                let cost = limits.budget.as_ref().map_or(0, |(c, _)| c[j as usize]);
                if gain[j as usize] <= 0
                    || used >= usize::from(limits.copies[j as usize])
                    || left.is_some_and(|l| cost > l)
                {
                    continue;
                }
                let score = gain[j as usize] as f64 / if by_cost { (cost.max(0) as f64) + 1e-3 } else { 1.0 };
                if best.is_none_or(|(b, _)| score > b) {
                    best = Some((score, j));
                }
            }
            let Some((_, j)) = best else { break };
            self.put(&mut count, j);
            set.push(j);
        }
        set
    }

    /// Exchanges one for one while it helps (Teitz and Bart 1968).
    fn exchange(&mut self, mut set: Vec<u32>, limits: &Limits) -> Vec<u32> {
        let mut count = vec![0; self.reach.len()];
        for &j in &set {
            self.put(&mut count, j);
        }
        let (mut per_row, mut gain) = (vec![0; self.reach.len()], vec![0; self.columns()]);
        let mut since = 0;
        let mut at = 0;
        while since < set.len() {
            let old = set[at];
            self.take(&mut count, old);
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
            since = if new == old { since + 1 } else { 0 };
            set[at] = new;
            self.put(&mut count, new);
            at = (at + 1) % set.len().max(1);
        }
        set.sort_unstable();
        set
    }
}

impl Relaxation for Coverage {
    fn columns(&self) -> usize {
        self.serve.len()
    }

    fn rows(&self) -> usize {
        self.reach.len()
    }

    fn shift(&self) -> u32 {
        self.shift
    }

    fn enter(&mut self, chosen: &[u32]) {
        self.base.fill(0);
        for &j in chosen {
            for &i in self.serve.get(j as usize) {
                self.base[i as usize] += 1;
            }
        }
        for i in 0..self.reach.len() {
            self.ceiling[i] = self.promise(i, self.base[i]);
        }
    }

    fn start(&mut self, good: &[u32]) -> Vec<i64> {
        let mut count = vec![0; self.reach.len()];
        for &j in good {
            self.put(&mut count, j);
        }
        (0..count.len()).map(|i| self.promise(i, count[i].saturating_sub(1))).collect()
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

    fn slope(&mut self, lambda: &[i64], picked: &[u32], slope: &mut [f64]) {
        self.count.fill(0);
        for &j in picked {
            for &i in self.serve.get(j as usize) {
                self.count[i as usize] += 1;
            }
        }
        for (i, s) in slope.iter_mut().enumerate() {
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

    fn range(&self, row: usize) -> (i64, i64) {
        (0, self.ceiling[row])
    }

    fn value(&mut self, set: &[u32]) -> Option<i64> {
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

    fn narrow(&self, limits: &Limits) -> Limits {
        self.close_dominated(limits)
    }

    fn polish(&mut self, set: &[u32], limits: &Limits) -> Option<Valued> {
        if !limits.allows(set) {
            return None;
        }
        Some((self.value(set)?, set.to_vec()))
    }

    fn improve(&mut self, set: Vec<u32>, limits: &Limits) -> Option<Valued> {
        let mut best: Option<Valued> = None;
        for by_cost in [false, true] {
            if by_cost && limits.budget.is_none() {
                break;
            }
            let full = self.greedy(set.clone(), limits, by_cost);
            let swapped = self.exchange(full, limits);
            let mut full = self.greedy(swapped, limits, false);
            full.sort_unstable();
            if limits.allows(&full)
                && let Some(v) = self.value(&full)
                && best.as_ref().is_none_or(|(b, _)| v > *b)
            {
                best = Some((v, full));
            }
        }
        best
    }

    fn keep(&self, columns: &[u32], lambda: &[i64]) -> (Self, Vec<i64>) {
        let mut place = vec![u32::MAX; self.columns()];
        for (at, &j) in columns.iter().enumerate() {
            place[j as usize] = at as u32;
        }
        let mut rows = Lists::new();
        let (mut tables, mut carried) = (Vec::new(), Vec::new());
        let mut list = Vec::new();
        for (i, l) in lambda.iter().enumerate() {
            list.clear();
            list.extend(self.reach.get(i).iter().map(|&j| place[j as usize]).filter(|&p| p != u32::MAX));
            if !list.is_empty() {
                rows.push(list.iter().copied());
                tables.push(self.tables[i].clone());
                carried.push(*l);
            }
        }
        Self::merged(columns.len(), &rows, &tables, self.constant, self.shift, &carried)
    }

    fn grow(&mut self, set: Vec<u32>, limits: &Limits) -> Vec<u32> {
        self.greedy(set, limits, false)
    }
}

/// Reductions.
impl Coverage {
    /// Limits with every dominated column closed; unchanged where a second site on the same people is worth something.
    pub(crate) fn close_dominated(&self, limits: &Limits) -> Limits {
        let mut limits = limits.clone();
        if self.tables.iter().all(|t| t.len() == 2) {
            let cost = limits.budget.as_ref().map(|(c, _)| c.as_slice());
            for j in dominated(&self.reach, &self.serve, cost) {
                limits.copies[j as usize] = 0;
            }
        }
        limits
    }
}

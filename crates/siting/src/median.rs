//! The p-median relaxation: rows of people who each go to their nearest site.
//!
//! Relaxing "everybody goes somewhere" with one multiplier a row prices a site at what it saves below the multipliers
//! (Cornuejols, Fisher and Nemhauser 1977; Beasley 1985). Built by `p_median`.

use super::relaxation::{Limits, Relaxation, Valued};

/// Time and the other end of a pair, in ticks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arc {
    pub ticks: i64,
    pub other: u32,
}

/// The relaxation, as a maximisation of minus the cost.
#[derive(Debug, Clone)]
pub(crate) struct Median {
    pub rows: Vec<Vec<Arc>>,
    pub columns: Vec<Vec<Arc>>,
    pub weight: Vec<i64>,
    /// Ticks a row takes with nothing chosen.
    pub idle: Vec<i64>,
    pub cap: Vec<i64>,
    pub shift: u32,
    pub picked: Vec<bool>,
}

impl Median {
    /// Cost of a set in ticks times weight units, and whether everybody is reached by it or a fixed site.
    fn served(&self, set: &[u32]) -> Vec<i64> {
        let mut at = self.idle.clone();
        for &j in set {
            for arc in &self.columns[j as usize] {
                let best = &mut at[arc.other as usize];
                *best = (*best).min(arc.ticks);
            }
        }
        at
    }

    fn cost(&self, at: &[i64]) -> i64 {
        at.iter().zip(&self.weight).map(|(t, w)| t * w).sum()
    }

    /// Adds the column that saves most, again and again; `by_cost`: saving a unit of money.
    pub(crate) fn greedy(&self, mut set: Vec<u32>, limits: &Limits, by_cost: bool) -> Vec<u32> {
        let mut at = self.served(&set);
        while set.len() < limits.most as usize {
            let left = limits.budget.as_ref().map(|(_, money)| money - limits.cost(&set));
            let mut best: Option<(f64, u32)> = None;
            for j in 0..self.columns.len() as u32 {
                let cost = limits.budget.as_ref().map_or(0, |(c, _)| c[j as usize]);
                if set.contains(&j) || limits.copies[j as usize] == 0 || left.is_some_and(|l| cost > l) {
                    continue;
                }
                let saving: i64 = self.columns[j as usize]
                    .iter()
                    .map(|a| (at[a.other as usize] - a.ticks).max(0) * self.weight[a.other as usize])
                    .sum();
                let score = saving as f64 / if by_cost { cost.max(0) as f64 + 1e-3 } else { 1.0 };
                if saving > 0 && best.is_none_or(|(b, _)| score > b) {
                    best = Some((score, j));
                }
            }
            let Some((_, j)) = best else { break };
            set.push(j);
            for arc in &self.columns[j as usize] {
                let now = &mut at[arc.other as usize];
                *now = (*now).min(arc.ticks);
            }
        }
        set
    }

    /// Nearest and second nearest chosen site of each row: (position in the set or none, ticks, ticks of the second).
    fn two_nearest(&self, set: &[u32]) -> Vec<(Option<usize>, i64, i64)> {
        let mut near: Vec<(Option<usize>, i64, i64)> = self.idle.iter().map(|&t| (None, t, t)).collect();
        for (at, &j) in set.iter().enumerate() {
            for arc in &self.columns[j as usize] {
                let n = &mut near[arc.other as usize];
                if arc.ticks < n.1 {
                    *n = (Some(at), arc.ticks, n.1);
                } else if arc.ticks < n.2 {
                    n.2 = arc.ticks;
                }
            }
        }
        near
    }

    /// Exchanges one for one while it helps (Teitz and Bart 1968, with Whitaker's 1983 bookkeeping).
    fn exchange(&self, mut set: Vec<u32>, limits: &Limits) -> Vec<u32> {
        let mut near = self.two_nearest(&set);
        let n = self.columns.len() as u32;
        let (mut since, mut j) = (0, 0u32);
        let mut change = vec![0i64; set.len()];
        while since < n && !set.is_empty() {
            if limits.copies[j as usize] > 0 && !set.contains(&j) {
                // change[r]: cost after taking the r-th out and j in, less the cost now.
                change.fill(0);
                for (row, (first, t1, t2)) in near.iter().enumerate() {
                    if let Some(r) = first {
                        change[*r] += (t2 - t1) * self.weight[row];
                    }
                }
                let mut gain = 0;
                for arc in &self.columns[j as usize] {
                    let row = arc.other as usize;
                    let (first, t1, t2) = near[row];
                    let w = self.weight[row];
                    if arc.ticks < t1 {
                        gain += (t1 - arc.ticks) * w;
                        if let Some(r) = first {
                            change[r] -= (t2 - t1) * w;
                        }
                    } else if arc.ticks < t2
                        && let Some(r) = first
                    {
                        change[r] -= (t2 - arc.ticks) * w;
                    }
                }
                let mut best: Option<(i64, usize)> = None;
                for (r, c) in change.iter().enumerate() {
                    if c - gain < best.map_or(0, |(b, _)| b) {
                        let mut other = set.clone();
                        other[r] = j;
                        if limits.budget.is_none() || limits.allows(&other) {
                            best = Some((c - gain, r));
                        }
                    }
                }
                if let Some((_, r)) = best {
                    set[r] = j;
                    near = self.two_nearest(&set);
                    since = 0;
                }
            }
            since += 1;
            j = (j + 1) % n;
        }
        set.sort_unstable();
        set
    }
}

impl Relaxation for Median {
    fn columns(&self) -> usize {
        self.columns.len()
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn shift(&self) -> u32 {
        self.shift
    }

    fn enter(&mut self, chosen: &[u32]) {
        self.cap = self.served(chosen);
    }

    fn start(&mut self, good: &[u32]) -> Vec<i64> {
        let near = self.two_nearest(good);
        near.iter().zip(&self.weight).map(|((_, t1, t2), w)| ((t1 + t2) * w / 2) << self.shift).collect()
    }

    fn price(&mut self, lambda: &[i64], _open: &[bool], profit: &mut [i64]) -> i64 {
        profit.fill(0);
        let mut constant = 0;
        for (i, row) in self.rows.iter().enumerate() {
            let l = lambda[i];
            let w = self.weight[i] << self.shift;
            for arc in row {
                let save = l - arc.ticks * w;
                if save <= 0 {
                    break;
                }
                profit[arc.other as usize] += save;
            }
            constant -= l;
        }
        constant
    }

    fn slope(&mut self, lambda: &[i64], picked: &[u32], slope: &mut [f64]) {
        for &j in picked {
            self.picked[j as usize] = true;
        }
        for (i, row) in self.rows.iter().enumerate() {
            let l = lambda[i];
            let w = self.weight[i] << self.shift;
            let have = row.iter().take_while(|a| a.ticks * w < l).filter(|a| self.picked[a.other as usize]).count();
            slope[i] = 1.0 - have as f64;
        }
        for &j in picked {
            self.picked[j as usize] = false;
        }
    }

    fn range(&self, row: usize) -> (i64, i64) {
        let w = self.weight[row] << self.shift;
        (self.rows[row].first().map_or(self.cap[row], |a| a.ticks.min(self.cap[row])) * w, self.cap[row] * w)
    }

    fn value(&mut self, set: &[u32]) -> Option<i64> {
        Some(-self.cost(&self.served(set)))
    }

    fn narrow(&self, limits: &Limits) -> Limits {
        limits.clone()
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
            let full = self.exchange(full, limits);
            let mut full = self.greedy(full, limits, false);
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
        let mut place = vec![u32::MAX; self.columns.len()];
        for (at, &j) in columns.iter().enumerate() {
            place[j as usize] = at as u32;
        }
        let rows = self
            .rows
            .iter()
            .map(|row| {
                row.iter()
                    .filter(|a| place[a.other as usize] != u32::MAX)
                    .map(|a| Arc { other: place[a.other as usize], ..*a })
                    .collect()
            })
            .collect();
        let small = Self {
            rows,
            columns: columns.iter().map(|&j| self.columns[j as usize].clone()).collect(),
            weight: self.weight.clone(),
            idle: self.idle.clone(),
            cap: self.cap.clone(),
            shift: self.shift,
            picked: vec![false; columns.len()],
        };
        (small, lambda.to_vec())
    }

    fn grow(&mut self, set: Vec<u32>, limits: &Limits) -> Vec<u32> {
        self.greedy(set, limits, false)
    }
}

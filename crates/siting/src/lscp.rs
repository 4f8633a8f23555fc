//! Reach-all: fewest sites that reach everybody who can be reached (location set covering; Toregas et al. 1971).
//!
//! The relaxation is that of set covering (Beasley 1987): a multiplier a row, a column is worth its rows' multipliers
//! less one. The same search answers p-center's question "are so many sites enough for this time?".

use super::core::Core;
use super::instance::Instance;
use super::mclp::reaches;
use super::reduce::{dominated, minimal_rows};
use super::relaxation::{Limits, Relaxation, Valued};
use super::rows::Lists;

/// Bits of fraction: one site is `1 << SHIFT`.
const SHIFT: u32 = 32;

/// The relaxation, as a maximisation of minus the number of sites.
#[derive(Debug, Clone)]
pub(crate) struct SetCover {
    reach: Lists,
    serve: Lists,
    base: Vec<u32>,
    count: Vec<u32>,
    taken: i64,
    /// Whether the rows have not yet been looked through for one without an open column.
    fresh: bool,
}

impl SetCover {
    /// Rows that must be covered, as ascending lists of columns. Equal rows fall together and a row that holds all of
    /// another is dropped: whoever covers the smaller covers it.
    pub(crate) fn new(columns: usize, rows: &Lists) -> Self {
        let mut kept = Lists::new();
        for i in minimal_rows(rows, columns) {
            kept.push(rows.get(i as usize).iter().copied());
        }
        let m = kept.len();
        Self { serve: kept.flip(columns), reach: kept, base: vec![0; m], count: vec![0; m], taken: 0, fresh: true }
    }

    fn counts(&self, set: &[u32]) -> Vec<u32> {
        let mut count = vec![0; self.reach.len()];
        for &j in set {
            for &i in self.serve.get(j as usize) {
                count[i as usize] += 1;
            }
        }
        count
    }

    /// Adds columns until every row is covered, most new rows first, then drops those not needed.
    pub(crate) fn complete(&self, set: &[u32], limits: &Limits) -> Option<Vec<u32>> {
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
                let cost = limits.budget.as_ref().map_or(1, |(c, _)| c[j].max(0) + 1);
                // Cost a row, compared as whole numbers.
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

    /// Limits with every dominated column closed, again and again as rows fall away with them.
    pub(crate) fn close_dominated(&self, limits: &Limits) -> Limits {
        let mut limits = limits.clone();
        loop {
            let open: Vec<u32> = (0..self.columns() as u32).filter(|&j| limits.copies[j as usize] > 0).collect();
            let (small, _) = self.keep(&open, &vec![0; self.rows()]);
            let part = limits.keep(&open);
            let gone = dominated(&small.reach, &small.serve, part.budget.as_ref().map(|(c, _)| c.as_slice()));
            if gone.is_empty() {
                return limits;
            }
            for at in gone {
                limits.copies[open[at as usize] as usize] = 0;
            }
        }
    }

    /// Rows that no column covers make the whole impossible.
    pub(crate) fn possible(&self) -> bool {
        (0..self.reach.len()).all(|i| !self.reach.get(i).is_empty())
    }
}

impl Relaxation for SetCover {
    fn columns(&self) -> usize {
        self.serve.len()
    }

    fn rows(&self) -> usize {
        self.reach.len()
    }

    fn shift(&self) -> u32 {
        SHIFT
    }

    fn enter(&mut self, chosen: &[u32]) {
        self.base = self.counts(chosen);
        self.taken = chosen.len() as i64;
        self.fresh = true;
    }

    fn start(&mut self, good: &[u32]) -> Vec<i64> {
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
        if std::mem::take(&mut self.fresh) {
            let lost = |i: usize| self.base[i] == 0 && !self.reach.get(i).iter().any(|&j| open[j as usize]);
            if (0..self.reach.len()).any(lost) {
                return i64::MIN / 4;
            }
        }
        -lambda.iter().sum::<i64>() - (self.taken << SHIFT)
    }

    fn slope(&mut self, _lambda: &[i64], picked: &[u32], slope: &mut [f64]) {
        self.count.fill(0);
        for &j in picked {
            for &i in self.serve.get(j as usize) {
                self.count[i as usize] += 1;
            }
        }
        for (s, c) in slope.iter_mut().zip(&self.count) {
            *s = 1.0 - f64::from(*c);
        }
    }

    fn range(&self, row: usize) -> (i64, i64) {
        (0, if self.base[row] > 0 { 0 } else { 1 << SHIFT })
    }

    fn value(&mut self, set: &[u32]) -> Option<i64> {
        self.counts(set).iter().all(|c| *c > 0).then_some(-(set.len() as i64))
    }

    fn narrow(&self, limits: &Limits) -> Limits {
        self.close_dominated(limits)
    }

    fn polish(&mut self, set: &[u32], limits: &Limits) -> Option<Valued> {
        let full = self.complete(set, limits)?;
        limits.allows(&full).then(|| (-(full.len() as i64), full))
    }

    fn improve(&mut self, set: Vec<u32>, limits: &Limits) -> Option<Valued> {
        let mut best = self.complete(&set, limits)?;
        // Take each out in turn, then any pair of neighbours in the list, and complete again.
        for width in [1, 2, 3] {
            let mut at = 0;
            while at + width <= best.len() {
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

    fn keep(&self, columns: &[u32], lambda: &[i64]) -> (Self, Vec<i64>) {
        let mut place = vec![u32::MAX; self.columns()];
        for (at, &j) in columns.iter().enumerate() {
            place[j as usize] = at as u32;
        }
        let mut rows = Lists::new();
        for i in 0..self.reach.len() {
            rows.push(self.reach.get(i).iter().map(|&j| place[j as usize]).filter(|&p| p != u32::MAX));
        }
        // Fewer columns make more rows imply one another.
        let minimal = minimal_rows(&rows, columns.len());
        let mut reach = Lists::new();
        let mut carried = Vec::with_capacity(minimal.len());
        for i in minimal {
            reach.push(rows.get(i as usize).iter().copied());
            carried.push(lambda[i as usize]);
        }
        let m = reach.len();
        let serve = reach.flip(columns.len());
        (Self { serve, reach, base: vec![0; m], count: vec![0; m], taken: 0, fresh: true }, carried)
    }

    fn grow(&mut self, set: Vec<u32>, limits: &Limits) -> Vec<u32> {
        self.complete(&set, limits).unwrap_or(set)
    }
}

/// The rows of everybody with people who is not within `limit_ms` of a fixed site, and those whom nobody can reach.
pub(crate) fn rows(instance: &Instance, core: &Core, limit_ms: u32) -> (Lists, Vec<usize>) {
    let (mut rows, mut hopeless) = (Lists::new(), Vec::new());
    for (i, r) in reaches(instance, core, limit_ms).into_iter().enumerate() {
        if instance.demand()[i].people > 0.0 && r.fixed == 0 {
            if r.columns.is_empty() {
                hopeless.push(i);
            } else {
                rows.push(r.columns);
            }
        }
    }
    (rows, hopeless)
}

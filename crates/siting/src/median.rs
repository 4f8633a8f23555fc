//! The p-median relaxation: each row is served by its nearest open site.
//!
//! Relaxing "each row is served once" with one multiplier a row, the profit of a site is what it saves below the
//! multipliers (Cornuejols, Fisher and Nemhauser 1977; Beasley 1985). Built by `p_median`.

use super::monitor::Monitor;
use super::relaxation::{Limits, Relaxation, ValuedSet, positions};

/// A pair of row and column with a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arc {
    /// Time in ticks (the greatest common divisor of all times).
    pub ticks: i64,
    /// The column in the arcs of a row, the row in the arcs of a column.
    pub other: u32,
}

/// The relaxation, as a maximisation of minus the cost: weight units times ticks.
#[derive(Debug, Clone)]
pub(super) struct MedianRelaxation {
    /// Arcs of each row, nearest first; only those below `idle`.
    pub rows: Vec<Vec<Arc>>,
    /// Arcs of each column.
    pub columns: Vec<Vec<Arc>>,
    /// People of each row in whole units, indexed by row.
    pub weight: Vec<i64>,
    /// Ticks of each row with nothing chosen (nearest fixed site, or a penalty), indexed by row.
    pub idle: Vec<i64>,
    /// Ticks of each row with the columns chosen in the present node, indexed by row.
    pub cap: Vec<i64>,
    pub shift: u32,
    /// Scratch: selected columns, indexed by column; all false between calls.
    pub selected: Vec<bool>,
}

impl MedianRelaxation {
    /// Ticks of each row with a set, indexed by row.
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

    /// Cost at these ticks of each row, in weight units times ticks.
    fn cost_of(&self, at: &[i64]) -> i64 {
        at.iter().zip(&self.weight).map(|(t, w)| t * w).sum()
    }

    /// Greedy adding (Kuehn and Hamburger 1963): the column that saves most, again and again. `by_cost`: by saving per
    /// unit of money. When the time is up, the columns that saved most alone at the last look.
    fn greedy(&self, mut set: Vec<u32>, limits: &Limits, by_cost: bool, monitor: &Monitor<'_>) -> Vec<u32> {
        let mut at = self.served(&set);
        let mut scores: Vec<(f64, u32)> = Vec::new();
        while set.len() < limits.most as usize {
            let money = limits.money_left(&set);
            let mut best: Option<(f64, u32)> = None;
            let before = std::mem::take(&mut scores);
            for j in 0..self.columns.len() as u32 {
                if monitor.grace_is_over() {
                    let known = if before.is_empty() { scores } else { before };
                    return filled_up(set, known, limits);
                }
                let cost = limits.cost(j);
                if set.contains(&j) || limits.copies[j as usize] == 0 || money.is_some_and(|money| cost > money) {
                    continue;
                }
                let saving: i64 = self.columns[j as usize]
                    .iter()
                    .map(|a| (at[a.other as usize] - a.ticks).max(0) * self.weight[a.other as usize])
                    .sum();
                let score = saving as f64 / if by_cost { cost.max(0) as f64 + 1e-3 } else { 1.0 };
                if saving > 0 {
                    scores.push((score, j));
                    if best.is_none_or(|(b, _)| score > b) {
                        best = Some((score, j));
                    }
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

    /// Of each row: the position in the set of its nearest site (`None`: nothing in the set is nearer than `idle`), its
    /// ticks and the ticks of the second nearest.
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

    /// Exchanges one column for another while it helps (vertex substitution; Teitz and Bart 1968, by the fast
    /// interchange of Whitaker 1983).
    fn exchange(&self, mut set: Vec<u32>, limits: &Limits, monitor: &Monitor<'_>) -> Vec<u32> {
        let mut near = self.two_nearest(&set);
        let n = self.columns.len() as u32;
        let (mut unchanged, mut j) = (0, 0u32);
        let mut change = vec![0i64; set.len()];
        while unchanged < n && !set.is_empty() && !monitor.time_is_up() {
            if limits.copies[j as usize] > 0 && !set.contains(&j) {
                // change[r] - gain: cost after exchanging the r-th of the set for j, less the cost now.
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
                    unchanged = 0;
                }
            }
            unchanged += 1;
            j = (j + 1) % n;
        }
        set.sort_unstable();
        set
    }
}

impl Relaxation for MedianRelaxation {
    fn columns(&self) -> usize {
        self.columns.len()
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn shift(&self) -> u32 {
        self.shift
    }

    fn condition_on(&mut self, chosen: &[u32]) {
        self.cap = self.served(chosen);
    }

    fn initial_multipliers(&mut self, good: &[u32]) -> Vec<i64> {
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

    fn subgradient(&mut self, lambda: &[i64], selected: &[u32], subgradient: &mut [f64]) {
        for &j in selected {
            self.selected[j as usize] = true;
        }
        for (i, row) in self.rows.iter().enumerate() {
            let l = lambda[i];
            let w = self.weight[i] << self.shift;
            let have = row.iter().take_while(|a| a.ticks * w < l).filter(|a| self.selected[a.other as usize]).count();
            subgradient[i] = 1.0 - have as f64;
        }
        for &j in selected {
            self.selected[j as usize] = false;
        }
    }

    fn multiplier_range(&self, row: usize) -> (i64, i64) {
        let w = self.weight[row] << self.shift;
        (self.rows[row].first().map_or(self.cap[row], |a| a.ticks.min(self.cap[row])) * w, self.cap[row] * w)
    }

    fn evaluate(&mut self, set: &[u32]) -> Option<i64> {
        Some(-self.cost_of(&self.served(set)))
    }

    fn reduce(&self, limits: &Limits) -> Limits {
        limits.clone()
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
            let full = self.exchange(full, limits, monitor);
            let mut full = self.greedy(full, limits, false, monitor);
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
        let position = positions(columns, self.columns.len());
        let rows = self
            .rows
            .iter()
            .map(|row| row.iter().filter_map(|a| position[a.other as usize].map(|other| Arc { other, ..*a })).collect())
            .collect();
        let small = Self {
            rows,
            columns: columns.iter().map(|&j| self.columns[j as usize].clone()).collect(),
            weight: self.weight.clone(),
            idle: self.idle.clone(),
            cap: self.cap.clone(),
            shift: self.shift,
            selected: vec![false; columns.len()],
        };
        (small, lambda.to_vec())
    }

    fn greedy_sequence(&mut self, set: Vec<u32>, limits: &Limits, monitor: &Monitor<'_>) -> Vec<u32> {
        self.greedy(set, limits, false, monitor)
    }
}

/// A set with the best of some columns added, as many as the limits allow.
fn filled_up(mut set: Vec<u32>, mut columns: Vec<(f64, u32)>, limits: &Limits) -> Vec<u32> {
    columns.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, j) in columns {
        let affordable = limits.money_left(&set).is_none_or(|money| limits.cost(j) <= money);
        if set.len() < limits.most as usize && affordable && !set.contains(&j) {
            set.push(j);
        }
    }
    set
}

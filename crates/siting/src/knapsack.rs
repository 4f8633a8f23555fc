//! The relaxation with capacities: each site fills a continuous knapsack with the people it reaches.
//!
//! Relaxing "nobody is served twice" (cover) or "everybody is served" (reach-all) with one multiplier a row leaves one
//! knapsack a site. The exact value of a set is a maximum flow (`allocation`). Built by `capacitated`.

use super::monitor::Monitor;
use super::relaxation::{Limits, Relaxation, ValuedSet, positions};
use super::sparse::SparseRows;

/// Value of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CapacitatedObjective {
    /// People served.
    PeopleServed,
    /// Minus the number of sites, if everybody is served.
    FewestSites,
}

/// Bits by which a multiplier is finer than a value if its unit is sites per person.
const FINE_BITS: u32 = 20;

/// The relaxation. Columns from `free` on stand for the fixed sites that have a capacity.
#[derive(Debug, Clone)]
pub(super) struct CapacitatedRelaxation {
    pub objective: CapacitatedObjective,
    /// Number of columns that may be chosen.
    pub free: usize,
    /// Columns of each row.
    pub reach: SparseRows,
    /// Rows of each column.
    pub serve: SparseRows,
    /// People of each row in whole units, indexed by row.
    pub weight: Vec<i64>,
    /// Capacity of each column in whole units of people, indexed by column.
    pub capacity: Vec<i64>,
    pub shift: u32,
    /// People served by fixed sites without a capacity, in whole units (unshifted).
    pub constant: i64,
    /// Columns chosen in the present node.
    pub chosen: Vec<u32>,
}

impl CapacitatedRelaxation {
    /// Bits by which multipliers are finer than values.
    fn fine_bits(&self) -> u32 {
        if self.objective == CapacitatedObjective::FewestSites { FINE_BITS } else { 0 }
    }

    /// Worth of serving one unit of people of a row with this multiplier, in fine units.
    fn worth(&self, lambda: i64) -> i64 {
        match self.objective {
            CapacitatedObjective::PeopleServed => (1 << self.shift) - lambda,
            CapacitatedObjective::FewestSites => lambda,
        }
    }

    /// Solves the knapsack of a column: appends (row, people) to `fill`.
    fn knapsack(&self, column: usize, lambda: &[i64], fill: &mut Vec<(u32, i64)>) {
        let rows = self.serve.get(column).iter();
        let mut items: Vec<(i64, u32)> =
            rows.map(|&i| (self.worth(lambda[i as usize]), i)).filter(|(p, _)| *p > 0).collect();
        items.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut left = self.capacity[column];
        for (_, i) in items {
            let z = self.weight[i as usize].min(left);
            if z == 0 {
                break;
            }
            left -= z;
            fill.push((i, z));
        }
    }

    /// From fine units to those of values, rounded up so that bounds stay valid.
    fn coarse(&self, fine: i128) -> i64 {
        let up = (fine + (1i128 << self.fine_bits()) - 1) >> self.fine_bits();
        up.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
    }

    /// Columns of the fixed sites that have a capacity.
    pub(super) fn fixed_columns(&self) -> impl Iterator<Item = u32> + '_ {
        self.free as u32..self.serve.len() as u32
    }
}

impl Relaxation for CapacitatedRelaxation {
    fn columns(&self) -> usize {
        self.free
    }

    fn rows(&self) -> usize {
        self.reach.len()
    }

    fn shift(&self) -> u32 {
        self.shift
    }

    fn condition_on(&mut self, chosen: &[u32]) {
        self.chosen = chosen.to_vec();
    }

    fn initial_multipliers(&mut self, good: &[u32]) -> Vec<i64> {
        let (served, left_over) = self.allocation(good);
        // If the sites are full anyway, capacity is scarce and not people: start from multipliers of zero.
        let capacities = good.iter().copied().chain(self.fixed_columns()).map(|j| self.capacity[j as usize]);
        let full = capacities.fold(0, i64::saturating_add) <= served + served / 20;
        (0..self.reach.len())
            .map(|i| match self.objective {
                CapacitatedObjective::PeopleServed => {
                    if full || left_over[i] > 0 {
                        0
                    } else {
                        1 << (self.shift - 1)
                    }
                }
                // A person costs a share of the largest site.
                CapacitatedObjective::FewestSites => {
                    let most = self.reach.get(i).iter().map(|&j| self.capacity[j as usize]).max().unwrap_or(1).max(1);
                    (1i64 << (self.shift + FINE_BITS)) / most
                }
            })
            .collect()
    }

    fn price(&mut self, lambda: &[i64], open: &[bool], profit: &mut [i64]) -> i64 {
        let weighted: i128 = lambda.iter().zip(&self.weight).map(|(l, w)| i128::from(*l) * i128::from(*w)).sum();
        // All knapsacks at once: rows in order of worth, each into every site with capacity left.
        let mut order: Vec<(i64, u32)> =
            lambda.iter().enumerate().map(|(i, l)| (self.worth(*l), i as u32)).filter(|(p, _)| *p > 0).collect();
        order.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut wanted: Vec<bool> = open.to_vec();
        wanted.resize(self.serve.len(), true);
        for &j in &self.chosen {
            wanted[j as usize] = true;
        }
        let mut left: Vec<i64> = self.capacity.iter().zip(&wanted).map(|(r, w)| if *w { *r } else { 0 }).collect();
        let mut filled = vec![0i128; self.serve.len()];
        for (p, i) in order {
            let w = self.weight[i as usize];
            for &j in self.reach.get(i as usize) {
                let left = &mut left[j as usize];
                if *left > 0 {
                    let z = w.min(*left);
                    *left -= z;
                    filled[j as usize] += i128::from(p) * i128::from(z);
                }
            }
        }
        let opened = self.chosen.iter().copied().chain(self.fixed_columns());
        let taken: i128 = opened.map(|j| filled[j as usize]).sum();
        let one = if self.objective == CapacitatedObjective::FewestSites { 1i64 << self.shift } else { 0 };
        for (j, p) in profit.iter_mut().enumerate().filter(|(j, _)| open[*j]) {
            *p = self.coarse(filled[j]) - one;
        }
        match self.objective {
            CapacitatedObjective::PeopleServed => (self.constant << self.shift) + self.coarse(weighted + taken),
            CapacitatedObjective::FewestSites => self.coarse(taken - weighted) - self.chosen.len() as i64 * one,
        }
    }

    fn subgradient(&mut self, lambda: &[i64], selected: &[u32], subgradient: &mut [f64]) {
        let mut served = vec![0i64; self.reach.len()];
        let mut fill = Vec::new();
        for j in selected.iter().chain(&self.chosen).copied().chain(self.fixed_columns()) {
            fill.clear();
            self.knapsack(j as usize, lambda, &mut fill);
            for &(i, z) in &fill {
                served[i as usize] += z;
            }
        }
        let unit = libm::exp2(f64::from(self.fine_bits()));
        for (i, s) in subgradient.iter_mut().enumerate() {
            let over = (served[i] - self.weight[i]) as f64 / unit;
            *s = if self.objective == CapacitatedObjective::PeopleServed { over } else { -over };
        }
    }

    fn multiplier_range(&self, row: usize) -> (i64, i64) {
        match self.objective {
            CapacitatedObjective::PeopleServed => (0, 1 << self.shift),
            CapacitatedObjective::FewestSites => {
                let least = self.reach.get(row).iter().map(|&j| self.capacity[j as usize]).min().unwrap_or(1).max(1);
                (0, (2i64 << (self.shift + FINE_BITS)) / least.min(self.weight[row]).max(1))
            }
        }
    }

    fn evaluate(&mut self, set: &[u32]) -> Option<i64> {
        let served = self.served(set);
        match self.objective {
            CapacitatedObjective::PeopleServed => Some(served + self.constant),
            CapacitatedObjective::FewestSites => (served == self.total()).then_some(-(set.len() as i64)),
        }
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
        if self.objective == CapacitatedObjective::PeopleServed {
            let set = self.greedy(set, limits, monitor);
            let value = self.evaluate(&set)?;
            let (value, mut set) = self.exchange(set, value, limits, monitor);
            set.sort_unstable();
            return limits.allows(&set).then_some((value, set));
        }
        let mut set = set;
        set.retain(|j| limits.copies[*j as usize] > 0);
        let unlimited = Limits { most: u32::MAX, ..limits.clone() };
        let mut set = self.greedy(set, &unlimited, monitor);
        let mut at = set.len();
        while at > 0 && !monitor.time_is_up() {
            at -= 1;
            let mut less = set.clone();
            less.remove(at);
            if self.evaluate(&less).is_some() {
                set = less;
            }
        }
        set.sort_unstable();
        let value = self.evaluate(&set)?;
        limits.allows(&set).then_some((value, set))
    }

    fn restrict(&self, columns: &[u32], lambda: &[i64]) -> (Self, Vec<i64>) {
        let kept: Vec<u32> = columns.iter().copied().chain(self.fixed_columns()).collect();
        let reach = self.reach.select(&positions(&kept, self.serve.len()));
        let small = Self {
            free: columns.len(),
            serve: reach.transpose(kept.len()),
            reach,
            weight: self.weight.clone(),
            capacity: kept.iter().map(|&j| self.capacity[j as usize]).collect(),
            chosen: Vec::new(),
            ..*self
        };
        (small, lambda.to_vec())
    }

    fn greedy_sequence(&mut self, set: Vec<u32>, limits: &Limits, monitor: &Monitor<'_>) -> Vec<u32> {
        self.greedy(set, limits, monitor)
    }
}

//! Allocation of people to capacitated sites: the exact value of a set, and local search over sets.

use rayon::prelude::*;

use super::knapsack::CapacitatedRelaxation;
use super::max_flow::allocate;
use super::monitor::Monitor;
use super::relaxation::{Limits, positions};
use super::sparse::{SparseRows, group};

impl CapacitatedRelaxation {
    /// People served by a set and the fixed sites, and the people left over of each row (indexed by row), in whole
    /// units.
    pub(super) fn allocation(&self, set: &[u32]) -> (i64, Vec<i64>) {
        let open: Vec<u32> = set.iter().copied().chain(self.fixed_columns()).collect();
        let capacity: Vec<i64> = open.iter().map(|&j| self.capacity[j as usize]).collect();
        let rows = self.reach.select(&positions(&open, self.serve.len()));
        let (group_of, first) = group(&rows, |_| 0);
        let mut people = vec![0; first.len()];
        for (i, &g) in group_of.iter().enumerate() {
            people[g as usize] += self.weight[i];
        }
        let mut merged = SparseRows::new();
        for &f in &first {
            merged.push(rows.get(f as usize).iter().copied());
        }
        let (served, mut left) = allocate(&people, &merged, &capacity);
        let left_over = group_of
            .iter()
            .enumerate()
            .map(|(i, &g)| {
                let r = left[g as usize].min(self.weight[i]);
                left[g as usize] -= r;
                r
            })
            .collect();
        (served, left_over)
    }

    /// People served by a set and the fixed sites, in whole units. Up to 64 sites, rows are merged by bit masks.
    pub(super) fn served(&self, set: &[u32]) -> i64 {
        let sites: Vec<u32> = set.iter().copied().chain(self.fixed_columns()).collect();
        if sites.len() > 64 {
            return self.allocation(set).0;
        }
        let mut mask = vec![0u64; self.reach.len()];
        for (at, &j) in sites.iter().enumerate() {
            for &i in self.serve.get(j as usize) {
                mask[i as usize] |= 1 << at;
            }
        }
        let mut groups: Vec<(u64, i64)> =
            mask.iter().zip(&self.weight).filter(|(m, _)| **m != 0).map(|(m, w)| (*m, *w)).collect();
        groups.sort_unstable();
        groups.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        let mut reach = SparseRows::new();
        for (m, _) in &groups {
            reach.push((0..64).filter(|b| m >> b & 1 == 1));
        }
        let people: Vec<i64> = groups.iter().map(|g| g.1).collect();
        let capacity: Vec<i64> = sites.iter().map(|&j| self.capacity[j as usize]).collect();
        allocate(&people, &reach, &capacity).0
    }

    /// Exchanges one site for another while more people are served (vertex substitution; Teitz and Bart 1968). `best`
    /// is the value of `set`.
    pub(super) fn exchange(
        &self,
        mut set: Vec<u32>,
        mut best: i64,
        limits: &Limits,
        monitor: &Monitor<'_>,
    ) -> (i64, Vec<u32>) {
        let (mut at, mut unchanged) = (0, 0);
        while unchanged < set.len() && !monitor.time_is_up() {
            // Value of the set with each column in this place, indexed by column.
            let tried: Vec<i64> = (0..self.free as u32)
                .into_par_iter()
                .map(|j| {
                    let mut other = set.clone();
                    other[at] = j;
                    if set.contains(&j) || !limits.allows(&other) {
                        i64::MIN
                    } else {
                        self.served(&other) + self.constant
                    }
                })
                .collect();
            let top = tried.iter().copied().max().unwrap_or(i64::MIN);
            if top > best
                && let Some(j) = tried.iter().position(|v| *v == top)
            {
                set[at] = j as u32;
                best = top;
                unchanged = 0;
            } else {
                unchanged += 1;
            }
            at = (at + 1) % set.len();
        }
        (best, set)
    }

    /// All people of the rows, in whole units.
    pub(super) fn total(&self) -> i64 {
        self.weight.iter().sum()
    }

    /// Adds the site with most capacity for people left over, again and again, until nothing is gained.
    pub(super) fn greedy(&self, mut set: Vec<u32>, limits: &Limits, monitor: &Monitor<'_>) -> Vec<u32> {
        while set.len() < limits.most as usize && !monitor.grace_is_over() {
            let (_, left_over) = self.allocation(&set);
            let money = limits.money_left(&set);
            let mut best: Option<(i64, u32)> = None;
            for j in 0..self.free as u32 {
                let affordable = money.is_none_or(|money| limits.cost(j) <= money);
                if set.contains(&j) || limits.copies[j as usize] == 0 || !affordable {
                    continue;
                }
                let wanted: i64 = self.serve.get(j as usize).iter().map(|&i| left_over[i as usize]).sum();
                let gain = wanted.min(self.capacity[j as usize]);
                if gain > best.map_or(0, |(g, _)| g) {
                    best = Some((gain, j));
                }
            }
            let Some((_, j)) = best else { break };
            set.push(j);
        }
        set
    }

    /// Most people that all sites together serve, in whole units.
    pub(super) fn served_by_all(&self) -> i64 {
        let all: Vec<u32> = (0..self.free as u32).collect();
        self.allocation(&all).0 + self.constant
    }
}

//! What a set of sites with capacities serves, and good sets to start from.

use rayon::prelude::*;

use super::flow::share_out;
use super::knapsack::Capacity;
use super::relaxation::Limits;
use super::rows::{Lists, group};

impl Capacity {
    /// Served by a set and the fixed sites, and what is left over of each row.
    pub(crate) fn serve_with(&self, set: &[u32]) -> (i64, Vec<i64>) {
        let mut place = vec![u32::MAX; self.serve.len()];
        let mut room = Vec::new();
        for j in set.iter().copied().chain(self.standing()) {
            if place[j as usize] == u32::MAX {
                place[j as usize] = room.len() as u32;
                room.push(self.room[j as usize]);
            }
        }
        let mut rows = Lists::new();
        for i in 0..self.reach.len() {
            rows.push(self.reach.get(i).iter().map(|&j| place[j as usize]).filter(|&p| p != u32::MAX));
        }
        let (of, first) = group(&rows, |_| 0);
        let mut sums = vec![0; first.len()];
        for (i, &g) in of.iter().enumerate() {
            sums[g as usize] += self.weight[i];
        }
        let mut merged = Lists::new();
        for &f in &first {
            merged.push(rows.get(f as usize).iter().copied());
        }
        let (served, mut left) = share_out(&sums, &merged, &room);
        let rest = of
            .iter()
            .enumerate()
            .map(|(i, &g)| {
                let r = left[g as usize].min(self.weight[i]);
                left[g as usize] -= r;
                r
            })
            .collect();
        (served, rest)
    }

    /// People served by a set and the fixed sites. Up to 64 sites, rows fall together by who of them reaches them.
    pub(crate) fn served(&self, set: &[u32]) -> i64 {
        let sites: Vec<u32> = set.iter().copied().chain(self.standing()).collect();
        if sites.len() > 64 {
            return self.serve_with(set).0;
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
        let mut reach = Lists::new();
        for (m, _) in &groups {
            reach.push((0..64).filter(|b| m >> b & 1 == 1));
        }
        let people: Vec<i64> = groups.iter().map(|g| g.1).collect();
        let room: Vec<i64> = sites.iter().map(|&j| self.room[j as usize]).collect();
        share_out(&people, &reach, &room).0
    }

    /// Exchanges one for one while more people are served.
    pub(crate) fn exchange(&self, mut set: Vec<u32>, mut best: i64, limits: &Limits) -> (i64, Vec<u32>) {
        let (mut at, mut since) = (0, 0);
        while since < set.len() {
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
                since = 0;
            } else {
                since += 1;
            }
            at = (at + 1) % set.len();
        }
        (best, set)
    }

    pub(crate) fn total(&self) -> i64 {
        self.weight.iter().sum()
    }

    /// Adds the site with most room for people left over, again and again, until nothing is gained.
    pub(crate) fn greedy(&self, mut set: Vec<u32>, limits: &Limits) -> Vec<u32> {
        while set.len() < limits.most as usize {
            let (_, rest) = self.serve_with(&set);
            let left = limits.budget.as_ref().map(|(_, money)| money - limits.cost(&set));
            let mut best: Option<(i64, u32)> = None;
            for j in 0..self.free as u32 {
                let cost = limits.budget.as_ref().map_or(0, |(c, _)| c[j as usize]);
                if set.contains(&j) || limits.copies[j as usize] == 0 || left.is_some_and(|l| cost > l) {
                    continue;
                }
                let want: i64 = self.serve.get(j as usize).iter().map(|&i| rest[i as usize]).sum();
                let gain = want.min(self.room[j as usize]);
                if gain > best.map_or(0, |(g, _)| g) {
                    best = Some((gain, j));
                }
            }
            let Some((_, j)) = best else { break };
            set.push(j);
        }
        set
    }

    /// Most people that all sites together serve, unshifted, and the first row with somebody left over.
    pub(crate) fn everything(&self) -> (i64, Option<usize>) {
        let all: Vec<u32> = (0..self.free as u32).collect();
        let (served, rest) = self.serve_with(&all);
        (served + self.constant, rest.iter().position(|r| *r > 0))
    }
}

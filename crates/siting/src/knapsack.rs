//! The relaxation with capacities: each site fills a fractional knapsack with the people it reaches.
//!
//! Relaxing "nobody is served twice" (cover) or "everybody is served" (reach-all) leaves one knapsack a site. A set is
//! judged by maximum flow. Built by `capacity`.

use super::relaxation::{Limits, Relaxation, Valued};
use super::rows::Lists;

/// What a set is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// People served.
    Most,
    /// Minus the number of sites, provided everybody is served.
    All,
}

/// Bits by which a multiplier is finer than a value (reach-all: a multiplier is sites a person).
const FINE: u32 = 20;

/// The relaxation. Columns from `free` on stand for the fixed sites that have a capacity.
#[derive(Debug, Clone)]
pub(crate) struct Capacity {
    pub aim: Aim,
    pub free: usize,
    pub reach: Lists,
    pub serve: Lists,
    pub weight: Vec<i64>,
    pub room: Vec<i64>,
    pub shift: u32,
    /// People certainly served, unshifted.
    pub constant: i64,
    pub chosen: Vec<u32>,
}

impl Capacity {
    fn fine(&self) -> u32 {
        if self.aim == Aim::All { FINE } else { 0 }
    }

    /// Worth of serving one person of a row at these multipliers, in fine units.
    fn worth(&self, lambda: i64) -> i64 {
        match self.aim {
            Aim::Most => (1 << self.shift) - lambda,
            Aim::All => lambda,
        }
    }

    /// Best filling of a site: (row, people) into `fill`.
    fn knapsack(&self, column: usize, lambda: &[i64], fill: &mut Vec<(u32, i64)>) {
        let rows = self.serve.get(column).iter();
        let mut items: Vec<(i64, u32)> =
            rows.map(|&i| (self.worth(lambda[i as usize]), i)).filter(|(p, _)| *p > 0).collect();
        items.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut room = self.room[column];
        for (_, i) in items {
            let z = self.weight[i as usize].min(room);
            if z == 0 {
                break;
            }
            room -= z;
            fill.push((i, z));
        }
    }

    fn coarse(&self, fine: i128) -> i64 {
        let up = (fine + (1i128 << self.fine()) - 1) >> self.fine();
        up.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
    }

    /// Columns of the fixed sites.
    pub(crate) fn standing(&self) -> impl Iterator<Item = u32> + '_ {
        self.free as u32..self.serve.len() as u32
    }
}

impl Relaxation for Capacity {
    fn columns(&self) -> usize {
        self.free
    }

    fn rows(&self) -> usize {
        self.reach.len()
    }

    fn shift(&self) -> u32 {
        self.shift
    }

    fn enter(&mut self, chosen: &[u32]) {
        self.chosen = chosen.to_vec();
    }

    fn start(&mut self, good: &[u32]) -> Vec<i64> {
        let (served, rest) = self.serve_with(good);
        // Where the sites are full anyway, people are worth nothing beyond being served once.
        let rooms = good.iter().copied().chain(self.standing()).map(|j| self.room[j as usize]);
        let full = rooms.fold(0, i64::saturating_add) <= served + served / 20;
        (0..self.reach.len())
            .map(|i| match self.aim {
                Aim::Most => {
                    if full || rest[i] > 0 {
                        0
                    } else {
                        1 << (self.shift - 1)
                    }
                }
                // A person costs a share of the roomiest site.
                Aim::All => {
                    let most = self.reach.get(i).iter().map(|&j| self.room[j as usize]).max().unwrap_or(1).max(1);
                    (1i64 << (self.shift + FINE)) / most
                }
            })
            .collect()
    }

    fn price(&mut self, lambda: &[i64], open: &[bool], profit: &mut [i64]) -> i64 {
        let weighted: i128 = lambda.iter().zip(&self.weight).map(|(l, w)| i128::from(*l) * i128::from(*w)).sum();
        // All knapsacks at once: people in order of worth, each into every site that still has room.
        let mut order: Vec<(i64, u32)> =
            lambda.iter().enumerate().map(|(i, l)| (self.worth(*l), i as u32)).filter(|(p, _)| *p > 0).collect();
        order.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut wanted: Vec<bool> = open.to_vec();
        wanted.resize(self.serve.len(), true);
        for &j in &self.chosen {
            wanted[j as usize] = true;
        }
        let mut left: Vec<i64> = self.room.iter().zip(&wanted).map(|(r, w)| if *w { *r } else { 0 }).collect();
        let mut filled = vec![0i128; self.serve.len()];
        for (p, i) in order {
            let w = self.weight[i as usize];
            for &j in self.reach.get(i as usize) {
                let room = &mut left[j as usize];
                if *room > 0 {
                    let z = w.min(*room);
                    *room -= z;
                    filled[j as usize] += i128::from(p) * i128::from(z);
                }
            }
        }
        let standing = self.chosen.iter().copied().chain(self.standing());
        let taken: i128 = standing.map(|j| filled[j as usize]).sum();
        let one = if self.aim == Aim::All { 1i64 << self.shift } else { 0 };
        for (j, p) in profit.iter_mut().enumerate().filter(|(j, _)| open[*j]) {
            *p = self.coarse(filled[j]) - one;
        }
        match self.aim {
            Aim::Most => (self.constant << self.shift) + self.coarse(weighted + taken),
            Aim::All => self.coarse(taken - weighted) - self.chosen.len() as i64 * one,
        }
    }

    fn slope(&mut self, lambda: &[i64], picked: &[u32], slope: &mut [f64]) {
        let mut served = vec![0i64; self.reach.len()];
        let mut fill = Vec::new();
        for j in picked.iter().chain(&self.chosen).copied().chain(self.standing()) {
            fill.clear();
            self.knapsack(j as usize, lambda, &mut fill);
            for &(i, z) in &fill {
                served[i as usize] += z;
            }
        }
        let unit = f64::from(self.fine()).exp2();
        for (i, s) in slope.iter_mut().enumerate() {
            let over = (served[i] - self.weight[i]) as f64 / unit;
            *s = if self.aim == Aim::Most { over } else { -over };
        }
    }

    fn range(&self, row: usize) -> (i64, i64) {
        match self.aim {
            Aim::Most => (0, 1 << self.shift),
            Aim::All => {
                let least = self.reach.get(row).iter().map(|&j| self.room[j as usize]).min().unwrap_or(1).max(1);
                (0, (2i64 << (self.shift + FINE)) / least.min(self.weight[row]).max(1))
            }
        }
    }

    fn value(&mut self, set: &[u32]) -> Option<i64> {
        let served = self.served(set);
        match self.aim {
            Aim::Most => Some(served + self.constant),
            Aim::All => (served == self.total()).then_some(-(set.len() as i64)),
        }
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
        if self.aim == Aim::Most {
            let set = self.greedy(set, limits);
            let value = self.value(&set)?;
            let (value, mut set) = self.exchange(set, value, limits);
            set.sort_unstable();
            return limits.allows(&set).then_some((value, set));
        }
        let mut set = set;
        set.retain(|j| limits.copies[*j as usize] > 0);
        let unlimited = Limits { most: u32::MAX, ..limits.clone() };
        let mut set = self.greedy(set, &unlimited);
        let mut at = set.len();
        while at > 0 {
            at -= 1;
            let mut less = set.clone();
            less.remove(at);
            if self.value(&less).is_some() {
                set = less;
            }
        }
        set.sort_unstable();
        let value = self.value(&set)?;
        limits.allows(&set).then_some((value, set))
    }

    fn keep(&self, columns: &[u32], lambda: &[i64]) -> (Self, Vec<i64>) {
        let kept: Vec<u32> = columns.iter().copied().chain(self.standing()).collect();
        let mut place = vec![u32::MAX; self.serve.len()];
        for (at, &j) in kept.iter().enumerate() {
            place[j as usize] = at as u32;
        }
        let mut reach = Lists::new();
        for i in 0..self.reach.len() {
            reach.push(self.reach.get(i).iter().map(|&j| place[j as usize]).filter(|&p| p != u32::MAX));
        }
        let small = Self {
            free: columns.len(),
            serve: reach.flip(kept.len()),
            reach,
            weight: self.weight.clone(),
            room: kept.iter().map(|&j| self.room[j as usize]).collect(),
            chosen: Vec::new(),
            ..*self
        };
        (small, lambda.to_vec())
    }

    fn grow(&mut self, set: Vec<u32>, limits: &Limits) -> Vec<u32> {
        self.greedy(set, limits)
    }
}

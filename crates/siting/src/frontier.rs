//! The trade-off curve: the same question for 1..N new sites, beside what greedy adding reaches.

use super::certificate::CurvePoint;
use super::columns::SiteColumns;
use super::error::SitingError;
use super::p_center::{self, CenterSolution};
use super::question::Goal;
use super::relaxation::{Limits, Relaxation};
use super::search::Solution;
use super::solve::Solver;

/// Most nodes for a point of the curve, after which it has a bound instead of a proof.
const CURVE_NODES: Option<u64> = Some(200);

impl Solver<'_> {
    /// The curve of any goal but worst; `solution` is its last point. A number of sites that is infeasible or runs out
    /// of time has no point.
    pub(super) fn curve<R: Relaxation + Clone>(
        &self,
        relaxation: &mut R,
        solution: &Solution,
        to_goal_unit: &dyn Fn(i64) -> f64,
        goal: &Goal,
    ) -> Result<Vec<CurvePoint>, SitingError> {
        let mut curve = Vec::new();
        if !self.options.curve {
            return Ok(curve);
        }
        let movable = self.columns.movable.len();
        let last = solution.set.len().saturating_sub(movable);
        let added = relaxation.greedy_sequence(self.columns.movable.clone(), &self.columns.limits, &self.monitor);
        for k in 1..=last {
            let limits = Limits { most: (k + movable) as u32, ..self.columns.limits.clone() };
            let of_k = if k == last {
                solution.clone()
            } else if self.monitor.time_is_up() {
                continue;
            } else {
                match self.search(relaxation, &limits, CURVE_NODES, None, to_goal_unit) {
                    Ok(of_k) => of_k,
                    Err(_) => continue,
                }
            };
            let greedy = &added[..(k + movable).min(added.len())];
            let objective = self.objective_of(goal, &of_k.set)?;
            let proven = of_k.proven;
            curve.push(CurvePoint {
                sites: k,
                objective,
                bound: objective.filter(|_| proven).unwrap_or_else(|| to_goal_unit(of_k.bound)),
                proven: proven && objective.is_some(),
                greedy: self.objective_of(goal, greedy)?,
            });
        }
        Ok(curve)
    }

    /// Least worst time within the limits of `columns`.
    pub(super) fn center(&self, columns: &SiteColumns, starts: &[Vec<u32>]) -> CenterSolution {
        p_center::solve(self.instance, columns, &self.monitor, self.options.node_limit, starts)
    }

    /// The curve of the worst time; `center` is its last point, `set` the set of the answer.
    pub(super) fn worst_curve(&self, center: &CenterSolution, set: &[u32], counted: &[usize]) -> Vec<CurvePoint> {
        let mut curve = Vec::new();
        if !self.options.curve {
            return curve;
        }
        let seconds = |ms: u32| f64::from(ms) / 1000.0;
        let greedy = self.greedy_worst(counted);
        for k in 1..=set.len().saturating_sub(self.columns.movable.len()) {
            let mut columns = self.columns.clone();
            columns.limits.most = (k + columns.movable.len()) as u32;
            let all = columns.limits.most == self.columns.limits.most;
            if !all && self.monitor.time_is_up() {
                continue;
            }
            let of_k = if all { center.clone() } else { self.center(&columns, &[]) };
            let worst = of_k.best.as_ref().map(|(ms, _)| *ms);
            curve.push(CurvePoint {
                sites: k,
                objective: worst.map(seconds),
                bound: seconds(worst.filter(|_| of_k.complete).unwrap_or(of_k.bound)),
                proven: of_k.complete,
                greedy: greedy.get(k - 1).copied().flatten(),
            });
        }
        curve
    }

    /// Worst time in seconds after each step of greedy adding (fewest unreached first, then the least worst time);
    /// `None` while somebody is unreached. Short if the time is up.
    fn greedy_worst(&self, counted: &[usize]) -> Vec<Option<f64>> {
        // First arrival at each demand in milliseconds, indexed by demand.
        let mut arrival: Vec<Option<u32>> = vec![None; self.instance.demand().len()];
        let open = |arrival: &mut Vec<Option<u32>>, site: usize| {
            for entry in self.instance.demands_reached(site) {
                let now = &mut arrival[entry.other as usize];
                *now = Some(now.map_or(entry.ms, |ms| ms.min(entry.ms)));
            }
        };
        let score = |arrival: &[Option<u32>]| {
            let unreached = counted.iter().filter(|&&i| arrival[i].is_none()).count();
            (unreached, counted.iter().filter_map(|&i| arrival[i]).max().unwrap_or(0))
        };
        for &j in &self.columns.fixed {
            open(&mut arrival, j);
        }
        for &c in &self.columns.movable {
            open(&mut arrival, self.columns.site_of[c as usize]);
        }
        let mut steps = Vec::new();
        let mut set = self.columns.movable.clone();
        while set.len() < self.columns.limits.most as usize {
            let mut best: Option<((usize, u32), u32)> = None;
            for c in (0..self.columns.site_of.len() as u32).filter(|c| !set.contains(c)) {
                if self.monitor.grace_is_over() {
                    return steps;
                }
                let mut trial = arrival.clone();
                open(&mut trial, self.columns.site_of[c as usize]);
                let s = score(&trial);
                if best.is_none_or(|(b, _)| s < b) {
                    best = Some((s, c));
                }
            }
            let Some(((unreached, worst), c)) = best else { break };
            set.push(c);
            open(&mut arrival, self.columns.site_of[c as usize]);
            steps.push((unreached == 0).then(|| f64::from(worst) / 1000.0));
        }
        steps
    }
}

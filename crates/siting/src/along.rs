//! What is told beside the answer: the curve of 1..N sites and the build order.

use super::certificate::{CurvePoint, Step};
use super::core::Core;
use super::error::ProposeError;
use super::hunt::Found;
use super::order::order;
use super::p_center::{self, Center};
use super::question::Goal;
use super::relaxation::{Limits, Relaxation};
use super::solve::Task;

/// Nodes a point of the curve may take before it is told with a bound instead of a proof.
const CURVE_NODES: Option<u64> = Some(200);

impl Task<'_> {
    pub(super) fn curve<R: Relaxation + Clone>(
        &self,
        relax: &mut R,
        found: &Found,
        objective: &dyn Fn(i64) -> f64,
        goal: &Goal,
    ) -> Result<Vec<CurvePoint>, ProposeError> {
        let mut curve = Vec::new();
        if !self.options.curve {
            return Ok(curve);
        }
        let movable = self.core.movable.len();
        let last = found.set.len().saturating_sub(movable);
        let grown = relax.grow(self.core.movable.clone(), &self.core.limits);
        for k in 1..=last {
            let limits = Limits { most: (k + movable) as u32, ..self.core.limits.clone() };
            let one = if k == last {
                found.clone()
            } else {
                match self.hunt(relax, &limits, CURVE_NODES, None, objective) {
                    Ok(one) => one,
                    Err(_) => continue,
                }
            };
            let greedy = grown.get(..(k + movable).min(grown.len())).unwrap_or(&[]);
            let value = self.objective_of(goal, &one.set)?;
            let proven = one.proven;
            curve.push(CurvePoint {
                sites: k,
                objective: value,
                bound: value.filter(|_| proven).unwrap_or_else(|| objective(one.bound)),
                proven: proven && value.is_some(),
                greedy: self.objective_of(goal, greedy)?,
            });
        }
        Ok(curve)
    }

    pub(super) fn order(
        &self,
        set: &[u32],
        goal: &Goal,
        worth: &mut dyn FnMut(&[u32]) -> i64,
    ) -> Result<Vec<Step>, ProposeError> {
        let new = self.new_sites(set);
        let kept: Vec<u32> = set.iter().copied().filter(|c| self.core.movable.contains(c)).collect();
        let with = |some: &[u32]| kept.iter().chain(some).copied().collect::<Vec<u32>>();
        let way = order(&new, &mut |some| worth(&with(some)));
        let mut steps = Vec::new();
        let mut built = Vec::new();
        for (at, &next) in way.sequence.iter().enumerate() {
            built.push(new[next]);
            let objective = self.objective_of(goal, &with(&built))?;
            let best = match &way.best[at] {
                Some(b) => self.objective_of(goal, &with(b))?,
                None => None,
            };
            let regret = objective.zip(best).map(|(o, b)| if goal.more_is_better() { b - o } else { o - b }.max(0.0));
            steps.push(Step { site: self.core.free[new[next] as usize], objective, best, regret });
        }
        Ok(steps)
    }

    /// Least worst time within the limits of `core`.
    pub(super) fn center(&self, core: &Core, hints: &[Vec<u32>]) -> Center {
        p_center::solve(self.instance, core, &self.clock, self.options.node_limit, hints)
    }

    /// The curve of the worst time; `center` is the answer for all sites.
    pub(super) fn worst_curve(&self, center: &Center, set: &[u32], counted: &[usize]) -> Vec<CurvePoint> {
        let mut curve = Vec::new();
        if self.options.curve {
            let greedy = self.grow_worst(counted);
            for k in 1..=set.len().saturating_sub(self.core.movable.len()) {
                let mut core = self.core.clone();
                core.limits.most = (k + core.movable.len()) as u32;
                let c =
                    if core.limits.most == self.core.limits.most { center.clone() } else { self.center(&core, &[]) };
                let seconds = |ms: u32| f64::from(ms) / 1000.0;
                curve.push(CurvePoint {
                    sites: k,
                    objective: c.best.as_ref().map(|(t, _)| seconds(*t)),
                    bound: seconds(if c.complete { c.best.as_ref().map_or(c.bound, |(t, _)| *t) } else { c.bound }),
                    proven: c.complete,
                    greedy: greedy.get(k - 1).copied().flatten(),
                });
            }
        }
        curve
    }

    /// Worst time after each step of always adding the site that helps most (fewest left out, then the worst time).
    fn grow_worst(&self, counted: &[usize]) -> Vec<Option<f64>> {
        let mut at: Vec<Option<u32>> = vec![None; self.instance.demand().len()];
        let lower = |at: &mut Vec<Option<u32>>, site: usize| {
            for leg in self.instance.serves(site) {
                let now = &mut at[leg.other as usize];
                *now = Some(now.map_or(leg.ms, |t| t.min(leg.ms)));
            }
        };
        let score = |at: &[Option<u32>]| {
            let out = counted.iter().filter(|&&i| at[i].is_none()).count();
            (out, counted.iter().filter_map(|&i| at[i]).max().unwrap_or(0))
        };
        for &j in &self.core.fixed {
            lower(&mut at, j);
        }
        for &c in &self.core.movable {
            lower(&mut at, self.core.free[c as usize]);
        }
        let mut out = Vec::new();
        let mut set = self.core.movable.clone();
        while set.len() < self.core.limits.most as usize {
            let mut best: Option<((usize, u32), u32)> = None;
            for c in (0..self.core.free.len() as u32).filter(|c| !set.contains(c)) {
                let mut trial = at.clone();
                lower(&mut trial, self.core.free[c as usize]);
                let s = score(&trial);
                if best.is_none_or(|(b, _)| s < b) {
                    best = Some((s, c));
                }
            }
            let Some(((left, worst), c)) = best else { break };
            set.push(c);
            lower(&mut at, self.core.free[c as usize]);
            out.push((left == 0).then(|| f64::from(worst) / 1000.0));
        }
        out
    }
}

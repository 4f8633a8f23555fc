//! From a question to a certificate: which relaxation, in which order, and what is told of the result.

use super::capacity;
use super::certificate::{Certificate, CurvePoint, Status, Step, Ties};
use super::clock::Clock;
use super::core::Core;
use super::error::ProposeError;
use super::hunt::{Found, Hunt, Known, hunt, ties};
use super::instance::{Instance, Standing};
use super::knapsack::Aim;
use super::lscp::{self, SetCover};
use super::mclp::{self, Built};
use super::p_center;
use super::p_median;
use super::question::{Goal, Options, Question};
use super::relaxation::{Limits, Relaxation};
use super::verify::verify;
use super::{backup, mexclp};

/// Penalties for leaving somebody unreached, as multiples of the longest time: each next is tried only where the
/// optimum under the last still leaves somebody out.
const PENALTIES: [i64; 3] = [16, 1000, 100_000];

/// Nodes for the same question without capacities.
const ROOMY_NODES: Option<u64> = Some(300);

/// Everything one goal needs while it is answered.
pub(super) struct Task<'t> {
    pub(super) instance: &'t Instance,
    pub(super) question: &'t Question,
    pub(super) options: &'t Options<'t>,
    pub(super) core: Core,
    pub(super) clock: Clock<'t>,
}

/// Answers a question: the best sites, with proof.
///
/// # Errors
/// A question that has no answer, as a sentence that says who and why.
pub fn solve(instance: &Instance, question: &Question, options: &Options<'_>) -> Result<Certificate, ProposeError> {
    question.check(instance)?;
    let core = Core::new(instance, question)?;
    let clock = Clock::new(options.time_limit, options.progress);
    let task = Task { instance, question, options, core, clock };
    task.somebody_is_reached()?;
    let limit = question.goal.limit_ms().unwrap_or(u32::MAX);
    let full = instance.sites().iter().any(|s| s.capacity.is_some());
    match question.goal {
        Goal::Cover { .. } if full => {
            let mut built = capacity::build(instance, &task.core, limit, Aim::Most)?;
            built.known = task.roomy_cover(limit, built.per_one)?;
            task.people(built, 1.0)
        }
        Goal::Cover { .. } => task.people(mclp::build(instance, &task.core, limit)?, 1.0),
        Goal::Backup { .. } => task.people(backup::build(instance, &task.core, limit)?, 1.0),
        Goal::Busy { busy, .. } => task.people(mexclp::build(instance, &task.core, limit, busy), 1.0),
        Goal::Mean => task.mean(),
        Goal::Worst => task.worst(),
        Goal::ReachAll { .. } if full => {
            let mut built = capacity::build(instance, &task.core, limit, Aim::All)?;
            task.capacity_suffices(&built)?;
            built.known = task.roomy_reach_all(limit);
            task.reach_all(built, limit)
        }
        Goal::ReachAll { .. } => {
            let (rows, hopeless) = lscp::rows(instance, &task.core, limit);
            let relax = SetCover::new(task.core.free.len(), &rows);
            task.reach_all(Built { relax, per_one: 1.0, hopeless, known: None }, limit)
        }
    }
}

impl Task<'_> {
    pub(super) fn hunt<R: Relaxation>(
        &self,
        relax: &mut R,
        limits: &Limits,
        nodes: Option<u64>,
        known: Option<&Known>,
        objective: &dyn Fn(i64) -> f64,
    ) -> Result<Found, ProposeError> {
        match hunt(relax, &self.core, limits, &self.clock, nodes, known, objective) {
            Hunt::Found(found) => Ok(found),
            Hunt::Impossible => Err(self.cannot_reach_all(None)),
            Hunt::OutOfTime => Err(ProposeError::OutOfTime),
        }
    }

    /// Cover with the capacities forgotten: nobody can serve more people than that.
    fn roomy_cover(&self, limit: u32, per_one: f64) -> Result<Option<Known>, ProposeError> {
        let mut roomy = mclp::build(self.instance, &self.core, limit)?;
        let objective = |v: i64| v as f64 / roomy.per_one;
        let found = self.hunt(&mut roomy.relax, &self.core.limits, ROOMY_NODES, None, &objective)?;
        // Both units are powers of ten; one unit more covers the rounding between them.
        let bound = (found.bound as f64 / roomy.per_one * per_one).ceil() as i64
            + i64::from(roomy.per_one.total_cmp(&per_one).is_ne());
        Ok(Some(Known { bound, set: found.set }))
    }

    /// Reach-all with the capacities forgotten: it takes at least so many sites.
    fn roomy_reach_all(&self, limit: u32) -> Option<Known> {
        let (rows, _) = lscp::rows(self.instance, &self.core, limit);
        let mut relax = SetCover::new(self.core.free.len(), &rows);
        let limits = Limits { most: self.core.free.len() as u32, ..self.core.limits.clone() };
        let found = self.hunt(&mut relax, &limits, ROOMY_NODES, None, &|v| -(v as f64)).ok()?;
        Some(Known { bound: found.bound, set: found.set })
    }

    /// Cover, backup, busy (sign 1) and mean (sign -1): the inner value is the objective in whole units.
    fn people<R: Relaxation + Clone>(&self, built: Built<R>, sign: f64) -> Result<Certificate, ProposeError> {
        let Built { mut relax, per_one, hopeless, known } = built;
        let objective = |v: i64| sign * v as f64 / per_one;
        let found = self.hunt(&mut relax, &self.core.limits, self.options.node_limit, known.as_ref(), &objective)?;
        let ties = self.ties(&mut relax, &found);
        let curve = self.curve(&mut relax, &found, &objective, &self.question.goal)?;
        let order = self.order(&found.set, &self.question.goal, &mut |s| relax.value(s).unwrap_or(i64::MIN / 4))?;
        let bound = objective(found.bound);
        self.certificate(&found, bound, hopeless, ties, curve, order)
    }

    fn mean(&self) -> Result<Certificate, ProposeError> {
        let mut last = None;
        for penalty in PENALTIES {
            let Ok(next) = p_median::build(self.instance, &self.core, penalty) else {
                break;
            };
            let certificate = self.people(next.built, -1.0);
            match certificate {
                Err(ProposeError::CannotReachAll { .. }) if next.penalised => last = Some(certificate),
                other => return other,
            }
        }
        match last {
            Some(_) => self.anyhow_reached(),
            None => Err(ProposeError::TooLarge),
        }
    }

    /// Where even the heaviest penalty leaves somebody out: a set that reaches everybody, with a plain bound, or the
    /// sentence that there is none.
    fn anyhow_reached(&self) -> Result<Certificate, ProposeError> {
        let found = self.fewest()?;
        if found.set.len() > self.core.limits.most as usize {
            return Err(self.cannot_reach_all(Some((-found.bound) as usize)));
        }
        // Nobody is reached sooner than from the nearest of all sites.
        let nearest = |i: usize| self.instance.reach(i).first().map_or(0.0, |leg| f64::from(leg.ms) / 1000.0);
        let demand = self.instance.demand();
        let bound = (0..demand.len()).map(|i| nearest(i) * demand[i].people).sum();
        let found = Found { proven: false, ..found };
        self.certificate(&found, bound, self.unreachable(), None, Vec::new(), Vec::new())
    }

    fn worst(&self) -> Result<Certificate, ProposeError> {
        let mut hints = Vec::new();
        if let Ok(mut mean) = p_median::build(self.instance, &self.core, PENALTIES[0]) {
            hints.extend(mean.built.relax.improve(self.core.movable.clone(), &self.core.limits).map(|(_, s)| s));
        }
        let center = self.center(&self.core, &hints);
        let (time, set) = match center.best.clone() {
            Some(best) => best,
            None if center.complete => return Err(self.not_everybody()),
            None => return Err(ProposeError::OutOfTime),
        };
        let (rows, _) = lscp::rows(self.instance, &self.core, time);
        let mut relax = SetCover::new(self.core.free.len(), &rows);
        let enough = -i64::from(self.core.limits.most);
        let set = self.core.settle(set, enough, &mut |s| relax.value(s).map(|_| enough));
        let value = -(set.len() as i64);
        let found = Found { value, set, bound: value, proven: center.complete, nodes: center.nodes };
        let ties = self.ties(&mut relax, &found);
        let counted: Vec<usize> = (0..self.instance.demand().len())
            .filter(|&i| self.instance.demand()[i].people > 0.0 && !self.instance.reach(i).is_empty())
            .collect();
        // Fewer left out first, then the smaller worst time.
        let mut worth = |set: &[u32]| -> i64 {
            p_center::worst(self.instance, &self.core, &counted, set).map_or(i64::MIN / 4, |t| -i64::from(t))
        };
        let order = self.order(&found.set, &Goal::Worst, &mut worth)?;
        let curve = self.worst_curve(&center, &found.set, &counted);
        let bound = f64::from(center.bound) / 1000.0;
        self.certificate(&found, bound, self.unreachable(), ties, curve, order)
    }

    fn reach_all<R: Relaxation + Clone>(&self, built: Built<R>, limit: u32) -> Result<Certificate, ProposeError> {
        let Built { mut relax, hopeless, known, .. } = built;
        // Search without the number first, so that "not enough" can say how many it takes.
        let limits = Limits { most: self.core.free.len() as u32, ..self.core.limits.clone() };
        let objective = |v: i64| -(v as f64);
        let found = self.hunt(&mut relax, &limits, self.options.node_limit, known.as_ref(), &objective)?;
        if found.set.len() > self.core.limits.most as usize {
            if !found.proven && -found.bound <= i64::from(self.core.limits.most) {
                return Err(ProposeError::OutOfTime);
            }
            return Err(self.cannot_reach_all(Some((-found.bound) as usize)));
        }
        let ties = self.ties(&mut relax, &found);
        let goal = Goal::Cover { limit_s: f64::from(limit) / 1000.0 };
        let full = self.instance.sites().iter().any(|s| s.capacity.is_some());
        let (curve, order) = if full {
            let people = capacity::build(self.instance, &self.core, limit, Aim::Most)?;
            self.along(people, &found, &goal)?
        } else {
            self.along(mclp::build(self.instance, &self.core, limit)?, &found, &goal)?
        };
        let bound = -found.bound as f64;
        self.certificate(&found, bound, hopeless, ties, curve, order)
    }

    /// Curve and order of a reach-all answer, counted in people reached.
    fn along<R: Relaxation + Clone>(
        &self,
        built: Built<R>,
        found: &Found,
        goal: &Goal,
    ) -> Result<(Vec<CurvePoint>, Vec<Step>), ProposeError> {
        let Built { mut relax, per_one, .. } = built;
        let order = self.order(&found.set, goal, &mut |s| relax.value(s).unwrap_or(i64::MIN / 4))?;
        let value = relax.value(&found.set).unwrap_or(0);
        let end = Found { value, bound: value, ..found.clone() };
        let curve = self.curve(&mut relax, &end, &|v| v as f64 / per_one, goal)?;
        Ok((curve, order))
    }

    fn ties<R: Relaxation>(&self, relax: &mut R, found: &Found) -> Option<Ties> {
        if self.options.tie_limit == 0 || !found.proven {
            return None;
        }
        let best = (found.value, found.set.as_slice());
        Some(ties(relax, &self.core, &self.core.limits, best, self.options.tie_limit, &self.clock))
    }

    /// New sites of a set: those that did not stand before.
    pub(super) fn new_sites(&self, set: &[u32]) -> Vec<u32> {
        set.iter().copied().filter(|c| !self.core.movable.contains(c)).collect()
    }

    pub(super) fn objective_of(&self, goal: &Goal, set: &[u32]) -> Result<Option<f64>, ProposeError> {
        verify(self.instance, goal, &self.core.sites(set))
    }

    fn certificate(
        &self,
        found: &Found,
        bound: f64,
        uncoverable: Vec<usize>,
        ties: Option<Ties>,
        curve: Vec<CurvePoint>,
        order: Vec<Step>,
    ) -> Result<Certificate, ProposeError> {
        let goal = self.question.goal;
        let Some(objective) = self.objective_of(&goal, &found.set)? else {
            return Err(self.cannot_reach_all(None));
        };
        let optimal = found.proven;
        let bound = if optimal { objective } else { bound };
        let kept: Vec<u32> = found.set.iter().copied().filter(|c| self.core.movable.contains(c)).collect();
        let gone: Vec<u32> = self.core.movable.iter().copied().filter(|c| !kept.contains(c)).collect();
        let sites = self.core.sites(&self.new_sites(&found.set));
        let given_up = self.core.sites(&gone);
        let records = self.instance.sites();
        let price = |j: &usize| match records[*j].standing {
            Standing::Movable { give_up_cost } => give_up_cost,
            Standing::Candidate | Standing::Fixed => records[*j].cost,
        };
        let cost = sites.iter().chain(&given_up).map(price).fold(0.0, |a, b| a + b);
        Ok(Certificate {
            goal,
            objective,
            bound,
            gap: (bound - objective).abs(),
            status: if optimal { Status::Optimal } else { Status::Feasible },
            sites,
            kept: self.core.sites(&kept),
            given_up,
            cost,
            before: self.objective_of(&goal, &self.core.movable)?,
            uncoverable_people: uncoverable.iter().fold(0.0, |sum, &i| sum + self.instance.demand()[i].people),
            uncoverable,
            ties,
            curve,
            order,
            nodes: found.nodes,
        })
    }
}

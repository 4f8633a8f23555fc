//! From a question to a certificate: which model, which searches, and what they prove.

use super::build_order::build_order;
use super::capacitated;
use super::certificate::{BuildStep, Certificate, CurvePoint, Status, Ties};
use super::columns::SiteColumns;
use super::error::SitingError;
use super::instance::{Instance, SiteStatus};
use super::knapsack::CapacitatedObjective;
use super::lscp::{self, SetCoverRelaxation};
use super::model::Model;
use super::monitor::Monitor;
use super::question::{Goal, Options, Question};
use super::relaxation::{Limits, Relaxation};
use super::search::{PriorBound, SearchEnd, Solution, WORTHLESS, search, ties};
use super::verify::verify;
use super::{bacop, mclp, mexclp, p_center, p_median};

/// Penalties for an unreached demand, as multiples of the longest time: each next one is tried only if the optimum
/// under the last leaves somebody out.
const PENALTIES: [i64; 3] = [16, 1000, 100_000];

/// Nodes for the same question without capacities.
const UNCAPACITATED_NODES: Option<u64> = Some(300);

/// One question while it is answered.
pub(super) struct Solver<'t> {
    pub(super) instance: &'t Instance,
    pub(super) question: &'t Question,
    pub(super) options: &'t Options<'t>,
    pub(super) columns: SiteColumns,
    pub(super) monitor: Monitor<'t>,
}

/// Answers a question: the best sites, with proof.
///
/// # Errors
/// A question that is invalid or has no answer, as a sentence that says why.
pub fn solve(instance: &Instance, question: &Question, options: &Options<'_>) -> Result<Certificate, SitingError> {
    question.check(instance)?;
    let columns = SiteColumns::new(instance, question)?;
    let monitor = Monitor::new(options.time_limit, options.progress);
    let solver = Solver { instance, question, options, columns, monitor };
    solver.check_anybody_reached()?;
    let limit = question.goal.limit_ms().unwrap_or(u32::MAX);
    let capacitated = instance.is_capacitated();
    match question.goal {
        Goal::Cover { .. } if capacitated => {
            let objective = CapacitatedObjective::PeopleServed;
            let mut model = capacitated::build(instance, &solver.columns, limit, objective)?;
            model.prior = Some(solver.uncapacitated_cover(limit, model.per_one)?);
            solver.weighted(model, 1.0)
        }
        Goal::Cover { .. } => solver.weighted(mclp::build(instance, &solver.columns, limit)?, 1.0),
        Goal::Backup { .. } => solver.weighted(bacop::build(instance, &solver.columns, limit)?, 1.0),
        Goal::Busy { busy, .. } => solver.weighted(mexclp::build(instance, &solver.columns, limit, busy)?, 1.0),
        Goal::Mean => solver.mean(),
        Goal::Worst => solver.worst(),
        Goal::ReachAll { .. } if capacitated => {
            let objective = CapacitatedObjective::FewestSites;
            let mut model = capacitated::build(instance, &solver.columns, limit, objective)?;
            solver.check_capacity(&model, limit)?;
            let fewest = solver.fewest_sites(limit, UNCAPACITATED_NODES).ok();
            model.prior = fewest.map(|solution| PriorBound { bound: solution.bound, set: solution.set });
            solver.reach_all(model, limit)
        }
        Goal::ReachAll { .. } => {
            let (rows, uncoverable) = lscp::rows(instance, &solver.columns, limit);
            let relaxation = SetCoverRelaxation::new(solver.columns.site_of.len(), &rows);
            solver.reach_all(Model { relaxation, per_one: 1.0, uncoverable, prior: None }, limit)
        }
    }
}

impl Solver<'_> {
    /// One search; infeasibility and running out of time are errors.
    pub(super) fn search<R: Relaxation>(
        &self,
        relaxation: &mut R,
        limits: &Limits,
        node_limit: Option<u64>,
        prior: Option<&PriorBound>,
        to_goal_unit: &dyn Fn(i64) -> f64,
    ) -> Result<Solution, SitingError> {
        match search(relaxation, &self.columns, limits, &self.monitor, node_limit, prior, to_goal_unit) {
            SearchEnd::Solved(solution) => Ok(solution),
            SearchEnd::Infeasible => Err(self.cannot_reach_all(None)),
            SearchEnd::OutOfTime => Err(SitingError::OutOfTime),
        }
    }

    /// Cover without capacities: a bound on cover with them, in units of 1 / `per_one`.
    fn uncapacitated_cover(&self, limit: u32, per_one: f64) -> Result<PriorBound, SitingError> {
        let mut model = mclp::build(self.instance, &self.columns, limit)?;
        let to_people = |v: i64| v as f64 / model.per_one;
        let limits = &self.columns.limits;
        let solution = self.search(&mut model.relaxation, limits, UNCAPACITATED_NODES, None, &to_people)?;
        // Both units are powers of ten; one unit more covers the rounding between them.
        let bound = (solution.bound as f64 / model.per_one * per_one).ceil() as i64
            + i64::from(model.per_one.total_cmp(&per_one).is_ne());
        Ok(PriorBound { bound, set: solution.set })
    }

    /// Cover, backup, busy (sign 1) and mean (sign -1): a value is the objective in whole units, times the sign.
    fn weighted<R: Relaxation + Clone>(&self, model: Model<R>, sign: f64) -> Result<Certificate, SitingError> {
        let Model { mut relaxation, per_one, uncoverable, prior } = model;
        let to_goal_unit = |v: i64| sign * v as f64 / per_one;
        let (limits, node_limit) = (&self.columns.limits, self.options.node_limit);
        let solution = self.search(&mut relaxation, limits, node_limit, prior.as_ref(), &to_goal_unit)?;
        let ties = self.ties(&mut relaxation, &solution);
        let curve = self.curve(&mut relaxation, &solution, &to_goal_unit, &self.question.goal)?;
        let mut evaluate = |set: &[u32]| relaxation.evaluate(set).unwrap_or(WORTHLESS);
        let order = self.order(&solution.set, &self.question.goal, &mut evaluate)?;
        let bound = to_goal_unit(solution.bound);
        self.certificate(&solution, bound, uncoverable, ties, curve, order)
    }

    fn mean(&self) -> Result<Certificate, SitingError> {
        let mut somebody_left_out = false;
        for penalty in PENALTIES {
            if somebody_left_out && self.monitor.grace_is_over() {
                return Err(SitingError::OutOfTime);
            }
            let Ok(next) = p_median::build(self.instance, &self.columns, penalty) else {
                break;
            };
            match self.weighted(next.model, -1.0) {
                Err(SitingError::CannotReachAll { .. }) if next.penalised => somebody_left_out = true,
                other => return other,
            }
        }
        if somebody_left_out { self.mean_of_fewest_sites() } else { Err(SitingError::TooLarge) }
    }

    /// Mean if even the heaviest penalty leaves somebody out: a set that reaches everybody with a plain bound, or the
    /// error that there is none.
    fn mean_of_fewest_sites(&self) -> Result<Certificate, SitingError> {
        let fewest = self.fewest_sites(u32::MAX, self.options.node_limit)?;
        if fewest.set.len() > self.columns.limits.most as usize {
            return Err(self.cannot_reach_all(Some((-fewest.bound) as usize)));
        }
        // Nobody is reached sooner than by the nearest of all sites.
        let demand = self.instance.demand();
        let nearest = |i: usize| self.instance.sites_reaching(i).first().map_or(0.0, |e| f64::from(e.ms) / 1000.0);
        let bound = (0..demand.len()).map(|i| nearest(i) * demand[i].people).sum();
        let unproven = Solution { proven: false, ..fewest };
        self.certificate(&unproven, bound, self.instance.unreachable_demand(), None, Vec::new(), Vec::new())
    }

    fn worst(&self) -> Result<Certificate, SitingError> {
        let mut starts = Vec::new();
        if let Ok(mut mean) = p_median::build(self.instance, &self.columns, PENALTIES[0]) {
            let improved =
                mean.model.relaxation.improve(self.columns.movable.clone(), &self.columns.limits, &self.monitor);
            starts.extend(improved.map(|(_, set)| set));
        }
        let center = self.center(&self.columns, &starts);
        let (time, set) = match center.best.clone() {
            Some(best) => best,
            None if center.complete => return Err(self.cannot_reach_all_counted()),
            None => return Err(SitingError::OutOfTime),
        };
        let (rows, _) = lscp::rows(self.instance, &self.columns, time);
        let mut relaxation = SetCoverRelaxation::new(self.columns.site_of.len(), &rows);
        let enough = -i64::from(self.columns.limits.most);
        let set = self.columns.prefer_existing(set, enough, &mut |s| relaxation.evaluate(s).map(|_| enough));
        let value = -(set.len() as i64);
        let solution = Solution { value, set, bound: value, proven: center.complete, nodes: center.nodes };
        let ties = self.ties(&mut relaxation, &solution);
        let counted = self.instance.reachable_demand();
        let mut evaluate = |set: &[u32]| -> i64 {
            p_center::worst(self.instance, &self.columns, &counted, set).map_or(WORTHLESS, |ms| -i64::from(ms))
        };
        let order = self.order(&solution.set, &Goal::Worst, &mut evaluate)?;
        let curve = self.worst_curve(&center, &solution.set, &counted);
        let bound = f64::from(center.bound) / 1000.0;
        self.certificate(&solution, bound, self.instance.unreachable_demand(), ties, curve, order)
    }

    fn reach_all<R: Relaxation + Clone>(&self, model: Model<R>, limit: u32) -> Result<Certificate, SitingError> {
        let Model { mut relaxation, uncoverable, prior, .. } = model;
        // Without a cap on the number, so that an error can name the number needed.
        let limits = self.columns.limits_without_number();
        let to_sites = |v: i64| -(v as f64);
        let solution = self.search(&mut relaxation, &limits, self.options.node_limit, prior.as_ref(), &to_sites)?;
        if solution.set.len() > self.columns.limits.most as usize {
            if !solution.proven && -solution.bound <= i64::from(self.columns.limits.most) {
                return Err(SitingError::OutOfTime);
            }
            return Err(self.cannot_reach_all(Some((-solution.bound) as usize)));
        }
        let ties = self.ties(&mut relaxation, &solution);
        let goal = Goal::Cover { limit_s: f64::from(limit) / 1000.0 };
        let (curve, order) = if self.instance.is_capacitated() {
            let objective = CapacitatedObjective::PeopleServed;
            let people = capacitated::build(self.instance, &self.columns, limit, objective)?;
            self.people_reached(people, &solution, &goal)?
        } else {
            self.people_reached(mclp::build(self.instance, &self.columns, limit)?, &solution, &goal)?
        };
        let bound = -solution.bound as f64;
        self.certificate(&solution, bound, uncoverable, ties, curve, order)
    }

    /// Curve and order of a reach-all answer, in people reached (`goal` is cover).
    fn people_reached<R: Relaxation + Clone>(
        &self,
        model: Model<R>,
        solution: &Solution,
        goal: &Goal,
    ) -> Result<(Vec<CurvePoint>, Vec<BuildStep>), SitingError> {
        let Model { mut relaxation, per_one, .. } = model;
        let order = self.order(&solution.set, goal, &mut |s| relaxation.evaluate(s).unwrap_or(WORTHLESS))?;
        let value = relaxation.evaluate(&solution.set).unwrap_or(0);
        let end = Solution { value, bound: value, ..solution.clone() };
        let curve = self.curve(&mut relaxation, &end, &|v| v as f64 / per_one, goal)?;
        Ok((curve, order))
    }

    fn ties<R: Relaxation>(&self, relaxation: &mut R, solution: &Solution) -> Option<Ties> {
        if self.options.tie_limit == 0 || !solution.proven {
            return None;
        }
        let best = (solution.value, solution.set.as_slice());
        Some(ties(relaxation, &self.columns, best, self.options.tie_limit, &self.monitor))
    }

    /// The new sites of a set in the order of building. `evaluate`: value of a set, larger is better.
    fn order(
        &self,
        set: &[u32],
        goal: &Goal,
        evaluate: &mut dyn FnMut(&[u32]) -> i64,
    ) -> Result<Vec<BuildStep>, SitingError> {
        let (kept, new) = self.kept_and_new(set);
        let with_kept = |part: &[u32]| kept.iter().chain(part).copied().collect::<Vec<u32>>();
        let order = build_order(&new, &mut |part| evaluate(&with_kept(part)), &|| self.monitor.grace_is_over());
        let mut steps = Vec::new();
        let mut built = Vec::new();
        for (&next, best) in order.sequence.iter().zip(&order.best) {
            built.push(new[next]);
            let objective = self.objective_of(goal, &with_kept(&built))?;
            let best = match best {
                Some(best) => self.objective_of(goal, &with_kept(best))?,
                None => None,
            };
            let regret = objective.zip(best).map(|(o, b)| if goal.more_is_better() { b - o } else { o - b }.max(0.0));
            steps.push(BuildStep { site: self.columns.site_of[new[next] as usize], objective, best, regret });
        }
        Ok(steps)
    }

    /// The columns of a set that are movable sites, and those that are new ones.
    fn kept_and_new(&self, set: &[u32]) -> (Vec<u32>, Vec<u32>) {
        set.iter().partition(|c| self.columns.movable.contains(c))
    }

    /// Objective of a set of columns and the fixed sites, from its definition.
    pub(super) fn objective_of(&self, goal: &Goal, set: &[u32]) -> Result<Option<f64>, SitingError> {
        verify(self.instance, goal, &self.columns.sites_of(set))
    }

    fn certificate(
        &self,
        solution: &Solution,
        bound: f64,
        uncoverable: Vec<usize>,
        ties: Option<Ties>,
        curve: Vec<CurvePoint>,
        order: Vec<BuildStep>,
    ) -> Result<Certificate, SitingError> {
        let goal = self.question.goal;
        let Some(objective) = self.objective_of(&goal, &solution.set)? else {
            return Err(self.cannot_reach_all(None));
        };
        let optimal = solution.proven;
        let bound = if optimal { objective } else { bound };
        let (kept, new) = self.kept_and_new(&solution.set);
        let closed: Vec<u32> = self.columns.movable.iter().copied().filter(|c| !kept.contains(c)).collect();
        let (sites, closed) = (self.columns.sites_of(&new), self.columns.sites_of(&closed));
        let records = self.instance.sites();
        let price = |j: &usize| match records[*j].status {
            SiteStatus::Movable { closing_cost } => closing_cost,
            SiteStatus::Candidate | SiteStatus::Fixed => records[*j].cost,
        };
        let cost = sites.iter().chain(&closed).map(price).fold(0.0, |a, b| a + b);
        Ok(Certificate {
            goal,
            objective,
            bound,
            gap: (bound - objective).abs(),
            status: if optimal { Status::Optimal } else { Status::Feasible },
            sites,
            kept: self.columns.sites_of(&kept),
            closed,
            cost,
            before: self.objective_of(&goal, &self.columns.movable)?,
            uncoverable_people: uncoverable.iter().fold(0.0, |sum, &i| sum + self.instance.demand()[i].people),
            uncoverable,
            ties,
            curve,
            order,
            nodes: solution.nodes,
        })
    }
}

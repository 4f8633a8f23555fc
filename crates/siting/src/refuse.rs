//! Questions without an answer, each as a sentence that says who and why.

use super::error::ProposeError;
use super::hunt::Found;
use super::knapsack::Capacity;
use super::lscp::{self, SetCover};
use super::mclp::Built;
use super::relaxation::Limits;
use super::solve::Task;

impl Task<'_> {
    pub(super) fn somebody_is_reached(&self) -> Result<(), ProposeError> {
        let limit = self.question.goal.limit_ms();
        let with_people = || self.instance.demand().iter().enumerate().filter(|(_, d)| d.people > 0.0);
        let reached = |i: usize| self.instance.reach(i).first().is_some_and(|leg| limit.is_none_or(|l| leg.ms <= l));
        match with_people().next() {
            Some((_, first)) if !with_people().any(|(i, _)| reached(i)) => Err(ProposeError::NobodyReached {
                limit_s: limit.map(|l| f64::from(l) / 1000.0),
                people: self.instance.people(),
                places: with_people().count(),
                first: first.id.clone(),
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn capacity_suffices(&self, built: &Built<Capacity>) -> Result<(), ProposeError> {
        let (served, _) = built.relax.everything();
        let out: f64 = built.hopeless.iter().map(|&i| self.instance.demand()[i].people).sum();
        let people = self.instance.people() - out;
        let short = people - served as f64 / built.per_one;
        if short * built.per_one < 0.5 {
            return Ok(());
        }
        let limit = self.question.goal.limit_ms().unwrap_or(u32::MAX);
        let (first, _) = self.left_over(limit);
        Err(ProposeError::CapacityTooSmall { people, served: people - short, short, first })
    }

    /// The first place that full sites alone reach: the one the sentence names.
    pub(super) fn left_over(&self, limit: u32) -> (String, usize) {
        let open_ended = |j: u32| self.instance.sites()[j as usize].capacity.is_none();
        let tight = |i: &usize| {
            let legs = || self.instance.reach(*i).iter().take_while(|leg| leg.ms <= limit);
            self.instance.demand()[*i].people > 0.0
                && legs().next().is_some()
                && !legs().any(|leg| open_ended(leg.other))
        };
        let first = (0..self.instance.demand().len()).find(tight);
        first.map_or((String::new(), 0), |i| (self.instance.demand()[i].id.clone(), i))
    }

    /// Demands with people that no site reaches.
    pub(super) fn unreachable(&self) -> Vec<usize> {
        let demand = self.instance.demand();
        (0..demand.len()).filter(|&i| demand[i].people > 0.0 && self.instance.reach(i).is_empty()).collect()
    }

    /// The same, having counted how many sites it takes.
    pub(super) fn not_everybody(&self) -> ProposeError {
        self.cannot_reach_all(self.fewest().ok().map(|f| (-f.bound) as usize))
    }

    /// Fewest sites that reach everybody at all, whatever the time.
    pub(super) fn fewest(&self) -> Result<Found, ProposeError> {
        let (rows, _) = lscp::rows(self.instance, &self.core, u32::MAX);
        let mut relax = SetCover::new(self.core.free.len(), &rows);
        let limits = Limits { most: self.core.free.len() as u32, ..self.core.limits.clone() };
        self.hunt(&mut relax, &limits, self.options.node_limit, None, &|v| -(v as f64))
    }

    /// The sentence for "so many sites, or so much money, do not reach everybody".
    pub(super) fn cannot_reach_all(&self, needed: Option<usize>) -> ProposeError {
        ProposeError::CannotReachAll {
            sites: self.question.sites,
            budget: self.question.budget,
            limit_s: self.question.goal.limit_ms().map(|l| f64::from(l) / 1000.0),
            people: self.instance.people(),
            needed: needed.map(|n| n.saturating_sub(self.core.movable.len())),
        }
    }
}

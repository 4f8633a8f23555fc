//! Questions without an answer: the checks, and the errors that say why.

use super::error::SitingError;
use super::knapsack::CapacitatedRelaxation;
use super::lscp::{self, SetCoverRelaxation};
use super::model::Model;
use super::search::Solution;
use super::solve::Solver;

impl Solver<'_> {
    /// An error if no site reaches any demand with people.
    pub(super) fn check_anybody_reached(&self) -> Result<(), SitingError> {
        let limit = self.question.goal.limit_ms();
        let with_people = || self.instance.demand().iter().enumerate().filter(|(_, d)| d.people > 0.0);
        let reached = |i: usize| {
            let nearest = self.instance.sites_reaching(i).first();
            nearest.is_some_and(|entry| limit.is_none_or(|l| entry.ms <= l))
        };
        match with_people().next() {
            Some((_, first)) if !with_people().any(|(i, _)| reached(i)) => Err(SitingError::NobodyReached {
                limit_s: self.limit_s(),
                people: self.instance.people(),
                places: with_people().count(),
                first: first.id.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// An error if all sites together cannot serve the people they reach.
    pub(super) fn check_capacity(
        &self,
        model: &Model<CapacitatedRelaxation>,
        limit_ms: u32,
    ) -> Result<(), SitingError> {
        let served = model.relaxation.served_by_all();
        let uncoverable: f64 = model.uncoverable.iter().map(|&i| self.instance.demand()[i].people).sum();
        let people = self.instance.people() - uncoverable;
        let short = people - served as f64 / model.per_one;
        // Less than half a unit is the rounding of people to whole units.
        if short * model.per_one < 0.5 {
            return Ok(());
        }
        let first = self.first_with_capacitated_sites_only(limit_ms);
        Err(SitingError::CapacityTooSmall { people, served: people - short, short, first })
    }

    /// Id of the first demand with people that only capacitated sites reach; empty if there is none.
    fn first_with_capacitated_sites_only(&self, limit_ms: u32) -> String {
        let capacitated_only = |i: usize| {
            let mut within = self.instance.sites_reaching(i).iter().take_while(|entry| entry.ms <= limit_ms).peekable();
            within.peek().is_some()
                && within.all(|entry| self.instance.sites()[entry.other as usize].capacity.is_some())
        };
        let mut demand = self.instance.demand().iter().enumerate();
        let first = demand.find(|(i, d)| d.people > 0.0 && capacitated_only(*i));
        first.map_or_else(String::new, |(_, d)| d.id.clone())
    }

    /// The error for limits that reach everybody under no set of sites, with the number of sites that would.
    pub(super) fn cannot_reach_all_counted(&self) -> SitingError {
        let fewest = self.fewest_sites(u32::MAX, self.options.node_limit);
        self.cannot_reach_all(fewest.ok().map(|solution| (-solution.bound) as usize))
    }

    /// Fewest sites that reach everybody who can be reached within a limit, without capacities and without a cap on the
    /// number of sites.
    pub(super) fn fewest_sites(&self, limit_ms: u32, node_limit: Option<u64>) -> Result<Solution, SitingError> {
        let (rows, _) = lscp::rows(self.instance, &self.columns, limit_ms);
        let mut relaxation = SetCoverRelaxation::new(self.columns.site_of.len(), &rows);
        let limits = self.columns.limits_without_number();
        self.search(&mut relaxation, &limits, node_limit, None, &|v| -(v as f64))
    }

    /// The error for too few sites or too little money. `needed`: open sites that are not fixed, kept ones included.
    pub(super) fn cannot_reach_all(&self, needed: Option<usize>) -> SitingError {
        SitingError::CannotReachAll {
            sites: self.question.sites,
            budget: self.question.budget,
            limit_s: self.limit_s(),
            people: self.instance.people(),
            needed: needed.map(|n| n.saturating_sub(self.columns.movable.len())),
        }
    }

    /// The coverage standard of the goal in seconds.
    fn limit_s(&self) -> Option<f64> {
        self.question.goal.limit_ms().map(|ms| f64::from(ms) / 1000.0)
    }
}

//! From an instance and a question to decision variables: one column for each site that may be opened or closed.

use super::error::SitingError;
use super::instance::{Instance, SiteStatus};
use super::question::{Goal, Question};
use super::relaxation::{Budget, Limits};
use super::scale;

/// Columns of a question.
#[derive(Debug, Clone)]
pub(super) struct SiteColumns {
    /// Site of each column: candidates and movable sites, ascending. Indexed by column.
    pub site_of: Vec<usize>,
    /// Positions of the sites that stay open in every answer.
    pub fixed: Vec<usize>,
    /// Columns of movable sites, ascending.
    pub movable: Vec<u32>,
    /// Number, copies and budget.
    pub limits: Limits,
}

impl SiteColumns {
    pub(super) fn new(instance: &Instance, question: &Question) -> Result<Self, SitingError> {
        let site_of = instance.sites_with(|s| s != SiteStatus::Fixed);
        let fixed = instance.sites_with(|s| s == SiteStatus::Fixed);
        let sites = instance.sites();
        let is_movable = |j: usize| matches!(sites[j].status, SiteStatus::Movable { .. });
        let movable: Vec<u32> = (0..site_of.len()).filter(|&c| is_movable(site_of[c])).map(|c| c as u32).collect();
        let per_site = if let Goal::Busy { per_site, .. } = question.goal { per_site as usize } else { 1 };
        let new = question.sites.unwrap_or((site_of.len() - movable.len()) * per_site);
        let most = new + movable.len();
        let copies: Vec<u16> =
            site_of.iter().map(|&j| if is_movable(j) { 1 } else { per_site.min(most).max(1) as u16 }).collect();
        let budget = question.budget.map(|money| budget_units(instance, &site_of, &copies, money)).transpose()?;
        let limits = Limits { most: most as u32, copies, budget };
        Ok(Self { site_of, fixed, movable, limits })
    }

    /// Column of each site, `None` for fixed ones. Indexed by site.
    pub(super) fn column_of_site(&self, instance: &Instance) -> Vec<Option<u32>> {
        let mut column = vec![None; instance.sites().len()];
        for (c, &j) in self.site_of.iter().enumerate() {
            column[j] = Some(c as u32);
        }
        column
    }

    /// Sites of a set of columns, ascending, with repetition.
    pub(super) fn sites_of(&self, set: &[u32]) -> Vec<usize> {
        let mut sites: Vec<usize> = set.iter().map(|&c| self.site_of[c as usize]).collect();
        sites.sort_unstable();
        sites
    }

    /// Limits without a cap on the number of columns.
    pub(super) fn limits_without_number(&self) -> Limits {
        Limits { most: self.site_of.len() as u32, ..self.limits.clone() }
    }

    /// Breaks ties in favour of the existing stations: drops new sites that add nothing, then swaps a new site for a
    /// closed movable one if nothing is lost.
    pub(super) fn prefer_existing(
        &self,
        mut set: Vec<u32>,
        value: i64,
        evaluate: &mut dyn FnMut(&[u32]) -> Option<i64>,
    ) -> Vec<u32> {
        let mut at = 0;
        while at < set.len() {
            let mut less = set.clone();
            let j = less.remove(at);
            let movable = self.movable.contains(&j);
            if !movable && self.limits.allows(&less) && evaluate(&less) == Some(value) {
                set = less;
            } else {
                at += 1;
            }
        }
        for &back in &self.movable {
            if set.contains(&back) {
                continue;
            }
            for at in 0..set.len() {
                if self.movable.contains(&set[at]) {
                    continue;
                }
                let mut other = set.clone();
                other[at] = back;
                other.sort_unstable();
                if self.limits.allows(&other) && evaluate(&other).is_some_and(|v| v >= value) {
                    set = other;
                    break;
                }
            }
        }
        set
    }
}

/// The budget in whole units, as if every movable site were closed already: keeping one then refunds its closing cost.
fn budget_units(instance: &Instance, site_of: &[usize], copies: &[u16], money: f64) -> Result<Budget, SitingError> {
    let mut amounts: Vec<f64> = site_of
        .iter()
        .map(|&j| match instance.sites()[j].status {
            SiteStatus::Movable { closing_cost } => -closing_cost,
            SiteStatus::Candidate | SiteStatus::Fixed => instance.sites()[j].cost,
        })
        .collect();
    // A budget beyond all costs is no limit; capping it keeps the units fine.
    let everything: f64 = amounts.iter().zip(copies).map(|(a, c)| a.abs() * f64::from(*c)).sum();
    amounts.push(money.min(everything.ceil()));
    let mut cost = scale::whole(&amounts, 1.0).ok_or(SitingError::TooLarge)?.values;
    let closing: i64 = cost[..site_of.len()].iter().filter(|u| **u < 0).map(|u| -u).sum();
    let money = cost[site_of.len()] - closing;
    cost.truncate(site_of.len());
    Ok(Budget { cost, money })
}

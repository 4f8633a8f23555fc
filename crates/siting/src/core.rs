//! From an instance and a question to numbered columns: who is free to choose, who stays, what it may take.

use super::error::ProposeError;
use super::instance::{Instance, Standing};
use super::question::{Goal, Question};
use super::relaxation::Limits;
use super::scale;

/// Columns of a question.
#[derive(Debug, Clone)]
pub(crate) struct Core {
    /// Site of each column: candidates and movable sites, ascending.
    pub free: Vec<usize>,
    /// Sites that stay whatever happens.
    pub fixed: Vec<usize>,
    /// Columns whose site exists and may be given up.
    pub movable: Vec<u32>,
    /// Number, copies and money.
    pub limits: Limits,
}

impl Core {
    pub(crate) fn new(instance: &Instance, question: &Question) -> Result<Self, ProposeError> {
        let free = instance.standing(|s| s != Standing::Fixed);
        let fixed = instance.standing(|s| s == Standing::Fixed);
        let sites = instance.sites();
        let is_movable = |j: usize| matches!(sites[j].standing, Standing::Movable { .. });
        let movable: Vec<u32> = (0..free.len()).filter(|&c| is_movable(free[c])).map(|c| c as u32).collect();
        let per_site = if let Goal::Busy { per_site, .. } = question.goal { per_site as usize } else { 1 };
        let new = question.sites.unwrap_or((free.len() - movable.len()) * per_site);
        let most = new + movable.len();
        let copies: Vec<u16> =
            (0..free.len()).map(|c| if is_movable(free[c]) { 1 } else { per_site.min(most).max(1) as u16 }).collect();
        let budget = question.budget.map(|money| money_columns(instance, &free, &copies, money)).transpose()?;
        let limits = Limits { most: most as u32, copies, budget };
        Ok(Self { free, fixed, movable, limits })
    }

    /// Sites of a set of columns, ascending, with repetition.
    pub(crate) fn sites(&self, set: &[u32]) -> Vec<usize> {
        let mut out: Vec<usize> = set.iter().map(|&c| self.free[c as usize]).collect();
        out.sort_unstable();
        out
    }

    /// Prefers stations where they stand: puts back every given-up one that a new site can make way for without loss.
    pub(crate) fn settle(
        &self,
        mut set: Vec<u32>,
        value: i64,
        worth: &mut dyn FnMut(&[u32]) -> Option<i64>,
    ) -> Vec<u32> {
        // A site that adds nothing is not proposed.
        let mut at = 0;
        while at < set.len() {
            let mut less = set.clone();
            let j = less.remove(at);
            let movable = self.movable.contains(&j);
            if !movable && self.limits.allows(&less) && worth(&less) == Some(value) {
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
                if self.limits.allows(&other) && worth(&other).is_some_and(|v| v >= value) {
                    set = other;
                    break;
                }
            }
        }
        set
    }
}

/// Cost of each column and money left once every movable site is taken as given up, in whole units.
fn money_columns(
    instance: &Instance,
    free: &[usize],
    copies: &[u16],
    money: f64,
) -> Result<(Vec<i64>, i64), ProposeError> {
    let mut amounts: Vec<f64> = free
        .iter()
        .map(|&j| match instance.sites()[j].standing {
            Standing::Movable { give_up_cost } => -give_up_cost,
            Standing::Candidate | Standing::Fixed => instance.sites()[j].cost,
        })
        .collect();
    // A budget beyond all costs is no limit; capping it keeps the units fine.
    let everything: f64 = amounts.iter().zip(copies).map(|(a, c)| a.abs() * f64::from(*c)).sum();
    amounts.push(money.min(everything.ceil()));
    let whole = scale::whole(&amounts, 1.0).ok_or(ProposeError::TooLarge)?;
    let mut units = whole.values;
    let given_up: i64 = units[..free.len()].iter().filter(|u| **u < 0).map(|u| -u).sum();
    let money = units.pop().unwrap_or(0) - given_up;
    Ok((units, money))
}

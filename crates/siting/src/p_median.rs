//! Mean: least sum of people times time to the nearest site (p-median; Hakimi 1964).
//!
//! Fixed sites cap every row from the start; a place that the chosen sites leave unreached costs a penalty, so that a
//! set that reaches everybody is preferred where there is one.

use super::core::Core;
use super::error::ProposeError;
use super::instance::Instance;
use super::mclp::{Built, people};
use super::median::{Arc, Median};
use super::scale;

/// The relaxation together with what tells a true cost from a penalty.
#[derive(Debug, Clone)]
pub(crate) struct BuiltMedian {
    pub built: Built<Median>,
    /// Cost of leaving one unit of people unreached, in units of the objective: every true cost is far below.
    pub penalised: bool,
}

/// Builds the relaxation. `penalty_times`: cost of an unreached person, as a multiple of the longest time.
pub(crate) fn build(instance: &Instance, core: &Core, penalty_times: i64) -> Result<BuiltMedian, ProposeError> {
    let n = core.free.len();
    let mut column = vec![u32::MAX; instance.sites().len()];
    for (c, &j) in core.free.iter().enumerate() {
        column[j] = c as u32;
    }
    let all = people(instance);
    let counted: Vec<usize> = (0..all.len()).filter(|&i| all[i] > 0.0 && !instance.reach(i).is_empty()).collect();
    let hopeless = (0..all.len()).filter(|&i| all[i] > 0.0 && instance.reach(i).is_empty()).collect();
    let times = || counted.iter().flat_map(|&i| instance.reach(i).iter().map(|leg| leg.ms));
    let tick = times().fold(0, |g, ms| scale::gcd(g, u64::from(ms))).max(1) as i64;
    let longest = times().max().map_or(1, |ms| i64::from(ms) / tick).max(1);
    // A row that every column or a fixed site reaches can never be left unreached.
    let sure = |i: usize| instance.reach(i).len() == instance.sites().len() || has_fixed(instance, &column, i);
    let penalised = counted.iter().any(|&i| !sure(i));
    let penalty = longest.checked_mul(penalty_times).ok_or(ProposeError::TooLarge)?;
    let worst = if penalised { penalty } else { longest + 1 };
    let weights: Vec<f64> = counted.iter().map(|&i| all[i]).collect();
    let units = scale::whole(&weights, worst as f64).ok_or(ProposeError::TooLarge)?;
    let mut rows = Vec::with_capacity(counted.len());
    let mut columns = vec![Vec::new(); n];
    let mut idle = Vec::with_capacity(counted.len());
    let mut weight = Vec::with_capacity(counted.len());
    for (at, &i) in counted.iter().enumerate() {
        if units.values[at] == 0 {
            continue;
        }
        let row_number = rows.len() as u32;
        let reach = instance.reach(i);
        let fixed = reach.iter().find(|leg| column[leg.other as usize] == u32::MAX);
        // One tick beyond its farthest site: any site at all is better than none.
        let rest = reach.last().map_or(longest, |leg| i64::from(leg.ms) / tick) + 1;
        let start = fixed.map_or(if sure(i) { rest } else { penalty }, |leg| i64::from(leg.ms) / tick);
        let mut row = Vec::new();
        for leg in reach {
            let (c, ticks) = (column[leg.other as usize], i64::from(leg.ms) / tick);
            if c != u32::MAX && ticks < start {
                row.push(Arc { ticks, other: c });
                columns[c as usize].push(Arc { ticks, other: row_number });
            }
        }
        rows.push(row);
        idle.push(start);
        weight.push(units.values[at]);
    }
    let total: i64 = idle.iter().zip(&weight).map(|(t, w)| t * w).sum();
    let shift = scale::spare_bits(total, 20);
    let per_one = units.per_one * 1000.0 / tick as f64;
    let relax = Median { rows, columns, weight, cap: idle.clone(), idle, shift, picked: vec![false; n] };
    Ok(BuiltMedian { built: Built { relax, per_one, hopeless, known: None }, penalised })
}

fn has_fixed(instance: &Instance, column: &[u32], demand: usize) -> bool {
    instance.reach(demand).iter().any(|leg| column[leg.other as usize] == u32::MAX)
}

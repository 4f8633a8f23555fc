//! Mean: least sum of people times time from their nearest site (p-median; Hakimi 1964).
//!
//! Fixed sites cap the time of every row from the start. A demand that the chosen sites leave unreached costs a
//! penalty, so that sets that reach everybody win if there are any.

use super::columns::SiteColumns;
use super::error::SitingError;
use super::instance::Instance;
use super::median::{Arc, MedianRelaxation};
use super::model::{Model, people};
use super::scale;

/// The relaxation, and whether it has penalties.
#[derive(Debug, Clone)]
pub(super) struct MedianModel {
    pub model: Model<MedianRelaxation>,
    /// Whether some set leaves a reachable demand unreached, which then costs a penalty.
    pub penalised: bool,
}

/// Builds the relaxation. `penalty_times`: time of an unreached person, as a multiple of the longest time.
pub(super) fn build(
    instance: &Instance,
    columns: &SiteColumns,
    penalty_times: i64,
) -> Result<MedianModel, SitingError> {
    let n = columns.site_of.len();
    let column_of = columns.column_of_site(instance);
    let all = people(instance);
    let counted = instance.reachable_demand();
    let times = || counted.iter().flat_map(|&i| instance.sites_reaching(i).iter().map(|entry| entry.ms));
    // Times as multiples of their greatest common divisor, the tick.
    let tick = times().fold(0, |g, ms| scale::gcd(g, u64::from(ms))).max(1) as i64;
    let longest = times().max().map_or(1, |ms| i64::from(ms) / tick).max(1);
    let nearest_fixed = |i: usize| instance.sites_reaching(i).iter().find(|e| column_of[e.other as usize].is_none());
    // A demand that every site or a fixed site reaches can never be left unreached.
    let sure = |i: usize| instance.sites_reaching(i).len() == instance.sites().len() || nearest_fixed(i).is_some();
    let penalised = counted.iter().any(|&i| !sure(i));
    let penalty = longest.checked_mul(penalty_times).ok_or(SitingError::TooLarge)?;
    let worst = if penalised { penalty } else { longest + 1 };
    let weights: Vec<f64> = counted.iter().map(|&i| all[i]).collect();
    let units = scale::whole(&weights, worst as f64).ok_or(SitingError::TooLarge)?;
    let mut rows = Vec::with_capacity(counted.len());
    let mut by_column = vec![Vec::new(); n];
    let mut idle = Vec::with_capacity(counted.len());
    let mut weight = Vec::with_capacity(counted.len());
    for (at, &i) in counted.iter().enumerate() {
        if units.values[at] == 0 {
            continue;
        }
        let row_number = rows.len() as u32;
        let reaching = instance.sites_reaching(i);
        // One tick beyond its farthest site: any site at all is better than none.
        let beyond = reaching.last().map_or(longest, |entry| i64::from(entry.ms) / tick) + 1;
        let unserved = if sure(i) { beyond } else { penalty };
        let start = nearest_fixed(i).map_or(unserved, |entry| i64::from(entry.ms) / tick);
        let mut row = Vec::new();
        for entry in reaching {
            let ticks = i64::from(entry.ms) / tick;
            if let Some(column) = column_of[entry.other as usize]
                && ticks < start
            {
                row.push(Arc { ticks, other: column });
                by_column[column as usize].push(Arc { ticks, other: row_number });
            }
        }
        rows.push(row);
        idle.push(start);
        weight.push(units.values[at]);
    }
    let total: i64 = idle.iter().zip(&weight).map(|(t, w)| t * w).sum();
    let shift = scale::spare_bits(total, 20);
    let per_one = units.per_one * 1000.0 / tick as f64;
    let relaxation =
        MedianRelaxation { rows, columns: by_column, weight, cap: idle.clone(), idle, shift, selected: vec![false; n] };
    let model = Model { relaxation, per_one, uncoverable: instance.unreachable_demand(), prior: None };
    Ok(MedianModel { model, penalised })
}

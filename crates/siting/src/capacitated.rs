//! Cover and reach-all with capacities: people are split between the sites that reach them, up to each capacity
//! (capacitated maximal covering; Current and Storbeck 1988, Pirkul and Schilling 1991).

use super::columns::SiteColumns;
use super::error::SitingError;
use super::instance::Instance;
use super::knapsack::{CapacitatedObjective, CapacitatedRelaxation};
use super::model::{Model, people};
use super::scale;
use super::sparse::{SparseRows, group};

/// Builds the relaxation for cover (`PeopleServed`) or reach-all (`FewestSites`) with capacities.
pub(super) fn build(
    instance: &Instance,
    columns: &SiteColumns,
    limit_ms: u32,
    objective: CapacitatedObjective,
) -> Result<Model<CapacitatedRelaxation>, SitingError> {
    let sites = instance.sites();
    let uncapacitated = |j: usize| sites[j].capacity.is_none();
    // People of each demand, then the capacity of each site, in the same unit.
    let mut amounts = people(instance);
    let demands = amounts.len();
    let total_people: f64 = amounts.iter().sum();
    amounts.extend(sites.iter().map(|s| s.capacity.unwrap_or(0.0).min(total_people)));
    let units = scale::whole(&amounts, 1.0).ok_or(SitingError::TooLarge)?;
    // Fixed sites with a capacity follow as columns of their own; `None` is left for fixed sites without one.
    let fixed_limited: Vec<usize> = columns.fixed.iter().copied().filter(|&j| !uncapacitated(j)).collect();
    let mut column_of = columns.column_of_site(instance);
    for (c, &j) in fixed_limited.iter().enumerate() {
        column_of[j] = Some((columns.site_of.len() + c) as u32);
    }
    let (mut rows, mut weights) = (SparseRows::new(), Vec::new());
    let (mut constant, mut uncoverable) = (0, Vec::new());
    for i in 0..demands {
        let w = units.values[i];
        if w == 0 {
            continue;
        }
        let covering = instance.sites_reaching(i).iter().take_while(|entry| entry.ms <= limit_ms);
        let covering: Option<Vec<u32>> = covering.map(|entry| column_of[entry.other as usize]).collect();
        match covering {
            None => constant += w,
            Some(list) if list.is_empty() => uncoverable.push(i),
            Some(mut list) => {
                list.sort_unstable();
                rows.push(list);
                weights.push(w);
            }
        }
    }
    let (group_of, first) = group(&rows, |_| 0);
    let mut reach = SparseRows::new();
    for &f in &first {
        reach.push(rows.get(f as usize).iter().copied());
    }
    let mut weight = vec![0; first.len()];
    for (i, &g) in group_of.iter().enumerate() {
        weight[g as usize] += weights[i];
    }
    let total: i64 = units.values[..demands].iter().sum();
    let capacity = columns
        .site_of
        .iter()
        .chain(&fixed_limited)
        .map(|&j| if uncapacitated(j) { total } else { units.values[demands + j] })
        .collect();
    let shift = match objective {
        CapacitatedObjective::FewestSites => 30,
        CapacitatedObjective::PeopleServed => scale::spare_bits(total, 20).max(1),
    };
    let free = columns.site_of.len();
    let serve = reach.transpose(free + fixed_limited.len());
    let relaxation =
        CapacitatedRelaxation { objective, free, reach, serve, weight, capacity, shift, constant, chosen: Vec::new() };
    Ok(Model { relaxation, per_one: units.per_one, uncoverable, prior: None })
}

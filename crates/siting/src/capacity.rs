//! Cover and reach-all with full sites: people are split between the sites that reach them, up to each capacity
//! (capacitated maximal covering; Current and Storbeck 1988, Pirkul and Schilling 1991).

use super::core::Core;
use super::error::ProposeError;
use super::instance::Instance;
use super::knapsack::{Aim, Capacity};
use super::mclp::{Built, people};
use super::rows::{Lists, group};
use super::scale;

/// Builds the relaxation for cover (`Most`) or reach-all (`All`) with capacities.
pub(crate) fn build(
    instance: &Instance,
    core: &Core,
    limit_ms: u32,
    aim: Aim,
) -> Result<Built<Capacity>, ProposeError> {
    let sites = instance.sites();
    let mut amounts = people(instance);
    let demands = amounts.len();
    let total_people: f64 = amounts.iter().sum();
    let open_ended = |j: usize| sites[j].capacity.is_none();
    amounts.extend(sites.iter().map(|s| s.capacity.unwrap_or(0.0).min(total_people)));
    let units = scale::whole(&amounts, 1.0).ok_or(ProposeError::TooLarge)?;
    let limited: Vec<usize> = core.fixed.iter().copied().filter(|&j| !open_ended(j)).collect();
    let mut column = vec![u32::MAX; sites.len()];
    for (c, &j) in core.free.iter().chain(&limited).enumerate() {
        column[j] = c as u32;
    }
    let (mut rows, mut weights) = (Lists::new(), Vec::new());
    let (mut constant, mut hopeless) = (0, Vec::new());
    for i in 0..demands {
        let w = units.values[i];
        let near = instance.reach(i).iter().take_while(|leg| leg.ms <= limit_ms).map(|leg| column[leg.other as usize]);
        let mut list: Vec<u32> = near.collect();
        list.sort_unstable();
        if w == 0 {
            continue;
        }
        if list.last() == Some(&u32::MAX) {
            constant += w;
        } else if list.is_empty() {
            hopeless.push(i);
        } else {
            rows.push(list);
            weights.push(w);
        }
    }
    let (of, first) = group(&rows, |_| 0);
    let mut reach = Lists::new();
    for &f in &first {
        reach.push(rows.get(f as usize).iter().copied());
    }
    let mut weight = vec![0; first.len()];
    for (i, &g) in of.iter().enumerate() {
        weight[g as usize] += weights[i];
    }
    let total: i64 = units.values[..demands].iter().sum();
    let room = core
        .free
        .iter()
        .chain(&limited)
        .map(|&j| if open_ended(j) { total } else { units.values[demands + j] })
        .collect();
    let shift = if aim == Aim::All { 30 } else { scale::spare_bits(total, 20).max(1) };
    let serve = reach.flip(core.free.len() + limited.len());
    let relax =
        Capacity { aim, free: core.free.len(), reach, serve, weight, room, shift, constant, chosen: Vec::new() };
    Ok(Built { relax, per_one: units.per_one, hopeless, known: None })
}

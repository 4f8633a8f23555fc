//! Busy: expected people within the limit of a free ambulance (maximum expected covering; Daskin 1983).
//!
//! With busy share q and k ambulances in reach, a place is served with probability 1 - q^k. Ambulances are taken to
//! be busy independently and equally often, as in Daskin's model. With q = 0 this is cover.

use super::core::Core;
use super::coverage::Coverage;
use super::instance::Instance;
use super::mclp::{Built, people, reaches};
use super::rows::Lists;
use super::scale;

/// Largest total in units: exact as `f64`, far below one millionth of a person for any city.
const UNITS: f64 = 4.0e15;

/// Builds the relaxation for busy share `busy`.
pub(crate) fn build(instance: &Instance, core: &Core, limit_ms: u32, busy: f64) -> Built<Coverage> {
    let people = people(instance);
    let total: f64 = people.iter().sum();
    let per_one = (UNITS / total.max(1.0)).log2().floor().clamp(0.0, 40.0).exp2();
    let units = |expected: f64| (expected * per_one).round() as i64;
    let (mut rows, mut tables) = (Lists::new(), Vec::new());
    let (mut constant, mut hopeless) = (0, Vec::new());
    for (i, r) in reaches(instance, core, limit_ms).into_iter().enumerate() {
        let w = people[i];
        if w == 0.0 {
            continue;
        }
        let served = |k: u32| units(w * (1.0 - busy.powi(k as i32)));
        constant += served(r.fixed);
        if r.columns.is_empty() {
            if r.fixed == 0 {
                hopeless.push(i);
            }
            continue;
        }
        let copies: u32 = r.columns.iter().map(|&c| u32::from(core.limits.copies[c as usize])).sum();
        let most = copies.min(core.limits.most).max(1);
        let mut table: Vec<i64> = (0..=most).map(|k| served(r.fixed + k) - served(r.fixed)).collect();
        while table.len() > 2 && table[table.len() - 1] == table[table.len() - 2] {
            table.pop();
        }
        rows.push(r.columns);
        tables.push(table.into());
    }
    let shift = scale::spare_bits((total * per_one) as i64, 20);
    let relax = Coverage::new(core.free.len(), &rows, &tables, constant, shift);
    Built { relax, per_one, hopeless, known: None }
}

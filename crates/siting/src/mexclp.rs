//! Busy: expected people within the limit of a free ambulance (maximum expected covering, MEXCLP; Daskin 1983).
//!
//! With busy fraction q and k ambulances within the limit, a demand is served with probability 1 - q^k: ambulances are
//! busy independently of each other and equally often. With q = 0 this is cover.

use super::columns::SiteColumns;
use super::coverage::CoverageRelaxation;
use super::error::SitingError;
use super::instance::Instance;
use super::model::{Model, covering_sites, people};
use super::scale;
use super::sparse::SparseRows;

/// Largest total in whole units: exact as `f64` (below 2^53), and units far below a millionth of a person for any city.
const MAX_UNITS: f64 = 4.0e15;

/// Builds the relaxation for a busy fraction, 0 up to but not including 1.
pub(super) fn build(
    instance: &Instance,
    columns: &SiteColumns,
    limit_ms: u32,
    busy: f64,
) -> Result<Model<CoverageRelaxation>, SitingError> {
    let people = people(instance);
    let total: f64 = people.iter().sum();
    if total > scale::TOTAL_MAX {
        return Err(SitingError::TooLarge);
    }
    let per_one = libm::exp2(libm::log2(MAX_UNITS / total.max(1.0)).floor().clamp(0.0, 40.0));
    let units = |expected: f64| (expected * per_one).round() as i64;
    let (mut rows, mut tables) = (SparseRows::new(), Vec::new());
    let (mut constant, mut uncoverable) = (0, Vec::new());
    for (i, covering) in covering_sites(instance, columns, limit_ms).into_iter().enumerate() {
        let w = people[i];
        if w == 0.0 {
            continue;
        }
        let served = |k: u32| units(w * (1.0 - busy.powi(k as i32)));
        constant += served(covering.fixed);
        if covering.columns.is_empty() {
            if covering.fixed == 0 {
                uncoverable.push(i);
            }
            continue;
        }
        let copies: u32 = covering.columns.iter().map(|&c| u32::from(columns.limits.copies[c as usize])).sum();
        let most = copies.min(columns.limits.most).max(1);
        let mut table: Vec<i64> = (0..=most).map(|k| served(covering.fixed + k) - served(covering.fixed)).collect();
        // Ambulances beyond the resolution of a unit add nothing.
        while table.len() > 2 && table[table.len() - 1] == table[table.len() - 2] {
            table.pop();
        }
        rows.push(covering.columns);
        tables.push(table.into());
    }
    let shift = scale::spare_bits((total * per_one) as i64, 20);
    let relaxation = CoverageRelaxation::new(columns.site_of.len(), &rows, &tables, constant, shift);
    Ok(Model { relaxation, per_one, uncoverable, prior: None })
}

//! Cover: most people within the limit (maximal covering location problem; Church and ReVelle 1974).

use super::core::Core;
use super::coverage::Coverage;
use super::error::ProposeError;
use super::hunt::Known;
use super::instance::Instance;
use super::rows::Lists;
use super::scale;

/// A relaxation with its unit and the demands that no set of sites can count.
#[derive(Debug, Clone)]
pub(crate) struct Built<R> {
    pub relax: R,
    /// Whole units in one unit of the objective.
    pub per_one: f64,
    /// Positions of demands with people that count under no set of sites.
    pub hopeless: Vec<usize>,
    /// What an easier question has told.
    pub known: Option<Known>,
}

/// Columns and number of fixed sites that reach a demand within the limit.
pub(crate) struct Reach {
    pub columns: Vec<u32>,
    pub fixed: u32,
}

/// Who reaches each demand within `limit_ms`, inclusive.
pub(crate) fn reaches(instance: &Instance, core: &Core, limit_ms: u32) -> Vec<Reach> {
    let mut column = vec![u32::MAX; instance.sites().len()];
    for (c, &j) in core.free.iter().enumerate() {
        column[j] = c as u32;
    }
    (0..instance.demand().len())
        .map(|i| {
            let mut r = Reach { columns: Vec::new(), fixed: 0 };
            for leg in instance.reach(i).iter().take_while(|leg| leg.ms <= limit_ms) {
                match column[leg.other as usize] {
                    u32::MAX => r.fixed += 1,
                    c => r.columns.push(c),
                }
            }
            r.columns.sort_unstable();
            r
        })
        .collect()
}

/// People of each demand as numbers, in list order.
pub(crate) fn people(instance: &Instance) -> Vec<f64> {
    instance.demand().iter().map(|d| d.people).collect()
}

/// Builds the relaxation for cover.
pub(crate) fn build(instance: &Instance, core: &Core, limit_ms: u32) -> Result<Built<Coverage>, ProposeError> {
    let units = scale::whole(&people(instance), 1.0).ok_or(ProposeError::TooLarge)?;
    let (mut rows, mut tables) = (Lists::new(), Vec::new());
    let (mut constant, mut hopeless) = (0, Vec::new());
    for (i, r) in reaches(instance, core, limit_ms).into_iter().enumerate() {
        let w = units.values[i];
        if w == 0 {
            continue;
        }
        if r.fixed > 0 {
            constant += w;
        } else if r.columns.is_empty() {
            hopeless.push(i);
        } else {
            rows.push(r.columns);
            tables.push(vec![0, w].into());
        }
    }
    let total: i64 = units.values.iter().sum();
    let shift = scale::spare_bits(total, 20);
    let relax = Coverage::new(core.free.len(), &rows, &tables, constant, shift);
    Ok(Built { relax, per_one: units.per_one, hopeless, known: None })
}

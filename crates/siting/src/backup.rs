//! Backup: most people within the limit of two or more sites (backup coverage; Hogan and ReVelle 1986).
//!
//! A place counts when two different sites reach it, fixed ones included, so a place that only one site could ever
//! reach is never backed up.

use super::core::Core;
use super::coverage::Coverage;
use super::error::ProposeError;
use super::instance::Instance;
use super::mclp::{Built, people, reaches};
use super::rows::Lists;
use super::scale;

/// Builds the relaxation for backup.
pub(crate) fn build(instance: &Instance, core: &Core, limit_ms: u32) -> Result<Built<Coverage>, ProposeError> {
    let units = scale::whole(&people(instance), 1.0).ok_or(ProposeError::TooLarge)?;
    let (mut rows, mut tables) = (Lists::new(), Vec::new());
    let (mut constant, mut hopeless) = (0, Vec::new());
    for (i, r) in reaches(instance, core, limit_ms).into_iter().enumerate() {
        let w = units.values[i];
        if w == 0 {
            continue;
        }
        if r.fixed >= 2 {
            constant += w;
        } else if r.fixed as usize + r.columns.len() < 2 {
            hopeless.push(i);
        } else {
            rows.push(r.columns);
            tables.push(if r.fixed == 1 { vec![0, w].into() } else { vec![0, 0, w].into() });
        }
    }
    let total: i64 = units.values.iter().sum();
    let shift = scale::spare_bits(total, 20);
    let relax = Coverage::new(core.free.len(), &rows, &tables, constant, shift);
    Ok(Built { relax, per_one: units.per_one, hopeless, known: None })
}

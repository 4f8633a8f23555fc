//! Backup: most people within the limit of two or more sites (backup coverage, BACOP; Hogan and ReVelle 1986).
//!
//! All the weight is on the second coverage: a demand counts if two different sites cover it, fixed ones included.

use super::columns::SiteColumns;
use super::coverage::CoverageRelaxation;
use super::error::SitingError;
use super::instance::Instance;
use super::model::{Model, covering_sites, people};
use super::scale;
use super::sparse::SparseRows;

/// Builds the relaxation for backup.
pub(super) fn build(
    instance: &Instance,
    columns: &SiteColumns,
    limit_ms: u32,
) -> Result<Model<CoverageRelaxation>, SitingError> {
    let units = scale::whole(&people(instance), 1.0).ok_or(SitingError::TooLarge)?;
    let (mut rows, mut tables) = (SparseRows::new(), Vec::new());
    let (mut constant, mut uncoverable) = (0, Vec::new());
    for (i, covering) in covering_sites(instance, columns, limit_ms).into_iter().enumerate() {
        let w = units.values[i];
        if w == 0 {
            continue;
        }
        if covering.fixed >= 2 {
            constant += w;
        } else if covering.fixed as usize + covering.columns.len() < 2 {
            uncoverable.push(i);
        } else {
            rows.push(covering.columns);
            tables.push(if covering.fixed == 1 { vec![0, w].into() } else { vec![0, 0, w].into() });
        }
    }
    let total: i64 = units.values.iter().sum();
    let shift = scale::spare_bits(total, 20);
    let relaxation = CoverageRelaxation::new(columns.site_of.len(), &rows, &tables, constant, shift);
    Ok(Model { relaxation, per_one: units.per_one, uncoverable, prior: None })
}

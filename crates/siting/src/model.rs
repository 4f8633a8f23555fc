//! What the models of the goals share: a relaxation with its unit, and which sites cover a demand.

use super::columns::SiteColumns;
use super::instance::Instance;
use super::search::PriorBound;

/// A goal's relaxation, its unit, and the demands that no set of sites can count.
#[derive(Debug, Clone)]
pub(super) struct Model<R> {
    pub relaxation: R,
    /// Whole units in one unit of the goal's objective.
    pub per_one: f64,
    /// Positions of demands with people that count under no set of sites.
    pub uncoverable: Vec<usize>,
    /// Bound and set from a relaxation of the question itself (capacities dropped).
    pub prior: Option<PriorBound>,
}

/// Sites that reach a demand within a limit.
pub(super) struct CoveringSites {
    /// Columns of candidates and movable sites, ascending.
    pub columns: Vec<u32>,
    /// Number of fixed sites.
    pub fixed: u32,
}

/// Sites that reach each demand within `limit_ms` (inclusive), indexed by demand.
pub(super) fn covering_sites(instance: &Instance, columns: &SiteColumns, limit_ms: u32) -> Vec<CoveringSites> {
    let column_of = columns.column_of_site(instance);
    (0..instance.demand().len())
        .map(|i| {
            let mut covering = CoveringSites { columns: Vec::new(), fixed: 0 };
            for entry in instance.sites_reaching(i).iter().take_while(|entry| entry.ms <= limit_ms) {
                match column_of[entry.other as usize] {
                    Some(column) => covering.columns.push(column),
                    None => covering.fixed += 1,
                }
            }
            covering.columns.sort_unstable();
            covering
        })
        .collect()
}

/// People of each demand, indexed by demand.
pub(super) fn people(instance: &Instance) -> Vec<f64> {
    instance.demand().iter().map(|d| d.people).collect()
}

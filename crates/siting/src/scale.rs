//! Whole units: people and money become integers, so that sums are exact in any order and a bound compares with an
//! objective without tolerance.
//!
//! In: checked `f64` quantities. Out: `i64` counts of a power-of-ten unit.

/// Largest total of whole units, about a twentieth of `i64::MAX`: leaves room for sums of a few such totals.
pub(super) const TOTAL_MAX: f64 = 5.0e17;

/// Quantities in a common unit.
#[derive(Debug, Clone)]
pub(super) struct WholeUnits {
    /// The quantities as counts of the unit, in the order given.
    pub values: Vec<i64>,
    /// Units in one person, or in one unit of money.
    pub per_one: f64,
}

/// Converts to whole units: the coarsest power of ten from 1 down to 1e-6 that holds every value exactly, or a coarser
/// one (values rounded to the nearest unit) if the total times `factor` would pass [`TOTAL_MAX`]. `None` if it passes
/// even in units of 1.
pub(super) fn whole(values: &[f64], factor: f64) -> Option<WholeUnits> {
    let total: f64 = values.iter().map(|v| v.abs()).sum::<f64>().max(1e-300);
    let fits = |per_one: f64| total * per_one * factor <= TOTAL_MAX;
    let mut per_one = 1.0;
    if !fits(per_one) {
        return None;
    }
    for _ in 0..6 {
        let exact = values.iter().all(|v| {
            let u = v * per_one;
            (u - u.round()).abs() <= 1e-9 * u.abs().max(1.0)
        });
        if exact || !fits(per_one * 10.0) {
            break;
        }
        per_one *= 10.0;
    }
    let values = values.iter().map(|v| (v * per_one).round() as i64).collect();
    Some(WholeUnits { values, per_one })
}

/// Bits by which a total may be shifted left and stay within [`TOTAL_MAX`], at most `wish`.
pub(super) fn spare_bits(total: i64, wish: u32) -> u32 {
    let mut bits = 0;
    while bits < wish && (total as f64) * ((1u64 << (bits + 1)) as f64) <= TOTAL_MAX {
        bits += 1;
    }
    bits
}

/// Greatest common divisor.
pub(super) fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_stay_whole() {
        let w = whole(&[2.0, 7.0], 1.0).expect("small");
        assert_eq!((w.values, w.per_one), (vec![2, 7], 1.0));
    }

    #[test]
    fn decimals_take_the_coarsest_unit_that_holds_them() {
        let w = whole(&[0.25, 3.0], 1.0).expect("small");
        assert_eq!((w.values, w.per_one), (vec![25, 300], 100.0));
    }

    #[test]
    fn totals_beyond_exact_arithmetic_are_refused() {
        assert!(whole(&[1e17], 100.0).is_none());
    }
}

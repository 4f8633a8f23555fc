//! Whole-number units: people, money and times become integers once, here, so that sums are exact, do not depend
//! on the order of adding, and a bound can be compared with an objective without any tolerance.
//!
//! In: `f64` quantities, already validated. Out: `i64` counts of a power-of-ten unit.

/// Largest total that any integer sum in the solvers may reach.
pub(crate) const TOTAL_MAX: f64 = 5.0e17;

/// Quantities as whole multiples of `1 / per_one`.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    /// The quantities, in units.
    pub values: Vec<i64>,
    /// Units in one person (or one unit of money).
    pub per_one: f64,
}

/// Converts to whole units: the coarsest power of ten that holds every value exactly, at most 1e-6, and coarser
/// where the total times `factor` would pass [`TOTAL_MAX`] (then values are rounded to the nearest unit).
pub(crate) fn whole(values: &[f64], factor: f64) -> Option<Whole> {
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
    Some(Whole { values, per_one })
}

/// Bits by which a total may still be multiplied by two and stay exact, at most `wish`.
pub(crate) fn spare_bits(total: i64, wish: u32) -> u32 {
    let mut bits = 0;
    while bits < wish && (total as f64) * ((1u64 << (bits + 1)) as f64) <= TOTAL_MAX {
        bits += 1;
    }
    bits
}

/// Greatest common divisor.
pub(crate) fn gcd(a: u64, b: u64) -> u64 {
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

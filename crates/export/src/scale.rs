//! Lengths of scale bars, for the maps of HTML reports and of QGIS projects.

/// The largest of 1, 2 and 5 times a power of ten that is at most `length`; for a length below `least`, a power of ten
/// itself, the one at most `least`.
///
/// # Units
/// Those of `length`, whatever they are.
pub fn round_length(length: f64, least: f64) -> f64 {
    // libm gives the same bits on every platform, the standard library need not.
    let power = libm::pow(10.0, libm::floor(libm::log10(length.max(least))));
    [5.0, 2.0].into_iter().map(|factor| factor * power).find(|round| *round <= length).unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::round_length;

    #[test]
    fn lengths_are_round() {
        for (length, round) in [(1.0, 1.0), (1999.0, 1000.0), (2000.0, 2000.0), (7500.0, 5000.0), (0.3, 1.0)] {
            assert!((round_length(length, 1.0) - round).abs() < f64::EPSILON, "{length}");
        }
        for (length, round) in [(0.25, 0.2), (0.05, 0.05), (0.001, 0.001), (0.0001, 0.001)] {
            assert!((round_length(length, 1e-3) - round).abs() < f64::EPSILON, "{length}");
        }
    }

    #[test]
    fn powers_of_ten_are_exact() {
        for (n, power) in (-3..).zip([1e-3, 1e-2, 1e-1, 1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7]) {
            assert_eq!(libm::pow(10.0, f64::from(n)).to_bits(), f64::to_bits(power), "{n}");
        }
    }
}

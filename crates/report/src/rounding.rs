//! Figures as the files state them: rounded, so that the same findings give the same bytes.

/// A number to some decimals.
pub fn rounded(value: f64, decimals: i32) -> f64 {
    let factor = 10_f64.powi(decimals);
    // Adding zero turns minus zero into zero.
    (value * factor).round() / factor + 0.0
}

/// Square metres as square kilometres, to the square metre.
pub fn km2(m2: f64) -> f64 {
    rounded(m2 / 1e6, 6)
}

/// People, to the thousandth.
pub fn people(people: f64) -> f64 {
    rounded(people, 3)
}

/// Milliseconds as seconds, to the tenth.
pub fn seconds(ms: f64) -> f64 {
    (ms / 100.0).round() / 10.0
}

/// A time or length to the tenth.
pub fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Degrees of longitude or latitude to seven decimals: a centimetre.
pub fn degrees(value: f64) -> f64 {
    (value * 1e7).round() / 1e7
}

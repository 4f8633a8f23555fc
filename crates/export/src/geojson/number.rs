//! Coordinates as text: degrees with seven decimals (RFC 7946, section 11.2), about a centimetre.

/// Writes degrees with at most seven decimals and no trailing zeros; whole numbers keep one decimal, as JSON libraries
/// write them.
pub fn degree(text: &mut Vec<u8>, value: f64) {
    let units = (value * 1e7).round() as i64;
    let (whole, mut part) = (units.unsigned_abs() / 10_000_000, units.unsigned_abs() % 10_000_000);
    if units < 0 {
        text.push(b'-');
    }
    text.extend(itoa::Buffer::new().format(whole).as_bytes());
    text.push(b'.');
    let mut digits = [b'0'; 7];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (part % 10) as u8;
        part /= 10;
    }
    let kept = digits.iter().rposition(|d| *d != b'0').map_or(1, |last| last + 1);
    text.extend(&digits[..kept]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_written_as_json_libraries_do() {
        for value in [118.0, 118.500_000_1, -0.001_000_1, 24.123_456_7, 0.0, -179.999_999_9, 113.25] {
            let mut text = Vec::new();
            degree(&mut text, value);
            assert_eq!(String::from_utf8(text).ok(), serde_json::to_string(&value).ok());
        }
    }
}

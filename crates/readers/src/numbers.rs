//! Numbers that are spelled as text.

/// A number spelled as text: spaces, full-width digits and points are understood; anything else is `None`.
pub fn parse_number(text: &str) -> Option<f64> {
    if text.is_ascii() {
        return text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    }
    let plain: String = text
        .trim()
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
            '．' => '.',
            '－' => '-',
            c => c,
        })
        .collect();
    plain.parse::<f64>().ok().filter(|n| n.is_finite())
}

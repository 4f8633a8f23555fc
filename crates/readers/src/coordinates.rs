//! Coordinates that are spelled as text.
//!
//! In: a text such as "118°30′00″E", "118-30-00", "东经118度30分", "118,5", or both coordinates in one. Out: degrees, and which
//! of the two a letter or word says they are.

use crate::measures::{is_invisible, narrow};

/// Which of the two coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// East and west.
    Longitude,
    /// North and south.
    Latitude,
}

/// One coordinate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Angle {
    /// Degrees.
    pub degrees: f64,
    /// What a letter or a word says it is; `None` if nothing does.
    pub axis: Option<Axis>,
    /// True for anything but a plain number.
    pub spelled: bool,
}

/// Words for the directions: the axis and the sign.
const DIRECTIONS: &[(&str, Axis, f64)] = &[
    ("东经", Axis::Longitude, 1.0),
    ("西经", Axis::Longitude, -1.0),
    ("北纬", Axis::Latitude, 1.0),
    ("南纬", Axis::Latitude, -1.0),
    ("经度", Axis::Longitude, 1.0),
    ("纬度", Axis::Latitude, 1.0),
    ("longitude", Axis::Longitude, 1.0),
    ("latitude", Axis::Latitude, 1.0),
    ("lng", Axis::Longitude, 1.0),
    ("lon", Axis::Longitude, 1.0),
    ("lat", Axis::Latitude, 1.0),
    ("e", Axis::Longitude, 1.0),
    ("w", Axis::Longitude, -1.0),
    ("n", Axis::Latitude, 1.0),
    ("s", Axis::Latitude, -1.0),
    ("东", Axis::Longitude, 1.0),
    ("西", Axis::Longitude, -1.0),
    ("北", Axis::Latitude, 1.0),
    ("南", Axis::Latitude, -1.0),
];

/// The coordinate that a text spells; `None` if it spells none.
pub fn angle(text: &str) -> Option<Angle> {
    let plain = folded(text);
    let plain = plain.trim();
    if let Ok(degrees) = plain.parse::<f64>() {
        return degrees.is_finite().then_some(Angle { degrees, axis: None, spelled: plain != text.trim() });
    }
    let (rest, direction) = without_direction(plain);
    let (negative, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, rest.strip_prefix('+').unwrap_or(rest)),
    };
    let degrees = sexagesimal(rest)?;
    let sign = direction.map_or(1.0, |(_, sign)| sign) * if negative { -1.0 } else { 1.0 };
    Some(Angle { degrees: degrees * sign, axis: direction.map(|(axis, _)| axis), spelled: true })
}

/// Both coordinates that a text spells, in its order.
pub fn pair(text: &str) -> Option<[Angle; 2]> {
    let plain = folded(text);
    let plain = plain.trim().trim_start_matches("point").trim();
    let inner = plain.trim_matches(['(', ')', '[', ']', '{', '}', ' ', '"']);
    if inner.len() < plain.len() && inner.is_empty() {
        return None;
    }
    let two = |parts: [&str; 2]| -> Option<[Angle; 2]> {
        let [first, second] = parts.map(|part| angle(part.trim().trim_matches('"')));
        let (first, second) = (first?, second?);
        (first.axis.is_none() || first.axis != second.axis).then_some([first, second])
    };
    // A comma may stand between the two, or before the decimals of each; then a semicolon or space is between them.
    for between in [';', '|', '/', '\t', '\n'] {
        if let [first, second] = inner.split(between).collect::<Vec<_>>()[..] {
            return two([first, second]);
        }
    }
    let commas = inner.matches(',').count();
    if commas == 1 {
        return inner.split_once(',').and_then(|(first, second)| two([first, second]));
    }
    if commas == 3 {
        let (at, _) = inner.match_indices(',').nth(1)?;
        return two([&inner[..at], &inner[at + 1..]]);
    }
    // Between two spellings with directions, or at the only place where both sides are coordinates.
    let mut found = None;
    for (at, _) in inner.match_indices(' ') {
        if let Some(pair) = two([&inner[..at], &inner[at..]]) {
            if found.is_some() {
                return None;
            }
            found = Some(pair);
        }
    }
    found
}

/// Small letters, narrow signs, and one sign each for degrees, minutes and seconds.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        match narrow(c) {
            'º' | '˚' | '度' | '゜' | '∘' => folded.push('°'),
            '\'' | '′' | '’' | '‘' | '`' | '´' | 'ˊ' | '分' | '΄' => {
                // Two minutes in a row are seconds.
                if folded.ends_with('′') {
                    folded.pop();
                    folded.push('″');
                } else {
                    folded.push('′');
                }
            }
            '″' | '”' | '“' | '"' | '〃' | '秒' | '˝' => folded.push('″'),
            '−' | '–' | '—' | '‐' | '‑' => folded.push('-'),
            '、' => folded.push(','),
            c if c.is_whitespace() && c != '\n' && c != '\t' => folded.push(' '),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// The text without the direction before or behind it.
fn without_direction(text: &str) -> (&str, Option<(Axis, f64)>) {
    let separators = [':', ' ', '=', '"', '″'];
    for (word, axis, sign) in DIRECTIONS {
        if let Some(rest) = text.strip_prefix(word) {
            return (rest.trim_start_matches(separators), Some((*axis, *sign)));
        }
        if let Some(rest) = text.strip_suffix(word) {
            return (rest.trim_end(), Some((*axis, *sign)));
        }
    }
    (text, None)
}

/// Signs of degrees, minutes and seconds.
const MARKS: [char; 3] = ['°', '′', '″'];

/// Degrees of degrees, minutes and seconds, or of a number with a comma before its decimals.
fn sexagesimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let marked = text.contains(['°', '′', '″']);
    let parts: Vec<(&str, Option<char>)> = if marked {
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.trim().is_empty() {
            let end = rest.find(['°', '′', '″']);
            let (number, mark) = match end {
                Some(end) => (&rest[..end], rest[end..].chars().next()),
                None => (rest, None),
            };
            parts.push((number, mark));
            rest = end.map_or("", |end| &rest[end + mark.map_or(0, char::len_utf8)..]);
        }
        parts
    } else {
        let between = ['-', ':', ' '].into_iter().find(|c| text.contains(*c));
        match between {
            Some(between) => text.split(between).filter(|part| !part.is_empty()).map(|part| (part, None)).collect(),
            None => vec![(text, None)],
        }
    };
    if parts.is_empty() || parts.len() > 3 {
        return None;
    }
    let mut degrees = 0.0;
    let mut divisor = 1.0;
    for (at, (number, mark)) in parts.iter().enumerate() {
        if mark.is_some_and(|mark| mark != MARKS[at]) {
            return None;
        }
        let number = number.trim().replace(',', ".");
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let value: f64 = number.parse().ok().filter(|_| digits)?;
        let last = at + 1 == parts.len();
        if (!last && value.fract() != 0.0) || (at > 0 && value >= 60.0) {
            return None;
        }
        degrees += value / divisor;
        divisor *= 60.0;
    }
    Some(degrees)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_in_every_spelling() {
        use Axis::{Latitude, Longitude};
        for (text, degrees, axis) in [
            ("118.5", 118.5, None),
            ("118°30′00″E", 118.5, Some(Longitude)),
            ("118°30′E", 118.5, Some(Longitude)),
            ("118°30.0'", 118.5, None),
            ("118° 30' 00\" E", 118.5, Some(Longitude)),
            ("118º30’00”", 118.5, None),
            ("118°30''", f64::NAN, None),
            ("118°30'36''", 118.51, None),
            ("118-30-00", 118.5, None),
            ("118:30:36", 118.51, None),
            ("118 30 36", 118.51, None),
            ("118度30分", 118.5, None),
            ("118度30分36秒", 118.51, None),
            ("东经118度30分36秒", 118.51, Some(Longitude)),
            ("东经118.5°", 118.5, Some(Longitude)),
            ("E118°30′", 118.5, Some(Longitude)),
            ("E118.5", 118.5, Some(Longitude)),
            ("24°42′N", 24.7, Some(Latitude)),
            ("24.7S", -24.7, Some(Latitude)),
            ("西经118°30′", -118.5, Some(Longitude)),
            ("118.5°", 118.5, None),
            ("118,5", 118.5, None),
            ("118,500", 118.5, None),
            ("１１８．５", 118.5, None),
            ("１１８°３０′", 118.5, None),
            ("-118.5", -118.5, None),
            ("118°60′", f64::NAN, None),
            ("118-30-61", f64::NAN, None),
            ("118.5-30", f64::NAN, None),
            ("北京路", f64::NAN, None),
            ("", f64::NAN, None),
        ] {
            let found = angle(text);
            if degrees.is_nan() {
                assert_eq!(found, None, "{text}");
                continue;
            }
            let found = found.unwrap_or_else(|| panic!("{text}"));
            assert!((found.degrees - degrees).abs() < 1e-9, "{text}: {}", found.degrees);
            assert_eq!(found.axis, axis, "{text}");
        }
    }

    #[test]
    fn two_coordinates_in_one_text() {
        for (text, wanted) in [
            ("118.5,24.7", Some([118.5, 24.7])),
            ("118.5，24.7", Some([118.5, 24.7])),
            ("24.7, 118.5", Some([24.7, 118.5])),
            ("118.5 24.7", Some([118.5, 24.7])),
            ("(118.5, 24.7)", Some([118.5, 24.7])),
            ("[118.5,24.7]", Some([118.5, 24.7])),
            ("118,5;24,7", Some([118.5, 24.7])),
            ("118,5,24,7", Some([118.5, 24.7])),
            ("118°30′00″E 24°42′00″N", Some([118.5, 24.7])),
            ("E118°30′，N24°42′", Some([118.5, 24.7])),
            ("lng:118.5,lat:24.7", Some([118.5, 24.7])),
            ("东经118度30分、北纬24度42分", Some([118.5, 24.7])),
            ("POINT(118.5 24.7)", Some([118.5, 24.7])),
            ("118.5", None),
            ("118.5,24.7,30", None),
            ("泉州路1号", None),
            ("N24,N25", None),
        ] {
            let found = pair(text).map(|two| two.map(|a| (a.degrees * 1e9).round() / 1e9));
            assert_eq!(found, wanted, "{text}");
        }
    }
}

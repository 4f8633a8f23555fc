//! Numbers that are spelled as text.
//!
//! In: a text as a person writes a number: "1,200人", "约3台", "１．２万", "2分30秒". Out: the number and how it was spelled, or
//! nothing. A text that could be read in two ways is not read.

use crate::measures::{Measure, Scale, Unit, is_invisible, narrow, scaled};

/// A number spelled as text: spaces, full-width digits and points, and thousands separators are understood; anything else
/// is `None`.
pub fn parse_number(text: &str) -> Option<f64> {
    if text.is_ascii()
        && let Ok(number) = text.trim().parse::<f64>()
    {
        return Some(number).filter(|n| n.is_finite());
    }
    let plain = plain(text);
    let (number, rest) = number_at_start(&plain, DecimalSign::Point)?;
    rest.trim().is_empty().then_some(number)
}

/// The sign before the decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DecimalSign {
    /// 1,234.5
    #[default]
    Point,
    /// 1.234,5
    Comma,
}

/// A number as it was spelled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpelledNumber {
    /// The number, in the field's own unit.
    pub number: f64,
    /// True if people on a square kilometre are meant.
    pub per_km2: bool,
    /// True if the text holds more than a plain number: separators, a unit, "about".
    pub more_than_digits: bool,
    /// True if a unit or a multiple stands in the text.
    pub has_unit: bool,
}

/// A number in a text for a field that measures `measure`. Words for "about" before and after it are left out.
pub fn spelled(text: &str, measure: Measure, sign: DecimalSign) -> Option<SpelledNumber> {
    let plain = plain(text);
    let plain = plain.trim();
    if sign == DecimalSign::Point
        && let Ok(number) = plain.parse::<f64>()
    {
        let plainly = SpelledNumber { number, per_km2: false, more_than_digits: false, has_unit: false };
        return number.is_finite().then_some(plainly);
    }
    let bare = without_about(plain);
    let (number, rest) = number_at_start(bare, sign)?;
    let rest = without_about_after(rest.trim());
    if rest.is_empty() {
        let more_than_digits = bare.len() != plain.len() || !bare.bytes().all(|b| b.is_ascii_digit());
        return Some(SpelledNumber { number, per_km2: false, more_than_digits, has_unit: false });
    }
    let (number, per_km2) = with_units(number, rest, measure, sign)?;
    Some(SpelledNumber { number, per_km2, more_than_digits: true, has_unit: true })
}

/// The number and the units after it: one, or for times several ("2分30秒").
fn with_units(number: f64, rest: &str, measure: Measure, sign: DecimalSign) -> Option<(f64, bool)> {
    if let Some(scale) = Unit::parse(rest).and_then(|unit| unit.to(measure)) {
        return Some(match scale {
            Scale::Times(factor) => (scaled(number, factor), false),
            Scale::PerKm2(factor) => (scaled(number, factor), true),
        });
    }
    if measure != Measure::Seconds {
        return None;
    }
    let next = rest.find(|c: char| c.is_ascii_digit())?;
    let Some(Scale::Times(factor)) = Unit::parse(&rest[..next]).and_then(|unit| unit.to(measure)) else { return None };
    let (more, rest) = number_at_start(&rest[next..], sign)?;
    let minutes = (factor - 60.0).abs() < f64::EPSILON;
    let rest = if rest.trim().is_empty() && minutes { "秒" } else { rest.trim() };
    let (more, _) = with_units(more, rest, measure, sign)?;
    (more < factor).then_some((number * factor + more, false))
}

/// Words for "about" that stand before a number.
const ABOUT: &[&str] = &["大约", "约为", "约", "大概", "近", "共计", "共", "~", "≈", "about", "approx.", "ca.", "c."];
/// Words for "about" that stand after it, before or after the unit.
const ABOUT_AFTER: &[&str] = &["左右", "上下"];

fn without_about(text: &str) -> &str {
    let start = ABOUT.iter().find_map(|word| text.strip_prefix(word));
    let text = start.map_or(text, str::trim_start);
    ABOUT_AFTER.iter().find_map(|word| text.strip_suffix(word)).map_or(text, str::trim_end)
}

fn without_about_after(rest: &str) -> &str {
    // "1200余人", "300多张".
    ["余", "多"].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest).trim()
}

/// The text with narrow signs and without invisible marks; apostrophes and spaces of all kinds are those of ASCII.
fn plain(text: &str) -> String {
    let sign = |c: char| match c {
        '−' | '–' | '—' => '-',
        '’' | '‘' | '＇' => '\'',
        c if c.is_whitespace() => ' ',
        c => narrow(c),
    };
    text.trim().chars().filter(|c| !is_invisible(*c)).map(sign).collect()
}

/// The number at the start of a text, and what follows it.
fn number_at_start(text: &str, sign: DecimalSign) -> Option<(f64, &str)> {
    let text = text.trim_start();
    let negative = text.starts_with('-');
    let unsigned = text.trim_start_matches(['-', '+']);
    if text.len() > unsigned.len() + 1 {
        return None;
    }
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '\'' | ' ');
    let end = unsigned.find(|c| !is_part(c)).unwrap_or(unsigned.len());
    let token = unsigned[..end].trim_end_matches(['.', ',', '\'', ' ']);
    let rest = &unsigned[token.len()..];
    // An exponent belongs to the number.
    let (exponent, rest) = exponent(rest);
    let digits = digits(token, sign)?;
    let number: f64 = format!("{digits}{exponent}").parse().ok()?;
    number.is_finite().then_some((if negative { -number } else { number }, rest))
}

fn exponent(rest: &str) -> (&str, &str) {
    let Some(after) = rest.strip_prefix(['e', 'E']) else { return ("", rest) };
    let signed = after.trim_start_matches(['-', '+']);
    let count = signed.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 || after.len() > signed.len() + 1 {
        return ("", rest);
    }
    rest.split_at(rest.len() - signed.len() + count)
}

/// The digits of a number without its thousands separators, with a point before the decimals; `None` if the separators
/// do not stand where a number has them.
fn digits(token: &str, sign: DecimalSign) -> Option<String> {
    let (decimal, thousands) = match sign {
        DecimalSign::Point => ('.', ','),
        DecimalSign::Comma => (',', '.'),
    };
    let starts = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    if !starts(token) {
        return None;
    }
    let separators: Vec<char> = token.chars().filter(|c| !c.is_ascii_digit()).collect();
    let whole = |text: &str, separator: char| -> Option<String> {
        let groups: Vec<&str> = text.split(separator).collect();
        let grouped = groups.len() == 1
            || (1..=3).contains(&groups[0].len()) && groups[0] != "0" && groups[1..].iter().all(|g| g.len() == 3);
        let bare = groups.iter().all(|g| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit()));
        (grouped && bare).then(|| groups.concat())
    };
    // Decimals behind the one sign for them.
    if let Some((before, after)) = token.split_once(decimal) {
        let after_is_digits = !after.is_empty() && after.bytes().all(|b| b.is_ascii_digit());
        if after_is_digits {
            let separator = before.chars().find(|c| !c.is_ascii_digit()).unwrap_or(thousands);
            return Some(format!("{}.{after}", whole(before, separator)?));
        }
        // 1.234.567: points between groups of three.
        return separators.iter().all(|c| *c == decimal).then(|| whole(token, decimal)).flatten();
    }
    let first = *separators.first().unwrap_or(&thousands);
    if separators.iter().any(|c| *c != first) {
        return None;
    }
    if let Some(whole) = whole(token, first) {
        return Some(whole);
    }
    // 118,5: one comma that cannot be a thousands separator. Before four digits it may be one, of 10,000s.
    match token.split_once(',') {
        Some((before, after))
            if sign == DecimalSign::Point && separators.len() == 1 && (before == "0" || after.len() != 4) =>
        {
            Some(format!("{before}.{after}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        use Measure::{KilometresAnHour, People, Seconds, Things};
        for (text, measure, number) in [
            ("8辆", Things, Some(8.0)),
            ("约3台", Things, Some(3.0)),
            ("3台左右", Things, Some(3.0)),
            ("1,200人", People, Some(1200.0)),
            ("1200余人", People, Some(1200.0)),
            ("１，２００", People, Some(1200.0)),
            ("1.2万", People, Some(12_000.0)),
            ("１．２万人", People, Some(12_000.0)),
            ("1 234 567", People, Some(1_234_567.0)),
            ("1'234", People, Some(1234.0)),
            ("1.234.567", People, Some(1_234_567.0)),
            ("1,234.5", People, Some(1234.5)),
            ("-1,234", People, Some(-1234.0)),
            ("118,5", Things, Some(118.5)),
            ("0,125", Things, Some(0.125)),
            ("1e3", People, Some(1000.0)),
            ("1.5E+3人", People, Some(1500.0)),
            ("007", Things, Some(7.0)),
            ("2分30秒", Seconds, Some(150.0)),
            ("2分30", Seconds, Some(150.0)),
            ("2 min", Seconds, Some(120.0)),
            ("90s", Seconds, Some(90.0)),
            ("60 km/h", KilometresAnHour, Some(60.0)),
            ("30mph", KilometresAnHour, Some(48.280_32)),
            ("2分90秒", Seconds, None),
            ("8分钟", Things, None),
            ("8辆", People, None),
            ("12户", People, None),
            ("1,23,456", People, None),
            ("1,2345", People, None),
            ("1,234,5", People, None),
            ("3-5辆", Things, None),
            ("3/5", Things, None),
            ("三辆", Things, None),
            ("--3", Things, None),
            ("3 4", Things, None),
            ("", Things, None),
            ("辆", Things, None),
            ("1e999", Things, None),
        ] {
            assert_eq!(spelled(text, measure, DecimalSign::Point).map(|s| s.number), number, "{text}");
        }
        for (text, number) in [("1.234,5", Some(1234.5)), ("118,523", Some(118.523)), ("1.234", Some(1234.0))] {
            assert_eq!(spelled(text, Things, DecimalSign::Comma).map(|s| s.number), number, "{text}");
        }
    }

    #[test]
    fn a_plain_number_is_no_more_than_its_digits() {
        let more = |text| spelled(text, Measure::Things, DecimalSign::Point).map(|s| s.more_than_digits);
        assert_eq!(["3", "3.5", " ３ ", "-3"].map(more), [Some(false); 4]);
        assert_eq!(["1,200", "3辆", "约3", "0,5"].map(more), [Some(true); 4]);
    }

    #[test]
    fn bare_numbers_take_no_unit() {
        assert_eq!(parse_number("１，２００"), Some(1200.0));
        assert_eq!(parse_number(" 118.5 "), Some(118.5));
        assert_eq!(parse_number("8辆"), None);
        assert_eq!(parse_number("1e999"), None);
    }
}

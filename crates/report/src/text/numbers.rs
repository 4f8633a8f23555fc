//! Numbers, amounts and times as each language writes them.

use super::language::Lang;
use lifering_base::t;
use lifering_standards::catalogue::TravelTime;
use lifering_standards::outcome::ValueUnit;

/// A whole number with separators every three digits.
pub fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if value < 0.0 { format!("-{out}") } else { out }
}

/// A number without needless zeros.
pub fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// People as the language writes them: 1,014,317, or 101.43万人.
pub fn people(value: f64, lang: Lang) -> String {
    let locale = lang.locale();
    if lang == Lang::Zh && value >= 10_000.0 {
        return t!("unit.ten_thousand_people", locale = locale, n = plain(value / 10_000.0, 2)).into_owned();
    }
    t!("unit.people", locale = locale, n = grouped(value)).into_owned()
}

/// People in full where rounding to hundreds would show: for arithmetic.
pub fn exact_people(value: f64, lang: Lang) -> String {
    let hundreds = value / 100.0;
    if (hundreds - hundreds.round()).abs() < 1e-6 {
        return people(value, lang);
    }
    t!("unit.people", locale = lang.locale(), n = amount(value)).into_owned()
}

/// A round number as the language writes it: 30,000, or 3万.
pub fn round_number(value: u64, lang: Lang) -> String {
    match lang {
        Lang::Zh if value >= 10_000 && value.is_multiple_of(10_000) => format!("{}万", value / 10_000),
        Lang::Zh => value.to_string(),
        Lang::En => grouped(value as f64),
    }
}

/// Seconds as minutes.
pub fn minutes(seconds: f64, lang: Lang) -> String {
    t!("unit.minutes", locale = lang.locale(), n = plain(seconds / 60.0, 1)).into_owned()
}

/// Metres as kilometres.
pub fn kilometres(metres: f64, lang: Lang) -> String {
    t!("unit.kilometres", locale = lang.locale(), n = plain(metres / 1000.0, 2)).into_owned()
}

/// Square kilometres.
pub fn km2(m2: f64, lang: Lang) -> String {
    let km2 = m2 / 1e6;
    // Always as many decimals, so that a column of areas lines up.
    let text = if km2 < 10.0 { format!("{km2:.2}") } else { format!("{km2:.1}") };
    t!("unit.square_kilometres", locale = lang.locale(), n = text).into_owned()
}

/// A share as a percentage; never rounded up to its requirement.
pub fn percent(share: f64) -> String {
    format!("{}%", plain((share * 1000.0 + 1e-9).floor() / 10.0, 1))
}

/// Percentage points.
pub fn points(share: f64, lang: Lang) -> String {
    // Rounded up: what is missing is never understated.
    t!("gap.points", locale = lang.locale(), n = plain((share * 1000.0 - 1e-6).ceil() / 10.0, 1)).into_owned()
}

/// An amount: whole where it is whole.
pub fn amount(value: f64) -> String {
    if value.fract().abs() < 1e-9 { grouped(value) } else { plain(value, 1) }
}

/// A figure in the unit of its rule.
pub fn figure(value: f64, unit: ValueUnit, lang: Lang) -> String {
    match unit {
        ValueUnit::Share => percent(value),
        ValueUnit::S => minutes(value, lang),
        ValueUnit::Count | ValueUnit::Areas => amount(value),
    }
}

/// A statistic of times in minutes: two decimals, more where it would round onto the limit it misses.
pub fn exact_minutes(seconds: f64, rule: &TravelTime, lang: Lang) -> String {
    let limit = f64::from(rule.limit_s);
    let at_limit = |decimals| plain(seconds / 60.0, decimals) == plain(limit / 60.0, decimals);
    let decimals = if at_limit(2) && (seconds - limit).abs() > 1e-6 { 5 } else { 2 };
    t!("unit.minutes", locale = lang.locale(), n = plain(seconds / 60.0, decimals)).into_owned()
}

/// How much too long, in minutes of two decimals, as the statistic itself.
pub fn time_over(seconds: f64, lang: Lang) -> String {
    let decimals = if seconds < 0.6 { 5 } else { 2 };
    t!("unit.minutes", locale = lang.locale(), n = plain(seconds / 60.0, decimals)).into_owned()
}

/// What a division gives, with as many decimals as tell it from the whole number below.
pub fn quotient(value: f64) -> String {
    if (value - value.round()).abs() <= value.abs() * 1e-9 {
        return grouped(value.round());
    }
    let text = (2..=9).map(|decimals| plain(value, decimals)).find(|text| text.contains('.')).unwrap_or_default();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    format!("{}.{fraction}", whole.parse::<f64>().map_or_else(|_| whole.to_owned(), grouped))
}

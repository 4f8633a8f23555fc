//! Numbers, times and verdicts as each language writes them.
//!
//! In: figures. Out: text in Chinese or English. All words come from `data/locales/`; whole sentences are in [`super::why`].

use lifering_base::t;
use lifering_standards::catalogue::{Clock, Criterion, Fraction, Journey, Metric, Pace, Statistic, TravelTime};
use lifering_standards::outcome::{Outcome, PartAndWhole, RuleOutcome, ValueUnit, Verdict};

/// A language of the outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The locale's name in the catalogue.
    pub fn locale(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }
}

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

/// A share as a percentage; never rounded up to its requirement.
pub fn percent(share: f64) -> String {
    format!("{}%", plain((share * 1000.0 + 1e-9).floor() / 10.0, 1))
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

/// What the stations of neighbours would make of a rule.
pub fn aid_sentence(outcome: &RuleOutcome, aided: &Outcome, lang: Lang) -> String {
    let (found, _) = found_and_required(&outcome.rule.criterion, aided, lang);
    let verdict = verdict(aided.verdict, lang);
    t!("aid.sentence", locale = lang.locale(), found = found, verdict = verdict).into_owned()
}

/// A verdict in words.
pub fn verdict(verdict: Verdict, lang: Lang) -> String {
    let key = match verdict {
        Verdict::Met => "verdict.met",
        Verdict::Gap => "verdict.gap",
        Verdict::Depends => "verdict.depends",
        Verdict::CannotJudge => "verdict.cannot_judge",
    };
    t!(key, locale = lang.locale()).into_owned()
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

/// How a radius is measured.
pub fn metric(metric: Metric, lang: Lang) -> String {
    let key = match metric {
        Metric::Euclid => "why.metric.euclid",
        Metric::Network => "why.metric.network",
    };
    t!(key, locale = lang.locale()).into_owned()
}

/// Which part of a journey counts.
pub fn clock(journey: &Journey, lang: Lang) -> String {
    let key = match journey {
        Journey::Drive { clock: Clock::CallToArrival, .. } => "why.clock.call_to_arrival",
        Journey::Drive { clock: Clock::DispatchToArrival, .. } => "why.clock.dispatch_to_arrival",
        Journey::Drive { clock: Clock::DriveOnly, .. } => "why.clock.drive_only",
        Journey::Walk { pace: Pace::Usual } => "why.clock.walk",
        Journey::Walk { pace: Pace::Elderly } => "why.clock.walk_elderly",
    };
    t!(key, locale = lang.locale()).into_owned()
}

/// What was found and what is required, as two cells of a table.
pub fn found_and_required(criterion: &Criterion, outcome: &Outcome, lang: Lang) -> (String, String) {
    let dash = || "—".to_owned();
    let judged = outcome.missing.is_none();
    match criterion {
        Criterion::Radius(rule) => {
            (outcome.value.filter(|_| judged).map_or_else(dash, percent), format!("≥ {}", percent(rule.min_share)))
        }
        Criterion::TravelTime(rule) => match rule.statistic {
            Statistic::Share { min_share } => {
                (outcome.value.filter(|_| judged).map_or_else(dash, percent), format!("≥ {}", percent(min_share)))
            }
            _ => (
                outcome.value.map_or_else(dash, |v| exact_minutes(v, rule, lang)),
                format!("≤ {}", minutes(f64::from(rule.limit_s), lang)),
            ),
        },
        Criterion::Share(rule) => {
            let sums = matches!(rule.fraction, Fraction::Sums { .. } | Fraction::Matching { .. });
            (outcome.value.filter(|_| judged && sums).map_or_else(dash, percent), format!("≥ {}", percent(rule.min)))
        }
        Criterion::PerPopulation(_) | Criterion::PresencePerUnit(_) => (
            outcome.have.filter(|_| judged).map_or_else(dash, amount),
            outcome.need.map_or_else(dash, |n| format!("≥ {}", grouped(n as f64))),
        ),
    }
}

//! Findings as sentences, in Chinese and English.
//!
//! In: an outcome. Out: one sentence that says the figure, the limit and what is missing. All words come from
//! `data/locales/app.toml`; numbers are written as each language writes them.

use super::words::{known, pick};
use crate::rules::catalogue::{
    Clock, Criterion, Fraction, Journey, LayerName, Measure, Metric, Pace, Rule, Selection, Standard, Statistic,
};
use crate::rules::evidence::Missing;
use crate::rules::outcome::{Outcome, RuleOutcome, Verdict};
use rust_i18n::t;

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

/// One sentence on an outcome. `over` is the whole rule where this is its default reading.
pub fn why(
    standard: &Standard,
    rule: &Rule,
    criterion: &Criterion,
    outcome: &Outcome,
    over: Option<&RuleOutcome>,
    lang: Lang,
) -> String {
    let locale = lang.locale();
    let mut parts = Vec::new();
    let judged = outcome.missing.is_none();
    if judged || matches!(outcome.missing, Some(Missing::Unreached(_))) {
        parts.extend(figures(criterion, outcome, lang));
    } else if let (Some(need), Criterion::PerPopulation(_)) = (outcome.need, criterion) {
        let have = outcome.have.map(amount);
        let need = grouped(need as f64);
        parts.push(match have {
            Some(have) => t!("why.count_city", locale = locale, need = need, have = have).into_owned(),
            None => t!("why.count_needed", locale = locale, need = need).into_owned(),
        });
    }
    if let Some(missing) = &outcome.missing {
        parts.push(lacking(standard, missing, lang));
    }
    if outcome.derived_areas {
        parts.push(t!("why.derived", locale = locale).into_owned());
    }
    if let Some(over) = over.filter(|o| o.verdict == Verdict::Depends) {
        let readings: Vec<String> = rule
            .readings
            .iter()
            .zip(&over.readings)
            .filter(|(_, o)| o.verdict != outcome.verdict && o.verdict != Verdict::CannotJudge)
            .map(|(reading, o)| {
                let title = if lang == Lang::Zh { &reading.title.zh } else { &reading.title.en };
                format!("{title} → {}", verdict(o.verdict, lang))
            })
            .collect();
        parts.push(t!("why.depends", locale = locale, readings = readings.join(", ")).into_owned());
    }
    let text = parts.join(&t!("list.between", locale = locale));
    let mut chars = text.chars();
    let capital: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    format!("{capital}{}", t!("list.end", locale = locale))
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

fn figures(criterion: &Criterion, outcome: &Outcome, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let mut parts = Vec::new();
    let [covered, uncovered, value] =
        [outcome.covered, outcome.uncovered, outcome.value].map(Option::unwrap_or_default);
    match criterion {
        Criterion::Radius(rule) => {
            let metric = match rule.metric {
                Metric::Euclid => t!("why.metric.euclid", locale = locale),
                Metric::Network => t!("why.metric.network", locale = locale),
            };
            parts.push(
                t!(
                    "why.radius",
                    locale = locale,
                    share = percent(value),
                    covered = people(covered, lang),
                    all = people(covered + uncovered, lang),
                    distance = kilometres(rule.max_m, lang),
                    metric = metric,
                    required = percent(rule.min_share)
                )
                .into_owned(),
            );
            if uncovered > 0.0 {
                parts.push(t!("why.uncovered", locale = locale, people = people(uncovered, lang)).into_owned());
            }
            if let (Some(warned), Some(warn_m)) = (outcome.warned.filter(|w| *w > 0.0), rule.warn_m) {
                let (people, distance) = (people(warned, lang), kilometres(warn_m, lang));
                parts.push(t!("why.warned", locale = locale, people = people, distance = distance).into_owned());
            }
        }
        Criterion::TravelTime(rule) => {
            let clock = clock(&rule.journey, lang);
            let limit = minutes(f64::from(rule.limit_s), lang);
            let time =
                || outcome.value.map_or_else(|| t!("why.no_value", locale = locale).into_owned(), |v| minutes(v, lang));
            parts.push(match rule.statistic {
                Statistic::Share { min_share } => t!(
                    "why.time_share",
                    locale = locale,
                    share = percent(value),
                    covered = people(covered, lang),
                    all = people(covered + uncovered, lang),
                    limit = limit,
                    clock = clock,
                    required = percent(min_share)
                )
                .into_owned(),
                other => {
                    let key = match other {
                        Statistic::Mean => "why.time_mean",
                        Statistic::P90 => "why.time_p90",
                        _ => "why.time_max",
                    };
                    t!(key, locale = locale, value = time(), clock = clock, limit = limit).into_owned()
                }
            });
            if uncovered > 0.0 && matches!(rule.statistic, Statistic::Share { .. }) {
                parts.push(t!("why.uncovered", locale = locale, people = people(uncovered, lang)).into_owned());
            }
        }
        Criterion::PerPopulation(rule) => {
            let (need, have) = (outcome.need.unwrap_or(0) as f64, outcome.have.unwrap_or(0.0));
            parts.push(t!("why.count_city", locale = locale, need = grouped(need), have = amount(have)).into_owned());
            parts.push(if have < need {
                short(&rule.facility, &rule.measure, need - have, lang)
            } else {
                t!("why.enough", locale = locale).into_owned()
            });
        }
        Criterion::Share(rule) => {
            let (value, required) = (percent(value), percent(rule.min));
            parts.push(t!("why.share", locale = locale, value = value, required = required).into_owned());
        }
        Criterion::PresencePerUnit(rule) => {
            let need = outcome.need.unwrap_or(0) as f64;
            let have = outcome.have.unwrap_or(0.0);
            if outcome.unit == crate::rules::outcome::ValueUnit::Areas {
                parts.push(t!("why.areas", locale = locale, need = grouped(need), have = grouped(have)).into_owned());
                let without: Vec<&str> = outcome
                    .areas
                    .iter()
                    .filter(|(_, a)| a.verdict == Verdict::Gap)
                    .map(|(_, a)| a.name.as_str())
                    .collect();
                if !without.is_empty() {
                    let names = without.join(if lang == Lang::Zh { "、" } else { ", " });
                    parts.push(t!("why.areas_missing", locale = locale, names = names).into_owned());
                }
            } else {
                parts.push(
                    t!("why.count_city", locale = locale, need = grouped(need), have = amount(have)).into_owned(),
                );
                if have < need {
                    parts.push(short(&rule.facility, &rule.measure, need - have, lang));
                }
            }
        }
    }
    parts
}

/// What is missing, in the measure word of the thing.
pub fn short(facility: &Selection, measure: &Measure, short: f64, lang: Lang) -> String {
    counted("why.short", facility, measure, short, lang)
}

/// What to add, in the measure word of the thing.
pub fn add(facility: &Selection, measure: &Measure, more: f64, lang: Lang) -> String {
    counted("gap.add", facility, measure, more, lang)
}

/// A text of which there is one for each measure word.
fn counted(key: &str, facility: &Selection, measure: &Measure, number: f64, lang: Lang) -> String {
    let attribute = match measure {
        Measure::Sum(attribute) => attribute.as_str(),
        Measure::Count => "",
    };
    let thing = match (facility.layers.first(), attribute) {
        (_, "ambulances") => "_ambulances",
        (Some(LayerName::Aeds), _) => "_aeds",
        (_, "beds") => "_beds",
        (Some(LayerName::Extra(name)), _) if name == "workforce" => "_people",
        (_, "") => "_sites",
        _ => "",
    };
    t!(format!("{key}{thing}"), locale = lang.locale(), short = amount(number)).into_owned()
}

fn clock(journey: &Journey, lang: Lang) -> String {
    let key = match journey {
        Journey::Drive { clock: Clock::CallToArrival, .. } => "why.clock.call_to_arrival",
        Journey::Drive { clock: Clock::DispatchToArrival, .. } => "why.clock.dispatch_to_arrival",
        Journey::Drive { clock: Clock::DriveOnly, .. } => "why.clock.drive_only",
        Journey::Walk { pace: Pace::Usual } => "why.clock.walk",
        Journey::Walk { pace: Pace::Elderly } => "why.clock.walk_elderly",
    };
    t!(key, locale = lang.locale()).into_owned()
}

/// A layer as a sentence calls it: by its title and, for whoever has to add it, by its key.
fn layer_named(standard: &Standard, key: &str, lang: Lang) -> String {
    let title = match standard.extra_layers.get(key) {
        Some(text) => pick(text, lang).to_owned(),
        None => known("layer", key, lang),
    };
    named(&title, key, lang)
}

/// An attribute, in the same way.
fn attribute_named(key: &str, lang: Lang) -> String {
    named(&known("attribute", key, lang), key, lang)
}

fn named(title: &str, key: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh if title != key => format!("“{title}”（{key}）"),
        Lang::Zh => format!("“{key}”"),
        Lang::En => format!("`{key}`"),
    }
}

fn lacking(standard: &Standard, missing: &Missing, lang: Lang) -> String {
    let locale = lang.locale();
    let layer = |key: &str| layer_named(standard, key, lang);
    match missing {
        Missing::Layer(key) => t!("why.missing.layer", locale = locale, layer = layer(key)),
        Missing::Attribute { layer: key, attribute, features } => {
            let attribute = attribute_named(attribute, lang);
            t!("why.missing.attribute", locale = locale, layer = layer(key), attribute = attribute, count = features)
        }
        Missing::Units(key) => {
            let level = named(&super::words::level(key, standard, lang), key, lang);
            t!("why.missing.units", locale = locale, layer = layer("units"), level = level)
        }
        Missing::UnitNamed(filter) => {
            t!("why.missing.unit_named", locale = locale, layer = layer("units"), filter = filter)
        }
        Missing::People => t!("why.missing.people", locale = locale, layer = layer("population")),
        Missing::Unreached(n) => t!("why.missing.unreached", locale = locale, people = people(*n, lang)),
        Missing::Whole(key) => t!("why.missing.whole", locale = locale, layer = layer(key)),
        Missing::Period(period) => t!("why.missing.period", locale = locale, period = period),
        Missing::PopulationOfYear(year) => t!("why.missing.population_of_year", locale = locale, year = year),
    }
    .into_owned()
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
                outcome.value.map_or_else(dash, |v| minutes(v, lang)),
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

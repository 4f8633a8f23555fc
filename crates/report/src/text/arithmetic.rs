//! The figures of an outcome with their arithmetic, as parts of a sentence: one function a kind of rule.

use super::gap::part_needed;
use super::language::Lang;
use super::measure_words::{MeasureWord, attribute, attribute_word, counted, measure_word, thing, things};
use super::numbers::{
    amount, exact_minutes, exact_people, grouped, kilometres, minutes, people, percent, plain, points, quotient,
    round_number, time_over,
};
use super::punctuation::list;
use super::vocabulary::{clock, level, metric};
use lifering_base::t;
use lifering_standards::catalogue::{
    Criterion, Fraction, Journey, Measure, PerPopulation, PresencePerUnit, Selection, Share, Standard, Statistic,
    TravelTime,
};
use lifering_standards::outcome::{Outcome, PartAndWhole, ValueUnit, Verdict};

/// The figures of an outcome that was judged.
pub fn figures(criterion: &Criterion, outcome: &Outcome, standard: &Standard, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let [covered, uncovered, value] =
        [outcome.covered, outcome.uncovered, outcome.value].map(Option::unwrap_or_default);
    match criterion {
        Criterion::Radius(rule) => {
            let figures = t!(
                "why.radius",
                locale = locale,
                share = percent(value),
                covered = people(covered, lang),
                all = people(covered + uncovered, lang),
                distance = kilometres(rule.max_m, lang),
                thing = thing(&rule.facility, standard, lang),
                metric = metric(rule.metric, lang),
                required = percent(rule.min_share)
            );
            let mut parts = vec![figures.into_owned()];
            parts.extend(coverage_gap(outcome, rule.min_share, lang));
            if let Some(radius) = outcome.mean_radius_m {
                let distance = kilometres(radius, lang);
                parts.push(t!("why.mean_radius", locale = locale, distance = distance).into_owned());
            }
            if let (Some(warned), Some(warn_m)) = (outcome.warned.filter(|w| *w > 0.0), rule.warn_m) {
                let (people, distance) = (people(warned, lang), kilometres(warn_m, lang));
                parts.push(t!("why.warned", locale = locale, people = people, distance = distance).into_owned());
            }
            parts
        }
        Criterion::TravelTime(rule) => times(rule, outcome, standard, lang),
        Criterion::PerPopulation(rule) => {
            let mut parts: Vec<String> = needed(rule, outcome, lang).into_iter().collect();
            parts.extend(shortage(&rule.facility, &rule.measure, outcome, lang));
            parts
        }
        Criterion::Share(rule) => share(rule, outcome, standard, lang),
        Criterion::PresencePerUnit(rule) => presence(rule, outcome, standard, lang),
    }
}

/// People within a limit: how many more there would have to be, or who is left although there are enough.
fn coverage_gap(outcome: &Outcome, min_share: f64, lang: Lang) -> Option<String> {
    let locale = lang.locale();
    let (covered, uncovered) = (outcome.covered?, outcome.uncovered?);
    let all = covered + uncovered;
    Some(
        if outcome.verdict == Verdict::Gap {
            let (points, more) = (points(min_share - covered / all, lang), people(min_share * all - covered, lang));
            t!("why.cover_more", locale = locale, points = points, people = more)
        } else if uncovered > 0.0 {
            t!("why.uncovered", locale = locale, people = people(uncovered, lang))
        } else {
            t!("why.enough", locale = locale)
        }
        .into_owned(),
    )
}

fn times(rule: &TravelTime, outcome: &Outcome, standard: &Standard, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let clock = clock(&rule.journey, lang);
    let limit = minutes(f64::from(rule.limit_s), lang);
    let key = match rule.statistic {
        Statistic::Share { min_share } => {
            let walks = matches!(rule.journey, Journey::Walk { .. });
            let [covered, uncovered, value] =
                [outcome.covered, outcome.uncovered, outcome.value].map(Option::unwrap_or_default);
            let figures = t!(
                if walks { "why.walk_share" } else { "why.time_share" },
                locale = locale,
                share = percent(value),
                covered = people(covered, lang),
                all = people(covered + uncovered, lang),
                limit = limit,
                clock = clock,
                thing = thing(&rule.facility, standard, lang),
                required = percent(min_share)
            );
            return std::iter::once(figures.into_owned()).chain(coverage_gap(outcome, min_share, lang)).collect();
        }
        Statistic::Mean => "why.time_mean",
        Statistic::P90 => "why.time_p90",
        Statistic::Max => "why.time_max",
    };
    let value = outcome
        .value
        .map_or_else(|| t!("why.no_value", locale = locale).into_owned(), |v| exact_minutes(v, rule, lang));
    let mut parts = vec![t!(key, locale = locale, value = value, clock = clock, limit = limit).into_owned()];
    let over = outcome.value.map(|v| v - f64::from(rule.limit_s)).filter(|_| outcome.verdict == Verdict::Gap);
    parts.extend(over.map(|s| t!("why.over", locale = locale, time = time_over(s, lang)).into_owned()));
    parts
}

/// How many are needed, with the arithmetic.
pub fn needed(rule: &PerPopulation, outcome: &Outcome, lang: Lang) -> Option<String> {
    let locale = lang.locale();
    let (need, population) = (outcome.need?, outcome.population?);
    let exact = population * rule.base_factor * rule.min / rule.per as f64;
    let times = if (rule.min - 1.0).abs() < 1e-12 {
        String::new()
    } else {
        format!("{}{}", if lang == Lang::Zh { "×" } else { " x " }, plain(rule.min, 6))
    };
    let based = (rule.base_factor - 1.0).abs() > 1e-12;
    let sum = t!(
        if based { "why.for_people_based" } else { "why.for_people" },
        locale = locale,
        people = exact_people(population, lang),
        factor = plain(rule.base_factor, 6),
        per = round_number(rule.per, lang),
        times = times,
        exact = quotient(exact)
    );
    let word = measure_word(&rule.facility, &rule.measure);
    let need = counted(word, need as f64, lang);
    let needed = if let Some(have) = outcome.have.filter(|_| outcome.missing.is_none()) {
        t!("why.needed_and_there", locale = locale, need = need, have = there(word, have, lang))
    } else {
        t!("why.needed", locale = locale, need = need)
    };
    let between = if lang == Lang::Zh { "，" } else { ": " };
    Some(format!("{sum}{between}{needed}"))
}

/// What is there, after what is needed has named the thing.
fn there(word: MeasureWord, have: f64, lang: Lang) -> String {
    if lang == Lang::Zh { counted(word, have, lang) } else { amount(have) }
}

/// What is short of what is needed, or that it is enough.
fn shortage(facility: &Selection, measure: &Measure, outcome: &Outcome, lang: Lang) -> Option<String> {
    let locale = lang.locale();
    let missing = outcome.need? as f64 - outcome.have?;
    Some(if missing > 0.0 {
        let short = counted(measure_word(facility, measure), missing, lang);
        t!("why.short", locale = locale, short = short).into_owned()
    } else {
        t!("why.enough", locale = locale).into_owned()
    })
}

fn share(rule: &Share, outcome: &Outcome, standard: &Standard, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let Some(PartAndWhole { part, whole }) = outcome.part_and_whole else { return Vec::new() };
    let required = if rule.more_than {
        t!("why.more_than", locale = locale, share = percent(rule.min)).into_owned()
    } else {
        percent(rule.min)
    };
    let value = percent(outcome.value.unwrap_or_default());
    let (figures, word) = match &rule.fraction {
        Fraction::Sums { part: part_name, whole: whole_name } => {
            let (part_word, whole_word) = (attribute_word(part_name.as_str()), attribute_word(whole_name.as_str()));
            let figures = t!(
                "why.share_of_sums",
                locale = locale,
                part_name = attribute(part_name.as_str(), lang),
                part = if lang == Lang::Zh { counted(part_word, part, lang) } else { amount(part) },
                whole_name = attribute(whole_name.as_str(), lang),
                whole = if lang == Lang::Zh { counted(whole_word, whole, lang) } else { amount(whole) },
                value = value,
                required = required
            );
            (figures, part_word)
        }
        Fraction::OfNeed { part: part_name, whole: whole_name, .. } => {
            let (part_word, whole_word) = (attribute_word(part_name.as_str()), attribute_word(whole_name.as_str()));
            let figures = t!(
                "why.share_of_need",
                locale = locale,
                part_name = attribute(part_name.as_str(), lang),
                part = if lang == Lang::Zh { counted(part_word, part, lang) } else { amount(part) },
                whole_name = attribute(whole_name.as_str(), lang),
                whole = if lang == Lang::Zh { counted(whole_word, whole, lang) } else { amount(whole) },
                value = value,
                required = required
            );
            (figures, part_word)
        }
        Fraction::Matching { weight, .. } => {
            let word = match weight {
                Some(weight) => attribute_word(weight.as_str()),
                None => measure_word(&rule.of, &Measure::Count),
            };
            let figures = t!(
                "why.share_of_features",
                locale = locale,
                thing = things(&rule.of, standard, lang),
                part = if lang == Lang::Zh { counted(word, part, lang) } else { amount(part) },
                whole = counted(word, whole, lang),
                value = value,
                required = required
            );
            (figures, word)
        }
    };
    let mut parts = vec![figures.into_owned()];
    if outcome.verdict == Verdict::Gap {
        let [need, short] = part_needed(rule, PartAndWhole { part, whole }).map(|n| counted(word, n, lang));
        parts.push(t!("why.share_short", locale = locale, need = need, short = short).into_owned());
    } else {
        parts.push(t!("why.enough", locale = locale).into_owned());
    }
    parts
}

fn presence(rule: &PresencePerUnit, outcome: &Outcome, standard: &Standard, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let (need, have) = (outcome.need.unwrap_or(0) as f64, outcome.have.unwrap_or(0.0));
    let word = measure_word(&rule.facility, &rule.measure);
    if outcome.unit != ValueUnit::Areas {
        let (needed, there) = (counted(word, need, lang), there(word, have, lang));
        let figures = t!("why.needed_and_there", locale = locale, need = needed, have = there).into_owned();
        let short = shortage(&rule.facility, &rule.measure, outcome, lang);
        return std::iter::once(figures).chain(short).collect();
    }
    let figures = t!(
        "why.areas",
        locale = locale,
        need = grouped(need),
        have = grouped(have),
        level = level(rule.unit.name(), standard, lang),
        min = counted(word, rule.min, lang)
    );
    let mut parts = vec![figures.into_owned()];
    let gaps = outcome.areas.iter().filter(|area| area.verdict == Verdict::Gap);
    let without: Vec<&str> = gaps.map(|area| area.name.as_str()).collect();
    if !without.is_empty() {
        let names = list(&without, lang);
        parts.push(t!("why.areas_missing", locale = locale, names = names).into_owned());
    }
    parts
}

//! Findings as sentences: what was found, the arithmetic, what is short, or what would be needed to judge.
//!
//! In: an outcome. Out: one sentence in Chinese or English. All words come from `data/locales/rules.toml`.

use super::sentences::{
    Lang, amount, clock, exact_minutes, grouped, kilometres, metric, minutes, people, percent, plain, round_number,
    time_over, verdict,
};
use super::things::{
    MeasureWord, attribute, attribute_title, attribute_word, attributes, bracketed, counted, layer_title, measure_word,
    thing, things,
};
use super::words::{level, pick, points};
use lifering_base::t;
use lifering_standards::catalogue::{
    Criterion, Fraction, Journey, Measure, PerPopulation, PresencePerUnit, Rule, Selection, Share, Standard, Statistic,
    TravelTime,
};
use lifering_standards::evidence::Missing;
use lifering_standards::outcome::{Outcome, PartAndWhole, RuleOutcome, ValueUnit, Verdict};

/// People in full where rounding to hundreds would show: for arithmetic.
pub fn exact_people(value: f64, lang: Lang) -> String {
    let hundreds = value / 100.0;
    if (hundreds - hundreds.round()).abs() < 1e-6 {
        return people(value, lang);
    }
    t!("unit.people", locale = lang.locale(), n = amount(value)).into_owned()
}

/// What a division gives, with as many decimals as tell it from the whole number below.
fn quotient(value: f64) -> String {
    if (value - value.round()).abs() <= value.abs() * 1e-9 {
        return grouped(value.round());
    }
    let text = (2..=9).map(|decimals| plain(value, decimals)).find(|text| text.contains('.')).unwrap_or_default();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    format!("{}.{fraction}", whole.parse::<f64>().map_or_else(|_| whole.to_owned(), grouped))
}

/// One sentence on an outcome. `over` is the whole rule where this is its default reading.
pub fn why(
    rule: &Rule,
    criterion: &Criterion,
    outcome: &Outcome,
    over: Option<&RuleOutcome>,
    standard: &Standard,
    lang: Lang,
) -> String {
    let locale = lang.locale();
    let mut parts = Vec::new();
    let judged = outcome.missing.is_none();
    if judged || matches!(outcome.missing, Some(Missing::Unreached(_))) {
        parts.extend(figures(criterion, outcome, standard, lang));
    } else if let (Some(_), Criterion::PerPopulation(per)) = (outcome.need, criterion) {
        parts.extend(needed(per, outcome, lang));
    }
    if let Some(missing) = &outcome.missing {
        parts.push(t!("why.cannot_judge", locale = locale, what = lacking(missing, standard, lang)).into_owned());
    }
    if outcome.derived_areas {
        parts.push(t!("why.derived", locale = locale).into_owned());
    }
    if let Some(over) = over.filter(|o| o.verdict == Verdict::Depends) {
        let between = if lang == Lang::Zh { "，" } else { ", " };
        let readings: Vec<String> = rule
            .readings
            .iter()
            .zip(&over.readings)
            .filter(|(_, o)| o.verdict != outcome.verdict && o.verdict != Verdict::CannotJudge)
            .map(|(reading, o)| {
                let (title, verdict) = (pick(&reading.title, lang), verdict(o.verdict, lang));
                t!("why.reading", locale = locale, title = title, verdict = verdict).into_owned()
            })
            .collect();
        parts.push(t!("why.depends", locale = locale, readings = readings.join(between)).into_owned());
    }
    if let (Some(_), Some(extension)) = (over.and(rule.filled_from.as_ref()), &standard.extends) {
        parts.push(t!("why.filled", locale = locale, from = pick(&extension.from_title, lang)).into_owned());
    }
    let text = parts.join(&t!("list.between", locale = locale));
    let mut chars = text.chars();
    let capital: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    format!("{capital}{}", t!("list.end", locale = locale))
}

/// A sentence that can stand alone: the document, its clause and words, and what came of it.
pub fn sentence(rule: &Rule, why: &str, lang: Lang) -> String {
    let title = pick(&rule.cite.title, lang);
    let source = match lang {
        Lang::Zh if !title.contains('《') => format!("《{title}》"),
        _ => title.to_owned(),
    };
    let section = rule.cite.section.as_deref().map_or_else(String::new, |section| match lang {
        Lang::Zh => section.to_owned(),
        Lang::En => format!(", {section}"),
    });
    let key = if rule.cite.words.quote().is_some() { "sentence.quoted" } else { "sentence.worded" };
    let quote = rule.cite.words.text();
    let text = t!(key, locale = lang.locale(), source = source, section = section, quote = quote, why = why);
    match lang {
        // A quotation that holds quotation marks of its own stands in corner brackets.
        Lang::Zh if quote.contains('“') => text.replacen(&format!("“{quote}”"), &format!("「{quote}」"), 1),
        _ => text.into_owned(),
    }
}

fn figures(criterion: &Criterion, outcome: &Outcome, standard: &Standard, lang: Lang) -> Vec<String> {
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
fn needed(rule: &PerPopulation, outcome: &Outcome, lang: Lang) -> Option<String> {
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

/// How many would make a share enough: the part needed, and how many it lacks.
pub fn part_needed(rule: &Share, PartAndWhole { part, whole }: PartAndWhole) -> [f64; 2] {
    let need = rule.part_of(whole);
    [need, (need - part).max(0.0)]
}

fn share(rule: &Share, outcome: &Outcome, standard: &Standard, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let Some(PartAndWhole { part, whole }) = outcome.part_and_whole else { return Vec::new() };
    let (value, required) = (percent(outcome.value.unwrap_or_default()), percent(rule.min));
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
        let names = without.join(if lang == Lang::Zh { "、" } else { ", " });
        parts.push(t!("why.areas_missing", locale = locale, names = names).into_owned());
    }
    parts
}

/// What would be needed to judge.
pub fn lacking(missing: &Missing, standard: &Standard, lang: Lang) -> String {
    let locale = lang.locale();
    match missing {
        Missing::Layer { layer, attributes: names } => {
            let title = layer_title(layer, standard, lang);
            let names = attributes(names.iter().map(String::as_str), lang);
            let key = if names.is_empty() { "why.missing.layer" } else { "why.missing.layer_with" };
            t!(key, locale = locale, layer = layer, title = title, attributes = names)
        }
        Missing::Attribute { layer, attribute, features } => {
            let title = attribute_title(attribute, lang);
            t!(
                "why.missing.attribute",
                locale = locale,
                layer = layer,
                attribute = attribute,
                title = title,
                count = features
            )
        }
        Missing::Place { layer, features } => {
            t!("why.missing.place", locale = locale, layer = layer, count = features)
        }
        Missing::AreaOf { layer, features, level } => {
            t!("why.missing.area_of", locale = locale, layer = layer, count = features, level = level)
        }
        Missing::Units(name) => {
            let title = bracketed(&level(name, standard, lang), name, lang);
            t!("why.missing.units", locale = locale, level = name, title = title)
        }
        Missing::UnitNamed(filter) => t!("why.missing.unit_named", locale = locale, filter = filter),
        Missing::People => t!("why.missing.people", locale = locale),
        Missing::Unreached(n) => t!("why.missing.unreached", locale = locale, people = people(*n, lang)),
        Missing::Whole(layer) => t!("why.missing.whole", locale = locale, layer = layer),
        Missing::Period(period) => t!("why.missing.period", locale = locale, period = period),
        Missing::PopulationOfYear(year) => t!("why.missing.population_of_year", locale = locale, year = year),
        Missing::OtherPopulation { year, stated } => {
            let people = people(*stated as f64, lang);
            t!("why.missing.other_population", locale = locale, year = year, people = people)
        }
        Missing::Several(all) => {
            let all: Vec<String> = all.iter().map(|missing| lacking(missing, standard, lang)).collect();
            return all.join(&t!("list.between", locale = locale));
        }
    }
    .into_owned()
}

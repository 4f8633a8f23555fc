//! Rules in words: what a criterion asks, and what data it needs. For `standards show`.
//!
//! In: criteria of a standard. Out: text of one language, from `crates/base/locales/rules.toml`.

use super::language::Lang;
use super::measure_words::{attribute, attributes, counted, layer_title, measure_word, thing, things};
use super::numbers::{kilometres, minutes, people, percent, plain, round_number};
use super::punctuation::{bracketed, clauses, colon, list};
use super::vocabulary::{clock, level, metric};
use lifering_base::t;
use lifering_standards::catalogue::{
    Combine, Criterion, Filter, Fraction, Journey, Measure, PerPopulation, PresencePerUnit, Radius, Share, Standard,
    Statistic, TravelTime, UnitKind,
};

/// What a criterion asks, as one line.
pub fn describe(criterion: &Criterion, standard: &Standard, lang: Lang) -> String {
    let mut parts = match criterion {
        Criterion::Radius(rule) => radius(rule, standard, lang),
        Criterion::TravelTime(rule) => travel_time(rule, standard, lang),
        Criterion::PerPopulation(rule) => per_population(rule, standard, lang),
        Criterion::Share(rule) => share(rule, standard, lang),
        Criterion::PresencePerUnit(rule) => presence(rule, standard, lang),
    };
    let filter = |key: &str, filter: Option<&Filter>| {
        Some(t!(key, locale = lang.locale(), filter = filter?.to_string()).into_owned())
    };
    parts.extend(filter("criterion.where", criterion.selection().filter.as_ref()));
    parts.extend(filter("criterion.where_people", criterion.demand()));
    if let Criterion::PresencePerUnit(rule) = criterion {
        parts.extend(filter("criterion.where_unit", rule.unit_filter.as_ref()));
    }
    clauses(&parts, lang)
}

fn radius(rule: &Radius, standard: &Standard, lang: Lang) -> Vec<String> {
    let limit = t!(
        "criterion.radius",
        locale = lang.locale(),
        share = percent(rule.min_share),
        distance = kilometres(rule.max_m, lang),
        thing = thing(&rule.facility, standard, lang),
        metric = metric(rule.metric, lang)
    );
    let warn = |metres| t!("criterion.warn", locale = lang.locale(), distance = kilometres(metres, lang)).into_owned();
    std::iter::once(limit.into_owned()).chain(rule.warn_m.map(warn)).collect()
}

fn travel_time(rule: &TravelTime, standard: &Standard, lang: Lang) -> Vec<String> {
    let walks = matches!(rule.journey, Journey::Walk { .. });
    let (key, share) = match rule.statistic {
        Statistic::Share { min_share } if walks => ("criterion.walk_share", min_share),
        Statistic::Share { min_share } => ("criterion.time_share", min_share),
        Statistic::Mean => ("criterion.time_mean", 1.0),
        Statistic::P90 => ("criterion.time_p90", 1.0),
        Statistic::Max => ("criterion.time_max", 1.0),
    };
    let limit = t!(
        key,
        locale = lang.locale(),
        share = percent(share),
        limit = minutes(f64::from(rule.limit_s), lang),
        clock = clock(&rule.journey, lang),
        thing = thing(&rule.facility, standard, lang)
    );
    let mut parts = vec![limit.into_owned()];
    if let Journey::Drive { period: Some(period), .. } = &rule.journey {
        parts.push(t!("criterion.period", locale = lang.locale(), period = period).into_owned());
    }
    parts
}

fn per_population(rule: &PerPopulation, standard: &Standard, lang: Lang) -> Vec<String> {
    let by = if lang == Lang::Zh { "×" } else { " x " };
    let factor = |n: f64| if (n - 1.0).abs() < 1e-12 { String::new() } else { format!("{by}{}", plain(n, 6)) };
    let word = measure_word(&rule.facility, &rule.measure);
    let limit = t!(
        "criterion.per_population",
        locale = lang.locale(),
        per = round_number(rule.per, lang),
        min = counted(word, rule.min, lang),
        factor = factor(rule.base_factor),
        times = factor(rule.min)
    );
    let year = rule.population_year.map(|year| {
        let stated = standard.population.get(&year).copied().unwrap_or_default() as f64;
        t!("criterion.of_year", locale = lang.locale(), year = year, people = people(stated, lang)).into_owned()
    });
    std::iter::once(limit.into_owned()).chain(year).collect()
}

fn share(rule: &Share, standard: &Standard, lang: Lang) -> Vec<String> {
    let locale = lang.locale();
    let share = percent(rule.min);
    let share =
        if rule.more_than { t!("criterion.more_than", locale = locale, share = share).into_owned() } else { share };
    match &rule.fraction {
        Fraction::OfNeed { part, whole, per } => {
            let (part, whole) = (attribute(part.as_str(), lang), attribute(whole.as_str(), lang));
            let per = round_number(*per, lang);
            vec![
                t!(
                    "criterion.share_of_need",
                    locale = locale,
                    part_name = part,
                    whole_name = whole,
                    per = per,
                    share = share
                )
                .into_owned(),
            ]
        }
        Fraction::Sums { part, whole } => {
            let (part, whole) = (attribute(part.as_str(), lang), attribute(whole.as_str(), lang));
            vec![
                t!("criterion.share_of_sums", locale = locale, part_name = part, whole_name = whole, share = share)
                    .into_owned(),
            ]
        }
        Fraction::Matching { filter, weight } => {
            let (things, filter) = (things(&rule.of, standard, lang), filter.to_string());
            let limit =
                t!("criterion.share_of_features", locale = locale, things = things, filter = filter, share = share);
            let weighted = |w: &lifering_standards::catalogue::AttributeName| {
                t!("criterion.weighted", locale = locale, weight = w.to_string()).into_owned()
            };
            std::iter::once(limit.into_owned()).chain(weight.as_ref().map(weighted)).collect()
        }
    }
}

fn presence(rule: &PresencePerUnit, standard: &Standard, lang: Lang) -> Vec<String> {
    let key = match (&rule.unit, rule.combine) {
        (UnitKind::City, _) => "criterion.presence_city",
        (_, Combine::Union) => "criterion.presence_union",
        (_, Combine::Each) => "criterion.presence",
    };
    let things = match &rule.measure {
        Measure::Count => things(&rule.facility, standard, lang),
        Measure::Sum(name) => {
            let between = if lang == Lang::Zh { "的" } else { ": " };
            format!("{}{between}{}", things(&rule.facility, standard, lang), attribute(name.as_str(), lang))
        }
    };
    let min = counted(measure_word(&rule.facility, &rule.measure), rule.min, lang);
    let level = level(rule.unit.name(), standard, lang);
    let asked = t!(key, locale = lang.locale(), min = min, things = things, level = level).into_owned();
    let merged = (!rule.merge.is_empty())
        .then(|| t!("criterion.merged", locale = lang.locale(), names = list(&rule.merge, lang)).into_owned());
    std::iter::once(asked).chain(merged).collect()
}

/// What data a criterion needs: layers with their attributes, levels of units, people, roads.
pub fn data(criterion: &Criterion, standard: &Standard, lang: Lang) -> String {
    let named = |name: &str| format!("`{name}`{}", layer_title(name, standard, lang));
    let names = attributes(criterion.attributes(), lang);
    let between = colon(lang);
    let layers: Vec<String> = criterion.selection().layers.iter().map(|layer| named(layer.name())).collect();
    let mut parts = vec![layers.join(" + ")];
    if !names.is_empty() {
        parts[0] = format!("{}{between}{names}", parts[0]);
    }
    let counts_people =
        matches!(criterion, Criterion::Radius(_) | Criterion::TravelTime(_) | Criterion::PerPopulation(_));
    if counts_people {
        let mut of_people = named("population");
        if let Some(filter) = criterion.demand() {
            of_people = format!("{of_people}{between}{}", attributes(filter.attributes(), lang));
        }
        parts.push(of_people);
    }
    let on_roads = match criterion {
        Criterion::TravelTime(_) => true,
        Criterion::Radius(rule) => rule.metric == lifering_standards::catalogue::Metric::Network,
        _ => false,
    };
    if on_roads {
        parts.push(named("roads"));
    }
    if let Criterion::PresencePerUnit(rule) = criterion
        && rule.unit != UnitKind::City
    {
        let name = rule.unit.name();
        let title = bracketed(&level(name, standard, lang), name, lang);
        let mut units = t!("criterion.level_unit", locale = lang.locale(), level = name, title = title).into_owned();
        if let Some(filter) = &rule.unit_filter {
            units = format!("{units}{between}{}", attributes(filter.attributes(), lang));
        }
        parts.push(units);
    }
    clauses(&parts, lang)
}

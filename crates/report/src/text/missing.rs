//! What is missing to judge a rule, with the names that layers and fields have in files: for audit.json and the terminal.
//!
//! In: what the judge missed. Out: a phrase.

use super::language::Lang;
use super::measure_words::{attribute_title, attributes, layer_title};
use super::numbers::people;
use super::punctuation::{bracketed, clauses, list};
use super::vocabulary::level;
use lifering_base::t;
use lifering_standards::catalogue::Standard;
use lifering_standards::evidence::Missing;

/// Layer, number and attributes, if all that is missing are attributes that the same number of features of one layer lack.
pub(super) fn attributes_of_the_same(all: &[Missing]) -> Option<(&str, usize, Vec<&str>)> {
    let mut names = Vec::new();
    let mut of: Option<(&str, usize)> = None;
    for missing in all {
        let Missing::Attribute { layer, attribute, features } = missing else { return None };
        if *of.get_or_insert((layer.as_str(), *features)) != (layer.as_str(), *features) {
            return None;
        }
        names.push(attribute.as_str());
    }
    of.map(|(layer, count)| (layer, count, names))
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
        Missing::Ground { level: name, units } => {
            let title = level(name, standard, lang);
            let units: Vec<&str> = units.iter().map(String::as_str).collect();
            t!("why.missing.ground", locale = locale, title = title, units = list(&units, lang))
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
            let Some((layer, count, names)) = attributes_of_the_same(all) else {
                let all: Vec<String> = all.iter().map(|missing| lacking(missing, standard, lang)).collect();
                return clauses(&all, lang);
            };
            let names = attributes(names, lang);
            t!("why.missing.attributes", locale = locale, layer = layer, count = count, attributes = names)
        }
    }
    .into_owned()
}

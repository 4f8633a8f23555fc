//! What is missing to judge a rule, in words alone, for who reads reports.
//!
//! In: what the judge missed. Out: a phrase.

use super::language::Lang;
use super::measure_words::{attribute, attribute_words, layer_words};
use super::missing::attributes_of_the_same;
use super::numbers::people;
use super::punctuation::{clauses, list};
use super::vocabulary::level;
use lifering_base::t;
use lifering_standards::catalogue::Standard;
use lifering_standards::evidence::Missing;

/// What would be needed to judge, without the names that layers and fields have in files.
pub fn lacking_in_words(missing: &Missing, standard: &Standard, lang: Lang) -> String {
    let locale = lang.locale();
    let words = |layer: &str| layer_words(layer, standard, lang);
    match missing {
        Missing::Layer { layer, attributes: names } => {
            let names = attribute_words(names.iter().map(String::as_str), lang);
            let key = if names.is_empty() { "why.unfilled.layer" } else { "why.unfilled.layer_with" };
            t!(key, locale = locale, layer = words(layer), attributes = names)
        }
        Missing::Attribute { layer, attribute: name, features } => {
            let name = attribute(name, lang);
            t!("why.unfilled.attribute", locale = locale, layer = words(layer), attribute = name, count = features)
        }
        Missing::Place { layer, features } => {
            t!("why.unfilled.place", locale = locale, layer = words(layer), count = features)
        }
        Missing::AreaOf { layer, features, level: name } => {
            let level = level(name, standard, lang);
            t!("why.unfilled.area_of", locale = locale, layer = words(layer), count = features, level = level)
        }
        Missing::Ground { level: name, units } => {
            let title = level(name, standard, lang);
            let units: Vec<&str> = units.iter().map(String::as_str).collect();
            t!("why.missing.ground", locale = locale, title = title, units = list(&units, lang))
        }
        Missing::Units(name) => t!("why.unfilled.units", locale = locale, level = level(name, standard, lang)),
        Missing::UnitNamed(filter) => t!("why.unfilled.unit_named", locale = locale, filter = filter),
        Missing::People => t!("why.unfilled.people", locale = locale),
        Missing::Unreached(n) => t!("why.missing.unreached", locale = locale, people = people(*n, lang)),
        Missing::Whole(layer) => t!("why.unfilled.whole", locale = locale, layer = words(layer)),
        Missing::Period(period) => t!("why.unfilled.period", locale = locale, period = period),
        Missing::PopulationOfYear(year) => t!("why.missing.population_of_year", locale = locale, year = year),
        Missing::OtherPopulation { year, stated } => {
            let people = people(*stated as f64, lang);
            t!("why.missing.other_population", locale = locale, year = year, people = people)
        }
        Missing::Several(all) => {
            let Some((layer, count, names)) = attributes_of_the_same(all) else {
                let all: Vec<String> = all.iter().map(|missing| lacking_in_words(missing, standard, lang)).collect();
                return clauses(&all, lang);
            };
            let (layer, names) = (words(layer), attribute_words(names, lang));
            t!("why.unfilled.attributes", locale = locale, layer = layer, count = count, attributes = names)
        }
    }
    .into_owned()
}

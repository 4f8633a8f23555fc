//! What rules count, in words: layers, attributes, and amounts in the measure word of the thing.
//!
//! In: selections and measures of a standard. Out: text of `crates/base/locales/rules.toml`; a layer or attribute without a
//! text there keeps the name the standard gives it.

use super::language::{Lang, known, pick};
use super::numbers::amount;
use super::punctuation::{bracketed, list};
use lifering_base::t;
use lifering_standards::catalogue::{LayerName, Measure, Selection, Standard};

/// The measure word of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasureWord(&'static str);

/// The measure word of a sum of an attribute.
fn of_sum(attribute: &str) -> MeasureWord {
    MeasureWord(match attribute {
        "ambulances" | "negative_pressure" => "vehicles",
        "beds" | "nursing_beds" => "beds",
        "places" => "nursery_places",
        "rooms" => "rooms",
        "doctors" | "nurses" | "technicians" | "cdc" | "gps" => "staff",
        "count" => "aeds",
        _ => "plain",
    })
}

/// The measure word of features of a selection.
fn of_features(selection: &Selection) -> MeasureWord {
    MeasureWord(match selection.layers.first() {
        Some(LayerName::Facilities) => "institutions",
        Some(LayerName::Aeds) => "aeds",
        Some(LayerName::Extra(name)) if matches!(name.as_str(), "nurseries" | "eldercare") => "institutions",
        Some(LayerName::Extra(name)) if name == "calls" => "calls",
        _ => "sites",
    })
}

/// The measure word of what a rule counts.
pub fn measure_word(selection: &Selection, measure: &Measure) -> MeasureWord {
    match measure {
        Measure::Count => of_features(selection),
        Measure::Sum(attribute) => of_sum(attribute.as_str()),
    }
}

/// The measure word of an attribute's sum.
pub fn attribute_word(attribute: &str) -> MeasureWord {
    of_sum(attribute)
}

/// An amount in its measure word: 19辆, 19 ambulances.
pub fn counted(word: MeasureWord, number: f64, lang: Lang) -> String {
    let one = if amount(number) == "1" { "_one" } else { "" };
    t!(format!("counted.{}{one}", word.0), locale = lang.locale(), n = amount(number)).into_owned()
}

/// What people go to, or where ambulances come from.
pub fn thing(selection: &Selection, standard: &Standard, lang: Lang) -> String {
    named("thing", selection, standard, lang)
}

/// The same where there are several.
pub fn things(selection: &Selection, standard: &Standard, lang: Lang) -> String {
    named("things", selection, standard, lang)
}

fn named(prefix: &str, selection: &Selection, standard: &Standard, lang: Lang) -> String {
    let Some(layer) = selection.layers.first() else { return String::new() };
    match standard.layer_title(layer) {
        Some(title) if !matches!(layer.name(), "sports" | "calls") => pick(title, lang).to_owned(),
        _ => known(prefix, layer.name(), lang),
    }
}

/// The title of a layer in brackets, where it is not the name itself.
pub fn layer_title(name: &str, standard: &Standard, lang: Lang) -> String {
    bracketed(&layer_words(name, standard, lang), name, lang)
}

/// A layer in words; its name where there are none.
pub fn layer_words(name: &str, standard: &Standard, lang: Lang) -> String {
    let title = standard.extra_layers.get(name).map(|title| pick(title, lang).to_owned());
    title.unwrap_or_else(|| known("layer", name, lang))
}

/// An attribute in words; its name where there are none.
pub fn attribute(name: &str, lang: Lang) -> String {
    known("attribute", name, lang)
}

/// The words for an attribute in brackets, where they are not its name.
pub fn attribute_title(name: &str, lang: Lang) -> String {
    bracketed(&attribute(name, lang), name, lang)
}

/// Attributes in words.
pub fn attribute_words<'a>(names: impl IntoIterator<Item = &'a str>, lang: Lang) -> String {
    list(&names.into_iter().map(|name| attribute(name, lang)).collect::<Vec<_>>(), lang)
}

/// Names in backticks, each with its words behind it.
pub fn attributes<'a>(names: impl IntoIterator<Item = &'a str>, lang: Lang) -> String {
    let one = |name: &str| format!("`{name}`{}", attribute_title(name, lang));
    list(&names.into_iter().map(one).collect::<Vec<_>>(), lang)
}

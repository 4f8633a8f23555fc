//! What a rule counted, in words made of its filter, so that they cannot say anything else than the filter does.
//!
//! In: a criterion. Out: the institutions it selects ("hospitals, town hospitals: level 2 and above"), and for a share what
//! those that count must have.

use super::language::{Lang, known, pick, tr};
use super::measure_words::{attribute, counted as in_words, measure_word, things};
use super::numbers::{grouped, plain};
use super::punctuation::{bracketed, clauses, list};
use crate::report::CountedReport;
use lifering_base::records::attributes::Scalar;
use lifering_base::t;
use lifering_standards::catalogue::{
    Criterion, Filter, FilterRelation, FilterTree, Fraction, LayerName, Measure, PresencePerUnit, Selection, Standard,
};

/// The features that a criterion selects.
pub fn selected_words(criterion: &Criterion, standard: &Standard, lang: Lang) -> String {
    let what = features_words(criterion.selection(), standard, lang);
    match criterion {
        Criterion::PresencePerUnit(PresencePerUnit { unit_filter: Some(filter), .. }) => {
            let units = filter_words(filter, lang);
            t!("counting.in_units", locale = lang.locale(), what = what, units = units).into_owned()
        }
        _ => what,
    }
}

fn features_words(selection: &Selection, standard: &Standard, lang: Lang) -> String {
    let all = all_of(selection, standard, lang);
    let Some(filter) = &selection.filter else { return all };
    // The kinds are the noun where the filter names them, what else it asks stands in brackets.
    let parts = match filter.tree() {
        FilterTree::All(parts) => parts,
        other => vec![other],
    };
    let (kinds, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| kind_words(part, lang).is_some());
    let noun = kinds.first().and_then(|part| kind_words(part, lang)).unwrap_or(all);
    let asked: Vec<String> = kinds.iter().skip(1).chain(&rest).map(|part| words(part, lang)).collect();
    if asked.is_empty() { noun } else { format!("{noun}{}", bracketed(&joined(&asked, "and", lang), "", lang)) }
}

/// What the part of a share must have; `None` for other criteria, and for shares of sums.
pub fn part_words(criterion: &Criterion, lang: Lang) -> Option<String> {
    match criterion {
        Criterion::Share(share) => match &share.fraction {
            Fraction::Matching { filter, .. } => Some(filter_words(filter, lang)),
            Fraction::Sums { .. } | Fraction::OfNeed { .. } => None,
        },
        _ => None,
    }
}

/// What a rule counted and how many: "counted: hospitals (level 2 and above): 16".
pub fn counted_sentence(criterion: &Criterion, counted: &CountedReport, lang: Lang) -> String {
    let locale = lang.locale();
    let word = measure_word(criterion.selection(), &Measure::Count);
    let (what, part) = match lang {
        Lang::Zh => (&counted.what_zh, &counted.part_zh),
        Lang::En => (&counted.what, &counted.part),
    };
    let number = |n: usize| match lang {
        Lang::Zh => in_words(word, n as f64, lang),
        Lang::En => grouped(n as f64),
    };
    let mut parts = vec![t!("why.counted", locale = locale, what = what, n = number(counted.number)).into_owned()];
    if counted.unknown > 0 {
        parts.push(t!("why.counted_unknown", locale = locale, n = number(counted.unknown)).into_owned());
    }
    parts.extend(part.as_ref().map(|part| t!("why.counted_part", locale = locale, part = part).into_owned()));
    clauses(&parts, lang)
}

/// A filter in words.
fn filter_words(filter: &Filter, lang: Lang) -> String {
    words(&filter.tree(), lang)
}

fn all_of(selection: &Selection, standard: &Standard, lang: Lang) -> String {
    match selection.first_layer() {
        LayerName::Extra(name) => {
            standard.extra_layers.get(name).map_or_else(|| name.clone(), |t| pick(t, lang).to_owned())
        }
        _ => things(selection, standard, lang),
    }
}

/// The kinds of stations and facilities that a test names, as a list.
fn kind_words(part: &FilterTree<'_>, lang: Lang) -> Option<String> {
    let FilterTree::Test { attribute: "kind", relation: FilterRelation::OneOf(values) } = part else { return None };
    Some(list(&values.iter().map(|value| value_words("kind", value, lang)).collect::<Vec<_>>(), lang))
}

fn value_words(attribute: &str, value: &Scalar, lang: Lang) -> String {
    match value {
        Scalar::Text(word) if attribute == "kind" => known("kinds", word, lang),
        Scalar::Text(word) => known(attribute, word, lang),
        Scalar::Number(number) => plain(*number, 6),
        Scalar::Bool(yes) => tr(if *yes { "counting.yes" } else { "counting.no" }, lang),
    }
}

fn joined(parts: &[String], word: &str, lang: Lang) -> String {
    parts.join(&tr(&format!("counting.{word}"), lang))
}

fn words(tree: &FilterTree<'_>, lang: Lang) -> String {
    let each = |parts: &[FilterTree<'_>]| -> Vec<String> {
        let nested = |part: &FilterTree<'_>| match part {
            FilterTree::All(_) | FilterTree::Any(_) => bracketed(&words(part, lang), "", lang).trim().to_owned(),
            _ => words(part, lang),
        };
        parts.iter().map(nested).collect()
    };
    match tree {
        FilterTree::All(parts) => joined(&each(parts), "and", lang),
        FilterTree::Any(parts) => joined(&each(parts), "or", lang),
        FilterTree::Not(part) => t!("counting.not", locale = lang.locale(), what = words(part, lang)).into_owned(),
        FilterTree::Test { attribute, relation } => test_words(attribute, relation, lang),
    }
}

fn test_words(name: &str, relation: &FilterRelation<'_>, lang: Lang) -> String {
    let what = attribute(name, lang);
    let (key, value) = match relation {
        FilterRelation::Holds => return what,
        FilterRelation::OneOf(values) => {
            let all: Vec<String> = values.iter().map(|value| value_words(name, value, lang)).collect();
            if let (&[Scalar::Number(level)], "level") = (*values, name) {
                return t!("counting.level", locale = lang.locale(), n = plain(level, 0)).into_owned();
            }
            ("counting.is", list(&all, lang))
        }
        FilterRelation::Differs(value) => ("counting.is_not", value_words(name, value, lang)),
        FilterRelation::AtLeast(n) if name == "level" => ("counting.level_and_above", plain(*n, 0)),
        FilterRelation::Greater(n) if name.ends_with("opened") => ("counting.since", plain(*n, 0)),
        FilterRelation::Less(n) => ("counting.less", plain(*n, 6)),
        FilterRelation::AtMost(n) => ("counting.at_most", plain(*n, 6)),
        FilterRelation::Greater(n) => ("counting.more", plain(*n, 6)),
        FilterRelation::AtLeast(n) => ("counting.at_least", plain(*n, 6)),
    };
    t!(key, locale = lang.locale(), what = what, n = value).into_owned()
}

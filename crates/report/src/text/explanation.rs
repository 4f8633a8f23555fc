//! Findings as sentences: the figures with their arithmetic, what is short, or what is missing to judge.
//!
//! In: an outcome. Out: one sentence in Chinese or English, of texts in `crates/base/locales/rules.toml`.

use super::arithmetic::{figures, needed};
use super::language::{Lang, pick};
use super::measure_words::layer_words;
use super::missing::lacking;
use super::missing_in_words::lacking_in_words;
use super::punctuation::clauses;
use super::vocabulary::verdict;
use lifering_base::t;
use lifering_standards::catalogue::{Confidence, Criterion, Rule, Standard};
use lifering_standards::evidence::Missing;
use lifering_standards::incomplete::{Doubt, LeftOut};
use lifering_standards::outcome::{Outcome, RuleOutcome, Verdict};

/// How what is missing is put into words.
type Phrase = fn(&Missing, &Standard, Lang) -> String;

/// One sentence on an outcome. `over` is the whole rule where this is its default reading.
pub fn why(
    rule: &Rule,
    criterion: &Criterion,
    outcome: &Outcome,
    over: Option<&RuleOutcome>,
    standard: &Standard,
    lang: Lang,
) -> String {
    explained(rule, criterion, outcome, over, (standard, lacking), lang)
}

/// The sentence on a rule's default reading without the names that layers and fields have in files.
pub fn why_in_words(outcome: &RuleOutcome, standard: &Standard, lang: Lang) -> String {
    let rule = &outcome.rule;
    explained(rule, &rule.criterion, &outcome.default, Some(outcome), (standard, lacking_in_words), lang)
}

/// The sentence on the reading of a rule at `at`, in words alone.
pub fn reading_in_words(outcome: &RuleOutcome, at: usize, standard: &Standard, lang: Lang) -> String {
    let (rule, reading) = (&outcome.rule, &outcome.rule.readings[at]);
    explained(rule, &reading.criterion, &outcome.readings[at], None, (standard, lacking_in_words), lang)
}

fn explained(
    rule: &Rule,
    criterion: &Criterion,
    outcome: &Outcome,
    over: Option<&RuleOutcome>,
    (standard, phrase): (&Standard, Phrase),
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
        parts.push(t!("why.cannot_judge", locale = locale, what = phrase(missing, standard, lang)).into_owned());
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
        if !readings.is_empty() {
            parts.push(t!("why.depends", locale = locale, readings = readings.join(between)).into_owned());
        }
    }
    if over.is_some_and(RuleOutcome::lacks_split) {
        parts.push(t!("why.split", locale = locale).into_owned());
    }
    parts.extend(over.into_iter().flat_map(|over| &over.doubts).map(|doubt| in_doubt(doubt, standard, lang)));
    if let (Some(_), Some(extension)) = (over.and(rule.filled_from.as_ref()), &standard.extends) {
        parts.push(t!("why.filled", locale = locale, from = pick(&extension.from_title, lang)).into_owned());
    }
    if over.is_some() && rule.cite.confidence == Confidence::Low {
        parts.push(t!("why.not_confirmed", locale = locale).into_owned());
    }
    let text = clauses(&parts, lang);
    let mut chars = text.chars();
    let capital: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    format!("{capital}{}", t!("list.end", locale = locale))
}

/// A layer of which much could not be used, and what that means for the verdict.
fn in_doubt(doubt: &Doubt, standard: &Standard, lang: Lang) -> String {
    let key = if doubt.turns { "why.left_out_turns" } else { "why.left_out" };
    let layer = layer_words(doubt.ground.name(), standard, lang);
    let LeftOut { left_out, features } = doubt.left_out;
    t!(key, locale = lang.locale(), layer = layer, left_out = left_out, features = features).into_owned()
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

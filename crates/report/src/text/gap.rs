//! How far a rule is from being met, and what would close the gap.

use super::language::{Lang, tr};
use super::measure_words::{MeasureWord, attribute_word, counted, measure_word};
use super::numbers::{grouped, people, percent, points, time_over};
use super::punctuation::names;
use lifering_base::t;
use lifering_standards::Shortfall;
use lifering_standards::catalogue::{Criterion, Fraction, Measure, Share};
use lifering_standards::outcome::{Outcome, PartAndWhole, RuleOutcome, Verdict};

/// How far a rule is from being met, and what would meet it; `None` where nothing is missing or nothing is known.
pub fn gap_and_closing(outcome: &RuleOutcome, lang: Lang) -> Option<(String, String)> {
    if outcome.default.verdict == Verdict::Gap {
        return default_gap(&outcome.rule.criterion, &outcome.default, lang);
    }
    let settle =
        if outcome.doubts.iter().any(|doubt| doubt.turns) { "gap.complete_layers" } else { "gap.settle_reading" };
    (outcome.verdict == Verdict::Depends).then(|| ("—".to_owned(), tr(settle, lang)))
}

fn default_gap(criterion: &Criterion, outcome: &Outcome, lang: Lang) -> Option<(String, String)> {
    let locale = lang.locale();
    Some(match Shortfall::of(criterion, outcome)? {
        Shortfall::Coverage { share, people: more } => {
            let closing = t!("gap.cover_more", locale = locale, people = people(more, lang)).into_owned();
            (points(share, lang), closing)
        }
        Shortfall::Time { seconds } => {
            let gap = time_over(seconds, lang);
            (gap.clone(), t!("gap.faster", locale = locale, time = gap).into_owned())
        }
        Shortfall::Count { missing } => {
            let missing = counted(word_of(criterion)?, missing, lang);
            let short = t!("why.short", locale = locale, short = missing).into_owned();
            (short, t!("gap.add", locale = locale, more = missing).into_owned())
        }
        Shortfall::Part { share, missing, .. } => {
            let Criterion::Share(rule) = criterion else { return None };
            let more = counted(word_of(criterion)?, missing, lang);
            let closing = t!("gap.raise_to", locale = locale, share = percent(rule.min), more = more);
            (points(share, lang), closing.into_owned())
        }
        Shortfall::Areas { without } => {
            let areas = outcome.areas.iter().filter(|area| area.verdict == Verdict::Gap);
            let all: Vec<&str> = areas.map(|area| area.name.as_str()).collect();
            let gap = t!("gap.areas", locale = locale, n = grouped(without as f64)).into_owned();
            (gap, t!("gap.add_in", locale = locale, names = names(&all, 6, lang)).into_owned())
        }
    })
}

/// The measure word of what a criterion counts; `None` for people and times.
fn word_of(criterion: &Criterion) -> Option<MeasureWord> {
    Some(match criterion {
        Criterion::PerPopulation(rule) => measure_word(&rule.facility, &rule.measure),
        Criterion::PresencePerUnit(rule) => measure_word(&rule.facility, &rule.measure),
        Criterion::Share(rule) => match &rule.fraction {
            Fraction::Sums { part, .. } | Fraction::OfNeed { part, .. } => attribute_word(part.as_str()),
            Fraction::Matching { weight: Some(weight), .. } => attribute_word(weight.as_str()),
            Fraction::Matching { .. } => measure_word(&rule.of, &Measure::Count),
        },
        Criterion::Radius(_) | Criterion::TravelTime(_) => return None,
    })
}

/// How many would make a share enough: the part needed, and how many it lacks.
pub fn part_needed(rule: &Share, PartAndWhole { part, whole }: PartAndWhole) -> [f64; 2] {
    let need = rule.part_of(whole);
    [need, (need - part).max(0.0)]
}

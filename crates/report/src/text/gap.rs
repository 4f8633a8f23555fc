//! How far a rule is from being met, and what would close the gap.

use super::language::{Lang, tr};
use super::measure_words::{MeasureWord, attribute_word, counted, measure_word};
use super::numbers::{grouped, people, percent, points, time_over};
use super::punctuation::names;
use lifering_base::t;
use lifering_standards::catalogue::{Criterion, Fraction, Measure, Share, Statistic};
use lifering_standards::outcome::{Outcome, PartAndWhole, RuleOutcome, ValueUnit, Verdict};

/// How far a rule is from being met, and what would meet it; `None` where nothing is missing or nothing is known.
pub fn gap_and_closing(outcome: &RuleOutcome, lang: Lang) -> Option<(String, String)> {
    if outcome.default.verdict == Verdict::Gap {
        return default_gap(&outcome.rule.criterion, &outcome.default, lang);
    }
    (outcome.verdict == Verdict::Depends).then(|| ("—".to_owned(), tr("gap.settle_reading", lang)))
}

fn default_gap(criterion: &Criterion, outcome: &Outcome, lang: Lang) -> Option<(String, String)> {
    let locale = lang.locale();
    let covering = |min_share: f64| {
        let (covered, all) = (outcome.covered?, outcome.covered? + outcome.uncovered?);
        let more = (min_share * all - covered).max(0.0);
        let closing = t!("gap.cover_more", locale = locale, people = people(more, lang)).into_owned();
        Some((points(min_share - covered / all, lang), closing))
    };
    match criterion {
        Criterion::Radius(rule) => covering(rule.min_share),
        Criterion::TravelTime(rule) => {
            if let Statistic::Share { min_share } = rule.statistic {
                return covering(min_share);
            }
            let gap = time_over(outcome.value? - f64::from(rule.limit_s), lang);
            Some((gap.clone(), t!("gap.faster", locale = locale, time = gap).into_owned()))
        }
        Criterion::PerPopulation(rule) => to_add(measure_word(&rule.facility, &rule.measure), outcome, lang),
        Criterion::Share(rule) => {
            let missing = rule.min - outcome.value?;
            let [_, short] = part_needed(rule, outcome.part_and_whole?);
            let word = match &rule.fraction {
                Fraction::Sums { part, .. } => attribute_word(part.as_str()),
                Fraction::Matching { weight: Some(weight), .. } => attribute_word(weight.as_str()),
                Fraction::Matching { .. } => measure_word(&rule.of, &Measure::Count),
            };
            let to = percent(rule.min);
            let closing = t!("gap.raise_to", locale = locale, share = to, more = counted(word, short, lang));
            Some((points(missing, lang), closing.into_owned()))
        }
        Criterion::PresencePerUnit(rule) => {
            let without: Vec<&str> =
                outcome.areas.iter().filter(|a| a.verdict == Verdict::Gap).map(|a| a.name.as_str()).collect();
            if outcome.unit != ValueUnit::Areas || without.is_empty() {
                return to_add(measure_word(&rule.facility, &rule.measure), outcome, lang);
            }
            let gap = t!("gap.areas", locale = locale, n = grouped(without.len() as f64)).into_owned();
            Some((gap, t!("gap.add_in", locale = locale, names = names(&without, 6, lang)).into_owned()))
        }
    }
}

/// What is short, and what to add.
fn to_add(word: MeasureWord, outcome: &Outcome, lang: Lang) -> Option<(String, String)> {
    let missing = counted(word, outcome.need? as f64 - outcome.have?, lang);
    let locale = lang.locale();
    let short = t!("why.short", locale = locale, short = missing).into_owned();
    Some((short, t!("gap.add", locale = locale, more = missing).into_owned()))
}

/// How many would make a share enough: the part needed, and how many it lacks.
pub fn part_needed(rule: &Share, PartAndWhole { part, whole }: PartAndWhole) -> [f64; 2] {
    let need = rule.part_of(whole);
    [need, (need - part).max(0.0)]
}

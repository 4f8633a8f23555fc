//! Words and short phrases that the reports share.
//!
//! In: typed findings. Out: text of one language from `data/locales/app.toml`. Sentences are in [`super::why`].

use super::sentences::{Lang, amount, grouped, people, plain, time_over};
use super::things::{MeasureWord, attribute_word, counted, measure_word};
use super::why::part_needed;
use lifering_base::issue::IssueCode;
use lifering_base::t;
use lifering_core::zones::Reason;
use lifering_standards::catalogue::{Criterion, Force, Fraction, Measure, Standard, Statistic, Text};
use lifering_standards::outcome::{Outcome, RuleOutcome, Verdict};
use serde::Serialize;

/// The text of a key.
pub fn tr(key: &str, lang: Lang) -> String {
    t!(key, locale = lang.locale()).into_owned()
}

/// One of the two languages of a text.
pub fn pick(text: &Text, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &text.zh,
        Lang::En => &text.en,
    }
}

/// The word a value is written with in audit.json.
pub fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The text of `prefix.word`, or the word itself where the catalogue has none.
pub fn known(prefix: &str, word: &str, lang: Lang) -> String {
    let key = format!("{prefix}.{word}");
    let text = tr(&key, lang);
    if text.ends_with(&key) { word.to_owned() } else { text }
}

/// Why a zone of a criterion is not covered.
pub fn reason(criterion: &Criterion, reason: Reason, lang: Lang) -> String {
    let far = reason == Reason::TooFar && matches!(criterion, Criterion::Radius(_));
    if far { tr("reason.beyond", lang) } else { known("reason", &word(&reason), lang) }
}

/// A reason by its word in the files.
pub fn reason_word(word: &str, lang: Lang) -> String {
    known("reason", word, lang)
}

/// A verdict by its word in the files.
pub fn verdict_word(word: &str, lang: Lang) -> String {
    known("verdict", word, lang)
}

/// How hard a rule binds.
pub fn force(force: Force, lang: Lang) -> String {
    known("force", &word(&force), lang)
}

/// What was noticed in the input.
pub fn issue(code: IssueCode, lang: Lang) -> String {
    known("issue", &word(&code), lang)
}

/// A layer of the input.
pub fn layer(name: &str, lang: Lang) -> String {
    known("layer", name, lang)
}

/// The layer of a file that was read; one of `[layers.extra]` by the name the standard has for it.
pub fn input_layer(input: &super::report::InputReport, standard: &Standard, lang: Lang) -> String {
    match &input.extra {
        None => layer(input.layer.key(), lang),
        Some(name) => {
            standard.extra_layers.get(name).map_or_else(|| name.clone(), |title| pick(title, lang).to_owned())
        }
    }
}

/// The kind of a station or facility.
pub fn kind(name: &str, lang: Lang) -> String {
    known("kind", name, lang)
}

/// A level of units.
pub fn level(name: &str, standard: &Standard, lang: Lang) -> String {
    standard.unit_levels.get(name).map_or_else(|| known("level", name, lang), |text| pick(text, lang).to_owned())
}

/// Square kilometres.
pub fn km2(m2: f64, lang: Lang) -> String {
    let km2 = m2 / 1e6;
    // Always as many decimals, so that a column of areas lines up.
    let text = if km2 < 10.0 { format!("{km2:.2}") } else { format!("{km2:.1}") };
    t!("unit.square_kilometres", locale = lang.locale(), n = text).into_owned()
}

/// Percentage points.
pub fn points(share: f64, lang: Lang) -> String {
    // Rounded up: what is missing is never understated.
    t!("gap.points", locale = lang.locale(), n = plain((share * 1000.0 - 1e-6).ceil() / 10.0, 1)).into_owned()
}

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
            let to = super::sentences::percent(rule.min);
            let closing = t!("gap.raise_to", locale = locale, share = to, more = counted(word, short, lang));
            Some((points(missing, lang), closing.into_owned()))
        }
        Criterion::PresencePerUnit(rule) => {
            let without: Vec<&str> =
                outcome.areas.iter().filter(|a| a.verdict == Verdict::Gap).map(|a| a.name.as_str()).collect();
            if outcome.unit != lifering_standards::outcome::ValueUnit::Areas || without.is_empty() {
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

/// A count that differs from the plan's own, with the plan's remark.
pub fn baseline(baseline: &super::report::BaselineReport, lang: Lang) -> String {
    let locale = lang.locale();
    let year = baseline.year.map_or_else(String::new, |y| t!("baseline.year", locale = locale, year = y).into_owned());
    let counted = baseline.counted.map_or_else(|| "—".to_owned(), amount);
    let (title, stated) = (pick(&baseline.title, lang), amount(baseline.stated));
    let line = t!("baseline.line", locale = locale, title = title, counted = counted, stated = stated, year = year);
    let between = t!("list.between", locale = locale);
    baseline.note.as_ref().map_or_else(|| line.to_string(), |note| format!("{line}{between}{}", pick(note, lang)))
}

/// The first `most` of some names, and how many more there are.
pub fn names(all: &[&str], most: usize, lang: Lang) -> String {
    let between = if lang == Lang::Zh { "、" } else { ", " };
    let first = all.iter().take(most).copied().collect::<Vec<_>>().join(between);
    if all.len() <= most {
        return first;
    }
    t!("list.and_more", locale = lang.locale(), names = first, n = all.len() - most).into_owned()
}

/// The region's name without a bracket that only says the data is illustrative: for pages that say so in a place of its own.
pub fn region_name(report: &super::report::Report) -> &str {
    let name = report.region.name.as_str();
    match name.find(['（', '(']) {
        Some(at) if report.region.illustrative && name[at..].contains("示意数据") && at > 0 => {
            name[..at].trim_end()
        }
        _ => name,
    }
}

/// The verdict on the whole, as one sentence.
pub fn whole_verdict(report: &super::report::Report, lang: Lang) -> String {
    let count = |verdict: &str| report.summary.binding.get(verdict).copied().unwrap_or(0);
    let (met, gap, depends, cannot) = (count("met"), count("gap"), count("depends"), count("cannot_judge"));
    let standard = if lang == Lang::Zh { &report.standard.title } else { &report.standard.title_en };
    let key = match (gap, depends + cannot) {
        (0, 0) => "verdict.whole_met",
        (0, _) => "verdict.whole_open",
        _ => "verdict.whole_gap",
    };
    t!(
        key,
        locale = lang.locale(),
        region = region_name(report),
        standard = standard,
        all = met + gap + depends + cannot,
        met = met,
        gap = gap,
        depends = depends,
        cannot = cannot
    )
    .into_owned()
}

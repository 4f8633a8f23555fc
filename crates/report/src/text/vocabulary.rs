//! Enums and layer names in words of a language.

use super::language::{Lang, known, pick, tr};
use crate::words::word;
use lifering_base::issue::IssueCode;
use lifering_base::t;
use lifering_core::zones::Reason;
use lifering_standards::catalogue::{Clock, Criterion, Force, Journey, Metric, Pace, Standard};
use lifering_standards::outcome::Verdict;

/// A verdict in words.
pub fn verdict(verdict: Verdict, lang: Lang) -> String {
    let key = match verdict {
        Verdict::Met => "verdict.met",
        Verdict::Gap => "verdict.gap",
        Verdict::Depends => "verdict.depends",
        Verdict::CannotJudge => "verdict.cannot_judge",
    };
    t!(key, locale = lang.locale()).into_owned()
}

/// A verdict by its word in the files.
pub fn verdict_word(word: &str, lang: Lang) -> String {
    known("verdict", word, lang)
}

/// Why a zone of a criterion is not covered.
pub fn reason(criterion: &Criterion, reason: Reason, lang: Lang) -> String {
    let far = reason == Reason::TooFar && matches!(criterion, Criterion::Radius(_));
    if far { tr("reason.beyond", lang) } else { known("reason", word(&reason), lang) }
}

/// A reason by its word in the files.
pub fn reason_word(word: &str, lang: Lang) -> String {
    known("reason", word, lang)
}

/// How hard a rule binds.
pub fn force(force: Force, lang: Lang) -> String {
    known("force", word(&force), lang)
}

/// What was noticed in the input.
pub fn issue(code: IssueCode, lang: Lang) -> String {
    tr(&format!("check.issue.{}", code.word()), lang)
}

/// A field of a layer.
pub fn field(name: &str, lang: Lang) -> String {
    let attribute = known("attribute", name, lang);
    if attribute == name { known("field", name, lang) } else { attribute }
}

/// A layer of the input.
pub fn layer(name: &str, lang: Lang) -> String {
    known("layer", name, lang)
}

/// The kind of a station or facility.
pub fn kind(name: &str, lang: Lang) -> String {
    known("kind", name, lang)
}

/// A level of units.
pub fn level(name: &str, standard: &Standard, lang: Lang) -> String {
    standard.unit_levels.get(name).map_or_else(|| known("level", name, lang), |text| pick(text, lang).to_owned())
}

/// How a radius is measured.
pub fn metric(metric: Metric, lang: Lang) -> String {
    let key = match metric {
        Metric::Euclid => "why.metric.euclid",
        Metric::Network => "why.metric.network",
    };
    t!(key, locale = lang.locale()).into_owned()
}

/// Which part of a journey counts.
pub fn clock(journey: &Journey, lang: Lang) -> String {
    let key = match journey {
        Journey::Drive { clock: Clock::CallToArrival, .. } => "why.clock.call_to_arrival",
        Journey::Drive { clock: Clock::DispatchToArrival, .. } => "why.clock.dispatch_to_arrival",
        Journey::Drive { clock: Clock::DriveOnly, .. } => "why.clock.drive_only",
        Journey::Walk { pace: Pace::Usual } => "why.clock.walk",
        Journey::Walk { pace: Pace::Elderly } => "why.clock.walk_elderly",
    };
    t!(key, locale = lang.locale()).into_owned()
}

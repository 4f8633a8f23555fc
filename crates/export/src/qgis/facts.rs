//! Facts of a result that its styles depend on.

use lifering_core::audit::Audit;
use lifering_report::text::Lang;

/// Limits and language of a result.
#[derive(Clone, Debug)]
pub struct StyleFacts {
    /// Times at which the roads are cut, seconds, ascending; empty without travel times.
    pub classes_s: Vec<f64>,
    /// The shortest limit of a rule, seconds; `None` without travel times.
    pub limit_s: Option<f64>,
    /// Language of labels.
    pub lang: Lang,
}

impl StyleFacts {
    /// Facts of a result without travel times.
    pub fn untimed(lang: Lang) -> Self {
        Self { classes_s: Vec::new(), limit_s: None, lang }
    }
}

/// The facts of an audit.
pub fn facts(audit: &Audit, lang: Lang) -> StyleFacts {
    let Some(times) = &audit.findings.road_times else { return StyleFacts::untimed(lang) };
    StyleFacts { classes_s: times.classes_s.clone(), limit_s: times.limits_s.first().copied(), lang }
}

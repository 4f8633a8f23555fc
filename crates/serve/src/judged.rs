//! Rules with their verdicts, as the page shows them.

use super::answers::{Judged, RuleJudged, Words};
use super::refusal::Refusal;
use super::workbench::Workbench;
use lifering_base::t;
use lifering_core::audit::{outcomes, under_scenario};
use lifering_readers::scenario::Edit;
use lifering_report::text::{Lang, grouped, minutes, percent, plain, why, why_in_words};
use lifering_standards::catalogue::{Rule, Standard};
use lifering_standards::outcome::{Outcome, RuleOutcome, ValueUnit};

impl Workbench {
    /// Every rule under some edits, as the audit of the saved scenario judges it.
    ///
    /// # Errors
    /// An edit does not fit.
    pub(crate) fn judge(&self, edits: &[Edit]) -> Result<Judged, Refusal> {
        let scenario = self.scenario("", "", edits)?;
        let base = self.opened.base();
        let (city, standard) = under_scenario(base.city(), &scenario, false, base.standard())?;
        let outcomes = outcomes(&city, &standard)?;
        Ok(Judged { rules: outcomes.iter().map(|outcome| judged(outcome, &standard)).collect() })
    }
}

fn judged(outcome: &RuleOutcome, standard: &Standard) -> RuleJudged {
    RuleJudged {
        id: outcome.rule.id.to_string(),
        title: Words::title(&outcome.rule.title),
        verdict: outcome.verdict.into(),
        figure: figure(&outcome.default),
        detail: Words::each(|lang| why_in_words(outcome, standard, lang)),
        provisional: false,
    }
}

/// A rule of which only the default reading is judged.
pub fn default_judged(rule: &Rule, outcome: &Outcome, standard: &Standard) -> RuleJudged {
    RuleJudged {
        id: rule.id.to_string(),
        title: Words::title(&rule.title),
        verdict: outcome.verdict.into(),
        figure: figure(outcome),
        detail: Words::each(|lang| why(rule, &rule.criterion, outcome, None, standard, lang)),
        provisional: !rule.readings.is_empty(),
    }
}

/// The figure and what it is compared with.
fn figure(outcome: &Outcome) -> Words {
    Words::each(|lang| {
        let Some(value) = outcome.value else { return t!("serve.no_figure", locale = lang.locale()).into_owned() };
        let say = |value: f64| in_unit(value, outcome.unit, lang);
        t!("serve.figure", locale = lang.locale(), value = say(value), wanted = say(outcome.threshold)).into_owned()
    })
}

fn in_unit(value: f64, unit: ValueUnit, lang: Lang) -> String {
    match unit {
        ValueUnit::Share => percent(value),
        ValueUnit::S => minutes(value, lang),
        ValueUnit::Count => plain(value, 1),
        ValueUnit::Areas => grouped(value),
    }
}

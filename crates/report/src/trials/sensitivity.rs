//! sensitivity.json: which verdicts are fragile, and where each turns.
//!
//! In: a city, its standard and what was judged under other assumptions. Out: [`SensitivityReport`].

use super::tool;
use crate::proposal::ToolReport;
use crate::report::ScenarioReport;
use crate::text::{Lang, plain, tr};
use lifering_base::t;
use lifering_core::city::City;
use lifering_core::plan::sensitivity::{Assumption, Case, Firmness, Sensitivity, Turn};
use lifering_standards::catalogue::{Rule, Standard};
use lifering_standards::outcome::Verdict;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// sensitivity.json.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SensitivityReport {
    /// Version of the shape: "lifering-sensitivity/1".
    pub schema: &'static str,
    /// The program that wrote the file.
    pub tool: ToolReport,
    /// Name of the region.
    pub region: String,
    /// The scenario that it is under; absent for a region as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<ScenarioReport>,
    /// Id of the standard.
    pub standard: String,
    /// Every rule, in the order of the standard.
    pub rules: Vec<RuleFirmness>,
    /// Each assumption by itself.
    pub alone: Vec<CaseReport>,
    /// All of them at once, at either end.
    pub corners: Vec<CaseReport>,
}

/// How firm the verdict on a rule is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleFirmness {
    /// Id of the rule.
    pub id: String,
    /// Its title, in Chinese.
    pub title: String,
    /// Its title, in English.
    pub title_en: String,
    /// The verdict as it stands.
    pub verdict: Verdict,
    /// Whether one of the cases turns it.
    pub fragile: bool,
    /// Where it turns when one assumption is varied; empty if it never does within the ranges that are looked at: speeds 50 to
    /// 200 %, turnout 600 s sooner to 600 s later, the access leg 10 to 300 %, people 50 to 200 %.
    pub turns: Vec<TurnReport>,
    /// How far the verdict holds, in Chinese.
    pub sentence: String,
    /// The same, in English.
    pub sentence_en: String,
}

/// Where a verdict turns.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct TurnReport {
    /// The assumption that is varied.
    pub assumption: Assumption,
    /// The last value at which the verdict holds: a share of what is assumed; of the turnout, seconds later.
    pub holds_at: f64,
    /// The value one step beyond: a thousandth; of the turnout, a second.
    pub turns_at: f64,
    /// The verdict there.
    pub to: Verdict,
}

/// The verdicts under some assumptions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CaseReport {
    /// Speeds, as a share of what is assumed.
    pub speed: f64,
    /// Seconds that every crew leaves later.
    pub turnout_s: f64,
    /// Time of the access leg, as a share of what is assumed.
    pub access: f64,
    /// People, as a share of those counted.
    pub people: f64,
    /// The rules whose verdict is another than as the city stands, with it.
    pub turned: BTreeMap<String, Verdict>,
}

impl SensitivityReport {
    /// The report of a city's sensitivity.
    pub fn new(city: &City, standard: &Standard, sensitivity: &Sensitivity) -> Self {
        let case = |case: &Case| {
            let judged = standard.rules.iter().zip(&sensitivity.rules).zip(&case.verdicts);
            let turned = judged.filter(|((_, firm), verdict)| firm.verdict != **verdict);
            let [speed, turnout_s, access, people] = case.values;
            CaseReport {
                speed,
                turnout_s,
                access,
                people,
                turned: turned.map(|((rule, _), verdict)| (rule.id.to_string(), *verdict)).collect(),
            }
        };
        Self {
            schema: "lifering-sensitivity/1",
            tool: tool(),
            region: city.records().settings.name.clone(),
            scenario: ScenarioReport::of(city),
            standard: standard.id.clone(),
            rules: standard.rules.iter().zip(&sensitivity.rules).map(|(rule, firm)| firmness(rule, firm)).collect(),
            alone: sensitivity.alone.iter().map(case).collect(),
            corners: sensitivity.corners.iter().map(case).collect(),
        }
    }
}

fn firmness(rule: &Rule, firm: &Firmness) -> RuleFirmness {
    RuleFirmness {
        id: rule.id.to_string(),
        title: rule.title.zh.clone(),
        title_en: rule.title.en.clone(),
        verdict: firm.verdict,
        fragile: firm.fragile,
        turns: firm.turns.iter().map(turn).collect(),
        sentence: sentence(firm, Lang::Zh),
        sentence_en: sentence(firm, Lang::En),
    }
}

fn turn(turn: &Turn) -> TurnReport {
    let Turn { assumption, holds_at, turns_at, to } = *turn;
    TurnReport { assumption, holds_at, turns_at, to }
}

/// How far a verdict holds: "this verdict holds as long as speeds are at least 93 % of what was assumed".
fn sentence(firm: &Firmness, lang: Lang) -> String {
    if firm.turns.is_empty() {
        return tr("firmness.firm", lang);
    }
    let mut conditions = Vec::new();
    for turn in &firm.turns {
        let at_least = turn.turns_at < turn.holds_at;
        let value = match turn.assumption {
            Assumption::Turnout => plain(turn.holds_at.abs(), 0),
            // Towards the side that holds: a share in thousandths has one decimal of a per cent.
            Assumption::Speed | Assumption::Access | Assumption::People => plain(turn.holds_at * 100.0, 1),
        };
        conditions.push(condition(turn.assumption, at_least, &value, lang));
    }
    let all = conditions.join(&tr("firmness.and", lang));
    t!("firmness.holds", locale = lang.locale(), conditions = all).into_owned()
}

fn condition(assumption: Assumption, at_least: bool, value: &str, lang: Lang) -> String {
    let locale = lang.locale();
    let text = match (assumption, at_least) {
        (Assumption::Speed, true) => t!("firmness.speed_least", locale = locale, value = value),
        (Assumption::Speed, false) => t!("firmness.speed_most", locale = locale, value = value),
        (Assumption::Turnout, true) => t!("firmness.turnout_least", locale = locale, value = value),
        (Assumption::Turnout, false) => t!("firmness.turnout_most", locale = locale, value = value),
        (Assumption::Access, true) => t!("firmness.access_least", locale = locale, value = value),
        (Assumption::Access, false) => t!("firmness.access_most", locale = locale, value = value),
        (Assumption::People, true) => t!("firmness.people_least", locale = locale, value = value),
        (Assumption::People, false) => t!("firmness.people_most", locale = locale, value = value),
    };
    text.into_owned()
}

//! What is to be bettered: the question of a rule, or of a limit that the planner names.
//!
//! In: a standard and what was asked. Out: an [`Objective`]: from which sites, measured how, for whom.

use crate::plan::Study;
use crate::plan::request::{GoalName, SitingRequest};
use crate::plan::{Parameter, ProposalError};
use lifering_base::records::attributes::Scalar;
use lifering_base::units::{COORDINATE_RESOLUTION_M, TIME_RESOLUTION_MS};
use lifering_base::{Message, message};
use lifering_standards::catalogue::{Criterion, LayerName, Rule, Selection, Standard, Truth};
use lifering_standards::{Impedance, access_query};
use std::collections::BTreeMap;

/// The rule that roles for a limit named by the planner.
pub const ASKED_RULE: &str = "ASKED";

/// What is to be bettered.
#[derive(Clone, Debug)]
pub struct Objective {
    /// Position of the rule in the standard.
    pub rule: usize,
    /// The existing sites, as positions in the evidence.
    pub sites: Vec<usize>,
    /// How it is measured.
    pub how: Impedance,
    /// Whom it is about, as positions in the demand.
    pub members: Vec<u32>,
    /// Which features serve it.
    pub selection: Selection,
}

/// A rule of a limit in minutes from call to arrival, for everybody, from every station; it never fails anybody.
pub fn asked_rule(limit_s: f64) -> Result<Rule, ProposalError> {
    let minutes = limit_s / 60.0;
    let text = format!(
        r#"id = "asked"
title = {{ zh = "规划要求", en = "What the planner asks" }}
applies_to = {{ zh = "本区域", en = "this region" }}
[sources.ASKED]
title = {{ zh = "命令行", en = "command line" }}
confidence = "high"
[[rules]]
id = "{ASKED_RULE}"
kind = "travel_time"
title = {{ zh = "规划要求：{minutes}分钟到达", en = "Asked: arrival within {minutes} minutes" }}
scope = {{ zh = "全域", en = "everybody" }}
force = "advisory"
threshold = {{ facility = "stations", mode = "drive", clock = "call_to_arrival", max_min = {minutes:?}, stat = "share", min_share = 1.0 }}
cite = {{ source = "ASKED", text = "规划要求" }}
"#
    );
    let standard = Standard::from_toml("asked", &text)?;
    standard.rules.into_iter().next().ok_or_else(|| {
        ProposalError::asked(Parameter::Minutes, minutes.to_string(), message!("message.limit_of_a_second"))
    })
}

/// The rules of a standard that new sites can better, for messages.
fn plannable(standard: &Standard) -> Message {
    let measured = |rule: &&Rule| matches!(rule.criterion, Criterion::Radius(_) | Criterion::TravelTime(_));
    let ids: Vec<&str> = standard.rules.iter().filter(measured).map(|rule| rule.id.as_str()).collect();
    if ids.is_empty() { message!("message.no_rule_on_time") } else { message!("message.one_of", all = ids.join(", ")) }
}

/// The objective of a rule; its limit is put into `request`.
pub fn objective(study: Study<'_>, rule_id: &str, request: &mut SitingRequest) -> Result<Objective, ProposalError> {
    let standard = study.standard;
    let Some(rule) = standard.rules.iter().position(|rule| rule.id.as_str() == rule_id) else {
        return Err(ProposalError::asked(Parameter::Rule, format!("\"{rule_id}\""), plannable(standard)));
    };
    let criterion = &standard.rules[rule].criterion;
    let asked = match access_query(criterion, study.city.evidence()) {
        None => {
            let found = message!("message.rule_of_kind", id = rule_id, kind = criterion.kind().to_string());
            return Err(ProposalError::asked(Parameter::Rule, found, plannable(standard)));
        }
        Some(asked) => asked.map_err(|missing| ProposalError::unjudged(study, rule, missing))?,
    };
    let (selection, filter) = match criterion {
        Criterion::Radius(radius) => {
            request.limit_m = Some(radius.max_m);
            (&radius.facility, radius.demand.as_ref())
        }
        Criterion::TravelTime(time) => {
            request.limit_s = Some(f64::from(time.limit_s));
            (&time.facility, time.demand.as_ref())
        }
        _ => return Err(ProposalError::asked(Parameter::Rule, rule_id, plannable(standard))),
    };
    if matches!(request.goal, GoalName::Mean | GoalName::Worst) && request.limit_m.is_none() {
        request.limit_s = None;
    }
    let members =
        study.city.evidence().demand(filter).map_err(|missing| ProposalError::unjudged(study, rule, missing))?;
    Ok(Objective { rule, sites: asked.sites, how: asked.impedance, members, selection: selection.clone() })
}

impl Objective {
    /// What a limit may be exceeded by, in the solvers' seconds (or metres, for distances).
    pub fn slack(&self) -> f64 {
        Self::slack_of(&self.how)
    }

    /// The same for an impedance.
    pub(crate) fn slack_of(impedance: &Impedance) -> f64 {
        match impedance {
            Impedance::Geodesic | Impedance::Network => COORDINATE_RESOLUTION_M,
            Impedance::Drive(..) | Impedance::Walk(_) => TIME_RESOLUTION_MS / 1000.0,
        }
    }

    /// The layer a new site goes into.
    pub fn layer(&self) -> &LayerName {
        self.selection.layers.first().unwrap_or(&LayerName::Stations)
    }

    /// What a new site says of itself, so that the rule time_source it.
    pub fn attributes(
        &self,
        given: &BTreeMap<String, Scalar>,
        kind: Option<&str>,
        ambulances: f64,
    ) -> Result<BTreeMap<String, Scalar>, ProposalError> {
        let mut attributes = given.clone();
        let filter = self.selection.filter.as_ref();
        let meant = || filter.and_then(|f| f.texts_compared_with("kind").first().map(|kind| (*kind).to_owned()));
        let usual = || match self.layer() {
            LayerName::Stations => Some("station".to_owned()),
            LayerName::Facilities => Some("community_health".to_owned()),
            _ => None,
        };
        if let Some(kind) = kind.map(str::to_owned).or_else(meant).or_else(usual) {
            attributes.insert("kind".to_owned(), Scalar::Text(kind));
        }
        match self.layer() {
            LayerName::Stations | LayerName::Neighbours => {
                attributes.entry("ambulances".to_owned()).or_insert(Scalar::Number(ambulances));
                attributes.entry("negative_pressure".to_owned()).or_insert(Scalar::Number(0.0));
                attributes.entry("decontamination".to_owned()).or_insert(Scalar::Bool(false));
            }
            LayerName::Aeds => {
                attributes.entry("count".to_owned()).or_insert(Scalar::Number(1.0));
            }
            LayerName::Decontamination => {
                attributes.insert("decontamination".to_owned(), Scalar::Bool(true));
            }
            LayerName::Facilities | LayerName::Extra(_) => {}
        }
        if filter.is_some_and(|f| f.evaluate(&attributes) != Truth::True) {
            let asked: Vec<&str> = filter.iter().flat_map(|f| f.attributes()).collect();
            let wanted = message!("message.candidates_saying", names = asked.join(", "));
            return Err(ProposalError::asked(Parameter::Rule, message!("message.rule_not_meaning"), wanted));
        }
        Ok(attributes)
    }

    /// Whether distances, not times, are measured.
    pub fn by_distance(&self) -> bool {
        matches!(self.how, Impedance::Geodesic | Impedance::Network)
    }
}
